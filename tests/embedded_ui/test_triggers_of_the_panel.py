"""The forms of triggers: the panel offers each that the server knows, with what narrows it."""

import re

from embedded_ui import assets
from marketing.triggers import KINDS

SOURCE = assets.DIST.parent / "src" / "inspector" / "events.ts"
NAME = re.compile(r'"([\w.]+)"')


def part(begin: str) -> str:
    """Give what stands in the braces after a name."""
    return SOURCE.read_text("utf-8").partition(begin)[2].partition("\n}")[0]


def test_every_trigger_can_be_chosen_and_no_other() -> None:
    offered = NAME.findall(part("export const TRIGGERS = {"))
    assert sorted(offered) == sorted(KINDS)


def test_each_trigger_is_narrowed_by_what_the_server_takes() -> None:
    told = {
        event: set(NAME.findall(names.replace("IDLE", '"idle"')))
        for event, names in re.findall(r'"?([\w.]+)"?: (IDLE|\[[^\]]*\])', part("const TAKES: "))
    }
    for event, kind in KINDS.items():
        usual = {"per_line"} if event.startswith("order.") else set()
        assert told.get(event, usual) == kind.takes, event
