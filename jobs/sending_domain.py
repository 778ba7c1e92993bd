"""A store's own sending domain: chosen, looked for in DNS, and given up again."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from channels.email import dkim
from channels.email.dns_lookup import DnsLookup
from jobs.intake_orders import NotHere
from jobs.runtime import Runtime
from marketing import sending_domain
from marketing.said import say
from marketing.sending_domain import Found, RecordState
from storage import sending_domains
from storage.sending_domains import SendingDomain


class NoDomain(Exception):
    """What was given is no domain of one's own."""


SHARED_BY_ALL = frozenset(
    {"gmail.com", "googlemail.com", "yahoo.com", "outlook.com", "hotmail.com", "icloud.com",
     "gmx.de", "gmx.net", "web.de", "aol.com", "live.com", "proton.me", "t-online.de"}
)  # fmt: skip
"""Mail providers whose DNS nobody but them can change."""


@dataclass(frozen=True, slots=True)
class Told:
    """One record: what it should be, and what DNS said last."""

    key: str
    kind: str
    name: str
    value: str
    is_needed: bool
    state: str | None
    found: str | None


@dataclass(frozen=True, slots=True)
class State:
    """A store's domain with its records; `verified_at` None: the shared sender is used."""

    domain: str
    records: list[Told]
    checked_at: datetime | None
    verified_at: datetime | None


def state(runtime: Runtime, store_id: str) -> State | None:
    """Give how far a store's domain is; None: it has named none."""
    with runtime.database.reading() as connection:
        known = sending_domains.get(connection, store_id)
    return _state(runtime, known) if known else None


def choose(runtime: Runtime, store_id: str, told: str) -> State:
    """Take the domain of an address, and make a key for it; raises `NoDomain`.

    The same one again keeps its key, so that records in DNS stay right.
    """
    domain = sending_domain.domain_of(told)
    if domain is None or domain in SHARED_BY_ALL:
        raise NoDomain
    with runtime.database.writing() as connection:
        known = sending_domains.get(connection, store_id)
        if known is None or known.domain != domain:
            key = dkim.new_key()
            sending_domains.choose(connection, runtime.secrets, store_id, domain, key)
            known = sending_domains.get(connection, store_id)
    if known is None:
        raise AssertionError("it was written a moment ago")
    return _state(runtime, known)


def check(runtime: Runtime, store_id: str) -> State:
    """Look a store's records up in DNS now; raises `NotHere`.

    A server that does not answer changes nothing: who passed yesterday goes on sending.
    """
    with runtime.database.reading() as connection:
        known = sending_domains.get(connection, store_id)
    if known is None:
        raise NotHere(say("This store has named no sending domain yet."))
    lookup = DnsLookup(runtime.settings.dns_servers)
    checked = [
        sending_domain.check(one, Found(lookup.texts(one.name))) for one in _wanted(runtime, known)
    ]
    is_known = all(one.state is not RecordState.NO_ANSWER for one in checked)
    records = {one.wanted.key: {"state": one.state.value, "found": one.found} for one in checked}
    with runtime.database.writing() as connection:
        now = runtime.database.real_now(connection)
        sending_domains.note(
            connection, store_id, known.domain, records, checked_at=now,
            passes=sending_domain.passes(checked) if is_known else None,
        )  # fmt: skip
        after = sending_domains.get(connection, store_id)
    return _state(runtime, after or known)


def forget(runtime: Runtime, store_id: str) -> None:
    """Go back to the shared sender; raises `NotHere`."""
    with runtime.database.writing() as connection:
        if not sending_domains.forget(connection, store_id):
            raise NotHere(say("This store has named no sending domain."))


def _wanted(runtime: Runtime, known: SendingDomain) -> tuple[sending_domain.Wanted, ...]:
    include = runtime.settings.spf_include
    return sending_domain.wanted(known.domain, known.public_key, include)


def _state(runtime: Runtime, known: SendingDomain) -> State:
    told = [_told(one, known.records.get(one.key) or {}) for one in _wanted(runtime, known)]
    return State(known.domain, told, known.checked_at, known.verified_at)


def _told(one: sending_domain.Wanted, said: dict[str, Any]) -> Told:
    return Told(
        one.key, one.kind, one.name, one.value, one.is_needed, said.get("state"), said.get("found")
    )
