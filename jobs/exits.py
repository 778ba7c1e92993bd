"""What news does to enrollments under way: exits end them at once, cart activity moves them on."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from jobs.endings import Ended, end
from marketing.conditions import Asked
from marketing.engine import stop_of
from marketing.enrollment import Facts, Happened, Stop
from marketing.entry import is_cart_flow
from marketing.events import EventName, News
from marketing.flow import Flow
from marketing.model import ChannelName, Reason
from storage import Connection, Row, enrollments, facts, flows, idle_carts, messages, people
from storage.enrollments import Active, Ending
from storage.facts import About
from storage.flows import Version

ORDERS = frozenset({EventName.ORDER_PLACED, EventName.ORDER_PAID})
GONE = {EventName.CUSTOMER_DELETED: Reason.CUSTOMER_ERASED}


def obey(connection: Connection, store_id: str, news: Sequence[News], now: datetime) -> None:
    """End what this news ends, wherever it waits; let the rest look at the cart again."""
    by_person = _by_person(connection, store_id, news)
    cart_ids = {one.cart_id for one in news if one.cart_id}
    under_way = enrollments.active(connection, store_id, by_person, cart_ids)
    _stop_unsubscribed(connection, store_id, news)
    if not under_way:
        return
    versions = flows.versions(connection, [(store_id, one.version_id) for one in under_way])
    carts = _carts(connection, store_id, under_way, cart_ids)
    values = _values(connection, store_id, under_way, versions, by_person, now)
    ended, moved = [], []
    for one in under_way:
        flow = versions[store_id, one.version_id].flow
        told = by_person.get(one.customer_id, ())
        stop = _stop(flow, one, told, carts, values.get(_about(one), {}))
        if stop:
            ended.append(Ended(one, Ending(one.id, stop.reason, max(stop.at, one.entered_at))))
        elif _is_news_of_cart(one, carts) or _is_awaited(
            versions[store_id, one.version_id], by_person.get(one.customer_id, ())
        ):
            moved.append(one.id)
    end(connection, store_id, ended)
    if moved:
        enrollments.hasten(connection, store_id, moved, now)


def _is_news_of_cart(one: Active, carts: Mapping[str | None, Row[Any]]) -> bool:
    return one.cart_id in carts and bool(carts[one.cart_id].updated_at > one.anchor_at)


def _is_awaited(version: Version, news: Iterable[News]) -> bool:
    """Say whether the flow may wait for any of this, wherever in it the customer stands."""
    return bool(version.awaits) and any(one.name in version.awaits for one in news)


def _by_person(
    connection: Connection, store_id: str, news: Iterable[News]
) -> Mapping[str, Sequence[News]]:
    """Sort news by customer; an order is news of whoever shares the phone number as well."""
    found: dict[str, list[News]] = defaultdict(list)
    ordered = {one.customer_id for one in news if one.name in ORDERS and one.customer_id}
    twins = people.sharing_a_phone(connection, store_id, ordered)
    for one in news:
        if one.customer_id is None:
            continue
        found[one.customer_id].append(one)
        if one.name in ORDERS:
            for twin in twins.get(one.customer_id, ()):
                found[twin].append(one)
    return found


def _carts(
    connection: Connection, store_id: str, under_way: Iterable[Active], cart_ids: set[str]
) -> Mapping[str | None, Row[Any]]:
    """Give the carts in the news that someone under way is about."""
    wanted = {one.cart_id for one in under_way if one.cart_id in cart_ids}
    return {row.id: row for row in idle_carts.states(connection, store_id, wanted)}


def _values(
    connection: Connection,
    store_id: str,
    under_way: Iterable[Active],
    versions: Mapping[tuple[str, str], Version],
    by_person: Mapping[str, Sequence[News]],
    now: datetime,
) -> Mapping[About, dict[str, Any]]:
    """Load what exits with a filter ask for, of those only whose news may be such an exit."""
    fields: set[Asked] = set()
    asked: set[About] = set()
    for one in under_way:
        version = versions[store_id, one.version_id]
        names = {told.name for told in by_person.get(one.customer_id, ())}
        if version.filtered_exits & names:
            fields |= flows.exit_fields(version.flow)
            asked.add(_about(one))
    return facts.values_of(connection, store_id, asked, fields, now) if asked else {}


def _about(one: Active) -> About:
    return About(one.customer_id, one.cart_id, one.order_id)


def _stop(
    flow: Flow,
    one: Active,
    news: Iterable[News],
    carts: Mapping[str | None, Row[Any]],
    values: Mapping[str, Any],
) -> Stop | None:
    return (
        _stop_of_person(news)
        or (is_cart_flow(flow) and one.cart_id in carts and _stop_of_cart(carts[one.cart_id]))
        or stop_of(flow, _facts(flow, one, news, values))
        or None
    )


def _stop_of_person(news: Iterable[News]) -> Stop | None:
    for one in news:
        if one.name in GONE:
            return Stop(GONE[one.name], one.occurred_at)
    return None


def _stop_of_cart(cart: Row[Any]) -> Stop | None:
    if cart.completed_at:
        return Stop(Reason.ORDER_PLACED, cart.completed_at)
    if cart.deleted_at:
        return Stop(Reason.CART_EMPTIED, cart.deleted_at)
    if not cart.items:
        return Stop(Reason.CART_EMPTIED, cart.updated_at)
    return None


def _facts(flow: Flow, one: Active, news: Iterable[News], values: Mapping[str, Any]) -> Facts:
    own = [each for each in news if not _is_of_another_order(one, each)]
    told = [Happened(each.name, each.occurred_at, each.data) for each in own]
    events = since_entry(flow, one.entered_at, told)
    return Facts(values=values, happened=_happened(flow, one, own), events=events)


def since_entry(flow: Flow, entered_at: datetime, events: Iterable[Happened]) -> Sequence[Happened]:
    """Give what happened since entry, an order since the last cart activity before it."""
    activity_at = activity_at_entry(flow, entered_at)
    return [
        one
        for one in events
        if one.occurred_at >= (activity_at if one.name in ORDERS else entered_at)
    ]


def _happened(flow: Flow, one: Active, news: Iterable[News]) -> Mapping[str, datetime]:
    """Give when each event first happened since entry; orders count from the cart's activity."""
    first: dict[str, datetime] = {}
    for told in news:
        since = activity_at_entry(flow, one.entered_at) if told.name in ORDERS else one.entered_at
        if told.occurred_at >= since:
            first[told.name] = min(told.occurred_at, first.get(told.name, told.occurred_at))
    return first


def _is_of_another_order(one: Active, told: News) -> bool:
    """Say whether this happened to another order than the one that somebody entered with.

    A refund ends what is about that order; a new order ends whatever wants it to.
    """
    is_about_orders = one.order_id is not None and told.order_id is not None
    return is_about_orders and told.order_id != one.order_id and told.name not in ORDERS


def activity_at_entry(flow: Flow, entered_at: datetime) -> datetime:
    """Give the last cart activity before someone entered: the idle time before their entry."""
    return entered_at - (flow.trigger.idle or timedelta())


def _stop_unsubscribed(connection: Connection, store_id: str, news: Iterable[News]) -> None:
    """Whoever the platform tells us unsubscribed gets nothing more, also what is due already."""
    for one in news:
        if one.name is EventName.CUSTOMER_UNSUBSCRIBED and one.customer_id:
            channel = str(one.data.get("channel", ChannelName.EMAIL))
            messages.skip_of_customer(
                connection, store_id, one.customer_id, channel, Reason.UNSUBSCRIBED
            )
