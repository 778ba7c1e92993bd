"""Conversations of the website chat: what is cleared away of them, when, and what stays."""

from datetime import timedelta

import pytest

from jobs import reap
from storage import privacy, schema, webchat
from storage.webchat import KEEP_LINES, KEEP_SILENT, VISITOR, Line
from tests.jobs.stage import MINUTE, Stage


def begun(stage: Stage, store_id: str | None = None) -> str:
    store_id = store_id or stage.store_id
    return stage.database.write(lambda c: webchat.begin(c, store_id, stage.now))


def said(stage: Stage, visitor: str, text: str, store_id: str | None = None) -> int | None:
    line = Line(f"said:{text}", VISITOR, {"text": text})
    whose = store_id or stage.store_id
    return stage.database.write(lambda c: webchat.put(c, whose, visitor, line, stage.now))


def later(stage: Stage, by: timedelta) -> None:
    stage.pass_time(by)
    reap.sweep(stage.runtime)


def visitors(stage: Stage) -> list[str]:
    return [row.id for row in stage.rows(schema.webchat_visitors)]


def texts(stage: Stage, visitor: str) -> list[tuple[int, str]]:
    rows = stage.rows(schema.webchat_lines, visitor=visitor)
    return [(row.number, row.said["text"]) for row in rows]


def test_a_conversation_that_never_began_is_cleared_away_and_one_that_did_is_not(
    stage: Stage,
) -> None:
    silent, writer = begun(stage), begun(stage)
    said(stage, writer, "Hello")
    later(stage, KEEP_SILENT - MINUTE)
    assert sorted(visitors(stage)) == sorted([silent, writer])
    later(stage, 2 * MINUTE)
    assert visitors(stage) == [writer]
    assert said(stage, silent, "Anybody?") is None, "the browser begins anew"


def test_a_conversation_goes_whole_a_while_after_its_last_line(stage: Stage) -> None:
    old, theirs = begun(stage), begun(stage, stage.stranger_id)
    said(stage, old, "Hello")
    said(stage, theirs, "Hello", stage.stranger_id)
    later(stage, KEEP_LINES - MINUTE)
    said(stage, theirs, "Still there?", stage.stranger_id)
    assert texts(stage, old) == [(1, "Hello")]
    later(stage, 2 * MINUTE)
    assert (visitors(stage), texts(stage, old)) == ([theirs], [])
    assert texts(stage, theirs) == [(2, "Still there?")]


def test_old_lines_of_a_conversation_that_goes_on_are_cleared_away_and_numbers_go_on(
    stage: Stage,
) -> None:
    visitor = begun(stage)
    said(stage, visitor, "First")
    later(stage, KEEP_LINES - MINUTE)
    said(stage, visitor, "Second")
    later(stage, 2 * MINUTE)
    assert said(stage, visitor, "Third") == 3
    assert texts(stage, visitor) == [(2, "Second"), (3, "Third")]


def test_who_writes_just_now_is_not_cleared_away(stage: Stage) -> None:
    if stage.database.dialect == "sqlite":
        pytest.skip("SQLite has one writer at a time")
    visitor = begun(stage)
    stage.pass_time(KEEP_SILENT + MINUTE)
    line = Line("said:1", VISITOR, {"text": "At last"})
    with stage.database.writing() as connection:
        webchat.put(connection, stage.store_id, visitor, line, stage.now)
        reap.sweep(stage.runtime)
    reap.sweep(stage.runtime)
    assert texts(stage, visitor) == [(1, "At last")]


def test_a_store_that_is_erased_takes_its_chats_with_it(stage: Stage) -> None:
    mine, theirs = begun(stage), begun(stage, stage.stranger_id)
    said(stage, mine, "Hello")
    said(stage, theirs, "Hello", stage.stranger_id)
    counts = stage.database.write(lambda c: privacy.erase_store(c, stage.store))
    assert (counts["webchat_visitors"], counts["webchat_lines"]) == (1, 1)
    assert visitors(stage) == [theirs]
    assert texts(stage, theirs) == [(1, "Hello")]
