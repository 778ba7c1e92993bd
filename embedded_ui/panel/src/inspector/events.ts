// The events that can begin a flow, and what narrows each; the server has the same in marketing/triggers.py.
import type { Trigger } from "../builder/document";
import { language } from "../language";
import { strings } from "../strings";

export const TRIGGERS = {
  carts: ["cart.abandoned", "product.browsed", "category.browsed", "product.added_to_cart", "checkout.started"],
  orders: ["order.placed", "order.paid", "order.fulfilled", "order.delivered", "order.cancelled", "order.refunded"],
  customers: [
    "customer.created", "customer.subscribed", "customer.unsubscribed", "customer.tagged", "customer.untagged",
    "customer.reached", "customer.lapsed", "date.reached", "segment.entered", "segment.left",
  ],
  products: ["product.published", "product.back_in_stock", "product.price_dropped"],
  other: ["message.received", "review.posted", "custom", "manual"],
} as const;

type Narrowing = keyof Omit<Trigger, "event" | "filter" | "reentry">;
const IDLE: Narrowing[] = ["idle"];
const TAKES: Record<string, Narrowing[]> = {
  "cart.abandoned": IDLE, "product.browsed": IDLE, "category.browsed": IDLE,
  "customer.subscribed": ["channel"], "customer.unsubscribed": ["channel"],
  "customer.tagged": ["tag"], "customer.untagged": ["tag"],
  "customer.reached": ["orders", "spent"], "customer.lapsed": ["days", "at"],
  "date.reached": ["property", "days", "at", "yearly"],
  "segment.entered": ["segment"], "segment.left": ["segment"],
  "message.received": ["channel", "kind", "keywords", "keyword_match", "referral"], custom: ["name"],
};
export const takes = (event: string): Narrowing[] =>
  TAKES[event] ?? (event.startsWith("order.") ? ["per_line"] : []);

const USUAL: Partial<Trigger> = { idle: "PT1H", orders: 2, property: "birthday", segment: "", name: "" };
const LAPSED = 90; // days

/** Give a trigger of another event: it keeps what has a meaning there, and has what it needs. */
export function begun(before: Trigger, event: string): Trigger {
  const made: Trigger = { event, reentry: before.reentry, filter: before.filter };
  for (const name of takes(event)) {
    const value = name === "spent" ? undefined : (before[name] ?? USUAL[name]);
    if (value !== undefined && value !== null) Object.assign(made, { [name]: value });
  }
  if (event === "customer.lapsed" && !made.days) made.days = LAPSED;
  return made;
}

const UNHEARD = ["cart.abandoned", "category.browsed", "product.browsed", "customer.deleted", "customer.reached", "manual"];

/** Give what a flow can wait for, or be ended by, as one chooses it. */
export const heard = (): [string, string][] =>
  Object.entries(strings.flow.happenings)
    .filter(([event]) => !UNHEARD.includes(event))
    .sort(([, one], [, other]) => one.localeCompare(other, language));
