"""Marketing texts with the store's name, and with how to stop them where that is due.

Which ones tell it is told by the ledger: a text that goes out keeps the number that it told, as a
hash. Another try of the same text to the same number says the same, for what it said stands on
its own row, and when it was due does not change. Of two that are prepared at once both tell it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jobs.runtime import Runtime
from marketing import opt_out_line
from marketing.blocks.words import words_of
from marketing.model import ChannelName, MessageKind
from storage import Connection, Row, opt_out_lines
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class Texted:
    """What one marketing text gets beside its words."""

    names: tuple[str, ...]
    """The store's: as its mails are signed, as its platform has it."""
    number_hash: str
    tells: bool
    """Whether it is to say how to stop it."""


def load(
    runtime: Runtime, connection: Connection, store: Store, rows: Iterable[Row[Any]]
) -> Mapping[str, Texted]:
    """Give what marketing texts get, by message id; other messages are not in it."""
    texts = [row for row in rows if _is_one(row)]
    hashes = {row.id: runtime.secrets.address_hash(ChannelName.SMS, row.phone) for row in texts}
    told = opt_out_lines.told_at(connection, store.id, hashes.values())
    names = opt_out_line.names_of(store.settings, store.name)
    found: dict[str, Texted] = {}
    for row in texts:
        own = hashes[row.id]
        is_due = opt_out_line.is_due(row.phone, told.get(own), row.due_at)
        found[row.id] = Texted(names, own, is_due or row.told_stop_to == own)
    return found


def write(
    text: str, own: str, texted: Texted | None, context: Mapping[str, Any]
) -> tuple[str, str | None]:
    """Give a text as it goes out, and the hash of the number that it tells how to stop it.

    `own`: what the store wrote, before a customer's details were filled in.
    """
    if texted is None:
        return text, None
    named = opt_out_line.with_name(text, texted.names)
    if opt_out_line.names_stop(own):
        return named, texted.number_hash
    if not texted.tells:
        return named, None
    line = words_of(context.get("locale"))["opt_out"]
    return opt_out_line.with_line(named, line), texted.number_hash


def _is_one(row: Row[Any]) -> bool:
    is_text = row.channel == ChannelName.SMS and row.kind == MessageKind.MARKETING
    return is_text and bool(row.phone)
