"""What the dashboard tells beside its key figures: channels, messages, bands, what to test next."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from marketing import benchmarks, splitting
from marketing.benchmarks import OF_MESSAGES, Band, Rates
from marketing.model import ChannelName
from marketing.prices import Prices, cost_of, prices_of
from storage import Connection, reports_messages
from storage.reports_flows import FlowLine
from storage.reports_messages import Brought
from storage.reports_time import Period
from storage.stores import Store

MOST_MESSAGES = 8


def results(
    connection: Connection, store: Store, this: Period, lines: Sequence[FlowLine]
) -> dict[str, Any]:
    """Give the tables of a period, and the message worth an A/B test."""
    by_id = {line.id: line for line in lines}
    by_message = reports_messages.by_message(connection, store.id, this)
    told = [
        _message(by_id[flow_id], step_id, brought)
        for (flow_id, step_id), brought in by_message.items()
        if flow_id in by_id
    ]
    costs = reports_messages.code_costs(connection, store.id, this)
    return {
        "channels": _channels(
            reports_messages.by_channel(connection, store.id, this), prices_of(store.settings)
        ),
        "messages": sorted(told, key=lambda one: (-one["revenue"], -one["sent"]))[:MOST_MESSAGES],
        "code_costs": [{"flow_id": flow, "cost": cost} for flow, cost in sorted(costs.items())],
        "suggestion": _suggestion(told, by_id),
    }


def _channels(by_channel: Mapping[str, Brought], prices: Prices) -> list[dict[str, Any]]:
    best = sorted(by_channel.items(), key=lambda one: (-one[1].revenue, one[0]))
    return [
        {"channel": channel, "cost": _cost(channel, brought, prices), **asdict(brought)}
        for channel, brought in best
    ]


def _cost(channel: str, brought: Brought, prices: Prices) -> int | None:
    """Give what a channel's messages came to; None: the store told no price."""
    billed = {channel: brought.sent - brought.free + brought.further}
    return cost_of(billed, prices) if prices.get(ChannelName(channel)) else None


def _message(line: FlowLine, step_id: str, brought: Brought) -> dict[str, Any]:
    step = splitting.messages_in(line.draft).get(step_id, {})
    template = step.get("template") or {}
    rates = Rates(brought.sent, brought.opened, brought.clicked, brought.orders)
    return {
        **asdict(brought),
        "flow_id": line.id,
        "flow_name": line.name,
        "step_id": step_id,
        "name": step.get("name") or template.get("subject") or step_id,
        "channel": step.get("channel") or next(iter(step.get("channels") or ()), "email"),
        "is_campaign": line.is_campaign,
        "rates": [_rate(aspect, rates, line) for aspect in OF_MESSAGES],
    }


def _rate(aspect: str, rates: Rates, line: FlowLine) -> dict[str, Any]:
    rate = rates.of(aspect)
    band = None if line.is_campaign else OF_MESSAGES[aspect]
    return {"aspect": aspect, "rate": rate, "band": band_of(band, rate, rates.sent)}


def band_of(band: Band | None, value: float | None, seen: int) -> dict[str, Any] | None:
    """Give a band for `BandSchema`, and where a figure stands in it, once enough was seen."""
    if band is None:
        return None
    is_told = value is not None and seen >= band.needed
    standing = band.standing(value).value if is_told and value is not None else None
    return {**asdict(band), "seen": seen, "standing": standing}


def _suggestion(
    told: Iterable[Mapping[str, Any]], lines: Mapping[str, FlowLine]
) -> dict[str, Any] | None:
    """Give the live flow's message that lacks the most by its weakness, if one falls short."""
    found = []
    for one in told:
        line = lines[one["flow_id"]]
        if line.is_campaign or line.status != "live" or not _may_be_tested(line, one["step_id"]):
            continue
        rates = Rates(one["sent"], one["opened"], one["clicked"], one["orders"])
        weakness = benchmarks.weakest(rates)
        if weakness:
            aspect, short = weakness
            found.append((short * one["sent"], one["flow_id"], one["step_id"], aspect, one, rates))
    if not found:
        return None
    *_, aspect, worst, rates = max(found, key=lambda each: each[:3])
    band = OF_MESSAGES[aspect]
    names = ("flow_id", "flow_name", "step_id", "name", "sent")
    shown = {name: worst[name] for name in names}
    own = {"rate": rates.of(aspect), "usual": band.low, "source": band.source}
    return {**shown, **own, "aspect": aspect}


def _may_be_tested(line: FlowLine, step_id: str) -> bool:
    there = step_id in splitting.messages_in(line.draft)
    return there and not splitting.is_tested(line.draft, step_id)


def per_recipient_band(lines: Iterable[FlowLine], currency: str) -> Band | None:
    """Give what a message usually earns, for this store's mix of flows and campaigns."""
    mix = [(None if line.is_campaign else line.trigger_event, line.sent) for line in lines]
    return benchmarks.per_recipient(mix, currency)
