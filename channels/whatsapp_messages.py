"""What WhatsApp's Cloud API is handed for one message: words, buttons, a list, or a template.

https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages, read 2026-11-22.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from channels.base import Outcome, SendFailed
from marketing.chat import Button, ChatContent, TemplateCall
from marketing.chat_limits import LIMITS
from marketing.model import ChannelName, RenderedMessage
from marketing.whatsapp import INTERACTIVE_TEXT, MOST_BUTTONS, MOST_ROW_LABEL, MOST_ROWS

MOST_PAYLOAD, MOST_ROW_PAYLOAD = 256, 200
MEDIA = frozenset({"image", "video", "document"})
JsonObject = dict[str, Any]


def body_of(message: RenderedMessage) -> JsonObject:
    """Give the body of the call; raises `SendFailed` for what WhatsApp would not take."""
    content = message.chat or ChatContent(message.text)
    if any(letter in message.subject + message.to for letter in "\r\n"):
        raise SendFailed("a name holds a line break", outcome=Outcome.REJECTED)
    frame = {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        **_recipient(message.to),
        "biz_opaque_callback_data": message.message_id,
    }
    if content.reply_to:
        frame["context"] = {"message_id": content.reply_to}
    return frame | (_template(content.template) if content.template else _free(content))


def _recipient(to: str) -> JsonObject:
    """A number is told by its digits; who hides it has an id of the business' own (BSUID)."""
    return {"to": to.removeprefix("+")} if to.startswith("+") else {"recipient": to}


def _free(content: ChatContent) -> JsonObject:
    text = content.text.strip()
    answers = [one for one in content.buttons if not one.url]
    opens = [one for one in content.buttons if one.url]
    most = INTERACTIVE_TEXT if answers or opens else LIMITS[ChannelName.WHATSAPP].text
    if not text:
        raise SendFailed("the message is empty", outcome=Outcome.REJECTED)
    if len(text) > most:
        words = f"the text has {len(text)} letters, and WhatsApp takes {most}"
        raise SendFailed(words, outcome=Outcome.REJECTED)
    if answers:
        links = "".join(f"\n{one.label}: {one.url}" for one in opens)
        return _interactive(f"{text}{links}", answers, content.menu)
    if opens:
        return _opening(text, opens[0], opens[1:])
    return {"type": "text", "text": {"body": text, "preview_url": "https://" in text}}


def _interactive(text: str, answers: Sequence[Button], menu: str) -> JsonObject:
    """Three answers are buttons; more of them are rows of a list."""
    if len(answers) <= MOST_BUTTONS and not menu:
        buttons = [
            {"type": "reply", "reply": {"id": _id(one, MOST_PAYLOAD), "title": _cut(one.label, 20)}}
            for one in answers
        ]
        return _as_interactive("button", text, {"buttons": buttons})
    rows = [_row(one) for one in answers[:MOST_ROWS]]
    return _as_interactive(
        "list", text, {"button": _cut(menu or "…", 20), "sections": [{"rows": rows}]}
    )


def _row(one: Button) -> JsonObject:
    label, hint = _cut(one.label, MOST_ROW_LABEL), one.label if len(one.label) > 24 else ""
    row = {"id": _id(one, MOST_ROW_PAYLOAD), "title": label}
    return row | ({"description": _cut(hint, 72)} if hint else {})


def _opening(text: str, first: Button, more: Iterable[Button]) -> JsonObject:
    links = "".join(f"\n{one.label}: {one.url}" for one in more)
    parameters = {"display_text": _cut(first.label, 20), "url": first.url}
    action = {"name": "cta_url", "parameters": parameters}
    return _as_interactive("cta_url", f"{text}{links}", action)


def _as_interactive(kind: str, text: str, action: JsonObject) -> JsonObject:
    told = {"type": kind, "body": {"text": text}, "action": action}
    return {"type": "interactive", "interactive": told}


def _template(call: TemplateCall) -> JsonObject:
    components = [*_texts(call.parameters), *_buttons(call.parameters)]
    told: JsonObject = {"name": call.name, "language": {"code": call.language}}
    if components:
        told["components"] = components
    return {"type": "template", "template": told}


def _texts(parameters: Sequence[Sequence[str]]) -> list[JsonObject]:
    """Give the header's and the body's values: by number in one entry, by name one each."""
    found: dict[str, list[JsonObject]] = {}
    for place, *values in parameters:
        part, _, name = place.partition(":")
        if part not in ("header", "body"):
            continue
        if name in MEDIA:
            told = [{"type": name, name: {"link": values[0]}}]
        elif name:
            told = [{"type": "text", "parameter_name": name, "text": values[0]}]
        else:
            told = [{"type": "text", "text": one} for one in values]
        found.setdefault(part, []).extend(told)
    return [{"type": part, "parameters": told} for part, told in found.items()]


def _buttons(parameters: Sequence[Sequence[str]]) -> list[JsonObject]:
    shapes: Mapping[str, str] = {
        "url": "text",
        "quick_reply": "payload",
        "copy_code": "coupon_code",
    }
    found = []
    for place, *values in parameters:
        if place.startswith("button:"):
            _, index, kind = place.split(":")
            shape = shapes[kind]
            told = {"type": shape, shape: values[0]}
            found.append({"type": "button", "sub_type": kind, "index": index, "parameters": [told]})
    return sorted(found, key=lambda one: int(one["index"]))


def _id(one: Button, most: int) -> str:
    return (one.payload or one.label)[:most]


def _cut(words: str, most: int) -> str:
    return words if len(words) <= most else f"{words[: most - 1].rstrip()}…"
