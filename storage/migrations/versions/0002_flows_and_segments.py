"""What flows, segments, campaigns, the pixel and the public door keep.

Revision ID: 0002
Revises: 0001
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
# An aware UTC datetime; in SQLite microseconds since 1970.
TIME = sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")
# The lines of the orders that are there already, as `storage.mirror_lines` keeps those to come.
BOUGHT = """
INSERT INTO order_lines (store_id, order_id, product_id, customer_id, placed_at, amount)
SELECT o.store_id, o.id, %(product)s, o.customer_id, o.placed_at, sum(%(price)s * %(pieces)s)
FROM orders AS o, %(lines)s AS line
WHERE o.counts AND o.cancelled_at IS NULL AND o.customer_id IS NOT NULL
    AND %(product)s IS NOT NULL
GROUP BY o.store_id, o.id, %(product)s, o.customer_id, o.placed_at
"""
# When customers bought the second time, as `storage.mirror_orders` counts it from now on.
SECOND = """
UPDATE customers SET second_order_at = (SELECT o.placed_at FROM orders AS o
    WHERE o.store_id = customers.store_id AND o.customer_id = customers.id
        AND o.counts AND o.cancelled_at IS NULL
    ORDER BY o.placed_at, o.id LIMIT 1 OFFSET 1)
WHERE orders_count >= 2
"""
WORDS = {
    "postgresql": {
        "lines": "jsonb_array_elements(o.items)",
        "product": "line ->> 'product_id'",
        "price": "CAST(line ->> 'store_price' AS BIGINT)",
        "pieces": "CAST(line ->> 'quantity' AS BIGINT)",
    },
    "sqlite": {
        "lines": "json_each(o.items)",
        "product": "json_extract(line.value, '$.product_id')",
        "price": "json_extract(line.value, '$.store_price')",
        "pieces": "json_extract(line.value, '$.quantity')",
    },
}

# Past days that are added up (`storage.day_sums`): whatever writes to one leaves a mark,
# of some tables only the rows that count.
MARKED = (
    (
        "sent",
        "messages",
        "sent_at",
        None,
        (
            "sent_at",
            "state",
            "opened_at",
            "clicked_at",
            "unsubscribed_at",
            "flow_id",
            "step_id",
            "channel",
        ),
    ),
    ("entered", "enrollments", "entered_at", None, ("entered_at", "flow_id", "version_id")),
    (
        "ended",
        "enrollments",
        "entered_at",
        "state <> 'active'",
        ("entered_at", "flow_id", "version_id", "step_id", "state", "end_reason", "choices"),
    ),
    (
        "ordered",
        "orders",
        "placed_at",
        None,
        ("placed_at", "counts", "cancelled_at", "store_total", "store_refunded", "customer_id"),
    ),
)
MARK = """
CREATE FUNCTION mark_day(told_store uuid, told_noun text, told_at timestamptz) RETURNS void
LANGUAGE sql VOLATILE AS $$
    INSERT INTO day_marks (store_id, noun, hour, transaction)
    SELECT told_store, told_noun, CAST(floor(extract(epoch FROM told_at) / 3600) AS bigint),
        CAST(CAST(pg_current_xact_id() AS text) AS bigint)
    FROM day_turns WHERE store_id = told_store AND told_at < watched_to
    ON CONFLICT DO NOTHING
$$
"""
MARK_ROW = """
CREATE FUNCTION mark_%(noun)s() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'INSERT' AND OLD.%(at)s IS NOT NULL THEN
        PERFORM mark_day(OLD.store_id, '%(noun)s', OLD.%(at)s);
    END IF;
    IF TG_OP <> 'DELETE' AND NEW.%(at)s IS NOT NULL THEN
        PERFORM mark_day(NEW.store_id, '%(noun)s', NEW.%(at)s);
    END IF;
    RETURN NULL;
END $$
"""
LITE_MARK = """
INSERT INTO day_marks (store_id, noun, hour, "transaction")
SELECT %(row)s.store_id, '%(noun)s', %(row)s.%(at)s / 3600000000, 0 FROM day_turns AS t
WHERE t.store_id = %(row)s.store_id AND %(row)s.%(at)s < t.watched_to AND NOT EXISTS (
    SELECT 1 FROM day_marks AS m WHERE m.store_id = %(row)s.store_id AND m.noun = '%(noun)s'
        AND m.hour = %(row)s.%(at)s / 3600000000);
"""
# What all buyers came to (`storage.buyer_sums`): each change of one is told, once days are watched.
BUYS = ("first_order_at", "orders_count", "spent")
TOLD = """
INSERT INTO buyer_sums (store_id, id, is_whole, customers, repeaters, spent)
SELECT %(row)s.store_id, %(id)s, %(no)s, %(sign)s1,
    %(sign)s(CASE WHEN %(row)s.orders_count >= 2 THEN 1 ELSE 0 END), %(sign)s%(row)s.spent
FROM day_turns AS t WHERE t.store_id = %(row)s.store_id AND t.watched_to IS NOT NULL
    AND %(row)s.first_order_at IS NOT NULL;
"""


def buyer_triggers(dialect: str) -> list[str]:
    """Give the statements that have every change of a buyer told."""
    is_lite = dialect == "sqlite"
    made = "lower(hex(randomblob(16)))" if is_lite else "gen_random_uuid()"
    given = {"id": made, "no": "0" if is_lite else "false"}
    unlike = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in BUYS)
    words = []
    for verb, rows, when in (
        ("INSERT", ("NEW",), "NEW.first_order_at IS NOT NULL"),
        (f"UPDATE OF {', '.join(BUYS)}", ("OLD", "NEW"), unlike),
        ("DELETE", ("OLD",), "OLD.first_order_at IS NOT NULL"),
    ):
        name = f"tell_buyers_{verb.split()[0].lower()}"
        signs = {"NEW": "", "OLD": "-"}
        told = "".join(TOLD % {**given, "row": row, "sign": signs[row]} for row in rows)
        on = f"AFTER {verb} ON customers FOR EACH ROW WHEN ({when})"
        if is_lite:
            words.append(f"CREATE TRIGGER {name} {on} BEGIN {told} END")
        else:
            body = f"BEGIN {told} RETURN NULL; END"
            head = f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql"
            words.append(f"{head} AS $$ {body} $$")
            words.append(f"CREATE TRIGGER {name} {on} EXECUTE FUNCTION {name}()")
    return words


def triggers(dialect: str) -> list[str]:
    """Give the statements that have every write to a day leave its mark."""
    is_lite = dialect == "sqlite"
    words = [] if is_lite else [MARK]
    for noun, table, at, only, columns in MARKED:
        counts = f"{at} IS NOT NULL" if only is None else only
        given = {"noun": noun, "at": at}
        if not is_lite:
            words.append(MARK_ROW % given)
        unlike = " OR ".join(f"OLD.{one} IS DISTINCT FROM NEW.{one}" for one in columns)
        for verb, rows, when in (
            ("INSERT", ("NEW",), f"NEW.{counts}"),
            (
                f"UPDATE OF {', '.join(columns)}",
                ("OLD", "NEW"),
                f"(OLD.{counts} OR NEW.{counts}) AND ({unlike})",
            ),
            ("DELETE", ("OLD",), f"OLD.{counts}"),
        ):
            name = f"mark_{noun}_{verb.split()[0].lower()}"
            marks = "".join(LITE_MARK % {**given, "row": row} for row in rows)
            does = f"BEGIN {marks} END" if is_lite else f"EXECUTE FUNCTION mark_{noun}()"
            on = f"AFTER {verb} ON {table} FOR EACH ROW WHEN ({when})"
            words.append(f"CREATE TRIGGER {name} {on} {does}")
    return words


def upgrade() -> None:
    op.create_table(
        "one_time",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("claimed_at", TIME, nullable=True),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("store_id", ID, nullable=True),
        sa.Column("proof", sa.String(length=64), nullable=True),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("kind", "digest", name=op.f("pk_one_time")),
    )
    with op.batch_alter_table("one_time", schema=None) as batch_op:
        batch_op.create_index("ix_one_time_expires_at", ["expires_at"], unique=False)
    op.create_table(
        "address_rests",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=12), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("told_at", TIME, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_address_rests_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "store_id", "channel", "address_hash", "kind", name=op.f("pk_address_rests")
        ),
    )
    op.create_table(
        "announcements",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("data", JSON, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("cursor", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_announcements_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_announcements")),
        sa.UniqueConstraint(
            "store_id",
            "name",
            "product_id",
            "occurred_at",
            name=op.f("uq_announcements_store_id_name_product_id_occurred_at"),
        ),
    )
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.create_index(
            "ix_announcements_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_announcements_turn",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.create_table(
        "answers",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("request_hash", sa.String(length=64), nullable=False),
        sa.Column("made_id", ID, nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("body", sa.Text(), nullable=True),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("begun_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_answers_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "key", name=op.f("pk_answers")),
    )
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.create_index("ix_answers_begun", ["store_id", "begun_at"], unique=False)
    op.create_table(
        "api_keys",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("prefix", sa.String(length=20), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("scopes", JSON, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_used_at", TIME, nullable=True),
        sa.Column("revoked_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_api_keys_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_api_keys")),
    )
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.create_index("ix_api_keys_id", ["id"], unique=False)
    op.create_table(
        "audit_log",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("by_kind", sa.String(length=8), nullable=False),
        sa.Column("by_id", ID, nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("about", JSON, nullable=False),
        sa.Column("times", sa.Integer(), server_default="1", nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_audit_log_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_audit_log")),
    )
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.create_index("ix_audit_log_at", ["store_id", "at"], unique=False)
    op.create_table(
        "buyer_sums",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("is_whole", sa.Boolean(), nullable=False),
        sa.Column("customers", sa.BigInteger(), nullable=False),
        sa.Column("repeaters", sa.BigInteger(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_buyer_sums_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_buyer_sums")),
    )
    op.create_table(
        "callbacks",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("processed_at", TIME, nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_callbacks_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_callbacks")),
        sa.UniqueConstraint("store_id", "channel", "digest", name="uq_callbacks_digest"),
    )
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.create_index(
            "ix_callbacks_pending",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("processed_at IS NULL"),
            sqlite_where=sa.text("processed_at IS NULL"),
        )
    op.create_table(
        "channel_accounts",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=False),
        sa.Column("callback_key", sa.String(length=43), nullable=False),
        sa.Column("public", JSON, nullable=False),
        sa.Column("secret", sa.Text(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("connected_at", TIME, nullable=False),
        sa.Column("last_event_at", TIME, nullable=True),
        sa.Column("refused_at", TIME, nullable=True),
        sa.Column("trouble", sa.Text(), nullable=True),
        sa.Column("trouble_at", TIME, nullable=True),
        sa.Column("token_ends_at", TIME, nullable=True),
        sa.Column("renew_at", TIME, nullable=True),
        sa.Column("renewal_failed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_channel_accounts_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "channel", name=op.f("pk_channel_accounts")),
        sa.UniqueConstraint("callback_key", name="uq_channel_accounts_callback_key"),
    )
    with op.batch_alter_table("channel_accounts", schema=None) as batch_op:
        batch_op.create_index(
            "ix_channel_accounts_renewal",
            ["renew_at"],
            unique=False,
            postgresql_where=sa.text("renew_at IS NOT NULL"),
            sqlite_where=sa.text("renew_at IS NOT NULL"),
        )
    op.create_table(
        "code_pools",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("terms", JSON, nullable=False),
        sa.Column("terms_key", sa.Text(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("first_code", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("import_id", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("retry_at", TIME, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_code_pools_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_code_pools")),
        sa.UniqueConstraint(
            "store_id",
            "terms_key",
            "ends_at",
            name=op.f("uq_code_pools_store_id_terms_key_ends_at"),
        ),
    )
    with op.batch_alter_table("code_pools", schema=None) as batch_op:
        batch_op.create_index(
            "ix_code_pools_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_code_pools_turn",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.create_table(
        "conversations",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("since", TIME, nullable=True),
        sa.Column("by", sa.String(length=50), nullable=True),
        sa.Column("rule", sa.String(length=60), nullable=True),
        sa.Column("because", JSON, nullable=True),
        sa.Column("not_needed_at", TIME, nullable=True),
        sa.Column("offered_at", TIME, nullable=True),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("last_inbound_at", TIME, nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=True),
        sa.Column("unread", sa.Integer(), server_default="0", nullable=False),
        sa.Column("waiting_since", TIME, nullable=True),
        sa.Column("assigned_to", ID, nullable=True),
        sa.Column("writing_by", ID, nullable=True),
        sa.Column("writing_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("test_of", ID, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("late_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_conversations_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "customer_id", name=op.f("pk_conversations")),
    )
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.create_index(
            "ix_conversations_assigned",
            ["store_id", "assigned_to", "last_at"],
            unique=False,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_conversations_closed",
            ["store_id", "last_at"],
            unique=False,
            postgresql_where=sa.text("closed_at IS NOT NULL"),
            sqlite_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_due",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_first_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_open",
            ["store_id", "last_at"],
            unique=False,
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.create_index(
            "ix_conversations_test",
            ["store_id", "test_of"],
            unique=True,
            postgresql_where=sa.text("test_of IS NOT NULL"),
            sqlite_where=sa.text("test_of IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_conversations_unread",
            ["store_id"],
            unique=False,
            postgresql_where=sa.text("closed_at IS NULL AND unread > 0"),
            sqlite_where=sa.text("closed_at IS NULL AND unread > 0"),
        )
        batch_op.create_index(
            "ix_conversations_waiting",
            ["store_id", "waiting_since"],
            unique=False,
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
            sqlite_where=sa.text("waiting_since IS NOT NULL"),
        )
    op.create_table(
        "day_marks",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("noun", sa.String(length=8), nullable=False),
        sa.Column("hour", sa.BigInteger(), nullable=False),
        sa.Column("transaction", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_day_marks_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "store_id", "noun", "hour", "transaction", name=op.f("pk_day_marks")
        ),
    )
    op.create_table(
        "day_sums",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("noun", sa.String(length=8), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("flow_id", ID, nullable=True),
        sa.Column("version_id", ID, nullable=True),
        sa.Column("step_id", sa.Text(), nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=True),
        sa.Column("end_reason", sa.String(length=30), nullable=True),
        sa.Column("ways", JSON, nullable=True),
        sa.Column("count", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("opened", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("clicked", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unsubscribed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("amount", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("of_known", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("last_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_day_sums_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_day_sums")),
    )
    with op.batch_alter_table("day_sums", schema=None) as batch_op:
        batch_op.create_index("ix_day_sums_day", ["store_id", "noun", "starts_at"], unique=False)
    op.create_table(
        "day_turns",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("watched_to", TIME, nullable=True),
        sa.Column("horizon", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_day_turns_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_day_turns")),
    )
    with op.batch_alter_table("day_turns", schema=None) as batch_op:
        batch_op.create_index("ix_day_turns_due", ["due_at"], unique=False)
    op.create_table(
        "endpoints",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("url_hash", sa.String(length=64), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("off_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_endpoints_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "url_hash", name=op.f("pk_endpoints")),
    )
    op.create_table(
        "identities",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=True),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("name", sa.Text(), nullable=True),
        sa.Column("consent", sa.String(length=20), nullable=True),
        sa.Column("consent_source", sa.String(length=20), nullable=True),
        sa.Column("consent_at", TIME, nullable=True),
        sa.Column("first_seen", TIME, nullable=False),
        sa.Column("last_seen", TIME, nullable=False),
        sa.Column("joined_by", sa.String(length=50), nullable=True),
        sa.Column("joined_at", TIME, nullable=True),
        sa.Column("joined_from", ID, nullable=True),
        sa.Column("claims_id", ID, nullable=True),
        sa.Column("led_by", sa.String(length=8), nullable=True),
        sa.Column("led_since", TIME, nullable=True),
        sa.Column("led_told_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_identities_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "channel", "address", name=op.f("pk_identities")),
    )
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.create_index("ix_identities_customer", ["store_id", "customer_id"], unique=False)
    op.create_table(
        "inbound_messages",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("sender", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=15), server_default="text", nullable=False),
        sa.Column("payload", sa.Text(), nullable=True),
        sa.Column("attachments", JSON, nullable=True),
        sa.Column("commented_at", TIME, nullable=True),
        sa.Column("private_reply_id", ID, nullable=True),
        sa.Column("private_reply_at", TIME, nullable=True),
        sa.Column("is_answered", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_inbound_messages_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_inbound_messages")),
        sa.UniqueConstraint(
            "store_id", "channel", "provider_id", name="uq_inbound_messages_provider_id"
        ),
    )
    with op.batch_alter_table("inbound_messages", schema=None) as batch_op:
        batch_op.create_index(
            "ix_inbound_messages_customer", ["store_id", "customer_id", "received_at"], unique=False
        )
        batch_op.create_index(
            "ix_inbound_messages_recent", ["store_id", "channel", "received_at"], unique=False
        )
    op.create_table(
        "link_codes",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_link_codes_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_link_codes")),
    )
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.create_index("ix_link_codes_hash", ["code_hash"], unique=False)
    op.create_table(
        "opt_ins",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("provider_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("keyword", sa.Text(), nullable=False),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("said_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_opt_ins_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "channel", "provider_id", name=op.f("pk_opt_ins")),
    )
    with op.batch_alter_table("opt_ins", schema=None) as batch_op:
        batch_op.create_index(
            "ix_opt_ins_customer", ["store_id", "customer_id", "channel", "said_at"], unique=False
        )
    op.create_table(
        "parcels",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("order_external_id", sa.Text(), nullable=False),
        sa.Column("tracking_company", sa.Text(), nullable=True),
        sa.Column("tracking_number", sa.Text(), nullable=True),
        sa.Column("tracking_url", sa.Text(), nullable=True),
        sa.Column("shipped_at", TIME, nullable=True),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("is_followed", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_parcels_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "external_id", name=op.f("pk_parcels")),
    )
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.create_index("ix_parcels_order", ["store_id", "order_external_id"], unique=False)
    op.create_table(
        "product_categories",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_product_categories_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "store_id", "product_id", "external_id", name=op.f("pk_product_categories")
        ),
    )
    with op.batch_alter_table("product_categories", schema=None) as batch_op:
        batch_op.create_index(
            "ix_product_categories_category", ["store_id", "external_id"], unique=False
        )
        batch_op.create_index(
            "ix_product_categories_name", ["store_id", "name", "product_id"], unique=False
        )
    op.create_table(
        "product_lists",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("product_ids", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_product_lists_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "name", name=op.f("pk_product_lists")),
    )
    op.create_table(
        "product_neighbours",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("neighbours", JSON, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_product_neighbours_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "store_id", "kind", "product_id", name=op.f("pk_product_neighbours")
        ),
    )
    op.create_table(
        "recommendation_rounds",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("found_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_recommendation_rounds_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_recommendation_rounds")),
    )
    with op.batch_alter_table("recommendation_rounds", schema=None) as batch_op:
        batch_op.create_index(
            "ix_recommendation_rounds_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.create_table(
        "replies",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("author", sa.String(length=6), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=True),
        sa.Column("author_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("content", JSON, nullable=True),
        sa.Column("attachments", JSON, nullable=True),
        sa.Column("in_human_hands", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("begun_at", TIME, nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("earlier_ids", JSON, nullable=True),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("read_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_replies_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_replies")),
        sa.UniqueConstraint("store_id", "key", name="uq_replies_key"),
    )
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.create_index(
            "ix_replies_customer", ["store_id", "customer_id", "number"], unique=False
        )
        batch_op.create_index(
            "ix_replies_due",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            "ix_replies_first_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )
        batch_op.create_index(
            "ix_replies_leased",
            ["lease_until"],
            unique=False,
            postgresql_where=sa.text("state = 'handing_over'"),
            sqlite_where=sa.text("state = 'handing_over'"),
        )
        batch_op.create_index(
            "ix_replies_provider_id", ["store_id", "channel", "provider_id"], unique=False
        )
    op.create_table(
        "rewards",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("expires_at", TIME, nullable=True),
        sa.Column("order_number", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("granted_at", TIME, nullable=False),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("tried_at", TIME, nullable=True),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_rewards_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_rewards")),
        sa.UniqueConstraint(
            "store_id",
            "enrollment_id",
            "step_id",
            name=op.f("uq_rewards_store_id_enrollment_id_step_id"),
        ),
        sa.UniqueConstraint(
            "store_id", "external_id", name=op.f("uq_rewards_store_id_external_id")
        ),
    )
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.create_index(
            "ix_rewards_customer", ["store_id", "customer_id", "granted_at"], unique=False
        )
        batch_op.create_index(
            "ix_rewards_troubled",
            ["store_id", "state", "granted_at"],
            unique=False,
            postgresql_where=sa.text("state IN ('unknown', 'failed')"),
            sqlite_where=sa.text("state IN ('unknown', 'failed')"),
        )
    op.create_table(
        "rfm_runs",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("as_of", TIME, nullable=True),
        sa.Column("cursor", ID, nullable=True),
        sa.Column("limits", JSON, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_rfm_runs_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_rfm_runs")),
    )
    with op.batch_alter_table("rfm_runs", schema=None) as batch_op:
        batch_op.create_index("ix_rfm_runs_due", ["due_at"], unique=False)
    op.create_table(
        "rfm_scores",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("last_order_at", TIME, nullable=False),
        sa.Column("orders", sa.Integer(), nullable=False),
        sa.Column("spent", sa.BigInteger(), nullable=False),
        sa.Column("recency", sa.Integer(), nullable=True),
        sa.Column("frequency", sa.Integer(), nullable=True),
        sa.Column("monetary", sa.Integer(), nullable=True),
        sa.Column("group", sa.String(length=12), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_rfm_scores_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "customer_id", name=op.f("pk_rfm_scores")),
    )
    op.create_table(
        "rule_calls",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("rule", sa.String(length=60), nullable=False),
        sa.Column("came_to", sa.String(length=12), nullable=False),
        sa.Column("is_trial", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("verdict", sa.String(length=10), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_rule_calls_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_rule_calls")),
    )
    with op.batch_alter_table("rule_calls", schema=None) as batch_op:
        batch_op.create_index("ix_rule_calls_at", ["store_id", "at"], unique=False)
        batch_op.create_index(
            "ix_rule_calls_customer", ["store_id", "customer_id", "at"], unique=False
        )
    op.create_table(
        "saved_replies",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_saved_replies_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_saved_replies")),
        sa.UniqueConstraint("store_id", "name", name="uq_saved_replies_name"),
    )
    op.create_table(
        "segments",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("ready_made", sa.Text(), nullable=True),
        sa.Column("condition", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("announces", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("seen_at", TIME, nullable=True),
        sa.Column("whole_at", TIME, nullable=True),
        sa.Column("built_at", TIME, nullable=True),
        sa.Column("refreshed_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_segments_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_segments")),
        sa.UniqueConstraint("store_id", "name", name=op.f("uq_segments_store_id_name")),
    )
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.create_index(
            "ix_segments_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_segments_turn",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.create_table(
        "sending_domains",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("private_key", sa.Text(), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("records", JSON, server_default="{}", nullable=False),
        sa.Column("checked_at", TIME, nullable=True),
        sa.Column("verified_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_sending_domains_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_sending_domains")),
    )
    op.create_table(
        "short_links",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("code_hash", sa.String(length=64), nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("purpose", sa.String(length=12), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("destination", sa.Text(), nullable=True),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_short_links_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "code_hash", name=op.f("pk_short_links")),
    )
    with op.batch_alter_table("short_links", schema=None) as batch_op:
        batch_op.create_index("ix_short_links_code", ["code_hash"], unique=False)
        batch_op.create_index("ix_short_links_message", ["store_id", "message_id"], unique=False)
        batch_op.create_index("ix_short_links_over", ["expires_at"], unique=False)
    op.create_table(
        "signups",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("email_key", sa.Text(), nullable=False),
        sa.Column("told", JSON, nullable=False),
        sa.Column("asked_at", TIME, nullable=False),
        sa.Column("mails", sa.Integer(), nullable=False),
        sa.Column("mailed_at", TIME, nullable=True),
        sa.Column("confirmed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_signups_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_signups")),
    )
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.create_index("ix_signups_mailed", ["store_id", "mailed_at"], unique=False)
        batch_op.create_index("ux_signups_email", ["store_id", "email_key"], unique=True)
    op.create_table(
        "store_links",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("other_id", ID, nullable=False),
        sa.Column("linked_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["other_id"],
            ["stores.id"],
            name=op.f("fk_store_links_other_id_stores"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_store_links_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "other_id", name=op.f("pk_store_links")),
    )
    op.create_table(
        "summed_days",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("noun", sa.String(length=8), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("first_hour", sa.BigInteger(), nullable=False),
        sa.Column("last_hour", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_summed_days_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "noun", "starts_at", name=op.f("pk_summed_days")),
    )
    op.create_table(
        "team",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("role", sa.String(length=10), nullable=False),
        sa.Column("first_seen_at", TIME, nullable=False),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_team_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_team")),
        sa.UniqueConstraint("store_id", "user_id", name=op.f("uq_team_store_id_user_id")),
    )
    op.create_table(
        "test_mails",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("words", JSON, nullable=True),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_test_mails_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_test_mails")),
    )
    with op.batch_alter_table("test_mails", schema=None) as batch_op:
        batch_op.create_index("ix_test_mails_created", ["store_id", "created_at"], unique=False)
    op.create_table(
        "webchat_lines",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("visitor", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("author", sa.String(length=8), nullable=False),
        sa.Column("said", JSON, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_webchat_lines_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "visitor", "number", name=op.f("pk_webchat_lines")),
        sa.UniqueConstraint("store_id", "visitor", "key", name="uq_webchat_lines_key"),
    )
    with op.batch_alter_table("webchat_lines", schema=None) as batch_op:
        batch_op.create_index("ix_webchat_lines_at", ["at"], unique=False)
    op.create_table(
        "webchat_visitors",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("last_number", sa.Integer(), server_default="0", nullable=False),
        sa.Column("fetched", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_webchat_visitors_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_webchat_visitors")),
    )
    with op.batch_alter_table("webchat_visitors", schema=None) as batch_op:
        batch_op.create_index("ix_webchat_visitors_last", ["last_at"], unique=False)
        batch_op.create_index(
            "ix_webchat_visitors_silent",
            ["last_at"],
            unique=False,
            postgresql_where=sa.text("last_number = 0"),
            sqlite_where=sa.text("last_number = 0"),
        )
    op.create_table(
        "whatsapp_templates",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("name", sa.String(length=512), nullable=False),
        sa.Column("language", sa.String(length=20), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("category", sa.String(length=20), nullable=False),
        sa.Column("status", sa.String(length=30), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("quality", sa.String(length=20), nullable=True),
        sa.Column("components", JSON, nullable=False),
        sa.Column("is_named", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("synced_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_whatsapp_templates_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "name", "language", name=op.f("pk_whatsapp_templates")),
    )
    op.create_table(
        "browses",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("data", JSON, server_default="{}", nullable=False),
        sa.Column("viewed_at", TIME, nullable=False),
        sa.Column("idle_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customers.store_id", "customers.id"],
            name=op.f("fk_browses_store_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_browses_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "customer_id", "kind", name=op.f("pk_browses")),
    )
    with op.batch_alter_table("browses", schema=None) as batch_op:
        batch_op.create_index(
            "ix_browses_idle",
            ["idle_at"],
            unique=False,
            postgresql_where=sa.text("idle_at IS NOT NULL"),
            sqlite_where=sa.text("idle_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_browses_turn",
            ["store_id", "idle_at"],
            unique=False,
            postgresql_where=sa.text("idle_at IS NOT NULL"),
            sqlite_where=sa.text("idle_at IS NOT NULL"),
        )
        batch_op.create_index("ix_browses_viewed", ["viewed_at"], unique=False)
    op.create_table(
        "campaigns",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("revision", sa.Integer(), server_default="1", nullable=False),
        sa.Column("changed_at", TIME, nullable=True),
        sa.Column("changed_by", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("send_at", sa.Text(), nullable=True),
        sa.Column("clock", sa.String(length=10), nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("late_at", TIME, nullable=True),
        sa.Column("intake_id", ID, nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "flow_id"],
            ["flows.store_id", "flows.id"],
            name=op.f("fk_campaigns_store_id_flow_id_flows"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_campaigns_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_campaigns")),
        sa.UniqueConstraint("store_id", "flow_id", name=op.f("uq_campaigns_store_id_flow_id")),
    )
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.create_index("ix_campaigns_created", ["store_id", "created_at"], unique=False)
        batch_op.create_index(
            "ix_campaigns_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_campaigns_turn",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.create_table(
        "intakes",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("is_rehearsal", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("source", JSON, nullable=False),
        sa.Column("event", JSON, server_default="{}", nullable=False),
        sa.Column("since", TIME, nullable=True),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("seen", sa.Integer(), server_default="0", nullable=False),
        sa.Column("entered", sa.Integer(), server_default="0", nullable=False),
        sa.Column("refused", JSON, server_default="{}", nullable=False),
        sa.Column("standing", JSON, server_default="{}", nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "flow_id"],
            ["flows.store_id", "flows.id"],
            name=op.f("fk_intakes_store_id_flow_id_flows"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_intakes_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_intakes")),
    )
    with op.batch_alter_table("intakes", schema=None) as batch_op:
        batch_op.create_index(
            "ix_intakes_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_intakes_flow", ["store_id", "flow_id", "created_at"], unique=False
        )
        batch_op.create_index(
            "ix_intakes_turn",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.create_table(
        "interests",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("variant_id", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("viewed_at", TIME, nullable=True),
        sa.Column("added_at", TIME, nullable=True),
        sa.Column("asked_at", TIME, nullable=True),
        sa.Column("bought_at", TIME, nullable=True),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customers.store_id", "customers.id"],
            name=op.f("fk_interests_store_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_interests_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "product_id", "customer_id", name=op.f("pk_interests")),
    )
    with op.batch_alter_table("interests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_interests_category", ["store_id", "category", "customer_id"], unique=False
        )
        batch_op.create_index("ix_interests_customer", ["store_id", "customer_id"], unique=False)
        batch_op.create_index("ix_interests_seen", ["seen_at"], unique=False)
    op.create_table(
        "pool_codes",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("pool_id", ID, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("code_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "pool_id"],
            ["code_pools.store_id", "code_pools.id"],
            name=op.f("fk_pool_codes_store_id_pool_id_code_pools"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_pool_codes_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "code", name=op.f("pk_pool_codes")),
    )
    with op.batch_alter_table("pool_codes", schema=None) as batch_op:
        batch_op.create_index("ix_pool_codes_state", ["store_id", "pool_id", "state"], unique=False)
    op.create_table(
        "product_reviews",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("rating", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("author", sa.Text(), nullable=True),
        sa.Column("is_verified", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("posted_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customers.store_id", "customers.id"],
            name=op.f("fk_product_reviews_store_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_product_reviews_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "external_id", name=op.f("pk_product_reviews")),
    )
    with op.batch_alter_table("product_reviews", schema=None) as batch_op:
        batch_op.create_index(
            "ix_product_reviews_customer", ["store_id", "customer_id"], unique=False
        )
        batch_op.create_index(
            "ix_product_reviews_product", ["store_id", "product_id", "rating"], unique=False
        )
    op.create_table(
        "segment_members",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("segment_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("entered_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "segment_id"],
            ["segments.store_id", "segments.id"],
            name=op.f("fk_segment_members_store_id_segment_id_segments"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_segment_members_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "store_id", "segment_id", "customer_id", name=op.f("pk_segment_members")
        ),
    )
    with op.batch_alter_table("segment_members", schema=None) as batch_op:
        batch_op.create_index(
            "ix_segment_members_customer", ["store_id", "customer_id", "segment_id"], unique=False
        )
    op.create_table(
        "split_tests",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("shape", sa.String(length=64), nullable=False),
        sa.Column("begun_at", TIME, nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("looked_at", TIME, nullable=True),
        sa.Column("verdict", JSON, nullable=True),
        sa.Column("is_picked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "flow_id"],
            ["flows.store_id", "flows.id"],
            name=op.f("fk_split_tests_store_id_flow_id_flows"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_split_tests_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "flow_id", "step_id", name=op.f("pk_split_tests")),
    )
    with op.batch_alter_table("split_tests", schema=None) as batch_op:
        batch_op.create_index(
            "ix_split_tests_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_split_tests_turn",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.create_table(
        "visitors",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("known_at", TIME, nullable=True),
        sa.Column("last_seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customers.store_id", "customers.id"],
            name=op.f("fk_visitors_store_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_visitors_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_visitors")),
        sa.UniqueConstraint(
            "store_id", "external_id", name=op.f("uq_visitors_store_id_external_id")
        ),
    )
    with op.batch_alter_table("visitors", schema=None) as batch_op:
        batch_op.create_index("ix_visitors_customer", ["store_id", "customer_id"], unique=False)
        batch_op.create_index("ix_visitors_seen", ["last_seen_at"], unique=False)
    op.create_table(
        "watches",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("cursor", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "flow_id"],
            ["flows.store_id", "flows.id"],
            name=op.f("fk_watches_store_id_flow_id_flows"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_watches_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "flow_id", "zone", name=op.f("pk_watches")),
    )
    with op.batch_alter_table("watches", schema=None) as batch_op:
        batch_op.create_index("ix_watches_due", ["due_at"], unique=False)
        batch_op.create_index("ix_watches_turn", ["store_id", "due_at"], unique=False)
    op.create_table(
        "order_lines",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("product_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("placed_at", TIME, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["orders.store_id", "orders.id"],
            name=op.f("fk_order_lines_store_id_order_id_orders"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_order_lines_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "order_id", "product_id", name=op.f("pk_order_lines")),
    )
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.create_index("ix_order_lines_customer", ["store_id", "customer_id"], unique=False)
        batch_op.create_index(
            "ix_order_lines_product",
            ["store_id", "product_id", "placed_at", "customer_id", "order_id", "amount"],
            unique=False,
        )
    op.create_table(
        "visitor_tokens",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("visitor_id", ID, nullable=False),
        sa.Column("seen_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "visitor_id"],
            ["visitors.store_id", "visitors.id"],
            name=op.f("fk_visitor_tokens_store_id_visitor_id_visitors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_visitor_tokens_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "token", name=op.f("pk_visitor_tokens")),
    )
    with op.batch_alter_table("visitor_tokens", schema=None) as batch_op:
        batch_op.create_index("ix_visitor_tokens_visitor", ["store_id", "visitor_id"], unique=False)
    op.create_table(
        "visits",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("visitor_id", ID, nullable=False),
        sa.Column("event_key", sa.Text(), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("data", JSON, server_default="{}", nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("joined_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "visitor_id"],
            ["visitors.store_id", "visitors.id"],
            name=op.f("fk_visits_store_id_visitor_id_visitors"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_visits_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_visits")),
        sa.UniqueConstraint(
            "store_id",
            "visitor_id",
            "event_key",
            name=op.f("uq_visits_store_id_visitor_id_event_key"),
        ),
    )
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.create_index(
            "ix_visits_due",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.create_index("ix_visits_occurred", ["occurred_at"], unique=False)
        batch_op.create_index(
            "ix_visits_turn",
            ["store_id", "due_at"],
            unique=False,
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("opened_by", sa.String(length=10), nullable=True))
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("off", sa.String(length=13), server_default="percent", nullable=False)
        )
        batch_op.add_column(sa.Column("amount", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("minimum", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("currency", sa.String(length=3), nullable=True))
        batch_op.add_column(sa.Column("granted_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("cost", sa.BigInteger(), nullable=True))
        batch_op.add_column(sa.Column("reason", sa.String(length=40), nullable=True))
        batch_op.add_column(sa.Column("pool_id", ID, nullable=True))
        batch_op.create_index(
            "ix_codes_granted",
            ["store_id", "granted_at"],
            unique=False,
            postgresql_where=sa.text("granted_at IS NOT NULL"),
            sqlite_where=sa.text("granted_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_codes_person",
            ["store_id", "customer_id", "granted_at"],
            unique=False,
            postgresql_where=sa.text("granted_at IS NOT NULL"),
            sqlite_where=sa.text("granted_at IS NOT NULL"),
        )
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("phone_is_typed", sa.Boolean(), server_default="0", nullable=False)
        )
        batch_op.add_column(sa.Column("email_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("sms_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("whatsapp_hash", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("first_key", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("last_key", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("region", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("city", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("whatsapp_consent", sa.String(length=20), nullable=True))
        batch_op.add_column(
            sa.Column("whatsapp_consent_source", sa.String(length=20), nullable=True)
        )
        batch_op.add_column(sa.Column("whatsapp_consent_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("platform_last_order_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("second_order_at", TIME, nullable=True))
        batch_op.drop_index(batch_op.f("ix_customers_phone"))
        batch_op.drop_index(batch_op.f("ix_customers_created"))
        batch_op.create_index(
            "ix_customers_created", ["store_id", "created_at", "id"], unique=False
        )
        batch_op.create_index(
            "ix_customers_address",
            ["store_id", "email_key"],
            unique=False,
            postgresql_ops={"email_key": "text_pattern_ops"},
        )
        batch_op.create_index(
            "ix_customers_email_consent",
            ["store_id", "email_consent", "created_at"],
            unique=False,
            postgresql_where=sa.text(
                "email_consent IS NULL OR email_consent IN ('unsubscribed', 'pending', 'invalid')"
            ),
            sqlite_where=sa.text(
                "email_consent IS NULL OR email_consent IN ('unsubscribed', 'pending', 'invalid')"
            ),
        )
        batch_op.create_index(
            "ix_customers_first_key",
            ["store_id", "first_key"],
            unique=False,
            postgresql_ops={"first_key": "text_pattern_ops"},
        )
        batch_op.create_index(
            "ix_customers_last_key",
            ["store_id", "last_key"],
            unique=False,
            postgresql_ops={"last_key": "text_pattern_ops"},
        )
        batch_op.create_index(
            "ix_customers_last_order", ["store_id", "last_order_at", "spent"], unique=False
        )
        batch_op.create_index(
            "ix_customers_number",
            ["store_id", "phone"],
            unique=False,
            postgresql_ops={"phone": "text_pattern_ops"},
        )
        batch_op.create_index(
            "ix_customers_second_order",
            ["store_id", "second_order_at"],
            unique=False,
            postgresql_where=sa.text("second_order_at IS NOT NULL"),
            sqlite_where=sa.text("second_order_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customers_sms_consent",
            ["store_id", "sms_consent", "created_at"],
            unique=False,
            postgresql_where=sa.text("sms_consent IS NOT NULL"),
            sqlite_where=sa.text("sms_consent IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_customers_there",
            ["store_id"],
            unique=False,
            postgresql_where=sa.text("deleted_at IS NULL AND erased_at IS NULL"),
            sqlite_where=sa.text("deleted_at IS NULL AND erased_at IS NULL"),
        )
        batch_op.create_index(
            "ix_customers_unhashed",
            ["store_id", "id"],
            unique=False,
            postgresql_where=sa.text(
                "(email_key > '' AND email_hash IS NULL) OR (phone > '' AND sms_hash IS NULL)"
            ),
            sqlite_where=sa.text(
                "(email_key > '' AND email_hash IS NULL) OR (phone > '' AND sms_hash IS NULL)"
            ),
        )
        batch_op.create_index(
            "ix_customers_whatsapp_consent",
            ["store_id", "whatsapp_consent", "created_at"],
            unique=False,
            postgresql_where=sa.text("whatsapp_consent IS NOT NULL"),
            sqlite_where=sa.text("whatsapp_consent IS NOT NULL"),
        )
        batch_op.create_index("ix_customers_zone", ["store_id", "timezone", "id"], unique=False)
    with op.batch_alter_table("enrollments", schema=None) as batch_op:
        batch_op.add_column(sa.Column("touched", sa.Integer(), server_default="0", nullable=False))
        batch_op.add_column(sa.Column("event", JSON, nullable=True))
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_events_name"))
        batch_op.create_index(
            "ix_events_name", ["store_id", "name", "occurred_at", "customer_id"], unique=False
        )
    with op.batch_alter_table("flow_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("published_by", sa.Text(), nullable=True))
    with op.batch_alter_table("flows", schema=None) as batch_op:
        batch_op.add_column(sa.Column("revision", sa.Integer(), server_default="1", nullable=False))
        batch_op.add_column(sa.Column("changed_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("changed_by", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("winners", JSON, server_default="{}", nullable=False))
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("channels", JSON, nullable=True))
        batch_op.add_column(sa.Column("passed_over", JSON, nullable=True))
        batch_op.add_column(sa.Column("shown", JSON, nullable=True))
        batch_op.add_column(sa.Column("told_stop_to", sa.String(length=64), nullable=True))
        batch_op.add_column(sa.Column("parts", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("is_free", sa.Boolean(), nullable=True))
        batch_op.create_index(
            "ix_messages_free",
            ["store_id", "sent_at"],
            unique=False,
            postgresql_where=sa.text("is_free"),
            sqlite_where=sa.text("is_free"),
        )
        batch_op.create_index(
            "ix_messages_parts",
            ["store_id", "sent_at"],
            unique=False,
            postgresql_where=sa.text("parts > 1"),
            sqlite_where=sa.text("parts > 1"),
        )
        batch_op.create_index(
            "ix_messages_told_stop",
            ["store_id", "told_stop_to"],
            unique=False,
            postgresql_where=sa.text("told_stop_to IS NOT NULL"),
            sqlite_where=sa.text("told_stop_to IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_messages_unsent",
            ["store_id", "flow_id", "due_at"],
            unique=False,
            postgresql_where=sa.text(
                "state IN ('skipped', 'expired', 'failed', 'dead', 'unknown', 'abandoned')"
            ),
            sqlite_where=sa.text(
                "state IN ('skipped', 'expired', 'failed', 'dead', 'unknown', 'abandoned')"
            ),
        )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.add_column(sa.Column("delivered_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("delivery_due_at", TIME, nullable=True))
        batch_op.add_column(sa.Column("tracking_company", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("tracking_number", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("tracking_url", sa.Text(), nullable=True))
        batch_op.add_column(sa.Column("landing", JSON, server_default="{}", nullable=False))
        batch_op.drop_index(batch_op.f("ix_orders_customer"))
        batch_op.create_index(
            "ix_orders_customer",
            [
                "store_id",
                "customer_id",
                "placed_at",
                "counts",
                "cancelled_at",
                "store_total",
                "store_refunded",
            ],
            unique=False,
        )
        batch_op.create_index(
            "ix_orders_delivery",
            ["delivery_due_at"],
            unique=False,
            postgresql_where=sa.text("delivery_due_at IS NOT NULL"),
            sqlite_where=sa.text("delivery_due_at IS NOT NULL"),
        )
        batch_op.create_index(
            "ix_orders_delivery_turn",
            ["store_id", "delivery_due_at"],
            unique=False,
            postgresql_where=sa.text("delivery_due_at IS NOT NULL"),
            sqlite_where=sa.text("delivery_due_at IS NOT NULL"),
        )
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.add_column(
            sa.Column("is_published", sa.Boolean(), server_default=sa.text("true"), nullable=False)
        )
        batch_op.add_column(sa.Column("out_since", JSON, server_default="{}", nullable=False))
        batch_op.add_column(sa.Column("rating", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("rating_count", sa.Integer(), nullable=True))
    op.execute(BOUGHT % WORDS[op.get_bind().dialect.name])
    op.execute(SECOND)
    # Their next news folds accents, too.
    op.execute("UPDATE customers SET first_key = lower(first_name), last_key = lower(last_name)")
    dialect = op.get_bind().dialect.name
    for words in (*triggers(dialect), *buyer_triggers(dialect)):
        op.execute(words)


def downgrade() -> None:
    for verb in ("insert", "update", "delete"):
        on = "" if op.get_bind().dialect.name == "sqlite" else " ON customers"
        op.execute(f"DROP TRIGGER tell_buyers_{verb}{on}")
        if on:
            op.execute(f"DROP FUNCTION tell_buyers_{verb}")
    for noun, table, *_ in MARKED:
        for verb in ("insert", "update", "delete"):
            on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {table}"
            op.execute(f"DROP TRIGGER mark_{noun}_{verb}{on}")
        if on:
            op.execute(f"DROP FUNCTION mark_{noun}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION mark_day")
    with op.batch_alter_table("products", schema=None) as batch_op:
        batch_op.drop_column("rating_count")
        batch_op.drop_column("rating")
        batch_op.drop_column("out_since")
        batch_op.drop_column("is_published")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_orders_delivery_turn",
            postgresql_where=sa.text("delivery_due_at IS NOT NULL"),
            sqlite_where=sa.text("delivery_due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_orders_delivery",
            postgresql_where=sa.text("delivery_due_at IS NOT NULL"),
            sqlite_where=sa.text("delivery_due_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_orders_customer")
        batch_op.create_index(
            batch_op.f("ix_orders_customer"), ["store_id", "customer_id", "placed_at"], unique=False
        )
        batch_op.drop_column("landing")
        batch_op.drop_column("tracking_url")
        batch_op.drop_column("tracking_number")
        batch_op.drop_column("tracking_company")
        batch_op.drop_column("delivery_due_at")
        batch_op.drop_column("delivered_at")
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_messages_unsent",
            postgresql_where=sa.text(
                "state IN ('skipped', 'expired', 'failed', 'dead', 'unknown', 'abandoned')"
            ),
            sqlite_where=sa.text(
                "state IN ('skipped', 'expired', 'failed', 'dead', 'unknown', 'abandoned')"
            ),
        )
        batch_op.drop_index(
            "ix_messages_told_stop",
            postgresql_where=sa.text("told_stop_to IS NOT NULL"),
            sqlite_where=sa.text("told_stop_to IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_messages_parts",
            postgresql_where=sa.text("parts > 1"),
            sqlite_where=sa.text("parts > 1"),
        )
        batch_op.drop_index(
            "ix_messages_free", postgresql_where=sa.text("is_free"), sqlite_where=sa.text("is_free")
        )
        batch_op.drop_column("is_free")
        batch_op.drop_column("parts")
        batch_op.drop_column("told_stop_to")
        batch_op.drop_column("shown")
        batch_op.drop_column("passed_over")
        batch_op.drop_column("channels")
    with op.batch_alter_table("flows", schema=None) as batch_op:
        batch_op.drop_column("winners")
        batch_op.drop_column("changed_by")
        batch_op.drop_column("changed_at")
        batch_op.drop_column("revision")
    with op.batch_alter_table("flow_versions", schema=None) as batch_op:
        batch_op.drop_column("published_by")
    with op.batch_alter_table("events", schema=None) as batch_op:
        batch_op.drop_index("ix_events_name")
        batch_op.create_index(
            batch_op.f("ix_events_name"), ["store_id", "name", "occurred_at"], unique=False
        )
    with op.batch_alter_table("enrollments", schema=None) as batch_op:
        batch_op.drop_column("event")
        batch_op.drop_column("touched")
    with op.batch_alter_table("customers", schema=None) as batch_op:
        batch_op.drop_index("ix_customers_zone")
        batch_op.drop_index(
            "ix_customers_whatsapp_consent",
            postgresql_where=sa.text("whatsapp_consent IS NOT NULL"),
            sqlite_where=sa.text("whatsapp_consent IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_customers_unhashed",
            postgresql_where=sa.text(
                "(email_key > '' AND email_hash IS NULL) OR (phone > '' AND sms_hash IS NULL)"
            ),
            sqlite_where=sa.text(
                "(email_key > '' AND email_hash IS NULL) OR (phone > '' AND sms_hash IS NULL)"
            ),
        )
        batch_op.drop_index(
            "ix_customers_there",
            postgresql_where=sa.text("deleted_at IS NULL AND erased_at IS NULL"),
            sqlite_where=sa.text("deleted_at IS NULL AND erased_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_customers_sms_consent",
            postgresql_where=sa.text("sms_consent IS NOT NULL"),
            sqlite_where=sa.text("sms_consent IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_customers_second_order",
            postgresql_where=sa.text("second_order_at IS NOT NULL"),
            sqlite_where=sa.text("second_order_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_customers_number", postgresql_ops={"phone": "text_pattern_ops"})
        batch_op.drop_index("ix_customers_last_order")
        batch_op.drop_index(
            "ix_customers_last_key", postgresql_ops={"last_key": "text_pattern_ops"}
        )
        batch_op.drop_index(
            "ix_customers_first_key", postgresql_ops={"first_key": "text_pattern_ops"}
        )
        batch_op.drop_index(
            "ix_customers_email_consent",
            postgresql_where=sa.text(
                "email_consent IS NULL OR email_consent IN ('unsubscribed', 'pending', 'invalid')"
            ),
            sqlite_where=sa.text(
                "email_consent IS NULL OR email_consent IN ('unsubscribed', 'pending', 'invalid')"
            ),
        )
        batch_op.drop_index(
            "ix_customers_address", postgresql_ops={"email_key": "text_pattern_ops"}
        )
        batch_op.drop_index("ix_customers_created")
        batch_op.create_index(
            batch_op.f("ix_customers_created"), ["store_id", "created_at"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_customers_phone"), ["store_id", "phone"], unique=False)
        batch_op.drop_column("second_order_at")
        batch_op.drop_column("platform_last_order_at")
        batch_op.drop_column("whatsapp_consent_at")
        batch_op.drop_column("whatsapp_consent_source")
        batch_op.drop_column("whatsapp_consent")
        batch_op.drop_column("city")
        batch_op.drop_column("region")
        batch_op.drop_column("last_key")
        batch_op.drop_column("first_key")
        batch_op.drop_column("whatsapp_hash")
        batch_op.drop_column("sms_hash")
        batch_op.drop_column("email_hash")
        batch_op.drop_column("phone_is_typed")
    with op.batch_alter_table("codes", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_codes_person",
            postgresql_where=sa.text("granted_at IS NOT NULL"),
            sqlite_where=sa.text("granted_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_codes_granted",
            postgresql_where=sa.text("granted_at IS NOT NULL"),
            sqlite_where=sa.text("granted_at IS NOT NULL"),
        )
        batch_op.drop_column("pool_id")
        batch_op.drop_column("reason")
        batch_op.drop_column("cost")
        batch_op.drop_column("granted_at")
        batch_op.drop_column("currency")
        batch_op.drop_column("minimum")
        batch_op.drop_column("amount")
        batch_op.drop_column("off")
    with op.batch_alter_table("carts", schema=None) as batch_op:
        batch_op.drop_column("opened_by")
    with op.batch_alter_table("visits", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_visits_turn",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_visits_occurred")
        batch_op.drop_index(
            "ix_visits_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.drop_table("visits")
    with op.batch_alter_table("visitor_tokens", schema=None) as batch_op:
        batch_op.drop_index("ix_visitor_tokens_visitor")
    op.drop_table("visitor_tokens")
    with op.batch_alter_table("order_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_order_lines_product")
        batch_op.drop_index("ix_order_lines_customer")
    op.drop_table("order_lines")
    with op.batch_alter_table("watches", schema=None) as batch_op:
        batch_op.drop_index("ix_watches_turn")
        batch_op.drop_index("ix_watches_due")
    op.drop_table("watches")
    with op.batch_alter_table("visitors", schema=None) as batch_op:
        batch_op.drop_index("ix_visitors_seen")
        batch_op.drop_index("ix_visitors_customer")
    op.drop_table("visitors")
    with op.batch_alter_table("split_tests", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_split_tests_turn",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_split_tests_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.drop_table("split_tests")
    with op.batch_alter_table("segment_members", schema=None) as batch_op:
        batch_op.drop_index("ix_segment_members_customer")
    op.drop_table("segment_members")
    with op.batch_alter_table("product_reviews", schema=None) as batch_op:
        batch_op.drop_index("ix_product_reviews_product")
        batch_op.drop_index("ix_product_reviews_customer")
    op.drop_table("product_reviews")
    with op.batch_alter_table("pool_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_pool_codes_state")
    op.drop_table("pool_codes")
    with op.batch_alter_table("interests", schema=None) as batch_op:
        batch_op.drop_index("ix_interests_seen")
        batch_op.drop_index("ix_interests_customer")
        batch_op.drop_index("ix_interests_category")
    op.drop_table("interests")
    with op.batch_alter_table("intakes", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_intakes_turn",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_intakes_flow")
        batch_op.drop_index(
            "ix_intakes_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.drop_table("intakes")
    with op.batch_alter_table("campaigns", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_campaigns_turn",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_campaigns_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index("ix_campaigns_created")
    op.drop_table("campaigns")
    with op.batch_alter_table("browses", schema=None) as batch_op:
        batch_op.drop_index("ix_browses_viewed")
        batch_op.drop_index(
            "ix_browses_turn",
            postgresql_where=sa.text("idle_at IS NOT NULL"),
            sqlite_where=sa.text("idle_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_browses_idle",
            postgresql_where=sa.text("idle_at IS NOT NULL"),
            sqlite_where=sa.text("idle_at IS NOT NULL"),
        )
    op.drop_table("browses")
    op.drop_table("whatsapp_templates")
    with op.batch_alter_table("webchat_visitors", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_webchat_visitors_silent",
            postgresql_where=sa.text("last_number = 0"),
            sqlite_where=sa.text("last_number = 0"),
        )
        batch_op.drop_index("ix_webchat_visitors_last")
    op.drop_table("webchat_visitors")
    with op.batch_alter_table("webchat_lines", schema=None) as batch_op:
        batch_op.drop_index("ix_webchat_lines_at")
    op.drop_table("webchat_lines")
    with op.batch_alter_table("test_mails", schema=None) as batch_op:
        batch_op.drop_index("ix_test_mails_created")
    op.drop_table("test_mails")
    op.drop_table("team")
    op.drop_table("summed_days")
    op.drop_table("store_links")
    with op.batch_alter_table("signups", schema=None) as batch_op:
        batch_op.drop_index("ux_signups_email")
        batch_op.drop_index("ix_signups_mailed")
    op.drop_table("signups")
    with op.batch_alter_table("short_links", schema=None) as batch_op:
        batch_op.drop_index("ix_short_links_over")
        batch_op.drop_index("ix_short_links_message")
        batch_op.drop_index("ix_short_links_code")
    op.drop_table("short_links")
    op.drop_table("sending_domains")
    with op.batch_alter_table("segments", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_segments_turn",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_segments_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.drop_table("segments")
    op.drop_table("saved_replies")
    with op.batch_alter_table("rule_calls", schema=None) as batch_op:
        batch_op.drop_index("ix_rule_calls_customer")
        batch_op.drop_index("ix_rule_calls_at")
    op.drop_table("rule_calls")
    op.drop_table("rfm_scores")
    with op.batch_alter_table("rfm_runs", schema=None) as batch_op:
        batch_op.drop_index("ix_rfm_runs_due")
    op.drop_table("rfm_runs")
    with op.batch_alter_table("rewards", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_rewards_troubled",
            postgresql_where=sa.text("state IN ('unknown', 'failed')"),
            sqlite_where=sa.text("state IN ('unknown', 'failed')"),
        )
        batch_op.drop_index("ix_rewards_customer")
    op.drop_table("rewards")
    with op.batch_alter_table("replies", schema=None) as batch_op:
        batch_op.drop_index("ix_replies_provider_id")
        batch_op.drop_index(
            "ix_replies_leased",
            postgresql_where=sa.text("state = 'handing_over'"),
            sqlite_where=sa.text("state = 'handing_over'"),
        )
        batch_op.drop_index(
            "ix_replies_first_due",
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )
        batch_op.drop_index(
            "ix_replies_due",
            postgresql_where=sa.text("state = 'queued'"),
            sqlite_where=sa.text("state = 'queued'"),
        )
        batch_op.drop_index("ix_replies_customer")
    op.drop_table("replies")
    with op.batch_alter_table("recommendation_rounds", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_recommendation_rounds_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.drop_table("recommendation_rounds")
    op.drop_table("product_neighbours")
    op.drop_table("product_lists")
    with op.batch_alter_table("product_categories", schema=None) as batch_op:
        batch_op.drop_index("ix_product_categories_name")
        batch_op.drop_index("ix_product_categories_category")
    op.drop_table("product_categories")
    with op.batch_alter_table("parcels", schema=None) as batch_op:
        batch_op.drop_index("ix_parcels_order")
    op.drop_table("parcels")
    with op.batch_alter_table("opt_ins", schema=None) as batch_op:
        batch_op.drop_index("ix_opt_ins_customer")
    op.drop_table("opt_ins")
    with op.batch_alter_table("link_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_link_codes_hash")
    op.drop_table("link_codes")
    with op.batch_alter_table("inbound_messages", schema=None) as batch_op:
        batch_op.drop_index("ix_inbound_messages_recent")
        batch_op.drop_index("ix_inbound_messages_customer")
    op.drop_table("inbound_messages")
    with op.batch_alter_table("identities", schema=None) as batch_op:
        batch_op.drop_index("ix_identities_customer")
    op.drop_table("identities")
    op.drop_table("endpoints")
    with op.batch_alter_table("day_turns", schema=None) as batch_op:
        batch_op.drop_index("ix_day_turns_due")
    op.drop_table("day_turns")
    with op.batch_alter_table("day_sums", schema=None) as batch_op:
        batch_op.drop_index("ix_day_sums_day")
    op.drop_table("day_sums")
    op.drop_table("day_marks")
    with op.batch_alter_table("conversations", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_conversations_waiting",
            postgresql_where=sa.text("waiting_since IS NOT NULL"),
            sqlite_where=sa.text("waiting_since IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_unread",
            postgresql_where=sa.text("closed_at IS NULL AND unread > 0"),
            sqlite_where=sa.text("closed_at IS NULL AND unread > 0"),
        )
        batch_op.drop_index(
            "ix_conversations_test",
            postgresql_where=sa.text("test_of IS NOT NULL"),
            sqlite_where=sa.text("test_of IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_open",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_first_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_closed",
            postgresql_where=sa.text("closed_at IS NOT NULL"),
            sqlite_where=sa.text("closed_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_conversations_assigned",
            postgresql_where=sa.text("closed_at IS NULL"),
            sqlite_where=sa.text("closed_at IS NULL"),
        )
    op.drop_table("conversations")
    with op.batch_alter_table("code_pools", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_code_pools_turn",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_code_pools_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.drop_table("code_pools")
    with op.batch_alter_table("channel_accounts", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_channel_accounts_renewal",
            postgresql_where=sa.text("renew_at IS NOT NULL"),
            sqlite_where=sa.text("renew_at IS NOT NULL"),
        )
    op.drop_table("channel_accounts")
    with op.batch_alter_table("callbacks", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_callbacks_pending",
            postgresql_where=sa.text("processed_at IS NULL"),
            sqlite_where=sa.text("processed_at IS NULL"),
        )
    op.drop_table("callbacks")
    op.drop_table("buyer_sums")
    with op.batch_alter_table("audit_log", schema=None) as batch_op:
        batch_op.drop_index("ix_audit_log_at")
    op.drop_table("audit_log")
    with op.batch_alter_table("api_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_api_keys_id")
    op.drop_table("api_keys")
    with op.batch_alter_table("answers", schema=None) as batch_op:
        batch_op.drop_index("ix_answers_begun")
    op.drop_table("answers")
    with op.batch_alter_table("announcements", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_announcements_turn",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
        batch_op.drop_index(
            "ix_announcements_due",
            postgresql_where=sa.text("due_at IS NOT NULL"),
            sqlite_where=sa.text("due_at IS NOT NULL"),
        )
    op.drop_table("announcements")
    op.drop_table("address_rests")
    with op.batch_alter_table("one_time", schema=None) as batch_op:
        batch_op.drop_index("ix_one_time_expires_at")
    op.drop_table("one_time")
