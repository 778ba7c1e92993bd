// A line between two steps: as thick as the share of people who walk it, with its "+", and a branch's name.
import { Plus } from "lucide-react";
import { useStore } from "../store";
import { placeName, useCanvas } from "./canvas";
import type { WayData } from "./layout";
import { words } from "./words";

const BEND = 24; // how far below a step its ways part

/** Where a line leaves a step, and where it comes to the next. */
export type Ends = { sourceX: number; sourceY: number; targetX: number; targetY: number };

const bendOf = ({ sourceY, targetY }: Ends, { label }: WayData) => (label ? sourceY + BEND : targetY);

/** What stands on a line: its "+", and a branch's name. */
export function Signs({ ends, data }: { ends: Ends; data: WayData }) {
  const { isReadOnly, isBarred, deeds } = useCanvas();
  const { place, label, joins } = data;
  const { sourceX, sourceY, targetX, targetY } = ends;
  const bend = bendOf(ends, data);
  // Lines that meet leave from the lane; those that part enter it: either way the "+" is in the lane.
  const [plusX, plusY] = joins ? [sourceX, sourceY + 26] : [targetX, label ? bend + 36 : (sourceY + targetY) / 2];
  return (
    <>
      {data.branch && <Label data={data} x={targetX} y={bend} />}
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
    </>
  );
}

function Label({ data, x, y }: { data: WayData; x: number; y: number }) {
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

/** Give how a line looks: as thick as the share of people who walk it. */
export function lookOf({ people, most }: WayData) {
  return {
    stroke: "var(--edge)",
    strokeWidth: 1.5 + 4 * Math.sqrt((people ?? 0) / most),
    opacity: people === 0 ? 0.7 : 1,
    strokeDasharray: people === 0 ? "4 4" : undefined,
  };
}

/** Draw an elbow: down to the bend, across, and down again as far as there is to go. */
export function pathOf(ends: Ends, data: WayData): string {
  const { sourceX: x, sourceY: y, targetX: toX, targetY: toY } = ends;
  const bend = bendOf(ends, data);
  const across = toX - x;
  if (Math.abs(across) < 1) return `M${x} ${y}L${toX} ${toY}`;
  const radius = Math.min(10, Math.abs(across) / 2);
  const side = Math.sign(across) * radius;
  const start = `M${x} ${y}L${x} ${bend - radius}Q${x} ${bend} ${x + side} ${bend}`;
  if (toY - bend < radius) return `${start}L${toX} ${bend}`;
  return `${start}L${toX - side} ${bend}Q${toX} ${bend} ${toX} ${bend + radius}L${toX} ${toY}`;
}
