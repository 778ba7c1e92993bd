"""MIME from prepared parts, held against the standard library's reader on hostile input."""

import email
import email.policy
import re
from email.header import decode_header, make_header
from email.headerregistry import Address
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from channels.email import mime
from channels.email.mime import HeaderRefused, assemble, envelope_address, mailbox, unstructured
from marketing.model import ChannelName, RenderedMessage

HOSTILE = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            '\r\n\x00\t "\\<>@,;:()=?_.-äßé€日本👩‍👩‍👧\u202e\u200d\u0301\x7f\x85\u2028'
        ),
    ),
    max_size=80,
)
HEADER_SAFE = HOSTILE.filter(lambda text: not re.search("[\r\n\x00]", text))


def a_message(**fields: Any) -> RenderedMessage:
    given: dict[str, Any] = {
        "message_id": "m1",
        "channel": ChannelName.EMAIL,
        "to": "ada@example.com",
        "to_name": "Ada",
        "sender": "hello@store.example",
        "sender_name": "Maple & Moss",
        "subject": "Your items are saved",
        "html": "<p>Hi</p>",
        "text": "Hi",
        "headers": {"Message-ID": "<m1@store.example>", "Date": "Sun, 22 Nov 2026 21:00:00 +0000"},
    }
    return RenderedMessage(**{**given, **fields})


def read(message: RenderedMessage, *, eight_bit: bool = True) -> EmailMessage:
    """Read a message back with the standard library, its lines first checked to be lines."""
    wire = assemble(message, eight_bit=eight_bit)
    assert b"\r" not in wire.replace(b"\r\n", b"")
    assert b"\n" not in wire.replace(b"\r\n", b"")
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert wire.endswith(b"\r\n")
    parsed = email.message_from_bytes(wire, policy=email.policy.default)
    assert isinstance(parsed, EmailMessage)
    assert not parsed.defects
    return parsed


def words(part: EmailMessage | None) -> str:
    assert part is not None
    content: str = part.get_content()
    return content.replace("\r\n", "\n")


def shown(text: str) -> str:
    """What of a subject or name may arrive."""
    return re.sub("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", "", text)


def test_a_message_has_two_parts_and_its_headers_once() -> None:
    parsed = read(
        a_message(headers={"Message-ID": "<m1@x>", "List-Unsubscribe": "<https://a/u/t>"})
    )
    assert parsed.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in parsed.iter_parts()] == ["text/plain", "text/html"]
    assert parsed["List-Unsubscribe"] == "<https://a/u/t>"
    ours = ["content-type", "date", "from", "list-unsubscribe", "message-id", "mime-version"]
    assert sorted(name.lower() for name in parsed) == [*ours, "subject", "to"]


def test_the_time_given_is_the_date_of_the_message() -> None:
    assert read(a_message())["Date"].datetime.isoformat() == "2026-11-22T21:00:00+00:00"
    assert read(a_message(headers={}))["Date"].datetime.tzinfo is not None


@settings(max_examples=120)
@given(HEADER_SAFE)
def test_any_subject_arrives_as_it_was(subject: str) -> None:
    parsed = read(a_message(subject=subject))
    assert str(parsed["Subject"]) == shown(subject).strip()
    assert all(len(line) <= 78 for line in unstructured(subject, first=9).split("\r\n"))


@settings(max_examples=120)
@given(HEADER_SAFE)
def test_any_name_arrives_as_it_was(name: str) -> None:
    parsed = read(a_message(sender_name=name, to_name=name))
    expected = " ".join(shown(name).split())
    for header in ("From", "To"):
        [address] = parsed[header].addresses
        # Python 3.11's reader leaves the space of a fold between encoded words; RFC 2047 does not.
        assert address.display_name.replace(" ", "") == expected.replace(" ", "")
    if "=?utf-8?b?" in mime.phrase(name):
        assert str(make_header(decode_header(mime.phrase(name)))) == expected
    assert parsed["From"].addresses[0].addr_spec == "hello@store.example"


@settings(max_examples=100)
@given(HOSTILE, HOSTILE, st.booleans())
def test_any_body_arrives_as_it_was(text: str, html: str, eight_bit: bool) -> None:
    parsed = read(a_message(text=text, html=html), eight_bit=eight_bit)

    def plain(body: str) -> str:
        return body.replace("\r\n", "\n").replace("\r", "\n")

    assert words(parsed.get_body(("plain",))) == plain(text)
    assert words(parsed.get_body(("html",))) == plain(html)


@pytest.mark.parametrize("eight_bit", [True, False])
@pytest.mark.parametrize(
    "body",
    [
        "x" * 5_000,
        "é" * 5_000,
        "日本語" * 2_000,
        ".\n..\n.\n",
        "From here\n--=_reprise\n--=_reprise--\nend",
        "trailing space \nand tab\t\n\n\n",
        "a\rb\r\nc\nd",
        "=3D =?utf-8?q?x?= =\n=",
        "",
    ],
)
def test_odd_bodies_arrive_too(body: str, eight_bit: bool) -> None:
    parsed = read(a_message(text=body, html=body), eight_bit=eight_bit)
    expected = body.replace("\r\n", "\n").replace("\r", "\n")
    assert words(parsed.get_body(("plain",))) == words(parsed.get_body(("html",))) == expected


def test_a_server_for_seven_bits_gets_seven() -> None:
    wire = assemble(a_message(text="Grüße €", html="<p>日本</p>", subject="€"), eight_bit=False)
    assert wire.isascii()


@pytest.mark.parametrize("line_break", ["\r\n", "\n", "\r", "\x00"])
@pytest.mark.parametrize("field", ["subject", "sender_name", "to_name", "to", "sender"])
def test_a_line_break_in_a_header_is_refused(field: str, line_break: str) -> None:
    value = f"a{line_break}Bcc: all@example.com"
    with pytest.raises(HeaderRefused) as caught:
        assemble(a_message(**{field: value}), eight_bit=True)
    assert "Bcc" not in str(caught.value)


@pytest.mark.parametrize(
    "headers",
    [
        {"X-A": "a\r\nBcc: b@example.com"},
        {"X-A\r\nBcc": "b@example.com"},
        {"X A": "b"},
        {"X:A": "b"},
        {"": "b"},
        {"Bcc": "b@example.com"},
        {"bcc": "b@example.com"},
        {"Subject": "another"},
        {"Content-Type": "text/html"},
    ],
)
def test_headers_that_messages_may_not_bring_are_refused(headers: dict[str, str]) -> None:
    with pytest.raises(HeaderRefused):
        assemble(a_message(headers=headers), eight_bit=True)


def test_a_name_that_turns_the_reading_direction_is_straightened() -> None:
    parsed = read(a_message(sender_name="Store \u202egpj.exe\u202c", subject="a\u2066b\u2069c"))
    assert parsed["From"].addresses[0].display_name == "Store gpj.exe"
    assert parsed["Subject"] == "abc"


@pytest.mark.parametrize(
    "name",
    [
        "👩‍👩‍👧 Family",
        "Zoë Ångström",
        "שלום",
        "e\u0301",
        "Zero\u200bwidth",
        "=?utf-8?q?x?=",
        "a, b",
        '"q"',
    ],
)
def test_names_of_all_scripts_arrive_exactly(name: str) -> None:
    assert read(a_message(to_name=name))["To"].addresses[0].display_name == name


def test_a_long_subject_of_wide_characters_is_cut_between_characters() -> None:
    subject = "👩‍👩‍👧日本語ß" * 20
    written = unstructured(subject, first=9)
    assert all(len(line) <= 76 for line in written.split("\r\n"))
    assert read(a_message(subject=subject))["Subject"] == subject


@pytest.mark.parametrize(
    "address",
    [
        "",
        "ada",
        "@example.com",
        "ada@",
        "ada@@example.com",
        "ada@example.com, eve@example.com",
        "ada@example.com>\r\nRCPT TO:<eve@example.com",
        "<ada@example.com>",
        "Ada <ada@example.com>",
        "a da@example.com",
        ".ada@example.com",
        "ada..b@example.com",
        '"ada b"@example.com',
        "ada@exa mple.com",
        "ada@-example.com",
        "ada@example..com",
        "ada@[127.0.0.1]",
        "a" * 65 + "@example.com",
        "ada@" + "a" * 260 + ".com",
        "ada\u202e@example.com",
        "ada\x00@example.com",
    ],
)
def test_what_is_no_plain_address_is_refused(address: str) -> None:
    with pytest.raises(HeaderRefused):
        envelope_address(address)


@pytest.mark.parametrize(
    ("address", "written"),
    [
        ("ada@example.com", "ada@example.com"),
        ("Ada.Lovelace+cart@Example.com", "Ada.Lovelace+cart@Example.com"),
        ("o'hara_1@sub.example.co.uk", "o'hara_1@sub.example.co.uk"),
        ("ada@münchen.example", "ada@xn--mnchen-3ya.example"),
        ("ada@localhost", "ada@localhost"),
    ],
)
def test_a_plain_address_is_written_for_the_wire(address: str, written: str) -> None:
    assert envelope_address(address) == written
    assert Address(addr_spec=written).addr_spec == written


def test_a_local_part_beyond_ascii_needs_smtputf8() -> None:
    assert envelope_address("jürgen@example.com", utf8=True) == "jürgen@example.com"
    with pytest.raises(HeaderRefused):
        envelope_address("jürgen@example.com")


def test_a_name_of_nothing_leaves_the_address() -> None:
    assert mailbox("\u202e", "ada@example.com") == "ada@example.com"
    assert mailbox(None, "ada@example.com") == "ada@example.com"


def test_the_boundary_can_be_in_no_encoded_body() -> None:
    body = "\n--" + mime.BOUNDARY.decode() + "--\n"
    parsed = read(a_message(text=body, html=body))
    assert len(list(parsed.iter_parts())) == 2
