"""Segments by hand: the shortest honest SQL for the same questions, as one would write it once."""

from collections.abc import Mapping
from typing import Any

Question = tuple[str, str, Mapping[str, Any]]
"""(what it is, the statement by hand, the same as a condition)."""

ALIVE = "SELECT c.id FROM customers c WHERE c.store_id = :store AND c.deleted_at IS NULL"
VIEWED = """
SELECT e.customer_id FROM events e WHERE e.store_id = :store AND e.name = 'product.viewed'
    AND e.occurred_at > CAST(:now AS timestamptz) - interval '30 days'
"""
OPENED = """
SELECT 1 FROM events e WHERE e.store_id = c.store_id AND e.customer_id = c.id
    AND e.name = 'message.opened' AND e.occurred_at > CAST(:now AS timestamptz) - interval '90 days'
"""
IN_CATEGORY = """l.product_id IN (SELECT p.external_id FROM products p
    WHERE p.store_id = :store AND p.product_type = 'category 7')"""
QUESTIONS: tuple[Question, ...] = (
    (
        "spent, viewed a category, no order",
        f"""{ALIVE} AND c.spent > 25000
            AND (c.last_order_at <= CAST(:now AS timestamptz) - interval '90 days'
                OR c.last_order_at IS NULL)
            AND c.id IN ({VIEWED} AND e.data ->> 'category' = 'category 7')""",
        {
            "op": "all",
            "of": [
                {"op": "gt", "orders": "spent", "value": 25_000},
                {"op": "eq", "orders": "count", "within": "P90D", "value": 0},
                {
                    "op": "gte",
                    "events": "product.viewed",
                    "within": "P30D",
                    "where": {"category": "category 7"},
                    "value": 1,
                },
            ],
        },
    ),
    (
        "sums only",
        f"""{ALIVE} AND c.spent > 40000
            AND c.last_order_at > CAST(:now AS timestamptz) - interval '60 days'""",
        {
            "op": "all",
            "of": [
                {"op": "gt", "field": "customer.spent", "value": 40_000},
                {"op": "within", "field": "customer.last_order_at", "value": "P60D"},
            ],
        },
    ),
    (
        "viewed twice in 30 days, not ordered in 60",
        f"""{ALIVE} AND (c.last_order_at <= CAST(:now AS timestamptz) - interval '60 days'
                OR c.last_order_at IS NULL)
            AND c.id IN ({VIEWED} GROUP BY e.customer_id HAVING count(*) >= 2)""",
        {
            "op": "all",
            "of": [
                {"op": "eq", "orders": "count", "within": "P60D", "value": 0},
                {"op": "gte", "events": "product.viewed", "within": "P30D", "value": 2},
            ],
        },
    ),
    (
        "no open and no order in 90 days",
        f"""{ALIVE} AND c.created_at <= CAST(:now AS timestamptz) - interval '90 days'
            AND (c.last_order_at <= CAST(:now AS timestamptz) - interval '90 days'
                OR c.last_order_at IS NULL)
            AND NOT EXISTS ({OPENED})""",
        {
            "op": "all",
            "of": [
                {"op": "before", "field": "customer.created_at", "value": "P90D"},
                {"op": "eq", "events": "message.opened", "within": "P90D", "value": 0},
                {"op": "eq", "orders": "count", "within": "P90D", "value": 0},
            ],
        },
    ),
    (
        "bought in a category in a year",
        f"""{ALIVE} AND c.id IN (SELECT l.customer_id FROM order_lines l
            WHERE l.store_id = :store AND {IN_CATEGORY}
            AND l.placed_at > CAST(:now AS timestamptz) - interval '365 days')""",  # noqa: S608  words of this file
        {
            "op": "gte",
            "orders": "count",
            "within": "P365D",
            "where": {"category": "category 7"},
            "value": 1,
        },
    ),
    (
        "spent on a category",
        f"""{ALIVE} AND c.id IN (SELECT l.customer_id FROM order_lines l
            WHERE l.store_id = :store AND {IN_CATEGORY}
            GROUP BY l.customer_id HAVING sum(l.amount) > 1900)""",  # noqa: S608  words of this file
        {"op": "gt", "orders": "spent", "where": {"category": "category 7"}, "value": 1_900},
    ),
    (
        "ordered three times in a year",
        f"""{ALIVE} AND c.id IN (SELECT o.customer_id FROM orders o
            WHERE o.store_id = :store AND o.counts AND o.cancelled_at IS NULL
            AND o.placed_at > CAST(:now AS timestamptz) - interval '365 days'
            GROUP BY o.customer_id HAVING count(*) >= 3)""",  # noqa: S608  words of this file
        {"op": "gte", "orders": "count", "within": "P365D", "value": 3},
    ),
)
