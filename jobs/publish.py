"""Putting flows to work: recipes become drafts, drafts become versions, flows pause and go on."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from jobs import browse, decide, pools, watch, whatsapp_templates
from jobs.runtime import Runtime
from marketing import chains, flow_schema, recipes, sentences, siblings
from marketing.complements import doubled
from marketing.crediting import creditless
from marketing.entry import TOO_LATE
from marketing.events import EventName
from marketing.flow import (
    CallWebhook,
    Flow,
    FlowStatus,
    SendMessage,
    StartFlow,
    Step,
    StopFlow,
)
from marketing.flow_reading import readable_steps
from marketing.flow_schema import BadFlow, Problem
from marketing.model import ChannelName, JsonObject, Reason
from marketing.said import say
from marketing.templates import CompiledTemplate, TemplateRefused, compile_template
from marketing.unconnected import unconnected
from marketing.unwritten import codeless, unwritten
from storage import (
    Connection,
    channel_accounts,
    endpoints,
    enrollments,
    flows,
    idle_carts,
    intakes,
    recommendations,
    rfm,
    segments,
    stores,
    upkeep,
)
from storage.flows import Author, StoredFlow
from storage.stores import Store

Templates = Mapping[str, CompiledTemplate]
Warnings = tuple[Problem, ...]


class NoSuchFlow(Exception):
    """The store has no flow of this id."""


@dataclass(frozen=True, slots=True)
class Edit:
    """Who changes a draft, and the revision of it that they looked at; None: whatever it is."""

    author: Author = None
    revision: int | None = None


class DraftMoved(Exception):
    """Somebody else changed the draft meanwhile; `stored` is what it is now."""

    def __init__(self, stored: StoredFlow) -> None:
        super().__init__(f"the draft of flow {stored.id} is at revision {stored.revision}")
        self.stored = stored


def seed_recipes(connection: Connection, store_id: str, now: datetime) -> list[str]:
    """Give a store every recipe that it does not have yet as a draft; gives their flow ids.

    Its own language picks the words, English where we have none in it.
    """
    store = stores.by_id(connection, store_id)
    language = sentences.language_of(store.locale if store else "")
    made = []
    for name in recipes.names():
        flow = recipes.load(name, language)
        made.append(flows.create(connection, store_id, flow, flow_schema.dump(flow), now))
    return [flow_id for flow_id in made if flow_id]


def check(document: JsonObject, *, link_length: int) -> tuple[Problem, ...]:
    """Give everything that keeps a document from going live, its templates too; keeps nothing."""
    found: tuple[Problem, ...] = ()
    try:
        flow_schema.load(document)
    except BadFlow as bad:
        found = bad.problems
    told = {problem.step for problem in found}
    sound = [step for step in readable_steps(document) if step.id not in told]
    return (*found, *_compiled(sound, link_length)[1], *unwritten(sound))


def check_in_store(
    connection: Connection,
    store: Store,
    document: JsonObject,
    stored: StoredFlow | None,
    *,
    link_length: int,
) -> tuple[Problem, ...]:
    """Give everything that keeps a document from going live in a store, as a flow of it.

    `stored`: the flow whose draft it is; None: it would be a new one.
    """
    found = list(check(document, link_length=link_length))
    try:
        flow = flow_schema.read(document)
    except BadFlow:
        return tuple(found)
    found += creditless(flow.steps_by_id.values(), store.platform)
    found += _refusals(lambda: _check_segments(connection, store.id, flow))
    found += whatsapp_templates.problems(connection, store.id, flow)
    if stored:
        found += _refusals(lambda: check_others(connection, stored, flow))
        found += [problem] if (problem := doubling(store, stored)) else []
    return tuple(dict.fromkeys(found))


def _refusals(check: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        check()
    except BadFlow as bad:
        return bad.problems
    return ()


def create(
    runtime: Runtime,
    store_id: str,
    document: JsonObject,
    made_id: str | None = None,
    *,
    is_unfinished: bool = False,
) -> str:
    """Keep a new flow as a draft and give its id; raises `BadFlow`.

    With a `made_id` it is that flow's id, and a second call with it makes nothing new.
    One that `is_unfinished` may have what keeps it from going live, but not a wrong shape.
    """
    read = flow_schema.read if is_unfinished else flow_schema.load
    flow = read(document)
    with runtime.database.writing() as connection:
        if made_id and flows.get(connection, store_id, made_id):
            return made_id
        return put_new(connection, store_id, flow, runtime.database.now(connection), made_id)


def put_new(
    connection: Connection, store_id: str, flow: Flow, now: datetime, made_id: str | None = None
) -> str:
    """Keep a new flow of the store's own as a draft and give its id."""
    own = replace(flow, recipe=None)
    flow_id = flows.create(connection, store_id, own, flow_schema.dump(own), now, made_id)
    if flow_id is None:
        raise AssertionError("a flow without a recipe is always new")
    return flow_id


def save_draft(
    runtime: Runtime,
    store_id: str,
    flow_id: str,
    document: JsonObject,
    edit: Edit = Edit(),
    *,
    is_unfinished: bool = False,
) -> None:
    """Rewrite a flow's draft; raises `BadFlow`, `DraftMoved` or `NoSuchFlow`.

    What is live stays.
    """
    read = flow_schema.read if is_unfinished else flow_schema.load
    flow = read(document)
    with runtime.database.writing() as connection:
        stored = _found(connection, store_id, flow_id)
        _see_revision(stored, edit)
        flow = replace(flow, recipe=stored.recipe)
        if flow_schema.dump(flow) != stored.draft:
            now = runtime.database.now(connection)
            flows.save_draft(connection, store_id, flow_id, flow, now, edit.author)


def restore(
    runtime: Runtime,
    store_id: str,
    flow_id: str,
    number: int,
    edit: Edit = Edit(),
) -> None:
    """Make a version the draft again; raises KeyError for one that never was, `DraftMoved`."""
    with runtime.database.writing() as connection:
        stored = _found(connection, store_id, flow_id)
        _see_revision(stored, edit)
        flow = flows.numbered(connection, stored, number).flow
        now = runtime.database.now(connection)
        flows.save_draft(connection, store_id, flow_id, flow, now, edit.author)


def _see_revision(stored: StoredFlow, edit: Edit) -> None:
    if edit.revision is not None and edit.revision != stored.revision:
        raise DraftMoved(stored)


def publish(
    runtime: Runtime,
    store_id: str,
    flow_id: str,
    edit: Edit = Edit(),
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
        stored = _found(connection, store_id, flow_id, lock=False)
        store = stores.by_id(connection, store_id)
        again = flows.numbered(connection, stored, number).flow if number is not None else None
    _see_revision(stored, edit)
    read = Edit(edit.author, stored.revision)
    if store and (problem := doubling(store, stored)):
        raise BadFlow((problem,))
    flow = again or flow_schema.load(stored.draft)
    if store and (lacking := creditless(flow.steps_by_id.values(), store.platform)):
        raise BadFlow(lacking)
    templates = compile_all(flow, link_length=runtime.settings.link_length)
    with runtime.database.writing() as connection:
        stored = _found(connection, store_id, flow_id)
        _see_revision(stored, read)
        now = runtime.database.now(connection)
        if again:
            flows.save_draft(connection, store_id, flow_id, again, now, edit.author)
        version_id = put_live(connection, stored, flow, templates, now, edit.author)
        if stored.status is FlowStatus.PAUSED:
            _go_on(connection, store_id, flow_id, now)
        _look_at_carts(connection, store_id, now)
    _wake(runtime, store_id)
    return version_id


def doubling(store: Store, stored: StoredFlow) -> Problem | None:
    """Give why a recipe's flow may not go live yet: the platform itself sends what it would.

    One that is live already stays so, whatever the settings have come to say.
    """
    if stored.live_version_id is not None:
        return None
    found = doubled(stored.recipe, store.settings, store.platform)
    return Problem("", "", found.message, found.remedy) if found else None


def warnings(connection: Connection, store_id: str, document: Any, mine: str = "") -> Warnings:
    """Give what is worth knowing before a flow goes live, or while it is; nothing is refused.

    `document` is its draft; one that can't be read has problems, and no warnings. `mine` is its id.
    """
    try:
        flow = flow_schema.load(document)
    except BadFlow:
        return ()
    others = [one.flow for one in flows.live(connection, [store_id]) if one.flow_id != mine]
    steps = flow.steps_by_id.values()
    connected = {one.channel for one in channel_accounts.of_store(connection, store_id)}
    lost = unconnected(steps, connected | {ChannelName.EMAIL})
    return (*siblings.about_others(flow, others), *codeless(steps), *lost)


def _check_segments(connection: Connection, store_id: str, flow: Flow) -> None:
    """Refuse a flow that asks about a segment which the store has not."""
    known = {one.id for one in segments.of_store(connection, store_id)}
    remedy = say("Use the id of a segment of the store.")
    told = flow.trigger.segment
    problems = [
        Problem(
            "",
            "condition",
            say("asks about {segment}, which is no segment of the store", segment=one),
            remedy,
        )
        for one in flows.segments_asked(flow)
        if one not in known
    ]
    if told is not None and told not in known:
        problems.append(Problem("trigger", "segment", say("is no segment of the store"), remedy))
    if problems:
        raise BadFlow(tuple(problems))


def put_live(
    connection: Connection,
    stored: flows.StoredFlow,
    flow: Flow,
    templates: Templates,
    now: datetime,
    author: Author = None,
) -> str:
    """Make a flow with its compiled templates the live version; raises `BadFlow`."""
    check_others(connection, stored, flow)
    _check_segments(connection, stored.store_id, flow)
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


def compile_all(flow: Flow, *, link_length: int, is_unwritten: bool = False) -> Templates:
    """Give the compiled template of each message step; raises `BadFlow` with every problem.

    `link_length`: how many letters a link in a text message comes to (`Settings.link_length`).
    `is_unwritten`: it is not to be sent yet, so nobody need have written it.
    """
    steps = flow.steps_by_id.values()
    compiled, problems = _compiled(steps, link_length)
    if not is_unwritten:
        problems += unwritten(steps)
    if problems:
        raise BadFlow(tuple(problems))
    return compiled


def _compiled(steps: Iterable[Step], link_length: int) -> tuple[Templates, list[Problem]]:
    compiled: dict[str, CompiledTemplate] = {}
    problems: list[Problem] = []
    for step in steps:
        if isinstance(step, SendMessage):
            try:
                compiled[step.id] = compile_template(
                    step.template, step=step.id, kind=step.kind,
                    ways=step.channels or (step.channel,), link_length=link_length,
                )  # fmt: skip
            except TemplateRefused as refused:
                problems += refused.problems
    return compiled, problems


def check_others(connection: Connection, stored: flows.StoredFlow, flow: Flow) -> None:
    """See that the other flows it names are there and start no ring; raises `BadFlow`."""
    named = [one for one in flow.steps_by_id.values() if isinstance(one, StartFlow | StopFlow)]
    if not named:
        return
    others = {one.id: one for one in flows.of_store(connection, stored.store_id)}
    remedy = say("Name another flow of this store by its id.")
    problems = [
        Problem(one.id, "flow", say("names no flow of this store"), remedy)
        for one in named
        if one.flow not in others
    ]
    problems += _rings(connection, stored, flow, others)
    if problems:
        raise BadFlow(tuple(problems))


def _rings(
    connection: Connection,
    stored: flows.StoredFlow,
    flow: Flow,
    others: Mapping[str, flows.StoredFlow],
) -> list[Problem]:
    keys = [(one.store_id, one.live_version_id) for one in others.values() if one.live_version_id]
    live = flows.versions(connection, keys)
    started = {one.flow_id: list(chains.starts(one.flow)) for one in live.values()}
    names = {**{one.id: one.name for one in others.values()}, stored.id: flow.name}
    found = []
    for target, step_id in chains.starts(flow).items():
        way = chains.ring(stored.id, target, started)
        if way:
            drawn = " → ".join(names.get(one, one) for one in way)
            message = say("starts a ring of flows: {drawn}", drawn=drawn)
            found.append(Problem(step_id, "flow", message, say("Take one of these starts away.")))
    return found


def pause(runtime: Runtime, store_id: str, flow_id: str) -> None:
    """Stop a live flow: nobody enters, nobody is written to, all keep their place."""
    with runtime.database.writing() as connection:
        if _found(connection, store_id, flow_id).status is not FlowStatus.LIVE:
            return
        now = runtime.database.now(connection)
        flows.set_status(connection, store_id, flow_id, FlowStatus.PAUSED, now)
        _look_at_carts(connection, store_id, now)


def resume(runtime: Runtime, store_id: str, flow_id: str) -> None:
    """Let a paused flow go on where everybody stood."""
    with runtime.database.writing() as connection:
        if _found(connection, store_id, flow_id).status is not FlowStatus.PAUSED:
            return
        now = runtime.database.now(connection)
        flows.set_status(connection, store_id, flow_id, FlowStatus.LIVE, now)
        _go_on(connection, store_id, flow_id, now)
        _look_at_carts(connection, store_id, now)
        _make_codes_ahead(connection, store_id, now)
    _wake(runtime, store_id)


def _found(
    connection: Connection, store_id: str, flow_id: str, *, lock: bool = True
) -> flows.StoredFlow:
    stored = flows.get(connection, store_id, flow_id, lock=lock)
    if stored is None:
        raise NoSuchFlow(flow_id)
    return stored


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
