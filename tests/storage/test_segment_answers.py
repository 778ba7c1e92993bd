"""One condition, four ways: plain Python, loaded facts, SQL alone and with others: one answer."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, insert, select

from marketing.conditions import each_test
from marketing.flow import Condition, Measure
from marketing.segments import Segment, asks_of, has, problems
from storage import facts, schema, segment_scan
from storage.database import Database
from storage.facts import About
from storage.mirror_orders import count_again
from storage.segment_sql import who
from tests.seeding import Rows, a_store, at

NOW = at("2026-11-20 12:00")
DAY = timedelta(days=1)
SEGMENTS = [f"0193a000-0000-7000-8000-00000000000{n}" for n in range(2)]
CATEGORIES = {"p1": "scarves", "p2": "hats", "p3": None}
STANDING = {"p2": ["scarves", "7"], "p3": ["hats"]}
SOME_TEXT = st.sampled_from(["de", "DE", "Ada", "ada@x.example", "subscribed", "Zoë", "", "é", "a"])
AGES = st.sampled_from([0, 1, 5, 29, 30, 31, 89, 90, 91, 400]).map(lambda days: days * DAY)
PLAIN = st.one_of(SOME_TEXT, st.integers(-3, 9), st.booleans(), st.sampled_from([1.5, 2.0, 0.1]))


@dataclass(frozen=True)
class Past:
    """One customer's row and what they did."""

    row: Mapping[str, Any]
    orders: list[Mapping[str, Any]] = field(default_factory=list)
    events: list[Mapping[str, Any]] = field(default_factory=list)
    segments: frozenset[str] = frozenset()
    chats: list[Mapping[str, Any]] = field(default_factory=list)
    score: Mapping[str, Any] | None = None


ITEMS = st.lists(
    st.fixed_dictionaries({
        "product_id": st.sampled_from([*CATEGORIES, None]),
        "quantity": st.integers(1, 3),
        "store_price": st.integers(0, 900),
    }),
    min_size=1,
    max_size=3,
)  # fmt: skip
ORDERS = st.fixed_dictionaries({
    "placed_at": AGES.map(lambda age: NOW - age),
    "store_total": st.integers(0, 2000),
    "store_refunded": st.sampled_from([0, 0, 300]),
    "items": ITEMS,
    "discount_codes": st.sampled_from([[], ["BACK"], ["A", "Back"]]),
    "counts": st.sampled_from([True, True, False]),
    "cancelled_at": st.sampled_from([None, None, NOW]),
})  # fmt: skip
EVENTS = st.fixed_dictionaries({
    "name": st.sampled_from(["product.viewed", "message.opened", "custom"]),
    "occurred_at": AGES.map(lambda age: NOW - age),
    "data": st.sampled_from([
        {}, {"category": "hats"}, {"category": "x", "categories": ["hats", "7"]},
        {"category": 7}, {"category": "7"}, {"category": True},
        {"name": "quiz", "properties": {"points": 3}},
    ]),
})  # fmt: skip
PROPERTIES = st.sampled_from([
    {}, {"size": "a"}, {"size": 2}, {"size": 2.0}, {"size": True}, {"size": None},
    {"size": ["a", 2]}, {"size": {"deep": "a"}}, {"size": {"deep": 1.5}}, {"size": [True, 0.1]},
    {"size": "Zoë"}, {"size": [1, "1"]},
])  # fmt: skip
ROWS = st.fixed_dictionaries({
    "last_name": st.none() | SOME_TEXT,
    "country": st.sampled_from([None, "DE", "US"]),
    "region": st.sampled_from([None, "BE", "CA"]),
    "city": st.none() | SOME_TEXT,
    "locale": st.none() | SOME_TEXT,
    "email_consent": st.sampled_from([None, "subscribed", "unsubscribed"]),
    "whatsapp_consent": st.sampled_from([None, "subscribed", "unsubscribed"]),
    "whatsapp_consent_source": st.sampled_from([None, "keyword", "chat"]),
    "whatsapp_consent_at": st.none() | AGES.map(lambda age: NOW - age),
    "tags": st.sampled_from([[], ["vip"], ["Ada", "vip"], ["a"]]),
    "properties": PROPERTIES,
    "is_staff": st.booleans(),
    "created_at": AGES.map(lambda age: NOW - age),
    "email_consent_at": st.none() | AGES.map(lambda age: NOW - age),
    "platform_spent": st.none() | st.integers(-3, 9),
    "deleted_at": st.sampled_from([None, None, None, NOW]),
})  # fmt: skip
CHATS = st.fixed_dictionaries({
    "channel": st.sampled_from(["messenger", "instagram", "whatsapp"]),
    "consent": st.sampled_from([None, "subscribed", "unsubscribed"]),
    "last_seen": AGES.map(lambda age: NOW - age),
    "kind": st.sampled_from(["psid", "wa"]),
})  # fmt: skip
SCORES = st.fixed_dictionaries({
    "recency": st.integers(1, 5), "frequency": st.integers(1, 5), "monetary": st.integers(1, 5),
    "group": st.sampled_from(["loyal", "new"]),
})  # fmt: skip
PASTS = st.builds(
    Past,
    ROWS,
    st.lists(ORDERS, max_size=3),
    st.lists(EVENTS, max_size=4),
    st.frozensets(st.sampled_from(SEGMENTS)),
    st.lists(CHATS, max_size=3),
    st.none() | SCORES,
)
FIELDS = st.sampled_from([
    "last_name", "country", "region", "city", "locale", "email_consent", "tags", "is_staff",
    "whatsapp_consent", "whatsapp_consent_source", "messenger_consent", "instagram_consent",
    "orders_count", "spent",
    "created_at", "last_order_at", "email_consent_at", "platform_spent", "properties.size",
    "properties.size.deep", "properties.none", "rfm.recency", "rfm.group", "id",
]).map("customer.{}".format)  # fmt: skip
DATES = st.sampled_from(["2026-10-21", "2026-11-20T12:00:00+00:00", "no date"])
VALUES = PLAIN | DATES | st.sampled_from(["vip", "loyal", "hats", "DE"])
ORDERED = st.sampled_from(["eq", "ne", "gt", "gte", "lt", "lte"])
WINDOWS = st.sampled_from([None, DAY, 30 * DAY, 90 * DAY])
SPANS = st.sampled_from(["P1D", "P30D", "P90D"])
WHERE_EVENTS = st.sampled_from([
    (), (("category", "hats"),), (("category", 7),), (("category", "7"),), (("name", "quiz"),),
    (("properties.points", 3),),
])  # fmt: skip
WHERE_ORDERS = st.sampled_from([
    (), (("code", "BACK"),), (("code", "back"),), (("product_id", "p1"),), (("category", "hats"),),
    (("category", "scarves"), ("product_id", "p1")), (("category", "hats"), ("product_id", "p1")),
])  # fmt: skip
MEASURED = st.one_of(
    st.builds(
        Measure, st.just("events"), st.sampled_from(["product.viewed", "custom"]), WINDOWS,
        WHERE_EVENTS,
    ),
    st.builds(
        Measure, st.just("orders"), st.sampled_from(["count", "spent", "average"]), WINDOWS,
        WHERE_ORDERS,
    ),
)  # fmt: skip
MOMENTS = st.builds(
    Measure, st.just("orders"), st.sampled_from(["first", "last"]), WINDOWS, WHERE_ORDERS
)


def test_of(op: Any, **more: Any) -> st.SearchStrategy[Condition]:
    return st.builds(Condition, op, **more)


test_of.__test__ = False  # type: ignore[attr-defined]
TESTS = st.one_of(
    test_of(ORDERED | st.sampled_from(["contains", "starts_with"]), field=FIELDS, value=VALUES),
    test_of(st.just("exists"), field=FIELDS, value=st.sampled_from([None, True, False])),
    test_of(st.just("in"), field=FIELDS, value=st.lists(VALUES, max_size=3)),
    test_of(
        st.sampled_from(["within", "before"]),
        field=st.sampled_from(
            ["customer.created_at", "customer.last_order_at", "customer.whatsapp_consent_at"]
        ),
        value=SPANS,
    ),
    test_of(ORDERED, measure=MEASURED, value=st.integers(0, 4) | st.sampled_from([600, 1500])),
    test_of(st.sampled_from(["within", "before"]), measure=MOMENTS, value=SPANS),
    test_of(ORDERED, measure=MOMENTS, value=st.sampled_from(["2026-10-21"])),
    test_of(st.just("exists"), measure=MOMENTS, value=st.sampled_from([True, False])),
    test_of(st.just("in_segment"), value=st.sampled_from([*SEGMENTS, "nowhere"])),
    test_of(st.just("percent"), value=st.sampled_from([0, 30, 50.5]), salt=st.none() | SOME_TEXT),
)  # fmt: skip
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    TESTS,
    lambda inner: st.builds(
        Condition,
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=5,
).filter(lambda one: not problems(Segment("x", one)))


def put(connection: Connection, pasts: list[Past]) -> tuple[str, list[str]]:
    """Write the customers and what they did; gives the store and the customers' ids."""
    store_id = a_store(connection, f"{schema.new_id()}.example")
    rows, ids = Rows(connection, store_id), []
    _put_products(connection, store_id)
    for past in pasts:
        whose = rows.customer("x", **past.row)
        ids.append(whose)
        for order in past.orders:
            rows.order(whose, total=order["store_total"], **order)
        for event in past.events:
            own = {"store_id": store_id, "customer_id": whose, "dedupe_key": schema.new_id()}
            connection.execute(insert(schema.events).values(**own, **event))
        for number, chat in enumerate(past.chats):
            own = {"store_id": store_id, "customer_id": whose, "first_seen": NOW}
            named = {"address": f"{whose}:{number}", **own, **chat}
            connection.execute(insert(schema.identities).values(**named))
        member = {"store_id": store_id, "customer_id": whose}
        if past.score:
            counted = {"last_order_at": NOW, "orders": 1, "spent": 1}
            connection.execute(insert(schema.rfm_scores).values(**member, **counted, **past.score))
    _put_members(connection, store_id, pasts, ids)
    count_again(connection, [(store_id, one) for one in ids])
    return store_id, ids


def _put_products(connection: Connection, store_id: str) -> None:
    for product_id, category in CATEGORIES.items():
        ware = {"external_id": product_id, "title": "x", "handle": "x", "status": "active"}
        more = {"store_id": store_id, "product_type": category, "updated_at": NOW}
        connection.execute(insert(schema.products).values(**ware, **more))
    for product_id, names in STANDING.items():
        for name in names:
            own = {"store_id": store_id, "product_id": product_id, "external_id": name}
            connection.execute(insert(schema.product_categories).values(**own, name=name))


def _put_members(connection: Connection, store_id: str, pasts: list[Past], ids: list[str]) -> None:
    for segment_id in SEGMENTS:
        row = {"store_id": store_id, "id": segment_id, "name": segment_id, "condition": {}}
        made = {"state": "ready", "created_at": NOW, "updated_at": NOW}
        connection.execute(insert(schema.segments).values(**row, **made))
    for past, whose in zip(pasts, ids, strict=True):
        for segment_id in past.segments:
            member = {"store_id": store_id, "segment_id": segment_id, "customer_id": whose}
            connection.execute(insert(schema.segment_members).values(**member, entered_at=NOW))


def by_hand(condition: Condition, past: Past, customer_id: str) -> bool:
    """Say whether the condition holds, by plain Python over what the customer did."""
    orders = [one for one in past.orders if one["counts"] and not one["cancelled_at"]]
    placed = [one["placed_at"] for one in orders]
    customer = {
        **past.row,
        "id": customer_id,
        "orders_count": len(orders),
        "spent": sum(one["store_total"] - one["store_refunded"] for one in orders),
        "first_order_at": min(placed, default=None),
        "last_order_at": max(placed, default=None),
        "segments": past.segments,
        **_said(past.chats),
        "rfm": past.score or {},
    }
    wanted = {test.measure for test in each_test(condition) if test.measure}
    sums = {one: _comes_to(one, past, orders) for one in wanted}
    return has(condition, {"customer": customer, "measured": sums, "now": NOW})


def _said(chats: list[Mapping[str, Any]]) -> dict[str, str]:
    """Give what somebody said of each chat by the id they used last, by plain Python."""
    ids = [(one["last_seen"], one["kind"], number, one) for number, one in enumerate(chats)]
    latest = sorted(ids, key=lambda one: one[:3])
    return {
        f"{one['channel']}_consent": one["consent"] or "subscribed"
        for *_, one in latest
        if one["channel"] != "whatsapp"
    }


def _comes_to(measure: Measure, past: Past, orders: list[Mapping[str, Any]]) -> Any:
    since = NOW - measure.within if measure.within else datetime.min.replace(tzinfo=NOW.tzinfo)
    if measure.source == "events":
        return sum(
            one["name"] == measure.take
            and one["occurred_at"] > since
            and all(_tells(one["data"], name, value) for name, value in measure.where)
            for one in past.events
        )
    where = dict(measure.where)
    found = [
        (one["placed_at"], amount)
        for one in orders
        if one["placed_at"] > since
        and ("code" not in where or where["code"].upper() in map(str.upper, one["discount_codes"]))
        and (amount := _amount(one, where)) is not None
    ]  # fmt: skip
    spent = sum(amount for _, amount in found)
    return {
        "count": len(found),
        "spent": spent,
        "average": Fraction(spent, len(found)) if found else None,
        "first": min((at for at, _ in found), default=None),
        "last": max((at for at, _ in found), default=None),
    }[measure.take]


def _categories(product_id: str) -> set[str]:
    return {CATEGORIES[product_id], *STANDING.get(product_id, ())}


def _amount(order: Mapping[str, Any], where: Mapping[str, Any]) -> int | None:
    if not {"product_id", "category"} & where.keys():
        return int(order["store_total"] - order["store_refunded"])
    lines = [
        one["quantity"] * one["store_price"]
        for one in order["items"]
        if one["product_id"] is not None
        and where.get("product_id", one["product_id"]) == one["product_id"]
        and ("category" not in where or where["category"] in _categories(one["product_id"]))
    ]
    return sum(lines) if lines else None


def _tells(data: Mapping[str, Any], name: str, value: Any) -> bool:
    others = data.get("categories", ()) if name == "category" else ()
    return _alike(_at(data, name), value) or any(_alike(one, value) for one in others)


def _at(data: Mapping[str, Any], path: str) -> Any:
    here: Any = data
    for name in path.split("."):
        here = here.get(name) if isinstance(here, Mapping) else None
    return here


def _alike(found: Any, value: Any) -> bool:
    return type(found) is type(value) and found == value


@settings(
    max_examples=40,
    phases=[Phase.generate],  # a failure names its condition: no need to look for a shorter one
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow,
                           HealthCheck.data_too_large, HealthCheck.filter_too_much],
)  # fmt: skip
@given(
    pasts=st.lists(PASTS, min_size=2, max_size=4),
    conditions=st.lists(CONDITIONS, min_size=6, max_size=6),
)
def test_a_condition_holds_for_the_same_customers_four_ways(
    database: Database, pasts: list[Past], conditions: list[Condition]
) -> None:
    with database.writing() as connection:
        store_id, ids = put(connection, pasts)
        asked = frozenset[Any]().union(*map(asks_of, conditions))
        about = [About(one) for one in ids]
        values = facts.values_of(connection, store_id, about, asked, NOW)
        for condition in conditions:
            hand = {
                one for one, past in zip(ids, pasts, strict=True) if by_hand(condition, past, one)
            }
            live = {one.customer_id for one in about if has(condition, values[one])}
            bulk = set(connection.execute(who(connection, store_id, condition, NOW)).scalars())
            assert live == hand, condition
            assert bulk == hand, condition
        assert in_one_look(connection, store_id, conditions) == {
            (number, one)
            for number, condition in enumerate(conditions)
            for one, past in zip(ids, pasts, strict=True)
            if by_hand(condition, past, one)
        }


def in_one_look(
    connection: Connection, store_id: str, conditions: list[Condition]
) -> set[tuple[int, str]]:
    """Give (which condition, customer), asked of all conditions together.

    The first two are told to be the conditions of segments that have members already.
    """
    ids = [*SEGMENTS, *(schema.new_id() for _ in conditions[2:])]
    by_id = dict(zip(ids, conditions, strict=True))
    m = schema.segment_members.c
    books = select(m.segment_id, m.customer_id).where(m.store_id == store_id)
    found = {(ids.index(row[0]), row[1]) for row in connection.execute(books)}
    everyone = connection.execute(
        select(schema.customers.c.id).where(schema.customers.c.store_id == store_id)
    )
    for whose in everyone.scalars().all():
        unlike = segment_scan.in_doubt(connection, store_id, [whose], by_id, NOW)
        found ^= {(ids.index(one), whose) for one in unlike.get(whose, ())}
    assert not segment_scan.in_doubt(connection, schema.new_id(), [], by_id, NOW)
    return found


LARGE = 2**53
HOSTILE: list[Condition] = [
    Condition("gt", field="customer.orders_count", value=2**31),
    Condition("lt", field="customer.orders_count", value=LARGE),
    Condition("lt", field="customer.rfm.recency", value=2**40),
    Condition("lt", measure=Measure("orders", "count", None, (("code", "B"),)), value=LARGE),
    Condition("gt", measure=Measure("orders", "average"), value=-LARGE),
    Condition("eq", field="customer.properties.size", value=float(LARGE)),
    Condition("in", field="customer.orders_count", value=(1, 0.5, True, "1", LARGE)),
    Condition("in", field="customer.is_staff", value=(0, False)),
    Condition("in", field="customer.created_at", value=("no date", NOW.isoformat(), 1)),
    Condition("in", field="customer.last_name", value=(*map(str, range(999)), "A%_d")),
    Condition("any", (
        Condition("in", field="customer.properties.size", value=(*map(str, range(998)), "a", 1)),
        Condition("percent", value=0),
    )),
    Condition("contains", field="customer.last_name", value="%_"),
    Condition("starts_with", field="customer.last_name", value="%"),
    Condition("eq", field="customer.last_name", value="' OR 1=1 --"),
    Condition("gt", field="customer.last_name", value="\uffff"),
    Condition("gt", field="customer.created_at", value="0001-01-01T00:00:00+14:00"),
    Condition("lt", field="customer.created_at", value="9999-12-31T23:59:59-14:00"),
]  # fmt: skip
ODD = [
    Past({"last_name": "A%_d", "properties": {"size": "a"}, "created_at": NOW},
         score={"recency": 3, "frequency": 3, "monetary": 3, "group": "new"}),
    Past({"last_name": "\U0001f600", "properties": {"size": LARGE + 1}, "created_at": NOW - DAY}, [
        {"placed_at": NOW - DAY, "store_total": 1000, "store_refunded": 0, "items": [],
         "discount_codes": ["B"], "counts": True, "cancelled_at": None}]),
    Past({"last_name": None, "properties": {"size": [1, True]}, "created_at": NOW}),
]  # fmt: skip


def test_what_nobody_would_ask_has_the_same_answer_both_ways(database: Database) -> None:
    with database.writing() as connection:
        store_id, ids = put(connection, ODD)
        about = [About(one) for one in ids]
        for condition in HOSTILE:
            assert not problems(Segment("x", condition)), condition
            values = facts.values_of(connection, store_id, about, asks_of(condition), NOW)
            live = {one.customer_id for one in about if has(condition, values[one])}
            bulk = set(connection.execute(who(connection, store_id, condition, NOW)).scalars())
            assert bulk == live, condition
        held = {
            (number, one.customer_id)
            for number, condition in enumerate(HOSTILE)
            for one in about
            if has(
                condition,
                facts.values_of(connection, store_id, about, asks_of(condition), NOW)[one],
            )
        }
        assert in_one_look(connection, store_id, HOSTILE) == held
