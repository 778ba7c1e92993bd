"""Templates as WhatsApp Manager keeps them, and what Meta says of one wrongly filled."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

_BLANK = re.compile(r"\{\{\s*([A-Za-z0-9_]+)\s*\}\}")
Json = Mapping[str, Any]


def planted(app_url: str) -> list[dict[str, Any]]:
    """Give the templates that the account has from the beginning."""
    return [
        _template(
            1, "cart_reminder", "en_US", "MARKETING", "APPROVED",
            "Hi {{1}}, your {{2}} is still in your cart. Shall we hold it for you?",
            ["Ada", "Juniper candle"], "Reply STOP to end", _buttons(app_url, "Back to the cart"),
        ),
        _template(
            2, "cart_reminder", "de", "MARKETING", "APPROVED",
            "Hallo {{1}}, {{2}} liegt noch in Ihrem Warenkorb. Sollen wir es aufheben?",
            ["Ada", "Wacholderkerze"], "Ende mit STOP", _buttons(app_url, "Zum Warenkorb"),
        ),
        _template(
            3, "order_on_its_way", "en_US", "UTILITY", "APPROVED",
            "Good news: your order {{1}} is on its way.", ["#1001"], "", [],
        ),
        _template(
            4, "spring_sale", "en_US", "MARKETING", "PAUSED",
            "Spring is here: 10% off everything until Sunday.", [], "Reply STOP to end", [],
        ),
        _template(
            5, "new_arrivals", "en_US", "MARKETING", "REJECTED", "Look what came in, {{1}}!",
            ["Ada"], "", [], "INVALID_FORMAT",
        ),
    ]  # fmt: skip


def _buttons(app_url: str, label: str) -> list[dict[str, Any]]:
    url = f"{app_url}/cart/{{{{1}}}}"
    agent = {"type": "QUICK_REPLY", "text": "Talk to an agent"}
    return [{"type": "URL", "text": label, "url": url, "example": [f"{app_url}/cart/abc"]}, agent]


def _template(  # noqa: PLR0913, PLR0917  one template's parts
    number: int,
    name: str,
    language: str,
    category: str,
    status: str,
    body: str,
    examples: list[str],
    footer: str,
    buttons: list[dict[str, Any]],
    rejected: str = "NONE",
) -> dict[str, Any]:
    told: dict[str, Any] = {"type": "BODY", "text": body}
    if examples:
        told["example"] = {"body_text": [examples]}
    components = [told]
    if footer:
        components.append({"type": "FOOTER", "text": footer})
    if buttons:
        components.append({"type": "BUTTONS", "buttons": buttons})
    return {
        "id": f"59442547926{number:04}", "name": name, "language": language, "status": status,
        "category": category, "parameter_format": "POSITIONAL", "components": components,
        "rejected_reason": rejected, "quality_score": {"score": "UNKNOWN"},
    }  # fmt: skip


def refusal(template: Json | None, asked: Json) -> tuple[int, str] | None:
    """Give Meta's code and words for a template message that can't be sent; None: it can."""
    if template is None:
        return 132001, "Template name does not exist in the translation"
    if template["status"] == "PAUSED":
        return 132015, "Template is Paused"
    if template["status"] == "DISABLED":
        return 132016, "Template is Disabled"
    if template["status"] != "APPROVED":
        return 132001, "Template name does not exist in the translation"
    return _wrongly_filled(template, asked)


def _wrongly_filled(template: Json, asked: Json) -> tuple[int, str] | None:
    given = values_of(asked)
    for component in template["components"]:
        part = component["type"].lower()
        if part in ("header", "body"):
            wanted = len(set(_BLANK.findall(component.get("text", ""))))
            told = given.get(part, [])
            if len(told) != wanted:
                words = f"{part}: number of localizable_params ({len(told)}) does not match the"
                return 132000, f"{words} expected number of params ({wanted})"
            if any("\n" in one or "\t" in one or "    " in one or not one for one in told):
                return 132018, "Param text cannot have new-line/tab characters"
        for index, button in enumerate(component.get("buttons", ())):
            takes = button["type"] == "URL" and "{{" in button["url"]
            if takes and not given.get(f"button:{index}"):
                return 131008, f"buttons: Button at index {index} of type Url requires a parameter"
    return None


def values_of(asked: Json) -> dict[str, list[str]]:
    """Give what a message fills in, by part."""
    found: dict[str, list[str]] = {}
    for component in asked.get("components", ()):
        part = component["type"].lower()
        place = f"button:{component['index']}" if part == "button" else part
        found.setdefault(place, []).extend(_value(one) for one in component["parameters"])
    return found


def _value(told: Json) -> str:
    value = told.get(told["type"], "")
    return str(value.get("link", "") if isinstance(value, Mapping) else value)


def shown(template: Json, asked: Json) -> dict[str, Any]:
    """Give a template message as a phone shows it: its words and its buttons."""
    given, lines, buttons = values_of(asked), [], []
    for component in template["components"]:
        part = component["type"].lower()
        if part == "buttons":
            buttons = [_button(i, one, given) for i, one in enumerate(component["buttons"])]
        else:
            lines.append(_filled(component.get("text", ""), given.get(part, [])))
    return {"text": "\n".join(filter(None, lines)), "buttons": buttons}


def _filled(text: str, values: Sequence[str]) -> str:
    names = list(dict.fromkeys(_BLANK.findall(text)))
    told = dict(zip(names, values, strict=False))
    return _BLANK.sub(lambda found: told.get(found[1], found[0]), text)


def _button(index: int, button: Json, given: Mapping[str, Sequence[str]]) -> dict[str, str]:
    value = (given.get(f"button:{index}") or [""])[0]
    if button["type"] == "URL":
        return {"label": button["text"], "url": _BLANK.sub(lambda _: value, button["url"])}
    return {"label": button["text"], "payload": value or button["text"], "of": "template"}
