"""What messages cost a store: its own prices of a thousand by channel, and what so many come to."""

from collections.abc import Mapping
from typing import Any, Final

from marketing.model import ChannelName

PRICED: Final = (ChannelName.EMAIL, ChannelName.SMS, ChannelName.WHATSAPP)
"""The channels that anybody asks money for; a text message is paid by its parts."""
THOUSAND: Final = 1000
MOST: Final = 10**9
Prices = Mapping[ChannelName, int]
"""Minor units of the store's currency for a thousand messages: one alone costs a part of a cent."""


def prices_of(settings: Mapping[str, Any]) -> Prices:
    """Read a store's settings document, key `message_prices`; what was never told is 0."""
    told = settings.get("message_prices")
    kept = told if isinstance(told, Mapping) else {}
    return {channel: _price(kept.get(channel.value)) for channel in PRICED}


def _price(value: Any) -> int:
    is_one = isinstance(value, int) and not isinstance(value, bool)
    return min(max(value, 0), MOST) if is_one else 0


def cost_of(sent: Mapping[str, int], prices: Prices) -> int:
    """Give what messages by channel came to, in minor units; half a unit counts as one."""
    by_name = {channel.value: price for channel, price in prices.items()}
    thousandths = sum(count * by_name.get(channel, 0) for channel, count in sent.items())
    return (thousandths + THOUSAND // 2) // THOUSAND
