"""A flow drawn anew from its changed sentence: what no sentence says stays with the steps it is of.

Steps that say the same are the same ones; of the others, those that do the same in the same order.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from difflib import SequenceMatcher
from typing import Any

from marketing.sentences.sparse import ARMS, DEFAULTS, GIFTS, UNTOLD, WAYS, WRITING
from marketing.sentences.starting import CHATS

Json = dict[str, Any]
Pair = tuple[Json, Json]
EMPTY: tuple[Any, ...] = (None, "", [], {})


def redrawn(before: Mapping[str, Any], made: Json) -> Json:
    """Give the document that a sentence made, with what was there before that it does not say.

    That is the flow's name and notes, and of each step that is still there its id, name and words.
    """
    old, new = list(_each(before.get("steps"))), list(_each(made["steps"]))
    pairs = _same_steps(old, new)
    ids = _ids(pairs, new)
    for was, step in pairs:
        _keep(was, step)
    for step in new:
        step["id"] = ids[step["id"]]
        for gift in GIFTS:
            if step.get(gift):
                step[gift] = ids[step[gift]]
    return {**before, "filter": None, **made, "name": before.get("name") or made["name"]}


def _each(steps: Any) -> Iterator[Json]:
    """Yield steps in their order, each before those inside it."""
    for step in steps if isinstance(steps, list) else ():
        if not isinstance(step, dict) or not {"kind", "id"} <= step.keys():
            continue  # of an unfinished draft
        yield step
        for way in WAYS:
            yield from _each(step.get(way))
        for arm in _arms(step):
            yield from _each(arm.get("steps"))


def _arms(step: Json) -> list[Json]:
    return [arm for name in ARMS for arm in step.get(name) or () if isinstance(arm, dict)]


def _same_steps(old: Sequence[Json], new: Sequence[Json]) -> list[Pair]:
    """Pair what says the same first, then what does the same, then what is of one kind."""
    pairs: list[Pair] = []
    gaps = [(list(old), list(new))]
    for alike in (_said, _deed, _kind):
        left = gaps
        gaps = []
        for was, now in left:
            signs = [alike(step) for step in was], [alike(step) for step in now]
            at_was = at_now = 0
            for match in SequenceMatcher(None, *signs, autojunk=False).get_matching_blocks():
                gaps.append((was[at_was : match.a], now[at_now : match.b]))
                at_was, at_now = match.a + match.size, match.b + match.size
                pairs += zip(was[match.a : at_was], now[match.b : at_now], strict=True)
    return pairs


def _said(step: Json) -> str:
    """Give what a sentence says of a step itself; codes are named by ids, which differ."""
    usual = DEFAULTS.get(step["kind"], {})
    inside = (*WAYS, *ARMS, "channel", "channels")
    own = {
        key: key in GIFTS or part
        for key, part in step.items()
        if key not in UNTOLD and key not in inside
        if part not in EMPTY and part != usual.get(key)
    }
    return json.dumps([_channels(step), own], sort_keys=True, default=str)


def _deed(step: Json) -> str:
    return json.dumps([step["kind"], _channels(step)])


def _kind(step: Json) -> str:
    return str(step["kind"])


def _channels(step: Json) -> list[str]:
    return step.get("channels") or [step.get("channel") or ""]


def _ids(pairs: Sequence[Pair], new: Sequence[Json]) -> dict[str, str]:
    """Give each new step the id it has from now on: its own of before, or one that is free."""
    ids = {step["id"]: str(was["id"]) for was, step in pairs}
    taken = set(ids.values())
    for step in new:
        if step["id"] not in ids:
            stem, number = step["id"].rpartition("-")[0], 1
            while f"{stem}-{number}" in taken:
                number += 1
            ids[step["id"]] = f"{stem}-{number}"
            taken.add(ids[step["id"]])
    return ids


def _keep(was: Json, step: Json) -> None:
    """Put into a step what it had before and a sentence does not say."""
    for key in ("name", "text"):
        if was.get(key):
            step[key] = was[key]
    if step["kind"] in WRITING and was.get("template"):
        step["template"] = _words(was, step)
    for arm, its in zip(_arms(step), _arms(was), strict=False):
        arm["key"] = its.get("key") or arm["key"]
    _unlike_keys(step)


def _words(was: Json, step: Json) -> Json:
    """Give what was written, a question that the sentence asks, and words for what came on."""
    kept, made = was["template"], step["template"]
    came = {*_channels(step)} - {*_channels(was)}
    wanted = {"sms"} & came | ({"chat"} if came & CHATS else set())
    if "email" in came:
        wanted |= {"subject", "preview", "blocks"} - ({"blocks"} if kept.get("mjml") else set())
    told = {key: made[key] for key in wanted if key in made and kept.get(key) in EMPTY}
    if asked := step["kind"] != "message" and made["chat"]["text"]:
        told["chat"] = {**(kept.get("chat") or {}), "text": asked}
    return {**kept, **told}


def _unlike_keys(step: Json) -> None:
    """Let no two arms have one key: an arm that is new may have been given one that was kept."""
    taken: set[str] = set()
    for arm in _arms(step):
        stem, number = arm["key"], 2
        while arm["key"] in taken:
            arm["key"], number = f"{stem}-{number}", number + 1
        taken.add(arm["key"])
