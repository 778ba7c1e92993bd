// The store, and how far the first copy of it is: counts and the time that is left.
import { useRef } from "react";
import { duration } from "../format";
import { useStore } from "../store";
import type { Import } from "../types";
import { FailedImports, ImportLine } from "../ui/SetUp";
import { words } from "./words";

export function ImportCard() {
  const { store } = useStore();
  const isDone = store.imports.length > 0 && store.imports.every((part) => part.state === "done");
  const left = useTimeLeft(store.imports);
  return (
    <section className="card" aria-labelledby="import">
      <div className="chead">
        <h2 id="import">{words.importTitle}</h2>
        {isDone && <span className="badge ok">{words.done}</span>}
      </div>
      <p>{words.connected(store.domain)}</p>
      {isDone ? (
        <p className="sub">{words.imported}</p>
      ) : (
        <ul className="imports">
          {store.imports.map((part) => (
            <ImportLine key={part.noun} part={part} />
          ))}
        </ul>
      )}
      <FailedImports />
      {left !== null && <p className="sub small">{words.timeLeft(duration(left))}</p>}
    </section>
  );
}

/** From how fast it went while we were looking; nothing before it is clear. */
function useTimeLeft(imports: Import[]): number | null {
  const began = useRef<{ at: number; done: number } | null>(null);
  const running = imports.filter((part) => part.state === "running" || part.state === "waiting");
  const done = imports.reduce((sum, part) => sum + part.done, 0);
  const known = running.length > 0 && running.every((part) => part.total !== null);
  began.current ??= { at: Date.now(), done };
  const seconds = (Date.now() - began.current.at) / 1000;
  const more = done - began.current.done;
  if (!known || seconds < 5 || more <= 0) return null;
  const rest = running.reduce((sum, part) => sum + Math.max(0, part.total! - part.done), 0);
  return Math.max(60, Math.round(((rest / more) * seconds) / 60) * 60);
}
