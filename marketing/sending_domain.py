"""A store's own sending domain: the DNS records it needs, and what was found instead.

We sign by DKIM in the domain's name, with a key made for the store: so a message from it passes
DMARC by the signature, whoever carries it. The envelope stays the operator's, for bounces: SPF
of the store's own domain decides nothing then, and is asked for only where the operator names
what to include.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import idna

SELECTOR: Final = "reprise"
DOMAIN = re.compile(
    r"(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]"
)


class RecordState(StrEnum):
    """What a look-up found of a record."""

    FOUND = "found"
    MISSING = "missing"
    WRONG = "wrong"
    SEVERAL = "several"
    """More than one where there may be one: receivers then heed none."""
    NO_ANSWER = "no_answer"


@dataclass(frozen=True, slots=True)
class Wanted:
    """A record to be put into DNS; `is_needed`: nothing is sent from the domain without it."""

    key: str
    name: str
    value: str
    is_needed: bool = True
    kind: str = "TXT"


@dataclass(frozen=True, slots=True)
class Found:
    """What stands at a record's name; None: nobody answered."""

    texts: Sequence[str] | None


@dataclass(frozen=True, slots=True)
class Checked:
    """A record, whether it is there, and what is there that looks like it."""

    wanted: Wanted
    state: RecordState
    found: str | None


def domain_of(address: str) -> str | None:
    """Give the domain of an address, of a page, or a domain itself, in IDNA; None if it is none."""
    host = address.strip().partition("://")[2] or address
    domain = host.partition("/")[0].rpartition("@")[2].strip().rstrip(".").lower()
    try:
        ascii_domain = idna.encode(domain, uts46=True).decode("ascii")
    except (idna.IDNAError, UnicodeError):
        return None
    return ascii_domain if DOMAIN.fullmatch(ascii_domain) else None


def wanted(domain: str, public_key: str, spf_include: str | None) -> tuple[Wanted, ...]:
    """Give the records of a domain; `public_key` is the key's SubjectPublicKeyInfo in base64."""
    dkim = Wanted("dkim", f"{SELECTOR}._domainkey.{domain}", f"v=DKIM1; k=rsa; p={public_key}")
    dmarc = Wanted("dmarc", f"_dmarc.{domain}", "v=DMARC1; p=none")
    if spf_include is None:
        return dkim, dmarc
    spf = Wanted("spf", domain, f"v=spf1 include:{spf_include} ~all", is_needed=False)
    return dkim, dmarc, spf


def check(record: Wanted, found: Found) -> Checked:
    """Say whether a record is there as it is wanted."""
    if found.texts is None:
        return Checked(record, RecordState.NO_ANSWER, None)
    alike = [text for text in found.texts if _is_alike(record.key, text)]
    if not alike:
        return Checked(record, RecordState.MISSING, None)
    if len(alike) > 1:
        return Checked(record, RecordState.SEVERAL, " | ".join(alike))
    is_right = RULES[record.key](record, alike[0])
    return Checked(record, RecordState.FOUND if is_right else RecordState.WRONG, alike[0])


BEGINNINGS: Mapping[str, str] = {"dkim": "v=dkim1", "dmarc": "v=dmarc1", "spf": "v=spf1"}


def _is_alike(key: str, text: str) -> bool:
    plain = text.strip().lower().replace(" ", "")
    return plain.startswith(BEGINNINGS[key]) or (key == "dkim" and "p=" in plain)


def _has_key(record: Wanted, text: str) -> bool:
    return _tags(text).get("p") == _tags(record.value)["p"]


def _has_policy(record: Wanted, text: str) -> bool:
    del record
    return _tags(text).get("p", "").lower() in {"none", "quarantine", "reject"}


def _includes(record: Wanted, text: str) -> bool:
    include = next(part for part in record.value.split() if part.startswith("include:"))
    return include in text.lower().split()


RULES = {"dkim": _has_key, "dmarc": _has_policy, "spf": _includes}


def _tags(text: str) -> dict[str, str]:
    """Read `a=b; c=d`; a key may be broken by spaces."""
    pairs = (part.partition("=") for part in text.split(";"))
    return {
        name.strip().lower(): "".join(value.split()) for name, _, value in pairs if name.strip()
    }


def passes(checked: Iterable[Checked]) -> bool:
    """Say whether messages may go out from the domain."""
    return all(one.state is RecordState.FOUND for one in checked if one.wanted.is_needed)
