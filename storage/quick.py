"""PostgreSQL's own driver, each statement a commit: connections for the hottest of all writes."""

import contextlib
import time
from collections import deque
from collections.abc import Iterator
from typing import Any, cast

import psycopg
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from storage.error_words import first_sentence

ASKED_AFTER = 2.0
"""Seconds; a connection that was just used is not asked if it lives: that is a round trip."""
Driver = psycopg.Connection[Any]


class Quick:
    """As many connections as threads need at once: the one used last is taken first.

    They lie in a stack whose ends need no lock: a pool's cost a tenth of a whole webhook.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        """Opens them; its isolation level is AUTOCOMMIT."""
        self._idle: deque[tuple[Driver, float]] = deque()

    @contextlib.contextmanager
    def connection(self) -> Iterator[Driver]:
        """Lend one; one that fails is closed, its error is SQLAlchemy's `OperationalError`."""
        try:
            driver = self._kept() or self._opened()
        except psycopg.Error as error:
            raise OperationalError(None, None, error) from error
        try:
            yield driver
        except psycopg.Error as error:
            driver.close()
            error.args = (first_sentence(error),)
            raise OperationalError(None, None, error) from error
        finally:
            if not driver.closed:
                self._idle.append((driver, time.monotonic()))

    def close(self) -> None:
        """Close those that nobody has."""
        while self._idle:
            self._idle.pop()[0].close()

    def after_fork(self) -> None:
        """Leave the parent's connections alone: they are only forgotten."""
        for driver, _ in self._idle:
            _forgotten.append(driver)
        self._idle = deque()

    def _kept(self) -> Driver | None:
        while True:
            try:
                driver, used_at = self._idle.pop()
            except IndexError:
                return None
            if time.monotonic() - used_at < ASKED_AFTER or _lives(driver):
                return driver

    def _opened(self) -> Driver:
        pooled = self._engine.raw_connection()
        driver = cast("Driver", pooled.driver_connection)
        pooled.detach()
        return driver


_forgotten: list[Driver] = []
"""Never closed in a child: that would say goodbye for the parent."""


def _lives(driver: Driver) -> bool:
    try:
        driver.execute("")
    except psycopg.Error:
        driver.close()
        return False
    return True
