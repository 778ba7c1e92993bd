"""What keeps a step's WhatsApp message from going live: its template, as the store knows it."""

from collections.abc import Iterable, Iterator

from marketing.flow import SendMessage, Step
from marketing.model import ChannelName
from marketing.problems import Problem
from marketing.said import say
from marketing.whatsapp_templates import blanks_of, status_refusal
from marketing.whatsapp_words import Registry, WhatsAppWords

FIELD = "whatsapp.template"


def problems(steps: Iterable[Step], registry: Registry) -> Iterator[Problem]:
    """Give what is wrong with the templates that steps name, at their steps."""
    for step in steps:
        if isinstance(step, SendMessage) and step.template.whatsapp:
            ways = step.channels or (step.channel,)
            if ChannelName.WHATSAPP in ways:
                yield from _of_step(step.id, step.template.whatsapp, registry)


def _of_step(step: str, words: WhatsAppWords, registry: Registry) -> Iterator[Problem]:
    template = registry.get((words.template, words.language))
    if template is None:
        name = f"{words.template} ({words.language})"
        message = say("WhatsApp has no template {name}.", name=name)
        yield Problem(step, FIELD, message, say("Sync the templates, or pick another."))
        return
    if refused := status_refusal(template):
        yield Problem(step, FIELD, *refused)
    for blank in blanks_of(template):
        if not words.parameters.get(blank.place, "").strip():
            message = say("The template's blank is empty.")
            remedy = say("Say what goes into it; Meta takes no empty one.")
            yield Problem(step, f"whatsapp.{blank.place}", message, remedy)
