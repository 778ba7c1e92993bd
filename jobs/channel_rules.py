"""What a channel itself has against single messages: an address that rests, a closed window."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from marketing.message_step import Template
from marketing.model import ChannelName, MessageKind, Reason
from marketing.policy import SERVICE_WINDOWS
from marketing.private_replies import begun_by
from marketing.rests import RestKind
from marketing.whatsapp import is_window_open
from marketing.whatsapp_words import Registry, refusal
from storage import Connection, Row, rests, whatsapp_templates
from storage.flows import Version
from storage.rests import NONE, Rests

RESTED = (ChannelName.WHATSAPP, *SERVICE_WINDOWS)
"""The channels whose provider says what keeps it from writing to an address."""


@dataclass(frozen=True, slots=True)
class Rules:
    """What was loaded for a batch of messages."""

    rests: Mapping[tuple[str, str], Rests]
    """By message id and channel."""
    last_inbound: Mapping[tuple[str, str], datetime]
    now: datetime
    said: Mapping[str, Template]
    """What may go by WhatsApp, by message id."""
    templates: Registry
    numbers: Mapping[str, str | None]
    """Where WhatsApp reaches whom a message is for, by message id."""

    def is_answer(self, row: Row[Any], channel: ChannelName) -> bool:
        """Say whether the customer's own window on WhatsApp is open."""
        if channel is not ChannelName.WHATSAPP:
            return False
        last = self.last_inbound.get((row.customer_id, channel.value))
        return is_window_open(last, self._rests(row, channel).window_closed_at, self.now)

    def refusal(self, row: Row[Any], channel: ChannelName) -> Reason | None:
        """Say why a message can't go by a channel now; None: it has nothing against it."""
        if self.closed_at(row, channel) and not begun_by(row.event, channel):
            return Reason.CHANNEL_WINDOW
        until = self._rests(row, channel).until
        kinds = [RestKind.UNREACHABLE]
        if row.kind == MessageKind.MARKETING:
            kinds.append(RestKind.MARKETING)
        if any(until.get(kind, self.now) > self.now for kind in kinds):
            return Reason.RESTING
        template = self.said.get(row.id)
        if channel is not ChannelName.WHATSAPP or template is None:
            return None
        return refusal(
            template.whatsapp,
            MessageKind(row.kind),
            self.templates,
            is_free=self.is_answer(row, channel) and has_free_words(template),
            address=self.numbers.get(row.id),
            country=row.customer_country,
        )

    def closed_at(self, row: Row[Any], channel: ChannelName) -> datetime | None:
        """Give when the provider called a window closed, where they have not written since."""
        closed_at = self._rests(row, channel).window_closed_at
        if channel not in SERVICE_WINDOWS or closed_at is None:
            return None
        last = self.last_inbound.get((row.customer_id, channel.value))
        return closed_at if last is None or last <= closed_at else None

    def _rests(self, row: Row[Any], channel: ChannelName) -> Rests:
        return self.rests.get((row.id, channel.value), NONE)


@dataclass(frozen=True, slots=True)
class Asked:
    """Messages that the gate is asked about, with what it has loaded already."""

    rows: Sequence[Row[Any]]
    versions: Mapping[tuple[str, str], Version]
    hashes: Mapping[tuple[str, str], str]
    """Of addresses, by message id and channel."""
    numbers: Mapping[str, str | None]
    last_inbound: Mapping[tuple[str, str], datetime]


def load(connection: Connection, store_id: str, asked: Asked, now: datetime) -> Rules:
    """Load what the channels of these messages have against them."""
    found: dict[tuple[str, str], Rests] = {}
    mine = {row.id for row in asked.rows}
    for channel in RESTED:
        keys = {key: one for key, one in asked.hashes.items() if key[1] == channel}
        own = {key: one for key, one in keys.items() if key[0] in mine}
        known = rests.of(connection, store_id, channel.value, own.values())
        found |= {key: known[one] for key, one in own.items() if one in known}
    said = said_by(asked.rows, asked.versions)
    templates = whatsapp_templates.of_store(connection, store_id).templates if said else {}
    return Rules(found, asked.last_inbound, now, said, templates, asked.numbers)


def said_by(
    rows: Iterable[Row[Any]], versions: Mapping[tuple[str, str], Version]
) -> dict[str, Template]:
    """Give what messages say that may go by WhatsApp, by their ids."""
    found = {}
    for row in rows:
        if ChannelName.WHATSAPP in (row.channels or [row.channel]):
            step = versions[row.store_id, row.version_id].flow.steps_by_id.get(row.step_id)
            template = getattr(step, "template", None)
            if isinstance(template, Template):
                found[row.id] = template
    return found


def has_free_words(template: Template) -> bool:
    """Say whether it has words of its own for a chat; a mail's stand in where no template is."""
    return template.chat is not None or template.whatsapp is None
