"""The templates of a WhatsApp account: what each leaves blank, and what may go into the blanks.

A template is Meta's: written and approved there, kept here as it was last told. What would be
refused for its parameters (132000, 132012, 132005) is found out here and never reaches Meta.
https://developers.facebook.com/docs/whatsapp/cloud-api/reference/messages#template-object and
/docs/whatsapp/business-management-api/message-templates/components, read 2026-11-22.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import urlsplit

from marketing.chat import TemplateCall
from marketing.said import Said, SaidError, say

MOST_BODY = 1024
MOST_HEADER = 60
MOST_CODE = 20
MOST_ADDRESS = 2000
APPROVED = "approved"
MARKETING = "marketing"
MEDIA = ("image", "video", "document")
_BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")


class BlankKind(StrEnum):
    """What a blank takes."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    DOCUMENT = "document"
    ADDRESS_END = "address_end"
    """The end of a button's address, behind what the template says of it."""
    CODE = "code"


@dataclass(frozen=True, slots=True)
class Blank:
    """One place to fill in: `header:1`, `body:first_name`, `header:image`, `button:0`."""

    place: str
    kind: BlankKind
    example: str = ""
    before: str = ""
    """Of a button's address: what stands before the blank."""


@dataclass(frozen=True, slots=True)
class MessageTemplate:
    """One template as Meta last told of it; `components` are Meta's own JSON."""

    name: str
    language: str
    category: str
    status: str
    components: Sequence[Mapping[str, Any]]
    reason: str | None = None
    quality: str | None = None
    is_named: bool = False
    """Its blanks have names, not numbers."""

    @property
    def is_sendable(self) -> bool:
        return self.status == APPROVED

    @property
    def is_marketing(self) -> bool:
        return self.category == MARKETING


class BadParameter(SaidError, ValueError):
    """What would go into a blank does not fit it; `place` is the blank's."""

    def __init__(self, place: str, said: Said) -> None:
        super().__init__(said)
        self.place = place


def blanks_of(template: MessageTemplate) -> tuple[Blank, ...]:
    """Give every blank of a template, in the order in which it is read."""
    return tuple(_blanks(template.components))


def _blanks(components: Sequence[Mapping[str, Any]]) -> Iterator[Blank]:
    for component in components:
        match _word(component, "type"):
            case "header":
                yield from _of_header(component)
            case "body":
                yield from _of_text("body", component)
            case "buttons":
                yield from _of_buttons(component.get("buttons") or ())
            case _:  # a footer, or a kind that is new
                pass


def _of_header(component: Mapping[str, Any]) -> Iterator[Blank]:
    form = _word(component, "format") or "text"
    if form in MEDIA:
        yield Blank(f"header:{form}", BlankKind(form))
    else:
        yield from _of_text("header", component)


def _of_text(part: str, component: Mapping[str, Any]) -> Iterator[Blank]:
    names = dict.fromkeys(_BLANK.findall(str(component.get("text") or "")))
    examples = _examples(part, component.get("example"))
    for position, name in enumerate(names):
        known = examples.get(name) or examples.get(str(position + 1), "")
        yield Blank(f"{part}:{name}", BlankKind.TEXT, known)


def _of_buttons(buttons: Sequence[Mapping[str, Any]]) -> Iterator[Blank]:
    for index, button in enumerate(buttons):
        kind, address = _word(button, "type"), str(button.get("url") or "")
        example = button.get("example")
        told = str(example[0] if isinstance(example, list) and example else example or "")
        if kind == "url" and (found := _BLANK.search(address)):
            before = address[: found.start()]
            yield Blank(f"button:{index}", BlankKind.ADDRESS_END, told, before)
        elif kind == "copy_code":
            yield Blank(f"button:{index}", BlankKind.CODE, told)


def _examples(part: str, example: Any) -> dict[str, str]:
    """Read Meta's examples: `body_text` is a list of lists, named ones tell their name."""
    if not isinstance(example, Mapping):
        return {}
    found: dict[str, str] = {}
    for one in example.get(f"{part}_text_named_params") or ():
        found[str(one.get("param_name"))] = str(one.get("example", ""))
    plain = example.get(f"{part}_text") or []
    plain = plain[0] if plain and isinstance(plain[0], list) else plain
    return {str(number): str(text) for number, text in enumerate(plain, 1)} | found


def quick_replies_of(template: MessageTemplate) -> tuple[tuple[int, str], ...]:
    """Give the buttons that only answer, as (index, label)."""
    buttons = next((c for c in template.components if _word(c, "type") == "buttons"), {})
    return tuple(
        (index, str(one.get("text") or ""))
        for index, one in enumerate(buttons.get("buttons") or ())
        if _word(one, "type") == "quick_reply"
    )


def call_of(
    template: MessageTemplate, values: Mapping[str, str], replies: Mapping[int, str] | None = None
) -> TemplateCall:
    """Fill a template's blanks (place -> value); raises `BadParameter` for what does not fit.

    `replies`: what the buttons that only answer carry, by their index. The parameters of the
    call are `("header:image", address)`, `("header", value ...)`, `("body", value ...)` or
    `("body:<name>", value)`, `("button:<index>:url" | ":copy_code" | ":quick_reply", value)`.
    """
    filled = [(blank, _value(blank, values.get(blank.place, ""))) for blank in blanks_of(template)]
    _check_lengths(template, {blank.place: value for blank, value in filled})
    parameters = list(_texts(template, filled))
    for blank, value in filled:
        if blank.kind is BlankKind.ADDRESS_END:
            parameters.append((f"{blank.place}:url", value))
        elif blank.kind is BlankKind.CODE:
            parameters.append((f"{blank.place}:copy_code", value))
    for index, payload in sorted((replies or {}).items()):
        parameters.append((f"button:{index}:quick_reply", payload))
    return TemplateCall(template.name, template.language, tuple(parameters))


def _texts(
    template: MessageTemplate, filled: Sequence[tuple[Blank, str]]
) -> Iterator[tuple[str, ...]]:
    for part in ("header", "body"):
        own = [(blank, value) for blank, value in filled if blank.place.startswith(f"{part}:")]
        media = [(blank.place, value) for blank, value in own if blank.kind in MEDIA]
        plain = [(blank, value) for blank, value in own if blank.kind is BlankKind.TEXT]
        yield from media
        if plain and template.is_named:
            yield from ((blank.place, value) for blank, value in plain)
        elif plain:
            numbered = sorted(plain, key=lambda one: _number(one[0]))
            yield (part, *(value for _, value in numbered))


def _number(blank: Blank) -> int:
    name = blank.place.partition(":")[2]
    return int(name) if name.isdigit() else 0


def _value(blank: Blank, told: str) -> str:
    """Give a value as Meta takes it: on one line, and never empty."""
    value = " ".join(told.split())
    if blank.kind is BlankKind.ADDRESS_END and blank.before and value.startswith(blank.before):
        value = value.removeprefix(blank.before)
    if not value:
        raise BadParameter(blank.place, say("It is empty."))
    if blank.kind in MEDIA and urlsplit(value).scheme != "https":
        raise BadParameter(blank.place, say("It is no address of a file: it begins with https://."))
    if blank.kind is BlankKind.ADDRESS_END and urlsplit(value).scheme in ("http", "https"):
        message = say(
            "It leads elsewhere than the template, which leads to {address}.", address=blank.before
        )
        raise BadParameter(blank.place, message)
    most = {BlankKind.CODE: MOST_CODE, BlankKind.TEXT: MOST_BODY}.get(blank.kind, MOST_ADDRESS)
    if len(value) > most:
        raise BadParameter(blank.place, say("It is longer than {most} characters.", most=most))
    return value


def _check_lengths(template: MessageTemplate, values: Mapping[str, str]) -> None:
    shown = shown_of(template, values)
    for part, most in (("header", MOST_HEADER), ("body", MOST_BODY)):
        if len(getattr(shown, part)) > most:
            message = say("Filled in, it is longer than {most} characters.", most=most)
            raise BadParameter(part, message)


@dataclass(frozen=True, slots=True)
class Shown:
    """A template as the customer reads it."""

    header: str
    body: str
    footer: str
    buttons: tuple[str, ...]
    media: str = ""
    """`image`, `video` or `document` where the header is one."""

    @property
    def text(self) -> str:
        """Say it all in plain words, as a thread shows it."""
        return "\n".join(part for part in (self.header, self.body, self.footer) if part)


def shown_of(template: MessageTemplate, values: Mapping[str, str]) -> Shown:
    """Give a template with its blanks filled (place -> value); what is missing stays blank."""
    said = {_word(one, "type"): one for one in template.components}
    header = said.get("header", {})
    form = _word(header, "format")
    buttons = said.get("buttons", {}).get("buttons") or ()
    return Shown(
        header=_filled("header", header, values),
        body=_filled("body", said.get("body", {}), values),
        footer=str(said.get("footer", {}).get("text") or ""),
        buttons=tuple(str(one.get("text") or "") for one in buttons),
        media=form if form in MEDIA else "",
    )


def _filled(part: str, component: Mapping[str, Any], values: Mapping[str, str]) -> str:
    text = str(component.get("text") or "")
    return _BLANK.sub(lambda found: values.get(f"{part}:{found[1]}") or found[0], text)


# As https://developers.facebook.com/docs/whatsapp/business-management-api/message-templates has
# `rejected_reason`, and the webhook `message_template_status_update` its `reason`.
REASONS: Mapping[str, Said] = {
    "ABUSIVE_CONTENT": say("Meta finds that it breaks WhatsApp's rules. Change its words at Meta."),
    "CATEGORY_NOT_AVAILABLE": say("Its category is not open to your account. Change it at Meta."),
    "INCORRECT_CATEGORY": say("Its words do not fit its category. Change its category at Meta."),
    "INVALID_FORMAT": say("Its form is wrong. Check its blanks and their examples at Meta."),
    "PROMOTIONAL": say("It advertises, which its category does not allow. Change it at Meta."),
    "SCAM": say("Meta takes it for fraud. Say at Meta more plainly who writes, and why."),
    "TAG_CONTENT_MISMATCH": say(
        "Its words do not fit its language or category. Change it at Meta."
    ),
}


def status_refusal(template: MessageTemplate) -> tuple[Said, Said] | None:
    """Say why a template can't be sent now, and what to do; None: it can."""
    if template.is_sendable:
        return None
    because = _reason_said(template.reason)
    match template.status:
        case "pending" | "in_appeal":
            what, remedy = say("Meta has not approved it yet"), say("Wait for it, or pick another.")
        case "paused":
            what = say("Meta has paused it")
            remedy = because or say("People complained about it. Pick another meanwhile.")
        case "rejected":
            what, remedy = say("Meta has rejected it"), because or say("Correct it at Meta.")
        case "disabled":
            what = say("Meta has disabled it for good")
            remedy = say("Pick another, or have a new one approved.")
        case _:
            what, remedy = say("It can't be sent"), say("Pick another.")
    return what, remedy


def _reason_said(reason: str | None) -> Said | None:
    if not reason:
        return None
    return REASONS.get(reason.upper()) or say("Meta's reason: {reason}.", reason=reason.rstrip("."))


def read_template(told: Mapping[str, Any]) -> MessageTemplate:
    """Read one template of Meta's list; raises KeyError or TypeError for what is none."""
    quality = told.get("quality_score")
    score = quality.get("score") if isinstance(quality, Mapping) else None
    reason = str(told.get("rejected_reason") or "")
    return MessageTemplate(
        name=str(told["name"]),
        language=str(told["language"]),
        category=_word(told, "category"),
        status=_word(told, "status"),
        components=[one for one in told.get("components") or () if isinstance(one, Mapping)],
        reason=None if reason in ("", "NONE") else reason,
        quality=str(score).lower() if score else None,
        is_named=_word(told, "parameter_format") == "named",
    )


def _word(told: Mapping[str, Any], name: str) -> str:
    return str(told.get(name) or "").lower()
