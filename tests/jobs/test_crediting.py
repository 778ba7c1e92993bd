"""A step that gives store credit goes live only where there is some, or a code in its place."""

from typing import Any

import pytest

from jobs import publish
from marketing.flow_schema import BadFlow
from storage import schema
from tests.jobs.stage import Stage
from tests.jobs.test_steps import a_flow


def credit(*, or_code: bool) -> dict[str, Any]:
    return {"kind": "reward", "id": "thanks", "amount": 500, "or_code": or_code}


def test_a_store_without_credit_refuses_to_give_any_and_takes_the_code(stage: Stage) -> None:
    a_flow(stage, credit(or_code=False))
    stage.change(schema.stores, stage.store_id, platform="woocommerce")
    with pytest.raises(BadFlow) as refused:
        a_flow(stage, credit(or_code=False))
    assert [(one.step, one.field) for one in refused.value.problems] == [("thanks", "or_code")]
    flow_id = a_flow(stage, credit(or_code=True))
    publish.publish(stage.runtime, stage.store_id, flow_id)
