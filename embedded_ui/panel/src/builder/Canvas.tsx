// The canvas: the flow as a tree, drawn by React Flow from what `layout` says.
import { Background, Controls, ReactFlow, type ReactFlowInstance, useReactFlow } from "@xyflow/react";
import { type KeyboardEvent, type MouseEvent, type RefObject, useCallback, useEffect, useMemo, useRef } from "react";
import { strings } from "../strings";
import { Card, End, Fold, Pass } from "./Card";
import { CanvasContext, type CanvasValue } from "./canvas";
import { type Drawn, type FlowEdge, type FlowNode, reuse, TRIGGER, WIDTH } from "./layout";
import { titleOf, triggerTitle } from "./telling";
import { Way } from "./Way";
import { words } from "./words";

const MANY = 60; // from here on only what is in sight is in the page
const MARGIN = 24;
const nodeTypes = { card: Card, fold: Fold, end: End, pass: Pass };
const edgeTypes = { way: Way };
const A11Y = { "node.a11yDescription.default": words.keysShort };
const A11Y_READ = { "node.a11yDescription.default": strings.flow.readOnly };

type Props = {
  drawn: Drawn;
  chosen: string | null;
  value: CanvasValue;
  onKey: (event: KeyboardEvent) => void;
  onStep: (id: string, event: MouseEvent) => void;
  onPane: () => void;
};

export function Canvas({ drawn, chosen, value, onKey, onStep, onPane }: Props) {
  const nodes = useKept(useMemo(() => drawn.nodes.map((node) => withState(node, chosen, value)), [drawn, chosen, value]));
  const edges = useKept(drawn.edges);
  const section = useRef<HTMLElement>(null);
  const flow = useRef<ReactFlowInstance<FlowNode, FlowEdge>>(null);
  useCentre(section, flow);
  return (
    <CanvasContext value={value}>
      <section ref={section} className="canvas" aria-label={strings.flow.drawing} onKeyDownCapture={onKey}>
        <ReactFlow<FlowNode, FlowEdge>
          nodes={nodes}
          edges={edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={0.3}
          maxZoom={1.25}
          nodesConnectable={false}
          nodesDraggable={false}
          edgesFocusable={false}
          deleteKeyCode={null}
          selectionKeyCode={null}
          multiSelectionKeyCode={null}
          panOnScroll
          zoomOnDoubleClick={false}
          onlyRenderVisibleElements={nodes.length > MANY}
          ariaLabelConfig={value.isReadOnly ? A11Y_READ : A11Y}
          onNodeClick={(event, node) => node.type === "card" && onStep(node.id, event)}
          onPaneClick={onPane}
          onInit={(instance) => {
            flow.current = instance;
            first(instance, drawn.nodes);
          }}
        >
          <Background gap={20} size={1.2} color="var(--grid)" />
          <Controls showInteractive={false} position="bottom-left" />
        </ReactFlow>
      </section>
    </CanvasContext>
  );
}

function withState(node: FlowNode, chosen: string | null, { trigger }: CanvasValue): FlowNode {
  if (node.type !== "card") return node;
  const { step } = node.data;
  const ariaLabel = step ? words.spoken(strings.flow.kinds[step.kind] ?? step.kind, titleOf(step)) : triggerTitle(trigger);
  return { ...node, selected: node.id === chosen, ariaLabel };
}

/** Keep what is in the middle there when the canvas gets wider or narrower: a phone is turned, a form opens. */
function useCentre(section: RefObject<HTMLElement | null>, flow: RefObject<ReactFlowInstance<FlowNode, FlowEdge> | null>) {
  useEffect(() => {
    let before = section.current!.clientWidth;
    const watch = new ResizeObserver(([entry]) => {
      const width = Math.round(entry!.contentRect.width);
      const view = flow.current?.getViewport();
      if (view && width && width !== before) void flow.current!.setViewport({ ...view, x: view.x + (width - before) / 2 });
      if (width) before = width;
    });
    watch.observe(section.current!);
    return () => watch.disconnect();
  }, [section, flow]);
}

/** Give the same objects as before for what did not change, and the same list if nothing did. */
function useKept<T extends { id: string; data?: object }>(now: T[]): T[] {
  const kept = useRef<{ list: T[]; byId: Map<string, T> }>({ list: [], byId: new Map() });
  return useMemo(() => {
    const list = reuse(kept.current.byId, now);
    const same = list.length === kept.current.list.length && list.every((one, at) => one === kept.current.list[at]);
    if (!same) kept.current = { list, byId: new Map(list.map((one) => [one.id, one])) };
    return kept.current.list;
  }, [now]);
}

/** Show the flow from its top, at a size that can be read. */
function first(instance: ReactFlowInstance<FlowNode, FlowEdge>, nodes: FlowNode[]) {
  const width = document.querySelector(".canvas")?.clientWidth ?? 800;
  const left = Math.min(...nodes.map((node) => node.position.x));
  const right = Math.max(...nodes.map((node) => node.position.x + node.width!));
  const zoom = Math.max(0.85, Math.min(1, (width - 2 * MARGIN) / (right - left)));
  const fits = (right - left) * zoom <= width;
  instance.setViewport({ x: width / 2 - (fits ? ((left + right) / 2) * zoom : 0), y: MARGIN, zoom });
}

/** Give `show`, which brings a step into view and, if asked, the focus to it; and `scrollBy`. */
export function useView(nodes: FlowNode[]) {
  const flow = useReactFlow<FlowNode, FlowEdge>();
  const latest = useRef(nodes);
  latest.current = nodes;
  const wanted = useRef("");
  const scrollBy = useCallback(
    (x: number, y: number) => {
      const view = flow.getViewport();
      void flow.setViewport({ ...view, x: view.x + x, y: view.y + y });
    },
    [flow],
  );
  const show = useCallback(
    (id: string, isFocused = true) => {
      wanted.current = id;
      // At once where it can be: the next key is pressed on what has the focus.
      if (isFocused) cardOf(id)?.focus({ preventScroll: true });
      // What was just added is drawn with the next frame.
      requestAnimationFrame(() => {
        const node = latest.current.find((one) => one.id === id);
        if (node) bringIn(flow, node);
        if (isFocused && wanted.current === id) focusOn(id);
      });
    },
    [flow],
  );
  return useMemo(() => ({ show, scrollBy }), [show, scrollBy]);
}

function bringIn(flow: ReactFlowInstance<FlowNode, FlowEdge>, node: FlowNode) {
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
export const isTrigger = (id: string) => id === TRIGGER;
