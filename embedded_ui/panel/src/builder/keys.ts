// Everything by keyboard: what each key does on the canvas, and in the builder around it.
import { type KeyboardEvent as ReactKey, useEffect } from "react";
import { placeName, placeNamed } from "./canvas";
import { type Place, placeOf } from "./document";
import type { Editor } from "./editor";
import { isStepId, type FlowEdge, TRIGGER } from "./layout";
import { keptClip } from "./local";
import { readClip, writeClip } from "./clip";
import { cardOf, idOf, plusOf } from "./sight";
import { isWalk, neighbour } from "./walking";
import { words } from "./words";

export type Hands = {
  editor: Editor;
  edges: FlowEdge[];
  isReadOnly: boolean;
  /** Open a step's form with the focus in it. */
  open: (id: string) => void;
  show: (id: string) => void;
  remove: (ids: readonly string[]) => void;
  openMenu: (id: string, anchor: Element) => void;
};

/** Give what a key does that was pressed on the canvas. */
export function onCanvasKey(event: ReactKey, hands: Hands) {
  const { editor } = hands;
  if (event.key === "Escape" && editor.snapshot().moving.length) {
    event.preventDefault();
    return editor.lookFor([]);
  }
  const plus = (event.target as HTMLElement).closest<HTMLElement>(".plus");
  if (plus) return onPlusKey(event, plus, hands);
  const id = idOf(event.target);
  if (!id || event.target !== event.currentTarget.querySelector(`[data-id="${CSS.escape(id)}"]`)) return undefined;
  const done = event.ctrlKey || event.metaKey ? withControl(event, id, hands) : plain(event, id, hands);
  if (done) {
    event.preventDefault();
    event.stopPropagation();
  }
  return undefined;
}

/** From a "+" the arrow keys go to the next one. */
function onPlusKey(event: ReactKey, plus: HTMLElement, { editor }: Hands) {
  const step = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  event.stopPropagation();
  const all = [...document.querySelectorAll<HTMLButtonElement>(".plus:not(:disabled)")];
  all.sort((one, other) => one.getBoundingClientRect().top - other.getBoundingClientRect().top);
  all[all.indexOf(plus as HTMLButtonElement) + step]?.focus();
  if (editor.snapshot().moving.length) editor.say(words.moveHere);
}

function plain(event: ReactKey, id: string, hands: Hands): boolean {
  const { editor, edges, isReadOnly, open, show } = hands;
  if (event.key === "Enter" || event.key === " ") {
    open(id);
    return true;
  }
  if (isWalk(event.key) && !event.altKey) {
    const next = neighbour(edges, id, event.key);
    if (next && event.shiftKey && next !== TRIGGER) markAlong(editor, id, next);
    if (next) show(next);
    return true;
  }
  return !isReadOnly && editing(event, id, hands);
}

function markAlong(editor: Editor, from: string, to: string) {
  const { marked } = editor.snapshot();
  if (!marked.has(from)) editor.mark(from);
  if (!marked.has(to)) editor.mark(to);
}

function editing(event: ReactKey, id: string, { editor, remove, show, openMenu }: Hands): boolean {
  if (event.key === "+" || event.key === "Insert") return openAfter(editor, id);
  if (!isStepId(id) || id === TRIGGER) return false;
  const ids = together(editor, id);
  if (event.key === "Delete" || event.key === "Backspace") remove(ids);
  else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
    editor.shift(id, event.key === "ArrowUp" ? -1 : 1);
    show(id);
  } else if (event.key === "m") startMove(editor, ids);
  else if (event.key === "x") editor.mark(id);
  else if (event.key === "ContextMenu" || event.key === ".") openMenu(id, event.target as Element);
  else return false;
  return true;
}

/** Give the chosen steps if this is one of them, else it alone. */
const together = (editor: Editor, id: string) => (editor.chosenAll().includes(id) ? editor.chosenAll() : [id]);

function startMove(editor: Editor, ids: readonly string[]) {
  editor.lookFor(ids);
  requestAnimationFrame(() => document.querySelector<HTMLElement>(".plus:not(:disabled)")?.focus());
}

function withControl(event: ReactKey, id: string, { editor, isReadOnly }: Hands): boolean {
  if (event.key.toLowerCase() !== "d" || isReadOnly || id === TRIGGER) return false;
  editor.duplicate(together(editor, id));
  return true;
}

/** Give where something goes that follows a step. */
export function placeAfter(editor: Editor, id: string): Place | null {
  if (id === TRIGGER) return { list: "", at: 0 };
  const place = placeOf(editor.document, id);
  return place && { ...place, at: place.at + 1 };
}

function openAfter(editor: Editor, id: string): boolean {
  const place = placeAfter(editor, id);
  plusOf(place ? placeName(place) : "")?.click();
  return true;
}

const isTyping = (target: EventTarget | null) =>
  target instanceof Element && target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog]") !== null;

type Around = {
  editor: Editor;
  isReadOnly: boolean;
  search: () => void;
  show: (id: string) => void;
  remove: (ids: readonly string[]) => void;
};

/** Undo, redo and search from anywhere on the page; copy, cut and paste of steps. */
export function useShortcuts({ editor, isReadOnly, search, show, remove }: Around) {
  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") backToStep(event, editor);
      if (!event.ctrlKey && !event.metaKey) return;
      const pressed = event.key.toLowerCase();
      if (pressed === "f" && !isTyping(event.target)) {
        event.preventDefault();
        search();
      }
      if (isReadOnly || isTyping(event.target) || (pressed !== "z" && pressed !== "y")) return;
      event.preventDefault();
      if (pressed === "y" || event.shiftKey) editor.redo();
      else editor.undo();
    };
    const copy = (event: ClipboardEvent) => {
      if (isTyping(event.target) || getSelection()?.isCollapsed === false) return;
      const ids = chosenNow(editor);
      if (!ids.length) return;
      event.clipboardData?.setData("text/plain", writeClip(editor.copy(ids)));
      event.preventDefault();
      if (event.type === "cut" && !isReadOnly) remove(ids);
    };
    const paste = (event: ClipboardEvent) => {
      if (isTyping(event.target) || isReadOnly) return;
      const steps = readClip(event.clipboardData?.getData("text/plain") ?? "") ?? keptClip();
      const place = placeNow(editor);
      if (!steps) return;
      event.preventDefault();
      const id = editor.paste(place, steps);
      if (id) show(id);
    };
    addEventListener("keydown", key);
    addEventListener("copy", copy);
    addEventListener("cut", copy);
    addEventListener("paste", paste);
    return () => {
      removeEventListener("keydown", key);
      removeEventListener("copy", copy);
      removeEventListener("cut", copy);
      removeEventListener("paste", paste);
    };
  }, [editor, isReadOnly, search, show, remove]);
}

/** From a step's form Esc leads back to the step. */
function backToStep(event: KeyboardEvent, editor: Editor) {
  const { chosen } = editor.snapshot();
  if (chosen && !event.defaultPrevented && (event.target as Element).closest(".insp")) cardOf(chosen)?.focus();
}

function chosenNow(editor: Editor): string[] {
  const id = document.activeElement && idOf(document.activeElement);
  if (id && id !== TRIGGER) return together(editor, id);
  return editor.chosenAll();
}

/** Give where pasted steps go: at the "+" or after the step with the focus, after what is chosen, else at the end. */
export function placeNow(editor: Editor): Place {
  const { activeElement } = document;
  const plus = activeElement?.closest<HTMLElement>(".plus")?.dataset.place;
  if (plus) return placeNamed(plus);
  const id = (activeElement && idOf(activeElement)) ?? editor.chosenAll().at(-1) ?? editor.snapshot().chosen;
  return (id && placeAfter(editor, id)) || { list: "", at: editor.document.steps.length };
}
