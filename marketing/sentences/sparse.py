"""A flow's document as sentences have it: without names, ids, templates, and what is the default.

A message names its code as `last` or by its number among the codes of the flow; a code that
stands right before the message that offers it is part of that message (`code`). What has free
names (properties, `where`) is a list of pairs.
"""

from collections.abc import Mapping
from typing import Any

from marketing import flow_schema
from marketing.flow import Flow
from marketing.sentences.spoken import Spoken

Json = dict[str, Any]
UNTOLD = frozenset({"id", "name", "template", "text", "key"})
"""What no sentence says."""
_QUESTION: Mapping[str, Any] = {
    "message_kind": "transactional", "timeout": "P1D", "otherwise": [], "silent": [],
}  # fmt: skip
WRITING = frozenset({"message", "ask", "collect"})
"""The steps that write to the customer."""
DEFAULTS: Mapping[str, Mapping[str, Any]] = {
    "delay": {"duration": "PT0S", "since": "previous"},
    "message": {"message_kind": "marketing"},
    "coupon": {"prefix": "BACK", "off": "percent"},
    "reward": {"prefix": "THANKS", "or_code": False},
    "ask": _QUESTION,
    "collect": {**_QUESTION, "subscribes": True},
    "update_customer": {"add_tags": [], "remove_tags": [], "properties": {}},
}
WAYS = ("yes", "no", "otherwise", "silent", "given", "steps")
ARMS = ("cases", "variants", "answers")
GIFTS = ("coupon", "reward")
LAST = "last"


def sparse(flow: Flow, spoken: Spoken) -> Json:
    """Give what a sentence says of a flow."""
    document = flow_schema.dump(flow)
    told = {
        "trigger": _trigger(document["trigger"], spoken),
        "steps": Sparse(spoken).steps(document["steps"]),
        "exits": [_exit(one, spoken) for one in document["exits"]],
    }
    if document["filter"]:
        told["filter"] = condition(document["filter"], spoken)
    return told


def _trigger(told: Json, spoken: Spoken) -> Json:
    own = {key: value for key, value in told.items() if value is not None}
    if own.get("reentry") == "always":
        del own["reentry"]
    if "filter" in own:
        own["filter"] = condition(own["filter"], spoken)
    if "segment" in own:
        own["segment"] = spoken.name_of_segment(own["segment"])
    return own


def _exit(one: str | Json, spoken: Spoken) -> str | Json:
    if isinstance(one, str):
        return one
    return {"event": one["event"], "filter": condition(one["filter"], spoken)}


def condition(told: Json, spoken: Spoken) -> Json:
    """Give a condition without what is not set."""
    own = {k: v for k, v in told.items() if v is not None and (k, v) != ("of", [])}
    if own["op"] == "exists" and own.get("value") is True:
        del own["value"]
    if own["op"] == "in_segment":
        own["value"] = spoken.name_of_segment(own.get("value"))
    if "of" in own:
        own["of"] = [condition(part, spoken) for part in own["of"]]
    if "where" in own:
        own["where"] = pairs(own["where"])
    return own


def pairs(named: Mapping[str, Any]) -> list[Json]:
    """Give an object with free names as a list."""
    return [{"name": name, "value": value} for name, value in named.items()]


class Sparse:
    """Takes the steps of one flow, in their order: codes and rewards are counted on the way."""

    def __init__(self, spoken: Spoken) -> None:
        self.spoken = spoken
        self.made: dict[str, list[str]] = {kind: [] for kind in GIFTS}

    def steps(self, steps: list[Json]) -> list[Json]:
        """Give what a sentence says of a list of steps."""
        told: list[Json] = []
        for step in steps:
            own = self._step(step)
            offers = own["kind"] == "message" and own.get("coupon") == LAST
            if offers and told and told[-1]["kind"] == "coupon":
                code = {key: part for key, part in told.pop().items() if key != "kind"}
                own = {**{key: part for key, part in own.items() if key != "coupon"}, "code": code}
            told.append(own)
        return told

    def _step(self, step: Json) -> Json:
        kind = step["kind"]
        usual = DEFAULTS.get(kind, {})
        own = {k: v for k, v in step.items() if k not in UNTOLD and v != usual.get(k)}
        if kind == "coupon" and step.get("once_per", "") is None:
            own["once_per"] = None
        if kind in self.made:
            self.made[kind].append(step["id"])
        self._name(own, kind)
        for key in ("condition", "filter"):
            if key in own:
                own[key] = condition(own[key], self.spoken)
        return self._ways(own)

    def _name(self, own: Json, kind: str) -> None:
        """Put into words what is told by id, and free names into pairs."""
        if kind in WRITING:
            for gift in GIFTS:
                if gift in own:
                    own[gift] = self._number(gift, own[gift])
            if len(own.get("channels", ())) > 1:
                del own["channel"]
            else:
                own.pop("channels", None)
        elif kind in {"start_flow", "stop_flow"}:
            own["flow"] = self.spoken.name_of_flow(own["flow"])
        elif "properties" in own:
            own["properties"] = pairs(own["properties"])

    def _number(self, gift: str, step_id: str) -> str | int:
        made = self.made[gift]
        if step_id not in made:
            return step_id
        number = made.index(step_id) + 1
        return LAST if number == len(made) else number

    def _ways(self, own: Json) -> Json:
        for arms in ARMS:
            if arms in own:
                own[arms] = [self._arm(arm) for arm in own[arms]]
        for way in WAYS:
            if way in own:
                own[way] = self.steps(own[way])
        return own

    def _arm(self, arm: Json) -> Json:
        own = {key: part for key, part in arm.items() if key not in UNTOLD}
        return {**own, "steps": self.steps(own["steps"])}
