"""A message of a document becomes an A/B test of it, wherever it stands."""

from typing import Any

import pytest

from marketing import flow_schema, recipes, splitting
from marketing.flow import Split
from marketing.splitting import IsTested, NotThere, with_test

CART = flow_schema.dump(recipes.load("abandoned-cart"))


def message(step_id: str) -> dict[str, Any]:
    return {**CART["steps"][0], "id": step_id}


def test_the_message_keeps_its_id_and_its_copy_gets_one_of_its_own() -> None:
    document, split_id, copy_id = with_test(CART, "reminder")
    flow = flow_schema.load(document)
    split = flow.steps[0]
    assert isinstance(split, Split)
    assert (split.id, split_id, copy_id) == ("reminder-ab", "reminder-ab", "reminder-b")
    assert [variant.weight for variant in split.variants] == [50, 50]
    assert [variant.steps[0].id for variant in split.variants] == ["reminder", "reminder-b"]
    assert flow.steps[1:] == recipes.load("abandoned-cart").steps[1:]
    assert CART["steps"][0]["kind"] == "message"


def test_a_message_inside_a_branch_is_split_in_its_place() -> None:
    condition = {"op": "gt", "field": "customer.spent", "value": 1}
    branch = {"id": "fork", "kind": "condition", "condition": condition, "no": [message("deep")]}
    document, split_id, _ = with_test({**CART, "steps": [{**branch, "yes": []}]}, "deep")
    assert document["steps"][0]["no"][0]["id"] == split_id
    assert document["steps"][0]["yes"] == []


def test_an_id_that_is_taken_is_taken_no_second_time() -> None:
    steps = [message("hello"), message("hello-b"), message("hello-ab")]
    _, split_id, copy_id = with_test({**CART, "steps": steps}, "hello")
    assert (split_id, copy_id) == ("hello-ab2", "hello-b2")


def test_what_is_tested_already_or_is_no_message_is_refused() -> None:
    document, *_ = with_test(CART, "reminder")
    assert splitting.is_tested(document, "reminder-b")
    assert not splitting.is_tested(document, "objection")
    with pytest.raises(IsTested):
        with_test(document, "reminder")
    with pytest.raises(NotThere):
        with_test(CART, "until-objection")
