"""Scripts of trouble: what an Admin API or a mail server should do wrong, and how often."""

import threading
from dataclasses import dataclass
from typing import Any


class BadFault(ValueError):
    """A script we can't play; the message is for people."""


@dataclass
class Fault:
    """One kind of trouble: where, what, whom it meets, and how many times are left."""

    where: str
    what: str
    left: int | None = 1
    code: int = 0
    text: str = ""
    seconds: float = 0.0
    match: str = ""
    recorded: bool = True

    def shown(self) -> dict[str, Any]:
        return dict(vars(self))


class FaultScript:
    """The trouble that is ordered and has not yet come."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ordered: list[Fault] = []

    def order(self, fault: Fault) -> None:
        with self._lock:
            self._ordered.append(fault)

    def clear(self) -> None:
        with self._lock:
            self._ordered.clear()

    def listing(self) -> list[dict[str, Any]]:
        with self._lock:
            return [fault.shown() for fault in self._ordered]

    @property
    def quiet(self) -> bool:
        return not self._ordered

    def take(self, where: str, subject: str = "") -> Fault | None:
        """The first ordered fault for this place (and recipient, shop, ...); counts as played."""
        with self._lock:
            for fault in self._ordered:
                if fault.where == where and fault.match.casefold() in subject.casefold():
                    self._play(fault)
                    return fault
        return None

    def _play(self, fault: Fault) -> None:
        if fault.left is not None:
            fault.left -= 1
            if fault.left <= 0:
                self._ordered.remove(fault)


def read_fault(asked: object, where: dict[str, set[str]]) -> Fault:
    """A fault from JSON, its keys those of `Fault` but `times` for `left`.

    `where` names the places and what may happen there; `times` null means until cleared.
    """
    if not isinstance(asked, dict):
        raise BadFault("a fault is a JSON object")
    place, what = asked.get("where"), asked.get("what", "reply")
    if place not in where:
        raise BadFault(f'"where" is one of {", ".join(sorted(where))}')
    if what not in where[place]:
        raise BadFault(f'"what" at {place} is one of {", ".join(sorted(where[place]))}')
    try:
        times = asked.get("times", 1)
        return Fault(
            where=str(place),
            what=str(what),
            left=None if times is None else int(times),
            code=int(asked.get("code", 0)),
            text=str(asked.get("text", "")),
            seconds=float(asked.get("seconds", 0)),
            match=str(asked.get("match", "")),
            recorded=bool(asked.get("recorded", True)),
        )
    except (TypeError, ValueError) as cause:
        raise BadFault("times, code and seconds are numbers") from cause
