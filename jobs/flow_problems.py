"""What keeps a draft from going live, in itself and in its store; and what is worth knowing."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from jobs import whatsapp_templates
from marketing import chains, flow_schema, siblings
from marketing.complements import doubled
from marketing.crediting import creditless
from marketing.flow import Flow, SendMessage, StartFlow, Step, StopFlow
from marketing.flow_reading import readable_steps
from marketing.flow_schema import BadFlow, Problem
from marketing.model import ChannelName, JsonObject
from marketing.said import say
from marketing.templates import CompiledTemplate, TemplateRefused, compile_template
from marketing.unconnected import unconnected
from marketing.unwritten import codeless, unwritten
from storage import Connection, channel_accounts, flows, segments
from storage.flows import StoredFlow
from storage.stores import Store

Templates = Mapping[str, CompiledTemplate]
Warnings = tuple[Problem, ...]


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
    found += _refusals(lambda: check_segments(connection, store.id, flow))
    found += whatsapp_templates.problems(connection, store.id, flow)
    if stored:
        told = {(one.step, one.field) for one in found}  # of a flow that is not named at all
        more = _refusals(lambda: check_others(connection, stored, flow))
        found += [one for one in more if (one.step, one.field) not in told]
        found += [problem] if (problem := doubling(store, stored)) else []
    return tuple(dict.fromkeys(found))


def _refusals(check: Callable[[], object]) -> tuple[Problem, ...]:
    try:
        check()
    except BadFlow as bad:
        return bad.problems
    return ()


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

    `document` is its draft; while it has problems, only single steps are warned of. `mine` is its
    id.
    """
    steps = readable_steps(document)
    connected = {one.channel for one in channel_accounts.of_store(connection, store_id)}
    lost = unconnected(steps, connected | {ChannelName.EMAIL})
    return (*_about_others(connection, store_id, document, mine), *codeless(steps), *lost)


def _about_others(connection: Connection, store_id: str, document: Any, mine: str) -> Warnings:
    try:
        flow = flow_schema.load(document)
    except BadFlow:
        return ()
    others = [one.flow for one in flows.live(connection, [store_id]) if one.flow_id != mine]
    return siblings.about_others(flow, others)


def check_segments(connection: Connection, store_id: str, flow: Flow) -> None:
    """Refuse a flow that asks about a segment which the store has not."""
    known = {one.id for one in segments.of_store(connection, store_id)}
    remedy = say("Choose another one, or make it first.")
    told = flow.trigger.segment
    asks = say("asks about a segment that is not in this store")
    problems = [
        Problem(*where, asks, remedy)
        for where, asked in flows.segments_by_place(flow)
        if not known.issuperset(asked)
    ]
    if told is not None and told not in known:
        problems.append(
            Problem("trigger", "segment", say("is a segment that is not in this store"), remedy)
        )
    if problems:
        raise BadFlow(tuple(problems))


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
    remedy = say("Choose another flow of this store.")
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
