// The sign-up form on a store's pages: drawn into every element with data-reprise-form.
//
//   <div data-reprise-form data-app="https://app.example.com" data-key="the store's key"
//        data-locale="de" data-mode="inline"></div>
//
// data-mode="popup" draws a button that opens the form in a dialog; nothing opens by itself.
// The form's words come from the app, as the merchant wrote them there. A platform's theme brings the
// styles with it; on a page where the script was pasted alone, they come from where the script is.
(function () {
  "use strict";

  var count = 0;
  var ALONE = /\/forms\/form\.js(\?.*)?$/;
  var source = document.currentScript ? document.currentScript.src : "";

  function element(name, attributes, children) {
    var made = document.createElement(name);
    Object.keys(attributes || {}).forEach(function (key) {
      made.setAttribute(key, attributes[key]);
    });
    (children || []).forEach(function (child) {
      made.append(child);
    });
    return made;
  }

  function field(id, label, attributes) {
    attributes.id = id;
    return element("p", { class: "reprise-form__field" }, [
      element("label", { for: id }, [label]),
      element("input", attributes),
    ]);
  }

  // People neither see nor reach it, whatever styles the page has: whoever fills it in is a machine.
  function trap() {
    var made = element("p", { class: "reprise-form__trap", "aria-hidden": "true" }, [
      element("input", { type: "text", name: "website", tabindex: "-1", autocomplete: "off" }),
    ]);
    Object.assign(made.style, {
      position: "absolute", left: "-9999px", width: "1px", height: "1px", overflow: "hidden",
    });
    return made;
  }

  function bringStyles() {
    if (ALONE.test(source)) {
      document.head.append(element("link", { rel: "stylesheet", href: source.replace(ALONE, "/forms/form.css") }));
    }
  }

  function draw(told, id) {
    var words = told.words;
    var fields = [
      field(id + "-email", words.email, {
        type: "email", name: "email", required: "", maxlength: "254", autocomplete: "email",
      }),
    ];
    if (told.asks_name) {
      fields.push(field(id + "-name", words.name, {
        type: "text", name: "first_name", maxlength: "80", autocomplete: "given-name",
      }));
    }
    if (told.asks_birthday) {
      fields.push(field(id + "-birthday", words.birthday, {
        type: "date", name: "birthday", min: "1900-01-01", autocomplete: "bday",
      }));
    }
    var box = element("input", { type: "checkbox", name: "consent", id: id + "-consent", required: "" });
    // Never ticked beforehand, not even by a browser that remembers.
    box.checked = false;
    fields.push(
      element("p", { class: "reprise-form__consent" }, [
        box,
        element("label", { for: id + "-consent" }, [words.consent]),
      ]),
      trap(),
      element("p", {}, [element("button", { type: "submit", class: "reprise-form__button button" }, [words.button])]),
      element("p", { class: "reprise-form__said", role: "status", "aria-live": "polite" })
    );
    return element("form", { class: "reprise-form__form", novalidate: "", "aria-labelledby": id + "-title" }, [
      element("h2", { id: id + "-title", class: "reprise-form__title" }, [words.title]),
      element("p", { class: "reprise-form__text" }, [words.text]),
    ].concat(fields));
  }

  function wrong(form, words) {
    if (!form.elements.email.value || !form.elements.email.validity.valid) {
      return [form.elements.email, words.wrong_email];
    }
    if (!form.elements.consent.checked) {
      return [form.elements.consent, words.no_consent];
    }
    return null;
  }

  function filled(form, told, locale) {
    var value = function (name) {
      return form.elements[name] && form.elements[name].value ? form.elements[name].value : null;
    };
    return {
      email: form.elements.email.value.trim(),
      consent: form.elements.consent.checked,
      text_id: told.text_id,
      first_name: value("first_name"),
      birthday: value("birthday"),
      website: value("website") || "",
      locale: locale || told.language,
      page: (location.origin + location.pathname).slice(0, 500),
    };
  }

  function listen(form, told, address, locale) {
    var said = form.querySelector(".reprise-form__said");
    form.addEventListener("submit", function (event) {
      event.preventDefault();
      var mistake = wrong(form, told.words);
      if (mistake) {
        said.textContent = mistake[1];
        mistake[0].setAttribute("aria-invalid", "true");
        mistake[0].focus();
        return;
      }
      var button = form.querySelector("button");
      button.disabled = true;
      said.textContent = "";
      // Plain text, so that the browser need not ask the app first whether it may.
      fetch(address + "?locale=" + encodeURIComponent(told.language), {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "text/plain" },
        body: JSON.stringify(filled(form, told, locale)),
      })
        .then(function (answer) {
          if (answer.ok) {
            return answer.json();
          }
          // What can be mended here is said in the form's language; the rest is ours to mend.
          var isTheirs = answer.status === 422 || answer.status === 429;
          return isTheirs ? answer.json().then(Promise.reject.bind(Promise)) : Promise.reject({});
        })
        .then(function (answer) {
          var thanks = element("p", { class: "reprise-form__thanks", role: "status", tabindex: "-1" }, [answer.message]);
          form.replaceWith(thanks);
          thanks.focus();
        })
        .catch(function (refused) {
          button.disabled = false;
          // A lost network is an error with a message of the browser's own, in its own words.
          var isSaid = refused && !(refused instanceof Error) && refused.message;
          said.textContent = isSaid ? refused.message : told.words.failed;
        });
    });
    form.addEventListener("input", function (event) {
      event.target.removeAttribute("aria-invalid");
    });
  }

  function popup(place, form, words) {
    var opener = element("button", { type: "button", class: "reprise-form__open button" }, [words.title]);
    var close = element("button", { type: "button", class: "reprise-form__close", "aria-label": words.close }, ["×"]);
    var dialog = element("dialog", { class: "reprise-form__dialog" }, [close, form]);
    opener.addEventListener("click", function () {
      dialog.showModal();
    });
    close.addEventListener("click", function () {
      dialog.close();
    });
    place.append(opener, dialog);
  }

  function fill(place) {
    if (place.hasAttribute("data-drawn") || !place.dataset.app || !place.dataset.key) {
      return;
    }
    place.setAttribute("data-drawn", "");
    var locale = place.dataset.locale || document.documentElement.lang || "";
    var address = place.dataset.app.replace(/\/+$/, "") + "/forms/" + encodeURIComponent(place.dataset.key);
    var id = "reprise-form-" + (count += 1);
    fetch(address + "?locale=" + encodeURIComponent(locale), { credentials: "omit" })
      .then(function (answer) {
        return answer.ok ? answer.json() : Promise.reject(answer.status);
      })
      .then(function (told) {
        var form = draw(told, id);
        listen(form, told, address, locale);
        place.classList.add("reprise-form");
        if (place.dataset.mode === "popup") {
          popup(place, form, told.words);
        } else {
          place.append(form);
        }
      })
      // A form that is switched off, or an app that is away, leaves the page as it was.
      .catch(function () {});
  }

  function fillAll() {
    document.querySelectorAll("[data-reprise-form]").forEach(fill);
  }

  bringStyles();
  if (document.readyState === "loading") {
    document.addEventListener("DOMContentLoaded", fillAll);
  } else {
    fillAll();
  }
  // The theme editor draws sections anew.
  document.addEventListener("shopify:section:load", fillAll);
})();
