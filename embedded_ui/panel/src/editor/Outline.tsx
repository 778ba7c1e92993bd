// The blocks of the message as a list: chosen, moved by pointer or keys, added, copied, taken out.
import { EyeOff, GripVertical } from "lucide-react";
import type { KeyboardEvent, PointerEvent } from "react";
import { AddMenu, RowMenu } from "./BlockMenus";
import type { Block, Columns, Place, Side } from "./blocks";
import { useBlocks } from "./context";
import { type Drag, type Dragged, isAt } from "./drag";
import { type Edits, rowId } from "./edits";
import { excerpt, KindIcon, kindName } from "./kinds";
import { words } from "./words";

type Shared = { edits: Edits; drag: Drag | null; grip: (what: Dragged) => (event: PointerEvent) => void };

export function Outline(shared: Shared) {
  const { blocks } = useBlocks();
  return (
    <>
      <ul className="blist" aria-label={words.list}>
        {blocks.map((block, index) => (
          <Row key={block.id} block={block} place={{ column: null, index }} {...shared} />
        ))}
      </ul>
      <Gap place={{ column: null, index: blocks.length }} drag={shared.drag} />
    </>
  );
}

function Gap({ place, drag }: { place: Place; drag: Drag | null }) {
  return (
    <div className="gap" data-gap={JSON.stringify(place)} data-on={isAt(drag?.place, place) || undefined} aria-hidden />
  );
}

function Row({ block, place, ...shared }: Shared & { block: Block; place: Place }) {
  const { chosen, choose, issues } = useBlocks();
  const { edits, drag, grip } = shared;
  const name = kindName(block.kind);
  const said = excerpt(block);
  const own = issues.filter((issue) => issue.block === block.id);
  const isBad = own.some((issue) => issue.level === "error");
  const isFixed = block.kind === "footer" || block.kind === "header";
  return (
    <li className="bitem" data-dragged={drag?.what.block?.id === block.id || undefined}>
      <Gap place={place} drag={drag} />
      <div className="brow" data-chosen={chosen === block.id || undefined}>
        <span className="mgrip" data-fixed={isFixed || undefined} onPointerDown={isFixed ? undefined : grip({ kind: block.kind, block })}>
          {!isFixed && <GripVertical size={14} aria-hidden />}
        </span>
        <button
          type="button"
          id={rowId(block.id)}
          className="bname"
          aria-pressed={chosen === block.id}
          onClick={() => choose(block.id)}
          onKeyDown={(event) => press(event, block, edits)}
        >
          <KindIcon kind={block.kind} />
          <span className="btext">
            <b>{name}</b>
            {said && <span>{said}</span>}
          </span>
          {block.when && <EyeOff size={13} role="img" aria-label={words.conditional} className="sub" />}
          {own.length > 0 && (
            <i className={isBad ? "mark bad" : "mark warn"} role="img" aria-label={isBad ? words.hasError : words.hasWarning} />
          )}
        </button>
        {block.kind !== "footer" && (
          <AddMenu label={words.addBelow(name)} place={{ ...place, index: place.index + 1 }} add={edits.add} />
        )}
        <RowMenu block={block} edits={edits} />
      </div>
      {block.kind === "columns" && <Halves block={block} {...shared} />}
    </li>
  );
}

function Halves({ block, ...shared }: Shared & { block: Columns }) {
  return (
    <div className="halves">
      {(["left", "right"] as const).map((side) => (
        <Half key={side} block={block} side={side} {...shared} />
      ))}
    </div>
  );
}

function Half({ block, side, ...shared }: Shared & { block: Columns; side: Side }) {
  const list = block[side];
  const at = (index: number): Place => ({ column: { id: block.id, side }, index });
  const name = words[side];
  return (
    <section className="half" aria-label={name}>
      <div className="halfhead">
        <span>{name}</span>
        {list.length === 0 && <AddMenu label={words.addHere} place={at(0)} add={shared.edits.add} />}
      </div>
      <ul className="blist">
        {list.map((one, index) => (
          <Row key={one.id} block={one} place={at(index)} {...shared} />
        ))}
      </ul>
      <Gap place={at(list.length)} drag={shared.drag} />
    </section>
  );
}

/** The keys of a row: arrows walk, with Alt they move; Delete takes out, Ctrl + D copies. */
function press(event: KeyboardEvent<HTMLButtonElement>, block: Block, edits: Edits) {
  const by = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : 0;
  if (by && event.altKey) edits.shift(block, by);
  else if (by) walk(event.currentTarget, by);
  else if (event.key === "Delete" || event.key === "Backspace") edits.remove(block);
  else if (event.key.toLowerCase() === "d" && (event.ctrlKey || event.metaKey)) edits.duplicate(block);
  else return;
  event.preventDefault();
}

function walk(from: HTMLElement, by: number) {
  const rows = [...(from.closest(".mlist")?.querySelectorAll<HTMLElement>(".bname") ?? [])];
  rows[rows.indexOf(from) + by]?.focus();
}
