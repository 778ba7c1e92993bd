"""GET /panel/api/dashboard: what the messages earned, the four seed metrics, what needs a hand."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask.views import MethodView

from doors.json_api import the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.flows_api import line_of
from embedded_ui.schemas import DashboardSchema, PeriodQuery
from marketing import coupons, metrics
from marketing.policy import policy_of
from marketing.timing import zone_of
from storage import Connection, code_guards, reports, reports_flows
from storage.reports import Daily, Problem
from storage.reports_time import Period, period_of
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
    @blueprint.arguments(PeriodQuery, location="query")
    @blueprint.response(200, DashboardSchema)
    def get(self, query: dict[str, int]) -> dict[str, Any]:
        """Give the figures of a period, compared with the one before."""
        store, database = the_store(), the_runtime().database
        with database.reading() as connection:
            now = database.now(connection)
            this, before = period_of(now, query["days"], zone_of(store.timezone))
            windows = policy_of(store.settings).windows
            lines = reports_flows.flow_lines(connection, store.id, this)
            return {
                "days": query["days"],
                "currency": store.currency,
                "timezone": store.timezone,
                "click_days": windows.click / A_DAY,
                "open_days": windows.open / A_DAY,
                **_figures(connection, store, this, before),
                "flows": [line_of(line) for line in _best(lines)],
                "problems": [
                    *reports.problems(connection, store.id, now - LATELY),
                    *_budget_problems(connection, store, now),
                ],
            }


def _budget_problems(connection: Connection, store: Store, now: datetime) -> list[Problem]:
    """Say when the month's budget for codes nears its end; the count is in percent."""
    budget = coupons.budget_of(store.settings)
    if budget == coupons.CodeBudget():
        return []
    month = coupons.month_of(now, store.timezone)
    used = coupons.budget_used(budget, code_guards.granted_since(connection, store.id, month, now))
    return [Problem("code_budget", used)] if used >= NEARLY_ALL else []


def _best(lines: list[reports_flows.FlowLine]) -> list[reports_flows.FlowLine]:
    return sorted(lines, key=lambda line: -line.revenue)[:MOST_FLOWS]


def _figures(connection: Connection, store: Store, this: Period, before: Period) -> dict[str, Any]:
    earned = [reports.attributed_revenue(connection, store.id, p) for p in (this, before)]
    sent = [reports.recipients(connection, store.id, p) for p in (this, before)]
    found = [reports.recovery(connection, store.id, p) for p in (this, before)]
    return {
        "not_written": _not_written(connection, store, this, abandoned=found[0][0].total),
        "revenue": _revenue(this, earned[0], earned[1]),
        "metrics": [
            _recovery_rate(*found),
            *_of_buyers(reports.buyers(connection, store.id, this)),
            _revenue_per_recipient(earned, sent),
        ],
    }


def _revenue(this: Period, earned: Daily, before: Daily) -> dict[str, Any]:
    days = zip(this.days, earned.days, before.days, strict=True)
    return {
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
        _metric("repeat_purchase_rate", "rate", again[-1], again[0], again[1:]),
    ]


def _revenue_per_recipient(earned: list[Daily], sent: list[Daily]) -> dict[str, Any]:
    each = metrics.revenue_per_recipient
    return _metric(
        "revenue_per_recipient",
        "money",
        value=each(earned[0].total, sent[0].total),
        previous=each(earned[1].total, sent[1].total),
        series=[each(e, s) for e, s in zip(earned[0].days, sent[0].days, strict=True)],
    )


def _metric(
    key: str,
    unit: str,
    value: float | None,
    previous: float | None,
    series: Sequence[float | None],
) -> dict[str, Any]:
    return {
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
