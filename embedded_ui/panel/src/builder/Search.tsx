// Finding a step of a long flow: Ctrl+F, then Enter goes from one to the next.
import { ChevronDown, ChevronUp, Search as Glass, X } from "lucide-react";
import { type KeyboardEvent, useState } from "react";
import { words } from "./words";

export type Findable = { id: string; text: string };
type Props = { steps: Findable[]; go: (id: string) => void; close: () => void };

export function Search({ steps, go, close }: Props) {
  const [asked, ask] = useState("");
  const [at, setAt] = useState(-1);
  const found = asked.trim() ? steps.filter(({ text }) => text.toLowerCase().includes(asked.trim().toLowerCase())) : [];
  const turn = (by: number) => {
    if (!found.length) return;
    const next = (at + by + found.length) % found.length;
    setAt(next);
    go(found[next]!.id);
  };
  const onKey = (event: KeyboardEvent) => {
    if (event.key === "Escape") close();
    if (event.key !== "Enter") return;
    event.preventDefault();
    turn(event.shiftKey ? -1 : 1);
  };
  return (
    <search className="find">
      <Glass size={16} aria-hidden />
      <input
        className="input"
        autoFocus
        value={asked}
        aria-label={words.search}
        placeholder={words.search}
        onChange={(event) => {
          ask(event.target.value);
          setAt(-1);
        }}
        onKeyDown={onKey}
      />
      <span className="sub small num" role="status">
        {asked.trim() && words.found(at + 1, found.length)}
      </span>
      <button type="button" className="btn plain icon" aria-label={words.foundBefore} onClick={() => turn(-1)}>
        <ChevronUp size={16} aria-hidden />
      </button>
      <button type="button" className="btn plain icon" aria-label={words.foundNext} onClick={() => turn(1)}>
        <ChevronDown size={16} aria-hidden />
      </button>
      <button type="button" className="btn plain icon" aria-label={words.searchClose} onClick={close}>
        <X size={16} aria-hidden />
      </button>
    </search>
  );
}
