"""`reprise keys`: API keys of a store, made, listed and revoked."""

from argparse import Namespace
from typing import Any

from commands.speech import Trouble, Verbs, answer, desk_of, is_id, table
from jobs import api_keys as door
from jobs.api_keys import Scope
from storage import api_keys
from storage.api_keys import ApiKey

ALL = "all"


def add_to(nouns: Any) -> None:
    """Add the noun with its verbs."""
    verbs = Verbs(nouns, "keys", "API keys, which open /api/v1 for other programs")
    create = verbs.add("create", create_key, "make a key; it is shown this once")
    create.add_argument("--name", required=True, help="which program it is for")
    create.add_argument(
        "--scopes", required=True, help=f"after commas, of {', '.join(Scope)}; or {ALL}"
    )
    verbs.add("list", list_keys, "list the keys in use")
    verbs.add("revoke", revoke_key, "let a key open nothing any more").add_argument("id")


def create_key(told: Namespace) -> None:
    name = told.name.strip()
    if not 1 <= len(name) <= door.LONGEST_NAME:
        raise Trouble(f"Name the key in 1 to {door.LONGEST_NAME} characters.")
    scopes = _scopes(told.scopes)
    with desk_of(told) as desk:
        key, shown = door.make(desk.runtime, desk.store.id, name, scopes)
    lines = [shown, "", "Write it down now: it is kept nowhere, and not shown again."]
    answer(told, {**_line(key), "key": shown}, lines)


def list_keys(told: Namespace) -> None:
    with desk_of(told) as desk, desk.runtime.database.reading() as connection:
        rows = [_line(key) for key in api_keys.of_store(connection, desk.store.id)]
    answer(told, rows, table(rows, "The store has no key."))


def revoke_key(told: Namespace) -> None:
    with desk_of(told) as desk:
        if not (is_id(told.id) and door.revoke(desk.runtime, desk.store.id, told.id)):
            raise Trouble(f"The store has no key {told.id!r} in use: `reprise keys list` tells.")
    answer(told, {"id": told.id, "revoked": True}, ["The key opens nothing any more."])


def _scopes(text: str) -> list[Scope]:
    if text.strip() == ALL:
        return list(Scope)
    named = [part.strip() for part in text.split(",") if part.strip()]
    unknown = [name for name in named if name not in set(Scope)]
    if unknown or not named:
        wrong = f"{unknown[0]!r} is no scope" if unknown else "No scope is named"
        raise Trouble(f"{wrong}: use {', '.join(Scope)}, or {ALL}.")
    return [Scope(name) for name in named]


def _line(key: ApiKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "begins": key.prefix,
        "scopes": " ".join(sorted(key.scopes)),
        "created_at": key.created_at.isoformat(timespec="minutes"),
        "last_used_at": key.last_used_at and key.last_used_at.isoformat(timespec="minutes"),
    }
