// The first picture of a flow: what is in sight of it, at the places where the canvas will draw it.
//
// The canvas itself takes a while to come. Until then this is to be looked at: nothing in it takes a click or the focus.
import { Card, End, Fold } from "./Card";
import type { Drawn, FlowEdge, FlowNode } from "./layout";
import type { Sight, Size } from "./sight";
import { type Ends, lookOf, pathOf, Signs } from "./Way";

type Props = { drawn: Drawn; chosen: string | null; sight: Sight; size: Size };

export function First({ drawn, chosen, sight, size }: Props) {
  const { x, y, zoom } = sight;
  const nodes = new Map(drawn.nodes.map((node) => [node.id, node]));
  const ways = drawn.edges.map((edge) => ({ edge, ends: endsOf(edge, nodes) })).filter(({ ends }) => isSeen(boxOf(ends), sight, size));
  return (
    <div className="first" inert>
      <div style={{ transform: `translate(${x}px,${y}px) scale(${zoom})` }}>
        <svg>
          {ways.map(({ edge, ends }) => (
            <path key={edge.id} fill="none" d={pathOf(ends, edge.data!)} style={lookOf(edge.data!)} />
          ))}
        </svg>
        {ways.map(({ edge, ends }) => (
          <Signs key={edge.id} ends={ends} data={edge.data!} />
        ))}
        {drawn.nodes.filter((node) => isSeen(placeOf(node), sight, size)).map((node) => (
          <div key={node.id} style={{ transform: `translate(${node.position.x}px,${node.position.y}px)`, width: node.width, height: node.height }}>
            {node.type === "card" && <Card id={node.id} data={node.data} selected={node.id === chosen} />}
            {node.type === "fold" && <Fold data={node.data} />}
            {node.type === "end" && <End />}
          </div>
        ))}
      </div>
    </div>
  );
}

/** Give where a line begins and ends: the middle of what React Flow calls handles, which are a pixel large. */
function endsOf(edge: FlowEdge, nodes: ReadonlyMap<string, FlowNode>): Ends {
  const [source, target] = [nodes.get(edge.source)!, nodes.get(edge.target)!];
  return {
    sourceX: source.position.x + source.width! / 2 + 0.5,
    sourceY: source.position.y + source.handles!.at(-1)!.y + 1,
    targetX: target.position.x + target.width! / 2 + 0.5,
    targetY: target.position.y,
  };
}

type Box = { left: number; top: number; right: number; bottom: number };

const boxOf = ({ sourceX, sourceY, targetX, targetY }: Ends): Box => ({
  left: Math.min(sourceX, targetX),
  top: sourceY,
  right: Math.max(sourceX, targetX),
  bottom: targetY,
});

const placeOf = ({ position: { x, y }, width, height }: FlowNode): Box => ({ left: x, top: y, right: x + width!, bottom: y + height! });

const isSeen = ({ left, top, right, bottom }: Box, { x, y, zoom }: Sight, { width, height }: Size) =>
  right * zoom + x > 0 && left * zoom + x < width && bottom * zoom + y > 0 && top * zoom + y < height;
