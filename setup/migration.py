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


def upgrade() -> None:
    {up}
    op.execute(BOUGHT % WORDS[op.get_bind().dialect.name])
    # Their next news folds accents, too.
    op.execute("UPDATE customers SET first_key = lower(first_name), last_key = lower(last_name)")


def downgrade() -> None:
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
