"""What keeps a question from being asked: how it could be answered, and by which channel."""

import re
from collections import Counter
from collections.abc import Iterator

from marketing.answering import folded
from marketing.chat_limits import LIMITS
from marketing.chat_names import NAMES
from marketing.model import ChannelName
from marketing.problems import Problem
from marketing.questions import GIVEN, SILENT, Ask, Collect
from marketing.said import say

MOST_ANSWERS = 10
RESERVED = frozenset({"otherwise", GIVEN, SILENT})
PROPERTY = r"[a-z][a-z0-9_]{0,39}"
NO_PROPERTY = (
    say("is no name of a property"),
    say("Use up to 40 small letters, digits and _."),
)


def question_problems(step: Ask | Collect) -> Iterator[Problem]:
    """Give what is wrong with a question by itself."""
    ways = step.channels or (step.channel,)
    if ChannelName.EMAIL in ways:
        message = say("can't be answered by email")
        yield Problem(step.id, "channel", message, say("Choose a chat channel, or SMS."))
    if step.template.chat is not None and step.template.chat.buttons:
        message = say("has buttons besides its answers")
        remedy = say("Take them away: its answers are its buttons.")
        yield Problem(step.id, "template.chat.buttons", message, remedy)
    if isinstance(step, Ask):
        yield from _answer_problems(step)


def _answer_problems(step: Ask) -> Iterator[Problem]:
    if len(step.answers) > MOST_ANSWERS:
        remedy = say("Give it {most} at the most.", most=MOST_ANSWERS)
        yield Problem(step.id, "answers", say("has too many answers"), remedy)
    keys = [one.key for one in step.answers]
    if len(set(keys)) < len(keys) or RESERVED & set(keys):
        remedy = say("Give each answer a name of its own, other than otherwise, given and silent.")
        yield Problem(step.id, "answers", say("has a name twice"), remedy)
    if not all(one.label.strip() for one in step.answers):
        remedy = say("Say what its button says.")
        yield Problem(step.id, "answers", say("has an answer without words"), remedy)
    words = [word for one in step.answers for word in {*map(folded, (one.label, *one.keywords))}]
    for word, count in Counter(words).items():
        if word and count > 1:
            message = say("has “{word}” for two answers", word=word)
            yield Problem(step.id, "answers", message, say("Let each word mean one of them."))
            return
    if step.saves is not None and not re.fullmatch(PROPERTY, step.saves):
        yield Problem(step.id, "saves", *NO_PROPERTY)
    yield from _too_much(step)


def _too_much(step: Ask) -> Iterator[Problem]:
    longest = max((len(one.label) for one in step.answers), default=0)
    for way in step.channels or (step.channel,):
        limits = LIMITS.get(way)
        if limits is None:
            continue
        most, letters = limits.room_for(len(step.answers))
        if len(step.answers) > most or longest > letters:
            message = say(
                "has more answers, or longer ones, than {channel} shows", channel=NAMES[way]
            )
            remedy = say(
                "Use {most} at the most, of {letters} letters.", most=most, letters=letters
            )
            yield Problem(step.id, "answers", message, remedy)
            return
    yield from _too_long(step)


def _too_long(step: Ask) -> Iterator[Problem]:
    """Give the channel that takes fewer letters above answers than the question has."""
    text = step.template.chat.text if step.template.chat else ""
    for way in step.channels or (step.channel,):
        limits = LIMITS.get(way)
        if limits and limits.asked and step.answers and len(text) > limits.asked:
            message = say("is too long to stand above answers in {channel}", channel=NAMES[way])
            remedy = say("Use {most} letters at the most.", most=limits.asked)
            yield Problem(step.id, "template.chat.text", message, remedy)
            return
