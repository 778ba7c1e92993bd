// Every word the panel says, in English. Another language is a second object of the same type.
import { dashboard } from "./dashboard";
import { flow } from "./flow";
import { flows } from "./flows";
import { keys } from "./keys";
import { people } from "./people";
import { nth } from "./plural";

export const en = {
  app: "Reprise",
  skip: "Skip to content",
  nav: {
    label: "Main",
    dashboard: "Dashboard",
    flows: "Flows",
    campaigns: "Campaigns",
    inbox: "Inbox",
    inboxUnread: (count: string) => `Inbox (${count})`,
    segments: "Segments",
    customers: "Customers",
    settings: "Settings",
  },
  days: (count: number) => `${count} days`,
  lastDays: (count: number) => `Last ${count} days`,
  period: "Period",
  retry: "Try again",
  reload: "Reload this page",
  loading: "Loading",
  none: "–",
  error: {
    unreached: "Your connection is gone, so this could not be loaded.",
    offline: "Your connection is gone. What you see may be old.",
    unsent: "Your connection is gone, so this may not have got through. Try again.",
    request: (name: string) => `Request ${name}`,
    failed: "This could not be loaded. Try again.",
    undone: "This did not work, and the reason is on our side. See whether what is shown here has changed, then try again.",
    notFound: "There is nothing at this address.",
    broken: "This page could not be shown",
    brokenText: "There may be a newer version of Reprise.",
    signedOut: "Your sign-in ran out. Reload the page to go on.",
    signedOutTyped: "Not saved, because your sign-in ran out. Try again; only if that does not help, reload the page: what you changed is lost with it.",
    sessionOver: "Your sign-in ran out. Open Reprise again from your store’s admin.",
    openAgain: "Open again",
    standaloneTitle: "Open Reprise from your store’s admin",
    standalone: "Reprise signs you in through your store, so it only works inside the store’s admin.",
    reconnectTitle: "Connect your store again",
    reconnect:
      "Reprise lost its access to your store. Nothing is sent until you connect it again; everyone in a flow keeps their place.",
    connect: "Connect",
  },
  mayNot: {
    edit: "Your role lets you look, not change. Ask a publisher of your team for another.",
    publish: "Only a publisher can change this. Ask one of your team.",
  },
  statuses: { live: "Live", draft: "Draft", paused: "Paused" } as Record<string, string>,
  channels: {
    email: "Email",
    sms: "Text message",
    whatsapp: "WhatsApp",
    messenger: "Messenger",
    instagram: "Instagram",
    webchat: "Website chat",
  } as Record<string, string>,
  nth,
  dashboard,
  flows,
  flow,
  ...people,
  keys,
};
export type Words = typeof en;
