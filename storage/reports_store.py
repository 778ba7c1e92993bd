"""How far a store's set-up has come: the first import, and what is still to be done."""

from dataclasses import dataclass

from sqlalchemy import Connection, select

from marketing.events import EventName
from marketing.flow import FlowStatus
from storage.schema import flows, imports

NOUNS = ("cart", "customer", "product", "order")


@dataclass(frozen=True, slots=True)
class Import:
    """How far the first copy of one noun has come; `total` is None until the store told it."""

    noun: str
    state: str
    done: int
    total: int | None
    error: str | None


def import_progress(connection: Connection, store_id: str) -> list[Import]:
    """Give the first import's progress, noun by noun, in the order they are shown."""
    rows = connection.execute(
        select(
            imports.c.noun, imports.c.state, imports.c.done, imports.c.total, imports.c.error
        ).where(imports.c.store_id == store_id)
    )
    found = {row[0]: Import(*row) for row in rows}
    return [found[noun] for noun in NOUNS if noun in found]


def has_live_cart_flow(connection: Connection, store_id: str) -> bool:
    """Say whether abandoned carts are followed up at all."""
    live = select(flows.c.id).where(
        flows.c.store_id == store_id,
        flows.c.status == FlowStatus.LIVE,
        flows.c.trigger_event == EventName.CART_ABANDONED,
    )
    return connection.execute(live.limit(1)).first() is not None
