"""Pictures that emails of every store may show; the app serves them at its own address."""

from functools import lru_cache
from importlib.resources import files

NO_PICTURE_PATH = "/no-picture.png"
"""Where the app serves `no_picture`: the context's `links.placeholder` is APP_URL and this."""


@lru_cache
def no_picture() -> bytes:
    """Give the PNG (144 x 144) for an item of a cart whose product has no picture."""
    return (files("marketing") / "pictures" / "no-picture.png").read_bytes()
