"""Spelling by the store's language, where the machine has a dictionary for it."""

from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import update

from jobs import spelling
from marketing.block_schema import read
from storage import schema, stores
from tests.jobs.playing import ON_ONE
from tests.jobs.stage import Stage

GERMAN = ["der", "Korb", "ist", "noch", "da", "und", "wartet", "vielleicht", "auf", "Sie", "kaufen"]


@pytest.fixture
def dictionaries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A German dictionary of few words: the format is Hunspell's own."""
    (tmp_path / "de_DE.aff").write_text("SET UTF-8\nTRY esianrtolcdugmphbyfvkwqxzäüöß\n", "utf-8")
    (tmp_path / "de_DE.dic").write_text("\n".join([str(len(GERMAN)), *GERMAN, ""]), "utf-8")
    monkeypatch.setattr(spelling, "FOLDERS", (tmp_path,))


def found(stage: Stage, locale: str, words: str) -> list[Any]:
    with stage.database.writing() as connection:
        c = schema.stores.c
        connection.execute(
            update(schema.stores).where(c.id == stage.store_id).values(locale=locale)
        )
        store = stores.by_id(connection, stage.store_id)
    assert store
    text = {"kind": "text", "id": "it", "html": f"<p>{words}</p>"}
    template = read({"subject": "", "blocks": [text, {"kind": "footer", "id": "foot"}]})
    return [one.detail["word"] for one in spelling.check(stage.runtime, store, template)]


@ON_ONE
@pytest.mark.usefixtures("dictionaries")
def test_a_german_store_is_looked_up_in_german(stage: Stage) -> None:
    words = "Der Korb ist noch da und wartet vieleicht auf Sie, {{ customer.first_name }}"
    assert found(stage, "de-AT", words) == ["vieleicht"]


@ON_ONE
@pytest.mark.usefixtures("dictionaries")
def test_an_english_text_of_a_german_store_is_looked_up_in_english(stage: Stage) -> None:
    assert found(stage, "de", "Your basket is still here and it waits for yuo") == ["yuo"]


@ON_ONE
def test_nothing_is_said_of_a_language_without_a_dictionary(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(spelling, "FOLDERS", ())
    assert found(stage, "de", "der Korb wartet noch immer auf Sie und wird nicht alt") == []
    assert found(stage, "ja", "カートに商品が残っています") == []
