"""What messages that tell of a reward have to tell: how it stands, and what it is."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketing.flow import SendMessage
from marketing.gate import RewardState
from storage import Connection, Row, rewards
from storage.flows import Version
from storage.rewards import CODED, CREDITED, FAILED, Given

Versions = Mapping[tuple[str, str], Version]
STATES = {CREDITED: RewardState.GIVEN, CODED: RewardState.CODE, FAILED: RewardState.FAILED}


def states(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]], versions: Versions
) -> dict[str, RewardState]:
    """Give how the rewards stand that messages (by id) tell of; others are left out."""
    found = _given(connection, store_id, rows, versions)
    return {
        message_id: STATES.get(one.state, RewardState.WAITING) if one else RewardState.NOT_DUE
        for message_id, one in found.items()
    }


def shown(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]], versions: Versions
) -> dict[str, dict[str, Any]]:
    """Give what a template says of the rewards that messages (by id) tell of."""
    found = _given(connection, store_id, rows, versions)
    return {message_id: _shown(one) for message_id, one in found.items() if one}


def _shown(one: Given) -> dict[str, Any]:
    return {
        "kind": "code" if one.state == CODED else "store_credit",
        "amount": one.amount,
        "currency": one.currency,
        "expires_at": one.expires_at.isoformat() if one.expires_at else None,
    }


def _given(
    connection: Connection, store_id: str, rows: Sequence[Row[Any]], versions: Versions
) -> dict[str, Given | None]:
    telling: dict[str, tuple[str, str]] = {}
    for row in rows:
        step = versions[store_id, row.version_id].flow.steps_by_id.get(row.step_id)
        if isinstance(step, SendMessage) and step.reward:
            telling[row.id] = (row.enrollment_id, step.reward)
    if not telling:
        return {}
    whose = sorted({enrollment_id for enrollment_id, _ in telling.values()})
    given = rewards.given(connection, store_id, whose)
    return {message_id: given.get(key) for message_id, key in telling.items()}
