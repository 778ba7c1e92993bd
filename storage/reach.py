"""Whom a channel reaches now, in SQL: an address, a word that lets marketing pass, an open window.

Email and text messages are always told of, other channels once the store has connected them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    false,
    func,
    not_,
    or_,
    select,
    true,
)

from marketing.chat import OPENS_WINDOW
from marketing.consent import CONSENT_CHANNELS, Audience, ConsentPolicy
from marketing.model import ChannelName, ConsentState
from marketing.policy import SERVICE_WINDOWS
from marketing.whatsapp import MARGIN, WINDOW
from storage import channel_accounts
from storage.address_hashes import ADDRESS_OF, UNSENDABLE
from storage.among import among
from storage.chat_words import suppressed_on, words_on
from storage.schema import customers, inbound_messages, suppressions

Words = ColumnElement[bool]
Only = Collection[str] | None
_c = customers.c
CHATS: Mapping[ChannelName, timedelta] = {ChannelName.WHATSAPP: WINDOW - MARGIN, **SERVICE_WINDOWS}
"""How long after the customer last wrote there a chat takes what they did not agree to."""
MANY = 10_000
"""So many who wrote are told one by one; more are met soon in any list of customers."""
NO = (ConsentState.UNSUBSCRIBED.value, ConsentState.INVALID.value)


@dataclass(frozen=True, slots=True)
class Ways:
    """What decides about a customer on one channel; none of it is NULL."""

    has_address: Words
    said_no: Words
    may: Words
    """What they said lets marketing pass, by the rule that holds there."""
    is_suppressed: Words
    """Their address is not to be written to, whatever they said: it bounced, or was left out."""
    is_open: Words
    """The channel takes a message now: a chat does for a while after they wrote."""

    @property
    def reached(self) -> Words:
        return and_(self.has_address, self.may, not_(self.is_suppressed), self.is_open)


def reachable(
    connection: Connection,
    store_id: str,
    policy: ConsentPolicy,
    now: datetime,
    customer_ids: Collection[str] | None = None,
) -> Mapping[str, Ways]:
    """Give by channel what decides who gets marketing on it.

    With ids it decides about these alone, and costs no more than they do.
    """
    connected = {one.channel for one in channel_accounts.of_store(connection, store_id)}
    found = {one.value: _kept(store_id, one, policy) for one in CONSENT_CHANNELS}
    for channel in ChannelName:
        if channel is ChannelName.WHATSAPP and channel in connected:
            wrote = _c.id.in_(_writers(store_id, channel, now, customer_ids))
            found[channel.value] = _whatsapp(store_id, wrote, customer_ids)
        elif channel in SERVICE_WINDOWS and channel in connected:
            found[channel.value] = _chat(store_id, channel, now, customer_ids)
    return found


def reached_by(
    connection: Connection,
    store_id: str,
    channel: ChannelName,
    policy: ConsentPolicy,
    now: datetime,
) -> Words | None:
    """Give whom one channel reaches, None where it is not connected; said so that few are found.

    Most of what `reachable` asks of a chat can only be asked of everyone. But whom a chat reaches
    wrote there just now, or agreed on WhatsApp: by these an index finds them.
    """
    ways = reachable(connection, store_id, policy, now).get(channel.value)
    if ways is None or channel not in CHATS:
        return None if ways is None else ways.reached
    lately = _writers(store_id, channel, now).distinct().limit(MANY + 1)
    writers = [str(one) for one in connection.execute(lately).scalars()]
    if len(writers) > MANY:
        return ways.reached
    if channel is not ChannelName.WHATSAPP:
        words = words_on(store_id, channel, writers)
        gone = suppressed_on(store_id, channel, words_on(store_id, channel, writers))
        said = (words.c.consent.not_in(NO), words.c.customer_id.not_in(gone))
        open_to = select(words.c.customer_id).where(*said)
        return among(_c.id, connection.execute(open_to).scalars())
    wrote = among(_c.id, writers)
    said_yes = _says(_c.whatsapp_consent, ConsentState.SUBSCRIBED)
    return and_(or_(said_yes, wrote), _whatsapp(store_id, wrote).reached)


def reached_on_chats(
    connection: Connection, store_id: str, policy: ConsentPolicy, now: datetime
) -> dict[str, Words]:
    """Give by connected chat whom it reaches, as `reached_by` says it.

    To count many people, ask for each of these by itself: beside the other channels each would
    be looked up for everyone.
    """
    told = {one: reached_by(connection, store_id, one, policy, now) for one in CHATS}
    return {channel.value: words for channel, words in told.items() if words is not None}


def reached_now(
    connection: Connection,
    store_id: str,
    customer_ids: Collection[str],
    policy: ConsentPolicy,
    now: datetime,
) -> dict[str, list[str]]:
    """Give by customer the channels that marketing reaches them by now, as `reachable` has them."""
    open_to = reachable(connection, store_id, policy, now, customer_ids)
    columns = [ways.reached.label(channel) for channel, ways in open_to.items()]
    query = select(_c.id, *columns).where(_c.store_id == store_id, among(_c.id, customer_ids))
    rows = connection.execute(query).mappings()
    return {row["id"]: [channel for channel in open_to if row[channel]] for row in rows}


def _kept(store_id: str, channel: ChannelName, policy: ConsentPolicy) -> Ways:
    address, consent = _c[ADDRESS_OF[channel]], _c[f"{channel}_consent"]
    said_no = func.coalesce(consent == ConsentState.UNSUBSCRIBED.value, false())
    may, is_suppressed = _consents(consent, policy), suppressed(store_id, channel)
    is_sendable = true() if channel is ChannelName.EMAIL else _is_sendable(channel)
    return Ways(and_(address.is_not(None), is_sendable), said_no, may, is_suppressed, true())


def _is_sendable(channel: ChannelName) -> Words:
    """Say that a number is one; whoever wrote it down said so once, no pattern is asked here."""
    return func.coalesce(_c[f"{channel}_hash"] != UNSENDABLE, true())


def suppressed(store_id: str, channel: ChannelName) -> Words:
    """Say whose address is not to be written to, by the hash beside it; never NULL."""
    s = suppressions.c
    mine = (s.store_id == store_id, s.channel == channel.value)
    same = s.address_hash == _c[f"{channel}_hash"]
    return select(s.address_hash).where(*mine, same).correlate(customers).exists()


def _whatsapp(store_id: str, wrote: Words, only: Only = None) -> Ways:
    """Only who agreed is written to there, and who wrote just now is answered.

    Whoever wrote is written to where they did so, whatever their number.
    """
    channel, consent = ChannelName.WHATSAPP, _c.whatsapp_consent
    words = words_on(store_id, channel, only)
    met = _c.id.in_(select(words.c.customer_id))
    gone = _c.id.in_(suppressed_on(store_id, channel, words))
    said_yes = _says(consent, ConsentState.SUBSCRIBED)
    is_refused = func.coalesce(consent.in_(NO), false())
    return Ways(
        or_(and_(_c.phone.is_not(None), _is_sendable(channel)), met),
        func.coalesce(consent == ConsentState.UNSUBSCRIBED.value, false()),
        or_(said_yes, and_(not_(is_refused), wrote)),
        or_(gone, and_(not_(met), suppressed(store_id, channel))),
        true(),
    )


def _chat(store_id: str, channel: ChannelName, now: datetime, only: Only) -> Ways:
    """Whoever wrote may be written to as long as the window is open, unless they said no."""
    words = words_on(store_id, channel, only)
    no = select(words.c.customer_id).where(words.c.consent.in_(NO))
    met, said_no = _c.id.in_(select(words.c.customer_id)), _c.id.in_(no)
    wrote = _c.id.in_(_writers(store_id, channel, now, only))
    gone = _c.id.in_(suppressed_on(store_id, channel, words))
    return Ways(met, said_no, not_(said_no), gone, wrote)


def _writers(
    store_id: str, channel: ChannelName, now: datetime, only: Only = None
) -> Select[tuple[str]]:
    """Select who opened a window on a chat that is open still, each at least once."""
    i = inbound_messages.c
    return select(i.customer_id).where(
        i.store_id == store_id,
        i.customer_id.is_not(None),
        i.channel == channel.value,
        i.received_at > now - CHATS[channel],
        among(i.kind, map(str, OPENS_WINDOW)),
        _of_these(i.customer_id, only),
    )


def _of_these(column: Column[Any], only: Only) -> Words:
    return true() if only is None else among(column, only)


def _says(consent: ColumnElement[Any], state: ConsentState) -> Words:
    """Say in words that are never NULL what a consent is, as the partial indexes want it said."""
    return and_(consent.is_not(None), consent == state.value)


def _consents(consent: ColumnElement[Any], policy: ConsentPolicy) -> Words:
    said_yes = _says(consent, ConsentState.SUBSCRIBED)
    everyone = or_(consent.is_(None), ~consent.in_(NO))
    words = {Audience.SUBSCRIBERS: said_yes, Audience.EVERYONE: everyone}
    if not policy.by_country:
        return words[policy.audience]
    by_country = [(_c.country == code, words[one]) for code, one in policy.by_country.items()]
    return case(*by_country, else_=words[policy.audience])
