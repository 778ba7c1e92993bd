"""Our DKIM signatures against another implementation's reading of them."""

from dataclasses import replace

import dkim as oracle
import pytest

from channels.email import dkim
from channels.email.mime import assemble
from marketing.model import ChannelName, RenderedMessage, Signing

PEM, PUBLIC = dkim.new_key()
SIGNING = Signing("maple.example", "reprise", PEM)
MESSAGE = RenderedMessage(
    message_id="1",
    channel=ChannelName.EMAIL,
    to="ada@example.com",
    to_name="Ada Reyes",
    sender="hello@maple.example",
    sender_name="Maple & Moss, für alle",
    subject="Noch da? " * 20,
    html="<p>Hello  there</p> \r\n\r\n",
    text="Hello \n.a line with a dot\n\n\n",
    headers={
        "Message-ID": "<1@maple.example>",
        "List-Unsubscribe": f"<https://app.example.com/u/{'x' * 120}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    },
)


def dns(name: bytes, timeout: int = 5) -> bytes:
    del timeout
    assert name == b"reprise._domainkey.maple.example."
    return f"v=DKIM1; k=rsa; p={PUBLIC}".encode()


def is_good(raw: bytes) -> bool:
    return bool(oracle.verify(raw, dnsfunc=dns))


@pytest.mark.parametrize("html", [MESSAGE.html, "<p>Grüße</p>", "", "x" * 5000, "日本語" * 200])
def test_another_implementation_takes_our_signature(html: str) -> None:
    raw = dkim.signed(assemble(replace(MESSAGE, html=html), eight_bit=False), SIGNING)
    assert is_good(raw)
    assert max(map(len, raw.split(b"\r\n\r\n")[0].split(b"\r\n"))) < 998


@pytest.mark.parametrize(
    ("before", "after"),
    [(b"Hello", b"HELLO"), (b"ada@example.com", b"eve@example.com"), (b"One-Click", b"Two")],
)
def test_whoever_changes_a_signed_message_breaks_it(before: bytes, after: bytes) -> None:
    raw = dkim.signed(assemble(MESSAGE, eight_bit=False), SIGNING)
    assert not is_good(raw.replace(before, after))
    assert not is_good(b"From: eve@example.com\r\n" + raw)


def test_a_key_is_not_told_by_accident() -> None:
    assert "PRIVATE" not in repr(SIGNING)
