"""What is wrong with a message's chat words on the channels that it is to go by."""

from collections.abc import Iterable, Iterator, Sequence

from marketing.chat_limits import LIMITS
from marketing.chat_names import NAMES
from marketing.flow import Template
from marketing.model import ChannelName
from marketing.problems import Problem
from marketing.rendering import Rendered
from marketing.said import Said, say


def chats_in(ways: Sequence[ChannelName]) -> list[ChannelName]:
    """Give those of some channels that take chat words."""
    return [way for way in ways if way in LIMITS]


def has_mail(template: Template) -> bool:
    """Say whether it has the words of a mail, which say the same in a chat if need be."""
    return bool(template.text.strip() or template.blocks or template.mjml.strip())


def by_mail(template: Template, ways: Sequence[ChannelName]) -> bool:
    """Say whether the words of the mail are needed: it goes as one, or its words stand in."""
    stands_in = template.chat is None and has_mail(template) and bool(chats_in(ways))
    return ChannelName.EMAIL in ways or stands_in


def missing(template: Template, ways: Sequence[ChannelName]) -> Iterator[Problem]:
    """Give the first channel that the message has no words for: a mail's plain ones would do."""
    for way in chats_in(ways) if template.chat is None and not has_mail(template) else ():
        if way is ChannelName.WHATSAPP and template.whatsapp:
            continue
        message = say("It has no words for {channel}.", channel=NAMES[way])
        remedy = say("Write what it says as a chat message, or choose another channel.")
        yield Problem("", "chat", message, remedy, code="chat_missing")
        return


def sizes(
    template: Template, ways: Sequence[ChannelName], tried: Iterable[Rendered]
) -> Iterator[Problem]:
    """Give what is too much for a channel, at the first that it is too much for."""
    said = [rendered.chat for rendered in tried if rendered.chat is not None]
    if template.chat is None:
        return
    for way in chats_in(ways):
        found = [*_text(way, [one.text for one in said]), *_buttons(template, way)]
        found += _labels(way, [[button.label for button in one.buttons] for one in said])
        if found:
            yield from found
            return


def _text(way: ChannelName, texts: Iterable[str]) -> Iterator[Problem]:
    limits = LIMITS[way]
    longest = max((len(t.encode()) if limits.is_bytes else len(t) for t in texts), default=0)
    if longest > limits.text:
        message = say("With a full cart the chat message has {count} characters.", count=longest)
        remedy = say("{channel} takes {most} at the most.", channel=NAMES[way], most=limits.text)
        yield Problem("", "chat.text", message, remedy, code="size")
    if longest == 0:
        message = say("For a sample cart the chat message is empty.")
        remedy = say("Write words outside of conditions, or add an else.")
        yield Problem("", "chat.text", message, remedy, code="empty")


def _buttons(template: Template, way: ChannelName) -> Iterator[Problem]:
    limits, buttons = LIMITS[way], template.chat.buttons if template.chat else ()
    opens = any(one.url for one in buttons)
    most = limits.buttons if opens else limits.quick_replies
    if len(buttons) > most:
        message = say("It has {count} buttons.", count=len(buttons))
        yield Problem("", "chat.buttons", message, too_many(way, most, opens=opens), code="size")


def too_many(way: ChannelName, most: int, *, opens: bool) -> Said:
    """Say how many buttons a channel takes."""
    if opens:
        return say(
            "{channel} takes {most} at the most where one of them is a link.",
            channel=NAMES[way],
            most=most,
        )
    return say("{channel} takes {most} at the most.", channel=NAMES[way], most=most)


def _labels(way: ChannelName, told: Iterable[Sequence[str]]) -> Iterator[Problem]:
    longest = max((len(label) for labels in told for label in labels), default=0)
    if longest > (most := LIMITS[way].label):
        message = say("A button has {count} letters.", count=longest)
        remedy = say("{channel} takes {most} at the most.", channel=NAMES[way], most=most)
        yield Problem("", "chat.buttons", message, remedy, code="size")
