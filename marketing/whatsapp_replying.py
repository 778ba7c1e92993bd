"""Templates that a person of the store answers by on WhatsApp: who may be sent which."""

from dataclasses import dataclass
from datetime import datetime

from marketing.consent import ConsentPolicy, SuppressionScope, may_write
from marketing.model import ConsentState, MessageKind, Reason
from marketing.whatsapp_templates import MessageTemplate
from marketing.whatsapp_words import is_closed_to_marketing

AGREED = ConsentPolicy()
"""Marketing by hand is marketing: only who agreed gets it, whatever the store's audience."""


@dataclass(frozen=True, slots=True)
class Reader:
    """What is known of the customer whom a template would go to."""

    address: str | None
    country: str | None = None
    consent: ConsentState | None = None
    """To WhatsApp."""
    suppression: SuppressionScope | None = None
    rests_until: datetime | None = None
    """Until when WhatsApp lets no marketing through to them."""


def refusal(template: MessageTemplate | None, reader: Reader, now: datetime) -> Reason | None:
    """Say why a template can't go to a customer now; None: it can. `template` None: it is gone."""
    if template is None:
        return Reason.TEMPLATE_MISSING
    if not template.is_sendable:
        return Reason.TEMPLATE_REFUSED
    return marketing_refusal(reader, now) if template.is_marketing else None


def marketing_refusal(reader: Reader, now: datetime) -> Reason | None:
    """Say why no template of marketing can go to a customer now; None: it can."""
    against = may_write(MessageKind.MARKETING, reader.consent, reader.suppression, AGREED)
    if against is not None:
        return against
    if is_closed_to_marketing(reader.address, reader.country):
        return Reason.COUNTRY_CLOSED
    is_resting = reader.rests_until is not None and reader.rests_until > now
    return Reason.RESTING if is_resting else None
