"""How long answers of the API travel: packed, to whoever can read that."""

import gzip

from flask.testing import FlaskClient

from tests.embedded_ui.conftest import MAPLE, token_for
from tests.seeding import SmallStore


def test_a_long_answer_comes_packed_to_whoever_can_read_that(
    client: FlaskClient, maple: SmallStore
) -> None:
    headers = {"Authorization": f"Bearer {token_for(MAPLE)}"}
    plain = client.get("/panel/api/dashboard", headers=headers)
    packed = client.get("/panel/api/dashboard", headers={**headers, "Accept-Encoding": "gzip, br"})
    short = client.get(
        "/panel/api/conversations/unread", headers=headers | {"Accept-Encoding": "gzip"}
    )
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert int(packed.headers["Content-Length"]) == len(packed.data) < len(plain.data) / 3
    assert "Content-Encoding" not in short.headers
    assert all("Accept-Encoding" in answer.vary for answer in (plain, packed, short))
    assert packed.headers["Cache-Control"] == "no-store, private"
