"""What a WooCommerce store says of itself: the site's index, its status, its currency."""

from collections.abc import Callable

from sandbox.state import Record
from sandbox.woo_shop import WooShop
from sandbox.woo_site import (
    CURRENCY,
    NAME,
    OWNER,
    PLUGIN_VERSION,
    SYMBOL,
    TAGLINE,
    WOO_VERSION,
    WP_VERSION,
    ZONE,
)

GENERAL = {
    "woocommerce_store_address": "Körnerplatz 3",
    "woocommerce_store_city": "Leipzig",
    "woocommerce_default_country": "DE:DE-SN",
    "woocommerce_store_postcode": "04107",
    "woocommerce_currency": CURRENCY,
}
MAIL = {"woocommerce_email_from_address": OWNER[2], "woocommerce_email_from_name": NAME}


def facts(shop: WooShop) -> dict[str, Callable[[], Record | list[Record]]]:
    """Give what can be asked for by name under `/wp-json/wc/v3/`."""
    return {
        "system_status": lambda: system_status(shop),
        "data/currencies/current": currency,
        "settings/general": lambda: _options(shop, "general", GENERAL),
        "settings/email": lambda: _options(shop, "email", MAIL),
    }


def index_of(shop: WooShop) -> Record:
    """The REST index of WordPress, which anybody may read."""
    spaces = ["oembed/1.0", "wp/v2", "wp-site-health/v1", "wp-block-editor/v1"]
    if shop.site("woocommerce"):
        spaces += ["wc/v1", "wc/v2", "wc/v3", "wc/store", "wc/store/v1", "wc-analytics"]
    if shop.site("woocommerce") and shop.site("plugin"):
        spaces.append("wc-reprise/v1")
    hours = ZONE.utcoffset(shop.now().astimezone(ZONE).replace(tzinfo=None))
    return {
        "name": NAME, "description": TAGLINE, "url": shop.url, "home": shop.url,
        "gmt_offset": str(hours.total_seconds() / 3600).removesuffix(".0") if hours else "0",
        "timezone_string": ZONE.key, "page_for_posts": 0, "page_on_front": 0,
        "show_on_front": "posts", "namespaces": spaces,
        "authentication": {"application-passwords": {"endpoints": {
            "authorization": f"{shop.url}/wp-admin/authorize-application.php"}}},
        "routes": {}, "site_logo": 0, "site_icon": 0, "site_icon_url": "",
        "_links": {"help": [{"href": "https://developer.wordpress.org/rest-api/"}]},
    }  # fmt: skip


def system_status(shop: WooShop) -> Record:
    """Its `default_timezone` is PHP's and UTC everywhere: the store's zone stands in the index."""
    return {
        "environment": _environment(shop),
        "database": {"wc_database_version": WOO_VERSION, "database_prefix": "wp_",
                     "maxmind_geoip_database": "", "database_tables": {}},
        "active_plugins": _plugins(shop),
        "inactive_plugins": [], "dropins_mu_plugins": {"dropins": [], "mu_plugins": []},
        "theme": {"name": "Twenty Twenty-Five", "version": "1.3", "version_latest": "1.3",
                  "author_url": "https://wordpress.org", "is_child_theme": False,
                  "is_block_theme": True, "has_woocommerce_support": True,
                  "has_woocommerce_file": False, "has_outdated_templates": False,
                  "overrides": [], "parent_name": "", "parent_version": "",
                  "parent_version_latest": "", "parent_author_url": ""},
        "settings": {"api_enabled": False, "force_ssl": False, "currency": CURRENCY,
                     "currency_symbol": "&euro;", "currency_position": "left",
                     "thousand_separator": ",", "decimal_separator": ".",
                     "number_of_decimals": 2, "geolocation_enabled": False,
                     "taxonomies": {}, "product_visibility_terms": {},
                     "woocommerce_com_connected": "no", "enforce_approved_download_dirs": True,
                     "order_datastore": "Automattic\\WooCommerce\\Internal\\DataStores\\Orders"
                                        "\\OrdersTableDataStore",
                     "HPOS_enabled": True, "HPOS_sync_enabled": False},
        "security": {"secure_connection": shop.url.startswith("https"), "hide_errors": True},
        "pages": [], "post_type_counts": [], "logging": {},
    }  # fmt: skip


def _environment(shop: WooShop) -> Record:
    return {
        "home_url": shop.url, "site_url": shop.url, "store_id": None, "version": WOO_VERSION,
        "log_directory": "/var/www/html/wp-content/uploads/wc-logs/",
        "log_directory_writable": True, "wp_version": WP_VERSION, "wp_multisite": False,
        "wp_memory_limit": 268435456, "wp_debug_mode": False, "wp_cron": True,
        "language": "en_GB", "external_object_cache": None, "server_info": "nginx/1.27.4",
        "php_version": "8.4.11", "php_post_max_size": 67108864, "php_max_execution_time": 60,
        "php_max_input_vars": 1000, "curl_version": "8.14.1, OpenSSL/3.5.1",
        "suhosin_installed": False, "max_upload_size": 67108864, "mysql_version": "11.8.3-MariaDB",
        "mysql_version_string": "11.8.3-MariaDB", "default_timezone": "UTC",
        "fsockopen_or_curl_enabled": True, "soapclient_enabled": True,
        "domdocument_enabled": True, "gzip_enabled": True, "mbstring_enabled": True,
        "remote_post_successful": True, "remote_post_response": 200,
        "remote_get_successful": True, "remote_get_response": 200,
    }  # fmt: skip


def _plugins(shop: WooShop) -> list[Record]:
    plugins = [("woocommerce/woocommerce.php", "WooCommerce", WOO_VERSION, "Automattic")]
    if shop.site("plugin"):
        plugins.append(("reprise/reprise.php", "Reprise", PLUGIN_VERSION, "Reprise"))
    return [
        {"plugin": file, "name": name, "version": version, "version_latest": version, "url": "",
         "author_name": author, "author_url": "", "network_activated": False}
        for file, name, version, author in plugins
    ]  # fmt: skip


def currency() -> Record:
    return {"code": CURRENCY, "name": "Euro", "symbol": SYMBOL}


def _options(shop: WooShop, group: str, values: dict[str, str]) -> list[Record]:
    """Give a page of the store's settings."""
    home = f"{shop.url}/wp-json/wc/v3/settings/{group}"
    return [
        {"id": name, "label": "", "description": "", "type": "text", "default": "", "value": value,
         "group_id": group, "_links": {"self": [{"href": f"{home}/{name}"}]}}
        for name, value in values.items()
    ]  # fmt: skip
