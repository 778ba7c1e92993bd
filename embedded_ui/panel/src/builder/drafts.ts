// The draft of a flow at the server: asked for, and kept.
import { api } from "../api";
import type { FlowDocument } from "./document";

/** What is wrong with a document: at which step, in which field, and what to do about it. */
export type DocumentProblem = { step: string; field: string; message: string; remedy: string };
export type Draft = {
  id: string;
  name: string;
  status: string;
  draft: FlowDocument;
  problems: DocumentProblem[];
  revision?: number;
  changed_at?: string | null;
  /** Only programs have a name. */
  changed_by?: { kind: string; name: string | null } | null;
  live?: FlowDocument | null;
};

export const getDraft = (flowId: string) => api<Draft>(`/flows/${flowId}/draft`);

/** Keep a draft that follows a revision; whoever kept another one since makes this a 409. */
export const putDraft = (flowId: string, document: FlowDocument, revision: number | undefined) =>
  api<Draft>(`/flows/${flowId}/draft`, {
    method: "PUT",
    headers: { "Content-Type": "application/json", ...(revision === undefined ? {} : { "If-Match": String(revision) }) },
    body: JSON.stringify(document),
  });
