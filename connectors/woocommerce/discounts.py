"""Coupons: each of our codes is one of WooCommerce's, for it knows no discount with many codes.

A pool's codes name the coupon that they are copies of in their description. The end of a code
is told in the store's own time, for WooCommerce keeps no other and says nothing of it.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import orjson

from connectors.base import CodeImport, Credentials, DiscountRequest, StoreRefused
from connectors.woocommerce import plugin
from connectors.woocommerce.client import InputRefused, NotThere, RestClient
from connectors.woocommerce.mapping import fields
from marketing.flow import Off
from marketing.model import JsonObject
from marketing.money import decimals

TAKEN = "woocommerce_rest_coupon_code_already_exists"
MARK = "reprise-pool-"
AT_ONCE = 100
"""What one batch may ask for, all in all."""
LONG_AGO = "2001-01-01T00:00:00"
CLOSE = timedelta(minutes=1)
COPIED = (
    "discount_type", "amount", "individual_use", "usage_limit", "usage_limit_per_user",
    "free_shipping", "minimum_amount", "date_expires",
)  # fmt: skip


def create(client: RestClient, credentials: Credentials, request: DiscountRequest) -> str:
    """Make a code that works once and return the coupon's id.

    A code that is taken by a coupon of the same description is an earlier try of this very
    call: its id is returned. Taken by another, it is refused.
    """
    told = {**_terms(request), "date_expires": _written(request.ends_at)}
    told |= _whose(client, credentials, request)
    try:
        made = client.call(credentials, "post", "coupons", data=told).json()
    except InputRefused as refused:
        if refused.code != TAKEN:
            raise
        made = _ours(client, credentials, request)
    coupon = fields.record(made)
    external_id = fields.identifier(coupon.get("id"))
    if external_id is None:
        raise StoreRefused("the store made a coupon but did not name it")
    _set_right(client, credentials, coupon, request.ends_at)
    return external_id


def _terms(request: DiscountRequest) -> JsonObject:
    kind, amount = "percent", str(request.percent)
    if request.off is not Off.PERCENT:
        kind, amount = "fixed_cart", _major(request.amount, request.currency)
    told: JsonObject = {
        "code": request.code.lower(),
        "description": request.title,
        "discount_type": kind,
        "amount": "0" if request.off is Off.FREE_SHIPPING else amount,
        "free_shipping": request.off is Off.FREE_SHIPPING,
        "individual_use": not request.is_combinable,
        "usage_limit": 1,
        "usage_limit_per_user": 1,
    }
    if request.minimum is not None:
        told["minimum_amount"] = _major(request.minimum, request.currency)
    return told


def _whose(client: RestClient, credentials: Credentials, request: DiscountRequest) -> JsonObject:
    """Bind a code to its customer's address, where the plugin sets that before it applies it.

    Without, a guest's checkout refuses such a code, and even the order that follows.
    """
    who = request.customer
    if who is None or not plugin.is_connected(client, credentials):
        return {}
    email = who.email or _address_of(client, credentials, who.external_id)
    return {"email_restrictions": [email]} if email else {}


def _address_of(
    client: RestClient, credentials: Credentials, customer_id: str | None
) -> str | None:
    if customer_id is None:
        return None
    try:
        asked = {"_fields": "email"}
        told = client.get(credentials, f"customers/{customer_id}", asked).json()
    except NotThere:
        return None
    return fields.email(fields.record(told).get("email"))


def _major(amount: int, currency: str) -> str:
    return f"{Decimal(amount).scaleb(-decimals(currency)):f}"


def _written(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def _set_right(
    client: RestClient, credentials: Credentials, coupon: JsonObject, ends_at: datetime
) -> None:
    """See that a coupon ends when it should: first told in UTC, it says how far off that is.

    So the store's zone need not be known, nor its rules of summer. A coupon that would never
    end is taken back.
    """
    external_id = str(coupon["id"])
    for _ in range(2):
        kept = fields.moment(coupon.get("date_expires_gmt"))
        local = fields.moment(coupon.get("date_expires"))
        if kept is None or local is None:
            delete(client, credentials, external_id)
            raise StoreRefused("the store would have let a code work for ever")
        if abs(kept - ends_at) < CLOSE:
            return
        told = {"date_expires": _written(ends_at + (local - kept))}
        put = client.call(credentials, "put", f"coupons/{external_id}", data=told)
        coupon = fields.record(put.json())
    kept = fields.moment(coupon.get("date_expires_gmt"))
    if kept is None or abs(kept - ends_at) > timedelta(hours=1):
        raise StoreRefused("the store does not keep the end of a code as told")


def _ours(client: RestClient, credentials: Credentials, request: DiscountRequest) -> JsonObject:
    found = _by_code(client, credentials, request.code)
    if found is None or found.get("description") != request.title:
        raise StoreRefused(f"the code {request.code} belongs to another discount")
    return found


def _by_code(client: RestClient, credentials: Credentials, code: str) -> JsonObject | None:
    told = client.get(credentials, "coupons", {"code": code.lower()}).json()
    same = (one for one in fields.records(told) if str(one.get("code")).lower() == code.lower())
    return next(same, None)


def extend(
    client: RestClient, credentials: Credentials, external_id: str, ends_at: datetime
) -> None:
    """Move the end of a code; nothing else of it changes."""
    told = client.get(credentials, f"coupons/{external_id}").json()
    coupon = {"id": external_id, **fields.record(told)}
    if fields.moment(coupon.get("date_expires_gmt")) is None:
        put = {"date_expires": _written(ends_at)}
        answer = client.call(credentials, "put", f"coupons/{external_id}", data=put)
        coupon = {"id": external_id, **fields.record(answer.json())}
    _set_right(client, credentials, coupon, ends_at)


def deactivate(client: RestClient, credentials: Credentials, external_id: str) -> None:
    """Let a code and its copies work no more; a coupon that is gone works no more either."""
    ended = [
        {"id": one, "date_expires": LONG_AGO} for one in _all_of(client, credentials, external_id)
    ]
    _batch(client, credentials, "update", ended)


def delete(client: RestClient, credentials: Credentials, external_id: str) -> None:
    """Remove a coupon with all its copies for good, not into the trash, if it is still there."""
    _batch(client, credentials, "delete", _all_of(client, credentials, external_id))


def _all_of(client: RestClient, credentials: Credentials, external_id: str) -> list[int]:
    copies = _copies(client, credentials, external_id)
    return [*copies, int(external_id)]


def _batch(client: RestClient, credentials: Credentials, what: str, told: Sequence[object]) -> None:
    """Change coupons a hundred at a time; what is gone already is fine."""
    for some in _parts(told):
        answer = client.call(credentials, "post", "coupons/batch", data={what: list(some)})
        for one in fields.records(fields.record(answer.json()).get(what)):
            error = fields.record(one.get("error"))
            if error and fields.record(error.get("data")).get("status") not in {400, 404, 410}:
                raise StoreRefused(str(error.get("message"))[:300])


def _parts(told: Sequence[object]) -> Iterator[Sequence[object]]:
    for start in range(0, len(told), AT_ONCE):
        yield told[start : start + AT_ONCE]


def _copies(client: RestClient, credentials: Credentials, external_id: str) -> list[int]:
    """Give the ids of the codes that a pool was given; the search looks into descriptions."""
    mark = f"{MARK}{external_id}"
    found: list[int] = []
    for number in range(1, 101):
        asked = {"search": mark, "per_page": 100, "page": number, "_fields": "id,description"}
        rows = fields.records(client.get(credentials, "coupons", asked).json())
        found += [int(row["id"]) for row in rows if _mark_of(row) == mark]
        if len(rows) < 100:
            break
    return found


def _mark_of(coupon: JsonObject) -> str | None:
    last = (fields.text(coupon.get("description")) or "").rpartition(" ")[2]
    return last if last.startswith(MARK) else None


def add_codes(
    client: RestClient, credentials: Credentials, external_id: str, codes: Sequence[str]
) -> str:
    """Give a pool more codes; they are there at once, and the id says what became of each."""
    parent = fields.record(client.get(credentials, f"coupons/{external_id}").json())
    terms = {name: parent[name] for name in COPIED if parent.get(name) is not None}
    if "date_expires" not in terms:
        raise StoreRefused("the pool's own code has no end any more")
    terms["description"] = f"{parent.get('description')} {MARK}{external_id}"
    fate: dict[str, list[str]] = {"added": [], "taken": [], "refused": []}
    for some in _parts(codes):
        told = [{**terms, "code": str(code).lower()} for code in some]
        answer = client.call(credentials, "post", "coupons/batch", data={"create": told}).json()
        made = fields.record(answer).get("create")
        for code, one in zip(some, made if isinstance(made, list) else [], strict=False):
            fate[_fate(fields.record(one))].append(str(code))
    return orjson.dumps(fate).decode()


def _fate(made: JsonObject) -> str:
    if "error" not in made:
        return "added" if made.get("date_expires") else "refused"
    return "taken" if fields.record(made["error"]).get("code") == TAKEN else "refused"


def code_import(import_id: str) -> CodeImport:
    """Say what became of codes; all of it stands in the id."""
    told = orjson.loads(import_id)
    return CodeImport(
        is_done=True, **{name: tuple(told[name]) for name in ("added", "taken", "refused")}
    )


def discount_of(client: RestClient, credentials: Credentials, code: str) -> str | None:
    """Give the id of the coupon that a code is, or is a copy of."""
    found = _by_code(client, credentials, code)
    if found is None:
        return None
    mark = _mark_of(found)
    return mark.removeprefix(MARK) if mark else fields.identifier(found.get("id"))
