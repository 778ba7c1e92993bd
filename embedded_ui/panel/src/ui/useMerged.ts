// A form's own copy of what is kept at the server: what others save meanwhile comes in, what is changed here stays.
import { useEffect, useRef, useState } from "react";
import { isSame } from "../same";

const isParted = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Give theirs with every field that is mine since `base`; lists are one field. */
export function merged<T>(base: T, mine: T, theirs: T): T {
  if (isSame(mine, base)) return theirs;
  if (!isParted(base) || !isParted(mine) || !isParted(theirs)) return mine;
  const names = [...new Set([...Object.keys(mine), ...Object.keys(theirs)])];
  return Object.fromEntries(names.map((name) => [name, merged(base[name], mine[name], theirs[name])])) as T;
}

/**
 * Give the form, and what keeps it in step: `round` counts how often its fields have to begin anew, `wasMet` says that
 * others saved while something was changed here, `over` what is to be sent over what is kept now, `settle` what came of it.
 */
export function useMerged<Form extends object>(kept: Form) {
  const [form, setForm] = useState(kept);
  const [round, restart] = useState(0);
  const [wasMet, meet] = useState(false);
  const base = useRef(kept);
  const latest = useRef(form);
  latest.current = form;
  const begin = (from: Form, now: Form) => {
    setForm(merged(from, latest.current, now));
    base.current = now;
    restart((last) => last + 1);
  };
  // The data cache gives the same object for the same answer.
  useEffect(() => {
    if (isSame(kept, base.current)) return;
    meet(!isSame(latest.current, base.current));
    begin(base.current, kept);
  }, [kept]);
  return {
    form,
    setForm,
    round,
    wasMet,
    isChanged: !isSame(form, base.current),
    over: (now: Form) => merged(base.current, latest.current, now),
    settle: (sent: Form, saved: Form) => {
      meet(false);
      begin(sent, saved);
    },
    discard: () => {
      setForm(base.current);
      meet(false);
      restart((last) => last + 1);
    },
  };
}
