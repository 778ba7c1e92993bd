"""A mail server that fails at random, many times over: what must hold whatever happens."""

import random
from collections import Counter
from collections.abc import Callable

import pytest

from channels.base import Outcome, Receipt
from channels.email.smtp import SmtpChannel, SmtpSettings
from marketing.model import RenderedMessage
from tests.channels.scripted_smtp import HANG_UP, ScriptedServer

FAULTS = ["421 4.3.2 closing", "451 4.3.0 later", "554 5.7.1 no", HANG_UP]


@pytest.mark.parametrize("seed", range(12))
def test_each_message_has_one_outcome_and_none_goes_twice(
    server: ScriptedServer, a_message: Callable[..., RenderedMessage], seed: int
) -> None:
    chance = random.Random(seed)  # noqa: S311 (faults, not keys)

    def at_random(good: str) -> Callable[[str], str]:
        return lambda _: chance.choice(FAULTS) if chance.random() < 0.08 else good

    if seed % 2:
        server.script.extensions = ("8BITMIME",)
    server.script.answers = {
        "MAIL": at_random("250 ok"),
        "RCPT": at_random("250 ok"),
        "DATA": at_random("354 go on"),
        "BODY": at_random("250 2.0.0 ok"),
    }
    channel = SmtpChannel(SmtpSettings("127.0.0.1", server.port, connections=4))
    messages = [a_message(f"m{n}", to=f"p{n}@example.com") for n in range(120)]
    outcomes = list(channel.send_many(messages))
    channel.close()

    assert Counter(message_id for message_id, _ in outcomes) == Counter(
        message.message_id for message in messages
    )
    taken = Counter(mail.recipient for mail in server.taken)
    assert max(taken.values()) == 1
    for message_id, outcome in outcomes:
        was_taken = f"RCPT TO:<p{message_id[1:]}@example.com>" in taken
        if isinstance(outcome, Receipt):
            assert was_taken
        else:
            assert not was_taken or outcome.outcome is Outcome.UNKNOWN
