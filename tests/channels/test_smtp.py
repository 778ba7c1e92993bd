"""SMTP as a channel: the contract, and what each answer at each stage means."""

import dataclasses
import os
import ssl
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from channels.base import Outcome, Receipt, SendFailed
from channels.email import smtp_connection, smtp_handover
from channels.email.smtp import SmtpChannel, SmtpSettings
from marketing.model import RenderedMessage
from tests.channels.scripted_smtp import HANG_UP, SILENCE, Script, ScriptedServer
from tests.contracts.channel_contract import Answer, ChannelContract, failure_of

Build = Callable[..., RenderedMessage]


@pytest.fixture
def channel(server: ScriptedServer) -> Iterator[SmtpChannel]:
    made = SmtpChannel(SmtpSettings("127.0.0.1", server.port))
    yield made
    made.close()


@pytest.fixture
def logged_in(server: ScriptedServer) -> Iterator[SmtpChannel]:
    """A channel with a password, as in the demo: loopback, TLS not needed."""
    server.script.password = "hunter2"
    made = SmtpChannel.from_url(f"smtp://me:hunter2@127.0.0.1:{server.port}", demo=True)
    yield made
    made.close()


class SmtpProvider:
    def __init__(self, server: ScriptedServer) -> None:
        self.server = server

    def answers(self, what: Answer) -> None:
        script = self.server.script
        match what:
            case "accepted":
                script.answers = {}
            case "bad address":
                script.answers = {"RCPT": "550 5.1.1 no such user"}
            case "busy":
                script.answers = {"RCPT": "450 4.2.0 greylisted"}
            case "lost after taking":
                script.answers = {"BODY": HANG_UP}
            case "bad credentials":
                script.password = "another"

    def taken(self) -> int:
        return len(self.server.taken)


class TestSmtpIsAChannel(ChannelContract):
    @pytest.fixture
    def channel(self, logged_in: SmtpChannel) -> SmtpChannel:
        return logged_in

    @pytest.fixture
    def provider(self, server: ScriptedServer) -> SmtpProvider:
        return SmtpProvider(server)


STAGES = ["EHLO", "MAIL", "RCPT", "DATA"]


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize(
    ("verb", "answer", "outcome", "suppress"),
    [
        ("EHLO", "421 4.3.2 closing", Outcome.RETRY, False),
        ("EHLO", "554 5.3.2 no", Outcome.PAUSED, False),
        ("MAIL", "421 4.3.2 closing", Outcome.RETRY, False),
        ("MAIL", "451 4.3.0 later", Outcome.RETRY, False),
        ("MAIL", "550 5.1.8 bad sender", Outcome.REJECTED, False),
        ("MAIL", "530 5.7.0 log in first", Outcome.PAUSED, False),
        ("RCPT", "421 4.3.2 closing", Outcome.RETRY, False),
        ("RCPT", "450 4.2.0 greylisted", Outcome.RETRY, False),
        ("RCPT", "452 4.2.2 full", Outcome.RETRY, False),
        ("RCPT", "550 5.1.1 no such user", Outcome.REJECTED, True),
        ("RCPT", "550 no such user", Outcome.REJECTED, True),
        ("RCPT", "553 5.1.3 bad syntax", Outcome.REJECTED, True),
        ("RCPT", "550 5.7.1 blocked by policy", Outcome.REJECTED, False),
        ("RCPT", "550 rejected due to spam reputation", Outcome.REJECTED, False),
        ("RCPT", "552 5.2.2 mailbox full", Outcome.REJECTED, False),
        ("RCPT", "550 5.7.26 unauthenticated sender", Outcome.PAUSED, False),
        ("DATA", "421 4.3.2 closing", Outcome.RETRY, False),
        ("DATA", "451 4.3.0 later", Outcome.RETRY, False),
        ("DATA", "554 5.5.1 no", Outcome.REJECTED, False),
        ("BODY", "421 4.3.2 closing", Outcome.RETRY, False),
        ("BODY", "451 4.3.0 later", Outcome.RETRY, False),
        ("BODY", "554 5.7.1 spam", Outcome.REJECTED, False),
        ("BODY", "550 5.7.515 not authenticated", Outcome.PAUSED, False),
    ],
)
def test_each_answer_means_what_the_table_says(  # noqa: PLR0917 (a table's columns)
    server: ScriptedServer,
    channel: SmtpChannel,
    a_message: Build,
    verb: str,
    answer: str,
    outcome: Outcome,
    suppress: bool,
    pipelining: bool,
) -> None:
    server.script.answers = {verb: answer}
    if not pipelining:
        server.script.extensions = ()
    failure = failure_of(channel, a_message())
    assert (failure.outcome, failure.suppress) == (outcome, suppress)
    assert answer[:3] in failure.reason
    assert server.taken == []


@pytest.mark.parametrize("pipelining", [True, False])
@pytest.mark.parametrize("verb", STAGES)
def test_a_connection_lost_before_the_dot_may_be_tried_again(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build, verb: str, pipelining: bool
) -> None:
    server.script.answers = {verb: HANG_UP}
    if not pipelining:
        server.script.extensions = ()
    assert failure_of(channel, a_message()).outcome is Outcome.RETRY
    assert server.taken == []


@pytest.mark.parametrize("ending", [HANG_UP, SILENCE])
def test_after_the_dot_a_lost_answer_is_unknown(
    server: ScriptedServer,
    channel: SmtpChannel,
    a_message: Build,
    ending: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp_handover, "BODY_TIME", 0.3)
    server.script.answers = {"BODY": ending}
    assert failure_of(channel, a_message()).outcome is Outcome.UNKNOWN
    assert len(server.taken) == 1


def test_greylisting_waits_five_minutes(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    server.script.answers = {"RCPT": "450 4.2.0 greylisted"}
    assert failure_of(channel, a_message()).retry_after == 300


def test_one_refused_recipient_does_not_touch_its_neighbours(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    server.script.answers = {
        "RCPT": lambda line: "550 5.1.1 unknown" if "nobody" in line else "250 ok",
        "DATA": lambda _: "354 go on",
    }
    messages = [
        a_message(f"m{n}", to="nobody@example.com" if n % 3 == 0 else f"p{n}@example.com")
        for n in range(24)
    ]
    outcomes = dict(channel.send_many(messages))
    assert len(outcomes) == 24
    for message in messages:
        outcome = outcomes[message.message_id]
        assert isinstance(outcome, SendFailed if "nobody" in message.to else Receipt)
    taken = sorted(mail.recipient for mail in server.taken)
    assert taken == sorted(f"RCPT TO:<{m.to}>" for m in messages if "nobody" not in m.to)


def test_a_hang_up_after_one_dot_leaves_only_that_message_unknown(
    server: ScriptedServer, a_message: Build
) -> None:
    channel = SmtpChannel(SmtpSettings("127.0.0.1", server.port, connections=1))
    server.script.answers = {
        "BODY": lambda to: HANG_UP if "p5@" in to else "250 2.0.0 ok",
    }
    messages = [a_message(f"m{n}", to=f"p{n}@example.com") for n in range(12)]
    outcomes = dict(channel.send_many(messages))
    channel.close()
    unknown = [i for i, o in outcomes.items() if isinstance(o, SendFailed)]
    assert unknown == ["m5"]
    assert len(server.taken) == 12  # nothing went twice, and the rest over a new connection
    assert len({mail.recipient for mail in server.taken}) == 12


def test_three_refused_senders_in_a_row_pause_the_channel(
    server: ScriptedServer, a_message: Build
) -> None:
    channel = SmtpChannel(SmtpSettings("127.0.0.1", server.port, connections=1))
    server.script.answers = {"MAIL": "550 5.1.8 not yours"}
    outcomes = dict(channel.send_many([a_message(f"m{n}") for n in range(6)]))
    channel.close()
    told = [outcomes[f"m{n}"].outcome for n in range(6)]  # type: ignore[union-attr]
    assert told == [Outcome.REJECTED] * 2 + [Outcome.PAUSED] * 4


def test_connections_are_kept_between_batches(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    for number in range(5):
        channel.send(a_message(f"m{number}"))
    assert server.connections == 1
    assert len(server.taken) == 5


def test_a_kept_connection_that_the_server_closed_costs_nothing(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    channel.send(a_message("m1"))
    server.hang_up_on_everyone()
    time.sleep(0.05)
    assert channel.send(a_message("m2"))
    assert len(server.taken) == 2


def test_a_connection_carries_no_more_than_a_hundred_messages(
    server: ScriptedServer, a_message: Build
) -> None:
    channel = SmtpChannel(SmtpSettings("127.0.0.1", server.port, connections=1))
    outcomes = list(channel.send_many(a_message(f"m{n}") for n in range(250)))
    channel.close()
    assert len(outcomes) == len(server.taken) == 250
    carried = [sum(mail.connection == n for mail in server.taken) for n in (1, 2, 3)]
    assert carried == [100, 100, 50]


def test_an_idle_connection_is_not_used_again(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel.send(a_message("m1"))
    monkeypatch.setattr(smtp_connection, "MAX_IDLE", -1.0)
    channel.send(a_message("m2"))
    assert server.connections == 2


def test_a_fork_leaves_its_parents_connections_alone(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    channel.send(a_message("m1"))
    parent = channel._kept[0].process
    channel._kept[0].process = os.getpid() + 1  # as a forked process would see it
    channel.send(a_message("m2"))
    assert parent == os.getpid()
    assert server.connections == 2
    assert not any(command == "QUIT" for command in server.commands)


def test_many_messages_share_several_connections(server: ScriptedServer, a_message: Build) -> None:
    server.script.delay = 0.05
    channel = SmtpChannel(SmtpSettings("127.0.0.1", server.port, connections=8))
    began = time.monotonic()
    outcomes = list(channel.send_many([a_message(f"m{n}") for n in range(64)]))
    took = time.monotonic() - began
    channel.close()
    assert all(isinstance(outcome, Receipt) for _, outcome in outcomes)
    assert server.most_at_once == 8
    # One after the other each message costs 4 answers of 50 ms: 13 s.
    assert took < 8


def test_a_batch_ends_at_its_deadline(server: ScriptedServer, a_message: Build) -> None:
    settings = SmtpSettings("127.0.0.1", server.port, connections=1, deadline=0.5)
    server.script.answers = {"RCPT": SILENCE}
    channel = SmtpChannel(settings)
    began = time.monotonic()
    outcomes = dict(channel.send_many([a_message(f"m{n}") for n in range(5)]))
    channel.close()
    assert time.monotonic() - began < 15  # one answer is waited for twice as long
    assert len(outcomes) == 5
    assert all(
        isinstance(outcome, SendFailed) and outcome.outcome is Outcome.RETRY
        for outcome in outcomes.values()
    )


@pytest.mark.parametrize("script", [{"greeting": None}, {"answers": {"EHLO": SILENCE}}])
def test_a_server_that_never_greets_is_left(
    server: ScriptedServer,
    channel: SmtpChannel,
    a_message: Build,
    script: dict[str, object],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(smtp_connection, "OPENING_TIME", 0.3)
    server.script = Script(**script)  # type: ignore[arg-type]
    assert failure_of(channel, a_message()).outcome is Outcome.RETRY


def test_a_greeting_without_end_is_cut_off(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    server.script.greeting = "220-" + "x" * 200_000
    assert failure_of(channel, a_message()).outcome is Outcome.RETRY


def test_no_server_at_all_is_tried_again_later(a_message: Build) -> None:
    channel = SmtpChannel(SmtpSettings("127.0.0.1", 1))
    assert failure_of(channel, a_message()).outcome is Outcome.RETRY


def test_a_stopped_reader_leaves_nothing_open(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    outcomes = channel.send_many([a_message(f"m{n}") for n in range(40)])
    next(iter(outcomes))
    outcomes.close()  # type: ignore[attr-defined]
    assert len(list(channel.send_many([a_message(f"n{n}") for n in range(4)]))) == 4


@pytest.mark.parametrize("logins", ["PLAIN", "LOGIN", "CRAM-MD5 LOGIN PLAIN"])
def test_either_way_of_logging_in_serves(
    server: ScriptedServer, logged_in: SmtpChannel, a_message: Build, logins: str
) -> None:
    server.script.logins = logins
    assert logged_in.send(a_message())


class TestTls:
    @pytest.fixture(autouse=True)
    def _password(self, server: ScriptedServer) -> None:
        server.script.password = "hunter2"

    def a_channel(
        self, server: ScriptedServer, certificate: Path | None, scheme: str = "smtp"
    ) -> SmtpChannel:
        url = f"{scheme}://me:hunter2@127.0.0.1:{server.port}"
        return SmtpChannel.from_url(f"{url}?certificates={certificate}" if certificate else url)

    def test_it_starts_before_the_login(
        self,
        server: ScriptedServer,
        server_tls: ssl.SSLContext,
        certificate: Path,
        a_message: Build,
    ) -> None:
        server.script.tls = server_tls
        channel = self.a_channel(server, certificate)
        outcomes = dict(channel.send_many([a_message(f"m{n}") for n in range(20)]))
        channel.close()
        assert all(isinstance(outcome, Receipt) for outcome in outcomes.values())
        verbs = [command.split()[0] for command in server.commands]
        assert verbs.index("STARTTLS") < verbs.index("AUTH")

    def test_it_may_be_there_from_the_first_byte(
        self,
        server: ScriptedServer,
        server_tls: ssl.SSLContext,
        certificate: Path,
        a_message: Build,
    ) -> None:
        server.script.tls, server.script.implicit_tls = server_tls, True
        channel = self.a_channel(server, certificate, "smtps")
        assert channel.send(a_message())
        channel.close()

    def test_where_it_is_stripped_no_password_is_sent(
        self, server: ScriptedServer, a_message: Build
    ) -> None:
        failure = failure_of(self.a_channel(server, None), a_message())
        assert failure.outcome is Outcome.PAUSED
        assert not any(command.startswith("AUTH") for command in server.commands)

    def test_a_strangers_certificate_gets_no_password(
        self, server: ScriptedServer, server_tls: ssl.SSLContext, a_message: Build
    ) -> None:
        server.script.tls = server_tls
        failure = failure_of(self.a_channel(server, None), a_message())
        assert failure.outcome is Outcome.RETRY
        assert not any(command.startswith("AUTH") for command in server.commands)

    def test_words_slipped_in_before_it_are_not_believed(
        self,
        server: ScriptedServer,
        server_tls: ssl.SSLContext,
        certificate: Path,
        a_message: Build,
    ) -> None:
        server.script.tls = server_tls
        server.script.answers = {"STARTTLS": "220 go on\r\n250-injected\r\n250 AUTH PLAIN"}
        failure = failure_of(self.a_channel(server, certificate), a_message())
        assert failure.outcome is Outcome.RETRY
        assert not any(command.startswith("AUTH") for command in server.commands)


def test_what_arrives_is_what_was_sent(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    channel.send(a_message())
    body = server.taken[0].body
    assert b"Still there\r\n.\r\n..hidden\r\n" in body
    assert server.taken[0].sender.startswith("MAIL FROM:<hello@store.example> SIZE=")


def test_bounces_come_back_with_the_messages_id(server: ScriptedServer, a_message: Build) -> None:
    settings = SmtpSettings("127.0.0.1", server.port, bounces="b.example.com")
    channel = SmtpChannel(settings)
    channel.send(a_message("m7"))
    channel.close()
    assert server.taken[0].sender.startswith("MAIL FROM:<bounce+m7@b.example.com>")


def test_an_address_beyond_ascii_needs_a_server_that_takes_it(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    assert channel.send(a_message("m1", to="jürgen@müller.example"))
    assert server.taken[0].recipient == "RCPT TO:<jürgen@xn--mller-kva.example>"
    assert server.taken[0].sender.endswith(" SMTPUTF8")
    channel.close()
    server.script.extensions = ()
    assert failure_of(channel, a_message("m2", to="jürgen@example.com")).outcome is Outcome.REJECTED


def test_a_server_without_8bitmime_gets_ascii(
    server: ScriptedServer, channel: SmtpChannel, a_message: Build
) -> None:
    server.script.extensions = ("PIPELINING",)
    channel.send(dataclasses.replace(a_message(), text="Grüße, 19,99 €"))
    assert server.taken[0].body.isascii()
