// A flow's picture, to read: steps from the top, lines as thick as the share of people who walk them.
import {
  Background,
  BaseEdge,
  Controls,
  EdgeLabelRenderer,
  type EdgeProps,
  Handle,
  type NodeProps,
  Position,
  ReactFlow,
  type ReactFlowInstance,
} from "@xyflow/react";
import { createContext, type KeyboardEvent, memo, useContext, useMemo } from "react";
import { useStore } from "../store";
import { strings } from "../strings";
import type { Flow, Step } from "../types";
import "./drawing.css";
import { type CardNode, type FlowEdge, type FlowNode, layout } from "./layout";
import { StepIcon } from "./StepIcon";
import { branchLabel, lineOf, titleOf, triggerLine, triggerTitle } from "./words";

const words = strings.flow;
const Shown = createContext<Flow | null>(null);
const useFlow = () => useContext(Shown)!;

const Card = memo(function Card({ data, selected }: NodeProps<CardNode>) {
  const flow = useFlow();
  const { format } = useStore();
  const { step } = data;
  return (
    <div className={selected ? "step sel" : "step"}>
      {step && <Handle type="target" position={Position.Top} isConnectable={false} />}
      <div className="sh">
        <StepIcon kind={step?.kind ?? "trigger"} />
        <div>
          <b>{step ? titleOf(step) : triggerTitle(flow)}</b>
          <span>{step ? lineOf(step, flow, format) : triggerLine(flow)}</span>
        </div>
      </div>
      <div className="sf num">
        {step ? <StepFigures step={step} /> : <span>{words.entered(format.int(flow.entered))}</span>}
      </div>
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
});

function StepFigures({ step }: { step: Step }) {
  const { format } = useStore();
  const { figures } = step;
  if (step.kind === "message") {
    return (
      <>
        <span>{words.sent(format.int(figures.sent))}</span>
        {figures.sent > 0 && <span>{words.opened(format.percent(figures.opened / figures.sent))}</span>}
        <b>{format.roundMoney(figures.revenue)}</b>
      </>
    );
  }
  return (
    <>
      {figures.waiting > 0 && (
        <span className="live">
          <i />
          {words.waiting(format.int(figures.waiting))}
        </span>
      )}
      <span>{words.reached(format.int(figures.reached))}</span>
    </>
  );
}

function End() {
  return (
    <div className="end">
      <Handle type="target" position={Position.Top} isConnectable={false} />
      {words.kinds.end}
    </div>
  );
}

function Pass() {
  return (
    <div className="pass">
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </div>
  );
}

function Way({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<FlowEdge>) {
  const { format } = useStore();
  const { people, most, label } = data!;
  // A line that parts bends below its label; one that joins bends just above its target.
  const bend = label ? sourceY + 30 : targetY - 22;
  return (
    <>
      <BaseEdge
        path={elbow(sourceX, sourceY, targetX, targetY, bend)}
        style={{
          stroke: "var(--edge)",
          strokeWidth: 1.5 + 4 * Math.sqrt(people / most),
          opacity: people ? 1 : 0.7,
          strokeDasharray: people ? undefined : "4 4",
        }}
      />
      {label && (
        <EdgeLabelRenderer>
          <span
            className="elab num"
            style={{ transform: `translate(-50%,-50%) translate(${(sourceX + targetX) / 2}px,${bend}px)` }}
          >
            {label} <em>{format.int(people)}</em>
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
}

function elbow(x: number, y: number, toX: number, toY: number, bend: number): string {
  const across = toX - x;
  if (Math.abs(across) < 1) return `M${x} ${y}L${toX} ${toY}`;
  const radius = Math.min(10, Math.abs(across) / 2);
  const side = Math.sign(across) * radius;
  return (
    `M${x} ${y}L${x} ${bend - radius}Q${x} ${bend} ${x + side} ${bend}` +
    `L${toX - side} ${bend}Q${toX} ${bend} ${toX} ${bend + radius}L${toX} ${toY}`
  );
}

const nodeTypes = { card: Card, end: End, pass: Pass };
const edgeTypes = { way: Way };
const A11Y = { "node.a11yDescription.default": words.readOnly };

type Props = { flow: Flow; chosen: string | null; choose: (id: string | null) => void };

export default function Drawing({ flow, chosen, choose }: Props) {
  const { format } = useStore();
  const drawn = useMemo(
    () => layout(flow, (step, branch) => branchLabel(step, branch, format)),
    [flow, format],
  );
  const nodes = useMemo(
    () =>
      drawn.nodes.map((node) => ({
        ...node,
        selected: node.id === chosen,
        ariaLabel: node.type === "card" ? spoken(node.data.step, flow) : undefined,
      })),
    [drawn, chosen, flow],
  );
  const byKey = (event: KeyboardEvent) => {
    const id = (event.target as HTMLElement).closest<HTMLElement>(".react-flow__node")?.dataset.id;
    if (!id) return;
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      choose(id);
    }
    const next = neighbour(drawn.edges, id, event.key);
    if (next) {
      event.preventDefault();
      document.querySelector<HTMLElement>(`.react-flow__node[data-id="${CSS.escape(next)}"]`)?.focus();
    }
  };
  return (
    <Shown value={flow}>
      <section className="canvas" aria-label={words.drawing} onKeyDownCapture={byKey}>
        <ReactFlow<FlowNode, FlowEdge>
          nodes={nodes}
          edges={drawn.edges}
          nodeTypes={nodeTypes}
          edgeTypes={edgeTypes}
          minZoom={0.3}
          maxZoom={1.25}
          nodesConnectable={false}
          nodesDraggable={false}
          edgesFocusable={false}
          deleteKeyCode={null}
          panOnScroll
          zoomOnDoubleClick={false}
          ariaLabelConfig={A11Y}
          onNodeClick={(_, node) => node.type === "card" && choose(node.id)}
          onPaneClick={() => choose(null)}
          onInit={(instance) => place(instance, drawn.nodes)}
        >
          <Background gap={20} size={1.2} color="var(--grid)" />
          <Controls showInteractive={false} position="bottom-left" />
        </ReactFlow>
      </section>
    </Shown>
  );
}

const spoken = (step: Step | null, flow: Flow) =>
  step ? `${words.kinds[step.kind]}: ${titleOf(step)}` : triggerTitle(flow);

/** Show the flow from its top, at a size that can be read. */
function place(instance: ReactFlowInstance<FlowNode, FlowEdge>, nodes: FlowNode[]) {
  const width = document.querySelector(".canvas")?.clientWidth ?? 800;
  const left = Math.min(...nodes.map((node) => node.position.x));
  const right = Math.max(...nodes.map((node) => node.position.x + node.width!));
  const zoom = Math.max(0.8, Math.min(1, (width - 48) / (right - left)));
  instance.setViewport({ x: width / 2 - ((left + right) / 2) * zoom, y: 24, zoom });
}

function neighbour(edges: FlowEdge[], id: string, key: string): string | undefined {
  const follow = (from: string): string[] =>
    edges.filter((edge) => edge.source === from).flatMap(({ target }) => (target.includes(":") ? follow(target) : [target]));
  const parent = edges.find((edge) => edge.target === id)?.source.split(":")[0];
  const siblings = parent ? follow(parent) : [];
  const at = siblings.indexOf(id);
  const found: Record<string, string | undefined> = {
    ArrowDown: follow(id)[0],
    ArrowUp: parent,
    ArrowRight: siblings[at + 1],
    ArrowLeft: siblings[at - 1],
  };
  return found[key] === "end" ? undefined : found[key];
}

