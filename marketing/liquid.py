"""Liquid for templates that strangers write: every loop, filter and value is paid from a budget.

The library's own limits stop loops but not single operations on huge values, so here a render
has a fixed amount of work. Units are spent on characters and items touched; when they are used
up the render ends. The count is the same on every machine, so what was published keeps working.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from html import unescape
from typing import Any, TextIO, cast

from liquid import Environment, TokenStream
from liquid import escape as html_escape
from liquid.ast import BlockNode, Node
from liquid.builtin.content import Literal as ContentTag
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.illegal import Illegal
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags import (
    assign_tag,
    capture_tag,
    case_tag,
    comment_tag,
    cycle_tag,
    for_tag,
    if_tag,
    inline_comment_tag,
    unless_tag,
)
from liquid.context import RenderContext
from liquid.exceptions import (
    LiquidError,
    LiquidSyntaxError,
    LocalNamespaceLimitError,
    UnknownFilterError,
)
from liquid.expression import Expression
from liquid.parser import get_parser
from liquid.stringify import to_liquid_string
from liquid.tag import Tag
from liquid.template import BoundTemplate
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token
from liquid.undefined import UNDEFINED

from marketing.filters import FILTERS
from marketing.links import MessageLinks, UnsafeDestination, safe_destination

MAX_SOURCE = 100_000
"""Characters of a template's source."""
MAX_TAG = 1_000
"""Characters between `{{` and `}}`."""
MAX_OUTPUT = 400_000
"""Characters a render may write."""
MAX_TEXT = 200_000
"""Characters of one value."""
MAX_ITEMS = 10_000
"""Items of one list or range."""
MAX_INT_BITS = 256
WORK = 200_000
"""Units of work in a render: about a fifth of a second."""
OPENING = re.compile(r"\{[{%]")
SOURCE_A_UNIT = 16
TEXT_A_UNIT = 64


class TooMuchWork(LiquidError):
    """The template asks for more work, or larger values, than a message needs."""

    def __init__(self, message: str = "it loops or multiplies too much") -> None:
        super().__init__(message, token=None)


class Page:
    """What a render writes: parts in a list, and how much room is left."""

    __slots__ = ("parts", "room")

    def __init__(self, room: int) -> None:
        self.parts: list[str] = []
        self.room = room

    def write(self, text: str) -> int:
        """Append text; raises `TooMuchWork` when the page is full."""
        self.room -= len(text)
        if self.room < 0:
            raise TooMuchWork("it writes too much")
        self.parts.append(text)
        return len(text)

    def getvalue(self) -> str:
        """Give all that was written."""
        return "".join(self.parts)


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
        found = super().get(path, token=token, default=default)
        self.spend(price_of(found))
        return found

    def assign(self, key: str, val: Any) -> None:
        """Keep a value by name."""
        self.spend(price_of(val))
        self.locals[key] = val
        if len(self.locals) > 500:
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
        """Give a page of its own for a capture, with no more room than is left."""
        return Page(cast("Page", buf).room if isinstance(buf, Page) else MAX_OUTPUT)


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


class GuardedRange(RangeLiteral):
    """`(1..n)`, n within reason: much of the library works on ranges item by item."""

    __slots__ = ()

    def _make_range(self, start: Any, stop: Any) -> range:
        made = super()._make_range(start, stop)
        if made.stop - made.start > MAX_ITEMS:
            raise TooMuchWork(f"it counts over more than {MAX_ITEMS} numbers")
        return made


class GuardedOutput(OutputNode):
    """`{{ ... }}`: what is written is paid for; a group of values (`{{ cart }}`) writes nothing."""

    __slots__ = ("path",)

    def __init__(self, token: Token, expression: Expression) -> None:
        super().__init__(token, expression)
        self.path = _plain_path(expression)

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the value, escaped where the part is HTML."""
        value = _look_up(context, self.path) if self.path else self.expression.evaluate(context)
        if isinstance(value, str):
            cast("GuardedContext", context).spend(len(value) // TEXT_A_UNIT)
            return buffer.write(html_escape(value) if context.autoescape else value)
        if isinstance(value, dict):
            return 0
        return buffer.write(to_liquid_string(value, context.autoescape))


class GuardedOutputTag(Output):
    """Parses `{{ ... }}`."""

    node_class = GuardedOutput


class GuardedFor(for_tag.ForNode):
    """A loop that pays for all its rounds before the first."""

    __slots__ = ("weight",)

    def __init__(
        self, token: Token, expression: Any, block: BlockNode, default: BlockNode | None = None
    ) -> None:
        super().__init__(token, expression, block, default)
        self.weight = 1 + len(str(block)) // SOURCE_A_UNIT

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write every round."""
        values = self.expression.iterable.evaluate(context)
        rounds = len(values) if isinstance(values, list | tuple | range | dict) else 1
        cast("GuardedContext", context).spend(max(rounds, price_of(values)) * self.weight)
        return super().render_to_output(context, buffer)


class GuardedForTag(for_tag.ForTag):
    """Parses `{% for %}`."""

    node_class = GuardedFor


class LinkNode(Node):
    """The inside of an `href`: wrapped in a click token where the message is tracked."""

    __slots__ = ("block", "index")

    def __init__(self, token: Token, index: int, block: BlockNode) -> None:
        super().__init__(token)
        self.index = index
        self.block = block
        self.blank = False

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write an address that is safe to follow: the store's own where the given one isn't."""
        page = context.get_buffer(buffer)
        self.block.render(context, page)
        address = _address(cast("GuardedContext", context), unescape(page.getvalue()), self.index)
        return buffer.write(html_escape(address))

    def children(
        self, static_context: RenderContext, *, include_partials: bool = True
    ) -> Iterator[Node]:
        """Give the inside, for analysis."""
        del static_context, include_partials
        yield self.block


class LinkTag(Tag):
    """`{% link 3 %}address{% endlink %}`, put around each `href` at publishing; not for authors."""

    name = "link"
    end = "endlink"

    def parse(self, stream: TokenStream) -> LinkNode:
        """Read up to `endlink`."""
        token = stream.eat(TOKEN_TAG)
        index = int(stream.eat(TOKEN_EXPRESSION).value)
        block = _parse_block(self.env, stream, self.end)
        return LinkNode(token, index, block)


class OpenPixelNode(Node):
    """The picture whose loading says that a message was opened."""

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write the picture where opens are tracked."""
        guarded = cast("GuardedContext", context)
        if guarded.message is None or not guarded.opens:
            return 0
        source = html_escape(guarded.message.open_url())
        return buffer.write(f'<img src="{source}" width="1" height="1" alt="" style="border:0">')


class OpenPixelTag(Tag):
    """`{% open_pixel %}`, put before the end of the HTML at publishing; not for authors."""

    name = "open_pixel"
    block = False

    def parse(self, stream: TokenStream) -> OpenPixelNode:
        """Read the tag, which has no arguments."""
        return OpenPixelNode(stream.eat(TOKEN_TAG))


class GuardedTemplate(BoundTemplate):
    """A parsed template; rendering it never costs more than `WORK`."""

    def write(
        self,
        facts: Mapping[str, Any],
        message: MessageLinks | None = None,
        *,
        opens: bool = True,
        clicks: bool = True,
    ) -> str:
        """Render with `facts` in reach; raises `LiquidError`."""
        context = GuardedContext(self, facts, message, opens=opens, clicks=clicks)
        page = Page(MAX_OUTPUT)
        for node in self.nodes:
            node.render(context, cast("TextIO", page))
        return page.getvalue()


class GuardedEnvironment(Environment):
    """Our Liquid: the tags and filters a message needs and no others."""

    block_nesting_limit = 20
    context_depth_limit = 20
    loop_iteration_limit = MAX_ITEMS
    template_class = GuardedTemplate

    def __init__(self, *, autoescape: bool, marked: bool = False) -> None:
        self.marked = marked
        super().__init__(autoescape=autoescape)

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register ours; `marked` adds the two tags that publishing puts in."""
        del extra
        for tag in _TAGS:
            self.add_tag(tag)
        if self.marked:
            self.add_tag(LinkTag)
            self.add_tag(OpenPixelTag)
        for name, function in FILTERS.items():
            self.add_filter(name, function)

    def parse_guarded(self, source: str) -> GuardedTemplate:
        """Parse a source, its ranges guarded; raises `LiquidError`."""
        _check_delimiters(source)
        template = self.from_string(source)
        for node in template.nodes:
            _guard_ranges(node)
        return cast("GuardedTemplate", template)


_TAGS: tuple[type[Tag], ...] = (
    ContentTag,
    GuardedOutputTag,
    Illegal,
    GuardedForTag,
    if_tag.IfTag,
    unless_tag.UnlessTag,
    case_tag.CaseTag,
    for_tag.BreakTag,
    for_tag.ContinueTag,
    assign_tag.AssignTag,
    capture_tag.CaptureTag,
    cycle_tag.CycleTag,
    comment_tag.CommentTag,
    inline_comment_tag.InlineCommentTag,
)


def _check_delimiters(source: str) -> None:
    """Refuse what the library's lexer would take a very long time over: it rescans open ends."""
    position = 0
    while opening := OPENING.search(source, position):
        closing = source.find("}}" if opening[0] == "{{" else "%}", opening.end())
        if closing < 0:
            raise LiquidSyntaxError(f"'{opening[0]}' is never closed", token=None)
        if closing - opening.start() > MAX_TAG:
            raise LiquidSyntaxError(f"a tag is longer than {MAX_TAG} characters", token=None)
        if re.match(r"\{%-?\s*(raw|doc)\b", source[opening.start() : closing]):
            raise LiquidSyntaxError("the tags raw and doc are not available", token=None)
        position = closing + 2


def _plain_path(expression: Expression) -> tuple[str, ...] | None:
    """Give the names of a bare `{{ a.b.c }}`, the most common output by far."""
    if not isinstance(expression, FilteredExpression) or expression.filters:
        return None
    left = expression.left
    if not isinstance(left, Path) or not all(isinstance(part, str) for part in left.path):
        return None
    names = tuple(cast("list[str]", left.path))
    return None if {"size", "first", "last"}.intersection(names) else names


def _look_up(context: RenderContext, path: tuple[str, ...]) -> object:
    value: object = None
    for namespace in cast("Scope", context.scope).namespaces:
        if path[0] in namespace:
            value = namespace[path[0]]
            break
    for name in path[1:]:
        if not isinstance(value, Mapping) or name not in value:
            return None
        value = value[name]
    return value


def _parse_block(env: Environment, stream: TokenStream, end: str) -> BlockNode:
    block = get_parser(env).parse_block(stream, (end,))
    stream.expect(TOKEN_TAG, value=end)
    return block


def _guard_ranges(node: Node) -> None:
    """Make every range of a tree a guarded one: the library builds them in a static function."""
    for expression in node.expressions():
        _guard_ranges_in(expression)
    for child in node.children(cast("RenderContext", None)):
        _guard_ranges(child)


def _guard_ranges_in(expression: Expression) -> None:
    if type(expression) is RangeLiteral:
        expression.__class__ = GuardedRange
    for child in expression.children():
        _guard_ranges_in(child)


def _address(context: GuardedContext, address: str, index: int) -> str:
    try:
        address = safe_destination(address)
    except UnsafeDestination:
        return _home(context)
    message = context.message
    if message is None or not context.clicks or message.owns(address):
        return address
    return message.click_url(index, address)


def _home(context: GuardedContext) -> str:
    """Give the store's own address: where a link leads whose own address is unsafe."""
    try:
        return safe_destination(str(_look_up(context, ("store", "url"))))
    except UnsafeDestination:
        return "#"
