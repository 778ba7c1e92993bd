"""What a merchant does about one customer: out of a flow, their data given out, or erased."""

from dataclasses import dataclass
from datetime import datetime

from jobs import privacy as privacy_job
from jobs.endings import Ended, end
from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from marketing.model import CustomerKey, JsonObject, PrivacyRequest, Reason
from marketing.said import SaidError, say
from storage import Connection, customers, enrollments, people, privacy, privacy_requests
from storage.dialect import lock_stores
from storage.enrollments import Ending
from storage.privacy_requests import Request
from storage.stores import Store

NAMELESS = "ERASE"
"""What confirms erasing somebody without any name to type."""
NOBODY = "There is no such customer in this store."


class WrongName(SaidError):
    """What was typed to confirm is not what this customer is called."""

    def __init__(self, name: str) -> None:
        super().__init__(say("To erase this customer, type {name}", name=name))


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was erased of a customer, and when: counts by table, no names."""

    customer_id: str
    erased_at: datetime
    counts: dict[str, int]


def remove_from_flow(runtime: Runtime, store_id: str, customer_id: str, flow_id: str) -> int:
    """End what a customer is in of a flow, and what it still had to say; give how many ended.

    Raises `NotHere`, and `NotNow` for a flow that they are not in.
    """
    with runtime.database.writing() as connection:
        _key(connection, store_id, customer_id)
        people.hold(connection, store_id, [customer_id])
        now = runtime.database.now(connection)
        under_way = enrollments.active(connection, store_id, [customer_id])
        theirs = [one for one in under_way if one.flow_id == flow_id]
        if not theirs:
            raise NotNow(say("The customer is not in this flow any more."))
        endings = [Ending(one.id, Reason.STOPPED, max(now, one.entered_at)) for one in theirs]
        end(connection, store_id, [Ended(*pair) for pair in zip(theirs, endings, strict=True)])
        return len(theirs)


def export(runtime: Runtime, store_id: str, customer_id: str) -> JsonObject:
    """Give everything that is kept about a customer, table by table; raises `NotHere`."""
    with runtime.database.reading() as connection:
        _key(connection, store_id, customer_id)
        return privacy.export(connection, store_id, customer_id)


def erase(runtime: Runtime, store: Store, customer_id: str, typed: str) -> Receipt:
    """Erase a customer for good, in one transaction; `typed` repeats their address.

    Raises `NotHere` and `WrongName`.
    """
    with runtime.database.writing() as connection:
        lock_stores(connection, [store.id])
        key = _key(connection, store.id, customer_id)
        name = name_to_type(key)
        if typed.strip().casefold() != name.casefold():
            raise WrongName(name)
        now = runtime.database.now(connection)
        name_of_it = _request_id(customer_id)
        asked = PrivacyRequest(
            privacy_job.CUSTOMER_REDACT, key, request_id=name_of_it, customer_id=customer_id
        )
        privacy_job.heed(connection, runtime, store, asked, now, webhook_id=name_of_it)
        return _receipt(connection, store.id, customer_id)


def receipt(runtime: Runtime, store_id: str, customer_id: str) -> Receipt:
    """Give what was erased of a customer; raises `NotHere` for one who was not, by the panel."""
    with runtime.database.reading() as connection:
        return _receipt(connection, store_id, customer_id)


def name_to_type(key: CustomerKey) -> str:
    """Give what erasing asks for: the address, the number, the platform's id, else a word."""
    return key.email or key.phone or key.external_id or NAMELESS


def _key(connection: Connection, store_id: str, customer_id: str) -> CustomerKey:
    key = customers.keys_of(connection, store_id, [customer_id]).get(customer_id)
    if key is None:
        raise NotHere(NOBODY)
    return key


def _request_id(customer_id: str) -> str:
    return f"panel:{customer_id}"


def _receipt(connection: Connection, store_id: str, customer_id: str) -> Receipt:
    request = Request(store_id, privacy_job.CUSTOMER_REDACT, _request_id(customer_id))
    row = privacy_requests.get(connection, request)
    if row is None or row.finished_at is None:
        raise NotHere(NOBODY)
    counts = {name: count for name, count in row.receipt.items() if isinstance(count, int)}
    return Receipt(customer_id, row.finished_at, counts)
