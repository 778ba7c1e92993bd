"""A store's sending rules: who may be written to, how often, at what hours, and credit windows.

`policy_of` reads them from the store's settings document; what is missing or makes no sense
there has the default, so that an old document never stops a store's messages.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import time, timedelta
from types import MappingProxyType
from typing import Any

from marketing.consent import Audience, ConsentPolicy
from marketing.model import ChannelName
from marketing.phone_numbers import country_of
from marketing.timing import EVERY_DAY, Window, duration_of, quiet_hours

CHATS = (ChannelName.SMS, ChannelName.WHATSAPP, ChannelName.MESSENGER, ChannelName.INSTAGRAM)
CAPS: Mapping[ChannelName, timedelta] = MappingProxyType(
    {ChannelName.EMAIL: timedelta(hours=16), ChannelName.SMS: timedelta(hours=24)}
)
OPEN_HOURS: Mapping[ChannelName, Window] = MappingProxyType(
    {
        **dict.fromkeys(CHATS, quiet_hours(time(21), time(8))),
        ChannelName.SMS: quiet_hours(time(20), time(9)),
    }
)
"""Unless the store says otherwise. Texts: some of the United States end the day at 20 o'clock."""
LEGAL_HOURS: Mapping[tuple[ChannelName, str], Window] = MappingProxyType(
    {(ChannelName.SMS, "+1"): quiet_hours(time(21), time(8))}
)
"""What no store may widen, by channel and how a number begins.

47 CFR 64.1200(c)(1): nobody is called before 8 or after 21 o'clock where they are; as of
2026-11-22. Its plan has Canada and the Caribbean, too, whose rules are no wider."""
SERVICE_WINDOWS: Mapping[ChannelName, timedelta] = MappingProxyType(
    dict.fromkeys(
        (ChannelName.MESSENGER, ChannelName.INSTAGRAM, ChannelName.WEBCHAT), timedelta(hours=24)
    )
)
"""How long after the customer last wrote a channel takes automated messages.

The website chat's is our own rule: what comes a day later lies where hardly anybody looks again,
and another channel of the list serves better."""
CREDIT_WINDOW = timedelta(days=5)
TRANSIT = timedelta(days=5)
PRICE_DROP_PERCENT = 5


@dataclass(frozen=True, slots=True)
class Windows:
    """How long before an order a touch still earns it (`marketing.attribution`)."""

    click: timedelta = CREDIT_WINDOW
    open: timedelta = CREDIT_WINDOW


@dataclass(frozen=True, slots=True)
class StorePolicy:
    """The rules, channel by channel; a channel without an entry has no such rule."""

    consent: ConsentPolicy = field(default_factory=ConsentPolicy)
    caps: Mapping[ChannelName, timedelta] = field(default_factory=lambda: CAPS)
    """The least time between messages of different flows."""
    open_hours: Mapping[ChannelName, Window] = field(default_factory=lambda: OPEN_HOURS)
    """When marketing may go out, in the customer's zone."""
    windows: Windows = field(default_factory=Windows)
    transit: timedelta = TRANSIT
    """How long a parcel travels, where nobody tells that it arrived."""
    price_drop_percent: int = PRICE_DROP_PERCENT
    """By how much a price must fall to be worth telling."""


def open_windows(
    policy: StorePolicy, channel: ChannelName, address: str | None
) -> tuple[Window, ...]:
    """Give the hours in which marketing may go to an address: the store's, and the law's."""
    own = policy.open_hours.get(channel)
    legal = [
        window
        for (of, begins), window in LEGAL_HOURS.items()
        if of is channel and address and address.startswith(begins) and country_of(address)
    ]
    return (*([own] if own else []), *legal)


def policy_of(settings: Mapping[str, Any]) -> StorePolicy:
    """Read a store's settings document.

    Keys, all optional: `audience` ("subscribers" | "everyone"), `audience_by_country`
    ({"DE": "subscribers"}), `caps` ({"email": "PT16H"}; null: no cap), `quiet_hours`
    ({"email": {"start": "21:00", "end": "08:00"}}; null: none), `stop_ends_all_texts` (false),
    `click_window`, `open_window`, `transit_days` (5), `price_drop_percent` (5).
    """
    return StorePolicy(
        consent=_consent(settings),
        caps=_caps(settings),
        open_hours=_open_hours(settings),
        windows=Windows(
            click=_window_of(settings.get("click_window")),
            open=_window_of(settings.get("open_window")),
        ),
        transit=timedelta(days=_whole(settings, "transit_days", 0, TRANSIT.days, 60)),
        price_drop_percent=_whole(settings, "price_drop_percent", 1, PRICE_DROP_PERCENT, 90),
    )


def marks_links(settings: Mapping[str, Any]) -> bool:
    """Say whether links to the store carry marks of origin; they do unless told otherwise."""
    return settings.get("utm") is not False


def _consent(settings: Mapping[str, Any]) -> ConsentPolicy:
    by_country = {
        str(country).upper(): audience
        for country, value in _mapping(settings.get("audience_by_country")).items()
        if (audience := _audience(value))
    }
    audience = _audience(settings.get("audience")) or Audience.SUBSCRIBERS
    return ConsentPolicy(audience, by_country, settings.get("stop_ends_all_texts") is True)


def _caps(settings: Mapping[str, Any]) -> Mapping[ChannelName, timedelta]:
    caps = dict(CAPS)
    for channel, value in _by_channel(settings.get("caps")):
        if value is None:
            caps.pop(channel, None)
        elif (cap := _duration(value)) is not None:
            caps[channel] = cap
    return caps


def _open_hours(settings: Mapping[str, Any]) -> Mapping[ChannelName, Window]:
    hours = dict(OPEN_HOURS)
    for channel, value in _by_channel(settings.get("quiet_hours")):
        if value is None:
            hours.pop(channel, None)
        elif window := _window(_mapping(value)):
            hours[channel] = window
    return hours


def _window(value: Mapping[str, Any]) -> Window | None:
    try:
        start, end = time.fromisoformat(value["start"]), time.fromisoformat(value["end"])
        days = frozenset(int(day) for day in value.get("days", EVERY_DAY)) & EVERY_DAY
    except (KeyError, TypeError, ValueError):
        return None
    quiet = quiet_hours(start.replace(tzinfo=None), end.replace(tzinfo=None))
    return Window(quiet.opens, quiet.closes, days or EVERY_DAY)


def _by_channel(value: Any) -> list[tuple[ChannelName, Any]]:
    known = {channel.value: channel for channel in ChannelName}
    return [(known[key], rule) for key, rule in _mapping(value).items() if key in known]


def _mapping(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _audience(value: Any) -> Audience | None:
    return Audience(value) if isinstance(value, str) and value in set(Audience) else None


def _window_of(value: Any) -> timedelta:
    """Read a credit window; zero is one too: such touches then earn nothing."""
    found = _duration(value)
    return CREDIT_WINDOW if found is None else found


def _whole(settings: Mapping[str, Any], key: str, least: int, default: int, most: int) -> int:
    value = settings.get(key)
    if isinstance(value, bool) or not isinstance(value, int):
        return default
    return min(max(value, least), most)


def _duration(value: Any) -> timedelta | None:
    try:
        return duration_of(value)
    except (TypeError, ValueError):
        return None
