"""Looking up what a batch of messages shows: carts, orders, products, what is recommended.

What is chosen for a message is settled when it is first rendered and kept with it, so that
another try says the very same.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from jobs import reward_checks
from marketing.blocks.wares import SHOWN_REVIEWS
from marketing.recommendations import Recommended, blended, choose, recommend
from marketing.rendering import presentable_name
from marketing.showing import (
    PICKED,
    RECOMMENDATIONS,
    REVIEWS,
    WHY,
    Needs,
    key_of,
    needs_of,
)
from marketing.wares import Ware
from storage import Connection, Row, catalogue, messages, recommendations, reviews
from storage.facts import carts_of, orders_of
from storage.flows import Version
from storage.recommendations import BEST, BOUGHT, NEWEST, VIEWED, Shelf, best_of
from storage.stores import Store

CART_FACTS = ("items", "currency", "subtotal", "total", "locale")
ORDER_FACTS = (
    *("name", "items", "currency", "subtotal", "total", "status_url", "placed_at"),
    *("fulfilled_at", "delivered_at", "tracking_company", "tracking_number", "tracking_url"),
)
CONSIDERED = 40
"""Companions looked at for each message: enough to find four that are in stock."""
Versions = Mapping[tuple[str, str], Version]
Told = Mapping[str, Any]
Groups = Sequence[tuple[str, Sequence[str]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a batch's words may show; `settled` has what was chosen, by message id."""

    carts: Mapping[str | None, Told] = field(default_factory=dict)
    orders: Mapping[str | None, Told] = field(default_factory=dict)
    wares: Mapping[str, Ware] = field(default_factory=dict)
    settled: Mapping[str, Told] = field(default_factory=dict)
    rewards: Mapping[str, Told] = field(default_factory=dict)
    """What messages (by id) tell of that their flow gave."""


@dataclass(frozen=True, slots=True)
class _Choice:
    """What was chosen for one message: picked products or their substitutes, and what else."""

    message_id: str
    picked: Mapping[str, str]
    recommended: Recommended


@dataclass(frozen=True, slots=True)
class _Batch:
    """The messages of one store, and what is known of them before anything is chosen."""

    store: Store
    rows: Sequence[Row[Any]]
    needs: Mapping[str, Needs]
    carts: Mapping[str | None, Told]
    orders: Mapping[str | None, Told]
    wares: Mapping[str, Ware]

    def seeds(self, row: Row[Any]) -> list[str]:
        """Give the products that a message is about: its event's, its order's, its cart's."""
        if named := (row.event or {}).get("product_id"):
            return [str(named)]
        about = self.orders.get(row.order_id) or self.carts.get(row.cart_id) or {}
        return [item["product_id"] for item in about.get("items", ()) if item.get("product_id")]

    def categories(self, row: Row[Any]) -> list[str]:
        """Give the categories that a message is about."""
        named = (row.event or {}).get("category")
        found = [self.wares[one].category for one in self.seeds(row) if one in self.wares]
        return list(dict.fromkeys(one for one in (named, *found) if one))


def load(
    connection: Connection, store: Store, rows: Sequence[Row[Any]], versions: Versions
) -> Shown:
    """Give what these messages show; what is chosen for the first time is kept."""
    needs = {
        row.id: needs_of(versions[row.store_id, row.version_id].templates[row.step_id])
        for row in rows
    }
    batch = _batch(connection, store, rows, needs)
    unsettled = [row for row in rows if batch.needs[row.id].is_settled and row.shown is None]
    settled = {row.id: row.shown for row in rows if row.shown is not None}
    if unsettled:
        chosen = _choose(connection, batch, unsettled)
        messages.settle_shown(connection, store.id, chosen)
        settled |= chosen
    rewards = reward_checks.shown(connection, store.id, rows, versions)
    return Shown(batch.carts, batch.orders, batch.wares, settled, rewards)


def imagined(connection: Connection, store: Store, row: Row[Any], needs: Needs) -> Shown:
    """Give what a message would show that nobody is going to be sent; nothing is kept."""
    batch = _batch(connection, store, [row], {row.id: needs})
    settled = _choose(connection, batch, [row]) if needs.is_settled else {}
    return Shown(batch.carts, batch.orders, batch.wares, settled)


def _batch(
    connection: Connection, store: Store, rows: Sequence[Row[Any]], needs: Mapping[str, Needs]
) -> _Batch:
    carts = carts_of(connection, store.id, (row.cart_id for row in rows), CART_FACTS)
    of_orders = [row.order_id for row in rows if needs[row.id].nouns]
    orders = orders_of(connection, store.id, of_orders, ORDER_FACTS)
    items = [item for one in (*carts.values(), *orders.values()) for item in one["items"]]
    named = {item.get("product_id") for item in items}
    named |= {(row.event or {}).get("product_id") for row in rows if needs[row.id].nouns}
    rated = any(one.nouns for one in needs.values())
    wares = catalogue.wares(connection, store.id, named, rated=rated)
    return _Batch(store, rows, needs, carts, orders, wares)


def _choose(connection: Connection, batch: _Batch, rows: Sequence[Row[Any]]) -> dict[str, Told]:
    """Choose what each of these messages recommends and quotes."""
    store_id = batch.store.id
    seeds = {seed for row in rows for seed in batch.seeds(row)}
    lists = {best_of(one) for row in rows for one in batch.categories(row)} | {BEST, NEWEST}
    shelf = recommendations.shelf(connection, store_id, seeds, lists)
    groups = {row.id: _groups(batch, row, shelf) for row in rows}
    candidates = {one for some in groups.values() for _, ids in some for one in ids}
    picked = {one for row in rows for one in batch.needs[row.id].picked}
    wares = {**batch.wares, **catalogue.wares(connection, store_id, candidates | picked)}
    bought = recommendations.bought_by(connection, store_id, {row.customer_id for row in rows})
    choices = {
        row.id: _choice(batch, row, groups[row.id], wares, bought.get(row.customer_id, set()))
        for row in rows
    }
    quotes = _quotes(connection, batch, rows, choices, wares)
    return {key: _told(one, wares, batch.store.currency, quotes) for key, one in choices.items()}


def _groups(batch: _Batch, row: Row[Any], shelf: Shelf) -> Groups:
    """Give what may be recommended, by why: companions, then best-sellers, then what is new.

    Who was only looking may like what others looked at; who has bought wants what goes with it,
    not its rivals.
    """
    seeds = batch.seeds(row)
    kinds = (BOUGHT,) if row.order_id else (BOUGHT, VIEWED) if row.cart_id else (VIEWED, BOUGHT)
    companions = [(kind, blended(seeds, shelf.companions[kind])[:CONSIDERED]) for kind in kinds]
    names = [*map(best_of, batch.categories(row)), BEST]
    best = [one for name in names for one in shelf.lists.get(name, ())]
    return [*companions, (BEST, best), (NEWEST, shelf.lists.get(NEWEST, ()))]


def _choice(
    batch: _Batch, row: Row[Any], groups: Groups, wares: Mapping[str, Ware], bought: set[str]
) -> _Choice:
    wanted = batch.needs[row.id].picked
    not_these = {*batch.seeds(row), *bought, *wanted}
    everything = [one for _, candidates in groups for one in candidates]
    spare = choose(everything, wares, not_these, len(wanted)) if wanted else []
    picked = _with_substitutes(wanted, wares, spare)
    return _Choice(row.id, picked, recommend(groups, wares, not_these | set(picked.values())))


def _told(
    choice: _Choice, wares: Mapping[str, Ware], currency: str, quotes: Mapping[str, list[Told]]
) -> Told:
    """Give a choice as its message keeps it and its template knows it."""
    found = choice.recommended
    return {
        RECOMMENDATIONS: [wares[one].shown(currency) for one in found.product_ids],
        WHY: found.why if found.product_ids else None,
        PICKED: [
            {**wares[one].shown(currency), "key": key_of(meant)}
            for meant, one in choice.picked.items()
        ],
        REVIEWS: quotes.get(choice.message_id, []),
    }


def _with_substitutes(
    picked: Iterable[str], wares: Mapping[str, Ware], spare: Iterable[str]
) -> dict[str, str]:
    """Give each picked product, or what stands in for one that is sold out or gone."""
    substitutes, shown = iter(spare), dict[str, str]()
    for meant in picked:
        ware = wares.get(meant)
        there = ware is not None and ware.is_published and ware.is_available()
        if stands_in := (meant if there else next(substitutes, None)):
            shown[meant] = stands_in
    return shown


def _quotes(
    connection: Connection,
    batch: _Batch,
    rows: Sequence[Row[Any]],
    choices: Mapping[str, _Choice],
    wares: Mapping[str, Ware],
) -> dict[str, list[Told]]:
    """Quote what buyers said of what a message is about, else of what it recommends."""
    of = {
        row.id: batch.seeds(row) or choices[row.id].recommended.product_ids
        for row in rows
        if REVIEWS in batch.needs[row.id].nouns
    }
    asked = {one for ids in of.values() for one in ids}
    said = reviews.best(connection, batch.store.id, asked, limit=SHOWN_REVIEWS) if asked else {}
    return {key: _best_of(ids, said, wares) for key, ids in of.items()}


def _best_of(
    product_ids: Iterable[str], said: Mapping[str, Sequence[Row[Any]]], wares: Mapping[str, Ware]
) -> list[Told]:
    """Give the best reviews of these products."""
    found = [(one, row) for one in dict.fromkeys(product_ids) for row in said.get(one, ())]
    found.sort(key=lambda one: (-one[1].rating, -one[1].posted_at.timestamp()))
    return [
        {
            "product": wares[one].title if one in wares else None,
            "rating": row.rating,
            "text": row.text,
            "author": presentable_name(row.author),
        }
        for one, row in found[:SHOWN_REVIEWS]
    ]
