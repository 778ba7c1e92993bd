"""What a template must pass before its flow is published, with advice for what does not."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from html import unescape

from liquid.exceptions import LiquidError
from liquid.static_analysis import Variable

from marketing import chat_checks, samples
from marketing.blocks.conditions import guarded
from marketing.blocks.parts import Footer, walk
from marketing.blocks.saying import text_of
from marketing.blocks.texts import addresses_of, texts_of
from marketing.blocks.writing import mjml_of
from marketing.chat_words import texts_in
from marketing.compiling import (
    BadMarkup,
    BadText,
    CompiledTemplate,
    compile_markup,
    compile_words,
)
from marketing.filters import FILTERS
from marketing.flow import Template
from marketing.links import UnsafeDestination, is_placeholder, safe_destination
from marketing.liquid import MAX_SOURCE, GuardedEnvironment, GuardedTemplate
from marketing.model import ChannelName, MessageKind
from marketing.opt_out_line import MOST_ADDED
from marketing.problems import Problem
from marketing.rendering import Rendered, Renderer, RenderingFailed, reason_of
from marketing.said import Said, say
from marketing.short_links import USUAL_LENGTH, as_sent
from marketing.sms import MAX_UNITS
from marketing.visible import says_something

__all__ = [
    "CompiledTemplate",
    "Problem",
    "TemplateRefused",
    "check_template",
    "compile_template",
    "in_code",
]

BY_MAIL = (ChannelName.EMAIL,)
MAX_BYTES = 102_000
"""Gmail cuts off what is longer, and with it the unsubscribe link."""

_SAMPLE = samples.everything()
KNOWN: dict[str, frozenset[str]] = {
    "locale": frozenset(),
    "store": frozenset(_SAMPLE["store"]),
    "customer": frozenset(_SAMPLE["customer"]),
    "cart": frozenset(_SAMPLE["cart"]),
    "order": frozenset(_SAMPLE["order"]),
    "event": frozenset(_SAMPLE["event"]),
    "product": frozenset(_SAMPLE["product"]),
    "recommendations": frozenset({"size", "first", "last"}),
    "recommended_as": frozenset(),
    "picked": frozenset({"size", "first", "last"}),
    "reviews": frozenset({"size", "first", "last"}),
    "coupon": frozenset(_SAMPLE["coupon"]),
    "reward": frozenset(_SAMPLE["reward"]),
    "links": frozenset(samples.LINKS),
}
"""What templates may name; `marketing.rendering` says what each is."""
LISTS: dict[str, frozenset[str]] = {
    "cart.items": frozenset(_SAMPLE["cart"]["items"][0]),
    "order.items": frozenset(_SAMPLE["order"]["items"][0]),
    "recommendations": frozenset(_SAMPLE["product"]),
    "picked": frozenset(_SAMPLE["product"]) | {"key"},
    "reviews": frozenset(_SAMPLE["reviews"][0]),
    "store.social": frozenset(_SAMPLE["store"]["social"][0]),
}
"""What each thing of a list has, for loops over it."""
_UNSENDABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_LOOP = re.compile(r"\{%-?\s*for\s+([\w-]+)\s+in\s+([\w.]+)\b")
_AUTHORS = {
    "subject": GuardedEnvironment(autoescape=False),
    "preview": GuardedEnvironment(autoescape=False),
    "mjml": GuardedEnvironment(autoescape=True),
    "text": GuardedEnvironment(autoescape=False),
    "sms": GuardedEnvironment(autoescape=False),
}


class TemplateRefused(Exception):
    """The template can't be published; `problems` says why."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(f"{p.step}.{p.field}: {p.message}" for p in problems))
        self.problems = problems


def compile_template(
    template: Template,
    *,
    step: str = "message",
    kind: MessageKind = MessageKind.MARKETING,
    ways: Sequence[ChannelName] = BY_MAIL,
    link_length: int = USUAL_LENGTH,
) -> CompiledTemplate:
    """Compile a template for publishing; raises `TemplateRefused` with every problem found.

    A marketing message always tells who writes and how to stop it: a template that leaves out
    the store's address or the unsubscribe link is given a footer. `link_length`: how many letters
    a link in a text message comes to.
    """
    problems, compiled = _checked(template, step, kind, ways, link_length)
    if problems or compiled is None:
        raise TemplateRefused(problems)
    return compiled


def check_template(
    template: Template,
    *,
    step: str = "message",
    kind: MessageKind = MessageKind.MARKETING,
    ways: Sequence[ChannelName] = BY_MAIL,
    link_length: int = USUAL_LENGTH,
) -> tuple[Problem, ...]:
    """Give every problem of a template, none if it can be published."""
    return _checked(template, step, kind, ways, link_length)[0]


def _checked(
    template: Template,
    step: str,
    kind: MessageKind,
    ways: Sequence[ChannelName],
    link_length: int,
) -> tuple[tuple[Problem, ...], CompiledTemplate | None]:
    by_mail = chat_checks.by_mail(template, ways)
    whole = [*_words_of(template, ways), *_on_whatsapp(template, ways)]
    found = [problem for words in whole for problem in _in_words(words)]
    found += chat_checks.missing(template, ways)
    if by_mail:
        found += _in_conditions(template)
        found += _in_addresses(template)
    compiled = None
    if not found:
        try:
            sms = sms_of(template) if ChannelName.SMS in ways else ""
            length = _Length(link_length, MOST_ADDED if kind is MessageKind.MARKETING else 0)
            compiled = (
                _compiled(in_code(template, kind), kind, ways, sms, length)
                if by_mail
                else _compiled_text(sms, length)
            ).with_chat(template.chat)
            if template.chat is not None:
                found += chat_checks.sizes(template, ways, _tried(compiled, "chat.text"))
        except _Found as stop:
            problem = stop.problem
            is_whole = template.blocks and problem.field == "mjml"
            found = [replace(problem, field="blocks") if is_whole else problem]
    return tuple(replace(problem, step=step) for problem in found), compiled


def sms_of(template: Template) -> str:
    """Give what goes as a text message; `marketing.opt_out_line` has what marketing adds to it."""
    words = template.sms.strip() or template.text.strip()
    body = [block for block in template.blocks if not isinstance(block, Footer)]
    return words or text_of(body, stop=False).strip()


def in_code(template: Template, kind: MessageKind) -> Template:
    """Give a template as code: what its blocks stand for, in MJML and in plain words."""
    if not template.blocks:
        return template
    stop = kind is MessageKind.MARKETING
    mjml = mjml_of(template.blocks, stop=stop)
    text = template.text if template.text.strip() else text_of(template.blocks, stop=stop)
    return Template(template.subject, template.preview, mjml, text)


class _Found(Exception):
    def __init__(self, field: str, message: str, remedy: str, code: str = "invalid") -> None:
        super().__init__(message)
        self.problem = Problem("", field, message, remedy, code=code)


@dataclass(frozen=True, slots=True)
class _Words:
    """One text of a template: where it is, how it is read, whether it may be empty."""

    field: str
    source: str
    author: GuardedEnvironment
    is_needed: bool

    @property
    def what(self) -> str:
        """Give the last of its field's names."""
        return self.field.rpartition(".")[2]


_EMPTY = {"subject": "subject_empty", "href": "link_empty", "src": "link_empty"}


def _on_whatsapp(template: Template, ways: Sequence[ChannelName]) -> Iterator[_Words]:
    """What stands in the blanks; which there are the store knows."""
    if ChannelName.WHATSAPP in ways and template.whatsapp:
        for place, source in template.whatsapp.parameters.items():
            yield _Words(f"whatsapp.{place}", source, _AUTHORS["sms"], is_needed=True)


def _words_of(template: Template, ways: Sequence[ChannelName]) -> Iterator[_Words]:
    by_mail = chat_checks.by_mail(template, ways)
    by_text = ChannelName.SMS in ways and not by_mail
    if template.sms or (by_text and not (template.text or template.blocks)):
        yield _Words("sms", template.sms, _AUTHORS["sms"], is_needed=True)
    for place, source, is_needed in texts_in(template.chat) if template.chat else ():
        yield _Words(place, source, _AUTHORS["sms"], is_needed)
    if not by_mail:
        return
    parts = ["subject", "preview", *([] if template.blocks else ["mjml"])]
    if template.text or not template.blocks:
        parts.append("text")
    for part in parts:
        yield _Words(part, getattr(template, part), _AUTHORS[part], part != "preview")
    for text in texts_of(template.blocks):
        yield _Words(text.place, text.source, _AUTHORS["mjml"], text.is_needed)


def _in_words(words: _Words) -> Iterator[Problem]:
    field, source = words.field, words.source
    if len(source) > MAX_SOURCE:
        message = say("It is longer than {most} characters.", most=MAX_SOURCE)
        yield Problem("", field, message, say("Leave out what a reader will not miss."))
        return
    if odd := _UNSENDABLE.search(source):
        line = source.count("\n", 0, odd.start()) + 1
        remedy = say("Delete it: it has no place in a text.")
        yield Problem("", field, say("It has a character that can't be sent."), remedy, line)
        return
    if words.is_needed and not says_something(source):
        remedy = say("Write something here; every message needs it.")
        yield Problem("", field, say("It is empty."), remedy, code=_EMPTY.get(words.what, "empty"))
        return
    yield from _in_liquid(field, source, words.author)


def _in_liquid(field: str, source: str, author: GuardedEnvironment) -> Iterator[Problem]:
    try:
        parsed = author.parse_guarded(source)
    except LiquidError as error:
        yield Problem(
            "",
            field,
            say("It can't be read: {reason}.", reason=reason_of(error).rstrip(".")),
            _SYNTAX_REMEDY,
            _line_of(error),
        )
        return
    yield from _unknown_names(parsed, field, source)


def _in_conditions(template: Template) -> Iterator[Problem]:
    for block in walk(template.blocks):
        if block.when:
            source = guarded(block.when, "")
            yield from _in_liquid(f"blocks.{block.id}.when", source, _AUTHORS["mjml"])


_SYNTAX_REMEDY = say("Check that every {{ and {% is closed, and every if and for has its end.")


def _unknown_names(parsed: GuardedTemplate, field: str, source: str) -> Iterator[Problem]:
    analysis = parsed.analyze(include_partials=False)
    loops = {name: LISTS[listed] for name, listed in _LOOP.findall(source) if listed in LISTS}
    for name, spans in analysis.filters.items():
        if name not in FILTERS:
            message = say("There is no filter called “{name}”.", name=name)
            remedy = say("Use one of {known}.", known=sorted(FILTERS))
            yield Problem("", field, message, remedy, spans[0].line_col(source)[0])
    in_reach = set(analysis.globals)
    for root, variables in analysis.variables.items():
        for variable in variables:
            if advice := _unknown(root, variable, in_reach, loops):
                line = variable.span.line_col(source)[0]
                message = say("Nothing is called “{name}”.", name=str(variable))
                yield Problem("", field, message, advice, line, "tag_unknown")


def _unknown(
    root: str, variable: Variable, in_reach: set[str], loops: Mapping[str, frozenset[str]]
) -> Said | None:
    """Give the advice for a name that means nothing, None for one that does."""
    second = variable.segments[1] if len(variable.segments) > 1 else None
    if root in loops:
        known = loops[root]
    elif root not in in_reach:  # a variable of the template's own
        return None
    elif root not in KNOWN:
        return say("A message knows: {known}.", known=sorted(KNOWN))
    else:
        known = KNOWN[root]
    if not isinstance(second, str) or second in known or not known:
        return None
    return say("{root} has: {known}.", root=root, known=sorted(known))


def _in_addresses(template: Template) -> Iterator[Problem]:
    mjml = template.mjml
    for match in re.finditer(r"""\bhref\s*=\s*["']([^"']*)["']""", mjml):
        line = mjml.count("\n", 0, match.start()) + 1
        yield from _in_address("mjml", unescape(match[1]).strip(), line)
    for text in addresses_of(template.blocks):
        if not (text.is_needed and not text.source.strip()) or text.is_html:
            yield from _in_address(text.place, text.source.strip(), None)


def _in_address(field: str, address: str, line: int | None) -> Iterator[Problem]:
    if advice := _advice_on(address):
        message = say("The link “{address}” leads nowhere.", address=address[:80])
        code = "link_broken" if address else "link_empty"
        yield Problem("", field, message, advice, line, code)
    elif line is None and is_placeholder(address):
        message = say("The link “{address}” stands for another.", address=address[:80])
        remedy = say("Put in the address it should lead to.")
        yield Problem("", field, message, remedy, code="link_placeholder")


def _advice_on(address: str) -> Said | None:
    if not address:
        return say("Say where it leads.")
    if "{{" in address or "{%" in address:
        return None
    if address.startswith(("mailto:", "tel:", "sms:", "#")):
        return None
    try:
        safe_destination(address)
    except UnsafeDestination as error:
        if re.match(r"[\w-]+(\.[\w-]+)+(/|$)", address):
            return say("Write https://{address}.", address=address)
        return say("Links begin with https:// or http:// ({error}).", error=error.said)
    return None


@dataclass(frozen=True, slots=True)
class _Length:
    """What a text message's length depends on beside its words."""

    of_links: int
    added: int
    """So many letters come to it at the most."""


def _compiled_text(sms: str, length: _Length) -> CompiledTemplate:
    try:
        compiled = compile_words(sms)
    except BadText as error:
        raise _Found("sms", error.said, say("Correct the element it names.")) from error
    _check_length(_tried(compiled, "sms"), length)
    return compiled


def _check_length(tried: Iterable[Rendered], length: _Length) -> None:
    longest = max(len(as_sent(rendered.sms, length.of_links)) for rendered in tried)
    longest += length.added if longest else 0
    if longest > MAX_UNITS:
        message = say("With a full cart the text message has {count} characters.", count=longest)
        remedy = say("Keep it to {most}; two segments are plenty.", most=MAX_UNITS)
        raise _Found("sms", message, remedy, "size")


def _compiled(
    template: Template, kind: MessageKind, ways: Sequence[ChannelName], sms: str, length: _Length
) -> CompiledTemplate:
    """Compile the words of a mail; where none goes out they need to do as a chat's alone."""
    try:
        compiled = compile_markup(template, footer=False, sms=sms)
        tried = _tried(compiled)
        if kind is MessageKind.MARKETING and not all(map(_says_how_to_stop, tried)):
            compiled = compile_markup(template, footer=True, sms=sms)
            tried = _tried(compiled)
    except BadMarkup as error:
        raise _Found("mjml", error.said, say("Correct the element it names.")) from error
    except BadText as error:
        raise _Found("text", error.said, say("Correct the element it names.")) from error
    _check_length(tried, length)
    if ChannelName.EMAIL in ways:
        _check_size(tried)
        _check_stop(kind, tried, is_one_of_several=len(ways) > 1)
    return compiled


def _tried(compiled: CompiledTemplate, field: str = "mjml") -> list[Rendered]:
    try:
        return [Renderer().render(compiled, context()) for context in samples.CONTEXTS]
    except RenderingFailed as error:
        remedy = say("Make the loops shorter, or the sums simpler.")
        raise _Found(
            field, say("With a sample cart: {reason}.", reason=error.reason), remedy
        ) from error


def _says_how_to_stop(rendered: Rendered) -> bool:
    parts = (rendered.html, rendered.text)
    return all(samples.LINKS["unsubscribe"] in p and samples.ADDRESS in p for p in parts)  # type: ignore[operator]


def _check_size(tried: list[Rendered]) -> None:
    largest = max(len(rendered.html.encode()) for rendered in tried)
    if largest > MAX_BYTES:
        message = say(
            "With a full cart the email has {size} kB; Gmail cuts it at 102 kB.",
            size=largest // 1000,
        )
        raise _Found("mjml", message, say("Show fewer items, or leave out blocks."), "size")
    if not all(rendered.subject for rendered in tried):
        message = say("For a sample cart the subject is empty.")
        remedy = say("Write words outside of conditions, or add an else.")
        raise _Found("subject", message, remedy, "subject_empty")


def _check_stop(kind: MessageKind, tried: list[Rendered], *, is_one_of_several: bool) -> None:
    if kind is MessageKind.MARKETING and not all(map(_says_how_to_stop, tried)):
        message = say("The store's address or the unsubscribe link would not show.")
        if is_one_of_several:
            message = say(
                "It may go by email, where the store's address or the unsubscribe link would not"
                " show."
            )
        raise _Found(
            "mjml",
            message,
            say("Let the footer with your address and the unsubscribe link show for everybody."),
        )


def _line_of(error: LiquidError) -> int | None:
    where = error.context()
    return where[0] if where else None
