"""What a render may cost: units of work for every item and character that it touches.

Liquid's own limits stop loops but not single operations on huge values, so here a render has a
fixed amount of work. When it is used up the render ends. The count is the same on every machine,
so what was published keeps working.
"""

from collections.abc import Callable, Mapping
from typing import Any, TextIO, cast

from liquid import Markup
from liquid.context import RenderContext
from liquid.exceptions import LiquidError, LocalNamespaceLimitError, UnknownFilterError
from liquid.template import BoundTemplate
from liquid.token import Token
from liquid.undefined import UNDEFINED

from marketing.links import MessageLinks

MAX_OUTPUT = 400_000
"""Characters a render may write."""
MAX_TEXT = 200_000
"""Characters of one value."""
MAX_ITEMS = 10_000
"""Items of one list or range."""
MAX_INT_BITS = 256
MAX_NAMES = 500
WORK = 100_000
"""Units of work in a render: about a fifth of a second."""
SOURCE_A_UNIT = 16
TEXT_A_UNIT = 64


class TooMuchWork(LiquidError):
    """The template asks for more work, or larger values, than a message needs."""

    def __init__(self, message: str = "it loops or multiplies too much") -> None:
        super().__init__(message, token=None)


class Page:
    """What a render writes. Its size is bounded by the work that writing costs."""

    __slots__ = ("parts", "write")

    def __init__(self) -> None:
        self.parts: list[str] = []
        self.write = self.parts.append

    def getvalue(self) -> str:
        """Give all that was written; raises `TooMuchWork` if that is more than a message."""
        text = "".join(self.parts)
        if len(text) > MAX_OUTPUT:
            raise TooMuchWork("it writes too much")
        return text


class Scope:
    """Names in reach, the innermost first."""

    __slots__ = ("namespaces",)

    def __init__(self, *namespaces: Mapping[str, object]) -> None:
        self.namespaces = list(namespaces)

    def __getitem__(self, name: str) -> object:
        for namespace in self.namespaces:
            if name in namespace:
                return namespace[name]
        raise KeyError(name)

    def size(self) -> int:
        """Give how deep scopes are nested."""
        return len(self.namespaces)

    def push(self, namespace: Mapping[str, object]) -> None:
        """Enter a scope."""
        self.namespaces.insert(0, namespace)

    def pop(self) -> Mapping[str, object]:
        """Leave a scope."""
        return self.namespaces.pop(0)


class GuardedContext(RenderContext):
    """A render in progress: its names, its budget, and what links of its message look like."""

    __slots__ = ("clicks", "message", "opens", "work")

    def __init__(  # what the base class sets, without its clock (`now`, `today`)
        self,
        template: BoundTemplate,
        facts: Mapping[str, Any],
        message: MessageLinks | None,
        *,
        opens: bool,
        clicks: bool,
    ) -> None:
        self.env = template.env
        self.template = template
        self.locals = {}
        self.globals = facts
        self.counters = {}
        self.scope = Scope(self.locals, facts)  # type: ignore[assignment]
        self.tag_namespace = {"cycles": {}, "ifchanged": "", "stopindex": {}}
        self.loops = []
        self.disabled_tags = []
        self.autoescape = self.env.autoescape
        self.parent_context = None
        self.loop_iteration_carry = 1
        self.local_namespace_size_carry = 0
        self.work = WORK
        self.message = message
        self.opens = opens
        self.clicks = clicks

    def spend(self, units: int) -> None:
        """Pay for work to be done; raises `TooMuchWork`."""
        self.work -= units
        if self.work < 0:
            raise TooMuchWork

    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        """Resolve a path, paying for large values."""
        try:
            found = self.scope[cast("str", path[0])]
            for name in path[1:]:
                found = found[name] if type(found) is dict else self.get_item(found, name)
        except (KeyError, TypeError, IndexError):
            found = super().get(path, token=token, default=default)
        if found.__class__ in _PRICED:
            self.spend(price_of(found))
        return found

    def assign(self, key: str, val: Any) -> None:
        """Keep a value by name."""
        self.spend(price_of(val))
        self.locals[key] = val
        if len(self.locals) > MAX_NAMES:
            raise LocalNamespaceLimitError("it keeps too many variables", token=None)

    def filter(self, name: str, token: Token | None) -> Callable[..., object]:
        """Give a filter that pays for what it reads and is checked for what it makes."""
        try:
            function = self.env.filters[name]
        except KeyError as error:
            raise UnknownFilterError(f"unknown filter '{name}'", token=token) from error

        def guarded(*arguments: object, **named: object) -> object:
            self.spend(2 + sum(map(price_of, arguments)) + sum(map(price_of, named.values())))
            if getattr(function, "with_context", False):
                named["context"] = self
            if getattr(function, "with_environment", False):
                named["environment"] = self.env
            made = function(*arguments, **named)
            self.spend(price_of(made))
            return made

        return guarded

    def get_buffer(self, buf: TextIO | None = None) -> Any:
        """Give a page of its own, for a capture."""
        del buf
        return Page()


_PRICED = frozenset((str, Markup, int, list, tuple, range))


def price_of(value: object) -> int:
    """Give what touching a value costs; raises `TooMuchWork` for one that is too large."""
    if isinstance(value, str):
        if len(value) > MAX_TEXT:
            raise TooMuchWork("it makes a text that is too long")
        return len(value) // TEXT_A_UNIT
    if isinstance(value, int):
        if value.bit_length() > MAX_INT_BITS:
            raise TooMuchWork("it makes a number that is too large")
        return 0
    if isinstance(value, list | tuple):
        if len(value) > MAX_ITEMS:
            raise TooMuchWork("it makes a list that is too long")
        return len(value)
    return len(value) if isinstance(value, range) else 0
