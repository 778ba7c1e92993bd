"""The Liquid filters of templates: the library's harmless ones, and our own for money and time."""

import re
from collections.abc import Callable, Iterable
from itertools import islice
from typing import Any

from liquid import Markup, soft_str
from liquid import escape as html_escape
from liquid.builtin.filters import array, math, misc, string
from liquid.context import RenderContext
from liquid.exceptions import FilterArgumentError
from liquid.filter import liquid_filter, sequence_filter, string_filter, with_context
from liquid.undefined import Undefined

from marketing import localize

MAX_TEXT = 200_000
_CURRENCY = re.compile(r"[A-Z]{3}")
MAX_COMPARED = 1_000
"""Items of a list that `uniq` compares with each other."""


def _fact(context: RenderContext, *path: str) -> object:
    found = context.get(list(path), token=None, default=None)
    return None if isinstance(found, Undefined) else found


def _locale(context: RenderContext) -> str:
    return str(_fact(context, "locale") or localize.FALLBACK_LOCALE)


@with_context
@liquid_filter
def money(amount: object, currency: object = None, *, context: RenderContext) -> str:
    """Write minor units as money, by default of the cart's currency: `{{ item.price | money }}`."""
    if not isinstance(amount, int) or isinstance(amount, bool):
        return ""
    code = currency or _fact(context, "cart", "currency") or _fact(context, "store", "currency")
    if not isinstance(code, str) or not _CURRENCY.fullmatch(code):
        raise FilterArgumentError("it expects a currency such as USD", token=None)
    return localize.money(amount, code, _locale(context))


@with_context
@liquid_filter
def date(moment: object, style: object = "long", *, context: RenderContext) -> str:
    """Write the day of a moment: `{{ coupon.ends_at | date }}`; styles short to full."""
    return _written(localize.day, moment, style, context)


@with_context
@liquid_filter
def time(moment: object, style: object = "short", *, context: RenderContext) -> str:
    """Write the time of day of a moment in the store's zone: `{{ coupon.ends_at | time }}`."""
    return _written(localize.time_of_day, moment, style, context)


def _written(
    write: Callable[[str, str, str, str], str],
    moment: object,
    style: object,
    context: RenderContext,
) -> str:
    if not isinstance(moment, str) or not moment:
        return ""
    if style not in localize.STYLES:
        raise FilterArgumentError(f"its styles are {', '.join(localize.STYLES)}", token=None)
    zone = str(_fact(context, "store", "timezone") or "UTC")
    try:
        return write(str(moment), str(style), _locale(context), zone)
    except ValueError as error:
        raise FilterArgumentError("it expects a moment in time", token=None) from error


@sequence_filter
def join(values: Iterable[object], separator: object = " ") -> str:
    """Join values, after counting how long the result would be."""
    parts = [soft_str(value) for value in values]
    between = soft_str(separator)
    if sum(map(len, parts)) + len(between) * len(parts) > MAX_TEXT:
        raise FilterArgumentError("it makes a text that is too long", token=None)
    return between.join(parts)


@string_filter
def replace(text: str, old: object, new: object = "") -> str:
    """Replace every `old` by `new`, after counting how long the result would be."""
    sought, put = soft_str(old), soft_str(new)
    if len(text) + text.count(sought) * (len(put) - len(sought)) > MAX_TEXT:
        raise FilterArgumentError("it makes a text that is too long", token=None)
    return text.replace(sought, put)


@sequence_filter
def uniq(values: Iterable[Any], key: object = None) -> object:
    """Drop repeated items of a list of reasonable length."""
    kept = list(islice(values, MAX_COMPARED + 1))
    if len(kept) > MAX_COMPARED:
        raise FilterArgumentError("the list is too long", token=None)
    return array.uniq(kept, key)


@string_filter
def strip_html(text: str) -> str:
    """Drop what looks like tags; the rest is escaped like any text."""
    return re.sub(r"<[^<>]*>", "", str(text))


@string_filter
def newline_to_br(text: str) -> Markup:
    """Break lines in HTML where the text breaks them."""
    return Markup(re.sub(r"\r?\n", "<br />", html_escape(text)))


FILTERS: dict[str, Callable[..., Any]] = {
    "abs": math.abs_,
    "append": string.append,
    "at_least": math.at_least,
    "at_most": math.at_most,
    "capitalize": string.capitalize,
    "ceil": math.ceil,
    "compact": array.compact,
    "concat": array.concat,
    "date": date,
    "default": misc.default,
    "divided_by": math.divided_by,
    "downcase": string.downcase,
    "escape": string.escape,
    "first": array.first,
    "floor": math.floor,
    "join": join,
    "last": array.last,
    "lstrip": string.lstrip,
    "map": array.map_,
    "minus": math.minus,
    "modulo": math.modulo,
    "money": money,
    "newline_to_br": newline_to_br,
    "plus": math.plus,
    "prepend": string.prepend,
    "remove": string.remove,
    "remove_first": string.remove_first,
    "replace": replace,
    "replace_first": string.replace_first,
    "reverse": array.reverse,
    "round": math.round_,
    "rstrip": string.rstrip,
    "size": misc.size,
    "slice": string.slice_,
    "sort": array.sort,
    "sort_natural": array.sort_natural,
    "split": string.split,
    "squish": string.squish,
    "strip": string.strip,
    "strip_html": strip_html,
    "sum": array.sum_,
    "time": time,
    "times": math.times,
    "truncate": string.truncate,
    "truncatewords": string.truncatewords,
    "uniq": uniq,
    "upcase": string.upcase,
    "url_encode": string.url_encode,
    "where": array.where,
}
