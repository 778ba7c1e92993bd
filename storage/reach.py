"""Whom a channel reaches, in SQL: an address, and a word that the store's policy lets pass."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, and_, case, or_

from marketing.consent import Audience, ConsentPolicy
from marketing.model import ChannelName, ConsentState
from storage.schema import customers

_c = customers.c
ADDRESSES: Mapping[str, tuple[ColumnElement[Any], ColumnElement[Any]]] = {
    ChannelName.EMAIL.value: (_c.email_key, _c.email_consent),
    ChannelName.SMS.value: (_c.phone, _c.sms_consent),
}


def reachable(policy: ConsentPolicy) -> dict[str, ColumnElement[bool]]:
    """Give by channel who may get marketing on it, as far as the customer's row knows.

    Addresses that bounced or complained are told apart when a message is sent: what is kept of
    them is a hash.
    """
    return {
        channel: and_(address.is_not(None), _consents(consent, policy))
        for channel, (address, consent) in ADDRESSES.items()
    }


def _consents(consent: ColumnElement[Any], policy: ConsentPolicy) -> ColumnElement[bool]:
    said_yes = consent == ConsentState.SUBSCRIBED.value
    said_no = consent.in_([ConsentState.UNSUBSCRIBED.value, ConsentState.INVALID.value])
    everyone = or_(consent.is_(None), ~said_no)
    words = {Audience.SUBSCRIBERS: said_yes, Audience.EVERYONE: everyone}
    if not policy.by_country:
        return words[policy.audience]
    by_country = [(_c.country == code, words[one]) for code, one in policy.by_country.items()]
    return case(*by_country, else_=words[policy.audience])
