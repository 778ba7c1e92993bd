"""What the forms of flow documents share: strict objects, and fields that take no look-alikes."""

from functools import cache
from typing import Any, TypeVar

from marshmallow import RAISE, Schema, fields, post_load

from marketing.flow_rules import wrong
from marketing.said import say

S = TypeVar("S", bound=Schema)


@cache
def form(schema: type[S]) -> S:
    """Give the one form of its kind: to make one takes longer than to read a step with it.

    It keeps nothing of what it reads, so many threads may read with it at once.
    """
    return schema()


class Flag(fields.Field[bool]):
    """True or false, and no number that passes for one."""

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> bool:
        if not isinstance(value, bool):
            raise wrong(
                say("is neither true nor false"), say("Give true or false, without quotes.")
            )
        return value


class Lower(Schema):
    """What all the schemas here share: they refuse fields they don't know."""

    class Meta:
        unknown = RAISE

    makes: type[Any]

    @post_load
    def make(self, data: dict[str, Any], **_more: Any) -> Any:
        """Build the noun; lists become tuples, nouns never change."""
        return self.makes(**{k: tuple(v) if isinstance(v, list) else v for k, v in data.items()})
