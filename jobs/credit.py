"""Crediting orders: which message earned each, by the store's windows, once for ever."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobs.machines import is_machines_agent
from marketing.attribution import Touch, credit, landing
from marketing.marks import is_id
from marketing.policy import Windows, policy_of
from storage import Connection, Row, attributions, codes, hits, people
from storage.attributions import Credited
from storage.stores import Store

Sent = Mapping[str, tuple[str, datetime]]


def orders_placed(
    connection: Connection, store: Store, order_ids: Sequence[str], now: datetime
) -> None:
    """Credit new orders to messages of their person, and note which codes they used."""
    rows = attributions.orders_of(connection, store.id, order_ids)
    used = [(text, row.id) for row in rows for text in row.discount_codes]
    codes.redeem(connection, store.id, used)
    _credit(connection, store, [row for row in rows if row.counts and row.customer_id], now)


def again(connection: Connection, store: Store, customer_ids: Iterable[str], now: datetime) -> None:
    """Look again at orders whose news overtook that of a click: credit what is not yet."""
    windows = policy_of(store.settings).windows
    since = now - max(windows.click, windows.open)
    late = attributions.uncredited(connection, store.id, customer_ids, since)
    if late:
        rows = attributions.orders_of(connection, store.id, late)
        _credit(connection, store, [row for row in rows if row.counts], now)


def _credit(connection: Connection, store: Store, rows: Sequence[Row[Any]], now: datetime) -> None:
    if not rows:
        return
    windows = policy_of(store.settings).windows
    twins = people.sharing_a_phone(connection, store.id, (row.customer_id for row in rows))
    everyone = {row.customer_id for row in rows}.union(*twins.values())
    since = min(row.placed_at for row in rows) - _longest(windows)
    touches = hits.touches(connection, store.id, everyone, since)
    led = _led_by(connection, store.id, rows)
    earned = []
    for row in rows:
        people_of_it = (row.customer_id, *twins.get(row.customer_id, ()))
        own = [
            _judged(touch, agent) for one in people_of_it for touch, agent in touches.get(one, ())
        ]
        if landed := _landed(row, led, people_of_it):
            own.append(landed)
        by = credit(row.placed_at, own, windows)
        if by:
            earned.append(Credited(row.id, row.cart_id, row.customer_id, row.placed_at, by))
    if earned:
        attributions.add(connection, store.id, earned, now)


def _led_by(connection: Connection, store_id: str, rows: Sequence[Row[Any]]) -> Sent:
    """Give the messages that the orders' own visits began with, of this store alone."""
    named = {one for row in rows if is_id(one := str(row.landing.get("id")))}
    return attributions.sent_messages(connection, store_id, named) if named else {}


def _landed(row: Row[Any], led: Sent, people_of_it: Iterable[str]) -> Touch | None:
    """Give the touch of an order's landing; a message to somebody else earns nothing."""
    told = row.landing
    whose, sent_at = led.get(str(told.get("id")), (None, None))
    if sent_at is None or whose not in set(people_of_it):
        return None
    at = datetime.fromisoformat(told["at"]) if told.get("at") else None
    return landing(told["id"], sent_at, at, row.placed_at)


def _longest(windows: Windows) -> timedelta:
    return max(windows.click, windows.open)


def _judged(touch: Touch, agent: str | None) -> Touch:
    """A touch that `track` has not come to yet is judged by its user agent alone."""
    if agent is None or not is_machines_agent(agent):
        return touch
    return Touch(touch.message_id, touch.kind, touch.occurred_at, is_machine=True)
