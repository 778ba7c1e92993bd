"""Arms into stores: one folder a platform, all of them a `base.StoreConnector`."""

from connectors.base import StoreConnector
from connectors.shopify.connector import ShopifyConnector
from marketing.model import Platform


def build(
    *,
    shopify_client_id: str,
    shopify_client_secrets: tuple[str, ...],
    shopify_admin_url: str = "https://{shop}",
    shopify_codes_in_links: bool = True,
    demo: bool = False,
) -> dict[Platform, StoreConnector]:
    """Build every platform's connector, once a process.

    In the demo the stores live on this very machine, behind no proxy.
    """
    shopify = ShopifyConnector(
        shopify_client_id,
        shopify_client_secrets,
        shopify_admin_url,
        use_proxies=not demo,
        codes_in_links=shopify_codes_in_links,
    )
    return {Platform.SHOPIFY: shopify}
