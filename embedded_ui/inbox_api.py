"""/panel/api/conversations: the inbox's list, one thread, and what is answered and done in it."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from flask.views import MethodView

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.orders import answered
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from embedded_ui.inbox_schemas import (
    AssignSchema,
    ConversationListSchema,
    ConversationsQuery,
    DoneSchema,
    QueuedSchema,
    ReplyFormSchema,
    ThreadQuery,
    ThreadSchema,
    UnreadSchema,
)
from embedded_ui.thread_shapes import attached_shape, hands_shape, inbound_shape, reply_shape
from jobs import answering, conversations
from jobs.answering import Answer, NotByThis, SomebodyAnswered, Way
from jobs.conversations import MERCHANT
from jobs.template_replies import NoTemplate
from marketing.business_hours import answer_by
from marketing.chat import InboundKind
from marketing.chat_limits import LIMITS, PRIVATE_REPLIES
from marketing.conversation_settings import settings_of
from marketing.model import ChannelName
from marketing.private_replies import Comment
from marketing.private_replies import refusal as refusal_of_comment
from marketing.said import say
from marketing.timing import zone_of
from marketing.visible import says_something
from marketing.whatsapp_templates import BadParameter
from marketing.whatsapp_words import WhatsAppWords
from storage import Connection, Row, reports_customers, rule_calls, team, threads
from storage.conversations import HUMAN
from storage.threads import COUNTED_TO, WAITING, Entry, Place, Position, Wanted

LINES, ENTRIES = 30, 40
WRITES_FOR = timedelta(seconds=12)
"""So long after the last key somebody is said to be writing."""
WAITS = "waits~"
"""Begins the place of a page that ended among those who wait."""
ITEM_FIELDS = ("title", "variant_title", "quantity", "image_url")
NOTHING = dict.fromkeys(
    [
        "channel", "text", "number", "author", "author_name", "state", "reason", "detail",
        "meaning", "subject", "flow_id", "flow_name", "by", "who", "why", "template", "how",
        "private_answer",
    ]
)  # fmt: skip
blueprint = api_blueprint("inbox")


@blueprint.route("/conversations")
class ConversationsView(MethodView):
    @blueprint.arguments(ConversationsQuery, location="query")
    @blueprint.response(200, ConversationListSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give a page of conversations: the latest first, or else who waits longest."""
        asked = (query["show"], the_person().id, query["channel"], query["search"])
        wanted = Wanted(*asked, the_store().country)
        by_wait, behind = query["sort"] == WAITING, _place(query["before"])
        ask = threads.page_by_wait if by_wait else threads.page
        with the_runtime().database.reading() as connection:
            rows = ask(connection, the_store().id, wanted, behind=behind, limit=LINES + 1)
            now = the_runtime().database.now(connection)
        last = rows[LINES - 1] if len(rows) > LINES else None
        return {
            "conversations": [_line(row._asdict()) for row in rows[:LINES]],
            "now": now,
            "before": _name_of_place(last, by_wait=by_wait) if last else None,
        }


@blueprint.route("/conversations/unread")
class UnreadView(MethodView):
    @blueprint.response(200, UnreadSchema)
    def get(self) -> dict[str, Any]:
        """Count the open conversations that hold something unread."""
        with the_runtime().database.reading() as connection:
            count = threads.count_unread(connection, the_store().id)
        return {"unread": min(count, COUNTED_TO), "more": count > COUNTED_TO}


@blueprint.route("/conversations/<uuid:customer_id>")
class ThreadView(MethodView):
    @blueprint.arguments(ThreadQuery, location="query")
    @blueprint.response(200, ThreadSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, query: dict[str, str], customer_id: UUID) -> dict[str, Any]:
        """Give a conversation: what was said and sent, the latest first, and how to answer.

        With whom nobody has talked yet, it says how one can be begun.
        """
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        before = _position(query["before"])
        with runtime.database.reading() as connection:
            now = runtime.database.now(connection)
            line = _found(connection, who, now)
            found = threads.entries(connection, store.id, who, before=before, limit=ENTRIES + 1)
            ways = answering.ways(runtime, connection, store, who, now)
            person = reports_customers.customer(connection, store.id, who)
            cart = answering.cart_of(connection, store, who)
            call = rule_calls.latest(connection, store.id, who)
            writing = _writing(connection, line)
        shown = found[:ENTRIES]
        return {
            "conversation": line,
            "now": now,
            "entries": [_entry(one, now) for one in shown],
            "before": _name_of(shown[-1].position) if len(found) > ENTRIES else None,
            "ways": [way_shape(one) for one in ways],
            "customer": _person(person._asdict() if person else {}, cart),
            "cart": {**cart, "items": _items(cart)} if cart else None,
            "call": call,
            "writing": writing,
        }


def _writing(connection: Connection, line: Mapping[str, Any]) -> dict[str, str] | None:
    """Tell who else of the team is just writing here; None: nobody that we know of."""
    by, at = line["writing_by"], line["writing_at"]
    if by is None or at is None or by == the_person().id:
        return None
    if the_runtime().database.real_now(connection) - at > WRITES_FOR:
        return None
    members = {one.id: one.name for one in team.of_store(connection, the_store().id)}
    return {"name": members.get(by) or ""}


@blueprint.route("/conversations/<uuid:customer_id>/writing")
class WritingView(MethodView):
    @blueprint.response(200, DoneSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> dict[str, Any]:
        """Note that whoever asks is writing an answer: others of the team are told for a while."""
        database, person = the_runtime().database, the_person().id

        def note(connection: Connection, who: str, _: datetime) -> None:
            real_now = database.real_now(connection)
            threads.writes(connection, the_store().id, who, person, real_now)

        return _changed(customer_id, note)


@blueprint.route("/conversations/<uuid:customer_id>/replies")
class RepliesView(MethodView):
    @blueprint.arguments(ReplyFormSchema)
    @blueprint.response(201, QueuedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, told: dict[str, Any], customer_id: UUID) -> dict[str, str]:
        """Queue an answer, and take the conversation over; by which channels else a 409 tells."""
        comment_id = str(told["comment_id"]) if told["comment_id"] else None
        own = {"key": str(told["key"]), "template": _template(told), "comment_id": comment_id}
        answer = Answer(**{**told, **own})
        runtime, store, who, person = the_runtime(), the_store(), str(customer_id), the_person()

        def act() -> str:
            return answering.answer(runtime, store, who, person, answer)

        return {"id": answered(lambda: _answer(act))}


def _template(told: Mapping[str, Any]) -> WhatsAppWords | None:
    """Give the template that an answer is, None: it is free words; refuse what is neither."""
    chosen = told["template"]
    has_words = says_something(told["text"]) or told["product_id"] is not None
    if chosen is None and not has_words:
        refuse(422, say("Write something first."), "text")
    if chosen is None:
        return None
    if has_words:
        refuse(422, say("A template goes by itself. Leave text and product out."), "text")
    if told["channel"] is not ChannelName.WHATSAPP:
        refuse(422, say("Templates are WhatsApp's. Send this one there."), "channel")
    return WhatsAppWords(chosen["name"], chosen["language"], chosen["values"])


def _answer(act: Callable[[], str]) -> str:
    try:
        return act()
    except BadParameter as wrong:
        refuse(422, wrong.said, f"template.{wrong.place}")
    except NoTemplate as refused:
        refuse(409, refused.said, "template")
    except NotByThis as refused:
        refuse(409, refused.said, "channel", allowed=refused.allowed)
    except SomebodyAnswered as theirs:
        refuse(409, theirs.said, "seen")


@blueprint.route("/conversations/<uuid:customer_id>/replies/<uuid:reply_id>/retry")
class RetryView(MethodView):
    @blueprint.response(200, QueuedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(409, schema=ErrorSchema)
    def post(self, customer_id: UUID, reply_id: UUID) -> dict[str, str]:
        """Try a reply again that surely did not go out."""
        runtime, store = the_runtime(), the_store()
        named = (str(customer_id), str(reply_id))
        answered(lambda: answering.again(runtime, store, *named))
        return {"id": str(reply_id)}


@blueprint.route("/conversations/<uuid:customer_id>/read")
class ReadView(MethodView):
    @blueprint.response(200, DoneSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> dict[str, Any]:
        """Note that somebody has looked."""
        return _changed(customer_id, lambda c, who, _: threads.read(c, the_store().id, who))


@blueprint.route("/conversations/<uuid:customer_id>/assign")
class AssignView(MethodView):
    @blueprint.arguments(AssignSchema)
    @blueprint.response(200, DoneSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, told: dict[str, UUID | None], customer_id: UUID) -> dict[str, Any]:
        """Say whom of the team it is for."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        member_id = str(told["member_id"]) if told["member_id"] else None
        answered(lambda: answering.assign(runtime, store, who, member_id))
        return _done(who)


@blueprint.route("/conversations/<uuid:customer_id>/close")
class CloseView(MethodView):
    @blueprint.response(200, DoneSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> dict[str, Any]:
        """Put it away until something happens in it."""
        return _changed(customer_id, lambda c, who, now: threads.close(c, the_store().id, who, now))


@blueprint.route("/conversations/<uuid:customer_id>/reopen")
class ReopenView(MethodView):
    @blueprint.response(200, DoneSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> dict[str, Any]:
        """Get it out again."""
        return _changed(customer_id, lambda c, who, _: threads.reopen(c, the_store().id, who))


@blueprint.route("/conversations/<uuid:customer_id>/take-over")
class TakeOverView(MethodView):
    @blueprint.response(200, DoneSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> dict[str, Any]:
        """Take it into human hands: no flow writes to the customer until it is handed back."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        answered(lambda: conversations.hand_over(runtime, store, who, MERCHANT, who=_name()))
        return _done(who)


@blueprint.route("/conversations/<uuid:customer_id>/hand-back")
class HandBackView(MethodView):
    @blueprint.response(200, DoneSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, customer_id: UUID) -> dict[str, Any]:
        """Let flows write to the customer again."""
        runtime, store, who = the_runtime(), the_store(), str(customer_id)
        answered(lambda: conversations.hand_back(runtime, store, who, MERCHANT, who=_name()))
        return _done(who)


def _name() -> str | None:
    return the_person().name or None


def _changed(customer_id: UUID, act: Callable[[Connection, str, datetime], None]) -> dict[str, Any]:
    runtime, store, who = the_runtime(), the_store(), str(customer_id)
    answered(lambda: answering.change(runtime, store, who, lambda c, now: act(c, who, now)))
    return _done(who)


def _done(who: str) -> dict[str, Any]:
    database = the_runtime().database
    with database.reading() as connection:
        return {"conversation": _found(connection, who, database.now(connection))}


def _found(connection: Connection, who: str, now: datetime) -> dict[str, Any]:
    return _line(answered(lambda: answering.find(connection, the_store(), who, now)))


def _line(row: Mapping[str, Any]) -> dict[str, Any]:
    names = " ".join(part for part in (row["first_name"], row["last_name"]) if part)
    waits = row["waiting_since"] is not None
    is_theirs = waits or not (row["answered"] or row["gave"])
    return {
        **row,
        "name": names or row["email"] or row["phone"] or "",
        "is_open": row["closed_at"] is None,
        "is_begun": row["store_id"] is not None,
        "is_test": row["test_of"] is not None,
        "is_own_test": row["test_of"] == the_person().id,
        "answer_by": _answer_by(row),
        "said": row["wrote"] if is_theirs else row["answered"],
        "attachments": attached_shape(row["brought"] if is_theirs else row["gave"]),
    }


def _answer_by(row: Mapping[str, Any]) -> datetime | None:
    """Give until when whoever waits for a person is to have their first answer."""
    store, is_human = the_store(), row["state"] == HUMAN and row["since"] is not None
    if not is_human or row["waiting_since"] is None or row["is_answered"]:
        return None
    zone = zone_of(store.timezone).key
    return answer_by(settings_of(store.settings), zone, row["since"])


def _entry(entry: Entry, now: datetime) -> dict[str, Any]:
    own = SHAPES[entry.kind](entry.data)
    if own.get("how") == InboundKind.COMMENT:
        own["private_answer"] = _private_answer(entry, now)
    empty: dict[str, Any] = {**NOTHING, "cards": [], "buttons": [], "attachments": []}
    return {**empty, **own, "kind": entry.kind, "id": entry.id, "at": entry.at}


def _private_answer(entry: Entry, now: datetime) -> dict[str, Any] | None:
    """Say whether a comment may still be answered privately; None: not on its channel."""
    channel, told = ChannelName(entry.data["channel"]), entry.data
    if channel not in PRIVATE_REPLIES:
        return None
    written_at = told["commented_at"] or entry.at
    is_answered = told["private_reply_id"] is not None
    comment = Comment(entry.id, written_at, told["text"] is None, is_answered)
    ends_at = written_at + PRIVATE_REPLIES[channel].within
    return {"refusal": refusal_of_comment(comment, channel, now), "ends_at": ends_at}


def _message(data: Mapping[str, Any]) -> dict[str, Any]:
    names = ("channel", "subject", "state", "flow_id", "flow_name")
    return {name: data[name] for name in names}


def _hands(data: Mapping[str, Any]) -> dict[str, Any]:
    return hands_shape(data["name"], data["data"]) | {"flow_name": data["flow_name"]}


SHAPES: Mapping[str, Callable[[Mapping[str, Any]], dict[str, Any]]] = {
    "inbound": inbound_shape,
    "reply": reply_shape,
    "message": _message,
    "hands": _hands,
}


def way_shape(way: Way) -> dict[str, Any]:
    """Give a channel to write by as the panel is told of it."""
    limits = LIMITS.get(way.channel)
    return {
        "channel": way.channel.value,
        "refusal": way.refusal.value if way.refusal else None,
        "ends_at": way.ends_at,
        "is_late": way.is_late,
        "takes_templates": way.takes_templates,
        "marketing_refusal": way.marketing_refusal.value if way.marketing_refusal else None,
        "has_cards": bool(limits and limits.cards),
    }


def _person(row: Mapping[str, Any], cart: Mapping[str, Any] | None) -> dict[str, Any]:
    named = {name: row.get(name) for name in ("first_name", "email", "phone")}
    link = (cart or {}).get("recovery_url") or the_store().storefront_url
    sums = {"orders": row.get("orders_count") or 0, "spent": row.get("spent") or 0}
    return {**named, **sums, "cart_link": link}


def _items(cart: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [{name: item.get(name) for name in ITEM_FIELDS} for item in cart["items"]]


def _position(before: str) -> Position | None:
    if not before:
        return None
    moment, _, key = before.partition("~")
    try:
        at, own = datetime.fromisoformat(moment), str(UUID(key))
    except ValueError:
        refuse(422, say("This place in the list does not exist. Start from its top."), "before")
    return (at if at.tzinfo else at.replace(tzinfo=UTC)), own


def _place(before: str) -> Place | None:
    position = _position(before.removeprefix(WAITS))
    return Place(*position, before.startswith(WAITS)) if position else None


def _name_of_place(last: Row[Any], *, by_wait: bool) -> str:
    if by_wait and last.waiting_since is not None:
        return WAITS + _name_of((last.waiting_since, last.customer_id))
    return _name_of((last.last_at, last.customer_id))


def _name_of(position: Position) -> str:
    at, key = position
    return f"{at.isoformat().replace('+00:00', 'Z')}~{key}"
