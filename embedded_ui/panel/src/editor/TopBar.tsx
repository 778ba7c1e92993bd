// The bar above the editor: where one is, whether all is kept, undo, checks, test, and the way back.
import { ArrowLeft, CircleAlert, CircleCheck, Redo2, TriangleAlert, Undo2 } from "lucide-react";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { useStore } from "../store";
import type { Issue } from "../types";
import { useCounted } from "./Checks";
import type { Status } from "./keeping";
import { words } from "./words";

type Props = {
  title: string;
  back: string;
  backLabel: string;
  status: Status;
  issues: Issue[];
  /** Who may only look has nothing to take back. */
  mayEdit: boolean;
  canUndo: boolean;
  canRedo: boolean;
  undo: () => void;
  redo: () => void;
  /** Null: nothing is written that could be checked. */
  openChecks: (() => void) | null;
  done: () => void;
  arms: ReactNode;
  test: ReactNode;
};

export function TopBar(props: Props) {
  const { title, back, backLabel, status, issues, mayEdit, canUndo, canRedo, undo, redo, openChecks, done, arms, test } = props;
  return (
    <header className="mhead">
      <Link className="btn plain icon" href={back} aria-label={backLabel}>
        <ArrowLeft size={18} aria-hidden />
      </Link>
      <h1>{title}</h1>
      {arms}
      <Saved status={status} />
      <span className="grow" />
      {mayEdit && (
        <>
          <button type="button" className="btn plain icon" aria-label={words.undo} title={words.undo} disabled={!canUndo} onClick={undo}>
            <Undo2 size={16} aria-hidden />
          </button>
          <button type="button" className="btn plain icon" aria-label={words.redo} title={words.redo} disabled={!canRedo} onClick={redo}>
            <Redo2 size={16} aria-hidden />
          </button>
        </>
      )}
      {openChecks && <Counted issues={issues} open={openChecks} />}
      {test}
      <button type="button" className="btn primary" onClick={done}>
        {words.done}
      </button>
    </header>
  );
}

function Counted({ issues, open }: { issues: Issue[]; open: () => void }) {
  const said = useCounted(issues);
  const isBad = issues.some((issue) => issue.level === "error");
  const Icon = isBad ? CircleAlert : issues.length ? TriangleAlert : CircleCheck;
  const tone = isBad ? "bad" : issues.length ? "warn" : "ok";
  return (
    <button type="button" className="btn counted" onClick={open}>
      <Icon size={14} className={tone} aria-hidden />
      <span>{said}</span>
    </button>
  );
}

function Saved({ status }: { status: Status }) {
  const { format } = useStore();
  const said = saidOf(status, format.zonedTime);
  const isBad = status.kind === "refused" || status.kind === "gone";
  return (
    <span className={isBad ? "savedat bad" : "savedat"} role="status">
      {said}
    </span>
  );
}

function saidOf(status: Status, time: (at: string) => string): string {
  switch (status.kind) {
    case "kept":
      return status.at ? words.savedAt(time(new Date(status.at).toISOString())) : words.saved;
    case "saving":
      return words.saving;
    case "offline":
      return words.offline;
    case "refused":
      return words.refused(whyOf(status));
    case "gone":
      return words.gone;
    default:
      return words.unsaved;
  }
}

/** Why the server kept nothing: of the two lines above the blocks in words of ours, else in its own. */
function whyOf({ message, field = "", remedy = "" }: Extract<Status, { kind: "refused" }>): string {
  const place = /(?:^|\.)template\.(subject|preview)$/.exec(field)?.[1];
  return place ? `${words.tooLongToKeep[place as "subject" | "preview"]} ${remedy}` : message;
}
