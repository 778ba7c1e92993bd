// Text with details of the customer: put in at the caret from a list, and shown as somebody will read it.
import { useQuery } from "@tanstack/react-query";
import { Braces } from "lucide-react";
import { lazy, type ReactNode, Suspense, useContext, useRef } from "react";
import { api } from "../api";
import { readable } from "../readable";
import type { TagList } from "../types";
import { Box, FormContext, useTyped } from "./fields";
import { words } from "./words";

const TagPicker = lazy(async () => ({ default: (await import("../editor/TagMenu")).TagPicker }));
const said = words.tagged;
type Input = HTMLInputElement | HTMLTextAreaElement;
type Caret = { onSelect: (event: { currentTarget: Input }) => void };

/** Give the details that this flow's texts may name; the message editor asks for the same. */
function useTags() {
  const { trigger } = useContext(FormContext);
  const { data } = useQuery({
    queryKey: ["tags", trigger],
    queryFn: () => api<TagList>(`/templates/tags?trigger=${encodeURIComponent(trigger)}`),
    staleTime: Number.POSITIVE_INFINITY,
  });
  return data;
}

/** Give how a text reads to somebody of this store. */
export function useReading(): (text: string) => string {
  const tags = useTags();
  const shown = Object.fromEntries((tags?.tags ?? []).map(({ name, example }) => [name, example]));
  return (text) => readable(text, shown);
}

/** Give a field's button that puts a detail in where the caret was, and what keeps an eye on the caret. */
export function useInsert(name: string, label: string, value: string, type: (text: string) => void): { aside: ReactNode; caret: Caret } {
  const tags = useTags();
  const { isReadOnly } = useContext(FormContext);
  const place = useRef<[number, number] | null>(null);
  const insert = (tag: string) => {
    const [from, to] = place.current ?? [value.length, value.length];
    type(value.slice(0, from) + tag + value.slice(to));
    place.current = [from + tag.length, from + tag.length];
    requestAnimationFrame(() => {
      const input = document.getElementById(`field-${name}`) as Input | null;
      input?.focus();
      input?.setSelectionRange(from + tag.length, from + tag.length);
    });
  };
  const onSelect: Caret["onSelect"] = ({ currentTarget: { selectionStart, selectionEnd } }) => {
    place.current = [selectionStart ?? value.length, selectionEnd ?? value.length];
  };
  const waiting = (
    <span className="btn icon plain" aria-hidden>
      <Braces size={14} />
    </span>
  );
  const aside = !isReadOnly && (
    <Suspense fallback={waiting}>
      <TagPicker field={label} insert={insert} tags={tags} />
    </Suspense>
  );
  return { aside, caret: { onSelect } };
}

/** Say how a text with details reads; one without any reads as it is written. */
export function Reads({ text }: { text: string }) {
  const reading = useReading();
  return /\{[{%]/.test(text) ? <p className="hint reads">{said.reads(reading(text))}</p> : null;
}

type Props = { name: string; label: string; hint?: ReactNode; value: string; maxLength: number; keep: (value: string) => void };

/** A line of text with details. */
export function TaggedField({ name, label, hint, value, maxLength, keep }: Props) {
  const { props, type } = useTyped(value, (text) => keep(text.trim()));
  const { aside, caret } = useInsert(name, label, props.value, type);
  return (
    <Box name={name} label={label} hint={hint} aside={aside}>
      {(ids) => (
        <>
          <input {...ids} className="input" autoComplete="off" maxLength={maxLength} {...props} {...caret} />
          <Reads text={props.value} />
        </>
      )}
    </Box>
  );
}
