// Where each step of a flow is drawn: a tidy tree from the top, branches side by side, then joined.
//
// Sizes and handles are declared, never measured: React Flow then skips its measuring pass, which
// hides edges for a frame.
import { type Edge, type Node, Position } from "@xyflow/react";
import type { Branch, Flow, Step } from "../types";

export const WIDTH = 264;
const HEIGHT = 94;
const GAP_X = 32;
const GAP_Y = 52;
const FORK = 24; // more room below a step whose ways part, for their labels
const END = { width: 80, height: 28 };

export type CardNode = Node<{ step: Step | null }, "card">;
export type PlainNode = Node<Record<string, never>, "end" | "pass">;
export type FlowNode = CardNode | PlainNode;
export type FlowEdge = Edge<{ people: number; most: number; label?: string }>;

/** A line that still looks for what comes next: where it starts, and how many walk it. */
type Loose = { from: string; people?: number; label?: string };

const box = (width: number, height: number, hasTop: boolean) => ({
  width,
  height,
  measured: { width, height },
  draggable: false,
  handles: [
    ...(hasTop ? [handle("target", Position.Top, width / 2, 0)] : []),
    handle("source", Position.Bottom, width / 2, height),
  ],
});

const handle = (type: "source" | "target", position: Position, x: number, y: number) => ({
  type,
  position,
  x,
  y,
  width: 1,
  height: 1,
});

const listWidth = (steps: Step[]): number => Math.max(WIDTH, ...steps.map(stepWidth));
const stepWidth = (step: Step): number =>
  (step.branches ?? []).reduce((sum, branch) => sum + listWidth(branch.steps) + GAP_X, -GAP_X);

export const TRIGGER = "trigger";

/** Give the nodes and edges of a flow; `labelOf` names a way out of a branching step. */
export function layout(flow: Flow, labelOf: (step: Step, branch: Branch) => string) {
  const nodes: FlowNode[] = [];
  const edges: FlowEdge[] = [];
  const most = Math.max(1, flow.entered, ...allSteps(flow.steps).map((step) => step.figures.reached));

  const connect = (loose: Loose[], target: string, reached: number) => {
    for (const { from, people, label } of loose) {
      edges.push({
        id: `${from}>${target}`,
        source: from,
        target,
        type: "way",
        focusable: false,
        selectable: false,
        data: { people: people ?? reached, most, label },
      });
    }
  };

  const put = (step: Step, x: number, y: number, loose: Loose[]) => {
    const position = { x: x - WIDTH / 2, y };
    nodes.push({ id: step.id, type: "card", position, data: { step }, ...box(WIDTH, HEIGHT, true) });
    connect(loose, step.id, step.figures.reached);
  };

  const list = (steps: Step[], x: number, top: number, start: Loose[]): [Loose[], number] => {
    let [loose, y] = [start, top];
    for (const step of steps) {
      put(step, x, y, loose);
      y += HEIGHT + GAP_Y;
      [loose, y] = after(step, x, y);
    }
    return [loose, y];
  };

  const after = (step: Step, x: number, y: number): [Loose[], number] => {
    if (step.kind === "exit") return [[], y];
    if (!step.branches) return [[{ from: step.id }], y];
    let left = x - stepWidth(step) / 2;
    let bottom = y;
    const open: Loose[] = [];
    for (const branch of step.branches) {
      const width = listWidth(branch.steps);
      const way = { from: step.id, people: branch.taken, label: labelOf(step, branch) };
      const [ends, end] = branchOf(step, branch, left + width / 2, y + FORK, way);
      open.push(...ends);
      bottom = Math.max(bottom, end);
      left += width + GAP_X;
    }
    return [open, bottom];
  };

  const branchOf = (step: Step, branch: Branch, x: number, y: number, way: Loose): [Loose[], number] => {
    if (branch.steps.length) {
      const [ends, end] = list(branch.steps, x, y, [way]);
      return [ends.map((each) => ({ people: reachedLast(branch), ...each })), end];
    }
    // An empty branch keeps its lane by a point that cannot be seen.
    const id = `${step.id}:${branch.key}`;
    nodes.push({ id, type: "pass", position: { x: x - 1, y }, data: {}, ...box(2, 2, true), selectable: false, focusable: false });
    connect([way], id, branch.taken);
    return [[{ from: id, people: branch.taken }], y + GAP_Y];
  };

  nodes.push({ id: TRIGGER, type: "card", position: { x: -WIDTH / 2, y: 0 }, data: { step: null }, ...box(WIDTH, HEIGHT, false) });
  const first: Loose = { from: TRIGGER, people: flow.entered };
  const [loose, y] = list(flow.steps, 0, HEIGHT + GAP_Y, [first]);
  if (loose.length) {
    nodes.push({ id: "end", type: "end", position: { x: -END.width / 2, y }, data: {}, ...box(END.width, END.height, true), selectable: false, focusable: false });
    connect(loose, "end", flow.left.find((each) => each.reason === "completed")?.count ?? 0);
  }
  return { nodes, edges };
}

const reachedLast = (branch: Branch) => branch.steps.at(-1)?.figures.reached ?? 0;

/** Give every step, a branching one before what is inside it. */
export function allSteps(steps: Step[]): Step[] {
  return steps.flatMap((step) => [step, ...(step.branches ?? []).flatMap((branch) => allSteps(branch.steps))]);
}
