"""The few pages that a customer sees: the unsubscribe page, a dead link, the open pixel.

They set no cookie, load nothing from elsewhere, and say no more of anyone than the store's name.
"""

from base64 import b64decode
from pathlib import Path

from flask import Response, render_template

import connectors

FORM_SCRIPT = (
    Path(connectors.__path__[0]) / "shopify/app/extensions/reprise-form/assets/reprise-form.js"
)
"""Shopify takes it from there, the plugin's zip and our own door too."""
TOO_MANY = 429
# The smallest transparent GIF.
PIXEL = b64decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "frame-ancestors 'none'",
    "Cache-Control": "no-store, private",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}


def unsubscribe(store_name: str, *, done: bool) -> Response:
    """Give the page with the button, or the one that says it is done."""
    page = render_template("customer/unsubscribe.html", store=store_name, done=done)
    return Response(page, headers=HEADERS)


def confirm(store_name: str, language: str, *, done: bool) -> Response:
    """Give the page that asks whether an address may be written to, or says that it is."""
    words = {"store": store_name, "language": language, "done": done}
    return Response(render_template("customer/confirm.html", **words), headers=HEADERS)


def form_script() -> Response:
    """Give the sign-up form's script: one file for every store, on any page."""
    headers = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
    return Response(FORM_SCRIPT.read_bytes(), mimetype="text/javascript", headers=headers)


def not_found() -> Response:
    """Give the page behind a link that is not, or no longer, one of ours."""
    return Response(render_template("customer/not_found.html"), status=404, headers=HEADERS)


def later(status: int, retry_after: int) -> Response:
    """Give the page behind a short link that nobody looks up just now; `retry_after` in seconds."""
    page = render_template("customer/later.html", busy=status == TOO_MANY)
    return Response(page, status, headers={**HEADERS, "Retry-After": str(retry_after)})


def pixel() -> Response:
    """Give the open pixel: never cached, so that a later look counts too."""
    headers = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"}
    return Response(PIXEL, mimetype="image/gif", headers=headers)
