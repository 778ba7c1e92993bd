"""What is wrong with what people wrote, where, and what to do about it."""

from dataclasses import dataclass

from marketing.said import Said, say


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template, where, and what to do about it: sentences for a merchant."""

    step: str
    field: str
    """`subject`, `preview`, `mjml` or `text`; of a block `blocks.<its id>.<its field>`."""
    message: str
    remedy: str
    line: int | None = None
    code: str = "invalid"
    """What kind of thing it is, for programs: `marketing.checking` lists them."""

    @property
    def sentence(self) -> Said:
        """Say it all in one line."""
        what = self.field and self.field + (":" if self.message[:1].isupper() else "")
        return sentence(" ".join(filter(None, (self.step and f"{self.step}:", what))), self)


def sentence(what: str, problem: Problem) -> Said:
    """Say in one line what is wrong with something, and what to do about it."""
    message, remedy = problem.message, problem.remedy
    if message.endswith("."):
        pair = say("{message} {remedy}", message=message, remedy=remedy)
    else:
        pair = say("{message}. {remedy}", message=message, remedy=remedy)
    return say("{what} {said}", what=what, said=pair) if what else pair
