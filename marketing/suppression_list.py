"""Reads a list of people who must not be written to, as another program exports it."""

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

ADDRESS = re.compile(r"[^\s@<>,;\"]{1,64}@[^\s@<>,;\"]{1,190}\.[^\s@<>,;\".]{2,63}")


@dataclass(frozen=True, slots=True)
class Listed:
    """What a list holds: addresses in lower case, each once, and the lines without one."""

    addresses: tuple[str, ...]
    wrong_lines: tuple[int, ...]
    """Counted from 1; a first line without an address names the columns, and is none of these."""


def read(text: str) -> Listed:
    """Read CSV with commas, semicolons or tabs, or one address a line; other columns are left out.

    Of each line the first cell that is an address counts, whatever its column is called.
    """
    found: dict[str, None] = {}
    wrong = []
    for line, cells in _rows(text):
        address = _address_in(cells)
        if address:
            found[address] = None
        elif line > 1:
            wrong.append(line)
    return Listed(tuple(found), tuple(wrong))


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Give each line that is not empty, with its number."""
    lines = text.lstrip("\ufeff").splitlines()
    delimiter = _delimiter(lines[:1])
    for number, line in enumerate(lines, start=1):
        cells = _cells(line, delimiter)
        if any(cell.strip() for cell in cells):
            yield number, cells


def _cells(line: str, delimiter: str) -> list[str]:
    """Read each line by itself: a quote that is never closed must hide nobody further down."""
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:  # a cell longer than any that holds an address
        return line.split(delimiter)


def _delimiter(first: Iterable[str]) -> str:
    line = "".join(first)
    return max(",;\t", key=line.count)


def _address_in(cells: Iterable[str]) -> str | None:
    told = (cell.strip().strip("'\"").strip().lower() for cell in cells)
    return next((cell for cell in told if ADDRESS.fullmatch(cell)), None)
