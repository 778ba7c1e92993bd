// A condition of a flow: edited as it is typed, kept when one pauses or goes elsewhere.
import { type FocusEvent, lazy, Suspense, useContext, useEffect, useId, useRef, useState } from "react";
import type { Condition } from "../builder/document";
import type { Test } from "../conditions/condition";
import { painted } from "../ui/painted";
import { RowSkeletons } from "../ui/Skeleton";
import { sentenceOf } from "../ui/sentence";
import { FormContext } from "./fields";
import { words } from "./words";

// The field has its name and its hint at once; what edits it comes when these are on the screen.
const ConditionEditor = lazy(() => painted().then(async () => ({ default: (await import("../conditions/ConditionEditor")).ConditionEditor })));
const Said = lazy(() => painted().then(async () => ({ default: (await import("../conditions/Said")).Said })));

const PAUSE = 1_500; // ms without an edit before it is kept
type Props = {
  name: string;
  label: string;
  hint?: string;
  /** The trigger's event, which brings facts with it. */
  facts: string;
  value: Condition | null;
  keep: (value: Condition | null) => void;
};

export function ConditionField({ name, label, hint, facts, value, keep }: Props) {
  const { problems, isReadOnly } = useContext(FormContext);
  const [draft, edit] = useKeeping(value, keep);
  const id = useId();
  const own = problems.filter(({ field }) => field === name || field.startsWith(`${name}.`));
  const told = own.map((one) => ({ path: one.field.slice(name.length + 1), message: sentenceOf(one) }));
  const leave = (event: FocusEvent) => {
    if (!event.currentTarget.contains(event.relatedTarget)) edit.done();
  };
  return (
    <section className="field" id={`field-${name}`} tabIndex={-1} aria-labelledby={id} onBlur={leave}>
      <h3 className="label" id={id}>{label}</h3>
      {isReadOnly ? (
        <Suspense>{value ? <Said value={value as Test} facts={facts} /> : <p className="sub">{words.none}</p>}</Suspense>
      ) : (
        <Suspense fallback={<RowSkeletons rows={2} />}>
          <ConditionEditor label={label} facts={facts} value={draft as Test | null} onChange={(next) => edit.to(next as Condition | null)} problems={told} />
        </Suspense>
      )}
      {hint && <span className="hint">{hint}</span>}
    </section>
  );
}

/** Hold an edit back until its author pauses or leaves: one undo entry, not one a key. */
function useKeeping(value: Condition | null, keep: (value: Condition | null) => void) {
  const [draft, setDraft] = useState(value);
  const [shown, show] = useState(value);
  const waiting = useRef<{ value: Condition | null; keep: typeof keep } | null>(null);
  if (value !== shown) {
    show(value);
    setDraft(value);
  }
  const done = () => {
    const due = waiting.current;
    waiting.current = null;
    due?.keep(due.value);
  };
  const to = (next: Condition | null) => {
    waiting.current = { value: next, keep };
    setDraft(next);
  };
  useEffect(() => {
    if (!waiting.current) return undefined;
    waiting.current.keep = keep;
    const timer = setTimeout(done, PAUSE);
    return () => clearTimeout(timer);
  }, [draft, keep]);
  useEffect(() => done, []);
  return [draft, { to, done }] as const;
}
