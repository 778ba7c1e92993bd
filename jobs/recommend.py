"""Finding what goes with what in each store, once a day, for messages to recommend."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from jobs.rounds import rounds
from jobs.runtime import Runtime
from marketing.events import EventName
from marketing.model import StoreStatus
from marketing.recommendations import Taken, best_sellers, neighbours, sessions
from storage import Connection, recommendations, stores
from storage.recommendations import BEST, BOUGHT, NEWEST, VIEWED, Companions, Found, best_of

EVERY = timedelta(days=1)
AGAIN = timedelta(minutes=15)
"""After a round that a worker died of."""
BOUGHT_FOR = timedelta(days=365)
VIEWED_FOR = timedelta(days=90)
MOST_ORDERS = 100_000
MOST_VIEWS = 200_000
"""Of the newest: a round costs no more than these, however old the store."""
LISTED = 50


@dataclass(frozen=True, slots=True)
class Material:
    """What a round is made from."""

    bought: Sequence[Taken]
    viewed: Sequence[Taken]
    on_sale: Sequence[tuple[str, set[str]]]


def drain(runtime: Runtime, store_ids: Sequence[str]) -> list[str]:
    """Find these stores' recommendations where they are due, in turns."""
    seconds = runtime.settings.periods.work
    return rounds(store_ids, seconds, lambda store_id: find(runtime, store_id))


def find(runtime: Runtime, store_id: str) -> bool:
    """Find one store's recommendations anew, if they are due; never has more to do at once."""
    now = runtime.database.write(lambda c: _take(runtime, c, store_id))
    if now is None:
        return False
    with runtime.database.reading() as connection:
        material = _material(connection, store_id, now)
    found = _found(material, now)
    runtime.database.write(lambda c: _keep(c, store_id, found, now))
    return False


def _take(runtime: Runtime, connection: Connection, store_id: str) -> datetime | None:
    """Take the round; None: it is not due, or the store is gone and will want it again."""
    now = runtime.database.now(connection)
    if not recommendations.take(connection, store_id, now, now + AGAIN):
        return None
    store = stores.by_id(connection, store_id)
    if store is None or store.status is StoreStatus.UNINSTALLED:
        recommendations.set_due(connection, store_id, None)
        return None
    return now


def _material(connection: Connection, store_id: str, now: datetime) -> Material:
    viewed = EventName.PRODUCT_VIEWED
    return Material(
        recommendations.bought(connection, store_id, now - BOUGHT_FOR, MOST_ORDERS),
        recommendations.viewed(connection, store_id, viewed, now - VIEWED_FOR, MOST_VIEWS),
        recommendations.on_sale(connection, store_id),
    )


def _found(material: Material, now: datetime) -> Found:
    return Found(
        {
            BOUGHT: _companions(material.bought, now),
            VIEWED: _companions(material.viewed, now),
        },
        {
            **_best(material, now),
            NEWEST: [product_id for product_id, _ in material.on_sale[:LISTED]],
        },
    )


def _companions(taken: Sequence[Taken], now: datetime) -> Companions:
    return neighbours(list(sessions(taken)), now)


def _best(material: Material, now: datetime) -> Mapping[str, list[str]]:
    """Give the best-sellers on sale, of the store and of each category."""
    categories_of = dict(material.on_sale)
    ranked = [one for one in best_sellers(material.bought, now) if one in categories_of]
    lists: defaultdict[str, list[str]] = defaultdict(list, {BEST: ranked[:LISTED]})
    for product_id in ranked:
        for category in categories_of[product_id]:
            if len(lists[best_of(category)]) < LISTED:
                lists[best_of(category)].append(product_id)
    return lists


def _keep(connection: Connection, store_id: str, found: Found, now: datetime) -> None:
    recommendations.replace(connection, store_id, found)
    recommendations.set_due(connection, store_id, now + EVERY, found_at=now)
