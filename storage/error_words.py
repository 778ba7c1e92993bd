"""What an error of the database tells a log: what was wrong with a row, never what is in it."""

import psycopg
from sqlalchemy.engine import ExceptionContext


def leave_out_the_row(context: ExceptionContext) -> None:
    """Have an error, and what SQLAlchemy makes of it, say its first sentence alone.

    PostgreSQL's details quote the row that was refused, its context a parameter
    (https://www.postgresql.org/docs/current/protocol-error-fields.html).
    """
    error, made_of_it = context.original_exception, context.sqlalchemy_exception
    if not isinstance(error, psycopg.Error):
        return
    before, after = str(error), first_sentence(error)
    error.args = (after,)
    if made_of_it is not None:
        made_of_it.args = (str(made_of_it.args[0]).replace(before, after), *made_of_it.args[1:])


def first_sentence(error: psycopg.Error) -> str:
    """Give what the server names first; all of it where the error is not of the server's."""
    return error.diag.message_primary or str(error)
