// Which page is at which address; `embedded_ui/pages.py` has the same, for what is there before the scripts.
import { type ComponentType, lazy } from "react";

/** `begin` asks for what the page shows first, so that it is there when the page is drawn. */
type Load = () => Promise<{ default: ComponentType; begin?: () => void }>;

const dashboard = () => import("./pages/Dashboard");
const LOADS: [string, Load][] = [
  ["/shopify", dashboard],
  ["/panel", dashboard],
  ["/panel/flows", () => import("./pages/Flows")],
  ["/panel/flows/new", () => import("./pages/NewFlow")],
  ["/panel/flows/:id", () => import("./pages/FlowPage")],
  ["/panel/campaigns", () => import("./pages/Campaigns")],
  ["/panel/campaigns/:id", () => import("./pages/CampaignPage")],
  ["/panel/segments", () => import("./pages/Segments")],
  ["/panel/segments/:id", () => import("./pages/SegmentPage")],
  ["/panel/flows/:id/messages/:step", () => import("./pages/MessagePage")],
  ["/panel/campaigns/:id/message", () => import("./pages/CampaignMessagePage")],
  ["/panel/inbox/:id?", () => import("./pages/Inbox")],
  ["/panel/customers", () => import("./pages/Customers")],
  ["/panel/customers/:id", () => import("./pages/CustomerPage")],
  ["/panel/set-up", () => import("./pages/SetUpPage")],
  ["/panel/settings", () => import("./pages/Settings")],
  ["/panel/settings/form", () => import("./pages/FormPage")],
  ["/panel/settings/channels", () => import("./pages/ChannelsPage")],
  ["/panel/settings/conversations", () => import("./pages/HandOverPage")],
  ["/panel/settings/team", () => import("./pages/TeamPage")],
  ["/panel/settings/data", () => import("./pages/DataPage")],
];

const isHere = ([path]: [string, Load]) => new RegExp(`^${path.replace(/\/:\w+\?/g, "(/[^/]+)?").replace(/:\w+/g, "[^/]+")}/?$`).test(location.pathname);
const first = LOADS.find(isHere)?.[1];
let begun: ComponentType | undefined;

/** Resolves once the page at this address may be drawn at once; one that fails tells so when it is drawn. */
export const firstPage: Promise<void> = Promise.resolve(first?.()).then(
  (page) => {
    begun = page?.default;
    page?.begin?.();
  },
  () => undefined,
);

const LAZY = new Map([...new Set(LOADS.map(([, load]) => load))].map((load) => [load, lazy(load)]));

/** Give each address and its page, once the first one is there. */
export const pages = (): (readonly [string, ComponentType])[] =>
  LOADS.map(([path, load]) => [path, load === first && begun ? begun : LAZY.get(load)!] as const);
