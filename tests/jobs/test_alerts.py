"""The team is told that somebody waits, once each; late it is told again; idle it goes back."""

import json
from functools import partial
from typing import Any

import pytest

from jobs import alerts, attend, conversations, outbox, reply
from marketing.attachments import Attachment, AttachmentKind
from marketing.chat import Author, InboundKind
from storage import conversations as kept
from storage import due, inbound, schema, threads
from tests.jobs.chatting import INSTAGRAM, Chats, connected, wrote
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_steps import Program, program

__all__ = ["program"]
TEAM = "team@maple.example"


@pytest.fixture
def chats(stage: Stage) -> Chats:
    return connected(stage)


def settle(stage: Stage, **told: Any) -> None:
    settings = {**stage.store.settings, "conversations": told}
    stage.change(schema.stores, stage.store_id, settings=settings)


def work(stage: Stage) -> None:
    while attend.drain(stage.runtime, [stage.store_id]):
        pass
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    stage.work()


def live(stage: Stage, minutes: int) -> None:
    stage.pass_time(minutes * MINUTE)
    work(stage)


def said(stage: Stage) -> list[str]:
    return [row.text for row in stage.rows(schema.replies) if row.state != "dropped"]


def state(stage: Stage, customer_id: str) -> str:
    with stage.database.reading() as connection:
        return kept.of(connection, stage.store_id, customer_id).state


def test_the_chosen_are_told_once_and_the_customer_that_somebody_comes(
    stage: Stage, chats: Chats
) -> None:
    settle(stage, emails=[TEAM, "two@maple.example"])
    wrote(stage, "agent", sender_name="Ada <b>Lovelace")
    wrote(stage, "agent!")
    work(stage)
    work(stage)
    assert dict(stage.sink.counts()) == {TEAM: 1, "two@maple.example": 1}
    [mail, _] = stage.sink.mails
    assert mail["Subject"] == "Ada <b>Lovelace wants to talk to a person"
    assert said(stage) == ["Somebody of our team will write to you here."]


def test_slack_and_a_program_are_called_signed_and_one_that_fails_holds_up_no_mail(
    stage: Stage, chats: Chats, program: str
) -> None:
    Program.answers = [500]
    settle(stage, emails=[TEAM], slack_url=f"{program}?slack", webhook_url=program)
    met = wrote(stage, "I will call my lawyer", sender_name="Ada &amp <b>")
    work(stage)
    assert len(stage.sink.mails) == 1
    [call] = stage.rows(schema.outbox, kind="alert", state="pending")
    stage.change(schema.outbox, call.id, due_at=call.due_at - HOUR)
    work(stage)
    bodies = {body for _, body in Program.told}
    told = [json.loads(body) for body in sorted(bodies)]
    assert len(Program.told) == 3
    assert "Ada &amp;amp &lt;b&gt; wants to talk to a person" in told[0]["text"]
    assert told[1]["type"] == "conversation.handed_over"
    assert (told[1]["data"]["customer_id"], told[1]["data"]["rule"]) == (met, "risk:legal")
    assert all(headers["webhook-signature"].startswith("v1,") for headers, _ in Program.told)


def test_nobody_keeps_an_alarm_from_going_out_by_how_they_call_themselves(
    stage: Stage, chats: Chats
) -> None:
    settle(stage, emails=[TEAM])
    wrote(stage, "agent", sender_name="Bob\r\nBcc: evil@evil.example\r\n\r\n" + "x" * 300)
    work(stage)
    [mail] = stage.sink.mails
    assert mail["Subject"].startswith("Bob Bcc: evil@evil.example xxx")
    assert str(mail["Subject"]).endswith("x wants to talk to a person")
    assert mail["Bcc"] is None
    assert len(mail["Subject"]) < 120


def test_a_program_is_told_what_was_said_until_then_and_a_mail_is_not(
    stage: Stage, chats: Chats, program: str
) -> None:
    settle(stage, emails=[TEAM], webhook_url=program, is_automatic=False)
    met = wrote(stage, "is the lining wool", mid="m1")
    wrote(stage, "what was deleted meanwhile", mid="m2")
    stage.pass_time(MINUTE)
    wrote(stage, "", attachments=(Attachment(AttachmentKind.PICTURE),), kind=InboundKind.ATTACHMENT)
    wrote(stage, "agent")
    stage.pass_time(MINUTE)
    wrote(stage, "are you there?")
    with stage.database.writing() as connection:
        inbound.empty(connection, stage.store_id, INSTAGRAM, "m2")
    work(stage)
    [(_, body)] = Program.told
    told = json.loads(body)["data"]
    assert told["customer_id"] == met
    assert [(one["by"], one["channel"], one["text"]) for one in told["said"]][-1] == (
        "customer", "instagram", "agent",
    )  # fmt: skip
    assert [one["files"] for one in told["said"] if one["files"]] == [["picture"]]
    texts = [one["text"] for one in told["said"]]
    assert texts[0] == "is the lining wool"
    assert "what was deleted meanwhile" not in texts
    assert "are you there?" not in texts
    assert "lining" not in stage.sink.mails[0].as_string()


def got_nowhere(stage: Stage, *people: str) -> None:
    for one in people:
        wrote(stage, "is the lining wool", f"igsid-{one}", sender_name=one)
        wrote(stage, "and the sleeves", f"igsid-{one}")


def subjects(stage: Stage) -> list[str]:
    return [str(mail["Subject"]) for mail in stage.sink.mails]


def hour_is_over(stage: Stage) -> None:
    stage.pass_time(HOUR)
    for row in stage.rows(schema.outbox, kind="alert", state="pending"):
        stage.change(schema.outbox, row.id, due_at=row.due_at - HOUR)
    work(stage)


def test_a_full_hour_is_told_at_once_and_then_who_still_waits_all_together(
    stage: Stage, chats: Chats, program: str
) -> None:
    settle(stage, emails=[TEAM], webhook_url=program, most_an_hour=1)
    got_nowhere(stage, "Ada", "Bo", "Cleo", "Dee")
    work(stage)
    limit = "Your limit of takeovers is reached"
    assert sorted(subjects(stage)) == ["Ada wants to talk to a person", limit]
    wrote(stage, "agent", "igsid-Dee")
    work(stage)
    hour_is_over(stage)
    assert subjects(stage)[2:] == [
        "Dee wants to talk to a person",
        "Waiting beyond your limit of takeovers: 2",
    ]
    body = stage.sink.mails[-1].get_body(("plain",))
    assert body
    assert body.get_content().splitlines()[2:4] == ["Bo", "Cleo"]
    told = [json.loads(body) for _, body in Program.told]
    beyond = [one for one in told if one["type"] == "conversations.beyond_limit"]
    assert [len(one["data"]["customer_ids"]) for one in beyond] == [2]
    got_nowhere(stage, "Eve", "Fay")
    work(stage)
    assert sorted(subjects(stage)[4:]) == ["Eve wants to talk to a person", limit]


def test_of_a_full_hour_nobody_is_told_again_when_all_have_their_answer(
    stage: Stage, chats: Chats
) -> None:
    settle(stage, emails=[TEAM], most_an_hour=1)
    got_nowhere(stage, "Ada", "Bo")
    wrote(stage, "agent", "igsid-Bo")
    work(stage)
    hour_is_over(stage)
    assert len(subjects(stage)) == 3


def test_the_merchants_own_doing_rings_no_bell(stage: Stage, chats: Chats) -> None:
    settle(stage, emails=[TEAM])
    met = wrote(stage, "hello there")
    conversations.hand_over(stage.runtime, stage.store, met, "merchant")
    work(stage)
    assert stage.sink.mails == []


def test_outside_their_hours_the_customer_hears_from_when_on(stage: Stage, chats: Chats) -> None:
    tomorrow = (stage.now.isoweekday() % 7) + 1
    settle(stage, hours={str(tomorrow): {"start": "09:00", "end": "17:00"}})
    wrote(stage, "agent")
    [text] = said(stage)
    assert text.startswith("Nobody of our team is here right now.")
    assert "09:00" in text


def test_who_is_in_danger_hears_of_help_at_once(stage: Stage, chats: Chats) -> None:
    wrote(stage, "I want to kill myself")
    [text] = said(stage)
    assert "112" in text


def test_a_late_answer_rings_again_and_says_sorry_once(stage: Stage, chats: Chats) -> None:
    settle(stage, emails=[TEAM], answer_minutes=30)
    wrote(stage, "agent")
    work(stage)
    live(stage, 29)
    assert len(stage.sink.mails) == 1
    live(stage, 2)
    live(stage, 60)
    assert [str(mail["Subject"]) for mail in stage.sink.mails] == [
        "A customer wants to talk to a person",
        "A customer still waits for an answer",
    ]
    assert len(said(stage)) == 2
    assert "sorry" in said(stage)[1]


def test_an_answer_in_time_rings_no_more(stage: Stage, chats: Chats) -> None:
    settle(stage, emails=[TEAM], answer_minutes=30)
    met = wrote(stage, "agent")
    work(stage)
    answered(stage, met)
    live(stage, 31)
    assert len(stage.sink.mails) == 1


def answered(stage: Stage, customer_id: str) -> None:
    stage.database.write(
        lambda c: reply.queue(
            c, stage.runtime, stage.store, customer_id, INSTAGRAM, "Hi", author=Author.PERSON
        )
    )


def test_an_idle_conversation_goes_back_to_automation(stage: Stage, chats: Chats) -> None:
    settle(stage, back_hours=2)
    met = wrote(stage, "agent")
    work(stage)
    live(stage, 60)
    wrote(stage, "still there?")
    live(stage, 90)
    assert state(stage, met) == "human"
    live(stage, 31)
    assert state(stage, met) == "automated"
    [event] = stage.events("conversation.handed_back")
    assert event.data == {"by": "clock", "rule": "quiet"}
    assert stage.events("conversation.handed_over")[0].customer_id == met


def test_without_a_promise_nothing_is_looked_after(stage: Stage, chats: Chats) -> None:
    met = wrote(stage, "agent")
    work(stage)
    live(stage, 100 * 60)
    assert state(stage, met) == "human"
    with stage.database.reading() as connection:
        assert due.count(connection, stage.now + HOUR, stage.now)["conversations"] == 0


def test_where_a_person_is_only_offered_it_is_offered_once_an_hour(
    stage: Stage, chats: Chats
) -> None:
    settle(stage, is_automatic=False)
    for text in ("is the lining wool", "and the sleeves", "and the hood", "or the zip"):
        met = wrote(stage, text)
    assert state(stage, met) == "automated"
    [offer] = stage.rows(schema.replies)
    assert offer.content["buttons"][0]["payload"] == "AGENT"
    stage.pass_time(2 * HOUR)
    for text in ("is it blue", "is it red"):
        wrote(stage, text)
    assert len(stage.rows(schema.replies)) == 2


def test_of_a_store_that_left_nobody_is_told(stage: Stage, chats: Chats) -> None:
    settle(stage, emails=[TEAM])
    wrote(stage, "I will call my lawyer")
    stage.change(schema.stores, stage.store_id, status="uninstalled")
    work(stage)
    assert stage.sink.mails == []


def test_a_call_that_waits_keeps_no_address_and_takes_the_one_that_holds_then(
    stage: Stage, chats: Chats, program: str
) -> None:
    settle(stage, slack_url="https://hooks.slack.com/services/T1/B1/secret")
    met = stage.customer()
    with stage.database.writing() as connection:
        told = (connection, stage.runtime, stage.store, met, alerts.HANDED_OVER, stage.now)
        alerts.ring(*told)
    [call] = stage.rows(schema.outbox, kind="alert")
    assert "secret" not in f"{call.key} {call.payload}"
    settle(stage, slack_url=f"{program}?slack")
    work(stage)
    assert len(Program.told) == 1


def test_a_channel_in_trouble_is_told_once_a_day_signed_and_to_no_stranger(
    stage: Stage, chats: Chats, program: str
) -> None:
    settle(stage, emails=[TEAM], webhook_url=program)
    ring = partial(alerts.ring_of_channel, channel=INSTAGRAM, why="Meta 190: <revoked>")
    for _ in range(2):
        stage.database.write(lambda c: ring(c, stage.runtime, stage.store))
        work(stage)
    [mail] = stage.sink.mails
    assert mail["Subject"] == "Instagram does not work"
    words = mail.get_body(("plain",))
    assert words
    assert "The access token is not accepted any more." in words.get_content()
    [(headers, body)] = Program.told
    told = json.loads(body)
    assert told["type"] == "channel.in_trouble"
    assert told["data"] == {"channel": "instagram", "why": "Meta 190: <revoked>"}
    assert headers["webhook-signature"].startswith("v1,")
    assert stage.rows(schema.outbox, store_id=stage.stranger_id, kind="alert") == []
    for call in stage.rows(schema.outbox, kind="alert"):
        before = (stage.now - 25 * HOUR).isoformat()
        stage.change(schema.outbox, call.id, payload={**call.payload, "at": before})
    stage.database.write(lambda c: ring(c, stage.runtime, stage.store))
    work(stage)
    assert len(stage.sink.mails) == 2


def all_ask(stage: Stage, first: int, last: int) -> None:
    for number in range(first, last):
        wrote(stage, "agent", f"igsid-{number}", sender_name=f"P{number:02}")


def test_however_many_ask_for_a_person_an_hour_rings_so_often_and_then_once_for_all(
    stage: Stage, chats: Chats, program: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MOST_AN_HOUR", 3)
    settle(stage, emails=[TEAM], webhook_url=program)
    stage.change(schema.stores, stage.stranger_id, settings={"conversations": {"emails": ["x@y"]}})
    all_ask(stage, 0, 8)
    work(stage)
    many = "Many customers want to talk to a person"
    rang = [f"P0{number} wants to talk to a person" for number in range(3)]
    assert sorted(subjects(stage)) == sorted([many, *rang])
    in_hands = [one for one in stage.rows(schema.conversations) if one.state == "human"]
    assert len([one for one in in_hands if one.unread]) == 8, "the inbox shows every one"
    first = next(one for one in stage.rows(schema.customers) if one.first_name == "P00")
    stage.database.write(lambda c: threads.answered(c, stage.store_id, first.id, stage.now))
    hour_is_over(stage)
    assert subjects(stage)[4:] == ["Waiting for a person: 7"]
    body = stage.sink.mails[-1].get_body(("plain",))
    assert body
    assert body.get_content().splitlines()[2:9] == [f"P0{number}" for number in range(1, 8)]
    [told] = [
        one for _, body in Program.told
        if (one := json.loads(body))["type"] == "conversations.still_wait"
    ]  # fmt: skip
    assert (told["data"]["waiting"], len(told["data"]["customer_ids"])) == (7, 7)
    all_ask(stage, 20, 21)
    work(stage)
    assert subjects(stage)[5:] == ["P20 wants to talk to a person"], "the next hour rings again"
    assert stage.rows(schema.outbox, store_id=stage.stranger_id, kind="alert") == []


def test_many_who_wait_too_long_are_told_of_together_too(
    stage: Stage, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(stage, emails=[TEAM], answer_minutes=30)
    all_ask(stage, 0, 5)
    work(stage)
    monkeypatch.setattr(alerts, "MOST_AN_HOUR", 2)
    live(stage, 31)
    late = [one for one in subjects(stage) if "still waits" in one]
    assert len(late) == 2
    assert subjects(stage).count("Many customers want to talk to a person") == 1
    assert len([text for text in said(stage) if "sorry" in text]) == 5


def test_what_the_team_takes_over_itself_keeps_nobody_else_from_ringing(
    stage: Stage, chats: Chats, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alerts, "MOST_AN_HOUR", 1)
    settle(stage, emails=[TEAM])
    for number in range(3):
        met = wrote(stage, "hello there", f"igsid-{number}")
        conversations.hand_over(stage.runtime, stage.store, met, "merchant")
    wrote(stage, "agent", sender_name="Ada")
    work(stage)
    assert subjects(stage) == ["Ada wants to talk to a person"]
