"""The mail sink is a faithful witness, and the mailbox shows what it took."""

import smtplib
import socket
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from typing import Any

import httpx
import pytest

from sandbox.serve import Sandbox
from tests.sandbox.fake_app import FakeApp


def mail(to: str = "ada@example.com", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Maple & Moss <hello@maple-and-moss.example>"
    message["To"] = to
    message["Subject"] = "Noch da, Ada? Ihre Sachen sind gesichert. 22 €"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content("Grüße\n.\n.. zwei Punkte\n")
    message.add_alternative("<head></head><p>Grüße</p>", subtype="html")
    return message


@pytest.fixture
def smtp(sandbox: Sandbox) -> Iterator[smtplib.SMTP]:
    with smtplib.SMTP("127.0.0.1", sandbox.sink.port, timeout=5) as server:
        yield server


def messages(sandbox: Sandbox, to: str = "") -> list[dict[str, Any]]:
    told: list[dict[str, Any]] = httpx.get(
        f"{sandbox.world.mailbox_url}/api/messages", params={"to": to} if to else {}
    ).json()
    return told


def fault(sandbox: Sandbox, **asked: Any) -> httpx.Response:
    return httpx.post(f"{sandbox.world.mailbox_url}/api/faults", json=asked)


def test_a_mail_is_shown_as_it_was_meant(sandbox: Sandbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail(List_Unsubscribe="<http://127.0.0.1:1/u/x>"))
    (told,) = messages(sandbox, "Ada@Example.com")
    assert told["to"] == "ada@example.com"
    assert told["from"] == "Maple & Moss <hello@maple-and-moss.example>"
    assert told["subject"] == "Noch da, Ada? Ihre Sachen sind gesichert. 22 €"
    assert told["text"].splitlines() == ["Grüße", ".", ".. zwei Punkte"]
    assert "<p>Grüße</p>" in told["html"]
    assert told["headers"]["List-Unsubscribe"] == "<http://127.0.0.1:1/u/x>"
    assert datetime.fromisoformat(told["received_at"]).tzinfo


def test_mails_come_oldest_first_and_duplicates_are_witnessed(
    sandbox: Sandbox, smtp: smtplib.SMTP
) -> None:
    first, second = mail(Message_ID="<1@x>"), mail(Message_ID="<2@x>")
    for message in (first, second, first):
        smtp.send_message(message)
    smtp.send_message(mail("grace@example.com"))
    ids = [told["headers"]["Message-ID"] for told in messages(sandbox, "ada@example.com")]
    assert ids == ["<1@x>", "<2@x>", "<1@x>"]
    assert len(messages(sandbox)) == 4
    assert httpx.delete(f"{sandbox.world.mailbox_url}/api/messages").status_code == 204
    assert messages(sandbox) == []


def test_mails_bear_business_time(sandbox: Sandbox, smtp: smtplib.SMTP, fake_app: FakeApp) -> None:
    fake_app.offset = timedelta(days=3)
    httpx.get(f"{sandbox.world.admin_url}/api/clock")
    smtp.send_message(mail())
    received = datetime.fromisoformat(messages(sandbox)[0]["received_at"])
    assert received - datetime.now(received.tzinfo) > timedelta(days=2, hours=23)


def test_pipelined_commands_are_answered_in_order(sandbox: Sandbox) -> None:
    with socket.create_connection(("127.0.0.1", sandbox.sink.port), timeout=5) as line:
        reader = line.makefile("rb")
        assert reader.readline().startswith(b"220 ")
        line.sendall(b"EHLO me\r\n")
        offers = [reader.readline() for _ in range(5)]
        assert b"250-PIPELINING\r\n" in offers
        assert b"250-8BITMIME\r\n" in offers
        assert b"250-SMTPUTF8\r\n" in offers
        envelope = b"MAIL FROM:<a@x> SMTPUTF8\r\nRCPT TO:<b@x>\r\nDATA\r\n"
        body = b"Subject: one\r\n\r\nhi\r\n.\r\n"
        line.sendall(envelope + body + envelope + body + b"QUIT\r\n")
        codes = [reader.readline()[:3] for _ in range(9)]
    assert codes == [b"250", b"250", b"354", b"250"] * 2 + [b"221"]
    assert len(messages(sandbox)) == 2


@pytest.mark.parametrize("code", [421, 450, 550])
@pytest.mark.parametrize("stage", ["mail", "rcpt", "data", "dot"])
def test_a_refusal_comes_at_its_stage_and_passes(sandbox: Sandbox, stage: str, code: int) -> None:
    assert fault(sandbox, where=stage, code=code).status_code == 201
    with smtplib.SMTP("127.0.0.1", sandbox.sink.port) as server:
        with pytest.raises(smtplib.SMTPException) as refusal:
            server.send_message(mail())
        assert str(code) in repr(refusal.value)
    assert messages(sandbox) == []
    with smtplib.SMTP("127.0.0.1", sandbox.sink.port) as server:
        server.send_message(mail())
    assert len(messages(sandbox)) == 1


def test_a_server_can_refuse_to_talk(sandbox: Sandbox) -> None:
    fault(sandbox, where="connect", code=421)
    with pytest.raises(smtplib.SMTPConnectError):
        smtplib.SMTP("127.0.0.1", sandbox.sink.port)


@pytest.mark.parametrize(("recorded", "kept"), [(True, 1), (False, 0)])
def test_a_line_can_break_after_the_dot_with_or_without_the_mail_kept(
    sandbox: Sandbox,
    smtp: smtplib.SMTP,
    recorded: bool,
    kept: int,
) -> None:
    fault(sandbox, where="dot", what="disconnect", recorded=recorded)
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionResetError)):
        smtp.send_message(mail())
    assert len(messages(sandbox)) == kept


def test_an_answer_can_be_slow(sandbox: Sandbox, smtp: smtplib.SMTP) -> None:
    fault(sandbox, where="dot", what="delay", seconds=0.3)
    started = time.monotonic()
    smtp.send_message(mail())
    assert time.monotonic() - started > 0.3
    assert len(messages(sandbox)) == 1


def test_trouble_can_meet_one_recipient_until_it_is_called_off(
    sandbox: Sandbox, smtp: smtplib.SMTP
) -> None:
    fault(sandbox, where="rcpt", code=550, match="bad@", times=None)
    for _ in range(2):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.send_message(mail("bad@example.com"))
    smtp.send_message(mail())
    httpx.delete(f"{sandbox.world.mailbox_url}/api/faults")
    smtp.send_message(mail("bad@example.com"))
    assert len(messages(sandbox)) == 2


def test_a_senseless_fault_is_refused(sandbox: Sandbox) -> None:
    refused = fault(sandbox, where="moon")
    assert refused.status_code == 400
    assert "dot" in refused.json()["error"]


def test_the_mailbox_unsubscribes_as_a_provider_does(
    sandbox: Sandbox, smtp: smtplib.SMTP, fake_app: FakeApp
) -> None:
    link = f"<{fake_app.url}/webhooks/shopify>, <mailto:out@x.example>"
    smtp.send_message(mail(List_Unsubscribe=link))
    number = messages(sandbox)[0]["id"]
    page = httpx.post(
        f"{sandbox.world.mailbox_url}/messages/{number}/unsubscribe", follow_redirects=True
    )
    assert "it answered 200" in page.text
    headers, body = fake_app.webhooks[0]
    assert body == b"List-Unsubscribe=One-Click"
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"


def test_a_mails_own_page_runs_nothing(sandbox: Sandbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail())
    number = messages(sandbox)[0]["id"]
    body = httpx.get(f"{sandbox.world.mailbox_url}/messages/{number}/html")
    assert body.headers["Content-Security-Policy"].startswith("sandbox allow-popups")
    assert "script-src" not in body.headers["Content-Security-Policy"]
    assert '<base target="_blank">' in body.text
    page = httpx.get(f"{sandbox.world.mailbox_url}/messages/{number}").text
    assert "Noch da, Ada?" in page
    assert httpx.get(f"{sandbox.world.mailbox_url}/").status_code == 200


def test_mails_outlive_a_restart(sandbox: Sandbox, smtp: smtplib.SMTP) -> None:
    smtp.send_message(mail())
    again = Sandbox(sandbox.world.settings, sandbox.world.subscriptions)
    kept = again.world.state.rows("SELECT recipient FROM mails")
    again.world.close()
    assert kept == [("ada@example.com",)]
