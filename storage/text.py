"""Text that SQL can hold: PostgreSQL keeps no NUL, and no encoding keeps half a character."""

import re
from typing import Any

import orjson

REPLACEMENT = "\ufffd"
NUL_ESCAPE = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")


def clean(text: str) -> str:
    """Give the text with NUL and lone surrogates replaced; for doors that take any string."""
    if "\0" in text:
        text = text.replace("\0", REPLACEMENT)
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")


def clean_json(body: bytes) -> bytes:
    """Give a JSON document in which no string holds a NUL."""
    return NUL_ESCAPE.sub(rb"\1\\ufffd", body) if b"\\u0000" in body else body


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
