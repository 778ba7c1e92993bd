"""A person's data: found, given out, erased. A store's data: erased.

What stays of an erased person is a row without a name (so that late webhooks find nobody to
recreate), sums of money, and the hash of the address (so that they are never written to again).
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    Text,
    and_,
    case,
    cast,
    delete,
    insert,
    literal,
    or_,
    select,
    update,
)

from marketing.consent import SuppressionScope
from marketing.events import EventName
from marketing.model import ChannelName, CustomerKey, JsonObject, Platform, Reason
from storage import (
    callbacks,
    conversations,
    identities,
    inbound,
    inbox,
    interests,
    mirror_parcels,
    opt_ins,
    outbox,
    privacy_names,
    replies,
    rule_calls,
    schema,
    segment_members,
    short_links,
    signups,
    visits,
    webchat,
)
from storage.address_hashes import COLUMNS as HASHES
from storage.address_hashes import AddressHash
from storage.dialect import upsert
from storage.mirror_customers import ERASED, NEVER, email_key
from storage.schema import (
    answers,
    attempts,
    batches,
    carts,
    codes,
    customers,
    enrollments,
    events,
    hits,
    messages,
    metadata,
    new_id,
    orders,
    product_reviews,
    rewards,
    rfm_scores,
    stores,
    suppressions,
)
from storage.stores import Store

OWNED = (
    carts, orders, events, enrollments, messages, codes, rewards, product_reviews, rfm_scores,
    schema.segment_members, schema.attributions, schema.conversations, schema.inbound_messages,
    schema.identities, schema.replies, schema.rule_calls,
    schema.opt_ins,
)  # fmt: skip
"""What belongs to one customer, by `customer_id`."""
NOTHING = dict.fromkeys(
    [
        "email", "email_key", "phone", *HASHES, "first_name", "last_name", "first_key",
        "last_key", "locale", "country", "region", "city", "timezone", "email_consent",
        "email_consent_source", "email_consent_at", "sms_consent", "sms_consent_source",
        "sms_consent_at", "whatsapp_consent", "whatsapp_consent_source", "whatsapp_consent_at",
    ]
)  # fmt: skip
FORGOTTEN: Mapping[Table, Mapping[str, Any]] = {
    carts: {"recovery_url": None, "locale": None, "country": None, "idle_at": None},
    orders: {"status_url": None, "tracking_number": None, "tracking_url": None, "landing": {}},
    messages: {
        "subject": None,
        "told_stop_to": None,
        "reason": case((messages.c.reason.in_(list(Reason)), messages.c.reason)),
    },
    codes: {"error": None},
    rewards: {"error": None},
    enrollments: {"error": None, "event": None},
    product_reviews: {"title": None, "text": None, "author": None},
}
"""The columns that may tell who it was."""
FORGET: Mapping[str, Callable[[Connection, str, list[str]], int]] = {
    "conversations": conversations.forget,
    "identities": identities.forget,
    "inbound_messages": inbound.forget,
    "replies": replies.forget,
    "rule_calls": rule_calls.forget,
    "opt_ins": opt_ins.forget,
    "interests": interests.forget,
}
"""What of a customer's own goes whole, by table."""
FREELY_TOLD = [
    EventName.CUSTOMER_TAGGED.value,
    EventName.CUSTOMER_UNTAGGED.value,
    EventName.MESSAGE_RECEIVED.value,
]
"""Events whose data is in the merchant's own words, or the customer's."""
NAMELESS = "erased:"
"""What stands before an event's own id where its provider's was."""


@dataclass(frozen=True, slots=True)
class Erased:
    """What was found and emptied, by table; kept as the receipt."""

    customer_ids: tuple[str, ...]
    counts: Mapping[str, int]


def find(
    connection: Connection, store_id: str, key: CustomerKey, customer_id: str | None = None
) -> list[str]:
    """Give the ids of everyone whom a privacy request means; `customer_id` is one of them.

    An address or phone number that belongs to another account by now does not make it theirs.
    """
    c = customers.c
    guest: ColumnElement[bool] = c.external_id.is_(None)
    means: list[ColumnElement[bool]] = []
    if key.external_id:
        means.append(c.external_id == key.external_id)
        guest = or_(guest, c.external_id == key.external_id)
    if key.email:
        means.append(and_(c.email_key == email_key(key.email), guest))
    if key.phone:
        means.append(and_(c.phone == key.phone, guest, c.email_key.is_(None)))
    if customer_id:
        means.append(c.id == customer_id)
    if not means:
        return []
    query = select(c.id).where(c.store_id == store_id, or_(*means)).order_by(c.id)
    return list(connection.execute(query.with_for_update()).scalars())


def erase(
    connection: Connection,
    store: Store,
    key: CustomerKey,
    address_hash: AddressHash,
    now: datetime,
    customer_id: str | None = None,
) -> Erased:
    """Erase a person for good; safe to repeat. Enrollments are ended by the caller before."""
    ids = find(connection, store.id, key, customer_id) or [
        _tombstone(connection, store.id, key, now)
    ]
    addresses = _addresses(connection, store.id, ids, key)
    _suppress(connection, store.id, addresses, address_hash, now)
    counts = {f"{table.name}": _forget(connection, store.id, table, ids) for table in FORGOTTEN}
    emails = [one for channel, one in addresses if channel == ChannelName.EMAIL.value]
    counts["signups"] = signups.forget(connection, store.id, emails)
    counts["events"] = _forget_told(connection, store.id, ids)
    counts["names"] = privacy_names.forget(connection, store.id, ids, address_hash)
    counts["parcels"] = mirror_parcels.forget_customers(connection, store.id, ids)
    counts |= {name: own(connection, store.id, ids) for name, own in FORGET.items()}
    counts["hits"] = _forget_messages(connection, store.id, ids)
    counts["short_links"] = short_links.forget_customers(connection, store.id, ids)
    counts["answers"] = _forget_answers(connection, store.id, ids)
    counts["outbox"] = outbox.forget_customers(connection, store.id, ids)
    counts["visits"] = visits.forget_customers(connection, store.id, ids)
    counts["segment_members"] = segment_members.forget_customers(connection, store.id, ids)
    words = [key.email or "", key.phone or "", key.external_id or ""]
    counts["inbox"] = sum(inbox.forget(connection, store.domain, one, words) for one in ids)
    visitors = [one for channel, one in addresses if channel == ChannelName.WEBCHAT.value]
    counts["webchat_lines"] = webchat.forget(connection, store.id, visitors)
    counts["callbacks"] = callbacks.forget(connection, store.id, [one for _, one in addresses])
    mine = (customers.c.store_id == store.id, customers.c.id.in_(ids))
    gone = {"tags": [], "properties": {}, "erased_at": now, "deleted_at": now}
    connection.execute(update(customers).where(*mine).values(**NOTHING, **gone))
    return Erased(tuple(ids), {**counts, "customers": len(ids)})


def _tombstone(connection: Connection, store_id: str, key: CustomerKey, now: datetime) -> str:
    """Whom we never heard of may still come in a late webhook: know them then."""
    customer_id = new_id()
    row = {"store_id": store_id, "id": customer_id, "external_id": key.external_id}
    moments = {"created_at": now, "updated_at": NEVER}
    connection.execute(insert(customers).values(**row, **moments, tags=[], properties={}))
    return customer_id


def _addresses(
    connection: Connection, store_id: str, ids: Iterable[str], key: CustomerKey
) -> set[tuple[str, str]]:
    query = select(customers.c.email_key, customers.c.phone)
    rows = connection.execute(
        query.where(customers.c.store_id == store_id, customers.c.id.in_(list(ids)))
    ).all()
    emails = {row.email_key for row in rows} | {email_key(key.email)}
    phones = {row.phone for row in rows} | {key.phone}
    found = {(ChannelName.EMAIL.value, one) for one in emails if one}
    found |= identities.addresses(connection, store_id, ids)
    return found | {(ChannelName.SMS.value, one) for one in phones if one}


def _suppress(
    connection: Connection,
    store_id: str,
    addresses: Iterable[tuple[str, str]],
    address_hash: AddressHash,
    now: datetime,
) -> None:
    rows = [
        {
            "store_id": store_id, "channel": channel, "scope": SuppressionScope.ALL.value,
            "address_hash": address_hash(channel, address), "reason": ERASED,
            "source": "platform", "created_at": now,
        }
        for channel, address in sorted(addresses)
    ]  # fmt: skip
    for row in rows:
        upsert(connection, suppressions, [row])


def _forget(connection: Connection, store_id: str, table: Table, ids: Iterable[str]) -> int:
    mine = (table.c.store_id == store_id, table.c.customer_id.in_(list(ids)))
    return connection.execute(update(table).where(*mine).values(**FORGOTTEN[table])).rowcount


def _forget_told(connection: Connection, store_id: str, ids: Iterable[str]) -> int:
    """Forget tags and words, which may say anything, and the providers' ids of what they wrote.

    WhatsApp's ids have the number in them.
    """
    e, nothing = events.c, literal({}, events.c.data.type)
    theirs = (e.store_id == store_id, e.customer_id.in_(list(ids)))
    told = update(events).where(*theirs, e.name.in_(FREELY_TOLD)).values(data=nothing)
    found = connection.execute(told).rowcount
    wrote = update(events).where(*theirs, e.name == EventName.MESSAGE_RECEIVED.value)
    connection.execute(wrote.values(dedupe_key=literal(NAMELESS) + cast(e.id, Text)))
    return found


def _forget_answers(connection: Connection, store_id: str, ids: Iterable[str]) -> int:
    """Forget what other programs were answered about them."""
    theirs = (answers.c.store_id == store_id, answers.c.customer_id.in_(list(ids)))
    return connection.execute(delete(answers).where(*theirs)).rowcount


def _forget_messages(connection: Connection, store_id: str, ids: Iterable[str]) -> int:
    """Forget what came back about their messages: browsers, links, providers' words."""
    m = messages.c
    theirs = select(m.id).where(m.store_id == store_id, m.customer_id.in_(list(ids)))
    said = (attempts.c.store_id == store_id, attempts.c.message_id.in_(theirs))
    connection.execute(update(attempts).where(*said).values(response=None))
    seen = (hits.c.store_id == store_id, hits.c.message_id.in_(theirs))
    return connection.execute(update(hits).where(*seen).values(user_agent=None, url=None)).rowcount


def export(connection: Connection, store_id: str, customer_id: str) -> JsonObject:
    """Give everything that is kept about one person, table by table, ready for JSON."""
    who = (customers.c.store_id == store_id, customers.c.id == customer_id)
    told: JsonObject = {"customers": _rows(connection, customers, *who)}
    for table in OWNED:
        mine = (table.c.store_id == store_id, table.c.customer_id == customer_id)
        told[f"{table.name}"] = _rows(connection, table, *mine)
    told |= visits.export(connection, store_id, customer_id)
    of_theirs = mirror_parcels.of_customers(store_id, [customer_id])
    told["parcels"] = _rows(connection, schema.parcels, of_theirs)
    key = select(customers.c.email_key).where(*who).scalar_subquery()
    asked = (schema.signups.c.store_id == store_id, schema.signups.c.email_key == key)
    told["signups"] = _rows(connection, schema.signups, *asked)
    told |= webchat.export(connection, store_id, customer_id)
    told["interests"] = interests.export(connection, store_id, customer_id)
    theirs = select(messages.c.id).where(
        messages.c.store_id == store_id, messages.c.customer_id == customer_id
    )
    about = (hits.c.store_id == store_id, hits.c.message_id.in_(theirs))
    told["hits"] = _rows(connection, hits, *about)
    told["short_links"] = short_links.export(connection, store_id, customer_id)
    return told


def _rows(
    connection: Connection, table: Table, *conditions: ColumnElement[bool]
) -> list[JsonObject]:
    query = select(table).where(*conditions)
    return [
        {str(name): value for name, value in row.items() if name != "store_id"}
        for row in connection.execute(query).mappings()
    ]


def erase_store(connection: Connection, store: Store) -> Mapping[str, int]:
    """Erase everything of a store, the store's own row last; give how many rows by table."""
    counts = {"inbox": inbox.forget_store(connection, Platform(store.platform), store.domain)}
    connection.execute(delete(batches).where(batches.c.store_id == store.id))
    for table in reversed(metadata.sorted_tables):
        if "store_id" in table.c and table is not batches:
            gone = connection.execute(delete(table).where(table.c.store_id == store.id))
            counts[f"{table.name}"] = gone.rowcount
    connection.execute(delete(stores).where(stores.c.id == store.id))
    return counts
