"""A store's team: which roles there are, and what each may do in the panel."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Any


class Role(StrEnum):
    """What somebody of the team is there for."""

    NONE = "none"
    """Sees nothing: who left, or waits to be let in, though the platform opens the panel."""
    VIEWER = "viewer"
    INBOX = "inbox"
    """Looks, and answers customers."""
    EDITOR = "editor"
    """Prepares flows, segments and campaigns; nothing that is live changes by it."""
    PUBLISHER = "publisher"
    """Everything: what goes live, settings, the team itself."""


class Right(StrEnum):
    """What a role allows."""

    READ = "read"
    ANSWER = "answer"
    EDIT = "edit"
    PUBLISH = "publish"


RIGHTS: Mapping[Role, frozenset[Right]] = MappingProxyType(
    {
        Role.NONE: frozenset(),
        Role.VIEWER: frozenset({Right.READ}),
        Role.INBOX: frozenset({Right.READ, Right.ANSWER}),
        Role.EDITOR: frozenset({Right.READ, Right.ANSWER, Right.EDIT}),
        Role.PUBLISHER: frozenset(Right),
    }
)


def role_of_newcomers(settings: Mapping[str, Any]) -> Role:
    """Give the role of whoever opens the panel for the first time, from the store's settings.

    Who may open it at all is the platform's to say: a merchant lets staff into single apps.
    So everything is theirs, unless the merchant has said otherwise here.
    """
    try:
        return Role(settings.get("new_people_role", Role.PUBLISHER))
    except ValueError:
        return Role.PUBLISHER
