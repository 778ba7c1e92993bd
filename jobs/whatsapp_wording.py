"""WhatsApp's words for a batch: which window is open, which template is filled, and with what."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from jobs.channel_rules import has_free_words, said_by
from marketing.chat import ChatContent
from marketing.message_step import Template
from marketing.model import ChannelName
from marketing.rendering import RenderingFailed, plain_texts
from marketing.whatsapp import is_window_open
from marketing.whatsapp_templates import BadParameter
from marketing.whatsapp_words import Registry, content_of
from storage import Connection, Row, inbound, rests, whatsapp_templates
from storage.flows import Version
from storage.rests import NONE
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class Sources:
    """What the WhatsApp messages of a batch are made from; of most batches there is none."""

    said: Mapping[str, Template] = field(default_factory=dict)
    """By message id."""
    templates: Registry = field(default_factory=dict)
    last_inbound: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    closed_at: Mapping[str, datetime | None] = field(default_factory=dict)
    """When Meta last said that the customer's window is closed, by message id."""


def load(
    connection: Connection,
    store: Store,
    rows: Sequence[Row[Any]],
    versions: Mapping[tuple[str, str], Version],
    hashes: Mapping[str, str],
) -> Sources:
    """Load what messages need that go by WhatsApp; `hashes` are their addresses', by id."""
    mine = [row for row in rows if row.channel == ChannelName.WHATSAPP]
    if not mine:
        return Sources()
    told = [hashes[row.id] for row in mine if row.id in hashes]
    known = rests.of(connection, store.id, ChannelName.WHATSAPP.value, told)
    return Sources(
        said_by(mine, versions),
        whatsapp_templates.of_store(connection, store.id).templates,
        inbound.last_at(connection, store.id, [row.customer_id for row in mine]),
        {row.id: known.get(hashes.get(row.id, ""), NONE).window_closed_at for row in mine},
    )


def write(
    sources: Sources, row: Row[Any], context: Mapping[str, Any], now: datetime
) -> ChatContent | None:
    """Give the template that one message is; None: it goes in free words.

    Raises `marketing.rendering.RenderingFailed`.
    """
    template = sources.said.get(row.id)
    last = sources.last_inbound.get((row.customer_id, row.channel))
    is_open = is_window_open(last, sources.closed_at.get(row.id), now)
    if template is None or template.whatsapp is None or (is_open and has_free_words(template)):
        return None
    try:
        values = plain_texts(template.whatsapp.parameters, context)
        return content_of(template.whatsapp, values, sources.templates)
    except BadParameter as wrong:
        raise RenderingFailed(f"{wrong.place}: {wrong}") from wrong
    except KeyError as gone:
        raise RenderingFailed("WhatsApp has no such template any more") from gone
