// What the builder asks: whether to take out where people wait, and whose draft to keep.
import { AlertDialog } from "@base-ui/react/alert-dialog";
import { useStore } from "../store";
import { type Change, compare } from "./compare";
import type { FlowDocument } from "./document";
import type { Draft } from "./drafts";
import { titleOf } from "./telling";
import { whoOf } from "./useDraft";
import { words } from "./words";

export type Asked = { waiting: number; run: () => void };

export function ConfirmRemoval({ asked, close }: { asked: Asked | null; close: () => void }) {
  const { format } = useStore();
  return (
    <AlertDialog.Root open={asked !== null} onOpenChange={(open) => !open && close()}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog">
          <AlertDialog.Title>{words.removeTitle}</AlertDialog.Title>
          <AlertDialog.Description>{words.removeText(asked?.waiting ?? 0, format.int(asked?.waiting ?? 0))}</AlertDialog.Description>
          <div className="inline">
            <AlertDialog.Close className="btn">{words.cancel}</AlertDialog.Close>
            <button
              type="button"
              className="btn primary"
              onClick={() => {
                asked?.run();
                close();
              }}
            >
              {words.remove}
            </button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

type ConflictProps = {
  theirs: Draft | null;
  /** What both began with, and what this page holds. */
  base: FlowDocument;
  mine: FlowDocument;
  keepMine: () => void;
  takeTheirs: () => void;
};

/** Somebody else kept another draft meanwhile: whichever is taken, undo brings the other back. */
export function Conflict({ theirs, base, mine, keepMine, takeTheirs }: ConflictProps) {
  const { format } = useStore();
  const at = theirs?.changed_at ? format.zonedTime(theirs.changed_at) : "";
  const sides = theirs?.changed_by?.kind === "you" ? words.windows : words.people;
  return (
    <AlertDialog.Root open={theirs !== null}>
      <AlertDialog.Portal>
        <AlertDialog.Backdrop className="backdrop" />
        <AlertDialog.Popup className="dialog broad">
          <AlertDialog.Title>{theirs && words.conflict(whoOf(theirs), at)}</AlertDialog.Title>
          <AlertDialog.Description>{words.conflictText}</AlertDialog.Description>
          {theirs && (
            <div className="sides">
              <Changes title={sides.theirs} changes={compare(base, theirs.draft)} />
              <Changes title={sides.mine} changes={compare(base, mine)} />
            </div>
          )}
          <div className="inline">
            <button type="button" className="btn" onClick={takeTheirs}>{words.takeTheirs}</button>
            <button type="button" className="btn primary" onClick={keepMine}>{words.keepMine}</button>
          </div>
        </AlertDialog.Popup>
      </AlertDialog.Portal>
    </AlertDialog.Root>
  );
}

function Changes({ title, changes }: { title: string; changes: Change[] }) {
  return (
    <section>
      <h3>{title}</h3>
      {!changes.length && <p className="sub">{words.noChanges}</p>}
      <ul className="plainlist">
        {changes.map((change) => (
          <li key={change.what + change.id}>
            {change.step ? words.changes[change.what](titleOf(change.step)) : words.parts[change.id]}
          </li>
        ))}
      </ul>
    </section>
  );
}
