"""Who of those waiting for a code gets one, and out of a pool if their step says so.

Done in the transaction that claims the codes, one at a time per store: the guards count.
"""

import logging
import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from marketing import coupons
from marketing.coupons import CouponFacts
from marketing.flow import Coupon
from storage import Connection, code_guards, code_pools, codes, flows, upkeep
from storage.code_guards import Asked
from storage.code_pools import NewPool
from storage.codes import ClaimedCode, Grant
from storage.stores import Store

log = logging.getLogger(__name__)

READABLE = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""Letters and figures that nobody mistakes for each other."""
CODE_LENGTH = 10
"""Of 31 signs: 49 bits, and a store's own limits on tries: not to be guessed."""
POOL_SIZE = 50
"""What a pool begins with; it grows with what was taken."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A code in our hands, the step that wants it, and what is known around it."""

    code: ClaimedCode
    coupon: Coupon
    asked: Asked


@dataclass(slots=True)
class Sorted:
    """What is left to be made one by one, and what was settled on the spot."""

    to_make: list[Wanted] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    """Enrollments whose messages need not wait any longer."""
    wants_pools: bool = False


def drawn(prefix: str) -> str:
    """Give a new code's text; nobody guesses another's."""
    signs = "".join(secrets.choice(READABLE) for _ in range(CODE_LENGTH))
    return f"{prefix}-{signs}"


def sort_out(
    connection: Connection, store: Store, claimed: Sequence[ClaimedCode], now: datetime
) -> Sorted:
    """Grant or refuse each code that was claimed; take from pools what is to come from there."""
    wanted = _wanted(connection, store, claimed)
    outcome = Sorted()
    fresh = [one for one in wanted if one.code.granted_at is None]
    granted = _granted(connection, store, fresh, now, outcome)
    moved = [one for one in wanted if one.code.pool_id]
    pooled = [one for one in granted if one.coupon.pool] + _outlived(connection, store, moved)
    taken = _take(connection, store, pooled, now, outcome)
    kept = [one for one in moved if one.code.id not in taken]
    code_pools.keep(connection, store.id, [one.code.id for one in kept])
    passed = {one.code.id for one in granted}
    outcome.to_make = [
        one
        for one in wanted
        if not one.code.pool_id
        and one.code.id not in taken
        and (one.code.granted_at or one.code.id in passed)
    ]
    outcome.settled += [one.code.enrollment_id for one in wanted if one.code.id in taken]
    outcome.settled += [one.code.enrollment_id for one in kept]
    upkeep.wake_for_gifts(connection, store.id, outcome.settled)
    return outcome


def _wanted(connection: Connection, store: Store, claimed: Sequence[ClaimedCode]) -> list[Wanted]:
    known = code_guards.asked_of(connection, store.id, claimed)
    keys = {(store.id, asked.version_id) for asked in known.values()}
    versions = flows.versions(connection, list(keys))
    wanted = []
    for one in claimed:
        asked = known[one.id]
        step = versions[store.id, asked.version_id].flow.steps_by_id[one.step_id]
        wanted.append(Wanted(one, coupons.coupon_of(step), asked))
    return wanted


def _granted(
    connection: Connection,
    store: Store,
    fresh: Sequence[Wanted],
    now: datetime,
    outcome: Sorted,
) -> list[Wanted]:
    """Ask the guards about each; what is granted counts for those after it."""
    if not fresh:
        return []
    people = {one.code.customer_id for one in fresh}
    longest = max((one.coupon.once_per or timedelta() for one in fresh), default=timedelta())
    earlier = code_guards.earlier_codes(connection, store.id, people, now - longest)
    month = coupons.month_of(now, store.timezone)
    so_far = code_guards.granted_since(connection, store.id, month, now)
    budget = coupons.budget_of(store.settings)
    grants, passed = [], []
    for one in fresh:
        last = _last(earlier.get(one.code.customer_id, ()), one.code.enrollment_id)
        asked = one.asked
        facts = CouponFacts(asked.cart, last, asked.largest_order, budget, so_far)
        if reason := coupons.refusal(one.coupon, facts, now):
            grants.append(Grant(one.code.id, reason=reason))
            outcome.settled.append(one.code.enrollment_id)
            continue
        cost = coupons.cost(one.coupon, facts)
        grants.append(Grant(one.code.id, cost))
        so_far = coupons.Granted(so_far.count + 1, so_far.cost + cost)
        earlier.setdefault(one.code.customer_id, []).append((one.code.enrollment_id, now))
        passed.append(one)
    codes.grant(connection, store.id, grants, now)
    return passed


def _last(earlier: Sequence[tuple[str, datetime]], enrollment_id: str) -> datetime | None:
    """Give the latest code of another way through a flow: one way may offer more than once."""
    return max((at for whose, at in earlier if whose != enrollment_id), default=None)


def _outlived(connection: Connection, store: Store, moved: Sequence[Wanted]) -> list[Wanted]:
    """Give the pooled codes whose message moved on past the end of their pool."""
    pool_ids = [one.code.pool_id for one in moved if one.code.pool_id]
    ends = code_pools.ends_of(connection, store.id, pool_ids)
    return [one for one in moved if _pool_end(one, store) > ends[one.code.pool_id or ""]]


def _pool_end(one: Wanted, store: Store) -> datetime:
    return coupons.end_of_day(one.code.ends_at, store.timezone)


def _take(
    connection: Connection,
    store: Store,
    pooled: Sequence[Wanted],
    now: datetime,
    outcome: Sorted,
) -> set[str]:
    """Take from the pools what they have; those that lack, or run low, are to be filled."""
    together: dict[tuple[str, datetime], list[Wanted]] = defaultdict(list)
    for one in pooled:
        terms = coupons.pool_terms(one.coupon, store.currency)
        together[coupons.terms_key(terms), _pool_end(one, store)].append(one)
    found: set[str] = set()
    for (key, ends_at), group in together.items():
        ids = [one.code.id for one in group]
        taken = code_pools.take(connection, store.id, key, ends_at, ids, now)
        codes.take_from_pool(connection, store.id, taken)
        found |= {one.code_id for one in taken}
        outcome.wants_pools |= _fill_up(connection, store, group[0].coupon, (key, ends_at), now)
    return found


def _fill_up(
    connection: Connection, store: Store, coupon: Coupon, which: tuple[str, datetime], now: datetime
) -> bool:
    """Have a pool made that is missing, or filled up that has few left; say if there is need."""
    key, ends_at = which
    made = code_pools.ensure(connection, store.id, [new_pool(coupon, store, ends_at, now)], now)
    left = code_pools.wake_if_low(connection, store.id, key, ends_at, now)
    if left is not None and not made:
        log.warning("a pool of store %s has %d codes left (%s)", store.id, left, key)
    return left is not None


def new_pool(coupon: Coupon, store: Store, ends_at: datetime, now: datetime) -> NewPool:
    """Give the pool of a step's codes that run out at a moment."""
    terms = coupons.pool_terms(coupon, store.currency)
    first = drawn(coupon.prefix)
    return NewPool(terms, coupons.terms_key(terms), now, ends_at, POOL_SIZE, first)
