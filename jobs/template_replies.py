"""Templates as the way out of a closed window on WhatsApp: filled by a person, checked twice.

Once where the person fills it, so that they are told; once more where it is handed over, for
by then the customer may have said STOP, or Meta have paused it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from marketing.chat import Author, ChatContent
from marketing.consent import SuppressionScope
from marketing.model import ChannelName, ConsentState, Reason
from marketing.rests import RestKind
from marketing.said import Said, say
from marketing.whatsapp_replying import Reader, refusal
from marketing.whatsapp_templates import MessageTemplate, status_refusal
from marketing.whatsapp_words import Registry, WhatsAppWords, content_of
from storage import Connection, Row, reports_customers, rests, suppressions, whatsapp_templates
from storage.rests import NONE, Rests
from storage.stores import Store

WHATSAPP = ChannelName.WHATSAPP
REFUSED = {
    Reason.TEMPLATE_MISSING: say("The account has no such template."),
    Reason.SUPPRESSED: say("The customer asked for no more marketing on WhatsApp."),
    Reason.UNSUBSCRIBED: say("The customer asked for no more marketing on WhatsApp."),
    Reason.NO_CONSENT: say(
        "The customer did not agree to marketing on WhatsApp. Pick a template about their order."
    ),
    Reason.COUNTRY_CLOSED: say("WhatsApp takes no marketing for numbers of that country."),
    Reason.RESTING: say("WhatsApp lets no more marketing through to this customer for now."),
}
"""Why a template can't be sent, for people; of one that Meta stopped the template itself tells."""


class NoTemplate(NotNow):
    """A template that can't be sent to this customer now."""


@dataclass(frozen=True, slots=True)
class Sources:
    """What the templates among a batch of replies are checked by."""

    registry: Registry
    suppressed: Mapping[tuple[str, str], SuppressionScope]
    rests: Mapping[tuple[str, str], Rests]
    """Both by channel and address."""


def fill(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    customer_id: str,
    address: str | None,
    words: WhatsAppWords,
) -> ChatContent:
    """Give a store's template, filled for a customer.

    Raises `NotHere` for one that the store does not have, `NoTemplate`, and
    `marketing.whatsapp_templates.BadParameter` for what does not fit a blank.
    """
    registry = whatsapp_templates.of_store(connection, store.id).templates
    template = registry.get((words.template, words.language))
    if template is None:
        raise NotHere(REFUSED[Reason.TEMPLATE_MISSING])
    reader = reader_of(runtime, connection, store, customer_id, address)
    reason = refusal(template, reader, runtime.database.now(connection))
    if reason is not None:
        raise NoTemplate(_told(reason, template))
    return replace(content_of(words, words.parameters, registry), author=Author.PERSON)


def _told(reason: Reason, template: MessageTemplate) -> Said:
    if stopped := status_refusal(template):
        return say("{what}. {remedy}", what=stopped[0], remedy=stopped[1])
    return REFUSED[reason]


def reader_of(
    runtime: Runtime, connection: Connection, store: Store, customer_id: str, address: str | None
) -> Reader:
    """Give what is known of a customer as a reader of templates."""
    row = reports_customers.customer(connection, store.id, customer_id)
    country, consent = (row.country, row.whatsapp_consent) if row else (None, None)
    if address is None:
        return _reader(None, country, consent, None, NONE)
    hashed = runtime.secrets.address_hash(WHATSAPP, address)
    scope = suppressions.of(connection, store.id, WHATSAPP, [hashed]).get(hashed)
    known = rests.of(connection, store.id, WHATSAPP, [hashed]).get(hashed, NONE)
    return _reader(address, country, consent, scope, known)


def registry_for(connection: Connection, store: Store, rows: Sequence[Row[Any]]) -> Registry:
    """Give a store's templates where one of these replies is one."""
    if not any(is_template(row) for row in rows):
        return {}
    return whatsapp_templates.of_store(connection, store.id).templates


def is_template(row: Row[Any]) -> bool:
    return bool(row.content and row.content.get("template"))


def refusal_of(row: Row[Any], sources: Sources, now: datetime) -> Reason | None:
    """Say why a reply that is a template must not be handed over, None: it may, or it is none."""
    if not is_template(row):
        return None
    called, key = row.content["template"], (row.channel, row.address)
    template = sources.registry.get((called["name"], called["language"]))
    known = sources.rests.get(key, NONE)
    scope = sources.suppressed.get(key)
    country, consent = row.customer_country, row.whatsapp_consent
    return refusal(template, _reader(row.address, country, consent, scope, known), now)


def _reader(
    address: str | None,
    country: str | None,
    consent: str | None,
    scope: SuppressionScope | None,
    known: Rests,
) -> Reader:
    said = ConsentState(consent) if consent else None
    return Reader(address, country, said, scope, known.until.get(RestKind.MARKETING))
