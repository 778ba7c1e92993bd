// What is done and left to do at the start: the first import, and the set-up list.
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Check } from "lucide-react";
import { Link } from "wouter";
import { send } from "../api";
import { to } from "../place";
import { useMay, useStore } from "../store";
import { strings } from "../strings";
import type { Import } from "../types";
import { Failure } from "./states";

const words = strings.dashboard;
const WHERE: Record<string, string> = { sender_named: "/set-up", cart_recovery_live: "/set-up" };

export function SetUp() {
  const { store } = useStore();
  const done = store.setup.filter((task) => task.done).length;
  const share = (done / store.setup.length) * 100;
  return (
    <section className="card" aria-labelledby="set-up">
      <div className="chead">
        <h2 id="set-up">{words.setup}</h2>
        <Link className="link" href={to("/set-up")}>
          {words.setupDone(done, store.setup.length)}
        </Link>
      </div>
      <Progress label={words.setup} share={share} isOk />
      <ul className="todo" style={{ marginBlockStart: 8 }}>
        {store.setup.map((task) => (
          <li key={task.key} className={task.done ? "done" : undefined}>
            <span className="mark">{task.done && <Check size={12} role="img" aria-label={words.done} />}</span>
            {(task.done ? words.tasks : words.toDo)[task.key] ?? task.key}
            {!task.done && words.taskActions[task.key] && (
              <Link className="btn" href={to(WHERE[task.key] ?? "")}>
                {words.taskActions[task.key]}
              </Link>
            )}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** How far the first copy of the store has come; gone once all of it is here. */
export function Imports() {
  const { store } = useStore();
  if (!store.imports.some((part) => part.state !== "done")) return null;
  const isOn = store.imports.some((part) => part.state === "waiting" || part.state === "running");
  return (
    <section className="card" style={{ marginBlockEnd: 16 }} aria-labelledby="imports">
      <h2 id="imports">{isOn ? words.importTitle : words.importStoppedTitle}</h2>
      <p className="sub">{isOn ? words.importSub : words.importStopped}</p>
      <ul className="imports">
        {store.imports.map((part) => (
          <ImportLine key={part.noun} part={part} />
        ))}
      </ul>
      <FailedImports />
    </section>
  );
}

/** What could not be copied, and the way on: it begins where it stopped. */
export function FailedImports() {
  const { store } = useStore();
  const mayPublish = useMay("publish");
  const queries = useQueryClient();
  const again = useMutation({
    mutationFn: () => send("POST", "/dashboard/retry", { kind: "failed_imports" }),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ["store"] });
      await queries.invalidateQueries({ queryKey: ["dashboard"] });
    },
  });
  const failed = store.imports.filter(({ state }) => state === "failed");
  if (!failed.length) return null;
  return (
    <div className="inline" style={{ marginBlockStart: 12 }}>
      <p className="grow">{words.importWhatFailed(failed.map(({ noun }) => words.importNouns[noun] ?? noun))}</p>
      {mayPublish ? (
        <button type="button" className="btn" disabled={again.isPending} onClick={() => again.mutate()}>
          {words.importAgain}
        </button>
      ) : (
        <span className="hint">{words.importAsk}</span>
      )}
      {again.error && <Failure error={again.error} retry={() => again.mutate()} />}
    </div>
  );
}

export function ImportLine({ part }: { part: Import }) {
  const { format } = useStore();
  const total = part.total ?? (part.state === "done" ? part.done : null);
  const isKnown = total !== null && total > 0;
  const share = part.state === "done" ? 100 : isKnown ? (part.done / total) * 100 : 0;
  return (
    <li>
      <span>{words.importNouns[part.noun] ?? part.noun}</span>
      <span className="sub num">{progressOf(part, total, format.int)}</span>
      <Progress label={words.importNouns[part.noun] ?? part.noun} share={Math.min(100, share)} />
    </li>
  );
}

function progressOf(part: Import, total: number | null, int: (value: number) => string): string {
  if (part.state === "failed") return words.importFailed;
  if (total === null) return part.done ? int(part.done) : words.importWaiting;
  return words.importDone(int(part.done), int(Math.max(total, part.done)));
}

function Progress({ label, share, isOk = false }: { label: string; share: number; isOk?: boolean }) {
  return (
    <span
      className={isOk ? "bar ok" : "bar"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share)}
    >
      <i style={{ width: `${share}%` }} />
    </span>
  );
}
