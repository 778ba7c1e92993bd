"""The WordPress site that the sandbox plays: its memory, its time, its address, its people.

Records are kept as REST shows them. Its clock is the sandbox's; its zone is not UTC, because
WooCommerce takes a time without a zone for the store's own.
"""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sandbox.clock import BusinessClock
from sandbox.state import Record, State

WOO = "fern-and-fable"
"""The key of this store's records in the sandbox's memory."""
NAME = "Fern & Fable"
TAGLINE = "Plants, paper and slow mornings"
OWNER = ("marlene", "Marlene Vogt", "marlene@fern-and-fable.example")
OWNERS_ID = 1
ZONE = ZoneInfo("Europe/Berlin")
CURRENCY, SYMBOL = "EUR", "€"
WOO_VERSION, WP_VERSION = "11.0.1", "7.1.4"
PLUGIN_VERSION = "1.0.0"


class Site:
    """What the site remembers, and how it tells the time."""

    def __init__(self, state: State, clock: BusinessClock, app_url: str) -> None:
        self.state = state
        self.clock = clock
        self.app_url = app_url
        self.url = ""
        """The store's home, without a slash at its end; known once its port is."""

    @property
    def domain(self) -> str:
        """The home without its scheme: what the app calls this store."""
        return self.url.partition("://")[2]

    # Records.

    def put(self, kind: str, record: Record, handle: str = "") -> Record:
        return self.state.put(WOO, kind, record, handle)

    def get(self, kind: str, id_: object) -> Record | None:
        return self.state.get(WOO, kind, id_)

    def find(self, kind: str, handle: str) -> Record | None:
        return self.state.find(WOO, kind, handle) if handle else None

    def all(self, kind: str) -> list[Record]:
        return self.state.all(WOO, kind)

    def drop(self, kind: str, id_: object) -> None:
        self.state.drop(WOO, kind, id_)

    def next_id(self, name: str = "post") -> int:
        """Orders, products and coupons are posts to WordPress: they share their numbers."""
        return self.state.next_number(f"woo_{name}", 10 if name == "post" else 0)

    # How the site is set up; a test or the admin's page may change it.

    def site(self, name: str) -> Any:
        """`permalinks`, `woocommerce`, `plugin` and `guests` are on; `quiet` and `chat` are off."""
        return self.state.setting(f"woo_site_{name}", name not in {"quiet", "chat"})

    def set_site(self, name: str, value: object) -> None:
        self.state.set(f"woo_site_{name}", value)

    # Time.

    def now(self) -> datetime:
        return self.clock.now().astimezone(UTC)

    def stamps(self, name: str, moment: datetime | None) -> Record:
        """A date as REST writes it: the store's own time, and the same in GMT."""
        return {f"date_{name}": local(moment), f"date_{name}_gmt": gmt(moment)}


def local(moment: datetime | None) -> str | None:
    return moment.astimezone(ZONE).strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def gmt(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S") if moment else None


def moment_of(text: str, *, is_gmt: bool = False) -> datetime:
    """Read a time; one without a zone is the store's own, or GMT where that is said."""
    told = datetime.fromisoformat(text)
    return told if told.tzinfo else told.replace(tzinfo=UTC if is_gmt else ZONE)


def money(amount: Decimal | float | str) -> str:
    return f"{Decimal(amount):.2f}"


def price_shown(amount: Decimal | str) -> str:
    return f"{SYMBOL}{Decimal(amount):,.2f}"
