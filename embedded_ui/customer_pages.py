"""The few pages that a customer sees: the unsubscribe page, a dead link, the open pixel.

They set no cookie, load nothing from elsewhere, and say no more of anyone than the store's name.
"""

from base64 import b64decode

from flask import Response, render_template

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


def not_found() -> Response:
    """Give the page behind a link that is not, or no longer, one of ours."""
    return Response(render_template("customer/not_found.html"), status=404, headers=HEADERS)


def pixel() -> Response:
    """Give the open pixel: never cached, so that a later look counts too."""
    headers = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"}
    return Response(PIXEL, mimetype="image/gif", headers=headers)
