// The chat on a store's pages: a button in the corner that opens a conversation with the store.
//
//   <div data-reprise-chat data-app="https://app.example.com" data-key="the store's key"></div>
//
// It sets no cookie. Whose conversation it is stands in the page's own localStorage, as a token
// that the app signed; lines have numbers, so that none is lost or shown twice over a reload. What
// the visitor writes is kept there, too, under a name of its own, until the app says it has it.
(function () {
  "use strict";

  var SOON = 2000, LATER = 10000, CLOSED = 20000, IDLE = 120000, FRESH = 3600000, MOST_KEPT = 20;
  var STYLE =
    ":host{all:initial}*{box-sizing:border-box;font:16px/1.45 system-ui,sans-serif}" +
    ".all{color-scheme:light dark;--paper:#fff;--ink:#1b1a18;--soft:#f1efea;--quiet:#5f5b53;--edge:#8a857b;--rim:var(--brand);color:var(--ink)}" +
    "@media(prefers-color-scheme:dark){.all{--paper:#201f1d;--ink:#f1efea;--soft:#33312d;--quiet:#c9c5bc}}" +
    // The store's colour may be as light, or as dark, as the window itself.
    "@supports(color:color-mix(in srgb,red,blue)){.all{--rim:color-mix(in srgb,var(--brand) 60%,var(--ink))}}" +
    "button,a.opens{min-height:40px;padding:6px 14px;border:1px solid var(--edge);border-radius:20px;background:var(--paper);color:var(--ink);cursor:pointer;text-decoration:none;display:inline-flex;align-items:center;text-align:start}" +
    ".main,.open{background:var(--brand);color:var(--on);border-color:var(--rim)}" +
    ":focus-visible{outline:3px solid var(--ink);outline-offset:2px;box-shadow:0 0 0 2px var(--paper)}" +
    ".open{position:fixed;inset-block-end:16px;inset-inline-end:16px;z-index:2147483000;min-height:52px;border-radius:26px;padding-inline:20px;box-shadow:0 2px 12px #0004}" +
    ".box{position:fixed;inset-block-end:16px;inset-inline-end:16px;z-index:2147483000;width:370px;height:min(600px,calc(100dvh - 32px));display:flex;flex-direction:column;background:var(--paper);border:1px solid var(--edge);border-radius:14px;box-shadow:0 6px 30px #0005;overflow:hidden}" +
    "@media(max-width:480px){.box{inset:0;width:auto;height:100dvh;border:0;border-radius:0}}" +
    "[hidden]{display:none!important}" +
    ".head{display:flex;align-items:center;gap:8px;padding:8px 8px 8px 16px;background:var(--brand);color:var(--on);border-block-end:1px solid var(--rim)}" +
    ".head h2{flex:1;margin:0;font-weight:600;overflow-wrap:anywhere}.head button{background:none;border-color:transparent;color:inherit;min-width:40px;padding:0;justify-content:center}" +
    ".head :focus-visible{outline-color:currentColor;box-shadow:none}" +
    ".log{flex:1;overflow-y:auto;padding:12px 16px;display:flex;flex-direction:column;gap:10px}" +
    ".waiting{flex:none;overflow:visible;padding:0}.waiting:empty{display:none}" +
    ".line{position:relative;max-width:88%;align-self:flex-start}.line.visitor{align-self:flex-end}" +
    ".who{font-size:12px;color:var(--quiet);margin:0 0 2px}.visitor .who{text-align:end}.said+.who{margin-block-start:6px}" +
    // Whose words these are is read out with each, and shown where it changes.
    ".bot+.bot>.who:first-child,.person+.person>.who:first-child,.visitor+.visitor>.who:first-child{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}" +
    ".said{margin:0;width:fit-content;max-width:100%;border:1px solid transparent;padding:8px 12px;border-radius:12px;background:var(--soft);white-space:pre-wrap;overflow-wrap:anywhere}" +
    ".visitor .said{margin-inline-start:auto;background:var(--brand);color:var(--on);border-color:var(--rim)}.said a{color:inherit}" +
    ".ways{display:flex;flex-wrap:wrap;gap:6px;margin-block-start:6px}" +
    ".card{margin-block-start:6px;border:1px solid var(--edge);border-radius:12px;overflow:hidden}.card img{display:block;width:100%;height:160px;object-fit:cover}.card>div{padding:8px 12px}.card p{margin:0}.card strong{font-weight:600}" +
    ".foot{padding:8px 12px;border-block-start:1px solid var(--edge);display:grid;gap:8px}.row{display:flex;gap:8px;align-items:end}" +
    "::placeholder{color:var(--quiet);opacity:1}" +
    "textarea{flex:1;min-height:44px;max-height:120px;padding:9px 12px;resize:none;border:1px solid var(--edge);border-radius:12px;background:var(--paper);color:var(--ink)}textarea:focus-visible{outline-width:2px;outline-offset:-1px;box-shadow:none}" +
    ".told{margin:0;font-size:14px;color:var(--quiet)}.told:empty{display:none}" +
    ".agent{justify-self:start;font-size:14px;min-height:32px;padding:2px 12px}";

  function make(name, given, children) {
    var made = document.createElement(name);
    Object.keys(given || {}).forEach(function (key) { made.setAttribute(key, given[key]); });
    (children || []).forEach(function (child) { made.append(child); });
    return made;
  }

  // A page may forbid storage: then the conversation lasts as long as the page. Another tab may
  // have written meanwhile: it is read each time.
  function memory(name) {
    var held = {};
    function look() {
      try { held = JSON.parse(localStorage.getItem(name)) || held; } catch (_) { /* see above */ }
      return held;
    }
    return {
      get: function (key) { return look()[key]; },
      put: function (key, value) {
        look()[key] = value;
        try { localStorage.setItem(name, JSON.stringify(held)); } catch (_) { /* see above */ }
      },
    };
  }

  function isPage(address) { return /^https?:\/\//i.test(address || ""); }

  function withLinks(text) {
    var into = document.createDocumentFragment();
    text.split(/(https?:\/\/[^\s<>"]+)/).forEach(function (part, at) {
      into.append(at % 2 ? make("a", { href: part, target: "_blank", rel: "noopener" }, [part]) : part);
    });
    return into;
  }

  function freshId() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (one) { return (one + 256).toString(16).slice(1); }).join("");
  }

  function chat(place, told, address) {
    var words = told.words, kept = memory("reprise-chat:" + place.dataset.key);
    var shadow = place.attachShadow({ mode: "open" });
    var last = 0, seen = 0, timer = 0, lastDeed = Date.now(), isAsking = false, isSending = false, tryAgainAt = 0, beginning = null, isAtEnd = true, top = 0;
    var where = "?locale=" + encodeURIComponent(told.language);

    var opener = make("button", { type: "button", class: "open", "aria-expanded": "false" }, [words.open]);
    var close = make("button", { type: "button", "aria-label": words.close }, ["×"]);
    var log = make("div", { class: "log", role: "log", "aria-label": words.log, tabindex: "0" });
    var input = make("textarea", { rows: "1", "aria-label": words.write, placeholder: words.write, maxlength: told.most });
    var send = make("button", { type: "submit", class: "main" }, [words.send]);
    var agent = make("button", { type: "button", class: "agent" }, [words.agent]);
    var waiting = make("div", { class: "log waiting", "aria-live": "off" });
    var note = make("p", { class: "told", role: "status" });
    var form = make("form", { class: "foot" }, [note, make("div", { class: "row" }, [input, send]), agent]);
    var box = make("div", { class: "box", role: "dialog", "aria-labelledby": "t", hidden: "" }, [
      make("div", { class: "head" }, [make("h2", { id: "t" }, [words.title]), close]), log, form,
    ]);
    var all = make("div", { class: "all", lang: told.language }, [opener, box]);
    all.style.setProperty("--brand", told.color);
    all.style.setProperty("--on", told.ink);
    shadow.append(make("style", {}, [STYLE]), all);
    log.append(line({ author: "bot", text: words.greeting, buttons: [], cards: [] }), waiting);

    function button(one) {
      if (isPage(one.url)) {
        return make("a", { class: "opens", href: one.url, target: "_blank", rel: "noopener" }, [one.label]);
      }
      var made = make("button", { type: "button" }, [one.label]);
      made.addEventListener("click", function () {
        // It is gone in a moment, and the focus would be nowhere.
        if (!made.closest(".card")) { log.focus({ preventScroll: true }); }
        say(one.label, one.payload);
      });
      return made;
    }

    function card(one) {
      var inner = make("div", {}, [
        make("p", {}, [make("strong", {}, [one.title])]),
      ]);
      if (one.subtitle) { inner.append(make("p", {}, [one.subtitle])); }
      if ((one.buttons || []).length) {
        inner.append(make("div", { class: "ways" }, one.buttons.map(button)));
      } else if (isPage(one.url)) {
        inner.firstChild.replaceChildren(make("a", { href: one.url, target: "_blank", rel: "noopener", style: "color:inherit;font-weight:600" }, [one.title]));
      }
      var picture = isPage(one.picture) ? [make("img", { src: one.picture, alt: "", loading: "lazy" })] : [];
      picture.forEach(function (it) {
        it.addEventListener("error", function () { it.remove(); });
      });
      return make("div", { class: "card" }, picture.concat([inner]));
    }

    function line(one) {
      var who = one.author === "visitor" ? words.you : one.author === "person" ? words.person : words.bot;
      var made = make("div", { class: "line " + one.author }, [make("p", { class: "who" }, [who])]);
      if (one.text) { made.append(make("p", { class: "said" }, [withLinks(one.text)])); }
      one.cards.forEach(function (each) { made.append(card(each)); });
      // The way to a person is always at the foot.
      var ways = one.buttons.filter(function (each) { return each.payload !== told.agent; });
      if (ways.length) { made.append(make("div", { class: "ways" }, ways.map(button))); }
      return made;
    }

    // What was offered before is over once the visitor said something; what opens a page stays.
    function endOffers() {
      log.querySelectorAll(".line > .ways > button").forEach(function (one) { one.remove(); });
      log.querySelectorAll(".line > .ways:empty").forEach(function (one) { one.remove(); });
    }

    function post(path, body) {
      // Plain text, so that the browser need not ask the app first whether it may.
      return fetch(address + path + where, {
        method: "POST", credentials: "omit",
        headers: { "Content-Type": "text/plain" }, body: JSON.stringify(body),
      }).then(function (answer) {
        if (answer.ok) { return answer.json(); }
        if (answer.status === 401) { forget(); }
        return answer.json().catch(function () { return {}; }).then(function (told) {
          return Promise.reject({ status: answer.status, words: told.message, wait: told.retry_after });
        });
      });
    }

    // The app does not know the conversation any more: it begins anew.
    function forget() {
      kept.put("token", "");
      kept.put("seen", 0);
      last = seen = 0;
      log.replaceChildren(log.firstChild, waiting);
    }

    function token() {
      if (kept.get("token")) { return Promise.resolve(kept.get("token")); }
      beginning = beginning || post("/visitors", {}).then(function (given) {
        // Another tab may have been first.
        if (!kept.get("token")) { kept.put("token", given.token); }
        return kept.get("token");
      }).finally(function () { beginning = null; });
      return beginning;
    }

    function unsent() { return kept.get("unsent") || []; }

    function drop(id) {
      kept.put("unsent", unsent().filter(function (one) { return one.id !== id; }));
      drawUnsent();
    }

    function drawUnsent(problem) {
      waiting.replaceChildren.apply(waiting, unsent().map(function (one) {
        var made = line({ author: "visitor", text: one.text, buttons: [], cards: [] });
        var state = make("p", { class: "who" }, [problem ? words.unsent : words.sending]);
        if (problem) {
          var again = make("button", { type: "button", class: "agent" }, [words.again]);
          again.addEventListener("click", function () { input.focus(); flush(); });
          state.append(" ", again);
        }
        made.append(state);
        return made;
      }));
      if (waiting.firstChild) { toEnd(); }
    }

    // The same words are the same message until the app has it: written again it is not doubled.
    function say(text, payload) {
      var all = unsent();
      var isThere = all.some(function (one) { return one.text === text && one.payload === (payload || ""); });
      lastDeed = Date.now();
      note.textContent = "";
      endOffers();
      if (!isThere) {
        kept.put("unsent", all.concat({ id: freshId(), text: text, payload: payload || "", at: lastDeed }).slice(-MOST_KEPT));
      }
      flush();
    }

    // One after the other, in the order in which they were written.
    function flush(isSecond) {
      var next = unsent()[0];
      if (isSending || !next) { return; }
      isSending = true;
      drawUnsent();
      token().then(function (mine) {
        return post("/said", { token: mine, id: next.id, text: next.text, payload: next.payload });
      }).then(function () {
        note.textContent = "";
        drop(next.id);
        return { isOn: true };
      }, function (problem) { return refused(next, problem, isSecond); }).then(function (then) {
        isSending = false;
        if (then.isOn) {
          fetchNow();
          flush(then.isSecond);
        }
      });
    }

    function refused(next, problem, isSecond) {
      if (problem.status === 401 && !isSecond) { return { isOn: true, isSecond: true }; }
      if (problem.status === 422 || problem.status === 413) {
        drop(next.id);
        if (!next.payload && !input.value) { input.value = next.text; grow(); }
        note.textContent = problem.words || words.failed;
        return { isOn: true };
      }
      drawUnsent(true);
      note.textContent = problem.status ? problem.words || words.failed : words.failed;
      var wait = Math.max(LATER, (problem.wait || 0) * 1000);
      tryAgainAt = Date.now() + wait;
      setTimeout(flushFresh, wait);
      return { isOn: false };
    }

    // What lay here for long is not sent behind the visitor's back.
    function flushFresh() {
      var next = unsent()[0];
      if (isSending || Date.now() < tryAgainAt) { return; }
      if (next && Date.now() - next.at < FRESH) { flush(); } else { drawUnsent(true); }
    }

    function show(lines) {
      lines.forEach(function (one) {
        if (one.number > last) {
          if (one.author === "visitor") { endOffers(); }
          log.insertBefore(line(one), waiting);
          if (one.id) { drop(one.id); }
          last = one.number;
        }
      });
      if (lines.length) { toEnd(); }
      var isNews = lines.some(function (one) { return one.author !== "visitor"; });
      if (box.hidden && isNews && last > (kept.get("seen") || 0)) { opener.textContent = words.fresh; }
      if (!box.hidden && !document.hidden) { see(); }
    }

    function see() {
      seen = last;
      if (last > (kept.get("seen") || 0)) { kept.put("seen", last); }
      opener.textContent = words.open;
    }

    function fetchNow() {
      clearTimeout(timer);
      if (!kept.get("token") || document.hidden) { return; }
      if (isAsking) { timer = setTimeout(fetchNow, 200); return; }
      isAsking = true;
      var told = last + ":" + seen;
      post("/lines", { token: kept.get("token"), after: last, seen: seen }).then(function (given) {
        if (note.textContent === words.offline) { note.textContent = ""; }
        flushFresh();
        if (given.lines.length) { lastDeed = Date.now(); }
        show(given.lines);
        // What just came is told as delivered and seen at once.
        return told !== last + ":" + seen ? 300 : pace();
      }, function () {
        if (!box.hidden && !navigator.onLine) { note.textContent = words.offline; }
        return LATER;
      }).then(function (wait) {
        isAsking = false;
        timer = setTimeout(fetchNow, wait);
      });
    }

    function pace() {
      if (box.hidden) { return CLOSED; }
      return Date.now() - lastDeed < IDLE ? SOON : LATER;
    }

    function open(isOpen) {
      box.hidden = !isOpen;
      opener.hidden = isOpen;
      opener.setAttribute("aria-expanded", String(isOpen));
      lastDeed = Date.now();
      if (isOpen) {
        see();
        toEnd();
        input.focus();
        fetchNow();
        flushFresh();
      } else {
        opener.focus();
      }
    }

    function submit() {
      var text = input.value.trim();
      if (!text) { return; }
      input.value = "";
      grow();
      say(text);
    }

    // What was said last stays in sight when the log gets lower, by a keyboard or by longer words;
    // not of somebody who went up to read what was before.
    function toEnd() {
      isAtEnd = true;
      log.scrollTop = log.scrollHeight;
    }

    log.addEventListener("scroll", function () {
      if (log.scrollHeight - log.scrollTop - log.clientHeight < 24) {
        isAtEnd = true;
      } else if (log.scrollTop < top) {
        isAtEnd = false;
      }
      top = log.scrollTop;
    });
    if (window.ResizeObserver) {
      new ResizeObserver(function () { if (isAtEnd) { toEnd(); } }).observe(log);
    }

    // As high as what is written, up to what the style allows.
    function grow() {
      input.style.height = "auto";
      input.style.height = input.scrollHeight + 2 + "px";
    }

    opener.addEventListener("click", function () { open(true); });
    close.addEventListener("click", function () { open(false); });
    agent.addEventListener("click", function () { say(words.agent, told.agent); });
    form.addEventListener("submit", function (event) { event.preventDefault(); submit(); });
    input.addEventListener("input", grow);
    input.addEventListener("keydown", function (event) {
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) { event.preventDefault(); submit(); }
    });
    box.addEventListener("keydown", function (event) {
      // The page's own keys are not for what is typed here.
      event.stopPropagation();
      if (event.key === "Escape") { open(false); }
    });
    document.addEventListener("visibilitychange", fetchNow);
    window.addEventListener("online", function () {
      tryAgainAt = 0;
      flushFresh();
    });
    fetchNow();
    flushFresh();
  }

  function fill(place) {
    if (place.shadowRoot || place.hasAttribute("data-drawn") || !place.dataset.app || !place.dataset.key) { return; }
    place.setAttribute("data-drawn", "");
    var locale = place.dataset.locale || document.documentElement.lang || "";
    var address = place.dataset.app.replace(/\/+$/, "") + "/webchat/" + encodeURIComponent(place.dataset.key);
    fetch(address + "?locale=" + encodeURIComponent(locale), { credentials: "omit" })
      .then(function (answer) { return answer.ok ? answer.json() : Promise.reject(answer.status); })
      .then(function (told) { chat(place, told, address); })
      // A chat that is switched off, or an app that is away, leaves the page as it was.
      .catch(function () {});
  }

  function fillAll() { document.querySelectorAll("[data-reprise-chat]").forEach(fill); }

  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", fillAll);
  } else {
    fillAll();
  }
})();
