// A line between two steps: as thick as the share of people who walk it, with its "+", and a branch's name.
import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from "@xyflow/react";
import { Plus } from "lucide-react";
import { memo } from "react";
import { useStore } from "../store";
import { placeName, useCanvas } from "./canvas";
import type { FlowEdge } from "./layout";
import { words } from "./words";

const BEND = 24; // how far below a step its ways part

export const Way = memo(function Way({ sourceX, sourceY, targetX, targetY, data }: EdgeProps<FlowEdge>) {
  const { isReadOnly, isBarred, deeds } = useCanvas();
  const { place, people, most, label, joins } = data!;
  const bend = label ? sourceY + BEND : targetY;
  // Lines that meet leave from the lane; those that part enter it: either way the "+" is in the lane.
  const [plusX, plusY] = joins ? [sourceX, sourceY + 26] : [targetX, label ? bend + 36 : (sourceY + targetY) / 2];
  return (
    <>
      <BaseEdge path={path(sourceX, sourceY, targetX, targetY, bend)} className="way" style={lookOf(people, most)} />
      <EdgeLabelRenderer>
        {data!.branch && <Label data={data!} x={targetX} y={bend} />}
        {place && !isReadOnly && (
          <button
            type="button"
            className="plus nopan nodrag"
            data-place={placeName(place)}
            style={at(plusX, plusY)}
            disabled={isBarred?.(place)}
            aria-label={isBarred ? words.moveHere : label ? words.addIn(label) : words.addHere}
            aria-haspopup={isBarred ? undefined : "menu"}
            onClick={(event) => deeds.openAdd(place, event.currentTarget)}
          >
            <span data-drop={words.dropHere}>
              <Plus size={14} aria-hidden />
            </span>
          </button>
        )}
      </EdgeLabelRenderer>
    </>
  );
});

function Label({ data, x, y }: { data: NonNullable<FlowEdge["data"]>; x: number; y: number }) {
  const { isReadOnly, deeds } = useCanvas();
  const { format } = useStore();
  const { label = "", branch = "", people } = data;
  const text = (
    <>
      {label}
      {people !== undefined && <em>{format.int(people)}</em>}
    </>
  );
  if (isReadOnly) {
    return <span className="elab num" style={at(x, y)}>{text}</span>;
  }
  return (
    <button
      type="button"
      className="elab num nopan"
      style={at(x, y)}
      data-branch={branch}
      aria-haspopup="menu"
      onPointerDown={(event) => deeds.liftBranch(branch, event)}
      onClick={(event) => deeds.openBranch(branch, event.currentTarget)}
    >
      {text}
      <span className="vh">{words.branchMenu}</span>
    </button>
  );
}

const at = (x: number, y: number) => ({ transform: `translate(-50%,-50%) translate(${x}px,${y}px)` });

function lookOf(people: number | undefined, most: number) {
  return {
    stroke: "var(--edge)",
    strokeWidth: 1.5 + 4 * Math.sqrt((people ?? 0) / most),
    opacity: people === 0 ? 0.7 : 1,
    strokeDasharray: people === 0 ? "4 4" : undefined,
  };
}

/** Draw an elbow: down to the bend, across, and down again as far as there is to go. */
function path(x: number, y: number, toX: number, toY: number, bend: number): string {
  const across = toX - x;
  if (Math.abs(across) < 1) return `M${x} ${y}L${toX} ${toY}`;
  const radius = Math.min(10, Math.abs(across) / 2);
  const side = Math.sign(across) * radius;
  const start = `M${x} ${y}L${x} ${bend - radius}Q${x} ${bend} ${x + side} ${bend}`;
  if (toY - bend < radius) return `${start}L${toX} ${bend}`;
  return `${start}L${toX - side} ${bend}Q${toX} ${bend} ${toX} ${bend + radius}L${toX} ${toY}`;
}
