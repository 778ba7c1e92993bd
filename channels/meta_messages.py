"""What the Send API of Messenger and Instagram is handed for one message, within its limits.

https://developers.facebook.com/docs/messenger-platform/reference/send-api. A message is one call;
words before a row of cards are a call of their own, for cards carry none.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from channels.base import Outcome, SendFailed
from marketing.chat import Button, Card, ChatContent, WindowClosed, tag_of
from marketing.chat_limits import LIMITS, Limits
from marketing.model import ChannelName, RenderedMessage
from marketing.rests import RestKind

TEMPLATE_TEXT = 640
CARD_TEXT = 80
OURS = "reprise:"
"""How the metadata of our messages begins: other apps have theirs."""
WORDS_OF = {"messenger": "Messenger", "instagram": "Instagram"}
JsonObject = dict[str, Any]


def calls(message: RenderedMessage) -> list[JsonObject]:
    """Give the bodies of the calls that make up a message, in order.

    Raises `SendFailed` for what the platform would not take, or would take only from a person.
    """
    content = message.chat or ChatContent(message.text)
    limits = LIMITS[message.channel]
    _check(message, content, limits)
    frame, note = _frame(message, content), _note(message)
    return [frame | {"message": one | note} for one in _messages(content, limits)]


def _note(message: RenderedMessage) -> JsonObject:
    """Messenger's echo gives it back: tells of a hand-over whose answer was lost."""
    is_given_back = message.channel is ChannelName.MESSENGER
    return {"metadata": f"{OURS}{message.message_id}"} if is_given_back else {}


def _check(message: RenderedMessage, content: ChatContent, limits: Limits) -> None:
    if any(letter in message.subject + message.to for letter in "\r\n"):
        raise SendFailed("a name holds a line break", outcome=Outcome.REJECTED)
    size = limits.size(content.text)
    if size > limits.text:
        unit = "bytes" if limits.is_bytes else "letters"
        where = WORDS_OF[message.channel]
        words = f"the text has {size} {unit}, and {where} takes {limits.text}"
        raise SendFailed(words, outcome=Outcome.REJECTED)
    if not content.text and not content.cards:
        raise SendFailed("the message is empty", outcome=Outcome.REJECTED)


def _frame(message: RenderedMessage, content: ChatContent) -> JsonObject:
    """Say to whom it goes and in what capacity: a tag is a person's only, and only when late."""
    if content.comment:
        return {"recipient": {"comment_id": content.comment}}
    try:
        tag = tag_of(content.author, message.window_age)
    except WindowClosed as late:
        words = "the customer wrote too long ago for this message"
        raise SendFailed(
            words, outcome=Outcome.REJECTED, window_closed=True, rests=RestKind.WINDOW
        ) from late
    kind = {"messaging_type": "MESSAGE_TAG", "tag": tag} if tag else {"messaging_type": "RESPONSE"}
    return {"recipient": {"id": message.to}, **kind}


def _messages(content: ChatContent, limits: Limits) -> Iterator[JsonObject]:
    if not content.cards:
        yield _text(content, limits)
        return
    if content.text:
        yield {"text": content.text}
    elements = [_element(card, limits) for card in content.cards[: limits.cards]]
    yield _template({"template_type": "generic", "elements": elements}) | _quick_replies(
        content.buttons, limits
    )


def _text(content: ChatContent, limits: Limits) -> JsonObject:
    """Give words with their choices: a button that opens a page needs a template."""
    opens = [one for one in content.buttons if one.url]
    if not opens:
        return {"text": content.text} | _quick_replies(content.buttons, limits)
    if len(content.buttons) <= limits.buttons and len(content.text) <= TEMPLATE_TEXT:
        buttons = [_button(one, limits) for one in content.buttons]
        return _template({"template_type": "button", "text": content.text, "buttons": buttons})
    links = "\n".join(f"{one.label}: {one.url}" for one in opens)
    return {"text": f"{content.text}\n{links}"} | _quick_replies(content.buttons, limits)


def _template(payload: Mapping[str, Any]) -> JsonObject:
    return {"attachment": {"type": "template", "payload": dict(payload)}}


def _quick_replies(buttons: tuple[Button, ...], limits: Limits) -> JsonObject:
    answers = [one for one in buttons if not one.url][: limits.quick_replies]
    replies = [
        {"content_type": "text", "title": _cut(one.label, limits.label), "payload": one.payload}
        for one in answers
    ]
    return {"quick_replies": replies} if replies else {}


def _element(card: Card, limits: Limits) -> JsonObject:
    told: JsonObject = {"title": _cut(card.title, CARD_TEXT)}
    if card.subtitle:
        told["subtitle"] = _cut(card.subtitle, CARD_TEXT)
    if card.picture:
        told["image_url"] = card.picture
    if card.url:
        told["default_action"] = {"type": "web_url", "url": card.url}
    if card.buttons:
        told["buttons"] = [_button(one, limits) for one in card.buttons[: limits.buttons]]
    return told


def _button(one: Button, limits: Limits) -> JsonObject:
    title = _cut(one.label, limits.label)
    if one.url:
        return {"type": "web_url", "url": one.url, "title": title}
    return {"type": "postback", "title": title, "payload": one.payload}


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
