"""How a store looks: logo and colours of its brand, which the Storefront API alone tells.

The Admin API knows no brand (its `ShopBranding` is the plan's). The Storefront API tells `brand` to
anyone, without a token or a scope; a store behind a password may refuse, and then has no look.
"""

import logging

from connectors.base import StoreError
from connectors.shopify.documents import API_VERSION
from connectors.shopify.http import Http
from connectors.shopify.mapping import fields
from marketing.brand import COLOR
from marketing.model import JsonObject, StoreLook

log = logging.getLogger(__name__)

SECONDS = 5.0
"""A look is worth no longer wait: the merchant is looking at the panel being opened."""

BRAND = """
query StoreBrand {
  shop {
    brand {
      logo { image { url(transform: {maxWidth: 600, preferredContentType: PNG}) } }
      colors {
        primary { background foreground }
        secondary { background foreground }
      }
    }
  }
}
"""


class StorefrontClient:
    """Safe to share between threads; `store_url` is the template of a store's address."""

    def __init__(self, http: Http, store_url: str = "https://{shop}") -> None:
        self._http = http
        self._store_url = store_url

    def fetch_look(self, store_domain: str) -> StoreLook | None:
        """Give the store's look; None when it has none, or does not say."""
        url = f"{self._store_url.format(shop=store_domain)}/api/{API_VERSION}/graphql.json"
        try:
            answer = self._http.post(
                url, {"query": BRAND}, read_seconds=SECONDS, total_seconds=SECONDS
            )
        except StoreError as error:
            log.info("Storefront API of %s: %s", store_domain, error)
            return None
        if answer.status != 200:
            log.info("Storefront API of %s answered %s", store_domain, answer.status)
            return None
        return read_look(answer.json())


def read_look(told: JsonObject) -> StoreLook | None:
    """Read the answer to `BRAND`; what is no colour and no web address is left out."""
    brand = fields.record(fields.record(fields.record(told.get("data")).get("shop")).get("brand"))
    colors = fields.record(brand.get("colors"))
    main, second = _first(colors, "primary"), _first(colors, "secondary")
    image = fields.record(fields.record(brand.get("logo")).get("image"))
    look = StoreLook(
        logo_url=fields.web_address(image.get("url")),
        color=_color(main.get("background")),
        on_color=_color(main.get("foreground")),
        second_color=_color(second.get("background")),
    )
    return None if look == StoreLook() else look


def _first(colors: JsonObject, group: str) -> JsonObject:
    found = fields.records(colors.get(group))
    return found[0] if found else {}


def _color(value: object) -> str | None:
    found = fields.text(value)
    return found.lower() if found and COLOR.fullmatch(found) else None
