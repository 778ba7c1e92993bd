"""What a batch of the mirror makes happen: an event each, and news of those that are new."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from marketing.events import EventName, News
from storage.events import Event, append_many
from storage.mirror_carts import Basket
from storage.mirror_customers import Person, settled
from storage.mirror_orders import Purchase


@dataclass(slots=True)
class Happening:
    """An event to be, while it is still open who its person turns out to be."""

    store_id: str
    name: EventName
    occurred_at: datetime
    key: str
    person: Person | None = None
    basket: Basket | None = None
    purchase: Purchase | None = None
    data: dict[str, Any] = field(default_factory=dict)


def keep(connection: Connection, happenings: Sequence[Happening]) -> dict[str, list[News]]:
    """Keep what happened; give the news by store id: an event that was there is none."""
    made = [(_event(one), one) for one in happenings]
    of_key = {(event.store_id, event.dedupe_key): one for event, one in reversed(made)}
    news: defaultdict[str, list[News]] = defaultdict(list)
    for event in append_many(connection, [event for event, _ in made]):
        news[event.store_id].append(_news(event, of_key[event.store_id, event.dedupe_key]))
    return dict(news)


def _event(one: Happening) -> Event:
    ids = {"cart_id": one.basket, "order_id": one.purchase}
    data = {name: thing.row["id"] for name, thing in ids.items() if thing is not None}
    thing = one.purchase or one.basket
    if thing is not None:
        data["store_total"] = thing.row["store_total"]
    if one.purchase is not None:
        data["name"] = one.purchase.row["name"]
    return Event(
        one.store_id, one.name, one.occurred_at, one.key, _whose(one), {**data, **one.data}
    )


def _whose(one: Happening) -> str | None:
    person = settled(one.person)
    if person is not None:
        return str(person.row["id"])
    thing = one.purchase or one.basket
    return thing.row["customer_id"] if thing is not None else None


def _news(event: Event, one: Happening) -> News:
    return News(
        name=event.name,
        occurred_at=event.occurred_at,
        customer_id=event.customer_id,
        cart_id=_cart_id(one),
        order_id=one.purchase.row["id"] if one.purchase else None,
        data=event.data,
    )


def _cart_id(one: Happening) -> str | None:
    if one.basket is not None:
        return str(one.basket.row["id"])
    return one.purchase.row["cart_id"] if one.purchase is not None else None
