"""What Meta tells of who leads a conversation: passed, taken, asked for; and of our app's role.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/webhooks/
webhook-events/messaging_handovers, as of 2026-11-27. Nobody is told of one that comes to rest, or
is taken from rest: then what the customer writes next shows who hears it.
"""

from collections.abc import Iterator

from channels.base import AccountTrouble, ThreadAsked, ThreadMoved, Told
from channels.meta import Json, moment, within
from marketing.leading import Leader, leader_of

PASSED, TAKEN, ASKED = "pass_thread_control", "take_thread_control", "request_thread_control"
ROLES, FIRST = "app_roles", "primary_receiver"


def parse(own_id: str, own_app: str, event: Json) -> Iterator[Told]:
    """Give what an event says of a conversation of this page's, or of our app's own role, if so."""
    if roles := within(event, ROLES):
        yield from _role(own_app, roles)
    customer, at = _customer(own_id, event), moment(event.get("timestamp"))
    if not customer:
        return
    if isinstance(moved := event.get(PASSED), dict):
        # It says so to whoever leads from now on, unless it names somebody else.
        yield ThreadMoved(customer, _leader(moved, own_app, Leader.US), at)
    elif isinstance(moved := event.get(TAKEN), dict):
        # And this to whoever led so far; who leads now was not always told.
        yield ThreadMoved(customer, _leader(moved, own_app, Leader.APP), at)
    elif asked := within(event, ASKED):
        by = str(asked.get("requested_owner_app_id") or "")
        if by and by != own_app:
            yield ThreadAsked(customer, leader_of(by, own_app), at)


def _leader(moved: Json, own_app: str, unnamed: Leader) -> Leader:
    if "new_owner_app_id" not in moved:
        return unnamed
    app = str(moved["new_owner_app_id"] or "")
    if not own_app and app and leader_of(app, own_app) is Leader.APP:
        return unnamed  # it may be us
    return leader_of(app, own_app)


def _customer(own_id: str, event: Json) -> str:
    """Whoever of the two is not the page: the documents have it either way round."""
    ids = (str(within(event, name).get("id") or "") for name in ("sender", "recipient"))
    return next((one for one in ids if one and one != own_id), "")


def _role(own_app: str, roles: Json) -> Iterator[Told]:
    told = roles.get(own_app) if own_app else None
    if isinstance(told, list) and told and FIRST not in told:
        yield AccountTrouble(f"Meta: {ROLES} {', '.join(map(str, told))}")
