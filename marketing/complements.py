"""Mails that a store's platform sends by itself: a recipe that doubles one waits until it stops."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from marketing import recipes
from marketing.model import Platform
from marketing.said import Said, say


class PlatformMail(StrEnum):
    """What platforms mail to customers by themselves."""

    ABANDONED_CHECKOUT = "abandoned_checkout"
    ORDER_CONFIRMATION = "order_confirmation"
    SHIPPING = "shipping"


SENDS: Mapping[Platform, frozenset[PlatformMail]] = {
    Platform.SHOPIFY: frozenset(PlatformMail),
    Platform.WOOCOMMERCE: frozenset({PlatformMail.ORDER_CONFIRMATION, PlatformMail.SHIPPING}),
    Platform.BIGCOMMERCE: frozenset(PlatformMail),
}
"""What each sends as long as nobody has switched it off."""
NAMES: Mapping[Platform, str] = {
    Platform.SHOPIFY: "Shopify",
    Platform.WOOCOMMERCE: "WooCommerce",
    Platform.BIGCOMMERCE: "BigCommerce",
}
WORDS: Mapping[PlatformMail, Said] = {
    PlatformMail.ABANDONED_CHECKOUT: say("abandoned checkout emails"),
    PlatformMail.ORDER_CONFIRMATION: say("order confirmations"),
    PlatformMail.SHIPPING: say("shipping emails"),
}


@dataclass(frozen=True, slots=True)
class Doubled:
    """Which mail of the platform's a recipe would double: a sentence, and what helps."""

    message: Said
    remedy: Said


def sends(settings: Mapping[str, Any], platform: Platform, mail: PlatformMail) -> bool:
    """Say whether the platform sends this mail: the merchant's word, else its own habit."""
    told = settings.get("platform_mails")
    word = told.get(mail.value) if isinstance(told, Mapping) else None
    return word if isinstance(word, bool) else mail in SENDS[platform]


def doubled(recipe: str | None, settings: Mapping[str, Any], platform: Platform) -> Doubled | None:
    """Give what a recipe's flow would double in this store; None: nothing."""
    replaced = recipes.about(recipe).replaces if recipe in recipes.names() else None
    if replaced is None or not sends(settings, platform, PlatformMail(replaced)):
        return None
    name, words = NAMES[platform], WORDS[PlatformMail(replaced)]
    return Doubled(
        say("This flow would send what {name} sends already: {words}", name=name, words=words),
        say(
            "Switch them off in {name}, then say so in Settings, “What {name} sends by itself”.",
            name=name,
        ),
    )
