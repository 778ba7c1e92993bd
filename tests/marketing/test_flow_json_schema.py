"""The published JSON Schema: it takes every recipe, and refuses nothing that `load` takes."""

import json
import re
from copy import deepcopy
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from marketing import recipes
from marketing.flow import Flow
from marketing.flow_json_schema import flow_json_schema
from marketing.flow_schema import BadFlow, dump, load
from tests.marketing.test_blocks import EACH as EACH_BLOCK
from tests.marketing.test_flow_schema import FLOWS, JSON, MESSAGE, a_document

PUBLISHED = Path(__file__).parents[2] / "docs" / "flow.schema.json"
SCHEMA = json.loads(PUBLISHED.read_text())
VALIDATOR = Draft202012Validator(SCHEMA)


def test_the_published_schema_is_the_one_of_this_code() -> None:
    """After a change of a flow's form: `python -m setup.published`."""
    assert json.loads(json.dumps(flow_json_schema())) == SCHEMA
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("name", recipes.names())
def test_every_recipe_keeps_to_it_as_it_is_written_and_as_it_is_kept(name: str) -> None:
    VALIDATOR.validate(recipes.document(name))
    VALIDATOR.validate(json.loads(json.dumps(dump(recipes.load(name)))))


@given(FLOWS)
def test_every_flow_keeps_to_it(flow: Flow) -> None:
    VALIDATOR.validate(json.loads(json.dumps(dump(flow))))


EACH: list[dict[str, Any]] = [
    {"kind": "delay", "id": "a", "duration": "P1D", "until": "10:00", "weekdays": [0, 6]},
    {"kind": "delay", "id": "b", "until_field": "order.placed_at", "duration": "P7D"},
    {"kind": "wait_for_event", "id": "c", "event": "message.opened", "timeout": "P3D",
     "filter": {"op": "eq", "field": "event.name", "value": "x"}, "yes": [], "no": []},
    {"kind": "switch", "id": "d", "field": "customer.country", "otherwise": [],
     "cases": [{"key": "home", "values": ["DE", 1], "steps": []}]},
    {"kind": "update_customer", "id": "e", "add_tags": ["vip"], "properties": {"tier": None},
     "unsubscribe": ["email", "sms"]},
    {"kind": "notify_staff", "id": "f", "subject": "Look", "text": "there"},
    {"kind": "hand_over", "id": "p", "subject": "Look", "text": "there"},
    {"kind": "call_webhook", "id": "g", "url": "https://example.com/x"},
    {"kind": "start_flow", "id": "h", "flow": "other"},
    {"kind": "stop_flow", "id": "i", "flow": "other"},
    {"kind": "split", "id": "j",
     "variants": [{"key": "a", "weight": 1}, {"key": "b", "weight": 2}],
     "winner": {"by": "revenue", "after": "P2D", "least": 100}},
    {"kind": "coupon", "id": "k", "off": "amount", "amount": 500, "valid_for": "P1D",
     "once_per": None, "pool": True},
    {"kind": "condition", "id": "l", "condition": {"op": "any", "of": [
        {"op": "in", "field": "customer.country", "value": ["DE"]}]}},
    {**MESSAGE, "id": "m", "channels": ["email", "sms"]},
    {"kind": "reward", "id": "o", "amount": 500, "expires_after": "P90D", "every": 3,
     "or_code": True},
    {"kind": "message", "id": "q", "channel": "email",
     "template": {"subject": "Hello", "preview": "", "blocks": EACH_BLOCK}},
    {"kind": "ask", "id": "r", "channel": "messenger", "template": {"chat": {"text": "Which?"}},
     "answers": [{"key": "a", "label": "A", "keywords": ["aye"], "steps": []}], "saves": "choice",
     "timeout": "PT2H", "otherwise": [], "silent": []},
    {"kind": "collect", "id": "s", "channel": "instagram", "contact": "phone",
     "template": {"chat": {"text": "Your number?", "cards": "picked", "products": ["7"]}},
     "subscribes": False, "given": [], "otherwise": [], "silent": []},
    {"kind": "exit", "id": "n"},
]  # fmt: skip


def test_every_kind_of_step_and_all_their_fields_keep_to_it() -> None:
    document = a_document(*EACH, filter={"op": "eq", "field": "customer.is_vip", "value": True})
    load(document)
    VALIDATOR.validate(document)
    assert {step["kind"] for step in EACH} == {
        shape["properties"]["kind"]["const"]
        for name, shape in SCHEMA["$defs"].items()
        if name.startswith("step_")
    }


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=300)
@given(st.data())
def test_what_it_refuses_load_refuses_too(data: st.DataObject) -> None:
    """Some part of a good document is put away, or something else in its place."""
    document: Any = deepcopy(a_document(*EACH))
    here = document
    for _ in range(data.draw(st.integers(0, 4))):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        inner = here[data.draw(st.sampled_from(keys))] if keys else None
        if not isinstance(inner, (dict, list)):
            break
        here = inner
    keys = list(here) if isinstance(here, dict) else list(range(len(here)))
    if not keys:
        return
    key = data.draw(st.sampled_from(keys))
    if data.draw(st.booleans()):
        here[key] = data.draw(JSON)
    else:
        del here[key]
    try:
        VALIDATOR.validate(document)
    except jsonschema.ValidationError:
        with pytest.raises(BadFlow):
            load(document)


# --- what the author of a bad document is told --------------------------------------------------


def inside(step: dict[str, Any]) -> dict[str, Any]:
    """A document in which a step stands in a branch: it is found there as well."""
    condition = {"op": "exists", "field": "customer.email"}
    branch = {"kind": "condition", "id": "outer", "condition": condition, "yes": [step]}
    return a_document(branch, MESSAGE)


def delay(**more: Any) -> dict[str, Any]:
    return {"kind": "delay", "id": "d", "duration": "P1D", **more}


def coupon(**more: Any) -> dict[str, Any]:
    return {"kind": "coupon", "id": "d", "percent": 10, "valid_for": "P1D", **more}


def message(**more: Any) -> dict[str, Any]:
    return {**MESSAGE, "id": "d", **more}


def test_of(**condition: Any) -> dict[str, Any]:
    return {"kind": "condition", "id": "d", "condition": condition}


test_of.__test__ = False  # type: ignore[attr-defined]
A, B = {"key": "a", "weight": 1}, {"key": "b", "weight": 1}
CASE = {"key": "home", "values": ["DE"]}
BAD: list[tuple[dict[str, Any], str]] = [
    (delay(duration="soon"), "duration"),
    (delay(duration="P1Y"), "duration"),
    (delay(duration=60), "duration"),
    (delay(duration="P400D"), "duration"),
    ({"kind": "delay", "id": "d"}, "duration"),
    (delay(since="yesterday"), "since"),
    (delay(until="25:00"), "until"),
    (delay(until=10), "until"),
    (delay(weekdays=[7]), "weekdays"),
    (delay(weekdays=["monday"]), "weekdays.0"),
    (delay(until_field="Order Placed"), "until_field"),
    (delay(untill="10:00"), "untill"),
    (delay(kind="sleep"), "kind"),
    (test_of(op="is", field="customer.country", value="DE"), "condition"),
    (test_of(op="all", of=[]), "condition"),
    (test_of(op="all", of={}), "condition.of"),
    (test_of(op="eq", field="Customer Country", value="DE"), "condition"),
    (test_of(op="in", field="customer.country", value="DE"), "condition"),
    (test_of(op="eq", field="customer.country", value={"a": 1}), "condition.value"),
    ({"kind": "condition", "id": "d"}, "condition"),
    ({"kind": "split", "id": "d", "variants": [A]}, "variants"),
    ({"kind": "split", "id": "d", "variants": [A, {**B, "key": "a"}]}, "key"),
    ({"kind": "split", "id": "d", "variants": [A, {**B, "weight": "1"}]}, "variants.1.weight"),
    ({"kind": "split", "id": "d", "variants": [{**A, "weight": 0}, {**B, "weight": 0}]}, "weight"),
    ({"kind": "split", "id": "d", "variants": [A, B], "winner": {"by": "opens"}}, "winner.by"),
    ({"kind": "split", "id": "d", "variants": [A, B], "winner": {"by": "clicks", "after": "P1D"}},
     "winner.after"),
    ({"kind": "split", "id": "d", "variants": [A, B], "winner": {"by": "clicks", "least": 5}},
     "winner.least"),
    ({"kind": "switch", "id": "d", "field": "Land", "cases": [CASE]}, "field"),
    ({"kind": "switch", "id": "d", "field": "customer.country", "cases": []}, "cases"),
    ({"kind": "switch", "id": "d", "field": "customer.country", "cases": [{**CASE, "values": []}]},
     "values"),
    ({"kind": "wait_for_event", "id": "d", "event": "message.read", "timeout": "P1D"}, "event"),
    ({"kind": "wait_for_event", "id": "d", "event": "order.placed", "timeout": "PT1S"}, "timeout"),
    ({"kind": "wait_for_event", "id": "d", "event": "order.placed"}, "timeout"),
    (coupon(percent=101), "percent"),
    (coupon(percent=None), "percent"),
    (coupon(amount=5), "amount"),
    (coupon(valid_for="PT1M"), "valid_for"),
    (coupon(prefix="low!"), "prefix"),
    (coupon(off="everything"), "off"),
    (coupon(minimum=0), "minimum"),
    (message(channel="pigeon"), "channel"),
    (message(template={"subject": "", "mjml": "<mjml></mjml>", "text": "x"}), "subject"),
    (message(template={"subject": "x" * 401, "mjml": "m", "text": "x"}), "template.subject"),
    (message(template={"mjml": "m", "text": "x"}), "template.subject"),
    (message(coupon="none"), "coupon"),
    (message(deadline="PT1M"), "deadline"),
    ({"kind": "update_customer", "id": "d"}, "add_tags"),
    ({"kind": "update_customer", "id": "d", "properties": {"Bad Name": 1}}, "properties"),
    ({"kind": "call_webhook", "id": "d", "url": "ftp://example.com/"}, "url"),
    ({"kind": "notify_staff", "id": "d", "subject": " ", "text": "x"}, "subject"),
    ({"kind": "start_flow", "id": "d"}, "flow"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "field"), BAD)
def test_what_is_wrong_with_a_step_is_told_with_step_field_and_remedy(
    step: dict[str, Any], field: str
) -> None:
    for document in (a_document(step, MESSAGE), inside(step)):
        with pytest.raises(BadFlow) as refused:
            load(document)
        found = [one for one in refused.value.problems if one.field.startswith(field)]
        assert found, refused.value.problems
        assert found[0].step == "d"
        assert re.fullmatch(r"[a-zA-Z].{3,}", found[0].message)
        assert re.fullmatch(r"[A-Z].*\.", found[0].remedy, re.DOTALL), found[0].remedy
        assert not re.search(r"valid|required", found[0].message), "our words, not a library's"


def test_there_are_forty_of_them() -> None:
    assert len(BAD) >= 40
