"""What a step that changes the customer may get wrong."""

from collections.abc import Iterator

from marketing.calendar import BIRTHDAY, NO_DATE, is_date
from marketing.consent import KEPT_CHANNELS
from marketing.flow import UpdateCustomer
from marketing.problems import Problem
from marketing.said import say


def update_problems(step: UpdateCustomer) -> Iterator[Problem]:
    """Yield what is wrong: nothing is changed, a birthday is no date, a channel keeps no word."""
    if not (step.add_tags or step.remove_tags or step.properties or step.unsubscribe):
        remedy = say("Add a tag, remove one, set a property, or unsubscribe.")
        yield Problem(step.id, "add_tags", say("changes nothing"), remedy)
    told = step.properties.get(BIRTHDAY)
    if told is not None and not is_date(told):
        yield Problem(step.id, f"properties.{BIRTHDAY}", *NO_DATE)
    if not set(step.unsubscribe) <= set(KEPT_CHANNELS):
        remedy = say("Use {known}: in chats customers say it themselves.", known=KEPT_CHANNELS)
        yield Problem(step.id, "unsubscribe", say("is no channel to unsubscribe from"), remedy)
