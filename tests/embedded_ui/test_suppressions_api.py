"""A list of people who unsubscribed elsewhere: read as it comes, kept as hashes, honoured."""

import pytest
from sqlalchemy import select

from jobs.runtime import Runtime
from marketing import suppression_list
from storage.schema import suppressions
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.seeding import SmallStore


@pytest.mark.parametrize(
    ("text", "addresses", "wrong"),
    [
        ("email\nada@example.com\n", ("ada@example.com",), ()),
        ("ADA@Example.com \r\nada@example.com", ("ada@example.com",), ()),
        ("Name;E-Mail\nAda;ada@example.com\nBo;none\n", ("ada@example.com",), (3,)),
        ('"Reyes, Ada","ada@example.com",2026\n', ("ada@example.com",), ()),
        (
            "\ufeffada@example.com\tx\n\n\nbo@example.com\t",
            ("ada@example.com", "bo@example.com"),
            (),
        ),
        ("<script>@x.y\na@b\nevil@example.com, x", ("evil@example.com",), (2,)),
    ],
)
def test_a_list_is_read_however_it_was_written(
    text: str, addresses: tuple[str, ...], wrong: tuple[int, ...]
) -> None:
    listed = suppression_list.read(text)
    assert (listed.addresses, listed.wrong_lines) == (addresses, wrong)


def test_an_unclosed_quote_costs_its_own_lines_at_the_most() -> None:
    listed = suppression_list.read('ada@example.com\n"bo@example.com\ncy@example.com\n')
    assert listed.addresses == ("ada@example.com", "bo@example.com", "cy@example.com")
    many = "".join(f"somebody-{number}@example.com\n" for number in range(9_000))
    assert len(suppression_list.read(f'ada@example.com\n"\n{many}').addresses) == 9_001


def test_a_cell_beyond_all_measure_hides_no_address() -> None:
    listed = suppression_list.read(f"ada@example.com,{'x' * 200_000}\nbo@example.com\n")
    assert listed.addresses == ("ada@example.com", "bo@example.com")


def test_a_list_is_kept_once_as_hashes_and_counted(
    ask: Ask, runtime: Runtime, maple: SmallStore, neighbour: SmallStore
) -> None:
    text = "email\nada@example.com\nstranger@example.net\nnobody\n"
    first = ask("/suppressions", "POST", json={"text": text})
    assert first.json == {"added": 2, "known": 0, "wrong": 1, "wrong_lines": [4]}
    again = ask("/suppressions", "POST", json={"text": text})
    assert again.json
    assert (again.json["added"], again.json["known"]) == (0, 2)
    with runtime.database.reading() as connection:
        rows = connection.execute(select(suppressions).where(suppressions.c.store_id == maple.id))
        kept = [row for row in rows if row.source == "merchant_list"]
    assert len(kept) == 2
    assert not any("example" in str(row) for row in kept)
    counted = ask("/suppressions").json
    assert counted
    assert counted["reasons"]["unsubscribed"] >= 2
    theirs = ask("/suppressions", domain=NEIGHBOUR).json
    assert theirs
    assert theirs["reasons"].get("unsubscribed", 0) < 2


@pytest.mark.parametrize("text", ["", "no address\nat all", "a\n" * 20_001])
def test_what_is_no_list_is_refused_by_field(ask: Ask, maple: SmallStore, text: str) -> None:
    answer = ask("/suppressions", "POST", json={"text": text})
    assert answer.status_code == 422
    assert answer.json
    assert answer.json["field"] == "text"
