// The left column: the message's blocks, what can be added, and what has just been taken out.
import { useEffect, useState } from "react";
import { useBlocks } from "./context";
import { type Drag, useDrag } from "./drag";
import { useEdits } from "./edits";
import { KindIcon, kindName } from "./kinds";
import { Outline } from "./Outline";
import { Palette } from "./Palette";
import { words } from "./words";

const REGRET = 8_000; // ms in which a block taken out is offered back

export function BlocksColumn({ undo }: { undo: () => void }) {
  const { blocks, say } = useBlocks();
  const [removed, setRemoved] = useState<string | null>(null);
  const edits = useEdits((what) => {
    say(words.said.removed(what));
    setRemoved(what);
  });
  const { list, drag, grip } = useDrag(blocks, (what, place) =>
    what.block ? edits.moveTo(what.block, place) : edits.add(what.kind, place),
  );
  useEffect(() => {
    if (removed === null) return;
    const gone = setTimeout(() => setRemoved(null), REGRET);
    return () => clearTimeout(gone);
  }, [removed, blocks]);
  const bringBack = () => {
    setRemoved(null);
    undo();
  };
  return (
    <>
      <div
        className="mscroll"
        ref={list}
      >
        <h2>{words.listTitle}</h2>
        <Outline edits={edits} drag={drag} grip={grip} />
        <p className="sub small keys">{words.keys}</p>
      </div>
      <Palette add={edits.add} grip={grip} />
      {drag && <Ghost drag={drag} />}
      {removed !== null && (
        <div className="snack">
          <span>{words.said.removed(removed)}</span>
          <button type="button" className="btn" onClick={bringBack}>
            {words.undo}
          </button>
        </div>
      )}
    </>
  );
}

/** What is being dragged, beside the pointer. */
function Ghost({ drag }: { drag: Drag }) {
  return (
    <div className="mghost" style={{ translate: `${drag.x + 8}px ${drag.y + 8}px` }} aria-hidden>
      <KindIcon kind={drag.what.kind} />
      {kindName(drag.what.kind)}
    </div>
  );
}
