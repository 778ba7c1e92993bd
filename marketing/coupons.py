"""Who gets a discount code and who does not: the guards of a coupon step, and what a code costs.

Pure: the jobs load `CouponFacts`, ask when the code is about to be made, and keep the reason.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from marketing.flow import Coupon, Off, Step
from marketing.model import Reason
from marketing.reward import Reward
from marketing.timing import zone_of

CREDIT_CODE_LASTS = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class CartFacts:
    """The cart a code would be for; money in minor units of the store's currency."""

    total: int
    codes: tuple[str, ...] = ()
    has_sale_items: bool = False
    """Something in it costs less than it used to (the platform's compare-at price)."""


@dataclass(frozen=True, slots=True)
class CodeBudget:
    """What a store's codes of a calendar month may come to; None: as it comes."""

    count: int | None = None
    cost: int | None = None
    """In minor units of the store's currency."""


@dataclass(frozen=True, slots=True)
class Granted:
    """What a store's codes of this month come to so far; those that ran out unused are free."""

    count: int = 0
    cost: int = 0


@dataclass(frozen=True, slots=True)
class CouponFacts:
    """What is asked about one code that somebody is to get."""

    cart: CartFacts | None = None
    last_code_at: datetime | None = None
    """When this person was last granted a code on another way through a flow."""
    largest_order: int = 0
    """The person's, in minor units: what a part of the next order is reckoned by."""
    budget: CodeBudget = field(default_factory=CodeBudget)
    granted: Granted = field(default_factory=Granted)


def refusal(coupon: Coupon, facts: CouponFacts, now: datetime) -> Reason | None:
    """Give why there is no code for them now; None: there is one."""
    if facts.cart and (reason := cart_refusal(coupon, facts.cart)):
        return reason
    if coupon.once_per and facts.last_code_at and now - facts.last_code_at < coupon.once_per:
        return Reason.CODE_RECENT
    return None if _fits(facts.budget, facts.granted, cost(coupon, facts)) else Reason.CODE_BUDGET


def cart_refusal(coupon: Coupon, cart: CartFacts) -> Reason | None:
    """Give what in a cart keeps it from a code; asked again when the message goes out."""
    if coupon.skip_if_cart_has_code and cart.codes:
        return Reason.CART_HAS_CODE
    if coupon.minimum and cart.total < coupon.minimum:
        return Reason.BELOW_MINIMUM
    return Reason.SALE_ITEMS if coupon.exclude_sale_items and cart.has_sale_items else None


def _fits(budget: CodeBudget, granted: Granted, more: int) -> bool:
    if budget.count is not None and granted.count >= budget.count:
        return False
    return budget.cost is None or granted.cost + more <= budget.cost


def budget_used(budget: CodeBudget, granted: Granted) -> int:
    """Give how much of a month's budget is used, in percent: of the limit that is nearer."""
    limits = ((budget.count, granted.count), (budget.cost, granted.cost))
    parts = [100 * used // limit if limit else 100 for limit, used in limits if limit is not None]
    return min(100, max(parts, default=0))


def cost(coupon: Coupon, facts: CouponFacts) -> int:
    """Give what a code is reckoned to cost at the worst, in minor units of the store's currency.

    An amount is what it says; a part is that of the cart, else of the largest order they ever
    placed, and of the minimum at the least. Shipping costs nothing here: nobody tells its price.
    """
    match coupon.off:
        case Off.AMOUNT:
            return coupon.amount or 0
        case Off.PERCENT:
            expected = facts.cart.total if facts.cart else facts.largest_order
            return max(expected, coupon.minimum or 0) * (coupon.percent or 0) // 100
        case Off.FREE_SHIPPING:
            return 0


def budget_of(settings: Mapping[str, Any]) -> CodeBudget:
    """Read a store's settings document: `code_budget`, {"count": 500, "cost": 100000}.

    What is missing or makes no sense there is no limit.
    """
    told = settings.get("code_budget")
    told = told if isinstance(told, dict) else {}
    return CodeBudget(*(_limit(told.get(name)) for name in ("count", "cost")))


def _limit(value: Any) -> int | None:
    return value if type(value) is int and value >= 0 else None


def month_of(now: datetime, zone: str) -> datetime:
    """Give when the calendar month began, by the store's own clock."""
    local = now.astimezone(zone_of(zone))
    first = local.date().replace(day=1)
    return datetime.combine(first, time(), zone_of(zone)).astimezone(now.tzinfo)


def end_of_day(at: datetime, zone: str) -> datetime:
    """Give the end of a moment's day by the store's clock: when a pool's codes run out."""
    local = at.astimezone(zone_of(zone))
    after = datetime.combine(local.date() + timedelta(days=1), time(), zone_of(zone))
    return after.astimezone(at.tzinfo)


def pool_terms(coupon: Coupon, currency: str) -> dict[str, Any]:
    """Give what all codes of a pool have in common, as plain values."""
    return {
        "off": coupon.off.value,
        "percent": coupon.percent,
        "amount": coupon.amount,
        "minimum": coupon.minimum,
        "is_combinable": coupon.combinable,
        "prefix": coupon.prefix,
        "currency": currency,
    }


def terms_key(terms: Mapping[str, Any]) -> str:
    """Give a pool's terms as one text, the same for the same terms."""
    return " ".join(f"{name}={value}" for name, value in sorted(terms.items()))


def coupon_of(step: Step) -> Coupon:
    """Give the coupon that a step offers; any other step is a programming error."""
    if isinstance(step, Coupon):
        return step
    if isinstance(step, Reward):
        return _instead_of_credit(step)
    raise TypeError(f"step {step.id!r} offers no code")


def _instead_of_credit(step: Reward) -> Coupon:
    """Give the code that takes the place of store credit: earned, so only the budget is asked."""
    return Coupon(
        id=step.id,
        percent=None,
        valid_for=step.expires_after or CREDIT_CODE_LASTS,
        prefix=step.prefix,
        off=Off.AMOUNT,
        amount=step.amount,
        once_per=None,
        skip_if_cart_has_code=False,
    )
