// What the navigation leads to.
import { strings } from "./strings";

/** Each place below the panel's own address, and its name. */
export const PLACES = [
  ["", strings.nav.dashboard],
  ["/flows", strings.nav.flows],
  ["/campaigns", strings.nav.campaigns],
  ["/inbox", strings.nav.inbox],
  ["/segments", strings.nav.segments],
  ["/customers", strings.nav.customers],
  ["/settings", strings.nav.settings],
] as const;
