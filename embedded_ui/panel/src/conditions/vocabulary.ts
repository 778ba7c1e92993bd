// What conditions may ask about, as the server tells it, and which of it a test is about.
import { useQuery } from "@tanstack/react-query";
import { api } from "../api";
import { toMinor } from "../format";
import { strings } from "../strings";
import type { Fact, Vocabulary } from "../types";
import type { Test } from "./condition";
import { words } from "./words";

/** Load what conditions may ask about: `customer` only, or what a trigger brings as well. */
export function useVocabulary(facts: string) {
  const of = facts === "customer" ? "" : `?trigger=${encodeURIComponent(facts)}`;
  return useQuery({
    queryKey: ["vocabulary", of],
    queryFn: () => api<Vocabulary>(`/vocabulary${of}`),
    staleTime: Infinity,
  });
}

/** What a row is about, as the value of its first select: `field:customer.country`. */
export function subjectOf(test: Test, { fields }: Vocabulary): string {
  if (test.events) return `events:${test.events}`;
  if (test.orders) return `orders:${test.orders}`;
  if (test.op === "in_segment" || test.op === "percent") return `op:${test.op}`;
  return `field:${factOf(test, fields)?.field ?? test.field}`;
}

export const factOf = (test: Test, fields: Fact[]): Fact | undefined =>
  fields.find(({ field }) => field === test.field) ??
  fields.find(({ field, free }) => free && test.field?.startsWith(field));

// Facts that are not offered here, where an API, a recipe or another trigger told of them.
const MONEY = /\.(platform_)?(spent|store_total|store_refunded|store_amount)$/;
const MOMENT = /^(customer|cart|order)\.\w+_at$/;

/** Of which kind a test's values are, which decides its operators and inputs. */
export function kindOf(test: Test, vocabulary: Vocabulary): string {
  if (test.events) return "measure";
  if (test.orders) return vocabulary.orders.takes.find(({ name }) => name === test.orders)?.kind ?? "number";
  const known = factOf(test, vocabulary.fields)?.kind;
  if (known) return known;
  if (test.op === "within" || test.op === "before" || MOMENT.test(test.field ?? "")) return "moment";
  if (MONEY.test(test.field ?? "")) return "money";
  return typeof test.value === "number" ? "number" : typeof test.value === "boolean" ? "truth" : "text";
}

/** The operators of a row: `missing` and `never` are ways to say exists: false, and none. */
export function operatorsOf(test: Test, vocabulary: Vocabulary): string[] {
  const kind = kindOf(test, vocabulary);
  const isCount = Boolean(test.events) || test.orders === "count";
  const measured = test.orders && kind !== "measured_moment" ? vocabulary.operators.measure : undefined;
  const known = [...(measured ?? vocabulary.operators[kind] ?? [])];
  if (isCount) known.push("never");
  if (known.includes("exists")) known.push("missing");
  const here = operatorOf(test);
  return known.includes(here) ? known : [...known, here];
}

export function operatorOf(test: Test): string {
  if (test.op === "exists") return test.value === false ? "missing" : "exists";
  const isCount = Boolean(test.events) || test.orders === "count";
  return isCount && test.op === "eq" && test.value === 0 ? "never" : test.op;
}

export function operatorWord(operator: string, test: Test, vocabulary: Vocabulary): string {
  const kind = kindOf(test, vocabulary);
  const isCount = Boolean(test.events) || test.orders === "count";
  const named: Record<string, string> = { choice: "text", money: "number", measured_moment: "moment" };
  const family = isCount ? "measure" : (named[kind] ?? kind);
  return words.operators[family]?.[operator] ?? words.operators.property?.[operator] ?? operator;
}

const VALUES: Record<string, unknown> = { text: "", choice: "", number: 1, truth: true, list: "", property: "" };

/** Give a new test about a subject, with the first operator of its kind. */
export function begun(subject: string, vocabulary: Vocabulary, currency: string): Test {
  const [what, name = ""] = subject.split(/:(.*)/s);
  if (subject === "op:in_segment") return { op: "in_segment", value: "" };
  if (subject === "op:percent") return { op: "percent", value: 10, salt: Math.random().toString(36).slice(2, 8) };
  if (what === "events") return { op: "gte", events: name, value: 1, within: "P90D" };
  if (what === "orders") {
    const kind = vocabulary.orders.takes.find((take) => take.name === name)?.kind;
    if (kind === "measured_moment") return { op: "within", orders: name, value: "P90D" };
    return { op: "gte", orders: name, value: kind === "money" ? toMinor(100, currency) : 1 };
  }
  const fact = vocabulary.fields.find(({ field }) => field === name);
  const kind = fact?.kind ?? "text";
  const op = vocabulary.operators[kind]?.[0] ?? "eq";
  if (kind === "moment") return { op, field: name, value: "P90D" };
  if (kind === "money") return { op, field: name, value: toMinor(100, currency) };
  return { op, field: name, value: fact?.choices[0] ?? VALUES[kind] };
}

/** Give a test with another operator, and a value that fits it. */
export function compared(test: Test, operator: string): Test {
  if (operator === "exists" || operator === "missing") return { ...test, op: "exists", value: operator === "exists" };
  if (operator === "never") return { ...test, op: "eq", value: 0 };
  const isTimely = (op: string) => op === "within" || op === "before";
  const before = operatorOf(test);
  if (isTimely(operator)) return { ...test, op: operator, value: isTimely(before) ? test.value : "P90D" };
  if (isTimely(before)) return { ...test, op: operator, value: "" };
  if (before === "never") return { ...test, op: operator, value: 1 };
  if (operator === "in") return { ...test, op: "in", value: test.value === "" || typeof test.value === "boolean" ? [] : [test.value] };
  if (Array.isArray(test.value)) return { ...test, op: operator, value: test.value[0] ?? "" };
  return { ...test, op: operator, value: before === "exists" || before === "missing" ? "" : test.value };
}

export function subjectWord(subject: string): string {
  const [what, name = ""] = subject.split(/:(.*)/s);
  if (subject === "op:in_segment") return words.segment;
  if (subject === "op:percent") return words.chance;
  const known = { events: words.events, orders: words.orders, field: words.fields }[what as "events"];
  return known?.[name] ?? words.unknown(name);
}

/** On these nobody agrees to anything: who wrote is written to as long as the channel lets us. */
const CHATS = new Set(["messenger_consent", "instagram_consent", "webchat_consent"]);

/** How a value of a field with a known set of values is called. */
export function choiceWord(name: string, value: string): string {
  const last = name.split(".").at(-1)!;
  if (last === "channel") return strings.channels[value] ?? value;
  const isChat = CHATS.has(last);
  const set = isChat ? "chat_consent" : last.endsWith("source") ? "source" : last.endsWith("consent") ? "email_consent" : last;
  return words.choices[set]?.[value] ?? value;
}

type Heading = { heading: string; subjects: string[] };

/** What a row may be about, under headings; what it is about already is always among them. */
export function subjectsOf(vocabulary: Vocabulary, here: string): Heading[] {
  const by = new Map<string, string[]>();
  const put = (heading: string, subject: string) => by.set(heading, [...(by.get(heading) ?? []), subject]);
  for (const { field, group } of vocabulary.fields) {
    if (["cart", "order", "event"].includes(group)) put(group, `field:${field}`);
  }
  for (const { name } of vocabulary.orders.takes) put("orders", `orders:${name}`);
  for (const { name } of vocabulary.events) put("did", `events:${name}`);
  for (const { field, group } of vocabulary.fields) {
    if (!["cart", "order", "event"].includes(group)) put(group, `field:${field}`);
  }
  put("other", "op:in_segment");
  put("other", "op:percent");
  if (![...by.values()].some((subjects) => subjects.includes(here))) put("other", here);
  return [...by].map(([heading, subjects]) => ({ heading, subjects }));
}
