// One condition as a sentence: what it is about, how it is compared, with what, and narrowed how.
import { X } from "lucide-react";
import { useState } from "react";
import { useStore } from "../store";
import type { Narrowing, Vocabulary } from "../types";
import type { Test } from "./condition";
import { lacks } from "./condition";
import { DateInput, DurationInput, MoneyInput, NumberInput } from "./inputs";
import { Picker } from "./Picker";
import { words } from "./words";
import {
  begun,
  choiceWord,
  compared,
  factOf,
  kindOf,
  operatorOf,
  operatorsOf,
  operatorWord,
  subjectOf,
  subjectsOf,
  subjectWord,
} from "./vocabulary";

type Props = { test: Test; vocabulary: Vocabulary; change: (test: Test) => void; told: string[] };

/** Say in a few words which row is meant, for the names of its buttons. */
export const nameOf = (test: Test, vocabulary: Vocabulary) => subjectWord(subjectOf(test, vocabulary));

export function Sentence({ test, vocabulary, change, told }: Props) {
  const { store } = useStore();
  const [wasLeft, leave] = useState(false);
  const missing = lacks(test);
  const wrong = [...told, ...(wasLeft && missing ? [words.lacks[missing] ?? missing] : [])];
  const subject = subjectOf(test, vocabulary);
  const isDoing = Boolean(test.events) || test.orders === "count";
  return (
    <div
      className="sentence"
      onBlur={(event) => event.currentTarget.contains(event.relatedTarget) || leave(true)}
    >
      {isDoing && <span>{words.customer}</span>}
      <select
        className="input subject"
        aria-label={words.subject}
        data-part="subject"
        value={subject}
        onChange={(event) => {
          leave(false);
          change(begun(event.target.value, vocabulary, store.currency));
        }}
      >
        {subjectsOf(vocabulary, subject).map(({ heading, subjects }) => (
          <optgroup key={heading} label={words.headings[heading] ?? heading}>
            {subjects.map((each) => (
              <option key={each} value={each}>
                {subjectWord(each)}
              </option>
            ))}
          </optgroup>
        ))}
      </select>
      <Rest test={test} vocabulary={vocabulary} change={change} isWrong={wrong.length > 0} />
      {wrong.map((message) => (
        <span key={message} className="wrong" role="alert">
          {message}
        </span>
      ))}
    </div>
  );
}

type RestProps = { test: Test; vocabulary: Vocabulary; change: (test: Test) => void; isWrong: boolean };

function Rest(props: RestProps) {
  const { test, vocabulary, change, isWrong } = props;
  const set = (value: unknown) => change({ ...test, value });
  if (test.op === "in_segment") {
    const values = typeof test.value === "string" ? [test.value] : [];
    return <Picker of="segments" label={words.segment} values={values} isWrong={isWrong} choose={([one]) => set(one ?? "")} />;
  }
  if (test.op === "percent") {
    return (
      <>
        <NumberInput label={words.chance} value={test.value} isWrong={isWrong} change={set} />
        <span>{words.percent}</span>
      </>
    );
  }
  const isCount = Boolean(test.events) || test.orders === "count";
  return (
    <>
      {factOf(test, vocabulary.fields)?.free && <PropertyName {...props} />}
      <Operator {...props} />
      <Value {...props} />
      {isCount && operatorOf(test) !== "never" && <span>{words.times(Number(test.value))}</span>}
      {(test.events || test.orders) && (
        <>
          <Window {...props} />
          <Where {...props} />
        </>
      )}
    </>
  );
}

function Operator({ test, vocabulary, change }: RestProps) {
  return (
    <select
      className="input"
      aria-label={words.operator}
      data-part="operator"
      value={operatorOf(test)}
      onChange={(event) => change(compared(test, event.target.value))}
    >
      {operatorsOf(test, vocabulary).map((operator) => (
        <option key={operator} value={operator}>
          {operatorWord(operator, test, vocabulary)}
        </option>
      ))}
    </select>
  );
}

function PropertyName({ test, vocabulary, change, isWrong }: RestProps) {
  const start = factOf(test, vocabulary.fields)!;
  const name = test.field!.slice(start.field.length);
  return (
    <Picker
      of={start.suggest ?? ""}
      label={words.name}
      values={name ? [name] : []}
      isWrong={isWrong && !name}
      choose={([one]) => change({ ...test, field: `${start.field}${(one ?? "").trim().toLowerCase().replace(/[^a-z0-9_.]+/g, "_")}` })}
    />
  );
}

function Value({ test, vocabulary, change, isWrong }: RestProps) {
  const set = (value: unknown) => change({ ...test, value });
  const operator = operatorOf(test);
  const common = { label: words.value, value: test.value, isWrong, change: set };
  if (["exists", "missing", "never"].includes(operator)) return null;
  if (operator === "within" || operator === "before") return <DurationInput {...common} label={words.number} />;
  const kind = kindOf(test, vocabulary);
  switch (kind) {
    case "measure":
      return <NumberInput {...common} label={words.number} isWhole />;
    case "number":
      return <NumberInput {...common} label={words.number} isWhole={Boolean(test.orders)} />;
    case "money":
      return <MoneyInput {...common} label={words.amount} />;
    case "moment":
    case "measured_moment":
      return <DateInput {...common} label={words.date} />;
    case "truth":
      return <Truth {...common} />;
    case "property":
      return <OfAnyKind test={test} change={change} isWrong={isWrong} />;
    default:
      return <Text test={test} vocabulary={vocabulary} change={change} isWrong={isWrong} />;
  }
}

type ValueProps = { label: string; value: unknown; isWrong: boolean; change: (value: unknown) => void };

function Truth({ label, value, change }: ValueProps) {
  return (
    <select className="input" aria-label={label} data-part="value" value={String(value)} onChange={(event) => change(event.target.value === "true")}>
      <option value="true">{words.yes}</option>
      <option value="false">{words.no}</option>
    </select>
  );
}

const listed = (value: unknown): string[] =>
  Array.isArray(value) ? value.map(String) : value === "" || value === null || value === undefined ? [] : [String(value)];

/** A text: one of its choices, of what the store has, or whatever is typed. */
function Text({ test, vocabulary, change, isWrong }: RestProps) {
  const fact = factOf(test, vocabulary.fields);
  const isMany = test.op === "in";
  const set = (values: string[]) => change({ ...test, value: isMany ? values : (values[0] ?? "") });
  if (fact?.choices.length && !isMany) {
    return <Choice field={fact.field} choices={fact.choices} value={String(test.value ?? "")} isWrong={isWrong} choose={(one) => set([one])} />;
  }
  if (fact?.choices.length) {
    return <Choices field={fact.field} choices={fact.choices} values={listed(test.value)} choose={set} />;
  }
  if (fact?.suggest || isMany) {
    return <Picker of={fact?.suggest ?? ""} label={words.value} values={listed(test.value)} isMany={isMany} isWrong={isWrong} choose={set} />;
  }
  return <PlainText value={test.value} isWrong={isWrong} change={(value) => change({ ...test, value })} />;
}

function PlainText({ value, isWrong, change }: { value: unknown; isWrong: boolean; change: (value: string) => void }) {
  return (
    <input
      className="input"
      size={18}
      maxLength={200}
      aria-label={words.value}
      aria-invalid={isWrong}
      data-part="value"
      value={typeof value === "string" ? value : String(value ?? "")}
      onChange={(event) => change(event.target.value)}
    />
  );
}

type ChoiceProps = { field: string; choices: string[]; value: string; isWrong: boolean; choose: (value: string) => void };

function Choice({ field, choices, value, isWrong, choose }: ChoiceProps) {
  const isKnown = choices.includes(value);
  return (
    <select className="input" aria-label={words.value} aria-invalid={isWrong} data-part="value" value={value} onChange={(event) => choose(event.target.value)}>
      {!isKnown && <option value={value}>{value || words.choose}</option>}
      {choices.map((each) => (
        <option key={each} value={each}>
          {choiceWord(field, each)}
        </option>
      ))}
    </select>
  );
}

function Choices({ field, choices, values, choose }: { field: string; choices: string[]; values: string[]; choose: (values: string[]) => void }) {
  return (
    <span className="boxes" role="group" aria-label={words.value}>
      {choices.map((each) => (
        <label key={each}>
          <input
            type="checkbox"
            checked={values.includes(each)}
            onChange={() => choose(values.includes(each) ? values.filter((one) => one !== each) : [...values, each])}
          />
          {choiceWord(field, each)}
        </label>
      ))}
    </span>
  );
}

/** A property holds whatever it was given: a text is no number, so the kind is said. */
function OfAnyKind({ test, change, isWrong }: Omit<RestProps, "vocabulary">) {
  const { value } = test;
  const kind = typeof value === "number" ? "number" : typeof value === "boolean" ? "truth" : "text";
  const set = (next: unknown) => change({ ...test, value: next });
  if (test.op === "in") {
    return <Picker of="" label={words.value} values={listed(value)} isMany isWrong={isWrong} choose={set} />;
  }
  const common = { label: words.value, value, isWrong, change: set };
  const first: Record<string, unknown> = { text: "", number: 1, truth: true };
  return (
    <>
      <select className="input" aria-label={words.kind} value={kind} onChange={(event) => set(first[event.target.value])}>
        {Object.entries(words.kinds).map(([name, word]) => (
          <option key={name} value={name}>
            {word}
          </option>
        ))}
      </select>
      {kind === "number" && <NumberInput {...common} />}
      {kind === "truth" && <Truth {...common} />}
      {kind === "text" && <PlainText value={value} isWrong={isWrong} change={set} />}
    </>
  );
}

function Window({ test, change }: RestProps) {
  const isBounded = Boolean(test.within);
  return (
    <span className="inline tight">
      <select
        className="input"
        aria-label={words.window}
        value={isBounded ? "last" : "ever"}
        onChange={(event) => change(event.target.value === "last" ? { ...test, within: "P90D" } : without(test, "within"))}
      >
        <option value="last">{words.last}</option>
        <option value="ever">{words.ever}</option>
      </select>
      {isBounded && (
        <DurationInput
          label={words.number}
          value={test.within}
          change={(next) => change({ ...test, within: typeof next === "string" ? next : "P1D" })}
        />
      )}
    </span>
  );
}

function without(test: Test, name: "within" | "where"): Test {
  const { [name]: _, ...rest } = test;
  return rest;
}

function Where(props: RestProps) {
  const { test, vocabulary, change } = props;
  const known = test.events
    ? (vocabulary.events.find(({ name }) => name === test.events)?.where ?? [])
    : vocabulary.orders.where;
  const told = test.where ?? {};
  const left = known.filter(({ name }) => !(name in told));
  const put = (where: Record<string, string | number>) =>
    change(Object.keys(where).length ? { ...test, where } : without(test, "where"));
  return (
    <>
      {Object.entries(told).map(([name, value]) => {
        const by = known.find((each) => each.name === name);
        const { [name]: _, ...rest } = told;
        return <Narrowed key={name} name={name} by={by} value={value} change={(next) => put({ ...told, [name]: next })} drop={() => put(rest)} />;
      })}
      {left.length > 0 && (
        <select
          className="input quiet"
          aria-label={words.narrow}
          value=""
          onChange={(event) => {
            const by = left.find(({ name }) => name === event.target.value)!;
            put({ ...told, [by.name]: by.choices[0] ?? (by.kind === "number" ? 1 : "") });
          }}
        >
          <option value="">{words.narrow}</option>
          {left.map(({ name }) => (
            <option key={name} value={name}>
              {words.where[name] ?? name}
            </option>
          ))}
        </select>
      )}
    </>
  );
}

type NarrowedProps = {
  name: string;
  by: Narrowing | undefined;
  value: string | number;
  change: (value: string | number) => void;
  drop: () => void;
};

function Narrowed({ name, by, value, change, drop }: NarrowedProps) {
  const label = words.where[name] ?? name;
  return (
    <span className="inline tight narrowed">
      <span>{label}</span>
      {by?.choices.length ? (
        <Choice field={name} choices={by.choices} value={String(value)} isWrong={false} choose={change} />
      ) : by?.kind === "number" ? (
        <NumberInput label={label} isWhole value={value} change={(next) => change(Number(next ?? 1))} />
      ) : (
        <Picker of={by?.suggest ?? ""} label={label} values={listed(value)} choose={([one]) => change(one ?? "")} />
      )}
      <button type="button" className="btn plain icon small" aria-label={words.notNarrow(label)} onClick={drop}>
        <X size={14} aria-hidden />
      </button>
    </span>
  );
}
