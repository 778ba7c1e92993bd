// What the panel's API tells: written from its OpenAPI document by `python -m setup.panel_types`.
import type * as api from "./api-types";

export type * from "./api-types";
export type StepKind = api.Step["kind"];
export type NewApiKey = api.NewKey;
export type ApiKey = api.Key;
export type ApiKeys = api.KeyList;
export type EventEntry = api.Event;
export type CartEntry = api.Cart;
export type OrderEntry = api.Order;
export type MessageEntry = api.Message;
export type RewardEntry = api.Reward;
export type InboundEntry = api.Inbound;
export type AnswerEntry = api.Answer;

/** One line of a timeline: what its kind names is there. */
export type Entry = { id: string; at: string } & (
  | { kind: "event"; event: EventEntry }
  | { kind: "cart"; cart: CartEntry }
  | { kind: "order"; order: OrderEntry }
  | { kind: "message"; message: MessageEntry }
  | { kind: "reward"; reward: RewardEntry }
  | { kind: "inbound"; inbound: InboundEntry }
  | { kind: "reply"; reply: AnswerEntry }
);
export type Timeline = { entries: Entry[]; before: string | null };

/** Settings as a form holds them: anything may be chosen, a number may be missing; the server says what is wrong. */
export type Settings = Omit<
  api.Settings,
  "audience" | "audience_by_country" | "transit_days" | "price_drop_percent"
> & {
  audience: string;
  audience_by_country: { country: string; audience: string }[];
  transit_days: number | null;
  price_drop_percent: number | null;
};
