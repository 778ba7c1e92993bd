"""Telling the team that a customer waits, or a channel is in trouble: by mail, Slack, a program.

Each receiver is a call of the outbox of its own, tried until it works: a Slack that does not
answer holds up no mail, and none is told twice.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape as html_escape
from uuid import UUID

from channels.explained import explained
from jobs import endpoint_calls
from jobs.runtime import Runtime
from jobs.staff_mail import mail_staff
from marketing.chat_names import NAMES
from marketing.conversation_settings import ConversationSettings, settings_of
from marketing.hand_over_rules import HOUR
from marketing.hand_over_words import words_of_rule
from marketing.model import ChannelName, JsonObject
from marketing.rendering import one_line
from marketing.said import Said, in_language, say
from storage import (
    Connection,
    alarms,
    alert_addresses,
    conversations,
    customers,
    outbox,
    rule_calls,
    stores,
    threads,
)
from storage.alarms import Waiting
from storage.outbox import Call
from storage.stores import Store

KIND = "alert"
HANDED_OVER, LATE = "conversation.handed_over", "conversation.late"
IN_TROUBLE = "channel.in_trouble"
QUIET = timedelta(days=1)
"""Real time in which a channel's trouble is told once, whatever comes of it."""
LIMIT_REACHED, BEYOND_LIMIT = "conversations.limit_reached", "conversations.beyond_limit"
MOST_AN_HOUR = 30
"""So often a receiver is told of one customer in an hour; who comes then is told of together."""
MANY_WAIT, STILL_WAIT = "conversations.many_wait", "conversations.still_wait"
NAMED = 20
"""How many who wait are named."""
LONGEST_NAME = 80
MOST_SAID, MOST_LETTERS = 20, 1000
"""Of a conversation a program is told so many messages, and so much of each."""
BY = {"inbound": "customer", "reply": "bot", "message": "flow"}
"""Who said what stands in a thread; of a reply its author is known."""
MERCHANT, PLATFORM = "merchant", "platform"
OWN_DOING = frozenset({MERCHANT, PLATFORM})
"""By whom a conversation changed hands without anybody having to be told: they know of it."""
MAIL, SLACK, PROGRAM = "mail", "slack", "program"


def ring(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    customer_id: str,
    what: str,
    at: datetime,
) -> None:
    """Have the team told, within a transaction; in a full hour of all together.

    A call to Slack or a program names the way alone: its address is a secret, read when it is made.
    """
    now, real_now = runtime.database.moments(connection)
    if _is_full(connection, store, what, now):
        _ring_of_many(connection, runtime, store, now, (MANY_WAIT, STILL_WAIT))
        return
    for way, to in _receivers(settings_of(store.settings)):
        told = {"customer_id": customer_id, "what": what, "way": way, "to": to}
        key = f"{what}:{customer_id}:{at.timestamp():.3f}:{way}:{to}"
        payload: JsonObject = {**told, "at": at.isoformat()}
        outbox.add(connection, store.id, KIND, key[:250], payload, real_now)


def _is_full(connection: Connection, store: Store, what: str, now: datetime) -> bool:
    """Say whether the last hour rang as often as it may: whoever floods it, the team can work."""
    if what == LATE:  # this one is counted
        return alarms.late_since(connection, store.id, now - HOUR) > MOST_AN_HOUR
    found = alarms.handed_over_since(connection, store.id, now - HOUR, OWN_DOING)
    return found >= MOST_AN_HOUR


def ring_of_channel(
    connection: Connection, runtime: Runtime, store: Store, channel: ChannelName, why: str
) -> None:
    """Have the team told, within a transaction, that a channel does not work; once a day."""
    real_now = runtime.database.real_now(connection)
    told: JsonObject = {"channel": channel.value, "what": IN_TROUBLE, "why": why}
    for way, to in _receivers(settings_of(store.settings)):
        key = f"{IN_TROUBLE}:{channel}:{way}:{to}"[:250]
        before = outbox.payload_of(connection, store.id, KIND, key)
        if before is None or datetime.fromisoformat(before["at"]) + QUIET <= real_now:
            payload = {**told, "way": way, "to": to, "at": real_now.isoformat()}
            outbox.add(connection, store.id, KIND, key, payload, real_now)


def ring_of_limit(connection: Connection, runtime: Runtime, store: Store, at: datetime) -> None:
    """Have the team told, within a transaction, that the hour is full of takeovers by guess.

    Now, and once of all who came beyond it, when that hour is over.
    """
    _ring_of_many(connection, runtime, store, at, (LIMIT_REACHED, BEYOND_LIMIT))


def _ring_of_many(
    connection: Connection, runtime: Runtime, store: Store, at: datetime, what: tuple[str, str]
) -> None:
    """Have the first of these told now, unless it was within the hour, and the other after it."""
    real_now, (at_once, at_the_end) = runtime.database.real_now(connection), what
    for way, to in _receivers(settings_of(store.settings)):
        told: JsonObject = {"way": way, "to": to, "at": at.isoformat()}
        key = f"{at_once}:{way}:{to}"[:250]
        before = outbox.payload_of(connection, store.id, KIND, key)
        if before is None or datetime.fromisoformat(before["at"]) + HOUR <= at:
            now = {**told, "what": at_once}
            outbox.add(connection, store.id, KIND, key, now, real_now)
            later, then = f"{at_the_end}:{at.timestamp():.3f}:{way}:{to}", real_now + HOUR
            beyond = {**told, "what": at_the_end}
            outbox.add(connection, store.id, KIND, later[:250], beyond, then)


def _receivers(settings: ConversationSettings) -> list[tuple[str, str]]:
    mails = [(MAIL, address) for address in settings.emails]
    return mails + [(way, "") for way, url in _addresses(settings).items() if url]


def _addresses(settings: ConversationSettings) -> dict[str, str]:
    return {SLACK: settings.slack_url, PROGRAM: settings.webhook_url}


def send(runtime: Runtime, call: Call) -> bool:
    """Tell one receiver; nobody of a customer who is gone, or for a store that left."""
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, call.store_id)
    if store is None or not store.is_installed:
        return False
    told = TELLS.get(call.payload["what"], _of)(runtime, call, store)
    if told is not None:
        _tell(runtime, call, store, *told)
    return False


def _of(runtime: Runtime, call: Call, store: Store) -> tuple[str, JsonObject] | None:
    """Give what is told of a customer, to people and to a program; None: they are gone."""
    with runtime.database.reading() as connection:
        who = customers.find(connection, call.store_id, "id", call.payload["customer_id"])
        held = conversations.of(connection, call.store_id, call.payload["customer_id"])
    if who is None:
        return None
    why = in_language(words_of_rule(held.rule) or "", store.locale[:2])
    name = _named(" ".join(part for part in (who.get("first_name"), who.get("last_name")) if part))
    text = in_language(_words(call.payload["what"], name, why), store.locale[:2])
    data = {"customer_id": call.payload["customer_id"], "rule": held.rule, "why": why or None}
    return text, data | ({"said": _said(runtime, call)} if call.payload["way"] == PROGRAM else {})


def _said(runtime: Runtime, call: Call) -> list[JsonObject]:
    """Give what was said last until then, in its order, for a program that makes a ticket of it.

    It is read when it is told: what they deleted meanwhile is in it no more.
    """
    until = datetime.fromisoformat(call.payload["at"])
    with runtime.database.reading() as connection:
        until = runtime.database.now(connection) if call.payload["what"] == LATE else until
        before = (until + timedelta(microseconds=1), str(UUID(int=0)))
        whose = (connection, call.store_id, call.payload["customer_id"])
        found = threads.entries(*whose, before=before, limit=MOST_SAID)
    lines = [_line(one) for one in reversed(found) if one.kind in BY]
    return [one for one in lines if one["text"] or one["files"]]


def _line(one: threads.Entry) -> JsonObject:
    told = one.data
    words = told.get("text") or told.get("subject") or told.get("flow_name") or ""
    by = told.get("author") or BY[one.kind]
    files = [str(each["kind"]) for each in told.get("attachments") or ()]
    line = {"at": one.at.isoformat(), "by": by, "channel": told["channel"]}
    return {**line, "text": words[:MOST_LETTERS], "files": files}


def _of_channel(_: Runtime, call: Call, store: Store) -> tuple[str, JsonObject]:
    told = call.payload
    name = NAMES.get(ChannelName(told["channel"]), told["channel"])
    words = say(
        "{channel} does not work\n{why}\nSee the channel's card under Settings in Reprise.",
        channel=name,
        why=explained(told["why"]) or told["why"],
    )
    return in_language(words, store.locale[:2]), {"channel": told["channel"], "why": told["why"]}


def _of_limit(_: Runtime, __: Call, store: Store) -> tuple[str, JsonObject]:
    most = settings_of(store.settings).most_an_hour
    words = say(
        "Your limit of takeovers is reached\nThe conversations that came to your team within an"
        " hour because the bot got nowhere: {most}. Until there is room again, further customers"
        " are offered a person instead; in an hour you are told who of them still waits."
        " See the Inbox in Reprise.",
        most=most,
    )
    return in_language(words, store.locale[:2]), {"most_an_hour": most}


def _of_many(_: Runtime, __: Call, store: Store) -> tuple[str, JsonObject]:
    words = say(
        "Many customers want to talk to a person\nWithin an hour you were told of {most}. Of"
        " further ones you are told together, in an hour; the Inbox in Reprise shows every"
        " one at once.",
        most=MOST_AN_HOUR,
    )
    return in_language(words, store.locale[:2]), {"most_an_hour": MOST_AN_HOUR}


def _still_wait(runtime: Runtime, _: Call, store: Store) -> tuple[str, JsonObject] | None:
    """Tell how many wait now that a full hour is over, and who longest; None: nobody does."""
    with runtime.database.reading() as connection:
        count, found = alarms.waiting(connection, store.id, NAMED)
    if not count:
        return None
    words = say(
        "Waiting for a person: {count}\nNobody has answered these customers yet; those who have"
        " waited longest come first. See the Inbox in Reprise.",
        count=count,
    )
    ids = [one.customer_id for one in found]
    return _with_names(words, found, store), {"waiting": count, "customer_ids": ids}


def _named(name: str) -> str:
    """Give a name that stays in its line: people call themselves whatever they like."""
    return one_line(name)[:LONGEST_NAME].rstrip()


def _with_names(words: Said, found: Sequence[Waiting], store: Store) -> str:
    language = store.locale[:2]
    nameless = in_language(say("A customer"), language)
    return "\n".join(
        [in_language(words, language), *(_named(one.name) or nameless for one in found)]
    )


def _beyond_limit(runtime: Runtime, call: Call, store: Store) -> tuple[str, JsonObject] | None:
    """Tell who came beyond the limit in its hour and has no answer yet; None: all have one."""
    since = datetime.fromisoformat(call.payload["at"])
    with runtime.database.reading() as connection:
        found = rule_calls.waiting(connection, store.id, since, since + HOUR)
    if not found:
        return None
    words = say(
        "Waiting beyond your limit of takeovers: {count}\nThe bot got nowhere with these customers,"
        " and nobody has answered them yet. See the Inbox in Reprise.",
        count=len(found),
    )
    text = _with_names(words, found[:NAMED], store)
    return text, {"customer_ids": [one.customer_id for one in found]}


TELLS: Mapping[str, Callable[[Runtime, Call, Store], tuple[str, JsonObject] | None]] = {
    IN_TROUBLE: _of_channel,
    LIMIT_REACHED: _of_limit,
    BEYOND_LIMIT: _beyond_limit,
    MANY_WAIT: _of_many,
    STILL_WAIT: _still_wait,
}
"""What is not of one customer."""


def _tell(runtime: Runtime, call: Call, store: Store, text: str, data: JsonObject) -> None:
    way = call.payload["way"]
    if way == MAIL:
        mail_staff(runtime, call, store, call.payload["to"], text.split("\n", 1)[0], text)
    elif url := _address(runtime, store, way):
        in_slack = {"text": html_escape(text, quote=False)}
        told = {"type": call.payload["what"], "timestamp": call.payload["at"], "data": data}
        endpoint_calls.post(runtime, call, url, in_slack if way == SLACK else told)


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
        "{who} wants to talk to a person\n{why} Answer in the Inbox of Reprise.",
        who=who,
        why=why,
    )
