"""Whether a cart as it is now lets its message offer the code that was made for it before."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from marketing import coupons
from marketing.flow import Coupon, SendMessage
from marketing.gate import CodeState
from marketing.model import Reason
from storage import Connection, Row, code_guards, codes
from storage.flows import Version


def refusals(
    connection: Connection,
    store_id: str,
    rows: Sequence[Row[Any]],
    versions: Mapping[tuple[str, str], Version],
) -> dict[str, Reason]:
    """Give why messages (by id) offer no code after all: a cart changes between the two."""
    offering = [row for row in rows if row.cart_id and row.code_state == codes.CREATED]
    carts = code_guards.carts_of(connection, store_id, (row.cart_id for row in offering))
    found = {}
    for row in offering:
        coupon = _coupon(row, versions[store_id, row.version_id])
        cart = carts.get(row.cart_id)
        if coupon is None or cart is None:
            continue
        # The code itself may be in the cart already: from an earlier message that offered it.
        others = replace(cart, codes=tuple(one for one in cart.codes if one != row.code))
        if reason := coupons.cart_refusal(coupon, others):
            found[row.id] = reason
    return found


def state_of(row: Row[Any]) -> CodeState:
    """Give where the code of a message stands."""
    if row.code_id is None or row.code_reason:
        return CodeState.NONE
    # Not while its end is being moved: the platform would end it sooner than the message says.
    return CodeState.READY if row.code_state == codes.CREATED else CodeState.WAITING


def _coupon(row: Row[Any], version: Version) -> Coupon | None:
    """Give the step whose code a message offers."""
    step = version.flow.steps_by_id[row.step_id]
    if not isinstance(step, SendMessage) or step.coupon is None:
        return None
    return coupons.coupon_of(version.flow.steps_by_id[step.coupon])
