"""Liquid for templates that strangers write: what a message needs, and all of it paid for."""

import re
from collections.abc import Mapping
from typing import Any, TextIO, cast

from liquid import Environment
from liquid.builtin.content import Literal as ContentTag
from liquid.builtin.illegal import Illegal
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
from liquid.exceptions import LiquidSyntaxError
from liquid.tag import Tag
from liquid.template import BoundTemplate

from marketing.budget import MAX_ITEMS, GuardedContext, Page
from marketing.filters import FILTERS
from marketing.links import MessageLinks
from marketing.liquid_nodes import GuardedForTag, GuardedOutputTag, LinkTag, OpenPixelTag, guard

MAX_SOURCE = 100_000
"""Characters of a template's source."""
MAX_TAG = 1_000
"""Characters between `{{` and `}}`."""
_OPENING = re.compile(r"\{[{%]")


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
        page = Page()
        for node in self.nodes:
            node.render_to_output(context, cast("TextIO", page))
        return page.getvalue()


class GuardedEnvironment(Environment):
    """Our Liquid: the tags and filters a message needs and no others."""

    block_nesting_limit = 20
    context_depth_limit = 20
    loop_iteration_limit = MAX_ITEMS
    logical_not_operator = True
    logical_parentheses = True
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
            guard(node)
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
    while opening := _OPENING.search(source, position):
        closing = source.find("}}" if opening[0] == "{{" else "%}", opening.end())
        if closing < 0:
            raise LiquidSyntaxError(f"'{opening[0]}' is never closed", token=None)
        if closing - opening.start() > MAX_TAG:
            raise LiquidSyntaxError(f"a tag is longer than {MAX_TAG} characters", token=None)
        if re.match(r"\{%-?\s*(raw|doc)\b", source[opening.start() : closing]):
            raise LiquidSyntaxError("the tags raw and doc are not available", token=None)
        position = closing + 2
