"""How a store looks: what its pages and its mails have in common."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoreLook:
    """How a store looks, as far as its platform tells; colours are #rrggbb."""

    logo_url: str | None = None
    color: str | None = None
    """The main one, and what is written on it."""
    on_color: str | None = None
    second_color: str | None = None
