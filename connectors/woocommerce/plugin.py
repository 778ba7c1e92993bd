"""The companion plugin in a store: whether it is there, handing the connection over, ending it.

WooCommerce's keys are taken for its routes, for their namespace begins with `wc-`.
"""

from dataclasses import dataclass

from connectors.base import Credentials
from connectors.woocommerce.client import PLUGIN, NotThere, RestClient
from connectors.woocommerce.mapping import fields
from marketing.model import JsonObject

ROUTE = "connection"


@dataclass(frozen=True, slots=True)
class Installed:
    """The plugin as it describes itself."""

    version: str
    is_connected: bool
    app_url: str | None
    store_key: str | None


def look(client: RestClient, credentials: Credentials) -> Installed | None:
    """Ask for the plugin; None: the store has none."""
    try:
        return _read(client.get(credentials, ROUTE, api=PLUGIN).json())
    except NotThere:
        return None


def is_connected(client: RestClient, credentials: Credentials) -> bool:
    """Tell if the plugin is there and ours."""
    found = look(client, credentials)
    return found is not None and found.is_connected


def connect(client: RestClient, credentials: Credentials, told: JsonObject) -> Installed | None:
    """Hand the connection over: {app_url, store_key, secret, privacy_url?}. Safe to repeat."""
    try:
        return _read(client.call(credentials, "put", ROUTE, data=told, api=PLUGIN).json())
    except NotThere:
        return None


def disconnect(client: RestClient, credentials: Credentials) -> None:
    """Have the plugin forget us, where there is one."""
    try:
        client.call(credentials, "delete", ROUTE, api=PLUGIN)
    except NotThere:
        return


def _read(told: object) -> Installed:
    record = fields.record(told)
    return Installed(
        version=fields.text(record.get("version")) or "",
        is_connected=record.get("connected") is True,
        app_url=fields.text(record.get("app_url")),
        store_key=fields.text(record.get("store_key")),
    )
