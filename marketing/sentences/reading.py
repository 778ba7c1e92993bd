"""A sentence as a flow's document: read by the grammar, then given its ids, names and words."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from marketing.sentences.parser import QUOTED, Parser
from marketing.sentences.phrases import grammar_of
from marketing.sentences.sparse import ARMS, GIFTS, LAST, WAYS
from marketing.sentences.spoken import Spoken, id_of
from marketing.sentences.starting import TITLES, question_of, template_of, title_of
from marketing.sentences.words import Word, words_of

Json = dict[str, Any]
LONGEST = 6000
"""Characters of a sentence: more than the longest flow takes."""
DEEPEST = 12
"""Brackets in brackets."""
MOST_HOPED = 6
ENDED_BY_ORDER = ("cart.", "product.", "category.", "checkout.")
"""Whose flows an order ends if the sentence says nothing of it: they are there to bring one."""
EXPLAINED: Mapping[str, Mapping[str, str]] = {
    "en": {
        "word": "“{}” was not understood.",
        "end": "The sentence ends too early.",
        "possible": "Possible here: {}.",
        "nothing": "There is nothing of this name that it could mean.",
    },
    "de": {
        "word": "„{}“ wurde nicht verstanden.",
        "end": "Der Satz endet zu früh.",
        "possible": "Möglich ist hier: {}.",
        "nothing": "Es gibt nichts dieses Namens, das gemeint sein könnte.",
    },
}
VALID_FOR = "P2D"
"""How long a code is valid that the sentence says nothing of."""


class NotUnderstood(Exception):
    """A word that the grammar does not know there; `possible` is what it does."""

    def __init__(self, word: str, at: int, possible: tuple[str, ...]) -> None:
        super().__init__(f"{word!r} at {at}; possible: {', '.join(possible)}")
        self.word, self.at, self.possible = word, at, possible
        """The word as it was written, empty at the end of the text; where it begins."""


def read(text: str, spoken: Spoken) -> Json:
    """Give the flow document that a sentence says; raises `NotUnderstood`."""
    words = words_of(text[:LONGEST])
    while words and words[-1].text == ".":
        words.pop()
    _check_brackets(words)
    parser = Parser(grammar_of(spoken.language), words, spoken)
    try:
        found = parser.rule("flow", 0)
        if len(words) not in found:
            raise _misunderstood(parser, text)
        return Finish(words, spoken).document(found[len(words)])
    except RecursionError:
        # “in 1 hour: in 1 hour: …” nests without a bracket, deeper than any flow.
        raise _misunderstood(parser, text) from None


def _check_brackets(words: list[Word]) -> None:
    depth = 0
    for word in words:
        depth += (word.text == "(") - (word.text == ")")
        if depth > DEEPEST:
            raise NotUnderstood(word.text, word.at, ())


def _misunderstood(parser: Parser, text: str) -> NotUnderstood:
    hoped = dict.fromkeys([parser.within, *sorted(parser.hoped, key=_is_single_word)])
    possible = tuple(one for one in hoped if one)[:MOST_HOPED]
    if parser.farthest >= len(parser.words):
        return NotUnderstood("", len(text), possible)
    word = parser.words[parser.farthest]
    return NotUnderstood(word.text, word.at, possible)


def _is_single_word(hope: str) -> bool:
    """Single words come last: what is told in words of its own helps more."""
    return hope[0] in "“„" and " " not in hope


class Finish:
    """Makes a whole document of what a sentence said."""

    def __init__(self, words: list[Word], spoken: Spoken) -> None:
        self.words, self.spoken = words, spoken
        self.counts: Counter[str] = Counter()
        self.made: dict[str, list[str]] = {kind: [] for kind in GIFTS}
        self.event = ""

    def document(self, told: Json) -> Json:
        """Give the document, with a name after its trigger."""
        trigger = self._trigger(told["trigger"])
        self.event = trigger["event"]
        ends = ["order.placed"] if trigger["event"].startswith(ENDED_BY_ORDER) else []
        document = {
            "name": title_of(trigger["event"], self.spoken.language),
            "trigger": trigger,
            "exits": [self._exit(one) for one in told.get("exits", ends)],
            "steps": self._steps(told["steps"]),
        }
        if "filter" in told:
            document["filter"] = self._condition(told["filter"])
        return document

    def _trigger(self, told: Json) -> Json:
        if "segment" in told:
            told = {**told, "segment": self._id(self.spoken.segments, told["segment"])}
        return {**told, "filter": self._condition(told["filter"])} if "filter" in told else told

    def _exit(self, one: str | Json) -> str | Json:
        if isinstance(one, str):
            return one
        return {**one, "filter": self._condition(one["filter"])}

    def _condition(self, told: Json) -> Json:
        own = dict(told)
        if "of" in own:
            own["of"] = [self._condition(part) for part in own["of"]]
        if "where" in own:
            own["where"] = {pair["name"]: pair["value"] for pair in own["where"]}
        if own["op"] == "in_segment":
            own["value"] = self._id(self.spoken.segments, own["value"])
        return own

    def _steps(self, told: list[Json]) -> list[Json]:
        whole: list[Json] = []
        for step in _apart(told):
            if "code" not in step:
                whole.append(self._step(step))
                continue
            whole.append(self._step({"kind": "coupon", **step["code"]}))
            rest = {key: part for key, part in step.items() if key != "code"}
            whole.append(self._step({**rest, "coupon": LAST}))
        return whole

    def _step(self, told: Json) -> Json:
        own = {"kind": told["kind"], "id": self._new_id(told["kind"]), **told}
        match own["kind"]:
            case "message":
                self._message(own)
            case "ask" | "collect":
                self._question(own)
            case "coupon":
                own.setdefault("valid_for", VALID_FOR)
            case "start_flow" | "stop_flow":
                own["flow"] = self._id(self.spoken.flows, own["flow"])
            case "notify_staff" | "hand_over":
                own["text"] = own["subject"]
            case "update_customer" if "properties" in own:
                own["properties"] = {pair["name"]: pair["value"] for pair in own["properties"]}
            case _:
                pass
        if own["kind"] in self.made:
            self.made[own["kind"]].append(own["id"])
        return self._ways(own)

    def _new_id(self, kind: str) -> str:
        self.counts[kind] += 1
        return f"{kind.replace('_', '-')}-{self.counts[kind]}"

    def _message(self, own: Json) -> None:
        for gift in GIFTS:
            if gift in own:
                own[gift] = self._gift(gift, own[gift])
        own["name"] = f"{TITLES[self.spoken.language]['message']} {self.counts['message']}"
        own["template"] = template_of(own, self.event, self.spoken.language)

    def _question(self, own: Json) -> None:
        own["template"] = question_of(own, own.pop("question", ""))
        own.setdefault("message_kind", "transactional")

    def _gift(self, kind: str, told: str | int) -> str:
        made = self.made[kind]
        number = len(made) if told == LAST else int(told)
        if not 1 <= number <= len(made):
            raise NotUnderstood(*self._place("code" if kind == "coupon" else "credit"), ())
        return made[number - 1]

    def _id(self, names: Mapping[str, str], told: str) -> str:
        """Give the id of what is told by name; raises `NotUnderstood` with the names there are."""
        found = id_of(names, told)
        if found is None:
            raise NotUnderstood(
                *self._place(told), tuple(map(QUOTED[self.spoken.language].format, names.values()))
            )
        return found

    def _place(self, told: str) -> tuple[str, int]:
        for word in self.words:
            if told.casefold() in word.folded:
                return word.text, word.at
        return told, 0

    def _ways(self, own: Json) -> Json:
        for key in ("condition", "filter"):
            if key in own:
                own[key] = self._condition(own[key])
        for arms in ARMS:
            if arms in own:
                own[arms] = [self._arm(arms, at, arm) for at, arm in enumerate(own[arms])]
        for way in WAYS:
            if way in own:
                own[way] = self._steps(own[way])
        return own

    def _arm(self, arms: str, number: int, told: Json) -> Json:
        key = f"way-{number + 1}" if arms == "cases" else chr(ord("a") + number)
        return {**told, "key": key, "steps": self._steps(told["steps"])}


def _apart(told: Iterable[Json]) -> Iterator[Json]:
    """Give a wait and what follows it, said in one breath (“after 2 days send …”), as two steps."""
    for step in told:
        own = dict(step)
        following = own.pop("following", None)
        yield own
        if following is not None:
            yield from _apart([following])


def explained(error: NotUnderstood, language: str) -> tuple[str, str]:
    """Give what was not understood and what is possible there, as two sentences."""
    said = EXPLAINED[language]
    message = said["word"].format(error.word) if error.word else said["end"]
    if not error.possible:
        return message, said["nothing"]
    return message, said["possible"].format(", ".join(error.possible))
