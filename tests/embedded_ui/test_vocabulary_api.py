"""What conditions may ask about, as the panel is told it, and the values that it suggests."""

import pytest
from sqlalchemy import insert, update

from jobs import segments
from jobs.runtime import Runtime
from marketing import vocabulary
from marketing.condition_rules import condition_problems
from marketing.conditions import TIMELY
from marketing.events import EventName
from marketing.flow import Condition, Measure
from marketing.segments import KNOWN
from marketing.vocabulary import OPERATORS, Fact
from storage.database import Database
from storage.schema import customers, orders, products
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.seeding import NOW, SmallStore

VALUES = {"number": 3, "money": 500, "truth": True, "measured_moment": "2026-01-01"}


def test_the_panel_is_told_what_a_segment_may_ask_about(ask: Ask, maple: SmallStore) -> None:
    told = ask("/vocabulary").json
    assert told
    fields = {one["field"]: one for one in told["fields"]}
    assert fields["customer.country"]["suggest"] == "countries"
    assert fields["customer.email_consent"]["choices"][0] == "subscribed"
    assert fields["customer.properties."]["free"]
    assert not any(name.startswith(("cart.", "order.", "event.")) for name in fields)
    assert told["limits"]["tests"] == 200
    viewed = next(one for one in told["events"] if one["name"] == "product.viewed")
    assert [one["name"] for one in viewed["where"]] == ["product_id", "category"]


def test_a_flow_may_ask_about_what_its_trigger_brings(ask: Ask, maple: SmallStore) -> None:
    def named(trigger: str) -> set[str]:
        told = ask(f"/vocabulary?trigger={trigger}").json
        assert told
        return {one["field"] for one in told["fields"]}

    assert {"cart.store_total", "customer.tags"} <= named("cart.abandoned")
    assert "order.store_total" in named("order.placed")
    assert "cart.store_total" not in named("order.placed")
    assert {"event.rating", "event.product_id"} <= named("review.posted")
    refused = ask("/vocabulary?trigger=nothing.happened")
    assert refused.status_code == 422
    assert refused.json
    assert refused.json["field"] == "trigger"


def test_every_field_that_a_segment_knows_is_offered_or_left_out_on_purpose() -> None:
    offered = {one.field.removeprefix("customer.") for one in vocabulary.OF_CUSTOMERS}
    left_out = vocabulary.FOR_PROGRAMS | vocabulary.TOLD_BY_ORDERS
    assert offered - {"properties."} == KNOWN - left_out


@pytest.mark.parametrize("trigger", [None, *EventName])
def test_whatever_is_offered_may_be_asked(trigger: str | None) -> None:
    for fact in vocabulary.facts(trigger):
        for op in OPERATORS[fact.kind]:
            assert list(condition_problems(_asking(fact, op))) == [], (fact.field, op)


def _asking(fact: Fact, op: str) -> Condition:
    field = f"{fact.field}size" if fact.is_open else fact.field
    value = "P3D" if op in TIMELY else ["a"] if op == "in" else VALUES.get(fact.kind, "a")
    return Condition(op, field=field, value=value)


def test_every_count_that_is_offered_may_be_asked() -> None:
    counted = [("events", name, where) for name, where in vocabulary.COUNTED.items()]
    taken = [("orders", take, vocabulary.ORDERS_BY) for take in vocabulary.TAKEN]
    for source, take, where in (*counted, *taken):
        narrowed = tuple((one.name, "a") for one in where)
        kind = vocabulary.TAKEN.get(take, "measure")
        for op in OPERATORS["measured_moment" if kind == "measured_moment" else "measure"]:
            value = "P3D" if op in TIMELY else VALUES.get(kind, 1)
            asked = Condition(op, measure=Measure(source, take, None, narrowed), value=value)
            assert list(condition_problems(asked)) == [], (take, op)


@pytest.fixture
def filled(database: Database, runtime: Runtime, maple: SmallStore, neighbour: SmallStore) -> str:
    """Maple & Moss with values to suggest, and a neighbour with others; gives a segment's id."""
    with database.writing() as connection:
        for store, tag in ((maple, "vip"), (neighbour, "secret")):
            told = {"tags": [tag, "b2b"], "properties": {"size": "M"}, "locale": "en-US"}
            mine = customers.c.store_id == store.id
            connection.execute(update(customers).where(mine).values(told))
            codes = update(orders).where(orders.c.store_id == store.id)
            connection.execute(codes.values(discount_codes=[f"{tag}10".upper()]))
            row = {
                "store_id": store.id,
                "external_id": "900",
                "title": f"{tag} Scarf",
                "handle": tag,
                "product_type": f"{tag} scarves",
                "status": "active",
                "updated_at": NOW,
            }
            connection.execute(insert(products).values(row))
    condition = {"op": "gt", "field": "customer.spent", "value": 5}
    segments.create(runtime, neighbour.id, {"name": "Secret people", "condition": condition})
    return segments.create(runtime, maple.id, {"name": "VIP people", "condition": condition})


def test_values_are_suggested_from_what_the_store_has(ask: Ask, filled: str) -> None:
    def suggested(query: str, **options: str) -> list[str]:
        told = ask(f"/vocabulary/suggestions?{query}", **options).json
        assert told
        return [one["label"] for one in told["values"]]

    assert suggested("of=tags&search=VI") == ["vip"]
    assert suggested("of=properties") == ["size"]
    assert suggested("of=locales") == ["en-US"]
    assert suggested("of=codes&search=vip") == ["VIP10"]
    assert suggested("of=categories&search=scar") == ["vip scarves"]
    assert suggested("of=products&search=scarf") == ["vip Scarf"]
    assert suggested("of=segments&search=people") == ["VIP people"]
    assert suggested("of=products&is=900") == ["vip Scarf"]
    assert suggested(f"of=segments&is={filled}") == ["VIP people"]
    assert suggested(f"of=segments&is={filled}", domain=NEIGHBOUR) == []
    assert suggested("of=segments&is=none") == []
    assert suggested("of=tags&is=vip") == []
    assert suggested("of=tags&search=secret") == []
    assert ask("/vocabulary/suggestions?of=passwords").status_code == 422
