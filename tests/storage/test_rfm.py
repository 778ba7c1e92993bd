"""Scores of buyers: quintiles by average rank as plain Python gives them, whatever is alike."""

import itertools
import math
from datetime import datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, select

from marketing.flow import Condition
from storage import rfm, schema
from storage.database import Database
from storage.mirror_orders import count_again
from storage.segment_sql import who as in_bulk
from tests.seeding import Rows, a_store, at

NOW, DAY = at("2026-11-20 12:00"), timedelta(days=1)
BUYERS = st.lists(
    st.tuples(st.sampled_from([1, 2, 40, 300, 400]), st.integers(1, 3), st.sampled_from([10, 500])),
    min_size=50,
    max_size=55,
)
GROUPS = {
    (5, 5): "champions", (4, 4): "champions", (3, 5): "loyal", (5, 3): "potential",
    (4, 2): "potential", (5, 1): "new", (2, 3): "at_risk", (1, 3): "at_risk", (2, 5): "at_risk",
    (1, 4): "cant_lose", (1, 2): "hibernating", (2, 1): "hibernating", (4, 1): "promising",
    (3, 3): "promising",
}  # fmt: skip


def scored(
    connection: Connection, store_id: str, now: datetime = NOW, chunk: int = rfm.CHUNK
) -> int:
    """Score everyone of a store; gives in how many turns."""
    rfm.want(connection, store_id, now)
    for turn in itertools.count(1):
        if rfm.go_on(connection, store_id, "USD", now, chunk=chunk):
            return turn
    raise AssertionError("unreachable")


def quintile(value: float, values: list[float]) -> int:
    ranks = [rank for rank, one in enumerate(sorted(values), 1) if one == value]
    return math.ceil(5 * (sum(ranks) / len(ranks)) / len(values))


@settings(max_examples=3, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(buyers=BUYERS, chunk=st.sampled_from([1, 7, 1000]))
def test_scores_are_quintiles_by_average_rank_however_many_are_scored_at_a_time(
    database: Database, buyers: list[tuple[int, int, int]], chunk: int
) -> None:
    with database.writing() as connection:
        stores = connection.execute(select(func.count()).select_from(schema.stores)).scalar_one()
        store_id = a_store(connection, f"{stores}.example")
        rows, ids = Rows(connection, store_id), []
        for days, count, total in buyers:
            ids.append(rows.customer("Ada"))
            for number in range(count):
                rows.order(ids[-1], NOW - (days + number) * DAY, total)
        count_again(connection, [(store_id, one) for one in ids])
        turns = scored(connection, store_id, chunk=chunk)
        found = rfm.scores_of(connection, store_id, ids)
    assert turns == 2 * (len(buyers) // chunk + 1)
    lately = [sum(days + n < 365 for n in range(count)) for days, count, _ in buyers]
    spent = [count * total for count, (_, _, total) in zip(lately, buyers, strict=True)]
    for at_, one in enumerate(ids):
        recency = quintile(-buyers[at_][0], [-days for days, *_ in buyers])
        frequency = quintile(lately[at_], [*lately])
        monetary = quintile(spent[at_], [*spent])
        told = found[one]
        assert (told["recency"], told["frequency"], told["monetary"]) == (
            recency, frequency, monetary,
        )  # fmt: skip
        assert told["group"] == GROUPS.get((recency, frequency), told["group"])


def test_scores_are_written_anew_where_they_changed_and_dropped_with_the_last_order(
    database: Database,
) -> None:
    with database.writing() as connection:
        store_id, other = a_store(connection, "a.example"), a_store(connection, "b.example")
        rows = Rows(connection, store_id)
        ada, ben = rows.customer("Ada"), rows.customer("Ben")
        for who in (ada, ben):
            rows.order(who, NOW - DAY, 9000)
        count_again(connection, [(store_id, one) for one in (ada, ben)])
        scored(connection, store_id)
        assert rfm.scores_of(connection, other, [ada, ben]) == {}
        score = {"recency": 5, "frequency": 1, "monetary": 2, "group": "new"}
        assert rfm.scores_of(connection, store_id, [ada, ben]) == {ada: score, ben: score}
        rows.order(ada, NOW, 50_000)
        count_again(connection, [(store_id, ada)])
        connection.execute(rfm.customers.update().where(rfm.customers.c.id == ben)
                           .values(deleted_at=NOW))  # fmt: skip
        scored(connection, store_id)
        again = {"recency": 5, "frequency": 2, "monetary": 5, "group": "potential"}
        assert rfm.scores_of(connection, store_id, [ada, ben]) == {ada: again}


def test_a_scoring_that_broke_off_is_gone_on_with_as_of_its_beginning(database: Database) -> None:
    later = NOW + timedelta(days=40)
    with database.writing() as connection:
        store_id, other = a_store(connection, "a.example"), a_store(connection, "b.example")
        whose = [_buyer(Rows(connection, one)) for one in (store_id,) * 3 + (other,) * 3]
        for one in (store_id, other):
            rfm.want(connection, one, NOW)
        assert not rfm.go_on(connection, store_id, "USD", NOW, chunk=2)
    with database.writing() as connection:
        assert rfm.scores_of(connection, store_id, whose) == {}
        assert not rfm.go_on(connection, store_id, "USD", later, chunk=2)
        assert not rfm.go_on(connection, store_id, "USD", later, chunk=2)
        assert len(rfm.scores_of(connection, store_id, whose)) == 2
        assert rfm.go_on(connection, store_id, "USD", later, chunk=2)
        found = rfm.scores_of(connection, store_id, whose)
        assert [found[one]["recency"] for one in whose[:3]] == [5, 5, 5]
        assert rfm.scores_of(connection, other, whose) == {}
    with database.writing() as connection:
        assert scored(connection, store_id, later, chunk=1000) == 2
        found = rfm.scores_of(connection, store_id, whose)
        assert [found[one]["recency"] for one in whose[:3]] == [4, 4, 4]


def _buyer(rows: Rows) -> str:
    who = rows.customer("Ada")
    rows.order(who, NOW - DAY, 9000)
    count_again(rows.connection, [(rows.store_id, who)])
    return who


def test_who_is_counted_and_not_scored_yet_is_in_no_segment_by_score(database: Database) -> None:
    asks = Condition("exists", field="customer.rfm.recency")
    with database.writing() as connection:
        store_id = a_store(connection, "a.example")
        who = _buyer(Rows(connection, store_id))
        rfm.want(connection, store_id, NOW)
        rfm.go_on(connection, store_id, "USD", NOW)
        assert connection.execute(in_bulk(connection, store_id, asks, NOW)).all() == []
        assert rfm.scores_of(connection, store_id, [who]) == {}
        rfm.go_on(connection, store_id, "USD", NOW)
        assert connection.execute(in_bulk(connection, store_id, asks, NOW)).scalars().all() == [who]
