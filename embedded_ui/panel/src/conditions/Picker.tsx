// Values chosen from what the store has, found by typing: one of them, or several.
import { Combobox } from "@base-ui/react/combobox";
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useEffect, useState } from "react";
import { api } from "../api";
import { useStore } from "../store";
import { COUNTRIES } from "../settings/countries";
import { words } from "./words";

export type Suggestion = { value: string; label: string };
type Answer = { values: Suggestion[] };
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
  const items = withTyped(found, typed, of);
  const parts = { label, isWrong, typed, type, items };
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
  const [isTyping, setTyping] = useState(false);
  return (
    <Combobox.Root
      items={items}
      filter={null}
      value={chosen}
      isItemEqualToValue={isSame}
      inputValue={isTyping ? typed : (chosen?.label ?? "")}
      onInputValueChange={(text, details) => {
        if (details.reason !== "input-change") return;
        setTyping(true);
        type(text);
      }}
      onOpenChange={(isOpen) => {
        if (isOpen) return;
        setTyping(false);
        type("");
      }}
      onValueChange={(next) => choose(next ? [next.value] : [])}
      autoHighlight
    >
      <Combobox.Input
        className="input"
        aria-label={label}
        aria-invalid={isWrong}
        placeholder={words.search}
        maxLength={LONGEST}
        data-part="value"
      />
      <List />
    </Combobox.Root>
  );
}

function Many({ label, isWrong, typed, type, items, chosen, choose }: Parts & { chosen: Suggestion[] }) {
  return (
    <Combobox.Root
      multiple
      items={items}
      filter={null}
      value={chosen}
      isItemEqualToValue={isSame}
      inputValue={typed}
      onInputValueChange={(text) => type(text)}
      onValueChange={(next) => choose(next.map(({ value }) => value))}
      autoHighlight
    >
      <Combobox.Chips className="chips input" aria-invalid={isWrong}>
        {chosen.map((one) => (
          <Combobox.Chip key={one.value} className="chip" aria-label={one.label}>
            {one.label}
            <Combobox.ChipRemove aria-label={words.removeValue(one.label)}>
              <X size={14} aria-hidden />
            </Combobox.ChipRemove>
          </Combobox.Chip>
        ))}
        <Combobox.Input
          aria-label={label}
          placeholder={chosen.length ? "" : words.search}
          maxLength={LONGEST}
          data-part="value"
        />
      </Combobox.Chips>
      <List />
    </Combobox.Root>
  );
}

function List() {
  return (
    <Combobox.Portal>
      <Combobox.Positioner sideOffset={4} style={{ zIndex: 40 }}>
        <Combobox.Popup className="options">
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
  const search = useSettled(typed.trim());
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

function useSettled(value: string): string {
  const [settled, settle] = useState(value);
  useEffect(() => {
    const waiting = setTimeout(() => settle(value), PAUSE);
    return () => clearTimeout(waiting);
  }, [value]);
  return settled;
}
