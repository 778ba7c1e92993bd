"""A flow document that can't be read: everything that is wrong with it is told at once."""

from typing import Any

import pytest

from marketing import block_schema
from marketing.block_schema import BadTemplate
from marketing.flow_reading import MOST_READ, readable_steps
from marketing.flow_schema import BadFlow, load, read
from tests.marketing.test_flow_schema import MESSAGE, a_document, told


def test_one_slip_hides_no_other() -> None:
    """Of form and of sense, in the trigger, in branches, in what a step counts: all at once."""
    soon = {"kind": "delay", "id": "soon", "duration": "soon", "untill": "10:00"}
    idle = {"kind": "delay", "id": "idle"}
    counts = {"op": "like", "within": "P1D", "value": [[1]]}
    asks = {"kind": "condition", "id": "asks", "condition": counts, "yes": [idle], "no": [soon]}
    weightless = [
        {"key": key, "weight": 0, "steps": [{**MESSAGE, "deadline": "PT1S"}]} for key in "ab"
    ]
    split = {"kind": "split", "id": "split", "variants": weightless}
    document = {
        "name": " ",
        "trigger": {"event": "cart.abandoned", "days": 3},
        "exits": ["order.lost", {"event": "order.placed", "filter": {"op": "all"}}],
        "filter": {"op": "eq", "field": "Bad Field", "value": 1},
        "steps": [asks, split, {"kind": "mesage", "id": "BAD"}, {"kind": "message", "id": "bare"}],
    }
    found = {(step, field) for step, field, _ in told(document)}
    assert found == {
        ("", "name"),
        ("trigger", "idle"),
        ("trigger", "days"),
        ("", "exits.0"),
        ("", "exits.1.filter"),
        ("", "filter"),
        ("asks", "condition.op"),
        ("asks", "condition.within"),
        ("asks", "condition.value"),
        ("idle", "duration"),
        ("soon", "duration"),
        ("soon", "untill"),
        ("split", "weight"),
        ("hello", "deadline"),
        ("hello", "id"),
        ("BAD", "kind"),
        ("BAD", "id"),
        ("bare", "template"),
        ("bare", "channel"),
    }


@pytest.mark.parametrize("told_date", ["3.12.1990", "1990-13-01", 19901203, True])
def test_a_birthday_is_set_as_a_date(told_date: Any) -> None:
    step = {"kind": "update_customer", "id": "b", "properties": {"birthday": told_date}}
    assert told(a_document(step, MESSAGE)) == [("b", "properties.birthday", "is no date")]
    for good in ("1990-12-03", "--12-03", None):
        load(a_document({**step, "properties": {"birthday": good}}, MESSAGE))


def test_a_document_of_thousands_of_steps_is_not_even_read() -> None:
    """One such draft would hold up every list it is in: a step is read in a millisecond."""
    delays = [{"kind": "delay", "id": f"d{n}", "duration": "PT1H"} for n in range(MOST_READ)]
    asks = {"kind": "condition", "id": "asks", "condition": {}, "yes": delays, "no": [1]}
    arms = [{"key": "a", "weight": 1, "steps": [*delays, None]}]
    for steps in ([*delays, MESSAGE], [asks], [{"kind": "split", "id": "s", "variants": arms}]):
        with pytest.raises(BadFlow, match=r"has 50[12] steps"):
            read(a_document(*steps))
        assert readable_steps(a_document(*steps)) == []
    assert len(read(a_document(*delays[:200])).steps) == 200


def test_a_block_too_many_keeps_all_from_being_read() -> None:
    blocks = [{"kind": "nonsense"}] * 61
    template = {"subject": "Hello", "blocks": blocks}
    with pytest.raises(BadTemplate) as refused:
        block_schema.read(template)
    assert [one.sentence for one in refused.value.problems] == [
        "blocks has 61 blocks. Keep it to 60 at the most."
    ]
