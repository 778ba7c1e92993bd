"""`reprise events`: telling an event by hand, as another program would."""

import json
from argparse import Namespace
from typing import Any

from commands.speech import Trouble, Verbs, answer, customer_id, desk_of
from jobs import listen
from jobs.happened import Happening
from storage import customers
from storage.schema import new_id


def add_to(nouns: Any) -> None:
    """Add the noun with its verb."""
    verbs = Verbs(nouns, "events", "events of other programs, which flows react to")
    send = verbs.add("send", send_event, "tell one event of a customer")
    send.add_argument("--name", required=True, help="as a flow's trigger names it")
    send.add_argument("--customer", required=True, help="an id or an e-mail")
    send.add_argument("--properties", default="{}", metavar="JSON", help="what the event tells")
    send.add_argument("--id", help="its own id: sent again, it is the same event")


def send_event(told: Namespace) -> None:
    properties = _properties(told.properties)
    event_id = told.id or new_id()
    with desk_of(told) as desk:
        who = customer_id(desk, told.customer)
        with desk.runtime.database.reading() as connection:
            key = customers.keys_of(connection, desk.store.id, [who])[who]
            now = desk.runtime.database.now(connection)
        happening = Happening(told.name, key, now, event_id, properties)
        fate = listen.to_events(desk.runtime, desk.store, [happening])[0]
    answer(told, {"id": event_id, "state": fate.value}, [f"{event_id}: {fate.value}"])


def _properties(text: str) -> dict[str, Any]:
    try:
        properties = json.loads(text)
    except (ValueError, RecursionError):
        properties = None
    if not isinstance(properties, dict):
        raise Trouble('Give --properties a JSON object such as {"score": 8}.')
    return properties
