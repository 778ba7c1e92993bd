// The small parts of the editor's forms: labelled fields, choices between a few, what is wrong.
import { type ReactNode, useId, useState } from "react";
import { issueOf, useEditing } from "./context";
import { sayIssue } from "./kinds";

type Ids = { id: string; "aria-describedby": string | undefined; "aria-invalid": boolean };
type FieldProps = {
  label: string;
  /** The block and field that this writes, so that checks find their way here. */
  block: string | null;
  field: string;
  hint?: string;
  aside?: ReactNode;
  children: (ids: Ids) => ReactNode;
};

/** The id of the input that writes a field; checks jump to it. */
export const fieldId = (block: string | null, field: string) => `field-${block ?? "message"}-${field}`;

export function Labelled({ label, block, field, hint, aside, children }: FieldProps) {
  const { issues } = useEditing();
  const issue = issueOf(issues, block, field);
  const id = fieldId(block, field);
  return (
    <div className="field">
      <span className="lrow">
        <label htmlFor={id} id={`${id}-label`}>
          {label}
        </label>
        {aside}
      </span>
      {children({
        id,
        "aria-describedby": hint || issue ? `${id}-told` : undefined,
        "aria-invalid": issue?.level === "error",
      })}
      <span id={`${id}-told`}>
        {issue && <span className={issue.level === "error" ? "hint mtold bad" : "hint mtold warn"}>{sayIssue(issue)}</span>}
        {hint && <span className="hint">{hint}</span>}
      </span>
    </div>
  );
}

type ChoiceProps<T extends string> = {
  label: string;
  value: T;
  options: readonly (readonly [T, string])[];
  change: (value: T) => void;
};

/** One of two or three, all of them in sight. */
export function Choice<T extends string>({ label, value, options, change }: ChoiceProps<T>) {
  const id = useId();
  return (
    <div className="field">
      <span className="label" id={id}>
        {label}
      </span>
      <div className="seg" role="group" aria-labelledby={id}>
        {options.map(([key, name]) => (
          <button key={key} type="button" aria-pressed={key === value} onClick={() => change(key)}>
            {name}
          </button>
        ))}
      </div>
    </div>
  );
}

type NumberProps = {
  ids: Ids;
  value: number | null;
  change: (value: number | null) => void;
  min: number;
  max: number;
};

/** A whole number or nothing; what is typed is kept here until it is one that may be. */
export function NumberInput({ ids, value, change, min, max }: NumberProps) {
  const [typed, type] = useState<string | null>(null);
  const write = (text: string) => {
    const number = Number(text);
    if (text === "") change(null);
    else if (Number.isInteger(number) && number >= min && number <= max) change(number);
    type(text);
  };
  return (
    <input
      {...ids}
      className="input short"
      type="number"
      inputMode="numeric"
      min={min}
      max={max}
      value={typed ?? value ?? ""}
      onChange={(event) => write(event.target.value)}
      onBlur={() => type(null)}
    />
  );
}
