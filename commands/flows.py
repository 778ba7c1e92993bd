"""`reprise flows`: flows of a store, from a file to live, and who is where in them."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

from commands.speech import (
    Desk,
    Trouble,
    Verbs,
    answer,
    customer_id,
    desk_of,
    document_in,
    is_id,
    table,
)
from jobs import admit, drafts, flow_problems, intake_orders, publish, tally
from jobs.admit import NotLive
from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from marketing.flow_schema import BadFlow, Problem
from marketing.short_links import USUAL_LENGTH
from marketing.sources import Source
from storage import flows
from storage.flows import StoredFlow

LONGEST_PAST = 365


def add_to(nouns: Any) -> None:
    """Add the noun with its verbs."""
    verbs = Verbs(nouns, "flows", "flows: check, create, publish, pause, enter, count")
    verbs.add("list", list_flows, "list the flows of a store")
    verbs.add("show", show_flow, "print a flow's draft as JSON").add_argument("id")
    check = verbs.add("check", check_flow, "say all that is wrong with a file", of_store=False)
    check.add_argument("file", metavar="FILE", help="a flow document; - is standard input")
    create = verbs.add("create", create_flow, "keep a file as a new draft")
    create.add_argument("file", metavar="FILE", help="a flow document; - is standard input")
    draft = verbs.add("edit", edit_flow, "keep a file as a flow's draft; what is live stays")
    draft.add_argument("id")
    draft.add_argument("file", metavar="FILE", help="a flow document; - is standard input")
    for name, run, words in (
        ("publish", publish_flow, "make the draft the live version"),
        ("pause", pause_flow, "stop a flow; everybody keeps their place"),
        ("resume", resume_flow, "let a paused flow go on"),
        ("counts", count_flow, "say how many are where, step by step"),
    ):
        verbs.add(name, run, words).add_argument("id")
    enroll = verbs.add("enroll", enroll_customers, "let customers in by hand")
    enroll.add_argument("id")
    enroll.add_argument("--customer", action="append", help="an id or an e-mail; may be repeated")
    enroll.add_argument("--segment", metavar="ID", help="everybody in it, batch by batch")
    past = verbs.add("backfill", place_past, "place people of the past where they would stand now")
    past.add_argument("id")
    past.add_argument("--days", type=int, required=True, help="how far back to look")
    past.add_argument("--dry-run", action="store_true", help="only count them")
    verbs.add("intakes", list_intakes, "say how far those let in together are").add_argument("id")


def list_flows(told: Namespace) -> None:
    with desk_of(told) as desk, desk.runtime.database.reading() as connection:
        rows = [_line(one) for one in flows.of_store(connection, desk.store.id)]
    answer(told, rows, table(rows, "The store has no flow."))


def show_flow(told: Namespace) -> None:
    with desk_of(told) as desk:
        stored = found_flow(desk, told.id)
    told.json = True  # a document is JSON either way
    answer(told, dict(stored.draft), [])


def check_flow(told: Namespace) -> None:
    problems = flow_problems.check(document_in(told.file), link_length=USUAL_LENGTH)
    answer(told, [_problem(one) for one in problems], [one.sentence for one in problems] or ["ok"])
    if problems:
        raise Trouble(f"{told.file} can't go live: {_counted(problems)}.")


def create_flow(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        flow_id = _heeding(lambda: drafts.create(desk.runtime, desk.store.id, document))
    answer(told, {"id": flow_id, "status": "draft"}, [flow_id])


def edit_flow(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.id).id
        _heeding(lambda: drafts.save_draft(desk.runtime, desk.store.id, flow_id, document))
        stored = found_flow(desk, told.id)
    answer(told, _line(stored), [f"{stored.name}: kept as its draft"])


def publish_flow(told: Namespace) -> None:
    _act(told, publish.publish)


def pause_flow(told: Namespace) -> None:
    _act(told, publish.pause)


def resume_flow(told: Namespace) -> None:
    _act(told, publish.resume)


def count_flow(told: Namespace) -> None:
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.id).id
        with desk.runtime.database.reading() as connection:
            counted = tally.of_flow(connection, desk.store.id, flow_id)
    ended = _reasons(counted.ended)
    rows = [{**asdict(one), "ended": _reasons(one.ended)} for one in counted.steps]
    head = f"{counted.entered} entered, {counted.waiting} wait; ended: {ended}"
    answer(told, asdict(counted), [head, *table(rows, "It has no step.")])


def enroll_customers(told: Namespace) -> None:
    if bool(told.customer) == bool(told.segment):
        raise Trouble("Say whom to let in: --customer, once or more, or --segment.")
    if told.segment:
        _enroll_segment(told)
        return
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.id).id
        ids = [customer_id(desk, one) for one in told.customer]
        try:
            admitted = admit.by_hand(desk.runtime, desk.store, flow_id, ids)
        except NotLive:
            raise Trouble("Nobody enters a flow that is not live: publish or resume it.") from None
    rows = [{"customer": one.customer_id, "kept out": one.reason} for one in admitted]
    answer(told, [asdict(one) for one in admitted], table(rows, ""))


def _enroll_segment(told: Namespace) -> None:
    """Order an intake: the workers let its people in, and `counts` tells how far it is."""
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.id).id
        try:
            source = Source(segment=told.segment)
            intake = intake_orders.order(desk.runtime, desk.store.id, flow_id, source)
        except (NotHere, NotNow) as error:
            raise Trouble(str(error)) from None
    answer(told, {"intake": intake.id}, [f"Ordered: they are let in by and by ({intake.id})."])


def place_past(told: Namespace) -> None:
    """Order it: the workers do it, and `intakes` tells how far they are."""
    if not 1 <= told.days <= LONGEST_PAST:
        raise Trouble(f"Use 1 to {LONGEST_PAST} days.")
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.id).id
        try:
            intake = intake_orders.order_past(
                desk.runtime, desk.store.id, flow_id, told.days, is_rehearsal=told.dry_run
            )
        except (NotHere, NotNow) as error:
            raise Trouble(str(error)) from None
    words = "they are counted" if told.dry_run else "they are placed"
    answer(told, {"intake": intake.id}, [f"Ordered: {words} by and by ({intake.id})."])


def list_intakes(told: Namespace) -> None:
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.id).id
        found = intake_orders.of_flow(desk.runtime, desk.store.id, flow_id)
    rows = [
        {"id": one.id, "kind": one.kind, "dry_run": one.is_rehearsal, "state": one.state,
         "seen": one.seen, "entered": one.entered}
        for one in found
    ]  # fmt: skip
    details = [{"standing": one.standing, "refused": one.refused} for one in found]
    data = [{**row, **more} for row, more in zip(rows, details, strict=True)]
    answer(told, data, table(rows, "Nobody was let in together."))


def _act(told: Namespace, act: Callable[[Runtime, str, str], object]) -> None:
    with desk_of(told) as desk:
        flow_id = found_flow(desk, told.id).id
        _heeding(lambda: act(desk.runtime, desk.store.id, flow_id))
        stored = found_flow(desk, told.id)
        with desk.runtime.database.reading() as connection:
            found = flow_problems.warnings(connection, stored.store_id, stored.draft, stored.id)
    line = {**_line(stored), "warnings": [_problem(one) for one in found]}
    answer(told, line, [f"{stored.name}: {stored.status}", *(one.sentence for one in found)])


def _heeding(work: Callable[[], Any]) -> Any:
    try:
        return work()
    except BadFlow as bad:
        told = "\n".join(f"  {one.sentence}" for one in bad.problems)
        raise Trouble(f"The flow has {_counted(bad.problems)}:\n{told}") from None


def _counted(problems: Sequence[Problem]) -> str:
    return "1 problem" if len(problems) == 1 else f"{len(problems)} problems"


def found_flow(desk: Desk, flow_id: str) -> StoredFlow:
    """Give a flow of the store; raises `Trouble`."""
    with desk.runtime.database.reading() as connection:
        stored = flows.get(connection, desk.store.id, flow_id) if is_id(flow_id) else None
    if stored is None:
        raise _unknown(flow_id)
    return stored


def _unknown(flow_id: str) -> Trouble:
    return Trouble(f"The store has no flow {flow_id!r}: `reprise flows list` lists them.")


def _line(stored: StoredFlow) -> dict[str, Any]:
    return {
        "id": stored.id,
        "name": stored.name,
        "status": stored.status.value,
        "trigger": stored.trigger_event,
    }


def _problem(problem: Problem) -> dict[str, str]:
    return {
        "step": problem.step,
        "field": problem.field,
        "message": problem.message,
        "remedy": problem.remedy,
    }


def _reasons(ended: Any) -> str:
    return ", ".join(f"{count} {reason}" for reason, count in sorted(ended.items())) or "none"
