"""What the app declares to Shopify in `shopify.app.toml`: the one place of scopes and topics."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_name("app") / "shopify.app.toml"


@cache
def _declared() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text(encoding="utf-8"))


def scopes() -> tuple[str, ...]:
    """Give the access scopes that the app asks for."""
    return tuple(_declared()["access_scopes"]["scopes"].split(","))
