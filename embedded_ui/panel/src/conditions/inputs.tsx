// The inputs of a row that hold no choice: numbers, sums of money, dates, lengths of time.
import { useState } from "react";
import { fromMinor, secondsOf, toMinor } from "../format";
import { useStore } from "../store";
import { words } from "./words";

type Props<T> = { label: string; value: T; isWrong?: boolean; change: (value: T | null) => void };

/** Keep what is being typed while it says the same as the value; else show the value. */
function useDraft(written: string, isSame: (text: string) => boolean) {
  const [text, type] = useState(written);
  return [isSame(text) ? text : written, type] as const;
}

const read = (text: string) => {
  const told = text.trim().replace(",", ".");
  return told === "" || !Number.isFinite(Number(told)) ? null : Number(told);
};
const shown = (value: unknown) => (typeof value === "number" ? String(value) : "");

export function NumberInput({ label, value, isWrong, change, isWhole = false }: Props<unknown> & { isWhole?: boolean }) {
  const parse = (text: string) => {
    const told = read(text);
    return told !== null && isWhole ? Math.round(told) : told;
  };
  const [text, type] = useDraft(shown(value), (draft) => parse(draft) === (typeof value === "number" ? value : null));
  return (
    <input
      className="input num"
      inputMode={isWhole ? "numeric" : "decimal"}
      size={5}
      maxLength={15}
      aria-label={label}
      aria-invalid={isWrong}
      data-part="value"
      value={text}
      onChange={(event) => {
        type(event.target.value);
        change(parse(event.target.value));
      }}
    />
  );
}

export function MoneyInput({ label, value, isWrong, change }: Props<unknown>) {
  const { store } = useStore();
  const minor = (text: string) => {
    const told = read(text);
    return told === null ? null : toMinor(told, store.currency);
  };
  const written = typeof value === "number" ? String(fromMinor(value, store.currency)) : "";
  const [text, type] = useDraft(written, (draft) => minor(draft) === (typeof value === "number" ? value : null));
  return (
    <span className="inline tight">
      <input
        className="input num"
        inputMode="decimal"
        size={8}
        maxLength={15}
        aria-label={label}
        aria-invalid={isWrong}
        data-part="value"
        value={text}
        onChange={(event) => {
          type(event.target.value);
          change(minor(event.target.value));
        }}
      />
      <span className="sub">{store.currency}</span>
    </span>
  );
}

/** A day in the store's zone, kept as the moment at which it begins there. */
export function DateInput({ label, value, isWrong, change }: Props<unknown>) {
  const { format } = useStore();
  const day = dayOf(value, format.dayKey);
  return (
    <input
      className="input"
      type="date"
      aria-label={label}
      aria-invalid={isWrong}
      data-part="value"
      value={day}
      onChange={(event) => change(event.target.value ? beginning(event.target.value, format.timeZone) : null)}
    />
  );
}

function dayOf(value: unknown, dayKey: (at: string) => string): string {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return "";
  return /^\d{4}-\d\d-\d\d$/.test(value) ? value : dayKey(value);
}

/** Give the moment at which a day begins in a zone, such as `2026-11-01T00:00:00-04:00`. */
function beginning(day: string, timeZone: string): string {
  const guess = new Date(`${day}T00:00:00Z`);
  if (Number.isNaN(guess.getTime())) return day;
  const once = new Date(guess.getTime() - offset(guess, timeZone));
  const twice = new Date(guess.getTime() - offset(once, timeZone));
  return twice.toISOString().replace(".000Z", "+00:00");
}

function offset(at: Date, timeZone: string): number {
  const parts = new Intl.DateTimeFormat("en-CA", {
    timeZone, hourCycle: "h23", year: "numeric", month: "2-digit", day: "2-digit",
    hour: "2-digit", minute: "2-digit", second: "2-digit",
  }).formatToParts(at);
  const of = (type: string) => Number(parts.find((part) => part.type === type)?.value ?? 0);
  return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - at.getTime();
}

const UNITS = [
  ["D", 86_400, words.days, 99_999],
  ["H", 3_600, words.hours, 999_999],
  ["M", 60, words.minutes, 9_999_999],
] as const; // the last: more is no duration to the server, and this much is told to be too long

/** Give the unit in which a duration is written, or else the largest that it is a whole number of. */
function unitOf(value: unknown, seconds: number) {
  const written = typeof value === "string" ? /^PT?\d+([DHM])$/.exec(value)?.[1] : undefined;
  return UNITS.find(([name, size]) => (written ? name === written : seconds % size === 0)) ?? UNITS[2];
}

/** A length of time, kept as ISO 8601: days and hours, as one says them. */
export function DurationInput({ label, value, isWrong, change }: Props<unknown>) {
  const seconds = secondsOf(value);
  const [unit, size] = unitOf(value, seconds || 86_400);
  const most = Object.fromEntries(UNITS.map(([name, , , longest]) => [name, longest]));
  const count = Math.round(seconds / size);
  const tell = (number: number, by: string) => {
    const told = Math.min(number, most[by]!);
    return told > 0 ? (by === "D" ? `P${told}D` : `PT${told}${by}`) : null;
  };
  return (
    <span className="inline tight">
      <NumberInput
        label={label}
        isWhole
        value={count || null}
        isWrong={isWrong}
        change={(next) => change(tell(Number(next ?? 0), unit))}
      />
      <select
        className="input"
        aria-label={words.unit}
        value={unit}
        onChange={(event) => change(tell(count || 1, event.target.value))}
      >
        {UNITS.map(([name, , word]) => (
          <option key={name} value={name}>
            {word(count || 2)}
          </option>
        ))}
      </select>
    </span>
  );
}
