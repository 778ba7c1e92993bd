"""Memory: all SQL is here, one file a noun; the store comes first, always.

The floors above get the few names of the SQL library that they must say from here.
"""

from sqlalchemy import Connection, Row
from sqlalchemy.exc import OperationalError as StorageDown
from sqlalchemy.exc import SQLAlchemyError as StorageError

__all__ = ["Connection", "Row", "StorageDown", "StorageError"]
