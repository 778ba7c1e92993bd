"""A flow as a sentence: each part of its document by the first form that says all of it."""

from collections.abc import Mapping, Sequence
from typing import Any

from marketing.flow import Flow
from marketing.sentences import values
from marketing.sentences.parser import EXTRA, MERGED
from marketing.sentences.phrases import HOLE, Choice, Form, Hole, Part, Rule, Said, grammar_of
from marketing.sentences.sparse import sparse
from marketing.sentences.spoken import Spoken
from marketing.sentences.words import joined

READ_ONLY = "~"
Json = Mapping[str, Any]


class Untold(Exception):
    """The grammar has no words for part of the flow, such as a step that is not finished."""


def write(flow: Flow, spoken: Spoken) -> str:
    """Say a flow as a sentence; raises `Untold` where the grammar has no words for it."""
    parts = Teller(spoken).told("flow", sparse(flow, spoken))
    if parts is None:
        raise Untold(flow.name)
    return joined([*parts, "."], tight=frozenset("%" if spoken.language == "en" else ""))


class Teller:
    """Writes documents in one language."""

    def __init__(self, spoken: Spoken) -> None:
        self.spoken, self.rules = spoken, grammar_of(spoken.language)

    def told(self, name: str, document: Any) -> list[str] | None:
        """Give the words for a document by a rule, None where it has none."""
        terminal = values.TERMINALS.get(name)
        if terminal:
            text = terminal.write(document, self.spoken)
            return None if text is None else [text]
        rule = self.rules[name]
        if rule.item:
            return self._row(rule, document) if isinstance(document, (list, tuple)) else None
        for form in rule.forms:
            if form.name[0] != READ_ONLY and (words := self._form(rule, form, document)):
                return words
        return None

    def _row(self, rule: Rule, items: Sequence[Any]) -> list[str] | None:
        if len(items) < rule.least:
            return None
        told: list[str] = []
        for number, item in enumerate(items):
            words = self.told(rule.item or "", item)
            if words is None:
                return None
            told += [*(self._phrase(rule.separator, {}) if number else ()), *words]
        return told

    def _form(self, rule: Rule, form: Form, document: Any) -> list[str] | None:
        """Say a document by one form and what extras it takes to say all of it."""
        claimed = self._claim(form, document)
        if claimed is None:
            return None
        words, rest = claimed
        extras = self.rules.get(rule.name + EXTRA)
        for extra in extras.forms if extras else ():
            more = self._claim(extra, rest) if rest else None
            if more is not None:
                words, rest = [*words, *more[0]], more[1]
        return None if rest else words

    def _claim(self, form: Form, document: Any) -> tuple[list[str], Json] | None:
        """Give the words for what of a document a form says, and what it leaves."""
        template = form.template
        if not isinstance(template, Mapping):
            words = self._filled(form, {MERGED: template}, {MERGED: document})
            return None if words is None else (words, {})
        if not isinstance(document, Mapping):
            return None
        own = {key: part for key, part in template.items() if key != MERGED}
        if not own.keys() <= document.keys():
            return None
        rest = {key: part for key, part in document.items() if key not in own}
        taken = {key: document[key] for key in own}
        if MERGED in template:
            own, taken, rest = dict(template), {**taken, MERGED: rest}, {}
        words = self._filled(form, own, taken)
        return None if words is None else (words, rest)

    def _filled(self, form: Form, template: Json, document: Json) -> list[str] | None:
        holes: dict[str, list[str]] = {}
        for key, part in template.items():
            hole = HOLE.match(part) if isinstance(part, str) else None
            if hole is None:
                if part != document[key] or type(part) is not type(document[key]):
                    return None
                continue
            words = self.told(hole[2], document[key])
            if words is None:
                return None
            holes[hole[1]] = words
        return self._phrase(form.phrase, holes)

    def _phrase(self, parts: Sequence[Part], holes: Mapping[str, list[str]]) -> list[str]:
        words: list[str] = []
        for part in parts:
            match part:
                case Said():
                    words.append(part.text)
                case Hole():
                    words += holes[part.name]
                case Choice():
                    words += self._phrase(part.ways[0], holes)
        return words
