// The plain ways to begin a flow: what starts it, and what ends it at once; and any other event.
import type { FlowDocument } from "../builder/document";
import { begun } from "../inspector/events";
import { strings } from "../strings";
import { words } from "./words";

export type Start = keyof typeof words.starts;

const TRIGGERS: Record<Start, Omit<FlowDocument, "name" | "steps">> = {
  cart: { trigger: { event: "cart.abandoned", idle: "PT1H" }, exits: ["order.placed"] },
  browse: { trigger: { event: "product.browsed", idle: "PT4H", reentry: "P7D" }, exits: ["order.placed"] },
  welcome: { trigger: { event: "customer.subscribed", reentry: "once" }, exits: ["customer.unsubscribed"] },
  order: { trigger: { event: "order.placed" }, exits: ["order.cancelled", "order.refunded"] },
  delivered: { trigger: { event: "order.delivered" }, exits: ["order.refunded"] },
  lapsed: { trigger: { event: "customer.lapsed", days: 90 }, exits: ["order.placed"] },
  birthday: { trigger: { event: "date.reached", property: "birthday", at: "09:00" }, exits: [] },
  message: { trigger: { event: "message.received" }, exits: [] },
  stock: { trigger: { event: "product.back_in_stock" }, exits: ["order.placed"] },
};

/** Give an empty flow that begins with any event there is a trigger for. */
export const beginningWith = (event: string): FlowDocument => ({
  name: strings.flow.happenings[event] ?? event,
  trigger: begun({ event }, event),
  exits: [],
  steps: [],
});

export const STARTS = Object.keys(TRIGGERS) as Start[];

/** Give an empty flow that begins in one of these ways. */
export const documentOf = (start: Start): FlowDocument => ({ name: words.names[start], steps: [], ...TRIGGERS[start] });
