"""What differs between two forms of a flow: each change told once, moves told as moves."""

from typing import Any

import pytest

from marketing import flow_schema
from marketing.flow import Flow
from marketing.flow_diff import FieldChange, compare
from marketing.flow_schema import BadFlow

Json = dict[str, Any]
TRIGGER = {"event": "cart.abandoned", "idle": "PT1H"}


def wait(step_id: str, duration: str = "PT1H") -> Json:
    return {"kind": "delay", "id": step_id, "duration": duration}


def ask(step_id: str, yes: list[Json], no: list[Json]) -> Json:
    test = {"op": "gt", "field": "cart.store_total", "value": 5000}
    return {"kind": "condition", "id": step_id, "condition": test, "yes": yes, "no": no}


def flow(*steps: Json, **more: Any) -> Flow:
    return flow_schema.read({"name": "Cart", "trigger": TRIGGER, "steps": list(steps), **more})


def told(before: Flow | None, after: Flow) -> list[tuple[str, str]]:
    return [(one.step, one.what) for one in compare(before, after)]


def test_a_flow_that_was_never_published_is_new_from_end_to_end() -> None:
    assert told(None, flow(wait("a"), ask("b", [wait("c")], []))) == [
        ("a", "added"),
        ("b", "added"),
        ("c", "added"),
    ]


def test_the_same_flow_differs_in_nothing() -> None:
    one = flow(wait("a"), ask("b", [wait("c")], [wait("d")]))
    assert compare(one, one) == ()


def test_a_changed_field_is_told_with_before_and_after() -> None:
    (change,) = compare(flow(wait("a")), flow(wait("a", "P1D")))
    assert (change.step, change.what, change.kind) == ("a", "changed", "delay")
    assert change.fields == (FieldChange("duration", "PT1H", "P1D"),)


def test_steps_that_come_and_go_leave_the_others_where_they_are() -> None:
    before = flow(wait("a"), wait("b"), wait("c"))
    assert told(before, flow(wait("a"), wait("new"), wait("c"))) == [
        ("new", "added"),
        ("b", "removed"),
    ]


def test_of_a_swapped_pair_one_has_moved() -> None:
    before = flow(wait("a"), wait("b"), wait("c"))
    assert told(before, flow(wait("c"), wait("a"), wait("b"))) == [("c", "moved")]


def test_a_step_on_another_way_has_moved_and_may_have_changed() -> None:
    before = flow(ask("q", [wait("a")], []))
    (change,) = compare(before, flow(ask("q", [], [wait("a", "P1D")])))
    assert (change.step, change.what) == ("a", "moved")
    assert change.fields == (FieldChange("duration", "PT1H", "P1D"),)


def test_a_branching_step_does_not_change_with_what_is_inside_it() -> None:
    assert told(flow(ask("q", [wait("a")], [])), flow(ask("q", [wait("b")], []))) == [
        ("b", "added"),
        ("a", "removed"),
    ]


def test_weights_of_a_split_are_its_own_and_its_steps_are_not() -> None:
    def split(weight: int, *steps: Json) -> Json:
        arms = [
            {"key": "a", "weight": weight, "steps": list(steps)},
            {"key": "b", "weight": 1, "steps": []},
        ]
        return {"kind": "split", "id": "s", "variants": arms}

    (change,) = compare(flow(split(1, wait("a"))), flow(split(3, wait("a"))))
    assert (change.step, [one.field for one in change.fields]) == ("s", ["variants"])
    assert told(flow(split(1, wait("a"))), flow(split(1))) == [("a", "removed")]


def test_the_trigger_and_the_flow_itself_are_told_apart() -> None:
    before, after = flow(wait("a")), flow(wait("a"), name="New", exits=["order.placed"])
    later = flow_schema.read({**flow_schema.dump(after), "trigger": {**TRIGGER, "idle": "PT2H"}})
    changes = compare(before, later)
    assert [(one.step, one.kind) for one in changes] == [("trigger", "trigger"), ("", "flow")]
    assert [one.field for one in changes[1].fields] == ["name", "exits"]


def test_a_note_is_kept_with_its_step_and_told_where_it_changed() -> None:
    noted = flow(wait("first"), notes={"first": "Asked by Jo", "gone": "Of a step taken out"})
    assert flow_schema.dump(noted)["notes"] == {"first": "Asked by Jo"}
    begun = flow(wait("first"), notes={"trigger": "Since May"})
    assert flow_schema.dump(begun)["notes"] == {"trigger": "Since May"}
    bare = flow(wait("first"))
    assert "notes" not in flow_schema.dump(bare)
    assert told(bare, noted) == [("", "changed")]
    (change,) = compare(bare, noted)
    assert change.fields == (FieldChange("notes", None, {"first": "Asked by Jo"}),)
    with pytest.raises(BadFlow, match="too long"):
        flow(wait("first"), notes={"first": "x" * 501})
