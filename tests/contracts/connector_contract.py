"""What holds for every store platform: subclass, give the fixtures, inherit the battery.

Fixtures a platform's test gives: `connector`, `credentials`, and `store`, a stand-in of the
platform (`Store` below) that signs, holds records and fails on demand.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Protocol

import pytest

from connectors.base import (
    BadSignature,
    Credentials,
    DiscountRequest,
    Installation,
    MalformedWebhook,
    Page,
    StoreConnector,
    StoreError,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from marketing.model import Change, ChannelName, ConsentState, CustomerKey, Gone

Signed = tuple[dict[str, str], bytes]
NOUNS = ["customer", "product", "order"]
NOW = datetime(2026, 11, 22, 19, 0, tzinfo=UTC)
REQUEST = DiscountRequest("BACK-7F3K", 10, "Cart back", NOW, NOW + timedelta(hours=24))


class Store(Protocol):
    """A platform's stand-in."""

    domain: str

    def webhook(self) -> Signed:
        """A signed webhook that tells of a cart."""

    def unknown_webhook(self) -> Signed:
        """A signed webhook of a topic that nobody reads."""

    def required_headers(self) -> list[str]:
        """The headers a webhook can't be without, but for its signature."""

    def session_token(self) -> str:
        """What the platform's admin hands the panel."""

    def refresh_token(self) -> str | None:
        """A refresh token that is still good; None where access is given for good."""

    def known_customer(self) -> CustomerKey:
        """Somebody the store knows, by id and e-mail."""

    def consent_of(self, customer: CustomerKey) -> str:
        """`subscribed` or `unsubscribed`, as the store has it."""

    def discount_ids(self) -> list[str]:
        """Every discount there is."""

    def is_down(self) -> None:
        """From now on every call fails on the way."""

    def is_busy(self, seconds: float) -> None:
        """From now on every call is throttled for so long."""

    def takes_no_token(self) -> None:
        """From now on no access token is good."""


def all_pages(connector: StoreConnector, credentials: Credentials, noun: str) -> list[Page]:
    pages = [connector.fetch_page(credentials, noun, None)]
    while cursor := pages[-1].cursor:
        pages.append(connector.fetch_page(credentials, noun, cursor))
    return pages


def name_of(change: Change) -> str:
    record = change.record
    key = getattr(record, "key", None)
    return str(key.external_id if key else getattr(record, "external_id", ""))


class ConnectorContract:
    # listening

    def test_a_signed_webhook_is_taken_and_read(
        self, connector: StoreConnector, store: Store
    ) -> None:
        headers, body = store.webhook()
        webhook = connector.verify(headers, body)
        assert (webhook.store_domain, webhook.body) == (store.domain, body)
        assert webhook.id
        [change] = connector.parse(webhook)
        assert change.name.startswith("cart.")
        assert change.occurred_at.tzinfo is UTC

    def test_reading_twice_gives_the_same(self, connector: StoreConnector, store: Store) -> None:
        webhook = connector.verify(*store.webhook())
        assert connector.parse(webhook) == connector.parse(webhook)

    def test_a_forged_webhook_is_refused(self, connector: StoreConnector, store: Store) -> None:
        headers, body = store.webhook()
        with pytest.raises(BadSignature):
            connector.verify(headers, body + b" ")

    def test_a_webhook_without_a_required_header_is_malformed(
        self, connector: StoreConnector, store: Store
    ) -> None:
        headers, body = store.webhook()
        for missing in store.required_headers():
            with pytest.raises(MalformedWebhook):
                connector.verify({k: v for k, v in headers.items() if k != missing}, body)

    def test_an_unknown_topic_tells_nothing(self, connector: StoreConnector, store: Store) -> None:
        webhook = connector.verify(*store.unknown_webhook())
        assert connector.parse(webhook) == []

    # the panel

    def test_a_session_token_proves_the_store(
        self, connector: StoreConnector, store: Store
    ) -> None:
        now = datetime.now(UTC)
        proven = connector.authenticate(store.session_token(), now=now)
        assert proven.store_domain == store.domain
        assert proven.user_id

    def test_a_forged_session_token_proves_nothing(
        self, connector: StoreConnector, store: Store
    ) -> None:
        head, claims, signature = store.session_token().split(".")
        for forged in (f"{head}.{claims}.", f"{head}.{claims}.{signature[::-1]}", "", "x"):
            with pytest.raises(BadSignature):
                connector.authenticate(forged, now=datetime.now(UTC))

    def test_a_session_token_gets_old(self, connector: StoreConnector, store: Store) -> None:
        with pytest.raises(BadSignature):
            connector.authenticate(
                store.session_token(), now=datetime.now(UTC) + timedelta(hours=1)
            )

    # tokens

    def test_a_refresh_gives_new_credentials(self, connector: StoreConnector, store: Store) -> None:
        now, token = datetime.now(UTC), store.refresh_token()
        if token is None:
            with pytest.raises(TokenRefused):
                connector.refresh(store.domain, "", now=now)
            return
        given = connector.refresh(store.domain, token, now=now)
        assert isinstance(given, Installation)
        assert given.access_expires_at
        assert given.access_expires_at > now
        used = Credentials(store.domain, given.access_token)
        assert connector.fetch_profile(used).domain == store.domain

    def test_a_dead_refresh_token_is_refused(self, connector: StoreConnector, store: Store) -> None:
        with pytest.raises(TokenRefused):
            connector.refresh(store.domain, "dead", now=datetime.now(UTC))

    # reading

    def test_the_store_describes_itself(
        self, connector: StoreConnector, credentials: Credentials, store: Store
    ) -> None:
        profile = connector.fetch_profile(credentials)
        assert profile.domain == store.domain
        assert len(profile.currency) == 3
        assert profile.timezone

    @pytest.mark.parametrize("noun", NOUNS)
    def test_pages_tell_everything_once_oldest_first(
        self, connector: StoreConnector, credentials: Credentials, noun: str
    ) -> None:
        pages = all_pages(connector, credentials, noun)
        changes = [change for page in pages for change in page.changes]
        names = [name_of(change) for change in changes]
        assert pages[0].total == len(names) == len(set(names)) > 0
        told = [getattr(change.record, "updated_at", NOW) for change in changes]
        assert told == sorted(told)
        assert not any(isinstance(change.record, Gone) for change in changes)

    # writing

    def test_a_code_that_we_took_ourselves_is_success(
        self, connector: StoreConnector, credentials: Credentials, store: Store
    ) -> None:
        first = connector.create_discount(credentials, REQUEST)
        assert connector.create_discount(credentials, REQUEST) == first
        assert store.discount_ids() == [first]

    def test_a_code_that_somebody_else_took_is_refused(
        self, connector: StoreConnector, credentials: Credentials
    ) -> None:
        connector.create_discount(credentials, replace(REQUEST, title="Somebody else's"))
        with pytest.raises(StoreRefused):
            connector.create_discount(credentials, REQUEST)

    @pytest.mark.parametrize("by", ["id", "email"])
    def test_a_consent_is_written_and_may_be_repeated(
        self, connector: StoreConnector, credentials: Credentials, store: Store, by: str
    ) -> None:
        customer = store.known_customer()
        key = customer if by == "id" else CustomerKey(email=customer.email)
        for state in (ConsentState.SUBSCRIBED, ConsentState.UNSUBSCRIBED):
            for _ in range(2):
                connector.write_consent(credentials, key, ChannelName.EMAIL, state, NOW)
                assert store.consent_of(customer) == state

    def test_a_consent_of_a_stranger_is_refused(
        self, connector: StoreConnector, credentials: Credentials
    ) -> None:
        state = ConsentState.UNSUBSCRIBED
        for key in (CustomerKey(email="nobody@example.org"), CustomerKey(external_id="404")):
            with pytest.raises(StoreRefused):
                connector.write_consent(credentials, key, ChannelName.EMAIL, state, NOW)

    def test_a_channel_that_the_platform_does_not_know_is_refused(
        self, connector: StoreConnector, credentials: Credentials, store: Store
    ) -> None:
        with pytest.raises(StoreRefused):
            connector.write_consent(
                credentials,
                store.known_customer(),
                ChannelName.MESSENGER,
                ConsentState.UNSUBSCRIBED,
                NOW,
            )

    # failing

    @pytest.mark.parametrize("call", ["profile", "page", "discount", "consent"])
    def test_every_failure_says_what_to_do(
        self, connector: StoreConnector, credentials: Credentials, store: Store, call: str
    ) -> None:
        calls: dict[str, Callable[[], object]] = {
            "profile": lambda: connector.fetch_profile(credentials),
            "page": lambda: connector.fetch_page(credentials, "customer", None),
            "discount": lambda: connector.create_discount(credentials, REQUEST),
            "consent": lambda: connector.write_consent(
                credentials,
                store.known_customer(),
                ChannelName.EMAIL,
                ConsentState.UNSUBSCRIBED,
                NOW,
            ),
        }
        store.is_busy(30)
        assert self._failure(calls[call], StoreThrottled).retry_after == 30
        store.is_down()
        assert self._failure(calls[call], StoreUnavailable).retryable
        store.takes_no_token()
        self._failure(calls[call], TokenRefused)

    def _failure(self, call: Callable[[], object], expected: type) -> "StoreError":
        with pytest.raises(StoreError) as raised:
            call()
        assert type(raised.value) is expected
        return raised.value
