"""What blocks say themselves, by language; another language is another entry.

Which of them a message says is known when it is rendered, by the shopper's locale: compiled
templates have `{{ words.total }}`, and the context has the words.
"""

from collections.abc import Mapping

SHOWN_ITEMS = 8
"""A longer cart ends in "and 3 more": mail programs cut long mails."""
FALLBACK = "en"
WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "quantity": "Quantity",
        "total": "Total",
        "more_before": "and",
        "more_after": "more",
        "no_picture": "No picture",
        "sold_out": "Sold out at the moment",
        "sold_out_aside": "sold out at the moment",
        "price_from": "From",
        "price_from_aside": "from",
        "price_before": "before",
        "reviews": "reviews",
        "one_review": "review",
        "out_of_five": "out of 5",
        "off": "off with this code",
        "free_shipping": "Free shipping with this code",
        "from": "For orders from",
        "valid_until": "Valid until",
        "one_use": "It works once.",
        "track": "Track my parcel",
        "see_order": "See my order",
        "parcel": "tracking number",
        "founder": "Founder of",
        "team": "Everyone at",
        "why_before": "You receive this email because you left your address at",
        "why_after": "",
        "unsubscribe": "Unsubscribe",
        "opt_out": "Reply STOP to opt out",
        "view": "View",
        "agent": "Talk to an agent",
        "choose": "Choose",
        "agree_email": "By sending your email address you agree to get news and offers from us "
        "there. You can unsubscribe at any time.",
        "agree_phone": "By sending your number you agree to get news and offers from us by text "
        "message. Reply STOP at any time to end.",
    },
    "de": {
        "quantity": "Menge",
        "total": "Summe",
        "more_before": "und",
        "more_after": "mehr",
        "no_picture": "Kein Bild",
        "sold_out": "Zurzeit ausverkauft",
        "sold_out_aside": "zurzeit ausverkauft",
        "price_from": "Ab",
        "price_from_aside": "ab",
        "price_before": "vorher",
        "reviews": "Bewertungen",
        "one_review": "Bewertung",
        "out_of_five": "von 5",
        "off": "Rabatt mit diesem Code",
        "free_shipping": "Kostenloser Versand mit diesem Code",
        "from": "Für Bestellungen ab",
        "valid_until": "Gültig bis",
        "one_use": "Einmal einlösbar.",
        "track": "Sendung verfolgen",
        "see_order": "Bestellung ansehen",
        "parcel": "Sendungsnummer",
        "founder": "Gründung,",
        "team": "Das ganze Team von",
        "why_before": "Sie erhalten diese E-Mail, weil Sie Ihre Adresse bei",
        "why_after": " hinterlassen haben",
        "unsubscribe": "Abmelden",
        "opt_out": "Ende mit STOP",
        "view": "Ansehen",
        "agent": "Jemanden sprechen",
        "choose": "Auswählen",
        "agree_email": "Mit Ihrer E-Mail-Adresse stimmen Sie zu, dass wir Ihnen dorthin "
        "Neuigkeiten und Angebote schicken. Sie können sich jederzeit abmelden.",
        "agree_phone": "Mit Ihrer Nummer stimmen Sie zu, dass wir Ihnen Neuigkeiten und Angebote "
        "per SMS schicken. Antworten Sie jederzeit STOP, um das zu beenden.",
    },
}
SAID: Mapping[str, str] = {name: f"{{{{ words.{name} }}}}" for name in WORDS[FALLBACK]}
"""The words as compiled templates have them."""


def words_of(locale: object) -> Mapping[str, str]:
    """Give the words for a shopper's locale, such as `de-AT`; English for one that we lack."""
    language = str(locale or FALLBACK).replace("_", "-").partition("-")[0].lower()
    return WORDS.get(language, WORDS[FALLBACK])
