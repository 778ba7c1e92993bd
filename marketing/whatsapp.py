"""WhatsApp's own measures: how long a customer's window is open, and how much a message holds."""

from datetime import datetime, timedelta

WINDOW = timedelta(hours=24)
"""How long after the customer wrote free words are taken:
https://developers.facebook.com/docs/whatsapp/pricing#customer-service-windows, 2026-11-22."""
MARGIN = timedelta(minutes=10)
"""So much before its end a window counts as closed: what is written now is sent a little later."""
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
