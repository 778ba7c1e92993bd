"""Who may be written to: what a customer said, per channel, and the store's own policy.

A yes and a no are weighed by their time, and neither yields to silence: `not_subscribed` and
`pending` fill a gap but change no answer. A platform's null never becomes a `Consent` at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from marketing.model import (
    Cart,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    MessageKind,
    Reason,
)


class Audience(StrEnum):
    """Who gets marketing messages such as cart reminders."""

    SUBSCRIBERS = "subscribers"
    EVERYONE = "everyone"
    """Everyone who did not unsubscribe: lawful in few countries, so the panel warns."""


class SuppressionScope(StrEnum):
    """What a suppressed address no longer gets."""

    ALL = "all"
    """After a hard bounce: nothing at all."""
    MARKETING = "marketing"
    """After a complaint, a customer's STOP or a merchant's word."""
    CARRIER = "carrier"
    """A STOP that the provider keeps by itself: it lets nothing through, whatever was agreed to
    since, until the customer texts START to the store's number."""


@dataclass(frozen=True, slots=True)
class ConsentPolicy:
    """A store's setting: its audience, and other audiences by the customer's country."""

    audience: Audience = Audience.SUBSCRIBERS
    by_country: Mapping[str, Audience] = field(default_factory=dict)
    """ISO 3166 alpha-2 code -> audience; a customer of unknown country gets `audience`."""
    stop_ends_all_texts: bool = False
    """Whoever stopped text messages gets none about their orders either. 47 CFR 64.1200(a)(10)
    has a revocation meant for all that a sender texts; since when is disputed, so stores choose."""

    def audience_in(self, country: str | None) -> Audience:
        return self.by_country.get(country, self.audience) if country else self.audience


CONSENT_CHANNELS = (ChannelName.EMAIL, ChannelName.SMS)
"""The channels on which platforms keep a customer's word."""
KEPT_CHANNELS = (*CONSENT_CHANNELS, ChannelName.WHATSAPP)
"""Those on which we keep it with the customer; what is said of WhatsApp no platform knows."""
OPT_IN_ONLY = frozenset({ChannelName.WHATSAPP})
"""Nobody is written to first there without having agreed, whatever the store's audience:
https://developers.facebook.com/docs/whatsapp/overview/getting-opt-in, 2026-11-22."""
ANSWERS = frozenset({ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED, ConsentState.INVALID})


def policy_on(
    channel: ChannelName, policy: ConsentPolicy, *, is_window_open: bool
) -> ConsentPolicy:
    """Give the rule that holds on a channel: it may be stricter than the store's own.

    Where only an opt-in counts, whoever wrote lately may still be answered, unless they said no.
    """
    if channel not in OPT_IN_ONLY:
        is_whole = channel is ChannelName.SMS or not policy.stop_ends_all_texts
        return policy if is_whole else replace(policy, stop_ends_all_texts=False)
    return ConsentPolicy(Audience.EVERYONE if is_window_open else Audience.SUBSCRIBERS)


def may_write(
    kind: MessageKind,
    consent: ConsentState | None,
    suppression: SuppressionScope | None,
    policy: ConsentPolicy,
    country: str | None = None,
) -> Reason | None:
    """Say why the customer must not get a message on a channel; None: they may.

    `consent` and `suppression` are those of that very channel and address; `country` is the
    customer's. Transactional messages need no consent but stop at a suppression of everything,
    and where the provider would refuse them.
    """
    if suppression is SuppressionScope.ALL:
        return Reason.SUPPRESSED
    if suppression is SuppressionScope.CARRIER:
        return Reason.CARRIER_STOP
    is_stopped = suppression is SuppressionScope.MARKETING
    if kind is MessageKind.TRANSACTIONAL:
        return Reason.SUPPRESSED if is_stopped and policy.stop_ends_all_texts else None
    if is_stopped:
        return Reason.SUPPRESSED
    return _without_consent(consent, policy.audience_in(country))


def _without_consent(consent: ConsentState | None, audience: Audience) -> Reason | None:
    if consent is ConsentState.SUBSCRIBED:
        return None
    if consent is ConsentState.UNSUBSCRIBED:
        return Reason.UNSUBSCRIBED
    if consent is ConsentState.INVALID or audience is Audience.SUBSCRIBERS:
        return Reason.NO_CONSENT
    return None


def merge_consent(current: Consent | None, told: Consent) -> Consent:
    """Give what holds after one more word of the same customer on the same channel.

    A checkout's tick is told as `subscribed` at the checkout's `created_at`: it holds unless
    the person unsubscribed after that. The order in which words arrive changes nothing.
    """
    if current is None:
        return told
    if current.channel is not told.channel:
        raise ValueError(f"{told.channel} says nothing about {current.channel}")
    return max(current, told, key=_strength)


def _strength(consent: Consent) -> tuple[bool, datetime, bool, str, str]:
    """Rank a word: an answer before silence, newer before older, at a tie a no before a yes."""
    return (
        consent.state in ANSWERS,
        consent.changed_at,
        consent.state is not ConsentState.SUBSCRIBED,
        consent.state.value,
        consent.source.value,
    )


def consent_of_cart(cart: Cart) -> Consent | None:
    """Give the word that a checkout's ticked marketing box is; an empty box says nothing."""
    if not (cart.accepts_marketing and cart.customer):
        return None
    return Consent(
        ChannelName.EMAIL,
        ConsentState.SUBSCRIBED,
        ConsentSource.CHECKOUT,
        cart.created_at,
        cart.customer,
    )
