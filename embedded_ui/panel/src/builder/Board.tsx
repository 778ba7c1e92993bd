// The canvas by React Flow: moved and zoomed by hand, its steps reached by keys. It comes after the first picture.
import { Background, BaseEdge, Controls, EdgeLabelRenderer, type EdgeProps, ReactFlow, ReactFlowProvider, useStoreApi } from "@xyflow/react";
import "./board.css";
import { memo, type MouseEvent, type RefObject, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { strings } from "../strings";
import { Card, End, Fold, Pass } from "./Card";
import { type CanvasValue, useCanvas } from "./canvas";
import { type Drawn, type FlowEdge, type FlowNode, reuse } from "./layout";
import { firstSight, type Instance, type Size, sizeOf } from "./sight";
import { titleOf, triggerTitle } from "./telling";
import { lookOf, pathOf, Signs } from "./Way";
import { words } from "./words";

const MANY = 60; // from here on only what is in sight is in the page
const SMALLEST = 0.3;
const LARGEST = 1.25;
const A11Y = { "node.a11yDescription.default": words.keysShort };
const A11Y_READ = { "node.a11yDescription.default": strings.flow.readOnly };

export type BoardProps = {
  drawn: Drawn;
  chosen: string | null;
  onStep: (id: string, event: MouseEvent) => void;
  onPane: () => void;
  ready: (instance: Instance) => void;
  /** What the canvas fills. */
  section: RefObject<HTMLElement | null>;
};

/**
 * Draws at once what the first picture has, where it has it. By itself React Flow draws nothing at first, then looks
 * for its size, its steps and what is seen of them: so it is told all of that beforehand.
 */
export default function Board(props: BoardProps) {
  const { drawn, chosen, section } = props;
  const value = useCanvas();
  const nodes = useKept(useMemo(() => drawn.nodes.map((node) => withState(node, chosen, value)), [drawn, chosen, value]));
  const edges = useKept(drawn.edges);
  const [size] = useState(() => sizeOf(section.current!));
  return (
    <ReactFlowProvider initialNodes={nodes} initialEdges={edges} initialWidth={size.width} initialHeight={size.height} initialMinZoom={SMALLEST} initialMaxZoom={LARGEST}>
      <Told {...props} nodes={nodes} edges={edges} size={size} isReadOnly={value.isReadOnly} />
    </ReactFlowProvider>
  );
}

type ToldProps = BoardProps & { nodes: FlowNode[]; edges: FlowEdge[]; size: Size; isReadOnly: boolean };

function Told({ nodes, edges, size, isReadOnly, onStep, onPane, ready, section }: ToldProps) {
  const flow = useRef<Instance>(null);
  const sight = useFirst(nodes, size, section);
  useCentre(section, flow, size.width);
  return (
    <ReactFlow<FlowNode, FlowEdge>
      nodes={nodes}
      edges={edges}
      nodeTypes={nodeTypes}
      edgeTypes={edgeTypes}
      defaultViewport={sight}
      minZoom={SMALLEST}
      maxZoom={LARGEST}
      nodesConnectable={false}
      nodesDraggable={false}
      edgesFocusable={false}
      deleteKeyCode={null}
      selectionKeyCode={null}
      multiSelectionKeyCode={null}
      panOnScroll
      zoomOnDoubleClick={false}
      onlyRenderVisibleElements={nodes.length > MANY}
      ariaLabelConfig={isReadOnly ? A11Y_READ : A11Y}
      onNodeClick={(event, node) => node.type === "card" && onStep(node.id, event)}
      onPaneClick={onPane}
      onInit={(instance) => {
        flow.current = instance;
        ready(instance);
      }}
    >
      <Background gap={20} size={1.2} color="var(--grid)" />
      <Controls showInteractive={false} position="bottom-left" />
    </ReactFlow>
  );
}

/**
 * Give what is seen first, and have it so from the first frame on: what stands on the lines, too. Nothing is measured
 * afterwards: sizes, and where lines begin and end, are as `layout` says.
 */
function useFirst(nodes: FlowNode[], size: Size, section: RefObject<HTMLElement | null>) {
  const store = useStoreApi();
  const [sight] = useState(() => {
    const { x, y, zoom } = firstSight(nodes, size);
    store.setState({ transform: [x, y, zoom], updateNodeInternals: () => undefined });
    return { x, y, zoom };
  });
  useLayoutEffect(() => store.setState({ domNode: section.current!.querySelector<HTMLDivElement>(".react-flow") }), [store, section]);
  return sight;
}

function withState(node: FlowNode, chosen: string | null, { trigger }: CanvasValue): FlowNode {
  if (node.type !== "card") return node;
  const { step } = node.data;
  const ariaLabel = step ? words.spoken(strings.flow.kinds[step.kind] ?? step.kind, titleOf(step)) : triggerTitle(trigger);
  return { ...node, selected: node.id === chosen, ariaLabel };
}

/** Keep what is in the middle there when the canvas gets wider or narrower: a phone is turned, a form opens. */
function useCentre(section: RefObject<HTMLElement | null>, flow: RefObject<Instance | null>, first: number) {
  useEffect(() => {
    let before = first;
    const watch = new ResizeObserver(([entry]) => {
      const width = Math.round(entry!.contentRect.width);
      const view = flow.current?.getViewport();
      if (view && width && width !== before) void flow.current!.setViewport({ ...view, x: view.x + (width - before) / 2 });
      if (width) before = width;
    });
    watch.observe(section.current!);
    return () => watch.disconnect();
  }, [section, flow, first]);
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

const Way = memo(function Way({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<FlowEdge>) {
  const ends = { sourceX, sourceY, targetX, targetY };
  return (
    <>
      <BaseEdge path={pathOf(ends, data!)} className="way" style={lookOf(data!)} />
      <EdgeLabelRenderer>
        <Signs ends={ends} data={data!} />
      </EdgeLabelRenderer>
    </>
  );
});

const nodeTypes = { card: Card, fold: Fold, end: End, pass: Pass };
const edgeTypes = { way: Way };
