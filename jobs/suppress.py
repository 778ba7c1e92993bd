"""Keeping addresses from being written to: a list that the merchant brings from elsewhere."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from jobs.runtime import Runtime
from marketing.consent import SuppressionScope
from marketing.model import ChannelName
from storage import suppressions

SOURCE: Final = "merchant_list"
AT_ONCE: Final = 500
"""Addresses of one transaction: a long list holds no message up."""


@dataclass(frozen=True, slots=True)
class Suppressed:
    """How a list fared: addresses that are new to it, and those suppressed already."""

    added: int
    known: int


def suppress(runtime: Runtime, store_id: str, addresses: Sequence[str]) -> Suppressed:
    """Keep marketing e-mail from these addresses; doing it again changes nothing.

    What waits to be sent to them is skipped by the gate, with its reason.
    """
    added = 0
    for start in range(0, len(addresses), AT_ONCE):
        hashes = [
            runtime.secrets.address_hash(ChannelName.EMAIL.value, address)
            for address in addresses[start : start + AT_ONCE]
        ]
        added += _keep(runtime, store_id, hashes)
    return Suppressed(added, len(addresses) - added)


def _keep(runtime: Runtime, store_id: str, hashes: Sequence[str]) -> int:
    channel = ChannelName.EMAIL.value
    with runtime.database.writing() as connection:
        known = suppressions.of(connection, store_id, channel, hashes)
        suppressions.add(
            connection, store_id, channel, hashes,
            scope=SuppressionScope.MARKETING, reason=suppressions.UNSUBSCRIBED,
            source=SOURCE, now=runtime.database.now(connection),
        )  # fmt: skip
    return len(set(hashes)) - len(known)
