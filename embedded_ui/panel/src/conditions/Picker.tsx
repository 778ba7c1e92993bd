// Values chosen from what the store has, found by typing: one of them, or several.
import { Combobox } from "@base-ui/react/combobox";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { ChevronDown, X } from "lucide-react";
import { useState } from "react";
import { api } from "../api";
import { useStore } from "../store";
import { COUNTRIES } from "../settings/countries";
import type { Suggestion, Suggestions as Answer } from "../types";
import { useSettled } from "../ui/useSettled";
import { words } from "./words";

const PAUSE = 200; // ms without a key before the server is asked
const NAMED = ["products", "segments"]; // whose values are ids, and called otherwise
const LONGEST = 200;

type Props = {
  of: string;
  label: string;
  values: string[];
  isMany?: boolean;
  isWrong?: boolean;
  choose: (values: string[]) => void;
};

/** `of`: one of the server's kinds of suggestions, `countries`, or "" for anything one types. */
export function Picker({ of, label, values, isMany = false, isWrong, choose }: Props) {
  const [typed, type] = useState("");
  const found = useFound(of, typed);
  const chosen = useCalled(of, values);
  const parts = { label, isWrong, typed, type, items: withTyped(found, typed, of) };
  return isMany ? (
    <Many {...parts} chosen={chosen} choose={choose} />
  ) : (
    <One {...parts} chosen={chosen[0] ?? null} choose={choose} />
  );
}

type Parts = {
  label: string;
  isWrong: boolean | undefined;
  typed: string;
  type: (text: string) => void;
  items: Suggestion[];
  choose: (values: string[]) => void;
};
const isSame = (one: Suggestion, other: Suggestion) => one.value === other.value;

function One({ label, isWrong, typed, type, items, chosen, choose }: Parts & { chosen: Suggestion | null }) {
  return (
    <Combobox.Root
      items={items}
      filter={null}
      value={chosen}
      isItemEqualToValue={isSame}
      inputValue={typed}
      onInputValueChange={type}
      onValueChange={(next) => choose(next ? [next.value] : [])}
      autoHighlight
    >
      <Combobox.Trigger className="input pick" aria-label={label} aria-invalid={isWrong} data-part="value">
        <span className={chosen ? undefined : "sub"}>{chosen?.label ?? words.choose}</span>
        <ChevronDown size={14} aria-hidden />
      </Combobox.Trigger>
      <Options />
    </Combobox.Root>
  );
}

function Many({ label, isWrong, typed, type, items, chosen, choose }: Parts & { chosen: Suggestion[] }) {
  const drop = (one: Suggestion) =>
    choose(chosen.filter((each) => !isSame(each, one)).map(({ value }) => value));
  return (
    <Combobox.Root
      multiple
      items={items}
      filter={null}
      value={chosen}
      isItemEqualToValue={isSame}
      inputValue={typed}
      onInputValueChange={type}
      onValueChange={(next) => choose(next.map(({ value }) => value))}
      autoHighlight
    >
      {chosen.map((one) => (
        <span key={one.value} className="chip">
          {one.label}
          <button type="button" aria-label={words.removeValue(one.label)} onClick={() => drop(one)}>
            <X size={14} aria-hidden />
          </button>
        </span>
      ))}
      <Combobox.Trigger className="input pick" aria-label={label} aria-invalid={isWrong} data-part="value">
        <span className="sub">{words.choose}</span>
        <ChevronDown size={14} aria-hidden />
      </Combobox.Trigger>
      <Options />
    </Combobox.Root>
  );
}

/** The search stands in the popup: else everything outside would be hidden from readers meanwhile. */
function Options() {
  return (
    <Combobox.Portal>
      <Combobox.Positioner sideOffset={4} style={{ zIndex: 40 }}>
        <Combobox.Popup className="options" aria-label={words.search}>
          <Combobox.Input className="input" aria-label={words.search} placeholder={words.search} maxLength={LONGEST} />
          <Combobox.Empty className="sub none">{words.noneFound}</Combobox.Empty>
          <Combobox.List>
            {(item: Suggestion) => (
              <Combobox.Item key={item.value} value={item} className="option">
                {item.label}
              </Combobox.Item>
            )}
          </Combobox.List>
        </Combobox.Popup>
      </Combobox.Positioner>
    </Combobox.Portal>
  );
}

function useFound(of: string, typed: string): Suggestion[] {
  const { format } = useStore();
  const search = useSettled(typed.trim(), PAUSE);
  const isAsked = of !== "" && of !== "countries";
  const { data } = useQuery({
    queryKey: ["suggestions", of, search],
    queryFn: ({ signal }) =>
      api<Answer>(`/vocabulary/suggestions?of=${of}&search=${encodeURIComponent(search)}`, { signal }),
    enabled: isAsked,
    placeholderData: keepPreviousData,
  });
  if (of !== "countries") return isAsked ? (data?.values ?? []) : [];
  const wanted = typed.trim().toLowerCase();
  return COUNTRIES.map((value) => ({ value, label: format.country(value) }))
    .filter(({ value, label }) => label.toLowerCase().includes(wanted) || value.toLowerCase() === wanted)
    .sort((one, other) => one.label.localeCompare(other.label));
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

/** Offer what was typed itself, where any text will do. */
function withTyped(found: Suggestion[], typed: string, of: string): Suggestion[] {
  const value = typed.trim();
  const isFree = ![...NAMED, "countries"].includes(of);
  if (!isFree || !value || found.some((one) => one.value === value)) return found;
  return [...found, { value, label: value }];
}
