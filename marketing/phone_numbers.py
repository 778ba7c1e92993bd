"""Phone numbers by the plans of all countries: written one way, and where each may be.

A number that names its country is taken when its length is possible there: new ranges come
faster than lists of them. One without a country has to be a real one of the region given.
"""

import re
from dataclasses import replace
from functools import lru_cache
from typing import Any, TypeVar, cast

import phonenumbers
from phonenumbers import timezone

from marketing.model import CustomerKey
from marketing.timing import is_zone

Record = TypeVar("Record")
E164 = re.compile(r"\+[1-9][0-9]{6,14}")
LONGEST = 40
"""Letters: what is longer is no number."""


def e164(text: str, *regions: str | None) -> str | None:
    """Give a number as +4915112345678; one without a country is of the first region it fits.

    None: it is no number anywhere it may be from. `regions` are ISO 3166 alpha-2 codes.
    """
    if E164.fullmatch(text):
        return text
    for region in regions or (None,):
        found = _read(text, region)
        if found is not None and _is_one(found, text):
            return str(phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164))
    return None


def is_e164(text: str) -> bool:
    """Say whether a text may be written to as it stands."""
    return E164.fullmatch(text) is not None


def _is_one(found: phonenumbers.PhoneNumber, text: str) -> bool:
    is_whole = text.lstrip().startswith("+")
    test = phonenumbers.is_possible_number if is_whole else phonenumbers.is_valid_number
    return bool(test(found))


def _read(text: str, region: str | None) -> phonenumbers.PhoneNumber | None:
    if len(text) > LONGEST:
        return None
    try:
        return phonenumbers.parse(text, region)
    except phonenumbers.NumberParseException:
        return None


def begun_at(digits: str, region: str | None) -> str | None:
    """Give the beginning of a number in E.164, from how one begins to dial it in that region.

    None: the region has no plan of numbers, or is not known.
    """
    plan = phonenumbers.PhoneMetadata.metadata_for_region(region) if region else None
    if plan is None:
        return None
    own = digits.removeprefix(plan.national_prefix or "")
    return f"+{plan.country_code}{own}" if own else None


def number_in(text: str, region: str | None) -> str | None:
    """Give the one number that a sentence names, as one would dial it in that region."""
    leniency = phonenumbers.Leniency.VALID
    found = phonenumbers.PhoneNumberMatcher(text, region, leniency, max_tries=20)
    style = phonenumbers.PhoneNumberFormat.E164
    numbers = {str(phonenumbers.format_number(one.number, style)) for one in found}
    return numbers.pop() if len(numbers) == 1 else None


def country_of(number: str) -> str | None:
    """Give the country whose plan has this number; None: no plan has it, or it is of no country.

    Several countries share +1 and +7: the digits after it tell them apart.
    """
    found = _read(number, None)
    region = phonenumbers.region_code_for_number(found) if found else None
    return region if region and region.isalpha() else None


@lru_cache(maxsize=4096)
def zones_of(number: str) -> tuple[str, ...]:
    """Give every time zone in which whoever has this number may be; none: nobody can say."""
    found = _read(number, None)
    names = timezone.time_zones_for_number(found) if found else ()
    return tuple(name for name in names if name != timezone.UNKNOWN_TIMEZONE and is_zone(name))


def dialled(record: Record, store_country: str | None) -> Record:
    """Give what a platform told with its number in E.164, where it is one; else it is left.

    Whoever told a country of their own dials as one does there, others as at the store.
    """
    for name in ("key", "customer"):
        key = getattr(record, name, None)
        if isinstance(key, CustomerKey) and key.phone and not is_e164(key.phone):
            regions = [one for one in (getattr(record, "country", None), store_country) if one]
            phone = e164(key.phone, *regions)
            if phone:
                told: dict[str, Any] = {name: replace(key, phone=phone)}
                record = cast("Record", replace(cast("Any", record), **told))
    return record
