"""What the receipt of an erasure counts has a name in both languages of the panel."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import embedded_ui
from marketing.model import CustomerKey
from storage import privacy, stores
from storage.database import Database
from tests.embedded_ui.conftest import MAPLE
from tests.seeding import a_store

WORDS = Path(embedded_ui.__path__[0]) / "panel" / "src" / "words"


@pytest.mark.parametrize("language", ["en", "de"])
def test_all_that_a_receipt_counts_is_told_in_words(database: Database, language: str) -> None:
    with database.writing() as connection:
        store = stores.by_id(connection, a_store(connection, MAPLE))
        assert store
        key = CustomerKey(email="ada@example.com")
        told = (lambda channel, address: f"{channel}:{address}", datetime.now(UTC))
        counts = privacy.erase(connection, store, key, *told).counts
    source = (WORDS / language / "person.ts").read_text()
    [named] = re.findall(r"\n  tables: \{\n(.*?)\n  \}", source, re.DOTALL)
    assert set(counts) <= set(re.findall(r"^    (\w+): ", named, re.MULTILINE))
