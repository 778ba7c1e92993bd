"""How WordPress' REST says no: a code, a sentence, and the status once more in its data."""

from typing import Any

from sandbox.state import Record


class Refused(Exception):
    """An error of the REST API, in the shape in which it is answered."""

    def __init__(self, code: str, message: str, status: int, **data: Any) -> None:
        super().__init__(message)
        self.code, self.message, self.status, self.data = code, message, status, data

    def shown(self) -> Record:
        return {
            "code": self.code,
            "message": self.message,
            "data": {"status": self.status, **self.data},
        }


def no_route() -> Refused:
    words = "No route was found matching the URL and request method."
    return Refused("rest_no_route", words, 404)


def not_allowed(verb: str) -> Refused:
    """Nobody is signed in, or whoever is may not; `verb`: view, list, create, edit, delete."""
    what = "list resources" if verb == "list" else f"{verb} this resource"
    code = "view" if verb == "list" else verb
    return Refused(f"woocommerce_rest_cannot_{code}", f"Sorry, you cannot {what}.", 401)


def bad_key(words: str) -> Refused:
    return Refused("woocommerce_rest_authentication_error", words, 401)


def bad_parameter(name: str, words: str, code: str = "rest_invalid_param") -> Refused:
    details = {name: {"code": code, "message": words, "data": None}}
    return Refused(
        "rest_invalid_param", f"Invalid parameter(s): {name}", 400, params={name: words},
        details=details,
    )  # fmt: skip


def missing_parameter(name: str) -> Refused:
    return Refused(
        "rest_missing_callback_param", f"Missing parameter(s): {name}", 400, params=[name]
    )


def no_such(slug: str) -> Refused:
    """A resource that is not there; `slug` is what WooCommerce calls its kind in errors."""
    if slug == "customer":
        return Refused("woocommerce_rest_invalid_id", "Invalid resource ID.", 404)
    return Refused(f"woocommerce_rest_{slug}_invalid_id", "Invalid ID.", 404)


def no_trash(slug: str, plural: str) -> Refused:
    words = f"{plural.capitalize()} do not support trashing."
    code = "woocommerce_rest_trash_not_supported"
    return Refused(code, words, 501, resource=slug)
