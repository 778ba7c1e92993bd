"""Who knocks at a door, as far as the network can tell."""

from flask import Flask, request
from werkzeug.middleware.proxy_fix import ProxyFix


def behind(app: Flask, proxies: int) -> None:
    """Believe so many proxies of ours what they say of who knocks; of nobody else, of none if 0."""
    if proxies:
        told = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=0, x_host=0)
        app.wsgi_app = told  # type: ignore[method-assign]


def caller() -> str:
    """Give the address that knocks: what the proxies say that stand before us, if any do."""
    return request.remote_addr or ""
