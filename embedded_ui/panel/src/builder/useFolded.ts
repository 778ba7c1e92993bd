// Which branches are folded away on this page.
import { useCallback, useState } from "react";
import { around, type FlowDocument, placeOf } from "./document";

export function useFolded() {
  const [folded, setFolded] = useState<ReadonlySet<string>>(new Set());
  const fold = useCallback((list: string) => setFolded((now) => new Set(now).add(list)), []);
  const unfold = useCallback((list: string) => setFolded((now) => new Set([...now].filter((one) => one !== list))), []);
  /** Unfold whatever hides a step. */
  const reveal = useCallback((document: FlowDocument, id: string) => {
    const inner = [...around(document, id).map((step) => step.id), id];
    const lists = inner.map((one) => placeOf(document, one)?.list);
    setFolded((now) => (lists.some((list) => list && now.has(list)) ? new Set([...now].filter((one) => !lists.includes(one))) : now));
  }, []);
  return { folded, fold, unfold, reveal };
}

