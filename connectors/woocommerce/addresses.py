"""From what a merchant types to what we call a store: its home without the scheme."""

import re
from urllib.parse import urlsplit

from connectors.addresses import UnsafeAddress, public_address
from connectors.base import StoreUnavailable
from marketing.said import SaidError, say

LONGEST = 200
_PATH = re.compile(r"(/[\w.~%-]+)*")
_ADMIN = re.compile(r"/wp-(admin|login|json)\b.*$")


class BadAddress(SaidError):
    """No address of a store that we may call; the text is for the merchant."""


def store_domain(typed: str, *, may_be_local: bool = False) -> str:
    """Give `shop.example/store` of an address; raises `BadAddress`.

    In the demo a store may be on this machine and speak plain http.
    """
    text = typed.strip()
    if not text:
        raise BadAddress(say("Name your store's address: /woocommerce/install?store_url=https://…"))
    text = text if "://" in text else f"https://{text}"
    if not text.startswith("https://") and not (may_be_local and text.startswith("http://")):
        raise BadAddress(
            say(
                "Your store must be reached by https://, so that its key stays secret. Turn https "
                "on at your host and in WordPress (Settings, General), then connect again."
            )
        )
    host, port, path = _parts(text)
    try:
        public_address(host, port or 443, may_be_local=may_be_local)
    except (UnsafeAddress, StoreUnavailable):
        words = say(
            "No public website answers to {host}. Check the spelling; a store on your own "
            "computer or behind a password wall cannot be connected.",
            host=host,
        )
        raise BadAddress(words) from None
    return f"{host}:{port}{path}" if port else f"{host}{path}"


def _parts(text: str) -> tuple[str, int | None, str]:
    wrong = BadAddress(say("This is no address of a store. It looks like https://shop.example."))
    try:
        parts = urlsplit(text)
        host, port = (parts.hostname or "").encode("idna").decode(), parts.port
    except (ValueError, UnicodeError):
        raise wrong from None
    path = _ADMIN.sub("", parts.path).rstrip("/")
    is_plain = not (parts.username or parts.password) and _PATH.fullmatch(path)
    if not host or not re.fullmatch(r"[a-z0-9.-]+", host) or not is_plain or len(text) > LONGEST:
        raise wrong
    return host, port, path
