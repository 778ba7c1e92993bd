"""What a list of campaigns tells beside them: how far each has come, and what came of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Row, func, select

from storage import day_sums
from storage.among import among
from storage.counted import is_counted, net
from storage.day_sums import SENT
from storage.reports_time import Period
from storage.schema import attributions, campaigns, intakes, orders, segments


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


def made(
    connection: Connection, store_id: str, campaign_ids: Sequence[str]
) -> Mapping[str, Row[*tuple[object, ...]]]:
    """Give by campaign `flow_id` and `created_at`; none of another store's."""
    c = campaigns.c
    query = select(c.id, c.flow_id, c.created_at)
    query = query.where(c.store_id == store_id, among(c.id, campaign_ids))
    return {row.id: row for row in connection.execute(query)}


def figures(
    connection: Connection, store_id: str, flow_ids: Sequence[str], period: Period
) -> Mapping[str, CampaignFigures]:
    """Give by flow what came of the messages of a period, which holds all that it ever sent.

    Days that are added up are not counted anew: a campaign may have written to a million.
    """
    found = dict.fromkeys(flow_ids, CampaignFigures())
    if not flow_ids:
        return found
    for one in day_sums.of_period(connection, store_id, SENT, period, flow_ids=flow_ids):
        so_far = found[str(one.flow_id)]
        found[str(one.flow_id)] = replace(
            so_far,
            sent=so_far.sent + one.count,
            opened=so_far.opened + one.opened,
            clicked=so_far.clicked + one.clicked,
        )
    for row in _earned(connection, store_id, flow_ids):
        earned = {"ordered": row.ordered, "revenue": int(row.revenue)}
        found[row.flow_id] = replace(found[row.flow_id], **earned)
    return found


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
