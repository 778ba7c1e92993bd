"""GET /panel/api/dashboard: what the messages earned, the four seed metrics, what needs a hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.authors import the_author
from embedded_ui.dashboard_schemas import (
    BegunTestSchema,
    DashboardQuery,
    DashboardSchema,
    RetriedSchema,
    RetrySchema,
)
from embedded_ui.flow_rows import line_of
from embedded_ui.results import band_of, per_recipient_band, results
from jobs import ab_tests, redrive, sums
from jobs.ab_tests import Begun
from marketing import coupons, metrics
from marketing.benchmarks import CART_RECOVERY, REPEAT_PURCHASE, Band
from marketing.policy import policy_of
from marketing.said import say
from marketing.timing import zone_of
from storage import Connection, code_guards, reports, reports_flows, reports_messages
from storage.reports import Daily, Problem
from storage.reports_time import Period, period_between, period_of
from storage.stores import Store

MOST_FLOWS = 5
LATELY = timedelta(days=7)
"""How far back problems are looked for."""
A_DAY = timedelta(days=1)
NEARLY_ALL = 80
"""Percent of the month's budget for codes: told before it is used up."""

blueprint = api_blueprint("dashboard")


@blueprint.route("/dashboard")
class DashboardView(MethodView):
    @blueprint.arguments(DashboardQuery, location="query")
    @blueprint.response(200, DashboardSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give the figures of a period, compared with the one before."""
        store, database = the_store(), the_runtime().database
        sums.want(the_runtime(), store.id)
        with database.reading() as connection:
            now = database.now(connection)
            this, before = _periods(query, now, store)
            windows = policy_of(store.settings).windows
            lines = reports_flows.flow_lines(connection, store.id, this)
            return {
                "days": len(this.days),
                "first": this.days[0],
                "last": this.days[-1],
                "currency": store.currency,
                "timezone": store.timezone,
                "click_days": windows.click / A_DAY,
                "open_days": windows.open / A_DAY,
                **_figures(connection, store, this, before, lines),
                **results(connection, store, this, lines),
                "flows": [line_of(line) for line in _best(lines)],
                "problems": [
                    *reports.problems(connection, store.id, now - LATELY),
                    *_budget_problems(connection, store, now),
                ],
            }


@blueprint.route("/dashboard/retry")
class RetryView(MethodView):
    @blueprint.arguments(RetrySchema)
    @blueprint.response(200, RetriedSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, str]) -> dict[str, int]:
        """Try what was put aside once more."""
        return {"retried": redrive.retry(the_runtime(), the_store().id, told["kind"])}


@blueprint.route("/flows/<uuid:flow_id>/messages/<step_id>/test")
class BeginTestView(MethodView):
    @blueprint.response(201, BegunTestSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, flow_id: UUID, step_id: str) -> Begun:
        """Put an A/B test of a message into the flow's draft; it runs once that is published."""
        runtime, store_id = the_runtime(), the_store().id
        return answered(
            lambda: ab_tests.begin(runtime, store_id, str(flow_id), step_id, the_author())
        )


def _periods(query: dict[str, Any], now: datetime, store: Store) -> tuple[Period, Period]:
    zone = zone_of(store.timezone)
    if query["first"] is None:
        return period_of(now, query["days"], zone)
    if query["last"] > now.astimezone(zone).date():
        refuse(422, say("These days are still to come."), "to")
    return period_between(query["first"], query["last"], now, zone)


def _budget_problems(connection: Connection, store: Store, now: datetime) -> list[Problem]:
    """Say when the month's budget for codes nears its end; the count is in percent."""
    budget = coupons.budget_of(store.settings)
    if budget == coupons.CodeBudget():
        return []
    month = coupons.month_of(now, store.timezone)
    used = coupons.budget_used(budget, code_guards.granted_since(connection, store.id, month, now))
    return [Problem("code_budget", used)] if used >= NEARLY_ALL else []


def _best(lines: list[reports_flows.FlowLine]) -> list[reports_flows.FlowLine]:
    flows = (line for line in lines if not line.is_campaign)
    return sorted(flows, key=lambda line: -line.revenue)[:MOST_FLOWS]


def _figures(
    connection: Connection,
    store: Store,
    this: Period,
    before: Period,
    lines: list[reports_flows.FlowLine],
) -> dict[str, Any]:
    taken = [reports_messages.store_revenue(connection, store.id, p) for p in (this, before)]
    earned = [reports.attributed_revenue(connection, store.id, p) for p in (this, before)]
    sent = [reports.recipients(connection, store.id, p) for p in (this, before)]
    found = [reports.recovery(connection, store.id, p) for p in (this, before)]
    return {
        "not_written": _not_written(connection, store, this, abandoned=found[0][0].total),
        "revenue": _revenue(this, earned, taken),
        "metrics": [
            _recovery_rate(*found),
            *_of_buyers(reports.buyers(connection, store.id, this)),
            _revenue_per_recipient(earned, sent, per_recipient_band(lines, store.currency)),
        ],
    }


def _revenue(this: Period, credited: Sequence[Daily], taken: Sequence[int]) -> dict[str, Any]:
    earned, before = credited
    days = zip(this.days, earned.days, before.days, strict=True)
    shares = [
        metrics.revenue_share(one.total, all_of_it)
        for one, all_of_it in zip(credited, taken, strict=True)
    ]
    return {
        "store": taken[0],
        "share": shares[0],
        "share_before": shares[1],
        "definition": metrics.DEFINITIONS["attributed_revenue"],
        "total": earned.total,
        "previous": before.total,
        "change": _relative(earned.total, before.total),
        "series": [{"date": d, "amount": a, "previous": p} for d, a, p in days],
    }


def _recovery_rate(now: tuple[Daily, Daily], before: tuple[Daily, Daily]) -> dict[str, Any]:
    rate = metrics.cart_recovery_rate
    return _metric(
        "cart_recovery_rate",
        "rate",
        value=rate(now[1].total, now[0].total),
        previous=rate(before[1].total, before[0].total),
        series=[rate(r, a) for a, r in zip(now[0].days, now[1].days, strict=True)],
        band=(CART_RECOVERY, now[0].total),
    )


def _of_buyers(buyers: reports.Buyers) -> list[dict[str, Any]]:
    """Two figures of all time: before is how they stood when the period began."""
    worth = [
        metrics.customer_lifetime_value(spent, 0, count)
        for spent, count in zip(buyers.spent, buyers.customers, strict=True)
    ]
    again = [
        metrics.repeat_purchase_rate(repeaters, count)
        for repeaters, count in zip(buyers.repeaters, buyers.customers, strict=True)
    ]
    return [
        _metric("customer_lifetime_value", "money", worth[-1], worth[0], worth[1:]),
        _metric(
            "repeat_purchase_rate",
            "rate",
            again[-1],
            again[0],
            again[1:],
            band=(REPEAT_PURCHASE, buyers.customers[-1]),
        ),
    ]


def _revenue_per_recipient(
    earned: list[Daily], sent: list[Daily], band: Band | None
) -> dict[str, Any]:
    each = metrics.revenue_per_recipient
    return _metric(
        "revenue_per_recipient",
        "money",
        value=each(earned[0].total, sent[0].total),
        previous=each(earned[1].total, sent[1].total),
        series=[each(e, s) for e, s in zip(earned[0].days, sent[0].days, strict=True)],
        band=(band, sent[0].total),
    )


def _metric(
    key: str,
    unit: str,
    value: float | None,
    previous: float | None,
    series: Sequence[float | None],
    *,
    band: tuple[Band | None, int] = (None, 0),
) -> dict[str, Any]:
    """Give a figure for `MetricSchema`; `band` with how many it is made of."""
    return {
        "band": band_of(band[0], value, band[1]),
        "key": key,
        "unit": unit,
        "value": value,
        "previous": previous,
        "change": _points(value, previous) if unit == "rate" else _relative(value, previous),
        "definition": metrics.DEFINITIONS[key],
        "series": series,
    }


def _relative(value: float | None, previous: float | None) -> float | None:
    if value is None or previous is None or previous <= 0:
        return None
    return (value - previous) / previous


def _points(value: float | None, previous: float | None) -> float | None:
    return None if value is None or previous is None else value - previous


def _not_written(
    connection: Connection, store: Store, this: Period, *, abandoned: int
) -> dict[str, Any]:
    reasons = reports.not_written(connection, store.id, this)
    return {
        "definition": metrics.DEFINITIONS["not_written_to"],
        "carts": sum(reason.carts for reason in reasons),
        "value": sum(reason.value for reason in reasons),
        "abandoned": abandoned,
        "reasons": reasons,
    }
