"""Turn a compiled template and the facts of one customer into the words of one message.

The context is a plain nested dict of str, int, float, bool, None, list and dict. Money is in
minor units, times are ISO 8601 in UTC; filters write both in the shopper's way. Keys:

    locale      BCP 47, the shopper's: "de-DE"
    store       name, url, address?, email?, currency, timezone (IANA), logo_url?,
                free_shipping_threshold? (minor units of store.currency), return_days?,
                founder_name?, story?, social[] (name, url): what the merchant told of it;
                brand: how its mails look, as `marketing.brand.shown` gives it
    customer    first_name?, last_name?, email, orders_count
    cart        items[], currency (the shopper's), subtotal, total, url (way back to the cart)
      items[]   title, variant_title?, quantity, price, line_price, image_url?, url?, sold_out
    order       None, or name, items[] (as of a cart), currency, subtotal, total, status_url?,
                placed_at, fulfilled_at?, delivered_at?, tracking? (company?, number?, url?)
    event       category?, from?, to? (prices before and now, in event.currency), rating?,
                quantity?, property?, date?, name?, properties (a custom event's own)
    product     None, or the very product of the event, else the dearest of the order: title,
                url?, image_url?, category?, currency, price?, compare_at? (reduced from), varies
                (variants differ in price), available, rating? (of 5), reviews_count?
    recommendations[]   products as above, in stock and not bought yet; may be empty
    recommended_as  None, or why all of them: viewed, bought (by those who viewed or bought what
                the message is about), best (best-sellers), newest, mixed
    picked[]    products that the author picked, and what stands in for those sold out
    reviews[]   product?, rating, text?, author?; may be empty
    coupon      None, or code, kind (percent, amount, free_shipping), percent, amount, currency,
                minimum, ends_at; what it does not take off is None
    reward      None, or kind (store_credit; code: `coupon` has it), amount, currency, expires_at?
    links       unsubscribe, placeholder? (a picture for items that have none)

Blocks say their own words as `words.*`, which is added here by the locale.
`?` marks what may be None or missing. `cart.url` and `links.unsubscribe` are given by
`marketing.links.MessageLinks`; other links of the HTML part are wrapped in click tokens here,
those of the text part are not, they carry marks of origin (`marketing.marks`). Names that carry an
address ("Win at evil.example") are no names.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liquid.exceptions import LiquidError

from marketing import chat_rendering
from marketing.blocks.words import words_of
from marketing.chat import ChatContent
from marketing.chat_rendering import ParsedChat
from marketing.compiling import CompiledTemplate
from marketing.links import MessageLinks
from marketing.liquid import GuardedEnvironment, GuardedTemplate

MAX_NAME = 40
"""Characters of a name in a greeting."""
MAX_SUBJECT = 200
KEPT_TEMPLATES = 256

_INVISIBLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")
_ADDRESS_LIKE = re.compile(r"[/@\\:<>]|www\.|\w\.\w\w", re.IGNORECASE)
_BLANK_LINES = re.compile(r"[ \t]+(?=\n)|\n{3,}")


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one message."""

    subject: str
    preview: str
    html: str
    text: str
    sms: str = ""
    chat: ChatContent | None = None


class RenderingFailed(Exception):
    """A template can't be rendered for a customer; `reason` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Parsed:
    subject: GuardedTemplate
    preview: GuardedTemplate
    html: GuardedTemplate
    text: GuardedTemplate
    sms: GuardedTemplate
    chat: ParsedChat | None


_PLAIN = GuardedEnvironment(autoescape=False)
_HTML = GuardedEnvironment(autoescape=True, marked=True)


class Renderer:
    """Renders compiled templates, keeping the parsed ones by their hash. Thread-safe."""

    def __init__(self) -> None:
        self._parsed: dict[str, _Parsed] = {}

    def render(
        self,
        compiled: CompiledTemplate,
        context: Mapping[str, Any],
        links: MessageLinks | None = None,
        *,
        opens: bool = True,
        clicks: bool = True,
    ) -> Rendered:
        """Give the words for one customer; raises `RenderingFailed`.

        Without `links` (a preview) nothing is tracked; `opens` and `clicks` switch it off singly.
        """
        facts = {
            **context,
            "customer": _with_presentable_names(context.get("customer")),
            "words": words_of(context.get("locale")),
        }
        try:
            parsed = self._parsed.get(compiled.hash) or self._parse(compiled)
            text = _tidy(parsed.text.write(facts))
            return Rendered(
                subject=one_line(parsed.subject.write(facts))[:MAX_SUBJECT],
                preview=one_line(parsed.preview.write(facts)),
                html=parsed.html.write(facts, links, opens=opens, clicks=clicks),
                text=links.mark_all(text) if links else text,
                sms=_tidy(parsed.sms.write(facts)).strip(),
                chat=_chat(parsed.chat, facts, links) if parsed.chat else None,
            )
        except LiquidError as error:
            raise RenderingFailed(reason_of(error)) from error
        except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
            # The library lets a few of Python's own errors out when a template's sums go wrong.
            raise RenderingFailed(f"the template can't be worked out: {error}") from error

    def _parse(self, compiled: CompiledTemplate) -> _Parsed:
        if len(self._parsed) >= KEPT_TEMPLATES:  # all of them are parsed again within a second
            self._parsed = {}
        parsed = self._parsed[compiled.hash] = _Parsed(
            subject=_PLAIN.parse_guarded(compiled.subject),
            preview=_PLAIN.parse_guarded(compiled.preview),
            html=_HTML.parse_guarded(compiled.html),
            text=_PLAIN.parse_guarded(compiled.text),
            sms=_PLAIN.parse_guarded(compiled.sms),
            chat=chat_rendering.parsed(compiled.chat, _PLAIN) if compiled.chat else None,
        )
        return parsed


def _chat(chat: ParsedChat, facts: Mapping[str, Any], links: MessageLinks | None) -> ChatContent:
    return chat_rendering.write(chat, facts, links, lambda text: _tidy(text).strip())


def plain_words(source: str, context: Mapping[str, Any]) -> str:
    """Render a line of plain words; raises `RenderingFailed`."""
    try:
        return one_line(_PLAIN.parse_guarded(source).write(context))
    except LiquidError as error:
        raise RenderingFailed(reason_of(error)) from error


def plain_texts(sources: Mapping[str, str], context: Mapping[str, Any]) -> dict[str, str]:
    """Render several plain texts, by their places; raises `RenderingFailed`."""
    names = _with_presentable_names(context.get("customer"))
    facts = {**context, "customer": names, "words": words_of(context.get("locale"))}
    try:
        return {
            place: _tidy(_PLAIN.parse_guarded(source).write(facts)).strip()
            for place, source in sources.items()
        }
    except LiquidError as error:
        raise RenderingFailed(reason_of(error)) from error
    except (ArithmeticError, LookupError, RecursionError, TypeError, ValueError) as error:
        raise RenderingFailed(f"the words can't be worked out: {error}") from error


def reason_of(error: LiquidError) -> str:
    """Give what is wrong in a sentence: without the library's drawing of where."""
    return str(error.message) if getattr(error, "message", None) else str(error).split("\n")[0]


def presentable_name(name: object) -> str | None:
    """Give a name fit for a greeting, None for what is none: forms are open to anybody.

    An address in the name field would send a stranger's advertisement under the store's name.
    """
    if not isinstance(name, str):
        return None
    cleaned = " ".join(_INVISIBLE.sub("", name).split())
    return None if not cleaned or _ADDRESS_LIKE.search(cleaned) else cleaned[:MAX_NAME].rstrip()


def _with_presentable_names(customer: object) -> dict[str, object]:
    if not isinstance(customer, Mapping):
        return {}
    names = {name: presentable_name(customer.get(name)) for name in ("first_name", "last_name")}
    return {**customer, **names}


def one_line(text: str) -> str:
    """Give one line, as a subject must be, without letters that nobody sees."""
    return " ".join(_INVISIBLE.sub(" ", text).split())


def _tidy(text: str) -> str:
    """Give a text without the gaps that conditions leave."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    return _BLANK_LINES.sub(lambda gap: "\n\n" if gap[0][0] == "\n" else "", plain).strip() + "\n"
