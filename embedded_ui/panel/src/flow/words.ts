// How the steps of a flow read: a title and a line for each.
import { duration, type Format } from "../format";
import { strings } from "../strings";
import type { Branch, Condition, Flow, Step } from "../types";

const words = strings.flow;

export function titleOf(step: Step): string {
  if (step.kind === "message" || step.kind === "ask" || step.kind === "collect") return step.name || words.kinds[step.kind]!;
  return words.kinds[step.kind] ?? step.kind;
}

export function lineOf(step: Step, flow: Flow, format: Format): string {
  switch (step.kind) {
    case "delay":
      return delayLine(step, flow);
    case "condition":
      return step.condition ? conditionLine(step.condition) : "";
    case "split":
      return splitLine(step, format);
    case "message":
    case "ask":
    case "collect":
      return words.messageLine(channelsOf(step, format), readable(step.subject ?? ""));
    case "coupon":
      return couponLine(step, format);
    case "reward":
      return rewardLine(step, format);
    case "exit":
      return words.exitLine;
    case "wait_for_event":
      return words.awaited(step.event ?? "", duration(step.seconds ?? 0, "short"));
    case "switch":
      return words.byField(factName(step.field ?? ""));
    case "update_customer":
      return [step.detail, ...(step.channels ?? []).map((one) => words.unsubscribed(strings.channels[one] ?? one))].filter(Boolean).join(", ");
    default:
      return step.detail ?? "";
  }
}

function couponLine({ off, percent, amount, minimum }: Step, format: Format): string {
  const what =
    off === "free_shipping" ? words.freeShipping
    : words.takenOff(off === "amount" ? format.money(amount ?? 0) : format.share((percent ?? 0) / 100));
  return minimum ? words.fromMinimum(what, format.money(minimum)) : what;
}

function rewardLine({ amount, every, orders, or_code }: Step, format: Format): string {
  const what = words.credit(format.money(amount ?? 0), or_code ?? false);
  if (every) return words.withEach(what, strings.nth(every));
  return orders ? words.withOrder(what, strings.nth(orders)) : what;
}

function splitLine(step: Step, format: Format): string {
  const branches = step.branches ?? [];
  const winner = branches.find((branch) => branch.won);
  if (winner) return `${winner.key.toUpperCase()} · ${words.won}`;
  return branches.map((branch) => format.percent(branch.weight ?? 0)).join(" / ");
}

function channelsOf(step: Step, format: Format): string {
  const names = step.channels?.length ? step.channels : [step.channel ?? ""];
  return format.either(names.map((name) => strings.channels[name] ?? name));
}

function factName(field: string): string {
  return field.replace(/^event\./, "").split(".").join(" ").replaceAll("_", " ");
}

function delayLine(step: Step, flow: Flow): string {
  const time = duration(step.seconds ?? 0, "short");
  const days = (step.weekdays ?? []).map((day) => words.weekdays[day]).join(", ");
  if (step.until_field) {
    const then = [step.until && words.thenUntil(step.until), days && words.onDays(days)];
    const date = words.untilDate(step.seconds ? time : "", factName(step.until_field));
    return [date, ...then].filter(Boolean).join(", ");
  }
  if (step.until || days) {
    const until = [step.until, days && words.onDays(days)].filter(Boolean).join(" ");
    return words.untilTime(step.seconds ? time : "", until);
  }
  if (step.since !== "trigger") return words.forTime(time);
  return flow.trigger.event.startsWith("cart.") ? words.fromCart(time) : words.fromTrigger(time);
}

export function triggerTitle(flow: Flow): string {
  return strings.flows.trigger(flow.trigger.event);
}

export function triggerLine(flow: Flow): string {
  const { idle_seconds, reentry } = flow.trigger;
  if (idle_seconds) return words.cartQuiet(duration(idle_seconds));
  return words.reentry[reentry] ?? reentry;
}

export function branchLabel(step: Step, branch: Branch, format: Format): string {
  if (step.kind === "condition") return branch.key === "yes" ? words.yes : words.no;
  if (step.kind === "wait_for_event") return branch.key === "yes" ? words.inTime : words.timedOut;
  if (step.kind === "ask" || step.kind === "collect") return answerLabel(step, branch);
  if (step.kind === "switch") return branch.key === "otherwise" ? words.otherwise : branch.key;
  return words.variant(branch.key, format.percent(branch.weight ?? 0));
}

function answerLabel(step: Step, { key, label }: Branch): string {
  const fixed = { given: words.given, otherwise: step.kind === "ask" ? words.otherAnswer : words.noAddress, silent: words.silent };
  return label || (fixed[key as keyof typeof fixed] ?? key);
}

/**
 * Give a subject line without its template language: "Still thinking it over, [first name]?"
 * Of what depends on something, the first way of saying it.
 */
export function readable(subject: string): string {
  return subject
    .replace(/\{%-?\s*(?:else|elsif|when)\b.*?\{%-?\s*end(?:if|unless|case)\s*-?%\}/gs, "")
    .replace(/\{%.*?%\}/gs, "")
    .replace(/\{\{-?\s*([\w.[\]]+).*?\}\}/gs, (_, path: string) => `[${detailOf(path)}]`)
    .replace(/\s+/g, " ")
    .trim();
}

const detailOf = (path: string) => words.tags[path] ?? path.split(".").at(-1)!.replaceAll("_", " ");

export function conditionLine(condition: Condition): string {
  const { op, of, field, value } = condition;
  if (of.length) return `${words.condition[op] ?? op}: ${of.map(conditionLine).join("; ")}`;
  const name = (field ?? "").split(".").join(" ").replaceAll("_", " ");
  const told = op === "exists" ? "" : Array.isArray(value) ? value.join(", ") : String(value);
  return `${name} ${words.condition[op] ?? op} ${told}`.trim();
}
