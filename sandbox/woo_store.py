"""The WooCommerce store's one port: REST, wc-auth, its shop front, its admin with the clock."""

from flask import Flask

from sandbox import woo_coupons, woo_goods, woo_hook_records, woo_orders, woo_people
from sandbox.admin_doors import create_clock
from sandbox.guard import guard
from sandbox.woo_admin import admin_pages
from sandbox.woo_auth import auth_pages
from sandbox.woo_front import front_pages
from sandbox.woo_login import login_pages
from sandbox.woo_resources import Resource
from sandbox.woo_rest import create_rest
from sandbox.world import World


def create_woo_store(world: World) -> Flask:
    """Every door of the WooCommerce store."""
    app = Flask(__name__)
    guard(app)
    create_rest(app, world.woo, _resources(world), world.faults)
    login_pages(app, world.woo)
    auth_pages(app, world.woo)
    front_pages(app, world.woo)
    admin_pages(app, world.woo)
    app.register_blueprint(create_clock(world))
    return app


def _resources(world: World) -> list[Resource]:
    nouns = (woo_goods, woo_orders, woo_people, woo_coupons, woo_hook_records)
    return [resource for noun in nouns for resource in noun.resources(world.woo)]
