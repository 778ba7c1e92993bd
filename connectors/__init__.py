"""Arms into stores: one folder a platform, all of them a `base.StoreConnector`."""

from connectors.base import StoreConnector
from connectors.shopify.connector import ShopifyConnector
from connectors.woocommerce.connector import WooCommerceConnector
from marketing.model import Platform


def build(  # noqa: PLR0913  settings, each by its name
    *,
    shopify_client_id: str,
    shopify_client_secrets: tuple[str, ...],
    shopify_admin_url: str = "https://{shop}",
    shopify_codes_in_links: bool = True,
    woocommerce_store_url: str = "https://{domain}",
    app_keys: tuple[str, ...] = (),
    demo: bool = False,
) -> dict[Platform, StoreConnector]:
    """Build every platform's connector, once a process.

    `app_keys`: APP_KEYS, of which the secrets follow that WooCommerce stores sign with. In the
    demo the stores live on this very machine, behind no proxy.
    """
    shopify = ShopifyConnector(
        shopify_client_id,
        shopify_client_secrets,
        shopify_admin_url,
        use_proxies=not demo,
        codes_in_links=shopify_codes_in_links,
    )
    woocommerce = WooCommerceConnector(app_keys, woocommerce_store_url, may_be_local=demo)
    return {Platform.SHOPIFY: shopify, Platform.WOOCOMMERCE: woocommerce}
