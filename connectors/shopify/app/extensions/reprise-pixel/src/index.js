// The web pixel: tells the app which products and categories a shopper looks at, what goes into
// the cart and that a checkout began. It knows a browser by Shopify's client id and nobody by
// name: who a shopper is, the app learns from Shopify's webhooks and its own signed links only.

import { register } from "@shopify/web-pixels-extension";

const LINK = "rp"; // the parameter by which a link in a message says who followed it
const MOST_PRODUCTS = 10;

register(({ analytics, browser, init, settings, customerPrivacy }) => {
  const door = `${settings.endpoint}/${settings.accountID}`;
  let consent = consentOf(init.customerPrivacy);
  let cart = tokenOf(init.data?.cart?.id);
  let visitor = "";

  customerPrivacy.subscribe("visitorConsentCollected", ({ customerPrivacy: said }) => {
    const before = isGiven(consent);
    consent = consentOf(said);
    if (before && !isGiven(consent) && visitor) send({}); // what was kept is to be forgotten
  });

  analytics.subscribe("page_viewed", (event) => {
    if (linkOf(event)) tell(event);
  });
  analytics.subscribe("product_viewed", (event) =>
    tell(event, { name: "product.viewed", ...variant(event.data.productVariant) }),
  );
  // A theme's own: Shopify.analytics.publish("reprise:product_wanted", { product_id, variant_id }).
  analytics.subscribe("reprise:product_wanted", (event) => tell(event, wanted(event.customData)));
  analytics.subscribe("collection_viewed", (event) => tell(event, category(event.data.collection)));
  analytics.subscribe("product_added_to_cart", (event) =>
    tell(event, line("product.added_to_cart", event.data.cartLine)),
  );
  analytics.subscribe("product_removed_from_cart", (event) =>
    tell(event, line("product.removed_from_cart", event.data.cartLine)),
  );
  analytics.subscribe("cart_viewed", (event) => {
    cart = tokenOf(event.data.cart?.id) || cart;
    if (cart) tell(event);
  });
  analytics.subscribe("checkout_started", (event) =>
    tell(event, { name: "checkout.started" }, tokenOf(event.data.checkout?.token)),
  );

  // Pages end without a word: each event goes at once, and outlives its page.
  async function tell(event, what, checkout) {
    visitor = event.clientId || visitor;
    if (!visitor || !isGiven(consent)) return;
    const at = Date.parse(event.timestamp) || Date.now();
    cart = tokenOf(await browser.cookie.get("cart")) || cart;
    const events = what ? [{ id: event.id, at, ...what }] : [];
    send(clean({ events, cart, checkout, link: linkOf(event) }));
  }

  function send({ events = [], ...named }) {
    const told = { visitor, consent, sent_at: Date.now(), events, ...named };
    // A string goes as text/plain, which asks no permission of the app first.
    fetch(door, { method: "POST", body: JSON.stringify(told), keepalive: true }).catch(() => {
      // The shopper's page goes on whether or not the app hears of it.
    });
  }
});

function consentOf(said) {
  return {
    analytics: said?.analyticsProcessingAllowed === true,
    marketing: said?.marketingAllowed === true,
  };
}

function isGiven(consent) {
  return consent.analytics && consent.marketing;
}

function variant(one) {
  return clean({ product_id: idOf(one?.product?.id), variant_id: idOf(one?.id) });
}

function wanted(told) {
  const { product_id: product, variant_id: one } = told ?? {};
  return clean({ name: "product.wanted", product_id: idOf(product), variant_id: idOf(one) });
}

function line(name, one) {
  const quantity = Math.min(Math.max(Math.round(Number(one?.quantity)) || 1, 1), 999);
  return { name, ...variant(one?.merchandise), quantity };
}

function category(collection) {
  const ids = (collection?.productVariants ?? []).map((one) => idOf(one?.product?.id));
  const products = [...new Set(ids.filter(Boolean))].slice(0, MOST_PRODUCTS);
  // The door takes no control characters.
  const title = String(collection?.title ?? "").replace(/[\u0000-\u001f\u007f]/g, " ");
  const named = { category: title.slice(0, 100), category_id: idOf(collection?.id) };
  return clean({ name: "category.viewed", ...named, product_ids: products });
}

// "gid://shopify/Product/12" and "12" are the same product.
function idOf(id) {
  return id === null || id === undefined ? "" : String(id).split("/").pop();
}

// "gid://shopify/Cart/hWNB?key=1" and "hWNB?key=1" are the cart that webhooks call hWNB.
function tokenOf(id) {
  const token = idOf(id && decodeURIComponent(id)).split("?")[0];
  return /^[\w.:~-]{8,128}$/.test(token) ? token : "";
}

function linkOf(event) {
  const href = event.context?.document?.location?.href;
  const found = href && new URLSearchParams(href.split("#")[0].split("?")[1]).get(LINK);
  return found && /^[\w-]{8,512}$/.test(found) ? found : "";
}

function clean(fields) {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value));
}
