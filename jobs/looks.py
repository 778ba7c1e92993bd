"""Reading a store's own look once more, when its merchant asks: a logo may have changed."""

from jobs import access
from jobs.runtime import Runtime
from storage import stores


def read_again(runtime: Runtime, store_id: str) -> None:
    """Ask the platform what the store says of itself, and keep it. Raises a `StoreError`."""
    profile = access.calling(runtime, store_id, lambda shop, token: shop.fetch_profile(token))
    with runtime.database.writing() as connection:
        stores.tell(connection, store_id, profile, runtime.database.now(connection))
