"""Tables without indexes and constraints while very much is put in, as a large import has them.

What was taken off is put back from PostgreSQL's own words of it, and so checked and built over
every row: faster by far than row by row, and no less honest.
"""

import contextlib
from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, text

# Keys from elsewhere hang on ours: they go first, and come back last.
CONSTRAINTS = text("""
SELECT CAST(conrelid AS regclass)::text AS on_table, quote_ident(conname) AS name,
    pg_get_constraintdef(oid) AS words, contype = 'f' AS is_foreign
FROM pg_constraint WHERE contype IN ('f', 'p', 'u')
    AND (CAST(conrelid AS regclass)::text = ANY (:tables)
        OR CAST(confrelid AS regclass)::text = ANY (:tables))
ORDER BY contype <> 'f', conrelid, conname
""")
INDEXES = text("""
SELECT CAST(indexrelid AS regclass)::text AS name, pg_get_indexdef(indexrelid) AS words
FROM pg_index WHERE CAST(indrelid AS regclass)::text = ANY (:tables)
    AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND contype <> 'f')
ORDER BY indexrelid
""")


@contextlib.contextmanager
def bare(connection: Connection, *tables: str) -> Iterator[None]:
    """Take indexes, keys and triggers off these tables for a while, in the caller's transaction.

    What the triggers mark are days that were added up: there are none yet.
    """
    given = {"tables": list(tables)}
    indexes = connection.execute(INDEXES, given).all()
    constraints = connection.execute(CONSTRAINTS, given).all()
    _run(connection, [f"DROP INDEX {one.name}" for one in indexes])
    _run(connection, [f"ALTER TABLE {one.on_table} DROP CONSTRAINT {one.name}"
                      for one in constraints])  # fmt: skip
    _run(connection, [f"ALTER TABLE {one} DISABLE TRIGGER USER" for one in tables])
    yield
    _run(connection, [f"ALTER TABLE {one} ENABLE TRIGGER USER" for one in tables])
    _run(connection, ["SET LOCAL maintenance_work_mem = '512MB'"])
    _run(connection, [f"ALTER TABLE {one.on_table} ADD CONSTRAINT {one.name} {one.words}"
                      for one in reversed(constraints)])  # fmt: skip
    _run(connection, [one.words for one in indexes])


def _run(connection: Connection, statements: Sequence[str]) -> None:
    for words in statements:
        connection.exec_driver_sql(words)
