"""What the mirror has to ask the platform for, because its webhooks do not tell: categories.

A row of the outbox each; `jobs.categories` reads what they name.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection

from marketing.categories import Category
from storage import outbox, product_categories
from storage.database import real_now

WHOLE: Final = "read_category"
OF_PRODUCT: Final = "read_categories_of"
SETTLED: Final = timedelta(seconds=20)
"""A store sorts a product in by its rules a moment after it told of the product."""


def category(connection: Connection, store_id: str, told: Category) -> None:
    """A category is new, or changed: it is called so from now on, and read with its products."""
    product_categories.rename(connection, store_id, told)
    _whole(connection, store_id, told.external_id)


def category_gone(connection: Connection, store_id: str, external_id: str) -> None:
    """A category was deleted: it is read once more, and found to hold nothing."""
    _whole(connection, store_id, external_id)


def _whole(connection: Connection, store_id: str, external_id: str) -> None:
    due_at = real_now(connection) + SETTLED
    outbox.add(connection, store_id, WHOLE, external_id, {"category_id": external_id}, due_at)


def of_products(connection: Connection, keys: Iterable[tuple[str, str]]) -> None:
    """Have it read where these (store id, product id) stand."""
    for store_id, product_id in keys:
        due_at = real_now(connection) + SETTLED
        payload = {"product_id": product_id}
        outbox.add(connection, store_id, OF_PRODUCT, product_id, payload, due_at)
