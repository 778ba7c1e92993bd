// The eight plain ways to begin a flow: what starts it, and what ends it at once.
import type { FlowDocument } from "../builder/document";
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
  stock: { trigger: { event: "product.back_in_stock" }, exits: ["order.placed"] },
};

export const STARTS = Object.keys(TRIGGERS) as Start[];

/** Give an empty flow that begins in one of these ways. */
export const documentOf = (start: Start): FlowDocument => ({ name: words.names[start], steps: [], ...TRIGGERS[start] });
