"""What a customer asks of a channel itself, done at once: to be left alone, to be written to."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType

from jobs import stop_answers
from jobs.heard import Heard
from jobs.track import WRITE_CONSENT
from marketing.answering import is_answer
from marketing.consent import CONSENT_CHANNELS, KEPT_CHANNELS, SuppressionScope
from marketing.events import EventName
from marketing.keywords import Wish, wish_of, wish_of_tap
from marketing.model import Consent, ConsentSource, ConsentState, Reason
from storage import (
    chatters,
    customer_changes,
    customers,
    identities,
    messages,
    outbox,
    suppressions,
)
from storage.inbound import BY_PHONE

NOTHING: Mapping[str, str] = MappingProxyType({})


def obey(heard: Heard) -> tuple[Wish | None, bool]:
    """Do what a message asks of its channel; give what that was, and whether it was done by that.

    "Yes" brings back whoever left; of others it may be an answer to a person.
    """
    wish = _wish_of(heard)
    if wish is Wish.STOP and stop(heard):
        stop_answers.tell(heard)
    return wish, wish is Wish.STOP or (wish is Wish.START and start(heard))


def _wish_of(heard: Heard) -> Wish | None:
    text, payload = heard.kept.text, heard.kept.payload
    return wish_of_tap(text, answers=is_answer(payload)) if payload else wish_of(text)


def stop(heard: Heard) -> bool:
    """Write no more marketing there: nothing that is pending goes either. False: they had left.

    It holds for whoever has that number, too, by word of their own or typed at a checkout.
    """
    connection, store, channel = heard.connection, heard.store, heard.channel
    suppressions.add(
        connection,
        store.id,
        channel,
        [_address_hash(heard)],
        scope=SuppressionScope.MARKETING,
        reason=suppressions.UNSUBSCRIBED,
        source=ConsentSource.REPLY,
        now=heard.said_at,
    )
    _stop_anew(heard)
    is_new = _leave(heard)
    for one in _of_others(heard):
        _leave(one)
    return is_new


def _leave(heard: Heard) -> bool:
    said = Consent(heard.channel, ConsentState.UNSUBSCRIBED, ConsentSource.REPLY, heard.said_at)
    is_new = _changes(heard, said, only_after=None)
    if is_new:
        _news(heard, EventName.CUSTOMER_UNSUBSCRIBED, said.source)
    whose = (heard.connection, heard.store.id, heard.customer_id)
    messages.skip_of_customer(*whose, heard.channel, Reason.UNSUBSCRIBED)
    return is_new


def _of_others(heard: Heard) -> list[Heard]:
    """Give a message as if the others had written it of whom the sender's number is known."""
    ways = (heard.kept.sender, *heard.message.also)
    number = next((way for way in ways if way.startswith("+")), None)
    if heard.channel not in BY_PHONE or number is None:
        return []
    everybody = chatters.of_number(heard.connection, heard.store.id, number)
    kept, others = heard.kept, (one for one in everybody if one != heard.customer_id)
    told = ((one, f"{one}:{kept.provider_id}") for one in others)  # news of each by itself
    return [
        replace(heard, kept=replace(kept, customer_id=one, provider_id=news)) for one, news in told
    ]


def _stop_anew(heard: Heard) -> None:
    """Who stops again has left as of now: what they said in between brings them back no more.

    Whoever left by a link before has left by a word now, and comes back by a word alone.
    """
    whose = (heard.connection, heard.store.id, heard.channel)
    suppressions.left_anew(*whose, [_address_hash(heard)], heard.said_at)
    suppressions.left_by(*whose, [_address_hash(heard)], ConsentSource.REPLY)


def start(heard: Heard) -> bool:
    """Only whoever left can come back by a word: to others it may be an answer.

    One that was said before they left, and is told late, brings nobody back. The provider of texts
    lets them through again by that word alone, so whoever agreed by another is reached from now on.
    """
    if is_over(heard):
        return False
    whose = (heard.connection, heard.store.id, heard.channel)
    suppressions.let_through(*whose, _all_hashes(heard))
    said = Consent(heard.channel, ConsentState.SUBSCRIBED, ConsentSource.REPLY, heard.said_at)
    is_back = _changes(heard, said, only_after=ConsentState.UNSUBSCRIBED)
    if is_back:
        _lift(heard)
        _news(heard, EventName.CUSTOMER_SUBSCRIBED, said.source)
    return is_back


def agree(heard: Heard, source: ConsentSource, told: Mapping[str, str]) -> bool:
    """Take a yes from whoever says it, whatever held before; False: it was known, and proven.

    `told` goes with the news of it.
    """
    said = Consent(heard.channel, ConsentState.SUBSCRIBED, source, heard.said_at)
    is_lifted = _lift(heard)
    is_new = _changes(heard, said, only_after=None)
    if is_new or is_lifted:
        _news(heard, EventName.CUSTOMER_SUBSCRIBED, source, told)
    whose = (heard.connection, heard.store.id, heard.customer_id)
    return is_new or customer_changes.proven(*whose, said) or is_lifted


def is_over(heard: Heard) -> bool:
    """Say whether they left after they wrote this, which is told late."""
    left_at = _left_at(heard)
    return left_at is not None and heard.said_at <= left_at


def _lift(heard: Heard) -> bool:
    hashes = _all_hashes(heard)
    return suppressions.lift(heard.connection, heard.store.id, heard.channel, hashes)


def _left_at(heard: Heard) -> datetime | None:
    """Give when they last left this channel, by any of their addresses there."""
    whose = (heard.connection, heard.store.id)
    kept = suppressions.left_at(*whose, heard.channel, _all_hashes(heard))
    if heard.channel in KEPT_CHANNELS:
        row = customers.find(*whose, "id", heard.customer_id) or {}
        said = (row.get(f"{heard.channel}_consent"), row.get(f"{heard.channel}_consent_at"))
        words = [said]
    else:
        rows = identities.of_customer(*whose, heard.customer_id)
        words = [(one.consent, one.consent_at) for one in rows if one.channel == heard.channel]
    left = [at for state, at in words if at and state == ConsentState.UNSUBSCRIBED]
    return max([*left, kept] if kept else left, default=None)


def _all_hashes(heard: Heard) -> list[str]:
    """Who has a number and another id may have stopped by the one, and comes back by the other."""
    known = identities.addresses(heard.connection, heard.store.id, [heard.customer_id])
    other = sorted(address for channel, address in known if channel == heard.channel)
    hashed = heard.runtime.secrets.address_hash
    return [_address_hash(heard), *(hashed(heard.channel, one) for one in other)]


def _address_hash(heard: Heard) -> str:
    return heard.runtime.secrets.address_hash(heard.channel, heard.kept.sender)


def _changes(heard: Heard, said: Consent, *, only_after: ConsentState | None) -> bool:
    """Note a customer's word, and have the platform told of it; False when it changes nothing."""
    is_platforms = heard.channel in CONSENT_CHANNELS
    note = customer_changes.consent if heard.channel in KEPT_CHANNELS else identities.consent
    whose = (heard.connection, heard.store.id, heard.customer_id)
    changed = note(*whose, said, only_after=only_after)
    if changed and is_platforms and heard.store.is_installed:
        _tell_platform(heard, said.state)
    return changed


def _tell_platform(heard: Heard, state: ConsentState) -> None:
    payload = {
        "customer_id": heard.customer_id,
        "channel": heard.channel.value,
        "state": state.value,
        "changed_at": heard.said_at.isoformat(),
    }
    key, real_now = (
        f"{heard.customer_id}:{heard.channel}",
        heard.runtime.database.real_now(heard.connection),
    )
    outbox.add(heard.connection, heard.store.id, WRITE_CONSENT, key, payload, real_now)


def _news(
    heard: Heard, name: EventName, source: ConsentSource, told: Mapping[str, str] = NOTHING
) -> None:
    if not heard.store.is_installed:
        return  # its flows are over
    heard.react(name, {"source": source.value, **told})
