"""The one picture that people send, and where anybody finds it who knows its address."""

from functools import cache
from pathlib import Path

from flask import Flask, Response

ON_CDN = "/cdn/a-picture-sent"
PICTURE_TYPE = "image/png"


@cache
def picture() -> bytes:
    """Give the picture itself."""
    return (Path(__file__).parent / "static" / "pictures" / "cedar-soap.png").read_bytes()


def add_door(app: Flask) -> None:
    """Add the store of files of a platform: no credential is asked for there."""

    @app.get(ON_CDN)
    def sent_picture() -> Response:
        return Response(picture(), mimetype=PICTURE_TYPE)
