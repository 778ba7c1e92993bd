"""The first copy, calls written back, and tokens: resumed, fenced, put off, never doubled."""

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from connectors.base import (
    Credentials,
    Installation,
    Page,
    StoreRefused,
    StoreThrottled,
    StoreUnavailable,
    TokenRefused,
)
from jobs import access, outbox, sync
from marketing.events import EventName
from marketing.model import Change, ChannelName, ConsentState, CustomerKey, Platform, Product
from storage import credentials, schema, stores
from storage import outbox as outbox_rows
from storage.credentials import Tokens
from storage.outbox import Call
from tests.jobs.stage import HOUR, Stage
from tests.storage.mirroring import a_customer, a_word, an_order, at, change, key

ADA = a_customer(key("1"), first_name="Ada", consents=(a_word(ConsentState.SUBSCRIBED, 0),))
PAGES: dict[str, list[list[Change]]] = {
    "cart": [[]],
    "customer": [[change(ADA)], [change(a_customer(key("2", "ben@example.com")))]],
    "product": [
        [
            Change(
                EventName.PRODUCT_UPDATED,
                at(0),
                Product("p1", "Scarf", "scarf", at(0), categories=()),
            )
        ]
    ],
    "order": [[change(an_order("o1", key("1"), -300))], [change(an_order("o2", key("1"), -200))]],
}


@dataclass
class Shop:
    """The other side of a connector: hands out pages, takes consents, renews tokens."""

    platform = Platform.SHOPIFY
    valid: str = "token"
    failures: list[Exception] = field(default_factory=list)
    asked: Counter[str] = field(default_factory=Counter)
    written: list[tuple[Any, ...]] = field(default_factory=list)
    renewals: int = 0

    def _let_in(self, given: Credentials) -> None:
        if self.failures:
            raise self.failures.pop(0)
        if given.access_token != self.valid:
            raise TokenRefused("not taken")

    def fetch_page(self, given: Credentials, noun: str, cursor: str | None) -> Page:
        self._let_in(given)
        self.asked[f"{noun} {cursor}"] += 1
        place = int(cursor or 0)
        more = str(place + 1) if place + 1 < len(PAGES[noun]) else None
        return Page(tuple(PAGES[noun][place]), more, len(PAGES[noun]))

    def write_consent(
        self,
        given: Credentials,
        customer: CustomerKey,
        channel: ChannelName,
        state: ConsentState,
        changed_at: datetime,
    ) -> None:
        self._let_in(given)
        self.written.append((customer.external_id, channel, state, changed_at))

    def refresh(self, domain: str, refresh_token: str, *, now: datetime) -> Installation:
        if self.failures:
            raise self.failures.pop(0)
        self.renewals += 1
        self.valid = f"renewed {self.renewals} by {refresh_token}"
        return Installation(
            domain, self.valid, frozenset(), now + HOUR, "next", now + 90 * 24 * HOUR
        )


class World:
    def __init__(self, stage: Stage) -> None:
        self.stage, self.shop = stage, Shop()
        self.runtime = replace(stage.runtime, connectors={Platform.SHOPIFY: self.shop})  # type: ignore[dict-item]

    def begin(self) -> None:
        with self.runtime.database.writing() as connection:
            sync.begin(connection, self.stage.store)

    def work(self) -> None:
        stores = [self.stage.store_id, self.stage.stranger_id]
        while outbox.drain(self.runtime, stores):
            pass

    def make_due(self) -> None:
        for row in self.stage.rows(schema.outbox):
            past = self.real_now() - timedelta(minutes=1)
            self.stage.change(schema.outbox, row.id, due_at=past)

    def real_now(self) -> datetime:
        with self.runtime.database.reading() as connection:
            return self.runtime.database.real_now(connection)

    def put_tokens(self, tokens: Tokens) -> None:
        with self.runtime.database.writing() as connection:
            credentials.keep(connection, self.runtime.secrets, self.stage.store_id, tokens)

    def unsubscribed(self) -> str:
        customer_id = self.stage.customer("Cy", external_id="77", email_consent="unsubscribed")
        payload = {
            "customer_id": customer_id, "channel": "email", "state": "unsubscribed",
            "changed_at": self.stage.now.isoformat(),
        }  # fmt: skip
        with self.runtime.database.writing() as connection:
            now = self.runtime.database.real_now(connection)
            outbox_rows.add(connection, self.stage.store_id, "write_consent", "k", payload, now)
        return customer_id

    @property
    def the_call(self) -> Any:
        (row,) = self.stage.rows(schema.outbox)
        return row


@pytest.fixture
def world(stage: Stage) -> World:
    return World(stage)


def test_a_first_copy_goes_through_every_page_once_and_triggers_nothing(world: World) -> None:
    world.begin()
    world.work()
    assert set(world.shop.asked.values()) == {1}
    assert len(world.shop.asked) == 6
    stage = world.stage
    progress = {row.noun: (row.state, row.done, row.total) for row in stage.rows(schema.imports)}
    assert progress == {
        "cart": ("done", 0, 1),
        "customer": ("done", 2, 2), "product": ("done", 1, 1), "order": ("done", 2, 2),
    }  # fmt: skip
    ada = stage.rows(schema.customers, external_id="1")[0]
    assert (ada.orders_count, ada.email_consent) == (2, "subscribed")
    assert (stage.rows(schema.events), stage.rows(schema.enrollments)) == ([], [])
    assert world.the_call.state == "done"


def test_a_copy_goes_on_where_it_stopped(world: World) -> None:
    world.begin()
    world.shop.failures = []
    fetch = world.shop.fetch_page
    pages = iter(range(2))

    def failing(given: Credentials, noun: str, cursor: str | None) -> Page:
        if next(pages, None) is None:
            raise StoreUnavailable("a time-out")
        return fetch(given, noun, cursor)

    world.shop.fetch_page = failing  # type: ignore[method-assign]
    world.work()
    assert world.the_call.error == "StoreUnavailable: a time-out"
    world.shop.fetch_page = fetch  # type: ignore[method-assign]
    world.work()
    assert sum(world.shop.asked.values()) == 2, "not before its pause is over"
    world.make_due()
    world.work()
    assert set(world.shop.asked.values()) == {1}
    assert len(world.stage.rows(schema.orders)) == 2


def test_a_copy_waits_as_long_as_the_platform_says(world: World) -> None:
    world.begin()
    world.shop.failures = [StoreThrottled(30)]
    world.work()
    call = world.the_call
    assert (call.state, call.attempts) == ("pending", 0)
    assert timedelta(seconds=5) < call.due_at - world.real_now() <= timedelta(seconds=30)


def test_a_noun_that_the_store_does_not_show_is_left_out_with_words(world: World) -> None:
    world.begin()
    world.shop.failures = [
        StoreRefused("no scope read_orders"),
        StoreRefused("no scope read_customers"),
    ]
    world.work()
    told = {row.noun: (row.state, row.error) for row in world.stage.rows(schema.imports)}
    assert told["customer"] == ("failed", "no scope read_customers")
    assert told["order"] == ("done", None)


def test_a_copy_for_an_earlier_install_ends(world: World) -> None:
    world.begin()
    world.stage.change(schema.stores, world.stage.store_id, install_epoch=2)
    world.work()
    assert not world.shop.asked
    assert world.the_call.state == "done"


def test_an_answer_is_written_back_once(world: World) -> None:
    world.unsubscribed()
    world.work()
    world.work()
    (written,) = world.shop.written
    assert written[:3] == ("77", ChannelName.EMAIL, ConsentState.UNSUBSCRIBED)


@pytest.mark.parametrize(
    "changed", [{"email_consent": "subscribed"}, {"erased_at": at(0), "email_consent": None}]
)
def test_an_answer_that_holds_no_more_is_not_written(world: World, changed: dict[str, Any]) -> None:
    customer_id = world.unsubscribed()
    world.stage.change(schema.customers, customer_id, **changed)
    world.work()
    assert (world.shop.written, world.the_call.state) == ([], "done")


def test_a_call_that_fails_is_tried_later_and_given_up_at_last(world: World) -> None:
    world.unsubscribed()
    for _ in range(outbox_rows.MOST_ATTEMPTS):
        world.shop.failures = [StoreUnavailable("down")]
        world.make_due()
        world.work()
    call = world.the_call
    assert (call.state, call.attempts, call.error) == ("failed", 12, "StoreUnavailable: down")


def test_what_the_store_refuses_is_not_tried_again(world: World) -> None:
    world.unsubscribed()
    world.shop.failures = [StoreRefused("no such customer")]
    world.work()
    assert world.the_call.state == "failed"


def test_a_call_of_a_dead_worker_is_made_by_the_next(world: World) -> None:
    world.unsubscribed()
    database = world.runtime.database
    past = world.real_now() + HOUR
    with database.writing() as connection:
        (call,) = outbox_rows.claim(connection, owner="dead", real_now=past, seconds=-7200)
    world.work()
    assert len(world.shop.written) == 1
    with database.writing() as connection:
        assert not outbox_rows.failed(connection, call, "late", past)
    assert world.the_call.state == "done"


def test_asking_again_while_a_call_is_made_is_not_lost(world: World) -> None:
    customer_id = world.unsubscribed()
    with world.runtime.database.writing() as connection:
        now = world.runtime.database.real_now(connection)
        (call,) = outbox_rows.claim(connection, owner="me", real_now=now, seconds=90)
        outbox_rows.add(connection, call.store_id, call.kind, call.key, call.payload, now)
        assert not outbox_rows.done(connection, call)
    assert isinstance(call, Call)
    assert (world.the_call.state, call.payload["customer_id"]) == ("pending", customer_id)


def test_a_token_near_its_end_is_renewed_before_the_call(world: World) -> None:
    world.put_tokens(Tokens("token", world.real_now() + timedelta(minutes=1), "first"))
    world.unsubscribed()
    world.work()
    assert (world.shop.renewals, len(world.shop.written)) == (1, 1)
    assert world.shop.valid == "renewed 1 by first"


def test_a_token_that_is_not_taken_is_renewed_once(world: World) -> None:
    world.put_tokens(Tokens("refused", world.real_now() + HOUR, "first"))
    world.unsubscribed()
    world.work()
    assert (world.shop.renewals, len(world.shop.written)) == (1, 1)


def test_a_second_refusal_waits_for_the_merchant(world: World) -> None:
    world.put_tokens(Tokens("refused", world.real_now() + HOUR, "first"))
    world.unsubscribed()
    world.shop.failures = [TokenRefused("no"), StoreUnavailable("not the token's fault")]
    world.work()
    assert world.stage.store.status == "installed"
    world.make_due()
    world.shop._let_in = _refuse  # type: ignore[method-assign]
    world.work()
    assert world.stage.store.status == "needs_reauth"
    call = world.the_call
    assert (call.state, call.due_at > world.real_now()) == ("pending", True)


def _refuse(_: Credentials) -> None:
    raise TokenRefused("never")


def test_without_the_app_there_is_nothing_to_call(world: World) -> None:
    with world.runtime.database.writing() as connection:
        stores.uninstall(connection, world.stage.store_id, world.stage.now, world.stage.now)
    with pytest.raises(TokenRefused):
        access.calling(world.runtime, world.stage.store_id, lambda *_: None)
