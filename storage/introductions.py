"""What another program tells of a customer: whom it means, and what is new by it.

The platform stays the master of who somebody is: an address, a number or an id that is told
here is kept where there was none, and never replaces one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from marketing.events import EventName
from marketing.model import Consent, ConsentState, CustomerKey
from storage import customer_changes, mirror_merges
from storage.address_hashes import AddressHash
from storage.dialect import lock_stores
from storage.events import Event
from storage.mirror_customers import People, Person, consent_of, hear, settled

CONSENT_NEWS = {
    ConsentState.SUBSCRIBED: EventName.CUSTOMER_SUBSCRIBED,
    ConsentState.UNSUBSCRIBED: EventName.CUSTOMER_UNSUBSCRIBED,
}


class Unsubscribed(Exception):
    """They said no; a yes that they gave anew has to be told as such. `said` is their no."""

    def __init__(self, said: Consent) -> None:
        super().__init__(said.channel.value)
        self.said = said


@dataclass(frozen=True, slots=True)
class Introduction:
    """One customer as another program tells of them. What is left out stays as it is."""

    key: CustomerKey
    fields: Mapping[str, str | None] = field(default_factory=dict)
    tags: Sequence[str] | None = None
    """All of their tags; else `add_tags` and `remove_tags` change some."""
    add_tags: Sequence[str] = ()
    remove_tags: Sequence[str] = ()
    properties: Mapping[str, Any] = field(default_factory=dict)
    consents: Sequence[Consent] = ()
    anew: bool = False
    """They agreed after they had unsubscribed, and the program knows it."""


@dataclass(frozen=True, slots=True)
class Introduced:
    """What came of it: the events are made, not kept yet."""

    customer_id: str
    created: bool
    events: Sequence[Event]
    added_tags: Sequence[str]
    removed_tags: Sequence[str]
    consents: Sequence[Consent]
    """The answers that changed."""
    has_account: bool
    """Whether the platform knows them: it then has to be told."""


def take(
    connection: Connection,
    store_id: str,
    told: Introduction,
    address_hash: AddressHash,
    now: datetime,
) -> Introduced | None:
    """Keep what is told of a customer; None: the store was told to forget them.

    Raises `Unsubscribed` before anything is kept.
    """
    lock_stores(connection, [store_id])
    people = People.load(connection, [(store_id, told.key)], address_hash)
    person = people.find(store_id, told.key, now, is_record=True)
    if person is None or person.is_erased:
        return None
    created = person.is_new
    _refuse_resubscribing(person, told)
    person.put(**_with_the_place_left(person, told.fields))
    heard = [said for said in told.consents if hear(person, said)]
    changed = person.is_changed
    people.save(connection)
    mirror_merges.move(connection, people.merged)
    row = (settled(person) or person).row
    who = str(row["id"])
    added, removed = _change(connection, store_id, who, row["tags"], told)
    names = _names(created, changed=changed or bool(told.properties))
    made = [_event(store_id, who, name, now, {}) for name in names]
    made += [_consent_event(store_id, who, said) for said in heard if said.state in CONSENT_NEWS]
    made += _tag_events(store_id, who, added, removed, now)
    return Introduced(who, created, made, added, removed, heard, bool(row["external_id"]))


def _with_the_place_left(person: Person, told: Mapping[str, str | None]) -> dict[str, str | None]:
    """Give the fields; who moves to another country is no longer in a town of the one before."""
    moved = told.get("country", person.row["country"]) != person.row["country"]
    return {**({"region": None, "city": None} if moved else {}), **told}


def _refuse_resubscribing(person: Person, told: Introduction) -> None:
    for said in told.consents:
        before = consent_of(person, said.channel)
        said_no = before is not None and before.state is ConsentState.UNSUBSCRIBED
        if before and said_no and said.state is ConsentState.SUBSCRIBED and not told.anew:
            raise Unsubscribed(before)


def _change(
    connection: Connection, store_id: str, who: str, tags: Iterable[str], told: Introduction
) -> tuple[list[str], list[str]]:
    add, remove = told.add_tags, told.remove_tags
    if told.tags is not None:
        add, remove = told.tags, [tag for tag in tags if tag not in told.tags]
    if not (add or remove or told.properties):
        return [], []
    return customer_changes.change(
        connection, store_id, who, add=add, remove=remove, properties=told.properties
    )


def _names(created: bool, *, changed: bool) -> list[EventName]:  # noqa: FBT001  a fact
    if created:
        return [EventName.CUSTOMER_CREATED]
    return [EventName.CUSTOMER_UPDATED] if changed else []


def _consent_event(store_id: str, who: str, said: Consent) -> Event:
    data = {"channel": said.channel.value, "source": said.source.value}
    name = CONSENT_NEWS[said.state]
    key = f"{name}:{said.channel}:{who}:{said.changed_at.timestamp():.6f}"
    return Event(store_id, name, said.changed_at, key, who, data)


def _tag_events(
    store_id: str, who: str, added: Sequence[str], removed: Sequence[str], now: datetime
) -> list[Event]:
    changes = (
        (EventName.CUSTOMER_TAGGED, "added", added),
        (EventName.CUSTOMER_UNTAGGED, "removed", removed),
    )
    return [
        _event(store_id, who, name, now, {word: list(tags)}) for name, word, tags in changes if tags
    ]


def _event(
    store_id: str, who: str, name: EventName, now: datetime, data: Mapping[str, Any]
) -> Event:
    return Event(store_id, name, now, f"{name}:{who}:{now.timestamp():.6f}", who, data)
