"""By what names the records of a batch call things, so that all can be loaded at once."""

from collections.abc import Iterable, Iterator

from marketing.model import (
    Cart,
    Consent,
    Customer,
    CustomerKey,
    Gone,
    Order,
    Product,
    Record,
    Refund,
    TagsChanged,
)
from marketing.parcels import Parcel


class Names:
    """The names, as (store id, name) pairs."""

    def __init__(self, told: Iterable[tuple[str, Record]]) -> None:
        self.people: list[tuple[str, CustomerKey]] = []
        self.carts: list[tuple[str, str]] = []
        self.tokens: list[tuple[str, str]] = []
        self.gone_carts: list[tuple[str, str]] = []
        self.orders: list[tuple[str, str]] = []
        self.products: list[tuple[str, str]] = []
        for store_id, record in told:
            self._read(store_id, record)

    def _read(self, store_id: str, record: Record) -> None:
        self.people += [(store_id, key) for key in _keys_in(record)]
        match record:
            case Cart():
                self.carts.append((store_id, record.external_id))
            case Order():
                self.orders.append((store_id, record.external_id))
                if record.checkout_token:
                    self.carts.append((store_id, record.checkout_token))
                if record.cart_token:
                    self.tokens.append((store_id, record.cart_token))
            case Refund() | Parcel():
                self.orders.append((store_id, record.order_external_id))
            case Product():
                self.products.append((store_id, record.external_id))
            case Gone():
                self._read_gone(store_id, record)
            case _:
                pass

    def _read_gone(self, store_id: str, record: Gone) -> None:
        names = [(store_id, name) for name in (record.external_id, *record.also)]
        match record.noun:
            case "cart":
                self.carts += names
                self.tokens += names
                self.gone_carts += names
            case "order":
                self.orders += names
            case "product":
                self.products += names
            case _:
                pass


def _keys_in(record: Record) -> Iterator[CustomerKey]:
    match record:
        case Customer():
            yield record.key
        case Consent() | TagsChanged() | Cart() | Order():
            if record.customer is not None:
                yield record.customer
        case Gone(noun="customer"):
            yield CustomerKey(record.external_id)
            if record.into is not None:
                yield CustomerKey(record.into)
        case _:
            pass
