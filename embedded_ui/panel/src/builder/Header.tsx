// The bar above the canvas: which flow this is, how its draft stands, undo and redo, and what others put at its end.
import { ArrowLeft, Redo2, Search as Glass, Undo2 } from "lucide-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { to } from "../place";
import { strings } from "../strings";
import type { Flow } from "../types";
import { StatusBadge } from "../ui/badges";
import { PERIODS } from "../early";
import type { Editor, Editing } from "./editor";
import { words } from "./words";

export type View = "draft" | "live";
type Props = {
  flow: Flow;
  editor: Editor;
  editing: Editing;
  isReadOnly: boolean;
  view: View;
  /** Null: there is no live version to look at. */
  chooseView: ((view: View) => void) | null;
  days: number;
  chooseDays: (days: number) => void;
  search: () => void;
  saveState: ReactNode;
  children: ReactNode;
};

export function Header({ flow, editor, editing, isReadOnly, view, chooseView, days, chooseDays, search, saveState, children }: Props) {
  const { history } = editing;
  return (
    <header className="fhead">
      <Link className="btn plain icon" href={to("/flows")} aria-label={strings.flow.back}>
        <ArrowLeft size={18} aria-hidden />
      </Link>
      <Name name={history.now.name} isReadOnly={isReadOnly} save={(name) => editor.change({ ...history.now, name }, words.renamed)} />
      <StatusBadge status={flow.status} />
      {saveState}
      <span className="grow" />
      {chooseView && <Views view={view} choose={chooseView} />}
      {flow.live_version !== null && <Days days={days} choose={chooseDays} />}
      <span className="undoing">
        <button type="button" className="btn plain icon" aria-label={words.search} title={words.searchKeys} onClick={search}>
          <Glass size={16} aria-hidden />
        </button>
        <button type="button" className="btn plain icon" aria-label={words.undo} title={words.undoKeys} disabled={isReadOnly || !history.past.length} onClick={() => editor.undo()}>
          <Undo2 size={16} aria-hidden />
        </button>
        <button type="button" className="btn plain icon" aria-label={words.redo} title={words.redoKeys} disabled={isReadOnly || !history.next.length} onClick={() => editor.redo()}>
          <Redo2 size={16} aria-hidden />
        </button>
      </span>
      {children}
    </header>
  );
}

/** Which days the figures are of, in little room. */
function Days({ days, choose }: { days: number; choose: (days: number) => void }) {
  return (
    <select className="period" aria-label={strings.period} value={days} onChange={(event) => choose(Number(event.target.value))}>
      {PERIODS.map((choice) => (
        <option key={choice} value={choice}>
          {strings.lastDays(choice)}
        </option>
      ))}
    </select>
  );
}

function Views({ view, choose }: { view: View; choose: (view: View) => void }) {
  return (
    <div className="seg" role="group" aria-label={words.view}>
      {(["draft", "live"] as const).map((one) => (
        <button key={one} type="button" aria-pressed={one === view} onClick={() => choose(one)}>
          {words.views[one]}
        </button>
      ))}
    </div>
  );
}

/** The name is read until it is clicked; kept on Enter or when the field is left, given up with Esc. */
function Name({ name, isReadOnly, save }: { name: string; isReadOnly: boolean; save: (name: string) => void }) {
  const [written, write] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const wasWriting = useRef(false);
  useEffect(() => {
    if (written === null && wasWriting.current) button.current?.focus();
    wasWriting.current = written !== null;
  }, [written]);
  if (isReadOnly) return <h1>{name}</h1>;
  if (written === null) {
    return (
      <h1>
        <button ref={button} type="button" className="nameb" title={words.rename} onClick={() => write(name)}>
          {name}
        </button>
      </h1>
    );
  }
  const keep = () => {
    if (written.trim() && written !== name) save(written.trim());
    write(null);
  };
  return (
    <input
      className="input name"
      autoFocus
      aria-label={words.name}
      maxLength={120}
      value={written}
      onChange={(event) => write(event.target.value)}
      onBlur={keep}
      onKeyDown={(event) => {
        if (event.key === "Enter") keep();
        if (event.key === "Escape") write(null);
      }}
    />
  );
}
