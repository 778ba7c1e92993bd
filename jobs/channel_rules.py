"""What a channel itself has against single messages: an address that rests, a closed window."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketing.model import ChannelName, MessageKind, Reason
from marketing.rests import RestKind
from marketing.whatsapp import is_window_open
from storage import Connection, Row, rests
from storage.rests import NONE, Rests

RESTED = (ChannelName.WHATSAPP,)
"""The channels whose provider asks that addresses be left alone."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What was loaded for a batch of messages."""

    rests: Mapping[tuple[str, str], Rests]
    """By message id and channel."""
    last_inbound: Mapping[tuple[str, str], datetime]
    now: datetime

    def is_answer(self, row: Row[Any], channel: ChannelName) -> bool:
        """Say whether the customer's own window on WhatsApp is open."""
        if channel is not ChannelName.WHATSAPP:
            return False
        last = self.last_inbound.get((row.customer_id, channel.value))
        return is_window_open(last, self._rests(row, channel).window_closed_at, self.now)

    def refusal(self, row: Row[Any], channel: ChannelName) -> Reason | None:
        """Say why a message can't go by a channel now; None: it has nothing against it."""
        until = self._rests(row, channel).until
        kinds = [RestKind.UNREACHABLE]
        if row.kind == MessageKind.MARKETING:
            kinds.append(RestKind.MARKETING)
        rests_on = any(until.get(kind, self.now) > self.now for kind in kinds)
        return Reason.RESTING if rests_on else None

    def _rests(self, row: Row[Any], channel: ChannelName) -> Rests:
        return self.rests.get((row.id, channel.value), NONE)


def load(
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    hashes: Mapping[tuple[str, str], str],
    last_inbound: Mapping[tuple[str, str], datetime],
    now: datetime,
) -> Rules:
    """Load what the channels of these messages have against them."""
    found: dict[tuple[str, str], Rests] = {}
    mine = {row.id for row in rows}
    for channel in RESTED:
        asked = {key: one for key, one in hashes.items() if key[1] == channel and key[0] in mine}
        known = rests.of(connection, store_id, channel.value, asked.values())
        found |= {key: known[one] for key, one in asked.items() if one in known}
    return Rules(found, last_inbound, now)
