"""A collection of the REST API: filters, order, pages, and the headers that count them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlencode

from sandbox.state import Record
from sandbox.woo_refusals import bad_parameter
from sandbox.woo_site import moment_of

_MOST = 100
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)?", re.IGNORECASE)
Arguments = Mapping[str, str]
Filter = Callable[[list[Record], Arguments], list[Record]]
_ORDERS = {
    "date": "date_created_gmt", "modified": "date_modified_gmt", "id": "id", "include": "id",
    "title": "name", "slug": "slug",
}  # fmt: skip


def unfiltered(records: list[Record], _: Arguments) -> list[Record]:
    return records


@dataclass(frozen=True)
class Listing:
    """How a kind of record is listed: its own filters, its orders, and what it can't be asked."""

    narrow: Filter = unfiltered
    orders: Mapping[str, str] = field(default_factory=lambda: _ORDERS)
    order: tuple[str, str] = ("date", "desc")
    knows_modified: bool = True
    """Customers can't be asked for what was changed since: the parameter is passed over."""


@dataclass(frozen=True)
class Page:
    """One page of records, and the headers that go with it."""

    records: list[Record]
    headers: dict[str, str]


def page_of(records: list[Record], listing: Listing, asked: Arguments, url: str, home: str) -> Page:
    """Give the page that was asked for; raises `Refused` for parameters that make no sense."""
    size = _whole(asked, "per_page", 10, _MOST)
    number = _whole(asked, "page", 1, None)
    found = listing.narrow(records, asked)
    found = _by_id(found, asked)
    found = [one for one in found if _in_time(one, asked, listing)]
    found = _ordered(found, listing, asked)
    start = _whole(asked, "offset", 0, None, least=0) or (number - 1) * size
    pages = -(-len(found) // size)
    headers = {"X-WP-Total": str(len(found)), "X-WP-TotalPages": str(pages)}
    headers["Link"] = _links(asked, number, pages, url, home)
    return Page(found[start : start + size], headers)


def _whole(asked: Arguments, name: str, default: int, most: int | None, least: int = 1) -> int:
    text = asked.get(name, "")
    if not text:
        return default
    if not re.fullmatch(r"-?\d{1,12}", text):
        raise bad_parameter(name, f"{name} is not of type integer.", "rest_invalid_type")
    number = int(text)
    if most is not None and not least <= number <= most:
        words = f"{name} must be between {least} (inclusive) and {most} (inclusive)"
        raise bad_parameter(name, words, "rest_out_of_bounds")
    if number < least:
        words = f"{name} must be greater than or equal to {least}"
        raise bad_parameter(name, words, "rest_out_of_bounds")
    return number


def _links(asked: Arguments, number: int, pages: int, url: str, home: str) -> str:
    """Give the Link header: the API's own address stands in it always, on the last page too."""
    links = [f'<{home}/wp-json/>; rel="https://api.w.org/"']
    own = {name: value for name, value in asked.items() if not name.startswith("oauth_")}
    for page, word, is_there in (
        (number - 1, "prev", number > 1),
        (number + 1, "next", number < pages),
    ):
        if is_there:
            query = urlencode({**own, "page": str(page)})
            links.append(f'<{url}?{query}>; rel="{word}"')
    return ", ".join(links)


def _by_id(records: list[Record], asked: Arguments) -> list[Record]:
    wanted, unwanted = numbers(asked.get("include", "")), numbers(asked.get("exclude", ""))
    return [
        one for one in records if (not wanted or one["id"] in wanted) and one["id"] not in unwanted
    ]


def numbers(text: str) -> set[int]:
    return {int(part) for part in text.split(",") if part.strip().isdigit()}


def _in_time(record: Record, asked: Arguments, listing: Listing) -> bool:
    bounds = [("after", "created", 1), ("before", "created", -1)]
    if listing.knows_modified:
        bounds += [("modified_after", "modified", 1), ("modified_before", "modified", -1)]
    return all(
        _is_beyond(record, asked, name, stamp, side)
        for name, stamp, side in bounds
        if asked.get(name)
    )


def _is_beyond(record: Record, asked: Arguments, name: str, stamp: str, side: int) -> bool:
    """Compare whole seconds, the bound itself left out."""
    bound = asked_moment(asked, name)
    mine = moment_of(record[f"date_{stamp}_gmt"], is_gmt=True)
    return mine > bound if side > 0 else mine < bound


def asked_moment(asked: Arguments, name: str) -> datetime:
    """Read a bound of time: without a zone it is the store's own, unless `dates_are_gmt`."""
    text = asked[name].strip()
    if not _TIME.fullmatch(text):
        raise bad_parameter(name, f"Invalid date: {name}.", "rest_invalid_date")
    is_gmt = asked.get("dates_are_gmt", "").lower() in {"1", "true"}
    told = moment_of(text.upper().replace("Z", "+00:00"), is_gmt=is_gmt)
    return told - timedelta(microseconds=told.microsecond)


def _ordered(records: list[Record], listing: Listing, asked: Arguments) -> list[Record]:
    by, way = asked.get("orderby") or listing.order[0], asked.get("order") or listing.order[1]
    if by not in listing.orders:
        words = f"orderby is not one of {', '.join(sorted(listing.orders))}."
        raise bad_parameter("orderby", words, "rest_not_in_enum")
    if way not in {"asc", "desc"}:
        raise bad_parameter("order", "order is not one of asc and desc.", "rest_not_in_enum")
    name = listing.orders[by]
    return sorted(records, key=lambda one: (one.get(name) or "", one["id"]), reverse=way == "desc")


def trimmed(record: Record, fields: str) -> Record:
    """Give only the `_fields` that were asked for, `billing.email` and the like too."""
    wanted = [name.strip() for name in fields.split(",") if name.strip()]
    return _trimmed(record, wanted) if wanted else record


def _trimmed(record: Record, wanted: list[str]) -> Record:
    kept: Record = {}
    for name, value in record.items():
        deeper = [one.partition(".")[2] for one in wanted if one.startswith(f"{name}.")]
        if name in wanted:
            kept[name] = value
        elif deeper and isinstance(value, dict):
            kept[name] = _trimmed(value, deeper)
    return kept
