"""An e-mail address or a number that a customer gives in a conversation, with their consent.

Whoever writes one has not proven that it is theirs. An address is kept as they told it, and as
whose they say they are (`storage.identities.claim`), and opens nothing: its owner is asked by
mail, and only their click subscribes it and joins the chat to them. Else a stranger who typed it
first would be sent what the store writes to its owner. A number is theirs, and agreed to, where
they write by that very number; any other is only noted.
"""

import secrets

from jobs import enroll, signups
from jobs.heard import Heard
from marketing.answering import email_in, phone_in
from marketing.blocks.words import words_of
from marketing.events import EventName, News
from marketing.model import ChannelName, Consent, ConsentSource, ConsentState, JsonObject
from marketing.questions import Collect, Contact
from marketing.rendering import presentable_name
from marketing.signup import form_of
from storage import addresses_given, customer_changes, customers, events, identities
from storage.events import Event

EMAIL_GIVEN = "email_given"
PHONE_GIVEN = "phone_given"
"""The customer's properties that keep what they typed and nobody has proven."""
BY_NUMBER = frozenset({ChannelName.SMS, ChannelName.WHATSAPP})


def take(heard: Heard, step: Collect) -> bool:
    """Keep the address in what was written, and the consent with it; False: there is none."""
    by_mail = step.contact is Contact.EMAIL
    text = heard.kept.text
    found = email_in(text) if by_mail else phone_in(text, heard.store.country)
    if found is None:
        return False
    (_take_email if by_mail else _take_phone)(heard, step, found)
    return True


def _take_email(heard: Heard, step: Collect, email: str) -> None:
    told = {EMAIL_GIVEN: email}
    mine = (heard.connection, heard.store.id)
    customer_changes.change(*mine, heard.customer_id, properties=told)
    owner = customers.find(*mine, "email", email)
    whose = str(owner["id"]) if owner else None
    if whose not in {None, heard.customer_id}:
        identities.claim(*mine, heard.channel.value, heard.kept.sender, str(whose))
    if not step.subscribes:
        return
    said_no = owner is not None and owner["email_consent"] == ConsentState.UNSUBSCRIBED
    confirms = said_no or form_of(heard.store.settings, heard.store.country).confirms
    if whose == heard.customer_id and not confirms:
        _agree(heard, ChannelName.EMAIL)
        told_of = signups.Asked(email, _agreed_to(heard))
        signups.agreed(heard.runtime, heard.connection, heard.store, told_of)
    else:
        _ask_owner(heard, email, is_theirs=whose == heard.customer_id)


def _take_phone(heard: Heard, step: Collect, phone: str) -> None:
    mine = (heard.connection, heard.store.id)
    told = {PHONE_GIVEN: phone}
    customer_changes.change(*mine, heard.customer_id, properties=told)
    if heard.channel not in BY_NUMBER or f"+{heard.kept.sender.lstrip('+')}" != phone:
        return
    hashed = heard.runtime.secrets.address_hash
    whose = addresses_given.give_phone(*mine, heard.customer_id, phone, hashed)
    if whose == heard.customer_id and step.subscribes:
        _agree(heard, ChannelName.SMS)


def _ask_owner(heard: Heard, email: str, *, is_theirs: bool) -> None:
    told = _agreed_to(heard)
    if not is_theirs:
        told["chat"] = {
            "channel": heard.channel.value,
            "address": heard.kept.sender,
            "name": (presentable_name(heard.message.sender_name) or "")[:60],
            "word": secrets.token_urlsafe(24),
        }
    signups.ask_later(heard.runtime, heard.connection, heard.store, signups.Asked(email, told))


def _agreed_to(heard: Heard) -> JsonObject:
    """Give the words under which the address was asked for, as they are kept with it."""
    who = customers.find(heard.connection, heard.store.id, "id", heard.customer_id) or {}
    locale = str(who.get("locale") or heard.store.locale)
    text = words_of(locale)["agree_email"]
    return {"locale": locale, "text": text, "source": ConsentSource.CHAT.value}


def _agree(heard: Heard, by: ChannelName) -> None:
    """Note their yes, and tell flows of it."""
    at, who, store_id = heard.kept.received_at, heard.customer_id, heard.store.id
    said = Consent(by, ConsentState.SUBSCRIBED, ConsentSource.CHAT, at)
    if not customer_changes.consent(heard.connection, store_id, who, said):
        return
    name = EventName.CUSTOMER_SUBSCRIBED
    data = {"channel": by.value, "source": said.source.value}
    key = f"{name}:{by}:{heard.kept.provider_id}:{heard.channel}"
    new = events.append_many(heard.connection, [Event(store_id, name, at, key, who, data)])
    news = [News(one.name, at, who, data=one.data) for one in new]
    enroll.react(heard.connection, heard.runtime, heard.store, news, at)
