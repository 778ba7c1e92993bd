"""Putting flows to work: drafts become versions, flows pause and go on."""

from dataclasses import replace
from datetime import datetime, timedelta

from jobs import browse, decide, flow_problems, pools, watch, whatsapp_templates
from jobs.drafts import BY_NOBODY, Edit, as_read, found, see_revision
from jobs.flow_problems import Templates
from jobs.runtime import Runtime
from marketing import flow_schema
from marketing.crediting import creditless
from marketing.entry import TOO_LATE
from marketing.events import EventName
from marketing.flow import CallWebhook, Flow, FlowStatus
from marketing.flow_schema import BadFlow
from marketing.model import Reason
from storage import (
    Connection,
    endpoints,
    enrollments,
    flows,
    idle_carts,
    intakes,
    recommendations,
    rfm,
    stores,
    upkeep,
)
from storage.flows import Author


def publish(
    runtime: Runtime,
    store_id: str,
    flow_id: str,
    edit: Edit = BY_NOBODY,
    *,
    number: int | None = None,
) -> str:
    """Make the draft the live version and give its id; raises `BadFlow` or `NoSuchFlow`.

    With a `number` that version becomes the draft again and goes live, both or neither; raises
    KeyError for one that never was.

    Templates are compiled here, once. People under way keep the version they entered.
    Only the draft that was looked at goes live: raises `DraftMoved` where it is another one.
    """
    with runtime.database.reading() as connection:
        stored = found(connection, store_id, flow_id, lock=False)
        store = stores.by_id(connection, store_id)
        again = flows.numbered(connection, stored, number).flow if number is not None else None
    see_revision(stored, edit)
    read = replace(edit, revision=stored.revision)
    if store and (problem := flow_problems.doubling(store, stored)):
        raise BadFlow((problem,))
    flow = again or flow_schema.load(as_read(stored, edit))
    if store and (lacking := creditless(flow.steps_by_id.values(), store.platform)):
        raise BadFlow(lacking)
    templates = flow_problems.compile_all(flow, link_length=runtime.settings.link_length)
    with runtime.database.writing() as connection:
        stored = found(connection, store_id, flow_id)
        see_revision(stored, read)
        now = runtime.database.now(connection)
        if again or flow_schema.dump(flow) != stored.draft:
            flows.save_draft(connection, store_id, flow_id, flow, now, edit.author)
        version_id = put_live(connection, stored, flow, templates, now, edit.author)
        if stored.status is FlowStatus.PAUSED:
            _go_on(connection, store_id, flow_id, now)
        _look_at_carts(connection, store_id, now)
    _wake(runtime, store_id)
    return version_id


def put_live(
    connection: Connection,
    stored: flows.StoredFlow,
    flow: Flow,
    templates: Templates,
    now: datetime,
    author: Author = None,
) -> str:
    """Make a flow with its compiled templates the live version; raises `BadFlow`."""
    flow_problems.check_others(connection, stored, flow)
    flow_problems.check_segments(connection, stored.store_id, flow)
    if wrong := whatsapp_templates.problems(connection, stored.store_id, flow):
        raise BadFlow(wrong)
    where = (stored.store_id, stored.id)
    version_id = flows.add_version(connection, *where, flow, templates, now, author)
    called = [step.url for step in flow.steps_by_id.values() if isinstance(step, CallWebhook)]
    endpoints.switch_on(connection, stored.store_id, called)
    decide.follow(connection, stored, flow, now)
    if any(str(one).startswith("customer.rfm") for one in flows.everything_asked(flow)):
        rfm.want(connection, stored.store_id, now)
    _make_codes_ahead(connection, stored.store_id, now)
    recommendations.want(connection, stored.store_id, now)
    return version_id


def pause(runtime: Runtime, store_id: str, flow_id: str) -> None:
    """Stop a live flow: nobody enters, nobody is written to, all keep their place."""
    with runtime.database.writing() as connection:
        if found(connection, store_id, flow_id).status is not FlowStatus.LIVE:
            return
        now = runtime.database.now(connection)
        flows.set_status(connection, store_id, flow_id, FlowStatus.PAUSED, now)
        _look_at_carts(connection, store_id, now)


def resume(runtime: Runtime, store_id: str, flow_id: str) -> None:
    """Let a paused flow go on where everybody stood."""
    with runtime.database.writing() as connection:
        if found(connection, store_id, flow_id).status is not FlowStatus.PAUSED:
            return
        now = runtime.database.now(connection)
        flows.set_status(connection, store_id, flow_id, FlowStatus.LIVE, now)
        _go_on(connection, store_id, flow_id, now)
        _look_at_carts(connection, store_id, now)
        _make_codes_ahead(connection, store_id, now)
    _wake(runtime, store_id)


def _go_on(connection: Connection, store_id: str, flow_id: str, now: datetime) -> None:
    enrollments.unpark(connection, store_id, flow_id, now)
    intakes.unpark(connection, store_id, flow_id, now)
    upkeep.unhold(connection, store_id, Reason.FLOW_PAUSED, now, flow_id=flow_id)


def _look_at_carts(connection: Connection, store_id: str, now: datetime) -> None:
    """Keep the shortest idle time of the live cart flows, and when to look at open carts."""
    live = flows.live(connection, [store_id], EventName.CART_ABANDONED)
    idle = [version.flow.trigger.idle or timedelta() for version in live]
    seconds = int(min(idle).total_seconds()) if idle else None
    stores.set_cart_idle_seconds(connection, store_id, seconds)
    idle_carts.look_again(connection, store_id, seconds, since=now - TOO_LATE)
    browse.look_again(connection, store_id, now - TOO_LATE)
    watch.keep_watch(connection, store_id, now)


def _make_codes_ahead(connection: Connection, store_id: str, now: datetime) -> None:
    """Put in the pools that live flows take their codes from; the clock has them filled."""
    if store := stores.by_id(connection, store_id):
        pools.plan(connection, store, now)


def _wake(runtime: Runtime, store_id: str) -> None:
    runtime.queues.wake("advance", [store_id])
    runtime.queues.wake("deliver", [store_id])
    runtime.queues.wake_clock()
