// What the list of flows says, and the recipes.
import { happenings, writings } from "./happenings";

export const flows = {
  title: "Flows",
  columns: {
    flow: "Flow",
    status: "Status",
    channels: "Channels",
    entered: "Entered",
    waiting: "Waiting now",
    sent: "Sent",
    orders: "Orders",
    revenue: "Revenue",
  },
  emptyTitle: "No flows yet",
  noneLive: "No flow is live yet",
  empty: "A flow writes to your customers by itself when something happens, such as a cart left behind.",
  trigger: (event: string, kind?: string | null) => `When ${writings[kind ?? ""] ?? happenings[event] ?? event}`,
  recipes: {
    title: "Ready to turn on",
    text: "Complete flows with their words. Look at one, then publish it.",
    needs: "It needs:",
    ideas: "Worth an A/B test",
    categories: {
      recovery: "Win back carts and visits",
      orders: "After an order",
      welcome: "New customers",
      loyalty: "Regulars, and those you miss",
      products: "News of your products",
    } as Record<string, string>,
  },
};
