// What can be done by pointer and menu on the canvas, tied to one editor.
import { type PointerEvent, useMemo, useState } from "react";
import { type Deeds, isCoarse } from "./canvas";
import { find, type Step, type StepKind, stepsAt } from "./document";
import type { Editor } from "./editor";
import { fits, outermost } from "./edits";
import { placeNow } from "./keys";
import type { Opened } from "./Menus";
import { newStep } from "./palette";
import { titleOf } from "./telling";
import { useDrag } from "./useDrag";
import { words } from "./words";

type Helpers = {
  show: (id: string) => void;
  scrollBy: (x: number, y: number) => void;
  unfold: (list: string) => void;
  labelOf: (step: Step, key: string) => string;
};

type PaletteDeeds = {
  liftNew: (kind: StepKind, event: PointerEvent) => void;
  addNew: (kind: StepKind) => void;
};

export function useDeeds(editor: Editor, { show, scrollBy, unfold, labelOf }: Helpers) {
  const [opened, open] = useState<Opened | null>(null);
  const { start, dragged, ghost } = useDrag(scrollBy);
  const deeds = useMemo((): Deeds & PaletteDeeds => {
    const lift = (ids: readonly string[], label: string, event: PointerEvent) => {
      const [first] = outermost(editor.document, ids);
      if (!first) return;
      start(event, { label, kind: first.kind, count: ids.length }, {
        fits: (place) => fits(editor.document, place, [], ids),
        drop: (place) => editor.move(ids, place),
      });
    };
    return {
      openAdd: (place, anchor) => {
        const { moving } = editor.snapshot();
        if (!moving.length) return open({ what: "add", place, anchor });
        editor.move(moving, place);
        return show(moving[0]!);
      },
      openStep: (id, anchor) => open({ what: "step", id, anchor }),
      openBranch: (list, anchor) => open({ what: "branch", list, anchor }),
      unfold,
      addNew: (kind) => {
        const id = editor.addNew(placeNow(editor), kind);
        if (id) show(id);
      },
      liftNew: (kind, event) => {
        const step = newStep(kind);
        start(event, { label: words.kinds[kind], kind, count: 1 }, {
          fits: (place) => fits(editor.document, place, [step]),
          drop: (place) => {
            const id = editor.addNew(place, kind);
            if (id) show(id);
          },
        });
      },
      liftSteps: (ids, event) => {
        if (isCoarse) return;
        const chosen = editor.chosenAll();
        const all = ids.every((id) => chosen.includes(id)) ? chosen : ids;
        const step = find(editor.document, all[0]!);
        if (step) lift(all, all.length > 1 ? words.steps(all.length) : titleOf(step), event);
      },
      liftBranch: (list, event) => {
        const [id, key] = list.split(":") as [string, string];
        const step = find(editor.document, id);
        const inside = (stepsAt(editor.document, list) ?? []).map((one) => one.id);
        if (step && inside.length && !isCoarse) lift(inside, labelOf(step, key), event);
      },
    };
  }, [editor, start, show, unfold, labelOf]);
  return { deeds, opened, open, dragged, ghost };
}

