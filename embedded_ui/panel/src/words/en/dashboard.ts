// What the dashboard says.
import { n } from "./plural";

export const dashboard = {
  title: "Dashboard",
  keyResults: "Key results",
  metrics: {
    attributed_revenue: "Attributed revenue",
    cart_recovery_rate: "Cart recovery rate",
    customer_lifetime_value: "Customer lifetime value",
    repeat_purchase_rate: "Repeat purchase rate",
    revenue_per_recipient: "Revenue per recipient",
  } as Record<string, string>,
  up: "up",
  down: "down",
  noChange: "Nothing before",
  points: (value: string) => `${value} pts`,
  notYet: "Not enough yet",
  about: (label: string) => `What ${label.toLowerCase()} means`,
  credited: (click: string, open: string) =>
    click === open
      ? `Orders within ${click} of a click or an open`
      : `Orders within ${click} of a click, else ${open} of an open`,
  days: (count: number) => `${count} ${n(count, "day", "days")}`,
  chart: (total: string, before: string) =>
    `Attributed revenue by day. ${total} in this period, ${before} in the one before. Use the left and right arrow keys to read each day.`,
  chartDay: (day: string, now: string, before: string) => `${day}: ${now}, the period before: ${before}`,
  thisPeriod: "This period",
  before: "Period before",
  asTable: "View as table",
  hideTable: "Hide table",
  date: "Date",
  zone: (zone: string) => `Days in ${zone.replaceAll("_", " ")} time`,
  noRevenueTitle: "No revenue to show yet",
  noRevenue: "An order appears here once a message earned it: someone clicked it, or opened it, and then bought.",
  notWritten: "Carts not written to",
  notWrittenNone: "Nobody was left out for want of consent in this period.",
  noneAbandoned: "No cart was abandoned in this period.",
  ofAbandoned: (carts: string, abandoned: string) => `${carts} of ${abandoned} abandoned carts`,
  whoGets: "Who gets reminders",
  refusals: {
    no_consent: "Did not agree to marketing",
    unsubscribed: "Unsubscribed",
    suppressed: "Address is blocked",
    carrier_stop: "Stopped texts by STOP",
  } as Record<string, string>,
  cartsAndValue: (carts: string, value: string) => `${carts} · ${value}`,
  flows: "Flows that earn the most",
  allFlows: "All flows",
  setup: "Set up",
  setupDone: (done: number, all: number) => `${done} of ${all} done`,
  done: "done",
  tasks: {
    store_connected: "Store connected",
    history_imported: "Past orders imported",
    sender_named: "Sender named",
    cart_recovery_live: "Cart recovery turned on",
  } as Record<string, string>,
  /** As long as it is not done. */
  toDo: {
    store_connected: "Connect the store",
    history_imported: "Import past orders",
    sender_named: "Name the sender",
    cart_recovery_live: "Turn on cart recovery",
  } as Record<string, string>,
  taskActions: { sender_named: "Name it", cart_recovery_live: "Turn on" } as Record<string, string>,
  importTitle: "Copying your store’s history",
  importSub: "Figures appear as they come. You can leave this page.",
  importStoppedTitle: "Your store’s history is not complete",
  importStopped: "Part of it could not be copied.",
  importNouns: { cart: "Checkouts left lately", customer: "Customers", product: "Products", order: "Orders" } as Record<string, string>,
  importDone: (done: string, total: string) => `${done} of ${total}`,
  importWaiting: "Waiting",
  importFailed: "Failed",
  importWhatFailed: (nouns: string[]) =>
    `Your store did not let us read all of this: ${nouns.join(", ")}. What came so far is kept, and the figures leave out the rest.`,
  importAgain: "Go on copying",
  importAsk: "A publisher of your team can have it go on.",
  turnOnTitle: "Turn on cart recovery",
  turnOn:
    "Three messages win back the carts people leave: a reminder after an hour, an answer to the usual doubt after twelve, and a code of their own after a day. See them before anything goes out.",
  create: "Create flow",
  turnOnAction: "See the flow",
  problemsTitle: "Needs you",
  problems: {
    unknown_messages: (count: number, written: string) =>
      `${written} ${n(count, "message", "messages")} may or may not have gone out. Reprise does not send ${n(count, "it", "them")} again, and keeps asking.`,
    dead_messages: (count: number, written: string) =>
      `${written} ${n(count, "message", "messages")} could not be prepared, again and again, and ${n(count, "was", "were")} put aside.`,
    held_messages: (count: number, written: string) =>
      `${written} ${n(count, "message is", "messages are")} held back: sending is paused. ${n(count, "It goes", "They go")} out once it works again.`,
    failed_messages: (count: number, written: string) =>
      `${written} ${n(count, "message was", "messages were")} refused by the mail server.`,
    stuck_customers: (count: number, written: string) =>
      `${written} ${n(count, "customer is", "customers are")} stuck in a flow.`,
    failed_codes: (count: number, written: string) =>
      `${written} discount ${n(count, "code", "codes")} could not be created in your store.`,
    unknown_rewards: (count: number, written: string) =>
      `${written} ${n(count, "store credit", "store credits")} may or may not have been given. Reprise does not give ${n(count, "it", "them")} twice: see the customer’s account in your store.`,
    failed_rewards: (count: number, written: string) =>
      `${written} ${n(count, "store credit", "store credits")} could not be given. The customer’s timeline says why.`,
    dead_webhooks: (count: number, written: string) =>
      `${written} ${n(count, "webhook is", "webhooks are")} no longer called: the other program failed again and again. Once it works, publish the flow again; for your team’s alarms, save Settings, Conversations, again.`,
    low_code_pools: (count: number, written: string) =>
      `${written} ${n(count, "supply", "supplies")} of discount codes ${n(count, "runs", "run")} low: your store takes no new ones. Messages go on, each with a code made for it alone, as long as that works.`,
    code_budget: (count: number, written: string) =>
      count < 100
        ? `${written}% of this month’s budget for discount codes is used. After that, messages go out without a code.`
        : "This month’s budget for discount codes is used up: messages go out without a code.",
    held_campaigns: (count: number, written: string) =>
      `${written} ${n(count, "campaign waits", "campaigns wait")} for your word: ${n(count, "it", "they")} could not be sent in time.`,
    failed_imports: () => "Part of your store’s history could not be copied.",
    dead_callbacks: (count: number, written: string) =>
      `${written} ${n(count, "notice", "notices")} of a message provider (deliveries, answers of customers) could not be read. Nothing of ${n(count, "it", "them")} is lost.`,
    failed_consent_writes: (count: number, written: string) =>
      `${written} ${n(count, "unsubscribe", "unsubscribes")} could not be written back to your store yet. Nobody is written to against their word.`,
  } as Record<string, (count: number, written: string) => string>,
  problemsWhen: "In the last 7 days",
};
