"""Who may knock at the sandbox: this machine, and pages of this machine."""

from urllib.parse import urlsplit

from flask import Flask, abort, request

_HERE = {"127.0.0.1", "localhost", "[::1]"}


def guard(app: Flask) -> None:
    """Refuse other names for this machine (DNS rebinding) and writes from foreign pages."""

    @app.before_request
    def check() -> None:
        if request.host.rsplit(":", 1)[0] not in _HERE:
            abort(403, "the sandbox answers on this machine's own address only")
        origin = request.headers.get("Origin", "")
        if request.method not in {"GET", "HEAD", "OPTIONS"} and origin not in {"", "null"}:
            host = urlsplit(origin).hostname or ""
            if host not in _HERE:
                abort(403, "a page of another site may not do this")
