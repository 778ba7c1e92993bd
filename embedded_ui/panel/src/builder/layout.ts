// Where everything of a flow is drawn: a tidy tree from the top, branches side by side, then joined.
//
// Sizes and handles are declared, never measured: React Flow then skips its measuring pass, which
// hides edges for a frame.
import type { Edge, Node, Position } from "@xyflow/react";
import type { Figures } from "../types";
import {
  type Branch, branches, branchesOf, endsAll, type FlowDocument, listOf, type Place, ROOT, type Step, walk,
} from "./document";

export const WIDTH = 264;
export const FULL = 94;
const BARE = 62; // a card without its row of figures
const FOLDED = 40;
const GAP_X = 32;
const GAP_Y = 52;
const FORK = 36; // more room below a step whose ways part, for their labels
const JOIN = 16; // and above the point where they meet again
const END = { width: 80, height: 28 };

export type CardData = { step: Step | null; figures?: Figures; issue?: string; isNew: boolean; isMarked?: boolean; entered?: number; note?: string };
export type CardNode = Node<CardData, "card">;
export type FoldNode = Node<{ list: string; count: number; waiting: number }, "fold">;
export type PlainNode = Node<Record<string, never>, "end" | "pass">;
export type FlowNode = CardNode | FoldNode | PlainNode;

/** A line: where a step put onto it goes (null: nowhere), how many walk it, and what branch it begins. */
export type WayData = {
  place: Place | null;
  people: number | undefined;
  most: number;
  label?: string;
  branch?: string;
  joins: boolean;
};
export type FlowEdge = Edge<WayData, "way">;
export type Drawn = { nodes: FlowNode[]; edges: FlowEdge[] };

/** What is shown of a flow besides its steps. */
export type Shown = {
  /** Figures of a step, by its id; undefined for one that was never live. */
  figuresOf: (id: string) => Figures | undefined;
  takenOf: (id: string, branch: string) => number | undefined;
  entered: number | undefined;
  completed: number | undefined;
  issueOf: (id: string) => string | undefined;
  labelOf: (step: Step, branch: Branch) => string;
  folded: ReadonlySet<string>;
  marked: ReadonlySet<string>;
};

export const TRIGGER = "trigger";
export const END_ID = "end:";
export const isStepId = (id: string) => !id.includes(":");

/** A line that still looks for what comes next: where it starts, and how many walk it. */
type Loose = { from: string; people?: number; label?: string; branch?: string };

/** Give the nodes and edges of a flow. */
export function layout(document: FlowDocument, shown: Shown): Drawn {
  const drawing = new Drawing(shown, document);
  drawing.trigger();
  const [loose, y] = drawing.list(document.steps, ROOT, 0, drawing.below, { from: TRIGGER, people: shown.entered });
  if (loose) drawing.end(loose, { list: ROOT, at: document.steps.length }, y);
  return drawing;
}

class Drawing {
  readonly nodes: FlowNode[] = [];
  readonly edges: FlowEdge[] = [];
  private readonly most: number;
  private readonly widths = new Map<Step, number>();

  constructor(
    private readonly shown: Shown,
    private readonly document: FlowDocument,
  ) {
    const reached = walk(document.steps).map((step) => shown.figuresOf(step.id)?.reached ?? 0);
    this.most = Math.max(1, shown.entered ?? 0, ...reached);
  }

  get below() {
    return this.heightOf(TRIGGER) + GAP_Y;
  }

  private get hasFigures() {
    return this.shown.entered !== undefined;
  }

  private heightOf(id: string): number {
    return this.hasFigures || this.shown.issueOf(id) ? FULL : BARE;
  }

  trigger() {
    const issue = this.shown.issueOf(TRIGGER);
    this.card(TRIGGER, 0, 0, { step: null, issue, isNew: false, entered: this.shown.entered, note: this.document.notes?.[TRIGGER] });
  }

  private card(id: string, x: number, y: number, data: CardData) {
    const position = { x: x - WIDTH / 2, y };
    this.nodes.push({ id, type: "card", position, data, ...box(WIDTH, this.heightOf(id), id !== TRIGGER) });
  }

  end(loose: Loose, place: Place, y: number) {
    this.point(END_ID, "end", -END.width / 2, y, END.width, END.height);
    this.way(loose, END_ID, place, this.shown.completed);
  }

  private point(id: string, type: "end" | "pass", x: number, y: number, width: number, height: number) {
    this.nodes.push({ id, type, position: { x, y }, data: {}, ...box(width, height, true, type === "pass" ? THROUGH : height), selectable: false, focusable: false });
  }

  private way(loose: Loose, target: string, place: Place | null, reached?: number, joins = false) {
    const { from, people, label, branch } = loose;
    const data = { place, people: people ?? reached, most: this.most, label, branch, joins };
    this.edges.push({ id: `${from}>${target}`, source: from, target, type: "way", focusable: false, selectable: false, data });
  }

  /** Draw a list from its top; gives the line that leaves it, if one does, and how far down it came. */
  list(steps: Step[], list: string, x: number, top: number, start: Loose | null): [Loose | null, number] {
    let [loose, y] = [start, top];
    steps.forEach((step, at) => {
      const figures = this.shown.figuresOf(step.id);
      this.card(step.id, x, y, { step, figures, issue: this.shown.issueOf(step.id), isNew: this.hasFigures && !figures, isMarked: this.shown.marked.has(step.id), note: this.document.notes?.[step.id] });
      if (loose) this.way(loose, step.id, { list, at }, figures?.reached);
      y += this.heightOf(step.id) + GAP_Y;
      [loose, y] = this.after(step, x, y);
    });
    return [loose, y];
  }

  private after(step: Step, x: number, y: number): [Loose | null, number] {
    if (step.kind === "exit") return [null, y];
    if (!branches(step)) return [{ from: step.id }, y];
    let left = x - this.widthOf(step) / 2;
    let bottom = y;
    const open: [Loose, Place | null][] = [];
    for (const branch of branchesOf(step)) {
      const width = this.laneOf(step, branch);
      const [end, place, low] = this.branch(step, branch, left + width / 2, y + FORK);
      if (end) open.push([end, place]);
      bottom = Math.max(bottom, low);
      left += width + GAP_X;
    }
    return this.joined(step, open, x, bottom);
  }

  private joined(step: Step, open: [Loose, Place | null][], x: number, bottom: number): [Loose | null, number] {
    if (!open.length) return [null, bottom];
    const id = `join:${step.id}`;
    this.point(id, "pass", x - 1, bottom + JOIN, 2, 2);
    for (const [loose, place] of open) this.way(loose, id, place, undefined, true);
    const people = open.every(([loose]) => loose.people !== undefined)
      ? open.reduce((sum, [loose]) => sum + loose.people!, 0)
      : undefined;
    return [{ from: id, people }, bottom + JOIN + GAP_Y];
  }

  private branch(step: Step, branch: Branch, x: number, y: number): [Loose | null, Place | null, number] {
    const list = listOf(step.id, branch.key);
    const people = this.shown.takenOf(step.id, branch.key);
    const start = { from: step.id, people, label: this.shown.labelOf(step, branch), branch: list };
    if (this.shown.folded.has(list) && branch.steps.length) return this.fold(branch.steps, list, x, y, start);
    if (!branch.steps.length) {
      // An empty branch keeps its lane by a point that cannot be seen.
      const id = `pass:${list}`;
      this.point(id, "pass", x - 1, y, 2, 2);
      this.way(start, id, { list, at: 0 }, people);
      return [{ from: id, people }, null, y + JOIN];
    }
    const [loose, low] = this.list(branch.steps, list, x, y, start);
    const place = { list, at: branch.steps.length };
    return [loose && { ...loose, people: loose.people ?? this.left(branch.steps) }, place, low];
  }

  private fold(steps: Step[], list: string, x: number, y: number, start: Loose): [Loose | null, Place | null, number] {
    const id = `fold:${list}`;
    const inside = walk(steps);
    const waiting = inside.reduce((sum, one) => sum + (this.shown.figuresOf(one.id)?.waiting ?? 0), 0);
    const data = { list, count: inside.length, waiting };
    this.nodes.push({ id, type: "fold", position: { x: x - WIDTH / 2, y }, data, ...box(WIDTH, FOLDED, true), selectable: false, focusable: false });
    this.way(start, id, null, start.people);
    return [endsAll(steps) ? null : { from: id, people: this.left(steps) }, null, y + FOLDED + GAP_Y];
  }

  /** How many have left the last of some steps behind them. */
  private left(steps: Step[]): number | undefined {
    const figures = this.shown.figuresOf(steps.at(-1)!.id);
    return figures && figures.reached - figures.waiting;
  }

  private laneOf(step: Step, branch: Branch): number {
    if (this.shown.folded.has(listOf(step.id, branch.key))) return WIDTH;
    return Math.max(WIDTH, ...branch.steps.map((one) => this.widthOf(one)));
  }

  private widthOf(step: Step): number {
    let width = this.widths.get(step);
    if (width === undefined) {
      width = branchesOf(step).reduce((sum, branch) => sum + this.laneOf(step, branch) + GAP_X, -GAP_X);
      this.widths.set(step, width);
    }
    return width;
  }
}

// The words of React Flow's own list, written out: the list itself comes with its code, long after this.
const [TOP, BOTTOM] = ["top", "bottom"] as [Position, Position];
const handle = (type: "source" | "target", position: Position, x: number, y: number) => ({ type, position, x, y, width: 1, height: 1 });

/** Where a way leaves a point that it only passes: where it came in, or a gap is seen. A handle is 1 high. */
const THROUGH = -1;

const box = (width: number, height: number, hasTop: boolean, leaves = height) => ({
  width,
  height,
  measured: { width, height },
  draggable: false,
  handles: [
    ...(hasTop ? [handle("target", TOP, width / 2, 0)] : []),
    handle("source", BOTTOM, width / 2, leaves),
  ],
});

type Held = {
  id: string;
  type?: string;
  position?: { x: number; y: number };
  height?: number;
  selected?: boolean;
  ariaLabel?: string;
  data?: object;
};

/** Give the objects drawn before for all that stayed the same, so that only what changed is drawn anew. */
export function reuse<T extends Held>(before: ReadonlyMap<string, T>, now: T[]): T[] {
  return now.map((one) => {
    const old = before.get(one.id);
    return old && isUnchanged(old, one) ? old : one;
  });
}

const isUnchanged = (old: Held, now: Held) =>
  old.type === now.type && old.height === now.height &&
  old.selected === now.selected && old.ariaLabel === now.ariaLabel &&
  shallow(old.position ?? {}, now.position ?? {}) && shallow(old.data ?? {}, now.data ?? {});

function shallow(old: object, now: object): boolean {
  const [left, right] = [old as Record<string, unknown>, now as Record<string, unknown>];
  const keys = Object.keys(right);
  return keys.length === Object.keys(left).length && keys.every((key) => alike(left[key], right[key]));
}

const alike = (left: unknown, right: unknown) =>
  left === right ||
  (isPlace(left) && isPlace(right) && left.list === right.list && left.at === right.at);

const isPlace = (told: unknown): told is Place => typeof told === "object" && told !== null && "list" in told && "at" in told;
