"""Every table. `store_id` leads each primary and foreign key, so that a store's rows stay together.

Ids are UUIDv7 (`new_id`), times are `UtcTime` columns, money is integer minor units. Exempt
from the length limit: a schema is read as one page.
"""

import os
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


_RANDOM_BITS = 74
_LEAP = 1 << 32
_id_lock = threading.Lock()
_latest_id = 0


def new_id() -> str:
    """Give a fresh UUIDv7 (RFC 9562 §5.7): sorts by time, needs no coordination.

    Of one process each sorts behind the one before, within a millisecond too (§6.2, method 2): what
    a flow says in one go is said in that order.
    """
    global _latest_id  # noqa: PLW0603  one a process, under its lock
    random = int.from_bytes(os.urandom(10), "big") >> 6
    told = time.time_ns() // 1_000_000 << _RANDOM_BITS | random
    with _id_lock:
        if told <= _latest_id:
            told = _latest_id + 1 + random % _LEAP
        _latest_id = told
    moment, random = told >> _RANDOM_BITS, told & (1 << _RANDOM_BITS) - 1
    value = moment << 80 | 7 << 76 | random >> 62 << 64 | 2 << 62 | random & (1 << 62) - 1
    written = f"{value:032x}"
    return f"{written[:8]}-{written[8:12]}-{written[12:16]}-{written[16:20]}-{written[20:]}"


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC datetime: `timestamptz` in PostgreSQL, microseconds since 1970 in SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        if dialect.name == "postgresql":
            return dialect.type_descriptor(postgresql.TIMESTAMP(timezone=True))
        return dialect.type_descriptor(BigInteger())

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None or dialect.name == "postgresql":
            return value
        return (value - EPOCH) // MICROSECOND

    def result_processor(  # the signature is SQLAlchemy's
        self,
        dialect: Dialect,
        coltype: object,  # noqa: ARG002
    ) -> Callable[[Any], Any] | None:
        """PostgreSQL's driver gives UTC itself, since our sessions' time zone is UTC."""
        return None if dialect.name == "postgresql" else _moment


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


Json = JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
# In SQLite an id is stored as it is written, which costs nothing to read.
Id = Uuid(as_uuid=False).with_variant(String(36), "sqlite")
metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _of_store(name: str, *columns: Any, key: tuple[str, ...] = ("store_id", "id")) -> Table:
    """Make a table whose rows belong to a store."""
    own = [Column("store_id", Id, nullable=False)]
    if "id" in key:
        own.append(Column("id", Id, nullable=False, default=new_id))
    return Table(
        name,
        metadata,
        *own,
        *columns,
        PrimaryKeyConstraint(*key),
        ForeignKeyConstraint(["store_id"], ["stores.id"], ondelete="CASCADE"),
    )


def _searched(name: str, column: str) -> Index:
    """Index what is looked for by its beginning; the operators compare bytes in any collation."""
    return Index(name, "store_id", column, postgresql_ops={column: "text_pattern_ops"})


UNHASHED = "(email_key > '' AND email_hash IS NULL) OR (phone > '' AND sms_hash IS NULL)"
"""Of whom an address is known and its hash is not, yet."""
RARE_WORD = "email_consent IS NULL OR email_consent IN ('unsubscribed', 'pending', 'invalid')"
"""What few customers of most stores said of e-mail, or that they never did: found by an index."""


stores = Table(
    "stores",
    metadata,
    Column("id", Id, primary_key=True, default=new_id),
    Column("platform", String(20), nullable=False),
    Column("domain", Text, nullable=False),
    Column("external_id", Text),
    Column("name", Text, nullable=False, server_default=""),
    Column("email", Text),
    Column("currency", String(3), nullable=False, server_default="USD"),
    Column("timezone", Text, nullable=False, server_default="UTC"),
    Column("country", String(2)),
    Column("locale", Text, nullable=False, server_default="en"),
    Column("storefront_url", Text),
    Column("address", Text),
    Column("status", String(20), nullable=False),
    Column("public_key", Text, nullable=False, unique=True),
    # Merchant's settings: consent policy, caps, quiet hours, attribution windows, sender, brand.
    Column("settings", Json, nullable=False, server_default="{}"),
    Column("scopes", Json, nullable=False, server_default="[]"),
    Column("install_epoch", Integer, nullable=False, server_default="1"),
    # Business time: compared with a webhook's own moment (the reinstall race).
    Column("installed_at", UtcTime, nullable=False),
    Column("uninstalled_at", UtcTime),
    # The shortest idle time of the store's live cart flows, in seconds; null: none is live.
    Column("cart_idle_seconds", Integer),
    # Channel -> {"reason", "since", "until"}: its credentials were refused; real times.
    Column("paused_channels", Json, nullable=False, server_default="{}"),
    Column("is_paused", Boolean, nullable=False, server_default=text("false")),
    Column("updated_at", UtcTime),
    UniqueConstraint("platform", "domain"),
    Index(
        "ix_stores_paused",
        "id",
        postgresql_where=text("is_paused"),
        sqlite_where=text("is_paused"),
    ),
)

credentials = _of_store(
    "credentials",
    # Ciphertexts of `storage.secrets`, each bound to its store and field.
    Column("access_token", Text),
    Column("refresh_token", Text),
    Column("access_expires_at", UtcTime),
    Column("refresh_expires_at", UtcTime),
    # The refresh lease: real time; the write goes through only with the fence it was given.
    Column("lease_owner", Text),
    Column("lease_until", UtcTime),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("refused_at", UtcTime),
    key=("store_id",),
)

# The domain that a store's e-mail is from, and the key that signs it.
sending_domains = _of_store(
    "sending_domains",
    Column("domain", Text, nullable=False),
    # Ciphertext of `storage.secrets`.
    Column("private_key", Text, nullable=False),
    Column("public_key", Text, nullable=False),
    # What DNS said last: {"dkim": {"state", "found"}, ...}; real times.
    Column("records", Json, nullable=False, server_default="{}"),
    Column("checked_at", UtcTime),
    # Null: messages are from the operator's shared sender.
    Column("verified_at", UtcTime),
    key=("store_id",),
)

# A store's own account with a channel's provider.
channel_accounts = _of_store(
    "channel_accounts",
    Column("channel", String(12), nullable=False),
    Column("provider", String(20), nullable=False),
    # What the provider calls us by: the last part of the door's address.
    Column("callback_key", String(43), nullable=False),
    # What may be shown: account id, sender.
    Column("public", Json, nullable=False),
    # Ciphertext of `storage.secrets`: JSON.
    Column("secret", Text, nullable=False),
    # Grows with each change: whoever keeps an opened account sees that it is another.
    Column("revision", Integer, nullable=False),
    # Real times.
    Column("connected_at", UtcTime, nullable=False),
    Column("last_event_at", UtcTime),
    # When a knock at its door was last turned away for its signature, since one was right.
    Column("refused_at", UtcTime),
    Column("trouble", Text),
    Column("trouble_at", UtcTime),
    # An access token that runs out by itself, and when a new one is asked for: business time.
    Column("token_ends_at", UtcTime),
    Column("renew_at", UtcTime),
    # Since when it can't be renewed: the `trouble_at` that told of it.
    Column("renewal_failed_at", UtcTime),
    UniqueConstraint("callback_key", name="uq_channel_accounts_callback_key"),
    Index(
        "ix_channel_accounts_renewal",
        "renew_at",
        postgresql_where=text("renew_at IS NOT NULL"),
        sqlite_where=text("renew_at IS NOT NULL"),
    ),
    key=("store_id", "channel"),
)

# The templates that Meta keeps of a store's WhatsApp account, as it last told of them.
whatsapp_templates = _of_store(
    "whatsapp_templates",
    Column("name", String(512), nullable=False),
    Column("language", String(20), nullable=False),
    Column("external_id", Text),
    # marketing | utility | authentication
    Column("category", String(20), nullable=False),
    # In Meta's words, small: approved | pending | rejected | paused | disabled ...
    Column("status", String(30), nullable=False),
    # Why Meta refused or paused it, and how it rates it.
    Column("reason", Text),
    Column("quality", String(20)),
    Column("components", Json, nullable=False),
    Column("is_named", Boolean, nullable=False, server_default=text("false")),
    # Real time.
    Column("synced_at", UtcTime, nullable=False),
    key=("store_id", "name", "language"),
)

# Addresses that a provider asked to leave alone on a channel for a while.
address_rests = _of_store(
    "address_rests",
    Column("channel", String(12), nullable=False),
    Column("address_hash", String(64), nullable=False),
    # marketing | unreachable | window
    Column("kind", String(12), nullable=False),
    Column("times", Integer, nullable=False),
    Column("told_at", UtcTime, nullable=False),
    Column("until", UtcTime, nullable=False),
    key=("store_id", "channel", "address_hash", "kind"),
)

# What providers told of messages and customers wrote, as it came; the body goes when it is read.
callbacks = _of_store(
    "callbacks",
    Column("channel", String(12), nullable=False),
    Column("url", Text, nullable=False),
    Column("body", LargeBinary),
    # SHA-256 of address and body: told twice, it is the same.
    Column("digest", String(64), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    # When it is read (again); real time.
    Column("due_at", UtcTime, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("processed_at", UtcTime),
    # Why the last try failed; with `processed_at`: there are no more.
    Column("error", Text),
    UniqueConstraint("store_id", "channel", "digest", name="uq_callbacks_digest"),
    Index(
        "ix_callbacks_pending",
        "due_at",
        postgresql_where=text("processed_at IS NULL"),
        sqlite_where=text("processed_at IS NULL"),
    ),
)

# What customers wrote; a conversation is these and the messages that went to them.
inbound_messages = _of_store(
    "inbound_messages",
    Column("channel", String(12), nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("customer_id", Id),
    # Their address on the channel.
    Column("sender", Text),
    # Emptied when the customer deletes it.
    Column("text", Text),
    # `channels.base.InboundKind`
    Column("kind", String(15), nullable=False, server_default="text"),
    # What a tapped button carries.
    Column("payload", Text),
    # Pictures and the like: `marketing.attachments.dump`.
    Column("attachments", Json),
    # When a public comment was written: for a while it may be answered privately.
    Column("commented_at", UtcTime),
    # The one message, or reply, that answers it so, and when its hand-over began.
    Column("private_reply_id", Id),
    Column("private_reply_at", UtcTime),
    # A flow took it, or a step that waited for it.
    Column("is_answered", Boolean, nullable=False, server_default=text("false")),
    Column("received_at", UtcTime, nullable=False),
    UniqueConstraint("store_id", "channel", "provider_id", name="uq_inbound_messages_provider_id"),
    Index("ix_inbound_messages_customer", "store_id", "customer_id", "received_at"),
    # Who may be answered on a channel just now.
    Index("ix_inbound_messages_recent", "store_id", "channel", "received_at"),
)

# Who a customer is on a chat channel: an id of the platform's, that a person only has there.
identities = _of_store(
    "identities",
    Column("channel", String(12), nullable=False),
    Column("address", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    # What a suppression would keep of the address.
    Column("address_hash", String(64)),
    # psid | igsid | wa | bsuid | web
    Column("kind", String(8), nullable=False),
    Column("name", Text),
    # What they said of being written to there.
    Column("consent", String(20)),
    Column("consent_source", String(20)),
    Column("consent_at", UtcTime),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    # How it was proven that they are this customer, and whose it was until then.
    Column("joined_by", String(50)),
    Column("joined_at", UtcTime),
    Column("joined_from", Id),
    # Whom they say they are, which nobody has proven.
    Column("claims_id", Id),
    # Who leads the conversation there: inbox | app, null: we do, or nobody. Since when, and when
    # the platform last told, by its own clock.
    Column("led_by", String(8)),
    Column("led_since", UtcTime),
    Column("led_told_at", UtcTime),
    Index("ix_identities_customer", "store_id", "customer_id"),
    key=("store_id", "channel", "address"),
)

# Browsers that chat on the store's own pages; the id is their address on that channel.
webchat_visitors = _of_store(
    "webchat_visitors",
    # Of the last line of their conversation, and how far they fetched and saw it.
    Column("last_number", Integer, nullable=False, server_default="0"),
    Column("fetched", Integer, nullable=False, server_default="0"),
    Column("seen", Integer, nullable=False, server_default="0"),
    # When that line was written, or the conversation begun.
    Column("last_at", UtcTime, nullable=False),
    Index("ix_webchat_visitors_last", "last_at"),
    Index(
        "ix_webchat_visitors_silent",
        "last_at",
        postgresql_where=text("last_number = 0"),
        sqlite_where=text("last_number = 0"),
    ),
)

# What both sides said there, as the visitor's browser fetches it.
webchat_lines = _of_store(
    "webchat_lines",
    Column("visitor", Id, nullable=False),
    Column("number", Integer, nullable=False),
    # The id of our message or reply, else `said:` and the browser's own.
    Column("key", Text, nullable=False),
    # visitor | bot | person
    Column("author", String(8), nullable=False),
    Column("said", Json, nullable=False),
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("store_id", "visitor", "key", name="uq_webchat_lines_key"),
    Index("ix_webchat_lines_at", "at"),
    key=("store_id", "visitor", "number"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("platform", String(20), nullable=False),
    Column("store_domain", Text, nullable=False),
    Column("webhook_id", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("event_id", Text),
    Column("triggered_at", UtcTime),
    # The bytes as they came; emptied when pruned or when the customer is erased.
    Column("body", LargeBinary),
    Column("received_at", UtcTime, nullable=False),
    # pending | done | ignored | dead
    Column("state", String(10), nullable=False, server_default="pending"),
    Column("deaths", Integer, nullable=False, server_default="0"),
    Column("alone", Boolean, nullable=False, server_default=text("false")),
    Column("error", Text),
    Column("processed_at", UtcTime),
    # Whose personal data the body holds, for erasing.
    Column("customer_id", Id),
    UniqueConstraint("platform", "store_domain", "webhook_id"),
    Index(
        "ix_inbox_pending",
        "id",
        postgresql_where=text("state = 'pending'"),
        sqlite_where=text("state = 'pending'"),
    ),
    Index("ix_inbox_customer", "store_domain", "customer_id"),
    # Bodies to be emptied once they are old.
    Index(
        "ix_inbox_bodies",
        "processed_at",
        postgresql_where=text("processed_at IS NOT NULL AND body IS NOT NULL"),
        sqlite_where=text("processed_at IS NOT NULL AND body IS NOT NULL"),
    ),
)

customers = _of_store(
    "customers",
    Column("external_id", Text),
    Column("email", Text),
    # The address lower-cased and trimmed: how a person is found.
    Column("email_key", Text),
    Column("phone", Text),
    # True: it only stood at a checkout, or a program named it. Whose it is nobody has shown.
    # "0", not false: SQLite then adds the column without making the table anew.
    Column("phone_is_typed", Boolean, nullable=False, server_default="0"),
    # What a suppression would keep of the address, by channel, "" of a number that nothing can be
    # sent to: `storage.address_hashes`.
    Column("email_hash", String(64)),
    Column("sms_hash", String(64)),
    Column("whatsapp_hash", String(64)),
    Column("first_name", Text),
    Column("last_name", Text),
    # The names as they are looked for: `storage.beginnings.key_of`.
    Column("first_key", Text),
    Column("last_key", Text),
    Column("locale", Text),
    Column("country", String(2)),
    # The part of the country by its ISO 3166-2 code without the country before it: `CA`.
    Column("region", Text),
    Column("city", Text),
    Column("timezone", Text),
    Column("tags", Json, nullable=False, server_default="[]"),
    Column("properties", Json, nullable=False, server_default="{}"),
    Column("email_consent", String(20)),
    Column("email_consent_source", String(20)),
    Column("email_consent_at", UtcTime),
    Column("sms_consent", String(20)),
    Column("sms_consent_source", String(20)),
    Column("sms_consent_at", UtcTime),
    Column("whatsapp_consent", String(20)),
    Column("whatsapp_consent_source", String(20)),
    Column("whatsapp_consent_at", UtcTime),
    Column("is_staff", Boolean, nullable=False, server_default=text("false")),
    # Aggregates over counted orders, in the store's currency, net of refunds.
    Column("orders_count", Integer, nullable=False, server_default="0"),
    Column("spent", BigInteger, nullable=False, server_default="0"),
    # What the platform says it was before our own history begins.
    Column("platform_orders_count", Integer),
    Column("platform_spent", BigInteger),
    Column("platform_last_order_at", UtcTime),
    Column("first_order_at", UtcTime),
    Column("second_order_at", UtcTime),
    Column("last_order_at", UtcTime),
    # The last marketing send per channel, for caps between flows: {"email": microseconds}.
    Column("last_email_at", UtcTime),
    Column("last_sms_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    # The platform's last word on this person; 1970 for one whom only a cart or an order named.
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    Column("erased_at", UtcTime),
    UniqueConstraint("store_id", "external_id"),
    UniqueConstraint("store_id", "email_key"),
    # Searching: by the beginning of a name, an address or a number (`storage.beginnings`).
    _searched("ix_customers_first_key", "first_key"),
    _searched("ix_customers_last_key", "last_key"),
    _searched("ix_customers_address", "email_key"),
    _searched("ix_customers_number", "phone"),
    # What few said of being written to; the other answers are met soon along the list.
    Index(
        "ix_customers_email_consent",
        "store_id",
        "email_consent",
        "created_at",
        postgresql_where=text(RARE_WORD),
        sqlite_where=text(RARE_WORD),
    ),
    Index(
        "ix_customers_sms_consent",
        "store_id",
        "sms_consent",
        "created_at",
        postgresql_where=text("sms_consent IS NOT NULL"),
        sqlite_where=text("sms_consent IS NOT NULL"),
    ),
    Index(
        "ix_customers_whatsapp_consent",
        "store_id",
        "whatsapp_consent",
        "created_at",
        postgresql_where=text("whatsapp_consent IS NOT NULL"),
        sqlite_where=text("whatsapp_consent IS NOT NULL"),
    ),
    Index(
        "ix_customers_unhashed",
        "store_id",
        "id",
        postgresql_where=text(UNHASHED),
        sqlite_where=text(UNHASHED),
    ),
    Index("ix_customers_zone", "store_id", "timezone", "id"),
    Index("ix_customers_created", "store_id", "created_at", "id"),
    # How many there are, off the smallest index there can be.
    Index(
        "ix_customers_there",
        "store_id",
        postgresql_where=text("deleted_at IS NULL AND erased_at IS NULL"),
        sqlite_where=text("deleted_at IS NULL AND erased_at IS NULL"),
    ),
    # Segments: who bought last when, for what is true or false by the time that passed since.
    Index("ix_customers_last_order", "store_id", "last_order_at", "spent"),
    # Reports: who bought again by when.
    Index(
        "ix_customers_second_order",
        "store_id",
        "second_order_at",
        postgresql_where=text("second_order_at IS NOT NULL"),
        sqlite_where=text("second_order_at IS NOT NULL"),
    ),
    # Reports: who had bought by when, and for how much, without reading the rows.
    Index(
        "ix_customers_buyers",
        "store_id",
        "first_order_at",
        "orders_count",
        "spent",
        postgresql_where=text("first_order_at IS NOT NULL"),
        sqlite_where=text("first_order_at IS NOT NULL"),
    ),
)

products = _of_store(
    "products",
    Column("external_id", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("handle", Text, nullable=False),
    Column("url", Text),
    Column("image_url", Text),
    Column("product_type", Text),
    Column("vendor", Text),
    Column("status", String(20), nullable=False),
    Column("tags", Json, nullable=False, server_default="[]"),
    Column("variants", Json, nullable=False, server_default="[]"),
    Column("is_published", Boolean, nullable=False, server_default=text("true")),
    # Since when each sold-out variant has been: variant id -> ISO 8601.
    Column("out_since", Json, nullable=False, server_default="{}"),
    # The platform's own: in hundredths of a star out of five, and how many said so.
    Column("rating", Integer),
    Column("rating_count", Integer),
    Column("created_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
    Column("deleted_at", UtcTime),
    key=("store_id", "external_id"),
)

# Where products stand besides their type: Shopify's collections, WooCommerce's categories.
product_categories = _of_store(
    "product_categories",
    Column("product_id", Text, nullable=False),
    # The platform's id of the category.
    Column("external_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Index("ix_product_categories_category", "store_id", "external_id"),
    Index("ix_product_categories_name", "store_id", "name", "product_id"),
    key=("store_id", "product_id", "external_id"),
)

# What customers said about products: told by review programs through the public door.
product_reviews = _of_store(
    "product_reviews",
    Column("external_id", Text, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("customer_id", Id),
    # 1 to 5.
    Column("rating", Integer, nullable=False),
    Column("title", Text),
    Column("text", Text),
    Column("author", Text),
    Column("is_verified", Boolean, nullable=False, server_default=text("false")),
    Column("posted_at", UtcTime, nullable=False),
    ForeignKeyConstraint(["store_id", "customer_id"], ["customers.store_id", "customers.id"]),
    Index("ix_product_reviews_product", "store_id", "product_id", "rating"),
    Index("ix_product_reviews_customer", "store_id", "customer_id"),
    key=("store_id", "external_id"),
)

# Who cares about which product: the last moment of each thing that was done about it.
interests = _of_store(
    "interests",
    # A category that was looked at: `category:<name>`.
    Column("product_id", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("variant_id", Text),
    Column("category", Text),
    Column("viewed_at", UtcTime),
    Column("added_at", UtcTime),
    Column("asked_at", UtcTime),
    Column("bought_at", UtcTime),
    # The last of these.
    Column("seen_at", UtcTime, nullable=False),
    ForeignKeyConstraint(["store_id", "customer_id"], ["customers.store_id", "customers.id"]),
    Index("ix_interests_category", "store_id", "category", "customer_id"),
    Index("ix_interests_customer", "store_id", "customer_id"),
    Index("ix_interests_seen", "seen_at"),
    key=("store_id", "product_id", "customer_id"),
)

# News of products that many are to be told of, a page of customers at a time.
announcements = _of_store(
    "announcements",
    # product.published | product.back_in_stock | product.price_dropped
    Column("name", String(40), nullable=False),
    Column("product_id", Text, nullable=False),
    Column("occurred_at", UtcTime, nullable=False),
    Column("data", Json, nullable=False),
    # Null: everybody has been told.
    Column("due_at", UtcTime),
    # The last customer who was told.
    Column("cursor", Id),
    UniqueConstraint("store_id", "name", "product_id", "occurred_at"),
    Index(
        "ix_announcements_turn",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_announcements_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
)

carts = _of_store(
    "carts",
    Column("external_id", Text, nullable=False),
    Column("cart_token", Text),
    Column("checkout_id", Text),
    Column("customer_id", Id),
    Column("currency", String(3), nullable=False),
    Column("store_currency", String(3), nullable=False),
    # A list of `marketing.model.Item` as objects.
    Column("items", Json, nullable=False),
    Column("subtotal", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("store_total", BigInteger, nullable=False),
    Column("recovery_url", Text),
    Column("locale", Text),
    Column("country", String(2)),
    Column("discount_codes", Json, nullable=False, server_default="[]"),
    Column("counts", Boolean, nullable=False, server_default=text("true")),
    Column("created_at", UtcTime, nullable=False),
    # The last activity, by the platform's word: idle time and cart delays count from it.
    Column("updated_at", UtcTime, nullable=False),
    Column("arrived_at", UtcTime, nullable=False),
    Column("completed_at", UtcTime),
    Column("closed_at", UtcTime),
    Column("deleted_at", UtcTime),
    # When the clock looks whether it was abandoned; null: not to be looked at.
    Column("idle_at", UtcTime),
    Column("abandoned_at", UtcTime),
    Column("order_id", Id),
    Column("recovered_at", UtcTime),
    # `pixel`: opened by a visitor's browser, and no word of the platform yet.
    Column("opened_by", String(10)),
    UniqueConstraint("store_id", "external_id"),
    ForeignKeyConstraint(["store_id", "customer_id"], ["customers.store_id", "customers.id"]),
    Index("ix_carts_token", "store_id", "cart_token"),
    Index("ix_carts_checkout", "store_id", "checkout_id"),
    Index("ix_carts_customer", "store_id", "customer_id", "updated_at"),
    Index(
        "ix_carts_abandoned",
        "store_id",
        "abandoned_at",
        postgresql_where=text("abandoned_at IS NOT NULL"),
        sqlite_where=text("abandoned_at IS NOT NULL"),
    ),
    Index(
        "ix_carts_turn",
        "store_id",
        "idle_at",
        postgresql_where=text("idle_at IS NOT NULL"),
        sqlite_where=text("idle_at IS NOT NULL"),
    ),
    Index(
        "ix_carts_idle",
        "idle_at",
        postgresql_where=text("idle_at IS NOT NULL"),
        sqlite_where=text("idle_at IS NOT NULL"),
    ),
)

orders = _of_store(
    "orders",
    Column("external_id", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("customer_id", Id),
    Column("cart_id", Id),
    # What ties it to a cart, whichever of the two is heard of first.
    Column("cart_token", Text),
    Column("checkout_token", Text),
    Column("currency", String(3), nullable=False),
    Column("store_currency", String(3), nullable=False),
    Column("items", Json, nullable=False),
    Column("subtotal", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("store_total", BigInteger, nullable=False),
    Column("store_refunded", BigInteger, nullable=False, server_default="0"),
    Column("refunds", Json, nullable=False, server_default="{}"),
    Column("discount_codes", Json, nullable=False, server_default="[]"),
    Column("source", Text, nullable=False, server_default="web"),
    Column("counts", Boolean, nullable=False, server_default=text("true")),
    Column("placed_at", UtcTime, nullable=False),
    Column("paid_at", UtcTime),
    Column("fulfilled_at", UtcTime),
    Column("delivered_at", UtcTime),
    # When the clock takes it for delivered, unless somebody says so before.
    Column("delivery_due_at", UtcTime),
    # Of the parcel sent last that can be followed.
    Column("tracking_company", Text),
    Column("tracking_number", Text),
    Column("tracking_url", Text),
    Column("cancelled_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
    Column("status_url", Text),
    # How the visit began in which it was placed: source, medium, campaign, content, id, at.
    Column("landing", Json, nullable=False, server_default="{}"),
    # From the first import: part of aggregates and reports, never of triggers.
    Column("imported", Boolean, nullable=False, server_default=text("false")),
    UniqueConstraint("store_id", "external_id"),
    ForeignKeyConstraint(["store_id", "customer_id"], ["customers.store_id", "customers.id"]),
    # It holds whatever counts and sums ask, so that they read nothing else.
    Index(
        "ix_orders_customer",
        "store_id",
        "customer_id",
        "placed_at",
        "counts",
        "cancelled_at",
        "store_total",
        "store_refunded",
    ),
    Index("ix_orders_placed", "store_id", "placed_at"),
    # The rate between two currencies is read off the newest order in the foreign one.
    Index(
        "ix_orders_foreign",
        "store_id",
        "currency",
        "placed_at",
        postgresql_where=text("currency <> store_currency"),
        sqlite_where=text("currency <> store_currency"),
    ),
    Index("ix_orders_checkout", "store_id", "checkout_token"),
    Index("ix_orders_cart_token", "store_id", "cart_token"),
    Index(
        "ix_orders_delivery_turn",
        "store_id",
        "delivery_due_at",
        postgresql_where=text("delivery_due_at IS NOT NULL"),
        sqlite_where=text("delivery_due_at IS NOT NULL"),
    ),
    Index(
        "ix_orders_delivery",
        "delivery_due_at",
        postgresql_where=text("delivery_due_at IS NOT NULL"),
        sqlite_where=text("delivery_due_at IS NOT NULL"),
    ),
)

# What customers bought: a row for each product of an order that counts and stands. Told anew
# whenever its order changes; it repeats what segments ask, so that they read nothing else.
order_lines = _of_store(
    "order_lines",
    Column("order_id", Id, nullable=False),
    Column("product_id", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("placed_at", UtcTime, nullable=False),
    # All pieces of the product together, in the store's currency.
    Column("amount", BigInteger, nullable=False),
    ForeignKeyConstraint(["store_id", "order_id"], ["orders.store_id", "orders.id"]),
    Index("ix_order_lines_customer", "store_id", "customer_id"),
    # Segments: who bought a product, answered by the index alone.
    Index(
        "ix_order_lines_product",
        "store_id",
        "product_id",
        "placed_at",
        "customer_id",
        "order_id",
        "amount",
    ),
    key=("store_id", "order_id", "product_id"),
)

# Goods on their way; heard of before their order, perhaps.
parcels = _of_store(
    "parcels",
    Column("external_id", Text, nullable=False),
    Column("order_external_id", Text, nullable=False),
    Column("tracking_company", Text),
    Column("tracking_number", Text),
    Column("tracking_url", Text),
    Column("shipped_at", UtcTime),
    Column("delivered_at", UtcTime),
    # The carrier tells where it is.
    Column("is_followed", Boolean, nullable=False, server_default=text("false")),
    Column("is_cancelled", Boolean, nullable=False, server_default=text("false")),
    # The platform's last word; null: only the carrier was heard of.
    Column("updated_at", UtcTime),
    Index("ix_parcels_order", "store_id", "order_external_id"),
    key=("store_id", "external_id"),
)

events = _of_store(
    "events",
    Column("customer_id", Id),
    Column("name", String(40), nullable=False),
    Column("occurred_at", UtcTime, nullable=False),
    Column("dedupe_key", Text, nullable=False),
    Column("data", Json, nullable=False, server_default="{}"),
    # The partition key is in the dedupe key: the table is ready to be split by month.
    UniqueConstraint("store_id", "dedupe_key", "occurred_at"),
    Index("ix_events_customer", "store_id", "customer_id", "occurred_at"),
    # Who did so how often, answered by the index alone.
    Index("ix_events_name", "store_id", "name", "occurred_at", "customer_id"),
    key=("store_id", "occurred_at", "id"),
)

flows = _of_store(
    "flows",
    Column("name", Text, nullable=False),
    Column("recipe", Text),
    Column("status", String(10), nullable=False),
    Column("trigger_event", String(40), nullable=False),
    Column("draft", Json, nullable=False),
    # Counts the draft's changes; who made the last, and when. See `storage.flows.Author`.
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("changed_at", UtcTime),
    Column("changed_by", Text),
    Column("live_version_id", Id),
    # Split step -> the variant that everyone takes from now on, of whatever version.
    Column("winners", Json, nullable=False, server_default="{}"),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("store_id", "recipe"),
)

flow_versions = _of_store(
    "flow_versions",
    Column("flow_id", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("document", Json, nullable=False),
    # Step id -> compiled template: MJML compiled and CSS inlined once, at publish.
    Column("templates", Json, nullable=False),
    Column("published_at", UtcTime, nullable=False),
    Column("published_by", Text),
    UniqueConstraint("store_id", "flow_id", "number"),
    ForeignKeyConstraint(["store_id", "flow_id"], ["flows.store_id", "flows.id"]),
)

enrollments = _of_store(
    "enrollments",
    Column("flow_id", Id, nullable=False),
    Column("version_id", Id, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("trigger_key", Text, nullable=False),
    Column("cart_id", Id),
    Column("order_id", Id),
    # active | ended | dead
    Column("state", String(10), nullable=False),
    Column("step_id", Text),
    Column("waiting_until", UtcTime),
    Column("due_at", UtcTime),
    # Counts what a batch that has read the row must hear of before it writes it.
    Column("touched", Integer, nullable=False, server_default="0"),
    Column("anchor_at", UtcTime, nullable=False),
    Column("entered_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("end_reason", String(30)),
    # What the trigger's event told: ids, names and sums, as `events.data`.
    Column("event", Json),
    # Split step -> variant, and what else the walk must remember.
    Column("choices", Json, nullable=False, server_default="{}"),
    Column("deaths", Integer, nullable=False, server_default="0"),
    Column("alone", Boolean, nullable=False, server_default=text("false")),
    Column("error", Text),
    UniqueConstraint("store_id", "flow_id", "customer_id", "trigger_key"),
    ForeignKeyConstraint(["store_id", "flow_id"], ["flows.store_id", "flows.id"]),
    ForeignKeyConstraint(["store_id", "customer_id"], ["customers.store_id", "customers.id"]),
    Index("ix_enrollments_customer", "store_id", "customer_id", "state"),
    Index("ix_enrollments_flow", "store_id", "flow_id", "entered_at"),
    # Reports: who waits where.
    Index(
        "ix_enrollments_waiting",
        "store_id",
        "flow_id",
        "step_id",
        postgresql_where=text("state = 'active'"),
        sqlite_where=text("state = 'active'"),
    ),
    Index(
        "ix_enrollments_dead",
        "store_id",
        postgresql_where=text("state = 'dead'"),
        sqlite_where=text("state = 'dead'"),
    ),
    # Whose turn it is, store by store; and the rows that are taken singly after a crash.
    Index(
        "ix_enrollments_turn",
        "store_id",
        "due_at",
        postgresql_where=text("state = 'active' AND due_at IS NOT NULL"),
        sqlite_where=text("state = 'active' AND due_at IS NOT NULL"),
    ),
    Index(
        "ix_enrollments_alone",
        "store_id",
        postgresql_where=text("state = 'active' AND alone"),
        sqlite_where=text("state = 'active' AND alone"),
    ),
    Index(
        "ix_enrollments_due",
        "due_at",
        postgresql_where=text("state = 'active' AND due_at IS NOT NULL"),
        sqlite_where=text("state = 'active' AND due_at IS NOT NULL"),
    ),
)

# Orders to let many in: by hand, or people from the past; worked off in batches.
intakes = _of_store(
    "intakes",
    Column("flow_id", Id, nullable=False),
    # Whoever comes in by it goes through this version, also once a newer one is live.
    Column("version_id", Id, nullable=False),
    # now | past
    Column("kind", String(10), nullable=False),
    # Only counts who would come in, and where they would stand.
    Column("is_rehearsal", Boolean, nullable=False, server_default=text("false")),
    # `marketing.sources`: a segment, customers, everyone.
    Column("source", Json, nullable=False),
    # What those who enter are told by their trigger, such as when a campaign is to be sent.
    Column("event", Json, nullable=False, server_default="{}"),
    # People from the past: triggers since then.
    Column("since", UtcTime),
    # Behind whom to go on: a customer's id, or a place in the history.
    Column("cursor", Text),
    # waiting | running | done | failed | cancelled
    Column("state", String(10), nullable=False),
    Column("seen", Integer, nullable=False, server_default="0"),
    Column("entered", Integer, nullable=False, server_default="0"),
    # Reason -> how many were kept out for it.
    Column("refused", Json, nullable=False, server_default="{}"),
    # Step id -> how many people from the past were placed there.
    Column("standing", Json, nullable=False, server_default="{}"),
    # When its next batch is; null: over, or waiting for its flow to go on.
    Column("due_at", UtcTime),
    Column("failures", Integer, nullable=False, server_default="0"),
    # Why its last batch did not come through: a sentence as `marketing.said.as_kept` writes it.
    Column("error", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    ForeignKeyConstraint(["store_id", "flow_id"], ["flows.store_id", "flows.id"]),
    Index("ix_intakes_flow", "store_id", "flow_id", "created_at"),
    Index(
        "ix_intakes_turn",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_intakes_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
)

# Live flows that wait for a day: when each looks at the customers of a zone next.
watches = _of_store(
    "watches",
    Column("flow_id", Id, nullable=False),
    # Empty: the store's own, for customers of whom none is known.
    Column("zone", Text, nullable=False),
    # The local day that is looked at.
    Column("day", String(10), nullable=False),
    Column("due_at", UtcTime, nullable=False),
    # The last customer looked at, while a look is under way.
    Column("cursor", Id),
    ForeignKeyConstraint(["store_id", "flow_id"], ["flows.store_id", "flows.id"]),
    Index("ix_watches_turn", "store_id", "due_at"),
    Index("ix_watches_due", "due_at"),
    key=("store_id", "flow_id", "zone"),
)

# A/B tests of live flows that pick their winner by themselves (`jobs.decide`).
split_tests = _of_store(
    "split_tests",
    Column("flow_id", Id, nullable=False),
    Column("step_id", Text, nullable=False),
    # Of the split's document: another one is another test.
    Column("shape", String(64), nullable=False),
    Column("begun_at", UtcTime, nullable=False),
    # When to look next; null: it is over, decided by itself or by hand.
    Column("due_at", UtcTime),
    Column("looked_at", UtcTime),
    # The last look's verdict, with the figures that it went by.
    Column("verdict", Json),
    # Whether its leader is the winner that everyone takes.
    Column("is_picked", Boolean, nullable=False, server_default=text("false")),
    ForeignKeyConstraint(["store_id", "flow_id"], ["flows.store_id", "flows.id"]),
    Index(
        "ix_split_tests_turn",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_split_tests_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    key=("store_id", "flow_id", "step_id"),
)

# A campaign: a flow of its own that is begun once, for many, at its time.
campaigns = _of_store(
    "campaigns",
    Column("flow_id", Id, nullable=False),
    Column("name", Text, nullable=False),
    # `marketing.campaigns`.
    Column("document", Json, nullable=False),
    # Goes up whenever the document is written anew; who wrote it: `storage.flows.Author`.
    Column("revision", Integer, nullable=False, server_default="1"),
    Column("changed_at", UtcTime),
    Column("changed_by", Text),
    # draft | scheduled | sending | sent | held | cancelled
    Column("state", String(10), nullable=False),
    # The local date and time it is for, and by whose clock; null: at once.
    Column("send_at", Text),
    Column("clock", String(10), nullable=False),
    # When to begin it, then when to see whether all is sent; null: nothing to do.
    Column("due_at", UtcTime),
    # Past it, it is not begun without a person's word.
    Column("late_at", UtcTime),
    Column("intake_id", Id),
    # Why it is held: a sentence as `marketing.said.as_kept` writes it; of old, in English words.
    Column("reason", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    UniqueConstraint("store_id", "flow_id"),
    ForeignKeyConstraint(["store_id", "flow_id"], ["flows.store_id", "flows.id"]),
    Index("ix_campaigns_created", "store_id", "created_at"),
    Index(
        "ix_campaigns_turn",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_campaigns_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
)

codes = _of_store(
    "codes",
    Column("enrollment_id", Id, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    # Stored before the platform is asked: "taken" can then only mean taken by ourselves.
    Column("code", Text, nullable=False),
    # 0 where it takes off something else.
    Column("percent", Integer, nullable=False),
    # percent | amount | free_shipping
    Column("off", String(13), nullable=False, server_default="percent"),
    Column("amount", BigInteger),
    Column("minimum", BigInteger),
    Column("currency", String(3)),
    # When the guards let it pass, and what it may cost; reckoned against the month's budget.
    Column("granted_at", UtcTime),
    Column("cost", BigInteger),
    # Why there is none: `marketing.coupons`.
    Column("reason", String(40)),
    # Taken from a pool: its text and its end are the pool's.
    Column("pool_id", Id),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("needed_by", UtcTime, nullable=False),
    # pending | creating | created | failed | cancelled | refused
    Column("state", String(10), nullable=False),
    Column("external_id", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("due_at", UtcTime),
    # The next try after a failed call, in real time.
    Column("retry_at", UtcTime),
    Column("lease_owner", Text),
    Column("lease_until", UtcTime),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("error", Text),
    Column("redeemed_order_id", Id),
    UniqueConstraint("store_id", "enrollment_id", "step_id"),
    UniqueConstraint("store_id", "code"),
    Index(
        "ix_codes_turn",
        "store_id",
        "due_at",
        postgresql_where=text("state IN ('pending', 'creating')"),
        sqlite_where=text("state IN ('pending', 'creating')"),
    ),
    Index(
        "ix_codes_due",
        "due_at",
        postgresql_where=text("state IN ('pending', 'creating')"),
        sqlite_where=text("state IN ('pending', 'creating')"),
    ),
    # The guards: a person's last code, and what a month's codes come to.
    Index(
        "ix_codes_person",
        "store_id",
        "customer_id",
        "granted_at",
        postgresql_where=text("granted_at IS NOT NULL"),
        sqlite_where=text("granted_at IS NOT NULL"),
    ),
    Index(
        "ix_codes_granted",
        "store_id",
        "granted_at",
        postgresql_where=text("granted_at IS NOT NULL"),
        sqlite_where=text("granted_at IS NOT NULL"),
    ),
)

# Codes made ahead: one parent discount per way of taking off and day of expiry.
code_pools = _of_store(
    "code_pools",
    # What its codes take off: `marketing.coupons.PoolTerms` as an object, and that as text.
    Column("terms", Json, nullable=False),
    Column("terms_key", Text, nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    # open | closed | failed
    Column("state", String(10), nullable=False),
    # How many codes are to be ready at a time.
    Column("size", Integer, nullable=False),
    # The code that the parent discount is made with: stored before the platform is asked.
    Column("first_code", Text, nullable=False),
    Column("external_id", Text),
    # The platform's import of codes that is under way.
    Column("import_id", Text),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # When it is looked after next, in business time; after a failed call in real time, too.
    Column("due_at", UtcTime),
    Column("retry_at", UtcTime),
    Column("lease_owner", Text),
    Column("lease_until", UtcTime),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("error", Text),
    UniqueConstraint("store_id", "terms_key", "ends_at"),
    Index(
        "ix_code_pools_turn",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_code_pools_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
)

pool_codes = _of_store(
    "pool_codes",
    Column("code", Text, nullable=False),
    Column("pool_id", Id, nullable=False),
    # asked | ready | taken | refused
    Column("state", String(10), nullable=False),
    # Whose it is, for ever.
    Column("code_id", Id),
    ForeignKeyConstraint(["store_id", "pool_id"], ["code_pools.store_id", "code_pools.id"]),
    Index("ix_pool_codes_state", "store_id", "pool_id", "state"),
    key=("store_id", "code"),
)

# What a reward step gives, each once: money on a customer's account with the store.
rewards = _of_store(
    "rewards",
    Column("enrollment_id", Id, nullable=False),
    Column("flow_id", Id, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("expires_at", UtcTime),
    # Of the customer's counted orders the one it is for, where the step counts them.
    Column("order_number", Integer),
    # pending | crediting | credited | unknown | coded (a code instead) | failed
    Column("state", String(10), nullable=False),
    Column("granted_at", UtcTime, nullable=False),
    # When the platform was first asked, in real time: an earlier credit is not this one.
    Column("asked_at", UtcTime),
    # When it was last asked: what came of that shows a while later.
    Column("tried_at", UtcTime),
    # The platform's transaction: no two rewards may claim the same one.
    Column("external_id", Text),
    # Why it is no store credit, or not known to be, for people.
    Column("error", Text),
    UniqueConstraint("store_id", "enrollment_id", "step_id"),
    UniqueConstraint("store_id", "external_id"),
    Index("ix_rewards_customer", "store_id", "customer_id", "granted_at"),
    # Reports: what needs somebody to look.
    Index(
        "ix_rewards_troubled",
        "store_id",
        "state",
        "granted_at",
        postgresql_where=text("state IN ('unknown', 'failed')"),
        sqlite_where=text("state IN ('unknown', 'failed')"),
    ),
)

messages = _of_store(
    "messages",
    Column("enrollment_id", Id, nullable=False),
    Column("flow_id", Id, nullable=False),
    Column("version_id", Id, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("occurrence", Integer, nullable=False, server_default="0"),
    Column("customer_id", Id, nullable=False),
    Column("cart_id", Id),
    Column("order_id", Id),
    Column("code_id", Id),
    Column("channel", String(12), nullable=False),
    # Where the step names several: which, and those passed over so far with their reasons.
    Column("channels", Json),
    Column("passed_over", Json),
    Column("kind", String(15), nullable=False),
    Column("state", String(14), nullable=False),
    # Why it was skipped, put off, expired or failed: a `Reason`, else the provider's words.
    Column("reason", Text),
    Column("due_at", UtcTime, nullable=False),
    # due_at, or later when put off.
    Column("not_before", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("deaths", Integer, nullable=False, server_default="0"),
    Column("alone", Boolean, nullable=False, server_default=text("false")),
    # Real time; a write after the hand-over goes through only with the fence of its claim.
    Column("retry_at", UtcTime),
    Column("lease_owner", Text),
    Column("lease_until", UtcTime),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    # When to look next for the fate of an unknown message (real time).
    Column("reconcile_at", UtcTime),
    Column("rfc_message_id", Text, nullable=False),
    Column("provider", String(20)),
    Column("provider_id", Text),
    Column("subject", Text),
    Column("offers_code", Boolean),
    # What was recommended and quoted in its words: settled once, so that another try says the same.
    Column("shown", Json),
    # The HMAC of the number that this text told how to stop texts; null: it told nobody.
    Column("told_stop_to", String(64)),
    # By how many parts a text message is billed; null: it is none, or is from before they counted.
    Column("parts", Integer),
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("delivered_at", UtcTime),
    Column("opened_at", UtcTime),
    Column("clicked_at", UtcTime),
    Column("unsubscribed_at", UtcTime),
    # Whether the provider said that it bills nothing for it; null: it did not.
    Column("is_free", Boolean),
    UniqueConstraint("store_id", "enrollment_id", "step_id", "occurrence"),
    ForeignKeyConstraint(["store_id", "enrollment_id"], ["enrollments.store_id", "enrollments.id"]),
    Index("ix_messages_customer", "store_id", "customer_id", "due_at"),
    Index("ix_messages_flow", "store_id", "flow_id", "due_at"),
    # Reports: what went wrong lately.
    Index(
        "ix_messages_troubled",
        "store_id",
        "state",
        "due_at",
        postgresql_where=text("state IN ('unknown', 'dead', 'held', 'failed')"),
        sqlite_where=text("state IN ('unknown', 'dead', 'held', 'failed')"),
    ),
    Index("ix_messages_sent", "store_id", "sent_at"),
    Index(
        "ix_messages_told_stop",
        "store_id",
        "told_stop_to",
        postgresql_where=text("told_stop_to IS NOT NULL"),
        sqlite_where=text("told_stop_to IS NOT NULL"),
    ),
    Index(
        "ix_messages_parts",
        "store_id",
        "sent_at",
        postgresql_where=text("parts > 1"),
        sqlite_where=text("parts > 1"),
    ),
    Index(
        "ix_messages_free",
        "store_id",
        "sent_at",
        postgresql_where=text("is_free"),
        sqlite_where=text("is_free"),
    ),
    # Reports: what never went out, or may not have.
    Index(
        "ix_messages_unsent",
        "store_id",
        "flow_id",
        "due_at",
        postgresql_where=text(
            "state IN ('skipped', 'expired', 'failed', 'dead', 'unknown', 'abandoned')"
        ),
        sqlite_where=text(
            "state IN ('skipped', 'expired', 'failed', 'dead', 'unknown', 'abandoned')"
        ),
    ),
    Index(
        "ix_messages_due",
        "not_before",
        postgresql_where=text("state = 'due'"),
        sqlite_where=text("state = 'due'"),
    ),
    # Whose turn it is, store by store; and the rows that are taken singly after a crash.
    Index(
        "ix_messages_turn",
        "store_id",
        "not_before",
        postgresql_where=text("state = 'due'"),
        sqlite_where=text("state = 'due'"),
    ),
    Index(
        "ix_messages_alone",
        "store_id",
        postgresql_where=text("state = 'due' AND alone"),
        sqlite_where=text("state = 'due' AND alone"),
    ),
    Index(
        "ix_messages_retry",
        "retry_at",
        postgresql_where=text("state = 'retry_wait'"),
        sqlite_where=text("state = 'retry_wait'"),
    ),
    Index(
        "ix_messages_held",
        "store_id",
        postgresql_where=text("state = 'held'"),
        sqlite_where=text("state = 'held'"),
    ),
    Index(
        "ix_messages_unknown",
        "reconcile_at",
        postgresql_where=text("state = 'unknown'"),
        sqlite_where=text("state = 'unknown'"),
    ),
    Index(
        "ix_messages_leased",
        "lease_until",
        postgresql_where=text("state IN ('claimed', 'handing_over')"),
        sqlite_where=text("state IN ('claimed', 'handing_over')"),
    ),
    Index(
        "ix_messages_provider",
        "store_id",
        "provider",
        "provider_id",
        unique=True,
        postgresql_where=text("provider_id IS NOT NULL"),
        sqlite_where=text("provider_id IS NOT NULL"),
    ),
)

attempts = _of_store(
    "attempts",
    Column("message_id", Id, nullable=False),
    Column("number", Integer, nullable=False),
    Column("fence", BigInteger, nullable=False),
    # Real times. A row without an end: the process died on the way.
    Column("started_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    Column("outcome", String(12)),
    Column("response", Text),
    key=("store_id", "message_id", "number"),
)

hits = _of_store(
    "hits",
    Column("message_id", Id, nullable=False),
    # open | click
    Column("kind", String(6), nullable=False),
    Column("url", Text),
    Column("user_agent", Text),
    Column("occurred_at", UtcTime, nullable=False),
    Column("is_machine", Boolean),
    Column("processed_at", UtcTime),
    Index("ix_hits_message", "store_id", "message_id"),
    Index(
        "ix_hits_pending",
        "occurred_at",
        postgresql_where=text("processed_at IS NULL"),
        sqlite_where=text("processed_at IS NULL"),
    ),
)

# What the short codes in text messages stand for; found by the code alone.
short_links = _of_store(
    "short_links",
    # SHA-256 of the code: whoever reads the database follows nobody's links.
    Column("code_hash", String(64), nullable=False),
    Column("message_id", Id, nullable=False),
    # click | cart | unsubscribe
    Column("purpose", String(12), nullable=False),
    Column("number", Integer, nullable=False),
    Column("destination", Text),
    Column("expires_at", UtcTime, nullable=False),
    Index("ix_short_links_code", "code_hash"),
    Index("ix_short_links_message", "store_id", "message_id"),
    Index("ix_short_links_over", "expires_at"),
    key=("store_id", "code_hash"),
)

suppressions = _of_store(
    "suppressions",
    Column("channel", String(12), nullable=False),
    # HMAC of the normalised address: outlives the customer's erasure.
    Column("address_hash", String(64), nullable=False),
    # all | marketing | carrier
    Column("scope", String(10), nullable=False),
    Column("reason", String(20), nullable=False),
    Column("source", String(20), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    key=("store_id", "channel", "address_hash"),
)

# Whoever has no row is in automated hands, and never wrote.
conversations = _of_store(
    "conversations",
    Column("customer_id", Id, nullable=False),
    # automated | human
    Column("state", String(10), nullable=False),
    # Of the last change of hands; none as long as nobody took it over.
    Column("since", UtcTime),
    # flow:<id> | merchant | program | platform | rule
    Column("by", String(50)),
    # Which rule handed it over (`marketing.hand_over_rules`), and what gave how many points.
    Column("rule", String(60)),
    Column("because", Json),
    # When a person gave it back as not needed: no rule that only guesses takes it for a while.
    Column("not_needed_at", UtcTime),
    # When the customer was last offered a person.
    Column("offered_at", UtcTime),
    # When something happened in it last: the list's order.
    Column("last_at", UtcTime, nullable=False),
    Column("last_inbound_at", UtcTime),
    # By which the customer wrote last.
    Column("channel", String(12)),
    # What the customer wrote since somebody looked, and since when nobody has answered.
    Column("unread", Integer, nullable=False, server_default="0"),
    Column("waiting_since", UtcTime),
    # Whoever of the team it is for.
    Column("assigned_to", Id),
    # Whoever of the team is just writing an answer, and when they last touched it: real time.
    Column("writing_by", Id),
    Column("writing_at", UtcTime),
    Column("closed_at", UtcTime),
    # Of a test: whoever of the team writes in it as a visitor; counted nowhere.
    Column("test_of", Id),
    Index(
        "ix_conversations_test",
        "store_id",
        "test_of",
        unique=True,
        postgresql_where=text("test_of IS NOT NULL"),
        sqlite_where=text("test_of IS NOT NULL"),
    ),
    Index(
        "ix_conversations_open",
        "store_id",
        "last_at",
        postgresql_where=text("closed_at IS NULL"),
        sqlite_where=text("closed_at IS NULL"),
    ),
    Index(
        "ix_conversations_assigned",
        "store_id",
        "assigned_to",
        "last_at",
        postgresql_where=text("closed_at IS NULL"),
        sqlite_where=text("closed_at IS NULL"),
    ),
    Index(
        "ix_conversations_closed",
        "store_id",
        "last_at",
        postgresql_where=text("closed_at IS NOT NULL"),
        sqlite_where=text("closed_at IS NOT NULL"),
    ),
    Index(
        "ix_conversations_unread",
        "store_id",
        postgresql_where=text("closed_at IS NULL AND unread > 0"),
        sqlite_where=text("closed_at IS NULL AND unread > 0"),
    ),
    Index(
        "ix_conversations_waiting",
        "store_id",
        "waiting_since",
        postgresql_where=text("waiting_since IS NOT NULL"),
        sqlite_where=text("waiting_since IS NOT NULL"),
    ),
    # In human hands: when to look after it, and when it was found that nobody answered in time.
    Column("due_at", UtcTime),
    Column("late_at", UtcTime),
    Index(
        "ix_conversations_due",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_conversations_first_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    key=("store_id", "customer_id"),
)

# What a rule of handing over did about a conversation, each time.
rule_calls = _of_store(
    "rule_calls",
    Column("customer_id", Id, nullable=False),
    # Which (`marketing.hand_over_rules`).
    Column("rule", String(60), nullable=False),
    # hand_over | offer | over_limit
    Column("came_to", String(12), nullable=False),
    # On trial: it would have, and nothing was done.
    Column("is_trial", Boolean, nullable=False, server_default=text("false")),
    Column("at", UtcTime, nullable=False),
    # right | not_needed: what somebody of the team found of it.
    Column("verdict", String(10)),
    Index("ix_rule_calls_at", "store_id", "at"),
    Index("ix_rule_calls_customer", "store_id", "customer_id", "at"),
)

# Answers that the team keeps for use again; they may hold {first_name} and {cart_link}.
saved_replies = _of_store(
    "saved_replies",
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("store_id", "name", name="uq_saved_replies_name"),
)

# What is written to one customer in their conversation: by a person of the store's, or one-off by
# a machine. Claimed and settled by the protocol of `messages`; times of leases are real.
replies = _of_store(
    "replies",
    Column("customer_id", Id, nullable=False),
    # Counts up within a conversation: they go out in this order.
    Column("number", Integer, nullable=False),
    Column("channel", String(12), nullable=False),
    Column("address", Text),
    # person | bot
    Column("author", String(6), nullable=False),
    Column("author_name", Text),
    # Whoever of the team wrote it.
    Column("author_id", Id),
    Column("text", Text, nullable=False),
    # Buttons, cards, a template: a `ChatContent` without its text.
    Column("content", Json),
    # What came with an echo of the platform's: `marketing.attachments`.
    Column("attachments", Json),
    # A machine's that goes out in human hands too: that somebody will answer.
    Column("in_human_hands", Boolean, nullable=False, server_default=text("false")),
    # The writer's own name of it: told twice, it is written once.
    Column("key", Text),
    # queued | handing_over | sent | delivered | read | failed | unknown | dropped
    Column("state", String(14), nullable=False),
    # A `Reason`, else the provider's words.
    Column("reason", Text),
    Column("created_at", UtcTime, nullable=False),
    # Real time: when it is to be handed over; later after a try that failed.
    Column("due_at", UtcTime),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Real time: when its latest hand-over began.
    Column("begun_at", UtcTime),
    Column("lease_until", UtcTime),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("provider", String(20)),
    Column("provider_id", Text),
    # The provider's ids of tries that failed, before it was tried again.
    Column("earlier_ids", Json),
    Column("sent_at", UtcTime),
    Column("delivered_at", UtcTime),
    Column("read_at", UtcTime),
    UniqueConstraint("store_id", "key", name="uq_replies_key"),
    Index("ix_replies_customer", "store_id", "customer_id", "number"),
    Index("ix_replies_provider_id", "store_id", "channel", "provider_id"),
    Index(
        "ix_replies_due",
        "store_id",
        "due_at",
        postgresql_where=text("state = 'queued'"),
        sqlite_where=text("state = 'queued'"),
    ),
    Index(
        "ix_replies_first_due",
        "due_at",
        postgresql_where=text("state = 'queued'"),
        sqlite_where=text("state = 'queued'"),
    ),
    Index(
        "ix_replies_leased",
        "lease_until",
        postgresql_where=text("state = 'handing_over'"),
        sqlite_where=text("state = 'handing_over'"),
    ),
)

attributions = _of_store(
    "attributions",
    Column("order_id", Id, nullable=False),
    Column("message_id", Id, nullable=False),
    Column("flow_id", Id, nullable=False),
    Column("step_id", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    # click | landed | open
    Column("kind", String(6), nullable=False),
    Column("touched_at", UtcTime, nullable=False),
    Column("credited_at", UtcTime, nullable=False),
    ForeignKeyConstraint(["store_id", "order_id"], ["orders.store_id", "orders.id"]),
    Index("ix_attributions_credited", "store_id", "credited_at"),
    Index("ix_attributions_flow", "store_id", "flow_id", "step_id"),
    Index("ix_attributions_message", "store_id", "message_id"),
    key=("store_id", "order_id"),
)

# Addresses that flows call and that failed lately; `off_at`: called no more (real time).
endpoints = _of_store(
    "endpoints",
    Column("url_hash", String(64), nullable=False),
    Column("url", Text, nullable=False),
    Column("failures", Integer, nullable=False),
    Column("off_at", UtcTime),
    key=("store_id", "url_hash"),
)
outbox = _of_store(
    "outbox",
    # write_consent | import | privacy
    Column("kind", String(20), nullable=False),
    Column("key", Text, nullable=False),
    Column("payload", Json, nullable=False),
    # pending | running | done | failed
    Column("state", String(10), nullable=False),
    Column("attempts", Integer, nullable=False, server_default="0"),
    # Real time, as every retry is.
    Column("due_at", UtcTime, nullable=False),
    Column("lease_owner", Text),
    Column("lease_until", UtcTime),
    Column("fence", BigInteger, nullable=False, server_default="0"),
    Column("error", Text),
    UniqueConstraint("store_id", "kind", "key"),
    Index(
        "ix_outbox_due",
        "due_at",
        postgresql_where=text("state IN ('pending', 'running')"),
        sqlite_where=text("state IN ('pending', 'running')"),
    ),
)

imports = _of_store(
    "imports",
    # customer | product | order
    Column("noun", String(10), nullable=False),
    Column("install_epoch", Integer, nullable=False),
    Column("cursor", Text),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer),
    # waiting | running | done | failed
    Column("state", String(10), nullable=False),
    Column("error", Text),
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    key=("store_id", "noun"),
)

privacy_requests = _of_store(
    "privacy_requests",
    Column("kind", String(20), nullable=False),
    Column("request_id", Text, nullable=False),
    # No personal data is kept here once done: counts only.
    Column("subject_hash", String(64)),
    Column("state", String(10), nullable=False),
    Column("receipt", Json, nullable=False, server_default="{}"),
    Column("requested_at", UtcTime, nullable=False),
    Column("finished_at", UtcTime),
    UniqueConstraint("store_id", "kind", "request_id"),
)

# Mails that a merchant sends to try a message out: no part of the ledger, counted nowhere.
test_mails = _of_store(
    "test_mails",
    Column("recipient", Text, nullable=False),
    # queued | sent | failed
    Column("state", String(10), nullable=False),
    # {subject, html, text}; emptied once it is sent or has failed.
    Column("words", Json),
    # What the provider answered.
    Column("detail", Text),
    # Real times.
    Column("created_at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Index("ix_test_mails_created", "store_id", "created_at"),
)

# Who entered their address in the store's sign-up form, and whether its owner confirmed it.
signups = _of_store(
    "signups",
    Column("email", Text, nullable=False),
    Column("email_key", Text, nullable=False),
    # {first_name?, birthday?, locale?, page?, text}: the words beside the box as they were shown.
    Column("told", Json, nullable=False),
    Column("asked_at", UtcTime, nullable=False),
    # How often the owner was asked by mail, and when last (real time).
    Column("mails", Integer, nullable=False),
    Column("mailed_at", UtcTime),
    Column("confirmed_at", UtcTime),
    Index("ux_signups_email", "store_id", "email_key", unique=True),
    Index("ix_signups_mailed", "store_id", "mailed_at"),
)

# By which word, beside which wording, customers agreed to marketing on a channel: the proof of it.
opt_ins = _of_store(
    "opt_ins",
    Column("channel", String(12), nullable=False),
    # The provider's id of the message that said it.
    Column("provider_id", Text, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("keyword", Text, nullable=False),
    # As the store had it when the word was said.
    Column("wording", Text, nullable=False),
    Column("said_at", UtcTime, nullable=False),
    Index("ix_opt_ins_customer", "store_id", "customer_id", "channel", "said_at"),
    key=("store_id", "channel", "provider_id"),
)

# What opens the public door for a store's other programs; the secret itself is kept nowhere.
api_keys = _of_store(
    "api_keys",
    Column("name", Text, nullable=False),
    # What is shown of it: enough to tell two keys apart.
    Column("prefix", String(20), nullable=False),
    Column("hash", String(64), nullable=False),
    Column("scopes", Json, nullable=False),
    # Real times; the last use is kept to the hour only.
    Column("created_at", UtcTime, nullable=False),
    Column("last_used_at", UtcTime),
    Column("revoked_at", UtcTime),
    # A key names itself, not its store.
    Index("ix_api_keys_id", "id"),
)

# Who has opened the panel, by the platform's own id of them.
team = _of_store(
    "team",
    Column("user_id", String(64), nullable=False),
    # As the merchant calls them, or WordPress; Shopify's token tells no name.
    Column("name", Text, nullable=False, server_default=""),
    # viewer | inbox | editor | publisher
    Column("role", String(10), nullable=False),
    # Real times; the last visit is kept to the hour only.
    Column("first_seen_at", UtcTime, nullable=False),
    Column("last_seen_at", UtcTime, nullable=False),
    UniqueConstraint("store_id", "user_id"),
)

# Stores of the same people: each pair has a row on either side.
store_links = _of_store(
    "store_links",
    Column("other_id", Id, nullable=False),
    Column("linked_at", UtcTime, nullable=False),
    ForeignKeyConstraint(["other_id"], ["stores.id"], ondelete="CASCADE"),
    key=("store_id", "other_id"),
)

# What links a store to another when it is entered there: once, within minutes. Real time.
link_codes = _of_store(
    "link_codes",
    Column("code_hash", String(64), nullable=False),
    Column("expires_at", UtcTime, nullable=False),
    Index("ix_link_codes_hash", "code_hash"),
    key=("store_id",),
)

# Who changed what; nothing of a customer stands in it but ids.
audit_log = _of_store(
    "audit_log",
    # Real time.
    Column("at", UtcTime, nullable=False),
    # person | key
    Column("by_kind", String(8), nullable=False),
    # The id of the team's member, or of the API key.
    Column("by_id", Id, nullable=False),
    # Method and address, such as "PUT /flows/<flow_id>/draft".
    Column("action", Text, nullable=False),
    # What it was done to, by the names in the address, and what else is worth knowing.
    Column("about", Json, nullable=False),
    # The same done again by the same within minutes is one line.
    Column("times", Integer, nullable=False, server_default="1"),
    Index("ix_audit_log_at", "store_id", "at"),
)

# The answers given to requests with an Idempotency-Key, for a day.
answers = _of_store(
    "answers",
    Column("key", Text, nullable=False),
    # SHA-256 of method, address and body: the same key means the same request.
    Column("request_hash", String(64), nullable=False),
    # The id of whatever the request makes, the same on every try.
    Column("made_id", Id, nullable=False),
    # Null while it is being worked on.
    Column("status", Integer),
    Column("body", Text),
    # Whose personal data the body holds, for erasing.
    Column("customer_id", Id),
    # Real time.
    Column("begun_at", UtcTime, nullable=False),
    Index("ix_answers_begun", "store_id", "begun_at"),
    key=("store_id", "key"),
)

# What a batch of work has in its hands: a row left behind names the suspects of a crash.
batches = Table(
    "batches",
    metadata,
    Column("id", Id, primary_key=True, default=new_id),
    Column("verb", String(10), nullable=False),
    # Null where the rows belong to no one store.
    Column("store_id", Id),
    Column("row_ids", Json, nullable=False),
    Column("owner", Text, nullable=False),
    Column("lease_until", UtcTime, nullable=False),
)

# What is good once and for minutes, before it is known whose it is; see storage/one_time.py.
one_time = Table(
    "one_time",
    metadata,
    # install | launch
    Column("kind", String(8), nullable=False),
    # SHA-256, in hex: who reads the table can use nothing of it.
    Column("digest", String(64), nullable=False),
    Column("domain", Text, nullable=False),
    # Real times.
    Column("expires_at", UtcTime, nullable=False),
    Column("claimed_at", UtcTime),
    Column("opened_at", UtcTime),
    # Whose panel a finished installation opens, and the hash of what its owner alone can read.
    Column("store_id", Id),
    Column("proof", String(64)),
    Column("tries", Integer, nullable=False, server_default="0"),
    PrimaryKeyConstraint("kind", "digest"),
    Index("ix_one_time_expires_at", "expires_at"),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(40), primary_key=True),
    Column("owner", Text, nullable=False),
    Column("lease_until", UtcTime, nullable=False),
    Column("fence", BigInteger, nullable=False),
)

# Business time runs from (real, business) at a speed; only a demo has a row.
demo_clock = Table(
    "demo_clock",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("real_at", UtcTime, nullable=False),
    Column("business_at", UtcTime, nullable=False),
    Column("speed", Integer, nullable=False, server_default="1"),
)

# Groups of customers by a condition (`marketing.conditions`); their members are kept up live.
segments = _of_store(
    "segments",
    Column("name", Text, nullable=False),
    # The ready-made one that it began as.
    Column("ready_made", Text),
    Column("condition", Json, nullable=False),
    # Counts the changes of the condition.
    Column("revision", Integer, nullable=False, server_default="1"),
    # building | ready
    Column("state", String(10), nullable=False),
    # Whether those whom the first build finds are told as having entered.
    Column("announces", Boolean, nullable=False, server_default=text("false")),
    # When it is looked at in bulk next: a new condition at once, else when time changes a member.
    Column("due_at", UtcTime),
    # Up to when time is accounted for, and when everybody is looked at again, not only those whom
    # time may have moved since.
    Column("seen_at", UtcTime),
    Column("whole_at", UtcTime),
    Column("built_at", UtcTime),
    Column("refreshed_at", UtcTime),
    Column("created_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    UniqueConstraint("store_id", "name"),
    Index(
        "ix_segments_turn",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_segments_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
)

segment_members = _of_store(
    "segment_members",
    Column("segment_id", Id, nullable=False),
    Column("customer_id", Id, nullable=False),
    Column("entered_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["store_id", "segment_id"], ["segments.store_id", "segments.id"], ondelete="CASCADE"
    ),
    Index("ix_segment_members_customer", "store_id", "customer_id", "segment_id"),
    key=("store_id", "segment_id", "customer_id"),
)

# Quintiles of recency, frequency and sums among a store's buyers, 1 to 5, and the group they make;
# null: only counted so far.
rfm_scores = _of_store(
    "rfm_scores",
    Column("customer_id", Id, nullable=False),
    # By what they are scored: the orders of a year up to the last scoring.
    Column("last_order_at", UtcTime, nullable=False),
    Column("orders", Integer, nullable=False),
    Column("spent", BigInteger, nullable=False),
    Column("recency", Integer),
    Column("frequency", Integer),
    Column("monetary", Integer),
    Column("group", String(12)),
    key=("store_id", "customer_id"),
)

# What a store's days came to, by its own clock: a row for each set of keys (`storage.day_sums`).
day_sums = _of_store(
    "day_sums",
    # sent | entered | ordered | ended
    Column("noun", String(8), nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("flow_id", Id),
    Column("version_id", Id),
    Column("step_id", Text),
    Column("channel", String(12)),
    # Of those whose enrollment ended: how, and the way that each fork before sent them.
    Column("state", String(10)),
    Column("end_reason", String(30)),
    Column("ways", Json),
    Column("count", BigInteger, nullable=False, server_default="0"),
    Column("opened", BigInteger, nullable=False, server_default="0"),
    Column("clicked", BigInteger, nullable=False, server_default="0"),
    Column("unsubscribed", BigInteger, nullable=False, server_default="0"),
    Column("amount", BigInteger, nullable=False, server_default="0"),
    Column("of_known", BigInteger, nullable=False, server_default="0"),
    Column("last_at", UtcTime),
    Index("ix_day_sums_day", "store_id", "noun", "starts_at"),
)

# Which days are added up, and the hours since 1970 that they lie in.
summed_days = _of_store(
    "summed_days",
    Column("noun", String(8), nullable=False),
    Column("starts_at", UtcTime, nullable=False),
    Column("ends_at", UtcTime, nullable=False),
    Column("first_hour", BigInteger, nullable=False),
    Column("last_hour", BigInteger, nullable=False),
    key=("store_id", "noun", "starts_at"),
)

# Hours of such days that were written to since: a row of each transaction that did, so that no
# two wait for each other. Triggers put them in.
day_marks = _of_store(
    "day_marks",
    Column("noun", String(8), nullable=False),
    Column("hour", BigInteger, nullable=False),
    Column("transaction", BigInteger, nullable=False),
    key=("store_id", "noun", "hour", "transaction"),
)

# What all buyers of a store together did: the whole of it, once counted, and each change since.
# Triggers put the changes in, a row each: no two wait for each other (`storage.buyer_sums`).
buyer_sums = _of_store(
    "buyer_sums",
    Column("is_whole", Boolean, nullable=False),
    Column("customers", BigInteger, nullable=False),
    Column("repeaters", BigInteger, nullable=False),
    Column("spent", BigInteger, nullable=False),
)

# When a store's days are added up next (`storage.day_turns`).
day_turns = _of_store(
    "day_turns",
    Column("due_at", UtcTime, nullable=False),
    # What is written to before it leaves a mark.
    Column("watched_to", UtcTime),
    # Transactions that began before may not know of it.
    Column("horizon", BigInteger),
    Index("ix_day_turns_due", "due_at"),
    key=("store_id",),
)

# When a store's buyers are scored next; a store has a row while a segment or flow asks for it.
rfm_runs = _of_store(
    "rfm_runs",
    Column("due_at", UtcTime, nullable=False),
    # While a scoring is under way: the moment it is of, behind which customer to go on, and, once
    # all buyers are counted, what each score begins with (`storage.rfm`).
    Column("as_of", UtcTime),
    Column("cursor", Id),
    Column("limits", Json),
    Index("ix_rfm_runs_due", "due_at"),
    key=("store_id",),
)

# Browsers that the pixel speaks for; `customer_id` once a signed link or the platform says who.
visitors = _of_store(
    "visitors",
    Column("external_id", Text, nullable=False),
    Column("customer_id", Id),
    Column("known_at", UtcTime),
    Column("last_seen_at", UtcTime, nullable=False),
    UniqueConstraint("store_id", "external_id"),
    ForeignKeyConstraint(["store_id", "customer_id"], ["customers.store_id", "customers.id"]),
    Index("ix_visitors_customer", "store_id", "customer_id"),
    Index("ix_visitors_seen", "last_seen_at"),
)

# Whose browser holds which cart, checkout or link's ticket: the first to show it.
# What the platform says of the cart is said of the visitor.
visitor_tokens = _of_store(
    "visitor_tokens",
    Column("token", Text, nullable=False),
    Column("visitor_id", Id, nullable=False),
    Column("seen_at", UtcTime, nullable=False),
    ForeignKeyConstraint(
        ["store_id", "visitor_id"], ["visitors.store_id", "visitors.id"], ondelete="CASCADE"
    ),
    Index("ix_visitor_tokens_visitor", "store_id", "visitor_id"),
    key=("store_id", "token"),
)

# What a visitor did, kept 30 days: events of the customer whom the visitor turns out to be.
visits = _of_store(
    "visits",
    Column("visitor_id", Id, nullable=False),
    # The browser's own name of it: the same visit told twice is one.
    Column("event_key", Text, nullable=False),
    Column("name", String(40), nullable=False),
    Column("occurred_at", UtcTime, nullable=False),
    Column("data", Json, nullable=False, server_default="{}"),
    # When a job is to look at it; null: joined, or waiting for the visitor to become known.
    Column("due_at", UtcTime),
    Column("joined_at", UtcTime),
    ForeignKeyConstraint(
        ["store_id", "visitor_id"], ["visitors.store_id", "visitors.id"], ondelete="CASCADE"
    ),
    UniqueConstraint("store_id", "visitor_id", "event_key"),
    Index("ix_visits_occurred", "occurred_at"),
    Index(
        "ix_visits_turn",
        "store_id",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    Index(
        "ix_visits_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
)

# The last product and the last category that each customer viewed, and when to look again.
browses = _of_store(
    "browses",
    Column("customer_id", Id, nullable=False),
    # product.browsed | category.browsed
    Column("kind", String(40), nullable=False),
    Column("subject", Text, nullable=False),
    Column("data", Json, nullable=False, server_default="{}"),
    Column("viewed_at", UtcTime, nullable=False),
    Column("idle_at", UtcTime),
    ForeignKeyConstraint(["store_id", "customer_id"], ["customers.store_id", "customers.id"]),
    Index("ix_browses_viewed", "viewed_at"),
    Index(
        "ix_browses_turn",
        "store_id",
        "idle_at",
        postgresql_where=text("idle_at IS NOT NULL"),
        sqlite_where=text("idle_at IS NOT NULL"),
    ),
    Index(
        "ix_browses_idle",
        "idle_at",
        postgresql_where=text("idle_at IS NOT NULL"),
        sqlite_where=text("idle_at IS NOT NULL"),
    ),
    key=("store_id", "customer_id", "kind"),
)

# What goes with what in a store, found anew once a day; and when that is due next.
recommendation_rounds = _of_store(
    "recommendation_rounds",
    Column("due_at", UtcTime),
    Column("found_at", UtcTime),
    Index(
        "ix_recommendation_rounds_due",
        "due_at",
        postgresql_where=text("due_at IS NOT NULL"),
        sqlite_where=text("due_at IS NOT NULL"),
    ),
    key=("store_id",),
)

product_neighbours = _of_store(
    "product_neighbours",
    # bought | viewed
    Column("kind", String(10), nullable=False),
    Column("product_id", Text, nullable=False),
    # [[product id, score], ...], the strongest first.
    Column("neighbours", Json, nullable=False),
    key=("store_id", "kind", "product_id"),
)

# Whole lists of products, the first the best: `best`, `newest`, `best:<category>`.
product_lists = _of_store(
    "product_lists",
    Column("name", Text, nullable=False),
    Column("product_ids", Json, nullable=False),
    key=("store_id", "name"),
)
