"""The mirror: takes what stores told, a batch at once, and gives what is news about it.

Everything here happens in the caller's transaction: mirror, sums and events together. The
nouns have their own files; this one goes through the batch and ties them to each other.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from marketing.categories import Category
from marketing.events import EventName, News
from marketing.model import (
    Cart,
    Change,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    Customer,
    CustomerKey,
    Gone,
    Order,
    Product,
    Reason,
    Refund,
    TagsChanged,
)
from marketing.parcels import Parcel
from marketing.phone_numbers import dialled
from storage import announcements, interests, mirror_interests, mirror_merges, mirror_news, unread
from storage.address_hashes import AddressHash
from storage.dialect import lock_stores
from storage.mirror_carts import Basket, Baskets
from storage.mirror_customers import People, Person, hear, retag, settled
from storage.mirror_names import Names
from storage.mirror_news import Happening
from storage.mirror_orders import Purchase, Purchases, Standing, count_again, standing_of
from storage.mirror_parcels import Boxes
from storage.mirror_products import Wares
from storage.schema import EPOCH
from storage.stores import Store

Mirrored = TypeVar("Mirrored", Customer, Cart, Order)

AHEAD = timedelta(minutes=5)
"""How far a platform's clock may be ahead of ours before we take our own."""
CONSENT_NEWS = {
    ConsentState.SUBSCRIBED: EventName.CUSTOMER_SUBSCRIBED,
    ConsentState.UNSUBSCRIBED: EventName.CUSTOMER_UNSUBSCRIBED,
}


@dataclass(frozen=True, slots=True)
class Told:
    """One change of one store; `ref` is the caller's name for where it came from."""

    store: Store
    change: Change
    arrived_at: datetime
    """Business time."""
    ref: int | None = None
    news_since: datetime | None = None
    """What began before this is no news; None: before the store's last grant."""

    @property
    def begins_at(self) -> datetime:
        """When what is told of this store begins to be news."""
        return self.news_since or self.store.installed_at


@dataclass(frozen=True, slots=True)
class Mirroring:
    """What came of a batch: the news by store id, and whom each `ref` was about."""

    news: Mapping[str, Sequence[News]]
    customers: Mapping[int, str]
    erased: frozenset[int]
    """The refs that were about someone erased: nothing of theirs may be kept."""


def absorb(
    connection: Connection,
    told: Sequence[Told],
    address_hash: AddressHash,
    *,
    imported: bool = False,
) -> Mirroring:
    """Mirror a batch and keep its events. An import makes no events, and so no news."""
    lock_stores(connection, {one.store.id for one in told})
    told = [_dialled(one) for one in told]
    batch = _Batch(connection, told, address_hash, imported=imported)
    for one in told:
        batch.take(one)
    return batch.finish()


class _Batch:
    def __init__(
        self,
        connection: Connection,
        told: Sequence[Told],
        address_hash: AddressHash,
        *,
        imported: bool,
    ) -> None:
        self._connection = connection
        self._imported = imported
        self._arrived_at = max((one.arrived_at for one in told), default=EPOCH)
        self._happenings: list[Happening] = []
        self._about: dict[int, Person | None] = {}
        named = Names((one.store.id, one.change.record) for one in told)
        self._people = People.load(connection, named.people, address_hash)
        self._baskets = Baskets.load(
            connection, external=named.carts, tokens=named.tokens, checkouts=named.gone_carts
        )
        self._purchases = Purchases.load(connection, named.orders)
        self._boxes = Boxes.load(connection, named.orders)
        self._shipping: dict[tuple[str, str], Told] = {}
        self._wares = Wares.load(connection, named.products)

    def take(self, told: Told) -> None:  # noqa: C901  one case a noun
        """Take one change, whatever it is about."""
        record = told.change.record
        match record:
            case Customer():
                self._customer(told, _sane(record, told.arrived_at))
            case Consent():
                self._consent(told, record)
            case TagsChanged():
                self._tags(told, record)
            case Cart():
                self._cart(told, _sane(record, told.arrived_at))
            case Order():
                self._order(told, _sane(record, told.arrived_at))
            case Refund():
                self._refund(told, record)
            case Parcel():
                self._parcel(told, record)
            case Product():
                if self._wares.tell(told.store, record):
                    self._happened(told, _key(record.external_id, record.updated_at))
            case Category():
                unread.category(self._connection, told.store.id, record)
            case Gone():
                self._gone(told, record)
            case _:
                raise TypeError(f"{type(record).__name__} is no part of the mirror")

    def _customer(self, told: Told, record: Customer) -> None:
        person = self._find(told, record.key, record.updated_at, is_record=True)
        if person is None:
            return
        fresh = record.updated_at >= person.row["updated_at"]
        for said in self._people.tell(person, record):
            self._said(told, person, said)
        if told.change.is_state and not person.is_erased:
            self._joined(told, record, person)
        if fresh and not person.is_erased:
            name = record.key.external_id or person.row["id"]
            self._happened(told, _key(name, record.updated_at), person=person)

    def _joined(self, told: Told, record: Customer, person: Person) -> None:
        """An account that was opened since we are in the store is news, told once."""
        at, name = record.created_at, record.key.external_id
        if at is not None and name is not None and at >= told.begins_at:
            news = replace(told.change, name=EventName.CUSTOMER_CREATED, occurred_at=at)
            self._happened(replace(told, change=news), name, person=person)

    def _consent(self, told: Told, record: Consent) -> None:
        person = self._find(told, record.customer, record.changed_at)
        if person is not None and hear(person, record):
            self._said(told, person, record)

    def _said(self, told: Told, person: Person, said: Consent) -> None:
        """A customer's yes or no on a channel is news when it changes the answer."""
        name = CONSENT_NEWS.get(said.state)
        if name is None or self._imported:
            return
        key = _key(f"{said.channel}:{person.row['id']}", said.changed_at)
        happening = Happening(told.store.id, name, said.changed_at, f"{name}:{key}", person)
        happening.data = {"channel": said.channel.value, "source": said.source.value}
        self._happenings.append(happening)

    def _tags(self, told: Told, record: TagsChanged) -> None:
        person = self._find(told, record.customer, told.change.occurred_at)
        if person is not None:
            retag(person, record)
            tags = ",".join((*record.added, *record.removed))
            key = _key(f"{record.customer.external_id}:{tags}", told.change.occurred_at)
            data = {"added": list(record.added), "removed": list(record.removed)}
            self._happened(told, key, person=person, data=data)

    def _cart(self, told: Told, record: Cart) -> None:
        person = self._find(told, record.customer, record.updated_at)
        if record.customer is not None and person is None:  # someone erased: their link, too
            record = replace(record, recovery_url=None)
        basket = self._baskets.tell(told.store, record, person, told.arrived_at)
        if person is not None:
            _fill_in(person, record)
            self._ticked(told, person, record, ConsentSource.CHECKOUT, record.created_at)
        if told.change.name == EventName.CART_COMPLETED or basket.active:
            key = _key(record.external_id, told.change.occurred_at)
            self._happened(told, key, person=basket.person, basket=basket)

    def _ticked(
        self,
        told: Told,
        person: Person,
        record: Cart | Order,
        source: ConsentSource,
        began: datetime,
    ) -> None:
        """A ticked marketing box holds from when the checkout began; an empty one says nothing."""
        if record.accepts_marketing:
            said = Consent(ChannelName.EMAIL, ConsentState.SUBSCRIBED, source, began)
            if hear(person, said):
                self._said(told, person, said)

    def _order(self, told: Told, record: Order) -> None:
        person = self._find(told, record.customer, record.updated_at)
        if record.customer is not None and person is None:
            record = replace(record, status_url=None)
        known = self._purchases.known(told.store.id, record.external_id)
        if known is None and not record.is_placed:
            return  # a cart still, or one that no money ever came for
        before = standing_of(known)
        purchase = self._purchases.tell(told.store.id, record, person, imported=self._imported)
        if person is not None:
            _fill_in(person, record)
            began = self._began(told.store.id, record)
            self._ticked(told, person, record, ConsentSource.ORDER, began)
        if record.customer is None or (person is not None and not person.is_erased):
            for parcel in record.parcels:
                self._boxes.tell(told.store.id, parcel)
        self._shipping[told.store.id, record.external_id] = told
        self._order_news(told, record, purchase)
        if told.change.is_state and self._is_ours(told, purchase):
            self._steps(told, purchase, before)

    def _steps(self, told: Told, purchase: Purchase, before: Standing) -> None:
        """Tell what happened to an order between two words about it, each thing once.

        How late the word is, or how often it comes, changes nothing: the key is the order's.
        """
        external_id = purchase.row["external_id"]
        for name, at in before.steps_to(purchase.row):
            step = replace(told, change=replace(told.change, name=name, occurred_at=at))
            self._happened(step, external_id, purchase=purchase)
        refunded = purchase.row["store_refunded"]
        if refunded > before.store_refunded:
            news = replace(told.change, name=EventName.ORDER_REFUNDED)
            data = {"store_amount": refunded - before.store_refunded}
            key = f"{external_id}:{refunded}"
            self._happened(replace(told, change=news), key, purchase=purchase, data=data)

    def _is_ours(self, told: Told, purchase: Purchase) -> bool:
        """Tell news from an old order that we are only now told of."""
        fresh: bool = purchase.row["placed_at"] >= told.begins_at
        return fresh or not purchase.is_new

    def _began(self, store_id: str, record: Order) -> datetime:
        """When an order's checkout began: its marketing box was ticked no earlier."""
        by_checkout = self._baskets.by_external(store_id, record.checkout_token)
        basket = by_checkout or self._baskets.by_token(store_id, record.cart_token)
        began: datetime = basket.row["created_at"] if basket else record.placed_at
        return began

    def _order_news(self, told: Told, record: Order, purchase: Purchase) -> None:
        """The first word of an order tells that it was placed, whatever its topic."""
        placed = told.change.name == EventName.ORDER_PLACED
        placed_at = purchase.row["placed_at"]
        ours = self._is_ours(told, purchase)
        if not self._imported and (placed or (purchase.is_new and ours)):
            purchase.put(imported=False)
            as_placed = replace(told.change, name=EventName.ORDER_PLACED)
            as_placed = replace(as_placed, occurred_at=placed_at)
            first = replace(told, change=as_placed)
            self._happened(first, record.external_id, person=purchase.person, purchase=purchase)
        if not placed:
            key = _key(record.external_id, told.change.occurred_at)
            self._happened(told, key, person=purchase.person, purchase=purchase)

    def _refund(self, told: Told, record: Refund) -> None:
        purchase = self._purchases.refund(told.store.id, record)
        if purchase is not None:
            key, data = f"refund:{record.external_id}", {"store_amount": record.store_amount}
            self._happened(told, key, purchase=purchase, data=data)

    def _parcel(self, told: Told, record: Parcel) -> None:
        self._boxes.tell(told.store.id, record)
        self._shipping[told.store.id, record.order_external_id] = told
        if told.ref is not None:  # its body names a recipient, and no customer: not kept
            self._about[told.ref] = None

    def _deliveries(self) -> None:
        """An order is delivered once, whoever says so: its parcels, their carrier, or itself."""
        for (store_id, external_id), told in self._shipping.items():
            purchase = self._purchases.known(store_id, external_id)
            if purchase and self._boxes.settle(purchase, told.store, told.arrived_at):
                news = replace(
                    told.change,
                    name=EventName.ORDER_DELIVERED,
                    occurred_at=purchase.row["delivered_at"],
                )
                self._happened(replace(told, change=news), external_id, purchase=purchase)

    def _gone(self, told: Told, record: Gone) -> None:
        at, store_id = told.change.occurred_at, told.store.id
        match record.noun:
            case "customer":
                self._gone_customer(told, record)
            case "cart":
                basket = self._baskets.lose(store_id, record, at)
                if basket is not None:
                    basket.store = told.store
                    self._happened(told, record.external_id, person=basket.person, basket=basket)
            case "order":
                self._purchases.lose(store_id, record, at)
            case "product":
                if self._wares.lose(store_id, record, at):
                    self._happened(told, record.external_id)
            case "category":
                unread.category_gone(self._connection, store_id, record.external_id)
            case _:
                raise ValueError(f"nobody deletes a {record.noun}")

    def _gone_customer(self, told: Told, record: Gone) -> None:
        person = self._people.known(told.store.id, CustomerKey(record.external_id))
        if person is None:
            return
        self._remember(told, person)
        self._happened(told, record.external_id, person=person)
        if record.into is not None:
            kept = self._find(told, CustomerKey(record.into), told.change.occurred_at)
            if kept is not None and kept is not person:
                self._people.merge(person, kept)
        person.put(deleted_at=person.row["deleted_at"] or told.change.occurred_at)

    def _find(
        self, told: Told, key: CustomerKey | None, at: datetime, *, is_record: bool = False
    ) -> Person | None:
        person = self._people.find(told.store.id, key, at, is_record=is_record)
        if key is not None:
            self._remember(told, person)
        return person

    def _remember(self, told: Told, person: Person | None) -> None:
        if told.ref is not None:
            self._about[told.ref] = person

    def _happened(
        self,
        told: Told,
        key: str,
        *,
        person: Person | None = None,
        basket: Basket | None = None,
        purchase: Purchase | None = None,
        data: dict[str, Any] | None = None,
    ) -> None:
        if self._imported:
            return
        name, at = EventName(told.change.name), told.change.occurred_at
        happening = Happening(
            told.store.id, name, at, f"{name}:{key}", person, basket, purchase, data or {}
        )
        self._happenings.append(happening)

    def finish(self) -> Mirroring:
        """Tie the nouns to each other, write them, then what happened."""
        connection = self._connection
        self._purchases.join(connection, self._baskets)
        for late in self._baskets.settle():
            self._too_late(late)
        self._deliveries()
        touched = self._purchases.settle()
        self._people.save(connection)
        self._baskets.save(connection)
        self._purchases.save(connection)
        self._boxes.save(connection)
        self._wares.save(connection)
        unread.of_products(connection, self._wares.unsorted)
        interests.note(
            connection, mirror_interests.done(self._baskets, self._purchases, self._arrived_at)
        )
        if not self._imported:
            announcements.begin(connection, self._wares.announced)
        touched |= mirror_merges.move(connection, self._people.merged)
        count_again(connection, touched)
        return Mirroring(
            mirror_news.keep(connection, self._happenings), self._customers(), self._erased()
        )

    def _too_late(self, basket: Basket) -> None:
        """A cart that we heard of a day after its last activity is not followed up; say so."""
        row, name = basket.row, EventName.FLOW_SKIPPED
        key = _key(f"{name}:{row['external_id']}", row["updated_at"])
        happening = Happening(
            row["store_id"], name, row["arrived_at"], key, basket.person, basket,
            data={"reason": Reason.ARRIVED_TOO_LATE.value, "trigger_key": row["id"]},
        )  # fmt: skip
        if not self._imported:
            self._happenings.append(happening)

    def _customers(self) -> dict[int, str]:
        known = ((ref, settled(person)) for ref, person in self._about.items())
        return {ref: person.row["id"] for ref, person in known if person is not None}

    def _erased(self) -> frozenset[int]:
        """Records that named someone erased; `find` gives nobody for an erased address."""
        return frozenset(
            ref for ref, person in self._about.items() if person is None or person.is_erased
        )


def _dialled(told: Told) -> Told:
    """Write a number one way: who it is may depend on it."""
    record = dialled(told.change.record, told.store.country)
    if record is told.change.record:
        return told
    return replace(told, change=replace(told.change, record=record))


def _fill_in(person: Person, record: Cart | Order) -> None:
    """A cart or an order tells about its person what nobody told before."""
    person.fill(
        first_name=record.first_name,
        last_name=record.last_name,
        locale=record.locale,
    )
    person.fill_place(record.country, record.region, record.city)


def _sane(record: Mirrored, arrived_at: datetime) -> Mirrored:
    """No record is from the future: one that says so would win for ever."""
    if record.updated_at <= arrived_at + AHEAD:
        return record
    return replace(record, updated_at=arrived_at)


def _key(name: str, at: datetime) -> str:
    return f"{name}:{at.timestamp():.6f}"
