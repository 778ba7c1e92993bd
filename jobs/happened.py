"""What other programs of the merchant tell: events of their own, and reviews.

In the caller's transaction, each once by the program's own key, whenever it says it happened.
After the commit the caller wakes what became due: `enroll.wake_after`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from jobs import enroll
from jobs.runtime import Runtime
from marketing.events import EventName, News
from marketing.model import CustomerKey
from marketing.reviews import Review
from storage import Connection, events, people, privacy_names, reviews
from storage.events import Event
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class Happening:
    """One event of another program: `name` is the program's own, such as `quiz_finished`."""

    name: str
    customer: CustomerKey
    occurred_at: datetime
    key: str
    """The program's own id of it: told again, it is the same event."""
    properties: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Heard:
    """What came of a call: whose each event is (None: nobody's), and what was new."""

    customers: Sequence[str | None]
    news: Sequence[News]


def tell(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    told: Sequence[Happening],
    now: datetime,
) -> Heard:
    """Keep events and let flows react; one of nobody we may know of is left out."""
    told = [replace(one, occurred_at=min(one.occurred_at, now)) for one in told]
    named = [(one.customer, one.occurred_at) for one in told]
    whose = people.meet(connection, store.id, named, runtime.secrets.address_hash)
    made = [
        Event(
            store.id,
            EventName.CUSTOM,
            one.occurred_at,
            key_of(one),
            customer_id,
            # Two of one name on one day are two reasons to write.
            {"name": one.name, "properties": dict(one.properties), "subject": key_of(one)},
        )
        for one, customer_id in zip(told, whose, strict=True)
        if customer_id is not None
    ]
    return Heard(whose, _react(connection, runtime, store, made, now))


def key_of(told: Happening) -> str:
    """Give what makes an event one of its kind, whenever it is told."""
    return f"{EventName.CUSTOM}:{told.name}:{told.key}"


def post_reviews(
    connection: Connection, runtime: Runtime, store: Store, told: Sequence[Review], now: datetime
) -> Heard:
    """Keep reviews and let flows react; one without a customer is kept, and is nobody's news."""
    told = [replace(one, posted_at=min(one.posted_at, now)) for one in told]
    whose = keep_reviews(connection, runtime, store, told, now)
    made = [
        Event(
            store.id,
            EventName.REVIEW_POSTED,
            one.posted_at,
            f"{EventName.REVIEW_POSTED}:{one.external_id}",
            customer_id,
            {
                "product_id": one.product_id,
                "rating": one.rating,
                "subject": f"review:{one.external_id}",
            },
        )
        for one, customer_id in zip(told, whose, strict=True)
        if customer_id is not None
    ]
    return Heard(whose, _react(connection, runtime, store, made, now))


def keep_reviews(
    connection: Connection, runtime: Runtime, store: Store, told: Sequence[Review], now: datetime
) -> Sequence[str | None]:
    """Keep reviews that are no news, and give whose they are."""
    told = [replace(one, posted_at=min(one.posted_at, now)) for one in told]
    named = [(one.customer, one.posted_at) for one in told]
    whose = people.meet(connection, store.id, named, runtime.secrets.address_hash)
    kept = _without_erased(connection, store.id, told, whose)
    authored = list(zip(kept, whose, strict=True))
    reviews.keep(connection, store.id, _known_again(connection, runtime, store, authored))
    return whose


def _without_erased(
    connection: Connection, store_id: str, told: Sequence[Review], whose: Sequence[str | None]
) -> list[Review]:
    """Keep only the stars of a review by someone erased, however often it is told again.

    Whom we never heard of by an id of the platform's may be a customer yet; by an address or
    number they would be one by now.
    """
    lost = [
        one.customer if customer_id is None else None
        for one, customer_id in zip(told, whose, strict=True)
    ]
    named = {one.external_id for one in lost if one and one.external_id}
    erased = people.erased(connection, store_id, named) if named else set()
    return [
        replace(one, title=None, text=None, author=None)
        if who and not (_is_strange(who) and who.external_id not in erased)
        else one
        for one, who in zip(told, lost, strict=True)
    ]


def _known_again(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    told: Sequence[tuple[Review, str | None]],
) -> list[tuple[Review, str | None]]:
    """Keep only the stars of a review whose author was erased, also if it names nobody now."""
    names = [one.external_id for one, _ in told]
    hashed = runtime.secrets.address_hash
    erased = privacy_names.erased_reviews(connection, store.id, names, hashed)
    return [
        (_stars_of(one, erased[one.external_id][0]), erased[one.external_id][1])
        if customer_id is None and one.external_id in erased
        else (one, customer_id)
        for one, customer_id in told
    ]


def _stars_of(told: Review, kept_as: str) -> Review:
    return replace(told, external_id=kept_as, title=None, text=None, author=None)


def _is_strange(who: CustomerKey) -> bool:
    return bool(who.external_id) and not (who.email or who.phone)


def _react(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    made: Sequence[Event],
    now: datetime,
) -> list[News]:
    known = events.known(connection, store.id, [one.dedupe_key for one in made])
    fresh = {one.dedupe_key: one for one in reversed(made) if one.dedupe_key not in known}
    new = events.append_many(connection, list(reversed(fresh.values())))
    news = [News(one.name, one.occurred_at, one.customer_id, data=one.data) for one in new]
    enroll.react(connection, runtime, store, news, now)
    return news
