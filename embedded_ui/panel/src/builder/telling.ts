// How the steps of a document read on their cards: a title and a line for each.
import type { Test } from "../conditions/condition";
import type { Clauses } from "../conditions/sentence";
import { duration, type Format, secondsOf } from "../format";
import { readable } from "../readable";
import { strings } from "../strings";
import {
  type AskStep, type Branch, type CollectStep, type DelayStep, type MessageStep, type RewardStep, type Step,
  type CouponStep, type Trigger,
} from "./document";
import { words } from "./words";

const said = strings.flow;
export type FlowNames = ReadonlyMap<string, string>;
/** How conditions and facts are said; the words for it come once the cards are on the screen. */
export type FactNames = Clauses;
/** What cards name that lies outside their flow. */
export type Names = { flows: FlowNames; facts: FactNames | null };

const time = (text: string | null | undefined) => duration(secondsOf(text), "short");

export function titleOf(step: Step): string {
  if (step.kind === "message" || step.kind === "ask" || step.kind === "collect") return step.name || said.kinds[step.kind]!;
  return said.kinds[step.kind] ?? step.kind;
}

/** Give the channel that a step writes by, the first of several. */
export const channelOf = (step: Step | null): string | undefined =>
  step?.kind === "message" ? (step.channels?.[0] ?? step.channel) : undefined;

/** Give the line under a step's title: what it does, or that it still has to be said. */
export function lineOf(step: Step, trigger: Trigger, format: Format, { flows, facts }: Names): string {
  switch (step.kind) {
    case "delay":
      return delayLine(step, trigger, format, facts);
    case "condition":
      return facts ? facts.clause(step.condition as Test) || words.noCondition : "";
    case "split":
      return splitLine(step.variants, format);
    case "message":
    case "ask":
    case "collect":
      return messageLine(step, format);
    case "coupon":
      return couponLine(step, format);
    case "reward":
      return rewardLine(step, format);
    case "exit":
      return said.exitLine;
    case "wait_for_event":
      return said.awaited(step.event, time(step.timeout));
    case "switch":
      return facts ? said.byField(facts.fact(step.field)) : "";
    case "update_customer":
      return updateLine(step) || words.unsaid;
    case "notify_staff":
    case "hand_over":
      return step.subject || words.unsaid;
    case "call_webhook":
      return step.url || words.unsaid;
    case "start_flow":
    case "stop_flow":
      return flows.get(step.flow) ?? words.unsaid;
  }
}

function updateLine(step: Step & { kind: "update_customer" }): string {
  const tags = [...(step.add_tags ?? []).map((tag) => `+${tag}`), ...(step.remove_tags ?? []).map((tag) => `−${tag}`)];
  const told = Object.entries(step.properties ?? {}).map(([name, value]) => `${name} = ${String(value)}`);
  const left = (step.unsubscribe ?? []).map((channel) => said.unsubscribed(strings.channels[channel] ?? channel));
  return [...tags, ...told, ...left].join(", ");
}

function messageLine(step: MessageStep | AskStep | CollectStep, format: Format): string {
  const names = step.channels?.length ? step.channels : [step.channel ?? "email"];
  const channels = format.either(names.map((name) => strings.channels[name] ?? name));
  const { subject: mail, sms, whatsapp, chat } = step.template;
  const own = { email: mail, sms, whatsapp: whatsapp?.template }[names[0]!] || chat?.text;
  const subject = readable(own || mail || sms || whatsapp?.template || "");
  return subject ? said.messageLine(channels, subject) : words.noWords(channels);
}

function couponLine({ off = "percent", percent, amount, minimum }: CouponStep, format: Format): string {
  const what =
    off === "free_shipping" ? said.freeShipping
    : said.takenOff(off === "amount" ? format.money(amount ?? 0) : format.share((percent ?? 0) / 100));
  return minimum ? said.fromMinimum(what, format.money(minimum)) : what;
}

function rewardLine({ amount, every, orders, or_code }: RewardStep, format: Format): string {
  const what = said.credit(format.money(amount), or_code ?? false);
  if (every) return said.withEach(what, strings.nth(every));
  return orders ? said.withOrder(what, strings.nth(orders)) : what;
}

function splitLine(variants: { weight: number }[], format: Format): string {
  return variants.map((one) => share(one.weight, variants, format)).join(" / ");
}

/** Give a weight as the share of all of them: "33%", "12.5%". */
export function share(weight: number, of: { weight: number }[], format: Format): string {
  const total = of.reduce((sum, one) => sum + one.weight, 0);
  return format.share(total ? weight / total : 0);
}

function delayLine(step: DelayStep, trigger: Trigger, format: Format, facts: FactNames | null): string {
  const waits = secondsOf(step.duration) ? time(step.duration) : "";
  const until = step.until && format.clock(step.until);
  const days = format.list((step.weekdays ?? []).map((day) => said.weekdays[day] ?? ""));
  if (step.until_field) {
    if (!facts) return "";
    const then = [until && said.thenUntil(until), days && said.onDays(days)];
    return [said.untilDate(waits, facts.fact(step.until_field)), ...then].filter(Boolean).join(", ");
  }
  if (until || days) {
    return said.untilTime(waits, [until, days && said.onDays(days)].filter(Boolean).join(" "));
  }
  if (!waits) return words.unsaid;
  if (step.since !== "trigger") return said.forTime(waits);
  return trigger.event.startsWith("cart.") ? said.fromCart(waits) : said.fromTrigger(waits);
}

export const triggerTitle = ({ event, kind }: Trigger): string => strings.flows.trigger(event, kind);

export function triggerLine(trigger: Trigger, format: Format): string {
  const { idle, keywords = [], keyword_match = "is", reentry = "always" } = trigger;
  if (idle) return said.cartQuiet(duration(secondsOf(idle)));
  if (!keywords.length) return often(reentry);
  const line = said.keyword[keyword_match](format.either(keywords.map(said.quoted)));
  return reentry === "always" ? line : `${line} · ${often(reentry)}`;
}

const often = (reentry: string): string =>
  reentry.startsWith("P") ? words.oncePer(duration(secondsOf(reentry))) : (said.reentry[reentry] ?? reentry);

/** Give what is written on the line of a branch. */
export function branchLabel(step: Step, branch: Branch, format: Format): string {
  if (step.kind === "condition") return branch.key === "yes" ? said.yes : said.no;
  if (step.kind === "wait_for_event") return branch.key === "yes" ? said.inTime : said.timedOut;
  if (step.kind === "switch") return branch.key === "otherwise" ? said.otherwise : caseLabel(step.cases, branch.key);
  if (step.kind === "ask" || step.kind === "collect") return answerLabel(step, branch.key);
  if (step.kind !== "split") return branch.key;
  return said.variant(branch.key, share(branch.weight ?? 0, step.variants, format));
}

function answerLabel(step: AskStep | CollectStep, key: string): string {
  const fixed = { given: said.given, otherwise: step.kind === "ask" ? said.otherAnswer : said.noAddress, silent: said.silent };
  if (key in fixed) return fixed[key as keyof typeof fixed];
  return (step.kind === "ask" && step.answers?.find((one) => one.key === key)?.label) || key;
}

/** A case reads as what it stands for, as long as that is short. */
function caseLabel(cases: { key: string; values: unknown[] }[], key: string): string {
  const values = cases.find((one) => one.key === key)?.values.flat().map(String) ?? [];
  const told = values.join(", ");
  return told && told.length <= 28 ? told : wayName(key);
}

const NUMBERED = /^(?:way|case)-(\d+)$/;

/** Give what a way is called: its key, in words where nobody has named it. */
export function wayName(key: string): string {
  const number = NUMBERED.exec(key)?.[1];
  return number ? said.way(number) : key;
}

/** Give the key that a way of a name is kept by. */
export function wayKey(name: string): string {
  const number = /\d+$/.exec(name)?.[0];
  if (number && name.toLowerCase() === said.way(number).toLowerCase()) return `way-${number}`;
  const plain = name.toLowerCase().replaceAll("ß", "ss").normalize("NFD").replaceAll(/\p{M}/gu, "");
  return plain.replaceAll(/[^a-z0-9_-]+/g, "-").replaceAll(/^[_-]+|[_-]+$/g, "").slice(0, 40);
}
