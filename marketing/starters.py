"""Messages to begin with in the editor: one in the store's look, and one that is nearly empty."""

from collections.abc import Mapping
from typing import Any

from marketing.tags import CART, DESTINATIONS, groups_of

Json = dict[str, Any]


def starters(trigger: str | None) -> Mapping[str, Json]:
    """Give what a message after a trigger can begin with, by key."""
    return {"branded": _branded(trigger), "blank": _template("", [])}


def _branded(trigger: str | None) -> Json:
    return _template(
        "",
        [
            {
                "kind": "heading",
                "id": "heading",
                "text": "Hello{% if customer.first_name %}, {{ customer.first_name }}{% endif %}",
            },
            {"kind": "text", "id": "text", "html": "<p></p>"},
            *_about(trigger),
            {"kind": "button", "id": "button", "label": "", "href": _href(trigger)},
            {"kind": "signature", "id": "signature"},
            {"kind": "social", "id": "social"},
        ],
    )


def _about(trigger: str | None) -> list[Json]:
    """Give the block that shows what the message is about, where it is about something."""
    groups = groups_of(trigger) if trigger else frozenset()
    if trigger in CART:
        return [{"kind": "products", "id": "products", "of": "cart"}]
    if "order" in groups:
        return [{"kind": "products", "id": "products", "of": "order"}]
    return [{"kind": "product", "id": "product"}] if "product" in groups else []


def _href(trigger: str | None) -> str:
    groups = groups_of(trigger) if trigger else frozenset({"store"})
    return next(one.href for one in DESTINATIONS if one.group in groups)


def _template(subject: str, blocks: list[Json]) -> Json:
    header, footer = {"kind": "header", "id": "header"}, {"kind": "footer", "id": "footer"}
    return {"subject": subject, "preview": "", "blocks": [header, *blocks, footer]}
