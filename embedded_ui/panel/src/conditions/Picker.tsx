// Values chosen from what the store has, or written freely: one of them, or several.
// The browser's own lists do it: they cost nothing to load, and every phone knows them.
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { type ChangeEvent, type KeyboardEvent, useId, useState } from "react";
import { api } from "../api";
import { language } from "../language";
import { COUNTRIES } from "../settings/countries";
import { useStore } from "../store";
import type { SegmentNames, Suggestion, Suggestions as Answer } from "../types";
import { useSettled } from "../ui/useSettled";
import { words } from "./words";

const PAUSE = 200; // ms without a key before the server is asked
const NAMED = ["products", "segments"]; // whose values are ids, and called otherwise
const LONGEST = 120; // letters of a name, as the server takes it

type Props = {
  of: string;
  label: string;
  values: string[];
  isMany?: boolean;
  isWrong?: boolean;
  choose: (values: string[]) => void;
};

/** `of`: one of the server's kinds of suggestions, `countries`, or "" for anything one types. */
export function Picker(props: Props) {
  const { of, values, isMany = false, choose } = props;
  const called = useCalled(of, values);
  const add = (value: string) => choose(isMany ? [...new Set([...values, value])] : [value]);
  const Input = of === "countries" ? Countries : of === "segments" ? Segments : Typed;
  return (
    <>
      {isMany &&
        called.map(({ value, label }) => (
          <span key={value} className="chip">
            {label}
            <button
              type="button"
              aria-label={words.removeValue(label)}
              onClick={() => choose(values.filter((one) => one !== value))}
            >
              <X size={14} aria-hidden />
            </button>
          </span>
        ))}
      <Input {...props} isMany={isMany} chosen={isMany ? null : (called[0] ?? null)} add={add} clear={() => choose([])} />
    </>
  );
}

type InputProps = Props & {
  isMany: boolean;
  chosen: Suggestion | null;
  add: (value: string) => void;
  clear: () => void;
};

function Select({ items, label, isWrong, isMany, chosen, add }: InputProps & { items: Suggestion[] }) {
  const value = isMany ? "" : (chosen?.value ?? "");
  const isKnown = !value || items.some((one) => one.value === value);
  return (
    <select
      className="input"
      aria-label={label}
      aria-invalid={isWrong}
      data-part="value"
      value={value}
      onChange={(event) => add(event.target.value)}
    >
      <option value="" disabled>
        {words.choose}
      </option>
      {!isKnown && chosen && <option value={value}>{chosen.label}</option>}
      {items.map((one) => (
        <option key={one.value} value={one.value}>
          {one.label}
        </option>
      ))}
    </select>
  );
}

function Countries(props: InputProps) {
  const { format } = useStore();
  const items = COUNTRIES.filter((code) => !props.isMany || !props.values.includes(code))
    .map((value) => ({ value, label: format.country(value) }))
    .sort((one, other) => one.label.localeCompare(other.label, language));
  return <Select {...props} items={items} />;
}

function Segments(props: InputProps) {
  const { data } = useQuery({
    queryKey: ["segments", "names"],
    queryFn: () => api<SegmentNames>("/segments/names"),
  });
  const items = (data?.segments ?? []).map(({ id, name }) => ({ value: id, label: name }));
  // Of one that is gone, or that a flow from another store named, there is an id alone, which says nothing to people.
  const isLost = props.chosen?.value === props.chosen?.label;
  const chosen = props.chosen && isLost ? { ...props.chosen, label: data ? words.lost : "" } : props.chosen;
  return <Select {...props} chosen={chosen} items={items} />;
}

/** A text with suggestions below it; where values are ids, it is the name of one that is written. */
function Typed({ of, label, isWrong, isMany, chosen, add, clear }: InputProps) {
  const list = useId();
  const [typed, type] = useState<string | null>(null);
  const found = useFound(of, typed ?? "");
  const isFree = !NAMED.includes(of);
  const shown = typed ?? chosen?.label ?? "";
  const meant = (text: string) => found.find((one) => one.label === text)?.value ?? (isFree ? text.trim() : "");
  const keep = (text: string) => {
    const value = meant(text);
    if (value) add(value);
    if (value || isMany) type(null);
  };
  const write = (event: ChangeEvent<HTMLInputElement>) => {
    const text = event.target.value;
    type(text);
    if (!isMany && !text) clear();
    // A pick from the list is no typing: it counts at once, as do letters where any text will do.
    const { inputType } = event.nativeEvent as InputEvent;
    const isPick = inputType === undefined || inputType === "insertReplacementText";
    if (isPick ? meant(text) : !isMany && isFree && text.trim()) isMany ? keep(text) : add(meant(text));
  };
  const press = (event: KeyboardEvent) => {
    if (event.key !== "Enter" || !isMany) return;
    event.preventDefault();
    keep(shown);
  };
  return (
    <>
      <input
        className="input"
        list={list}
        size={16}
        maxLength={LONGEST}
        aria-label={label}
        aria-invalid={isWrong}
        placeholder={of ? words.search : undefined}
        data-part="value"
        value={shown}
        onChange={write}
        onKeyDown={press}
        onBlur={() => typed && keep(typed)}
      />
      <datalist id={list}>
        {found.map(({ value, label: name }) => (
          <option key={value} value={name} />
        ))}
      </datalist>
    </>
  );
}

function useFound(of: string, typed: string): Suggestion[] {
  const search = useSettled(typed.trim(), PAUSE);
  const { data } = useQuery({
    queryKey: ["suggestions", of, search],
    queryFn: ({ signal }) =>
      api<Answer>(`/vocabulary/suggestions?of=${of}&search=${encodeURIComponent(search)}`, { signal }),
    enabled: of !== "",
    placeholderData: keepPreviousData,
  });
  return data?.values ?? [];
}

/** Give values with what they are called; ids are asked for by themselves. */
function useCalled(of: string, values: string[]): Suggestion[] {
  const { format } = useStore();
  const isNamed = NAMED.includes(of);
  const answers = useQueries({
    queries: values.map((value) => ({
      queryKey: ["suggestions", of, "is", value],
      queryFn: () => api<Answer>(`/vocabulary/suggestions?of=${of}&is=${encodeURIComponent(value)}`),
      enabled: isNamed && value !== "",
      staleTime: 60_000,
    })),
  });
  return values
    .map((value, place) => {
      if (of === "countries") return { value, label: format.country(value) };
      return (isNamed && answers[place]?.data?.values[0]) || { value, label: value };
    })
    .filter(({ value }) => value !== "");
}
