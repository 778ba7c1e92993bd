"""Text that SQL can hold: PostgreSQL keeps no NUL, and no encoding keeps half a character."""

import re
from typing import Any

import orjson

REPLACEMENT = "\ufffd"
UNHEARD_OF = re.compile(rb"\\u(?:0000|d[89a-f])", re.IGNORECASE)
ESCAPE = re.compile(
    rb"\\(?:ud[89ab][0-9a-f]{2}\\ud[c-f][0-9a-f]{2}|u(?P<bad>0000|d[89a-f][0-9a-f]{2})|.)",
    re.IGNORECASE | re.DOTALL,
)
"""Any escape of JSON's; `bad`: a NUL, or half of a pair without the other."""


def clean(text: str) -> str:
    """Give the text with NUL and lone surrogates replaced; for doors that take any string."""
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def clean_json(body: bytes) -> bytes:
    """Give a JSON document in which no string holds a NUL or a lone surrogate."""
    return ESCAPE.sub(_whole, body) if UNHEARD_OF.search(body) else body


def _whole(escape: re.Match[bytes]) -> bytes:
    return rb"\ufffd" if escape["bad"] else escape[0]


def dumps(value: Any) -> str:
    """Write JSON that both databases take, whatever strings are in it."""
    try:
        written = orjson.dumps(value)
    except TypeError:  # a lone surrogate, or what is no JSON at all: that raises again
        written = orjson.dumps(_cleaned(value))
    return clean_json(written).decode()


def _cleaned(value: Any) -> Any:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, dict):
        return {_cleaned(key): _cleaned(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_cleaned(item) for item in value]
    return value
