"""Customers, their consents, tags and sums, and the privacy topics."""

from datetime import UTC, datetime

import pytest

from marketing.model import (
    Change,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    Customer,
    CustomerKey,
    Gone,
    PrivacyRequest,
    TagsChanged,
)
from tests.connectors.shopify.mapping.reading import AT, THEN, only, parse
from tests.payloads.shopify import sample


def test_a_customer_tells_no_consent_and_no_tags() -> None:
    change = only("customers/update", sample("customers/update"))
    assert change == Change(
        "customer.updated",
        THEN,
        Customer(
            key=CustomerKey("706405506930370000", "bob@biller.com"),
            updated_at=THEN,
            created_at=THEN,
            first_name="Bob",
            last_name="Biller",
            country="CA",
            region="ON",
            city="Ottawa",
        ),
    )


@pytest.mark.parametrize(
    ("state", "name"),
    [
        ("subscribed", "customer.subscribed"),
        ("unsubscribed", "customer.unsubscribed"),
        ("not_subscribed", "customer.updated"),
        ("pending", "customer.updated"),
        ("invalid", "customer.updated"),
    ],
)
def test_a_consent_is_news_of_its_own(state: str, name: str) -> None:
    told = {"state": state, "opt_in_level": None, "consent_updated_at": "2026-11-01T00:00:00Z"}
    topic = "customers_email_marketing_consent/update"
    change = only(topic, sample(topic, email_marketing_consent=told))
    assert change.name == name
    assert change.record == Consent(
        ChannelName.EMAIL,
        ConsentState(state),
        ConsentSource.PLATFORM,
        datetime(2026, 11, 1, tzinfo=UTC),
        CustomerKey("706405506930370000", "bob@biller.com"),
    )


@pytest.mark.parametrize("state", [None, "redacted", "", 5, {}])
def test_a_consent_that_says_nothing_changes_nothing(state: object) -> None:
    topic = "customers_email_marketing_consent/update"
    assert parse(topic, sample(topic, email_marketing_consent={"state": state})) == []
    assert parse(topic, sample(topic, email_marketing_consent=None)) == []


def test_text_messages_have_a_consent_of_their_own() -> None:
    topic = "customers_marketing_consent/update"
    told = {"state": "subscribed", "consent_updated_at": None}
    change = only(topic, sample(topic, phone="+491234", sms_marketing_consent=told))
    assert isinstance(change.record, Consent)
    assert change.record.channel == ChannelName.SMS
    assert change.record.changed_at == AT


def test_tags_come_and_go() -> None:
    at = datetime(2005, 5, 5, 5, tzinfo=UTC)
    gained = only("customer.tags_added", sample("customer.tags_added"))
    lost = only("customer.tags_removed", sample("customer.tags_removed"))
    assert gained.record == TagsChanged(CustomerKey("1"), added=("tag1", "tag2"))
    assert lost.record == TagsChanged(CustomerKey("1"), removed=("tag1", "tag2"))
    assert gained.occurred_at == lost.occurred_at == at


def test_sums_are_told_by_themselves() -> None:
    topic = "customers/purchasing_summary"
    record = only(topic, sample(topic)).record
    assert isinstance(record, Customer)
    assert (record.orders_count, record.spent, record.first_name) == (1, 10000, None)


def test_only_a_complete_merge_takes_one_away() -> None:
    assert parse("customers/merge", sample("customers/merge")) == []
    change = only("customers/merge", sample("customers/merge", status="completed"))
    assert change.record == Gone("customer", "2", into="1")


def test_a_deleted_customer_is_gone() -> None:
    change = only("customers/delete", sample("customers/delete"))
    assert change.record == Gone("customer", "706405506930370000")


def test_privacy_topics_name_whom_and_what() -> None:
    key = CustomerKey("191167", "john@example.com", "555-625-1199")
    orders = ("299938", "280263", "220458")
    asked = only("customers/data_request", sample("customers/data_request"))
    erased = only("customers/redact", sample("customers/redact"))
    assert asked.record == PrivacyRequest("data_request", key, orders, "9999")
    assert erased.record == PrivacyRequest("customer_redact", key, orders)
