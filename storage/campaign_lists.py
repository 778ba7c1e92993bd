"""What a list of campaigns tells beside them: how far each has come, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, func, select

from storage.among import among
from storage.counted import is_counted, is_sent, net
from storage.schema import attributions, campaigns, intakes, messages, orders, segments


@dataclass(frozen=True, slots=True)
class CampaignFigures:
    """What came of a campaign so far; `revenue` is attributed and net."""

    sent: int = 0
    opened: int = 0
    clicked: int = 0
    ordered: int = 0
    revenue: int = 0


def progress(
    connection: Connection, store_id: str, intake_ids: Sequence[str | None]
) -> Mapping[str, Row[*tuple[object, ...]]]:
    """Give by intake how many were looked at and let in so far."""
    i, wanted = intakes.c, [one for one in intake_ids if one]
    query = select(i.id, i.state, i.seen, i.entered)
    query = query.where(i.store_id == store_id, among(i.id, wanted))
    return {row.id: row for row in connection.execute(query)} if wanted else {}


def segment_names(
    connection: Connection, store_id: str, segment_ids: Sequence[str]
) -> Mapping[str, str]:
    """Give by id what these segments are called; none of one that is gone."""
    s = segments.c
    query = select(s.id, s.name).where(s.store_id == store_id, among(s.id, segment_ids))
    return {row.id: row.name for row in connection.execute(query)} if segment_ids else {}


def flows_of(
    connection: Connection, store_id: str, campaign_ids: Sequence[str]
) -> Mapping[str, str]:
    """Give by campaign the id of its flow; none of another store's."""
    c = campaigns.c
    query = select(c.id, c.flow_id).where(c.store_id == store_id, among(c.id, campaign_ids))
    return {row.id: row.flow_id for row in connection.execute(query)}


def figures(
    connection: Connection, store_id: str, flow_ids: Sequence[str]
) -> Mapping[str, CampaignFigures]:
    """Give by flow what came of its messages, in two questions however many there are."""
    if not flow_ids:
        return {}
    earned = {row.flow_id: row for row in _earned(connection, store_id, flow_ids)}
    found = {}
    for row in _sent(connection, store_id, flow_ids):
        money = earned.get(row.flow_id)
        found[row.flow_id] = CampaignFigures(
            row.sent,
            row.opened,
            row.clicked,
            money.ordered if money else 0,
            int(money.revenue) if money else 0,
        )
    return dict.fromkeys(flow_ids, CampaignFigures()) | found


def _sent(
    connection: Connection, store_id: str, flow_ids: Sequence[str]
) -> Sequence[Row[*tuple[object, ...]]]:
    m = messages.c
    query = (
        select(
            m.flow_id,
            func.count().label("sent"),
            func.count(m.opened_at).label("opened"),
            func.count(m.clicked_at).label("clicked"),
        )
        .where(m.store_id == store_id, among(m.flow_id, flow_ids), is_sent)
        .group_by(m.flow_id)
    )
    return connection.execute(query).all()


def _earned(
    connection: Connection, store_id: str, flow_ids: Sequence[str]
) -> Sequence[Row[*tuple[object, ...]]]:
    a, o = attributions.c, orders.c
    same = (o.store_id == a.store_id) & (o.id == a.order_id)
    query = (
        select(a.flow_id, func.count().label("ordered"), func.sum(net).label("revenue"))
        .join_from(attributions, orders, same)
        .where(a.store_id == store_id, among(a.flow_id, flow_ids), is_counted)
        .group_by(a.flow_id)
    )
    return connection.execute(query).all()
