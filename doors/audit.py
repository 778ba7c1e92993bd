"""Keeps who changed what, for both JSON doors: after the answer is known, and only if it is yes."""

from collections.abc import Mapping
from typing import Any

from flask import Response, g, request

from doors.json_api import the_runtime
from storage import Connection, audit
from storage.team import Member

CHANGES = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def also(**about: Any) -> None:
    """Say what else is worth knowing of what this request does: ids and names, no customer's."""
    g.audited = {**g.get("audited", {}), **about}


def note(
    response: Response, store_id: str, by_kind: str, by_id: str, *, is_noted: bool = False
) -> None:
    """Keep what a request did, by whom; `by_kind` is `person` or `key`.

    `is_noted`: also where it changed nothing.

    It is written after the change itself: if this machine dies between the two, the change
    stands without its line. A refused request leaves none.
    """
    is_worth_it = is_noted or request.method in CHANGES
    if not is_worth_it or not 200 <= response.status_code < 300:
        return
    rule = str(request.url_rule).removeprefix("/panel/api").removeprefix("/api/v1")
    action = f"{request.method} {rule.replace('<uuid:', '<')}"
    _keep(store_id, by_kind, by_id, action, {**_ids(), **g.get("audited", {})})


def note_elsewhere(store_id: str, member: Member, action: str, about: Mapping[str, Any]) -> None:
    """Keep in another store's log what somebody of this one did there, by the name they have here.

    Nobody of that store's team has their id.
    """
    by = member.name or member.user_id
    _keep(store_id, "person", member.id, action, {**about, "by": by})


def _ids() -> dict[str, str]:
    return {name: str(value) for name, value in (request.view_args or {}).items()}


def _keep(store_id: str, by_kind: str, by_id: str, action: str, about: Mapping[str, Any]) -> None:
    database = the_runtime().database

    def keep(connection: Connection) -> None:
        real_now = database.real_now(connection)
        audit.note(
            connection, store_id, by_kind=by_kind, by_id=by_id,
            action=action, about=about, real_now=real_now,
        )  # fmt: skip

    database.write(keep)
