"""What the shop front remembers in the visitor's browser, and where it may send it."""

from werkzeug.wrappers import Response

COOKIES = {"cart": "front_cart", "shop": "front_shop", "currency": "front_currency"}


def keep(response: Response, what: str, value: str) -> Response:
    """Remember for a month: the cart's token, the shop, the currency."""
    response.set_cookie(COOKIES[what], value, max_age=30 * 86_400, samesite="Lax")
    return response


def own_path(path: str) -> str:
    """The path, if it leads to this shop front; else the first page."""
    return path if path.startswith("/") and not path.startswith("//") and "\\" not in path else "/"
