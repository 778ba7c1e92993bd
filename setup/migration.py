"""`python -m setup.migration`: write migration 0002 anew from what the schema adds to 0001.

Until 0002 is released it is one file that is written over; afterwards the numbers here move on.
"""

import re
import tempfile
from pathlib import Path
from typing import Any

from alembic import command
from alembic.autogenerate import api, produce_migrations, render_python_code
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import JSON, Uuid, create_engine

from storage.schema import UtcTime, metadata

BEFORE, REVISION = "0001", "0002"
FOLDER = Path(__file__).parents[1] / "storage" / "migrations"
FILE = FOLDER / "versions" / "0002_flows_and_segments.py"
HEAD = '''"""What flows, segments, campaigns, the pixel and the public door keep.

Revision ID: {revision}
Revises: {before}
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "{revision}"
down_revision = "{before}"
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
WORDS = {{
    "postgresql": {{
        "lines": "jsonb_array_elements(o.items)",
        "product": "line ->> 'product_id'",
        "price": "CAST(line ->> 'store_price' AS BIGINT)",
        "pieces": "CAST(line ->> 'quantity' AS BIGINT)",
    }},
    "sqlite": {{
        "lines": "json_each(o.items)",
        "product": "json_extract(line.value, '$.product_id')",
        "price": "json_extract(line.value, '$.store_price')",
        "pieces": "json_extract(line.value, '$.quantity')",
    }},
}}

# Past days that are added up (`storage.day_sums`): whatever writes to one leaves a mark,
# of some tables only the rows that count.
MARKED = (
    ("sent", "messages", "sent_at", None,
     ("sent_at", "state", "opened_at", "clicked_at", "unsubscribed_at", "flow_id", "step_id",
      "channel")),
    ("entered", "enrollments", "entered_at", None, ("entered_at", "flow_id", "version_id")),
    ("ended", "enrollments", "entered_at", "state <> 'active'",
     ("entered_at", "flow_id", "version_id", "step_id", "state", "end_reason", "choices")),
    ("ordered", "orders", "placed_at", None,
     ("placed_at", "counts", "cancelled_at", "store_total", "store_refunded", "customer_id")),
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
    given = {{"id": made, "no": "0" if is_lite else "false"}}
    unlike = " OR ".join(f"OLD.{{one}} IS DISTINCT FROM NEW.{{one}}" for one in BUYS)
    words = []
    for verb, rows, when in (
        ("INSERT", ("NEW",), "NEW.first_order_at IS NOT NULL"),
        (f"UPDATE OF {{', '.join(BUYS)}}", ("OLD", "NEW"), unlike),
        ("DELETE", ("OLD",), "OLD.first_order_at IS NOT NULL"),
    ):
        name = f"tell_buyers_{{verb.split()[0].lower()}}"
        signs = {{"NEW": "", "OLD": "-"}}
        told = "".join(TOLD % {{**given, "row": row, "sign": signs[row]}} for row in rows)
        on = f"AFTER {{verb}} ON customers FOR EACH ROW WHEN ({{when}})"
        if is_lite:
            words.append(f"CREATE TRIGGER {{name}} {{on}} BEGIN {{told}} END")
        else:
            body = f"BEGIN {{told}} RETURN NULL; END"
            head = f"CREATE FUNCTION {{name}}() RETURNS trigger LANGUAGE plpgsql"
            words.append(f"{{head}} AS $$ {{body}} $$")
            words.append(f"CREATE TRIGGER {{name}} {{on}} EXECUTE FUNCTION {{name}}()")
    return words


def triggers(dialect: str) -> list[str]:
    """Give the statements that have every write to a day leave its mark."""
    is_lite = dialect == "sqlite"
    words = [] if is_lite else [MARK]
    for noun, table, at, only, columns in MARKED:
        counts = f"{{at}} IS NOT NULL" if only is None else only
        given = {{"noun": noun, "at": at}}
        if not is_lite:
            words.append(MARK_ROW % given)
        unlike = " OR ".join(f"OLD.{{one}} IS DISTINCT FROM NEW.{{one}}" for one in columns)
        for verb, rows, when in (
            ("INSERT", ("NEW",), f"NEW.{{counts}}"),
            (f"UPDATE OF {{', '.join(columns)}}", ("OLD", "NEW"),
             f"(OLD.{{counts}} OR NEW.{{counts}}) AND ({{unlike}})"),
            ("DELETE", ("OLD",), f"OLD.{{counts}}"),
        ):
            name = f"mark_{{noun}}_{{verb.split()[0].lower()}}"
            marks = "".join(LITE_MARK % {{**given, "row": row}} for row in rows)
            does = f"BEGIN {{marks}} END" if is_lite else f"EXECUTE FUNCTION mark_{{noun}}()"
            on = f"AFTER {{verb}} ON {{table}} FOR EACH ROW WHEN ({{when}})"
            words.append(f"CREATE TRIGGER {{name}} {{on}} {{does}}")
    return words


def upgrade() -> None:
    {up}
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
        op.execute(f"DROP TRIGGER tell_buyers_{{verb}}{{on}}")
        if on:
            op.execute(f"DROP FUNCTION tell_buyers_{{verb}}")
    for noun, table, *_ in MARKED:
        for verb in ("insert", "update", "delete"):
            on = "" if op.get_bind().dialect.name == "sqlite" else f" ON {{table}}"
            op.execute(f"DROP TRIGGER mark_{{noun}}_{{verb}}{{on}}")
        if on:
            op.execute(f"DROP FUNCTION mark_{{noun}}")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION mark_day")
    {down}
'''


def main() -> None:
    """Write the file; `ruff format` is the caller's."""
    FILE.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{folder}/before.db")
        with engine.begin() as connection:
            config = Config()
            config.set_main_option("script_location", str(FOLDER))
            config.attributes["connection"] = connection
            command.upgrade(config, BEFORE)
            context = MigrationContext.configure(connection, opts={"compare_type": False})
            script = produce_migrations(context, metadata)
    up, down = (_code(part) for part in (script.upgrade_ops, script.downgrade_ops))
    FILE.write_text(HEAD.format(revision=REVISION, before=BEFORE, up=up, down=down))


def _code(operations: Any) -> str:
    code = render_python_code(operations, render_as_batch=True, render_item=_type)
    lines = [line for line in code.splitlines() if not line.strip().startswith("#")]
    return re.sub(r"\n+", "\n", "\n".join(lines)).strip() or "pass"


def _type(kind: str, item: Any, _: api.AutogenContext) -> str | bool:
    """Name our own types as the file's head does."""
    if kind != "type":
        return False
    names = {UtcTime: "TIME", Uuid: "ID", JSON: "JSON"}
    return next((name for known, name in names.items() if isinstance(item, known)), False)


if __name__ == "__main__":
    main()
