// Which page is at which address; `embedded_ui/pages.py` has the same, for what is there before the scripts.
import { lazy } from "react";
import { strings } from "./strings";

const Dashboard = lazy(() => import("./pages/Dashboard"));

export const PAGES = [
  ["/shopify", Dashboard],
  ["/panel", Dashboard],
  ["/panel/flows", lazy(() => import("./pages/Flows"))],
  ["/panel/flows/new", lazy(() => import("./pages/NewFlow"))],
  ["/panel/flows/:id", lazy(() => import("./pages/FlowPage"))],
  ["/panel/campaigns", lazy(() => import("./pages/Campaigns"))],
  ["/panel/campaigns/:id", lazy(() => import("./pages/CampaignPage"))],
  ["/panel/segments", lazy(() => import("./pages/Segments"))],
  ["/panel/segments/:id", lazy(() => import("./pages/SegmentPage"))],
  ["/panel/flows/:id/messages/:step", lazy(() => import("./pages/MessagePage"))],
  ["/panel/campaigns/:id/message", lazy(() => import("./pages/CampaignMessagePage"))],
  ["/panel/customers", lazy(() => import("./pages/Customers"))],
  ["/panel/customers/:id", lazy(() => import("./pages/CustomerPage"))],
  ["/panel/set-up", lazy(() => import("./pages/SetUpPage"))],
  ["/panel/settings", lazy(() => import("./pages/Settings"))],
  ["/panel/settings/team", lazy(() => import("./pages/TeamPage"))],
  ["/panel/settings/data", lazy(() => import("./pages/DataPage"))],
] as const;

/** What the navigation leads to. */
export const PLACES = [
  ["", strings.nav.dashboard],
  ["/flows", strings.nav.flows],
  ["/campaigns", strings.nav.campaigns],
  ["/segments", strings.nav.segments],
  ["/customers", strings.nav.customers],
  ["/settings", strings.nav.settings],
] as const;
