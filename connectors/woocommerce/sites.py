"""Whether a store can be connected at all, and in plain words why not."""

import logging

from connectors.base import StoreError
from connectors.woocommerce.client import SHOP, NotThere, RestClient
from marketing.said import SaidError, say

log = logging.getLogger(__name__)
PLAIN = "/?rest_route=/"
NO_ANSWER = say(
    "Your store did not answer as WordPress does. Check that it is open to everybody, without a "
    "maintenance page or a password in front of it, and try again in a minute."
)
NO_PERMALINKS = say(
    "Your store's web addresses are set to “Plain”, and WooCommerce takes no keys then. In "
    "WordPress open Settings, Permalinks, choose “Post name”, save, and connect again."
)
NO_WOOCOMMERCE = say(
    "WordPress answers at this address, but WooCommerce does not. Activate WooCommerce there, or "
    "name the address of your store."
)
NO_WORDPRESS = say(
    "No WordPress answers at this address. Name the store's own address, with the folder if it "
    "lies in one; if a security plugin blocks its REST API, allow it."
)


class NotReady(SaidError):
    """The store cannot be connected as it is; the text says what to change."""


def look(client: RestClient, domain: str) -> None:
    """Ask a store's WordPress what it is; raises `NotReady`."""
    try:
        spaces = client.open_index(domain).get("namespaces")
    except NotThere:
        words = NO_PERMALINKS if _answers_plainly(client, domain) else NO_WORDPRESS
        raise NotReady(words) from None
    except StoreError as error:
        log.info("a store could not be looked at: %s", error)
        raise NotReady(NO_ANSWER) from None
    if not isinstance(spaces, list):
        raise NotReady(NO_WORDPRESS)
    if SHOP not in spaces:
        raise NotReady(NO_WOOCOMMERCE)


def _answers_plainly(client: RestClient, domain: str) -> bool:
    try:
        return isinstance(client.open_index(domain, PLAIN).get("namespaces"), list)
    except StoreError:
        return False
