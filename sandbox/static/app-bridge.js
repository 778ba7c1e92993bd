// A stand-in for App Bridge: what the app's page needs from Shopify's script, in the sandbox's frame.
// Tokens come from the parent page by postMessage; both sides check whom they talk to.
(() => {
  "use strict";
  const script = document.currentScript;
  const admin = new URL(script.src).origin;
  const query = new URLSearchParams(location.search);
  const framed = window.parent !== window;
  const nativeFetch = window.fetch.bind(window);
  const waiting = new Map();
  let asked = 0;

  const tell = (message) => {
    if (framed) window.parent.postMessage({ bridge: "app", ...message }, admin);
  };

  window.addEventListener("message", (event) => {
    if (event.origin !== admin || event.source !== window.parent) return;
    const message = event.data || {};
    if (message.bridge !== "admin") return;
    if (message.kind === "token") {
      const answer = waiting.get(message.id);
      waiting.delete(message.id);
      if (answer) message.token ? answer.resolve(message.token) : answer.reject(new Error(message.error));
    }
    if (message.kind === "go") follow(message.href);
    if (message.kind === "press") press(message.button);
    if (message.kind === "hello") {
      tellNav();
      tellBar();
    }
  });

  function idToken() {
    if (!framed) return Promise.reject(new Error("the app is not in the store admin's frame"));
    return new Promise((resolve, reject) => {
      const id = ++asked;
      waiting.set(id, { resolve, reject });
      tell({ kind: "token", id });
      // A page out of the cache may ask before the admin's script listens: ask until answered.
      const again = setInterval(() => {
        if (waiting.has(id)) tell({ kind: "token", id });
        else clearInterval(again);
      }, 300);
    });
  }

  // fetch() to the app's own origin carries the ID token; a refused one is renewed once.
  async function bridgedFetch(input, init) {
    const request = new Request(input, init);
    const own = new URL(request.url).origin === location.origin;
    if (!own || request.headers.has("Authorization")) return nativeFetch(request);
    const again = request.clone();
    const first = await nativeFetch(await withToken(request));
    const reauthorize = first.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
    if (reauthorize) {
      tell({ kind: "open", url: new URL(reauthorize, location.href).href });
      return first;
    }
    const retry = first.status === 401 && first.headers.get("X-Shopify-Retry-Invalid-Session-Request");
    return retry ? nativeFetch(await withToken(again)) : first;
  }

  async function withToken(request) {
    const headers = new Headers(request.headers);
    headers.set("Authorization", `Bearer ${await idToken()}`);
    headers.set("X-Requested-With", "XMLHttpRequest");
    return new Request(request, { headers });
  }

  // The bounce page: come back to where we wanted to go, with a fresh token.
  async function bounce(target) {
    const url = new URL(target, location.href);
    if (url.origin !== location.origin) return;
    url.searchParams.set("id_token", await idToken());
    location.replace(url);
  }

  // <s-app-nav> and <ui-nav-menu>: their links are drawn by the admin, under the app's name.
  function links() {
    return [...document.querySelectorAll("s-app-nav a, s-app-nav s-link, ui-nav-menu a")];
  }

  function tellNav() {
    const items = links()
      .filter((a) => a.getAttribute("rel") !== "home")
      .map((a) => ({ label: a.textContent.trim(), href: a.getAttribute("href") }));
    tell({ kind: "nav", items, path: location.pathname + location.search });
  }

  function follow(href) {
    const link = links().find((a) => a.getAttribute("href") === href);
    if (link) link.click();
  }

  // <ui-save-bar>: the admin draws its buttons above the app; a click there is one on the app's own button.
  let shown = "";
  const barButtons = () => [...((shown && document.getElementById(shown)) || document.createElement("i")).querySelectorAll("button")];
  const barWatcher = new MutationObserver(() => tellBar());

  function tellBar() {
    const buttons = barButtons().map((button) => ({
      label: button.textContent.trim(),
      isPrimary: button.getAttribute("variant") === "primary",
      isBusy: button.disabled || button.hasAttribute("loading"),
    }));
    tell({ kind: "saveBar", buttons });
  }

  function press(place) {
    const button = barButtons()[place];
    if (button) button.click();
  }

  async function showBar(id) {
    const bar = document.getElementById(id);
    if (!bar || bar.localName !== "ui-save-bar") throw new Error(`there is no <ui-save-bar id="${id}">`);
    shown = id;
    barWatcher.disconnect();
    barWatcher.observe(bar, { attributes: true, childList: true, subtree: true });
    tellBar();
  }

  async function hideBar(id) {
    if (id !== shown) return;
    shown = "";
    barWatcher.disconnect();
    tellBar();
  }

  function watch() {
    const style = document.createElement("style");
    style.textContent = "s-app-nav, ui-nav-menu, ui-save-bar { display: none }";
    document.head.append(style);
    let planned = 0;
    const soon = () => {
      cancelAnimationFrame(planned);
      planned = requestAnimationFrame(tellNav);
    };
    const isNav = (node) => node.closest && node.closest("s-app-nav, ui-nav-menu");
    new MutationObserver((changes) => {
      const touched = changes.some(
        (c) => isNav(c.target) || [...c.addedNodes].some((n) => n.querySelector && (isNav(n) || n.querySelector("s-app-nav, ui-nav-menu"))),
      );
      if (touched) soon();
    }).observe(document.documentElement, { childList: true, subtree: true });
    for (const name of ["pushState", "replaceState"]) {
      const before = history[name].bind(history);
      history[name] = (...args) => {
        before(...args);
        soon();
      };
    }
    window.addEventListener("popstate", soon);
    tellNav();
  }

  const meta = document.querySelector('meta[name="shopify-api-key"]');
  let toasts = 0;
  window.shopify = {
    config: {
      apiKey: script.dataset.apiKey || (meta && meta.content) || "",
      shop: query.get("shop") || "",
      host: query.get("host") || "",
      locale: query.get("locale") || "en",
    },
    environment: { embedded: framed, mobile: false, pos: false },
    ready: Promise.resolve(),
    idToken,
    loading: (on) => tell({ kind: "loading", on: Boolean(on) }),
    toast: {
      show: (text, options = {}) => {
        tell({ kind: "toast", text: String(text), isError: Boolean(options.isError) });
        return String(++toasts);
      },
      hide: () => tell({ kind: "toast", text: "" }),
    },
    saveBar: { show: showBar, hide: hideBar },
  };
  window.fetch = bridgedFetch;

  const reload = query.get("shopify-reload");
  if (reload) bounce(reload);
  else if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", watch);
  else watch();
})();
