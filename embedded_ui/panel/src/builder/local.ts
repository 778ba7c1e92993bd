// What is kept in this browser: edits that have not reached the server, and copied steps.
//
// A browser that blocks storage in frames throws: then they live as long as the page does.
import type { FlowDocument, Step } from "./document";
import { readClip, writeClip } from "./clip";

export type Local = { document: FlowDocument; revision: number | undefined };

const draftKey = (flowId: string) => `reprise.draft.${flowId}`;
const CLIP = "reprise.clip";
let clip: string | null = null;

export const keepLocal = (flowId: string, local: Local) => write(draftKey(flowId), JSON.stringify(local));
export const dropLocal = (flowId: string) => write(draftKey(flowId), null);

export function localOf(flowId: string): Local | null {
  try {
    const told = JSON.parse(read(draftKey(flowId)) ?? "null") as Local | null;
    return told && Array.isArray(told.document?.steps) ? told : null;
  } catch {
    return null;
  }
}

/** Keep copied steps for the other flows of this browser; the clipboard itself may be out of reach in a frame. */
export function keepClip(steps: Step[]) {
  clip = writeClip(steps);
  write(CLIP, clip);
}

export const keptClip = (): Step[] | null => readClip(read(CLIP) ?? clip ?? "");

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null) {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    return;
  }
}
