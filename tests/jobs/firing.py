"""Flows for the tests of triggers: one message each, and who entered which, by what."""

from typing import Any

from marketing import flow_schema
from storage import schema
from tests.jobs.stage import Stage

WORDS = {
    "subject": "Hello",
    "preview": "",
    "mjml": "<mjml><mj-body><mj-section><mj-column><mj-text>Hello"
    '<mj-raw><a href="{{ links.unsubscribe }}">x</a></mj-raw>'
    "</mj-text></mj-column></mj-section></mj-body></mjml>",
    "text": "Hello",
}
MAIL: dict[str, Any] = {"kind": "message", "id": "mail", "channel": "email", "template": WORDS}


def flow_on(stage: Stage, event: str, store_id: str | None = None, **trigger: Any) -> str:
    """Put a live flow with this trigger into a store (the first), and give its id."""
    document = {"name": event, "trigger": {"event": event, **trigger}, "steps": [MAIL]}
    return stage.put_flow(flow_schema.load(document), store_id)


def entries(stage: Stage, flow_id: str) -> list[tuple[str, str]]:
    """Give who entered a flow, and by which trigger key, in the order they did."""
    rows = stage.rows(schema.enrollments, flow_id=flow_id)
    return [(row.customer_id, row.trigger_key) for row in rows]


def refusals(stage: Stage) -> list[str]:
    """Give the reasons for which flows kept somebody out."""
    return sorted(row.data["reason"] for row in stage.events("flow.skipped"))
