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

/** Say whether an address of the panel lies at a place, or below it. */
export function isAt(here: string, path: string): boolean {
  const own = here.replace(/^\/(panel|shopify)/, "");
  return path ? own.startsWith(path) : own === "" || own === "/";
}

/** Name the place that an address lies at or below. */
export const headingAt = (here: string): string | undefined => PLACES.find(([path]) => isAt(here, path))?.[1];
