"""Reading where products stand from the platform, whose webhooks tell of changes alone.

What is read is the whole truth of that moment: a call made twice, or late, writes the same.
"""

from collections.abc import Callable
from typing import Final

from jobs import access, membership
from jobs.runtime import Runtime
from marketing.categories import Category
from storage import Connection, outbox, product_categories, stores, unread
from storage.outbox import Call

WHOLE: Final = unread.WHOLE
OF_PRODUCT: Final = unread.OF_PRODUCT


def read_whole(runtime: Runtime, call: Call) -> bool:
    """Read a category with all of its products; one that is gone holds none."""
    category_id = call.payload["category_id"]
    if _is_ours(runtime, call.store_id):
        found = access.calling(
            runtime, call.store_id, lambda shop, token: shop.fetch_category(token, category_id)
        )
        category, ids = (found.category, found.product_ids) if found else (None, ())
        gone = Category(category_id, "")
        _write(
            runtime,
            call,
            lambda c: product_categories.fill(c, call.store_id, category or gone, ids),
        )
    return False


def read_of_product(runtime: Runtime, call: Call) -> bool:
    """Read in which categories a product stands."""
    product_id = call.payload["product_id"]
    if _is_ours(runtime, call.store_id):
        told = access.calling(
            runtime, call.store_id, lambda shop, token: shop.categories_of(token, product_id)
        )
        _write(
            runtime,
            call,
            lambda c: product_categories.of_product(c, call.store_id, product_id, told),
        )
    return False


def _is_ours(runtime: Runtime, store_id: str) -> bool:
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, store_id)
    return store is not None and store.is_installed


def _write(runtime: Runtime, call: Call, put: Callable[[Connection], bool]) -> None:
    """Write what was read; segments that ask about categories are looked at again."""

    def write(connection: Connection) -> None:
        if outbox.is_ours(connection, call) and put(connection):
            membership.sorted_anew(connection, call.store_id, runtime.database.now(connection))

    runtime.database.write(write)
