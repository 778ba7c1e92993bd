// What is in sight of a flow: what is seen of it first, and how a step is brought into view.
import type { ReactFlowInstance } from "@xyflow/react";
import { useCallback, useMemo, useRef } from "react";
import { type FlowEdge, type FlowNode, WIDTH } from "./layout";

const MARGIN = 24;

export type Instance = ReactFlowInstance<FlowNode, FlowEdge>;
export type Size = { width: number; height: number };
/** Where the tree's origin is, in px from the canvas's corner, and how large it is drawn. */
export type Sight = { x: number; y: number; zoom: number };

export const sizeOf = (element: Element): Size => ({ width: element.clientWidth, height: element.clientHeight });

/** Show the flow from its top, at a size that can be read. */
export function firstSight(nodes: FlowNode[], { width }: Size): Sight {
  const left = Math.min(...nodes.map((node) => node.position.x));
  const right = Math.max(...nodes.map((node) => node.position.x + node.width!));
  const zoom = Math.max(0.85, Math.min(1, (width - 2 * MARGIN) / (right - left)));
  const fits = (right - left) * zoom <= width;
  return { x: width / 2 - (fits ? ((left + right) / 2) * zoom : 0), y: MARGIN, zoom };
}

/** Give `show`, which brings a step into view and, if asked, the focus to it; `scrollBy`; and `ready`, for who can do that. */
export function useView(nodes: FlowNode[]) {
  const flow = useRef<Instance>(null);
  const late = useRef<[string, boolean]>(null);
  const latest = useRef(nodes);
  latest.current = nodes;
  const wanted = useRef("");
  const scrollBy = useCallback(
    (x: number, y: number) => {
      const view = flow.current?.getViewport();
      if (view) void flow.current!.setViewport({ ...view, x: view.x + x, y: view.y + y });
    },
    [],
  );
  const show = useCallback(
    (id: string, isFocused = true) => {
      wanted.current = id;
      if (!flow.current) late.current = [id, isFocused];
      // At once where it can be: the next key is pressed on what has the focus.
      if (isFocused) cardOf(id)?.focus({ preventScroll: true });
      // What was just added is drawn with the next frame.
      requestAnimationFrame(() => {
        const node = latest.current.find((one) => one.id === id);
        if (node && flow.current) bringIn(flow.current, node);
        if (isFocused && wanted.current === id) focusOn(id);
      });
    },
    [],
  );
  const ready = useCallback(
    (instance: Instance) => {
      flow.current = instance;
      if (late.current) show(...late.current);
    },
    [show],
  );
  return useMemo(() => ({ show, scrollBy, ready }), [show, scrollBy, ready]);
}

function bringIn(flow: Instance, node: FlowNode) {
  const canvas = document.querySelector(".canvas");
  if (!canvas) return;
  const { x, y, zoom } = flow.getViewport();
  const [left, top] = [node.position.x * zoom + x, node.position.y * zoom + y];
  const across = shift(left, left + WIDTH * zoom, canvas.clientWidth);
  const down = shift(top, top + node.height! * zoom, canvas.clientHeight);
  if (across || down) void flow.setViewport({ x: x + across, y: y + down, zoom });
}

const shift = (from: number, to: number, room: number) =>
  from < MARGIN ? MARGIN - from : to > room - MARGIN ? Math.max(room - MARGIN - to, MARGIN - from) : 0;

/** A step that was out of sight is in the page a few frames later. */
function focusOn(id: string, tries = 20) {
  const card = cardOf(id);
  if (card) card.focus({ preventScroll: true });
  else if (tries) requestAnimationFrame(() => focusOn(id, tries - 1));
}

export const cardOf = (id: string) =>
  document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(id)}"]`);
export const plusOf = (name: string) => document.querySelector<HTMLElement>(`.plus[data-place="${CSS.escape(name)}"]`);
export const idOf = (target: EventTarget) =>
  (target as HTMLElement).closest<HTMLElement>(".react-flow__node-card")?.dataset.id;
