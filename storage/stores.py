"""Stores: installing, finding, settings, and what stops when the app is removed."""

import secrets as random
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, tuple_, update

from marketing.model import JsonObject, Platform, StoreProfile, StoreStatus
from storage.schema import credentials, new_id, stores

COLUMNS = (
    "id", "platform", "domain", "external_id", "name", "email", "currency", "timezone",
    "country", "locale", "storefront_url", "address", "status", "public_key", "settings",
    "scopes", "install_epoch", "installed_at", "uninstalled_at", "cart_idle_seconds",
)  # fmt: skip
SELECTED = [stores.c[name] for name in COLUMNS]


@dataclass(frozen=True, slots=True)
class Store:
    """One store as we know it; `settings` is read by `marketing.policy.policy_of`."""

    id: str
    platform: Platform
    domain: str
    external_id: str | None
    name: str
    email: str | None
    currency: str
    timezone: str
    country: str | None
    locale: str
    storefront_url: str | None
    address: str | None
    status: StoreStatus
    public_key: str
    settings: JsonObject
    scopes: tuple[str, ...]
    install_epoch: int
    """Grows with each install: work begun for an earlier one is stale."""
    installed_at: datetime
    """When the merchant last granted us access; business time."""
    uninstalled_at: datetime | None
    cart_idle_seconds: int | None

    @property
    def is_installed(self) -> bool:
        """True while the app is in the store, even when its token needs the merchant."""
        return self.status is not StoreStatus.UNINSTALLED


def install(
    connection: Connection, platform: Platform, domain: str, *, scopes: Iterable[str], now: datetime
) -> tuple[Store, bool]:
    """Put a store on the books, or renew its grant; True when it is a new install.

    A store that had removed the app gets a new `install_epoch`, so that whatever was begun
    before is stale. A merchant who only opens the app again keeps the old one.
    """
    known = by_domain(connection, platform, domain, lock=True)
    granted = {
        "status": StoreStatus.INSTALLED, "scopes": sorted(scopes), "installed_at": now,
        "uninstalled_at": None, "updated_at": now,
    }  # fmt: skip
    if known is None:
        store_id = _create(connection, platform, domain, granted)
    else:
        store_id = known.id
        epoch = known.install_epoch + (0 if known.is_installed else 1)
        _change(connection, store_id, {**granted, "install_epoch": epoch})
    fresh = known is None or not known.is_installed
    return _by_id(connection, store_id), fresh


def _create(
    connection: Connection, platform: Platform, domain: str, values: Mapping[str, Any]
) -> str:
    store_id = new_id()
    row = {"id": store_id, "platform": platform, "domain": domain, "name": domain, **values}
    connection.execute(
        insert(stores).values(**row, public_key=random.token_urlsafe(16), settings={})
    )
    return store_id


def by_id(connection: Connection, store_id: str) -> Store | None:
    """Give the store of this id."""
    row = connection.execute(select(*SELECTED).where(stores.c.id == store_id)).one_or_none()
    return _store(row) if row else None


def _by_id(connection: Connection, store_id: str) -> Store:
    return _store(connection.execute(select(*SELECTED).where(stores.c.id == store_id)).one())


def by_domain(
    connection: Connection, platform: Platform, domain: str, *, lock: bool = False
) -> Store | None:
    """Give the store of this platform and domain; with `lock`, keep others from changing it."""
    query = select(*SELECTED).where(stores.c.platform == platform, stores.c.domain == domain)
    row = connection.execute(query.with_for_update() if lock else query).one_or_none()
    return _store(row) if row else None


def every(connection: Connection) -> list[Store]:
    """Give all stores, for whoever runs the app, in the order of their domains."""
    return [_store(row) for row in connection.execute(select(*SELECTED).order_by(stores.c.domain))]


def named(connection: Connection, domain: str) -> Store | None:
    """Give the store of a domain, of whatever platform; an installed one before others."""
    query = select(*SELECTED).where(stores.c.domain == domain.strip().lower())
    found = [_store(row) for row in connection.execute(query)]
    return next((one for one in found if one.is_installed), found[0] if found else None)


def by_domains(
    connection: Connection, names: Iterable[tuple[str, str]]
) -> dict[tuple[str, str], Store]:
    """Give the stores of these (platform, domain) pairs."""
    wanted = sorted(set(names))
    query = select(*SELECTED).where(tuple_(stores.c.platform, stores.c.domain).in_(wanted))
    return {(row.platform, row.domain): _store(row) for row in connection.execute(query)}


def by_public_key(connection: Connection, public_key: str) -> Store | None:
    """Give the store of a public key, which stands in the pages of its shop front."""
    query = select(*SELECTED).where(stores.c.public_key == public_key)
    row = connection.execute(query).one_or_none()
    return _store(row) if row else None


def _store(row: Row[Any]) -> Store:
    told = dict(zip(COLUMNS, row, strict=True))
    told["platform"] = Platform(row.platform)
    told["status"] = StoreStatus(row.status)
    told["scopes"] = tuple(row.scopes)
    return Store(**told)


def tell(connection: Connection, store_id: str, profile: StoreProfile, now: datetime) -> None:
    """Keep what the platform says about the store; what it leaves out stays as it was."""
    told = {
        "external_id": profile.external_id, "name": profile.name, "email": profile.email,
        "currency": profile.currency, "timezone": profile.timezone, "country": profile.country,
        "locale": profile.locale, "storefront_url": profile.storefront_url,
        "address": profile.address,
    }  # fmt: skip
    given: dict[str, Any] = {name: value for name, value in told.items() if value}
    if profile.look:
        # In the settings document, where the brand that the merchant chooses goes before it.
        known = select(stores.c.settings).where(stores.c.id == store_id).with_for_update()
        settings = connection.execute(known).scalar_one()
        given["settings"] = {**settings, "look": asdict(profile.look)}
    _change(connection, store_id, {**given, "updated_at": now})


def set_scopes(connection: Connection, store_id: str, scopes: Iterable[str]) -> None:
    """Keep what the app may do in the store."""
    _change(connection, store_id, {"scopes": sorted(scopes)})


def set_settings(connection: Connection, store_id: str, settings: JsonObject) -> None:
    """Replace the merchant's settings document."""
    _change(connection, store_id, {"settings": settings})


def set_cart_idle_seconds(connection: Connection, store_id: str, seconds: int | None) -> None:
    """Keep the shortest idle time of the store's live cart flows; None: none is live."""
    _change(connection, store_id, {"cart_idle_seconds": seconds})


def needs_reauth(connection: Connection, store_id: str) -> None:
    """Note that only the merchant can give us access again, by opening the app."""
    installed = stores.c.status == StoreStatus.INSTALLED
    connection.execute(
        update(stores)
        .where(stores.c.id == store_id, installed)
        .values(status=StoreStatus.NEEDS_REAUTH)
    )


def let_in_again(connection: Connection, store_id: str) -> None:
    """Note that the store takes our key again."""
    lost = stores.c.status == StoreStatus.NEEDS_REAUTH
    connection.execute(
        update(stores).where(stores.c.id == store_id, lost).values(status=StoreStatus.INSTALLED)
    )


def uninstall(connection: Connection, store_id: str, happened_at: datetime, now: datetime) -> bool:
    """Mark the app as removed and drop its tokens; False when that is old news.

    A webhook of a removal that is older than the last grant is stale: the merchant has
    installed again since.
    """
    query = (
        update(stores)
        .where(stores.c.id == store_id, stores.c.status != StoreStatus.UNINSTALLED)
        .where(stores.c.installed_at <= happened_at)
        .values(status=StoreStatus.UNINSTALLED, uninstalled_at=now, updated_at=now)
    )
    gone = connection.execute(query).rowcount == 1
    if gone:
        connection.execute(credentials.delete().where(credentials.c.store_id == store_id))
    return gone


def _change(connection: Connection, store_id: str, values: Mapping[str, Any]) -> None:
    connection.execute(update(stores).where(stores.c.id == store_id).values(**values))
