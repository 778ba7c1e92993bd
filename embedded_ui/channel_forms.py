"""What the panel asks for each account that a store may connect: a provider plugs in here.

The panel's words for the fields are in `words/*/channels.ts`, by channel.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from marketing.model import ChannelName
from marketing.said import Said, say

Refusal = tuple[str, Said]
"""The field, and what is said."""
_PLAIN = r"[\x21-\x7e]{16,500}\Z"
_ORIGIN = (
    r"(https?://[A-Za-z0-9.\-]+|[A-Za-z0-9\-]+(\.[A-Za-z0-9\-]+)+)(:[0-9]{1,5})?(/[\x21-\x7e]*)?"
)


def number_of(told: str) -> str:
    """Give a phone number without what people and consoles print between its digits."""
    return re.sub(r"[\s().\-\u2010-\u2015/]", "", told)


def _user_name(told: str) -> str:
    return told.strip().removeprefix("@")


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that is asked; `pattern` is what it must match from its beginning."""

    name: str
    pattern: str
    wrong: str
    """What is said when it does not; in the asker's language once it is spoken."""
    is_secret: bool = False
    """Sealed and never told again: left out later, what is kept stays."""
    is_needed: bool = True
    tidy: Callable[[str], str] = str.strip
    """Takes away what people write around it, before the pattern is asked."""
    goes_with: str = ""
    """Of a secret: the shown field that it belongs to; without that one it is forgotten."""


@dataclass(frozen=True, slots=True)
class AccountForm:
    """What one provider's account for one channel consists of."""

    fields: tuple[Field, ...]
    has_verify_token: bool = False
    """Whether the provider first asks at our door, for a word that we make."""
    is_tried_by_message: bool = False
    """Whether a test writes to an address; else the provider is asked who we are."""
    has_provider: bool = True
    """False where it is all ours: there is nobody to ask, and nothing to test."""
    refusal: Callable[[Mapping[str, str]], Refusal | None] = lambda _: None
    """Says which field does not go with the others, and why; None: they agree. It sees secrets."""


_META_SECRETS = (
    Field(
        "access_token",
        _PLAIN,
        say("Copy the access token whole, as the app's dashboard shows it."),
        is_secret=True,
    ),
    Field(
        "app_secret",
        r"[0-9a-f]{16,64}\Z",
        say("Copy the app secret from the app's settings: letters a to f and digits."),
        is_secret=True,
    ),
)
_APP_ID = Field(
    "app_id",
    r"[0-9]{5,25}\Z",
    say("Copy the app ID from the app's settings: it has digits only."),
)

_ANSWERS = Field(
    "answers",
    r"(ours|meta)\Z",
    say("Say whether your team answers here or in Meta's own inbox."),
    is_needed=False,
)


def _by_page_only(told: Mapping[str, str]) -> Refusal | None:
    """Instagram's own login knows no inbox of Meta's to pass a conversation to."""
    if told.get("answers") != "meta" or told.get("login") == "page":
        return None
    return "answers", say("This needs the linked page's token. Say above that it is the page's.")


def _key_with_its_id(told: Mapping[str, str]) -> Refusal | None:
    """A shared key is found by its ID: neither is any good without the other."""
    if told.get("shared_key_id") and not told.get("shared_key"):
        return "shared_key", say("Paste the key's secret, too, or leave its ID empty.")
    return None


FORMS: Mapping[tuple[ChannelName, str], AccountForm] = MappingProxyType(
    {
        (ChannelName.SMS, "twilio"): AccountForm(
            (
                Field(
                    "account_sid",
                    r"AC[0-9a-f]{32}\Z",
                    say("Copy the Account SID from Twilio's console: AC and 32 signs."),
                ),
                Field(
                    "auth_token",
                    r"[\x21-\x7e]{16,100}\Z",
                    say("Copy the auth token from Twilio's console."),
                    is_secret=True,
                ),
                Field(
                    "sender",
                    r"(\+[1-9][0-9]{6,14}|MG[0-9a-f]{32})\Z",
                    say("Give a number such as +15550100, or the id of a messaging service: MG…."),
                    tidy=number_of,
                ),
                Field(
                    "shared_key_id",
                    r"[A-Za-z0-9_\-]{8,100}\Z",
                    say("Copy the shared key's ID: it begins with webhooks_sharedkey_."),
                    is_needed=False,
                ),
                Field(
                    "shared_key",
                    r"[\x21-\x7e]{16,500}\Z",
                    say("Copy the shared key's secret whole, as Twilio showed it once."),
                    is_secret=True,
                    is_needed=False,
                    goes_with="shared_key_id",
                ),
            ),
            is_tried_by_message=True,
            refusal=_key_with_its_id,
        ),
        (ChannelName.SMS, "plivo"): AccountForm(
            (
                Field(
                    "auth_id",
                    r"(MA|SA)[A-Z0-9]{18}\Z",
                    say("Copy the Auth ID from Plivo's console: MA and 18 signs."),
                ),
                Field(
                    "auth_token",
                    r"[\x21-\x7e]{16,100}\Z",
                    say("Copy the auth token from Plivo's console."),
                    is_secret=True,
                ),
                Field(
                    "sender",
                    r"\+[1-9][0-9]{6,14}\Z",
                    say("Write the number as +15550100."),
                    tidy=number_of,
                ),
            ),
            is_tried_by_message=True,
        ),
        (ChannelName.WHATSAPP, "meta"): AccountForm(
            (
                Field(
                    "phone_number_id",
                    r"[0-9]{5,25}\Z",
                    say("Copy the phone number ID, which has digits only; it is no phone number."),
                ),
                Field(
                    "account_id",
                    r"[0-9]{5,25}\Z",
                    say("Copy the WhatsApp Business account ID: it has digits only."),
                ),
                Field(
                    "number",
                    r"\+[1-9][0-9]{6,14}\Z",
                    say("Give the number itself, such as +15550100: links lead to it."),
                    is_needed=False,
                    tidy=number_of,
                ),
                *_META_SECRETS,
            ),
            has_verify_token=True,
        ),
        (ChannelName.MESSENGER, "meta"): AccountForm(
            (
                Field(
                    "account_id",
                    r"[0-9]{5,25}\Z",
                    say("Copy the page's ID from its settings: it has digits only."),
                ),
                _APP_ID,
                _ANSWERS,
                *_META_SECRETS,
            ),
            has_verify_token=True,
        ),
        (ChannelName.INSTAGRAM, "meta"): AccountForm(
            (
                Field(
                    "account_id",
                    r"[0-9]{5,25}\Z",
                    say("Copy the Instagram account's ID from the app's dashboard: digits only."),
                ),
                Field(
                    "username",
                    r"[A-Za-z0-9._]{1,30}\Z",
                    say("Give the user name without the @: links lead to it."),
                    is_needed=False,
                    tidy=_user_name,
                ),
                _APP_ID,
                Field(
                    "login",
                    r"(instagram|page)\Z",
                    say("Say whether the token is Instagram's own or the linked page's."),
                    is_needed=False,
                ),
                _ANSWERS,
                *_META_SECRETS,
            ),
            has_verify_token=True,
            refusal=_by_page_only,
        ),
        (ChannelName.WEBCHAT, "reprise"): AccountForm(
            (
                Field(
                    "greeting",
                    r"[^\x00-\x1f]{1,300}\Z",
                    say("Write the greeting in one line of 300 letters at the most."),
                    is_needed=False,
                ),
                Field(
                    "color",
                    r"#[0-9a-fA-F]{6}\Z",
                    say("Give the color as # and six digits or letters a to f: #22211f."),
                    is_needed=False,
                ),
                Field(
                    "origins",
                    rf"{_ORIGIN}( +{_ORIGIN}){{0,9}}\Z",
                    say("Write addresses such as https://shop.example.com, with blanks between."),
                    is_needed=False,
                ),
            ),
            has_provider=False,
        ),
    }
)
