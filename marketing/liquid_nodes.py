"""The parts of a Liquid template that are ours, not the library's: paid for, and quick."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any, TextIO, cast

from liquid import Environment, TokenStream
from liquid import escape as html_escape
from liquid.ast import BlockNode, Node
from liquid.builtin.content import ContentNode
from liquid.builtin.expressions import FilteredExpression, Path
from liquid.builtin.expressions.primitive import RangeLiteral
from liquid.builtin.output import Output, OutputNode
from liquid.builtin.tags import for_tag
from liquid.context import RenderContext
from liquid.expression import Expression
from liquid.parser import get_parser
from liquid.stringify import to_liquid_string
from liquid.tag import Tag
from liquid.token import TOKEN_EXPRESSION, TOKEN_TAG, Token

from marketing.budget import (
    MAX_ITEMS,
    SOURCE_A_UNIT,
    TEXT_A_UNIT,
    GuardedContext,
    Page,
    Scope,
    TooMuchWork,
    price_of,
)
from marketing.links import UnsafeDestination, safe_destination

_SPECIAL = re.compile("[&<>'\"]")


class QuickPath(Path):
    """`a.b.c`, without names that are values themselves."""

    __slots__ = ()

    def evaluate(self, context: RenderContext) -> object:
        """Give what it names."""
        return context.get(cast("list[object]", self.path), token=self.token)


class QuickContent(ContentNode):
    """Words of the template itself."""

    __slots__ = ()

    def render_to_output(self, _: RenderContext, buffer: TextIO) -> int:
        """Write them."""
        buffer.write(self.text)
        return 1


class QuickBlock(BlockNode):
    """What stands between a tag and its end; one of white space only writes nothing."""

    __slots__ = ()

    def render_to_output(self, context: RenderContext, buffer: TextIO) -> int:
        """Write every part."""
        if self.blank:
            buffer = cast("TextIO", Page())
        for node in self.nodes:
            node.render_to_output(context, buffer)
        return 1

    render = render_to_output


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
        if type(value) is dict:
            return 0
        if type(value) is not str:
            text = to_liquid_string(value, context.autoescape)
        elif context.autoescape and _SPECIAL.search(value):
            text = html_escape(value)
        else:
            text = value
        context.spend(1 + len(text) // TEXT_A_UNIT)  # type: ignore[attr-defined]
        buffer.write(text)
        return 1


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
        buffer.write(html_escape(address))
        return 1

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
        buffer.write(f'<img src="{source}" width="1" height="1" alt="" style="border:0">')
        return 1


class OpenPixelTag(Tag):
    """`{% open_pixel %}`, put before the end of the HTML at publishing; not for authors."""

    name = "open_pixel"
    block = False

    def parse(self, stream: TokenStream) -> OpenPixelNode:
        """Read the tag, which has no arguments."""
        stream.expect(TOKEN_TAG)
        return OpenPixelNode(stream.current)


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
        if type(value) is not dict and not isinstance(value, Mapping):
            return None
        if name not in value:
            return None
        value = value[name]
    return value


def _parse_block(env: Environment, stream: TokenStream, end: str) -> BlockNode:
    block = get_parser(env).parse_block(stream, (end,))
    stream.expect(TOKEN_TAG, value=end)
    return block


def guard(node: Node) -> None:
    """Make a parsed tree ours where the library builds it without asking the environment."""
    if type(node) is BlockNode:
        node.__class__ = QuickBlock
    elif type(node) is ContentNode:
        node.__class__ = QuickContent
    for expression in node.expressions():
        _guard_ranges(expression)
    for child in node.children(cast("RenderContext", None)):
        guard(child)


def _guard_ranges(expression: Expression) -> None:
    if type(expression) is RangeLiteral:
        expression.__class__ = GuardedRange
    elif type(expression) is Path and not expression.children():
        expression.__class__ = QuickPath
    for child in expression.children():
        _guard_ranges(child)


def _address(context: GuardedContext, address: str, index: int) -> str:
    try:
        address = safe_destination(address)
    except UnsafeDestination:
        return _home(context)
    message = context.message
    if message is None or message.owns(address):
        return address
    if not context.clicks:
        return message.mark(address)
    return message.click_url(index, address)


def _home(context: GuardedContext) -> str:
    """Give the store's own address: where a link leads whose own address is unsafe."""
    try:
        return safe_destination(str(_look_up(context, ("store", "url"))))
    except UnsafeDestination:
        return "#"
