"""Telling the team that a customer waits for a person: by mail, to Slack, to a program; once each.

Each receiver is a call of the outbox of its own, tried until it works: a Slack that does not
answer holds up no mail, and none is told twice.
"""

from datetime import datetime
from html import escape as html_escape

from jobs import endpoint_calls
from jobs.runtime import Runtime
from jobs.staff_mail import mail_staff
from marketing.conversation_settings import ConversationSettings, settings_of
from marketing.hand_over_words import words_of_rule
from marketing.model import JsonObject
from marketing.said import Said, in_language, say
from storage import Connection, alert_addresses, conversations, customers, outbox, stores
from storage.outbox import Call
from storage.stores import Store

KIND = "alert"
HANDED_OVER, LATE = "conversation.handed_over", "conversation.late"
MAIL, SLACK, PROGRAM = "mail", "slack", "program"


def ring(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    what: str,
    at: datetime,
) -> None:
    """Have the team told, within a transaction.

    A call to Slack or a program names the way alone: its address is a secret, read when it is made.
    """
    real_now = runtime.database.real_now(connection)
    for way, to in _receivers(settings_of(store.settings)):
        told = {"customer_id": customer_id, "what": what, "way": way, "to": to}
        key = f"{what}:{customer_id}:{at.timestamp():.3f}:{way}:{to}"
        payload: JsonObject = {**told, "at": at.isoformat()}
        outbox.add(connection, store.id, KIND, key[:250], payload, real_now)


def _receivers(settings: ConversationSettings) -> list[tuple[str, str]]:
    mails = [(MAIL, address) for address in settings.emails]
    return mails + [(way, "") for way, url in _addresses(settings).items() if url]


def _addresses(settings: ConversationSettings) -> dict[str, str]:
    return {SLACK: settings.slack_url, PROGRAM: settings.webhook_url}


def send(runtime: Runtime, call: Call) -> bool:
    """Tell one receiver; nobody of a customer who is gone, or for a store that left."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
        who = customers.find(connection, call.store_id, "id", call.payload["customer_id"])
        held = conversations.of(connection, call.store_id, call.payload["customer_id"])
    if store is None or not store.is_installed or who is None:
        return False
    why = in_language(words_of_rule(held.rule) or "", store.locale[:2])
    name = " ".join(part for part in (who.get("first_name"), who.get("last_name")) if part)
    text = in_language(_words(call.payload["what"], name, why), store.locale[:2])
    way = call.payload["way"]
    if way == MAIL:
        mail_staff(runtime, call, store, call.payload["to"], text.split("\n", 1)[0], text)
    elif url := _address(runtime, store, way):
        in_slack = {"text": html_escape(text, quote=False)}
        told = in_slack if way == SLACK else _told(call, held.rule, why)
        endpoint_calls.post(runtime, call, url, told)
    return False


def _address(runtime: Runtime, store: Store, way: str) -> str | None:
    opened = alert_addresses.opened(runtime.secrets, store.id, store.settings)
    return _addresses(settings_of(opened)).get(way)


def _words(what: str, name: str, why: str) -> Said:
    who = name or say("A customer")
    if what == LATE:
        return say(
            "{who} still waits for an answer\nNobody has answered in time. {why}", who=who, why=why
        )
    return say(
        "{who} wants to talk to a person\n{why} Answer under Conversations in Reprise.",
        who=who,
        why=why,
    )


def _told(call: Call, rule: str | None, why: str) -> JsonObject:
    data = {"customer_id": call.payload["customer_id"], "rule": rule, "why": why or None}
    return {"type": call.payload["what"], "timestamp": call.payload["at"], "data": data}
