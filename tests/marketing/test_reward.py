"""When a reward is due."""

import pytest

from marketing.reward import Reward


@pytest.mark.parametrize(("step", "number", "due"), [
    ({}, 0, True), ({}, 7, True),
    ({"every": 5}, 0, False), ({"every": 5}, 4, False), ({"every": 5}, 5, True),
    ({"every": 5}, 10, True), ({"every": 1}, 1, True),
    ({"orders": 3}, 2, False), ({"orders": 3}, 3, True), ({"orders": 3}, 6, False),
])  # fmt: skip
def test_a_reward_is_due_with_the_orders_that_its_step_names(
    step: dict[str, int], number: int, due: bool
) -> None:
    assert Reward("gift", 500, **step).is_due(number) is due  # type: ignore[arg-type]
