"""What happens to a template once, when its flow is published: checked, compiled, hashed."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from marketing.flow import Template
from marketing.model import MessageKind


@dataclass(frozen=True, slots=True)
class CompiledTemplate:
    """A template ready to be rendered: Liquid in plain HTML with inlined CSS, and in plain text."""

    subject: str
    preview: str
    html: str
    text: str
    hash: str
    """SHA-256 over all of it, hex: names the content in caches and storage."""

    def to_document(self) -> dict[str, str]:
        """Give the JSON object that storage keeps beside the flow version."""
        raise NotImplementedError

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> "CompiledTemplate":
        """Read what `to_document` gave."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a template, where, and what to do about it: sentences for a merchant."""

    step: str
    field: str
    """`subject`, `preview`, `mjml` or `text`."""
    message: str
    remedy: str
    line: int | None = None


class TemplateRefused(Exception):
    """The template can't be published; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.step}.{p.field}: {p.message}" for p in problems))
        self.problems = problems


def compile_template(
    template: Template, *, step: str = "message", kind: MessageKind = MessageKind.MARKETING
) -> CompiledTemplate:
    """Compile a template for publishing; raises `TemplateRefused` with every problem found."""
    raise NotImplementedError


def check_template(
    template: Template, *, step: str = "message", kind: MessageKind = MessageKind.MARKETING
) -> tuple[Problem, ...]:
    """Give every problem of a template, none if it can be published."""
    raise NotImplementedError
