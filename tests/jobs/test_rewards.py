"""The reward step through the real jobs: store credit given once, or a code, and told of."""

import json
import multiprocessing
import signal
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.base import (
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from jobs import faults, outbox, rewards
from marketing import flow_schema
from marketing.model import Platform, Reason
from storage import reports, reports_customers, schema
from storage.outbox import Call
from tests.jobs.fake_credit import FakeCredit
from tests.jobs.stage import FakeShop, Stage
from tests.jobs.test_enroll import ordered
from tests.jobs.test_steps import DAY, MAIL, PLACED, WORDS

fork = multiprocessing.get_context("fork")
THANKS = {
    **MAIL,
    "id": "thanks",
    "reward": "gift",
    "message_kind": "transactional",
    "template": {
        **WORDS,
        "text": "{{ reward.kind }} {{ reward.amount }} {{ reward.currency }}"
        " {{ reward.expires_at }} {{ coupon.code }}",
    },
}
GIFT: dict[str, Any] = {"kind": "reward", "id": "gift", "amount": 500}


class RewardShop(FakeShop, FakeCredit):
    """A store with codes and with store credit."""

    def __init__(self, ledger: Path) -> None:
        FakeShop.__init__(self)
        FakeCredit.__init__(self, ledger)


@pytest.fixture
def shop(stage: Stage, tmp_path: Path) -> RewardShop:
    """The store's side, in place of the stage's own."""
    made = RewardShop(tmp_path / "accounts.jsonl")
    stage.shop = stage.runtime.connectors[Platform.SHOPIFY] = made  # type: ignore[index, assignment]
    for store_id in (stage.store_id, stage.stranger_id):
        stage.change(schema.stores, store_id, scopes=sorted(rewards.SCOPES))
    return made


def reward_flow(stage: Stage, **gift: Any) -> str:
    document = {"name": "Loyalty", "trigger": PLACED, "steps": [{**GIFT, **gift}, THANKS]}
    return stage.put_flow(flow_schema.load(document))


def work(stage: Stage) -> None:
    """All that is due, the outbox and its consequences as well."""
    stage.work()
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    stage.work()


def later(stage: Stage) -> None:
    """Real time passes: pauses and leases are over, and what was asked long ago."""
    for row in stage.rows(schema.outbox):
        with stage.database.reading() as connection:
            now = stage.database.real_now(connection)
        past = now - timedelta(seconds=1)
        lease = past if row.lease_until else None
        stage.change(schema.outbox, row.id, due_at=past, lease_until=lease)
    for row in stage.rows(schema.rewards):
        if row.tried_at:
            earlier = row.tried_at - 2 * rewards.SHOWS_AFTER
            stage.change(schema.rewards, row.id, tried_at=earlier)
    work(stage)


def buys(stage: Stage, customer_id: str) -> str:
    order = ordered(stage, customer_id)
    work(stage)
    return order


def the_reward(stage: Stage) -> Any:
    (row,) = stage.rows(schema.rewards)
    return row


def told(stage: Stage) -> list[str]:
    bodies = [mail.get_body(("plain",)) for mail in stage.sink.mails]
    return [body.get_content().splitlines()[0].strip() for body in bodies if body]


def fates(stage: Stage) -> list[tuple[str, str | None]]:
    return [(row.state, row.reason) for row in stage.messages()]


def problems(stage: Stage, store_id: str | None = None) -> dict[str, int]:
    with stage.database.reading() as connection:
        found = reports.problems(connection, store_id or stage.store_id, stage.now - 7 * DAY)
    return {one.kind: one.count for one in found}


# --- given ------------------------------------------------------------------------------------


def test_store_credit_is_given_and_the_message_tells_of_it(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage, expires_after="P90D")
    ada = stage.customer(external_id="77")
    buys(stage, ada)
    (credit,) = shop.all()
    row = the_reward(stage)
    assert (credit["customer"], credit["amount"], credit["currency"]) == ("77", 500, "USD")
    assert (row.state, row.external_id) == ("credited", credit["id"])
    assert row.expires_at - row.granted_at == 90 * DAY
    assert credit["expires_at"] == row.expires_at.isoformat()
    assert told(stage) == [f"store_credit 500 USD {row.expires_at.isoformat()}"]
    assert fates(stage) == [("sent", None)]


def test_a_message_waits_for_the_reward_it_tells_of(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage)
    shop.refusals = [StoreThrottled(30)]
    buys(stage, stage.customer())
    assert fates(stage) == [("due", "awaiting_reward")]
    assert the_reward(stage).state == "pending"
    later(stage)
    assert told(stage) == ["store_credit 500 USD"]
    assert len(shop.all()) == 1


def test_each_so_many_th_order_is_rewarded_and_no_other(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage, every=3)
    ada, ben = stage.customer(), stage.customer("Ben")
    for _ in range(7):
        buys(stage, ada)
    buys(stage, ben)
    assert [row.order_number for row in stage.rows(schema.rewards)] == [3, 6]
    assert len(shop.all()) == 2
    states = [(row.state, row.reason) for row in stage.messages(customer_id=ada)]
    assert states.count(("sent", None)) == 2
    assert states.count(("skipped", "no_reward")) == 5


def test_one_order_alone_is_rewarded_where_the_step_names_it(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage, orders=2)
    ada = stage.customer()
    for _ in range(4):
        buys(stage, ada)
    assert [row.order_number for row in stage.rows(schema.rewards)] == [2]


def test_orders_that_do_not_count_or_were_cancelled_are_not_counted(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage, orders=2)
    ada = stage.customer()
    stage.order(ada, counts=False)
    stage.order(ada, cancelled_at=stage.now)
    buys(stage, ada)
    assert stage.rows(schema.rewards) == []
    buys(stage, ada)
    assert the_reward(stage).order_number == 2


def test_a_number_is_rewarded_once_though_an_order_before_it_is_cancelled(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage, every=2)
    ada = stage.customer()
    first = buys(stage, ada)
    buys(stage, ada)
    stage.change(schema.orders, first, cancelled_at=stage.now)
    buys(stage, ada)
    assert len(shop.all()) == 1


def test_an_order_keeps_its_number_though_others_came_before_its_turn(
    stage: Stage, shop: RewardShop
) -> None:
    gift = {**GIFT, "orders": 1}
    wait = {"kind": "delay", "id": "wait", "duration": "P1D"}
    document = {"name": "Loyalty", "trigger": PLACED, "steps": [wait, gift, THANKS]}
    stage.put_flow(flow_schema.load(document))
    ada = stage.customer()
    for _ in range(2):
        stage.pass_time(timedelta(minutes=5))
        buys(stage, ada)
    stage.pass_time(2 * DAY)
    work(stage)
    assert the_reward(stage).order_number == 1


def test_the_stranger_store_knows_nothing_of_it(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage)
    ada = stage.customer()
    buys(stage, ada)
    assert {row.store_id for row in stage.rows(schema.rewards)} == {stage.store_id}
    with stage.database.reading() as connection:
        assert reports_customers.timeline(connection, stage.stranger_id, ada) == []


# --- a code instead ---------------------------------------------------------------------------


@pytest.mark.parametrize("why", ["a guest", "no scope", "the store says no"])
def test_a_code_takes_its_place_where_there_is_no_credit_to_give(
    stage: Stage, shop: RewardShop, why: str
) -> None:
    reward_flow(stage, or_code=True, expires_after="P10D")
    if why == "no scope":
        stage.change(schema.stores, stage.store_id, scopes=["write_discounts"])
    if why == "the store says no":
        shop.refusals = [StoreRefused("Store credit is not enabled for this shop")]
    buys(stage, stage.customer(external_id=None if why == "a guest" else "77"))
    assert shop.all() == []
    row = the_reward(stage)
    (code,) = stage.rows(schema.codes)
    assert (row.state, code.state, code.off, code.amount) == ("coded", "created", "amount", 500)
    assert row.error
    assert shop.made[code.code].amount == 500
    assert row.expires_at == code.ends_at
    assert told(stage) == [f"code 500 USD {code.ends_at.isoformat()} {code.code}"]
    assert stage.messages()[0].offers_code is True


def test_without_a_code_to_fall_back_on_the_reason_is_shown(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage)
    ada = stage.customer(external_id=None)
    buys(stage, ada)
    assert (the_reward(stage).state, the_reward(stage).error) == ("failed", rewards.NO_ACCOUNT)
    assert fates(stage) == [("skipped", "reward_unavailable")]
    assert problems(stage) == {"failed_rewards": 1}
    assert problems(stage, stage.stranger_id) == {}
    with stage.database.reading() as connection:
        entries = reports_customers.timeline(connection, stage.store_id, ada)
    (entry,) = [one.data for one in entries if one.kind == "reward"]
    assert (entry["state"], entry["error"]) == ("failed", rewards.NO_ACCOUNT)


def test_a_code_instead_of_credit_counts_in_the_months_budget(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage, or_code=True)
    stage.change(schema.stores, stage.store_id, settings={"code_budget": {"count": 0}})
    buys(stage, stage.customer(external_id=None))
    assert fates(stage) == [("skipped", Reason.CODE_BUDGET.value)]


# --- once, whatever happens -------------------------------------------------------------------


def test_credit_whose_answer_was_lost_is_found_and_not_given_again(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage)
    shop.losses = 1
    buys(stage, stage.customer())
    assert the_reward(stage).state == "unknown"
    assert problems(stage) == {"unknown_rewards": 1}
    assert fates(stage) == [("due", "awaiting_reward")]
    later(stage)
    (credit,) = shop.all()
    assert (the_reward(stage).state, the_reward(stage).external_id) == ("credited", credit["id"])
    assert fates(stage) == [("sent", None)]


def test_credit_that_never_arrived_is_asked_for_again_but_not_at_once(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage)
    shop.refusals = [StoreUnavailable("timed out")]
    buys(stage, stage.customer())
    for row in stage.rows(schema.outbox):
        stage.change(schema.outbox, row.id, due_at=row.due_at - timedelta(minutes=5))
    work(stage)
    assert (shop.looks, shop.all()) == (1, []), "it may be on its way"
    assert the_reward(stage).state == "unknown"
    later(stage)
    assert len(shop.all()) == 1
    assert the_reward(stage).state == "credited"


def die_after_the_credit(stage: Stage) -> None:
    faults._left["after_credit"] = 1
    outbox.drain(stage.runtime, [stage.store_id])


def test_a_worker_killed_between_the_credit_and_its_record_gives_it_once(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage)
    ordered(stage, stage.customer())
    stage.work()
    doomed = fork.Process(target=die_after_the_credit, args=(stage,))
    doomed.start()
    doomed.join()
    assert doomed.exitcode == -signal.SIGKILL
    assert (len(shop.all()), the_reward(stage).state) == (1, "crediting")
    later(stage)
    later(stage)
    assert (len(shop.all()), the_reward(stage).state) == (1, "credited")
    assert told(stage) == ["store_credit 500 USD"]


class Died(BaseException):
    """A worker's end just before the network."""


def test_a_worker_that_died_before_the_call_loses_nothing(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage)
    shop.refusals = [Died()]
    ordered(stage, stage.customer())
    with pytest.raises(Died):
        work(stage)
    assert the_reward(stage).state == "crediting"
    later(stage)
    assert (len(shop.all()), the_reward(stage).state) == (1, "credited")


def test_what_others_gave_the_customer_is_not_taken_for_the_reward(
    stage: Stage, shop: RewardShop
) -> None:
    """Another amount, another currency, another person, and long before we asked."""
    reward_flow(stage)
    long_ago = {"id": "gid://credit/old", "customer": "77", "amount": 500, "currency": "USD",
                "at": "2026-01-01T00:00:00+00:00"}  # fmt: skip
    shop.ledger.write_text(json.dumps(long_ago) + "\n")
    shop.put("77", 501)
    shop.put("77", 500, "EUR")
    shop.put("78", 500)
    shop.refusals = [StoreUnavailable("timed out")]
    buys(stage, stage.customer(external_id="77"))
    later(stage)
    assert len(shop.all()) == 5
    assert the_reward(stage).external_id == "gid://credit/4"


def test_two_rewards_whose_answers_were_lost_are_two_credits(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage)
    shop.losses = 2
    ada = stage.customer()
    ordered(stage, ada)
    ordered(stage, ada)
    work(stage)
    later(stage)
    assert len(shop.all()) == 2
    rows = stage.rows(schema.rewards)
    assert {row.state for row in rows} == {"credited"}
    assert {row.external_id for row in rows} == {one["id"] for one in shop.all()}


def test_of_two_rewards_one_lost_on_the_way_there_and_one_on_the_way_back_each_is_given_once(
    stage: Stage, shop: RewardShop
) -> None:
    reward_flow(stage)
    ada = stage.customer()
    shop.refusals, shop.losses = [StoreUnavailable("timed out")], 1
    ordered(stage, ada)
    ordered(stage, ada)
    work(stage)
    assert len(shop.all()) == 1
    later(stage)
    later(stage)
    assert len(shop.all()) == 2
    assert {row.state for row in stage.rows(schema.rewards)} == {"credited"}


def test_a_credit_that_was_taken_for_another_reward_goes_back_to_its_own(
    stage: Stage, shop: RewardShop
) -> None:
    """While the one's answer is on its way the other, whose call was lost, takes a look."""
    reward_flow(stage)
    ada = stage.customer()
    shop.refusals = [StoreUnavailable("timed out")]
    buys(stage, ada)
    first = the_reward(stage).id
    ordered(stage, ada)
    stage.work()

    def look() -> None:
        rewards.credit(stage.runtime, Call(stage.store_id, "", "", "", {"reward_id": first}, 1, 1))
        assert {row.id: row.state for row in stage.rows(schema.rewards)}[first] == "credited"

    shop.meanwhile = look
    work(stage)
    assert {row.id: row.state for row in stage.rows(schema.rewards)}[first] == "unknown"
    later(stage)
    assert len(shop.all()) == 2
    assert {row.state for row in stage.rows(schema.rewards)} == {"credited"}
    assert len({row.external_id for row in stage.rows(schema.rewards)}) == 2


def test_where_nobody_can_look_nothing_is_given_twice(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage)
    shop.losses = 1
    shop.look_failures = [StoreRefused("no read scope")] * 9
    buys(stage, stage.customer())
    for _ in range(3):
        later(stage)
    assert (len(shop.all()), the_reward(stage).state) == (1, "unknown")
    stage.pass_time(timedelta(hours=26))
    work(stage)
    assert fates(stage) == [("expired", "expired")]
    assert stage.sink.mails == []


@pytest.mark.parametrize("failure", [StoreThrottled(5), TokenRefused("expired")])
def test_a_call_that_was_not_taken_is_simply_made_again(
    stage: Stage, shop: RewardShop, failure: StoreError
) -> None:
    reward_flow(stage)
    shop.refusals = [failure]
    buys(stage, stage.customer())
    assert (the_reward(stage).state, shop.all()) == ("pending", [])
    later(stage)
    assert (len(shop.all()), shop.looks) == (1, 0)


def test_the_outbox_telling_twice_gives_once(stage: Stage, shop: RewardShop) -> None:
    reward_flow(stage)
    buys(stage, stage.customer())
    (call,) = stage.rows(schema.outbox, kind=rewards.KIND)
    stage.change(schema.outbox, call.id, state="pending")
    later(stage)
    assert len(shop.all()) == 1
