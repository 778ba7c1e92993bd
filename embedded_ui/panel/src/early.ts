// Runs before all else has come: proves who asks, and asks for the store and the page's first answers.
// It imports nothing, so that it comes first and is small; `api.ts` hands its answers to who wants them.
type Bridge = {
  idToken(): Promise<string>;
  environment?: { embedded?: boolean };
  toast?: { show(text: string, options?: { isError?: boolean }): unknown };
  saveBar?: { show(id: string): Promise<void>; hide(id: string): Promise<void> };
};
declare global {
  interface Window {
    shopify?: Bridge;
  }
}

/** How many days figures may be of; the last choice holds for all pages while the window is open. */
export const PERIODS = [7, 30, 90];
const KEY = "reprise.days";

// A browser that blocks storage in frames throws: then the choice is of this page only.
export function keptDays(): number {
  try {
    const kept = Number(sessionStorage.getItem(KEY));
    return PERIODS.includes(kept) ? kept : 30;
  } catch {
    return 30;
  }
}

export function keepDays(days: number) {
  try {
    sessionStorage.setItem(KEY, String(days));
  } catch {
    return;
  }
}

/** True inside the store's admin, which then draws our navigation and toasts. */
export const isEmbedded = () => Boolean(window.shopify) && window.parent !== window;

/**
 * The session of a panel that signs in by itself, as in WooCommerce's admin: it lies in the page as
 * data, lives in this page's memory alone, and is traded for a new one while it is still good.
 */
const RENEW_AFTER = 8 * 60_000; // ms
type Session = { token?: string; again: string; store: string; place?: string; since: number };
const session = "document" in globalThis ? takenSession() : null;

function takenSession(): Session | null {
  const told = document.getElementById("session");
  if (!told) return null;
  told.remove();
  const own: Session = { ...JSON.parse(told.textContent ?? "{}"), since: Date.now() };
  if (own.token) {
    // The address holds what opened this page, which is used up by now. Whoever loads the page again
    // has no session, but is to be told where there is one: the store's public key says so.
    const kept = new URLSearchParams({ store: own.store, locale: document.documentElement.lang });
    history.replaceState(null, "", `/panel${own.place}?${kept}`);
  }
  return own;
}

/** Where the panel is opened anew once its session is over; null: this very page, loaded again. */
export const openAgain = () => session?.again ?? null;

/** True where there is somebody to ask who has the panel open. */
export const canSignIn = () => isOpen(session) || isEmbedded();

const isOpen = (own: Session | null): own is Session & { token: string } => Boolean(own?.token);

async function sessionToken(own: Session & { token: string }): Promise<string> {
  if (Date.now() - own.since < RENEW_AFTER) return own.token;
  const headers = { Authorization: `Bearer ${own.token}` };
  const answer = await fetch("/woocommerce/session", { method: "POST", headers });
  if (answer.ok) Object.assign(own, await answer.json(), { since: Date.now() });
  return own.token;
}

const LIVES = 50_000; // ms: the admin's token lives for a minute
let proving: Promise<string> | undefined;
let last = { token: "", at: -LIVES };

/** Give a token of this very moment; who asks at the same time gets the same one. */
export function token(): Promise<string> {
  proving ??= (isOpen(session) ? sessionToken(session) : window.shopify!.idToken())
    .then((told) => {
      last = { token: told, at: Date.now() };
      return told;
    })
    .finally(() => {
      proving = undefined;
    });
  return proving;
}

/** Give the last one while it is good, else a new one: a page that is being left has no time to wait for one. */
export const lastToken = () => (Date.now() - last.at < LIVES ? Promise.resolve(last.token) : token());

/** What a page asks for first, as it asks for it: a test holds that nothing is asked twice. */
const FIRST: [RegExp, (id: string, days: number) => string[]][] = [
  [/^\/(?:shopify|panel)\/?$/, (_, days) => [`/dashboard?days=${days}`]],
  [/^\/panel\/flows(?:\/new)?$/, (_, days) => [`/flows?days=${days}`]],
  [/^\/panel\/flows\/([^/]+)$/, (id, days) => [`/flows/${id}?days=${days}`, `/flows/${id}/draft`, `/flows?days=${days}`]],
  [/^\/panel\/flows\/([^/]+)\/messages\/[^/]+$/, (id) => [`/flows/${id}/draft`]],
  [/^\/panel\/campaigns$/, () => ["/campaigns?page=1"]],
  [/^\/panel\/campaigns\/([^/]+)(?:\/message)?$/, (id) => [`/campaigns/${id}`]],
  [/^\/panel\/segments$/, () => ["/segments?search=&page=1"]],
  [/^\/panel\/customers$/, () => ["/customers?page=1"]],
  [/^\/panel\/customers\/([^/]+)$/, (id) => [`/customers/${id}`]],
  [/^\/panel\/(?:settings|set-up)$/, () => ["/settings"]],
];
const FRESH = 30_000; // ms: what was asked for longer ago is asked for again

const begun = new Map<string, Promise<Response>>();

async function ask(path: string): Promise<Response> {
  const headers = { Authorization: `Bearer ${await token()}`, "Accept-Language": document.documentElement.lang };
  return fetch(`/panel/api${path}`, { headers });
}

function begin() {
  if (!canSignIn()) return;
  const place = location.pathname;
  const found = FIRST.find(([pattern]) => pattern.test(place));
  const id = found?.[0].exec(place)?.[1] ?? "";
  for (const path of ["/store", ...(found?.[1](id, keptDays()) ?? [])]) {
    const answer = ask(path);
    answer.catch(() => undefined); // told by whoever takes it
    begun.set(path, answer);
  }
  setTimeout(() => begun.clear(), FRESH);
}

/** Give an answer that was asked for early, once. */
export function taken(path: string): Promise<Response> | undefined {
  const answer = begun.get(path);
  begun.delete(path);
  return answer;
}

/** Have the browser read how numbers and dates are written while all else is on its way: the first of each takes it long. */
function readAhead() {
  const language = document.documentElement.lang;
  new Intl.NumberFormat(language, { style: "currency", currency: "USD" }).format(0);
  new Intl.DateTimeFormat(language, { month: "short", day: "numeric", hour: "numeric", minute: "2-digit", timeZone: "UTC" }).format(0);
}

if ("document" in globalThis) {
  // Tests of pure code have none.
  begin();
  (globalThis.requestIdleCallback ?? setTimeout)(readAhead); // what was just asked for is to go out first
}
