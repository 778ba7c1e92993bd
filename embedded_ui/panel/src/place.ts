// Addresses within the panel. The query of the app load goes along: whoever reloads needs it.
const KEPT = ["shop", "host", "embedded", "locale", "store"];

const carried = (() => {
  const given = new URLSearchParams(location.search);
  const kept = new URLSearchParams();
  for (const name of KEPT) {
    const value = given.get(name);
    if (value) kept.set(name, value);
  }
  return kept.toString();
})();

/** Give the address of a page, such as `to("/flows")`. */
export function to(path: string): string {
  const address = `/panel${path}`;
  if (!carried) return address;
  return `${address}${address.includes("?") ? "&" : "?"}${carried}`;
}
