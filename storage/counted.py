"""What reports count: orders that count and stand, net of refunds, and messages handed over."""

from sqlalchemy import and_

from marketing.ledger import HANDED_OVER
from storage.schema import messages, orders

net = orders.c.store_total - orders.c.store_refunded
is_counted = and_(orders.c.counts, orders.c.cancelled_at.is_(None))
is_sent = messages.c.state.in_(sorted(HANDED_OVER))
