"""What comes with a message is kept as it was told, within bounds, and read back however old."""

import pytest

from marketing.attachments import (
    LONGEST_NAME,
    LONGEST_URL,
    MOST,
    Attachment,
    AttachmentKind,
    dump,
    kind_of_type,
    read,
)

PICTURE = Attachment(AttachmentKind.PICTURE, url="https://x/y.jpg")
FILE = Attachment(AttachmentKind.FILE, media_id="7", name="invoice.pdf")


def test_what_is_written_is_read_back() -> None:
    assert read(dump([PICTURE, FILE])) == [PICTURE, FILE]


def test_only_the_first_few_are_kept_and_no_endless_names() -> None:
    assert len(dump([PICTURE] * 50)) == MOST
    long = Attachment(AttachmentKind.FILE, url="h" * (LONGEST_URL + 1), name="n" * 999)
    assert read(dump([long])) == [Attachment(AttachmentKind.FILE, name="n" * LONGEST_NAME)]


@pytest.mark.parametrize("stored", [None, {}, "image", []])
def test_what_is_no_list_holds_nothing(stored: object) -> None:
    assert read(stored) == []


@pytest.mark.parametrize("stored", ["image", 7, {}, {"kind": "hologram", "url": "https://x"}])
def test_what_makes_no_sense_is_something_else_without_an_address(stored: object) -> None:
    assert read([stored]) == [Attachment(AttachmentKind.OTHER)]


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("image/jpeg", AttachmentKind.PICTURE),
        ("Image/PNG; charset=x", AttachmentKind.PICTURE),
        ("video/mp4", AttachmentKind.VIDEO),
        ("audio/amr", AttachmentKind.VOICE),
        ("text/vcard", AttachmentKind.CONTACT),
        ("application/pdf", AttachmentKind.FILE),
        ("", AttachmentKind.FILE),
    ],
)
def test_a_media_type_says_the_kind(told: str, kind: AttachmentKind) -> None:
    assert kind_of_type(told) is kind
