"""What Messenger and Instagram tell, read from payloads as Meta documents them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest

from channels.base import (
    Attachment,
    Callback,
    Erased,
    InboundKind,
    InboundMessage,
    StatusUpdate,
    Watermark,
)
from channels.instagram import InstagramChannel
from channels.messenger import MessengerChannel
from channels.meta import MetaApp
from channels.meta_inbox import InboxSettings, MetaInbox
from marketing.attachments import AttachmentKind
from marketing.model import MessageStatus

SAMPLES: dict[str, dict[str, Any]] = orjson.loads(
    (Path(__file__).parent.parent / "payloads" / "meta_webhooks.json").read_bytes()
)
PAGE, PSID, APP = "682498302938465", "5254059867943456", "1517776481860111"
IG, IGSID = "17841405309211844", "526345432345678"
DOOR = "https://app.example/callbacks/messenger/key"
AT = datetime(2016, 3, 23, 0, 25, 52, 478000, tzinfo=UTC)


@pytest.fixture
def messenger() -> MetaInbox:
    return MessengerChannel(InboxSettings(PAGE, MetaApp("token", "secret", "word", APP)))


@pytest.fixture
def instagram() -> MetaInbox:
    return InstagramChannel(InboxSettings(IG, MetaApp("token", "secret", "word", APP)))


def told(channel: MetaInbox, sample: str) -> Any:
    body = orjson.dumps(SAMPLES[channel.name][sample])
    found = channel.parse(Callback(DOOR, body))
    return found[0] if len(found) == 1 else found


@pytest.mark.parametrize(
    ("sample", "kind", "text", "payload"),
    [
        ("text", InboundKind.TEXT, "hello, world!", ""),
        ("quick reply", InboundKind.BUTTON, "Red", "a:ask:0"),
        ("image", InboundKind.ATTACHMENT, "", ""),
        ("sticker", InboundKind.ATTACHMENT, "", ""),
        ("postback", InboundKind.BUTTON, "Talk to an agent", "AGENT"),
        ("referral", InboundKind.REFERRAL, "", ""),
        ("reaction", InboundKind.REACTION, "❤️", ""),
        ("standby", InboundKind.TEXT, "are you there?", ""),
    ],
)
def test_what_somebody_does_on_messenger_is_read_as_what_it_is(
    messenger: MetaInbox, sample: str, kind: InboundKind, text: str, payload: str
) -> None:
    one = told(messenger, sample)
    assert isinstance(one, InboundMessage)
    assert (one.kind, one.text, one.payload) == (kind, text, payload)
    assert (one.sender, one.recipient, one.received_at) == (PSID, PAGE, AT)
    assert one.is_standby == (sample == "standby")
    assert one.referral == ("flow.abc" if sample in ("postback", "referral") else "")
    assert one.provider_id


@pytest.mark.parametrize(
    ("sample", "kind", "text"),
    [
        ("text", InboundKind.TEXT, "hello from Instagram"),
        ("quick reply", InboundKind.BUTTON, "Red"),
        ("postback", InboundKind.BUTTON, "Talk to an agent"),
        ("story reply", InboundKind.STORY_REPLY, "I want this"),
        ("story mention", InboundKind.STORY_MENTION, ""),
        ("unsupported", InboundKind.ATTACHMENT, ""),
        ("reaction", InboundKind.REACTION, "❤️"),
        ("referral", InboundKind.REFERRAL, ""),
    ],
)
def test_what_somebody_does_on_instagram_is_read_as_what_it_is(
    instagram: MetaInbox, sample: str, kind: InboundKind, text: str
) -> None:
    one = told(instagram, sample)
    assert isinstance(one, InboundMessage)
    assert (one.kind, one.text, one.sender) == (kind, text, IGSID)


def test_pictures_and_stickers_are_named(messenger: MetaInbox) -> None:
    picture = Attachment(AttachmentKind.PICTURE, url="https://scontent.example/red-shoes.jpg")
    assert told(messenger, "image").attachments == (picture,)
    assert told(messenger, "sticker").attachments == (Attachment(AttachmentKind.STICKER),)


def test_what_leads_to_a_page_of_the_platform_has_no_file_to_open(instagram: MetaInbox) -> None:
    assert told(instagram, "story mention").attachments == (Attachment(AttachmentKind.POST),)


def test_a_deleted_message_is_to_be_forgotten(instagram: MetaInbox) -> None:
    assert told(instagram, "deleted") == Erased(told(instagram, "text").provider_id)


@pytest.mark.parametrize(
    ("number", "mid", "sender", "ids"),
    [
        (1, "m_1", IGSID, ["m_1:edit:1"]),
        ("2", "m_1", IGSID, ["m_1:edit:2"]),
        (0, "m_1", IGSID, ["m_1"]),
        (1, "", IGSID, []),
        (1, "m_1", IG, []),
    ],
)
def test_a_change_is_heard_once_more_and_what_was_no_change_once(
    instagram: MetaInbox, number: object, mid: str, sender: str, ids: list[str]
) -> None:
    edit = {"mid": mid, "text": "Stop", "num_edit": number}
    event = {"sender": {"id": sender}, "recipient": {"id": IG}, "message_edit": edit}
    body = orjson.dumps({"object": "instagram", "entry": [{"id": IG, "messaging": [event]}]})
    found = instagram.parse(Callback(DOOR, body))
    assert [one.provider_id for one in found if isinstance(one, InboundMessage)] == ids
    assert len(found) == len(ids)


def test_taking_a_reaction_back_says_nothing(messenger: MetaInbox) -> None:
    assert told(messenger, "unreaction") == []


def test_an_event_without_an_id_has_the_same_one_whenever_it_is_told(messenger: MetaInbox) -> None:
    first, again = told(messenger, "referral"), told(messenger, "referral")
    assert first.provider_id == again.provider_id
    assert first.provider_id != told(messenger, "reaction").provider_id


def test_a_delivery_is_told_of_messages_and_of_all_before_them(messenger: MetaInbox) -> None:
    until = datetime(2016, 3, 22, 17, 47, 36, 253000, tzinfo=UTC)
    mid = "mid.1458668856218:ed81099e15d3f4f233"
    delivered = MessageStatus.DELIVERED
    assert told(messenger, "delivery") == [
        StatusUpdate(mid, delivered, AT, recipient=PSID),
        Watermark(PSID, delivered, until),
    ]
    assert told(messenger, "read") == Watermark(PSID, MessageStatus.OPENED, until)


def test_instagram_tells_of_one_message_that_it_was_seen(instagram: MetaInbox) -> None:
    seen = told(instagram, "seen")
    assert (seen.provider_id, seen.status, seen.recipient) == (
        "aWdfours",
        MessageStatus.OPENED,
        IGSID,
    )


def test_our_own_echo_says_that_a_message_went_out(messenger: MetaInbox) -> None:
    ours = told(messenger, "echo of ours")
    assert (ours.message_id, ours.status, ours.recipient) == ("0192", MessageStatus.SENT, PSID)


@pytest.mark.parametrize("sample", ["echo of a person", "echo of another app"])
def test_anothers_echo_is_what_the_store_said_itself(messenger: MetaInbox, sample: str) -> None:
    echo = told(messenger, sample)
    assert isinstance(echo, InboundMessage)
    assert (echo.is_echo, echo.sender, echo.recipient) == (True, PAGE, PSID)


def test_an_echo_that_names_no_app_is_told_by_its_id(instagram: MetaInbox) -> None:
    echo = told(instagram, "echo")
    assert (echo.is_echo, echo.recipient, echo.provider_id) == (True, IGSID, "aWdfecho")


def test_comments_are_read_with_who_wrote_them_and_where(
    messenger: MetaInbox, instagram: MetaInbox
) -> None:
    on_page, on_media = told(messenger, "comment"), told(instagram, "comment")
    assert (on_page.kind, on_page.sender, on_page.sender_name, on_page.referral) == (
        InboundKind.COMMENT, PSID, "Cinderella Hoover", "44444444_333",
    )  # fmt: skip
    assert (on_page.provider_id, on_page.text) == ("44444444_444444444", "How much is it?")
    assert (on_media.provider_id, on_media.text, on_media.sender_name) == (
        "17865799348089039", "price?", "ada",
    )  # fmt: skip
    assert told(instagram, "comment in a list").provider_id == "17865799348089040"
    assert told(messenger, "own comment") == told(messenger, "like") == []


def test_a_comment_is_as_old_as_it_says_else_as_its_webhook(
    messenger: MetaInbox, instagram: MetaInbox
) -> None:
    assert told(messenger, "comment").received_at == datetime(2018, 3, 8, 21, 33, 34, tzinfo=UTC)
    on_media = told(instagram, "comment").received_at
    assert on_media == datetime(2017, 8, 16, 17, 52, 56, tzinfo=UTC)


def test_a_deleted_comment_is_told_by_its_id(messenger: MetaInbox) -> None:
    assert told(messenger, "comment removed") == Erased("44444444_444444444")


def test_what_is_told_of_another_page_is_not_ours(messenger: MetaInbox) -> None:
    body = orjson.dumps(SAMPLES["messenger"]["text"]).replace(PAGE.encode(), b"999")
    assert messenger.parse(Callback(DOOR, body)) == []


def test_several_entries_with_several_events_are_all_read(messenger: MetaInbox) -> None:
    texts = ["text", "postback", "delivery", "comment"]
    entries = [SAMPLES["messenger"][one]["entry"][0] for one in texts]
    body = orjson.dumps({"object": "page", "entry": entries})
    assert len(messenger.parse(Callback(DOOR, body))) == 5


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"nonsense", b'{"object":"instagram","entry":[]}', b'{"entry":[]}', b"[" * 9999],
)
def test_what_is_no_webhook_of_a_page_is_an_error(messenger: MetaInbox, body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        messenger.parse(Callback(DOOR, body))


ODD: list[Any] = [None, 1, "x", [], {}, [1], [[]], {"id": []}, {"mid": {}}]


@pytest.mark.parametrize("where", ["messaging", "standby", "changes"])
@pytest.mark.parametrize("odd", ODD)
def test_odd_shapes_say_nothing_and_break_nothing(
    messenger: MetaInbox, where: str, odd: Any
) -> None:
    events = [
        odd, {"sender": odd}, {"sender": {"id": "1"}, "message": odd},
        {"sender": {"id": "1"}, "timestamp": odd, "delivery": {"mids": odd, "watermark": odd}},
        {"sender": {"id": "1"}, "read": {"watermark": odd}}, {"field": "feed", "value": odd},
    ]  # fmt: skip
    body = orjson.dumps({"object": "page", "entry": [{"id": PAGE, where: events}, {"id": odd}]})
    assert all(not isinstance(one, InboundMessage) for one in messenger.parse(Callback(DOOR, body)))
