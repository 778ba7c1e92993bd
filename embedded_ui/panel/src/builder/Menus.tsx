// The menus of the canvas: what can be added at a "+", and what can be done to a step or a branch.
import { Menu } from "@base-ui/react/menu";
import { ClipboardPaste, CornerUpRight, CopyPlus, Copy, FoldVertical, MoveHorizontal, PencilLine, Plus, Scissors, Trash2, Ungroup } from "lucide-react";
import type { ReactNode } from "react";
import { StepIcon } from "../flow/StepIcon";
import { addBranch, moveBranch, swapBranches } from "./branches";
import { branches, branchesOf, find, FIXED, listOf, type Place, type Step, type StepKind, stepsAt } from "./document";
import type { Editor } from "./editor";
import { fits } from "./edits";
import { keptClip } from "./local";
import { useStore } from "../store";
import { GROUPS, isLacking, newStep } from "./palette";
import { words } from "./words";

export type Opened =
  | { what: "add"; place: Place; anchor: Element }
  | { what: "step"; id: string; anchor: Element }
  | { what: "branch"; list: string; anchor: Element };

type Props = {
  opened: Opened | null;
  close: () => void;
  editor: Editor;
  labelOf: (step: Step, key: string) => string;
  /** Bring a step that was just added into view, with the focus on it. */
  show: (id: string) => void;
  /** Ask first where people wait, then take steps out. */
  remove: (ids: readonly string[], how?: () => void) => void;
  fold: (list: string) => void;
  edit: (id: string) => void;
};

export function Menus(props: Props) {
  const { opened, close } = props;
  const anchor = opened?.anchor ?? null;
  return (
    <Menu.Root open={opened !== null} onOpenChange={(open) => !open && close()}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} side="bottom" align="center" sideOffset={6} collisionPadding={8} className="menuplace">
          <Menu.Popup
            className="menu"
            aria-label={opened ? words.menus[opened.what] : undefined}
            finalFocus={() => (anchor?.isConnected ? (anchor as HTMLElement) : false)}
          >
            {opened?.what === "add" && <AddItems {...props} place={opened.place} />}
            {opened?.what === "step" && <StepItems {...props} id={opened.id} />}
            {opened?.what === "branch" && <BranchItems {...props} list={opened.list} />}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}

function Item({ icon, children, onClick, isBad = false }: { icon: ReactNode; children: ReactNode; onClick: () => void; isBad?: boolean }) {
  return (
    <Menu.Item className={isBad ? "mi bad" : "mi"} onClick={onClick}>
      {icon}
      {children}
    </Menu.Item>
  );
}

function AddItems({ editor, place, show }: Props & { place: Place }) {
  const clip = keptClip();
  const { store } = useStore();
  const add = (kind: StepKind) => {
    const id = editor.addNew(place, kind);
    if (id) show(id);
  };
  const paste = (steps: Step[]) => {
    const id = editor.paste(place, steps);
    if (id) show(id);
  };
  const canStand = (kind: StepKind) => !isLacking(kind, store) && (kind !== "exit" || fits(editor.document, place, [newStep(kind)]));
  return (
    <>
      {GROUPS.map(([group, kinds]) => (
        <Menu.Group key={group}>
          <Menu.GroupLabel className="mg">{words.groups[group]}</Menu.GroupLabel>
          {kinds.filter(canStand).map((kind) => (
            <Item key={kind} icon={<StepIcon kind={kind} />} onClick={() => add(kind)}>
              {words.kinds[kind]}
            </Item>
          ))}
        </Menu.Group>
      ))}
      {clip && fits(editor.document, place, clip) && (
        <Menu.Group>
          <Menu.GroupLabel className="mg">{words.clipboard}</Menu.GroupLabel>
          <Item icon={<ClipboardPaste size={16} aria-hidden />} onClick={() => paste(clip)}>
            {words.paste(clip.length)}
          </Item>
        </Menu.Group>
      )}
    </>
  );
}

function StepItems({ editor, id, labelOf, remove, edit, fold }: Props & { id: string }) {
  const chosen = editor.chosenAll();
  const ids = chosen.includes(id) ? chosen : [id];
  const step = find(editor.document, id);
  if (!step) return null;
  const size = { size: 16, "aria-hidden": true };
  return (
    <>
      <Item icon={<PencilLine {...size} />} onClick={() => edit(id)}>{words.edit}</Item>
      <Item icon={<CornerUpRight {...size} />} onClick={() => editor.lookFor(ids)}>{words.move}</Item>
      <Item icon={<Copy {...size} />} onClick={() => editor.copy(ids)}>{words.copy}</Item>
      <Item icon={<CopyPlus {...size} />} onClick={() => editor.duplicate(ids)}>{words.duplicate}</Item>
      {branches(step) && <BranchingItems editor={editor} step={step} labelOf={labelOf} fold={fold} />}
      <Item icon={<Trash2 {...size} />} isBad onClick={() => remove(ids)}>
        {branches(step) ? words.removeAll : words.remove}
      </Item>
    </>
  );
}

const MANY = new Set<StepKind>(["split", "switch", "ask"]);

function BranchingItems({ editor, step, labelOf, fold }: { editor: Editor; step: Step } & Pick<Props, "labelOf" | "fold">) {
  const filled = branchesOf(step).filter((branch) => branch.steps.length);
  const isMany = MANY.has(step.kind);
  const size = { size: 16, "aria-hidden": true };
  return (
    <>
      {isMany && (
        <Item icon={<Plus {...size} />} onClick={() => editor.change(addBranch(editor.document, step.id), words.branchAdded)}>
          {words.addBranch}
        </Item>
      )}
      {!isMany && step.kind !== "collect" && (
        <Item icon={<MoveHorizontal {...size} />} onClick={() => editor.change(swapBranches(editor.document, step.id), words.swapped)}>
          {words.swap}
        </Item>
      )}
      {filled.length > 0 && (
        <Item icon={<FoldVertical {...size} />} onClick={() => filled.forEach((branch) => fold(listOf(step.id, branch.key)))}>
          {words.foldAll}
        </Item>
      )}
      {filled.map((branch) => (
        <Item key={branch.key} icon={<Ungroup {...size} />} onClick={() => editor.unwrap(step.id, branch.key)}>
          {words.unwrap(labelOf(step, branch.key))}
        </Item>
      ))}
    </>
  );
}

function BranchItems({ editor, list, fold, remove }: Props & { list: string }) {
  const [id, key] = list.split(":") as [string, string];
  const step = find(editor.document, id);
  const inside = (stepsAt(editor.document, list) ?? []).map((one) => one.id);
  if (!step) return null;
  const size = { size: 16, "aria-hidden": true };
  return (
    <>
      {inside.length > 0 && (
        <>
          <Item icon={<FoldVertical {...size} />} onClick={() => fold(list)}>{words.fold}</Item>
          <Item icon={<CornerUpRight {...size} />} onClick={() => editor.lookFor(inside)}>{words.moveBranch}</Item>
          <Item icon={<Copy {...size} />} onClick={() => editor.copy(inside)}>{words.copyBranch}</Item>
          <Item icon={<Scissors {...size} />} isBad onClick={() => remove(inside)}>{words.emptyBranch}</Item>
        </>
      )}
      <ArmItems editor={editor} step={step} at={key} remove={remove} />
    </>
  );
}

function ArmItems({ editor, step, at, remove }: { editor: Editor; step: Step; at: string } & Pick<Props, "remove">) {
  const size = { size: 16, "aria-hidden": true };
  if (step.kind === "collect") return null;
  if (!MANY.has(step.kind)) {
    return (
      <Item icon={<MoveHorizontal {...size} />} onClick={() => editor.change(swapBranches(editor.document, step.id), words.swapped)}>
        {words.swap}
      </Item>
    );
  }
  const arms = branchesOf(step).map((branch) => branch.key).filter((key) => !FIXED.has(key));
  const place = arms.indexOf(at);
  const shift = (by: number) => editor.change(moveBranch(editor.document, step.id, at, by), words.branchMoved);
  const inside = (stepsAt(editor.document, listOf(step.id, at)) ?? []).map((one) => one.id);
  const least = step.kind === "split" ? 2 : step.kind === "ask" ? 0 : 1;
  return (
    <>
      {place > 0 && <Item icon={<MoveHorizontal {...size} />} onClick={() => shift(-1)}>{words.before}</Item>}
      {place >= 0 && place < arms.length - 1 && <Item icon={<MoveHorizontal {...size} />} onClick={() => shift(1)}>{words.after}</Item>}
      <Item icon={<Plus {...size} />} onClick={() => editor.change(addBranch(editor.document, step.id), words.branchAdded)}>{words.addBranch}</Item>
      {place >= 0 && arms.length > least && (
        <Item icon={<Trash2 {...size} />} isBad onClick={() => remove(inside, () => editor.removeBranch(step.id, at))}>{words.removeBranch}</Item>
      )}
    </>
  );
}
