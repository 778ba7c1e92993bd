"""The first schema: every table of the store's memory.

Revision ID: 0001
Revises:
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.Uuid(as_uuid=False).with_variant(sa.String(36), "sqlite")
JSON = sa.JSON(none_as_null=True).with_variant(postgresql.JSONB(none_as_null=True), "postgresql")
SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
# An aware UTC datetime; in SQLite microseconds since 1970.
TIME = sa.BigInteger().with_variant(postgresql.TIMESTAMP(timezone=True), "postgresql")


def upgrade() -> None:
    op.create_table(
        "batches",
        sa.Column("id", ID, nullable=False),
        sa.Column("verb", sa.String(length=10), nullable=False),
        sa.Column("store_id", ID, nullable=True),
        sa.Column("row_ids", JSON, nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_batches")),
    )
    op.create_table(
        "demo_clock",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("real_at", TIME, nullable=False),
        sa.Column("business_at", TIME, nullable=False),
        sa.Column("speed", sa.Integer(), server_default="1", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_clock")),
    )
    op.create_table(
        "inbox",
        sa.Column("id", SERIAL, nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("store_domain", sa.Text(), nullable=False),
        sa.Column("webhook_id", sa.Text(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Text(), nullable=True),
        sa.Column("triggered_at", TIME, nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("state", sa.String(length=10), server_default="pending", nullable=False),
        sa.Column("deaths", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("processed_at", TIME, nullable=True),
        sa.Column("customer_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_inbox")),
        sa.UniqueConstraint(
            "platform",
            "store_domain",
            "webhook_id",
            name=op.f("uq_inbox_platform_store_domain_webhook_id"),
        ),
    )
    op.create_index(
        "ix_inbox_bodies",
        "inbox",
        ["processed_at"],
        unique=False,
        postgresql_where=sa.text("processed_at IS NOT NULL AND body IS NOT NULL"),
        sqlite_where=sa.text("processed_at IS NOT NULL AND body IS NOT NULL"),
    )
    op.create_index("ix_inbox_customer", "inbox", ["store_domain", "customer_id"], unique=False)
    op.create_index(
        "ix_inbox_pending",
        "inbox",
        ["id"],
        unique=False,
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lease_until", TIME, nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_leases")),
    )
    op.create_table(
        "stores",
        sa.Column("id", ID, nullable=False),
        sa.Column("platform", sa.String(length=20), nullable=False),
        sa.Column("domain", sa.Text(), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), server_default="USD", nullable=False),
        sa.Column("timezone", sa.Text(), server_default="UTC", nullable=False),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("locale", sa.Text(), server_default="en", nullable=False),
        sa.Column("storefront_url", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("public_key", sa.Text(), nullable=False),
        sa.Column("settings", JSON, server_default="{}", nullable=False),
        sa.Column("scopes", JSON, server_default="[]", nullable=False),
        sa.Column("install_epoch", sa.Integer(), server_default="1", nullable=False),
        sa.Column("installed_at", TIME, nullable=False),
        sa.Column("uninstalled_at", TIME, nullable=True),
        sa.Column("cart_idle_seconds", sa.Integer(), nullable=True),
        sa.Column("paused_channels", JSON, server_default="{}", nullable=False),
        sa.Column("is_paused", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("updated_at", TIME, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stores")),
        sa.UniqueConstraint("platform", "domain", name=op.f("uq_stores_platform_domain")),
        sa.UniqueConstraint("public_key", name=op.f("uq_stores_public_key")),
    )
    op.create_index(
        "ix_stores_paused",
        "stores",
        ["id"],
        unique=False,
        postgresql_where=sa.text("is_paused"),
        sqlite_where=sa.text("is_paused"),
    )
    op.create_table(
        "attempts",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.Column("outcome", sa.String(length=12), nullable=True),
        sa.Column("response", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_attempts_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "message_id", "number", name=op.f("pk_attempts")),
    )
    op.create_table(
        "codes",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("percent", sa.Integer(), nullable=False),
        sa.Column("starts_at", TIME, nullable=False),
        sa.Column("ends_at", TIME, nullable=False),
        sa.Column("needed_by", TIME, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("retry_at", TIME, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("redeemed_order_id", ID, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_codes_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_codes")),
        sa.UniqueConstraint("store_id", "code", name=op.f("uq_codes_store_id_code")),
        sa.UniqueConstraint(
            "store_id",
            "enrollment_id",
            "step_id",
            name=op.f("uq_codes_store_id_enrollment_id_step_id"),
        ),
    )
    op.create_index(
        "ix_codes_due",
        "codes",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'creating')"),
        sqlite_where=sa.text("state IN ('pending', 'creating')"),
    )
    op.create_index(
        "ix_codes_turn",
        "codes",
        ["store_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'creating')"),
        sqlite_where=sa.text("state IN ('pending', 'creating')"),
    )
    op.create_table(
        "credentials",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("access_token", sa.Text(), nullable=True),
        sa.Column("refresh_token", sa.Text(), nullable=True),
        sa.Column("access_expires_at", TIME, nullable=True),
        sa.Column("refresh_expires_at", TIME, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refused_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_credentials_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", name=op.f("pk_credentials")),
    )
    op.create_table(
        "customers",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=True),
        sa.Column("email", sa.Text(), nullable=True),
        sa.Column("email_key", sa.Text(), nullable=True),
        sa.Column("phone", sa.Text(), nullable=True),
        sa.Column("first_name", sa.Text(), nullable=True),
        sa.Column("last_name", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("timezone", sa.Text(), nullable=True),
        sa.Column("tags", JSON, server_default="[]", nullable=False),
        sa.Column("properties", JSON, server_default="{}", nullable=False),
        sa.Column("email_consent", sa.String(length=20), nullable=True),
        sa.Column("email_consent_source", sa.String(length=20), nullable=True),
        sa.Column("email_consent_at", TIME, nullable=True),
        sa.Column("sms_consent", sa.String(length=20), nullable=True),
        sa.Column("sms_consent_source", sa.String(length=20), nullable=True),
        sa.Column("sms_consent_at", TIME, nullable=True),
        sa.Column("is_staff", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("orders_count", sa.Integer(), server_default="0", nullable=False),
        sa.Column("spent", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("platform_orders_count", sa.Integer(), nullable=True),
        sa.Column("platform_spent", sa.BigInteger(), nullable=True),
        sa.Column("first_order_at", TIME, nullable=True),
        sa.Column("last_order_at", TIME, nullable=True),
        sa.Column("last_email_at", TIME, nullable=True),
        sa.Column("last_sms_at", TIME, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("erased_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_customers_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_customers")),
        sa.UniqueConstraint("store_id", "email_key", name=op.f("uq_customers_store_id_email_key")),
        sa.UniqueConstraint(
            "store_id", "external_id", name=op.f("uq_customers_store_id_external_id")
        ),
    )
    op.create_index(
        "ix_customers_buyers",
        "customers",
        ["store_id", "first_order_at", "orders_count", "spent"],
        unique=False,
        postgresql_where=sa.text("first_order_at IS NOT NULL"),
        sqlite_where=sa.text("first_order_at IS NOT NULL"),
    )
    op.create_index("ix_customers_created", "customers", ["store_id", "created_at"], unique=False)
    op.create_index("ix_customers_phone", "customers", ["store_id", "phone"], unique=False)
    op.create_table(
        "events",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column("data", JSON, server_default="{}", nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_events_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "occurred_at", "id", name=op.f("pk_events")),
        sa.UniqueConstraint(
            "store_id",
            "dedupe_key",
            "occurred_at",
            name=op.f("uq_events_store_id_dedupe_key_occurred_at"),
        ),
    )
    op.create_index(
        "ix_events_customer", "events", ["store_id", "customer_id", "occurred_at"], unique=False
    )
    op.create_index("ix_events_name", "events", ["store_id", "name", "occurred_at"], unique=False)
    op.create_table(
        "flows",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("recipe", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=10), nullable=False),
        sa.Column("trigger_event", sa.String(length=40), nullable=False),
        sa.Column("draft", JSON, nullable=False),
        sa.Column("live_version_id", ID, nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_flows_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_flows")),
        sa.UniqueConstraint("store_id", "recipe", name=op.f("uq_flows_store_id_recipe")),
    )
    op.create_table(
        "hits",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("user_agent", sa.Text(), nullable=True),
        sa.Column("occurred_at", TIME, nullable=False),
        sa.Column("is_machine", sa.Boolean(), nullable=True),
        sa.Column("processed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_hits_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_hits")),
    )
    op.create_index("ix_hits_message", "hits", ["store_id", "message_id"], unique=False)
    op.create_index(
        "ix_hits_pending",
        "hits",
        ["occurred_at"],
        unique=False,
        postgresql_where=sa.text("processed_at IS NULL"),
        sqlite_where=sa.text("processed_at IS NULL"),
    )
    op.create_table(
        "imports",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("noun", sa.String(length=10), nullable=False),
        sa.Column("install_epoch", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Text(), nullable=True),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("total", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("started_at", TIME, nullable=True),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_imports_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "noun", name=op.f("pk_imports")),
    )
    op.create_table(
        "outbox",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", JSON, nullable=False),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_outbox_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("store_id", "kind", "key", name=op.f("uq_outbox_store_id_kind_key")),
    )
    op.create_index(
        "ix_outbox_due",
        "outbox",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('pending', 'running')"),
        sqlite_where=sa.text("state IN ('pending', 'running')"),
    )
    op.create_table(
        "privacy_requests",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("request_id", sa.Text(), nullable=False),
        sa.Column("subject_hash", sa.String(length=64), nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("receipt", JSON, server_default="{}", nullable=False),
        sa.Column("requested_at", TIME, nullable=False),
        sa.Column("finished_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_privacy_requests_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_privacy_requests")),
        sa.UniqueConstraint(
            "store_id",
            "kind",
            "request_id",
            name=op.f("uq_privacy_requests_store_id_kind_request_id"),
        ),
    )
    op.create_table(
        "products",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=True),
        sa.Column("image_url", sa.Text(), nullable=True),
        sa.Column("product_type", sa.Text(), nullable=True),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("status", sa.String(length=20), nullable=False),
        sa.Column("tags", JSON, server_default="[]", nullable=False),
        sa.Column("variants", JSON, server_default="[]", nullable=False),
        sa.Column("created_at", TIME, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_products_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "external_id", name=op.f("pk_products")),
    )
    op.create_table(
        "suppressions",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("address_hash", sa.String(length=64), nullable=False),
        sa.Column("scope", sa.String(length=10), nullable=False),
        sa.Column("reason", sa.String(length=20), nullable=False),
        sa.Column("source", sa.String(length=20), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_suppressions_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint(
            "store_id", "channel", "address_hash", name=op.f("pk_suppressions")
        ),
    )
    op.create_table(
        "carts",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("cart_token", sa.Text(), nullable=True),
        sa.Column("checkout_id", sa.Text(), nullable=True),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("store_currency", sa.String(length=3), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("store_total", sa.BigInteger(), nullable=False),
        sa.Column("recovery_url", sa.Text(), nullable=True),
        sa.Column("locale", sa.Text(), nullable=True),
        sa.Column("country", sa.String(length=2), nullable=True),
        sa.Column("discount_codes", JSON, server_default="[]", nullable=False),
        sa.Column("counts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("arrived_at", TIME, nullable=False),
        sa.Column("completed_at", TIME, nullable=True),
        sa.Column("closed_at", TIME, nullable=True),
        sa.Column("deleted_at", TIME, nullable=True),
        sa.Column("idle_at", TIME, nullable=True),
        sa.Column("abandoned_at", TIME, nullable=True),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("recovered_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customers.store_id", "customers.id"],
            name=op.f("fk_carts_store_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_carts_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_carts")),
        sa.UniqueConstraint("store_id", "external_id", name=op.f("uq_carts_store_id_external_id")),
    )
    op.create_index(
        "ix_carts_abandoned",
        "carts",
        ["store_id", "abandoned_at"],
        unique=False,
        postgresql_where=sa.text("abandoned_at IS NOT NULL"),
        sqlite_where=sa.text("abandoned_at IS NOT NULL"),
    )
    op.create_index("ix_carts_checkout", "carts", ["store_id", "checkout_id"], unique=False)
    op.create_index(
        "ix_carts_customer", "carts", ["store_id", "customer_id", "updated_at"], unique=False
    )
    op.create_index(
        "ix_carts_idle",
        "carts",
        ["idle_at"],
        unique=False,
        postgresql_where=sa.text("idle_at IS NOT NULL"),
        sqlite_where=sa.text("idle_at IS NOT NULL"),
    )
    op.create_index("ix_carts_token", "carts", ["store_id", "cart_token"], unique=False)
    op.create_index(
        "ix_carts_turn",
        "carts",
        ["store_id", "idle_at"],
        unique=False,
        postgresql_where=sa.text("idle_at IS NOT NULL"),
        sqlite_where=sa.text("idle_at IS NOT NULL"),
    )
    op.create_table(
        "enrollments",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("trigger_key", sa.Text(), nullable=False),
        sa.Column("cart_id", ID, nullable=True),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("state", sa.String(length=10), nullable=False),
        sa.Column("step_id", sa.Text(), nullable=True),
        sa.Column("waiting_until", TIME, nullable=True),
        sa.Column("due_at", TIME, nullable=True),
        sa.Column("anchor_at", TIME, nullable=False),
        sa.Column("entered_at", TIME, nullable=False),
        sa.Column("ended_at", TIME, nullable=True),
        sa.Column("end_reason", sa.String(length=30), nullable=True),
        sa.Column("choices", JSON, server_default="{}", nullable=False),
        sa.Column("deaths", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customers.store_id", "customers.id"],
            name=op.f("fk_enrollments_store_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id", "flow_id"],
            ["flows.store_id", "flows.id"],
            name=op.f("fk_enrollments_store_id_flow_id_flows"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_enrollments_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_enrollments")),
        sa.UniqueConstraint(
            "store_id",
            "flow_id",
            "customer_id",
            "trigger_key",
            name=op.f("uq_enrollments_store_id_flow_id_customer_id_trigger_key"),
        ),
    )
    op.create_index(
        "ix_enrollments_alone",
        "enrollments",
        ["store_id"],
        unique=False,
        postgresql_where=sa.text("state = 'active' AND alone"),
        sqlite_where=sa.text("state = 'active' AND alone"),
    )
    op.create_index(
        "ix_enrollments_customer", "enrollments", ["store_id", "customer_id", "state"], unique=False
    )
    op.create_index(
        "ix_enrollments_dead",
        "enrollments",
        ["store_id"],
        unique=False,
        postgresql_where=sa.text("state = 'dead'"),
        sqlite_where=sa.text("state = 'dead'"),
    )
    op.create_index(
        "ix_enrollments_due",
        "enrollments",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_enrollments_flow", "enrollments", ["store_id", "flow_id", "entered_at"], unique=False
    )
    op.create_index(
        "ix_enrollments_turn",
        "enrollments",
        ["store_id", "due_at"],
        unique=False,
        postgresql_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
    )
    op.create_index(
        "ix_enrollments_waiting",
        "enrollments",
        ["store_id", "flow_id", "step_id"],
        unique=False,
        postgresql_where=sa.text("state = 'active'"),
        sqlite_where=sa.text("state = 'active'"),
    )
    op.create_table(
        "flow_versions",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document", JSON, nullable=False),
        sa.Column("templates", JSON, nullable=False),
        sa.Column("published_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "flow_id"],
            ["flows.store_id", "flows.id"],
            name=op.f("fk_flow_versions_store_id_flow_id_flows"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_flow_versions_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_flow_versions")),
        sa.UniqueConstraint(
            "store_id", "flow_id", "number", name=op.f("uq_flow_versions_store_id_flow_id_number")
        ),
    )
    op.create_table(
        "orders",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=True),
        sa.Column("cart_id", ID, nullable=True),
        sa.Column("cart_token", sa.Text(), nullable=True),
        sa.Column("checkout_token", sa.Text(), nullable=True),
        sa.Column("currency", sa.String(length=3), nullable=False),
        sa.Column("store_currency", sa.String(length=3), nullable=False),
        sa.Column("items", JSON, nullable=False),
        sa.Column("subtotal", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("store_total", sa.BigInteger(), nullable=False),
        sa.Column("store_refunded", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("refunds", JSON, server_default="{}", nullable=False),
        sa.Column("discount_codes", JSON, server_default="[]", nullable=False),
        sa.Column("source", sa.Text(), server_default="web", nullable=False),
        sa.Column("counts", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("placed_at", TIME, nullable=False),
        sa.Column("paid_at", TIME, nullable=True),
        sa.Column("fulfilled_at", TIME, nullable=True),
        sa.Column("cancelled_at", TIME, nullable=True),
        sa.Column("updated_at", TIME, nullable=False),
        sa.Column("status_url", sa.Text(), nullable=True),
        sa.Column("imported", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "customer_id"],
            ["customers.store_id", "customers.id"],
            name=op.f("fk_orders_store_id_customer_id_customers"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"], ["stores.id"], name=op.f("fk_orders_store_id_stores"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_orders")),
        sa.UniqueConstraint("store_id", "external_id", name=op.f("uq_orders_store_id_external_id")),
    )
    op.create_index("ix_orders_cart_token", "orders", ["store_id", "cart_token"], unique=False)
    op.create_index("ix_orders_checkout", "orders", ["store_id", "checkout_token"], unique=False)
    op.create_index(
        "ix_orders_customer", "orders", ["store_id", "customer_id", "placed_at"], unique=False
    )
    op.create_index(
        "ix_orders_foreign",
        "orders",
        ["store_id", "currency", "placed_at"],
        unique=False,
        postgresql_where=sa.text("currency <> store_currency"),
        sqlite_where=sa.text("currency <> store_currency"),
    )
    op.create_index("ix_orders_placed", "orders", ["store_id", "placed_at"], unique=False)
    op.create_table(
        "attributions",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("order_id", ID, nullable=False),
        sa.Column("message_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("kind", sa.String(length=6), nullable=False),
        sa.Column("touched_at", TIME, nullable=False),
        sa.Column("credited_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["store_id", "order_id"],
            ["orders.store_id", "orders.id"],
            name=op.f("fk_attributions_store_id_order_id_orders"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_attributions_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "order_id", name=op.f("pk_attributions")),
    )
    op.create_index(
        "ix_attributions_credited", "attributions", ["store_id", "credited_at"], unique=False
    )
    op.create_index(
        "ix_attributions_flow", "attributions", ["store_id", "flow_id", "step_id"], unique=False
    )
    op.create_index(
        "ix_attributions_message", "attributions", ["store_id", "message_id"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("store_id", ID, nullable=False),
        sa.Column("id", ID, nullable=False),
        sa.Column("enrollment_id", ID, nullable=False),
        sa.Column("flow_id", ID, nullable=False),
        sa.Column("version_id", ID, nullable=False),
        sa.Column("step_id", sa.Text(), nullable=False),
        sa.Column("occurrence", sa.Integer(), server_default="0", nullable=False),
        sa.Column("customer_id", ID, nullable=False),
        sa.Column("cart_id", ID, nullable=True),
        sa.Column("order_id", ID, nullable=True),
        sa.Column("code_id", ID, nullable=True),
        sa.Column("channel", sa.String(length=12), nullable=False),
        sa.Column("kind", sa.String(length=15), nullable=False),
        sa.Column("state", sa.String(length=14), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("due_at", TIME, nullable=False),
        sa.Column("not_before", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("deaths", sa.Integer(), server_default="0", nullable=False),
        sa.Column("alone", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("retry_at", TIME, nullable=True),
        sa.Column("lease_owner", sa.Text(), nullable=True),
        sa.Column("lease_until", TIME, nullable=True),
        sa.Column("fence", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("reconcile_at", TIME, nullable=True),
        sa.Column("rfc_message_id", sa.Text(), nullable=False),
        sa.Column("provider", sa.String(length=20), nullable=True),
        sa.Column("provider_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=True),
        sa.Column("offers_code", sa.Boolean(), nullable=True),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("sent_at", TIME, nullable=True),
        sa.Column("delivered_at", TIME, nullable=True),
        sa.Column("opened_at", TIME, nullable=True),
        sa.Column("clicked_at", TIME, nullable=True),
        sa.Column("unsubscribed_at", TIME, nullable=True),
        sa.ForeignKeyConstraint(
            ["store_id", "enrollment_id"],
            ["enrollments.store_id", "enrollments.id"],
            name=op.f("fk_messages_store_id_enrollment_id_enrollments"),
        ),
        sa.ForeignKeyConstraint(
            ["store_id"],
            ["stores.id"],
            name=op.f("fk_messages_store_id_stores"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("store_id", "id", name=op.f("pk_messages")),
        sa.UniqueConstraint(
            "store_id",
            "enrollment_id",
            "step_id",
            "occurrence",
            name=op.f("uq_messages_store_id_enrollment_id_step_id_occurrence"),
        ),
    )
    op.create_index(
        "ix_messages_alone",
        "messages",
        ["store_id"],
        unique=False,
        postgresql_where=sa.text("state = 'due' AND alone"),
        sqlite_where=sa.text("state = 'due' AND alone"),
    )
    op.create_index(
        "ix_messages_customer", "messages", ["store_id", "customer_id", "due_at"], unique=False
    )
    op.create_index(
        "ix_messages_due",
        "messages",
        ["not_before"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
        sqlite_where=sa.text("state = 'due'"),
    )
    op.create_index("ix_messages_flow", "messages", ["store_id", "flow_id", "due_at"], unique=False)
    op.create_index(
        "ix_messages_held",
        "messages",
        ["store_id"],
        unique=False,
        postgresql_where=sa.text("state = 'held'"),
        sqlite_where=sa.text("state = 'held'"),
    )
    op.create_index(
        "ix_messages_leased",
        "messages",
        ["lease_until"],
        unique=False,
        postgresql_where=sa.text("state IN ('claimed', 'handing_over')"),
        sqlite_where=sa.text("state IN ('claimed', 'handing_over')"),
    )
    op.create_index(
        "ix_messages_provider",
        "messages",
        ["store_id", "provider", "provider_id"],
        unique=True,
        postgresql_where=sa.text("provider_id IS NOT NULL"),
        sqlite_where=sa.text("provider_id IS NOT NULL"),
    )
    op.create_index(
        "ix_messages_retry",
        "messages",
        ["retry_at"],
        unique=False,
        postgresql_where=sa.text("state = 'retry_wait'"),
        sqlite_where=sa.text("state = 'retry_wait'"),
    )
    op.create_index("ix_messages_sent", "messages", ["store_id", "sent_at"], unique=False)
    op.create_index(
        "ix_messages_troubled",
        "messages",
        ["store_id", "state", "due_at"],
        unique=False,
        postgresql_where=sa.text("state IN ('unknown', 'dead', 'held', 'failed')"),
        sqlite_where=sa.text("state IN ('unknown', 'dead', 'held', 'failed')"),
    )
    op.create_index(
        "ix_messages_turn",
        "messages",
        ["store_id", "not_before"],
        unique=False,
        postgresql_where=sa.text("state = 'due'"),
        sqlite_where=sa.text("state = 'due'"),
    )
    op.create_index(
        "ix_messages_unknown",
        "messages",
        ["reconcile_at"],
        unique=False,
        postgresql_where=sa.text("state = 'unknown'"),
        sqlite_where=sa.text("state = 'unknown'"),
    )


def downgrade() -> None:
    op.drop_index(
        "ix_messages_unknown",
        table_name="messages",
        postgresql_where=sa.text("state = 'unknown'"),
        sqlite_where=sa.text("state = 'unknown'"),
    )
    op.drop_index(
        "ix_messages_turn",
        table_name="messages",
        postgresql_where=sa.text("state = 'due'"),
        sqlite_where=sa.text("state = 'due'"),
    )
    op.drop_index(
        "ix_messages_troubled",
        table_name="messages",
        postgresql_where=sa.text("state IN ('unknown', 'dead', 'held', 'failed')"),
        sqlite_where=sa.text("state IN ('unknown', 'dead', 'held', 'failed')"),
    )
    op.drop_index("ix_messages_sent", table_name="messages")
    op.drop_index(
        "ix_messages_retry",
        table_name="messages",
        postgresql_where=sa.text("state = 'retry_wait'"),
        sqlite_where=sa.text("state = 'retry_wait'"),
    )
    op.drop_index(
        "ix_messages_provider",
        table_name="messages",
        postgresql_where=sa.text("provider_id IS NOT NULL"),
        sqlite_where=sa.text("provider_id IS NOT NULL"),
    )
    op.drop_index(
        "ix_messages_leased",
        table_name="messages",
        postgresql_where=sa.text("state IN ('claimed', 'handing_over')"),
        sqlite_where=sa.text("state IN ('claimed', 'handing_over')"),
    )
    op.drop_index(
        "ix_messages_held",
        table_name="messages",
        postgresql_where=sa.text("state = 'held'"),
        sqlite_where=sa.text("state = 'held'"),
    )
    op.drop_index("ix_messages_flow", table_name="messages")
    op.drop_index(
        "ix_messages_due",
        table_name="messages",
        postgresql_where=sa.text("state = 'due'"),
        sqlite_where=sa.text("state = 'due'"),
    )
    op.drop_index("ix_messages_customer", table_name="messages")
    op.drop_index(
        "ix_messages_alone",
        table_name="messages",
        postgresql_where=sa.text("state = 'due' AND alone"),
        sqlite_where=sa.text("state = 'due' AND alone"),
    )
    op.drop_table("messages")
    op.drop_index("ix_attributions_message", table_name="attributions")
    op.drop_index("ix_attributions_flow", table_name="attributions")
    op.drop_index("ix_attributions_credited", table_name="attributions")
    op.drop_table("attributions")
    op.drop_index("ix_orders_placed", table_name="orders")
    op.drop_index(
        "ix_orders_foreign",
        table_name="orders",
        postgresql_where=sa.text("currency <> store_currency"),
        sqlite_where=sa.text("currency <> store_currency"),
    )
    op.drop_index("ix_orders_customer", table_name="orders")
    op.drop_index("ix_orders_checkout", table_name="orders")
    op.drop_index("ix_orders_cart_token", table_name="orders")
    op.drop_table("orders")
    op.drop_table("flow_versions")
    op.drop_index(
        "ix_enrollments_waiting",
        table_name="enrollments",
        postgresql_where=sa.text("state = 'active'"),
        sqlite_where=sa.text("state = 'active'"),
    )
    op.drop_index(
        "ix_enrollments_turn",
        table_name="enrollments",
        postgresql_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
    )
    op.drop_index("ix_enrollments_flow", table_name="enrollments")
    op.drop_index(
        "ix_enrollments_due",
        table_name="enrollments",
        postgresql_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
        sqlite_where=sa.text("state = 'active' AND due_at IS NOT NULL"),
    )
    op.drop_index(
        "ix_enrollments_dead",
        table_name="enrollments",
        postgresql_where=sa.text("state = 'dead'"),
        sqlite_where=sa.text("state = 'dead'"),
    )
    op.drop_index("ix_enrollments_customer", table_name="enrollments")
    op.drop_index(
        "ix_enrollments_alone",
        table_name="enrollments",
        postgresql_where=sa.text("state = 'active' AND alone"),
        sqlite_where=sa.text("state = 'active' AND alone"),
    )
    op.drop_table("enrollments")
    op.drop_index(
        "ix_carts_turn",
        table_name="carts",
        postgresql_where=sa.text("idle_at IS NOT NULL"),
        sqlite_where=sa.text("idle_at IS NOT NULL"),
    )
    op.drop_index("ix_carts_token", table_name="carts")
    op.drop_index(
        "ix_carts_idle",
        table_name="carts",
        postgresql_where=sa.text("idle_at IS NOT NULL"),
        sqlite_where=sa.text("idle_at IS NOT NULL"),
    )
    op.drop_index("ix_carts_customer", table_name="carts")
    op.drop_index("ix_carts_checkout", table_name="carts")
    op.drop_index(
        "ix_carts_abandoned",
        table_name="carts",
        postgresql_where=sa.text("abandoned_at IS NOT NULL"),
        sqlite_where=sa.text("abandoned_at IS NOT NULL"),
    )
    op.drop_table("carts")
    op.drop_table("suppressions")
    op.drop_table("products")
    op.drop_table("privacy_requests")
    op.drop_index(
        "ix_outbox_due",
        table_name="outbox",
        postgresql_where=sa.text("state IN ('pending', 'running')"),
        sqlite_where=sa.text("state IN ('pending', 'running')"),
    )
    op.drop_table("outbox")
    op.drop_table("imports")
    op.drop_index(
        "ix_hits_pending",
        table_name="hits",
        postgresql_where=sa.text("processed_at IS NULL"),
        sqlite_where=sa.text("processed_at IS NULL"),
    )
    op.drop_index("ix_hits_message", table_name="hits")
    op.drop_table("hits")
    op.drop_table("flows")
    op.drop_index("ix_events_name", table_name="events")
    op.drop_index("ix_events_customer", table_name="events")
    op.drop_table("events")
    op.drop_index("ix_customers_phone", table_name="customers")
    op.drop_index("ix_customers_created", table_name="customers")
    op.drop_index(
        "ix_customers_buyers",
        table_name="customers",
        postgresql_where=sa.text("first_order_at IS NOT NULL"),
        sqlite_where=sa.text("first_order_at IS NOT NULL"),
    )
    op.drop_table("customers")
    op.drop_table("credentials")
    op.drop_index(
        "ix_codes_turn",
        table_name="codes",
        postgresql_where=sa.text("state IN ('pending', 'creating')"),
        sqlite_where=sa.text("state IN ('pending', 'creating')"),
    )
    op.drop_index(
        "ix_codes_due",
        table_name="codes",
        postgresql_where=sa.text("state IN ('pending', 'creating')"),
        sqlite_where=sa.text("state IN ('pending', 'creating')"),
    )
    op.drop_table("codes")
    op.drop_table("attempts")
    op.drop_index(
        "ix_stores_paused",
        table_name="stores",
        postgresql_where=sa.text("is_paused"),
        sqlite_where=sa.text("is_paused"),
    )
    op.drop_table("stores")
    op.drop_table("leases")
    op.drop_index(
        "ix_inbox_pending",
        table_name="inbox",
        postgresql_where=sa.text("state = 'pending'"),
        sqlite_where=sa.text("state = 'pending'"),
    )
    op.drop_index("ix_inbox_customer", table_name="inbox")
    op.drop_index(
        "ix_inbox_bodies",
        table_name="inbox",
        postgresql_where=sa.text("processed_at IS NOT NULL AND body IS NOT NULL"),
        sqlite_where=sa.text("processed_at IS NOT NULL AND body IS NOT NULL"),
    )
    op.drop_table("inbox")
    op.drop_table("demo_clock")
    op.drop_table("batches")
