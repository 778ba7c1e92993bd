"""In which language a door answers: the one that the request asks for, else English."""

from typing import Any

from flask import request
from marshmallow import fields

from marketing.said import LANGUAGES, SOURCE, in_language, recalled


def the_language() -> str:
    """Give the language that whoever asks would rather read, by `Accept-Language`."""
    return request.accept_languages.best_match(LANGUAGES, SOURCE) or SOURCE


def spoken(text: str) -> str:
    """Say something to whoever asks."""
    return in_language(text, the_language())


class Sentence(fields.String):
    """A sentence for people, which goes out in their language."""

    def _serialize(self, value: Any, *args: Any, **more: Any) -> str | None:
        return super()._serialize(None if value is None else spoken(value), *args, **more)


class KeptSentence(Sentence):
    """A sentence that was kept (`marketing.said.as_kept`) before it was known who reads it."""

    def _serialize(self, value: Any, *args: Any, **more: Any) -> str | None:
        return super()._serialize(None if value is None else recalled(value), *args, **more)
