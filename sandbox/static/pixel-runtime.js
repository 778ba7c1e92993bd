// Stands in for Shopify's web-pixel runtime: it gives the app's extension, whose source runs
// unchanged, what the real one gives it, and tells it what happens on this page.

const page = JSON.parse(document.getElementById("pixel").textContent);
const CONSENT = "front_consent";
const listeners = { analytics: {}, privacy: {} };
let seq = 0;
let started = false;

export function register(start) {
  const begin = () => {
    // As in a real store, a pixel is loaded only for those who agreed.
    if (started || !allowed()) return;
    started = true;
    start(api());
    for (const event of page.events) publish(event);
  };
  begin();
  onChoice((isAllowed) => {
    begin();
    const event = { customerPrivacy: privacy(isAllowed) };
    for (const listener of listeners.privacy.visitorConsentCollected ?? []) listener(event);
  });
}

function api() {
  return {
    analytics: { subscribe: (name, listener) => listen("analytics", name, listener) },
    customerPrivacy: { subscribe: (name, listener) => listen("privacy", name, listener) },
    browser: {
      cookie: { get: async (name) => cookie(name), set: async () => "" },
      localStorage: storage(localStorage),
      sessionStorage: storage(sessionStorage),
      sendBeacon: async (url, body) => navigator.sendBeacon(url, body),
    },
    init: {
      data: { cart: page.cart, customer: null, shop: { myshopifyDomain: page.shop } },
      context: context(),
      customerPrivacy: privacy(allowed()),
    },
    settings: page.settings,
  };
}

function listen(kind, name, listener) {
  (listeners[kind][name] ??= []).push(listener);
}

function publish({ id, name, data }) {
  const event = {
    id: id ?? `sh-${crypto.randomUUID()}`,
    name,
    clientId: clientId(),
    seq: seq++,
    timestamp: new Date().toISOString(),
    type: "standard",
    context: context(),
    // What a theme publishes by a name of its own has its data elsewhere.
    ...(name.includes(":") ? { type: "custom", customData: data } : { data }),
  };
  for (const listener of listeners.analytics[name] ?? []) listener(event);
}

function context() {
  const { href, host, pathname, search } = location;
  return {
    document: { location: { href, host, pathname, search }, referrer: document.referrer },
    navigator: { language: navigator.language },
    window: {},
  };
}

// One name a browser and shop, as the cookie `_shopify_y` is.
function clientId() {
  const name = `client_id ${page.shop}`;
  const known = localStorage.getItem(name) ?? crypto.randomUUID();
  localStorage.setItem(name, known);
  return known;
}

function allowed() {
  return localStorage.getItem(CONSENT) !== "no";
}

function privacy(isAllowed) {
  return {
    analyticsProcessingAllowed: isAllowed,
    marketingAllowed: isAllowed,
    preferencesProcessingAllowed: isAllowed,
    saleOfDataAllowed: isAllowed,
  };
}

function onChoice(told) {
  const box = document.getElementById("privacy-choice");
  if (!box) return;
  box.checked = allowed();
  box.addEventListener("change", () => {
    localStorage.setItem(CONSENT, box.checked ? "yes" : "no");
    told(box.checked);
  });
}

function cookie(name) {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? found.slice(name.length + 1) : "";
}

function storage(of) {
  return { getItem: async (name) => of.getItem(name), setItem: async (name, value) => of.setItem(name, value) };
}
