// A condition in plain words, in the language of the page: every predicate there is.
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { api } from "../api";
import { duration, type Format, secondsOf } from "../format";
import { language } from "../language";
import { useStore } from "../store";
import type { Vocabulary } from "../types";
import { isGroup, lacks, partsOf, type Test } from "./condition";
import { words } from "./words";
import { choiceWord, factOf, kindOf, operatorOf, operatorWord, subjectOf, subjectWord, useVocabulary } from "./vocabulary";

type Names = Record<string, string>;
type Told = { vocabulary: Vocabulary; format: Format; names: Names };
const says = words.sentence;
/** Where something is still to be said. */
const UNSAID = "…";
const both = new Intl.ListFormat(language, { type: "conjunction" });
const either = new Intl.ListFormat(language, { type: "disjunction" });

/** Give a document in a sentence; null while what it names is not known yet. */
export function useSentence(document: Test | null, facts = "customer"): string | null {
  const { format } = useStore();
  const { data: vocabulary } = useVocabulary(facts);
  const names = useNames(document ? [document] : []);
  if (!vocabulary) return null;
  if (!document || (isGroup(document) && !partsOf(document).length)) return says.nobody;
  return says.whole(clauseOf(document, { vocabulary, format, names }, true)).replace(`${UNSAID}.`, UNSAID);
}

/** How conditions and what they ask about are said where there is room for a line only. */
export type Clauses = { clause: (test: Test) => string; fact: (field: string) => string };

/** Give how conditions about one thing read; null while what they may ask about is not known yet. */
export function useClauses(tests: Test[], facts: string): Clauses | null {
  const { format } = useStore();
  const { data: vocabulary } = useVocabulary(facts);
  const names = useNames(tests);
  return useMemo(() => {
    if (!vocabulary) return null;
    const told = { vocabulary, format, names };
    return {
      clause: (test) => begun(clauseOf(test, told, true)),
      fact: (field) => says.fact(factWord({ op: "eq", field }, vocabulary)),
    };
  }, [vocabulary, format, names]);
}

const begun = (clause: string) => clause.charAt(0).toLocaleUpperCase(language) + clause.slice(1);

/** Give what the segments and products of conditions are called; the same object while nothing changes. */
function useNames(tests: Test[]): Names {
  const ids = [...new Set(tests.flatMap((test) => [...named(test)]))];
  return useQueries({
    queries: ids.map((id) => {
      const [of, value = ""] = id.split(/:(.*)/s);
      return {
        queryKey: ["suggestions", of, "is", value],
        queryFn: () => api<{ values: { label: string }[] }>(`/vocabulary/suggestions?of=${of}&is=${encodeURIComponent(value)}`),
        staleTime: 60_000,
      };
    }),
    combine: (answers) => {
      const labels = ids.map((id, place) => [id, answers[place]?.data?.values[0]?.label]);
      return Object.fromEntries(labels.filter(([, label]) => label)) as Names;
    },
  });
}

function* named(test: Test): Generator<string> {
  if (test.op === "in_segment" && test.value) yield `segments:${test.value}`;
  if (test.where?.product_id) yield `products:${test.where.product_id}`;
  if (test.field === "event.product_id") for (const value of [test.value].flat()) yield `products:${value}`;
  for (const part of partsOf(test)) yield* named(part);
}

function clauseOf(test: Test, told: Told, isWhole = false): string {
  if (isGroup(test)) {
    const parts = partsOf(test).map((part) => clauseOf(part, told));
    const [only] = parts;
    if (test.op === "none") return says.none(parts, (each) => either.format(each));
    if (parts.length === 1 && only) return only;
    const clause = (test.op === "any" ? either : both).format(parts);
    return isWhole ? clause : says.nested(clause);
  }
  if (test.op === "in_segment") return says.segment(told.names[`segments:${test.value}`] ?? UNSAID);
  if (test.op === "percent") return says.chance(lacks(test) ? UNSAID : told.format.share(Number(test.value) / 100));
  return test.events || test.orders ? measured(test, told) : compared(test, told);
}

function measured(test: Test, told: Told): string {
  const { vocabulary, format } = told;
  const what = subjectWord(subjectOf(test, vocabulary));
  const operator = operatorOf(test);
  const isCount = Boolean(test.events) || test.orders === "count";
  let clause = isCount
    ? operator === "never"
      ? says.never(what)
      : says.did(what, operatorWord(operator, test, vocabulary), Number(test.value), lacks(test) ? UNSAID : format.int(Number(test.value)))
    : compared(test, told);
  const narrowed = Object.entries(test.where ?? {}).map(([name, value]) =>
    says.narrowed(words.where[name] ?? name, told.names[`products:${value}`] ?? choiceWord(name, String(value))),
  );
  if (narrowed.length) clause = says.where(clause, both.format(narrowed));
  return test.within ? says.within(clause, duration(secondsOf(test.within))) : clause;
}

function compared(test: Test, told: Told): string {
  const { vocabulary } = told;
  const operator = operatorOf(test);
  const value = ["exists", "missing"].includes(operator) ? "" : valueOf(test, told);
  return says.field(factWord(test, vocabulary), operatorWord(operator, test, vocabulary), value);
}

/** Give what a test is about; what the merchant named, by that name. */
function factWord(test: Test, vocabulary: Vocabulary): string {
  const fact = factOf(test, vocabulary.fields);
  const property = fact?.free ? test.field!.slice(fact.field.length).replaceAll("_", " ") : "";
  return property ? says.quoted(property) : subjectWord(subjectOf(test, vocabulary));
}

function valueOf(test: Test, told: Told): string {
  const missing = lacks(test);
  if (missing && missing !== "name") return UNSAID;
  if (Array.isArray(test.value)) {
    return either.format(test.value.map((value) => oneValue({ ...test, value }, told)));
  }
  return oneValue(test, told);
}

function oneValue(test: Test, { vocabulary, format, names }: Told): string {
  const { value } = test;
  if (test.op === "within" || test.op === "before") return duration(secondsOf(value));
  const fact = factOf(test, vocabulary.fields);
  const kind = kindOf(test, vocabulary);
  if (typeof value === "boolean") return value ? words.yes : words.no;
  if (typeof value === "number") return kind === "money" ? format.money(value) : format.int(value);
  const text = String(value ?? "");
  if (kind.endsWith("moment")) return Number.isNaN(Date.parse(text)) ? text : format.date(text);
  if (fact?.suggest === "countries" && text) return format.country(text);
  if (fact?.choices.length) return says.quoted(choiceWord(fact.field, text)); // as it stands in its list, which bends no word
  return text ? says.quoted(names[`products:${text}`] ?? text) : UNSAID;
}
