"""The sign-up form's door: what browsers send is bounded and read; nobody there is trusted."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any, Final

import orjson
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate

from jobs import signups
from jobs.form_limits import FormLimits
from jobs.pixel_limits import TooFast
from jobs.runtime import Runtime
from jobs.signups import Asked
from marketing.said import Said, SaidError, say
from marketing.signup import SignupForm, form_of, shown, text_id
from storage import stores
from storage.stores import Store

__all__ = ["HURRIED", "MOST_BYTES", "BadForm", "FormDoor", "NoForm", "TooFast"]

MOST_BYTES: Final = 4 * 1024
HURRIED: Final = say("That was a lot at once. Please try again in a moment.")
EARLIEST: Final = date(1900, 1, 1)
KEY: Final = validate.Regexp(r"[A-Za-z0-9_-]{8,64}\Z")
PLAIN: Final = validate.Regexp(r"[^\x00-\x1f\x7f<>]*\Z", error=say("Use plain letters."))


class NoForm(Exception):
    """No store has this key, or it shows no form."""


class BadForm(SaidError):
    """What was entered can't be taken; the message is for people, `field` names where."""

    def __init__(self, said: Said, field: str | None = None) -> None:
        super().__init__(said)
        self.field = field


class FormSchema(Schema):
    """One filled-in form. `website` is hidden from people: only a machine fills it in."""

    class Meta:
        unknown = EXCLUDE

    email = fields.Email(required=True, validate=validate.Length(max=254))
    consent = fields.Boolean(required=True, truthy={True}, falsy={False})
    text_id = fields.String(required=True, validate=validate.Length(max=32))
    first_name = fields.String(allow_none=True, validate=[validate.Length(max=80), PLAIN])
    birthday = fields.Date(allow_none=True)
    locale = fields.String(
        allow_none=True, validate=validate.Regexp(r"[A-Za-z]{2,3}([_-][A-Za-z0-9]{1,8}){0,3}\Z")
    )
    page = fields.String(allow_none=True, validate=[validate.Length(max=500), PLAIN])
    website = fields.String(allow_none=True, load_default="")


class FormDoor:
    """The door of one web process, with how fast it may be knocked at."""

    def __init__(self, runtime: Runtime, limits: FormLimits | None = None) -> None:
        self._runtime = runtime
        self._limits = limits or FormLimits()

    def show(self, key: str, locale: str | None) -> dict[str, Any]:
        """Give what the form's script draws; raises `NoForm`."""
        return shown(self._form(key)[1], locale)

    def take(self, key: str, address: str, body: bytes) -> str:
        """Take a filled-in form, and give what to answer: the same to everyone.

        Raises `TooFast`, `NoForm` and `BadForm`.
        """
        self._limits.knock(address)
        store, form = self._form(key)
        told = _read(body)
        language, consent = _shown_text(form, told["text_id"])
        if not told["website"]:
            self._limits.sign_up(store.id, address)
            signups.ask(self._runtime, store, _asked(form, told, consent, language))
        return form.in_language(language).thanks

    def _form(self, key: str) -> tuple[Store, SignupForm]:
        try:
            KEY(key)
        except ValidationError:
            raise NoForm(key) from None
        with self._runtime.database.reading() as connection:
            store = stores.by_public_key(connection, key)
        if store is None or not store.is_installed:
            raise NoForm(key)
        form = form_of(store.settings, store.country)
        if not form.is_on:
            raise NoForm(key)
        return store, form


def _read(body: bytes) -> Mapping[str, Any]:
    try:
        told: Mapping[str, Any] = FormSchema().load(orjson.loads(body))
    except orjson.JSONDecodeError:
        raise BadForm(say("This is no filled-in form.")) from None
    except ValidationError as wrong:
        names = list(wrong.messages_dict) if isinstance(wrong.messages, dict) else []
        again = say("Please look at what you entered once more.")
        raise BadForm(again, next(iter(names), None)) from None
    if not told["consent"]:
        raise BadForm(say("Without the tick nobody is signed up."), "consent")
    birthday = told.get("birthday")
    if birthday and not EARLIEST <= birthday <= datetime.now(UTC).date():
        raise BadForm(say("Please look at the birthday once more."), "birthday")
    return told


def _shown_text(form: SignupForm, told: str) -> tuple[str, str]:
    """Give language and words of the box that was ticked; they may have changed since."""
    for language, words in form.words.items():
        if text_id(words) == told:
            return language, words.consent
    raise BadForm(say("This form has changed. Please load the page again."), "text_id")


def _asked(form: SignupForm, told: Mapping[str, Any], text: str, language: str) -> Asked:
    kept: dict[str, Any] = {"text": text, "locale": told.get("locale") or language}
    if told.get("page"):
        kept["page"] = told["page"]
    if form.asks_name and (name := (told.get("first_name") or "").strip()):
        kept["first_name"] = name
    if form.asks_birthday and told.get("birthday"):
        kept["birthday"] = told["birthday"].isoformat()
    return Asked(told["email"].strip(), kept)
