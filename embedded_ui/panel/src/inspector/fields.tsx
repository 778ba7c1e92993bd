// The fields of the inspector's forms: each keeps what is typed until it is left, then says it once.
import { X } from "lucide-react";
import { createContext, type KeyboardEvent, type ReactNode, useContext, useState } from "react";
import { fromMinor, secondsOf, toMinor } from "../format";
import { useStore } from "../store";
import type { DocumentProblem } from "../types";
import { sentenceOf } from "../ui/sentence";
import { words } from "./words";

type Told = { problems: DocumentProblem[]; isReadOnly: boolean; trigger: string };
/** What the server found wrong with what the form is about, whether it may be changed, and what begins the flow. */
export const FormContext = createContext<Told>({ problems: [], isReadOnly: false, trigger: "" });

/** Give what is wrong with a field, or with a part of it. */
export function useWrong(name: string): string | undefined {
  const { problems } = useContext(FormContext);
  const found = problems.find(({ field }) => field === name || field.startsWith(`${name}.`));
  return found && sentenceOf(found);
}


type Ids = { id: string; "aria-describedby": string; "aria-invalid": boolean; disabled: boolean };
type BoxProps = { name: string; label: string; hint?: ReactNode; aside?: ReactNode; children: (ids: Ids) => ReactNode };

export function Box({ name, label, hint, aside, children }: BoxProps) {
  const { isReadOnly } = useContext(FormContext);
  const wrong = useWrong(name);
  const id = `field-${name}`;
  return (
    <div className="field">
      {aside ? (
        <span className="between">
          <label htmlFor={id}>{label}</label>
          {aside}
        </span>
      ) : (
        <label htmlFor={id}>{label}</label>
      )}
      {children({ id, "aria-describedby": `${id}-told`, "aria-invalid": Boolean(wrong), disabled: isReadOnly })}
      <Told id={`${id}-told`} hint={hint} wrong={wrong} />
    </div>
  );
}

/** Several controls under one name. */
export function Group({ name, label, hint, children }: { name: string; label: string; hint?: ReactNode; children: ReactNode }) {
  const wrong = useWrong(name);
  const id = `field-${name}`;
  return (
    <div className="field" role="group" aria-labelledby={`${id}-label`} aria-describedby={`${id}-told`} id={id} tabIndex={-1}>
      <span className="label" id={`${id}-label`}>{label}</span>
      {children}
      <Told id={`${id}-told`} hint={hint} wrong={wrong} />
    </div>
  );
}

function Told({ id, hint, wrong }: { id: string; hint: ReactNode; wrong: string | undefined }) {
  return (
    <span id={id}>
      {hint && <span className="hint">{hint}</span>}
      {wrong && <span className="wrong">{wrong}</span>}
    </span>
  );
}

/** Keep what is typed until the field is left or Enter is pressed; Escape takes it back. */
export function useTyped(value: string, keep: (text: string) => void, isLong = false) {
  const [text, type] = useState(value);
  const [shown, show] = useState(value);
  if (value !== shown) {
    show(value);
    type(value);
  }
  const done = () => {
    if (text === value) return;
    keep(text);
    type(value); // what was not kept is taken back; what was comes again with the document
  };
  const props = {
    value: text,
    onChange: (event: { target: { value: string } }) => type(event.target.value),
    onBlur: done,
    onKeyDown: (event: KeyboardEvent) => {
      if (event.key === "Enter" && !isLong) done();
      if (event.key === "Escape" && text !== value) {
        event.stopPropagation();
        type(value);
      }
    },
  };
  return { props, type };
}

type Field<T> = { name: string; label: string; hint?: ReactNode; value: T; keep: (value: T) => void };

export function TextField({ name, label, hint, value, keep, ...more }: Field<string> & { placeholder?: string; maxLength?: number; type?: string }) {
  const typed = useTyped(value, (text) => keep(text.trim()));
  return (
    <Box name={name} label={label} hint={hint}>
      {(ids) => <input {...ids} className="input" autoComplete="off" maxLength={120} {...more} {...typed.props} />}
    </Box>
  );
}

export function LongField({ name, label, hint, value, keep, ...more }: Field<string> & { rows?: number; maxLength?: number }) {
  const typed = useTyped(value, keep, true);
  return (
    <Box name={name} label={label} hint={hint}>
      {(ids) => <textarea {...ids} className="input" rows={5} maxLength={50_000} {...more} {...typed.props} />}
    </Box>
  );
}

const numberIn = (text: string) => {
  const told = text.trim().replace(",", ".");
  return told === "" || !Number.isFinite(Number(told)) ? null : Number(told);
};

/** A whole number; left empty: null. */
export function NumberField({ name, label, hint, value, keep }: Field<number | null>) {
  const typed = useTyped(value === null ? "" : String(value), (text) => {
    const told = numberIn(text);
    keep(told === null ? null : Math.round(told));
  });
  return (
    <Box name={name} label={label} hint={hint}>
      {(ids) => <input {...ids} className="input short" inputMode="numeric" maxLength={12} {...typed.props} />}
    </Box>
  );
}

/** A sum in minor units of the store's currency; left empty: null. */
export function MoneyField({ name, label, hint, value, keep }: Field<number | null>) {
  const { store } = useStore();
  const written = value === null ? "" : String(fromMinor(value, store.currency));
  const typed = useTyped(written, (text) => {
    const told = numberIn(text);
    keep(told === null ? null : toMinor(told, store.currency));
  });
  return (
    <Box name={name} label={label} hint={hint}>
      {(ids) => (
        <span className="inline">
          <input {...ids} className="input short" inputMode="decimal" maxLength={15} {...typed.props} />
          <span className="sub">{store.currency}</span>
        </span>
      )}
    </Box>
  );
}

export function TimeField({ name, label, hint, value, keep }: Field<string | null>) {
  const typed = useTyped(value ?? "", (text) => keep(text || null));
  return (
    <Box name={name} label={label} hint={hint}>
      {(ids) => <input {...ids} className="input time" type="time" {...typed.props} />}
    </Box>
  );
}

const UNITS = [["days", 86_400], ["hours", 3_600], ["minutes", 60], ["seconds", 1]] as const;
type Unit = (typeof UNITS)[number][0];
/** More is no duration to the server: held to it, a slip of the hand is told to be too long. */
const MOST: Record<Unit, number> = { days: 99_999, hours: 999_999, minutes: 9_999_999, seconds: 9_999_999 };
const LETTERS: Record<Unit, (count: number) => string> = {
  days: (count) => `P${Math.min(count, MOST.days)}D`,
  hours: (count) => `PT${Math.min(count, MOST.hours)}H`,
  minutes: (count) => `PT${Math.min(count, MOST.minutes)}M`,
  seconds: (count) => `PT${Math.min(count, MOST.seconds)}S`,
};

function unitOf(value: string, seconds: number): Unit | null {
  const letter = /^PT?\d+([DHMS])$/.exec(value)?.[1];
  if (letter) return UNITS.find(([unit]) => unit.startsWith(letter.toLowerCase()))![0];
  const parts = partsOf(seconds).filter((count) => count > 0);
  return parts.length > 1 ? null : (UNITS.find(([, size]) => seconds >= size && seconds % size === 0)?.[0] ?? "days");
}

function partsOf(seconds: number): number[] {
  let rest = seconds;
  return UNITS.map(([, size]) => {
    const count = Math.floor(rest / size);
    rest -= count * size;
    return count;
  });
}

function isoOf([days, hours, minutes, seconds]: number[]): string {
  const time = `${hours ? `${hours}H` : ""}${minutes ? `${minutes}M` : ""}${seconds ? `${seconds}S` : ""}`;
  return `P${days ? `${Math.min(days, MOST.days)}D` : ""}${time ? `T${time}` : ""}`.replace(/^P$/, "PT0M");
}

/** A length of time, as ISO 8601: one number with its unit, or days, hours and minutes, and seconds if it has any, where it takes more. */
export function DurationField(props: Field<string>) {
  const seconds = secondsOf(props.value);
  const unit = unitOf(props.value, seconds);
  return unit ? <InOneUnit {...props} seconds={seconds} unit={unit} /> : <InParts {...props} seconds={seconds} />;
}

function InOneUnit({ name, label, hint, keep, seconds, unit }: Field<string> & { seconds: number; unit: Unit }) {
  const size = UNITS.find(([one]) => one === unit)![1];
  const count = Math.round(seconds / size);
  const typed = useTyped(count ? String(count) : "", (text) => {
    const told = numberIn(text);
    const isWhole = told !== null && Number.isInteger(told);
    keep(isWhole ? LETTERS[unit](Math.max(0, told)) : isoOf(partsOf(Math.max(0, Math.round((told ?? 0) * size)))));
  });
  return (
    <Box name={name} label={label} hint={hint}>
      {(ids) => (
        <span className="inline">
          <input {...ids} className="input short" inputMode="decimal" maxLength={7} {...typed.props} />
          <select
            className="input unit"
            aria-label={words.unitOf(label)}
            disabled={ids.disabled}
            value={unit}
            onChange={(event) => keep(LETTERS[event.target.value as Unit](count || 1))}
          >
            {UNITS.map(([one]) => (
              <option key={one} value={one}>
                {words.units[one]}
              </option>
            ))}
          </select>
        </span>
      )}
    </Box>
  );
}

function InParts({ name, label, hint, keep, seconds }: Field<string> & { seconds: number }) {
  const parts = partsOf(seconds);
  return (
    <Group name={name} label={label} hint={hint}>
      <span className="inline">
        {UNITS.map(
          ([unit], place) =>
            (unit !== "seconds" || parts[place]! > 0) && (
              <Part
                key={unit}
                label={words.inUnit(label, words.units[unit])}
                unit={words.units[unit]}
                value={parts[place]!}
                keep={(count) => keep(isoOf(parts.map((one, at) => (at === place ? count : one))))}
              />
            ),
        )}
      </span>
    </Group>
  );
}

function Part({ label, unit, value, keep }: { label: string; unit: string; value: number; keep: (count: number) => void }) {
  const { isReadOnly } = useContext(FormContext);
  const typed = useTyped(String(value), (text) => keep(Math.max(0, Math.round(numberIn(text) ?? 0))));
  return (
    <span className="part">
      <input className="input" aria-label={label} inputMode="numeric" maxLength={4} disabled={isReadOnly} {...typed.props} />
      <span className="sub small">{unit}</span>
    </span>
  );
}

/** A duration that need not be: switched on with a usual one. */
export function MaybeDuration({ name, label, hint, value, usual, keep }: Omit<Field<string | null>, "keep"> & { usual: string; keep: (value: string | null) => void }) {
  if (value !== null) {
    return (
      <div className="maybe">
        <DurationField name={name} label={label} hint={hint} value={value} keep={keep} />
        <Cross label={words.drop(label)} act={() => keep(null)} />
      </div>
    );
  }
  return <Check name={name} label={`${label} …`} hint={hint} value={false} keep={(isOn) => isOn && keep(usual)} />;
}

export function Cross({ label, act }: { label: string; act: () => void }) {
  const { isReadOnly } = useContext(FormContext);
  if (isReadOnly) return null;
  return (
    <button type="button" className="btn plain icon" aria-label={label} onClick={act}>
      <X size={16} aria-hidden />
    </button>
  );
}

export type Option = readonly [value: string, label: string];

export function Select({ name, label, hint, value, options, keep }: Field<string> & { options: readonly Option[] | readonly { label: string; options: readonly Option[] }[] }) {
  return (
    <Box name={name} label={label} hint={hint}>
      {(ids) => (
        <select {...ids} className="input" value={value} onChange={(event) => keep(event.target.value)}>
          {options.map((one) =>
            "options" in one ? (
              <optgroup key={one.label} label={one.label}>
                <Options options={one.options} />
              </optgroup>
            ) : (
              <option key={one[0]} value={one[0]}>
                {one[1]}
              </option>
            ),
          )}
        </select>
      )}
    </Box>
  );
}

const Options = ({ options }: { options: readonly Option[] }) =>
  options.map(([value, label]) => (
    <option key={value} value={value}>
      {label}
    </option>
  ));

/** One of a few, all in sight. */
export function Choice({ name, label, hint, value, options, keep }: Field<string> & { options: readonly Option[] }) {
  const { isReadOnly } = useContext(FormContext);
  return (
    <Group name={name} label={label} hint={hint}>
      <span className="seg wrap">
        {options.map(([one, text]) => (
          <button key={one} type="button" aria-pressed={one === value} disabled={isReadOnly} onClick={() => one !== value && keep(one)}>
            {text}
          </button>
        ))}
      </span>
    </Group>
  );
}

export function Check({ name, label, hint, value, keep }: Field<boolean>) {
  const { isReadOnly } = useContext(FormContext);
  const wrong = useWrong(name);
  const id = `field-${name}`;
  return (
    <div className="field check">
      <input
        id={id}
        type="checkbox"
        checked={value}
        disabled={isReadOnly}
        aria-describedby={`${id}-told`}
        onChange={(event) => keep(event.target.checked)}
      />
      <label htmlFor={id}>{label}</label>
      <Told id={`${id}-told`} hint={hint} wrong={wrong} />
    </div>
  );
}

export function Weekdays({ name, label, hint, value, keep }: Field<number[]>) {
  const { isReadOnly } = useContext(FormContext);
  const toggle = (day: number) =>
    keep(value.includes(day) ? value.filter((one) => one !== day) : [...value, day].sort((one, other) => one - other));
  return (
    <Group name={name} label={label} hint={hint}>
      <span className="days">
        {words.delay.days.map((day, number) => (
          <button
            key={day}
            type="button"
            className="day"
            disabled={isReadOnly}
            aria-pressed={value.includes(number)}
            onClick={() => toggle(number)}
          >
            {day}
          </button>
        ))}
      </span>
    </Group>
  );
}
