"""Giving store credit, each reward once: what the platform can't say twice is looked up first.

    pending    nobody has been asked, or whoever was asked did nothing
    crediting  written before the call: a crash from here on leaves it open whether it was done
    credited   the platform's transaction is known; no two rewards have the same
    unknown    the line broke, or a worker died: the customer's latest credits are looked at,
               and only when ours is not among them, some time after the call, it is made again
    coded      there is no store credit to give: a code of the same amount is made instead
    failed     ... or nothing

Called from the outbox, which leases it and comes back with growing pauses.
"""

import logging
from datetime import datetime, timedelta
from typing import Final

from connectors.base import (
    Credit,
    CreditRequest,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from jobs import access, faults
from jobs.grants import drawn
from jobs.runtime import Runtime
from marketing import coupons
from marketing.enrollment import Enrollment
from marketing.flow import Coupon
from marketing.model import CustomerKey
from marketing.reward import Reward as Step
from storage import Connection, codes, flows, outbox, rewards, stores, upkeep
from storage.codes import NewCode
from storage.outbox import Call
from storage.rewards import NewReward, Reward
from storage.stores import Store

log = logging.getLogger(__name__)

KIND: Final = "credit_customer"
SCOPES: Final = frozenset(
    {"read_store_credit_account_transactions", "write_store_credit_account_transactions"}
)
"""Without reading nobody could know after a crash; a platform with none has no store credit."""
SHOWS_AFTER: Final = timedelta(minutes=1)
"""How long after a call that broke off its credit may still appear."""
CLOCKS: Final = timedelta(minutes=5)
"""How far the platform's clock may be behind ours."""
NO_ACCOUNT: Final = "The customer has no account with the store."
NO_SCOPE: Final = "The store does not let Reprise give store credit."


def grant(
    connection: Connection,
    store: Store,
    whose: Enrollment,
    step: Step,
    order_id: str | None,
    moments: tuple[datetime, datetime],
) -> None:
    """Put in the reward that an enrollment came to, if it is due with this order."""
    now, real_now = moments
    number = None
    if step.every or step.orders:
        rewards.hold(connection, store.id)
        number = rewards.order_number(connection, store.id, whose.customer_id, order_id)
        which = (whose.flow_id, step.id, whose.customer_id)
        if not step.is_due(number) or rewards.is_given(connection, store.id, which, number):
            return
    expires_at = now + step.expires_after if step.expires_after else None
    told = (whose.id, whose.flow_id, step.id, whose.customer_id, step.amount, store.currency)
    reward_id = rewards.add(connection, store.id, NewReward(*told, expires_at, number), now)
    if reward_id:
        _ask_later(connection, store.id, reward_id, real_now)


def _ask_later(connection: Connection, store_id: str, reward_id: str, real_now: datetime) -> None:
    outbox.add(connection, store_id, KIND, reward_id, {"reward_id": reward_id}, real_now)


# --- the call ---------------------------------------------------------------------------------


def credit(runtime: Runtime, call: Call) -> bool:
    """Bring one reward on its way; part of the outbox."""
    with runtime.database.reading() as connection:
        reward = rewards.get(connection, call.store_id, call.payload["reward_id"])
        store = stores.by_id(connection, call.store_id)
    if reward and store and reward.state in rewards.IS_OPEN:
        _Giving(runtime, store, reward).work()
    return False


class _Giving:
    """One try to give one reward."""

    def __init__(self, runtime: Runtime, store: Store, reward: Reward) -> None:
        self.runtime, self.store, self.reward = runtime, store, reward
        self.customer = CustomerKey(external_id=reward.customer_external_id)

    def work(self) -> None:
        """Ask if nobody was asked; else look first."""
        if self.reward.state != rewards.PENDING:
            self._look()
        elif why := self._impossible():
            self._give_instead(why)
        else:
            self._ask()

    def _impossible(self) -> str | None:
        if not self.customer.external_id:
            return NO_ACCOUNT
        return None if set(self.store.scopes) >= SCOPES else NO_SCOPE

    def _ask(self) -> None:
        if not self.runtime.database.write(self._begin):
            return
        request = CreditRequest(
            self.customer, self.reward.amount, self.reward.currency, self.reward.expires_at
        )
        try:
            external_id = access.calling(
                self.runtime,
                self.store.id,
                lambda store, token: store.credit_customer(token, request),
            )
        except (StoreThrottled, TokenRefused) as error:
            self._note(rewards.PENDING, str(error))
            raise
        except StoreRefused as refused:
            self._give_instead(str(refused))
        except StoreUnavailable as error:
            self._note(rewards.UNKNOWN, str(error))
            raise
        else:
            faults.point("after_credit")
            self.runtime.database.write(lambda c: self._credited(c, external_id))
            self._go_on("deliver")

    def _begin(self, connection: Connection) -> bool:
        real_now = self.runtime.database.real_now(connection)
        asked_at = self.reward.asked_at or real_now
        told = {"state": rewards.CREDITING, "asked_at": asked_at, "tried_at": real_now}
        return self._move(connection, **told)

    def _look(self) -> None:
        """See whether an earlier try went through; raises `StoreUnavailable` if it is too early."""
        with self.runtime.database.reading() as connection:
            real_now = self.runtime.database.real_now(connection)
        try:
            found = access.calling(
                self.runtime,
                self.store.id,
                lambda store, token: store.recent_credits(token, self.customer),
            )
        except StoreRefused as refused:
            # Nobody can tell: better no credit than two.
            self._note(rewards.UNKNOWN, str(refused))
            return
        if self.runtime.database.write(lambda c: self._claim(c, found)):
            self._go_on("deliver")
        elif self.reward.tried_at and real_now - self.reward.tried_at < SHOWS_AFTER:
            self._note(rewards.UNKNOWN, "the store was asked, and has not told what came of it")
            raise StoreUnavailable("it is too early to ask for store credit again")
        else:
            self._ask()

    def _claim(self, connection: Connection, found: list[Credit]) -> bool:
        """Take the earliest credit that may be ours and is no other reward's."""
        rewards.hold(connection, self.store.id)
        like = [one for one in found if self._is_like(one)]
        known = rewards.claimed(connection, self.store.id, [one.external_id for one in like])
        free = [one for one in like if one.external_id not in known]
        if not free:
            return False
        earliest = min(free, key=lambda one: one.created_at)
        return self._credited(connection, earliest.external_id)

    def _is_like(self, one: Credit) -> bool:
        asked_at, reward = self.reward.asked_at, self.reward
        is_later = asked_at is not None and one.created_at >= asked_at - CLOCKS
        return is_later and (one.amount, one.currency) == (reward.amount, reward.currency)

    # --- how it ended -------------------------------------------------------------------------

    def _credited(self, connection: Connection, external_id: str) -> bool:
        mine = (connection, self.store.id)
        rewards.hold(*mine)
        if other := rewards.give_up_claim(*mine, external_id, self.reward.id):
            _ask_later(*mine, other, self.runtime.database.real_now(connection))
        moved = self._move(connection, state=rewards.CREDITED, external_id=external_id, error=None)
        upkeep.wake_for_gifts(*mine, [self.reward.enrollment_id])
        return moved

    def _give_instead(self, why: str) -> None:
        """Have a code made where the step says so; else the reward failed, and says why."""
        log.warning("reward of enrollment %s: %s", self.reward.enrollment_id, why)
        verb = self.runtime.database.write(lambda c: self._instead(c, why[:500]))
        self._go_on(verb)

    def _instead(self, connection: Connection, why: str) -> str:
        key = (self.store.id, self.reward.version_id)
        step = flows.versions(connection, [key])[key].flow.steps_by_id[self.reward.step_id]
        mine = (connection, self.store.id)
        if isinstance(step, Step) and step.or_code:
            now = self.runtime.database.now(connection)
            code = self._code(coupons.coupon_of(step), now)
            if self._move(connection, state=rewards.CODED, error=why, expires_at=code.ends_at):
                codes.add(*mine, [code], now)
            return "codes"
        self._move(connection, state=rewards.FAILED, error=why)
        upkeep.wake_for_gifts(*mine, [self.reward.enrollment_id])
        return "deliver"

    def _code(self, coupon: Coupon, now: datetime) -> NewCode:
        return NewCode(
            enrollment_id=self.reward.enrollment_id,
            step_id=self.reward.step_id,
            customer_id=self.reward.customer_id,
            code=drawn(coupon.prefix),
            off=coupon.off.value,
            percent=0,
            amount=self.reward.amount,
            minimum=None,
            starts_at=now,
            ends_at=now + coupon.valid_for,
            needed_by=now,
        )

    def _note(self, state: str, words: str) -> None:
        self.runtime.database.write(lambda c: self._move(c, state=state, error=words[:500]))

    def _move(self, connection: Connection, **values: object) -> bool:
        """Write it if it is as we know it, and know it as it is then."""
        if not rewards.move(connection, self.store.id, self.reward, **values):
            return False
        fresh = rewards.get(connection, self.store.id, self.reward.id)
        self.reward = fresh or self.reward
        return True

    def _go_on(self, verb: str) -> None:
        self.runtime.queues.wake(verb, [self.store.id])
