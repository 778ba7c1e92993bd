"""Triggers of customers: new ones, their yes and no on each channel, their tags."""

from typing import Any

import pytest

from marketing.events import EventName
from marketing.model import Change, Customer, CustomerKey
from storage import mirror, schema
from tests.jobs.firing import entries, flow_on
from tests.jobs.inbound import STRANGER, Inbound, iso
from tests.jobs.stage import HOUR, Stage

ADA = 706405506930370084
GID = f"gid://shopify/Customer/{ADA}"


class Customers(Inbound):
    """A store whose platform tells of Ada."""

    def knows(self, **fields: Any) -> None:
        now = iso(self.stage.now)
        told = {"id": ADA, "email": "ada@example.com", "created_at": now, "updated_at": now}
        self.hear("customers/create", **{**told, **fields})

    def says(self, channel: str, state: str, at: str | None = None, **more: Any) -> None:
        """Tell what she said about a channel."""
        told = {"state": state, "opt_in_level": None, "consent_updated_at": at or self.now}
        if channel == "email":
            topic, who = "customers_email_marketing_consent/update", {"customer_id": ADA}
            who["email_address"] = "ada@example.com"  # type: ignore[assignment]
        else:
            topic, who = "customers_marketing_consent/update", {"id": ADA}
        self.hear(topic, **{f"{channel}_marketing_consent": told}, **who, **more)

    def tags(self, change: str, *tags: str, at: str | None = None) -> None:
        told = {"customerId": GID, "tags": list(tags), "occurredAt": at or self.now}
        self.hear(f"customer.tags_{change}", **told)

    @property
    def now(self) -> str:
        return iso(self.stage.now)

    @property
    def row(self) -> Any:
        (row,) = self.stage.rows(schema.customers, store_id=self.stage.store_id)
        return row


@pytest.fixture
def customers(stage: Stage) -> Customers:
    return Customers(stage)


def test_a_new_customer_fires_once(customers: Customers) -> None:
    stage = customers.stage
    flow = flow_on(stage, "customer.created", reentry="once")
    theirs = flow_on(stage, "customer.created", stage.stranger_id)
    for _ in range(3):
        customers.knows()
    customers.ingest()
    assert [who for who, _ in entries(stage, flow)] == [customers.row.id]
    assert entries(stage, theirs) == []


@pytest.mark.parametrize("channel", ["email", "sms"])
@pytest.mark.parametrize(
    ("event", "state"), [("subscribed", "subscribed"), ("unsubscribed", "unsubscribed")]
)
def test_a_yes_or_no_fires_on_its_own_channel(
    customers: Customers, channel: str, event: str, state: str
) -> None:
    stage = customers.stage
    other = {"email": "sms", "sms": "email"}[channel]
    any_, own, not_ = (
        flow_on(stage, f"customer.{event}", **more)
        for more in ({}, {"channel": channel}, {"channel": other})
    )
    customers.knows()
    for _ in range(2):
        customers.says(channel, state)
    customers.says(channel, state, domain=STRANGER)
    customers.ingest()
    assert len(entries(stage, any_)) == len(entries(stage, own)) == 1
    assert entries(stage, not_) == []
    assert getattr(customers.row, f"{channel}_consent") == state


def test_an_older_yes_after_a_no_changes_nothing_and_fires_nothing(customers: Customers) -> None:
    stage = customers.stage
    flow = flow_on(stage, "customer.subscribed", channel="sms")
    customers.knows()
    before = iso(stage.now - HOUR)
    customers.says("sms", "unsubscribed")
    customers.ingest()
    customers.says("sms", "subscribed", before)
    customers.ingest()
    assert entries(stage, flow) == []
    assert customers.row.sms_consent == "unsubscribed"


def test_consent_and_tags_that_arrive_before_their_customer_count(customers: Customers) -> None:
    stage = customers.stage
    yes = flow_on(stage, "customer.subscribed", channel="email")
    vip = flow_on(stage, "customer.tagged", tag="vip")
    customers.says("email", "subscribed")
    customers.tags("added", "vip")
    customers.ingest()
    customers.knows()
    customers.ingest()
    (ada,) = {who for who, _ in entries(stage, yes) + entries(stage, vip)}
    assert (ada, customers.row.tags) == (customers.row.id, ["vip"])


def test_tags_fire_when_they_come_and_when_they_go(customers: Customers) -> None:
    stage = customers.stage
    came, went, other = (
        flow_on(stage, event, tag=tag)
        for event, tag in (
            ("customer.tagged", "vip"), ("customer.untagged", "vip"), ("customer.tagged", "new"),
        )
    )  # fmt: skip
    customers.knows()
    for _ in range(2):
        customers.tags("added", "vip", "kind")
    customers.ingest()
    assert [len(entries(stage, one)) for one in (came, went, other)] == [1, 0, 0]
    stage.pass_time(HOUR)
    customers.tags("removed", "vip")
    customers.ingest()
    assert [len(entries(stage, one)) for one in (came, went, other)] == [1, 1, 0]
    assert customers.row.tags == ["kind"]


def test_a_birthday_that_the_platform_keeps_is_a_property_like_others(customers: Customers) -> None:
    """It comes with the copy of the store; what else is known of her stays."""
    stage = customers.stage
    customers.knows()
    customers.ingest()
    stage.change(schema.customers, customers.row.id, properties={"tier": "gold"})
    told = Customer(CustomerKey(str(ADA)), stage.now, birthday="1990-02-28")
    change = Change(EventName.CUSTOMER_UPDATED, stage.now, told)
    with stage.database.writing() as connection:
        hashed = stage.runtime.secrets.address_hash
        one = mirror.Told(stage.store, change, stage.now)
        mirror.absorb(connection, [one], hashed, imported=True)
    assert customers.row.properties == {"tier": "gold", "birthday": "1990-02-28"}
    customers.knows(updated_at=iso(stage.now + HOUR))
    customers.ingest()
    assert customers.row.properties == {"tier": "gold", "birthday": "1990-02-28"}
