"""What keeps a flow from going live, and how it is told."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from marketing.flow import (
    Branch,
    Condition,
    Coupon,
    Delay,
    Exit,
    Flow,
    Split,
    Step,
    Trigger,
    Variant,
)
from marketing.flow_rules import MAX_DEPTH, MAX_STEPS
from marketing.flow_schema import BadFlow, Problem, dump, problems, read
from tests.marketing.test_flow_schema import (
    MESSAGE,
    WORDS,
    a_document,
    a_flow,
    a_message,
    found_in,
    told,
)

NESTED = a_message()


CODE = Coupon("code", 10, timedelta(days=1))


ANY = Condition("exists", field="cart.store_total")


def deep(levels: int) -> tuple[Step, ...]:
    steps: tuple[Step, ...] = (a_message("m"),)
    for level in range(levels):
        steps = (Branch(f"b{level}", ANY, steps),)
    return steps


HALVES = (Variant("a", 1), Variant("b", 1))


@pytest.mark.parametrize(
    ("flow", "found"),
    [
        (a_flow(a_message()), []),
        (a_flow(), [("", "steps")]),
        (a_flow(Exit("x")), [("", "steps")]),
        (a_flow(a_message("a"), a_message("a")), [("a", "id")]),
        (a_flow(Branch("a", ANY, (a_message("a"),))), [("a", "id")]),
        (a_flow(*(a_message(f"m{n}") for n in range(MAX_STEPS + 1))), [("", "steps")]),
        (a_flow(*deep(MAX_DEPTH)), []),
        (a_flow(*deep(MAX_DEPTH + 1)), [("", "steps")]),
        (a_flow(CODE, a_message(coupon="code")), []),
        (a_flow(a_message(coupon="code"), CODE), [("hello", "coupon")]),
        (a_flow(a_message(coupon="hello")), [("hello", "coupon")]),
        (a_flow(Branch("b", ANY, (CODE,)), a_message(coupon="code")), []),
        (
            a_flow(Branch("b", ANY, (CODE,), (a_message(coupon="code"),))),
            [("hello", "coupon")],
        ),
        (a_flow(CODE, Branch("b", ANY, (), (a_message(coupon="code"),))), []),
        (a_flow(a_message(template=replace(WORDS, subject=" "))), [("hello", "subject")]),
        (a_flow(a_message(template=replace(WORDS, mjml=""))), [("hello", "mjml")]),
        (a_flow(a_message(template=replace(WORDS, text="\n"))), [("hello", "text")]),
        (a_flow(a_message(template=replace(WORDS, preview=""))), []),
        (a_flow(a_message(deadline=timedelta(minutes=1))), [("hello", "deadline")]),
        (a_flow(a_message(deadline=timedelta(days=999))), [("hello", "deadline")]),
        (a_flow(Delay("d", timedelta()), a_message()), [("d", "duration")]),
        (a_flow(Delay("d", timedelta(days=366)), a_message()), [("d", "duration")]),
        (a_flow(replace(CODE, percent=0), a_message()), [("code", "percent")]),
        (a_flow(replace(CODE, percent=101), a_message()), [("code", "percent")]),
        (
            a_flow(replace(CODE, valid_for=timedelta(minutes=5)), a_message()),
            [("code", "valid_for")],
        ),
        (a_flow(Split("s", HALVES), a_message()), []),
        (a_flow(Split("s", HALVES[:1]), a_message()), [("s", "variants")]),
        (a_flow(Split("s", (HALVES[0], HALVES[0])), a_message()), [("s", "key")]),
        (a_flow(Split("s", (Variant("a", 0), Variant("b", 0))), a_message()), [("s", "weight")]),
        (a_flow(Split("s", (Variant("a", -1), Variant("b", 2))), a_message()), [("s", "weight")]),
        (a_flow(Branch("b", Condition("like")), a_message()), [("b", "condition")]),
        (a_flow(Exit("x"), a_message()), [("hello", "id")]),
        (a_flow(Branch("b", ANY, (Exit("x"), a_message()))), [("hello", "id")]),
        (a_flow(a_message(), trigger=Trigger("cart.abandoned")), [("trigger", "idle")]),
        (
            a_flow(a_message(), trigger=Trigger("cart.abandoned", timedelta(seconds=5))),
            [("trigger", "idle")],
        ),
        (
            a_flow(a_message(), trigger=Trigger("order.placed", timedelta(hours=1))),
            [("trigger", "idle")],
        ),
        (
            a_flow(a_message(), trigger=Trigger("order.placed", filter=Condition("all"))),
            [("trigger", "filter")],
        ),
        (a_flow(a_message(), filter=Condition("all")), [("", "filter")]),
    ],
)
def test_what_keeps_a_flow_from_going_live(flow: Flow, found: list[tuple[str, str]]) -> None:
    assert found_in(flow) == found
    assert all(problem.remedy.endswith(".") for problem in problems(flow))


def test_load_tells_what_problems_tells() -> None:
    document = a_document({**MESSAGE, "coupon": "code"})
    assert told(document) == [("hello", "coupon", "names no coupon step before it")]


def test_the_error_reads_as_a_sentence_of_each_problem() -> None:
    refused = BadFlow((Problem("a", "id", "is missing", "Give it."),))
    assert str(refused) == "a.id is missing"


@pytest.mark.parametrize(
    ("kind", "field", "fields"),
    [
        ("coupon", "prefix", {"percent": 10, "valid_for": "P1D", "prefix": "back!"}),
        ("reward", "prefix", {"amount": 500, "prefix": ""}),
        (
            "ask",
            "saves",
            {"channel": "sms", "template": {"sms": "Which size?"}, "saves": "Größe"},
        ),
    ],
)
def test_a_draft_keeps_a_name_that_no_flow_may_go_live_with(
    kind: str, field: str, fields: dict[str, Any]
) -> None:
    document = a_document({"kind": kind, "id": "d", **fields}, MESSAGE)
    assert dump(read(document))["steps"][0][field] == fields[field]
    assert ("d", field) in {one[:2] for one in told(document)}
