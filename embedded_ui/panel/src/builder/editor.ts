// A document being edited: its history, what is chosen, and the verbs that every way of editing uses.
import { useState, useSyncExternalStore } from "react";
import { removeBranch } from "./branches";
import { find, type FlowDocument, type Place, placeOf, type Step, type StepKind, walk } from "./document";
import { duplicate, fits, insert, move, outermost, packed, remove, unwrap } from "./edits";
import { begin, commit, type History, redo, undo } from "./history";
import { keepClip } from "./local";
import { newStep } from "./palette";
import { words } from "./words";

export type Editing = {
  history: History<FlowDocument>;
  /** The step that is open, "trigger", or nothing. */
  chosen: string | null;
  /** Steps chosen together with it. */
  marked: ReadonlySet<string>;
  /** What was just done, for those who don't see it. */
  said: string;
  /** What was taken out and can be put back by a button. */
  notice: string | null;
  /** Steps that look for a place to go. */
  moving: readonly string[];
};

const NOBODY: ReadonlySet<string> = new Set();

export class Editor {
  private state: Editing;
  private readonly heard = new Set<() => void>();

  constructor(document: FlowDocument) {
    this.state = { history: begin(document), chosen: null, marked: NOBODY, said: "", notice: null, moving: [] };
  }

  readonly subscribe = (hear: () => void) => {
    this.heard.add(hear);
    return () => void this.heard.delete(hear);
  };

  readonly snapshot = () => this.state;

  get document(): FlowDocument {
    return this.state.history.now;
  }

  private set(change: Partial<Editing>) {
    this.state = { ...this.state, ...change };
    for (const hear of this.heard) hear();
  }

  say(said: string) {
    this.set({ said });
  }

  /** Bound: it is handed to the forms, whose "Close" calls it by itself. */
  readonly choose = (chosen: string | null) => {
    this.set({ chosen, marked: NOBODY });
  };

  /** Choose a step together with others, or no longer. */
  mark(id: string) {
    const marked = new Set(this.chosenAll());
    if (!marked.delete(id)) marked.add(id);
    this.set({ marked, chosen: marked.size ? id : null, said: words.marked(marked.size) });
  }

  /** Give everything that is chosen; the trigger is no step. */
  chosenAll(): string[] {
    const { chosen, marked } = this.state;
    if (marked.size) return [...marked];
    return chosen && chosen !== "trigger" ? [chosen] : [];
  }

  /** Take a new document as one entry of the history; gives whether anything changed. */
  readonly change = (made: FlowDocument, said: string): boolean => {
    if (made === this.document) return false;
    this.set({ history: commit(this.state.history, made), said, notice: null, moving: [] });
    return true;
  };

  /** Put steps at a place, and give the id of the first; null where they can't stand. */
  private add(place: Place, steps: Step[], said: string): string | null {
    if (!fits(this.document, place, steps)) {
      this.say(words.doesNotFit);
      return null;
    }
    const before = new Set(walk(this.document.steps).map((step) => step.id));
    this.change(insert(this.document, place, steps), said);
    const first = walk(this.document.steps).find((step) => !before.has(step.id))!.id;
    this.choose(first);
    return first;
  }

  addNew(place: Place, kind: StepKind): string | null {
    return this.add(place, [newStep(kind)], words.added(words.kinds[kind]));
  }

  paste(place: Place, steps: Step[]): string | null {
    return this.add(place, steps, words.pasted(walk(steps).length));
  }

  move(ids: readonly string[], place: Place) {
    if (!this.change(move(this.document, ids, place), words.moved(ids.length))) this.say(words.doesNotFit);
  }

  /** Let a step change places with the one before or after it, in the same list. */
  shift(id: string, by: -1 | 1) {
    const place = placeOf(this.document, id);
    const at = place && (by < 0 ? place.at - 1 : place.at + 2);
    if (place && at !== null && at >= 0) this.move([id], { ...place, at });
  }

  /** Look for a place for some steps; an empty list ends it. */
  lookFor(ids: readonly string[]) {
    this.set({ moving: ids, said: ids.length ? words.movingHow : words.movingOver });
  }

  duplicate(ids: readonly string[]) {
    this.change(duplicate(this.document, ids), words.duplicated(outermost(this.document, ids).length));
  }

  copy(ids: readonly string[]): Step[] {
    const steps = packed(this.document, outermost(this.document, ids));
    if (!steps.length) return steps;
    keepClip(steps);
    this.say(words.copied(walk(steps).length));
    return steps;
  }

  remove(ids: readonly string[]) {
    this.takeOut(remove(this.document, ids), words.removed(walk(outermost(this.document, ids)).length));
  }

  removeBranch(id: string, key: string) {
    this.takeOut(removeBranch(this.document, id, key), words.branchRemoved);
  }

  /** Take a branching step out, but not what one of its branches holds. */
  unwrap(id: string, key: string) {
    this.takeOut(unwrap(this.document, id, key), words.removed(1));
  }

  private takeOut(made: FlowDocument, notice: string) {
    if (this.change(made, notice)) this.set({ notice, chosen: null, marked: NOBODY });
  }

  readonly dismiss = () => this.set({ notice: null });

  undo() {
    this.go(undo(this.state.history), words.undone);
  }

  redo() {
    this.go(redo(this.state.history), words.redone);
  }

  private go(history: History<FlowDocument>, said: string) {
    if (history === this.state.history) return;
    const { chosen } = this.state;
    const isThere = chosen === null || chosen === "trigger" || find(history.now, chosen);
    this.set({ history, said, notice: null, moving: [], marked: NOBODY, chosen: isThere ? chosen : null });
  }
}

/** Give an editor that began with a document, and its state as it is now. */
export function useEditor(first: FlowDocument): [Editor, Editing] {
  const [editor] = useState(() => new Editor(first));
  return [editor, useSyncExternalStore(editor.subscribe, editor.snapshot)];
}
