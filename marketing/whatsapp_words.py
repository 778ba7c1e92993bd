"""What a step says on WhatsApp, and when that may not go."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

from marketing.chat import AGENT, ChatContent
from marketing.model import MessageKind, Reason
from marketing.phone_numbers import country_of
from marketing.whatsapp_templates import MessageTemplate, call_of, quick_replies_of, shown_of

Registry = Mapping[tuple[str, str], MessageTemplate]
"""The store's templates, by name and language."""


@dataclass(frozen=True, slots=True)
class Closed:
    """A country whose numbers get no marketing templates, with where that is written."""

    calling_code: str
    source: str
    as_of: date


MARKETING_CLOSED: Mapping[str, Closed] = MappingProxyType(
    {
        "US": Closed(
            "+1",
            "https://developers.facebook.com/docs/whatsapp/cloud-api/guides/send-message-templates"
            " (marketing templates to US numbers paused since 2025-04-01)",
            date(2026, 11, 22),
        )
    }
)


@dataclass(frozen=True, slots=True)
class WhatsAppWords:
    """The template that goes by WhatsApp while the customer's window is closed."""

    template: str
    """Its name."""
    language: str
    parameters: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Liquid for each of its blanks, by place (`body:1`)."""


def refusal(
    words: WhatsAppWords | None,
    kind: MessageKind,
    templates: Registry,
    *,
    is_free: bool,
    address: str | None,
    country: str | None,
) -> Reason | None:
    """Say why a step's message can't go by WhatsApp now; None: it can.

    `is_free`: it goes in free words, for the customer's window is open.
    """
    if is_free:
        return None
    if words is None:
        return Reason.CHANNEL_WINDOW
    template = templates.get((words.template, words.language))
    if template is None:
        return Reason.TEMPLATE_MISSING
    if not template.is_sendable:
        return Reason.TEMPLATE_REFUSED
    is_marketing = template.is_marketing or kind is MessageKind.MARKETING
    if is_marketing and is_closed_to_marketing(address, country):
        return Reason.COUNTRY_CLOSED
    return None


def is_closed_to_marketing(address: str | None, country: str | None) -> bool:
    """Say whether a number gets no marketing templates: by the country whose number it is.

    Several countries share +1: the digits after it tell. A number that no plan has counts as
    of the country told, and with none told as closed.
    """
    if address is None:
        return False
    whose = country_of(address) or country
    return any(
        address.startswith(closed.calling_code) and whose in (None, name)
        for name, closed in MARKETING_CLOSED.items()
    )


def content_of(words: WhatsAppWords, values: Mapping[str, str], registry: Registry) -> ChatContent:
    """Give the template, filled; raises `BadParameter`, and KeyError where it is gone."""
    template = registry[words.template, words.language]
    replies = {index: payload_of(label) for index, label in quick_replies_of(template)}
    call = call_of(template, values, replies)
    return ChatContent(shown_of(template, values).text, template=call)


def payload_of(label: str) -> str:
    """Give what a button carries: one that asks for a person says so, others their own words."""
    return AGENT if label.strip().casefold() in ASKS_FOR_A_PERSON else label


ASKS_FOR_A_PERSON = frozenset(
    {
        "talk to an agent", "talk to a person", "agent",
        "jemanden sprechen", "mit einem menschen sprechen", "mit mensch sprechen",
    }
)  # fmt: skip
"""What such a button says: our own words, those that we used to say, and what others say."""
