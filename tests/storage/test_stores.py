"""Stores come, go and come back; their tokens are theirs alone and renewed by one at a time."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.fernet import Fernet

from marketing.model import Platform, StoreLook, StoreProfile, StoreStatus
from storage import credentials, stores
from storage.credentials import RefreshLease, Tokens
from storage.database import Database
from storage.schema import credentials as credential_rows
from storage.secrets import BadKeys, BadSecret, Secrets
from storage.stores import Store
from tests.storage.mirroring import NOON, at

KEY, OTHER = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SECRETS = Secrets([KEY])
SHOPIFY = Platform.SHOPIFY


def install(
    database: Database, domain: str = "maple.myshopify.com", hours: float = 0
) -> tuple[Store, bool]:
    with database.writing() as connection:
        return stores.install(connection, SHOPIFY, domain, scopes=["b", "a"], now=at(hours))


def uninstall(database: Database, store: Store, hours: float) -> bool:
    with database.writing() as connection:
        return stores.uninstall(connection, store.id, at(hours), at(hours))


def keep(database: Database, store: Store, tokens: Tokens, secrets: Secrets = SECRETS) -> None:
    with database.writing() as connection:
        credentials.keep(connection, secrets, store.id, tokens)


def load(database: Database, store: Store, secrets: Secrets = SECRETS) -> Tokens | None:
    with database.reading() as connection:
        return credentials.load(connection, secrets, store.id)


def lease(database: Database, store: Store, hours: float = 0) -> RefreshLease | None:
    with database.writing() as connection:
        return credentials.lease_refresh(
            connection, SECRETS, store.id, owner="me", real_now=at(hours), seconds=60
        )


def test_a_new_store_has_its_own_key_and_every_setting_at_its_default(database: Database) -> None:
    store, fresh = install(database)
    other, _ = install(database, "stranger.myshopify.com")
    assert (fresh, store.install_epoch, store.status) == (True, 1, StoreStatus.INSTALLED)
    assert (store.settings, store.scopes) == ({}, ("a", "b"))
    assert store.public_key != other.public_key
    with database.reading() as connection:
        assert stores.by_public_key(connection, store.public_key) == store
        assert stores.by_domain(connection, SHOPIFY, "nobody.myshopify.com") is None


def test_opening_the_app_again_is_no_new_install(database: Database) -> None:
    install(database)
    store, fresh = install(database, hours=1)
    assert (fresh, store.install_epoch, store.installed_at) == (False, 1, at(1))


def test_coming_back_after_an_uninstall_is_a_new_install(database: Database) -> None:
    store, _ = install(database)
    keep(database, store, Tokens("one"))
    assert uninstall(database, store, 1)
    assert load(database, store) is None
    back, fresh = install(database, hours=2)
    assert (fresh, back.id, back.install_epoch, back.uninstalled_at) == (True, store.id, 2, None)
    assert back.public_key == store.public_key


def test_an_uninstall_from_before_the_last_grant_is_stale(database: Database) -> None:
    store, _ = install(database, hours=2)
    keep(database, store, Tokens("one"))
    assert not uninstall(database, store, 1)
    assert load(database, store) == Tokens("one")


def test_a_second_uninstall_is_old_news(database: Database) -> None:
    store, _ = install(database)
    assert uninstall(database, store, 1)
    assert not uninstall(database, store, 2)


def test_a_profile_changes_what_it_tells(database: Database) -> None:
    store, _ = install(database)
    told = StoreProfile(store.domain, "99", "Maple", None, "EUR", "Europe/Berlin")
    with database.writing() as connection:
        stores.tell(connection, store.id, told, NOON)
        stores.set_settings(connection, store.id, {"audience": "everyone"})
        found = stores.by_id(connection, store.id)
    assert found
    assert (found.name, found.currency, found.email) == ("Maple", "EUR", None)
    assert found.settings == {"audience": "everyone"}


def test_a_look_is_kept_beside_the_merchants_settings_and_silence_takes_none_away(
    database: Database,
) -> None:
    store, _ = install(database)
    look = StoreLook("https://maple.example/logo.png", "#47603f")
    told = StoreProfile(store.domain, "99", "Maple", None, "EUR", "Europe/Berlin", look=look)
    with database.writing() as connection:
        stores.set_settings(connection, store.id, {"audience": "everyone"})
        stores.tell(connection, store.id, told, NOON)
        stores.tell(connection, store.id, replace(told, look=None), NOON)
        found = stores.by_id(connection, store.id)
    assert found
    assert found.settings["audience"] == "everyone"
    assert found.settings["look"]["color"] == "#47603f"


def test_tokens_are_not_readable_in_the_database(database: Database) -> None:
    store, _ = install(database)
    tokens = Tokens("shpat_secret", at(1), "shprt_secret", at(90))
    keep(database, store, tokens)
    assert load(database, store) == tokens
    with database.reading() as connection:
        row = connection.execute(credential_rows.select()).one()
    assert "secret" not in str(row)
    assert "secret" not in repr(tokens)


def test_another_stores_row_does_not_open(database: Database) -> None:
    store, _ = install(database)
    stranger, _ = install(database, "stranger.myshopify.com")
    keep(database, store, Tokens("ours"))
    keep(database, stranger, Tokens("theirs"))
    with database.writing() as connection:
        rows = {row.store_id: row for row in connection.execute(credential_rows.select())}
        swapped = credential_rows.update().where(credential_rows.c.store_id == store.id)
        connection.execute(swapped.values(access_token=rows[stranger.id].access_token))
    with pytest.raises(BadSecret):
        load(database, store)


def test_one_at_a_time_renews_tokens(database: Database) -> None:
    store, _ = install(database)
    keep(database, store, Tokens("old", at(1), "refresh"))
    first = lease(database, store)
    assert first
    assert first.tokens.refresh_token == "refresh"
    assert lease(database, store) is None
    second = lease(database, store, hours=1)
    assert second, "the first one's lease is over"
    with database.writing() as connection:
        late = credentials.store_refreshed(connection, SECRETS, first, Tokens("late"))
        fine = credentials.store_refreshed(connection, SECRETS, second, Tokens("new", at(2)))
    assert (late, fine) == (False, True)
    assert load(database, store) == Tokens("new", at(2))


def test_a_fresh_grant_outranks_a_renewal_under_way(database: Database) -> None:
    store, _ = install(database)
    keep(database, store, Tokens("old", at(1), "refresh"))
    renewing = lease(database, store)
    assert renewing
    keep(database, store, Tokens("granted"))
    with database.writing() as connection:
        assert not credentials.store_refreshed(connection, SECRETS, renewing, Tokens("renewed"))
        assert not credentials.release_refresh(connection, renewing, refused_at=NOON)
    assert load(database, store) == Tokens("granted")


def test_a_store_without_tokens_has_nothing_to_renew(database: Database) -> None:
    store, _ = install(database)
    assert lease(database, store) is None


def test_a_token_is_stale_shortly_before_its_end() -> None:
    margin = timedelta(minutes=5)
    assert Tokens("t", at(1)).is_stale(at(0.95), margin)
    assert not Tokens("t", at(1)).is_stale(at(0), margin)
    assert not Tokens("t").is_stale(at(0), margin)


def test_keys_are_changed_without_losing_a_token(database: Database) -> None:
    store, _ = install(database)
    keep(database, store, Tokens("token", None, "refresh"))
    both, new = Secrets([f"new:{OTHER}", KEY]), Secrets([f"new:{OTHER}"])
    with pytest.raises(BadKeys):
        credentials.refuse_unknown_keys(database, new)
    with database.writing() as connection:
        assert [credentials.rotate(connection, both) for _ in range(2)] == [1, 0]
    credentials.refuse_unknown_keys(database, new)
    assert load(database, store, new) == Tokens("token", None, "refresh")


def test_only_an_installed_store_can_need_its_merchant(database: Database) -> None:
    store, _ = install(database)
    uninstall(database, store, 1)
    with database.writing() as connection:
        stores.needs_reauth(connection, store.id)
        found = stores.by_id(connection, store.id)
    assert found
    assert found.status is StoreStatus.UNINSTALLED
