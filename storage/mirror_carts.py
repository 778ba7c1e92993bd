"""The mirror of carts and checkouts: newest activity wins, and when each is to be looked at."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row

from marketing.model import Cart, Gone
from storage.exchange import Pair, rates, worth
from storage.many import find_rows, upsert_rows
from storage.mirror_customers import Person, settled
from storage.schema import carts, new_id
from storage.stores import Store

TOO_LATE = timedelta(hours=24)
"""A cart whose last activity is older than this when we first hear of it is not followed up."""
COLUMNS = (
    "store_id", "id", "external_id", "cart_token", "checkout_id", "customer_id", "currency",
    "store_currency", "items", "subtotal", "total", "store_total", "recovery_url", "locale",
    "country", "discount_codes", "counts", "created_at", "updated_at", "arrived_at",
    "completed_at", "closed_at", "deleted_at", "idle_at", "abandoned_at", "order_id",
    "recovered_at", "opened_by",
)  # fmt: skip
SELECTED = [carts.c[name] for name in COLUMNS]
BLANK: dict[str, Any] = dict.fromkeys(COLUMNS)


@dataclass(slots=True, eq=False)
class Basket:
    """One cart in memory; `active` when this batch told of newer activity."""

    row: dict[str, Any]
    person: Person | None = None
    is_new: bool = False
    is_changed: bool = False
    active: bool = False
    store: Store | None = None
    had: frozenset[str | None] = frozenset()
    """The products in a known person's cart before this batch."""

    def put(self, **values: Any) -> None:
        new = {name: value for name, value in values.items() if self.row[name] != value}
        if new:
            self.row.update(new)
            self.is_changed = True


class Baskets:
    """The carts that one batch is about, of all its stores."""

    def __init__(self) -> None:
        self._all: dict[str, Basket] = {}
        self._by_external: dict[tuple[str, str], Basket] = {}
        self._by_checkout: dict[tuple[str, str], Basket] = {}
        self._by_token: defaultdict[tuple[str, str], list[Basket]] = defaultdict(list)
        self._by_person: defaultdict[str | None, list[Basket]] | None = None

    @classmethod
    def load(
        cls,
        connection: Connection,
        *,
        external: Iterable[tuple[str, str]],
        tokens: Iterable[tuple[str, str]],
        checkouts: Iterable[tuple[str, str]],
    ) -> "Baskets":
        """Read and lock the carts of these (store, name) pairs, by three kinds of name."""
        baskets = cls()
        wanted = {"external_id": external, "cart_token": tokens, "checkout_id": checkouts}
        for name, pairs in wanted.items():
            found = find_rows(connection, carts, ("store_id", name), pairs, SELECTED, lock=True)
            for row in found:
                baskets.add(row)
        return baskets

    def add(self, row: Row[Any]) -> Basket:
        """Take a row in, unless it is here already: what is here is newer."""
        known = self._all.get(row.id)
        if known is None:
            known = self._index(Basket(dict(zip(COLUMNS, row, strict=True))))
            if row.customer_id:
                known.had = frozenset(one["product_id"] for one in known.row["items"])
        return known

    def _index(self, basket: Basket) -> Basket:
        row, store_id = basket.row, basket.row["store_id"]
        self._all[row["id"]] = basket
        self._by_external[store_id, row["external_id"]] = basket
        self._name(basket)
        return basket

    def _name(self, basket: Basket) -> None:
        row, store_id = basket.row, basket.row["store_id"]
        if row["checkout_id"]:
            self._by_checkout[store_id, row["checkout_id"]] = basket
        if row["cart_token"] and basket not in self._by_token[store_id, row["cart_token"]]:
            self._by_token[store_id, row["cart_token"]].append(basket)

    def tell(self, store: Store, told: Cart, person: Person | None, arrived: datetime) -> Basket:
        """Take a cart's record: an older one only adds what can't be taken back."""
        basket = self._by_external.get((store.id, told.external_id))
        if basket is None:
            row = {**BLANK, "store_id": store.id, "id": new_id(), "external_id": told.external_id}
            basket = self._index(Basket({**row, "discount_codes": []}, is_new=True))
        basket.store, basket.person = store, person or basket.person
        seen_at = basket.row["updated_at"]
        if seen_at is None or basket.row["opened_by"] or told.updated_at >= seen_at:
            self._take(basket, told, arrived)
        if told.completed_at and not basket.row["completed_at"]:
            basket.put(completed_at=told.completed_at)
        return basket

    def _take(self, basket: Basket, told: Cart, arrived: datetime) -> None:
        row = basket.row
        basket.active = basket.active or row["updated_at"] != told.updated_at
        erased = basket.person is not None and basket.person.is_erased
        basket.put(
            cart_token=told.cart_token or row["cart_token"],
            checkout_id=told.checkout_id or row["checkout_id"],
            currency=told.currency,
            store_currency=told.store_currency,
            items=told.items,
            subtotal=told.subtotal,
            total=told.total,
            store_total=told.store_total,
            recovery_url=None if erased else told.recovery_url or row["recovery_url"],
            locale=told.locale,
            country=told.country,
            discount_codes=list(told.discount_codes),
            counts=told.counts,
            created_at=told.created_at,
            updated_at=told.updated_at,
            arrived_at=arrived if basket.active else row["arrived_at"],
            closed_at=told.closed_at,
            opened_by=None,
        )
        self._name(basket)

    def lose(self, store_id: str, told: Gone, at: datetime) -> Basket | None:
        """Mark a cart as deleted; it may be named by its id, its number or its token."""
        for name in (told.external_id, *told.also):
            basket = self._named(store_id, name)
            if basket is not None:
                basket.put(deleted_at=basket.row["deleted_at"] or at, idle_at=None)
                return basket
        return None

    def _named(self, store_id: str, name: str) -> Basket | None:
        exact = self._by_external.get((store_id, name)) or self._by_checkout.get((store_id, name))
        return exact or self.by_token(store_id, name)

    def by_external(self, store_id: str, external_id: str | None) -> Basket | None:
        return self._by_external.get((store_id, external_id or ""))

    def by_token(self, store_id: str, token: str | None) -> Basket | None:
        """Give the cart of a token: of several the one that can be won back, the newest."""
        sharing = self._by_token.get((store_id, token or ""), ())
        return max(sharing, key=_worth, default=None)

    def add_open_of(self, connection: Connection, people: Iterable[tuple[str, str]]) -> None:
        """Read and lock the carts of these (store, customer id) pairs that no order ended."""
        names = ("store_id", "customer_id")
        for row in find_rows(connection, carts, names, people, SELECTED, lock=True):
            if row.order_id is None and row.completed_at is None and row.deleted_at is None:
                self.add(row)
        self._by_person = None

    def open_of(self, store_id: str, customer_id: str, before: datetime) -> Basket | None:
        """Give a person's newest cart, active before a moment, that no order ended."""
        if self._by_person is None:
            self._by_person = defaultdict(list)
            for basket in self._all.values():
                self._by_person[_whose(basket)].append(basket)
        own = (basket for basket in self._by_person[customer_id] if _is_open(basket))
        past = (one for one in own if one.row["updated_at"] <= before)
        return max(
            (one for one in past if one.row["store_id"] == store_id), key=_worth, default=None
        )

    def new(self) -> list[Basket]:
        """Give the carts that were first heard of in this batch."""
        return [basket for basket in self._all.values() if basket.is_new]

    def told(self) -> list[Basket]:
        """Give the carts that this batch told newer activity of."""
        return [basket for basket in self._all.values() if basket.active]

    def settle(self) -> list[Basket]:
        """Set whose each told cart is and when it is idle; give those that came too late."""
        late = []
        for basket in self._all.values():
            person = settled(basket.person)
            if person is not None:
                basket.put(customer_id=person.row["id"])
            if basket.store is not None and _is_news(basket) and _waits(basket.store, basket):
                if basket.row["arrived_at"] - basket.row["updated_at"] > TOO_LATE:
                    late.append(basket)
                    basket.put(idle_at=None)
                else:
                    idle = timedelta(seconds=basket.store.cart_idle_seconds or 0)
                    basket.put(idle_at=basket.row["updated_at"] + idle)
            elif basket.row["idle_at"] is not None and not _could_wait(basket):
                basket.put(idle_at=None)
        return late

    def save(self, connection: Connection) -> None:
        """Write every cart that changed."""
        changed = [one for one in self._all.values() if one.is_changed or one.is_new]
        _convert(connection, [one for one in changed if not one.row["store_total"]])
        upsert_rows(connection, carts, [one.row for one in changed])


def _convert(connection: Connection, baskets: Iterable[Basket]) -> None:
    """Value what came in the shopper's currency only, for reports."""
    foreign = [one for one in baskets if one.row["currency"] != one.row["store_currency"]]
    known = rates(connection, [_pair(one) for one in foreign])
    for one in foreign:
        one.put(store_total=worth(one.row["total"], _pair(one), known))


def _pair(basket: Basket) -> Pair:
    return basket.row["store_id"], basket.row["currency"]


def _is_news(basket: Basket) -> bool:
    """True for activity nobody has looked at: of this batch, or of a second that it shares.

    A platform's times may be whole seconds: whose cart it is can be told within the same.
    """
    row = basket.row
    unseen = row["abandoned_at"] is None or row["abandoned_at"] < row["updated_at"]
    return basket.active or (row["idle_at"] is None and unseen)


def _worth(basket: Basket) -> tuple[bool, bool, datetime]:
    row = basket.row
    whose = basket.person is not None or row["customer_id"] is not None
    return whose, row["recovery_url"] is not None, row["updated_at"]


def _whose(basket: Basket) -> str | None:
    person = settled(basket.person)
    found: str | None = person.row["id"] if person is not None else basket.row["customer_id"]
    return found


def _is_open(basket: Basket) -> bool:
    row = basket.row
    return not (row["order_id"] or row["completed_at"] or row["deleted_at"])


def _waits(store: Store, basket: Basket) -> bool:
    """True for a cart that should be looked at once it is idle."""
    person = settled(basket.person)
    reachable = person.is_reachable if person is not None else bool(basket.row["customer_id"])
    return store.cart_idle_seconds is not None and reachable and _could_wait(basket)


def _could_wait(basket: Basket) -> bool:
    row = basket.row
    ended = row["completed_at"] or row["closed_at"] or row["deleted_at"] or row["order_id"]
    return bool(row["counts"] and row["items"] and not ended)
