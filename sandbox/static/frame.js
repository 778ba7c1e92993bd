// The admin's side of the frame: hands out session tokens, draws the app's links, toasts and save bar.
(() => {
  "use strict";
  const frame = document.getElementById("app-frame");
  const app = new URL(frame.dataset.app).origin;
  const shop = frame.dataset.shop;
  const nav = document.getElementById("app-links");
  const toast = document.getElementById("toast");
  const bar = document.getElementById("loading");
  const saveBar = document.getElementById("save-bar");
  const LOAD = ["embedded", "hmac", "host", "id_token", "locale", "session", "shop", "timestamp"];
  let fading = 0;

  const tell = (message) => frame.contentWindow.postMessage({ bridge: "admin", ...message }, app);

  window.addEventListener("message", (event) => {
    if (event.origin !== app || event.source !== frame.contentWindow) return;
    const message = event.data || {};
    const answer = message.bridge === "app" && answers[message.kind];
    if (answer) answer(message);
  });

  const answers = {
    async token({ id }) {
      try {
        const said = await fetch(`/api/session-token?shop=${encodeURIComponent(shop)}`);
        tell({ kind: "token", id, token: (await said.json()).token });
      } catch (problem) {
        tell({ kind: "token", id, error: String(problem) });
      }
    },
    nav({ items, path }) {
      nav.replaceChildren(...items.map((item) => link(item, path)));
      remember(path);
    },
    toast({ text, isError }) {
      clearTimeout(fading);
      toast.textContent = text;
      toast.classList.toggle("is-error", Boolean(isError));
      toast.hidden = !text;
      fading = setTimeout(() => (toast.hidden = true), 5000);
    },
    saveBar({ buttons }) {
      saveBar.hidden = !buttons.length;
      const words = document.createElement("b");
      words.textContent = "Unsaved changes";
      saveBar.replaceChildren(words, ...buttons.map(barButton).reverse());
    },
    loading({ on }) {
      bar.hidden = !on;
    },
    open({ url }) {
      const wanted = new URL(url);
      if (wanted.origin === app || wanted.origin === location.origin) location.assign(wanted);
    },
  };

  // A reload of the admin comes back to the same page of the app.
  function remember(path) {
    const place = new URL(path, app);
    for (const name of LOAD) place.searchParams.delete(name);
    if (place.pathname.startsWith("/panel")) {
      history.replaceState(null, "", frame.dataset.place + place.pathname.slice("/panel".length) + place.search);
    }
  }

  // An app that was faster than this script told its links to nobody.
  tell({ kind: "hello" });

  function barButton({ label, isPrimary, isBusy }, place) {
    const button = document.createElement("button");
    button.textContent = label;
    button.classList.toggle("is-primary", isPrimary);
    button.disabled = isBusy;
    button.addEventListener("click", () => tell({ kind: "press", button: place }));
    return button;
  }

  const mayLeave = () => saveBar.hidden || window.confirm("Leave the page with unsaved changes?");

  function link(item, path) {
    const a = document.createElement("a");
    a.textContent = item.label;
    a.href = "#";
    if (path.split("?")[0] === item.href.split("?")[0]) a.setAttribute("aria-current", "page");
    a.addEventListener("click", (event) => {
      event.preventDefault();
      if (mayLeave()) tell({ kind: "go", href: item.href });
    });
    return a;
  }
})();
