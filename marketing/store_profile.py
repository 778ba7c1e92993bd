"""What a platform says about a store itself, and how it looks: its pages and its mails."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class StoreLook:
    """How a store looks, as far as its platform tells; colours are #rrggbb."""

    logo_url: str | None = None
    color: str | None = None
    """The main one, and what is written on it."""
    on_color: str | None = None
    second_color: str | None = None


@dataclass(frozen=True, slots=True)
class StoreProfile:
    """What a platform says about a store itself."""

    domain: str
    external_id: str
    name: str
    email: str | None
    currency: str
    timezone: str
    country: str | None = None
    locale: str = "en"
    storefront_url: str | None = None
    money_format: str | None = None
    address: str | None = None
    look: StoreLook | None = None
    """None: nothing was told of it, which is no news."""
