"""Instagram's token of 60 days is renewed before its end; what fails is told, daily tried again."""

import logging
from dataclasses import replace
from datetime import timedelta
from email.utils import parseaddr
from typing import Any

import pytest

from channels import Providers
from channels.base import Channel
from jobs import channel_accounts, outbox, renew
from jobs.clock import VERB_OF
from jobs.runtime import Runtime
from marketing.model import ChannelName
from sandbox.faults import Fault
from sandbox.meta import APP_ID, PLATFORMS, Meta
from storage import channel_accounts as accounts
from storage import due, schema
from storage.channel_accounts import ChannelAccount
from tests.channels.meta_stand import graph_url, meta
from tests.jobs.stage import HOUR, Stage

__all__ = ["graph_url", "meta"]
DAY = timedelta(days=1)
INSTAGRAM = ChannelName.INSTAGRAM
TEAM = "team@maple.example"
Told = tuple[str, dict[str, str], dict[str, str]]


@pytest.fixture
def world(stage: Stage, meta: Meta, graph_url: str, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """Our side and Meta's, by one clock; both stores have connected the same account."""
    monkeypatch.setattr(meta.world.clock, "now", lambda: stage.now)
    meta.jot_down("meta_token_made", {meta.tokens["instagram"]: stage.now.isoformat()})
    providers = Providers(use_proxies=False, instagram_graph_url=graph_url)
    stage.runtime = replace(stage.runtime, providers=providers)
    settings = {**stage.store.settings, "conversations": {"emails": [TEAM]}}
    stage.change(schema.stores, stage.store_id, settings=settings)
    connect(stage, meta)
    return stage


def connect(stage: Stage, meta: Meta, **public: str) -> ChannelAccount:
    account = {
        "account_id": PLATFORMS["instagram"].account_id, "app_id": APP_ID, "verify_token": "word",
    }  # fmt: skip
    secret = {"app_secret": meta.app_secret, "access_token": meta.tokens["instagram"]}
    told: Told = ("meta", {**account, **public}, secret)
    return channel_accounts.connect(stage.runtime, stage.store, INSTAGRAM, told)


def kept(stage: Stage, store_id: str | None = None) -> ChannelAccount:
    with stage.database.reading() as connection:
        account = accounts.get(connection, store_id or stage.store_id, INSTAGRAM)
    assert account
    return account


def token(stage: Stage) -> str:
    return kept(stage).secret(stage.runtime.secrets)["access_token"]


def verbs(stage: Stage) -> list[str]:
    with stage.database.reading() as connection:
        seen = due.look(connection, *stage.database.moments(connection))
    return [VERB_OF[kind] for kind in seen.due if kind in VERB_OF]


def live(stage: Stage, by: timedelta) -> None:
    """Let time pass day by day, with what the clock would do."""
    while by > timedelta():
        stage.pass_time(min(by, DAY))
        by -= DAY
        if "renew" in verbs(stage):
            left = [stage.store_id, stage.stranger_id]
            while left:  # a slow machine does not get through all in one turn
                left = renew.drain(stage.runtime, left)
        while outbox.drain(stage.runtime, [stage.store_id]):
            pass


def works(stage: Stage) -> bool:
    return channel_accounts.introduce(stage.runtime, stage.store, INSTAGRAM)[0]


def test_a_token_is_renewed_when_it_is_a_day_old_and_then_before_each_end(
    world: Stage, meta: Meta
) -> None:
    first = token(world)
    live(world, 24 * HOUR)
    assert (token(world), "renew" in verbs(world)) == (first, False)
    live(world, 2 * HOUR)
    second = token(world)
    assert second == meta.tokens["instagram"] != first
    account = kept(world)
    assert account.token_ends_at is not None
    assert timedelta(days=59) < account.token_ends_at - world.now <= timedelta(days=60)
    live(world, timedelta(days=49))
    assert token(world) == second
    live(world, timedelta(days=2))
    assert token(world) == meta.tokens["instagram"] != second
    live(world, timedelta(days=120))
    assert works(world)
    assert (kept(world).trouble, world.sink.mails) == (None, [])


def test_the_new_token_is_sealed_and_what_else_was_secret_stays(
    world: Stage, meta: Meta, caplog: pytest.LogCaptureFixture
) -> None:
    before = kept(world)
    with caplog.at_level(logging.INFO):
        live(world, 2 * DAY)
    ours = [one.getMessage() for one in caplog.records if one.name != "werkzeug"]
    assert not [words for words in ours if "access_token" in words]
    account = kept(world)
    assert token(world) not in account.sealed
    assert account.secret(world.runtime.secrets)["app_secret"] == meta.app_secret
    assert (account.revision, account.callback_key) == (before.revision + 1, before.callback_key)


def test_what_fails_is_told_in_the_card_and_once_to_the_team_and_tried_again_daily(
    world: Stage, meta: Meta
) -> None:
    live(world, 2 * DAY)
    words = "The user must reconnect"
    meta.faults.order(Fault("renewals", "reply", 3, code=190, text=words))
    live(world, 50 * DAY)
    account = kept(world)
    assert account.trouble
    assert words in account.trouble
    assert "tried again every day" in account.trouble
    [mail] = world.sink.mails
    assert parseaddr(mail["To"])[1] == TEAM
    assert mail["Subject"] == "Instagram does not work"
    body = mail.get_body(("plain",))
    assert body
    assert words in body.get_content().replace("\r\n", " ")
    live(world, 3 * DAY)
    assert (kept(world).trouble, len(world.sink.mails)) == (None, 1)
    assert works(world)


@pytest.mark.parametrize(("what", "code"), [("hang_up", 0), ("reply", 2)])
def test_a_lost_answer_is_asked_for_again_tomorrow(
    world: Stage, meta: Meta, what: str, code: int
) -> None:
    meta.faults.order(Fault("renewals", what, 1, code=code, text="An unexpected error"))
    live(world, 2 * DAY)
    assert kept(world).trouble
    live(world, 1 * DAY)
    assert kept(world).trouble is None
    assert kept(world).token_ends_at


def test_a_token_that_has_run_out_is_said_to_have(world: Stage, meta: Meta) -> None:
    live(world, 2 * DAY)
    meta.faults.order(Fault("renewals", "reply", None, code=190, text="Not now"))
    live(world, 62 * DAY)
    assert "has run out" in (kept(world).trouble or "")
    assert not works(world)
    assert len(world.sink.mails) == 1


def test_other_trouble_is_not_taken_for_over(world: Stage, meta: Meta) -> None:
    def note(connection: Any) -> None:
        real_now = world.database.real_now(connection)
        accounts.troubled(connection, world.store_id, INSTAGRAM, "Something else", real_now)

    world.database.write(note)
    live(world, 2 * DAY)
    assert (kept(world).trouble, token(world)) == ("Something else", meta.tokens["instagram"])


def test_the_same_token_given_again_keeps_its_end_and_another_one_is_asked_about(
    world: Stage, meta: Meta
) -> None:
    live(world, 2 * DAY)
    ends_at = kept(world).token_ends_at
    assert ends_at
    connect(world, meta, username="maple.and.moss")
    assert kept(world).token_ends_at == ends_at
    meta.tokens["instagram"] = "IGAAanother-token-of-theirs"
    connect(world, meta)
    account = kept(world)
    assert (account.token_ends_at, account.renew_at is not None) == (None, True)


def test_the_token_of_a_page_has_no_end(world: Stage, meta: Meta) -> None:
    connect(world, meta, login="page")
    assert (kept(world).renew_at, kept(world).token_ends_at) == (None, None)


def test_what_was_connected_anew_meanwhile_is_not_overwritten(
    world: Stage, meta: Meta, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.pass_time(26 * HOUR)
    opened = channel_accounts.opened

    def slow(runtime: Runtime, account: ChannelAccount) -> Channel:
        channel = opened(runtime, account)
        meta.tokens["instagram"] = "IGAAentered-by-the-merchant"
        meta.jot_down("meta_token_exchanged", {token(world): True})
        connect(world, meta)
        return channel

    monkeypatch.setattr(renew, "opened", slow)
    renew.drain(world.runtime, [world.store_id])
    assert token(world) == "IGAAentered-by-the-merchant"
    assert kept(world).token_ends_at is None


def test_a_stranger_is_neither_renewed_nor_told(world: Stage, meta: Meta) -> None:
    stranger = replace(world.store, id=world.stranger_id)
    theirs: Told = (
        "meta",
        {"account_id": "17841400999999999", "app_id": APP_ID, "verify_token": "word"},
        {"app_secret": "5" * 32, "access_token": "IGAAof-a-stranger-entirely"},
    )
    channel_accounts.connect(world.runtime, stranger, INSTAGRAM, theirs)
    sealed = kept(world, world.stranger_id).sealed
    world.pass_time(26 * HOUR)
    renew.drain(world.runtime, [world.store_id])
    assert token(world) == meta.tokens["instagram"]
    assert kept(world, world.stranger_id).sealed == sealed
    renew.drain(world.runtime, [world.stranger_id])
    assert "190" in (kept(world, world.stranger_id).trouble or "")
    assert kept(world).trouble is None
    assert world.rows(schema.outbox, kind="alert") == []


def test_for_a_store_that_left_nothing_is_asked(world: Stage, meta: Meta) -> None:
    before = token(world)
    world.change(schema.stores, world.store_id, status="uninstalled")
    live(world, 3 * DAY)
    assert (token(world), meta.tokens["instagram"]) == (before, before)
