"""Where a platform has no store credit, a step that would give it needs a code in its place."""

from marketing.crediting import creditless, has_credit
from marketing.model import Platform
from marketing.reward import Reward


def test_credit_needs_a_platform_that_has_it_or_a_code_instead() -> None:
    credit, either = Reward("one", 500), Reward("two", 500, or_code=True)
    assert has_credit(Platform.SHOPIFY)
    assert creditless([credit, either], Platform.SHOPIFY) == ()
    (problem,) = creditless([credit, either], Platform.WOOCOMMERCE)
    assert (problem.step, problem.field) == ("one", "or_code")
    assert str(problem.message) == "WooCommerce has no store credit."
