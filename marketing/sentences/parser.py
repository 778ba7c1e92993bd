"""The parser: every rule at every word once, so that no sentence takes long, and what it hoped for.

What a rule finds is kept by where it ends, the first way of saying it first; so an ambiguous
sentence is read like the phrases stand in their file, and a branch takes all that may be its own.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from marketing.sentences import values
from marketing.sentences.phrases import HOLE, Choice, Form, Hole, Part, Rule, Said
from marketing.sentences.spoken import Spoken
from marketing.sentences.words import Word

Found = dict[int, Any]
"""What a rule found, by the number of the word after it."""
EXTRA = "+"
MERGED = "*"
"""The key of a form whose hole holds more keys of the same object."""
QUOTED: Final = {"en": "“{}”", "de": "„{}“"}
"""A word itself, as each language quotes it."""


class Parser:
    """Reads the words of one sentence."""

    def __init__(self, rules: Mapping[str, Rule], words: Sequence[Word], spoken: Spoken) -> None:
        self.rules, self.words, self.spoken = rules, words, spoken
        self.farthest = 0
        self.hoped: dict[str, None] = {}
        self.within = ""
        """What was being read there, such as a step."""
        self._open: list[str] = []
        self._known: dict[tuple[str, int], Found] = {}
        self._quiet_at: list[int] = []

    def rule(self, name: str, at: int) -> Found:
        """Give all that a rule may be from a word on."""
        key = (name, at)
        if key not in self._known:
            self._known[key] = {}  # a rule that begins with itself finds nothing there
            self._known[key] = self._read(name, at)
        return self._known[key]

    def _read(self, name: str, at: int) -> Found:
        terminal = values.TERMINALS.get(name)
        if terminal:
            found = terminal.read(self.words, at, self.spoken)
            if not found:
                # Of “23 bananas” it is not the number that is not understood.
                self._hope(at + self._is_half(name, at), terminal.about[self.spoken.language])
            return found
        rule = self.rules[name]
        if rule.about:
            self._hope(at, rule.about)
            self._quiet_at.append(at)
            self._open.append(rule.about)
        found = self._list(rule, at) if rule.item else self._forms(rule, at)
        if rule.about:
            self._quiet_at.pop()
            self._open.pop()
        return found

    def _is_half(self, name: str, at: int) -> bool:
        """Say whether a duration has its number there, and a word that is no unit behind it."""
        after = self.words[at : at + 2]
        return name in values.DURATIONS and [one.kind for one in after] == ["number", "word"]

    def _forms(self, rule: Rule, at: int) -> Found:
        found: Found = {}
        for form in rule.forms:
            for end, told in self._form(form, at).items():
                found.setdefault(end, told)
        extras = self.rules.get(rule.name + EXTRA)
        return self._extended(found, extras) if extras else found

    def _extended(self, found: Found, extras: Rule) -> Found:
        """Add what may follow, in any order, each once."""
        waiting = list(found.items())
        while waiting:
            at, told = waiting.pop(0)
            for form in extras.forms:
                for end, more in self._form(form, at).items():
                    if not set(more) & set(told) and end > at:
                        whole = {**told, **more}
                        if end not in found:
                            found[end] = whole
                            waiting.append((end, whole))
        return found

    def _form(self, form: Form, at: int) -> Found:
        ends = self._row(form.phrase, {at: {}}, form)
        return {end: filled(form.template, holes) for end, holes in ends.items()}

    def _row(self, parts: Sequence[Part], states: Found, form: Form | None) -> Found:
        for part in parts:
            following: Found = {}
            for at, holes in states.items():
                for end, more in self._part(part, at, form).items():
                    following.setdefault(end, {**holes, **more})
            states = following
            if not states:
                break
        return states

    def _part(self, part: Part, at: int, form: Form | None) -> Found:
        match part:
            case Said():
                if at < len(self.words) and self.words[at].folded == part.folded:
                    return {at + 1: {}}
                self._hope(at, QUOTED[self.spoken.language].format(part.text))
                return {}
            case Hole():
                rule = form.rules[part.name] if form else part.name
                return {end: {part.name: told} for end, told in self.rule(rule, at).items()}
            case Choice():
                found: Found = {}
                for way in part.ways:
                    for end, holes in self._row(way, {at: {}}, form).items():
                        found.setdefault(end, holes)
                return found

    def _list(self, rule: Rule, at: int) -> Found:
        """Read items one after the other; fewer items first, each as long as it can be."""
        found: Found = {}
        states: Found = {at: []}
        count = 0
        while states:
            following: Found = {}
            for here, items in states.items():
                for start in self._row(rule.separator, {here: {}}, None) if count else {here: {}}:
                    ends = self.rule(rule.item or "", start)
                    for end in sorted(ends, reverse=True):
                        if end not in found and end not in following and end > here:
                            following[end] = [*items, ends[end]]
            count += 1
            if count >= rule.least:
                found.update(following)
            states = following
        return dict(sorted(found.items(), reverse=True))

    def _hope(self, at: int, what: str) -> None:
        """Remember what would have been possible at the farthest word that was looked at."""
        if at > self.farthest:
            self.farthest, self.hoped = at, {}
        if at == self.farthest and at not in self._quiet_at:
            self.hoped[what] = None
            self.within = self._open[-1] if self._open else ""


def filled(template: Any, holes: Mapping[str, Any]) -> Any:
    """Give a form's document with what its holes hold."""
    if isinstance(template, str):
        hole = HOLE.match(template)
        return holes[hole[1]] if hole else template
    if isinstance(template, Mapping):
        own = {key: filled(part, holes) for key, part in template.items() if key != MERGED}
        return {**own, **(filled(template[MERGED], holes) if MERGED in template else {})}
    return template
