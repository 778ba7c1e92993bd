// What the dashboard says of days, bands, channels, messages, what to test and what to do.
import { n } from "./plural";

export const results = {
  custom: "Custom",
  from: "From",
  to: "To",
  show: "Show",
  shareOf: (share: string) => `${share} of your store’s revenue`,
  definitions: {
    attributed_revenue:
      "Orders credited to a message, with their tax and shipping, less refunds. An order is credited to the last message its customer clicked in the days before it, otherwise to the last one opened.",
    cart_recovery_rate:
      "Abandoned carts that were bought after a message earned the order, of all abandoned carts, including those nobody was written to about.",
    customer_lifetime_value:
      "What your customers with an order have spent so far, less refunds, on average. A look back, not a forecast.",
    repeat_purchase_rate: "Customers with two or more orders, of all with at least one.",
    revenue_per_recipient: "Attributed revenue for each message that was sent.",
  } as Record<string, string>,
  sources: {
    seed: "The usual range is the one that guides to e-commerce follow-ups name.",
    klaviyo_2023:
      "The usual figure is from Klaviyo’s benchmark report over what its customers sent in 2023, in US dollars, for your own mix of flows and campaigns.",
  } as Record<string, string>,
  messageSource: "Usual is the average of all flows in Klaviyo’s benchmark report over 2023.",
  defined: (meaning: string, source: string) => `${meaning} ${source}`,
  bands: {
    below: (usual: string) => `Below usual: ${usual}`,
    within: (usual: string) => `As usual: ${usual}`,
    above: (usual: string) => `Above usual: ${usual}`,
    top: (usual: string) => `Among the best; usual: ${usual}`,
    none: (usual: string) => `Usual: ${usual}`,
  } as Record<string, (usual: string) => string>,
  tooFewYet: (usual: string, seen: string, needed: string) => `Usual: ${usual}. Too few yet to compare: ${seen} of ${needed}`,
  needs: {
    cart_recovery_rate: (needed: string) => `It is held against the usual from ${needed} abandoned carts on.`,
    repeat_purchase_rate: (needed: string) => `It is held against the usual from ${needed} customers with an order on.`,
    revenue_per_recipient: (needed: string) => `It is held against the usual from ${needed} messages on.`,
  } as Record<string, (needed: string) => string>,
  range: (low: string, high: string) => `${low} to ${high}`,
  channelsTitle: "By channel",
  messagesTitle: "By message",
  columns: {
    channel: "Channel",
    message: "Message",
    sent: "Sent",
    opened: "Opened",
    clicked: "Clicked",
    orders: "Orders",
    revenue: "Revenue",
    cost: "Cost",
  },
  free: (count: number, written: string) => `${written} ${n(count, "message", "messages")} free of charge`,
  unknownCost: "Not told",
  unknownCostWhy: "Say in the settings what messages cost you, and it stands here.",
  noMessages: "Nothing was sent in these days.",
  codeCosts: (cost: string) =>
    `Discount codes given in these days and used took off up to ${cost}.`,
  tooFew: (count: number) => `Rates are shown from ${count} messages on.`,
  belowMark: "below usual",
  aspects: { open: "opened", click: "clicked", order: "led to an order" } as Record<string, string>,
  worthTitle: "Worth an A/B test",
  worth: {
    open: (message: string, rate: string, usual: string) =>
      `“${message}” is opened by ${rate}; ${usual} is usual. Try another subject line.`,
    click: (message: string, rate: string, usual: string) =>
      `“${message}” is clicked by ${rate}; ${usual} is usual. Try one clear button, and say sooner what it is about.`,
    order: (message: string, rate: string, usual: string) =>
      `“${message}” leads ${rate} to an order; ${usual} is usual. Try another offer, or answer a doubt.`,
  } as Record<string, (message: string, rate: string, usual: string) => string>,
  worthHow: (flow: string) =>
    `A copy of it becomes variant B in the draft of “${flow}”. Nothing changes until you publish.`,
  begin: "Start the A/B test",
  beginning: "Preparing",
  begun: "The test is in the draft: change variant B, then publish",
  actions: {
    retry: "Try again",
    flows: "See the flows",
    settings: "See the settings",
    customers: "See the customers",
    campaigns: "See the campaigns",
  },
  retried: (count: number, written: string) => `${written} ${n(count, "is", "are")} tried again`,
};
export type ResultWords = typeof results;
