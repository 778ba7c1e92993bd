"""Turn a compiled template and the facts of one customer into the words of one message.

The context is a plain nested dict of str, int, float, bool, None, list and dict. Money is in
minor units, times are ISO 8601 in UTC; filters write both in the shopper's way. Keys:

    locale      BCP 47, the shopper's: "de-DE"
    store       name, url, address, email, currency, timezone (IANA), logo_url?,
                free_shipping_threshold? (minor units of store.currency), return_days?
    customer    first_name?, last_name?, email
    cart        items[], currency (the shopper's), subtotal, total, url (way back to the cart)
      items[]   title, variant_title?, quantity, price, line_price, image_url?, url?
    coupon      None, or code, percent, ends_at
    links       unsubscribe, placeholder? (a picture for items that have none)

`?` marks what may be None or missing. `cart.url` and `links.unsubscribe` are given by
`marketing.links.MessageLinks`; other links of the HTML part are wrapped in click tokens here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketing.links import MessageLinks
from marketing.templates import CompiledTemplate


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words of one message."""

    subject: str
    preview: str
    html: str
    text: str


class RenderingFailed(Exception):
    """This template can't be rendered for this customer; `reason` is for people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Renderer:
    """Renders compiled templates, keeping the parsed ones by their hash. Thread-safe."""

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
        raise NotImplementedError
