"""The carts that were left lately and not bought: what they are worth, and who may be written to.

Counted in groups of customers who are alike for `marketing.consent`, which then decides.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, exists, func, select

from marketing.model import ChannelName
from storage.cart_refusals import refused_carts
from storage.idle_carts import IS_OPEN
from storage.reach import suppressed
from storage.schema import carts, customers, enrollments, orders


@dataclass(frozen=True, slots=True)
class Since:
    """From when on carts count at all, are warm, and have something of their flow to come."""

    counted: datetime
    warm: datetime
    told: datetime


@dataclass(frozen=True, slots=True)
class Left:
    """Carts of customers who are alike: how many, their value, and what decides about them."""

    carts: int
    value: int
    email_consent: str | None
    country: str | None
    has_address: bool
    is_suppressed: bool
    is_followed: bool
    """A flow is following this very cart, or did."""
    is_warm: bool
    """Left since the moment that was asked about."""
    has_newer: bool
    """Its customer left another one after it, which counts instead."""
    is_over: bool
    """Left too long ago for what the flow says."""
    refused: str | None = None
    """Why that flow wrote nothing, if it was for want of consent."""


def left(connection: Connection, store_id: str, since: Since, until: datetime) -> list[Left]:
    """Give the carts with something in them that were left between two moments, in groups.

    A cart that its customer bought something after is none; nor is one of staff.
    """
    c, p = carts.c, customers.c
    has_address = p.email_key.is_not(None)
    is_suppressed = suppressed(store_id, ChannelName.EMAIL)
    is_warm, is_over = c.updated_at >= since.warm, c.updated_at <= since.told
    refused = refused_carts(store_id, c.abandoned_at >= since.counted, since.counted)
    groups: list[ColumnElement[Any]] = [  # in the order of what `Left` tells
        p.email_consent, p.country, has_address, is_suppressed, _is_followed(), is_warm,
        _has_newer(until), is_over, refused.c.reason,
    ]  # fmt: skip
    same = and_(p.store_id == c.store_id, p.id == c.customer_id)
    rows = connection.execute(
        select(func.count(), func.coalesce(func.sum(c.store_total), 0), *groups)
        .select_from(carts.join(customers, same).outerjoin(refused, refused.c.cart_id == c.id))
        .where(
            c.store_id == store_id,
            c.updated_at >= since.counted,
            c.updated_at < until,
            IS_OPEN,
            c.counts,
            c.subtotal > 0,
            ~p.is_staff,
            p.erased_at.is_(None),
            p.deleted_at.is_(None),
            ~_bought_since(),
        )
        .group_by(*groups)
    )
    return [Left(number, int(value), *told) for number, value, *told in rows]


def _is_followed() -> ColumnElement[bool]:
    e = enrollments.c
    return exists(e.id).where(e.store_id == carts.c.store_id, e.cart_id == carts.c.id)


def _has_newer(until: datetime) -> ColumnElement[bool]:
    """Only one that was left by now, too: who still fills one may leave with nothing of it."""
    newer = carts.alias("newer")
    n, c = newer.c, carts.c
    over = (n.completed_at, n.closed_at, n.deleted_at)
    return exists(n.id).where(
        n.store_id == c.store_id,
        n.customer_id == c.customer_id,
        n.updated_at > c.updated_at,
        n.updated_at < until,
        n.subtotal > 0,
        *[at.is_(None) for at in over],
    )


def _bought_since() -> ColumnElement[bool]:
    o = orders.c
    return exists(o.id).where(
        o.store_id == carts.c.store_id,
        o.customer_id == carts.c.customer_id,
        o.placed_at >= carts.c.updated_at,
    )


def total(groups: Iterable[Left]) -> tuple[int, int]:
    """Give how many carts these are, and what they are worth."""
    told = list(groups)
    return sum(one.carts for one in told), sum(one.value for one in told)
