"""The team: who has opened the panel, what they are called, and what they may do."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, Row, func, select, update

from marketing.team import Role
from storage.dialect import upsert
from storage.schema import new_id, team

SEEN_WITHIN: Final = timedelta(hours=1)
"""A visit is noted this often at the most: looking at a page is no reason to write."""


@dataclass(frozen=True, slots=True)
class Member:
    """One person of a store's team; times are real."""

    id: str
    user_id: str
    name: str
    role: Role
    first_seen_at: datetime
    last_seen_at: datetime


def of_user(connection: Connection, store_id: str, user_id: str) -> Member | None:
    """Give the person by the platform's id, None if they never opened the panel."""
    query = select(team).where(team.c.store_id == store_id, team.c.user_id == user_id)
    row = connection.execute(query).one_or_none()
    return _member(row) if row else None


def of_store(connection: Connection, store_id: str) -> list[Member]:
    """Give everybody of the store, who came first first."""
    query = select(team).where(team.c.store_id == store_id).order_by(team.c.id)
    return [_member(row) for row in connection.execute(query)]


def welcome(
    connection: Connection, store_id: str, user_id: str, role: Role, real_now: datetime
) -> Member:
    """Keep that somebody opened the panel; whoever is new gets this role."""
    row = {
        "store_id": store_id, "id": new_id(), "user_id": user_id, "role": role.value,
        "first_seen_at": real_now, "last_seen_at": real_now,
    }  # fmt: skip
    kept = ("id", "role", "first_seen_at")
    upsert(connection, team, [row], keep=kept, key=("store_id", "user_id"))
    found = of_user(connection, store_id, user_id)
    if found is None:
        raise AssertionError("whoever was just kept is there")
    return found


def introduce(connection: Connection, store_id: str, member_id: str, name: str) -> None:
    """Call somebody by a name whom nobody has named yet."""
    nameless = (team.c.store_id == store_id, team.c.id == member_id, team.c.name == "")
    connection.execute(update(team).where(*nameless).values(name=name))


def change(
    connection: Connection, store_id: str, member_id: str, name: str, role: Role
) -> Member | None:
    """Call somebody by a name and give them a role; None if the store has nobody of this id."""
    connection.execute(
        update(team)
        .where(team.c.store_id == store_id, team.c.id == member_id)
        .values(name=name, role=role.value)
    )
    query = select(team).where(team.c.store_id == store_id, team.c.id == member_id)
    row = connection.execute(query).one_or_none()
    return _member(row) if row else None


def has_publisher(connection: Connection, store_id: str, *, since: datetime) -> bool:
    """Say whether anybody is left who may change the team, and was here since.

    Platforms tell nobody who has left a store's staff: all that is known of it is that they do
    not come any more.
    """
    query = select(func.count()).where(
        team.c.store_id == store_id,
        team.c.role == Role.PUBLISHER.value,
        team.c.last_seen_at > since,
    )
    return bool(connection.execute(query).scalar_one())


def _member(row: Row[*tuple[object, ...]]) -> Member:
    told = {name: value for name, value in row._asdict().items() if name != "store_id"}
    return Member(**{**told, "role": Role(told["role"])})
