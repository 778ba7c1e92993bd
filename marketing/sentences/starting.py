"""What a flow that was typed as a sentence begins with: its name, and words for its messages."""

from collections.abc import Mapping
from typing import Any

from marketing.model import ChannelName

Json = dict[str, Any]
CHATS = frozenset(ChannelName) - {ChannelName.EMAIL, ChannelName.SMS}
TITLES: Mapping[str, Mapping[str, str]] = {
    "en": {"message": "Message", "cart": "Abandoned cart", "product": "Products",
           "category": "Categories", "checkout": "Checkout", "order": "After an order",
           "customer": "Customers", "date": "A date", "segment": "Segment",
           "review": "Reviews", "custom": "Custom event", "manual": "By hand"},
    "de": {"message": "Nachricht", "cart": "Verlassener Warenkorb", "product": "Produkte",
           "category": "Kategorien", "checkout": "Kasse", "order": "Nach einer Bestellung",
           "customer": "Kunden", "date": "Ein Datum", "segment": "Segment",
           "review": "Bewertungen", "custom": "Eigenes Ereignis", "manual": "Von Hand"},
}  # fmt: skip
"""What a flow is called by the noun of its trigger, until somebody names it."""
SAID: Mapping[str, Mapping[str, str]] = {
    "en": {"cart": "You left something behind", "product": "Still on your mind?",
           "order": "Thank you for your order", "other": "News from {{ store.name }}",
           "code": "A code for you",
           "to_cart": "Back to your cart", "to_store": "To the store",
           "cart_text": "It is still in your cart.",
           "code_text": "Here is a code that is yours alone.",
           "text": "We are glad that you are with us.",
           "why": "You hear from us because you are a customer of {{ store.name }}."},
    "de": {"cart": "Sie haben etwas liegen lassen", "product": "Noch im Sinn?",
           "order": "Danke für Ihre Bestellung", "other": "Neues von {{ store.name }}",
           "code": "Ein Code für Sie",
           "to_cart": "Zurück zum Warenkorb", "to_store": "Zum Shop",
           "cart_text": "Es liegt noch in Ihrem Warenkorb.",
           "code_text": "Hier ist ein Code, der nur Ihnen gehört.",
           "text": "Schön, dass Sie bei uns sind.",
           "why": "Sie hören von uns, weil Sie Kunde von {{ store.name }} sind."},
}  # fmt: skip


def title_of(event: str, language: str) -> str:
    """Give what a flow that begins with this event is called."""
    titles = TITLES[language]
    return titles.get(event.partition(".")[0], titles["customer"])


def template_of(message: Mapping[str, Any], event: str, language: str) -> Json:
    """Give the first words of a message: enough to be sent, and plainly to be written over."""
    said, noun = SAID[language], event.partition(".")[0]
    subject = said["code"] if message.get("coupon") else said.get(noun, said["other"])
    text = said["code_text"] if message.get("coupon") else said.get(f"{noun}_text", said["text"])
    blocks: list[Json] = [
        {"id": "header", "kind": "header"},
        {"id": "heading", "kind": "heading", "text": subject},
        {"id": "text", "kind": "text", "html": f"<p>{text}</p>"},
    ]
    if noun == "cart":
        blocks.append({"id": "products", "kind": "products", "of": "cart"})
    if message.get("coupon"):
        blocks.append({"id": "code", "kind": "code"})
    button = _button(noun, said)
    blocks += [
        {"id": "button", "kind": "button", "label": button["label"], "href": button["url"]},
        {"id": "footer", "kind": "footer", "why": said["why"]},
    ]
    return {"subject": subject, "preview": "", "blocks": blocks, **_brief(message, text, button)}


def question_of(asking: Mapping[str, Any], text: str) -> Json:
    """Give the words of a question; none, if the sentence had none: they are to be written."""
    channels = {*asking.get("channels", ()), asking.get("channel")}
    words: Json = {"chat": {"text": text}}
    return {**words, "sms": text} if text and ChannelName.SMS in channels else words


def _brief(message: Mapping[str, Any], text: str, button: Json) -> Json:
    """Give the same in a few words, where a text message or a chat has to say it."""
    channels = {*message.get("channels", ()), message.get("channel")}
    code = "{% if coupon %} {{ coupon.code }}{% endif %}" if message.get("coupon") else ""
    brief: Json = {}
    if ChannelName.SMS in channels:
        brief["sms"] = f"{text}{code} {button['url']}"
    if channels & CHATS:
        brief["chat"] = {"text": f"{text}{code}", "buttons": [button]}
    return brief


def _button(noun: str, said: Mapping[str, str]) -> Json:
    address, label = ("cart.url", "to_cart") if noun == "cart" else ("store.url", "to_store")
    return {"label": said[label], "url": f"{{{{ {address} }}}}"}
