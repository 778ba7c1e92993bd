"""Scores of buyers: quintiles by average rank as plain Python gives them, whatever is alike."""

import math
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage import rfm
from storage.database import Database
from storage.mirror_orders import count_again
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


def quintile(value: float, values: list[float]) -> int:
    ranks = [rank for rank, one in enumerate(sorted(values), 1) if one == value]
    return math.ceil(5 * (sum(ranks) / len(ranks)) / len(values))


@settings(max_examples=3, deadline=None, derandomize=True,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(buyers=BUYERS)
def test_scores_are_quintiles_by_average_rank(
    database: Database, buyers: list[tuple[int, int, int]]
) -> None:
    with database.writing() as connection:
        store_id = a_store(connection, f"{len(buyers)}{hash(str(buyers))}.example")
        rows, ids = Rows(connection, store_id), []
        for days, count, total in buyers:
            ids.append(rows.customer("Ada"))
            for number in range(count):
                rows.order(ids[-1], NOW - (days + number) * DAY, total)
        count_again(connection, [(store_id, one) for one in ids])
        rfm.score(connection, store_id, "USD", NOW)
        found = rfm.scores_of(connection, store_id, ids)
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
        rfm.score(connection, store_id, "USD", NOW)
        assert rfm.scores_of(connection, other, [ada, ben]) == {}
        score = {"recency": 5, "frequency": 1, "monetary": 2, "group": "new"}
        assert rfm.scores_of(connection, store_id, [ada, ben]) == {ada: score, ben: score}
        rows.order(ada, NOW, 50_000)
        count_again(connection, [(store_id, ada)])
        connection.execute(rfm.customers.update().where(rfm.customers.c.id == ben)
                           .values(deleted_at=NOW))  # fmt: skip
        rfm.score(connection, store_id, "USD", NOW)
        again = {"recency": 5, "frequency": 2, "monetary": 5, "group": "potential"}
        assert rfm.scores_of(connection, store_id, [ada, ben]) == {ada: again}
