"""Flow documents: what reads back, what is refused, and what the author is told."""

import json
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from marketing import recipes
from marketing.events import EventName
from marketing.flow import (
    Branch,
    Condition,
    Coupon,
    Delay,
    Exit,
    Flow,
    SendMessage,
    Since,
    Split,
    Step,
    Template,
    Trigger,
    Variant,
)
from marketing.flow_schema import BadFlow, Problem, dump, load, problems, read
from marketing.model import ChannelName, MessageKind

WORDS = Template("Hello", "Soon", "<mjml></mjml>", "Hello")
MESSAGE = {
    "kind": "message",
    "id": "hello",
    "channel": "email",
    "template": {"subject": "Hi", "mjml": "<mjml></mjml>", "text": "Hi"},
}


def a_document(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    plain = {
        "name": "A flow",
        "trigger": {"event": "order.placed"},
        "steps": list(steps) or [MESSAGE],
    }
    return {**plain, **more}


def told(document: Any) -> list[tuple[str, str, str]]:
    with pytest.raises(BadFlow) as refused:
        load(document)
    assert all(problem.remedy for problem in refused.value.problems)
    return [(p.step, p.field, p.message) for p in refused.value.problems]


def a_message(step_id: str = "hello", **more: Any) -> SendMessage:
    return replace(SendMessage(step_id, ChannelName.EMAIL, WORDS), **more)


def a_flow(*steps: Step, **more: Any) -> Flow:
    return replace(Flow("A flow", Trigger("order.placed"), steps), **more)


def found_in(flow: Flow) -> list[tuple[str, str]]:
    return [(problem.step, problem.field) for problem in problems(flow)]


def test_many_read_at_once_and_what_one_gets_wrong_is_nobody_elses() -> None:
    right = dump(recipes.load("abandoned-cart"))
    wrong = deepcopy(right)
    wrong["steps"][0]["no_such_field"] = 1

    def read_one(at: int) -> Flow | None:
        try:
            return read(wrong if at % 2 else right)
        except BadFlow:
            return None

    with ThreadPoolExecutor(max_workers=8) as many:
        found = list(many.map(read_one, range(40)))
    assert found == [None if at % 2 else read(right) for at in range(40)]


def test_what_is_left_out_has_its_default() -> None:
    flow = load(a_document())
    assert flow == Flow(
        "A flow",
        Trigger("order.placed"),
        (a_message(template=Template("Hi", "", "<mjml></mjml>", "Hi")),),
    )


def test_a_whole_flow_is_written_as_promised() -> None:
    document = dump(recipes.load("abandoned-cart"))
    assert document["trigger"] == {
        "event": "cart.abandoned",
        "idle": "PT1H",
        "filter": None,
        "reentry": "always",
    }
    assert document["steps"][1] == {
        "kind": "delay",
        "id": "until-objection",
        "duration": "PT12H",
        "since": "trigger",
    }
    assert document["steps"][4] == {
        "kind": "coupon",
        "id": "code",
        "percent": 10,
        "valid_for": "P1D",
        "prefix": "BACK",
    }


# Random flows

WORD = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).filter(str.strip)
DURATIONS = st.integers(3600, 10**6).map(lambda n: timedelta(seconds=n))
SCALARS = st.one_of(st.booleans(), st.integers(-(2**53), 2**53), WORD)
FIELDS = st.sampled_from(["cart.store_total", "customer.tags", "order.name"])
TESTS = st.one_of(
    st.builds(
        Condition,
        st.sampled_from(["eq", "gt", "contains"]),
        st.just(()),
        FIELDS,
        SCALARS,
    ),
    st.builds(Condition, st.just("in"), st.just(()), FIELDS, st.lists(SCALARS, max_size=3)),
)
CONDITIONS: st.SearchStrategy[Condition] = st.recursive(
    TESTS,
    lambda inner: st.builds(
        Condition,
        st.sampled_from(["all", "any", "none"]),
        st.lists(inner, min_size=1, max_size=3).map(tuple),
    ),
    max_leaves=4,
)
MESSAGES = st.builds(
    SendMessage,
    st.just("x"),
    st.sampled_from(ChannelName),
    st.builds(Template, WORD, WORD, WORD, WORD),
    WORD,
    st.sampled_from(MessageKind),
    DURATIONS,
)
LEAVES: st.SearchStrategy[Step] = st.one_of(
    st.builds(Delay, st.just("x"), DURATIONS, st.sampled_from(Since)),
    MESSAGES,
    st.builds(Coupon, st.just("x"), st.integers(1, 100), DURATIONS, st.just("BACK-")),
)
STEPS: st.SearchStrategy[Step] = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(
            Branch,
            st.just("x"),
            CONDITIONS,
            st.lists(inner, max_size=2).map(tuple),
            st.lists(inner, max_size=2).map(lambda steps: (*steps, Exit("x"))),
        ),
        st.builds(
            lambda a, b, n: Split("x", (Variant("a", n, tuple(a)), Variant("b", 1, tuple(b)))),
            st.lists(inner, max_size=2),
            st.lists(inner, max_size=2),
            st.integers(0, 99),
        ),
    ),
    max_leaves=6,
)


def numbered(steps: tuple[Step, ...], prefix: str = "s") -> tuple[Step, ...]:
    """Give every step an id of its own, by its place."""
    named: list[Step] = []
    for position, step in enumerate(steps):
        step_id = f"{prefix}{position}"
        inside: dict[str, Any] = {}
        if isinstance(step, Branch):
            inside = {
                "yes": numbered(step.yes, f"{step_id}y"),
                "no": numbered(step.no, f"{step_id}n"),
            }
        if isinstance(step, Split):
            arms = step.variants
            inside = {
                "variants": tuple(
                    replace(arm, steps=numbered(arm.steps, f"{step_id}{arm.key}")) for arm in arms
                )
            }
        named.append(replace(step, id=step_id, **inside))
    return tuple(named)


FLOWS = st.builds(
    Flow,
    WORD,
    st.builds(
        Trigger,
        st.just("cart.abandoned"),
        st.integers(60, 10**6).map(lambda n: timedelta(seconds=n)),
        st.none() | CONDITIONS,
        st.sampled_from(["always", "once", "P30D"]),
    ),
    st.builds(
        lambda steps, message: numbered((message, *steps)), st.lists(STEPS, max_size=4), MESSAGES
    ),
    st.lists(st.sampled_from([name.value for name in EventName]), max_size=3).map(tuple),
    st.none() | WORD,
    st.none() | CONDITIONS,
)


@settings(suppress_health_check=[HealthCheck.too_slow], max_examples=60)
@given(FLOWS)
def test_every_flow_reads_back_from_its_own_json(flow: Flow) -> None:
    assert load(json.loads(json.dumps(dump(flow)))) == flow


# What single fields are told


@pytest.mark.parametrize(
    ("step", "more", "told_of"),
    [
        ("delay", {"duration": "P1M"}, ("d", "duration", "is no duration")),
        ("delay", {"duration": 5}, ("d", "duration", "is no duration")),
        ("delay", {}, ("d", "duration", "is missing")),
        (
            "delay",
            {"duration": "PT1H", "untill": 1},
            ("d", "untill", "is not known here"),
        ),
        ("delay", {"duration": "PT1H", "since": "birth"}, ("d", "since", "is unknown")),
        ("coupon", {"percent": "10", "valid_for": "P1D"}, ("d", "percent", "is no whole number")),
        ("coupon", {"percent": 10.5, "valid_for": "P1D"}, ("d", "percent", "is no whole number")),
        (
            "coupon",
            {"percent": 10, "valid_for": "P1D", "prefix": "back!"},
            ("d", "prefix", "can't begin a code"),
        ),
        ("message", {"channel": "email"}, ("d", "template", "is missing")),
        (
            "message",
            {"channel": "pigeon", "template": MESSAGE["template"]},
            ("d", "channel", "is unknown"),
        ),
        (
            "message",
            {"channel": "email", "template": {"subject": "x" * 401, "mjml": "m", "text": "t"}},
            ("d", "template.subject", "is too long"),
        ),
        (
            "message",
            {"channel": "email", "template": {"subject": "s", "mjml": "m" * 200_001, "text": "t"}},
            ("d", "template.mjml", "is too long"),
        ),
        ("wait", {}, ("d", "kind", "is unknown")),
        (
            "condition",
            {"condition": {"op": "eq", "field": "a", "value": {"b": 1}}},
            ("d", "condition.value", "is no plain value"),
        ),
    ],
)
def test_a_field_that_is_wrong_is_named_with_its_step(
    step: str, more: dict[str, Any], told_of: tuple[str, str, str]
) -> None:
    found = told(a_document({"kind": step, "id": "d", **more}, MESSAGE))
    assert found == [told_of]


def test_a_problem_inside_a_branch_names_the_inner_step() -> None:
    inner = {"kind": "delay", "id": "inner", "duration": "soon"}
    arms = [{"key": "a", "weight": 1, "steps": [inner]}, {"key": "b", "weight": 1}]
    split = {"kind": "split", "id": "outer", "variants": arms}
    assert told(a_document(split, MESSAGE)) == [("inner", "duration", "is no duration")]


def test_a_step_without_an_id_is_named_by_its_place() -> None:
    found = told(a_document(MESSAGE, {"kind": "exit"}))
    assert found == [("step 2", "id", "is missing")]


@pytest.mark.parametrize("step_id", ["", "Hello", "a b", "ä", "x" * 41, "-a", "a\n"])
def test_step_ids_are_plain(step_id: str) -> None:
    assert told(a_document({**MESSAGE, "id": step_id}))[0][1] == "id"


@pytest.mark.parametrize(
    ("document", "field"),
    [
        (a_document(name=""), "name"),
        (a_document(trigger={"event": "cart.exploded"}), "trigger.event"),
        (a_document(trigger={"event": "order.placed", "reentry": "never"}), "trigger.reentry"),
        (a_document(exits=["order.eaten"]), "exits.0"),
        (a_document(huh=1), "huh"),
        (a_document(steps={}), "steps"),
        (a_document(steps=[7]), "steps.0"),
        (None, ""),
        ([], ""),
        ("flow", ""),
    ],
)
def test_what_is_wrong_outside_the_steps(document: Any, field: str) -> None:
    assert (told(document)[0][0], told(document)[0][1]) == ("", field)


@pytest.mark.parametrize("levels", [100, 10_000, 200_000])
def test_a_bottomless_document_is_refused_and_not_walked_into(levels: int) -> None:
    step: dict[str, Any] = {"kind": "exit", "id": "x"}
    for _ in range(levels):
        step = {"kind": "condition", "id": "c", "condition": {"op": "all"}, "yes": [step]}
    assert told(a_document(step)) == [
        ("", "steps", "branches and conditions are nested too deeply")
    ]
    while step.get("yes"):  # taken apart by hand: freeing it at once would recurse as deep
        step = step.pop("yes")[0]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=6,
)


@given(st.data())
def test_whatever_is_put_in_place_of_a_part_is_read_or_refused(data: st.DataObject) -> None:
    document = deepcopy(dump(recipes.load("abandoned-cart")))
    here: Any = document
    for _ in range(data.draw(st.integers(0, 3))):
        keys = list(here) if isinstance(here, dict) else list(range(len(here)))
        inner = here[data.draw(st.sampled_from(keys))] if keys else None
        if not isinstance(inner, (dict, list)):
            break
        here = inner
    keys = list(here) if isinstance(here, dict) else list(range(len(here)))
    if keys:
        here[data.draw(st.sampled_from(keys))] = data.draw(JSON)
    try:
        load(document)
        found: tuple[Problem, ...] = ()
    except BadFlow as refused:
        found = refused.problems
    assert all(problem.message and problem.remedy.endswith(".") for problem in found)


# What flows as a whole are told
