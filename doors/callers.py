"""Who knocks at a door, as far as the network can tell."""

from flask import request


def caller() -> str:
    """Give the address that knocks: what the nearest proxy says, where there is one."""
    named = request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip()
    return named or request.remote_addr or ""
