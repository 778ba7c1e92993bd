"""The few pages that a customer sees: the unsubscribe page, a dead link, the open pixel.

They set no cookie, load nothing from elsewhere, and say no more of anyone than the store's name,
each in the language that the browser asks for.
"""

from base64 import b64decode
from pathlib import Path

from flask import Response, render_template

import connectors
from doors.spoken import spoken, the_language
from jobs.track import Leaving
from marketing.chat_names import NAMES
from marketing.model import ChannelName
from marketing.said import say

FORM = Path(connectors.__path__[0]) / "shopify/app/extensions/reprise-form/assets"
"""Shopify takes its files from there, the plugin's zip and our own doors too."""
FORM_SCRIPT, FORM_STYLES = FORM / "reprise-form.js", FORM / "reprise-form.css"
FOR_AN_HOUR = {"Cache-Control": "public, max-age=3600", "X-Content-Type-Options": "nosniff"}
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


def unsubscribe(leaving: Leaving, *, done: bool) -> Response:
    """Give the page with the button, or the one that says it is done."""
    whose = leaving.store_name
    asks = say("Unsubscribe from {store}?", store=whose)
    heading = say("You are unsubscribed from {store}", store=whose) if done else asks
    texts = [_no_more(leaving.channel), say("Messages about orders you place still reach you.")]
    button = None if done else say("Unsubscribe")
    return _page("unsubscribe", heading, texts, button=button)


def _no_more(channel: ChannelName) -> str:
    match channel:
        case ChannelName.EMAIL:
            return say("You will get no more marketing emails.")
        case ChannelName.SMS:
            return say("You will get no more marketing text messages.")
        case _:
            name = NAMES[channel]
            return say("You will get no more marketing messages on {channel}.", channel=name)


def confirm(store_name: str, language: str, *, done: bool) -> Response:
    """Give the page that asks whether an address may be written to, or says that it is."""
    words = {"store": store_name, "language": language, "done": done}
    return Response(render_template("customer/confirm.html", **words), headers=HEADERS)


def form_script() -> Response:
    """Give the sign-up form's script: one file for every store, on any page."""
    return Response(FORM_SCRIPT.read_bytes(), mimetype="text/javascript", headers=FOR_AN_HOUR)


def form_styles() -> Response:
    """Give the sign-up form's styles, where no theme brings them."""
    return Response(FORM_STYLES.read_bytes(), mimetype="text/css", headers=FOR_AN_HOUR)


def not_found() -> Response:
    """Give the page behind a link that is not, or no longer, one of ours."""
    heading = say("This link does not work any more")
    cut = say("It may have been cut short on its way.")
    again = say("Try the link in the message again, or go to the store directly.")
    return _page("notice", heading, [cut, again], 404)


def later(status: int, retry_after: int) -> Response:
    """Give the page behind a short link that nobody looks up just now; `retry_after` in seconds."""
    many = say("Too many links that lead nowhere were tried from here.")
    why = many if status == TOO_MANY else say("We don't know where it leads just now.")
    heading = say("Try the link again in a moment")
    answer = _page("notice", heading, [why, say("You can also go to the store directly.")], status)
    answer.headers["Retry-After"] = str(retry_after)
    return answer


def _page(
    name: str, heading: str, texts: list[str], status: int = 200, *, button: str | None = None
) -> Response:
    words = {
        "language": the_language(),
        "heading": spoken(heading),
        "text": " ".join(spoken(one) for one in texts),
        "button": spoken(button) if button else None,
    }
    return Response(render_template(f"customer/{name}.html", **words), status, headers=HEADERS)


def pixel() -> Response:
    """Give the open pixel: never cached, so that a later look counts too."""
    headers = {"Cache-Control": "no-store, private", "X-Content-Type-Options": "nosniff"}
    return Response(PIXEL, mimetype="image/gif", headers=headers)
