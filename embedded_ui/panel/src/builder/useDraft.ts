// A flow's draft on this page: edited here, kept at the server, and held against what others make of it.
import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import { isSame } from "../same";
import type { Draft } from "./drafts";
import { useEditor } from "./editor";
import { dropLocal, localOf } from "./local";
import { useKeeping } from "./useKeeping";
import { words } from "./words";

/** Give the editor of a draft, how it stands with keeping it, and the question if someone else changed it. */
export function useDraft(flowId: string, draft: Draft) {
  const queries = useQueryClient();
  const first = useRef<Draft | null>(null);
  first.current ??= draft;
  const [editor, editing] = useEditor(first.current.draft);
  const onKept = useCallback((kept: Draft) => queries.setQueryData(["draft", flowId], kept), [queries, flowId]);
  const { keeping, flush, settle, isClean, base } = useKeeping(flowId, editing.history.now, first.current, onKept);

  // Edits that did not reach the server the last time go on from here; if it has others by now, it asks.
  useEffect(() => {
    const local = localOf(flowId);
    if (!local) return;
    if (isSame(local.document, first.current!.draft)) return dropLocal(flowId);
    settle({ document: editor.document, revision: local.revision ?? first.current!.revision });
    editor.change(local.document, words.restored);
  }, [flowId, editor, settle]);

  // What others did, while nothing is changed here, is taken over as it is.
  useEffect(() => {
    const { revision: known } = base();
    if (draft.revision === undefined || known === undefined || draft.revision <= known || !isClean()) return;
    settle({ document: draft.draft, revision: draft.revision });
    editor.change(draft.draft, words.others(whoOf(draft)));
  }, [draft, editor, settle, base, isClean]);

  const theirs = keeping.state === "conflict" ? keeping.theirs : null;
  // Either way both are in the history: nothing is lost.
  const takeTheirs = () => {
    settle({ document: theirs!.draft, revision: theirs!.revision });
    dropLocal(flowId);
    editor.change(theirs!.draft, words.tookTheirs);
  };
  const keepMine = () => {
    const mine = editor.document;
    takeTheirs();
    editor.change(mine, words.keptMine);
  };
  const conflict = { theirs, base: base().document, keepMine, takeTheirs };
  return { editor, editing, keeping, flush, conflict };
}

export function whoOf(draft: Draft): string {
  if (draft.changed_by?.kind === "you") return words.youElsewhere;
  return draft.changed_by?.name || words.someone;
}
