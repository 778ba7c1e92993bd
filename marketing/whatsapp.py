"""WhatsApp's own measures: how long a customer's window is open, and how much a message holds."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

WINDOW = timedelta(hours=24)
"""How long after the customer wrote free words are taken:
https://developers.facebook.com/docs/whatsapp/pricing#customer-service-windows, 2026-11-22."""
MARGIN = timedelta(minutes=10)
"""So much before its end a window counts as closed: what is written now is sent a little later."""
FREE_KINDS = frozenset({"free_entry_point", "free_customer_service"})
"""What Meta calls messages that it bills nothing for: for 72 hours once the store answered somebody
who came by an advertisement or the page's own button, and what answers a customer in their window.
It says so of each message, and we count by that: whether Meta counts 72 hours or lets them last
longer is its own affair. After the customer's 24 hours only templates go, free or not.
https://developers.facebook.com/docs/whatsapp/pricing#free-entry-point-windows, 2026-09-28."""
MOST_BUTTONS = 3
MOST_ROWS = 10
INTERACTIVE_TEXT = 1024
"""Letters of a text with buttons or a list."""
MOST_LABEL = 20
MOST_ROW_LABEL = 24


def is_window_open(
    last_inbound_at: datetime | None, closed_at: datetime | None, now: datetime
) -> bool:
    """Say whether free words are taken now; `closed_at`: when Meta last said that they are not."""
    if last_inbound_at is None or (closed_at is not None and closed_at >= last_inbound_at):
        return False
    return now - last_inbound_at < WINDOW - MARGIN


def is_free(pricing: Mapping[str, Any]) -> bool:
    """Say whether Meta bills nothing for a message, by what it tells with its state.

    Whether it is billed counts; where that is left out, the kind.
    """
    billable = pricing.get("billable")
    return not billable if isinstance(billable, bool) else pricing.get("type") in FREE_KINDS
