"""The mirror of parcels: they may be heard of before their order, and tell when it arrived."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, select, update

from marketing.parcels import Parcel, delivered_at, expected_at
from marketing.policy import policy_of
from storage.many import find_rows, upsert_rows
from storage.mirror_orders import Purchase
from storage.schema import orders, parcels
from storage.stores import Store

STALE = timedelta(hours=24)
"""An order that should have arrived longer ago than this is no news."""
COLUMNS = (
    "store_id", "external_id", "order_external_id", "tracking_company", "tracking_number",
    "tracking_url", "shipped_at", "delivered_at", "is_followed", "is_cancelled", "updated_at",
)  # fmt: skip
SELECTED = [parcels.c[name] for name in COLUMNS]
BLANK: dict[str, Any] = {**dict.fromkeys(COLUMNS), "is_followed": False, "is_cancelled": False}


@dataclass(slots=True, eq=False)
class Box:
    """One parcel in memory."""

    row: dict[str, Any]
    is_changed: bool = False

    @property
    def delivered_at(self) -> datetime | None:
        found: datetime | None = self.row["delivered_at"]
        return found

    @property
    def is_followed(self) -> bool:
        return bool(self.row["is_followed"])

    def put(self, **values: Any) -> None:
        new = {name: value for name, value in values.items() if self.row[name] != value}
        if new:
            self.row.update(new)
            self.is_changed = True


class Boxes:
    """The parcels of the orders that one batch is about, of all its stores."""

    def __init__(self) -> None:
        self._all: dict[tuple[str, str], Box] = {}
        self._of_order: defaultdict[tuple[str, str], list[Box]] = defaultdict(list)

    @classmethod
    def load(cls, connection: Connection, order_names: Iterable[tuple[str, str]]) -> "Boxes":
        """Read and lock the parcels of these (store, order's external id) pairs."""
        boxes, names = cls(), ("store_id", "order_external_id")
        for row in find_rows(connection, parcels, names, order_names, SELECTED, lock=True):
            boxes._index(Box(dict(zip(COLUMNS, row, strict=True))))
        return boxes

    def _index(self, box: Box) -> Box:
        row = box.row
        self._all[row["store_id"], row["external_id"]] = box
        self._of_order[row["store_id"], row["order_external_id"]].append(box)
        return box

    def tell(self, store_id: str, told: Parcel) -> None:
        """Take a parcel's record: an older one only adds what nobody told yet."""
        box = self._all.get((store_id, told.external_id))
        if box is None:
            names = {"external_id": told.external_id, "order_external_id": told.order_external_id}
            box = self._index(Box({**BLANK, "store_id": store_id, **names}, is_changed=True))
        seen_at = box.row["updated_at"]
        is_newer = told.updated_at is not None and (not seen_at or told.updated_at >= seen_at)
        for name in COLUMNS[3:7]:
            value = getattr(told, name)
            if value is not None and (is_newer or box.row[name] is None):
                box.put(**{name: value})
        if is_newer:
            box.put(updated_at=told.updated_at, is_cancelled=bool(told.is_cancelled))
        box.put(
            delivered_at=box.row["delivered_at"] or told.delivered_at,
            is_followed=box.is_followed or told.is_followed,
        )

    def settle(self, purchase: Purchase, store: Store, arrived_at: datetime) -> bool:
        """Write into an order how it travels; True if it has just turned out to be delivered."""
        row = purchase.row
        boxes = self._of_order[row["store_id"], row["external_id"]]
        boxes = [one for one in boxes if not one.row["is_cancelled"]]
        purchase.put(**_tracking(boxes))
        if row["delivered_at"] is not None:
            return False
        purchase.put(delivered_at=delivered_at(row["fulfilled_at"], boxes))
        due_at = None if row["delivered_at"] else _due_at(row, boxes, store, arrived_at)
        purchase.put(delivery_due_at=due_at)
        return row["delivered_at"] is not None

    def save(self, connection: Connection) -> None:
        """Write every parcel that changed."""
        upsert_rows(connection, parcels, [one.row for one in self._all.values() if one.is_changed])


def _tracking(boxes: Iterable[Box]) -> dict[str, Any]:
    """Give how to follow an order: by the parcel sent last that can be followed."""
    names = ("tracking_company", "tracking_number", "tracking_url")
    told = [one.row for one in boxes if one.row["tracking_number"] or one.row["tracking_url"]]
    if not told:
        return dict.fromkeys(names)
    newest = max(told, key=lambda row: (row["shipped_at"] is not None, row["shipped_at"] or 0))
    return {name: newest[name] for name in names}


def _due_at(
    row: dict[str, Any], boxes: Iterable[Box], store: Store, arrived_at: datetime
) -> datetime | None:
    """When the clock is to take it for delivered; what was sent before the install is not ours."""
    fulfilled_at = row["fulfilled_at"]
    if row["cancelled_at"] or not fulfilled_at or fulfilled_at < store.installed_at:
        return None
    at = expected_at(fulfilled_at, boxes, policy_of(store.settings).transit)
    return at if at and at >= arrived_at - STALE else None


def forget_customers(connection: Connection, store_id: str, ids: Sequence[str]) -> int:
    """Forget how these customers' parcels could be followed: to where they live."""
    gone = update(parcels).where(of_customers(store_id, ids))
    return connection.execute(gone.values(tracking_number=None, tracking_url=None)).rowcount


def of_customers(store_id: str, ids: Sequence[str]) -> ColumnElement[bool]:
    """Give a condition: a parcel of these customers' orders."""
    o, p = orders.c, parcels.c
    theirs = select(o.external_id).where(o.store_id == store_id, o.customer_id.in_(list(ids)))
    return and_(p.store_id == store_id, p.order_external_id.in_(theirs))
