"""The panel's pages: where each is, and what it is called before its scripts have come.

`panel/src/pages.ts` has the same addresses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the panel: its address under `/panel/`, and by language what it is for."""

    path: re.Pattern[str]
    module: str
    words: Mapping[str, tuple[str, str]]
    """Language -> title and sentence."""

    def title(self, language: str) -> str:
        """Give what it is called."""
        return self.words[language][0]

    def sentence(self, language: str) -> str:
        """Give what it is for."""
        return self.words[language][1]


LANGUAGES: Final = ("en", "de")
"""Those that the panel's words are in; `panel/src/words` has a folder for each."""


def _page(path: str, module: str, en: tuple[str, str], de: tuple[str, str]) -> Page:
    return Page(re.compile(path), f"src/pages/{module}.tsx", {"en": en, "de": de})


PAGES: Final = (
    _page(
        r"",
        "Dashboard",
        ("Dashboard", "What your messages earned, and the carts that still wait to be won back."),
        (
            "Übersicht",
            "Was Ihre Nachrichten eingebracht haben, und welche Warenkörbe noch zu retten sind.",
        ),
    ),
    _page(
        r"flows",
        "Flows",
        ("Flows", "Follow-ups that run by themselves, and what each of them brings in."),
        ("Abläufe", "Nachrichten, die von selbst hinausgehen, und was jede von ihnen einbringt."),
    ),
    _page(
        r"flows/new",
        "NewFlow",
        ("Create a flow", "From a recipe, from what starts it, or from one sentence."),
        ("Ablauf anlegen", "Aus einer Vorlage, aus dem, was ihn auslöst, oder aus einem Satz."),
    ),
    _page(
        r"flows/[^/]+",
        "FlowPage",
        ("Flow", "Every step of this flow, and what happened at it."),
        ("Ablauf", "Jeder Schritt dieses Ablaufs, und was dort geschehen ist."),
    ),
    _page(
        r"campaigns",
        "Campaigns",
        ("Campaigns", "One message to many, now or at a date, and what came of each."),
        ("Kampagnen", "Eine Nachricht an viele, jetzt oder zu einem Termin, und was daraus wurde."),
    ),
    _page(
        r"campaigns/[^/]+",
        "CampaignPage",
        ("Campaign", "What it says, whom it reaches, when it goes out, and what came of it."),
        ("Kampagne", "Was sie sagt, wen sie erreicht, wann sie hinausgeht, und was daraus wurde."),
    ),
    _page(
        r"segments",
        "Segments",
        ("Segments", "Groups of customers that keep themselves up to date, and whom each reaches."),
        (
            "Segmente",
            "Gruppen von Kunden, die sich selbst aktuell halten, und wer darin erreichbar ist.",
        ),
    ),
    _page(
        r"segments/[^/]+",
        "SegmentPage",
        ("Segment", "Who belongs, by conditions that read as sentences, and how many that are."),
        ("Segment", "Wer dazugehört, in Bedingungen wie Sätzen, und wie viele das sind."),
    ),
    _page(
        r"flows/[^/]+/messages/[^/]+",
        "MessagePage",
        ("Message", "Its words and blocks, and how it looks to a customer."),
        ("Nachricht", "Ihre Worte und Bausteine, und wie ein Kunde sie sieht."),
    ),
    _page(
        r"campaigns/[^/]+/message",
        "CampaignMessagePage",
        ("Message", "What the campaign says, and how it looks to a customer."),
        ("Nachricht", "Was die Kampagne sagt, und wie ein Kunde es sieht."),
    ),
    _page(
        r"inbox(/[^/]+)?",
        "Inbox",
        ("Inbox", "What customers wrote, and who of you answers them."),
        ("Postfach", "Was Kunden geschrieben haben, und wer von Ihnen antwortet."),
    ),
    _page(
        r"customers",
        "Customers",
        ("Customers", "Everyone your store knows, and what each of them was sent."),
        ("Kunden", "Alle, die Ihr Shop kennt, und was jedem von ihnen geschrieben wurde."),
    ),
    _page(
        r"customers/[^/]+",
        "CustomerPage",
        (
            "Customer",
            "Orders, carts and messages in the order they happened, and why each went out or not.",
        ),
        (
            "Kunde",
            (
                "Bestellungen, Warenkörbe und Nachrichten in ihrer Reihenfolge, "
                "und warum etwas verschickt wurde oder nicht."
            ),
        ),
    ),
    _page(
        r"set-up",
        "SetUpPage",
        ("Set up", "From installed to a live cart flow, in a few minutes."),
        ("Einrichtung", "Vom Installieren zum laufenden Warenkorb-Ablauf, in wenigen Minuten."),
    ),
    _page(
        r"settings",
        "Settings",
        ("Settings", "Who is written to, how often, at what hours, and in whose name."),
        ("Einstellungen", "Wem geschrieben wird, wie oft, zu welchen Zeiten und in wessen Namen."),
    ),
    _page(
        r"settings/form",
        "FormPage",
        ("Settings", "The sign-up form on your store's pages: what it asks, and what it says."),
        ("Einstellungen", "Das Anmeldeformular Ihres Shops: was es fragt und was es sagt."),
    ),
    _page(
        r"settings/channels",
        "ChannelsPage",
        ("Settings", "The accounts of your own by which messages go out besides email."),
        ("Einstellungen", "Ihre eigenen Konten, über die außer E-Mails Nachrichten hinausgehen."),
    ),
    _page(
        r"settings/conversations",
        "HandOverPage",
        ("Settings", "When a person takes over from the bot, and who of your team is told."),
        ("Einstellungen", "Wann ein Mensch vom Bot übernimmt, und wer im Team davon erfährt."),
    ),
    _page(
        r"settings/team",
        "TeamPage",
        ("Settings", "Who works here, what each may do, and who changed what."),
        ("Einstellungen", "Wer hier arbeitet, was jeder darf, und wer was geändert hat."),
    ),
    _page(
        r"settings/data",
        "DataPage",
        ("Settings", "Who must not be written to, and what is kept of whom."),
        ("Einstellungen", "Wem nicht geschrieben werden darf, und was von wem behalten wird."),
    ),
)
NOWHERE: Final = _page(
    r"",
    "Dashboard",
    ("Page not found", "There is no such page here."),
    ("Seite nicht gefunden", "Hier gibt es keine solche Seite."),
)


def page_of(path: str) -> Page | None:
    """Give the page at a path under `/panel/`, None where there is none."""
    return next((page for page in PAGES if page.path.fullmatch(path)), None)


def language_of(locale: str | None) -> str:
    """Give the language of the panel's words for a locale such as `de-AT`; English for others."""
    language = (locale or "").replace("_", "-").partition("-")[0].lower()
    return language if language in LANGUAGES else "en"
