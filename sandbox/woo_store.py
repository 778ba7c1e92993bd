"""The WooCommerce store's one port: REST, wc-auth, its shop front and its admin."""

from flask import Flask

from sandbox import woo_coupons, woo_goods, woo_hook_records, woo_orders, woo_people
from sandbox.guard import guard
from sandbox.woo_resources import Resource
from sandbox.woo_rest import create_rest
from sandbox.world import World


def create_woo_store(world: World) -> Flask:
    """Every door of the WooCommerce store."""
    app = Flask(__name__)
    guard(app)
    create_rest(app, world.woo, _resources(world), world.faults)
    return app


def _resources(world: World) -> list[Resource]:
    nouns = (woo_goods, woo_orders, woo_people, woo_coupons, woo_hook_records)
    return [resource for noun in nouns for resource in noun.resources(world.woo)]
