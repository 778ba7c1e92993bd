// Edits one condition: rows that read as sentences, in groups that say how they go together.
import { ChevronDown, ChevronUp, Copy, Plus, Trash2 } from "lucide-react";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useStore } from "../store";
import type { Vocabulary } from "../types";
import { RowSkeletons } from "../ui/Skeleton";
import { Failure } from "../ui/states";
import {
  at,
  type ConditionProblem,
  DEEPEST,
  GROUPS,
  insert,
  isGroup,
  keyOf,
  moved,
  partsOf,
  type Path,
  pathOf,
  put,
  type Test,
} from "./condition";
import "./conditions.css";
import { nameOf, Sentence } from "./Row";
import { begun, useVocabulary } from "./vocabulary";
import { words } from "./words";

export type ConditionEditorProps = {
  value: Test | null;
  /** Each edit; null when the last condition went. Never called by itself. */
  onChange: (next: Test | null) => void;
  /** What may be asked about: the customer only, or also what this event brings. */
  facts: string;
  problems?: ConditionProblem[];
  label?: string;
};

export function ConditionEditor({ value, onChange, facts, problems = [], label = words.label }: ConditionEditorProps) {
  const { data, error, refetch } = useVocabulary(facts);
  if (error && !data) return <Failure error={error} retry={refetch} />;
  if (!data) return <RowSkeletons rows={2} />;
  return <Tree value={value} onChange={onChange} vocabulary={data} problems={problems} label={label} />;
}

type Act = {
  vocabulary: Vocabulary;
  problems: ConditionProblem[];
  change: (path: Path, test: Test) => void;
  add: (group: Path, isGroup: boolean) => void;
  move: (path: Path, by: -1 | 1) => void;
  duplicate: (path: Path) => void;
  remove: (path: Path) => void;
};
type Wish = { path: Path; part: string };

function Tree({ value, onChange, vocabulary, problems, label }: Required<Omit<ConditionEditorProps, "facts">> & { vocabulary: Vocabulary }) {
  const { store } = useStore();
  const box = useRef<HTMLDivElement>(null);
  const [said, say] = useState("");
  const focus = useFocus(box);
  const isWhole = value !== null && isGroup(value);
  const root: Test = isWhole ? value : { op: "all", of: value ? [value] : [] };
  const emit = (next: Test | null) => onChange(next && partsOf(next).length ? next : null);
  const fresh = () => begun("orders:count", vocabulary, store.currency);
  const act: Act = {
    vocabulary,
    problems: isWhole ? problems : problems.map((one) => ({ ...one, path: one.path ? `of.0.${one.path}` : "of.0" })),
    change: (path, test) => emit(put(root, path, test)),
    add(group, isAGroup) {
      const place = partsOf(at(root, group)!).length;
      emit(insert(root, group, place, isAGroup ? { op: "any", of: [fresh()] } : fresh()));
      focus({ path: [...group, place], part: isAGroup ? "group" : "subject" });
      say(words.did.added);
    },
    move(path, by) {
      const test = at(root, path)!;
      const next = moved(root, path, by);
      const there = next && pathOf(next, test);
      if (!next || !there) return;
      emit(next);
      focus({ path: there, part: by === 1 ? "down" : "up" });
      say(words.did.moved);
    },
    duplicate(path) {
      const place = path.at(-1)! + 1;
      emit(insert(root, path.slice(0, -1), place, structuredClone(at(root, path)!)));
      focus({ path: [...path.slice(0, -1), place], part: "copy" });
      say(words.did.duplicated);
    },
    remove(path) {
      emit(put(root, path, null));
      focus({ path: path.slice(0, -1), part: "add" });
      say(words.did.removed);
    },
  };
  return (
    <div className="conditions" ref={box}>
      <Group group={root} path={[]} act={act} label={label} />
      <p className="vh" role="status">
        {said}
      </p>
    </div>
  );
}

/** Puts the focus where a wish says, once the page shows it. */
function useFocus(box: { current: HTMLDivElement | null }) {
  const wish = useRef<Wish | null>(null);
  useEffect(() => {
    if (!wish.current) return;
    const { path, part } = wish.current;
    const wanted = `[data-at="${keyOf(path)}"] [data-part="${part}"]`;
    const found = [...(box.current?.querySelectorAll<HTMLElement>(wanted) ?? [])];
    const usable = found.find((one) => !(one as HTMLButtonElement).disabled) ?? box.current?.querySelector<HTMLElement>('[data-part="add"]');
    usable?.focus();
    wish.current = null;
  });
  return (next: Wish) => {
    wish.current = next;
  };
}

function Group({ group, path, act, label }: { group: Test; path: Path; act: Act; label: string }) {
  const id = useId();
  const level = path.length + 1;
  const told = act.problems.filter((one) => one.path === keyOf(path));
  return (
    <fieldset className={`cgroup ${group.op}`} data-at={keyOf(path)} aria-describedby={`${id}-hint`}>
      <legend className="vh">{label}</legend>
      <div className="chead">
        <select
          className="input op"
          aria-label={words.groupOf}
          data-part="group"
          value={group.op}
          onChange={(event) => act.change(path, { ...group, op: event.target.value })}
        >
          {GROUPS.map((op) => (
            <option key={op} value={op}>
              {words.group[op]}
            </option>
          ))}
        </select>
        <span id={`${id}-hint`} className="sub small">
          {words.groupHint[group.op]}
        </span>
        {path.length > 0 && <Buttons path={path} name={words.group[group.op] ?? group.op} act={act} isGroup />}
      </div>
      {level > DEEPEST && <p className="hint">{words.deep}</p>}
      {told.map(({ message }) => (
        <p key={message} className="wrong" role="alert">
          {message}
        </p>
      ))}
      <ul>
        {partsOf(group).map((part, index) => (
          <li key={index}>
            <Part test={part} path={[...path, index]} act={act} />
          </li>
        ))}
      </ul>
      <div className="inline wraps">
        <button type="button" className="btn" data-part="add" onClick={() => act.add(path, false)}>
          <Plus size={16} aria-hidden /> {words.addCondition}
        </button>
        {level < DEEPEST && (
          <button type="button" className="btn" onClick={() => act.add(path, true)}>
            <Plus size={16} aria-hidden /> {words.addGroup}
          </button>
        )}
      </div>
    </fieldset>
  );
}

function Part({ test, path, act }: { test: Test; path: Path; act: Act }) {
  if (isGroup(test)) return <Group group={test} path={path} act={act} label={words.group[test.op] ?? test.op} />;
  const key = keyOf(path);
  const name = nameOf(test, act.vocabulary);
  const told = act.problems.filter((one) => one.path === key || one.path.startsWith(`${key}.`));
  return (
    <div className="crow" role="group" aria-label={name} data-at={key} onKeyDown={(event) => pressed(event, path, act)}>
      <Sentence test={test} vocabulary={act.vocabulary} told={told.map(({ message }) => message)} change={(next) => act.change(path, next)} />
      <Buttons path={path} name={name} act={act} />
    </div>
  );
}

function pressed(event: KeyboardEvent, path: Path, act: Act) {
  const by = event.altKey ? { ArrowUp: -1 as const, ArrowDown: 1 as const }[event.key] : undefined;
  if (by) act.move(path, by);
  else if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "d") act.duplicate(path);
  else return;
  event.preventDefault();
  event.stopPropagation();
}

function Buttons({ path, name, act, isGroup: isAGroup = false }: { path: Path; name: string; act: Act; isGroup?: boolean }) {
  const actions = [
    ["up", ChevronUp, words.up, () => act.move(path, -1)],
    ["down", ChevronDown, words.down, () => act.move(path, 1)],
    ["copy", Copy, words.duplicate, () => act.duplicate(path)],
    ["remove", Trash2, isAGroup ? words.removeGroup : words.remove, () => act.remove(path)],
  ] as const;
  return (
    <span className="acts" title={words.keys}>
      {actions.map(([part, Icon, label, run]) => (
        <button key={part} type="button" className="btn plain icon" data-part={part} aria-label={words.ofRow(label, name)} onClick={run}>
          <Icon size={15} aria-hidden />
        </button>
      ))}
    </span>
  );
}

export default ConditionEditor;
