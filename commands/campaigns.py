"""`reprise campaigns`: campaigns of a store, from a file to sent, and what came of them."""

from argparse import Namespace
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar

from commands.speech import Desk, Trouble, Verbs, answer, desk_of, document_in, is_id, table
from jobs import campaigns
from jobs.campaigns import Told
from jobs.intake_orders import NotHere, NotNow
from jobs.runtime import Runtime
from marketing.campaigns import Clock, Schedule
from marketing.flow_schema import BadFlow

T = TypeVar("T")
TOLD = (
    "recipients",
    "sent",
    "unsure",
    "opened",
    "clicked",
    "unsubscribed",
    "ordered",
    "revenue",
    "waiting",
    "skipped",
)
"""What a report tells, in this order; money in minor units."""
Act = Callable[[Runtime, str, str], Told]


def add_to(nouns: Any) -> None:
    """Add the noun with its verbs."""
    verbs = Verbs(nouns, "campaigns", "campaigns: check, create, send, pause, report")
    verbs.add("list", list_campaigns, "list the latest campaigns of a store")
    for name, run, words in (
        ("check", check_campaign, "say what is wrong with a file, and how many it is for"),
        ("create", create_campaign, "keep a file as a new draft"),
    ):
        verbs.add(name, run, words).add_argument("file", metavar="FILE", help="- is standard input")
    send = verbs.add("send", send_campaign, "send it at once, or at a date")
    send.add_argument("id")
    send.add_argument("--at", metavar="2026-12-01T10:00", help="a local date and time")
    send.add_argument("--clock", choices=[one.value for one in Clock], help="whose local time")
    for name, act, words in (
        ("cancel", campaigns.cancel, "send it to nobody, or to nobody else"),
        ("pause", campaigns.pause, "send no more of it for now"),
        ("resume", campaigns.resume, "let a paused one go on"),
        ("show", campaigns.find, "say how it stands"),
    ):
        verbs.add(name, _doing(act), words).add_argument("id")
    verbs.add("report", report_campaign, "say what came of it").add_argument("id")


def list_campaigns(told: Namespace) -> None:
    with desk_of(told) as desk:
        rows = [_line(one) for one in campaigns.of_store(desk.runtime, desk.store.id)]
    answer(told, rows, table(rows, "The store has no campaign."))


def check_campaign(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        number = _heeding(lambda: campaigns.check(desk.runtime, desk.store.id, document))
    answer(told, {"customers": number}, [f"ok, for {number} customers"])


def create_campaign(told: Namespace) -> None:
    document = document_in(told.file)
    with desk_of(told) as desk:
        made = _heeding(lambda: campaigns.create(desk.runtime, desk.store.id, document))
    answer(told, _line(made), [made.campaign.id])


def send_campaign(told: Namespace) -> None:
    wanted = _schedule(told)
    with desk_of(told) as desk:
        one = _id(told)
        sent = _heeding(lambda: campaigns.schedule(desk.runtime, desk.store.id, one, wanted))
    _tell(told, sent)


def report_campaign(told: Namespace) -> None:
    with desk_of(told) as desk:
        one = _id(told)
        found = _heeding(lambda: campaigns.report(desk.runtime, desk.store.id, one))
    data = {name: getattr(found, name) for name in TOLD}
    answer(told, data, [f"{name}: {part}" for name, part in data.items()])


def _doing(act: Act) -> Callable[[Namespace], None]:
    def run(told: Namespace) -> None:
        with desk_of(told) as desk:
            _tell(told, _acted(desk, act, _id(told)))

    return run


def _acted(desk: Desk, act: Act, campaign_id: str) -> Told:
    return _heeding(lambda: act(desk.runtime, desk.store.id, campaign_id))


def _id(told: Namespace) -> str:
    if not is_id(told.id):
        raise Trouble(f"There is no campaign {told.id!r}: `reprise campaigns list` lists them.")
    return str(told.id)


def _schedule(told: Namespace) -> Schedule | None:
    """Read when to send; None: now."""
    if told.at is None:
        if told.clock:
            raise Trouble("Only a date and time have a clock: give --at with it.")
        return None
    try:
        at = datetime.fromisoformat(told.at)
    except ValueError:
        at = None
    if at is None or at.tzinfo:
        raise Trouble("Write --at by the local clock, as 2026-12-01T10:00.")
    return Schedule(at, Clock(told.clock) if told.clock else Clock.STORE)


def _tell(told: Namespace, one: Told) -> None:
    line = _line(one)
    answer(told, line, [f"{line['name']}: {line['state']}"])


def _line(one: Told) -> dict[str, Any]:
    kept = one.campaign
    state = "paused" if one.is_paused and kept.state == "sending" else kept.state
    return {"id": kept.id, "name": kept.name, "state": state, "send_at": kept.send_at}


def _heeding(act: Callable[[], T]) -> T:
    try:
        return act()
    except BadFlow as bad:
        told = "\n".join(f"  {one.sentence}" for one in bad.problems)
        raise Trouble(f"The campaign can't be sent:\n{told}") from None
    except (NotHere, NotNow) as no:
        raise Trouble(str(no)) from None
