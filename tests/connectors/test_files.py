"""A file at an address that others name: whole, within bounds, from the outside, once."""

from collections.abc import Iterator

import pytest
from flask import Flask, Response, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from connectors import files
from connectors.addresses import UnsafeAddress
from connectors.base import StoreRefused
from tests.served import served

SECRET = {"Authorization": "Basic c2VjcmV0"}


def host() -> Flask:
    app = Flask("files")

    @app.get("/file")
    def file() -> Response:
        return Response(b"x" * 100, mimetype="image/png")

    @app.get("/told")
    def told() -> Response:
        return Response(request.headers.get("Authorization", "nothing"), mimetype="text/plain")

    @app.get("/leap")
    def leap() -> AnyResponse:
        return redirect(request.args["to"], 307)

    @app.get("/gone")
    def gone() -> tuple[str, int]:
        return "gone", 404

    return app


@pytest.fixture
def place() -> Iterator[str]:
    with served(host()) as url:
        yield url


def fetch(url: str, most: int = 1000) -> files.Fetched:
    return files.fetch(url, SECRET, most=most, may_be_local=True)


def test_a_file_is_given_with_what_it_is_said_to_be(place: str) -> None:
    found = fetch(f"{place}/file")
    assert (found.body, found.content_type) == (b"x" * 100, "image/png")


def test_one_that_is_too_large_is_not_read_to_its_end(place: str) -> None:
    with pytest.raises(files.TooLarge):
        fetch(f"{place}/file", most=99)


def test_a_leap_is_followed_and_elsewhere_nobody_is_told_who_we_are(place: str) -> None:
    assert fetch(f"{place}/leap?to=/told").body == SECRET["Authorization"].encode()
    elsewhere = place.replace("127.0.0.1", "localhost")
    assert fetch(f"{place}/leap?to={elsewhere}/told").body == b"nothing"


def test_leaps_without_end_and_what_is_gone_are_refused(place: str) -> None:
    with pytest.raises(StoreRefused):
        fetch(f"{place}/leap?to=/leap?to=/leap")
    with pytest.raises(StoreRefused):
        fetch(f"{place}/gone")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/x",
        "https://127.0.0.1/x",
        "https://169.254.169.254/x",
        "file:///etc/passwd",
    ],
)
def test_nothing_inside_is_called(url: str) -> None:
    with pytest.raises((UnsafeAddress, StoreRefused)):
        files.fetch(url, {}, most=10)
