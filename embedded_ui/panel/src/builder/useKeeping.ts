// Keeps a draft: on the server soon after each edit, in this browser while the server is out of reach.
import { useCallback, useEffect, useRef, useState } from "react";
import { ApiError } from "../api";
import type { FlowDocument } from "./document";
import { type Draft, getDraft, putDraft } from "./drafts";
import { dropLocal, keepLocal } from "./local";

const PAUSE = 800; // after the last edit
const AGAIN = 5_000; // while there is no connection

export type Keeping =
  | { state: "saved"; at: string | null }
  | { state: "unsaved" | "saving" | "offline" }
  | { state: "refused"; error: unknown }
  | { state: "conflict"; theirs: Draft };

type Kept = { document: FlowDocument; revision: number | undefined };

/**
 * Keep `document` as the draft of a flow. Gives how it stands with that, `flush` to keep it at once,
 * `base` for what the server holds of it, and `settle` to say what the server holds now.
 */
export function useKeeping(flowId: string, document: FlowDocument, first: Draft, onKept: (draft: Draft) => void) {
  const [keeping, setKeeping] = useState<Keeping>({ state: "saved", at: first.changed_at ?? null });
  const kept = useRef<Kept>({ document: first.draft, revision: first.revision });
  const latest = useRef({ document, onKept });
  latest.current = { document, onKept };
  const running = useRef<Promise<void> | null>(null);

  const put = useCallback(async () => {
    while (latest.current.document !== kept.current.document) {
      const { document: sent } = latest.current;
      setKeeping({ state: "saving" });
      const answer = await putDraft(flowId, sent, kept.current.revision);
      kept.current = { document: sent, revision: answer.revision };
      latest.current.onKept(answer);
      if (latest.current.document !== sent) continue;
      dropLocal(flowId);
      setKeeping({ state: "saved", at: answer.changed_at ?? new Date().toISOString() });
    }
  }, [flowId]);

  const flush = useCallback((): Promise<void> => {
    running.current ??= put()
      .catch(async (error: unknown) => {
        setKeeping(await whyNot(flowId, error));
        throw error;
      })
      .finally(() => {
        running.current = null;
      });
    return running.current;
  }, [flowId, put]);

  const settle = useCallback(
    (as: Kept) => {
      kept.current = as;
      setKeeping({ state: "saved", at: null });
      // What is edited here may be the same as before, and still has to be kept over what is there now.
      setTimeout(() => void flush().catch(() => undefined), 0);
    },
    [flush],
  );

  useEffect(() => {
    if (document === kept.current.document) return undefined;
    keepLocal(flowId, { document, revision: kept.current.revision });
    setKeeping((now) => (now.state === "conflict" || now.state === "saving" ? now : { state: "unsaved" }));
    const timer = setTimeout(() => void flush().catch(() => undefined), PAUSE);
    return () => clearTimeout(timer);
  }, [document, flowId, flush]);

  useEffect(() => {
    if (keeping.state !== "offline") return undefined;
    const again = () => void flush().catch(() => undefined);
    const timer = setInterval(again, AGAIN);
    addEventListener("online", again);
    return () => {
      clearInterval(timer);
      removeEventListener("online", again);
    };
  }, [keeping.state, flush]);

  // Leaving the page sends what is unsaved; what does not arrive is still kept in this browser.
  useEffect(() => () => void flush().catch(() => undefined), [flush]);
  const isClean = useCallback(() => latest.current.document === kept.current.document, []);
  const base = useCallback(() => kept.current, []);
  return { keeping, flush, settle, isClean, base };
}

async function whyNot(flowId: string, error: unknown): Promise<Keeping> {
  if (!(error instanceof ApiError)) return { state: "refused", error };
  if (error.status === 0 || error.status >= 500) return { state: "offline" };
  if (error.status !== 409) return { state: "refused", error };
  try {
    return { state: "conflict", theirs: await getDraft(flowId) };
  } catch {
    return { state: "offline" };
  }
}
