"""The mail that asks whether an address may be written to: short, and no advertisement itself."""

from dataclasses import dataclass
from html import escape


@dataclass(frozen=True, slots=True)
class Mail:
    """What it says."""

    subject: str
    html: str
    text: str


WORDS = {
    "en": {
        "subject": "Please confirm your address for {store}",
        "greeting": "Hello,",
        "asked": "this address was entered to get news and offers from {store} by email.",
        "chat": "It was written in a chat with us on {channel}{name}. With your click that chat "
        "counts as yours.",
        "button": "Yes, send me news",
        "else": "If that was not you, do nothing: without your click you will hear no more of us.",
        "until": "The link works for 30 days.",
    },
    "de": {
        "subject": "Bitte bestätigen Sie Ihre Adresse für {store}",
        "greeting": "Guten Tag,",
        "asked": "diese Adresse wurde eingetragen, um Neuigkeiten und Angebote von {store} per "
        "E-Mail zu erhalten.",
        "chat": "Sie wurde in einem Chat mit uns auf {channel}{name} genannt. Mit Ihrem Klick gilt "
        "dieser Chat als Ihrer.",
        "button": "Ja, ich möchte Neuigkeiten erhalten",
        "else": "Waren Sie das nicht, brauchen Sie nichts zu tun: Ohne Ihren Klick hören Sie "
        "nichts mehr von uns.",
        "until": "Der Link gilt 30 Tage.",
    },
}
HTML = """<!doctype html>
<html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title></head>
<body style="margin:0;padding:24px;font:16px/24px Arial,Helvetica,sans-serif;color:#222222">
<div style="max-width:560px;margin:0 auto">
<p>{greeting}</p>
<p>{asked}{chat}</p>
<p><a href="{url}" style="display:inline-block;padding:12px 20px;border-radius:6px;\
background:#222222;color:#ffffff;text-decoration:none">{button}</a></p>
<p style="color:#555555">{else}<br>{until}</p>
<p style="color:#555555">{store}{address}</p>
</div></body></html>"""


def mail(
    language: str, store: str, address: str | None, url: str, chat: tuple[str, str] | None = None
) -> Mail:
    """Write it; `address` is the store's own, which stands at the foot.

    `chat`: the channel's name and what the sender is called there, where it was typed in a chat.
    """
    channel, who = chat or ("", "")
    name = f" ({who})" if who else ""
    told = {"store": store, "channel": channel, "name": name}
    words = {key: text.format(**told) for key, text in WORDS[language].items()}
    words["chat"] = f" {words['chat']}" if chat else ""
    foot = "\n".join(filter(None, (store, address)))
    text = "\n\n".join(
        (words["greeting"], words["asked"] + words["chat"], f"{words['button']}:\n{url}",
         f"{words['else']}\n{words['until']}", foot)
    )  # fmt: skip
    kept = {name: escape(one) for name, one in words.items()}
    html = HTML.format(
        **kept,
        language=language,
        url=escape(url),
        store=escape(store),
        address=f"<br>{escape(address)}" if address else "",
    )
    return Mail(" ".join(words["subject"].split()), html, text)
