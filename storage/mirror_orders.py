"""The mirror of orders: newest word wins, refunds add up, and each finds the cart it came from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Connection, Row, cast, func, select

from marketing.events import EventName
from marketing.model import Gone, Order, Refund
from storage import mirror_lines
from storage.bulk import update_rows
from storage.many import find_rows, told_keys, upsert_rows
from storage.mirror_carts import Basket, Baskets
from storage.mirror_customers import Person, settled
from storage.mirror_lines import Lines, lines_of
from storage.schema import UtcTime, customers, new_id, orders

COLUMNS = (
    "store_id", "id", "external_id", "name", "customer_id", "cart_id", "cart_token",
    "checkout_token", "currency", "store_currency", "items", "subtotal", "total", "store_total",
    "store_refunded", "refunds", "discount_codes", "source", "counts", "placed_at", "paid_at",
    "fulfilled_at", "cancelled_at", "updated_at", "status_url", "imported",
    "delivered_at", "delivery_due_at", "tracking_company", "tracking_number", "tracking_url",
    "landing",
)  # fmt: skip
SELECTED = [orders.c[name] for name in COLUMNS]
BLANK: dict[str, Any] = {
    **dict.fromkeys(COLUMNS),
    "store_refunded": 0,
    "imported": False,
    "landing": {},
}


STEPS = {
    "paid_at": EventName.ORDER_PAID,
    "fulfilled_at": EventName.ORDER_FULFILLED,
    "cancelled_at": EventName.ORDER_CANCELLED,
}


@dataclass(frozen=True, slots=True)
class Standing:
    """How an order stood before a word about it, for platforms that tell no happenings."""

    had: frozenset[str] = frozenset()
    store_refunded: int = 0

    def steps_to(self, row: Mapping[str, Any]) -> list[tuple[EventName, datetime]]:
        """Give what happened since, and when."""
        return [(name, row[key]) for key, name in STEPS.items() if row[key] and key not in self.had]


def standing_of(purchase: "Purchase | None") -> Standing:
    """Give how an order stands; one that we do not have stands at its beginning."""
    if purchase is None:
        return Standing()
    row = purchase.row
    return Standing(frozenset(key for key in STEPS if row[key]), row["store_refunded"])


@dataclass(slots=True, eq=False)
class Purchase:
    """One order in memory; `is_told` when this batch told of it."""

    row: dict[str, Any]
    person: Person | None = None
    is_new: bool = False
    is_changed: bool = False
    is_told: bool = False
    had: Lines = frozenset()
    """What was bought by it before this batch."""

    def put(self, **values: Any) -> None:
        new = {name: value for name, value in values.items() if self.row[name] != value}
        if new:
            self.row.update(new)
            self.is_changed = True

    def fill(self, **values: Any) -> None:
        """Set what is known now and was not before."""
        self.put(**{name: told for name, told in values.items() if told and not self.row[name]})


class Purchases:
    """The orders that one batch is about, of all its stores."""

    def __init__(self) -> None:
        self._all: dict[str, Purchase] = {}
        self._by_external: dict[tuple[str, str], Purchase] = {}

    @classmethod
    def load(cls, connection: Connection, external: Iterable[tuple[str, str]]) -> "Purchases":
        """Read and lock the orders of these (store, external id) pairs."""
        purchases = cls()
        purchases._load(connection, "external_id", external)
        return purchases

    def _load(self, connection: Connection, name: str, keys: Iterable[tuple[str, str]]) -> None:
        for row in find_rows(connection, orders, ("store_id", name), keys, SELECTED, lock=True):
            if row.id not in self._all:
                known = dict(zip(COLUMNS, row, strict=True))
                self._index(Purchase(known, had=lines_of(known)))

    def _index(self, purchase: Purchase) -> Purchase:
        self._all[purchase.row["id"]] = purchase
        self._by_external[purchase.row["store_id"], purchase.row["external_id"]] = purchase
        return purchase

    def tell(
        self, store_id: str, told: Order, person: Person | None, *, imported: bool
    ) -> Purchase:
        """Take an order's record: an older one only adds what can't be taken back."""
        purchase = self._by_external.get((store_id, told.external_id))
        if purchase is None:
            row = {
                **BLANK, "store_id": store_id, "id": new_id(), "external_id": told.external_id,
                "refunds": {}, "imported": imported,
            }  # fmt: skip
            purchase = self._index(Purchase(row, is_new=True))
        purchase.person, purchase.is_told = person or purchase.person, True
        if purchase.row["updated_at"] is None or told.updated_at >= purchase.row["updated_at"]:
            _take(purchase, told)
        purchase.fill(
            paid_at=told.paid_at, fulfilled_at=told.fulfilled_at, cancelled_at=told.cancelled_at
        )
        return purchase

    def known(self, store_id: str, external_id: str) -> Purchase | None:
        """Give the order if we have it."""
        return self._by_external.get((store_id, external_id))

    def refund(self, store_id: str, told: Refund) -> Purchase | None:
        """Count a refund once; None for an order that we do not have (it will tell itself)."""
        purchase = self._by_external.get((store_id, told.order_external_id))
        if purchase is not None:
            refunds = {**purchase.row["refunds"], told.external_id: told.store_amount}
            # Orders tell their refunds, too: whichever knows of more is right.
            refunded = max(purchase.row["store_refunded"], sum(refunds.values()))
            purchase.put(refunds=refunds, store_refunded=refunded)
        return purchase

    def lose(self, store_id: str, told: Gone, at: datetime) -> Purchase | None:
        """An order deleted on the platform counts no more."""
        purchase = self._by_external.get((store_id, told.external_id))
        if purchase is not None:
            purchase.put(counts=False)
            purchase.fill(cancelled_at=at)
        return purchase

    def join(self, connection: Connection, baskets: Baskets) -> None:
        """Tie orders to the carts they came from: by checkout, by cart, else by person."""
        self._load_for_new(connection, baskets)
        lone = [one for one in self._all.values() if not one.row["cart_id"] and one.is_told]
        nameless = [one for one in lone if not self._tie(one, _by_token(baskets, one))]
        whose = [(one.row["store_id"], who) for one in nameless if (who := _customer_id(one))]
        baskets.add_open_of(connection, whose)
        for one in nameless:
            if who := _customer_id(one):
                past = baskets.open_of(one.row["store_id"], who, one.row["placed_at"])
                self._tie(one, past)

    def _load_for_new(self, connection: Connection, baskets: Baskets) -> None:
        """A cart that is first heard of after its order finds it here."""
        new = [basket.row for basket in baskets.new()]
        by_checkout = [(row["store_id"], row["external_id"]) for row in new]
        by_cart = [(row["store_id"], row["cart_token"]) for row in new if row["cart_token"]]
        before = set(self._all)
        self._load(connection, "checkout_token", by_checkout)
        self._load(connection, "cart_token", by_cart)
        for order_id in self._all.keys() - before:
            self._all[order_id].is_told = True

    def _tie(self, purchase: Purchase, basket: Basket | None) -> bool:
        if basket is None:
            return False
        placed_at, abandoned_at = purchase.row["placed_at"], basket.row["abandoned_at"]
        basket.put(order_id=basket.row["order_id"] or purchase.row["id"], idle_at=None)
        basket.put(completed_at=basket.row["completed_at"] or placed_at)
        if abandoned_at and abandoned_at <= placed_at and purchase.row["counts"]:
            basket.put(recovered_at=basket.row["recovered_at"] or placed_at)
        purchase.put(cart_id=basket.row["id"])
        if _customer_id(purchase) is None:
            purchase.person = basket.person
            purchase.put(customer_id=basket.row["customer_id"])
        return True

    def new(self) -> list[Purchase]:
        """Give the orders that were first heard of in this batch."""
        return [one for one in self._all.values() if one.is_new]

    def settle(self) -> set[tuple[str, str]]:
        """Set whose each order is; give the (store, customer id) pairs whose sums may change."""
        touched = set()
        for purchase in self._all.values():
            before = purchase.row["customer_id"]
            purchase.put(customer_id=_customer_id(purchase))
            if purchase.is_changed or purchase.is_new:
                whose = {before, purchase.row["customer_id"]} - {None}
                touched |= {(purchase.row["store_id"], who) for who in whose}
        return touched

    def save(self, connection: Connection) -> None:
        """Write every order that changed."""
        changed = [one for one in self._all.values() if one.is_changed or one.is_new]
        upsert_rows(connection, orders, [one.row for one in changed])
        mirror_lines.tell(connection, [(one.row, one.had) for one in changed])


def _take(purchase: Purchase, told: Order) -> None:
    row = purchase.row
    erased = purchase.person is not None and purchase.person.is_erased
    purchase.put(
        name=told.name,
        cart_token=told.cart_token or row["cart_token"],
        checkout_token=told.checkout_token or row["checkout_token"],
        currency=told.currency,
        store_currency=told.store_currency,
        items=told.items,
        subtotal=told.subtotal,
        total=told.total,
        store_total=told.store_total,
        store_refunded=max(told.store_refunded, sum(row["refunds"].values())),
        discount_codes=list(told.discount_codes),
        source=told.source,
        counts=told.counts,
        placed_at=row["placed_at"] or told.placed_at,  # once placed, for good
        updated_at=told.updated_at,
        status_url=None if erased else told.status_url,
        landing={} if erased else (told.landing and told.landing.document()) or row["landing"],
    )


def _by_token(baskets: Baskets, purchase: Purchase) -> Basket | None:
    row = purchase.row
    exact = baskets.by_external(row["store_id"], row["checkout_token"])
    return exact or baskets.by_token(row["store_id"], row["cart_token"])


def _customer_id(purchase: Purchase) -> str | None:
    person = settled(purchase.person)
    found: str | None = person.row["id"] if person is not None else purchase.row["customer_id"]
    return found


def count_again(connection: Connection, whose: Iterable[tuple[str, str]]) -> None:
    """Sum up the orders of these (store, customer id) pairs anew; exact whatever came twice.

    Counted are orders that count and stand; money is net of refunds, in the store's currency.
    """
    pairs = sorted(set(whose))
    if not pairs:
        return
    sums: dict[tuple[str, str], Sequence[Any]] = dict.fromkeys(pairs, (0, 0, None, None, None))
    for row in _sums(connection, pairs):
        sums[row.store_id, row.customer_id] = row[2:]
    names = ("orders_count", "spent", "first_order_at", "second_order_at", "last_order_at")
    rows = [
        {"store_id": store_id, "id": customer_id, **dict(zip(names, told, strict=True))}
        for (store_id, customer_id), told in sums.items()
    ]
    update_rows(connection, customers, rows)


def _sums(connection: Connection, pairs: list[tuple[str, str]]) -> Iterable[Row[Any]]:
    o = orders.c
    keys = told_keys(connection, orders, ("store_id", "customer_id"), pairs)
    nth = func.row_number().over(
        partition_by=(o.store_id, o.customer_id), order_by=(o.placed_at, o.id)
    )
    one = (
        select(o.store_id, o.customer_id, o.placed_at)
        .add_columns((o.store_total - o.store_refunded).label("net"), nth.label("nth"))
        .where(keys.match, o.counts, o.cancelled_at.is_(None))
        .subquery()
    )
    at = func.min(one.c.placed_at, type_=UtcTime)
    query = (
        select(one.c.store_id, one.c.customer_id, func.count())
        .add_columns(cast(func.sum(one.c.net), BigInteger), at, at.filter(one.c.nth == 2))
        .add_columns(func.max(one.c.placed_at, type_=UtcTime))
        .group_by(one.c.store_id, one.c.customer_id)
    )
    return connection.execute(query, keys.parameters)
