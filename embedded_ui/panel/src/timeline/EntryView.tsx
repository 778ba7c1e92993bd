// One thing that happened to a customer: what, when, and why it went out or not.
import {
  Ban,
  Check,
  Clock,
  Gift,
  Headset,
  LogIn,
  LogOut,
  Mail,
  MailCheck,
  MailOpen,
  MailQuestionMark,
  MailX,
  ShoppingBag,
  ShoppingCart,
  User,
} from "lucide-react";
import { Link } from "wouter";
import { readable } from "../readable";
import { to } from "../place";
import { useStore } from "../store";
import { strings } from "../strings";
import type { CartEntry, Entry, EventEntry, Item, MessageEntry, OrderEntry, RewardEntry } from "../types";
import { Row } from "./Row";
import { AnswerView, InboundView } from "./Talk";

const words = strings.timeline;
type Icon = typeof Mail;

export function EntryView({ entry }: { entry: Entry }) {
  switch (entry.kind) {
    case "event":
      return <EventView event={entry.event} at={entry.at} />;
    case "cart":
      return <CartView cart={entry.cart} at={entry.at} />;
    case "order":
      return <OrderView order={entry.order} at={entry.at} />;
    case "message":
      return <MessageView message={entry.message} at={entry.at} />;
    case "reward":
      return <RewardView reward={entry.reward} at={entry.at} />;
    case "inbound":
      return <InboundView inbound={entry.inbound} at={entry.at} />;
    case "reply":
      return <AnswerView reply={entry.reply} at={entry.at} />;
  }
}

function EventView({ event, at }: { event: EventEntry; at: string }) {
  const flow = event.flow_name ?? words.aFlow;
  const why = event.reason && (strings.reasons[event.reason] ?? event.reason);
  const [icon, tone, what] = lookOf(event, flow);
  const isRefusal = event.name === "flow.skipped";
  return (
    <Row icon={icon} tone={tone} at={at} what={event.flow_id ? <FlowLink id={event.flow_id} text={what} /> : what}>
      {event.tags.length > 0 && (
        <p className="marks">
          {event.tags.map((tag) => (
            <span key={tag} className="badge">
              {tag}
            </span>
          ))}
        </p>
      )}
      {why && <p className={isRefusal ? "why strong" : "why"}>{why}</p>}
      {event.by && <p className="why">{words.hands[event.by]?.(event.by === "flow" ? flow : (event.who ?? ""))}</p>}
      {event.why && <p className="why">{strings.customer.because(event.why)}</p>}
      {event.name.includes("subscribed") && event.source && <p className="why">{sourceOf(event)}</p>}
    </Row>
  );
}

function sourceOf({ source, keyword, channel }: EventEntry): string {
  if (keyword && channel) return strings.consent.wroteOn(keyword, strings.channels[channel] ?? channel);
  return strings.consent.sources[source ?? ""] ?? source ?? "";
}

function lookOf(event: EventEntry, flow: string): [Icon, string, string] {
  if (event.name === "flow.entered") return [LogIn, "c-trigger", words.entered(flow)];
  if (event.name === "flow.skipped") return [Ban, "warn", words.skipped(flow)];
  if (event.name === "flow.ended") return [LogOut, "c-exit", words.ended(flow)];
  const what = strings.events[event.name] ?? event.name;
  if (event.name === "customer.unsubscribed") return [MailX, "bad", what];
  if (event.name === "customer.subscribed") return [MailCheck, "ok", what];
  if (event.name.startsWith("conversation.")) return [Headset, "c-chat", what];
  if (event.name.startsWith("order.")) return [ShoppingBag, "c-exit", what];
  if (event.name.startsWith("cart.")) return [ShoppingCart, "c-time", what];
  return [User, "c-exit", what];
}

function FlowLink({ id, text }: { id: string; text: string }) {
  return (
    <Link className="rowlink" href={to(`/flows/${id}`)}>
      {text}
    </Link>
  );
}

function CartView({ cart, at }: { cart: CartEntry; at: string }) {
  const { format } = useStore();
  const isBought = Boolean(cart.completed_at || cart.recovered_at);
  return (
    <Row icon={ShoppingCart} tone="c-time" at={at} what={words.cart(format.money(cart.total, cart.currency))}>
      <Items items={cart.items} />
      <p className="marks">
        {cart.abandoned_at && <span className="badge warn">{words.abandoned(format.moment(cart.abandoned_at))}</span>}
        {cart.recovered_at && <span className="badge ok">{words.wonBack}</span>}
        {isBought && !cart.recovered_at && <span className="badge">{words.bought}</span>}
        {!cart.counts && <NotCounted />}
      </p>
    </Row>
  );
}

function OrderView({ order, at }: { order: OrderEntry; at: string }) {
  const { format } = useStore();
  const subject = order.message ?? "";
  return (
    <Row icon={ShoppingBag} tone="ok" at={at} what={words.order(order.name, format.money(order.total, order.currency))}>
      <Items items={order.items} />
      {order.credited_by && (
        <p className="why">{words.creditedTo[order.credited_by](subject)}</p>
      )}
      <p className="marks">
        <Refunded order={order} />
        {order.cancelled_at && <span className="badge bad">{words.cancelled}</span>}
        {!order.counts && <NotCounted />}
      </p>
    </Row>
  );
}

/** What was refunded is told by the platform in the store's currency: beside another one, of how much it is. */
function Refunded({ order: { currency, store_refunded, store_total } }: { order: OrderEntry }) {
  const { format, store } = useStore();
  if (!store_refunded) return null;
  const amount = format.money(store_refunded);
  const isOwn = currency === store.currency;
  return <span className="badge">{isOwn ? words.refunded(amount) : words.refundedOf(amount, format.money(store_total))}</span>;
}

function NotCounted() {
  return (
    <>
      <span className="badge">{words.notCounted}</span>
      <span className="why small">{words.notCountedWhy}</span>
    </>
  );
}

function Items({ items }: { items: Item[] }) {
  const { format } = useStore();
  const told = items.map((item) => {
    const title = item.variant_title ? `${item.title} (${item.variant_title})` : item.title;
    return words.item(format.int(item.quantity), title);
  });
  return told.length ? <p className="why">{format.list(told)}</p> : null;
}

const LOOKS: Record<string, [Icon, string]> = {
  due: [Clock, "c-time"],
  retry_wait: [Clock, "warn"],
  held: [Clock, "warn"],
  claimed: [Mail, "c-time"],
  handing_over: [Mail, "c-time"],
  skipped: [MailX, "c-exit"],
  expired: [MailX, "c-exit"],
  bounced: [MailX, "bad"],
  failed: [MailX, "bad"],
  dead: [MailX, "bad"],
  unknown: [MailQuestionMark, "warn"],
  abandoned: [MailQuestionMark, "warn"],
};
const TONES: Record<string, string> = {
  accepted: "ok", sent: "ok", delivered: "ok", read: "ok",
  bounced: "bad", failed: "bad", dead: "bad",
  unknown: "warn", abandoned: "warn", retry_wait: "warn", held: "warn", skipped: "warn", expired: "warn",
};

function MessageView({ message, at }: { message: MessageEntry; at: string }) {
  const { format } = useStore();
  const [icon, tone] = LOOKS[message.state] ?? [message.opened_at ? MailOpen : Mail, "c-email"];
  const title = message.subject ?? readable(message.step_name);
  const isOpened = message.state === "read" && Boolean(message.opened_at); // said once, with its time
  const where = message.subject ? words.message(readable(message.step_name), message.flow_name) : message.flow_name;
  return (
    <Row icon={icon} tone={tone} at={at} what={title || strings.flow.kinds.message}>
      <p className="why">
        <FlowLink id={message.flow_id} text={where} />
      </p>
      <WhyMessage message={message} />
      <p className="marks">
        {!isOpened && <span className={`badge ${TONES[message.state] ?? ""}`}>{words.states[message.state] ?? message.state}</span>}
        {message.opened_at && <span className={isOpened ? `badge ${TONES.read ?? ""}` : "badge"}>{words.opened(format.moment(message.opened_at))}</span>}
        {message.clicked_at && <span className="badge">{words.clicked(format.moment(message.clicked_at))}</span>}
        {message.unsubscribed_at && (
          <span className="badge bad">{words.unsubscribed(format.moment(message.unsubscribed_at))}</span>
        )}
        {message.orders_credited > 0 && (
          <span className="badge ok">
            <Check size={12} aria-hidden />
            {words.credited(message.orders_credited)}
          </span>
        )}
      </p>
    </Row>
  );
}

const REWARD_TONES: Record<string, string> = { credited: "ok", coded: "ok", unknown: "warn", failed: "bad" };

function RewardView({ reward, at }: { reward: RewardEntry; at: string }) {
  const { format } = useStore();
  const { state, reason } = reward;
  const why = reason ? (strings.reasons[reason] ?? reason) : reward.error;
  return (
    <Row icon={Gift} tone="c-coupon" at={at} what={words.reward(format.money(reward.amount, reward.currency))}>
      <p className="why">
        <FlowLink id={reward.flow_id} text={reward.flow_name} />
      </p>
      {state === "unknown" && <p className="why strong">{words.rewardUnsure}</p>}
      {why && state !== "unknown" && <p className="why strong">{why}</p>}
      <p className="marks">
        <span className={`badge ${REWARD_TONES[state] ?? ""}`}>{words.rewardStates[state] ?? state}</span>
        {reward.code && <span className="badge">{reward.code}</span>}
        {reward.expires_at && <span className="badge">{words.until(format.moment(reward.expires_at))}</span>}
      </p>
    </Row>
  );
}

/** Why a message went out that was to offer a code, and offered none. */
const WITHOUT_CODE = new Set([
  "code_unavailable", "code_recent", "cart_has_code", "below_minimum", "sale_items", "code_budget",
]);

function WhyMessage({ message }: { message: MessageEntry }) {
  const { format } = useStore();
  const reason = message.reason ? (strings.reasons[message.reason] ?? message.reason) : (message.meaning ?? message.detail);
  const isPutOff = message.state === "due" && message.not_before > message.due_at;
  const isUnsure = message.state === "unknown" || message.state === "abandoned";
  const isSent = Boolean(message.sent_at);
  const cameToNothing = !isSent || message.state === "bounced" || message.state === "failed";
  return (
    <>
      {reason && isPutOff && <p className="why strong">{words.putOff(format.moment(message.not_before), reason)}</p>}
      {reason && !isPutOff && !isUnsure && cameToNothing && <p className="why strong">{reason}</p>}
      {isUnsure && <p className="why strong">{words.unsure}</p>}
      {isSent && reason && WITHOUT_CODE.has(message.reason ?? "") && (
        <p className="why strong">{words.withoutCode(reason)}</p>
      )}
      {message.passed_over.map(({ channel, reason: why }) => (
        <p key={channel} className="why">
          {words.passedOver(strings.channels[channel] ?? channel, strings.reasons[why] ?? why)}
        </p>
      ))}
      {message.meaning && !isUnsure && cameToNothing && <p className="sub small">{message.detail}</p>}
    </>
  );
}
