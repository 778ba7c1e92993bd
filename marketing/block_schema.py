"""A message's template as JSON: in blocks, or in code; and each block by its kind.

    {"subject": ..., "preview": ..., "blocks": [
       {"kind": "header", "id": ...},
       {"kind": "heading", "id": ..., "text": "Hello {{ customer.first_name }}", "align": "left"},
       {"kind": "text", "id": ..., "html": "<p>...</p>", "tone": "normal" | "quiet", "align": ...},
       {"kind": "image", "id": ..., "src": "https://...", "alt": "", "href": null, "width": null},
       {"kind": "button", "id": ..., "label": ..., "href": "{{ cart.url }}", "align": ...},
       {"kind": "products", "id": ..., "of": "cart" | "order" | "recommended" | "picked",
        "title": "", "products": ["<the platform's ids, for picked>"]},
       {"kind": "product" | "code" | "divider" | "signature" | "tracking", "id": ...},
       {"kind": "reviews", "id": ..., "title": ""},
       {"kind": "spacer", "id": ..., "height": 24},
       {"kind": "columns", "id": ..., "left": [...], "right": [...]},
       {"kind": "social", "id": ..., "lead": ""},
       {"kind": "html", "id": ..., "html": "<div>...</div>"},
       {"kind": "footer", "id": ..., "why": ""}]}

Any block but the footer may have `when`: a condition's name (`marketing.blocks.conditions`), or
Liquid. The footer is there once, at the end; a header once, at the beginning. HTML is cleaned as
it is read, so that what is stored is what may stay. A template in code has `mjml` and `text`.
What it says elsewhere stands beside either form, or alone: `"sms": "..."`, and
`"chat": {"text": "...", "buttons": [{"label": "...", "url": "https://..."}, {"label": "Yes"}],
"cards": "cart" | "recommended" | "picked", "products": [...]}`; a button without `url` answers.
"""

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any, cast

from marshmallow import ValidationError, fields, post_dump, validate, validates_schema

from marketing.aside import LIQUID
from marketing.blocks import parts
from marketing.blocks.conditions import is_condition
from marketing.blocks.parts import SIMPLE, Align, Block, Columns, Footer, Header, Shelf, Tone, walk
from marketing.blocks.safe_html import free, rich, writes_markup
from marketing.blocks.wares import SHOWN_WARES
from marketing.chat_words import MOST_BUTTONS, MOST_CARDS, ChatButton, ChatWords
from marketing.documents import NESTING_LIMIT, nesting, told_problems
from marketing.flow import Template
from marketing.flow_rules import ID_RULE, MAX_TEXTS, NOT_EMPTY, most, wrong
from marketing.forms import Lower, form
from marketing.said import Said, in_lines, say
from marketing.templates import Problem
from marketing.whatsapp_words import WhatsAppWords

PLACE_RULE = validate.Regexp(
    r"(header|body|button):[A-Za-z0-9_]{1,60}\Z", error=say("is no blank\nUse one such as body:1.")
)
MAX_BLOCKS = 60
MAX_LINE, MAX_HTML = 400, 20_000
HIGHEST, WIDEST = 120, 536
ALONE = frozenset({"sms", "chat", "whatsapp"})
"""What a template may say without being a mail."""


def is_clean(value: str) -> None:
    if writes_markup(value):
        raise wrong(
            say("has a tag that writes markup"), say("Write the markup beside it, in the HTML.")
        )


def when_rule(value: str) -> None:
    if not is_condition(value):
        raise wrong(
            say("is no condition"), say("Name one, or write Liquid such as customer.first_name.")
        )
    is_clean(f"{{% if {value} %}}")


def src_rule(value: str) -> None:
    told = value.strip()
    if told and not told.startswith("https://") and not LIQUID.fullmatch(told):
        raise wrong(say("is no address of a picture"), say("Give one that begins with https://."))
    if re.search(r"\s", LIQUID.sub("", told)):
        raise wrong(say("has a space in it"), say("Write %20 in place of it."))


PRODUCT_RULE = validate.Regexp(
    r"[\w:/.-]{1,80}\Z", error=say("is no product's id\nUse the ids that the product list gives.")
)


def _line(length: int = MAX_LINE, *, required: bool = False) -> fields.String:
    rules: list[Callable[[Any], Any]] = [most(length), is_clean]
    return fields.String(required=True, validate=rules) if required else _optional(rules)


def _optional(rules: list[Callable[[Any], Any]]) -> fields.String:
    return fields.String(load_default="", validate=rules)


class Markup(fields.String):
    """HTML, cleaned as it comes in."""

    def __init__(self, clean: Any) -> None:
        super().__init__(required=True, validate=[most(MAX_HTML), is_clean])
        self.clean = clean

    def _deserialize(self, value: Any, *args: Any, **more: Any) -> str:
        told = super()._deserialize(value, *args, **more)
        # What is too long, or not to be cleaned, is refused by the rules as it is.
        return told if len(told) > MAX_HTML or writes_markup(told) else str(self.clean(told))


class BlockSchema(Lower):
    """What every block has."""

    id = fields.String(required=True, validate=ID_RULE)
    when = fields.String(allow_none=True, load_default=None, validate=when_rule)

    @post_dump
    def leave_out_no_condition(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Most blocks are always shown."""
        return {k: v for k, v in data.items() if k != "when" or v is not None}


def _align() -> fields.Enum[Align]:
    return fields.Enum(Align, by_value=True, load_default=Align.LEFT)


class HeaderSchema(BlockSchema):
    makes = parts.Header


class HeadingSchema(BlockSchema):
    makes = parts.Heading
    text = _line(required=True)
    align = _align()


class TextSchema(BlockSchema):
    makes = parts.Text
    html = Markup(rich)
    tone = fields.Enum(Tone, by_value=True, load_default=Tone.NORMAL)
    align = _align()


class ImageSchema(BlockSchema):
    makes = parts.Image
    src = fields.String(required=True, validate=[most(2_000), is_clean, src_rule])
    alt = _line()
    href = fields.String(allow_none=True, load_default=None, validate=[most(2_000), is_clean])
    width = fields.Integer(
        strict=True,
        allow_none=True,
        load_default=None,
        validate=validate.Range(
            40, WIDEST, error=say("is out of bounds\nUse 40 to {most} px.", most=WIDEST)
        ),
    )


class ButtonSchema(BlockSchema):
    makes = parts.Button
    label = _line(required=True)
    href = _line(2_000, required=True)
    align = _align()


class ProductsSchema(BlockSchema):
    makes = parts.Products
    of = fields.Enum(Shelf, by_value=True, required=True)
    title = _line()
    products = fields.List(
        fields.String(validate=PRODUCT_RULE),
        load_default=tuple,
        validate=validate.Length(
            max=SHOWN_WARES,
            error=say("has too many\nPick {most} at the most.", most=SHOWN_WARES),
        ),
    )

    @validates_schema
    def picks_what_is_picked(self, data: Mapping[str, Any], **_more: Any) -> None:
        if data.get("products") and data.get("of") is not Shelf.PICKED:
            raise ValidationError({"products": [say("mean nothing here\nSay of: picked.")]})

    @post_dump
    def leave_out_no_picks(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Only a list of picked products has any."""
        return {k: v for k, v in data.items() if k != "products" or data["of"] == "picked"}


class ProductSchema(BlockSchema):
    makes = parts.Product


class ReviewsSchema(BlockSchema):
    makes = parts.Reviews
    title = _line()


class CodeSchema(BlockSchema):
    makes = parts.Code


class DividerSchema(BlockSchema):
    makes = parts.Divider


class SpacerSchema(BlockSchema):
    makes = parts.Spacer
    height = fields.Integer(
        strict=True,
        load_default=24,
        validate=validate.Range(
            4, HIGHEST, error=say("is out of bounds\nUse 4 to {most} px.", most=HIGHEST)
        ),
    )


class BlockField(fields.Field[Block]):
    """One block, by its kind."""

    def _serialize(self, value: Block | None, *_args: Any, **_more: Any) -> dict[str, Any]:
        kind, schema = KIND_OF[type(value)]
        return {"kind": kind, **cast("dict[str, Any]", form(schema).dump(value))}

    def _deserialize(self, value: Any, *_args: Any, **_more: Any) -> Block:
        if not isinstance(value, Mapping):
            raise wrong(say("is no block"), say('Give an object such as {"kind": "divider", ...}.'))
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in BLOCK_SCHEMAS:
            unknown = say("is unknown\nUse one of {known}.", known=BLOCK_SCHEMAS)
            raise ValidationError({"kind": [unknown]})
        rest = {key: part for key, part in value.items() if key != "kind"}
        return cast("Block", form(BLOCK_SCHEMAS[kind]).load(rest))


class BlockList(fields.List[Block]):
    """Blocks, counted before the first is read: ten thousand would keep everybody waiting."""

    def __init__(self, **more: Any) -> None:
        super().__init__(BlockField(), **more)

    def _deserialize(self, value: Any, attr: Any, data: Any, **more: Any) -> list[Block | None]:
        if isinstance(value, list) and len(value) > MAX_BLOCKS:
            raise wrong(
                say("has {count} blocks", count=len(value)),
                say("Keep it to {most} at the most.", most=MAX_BLOCKS),
            )
        return super()._deserialize(value, attr, data, **more)


class ColumnsSchema(BlockSchema):
    makes = Columns
    left = BlockList(load_default=tuple)
    right = BlockList(load_default=tuple)

    @validates_schema
    def hold_simple_blocks(self, data: Mapping[str, Any], **_more: Any) -> None:
        for side in ("left", "right"):
            if not all(isinstance(one, SIMPLE) for one in data.get(side, ())):
                said = say("holds a block that is too wide\nMove it out of the columns.")
                raise ValidationError({side: [said]})


class SocialSchema(BlockSchema):
    makes = parts.Social
    lead = _line()


class SignatureSchema(BlockSchema):
    makes = parts.Signature


class TrackingSchema(BlockSchema):
    makes = parts.Tracking


class FooterSchema(BlockSchema):
    makes = Footer
    why = _line()


class HtmlSchema(BlockSchema):
    makes = parts.Html
    html = Markup(free)


BLOCK_SCHEMAS: dict[str, type[BlockSchema]] = {
    "header": HeaderSchema,
    "heading": HeadingSchema,
    "text": TextSchema,
    "image": ImageSchema,
    "button": ButtonSchema,
    "products": ProductsSchema,
    "product": ProductSchema,
    "reviews": ReviewsSchema,
    "code": CodeSchema,
    "divider": DividerSchema,
    "spacer": SpacerSchema,
    "columns": ColumnsSchema,
    "social": SocialSchema,
    "signature": SignatureSchema,
    "tracking": TrackingSchema,
    "footer": FooterSchema,
    "html": HtmlSchema,
}
KIND_OF: dict[type[Any], tuple[str, type[BlockSchema]]] = {
    schema.makes: (kind, schema) for kind, schema in BLOCK_SCHEMAS.items()
}


class ChatButtonSchema(Lower):
    makes = ChatButton
    label = fields.String(required=True, validate=MAX_TEXTS["label"])
    url = fields.String(validate=most(2_000))

    @post_dump
    def leave_out_no_link(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """An answer leads nowhere."""
        return {k: v for k, v in data.items() if k != "url" or v}


class ChatSchema(Lower):
    makes = ChatWords
    text = fields.String(required=True, validate=MAX_TEXTS["chat"])
    buttons = fields.List(
        fields.Nested(ChatButtonSchema),
        validate=validate.Length(
            max=MOST_BUTTONS,
            error=say("has too many\nUse {most} at the most.", most=MOST_BUTTONS),
        ),
    )
    cards = fields.Enum(Shelf, by_value=True, allow_none=True)
    products = fields.List(
        fields.String(validate=PRODUCT_RULE),
        validate=validate.Length(
            max=MOST_CARDS, error=say("has too many\nPick {most} at the most.", most=MOST_CARDS)
        ),
    )

    @post_dump
    def leave_out_unused(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Most say words only."""
        return {k: v for k, v in data.items() if k == "text" or v}


class WhatsAppSchema(Lower):
    """A template that Meta approved, with Liquid for each of its blanks."""

    makes = WhatsAppWords
    template = fields.String(required=True, validate=[NOT_EMPTY, most(512)])
    language = fields.String(required=True, validate=[NOT_EMPTY, most(20)])
    parameters = fields.Dict(
        fields.String(validate=PLACE_RULE), fields.String(validate=MAX_TEXTS["sms"])
    )


class TemplateSchema(Lower):
    """A template in one of its two forms, or with words of other channels alone."""

    makes = Template
    subject = fields.String(load_default="", validate=MAX_TEXTS["subject"])
    preview = fields.String(load_default="", validate=MAX_TEXTS["preview"])
    mjml = fields.String(validate=MAX_TEXTS["mjml"])
    text = fields.String(validate=MAX_TEXTS["text"])
    blocks = BlockList()
    sms = fields.String(validate=MAX_TEXTS["sms"])
    chat = fields.Nested(ChatSchema, allow_none=True)
    whatsapp = fields.Nested(WhatsAppSchema, allow_none=True)

    @validates_schema(pass_original=True)
    def has_one_form(self, data: Mapping[str, Any], told: Mapping[str, Any], **_more: Any) -> None:
        """Refuse both forms at once, and half of one; words of other channels may stand alone."""
        if set(data) & ALONE and not set(told) & {"subject", "mjml", "text", "blocks"}:
            return
        if "subject" not in told:
            raise ValidationError({"subject": [say("Missing data for required field.")]})
        if "blocks" in data:
            if "mjml" in data:
                raise ValidationError({"mjml": [say("stands beside blocks\nUse one of the two.")]})
            _check_order(data["blocks"])
            return
        for field in ("mjml", "text"):
            if field not in data:
                raise ValidationError({field: [say("Missing data for required field.")]})

    @post_dump
    def leave_out_the_other(self, data: dict[str, Any], **_more: Any) -> dict[str, Any]:
        """Write one form; the text part of blocks only where it has words of its own."""
        data = {k: v for k, v in data.items() if k not in ALONE or v}
        if set(data) & ALONE and not (data["mjml"] or data["text"] or data["blocks"]):
            return {k: v for k, v in data.items() if k in ALONE}
        if not data["blocks"]:
            return {k: v for k, v in data.items() if k != "blocks"}
        return {k: v for k, v in data.items() if k != "mjml" and (k != "text" or v)}


class BadTemplate(Exception):
    """The template can't be read; `problems` says where and what to do about it."""

    def __init__(self, problems: tuple[Problem, ...]) -> None:
        super().__init__("; ".join(problem.sentence for problem in problems))
        self.problems = problems


def read(document: Any) -> Template:
    """Read a template's document; raises `BadTemplate` with every problem found."""
    if nesting(document) > NESTING_LIMIT:
        message = say("is nested too deeply")
        raise BadTemplate((Problem("", "blocks", message, say("Use fewer levels.")),))
    try:
        return cast("Template", form(TemplateSchema).load(document))
    except ValidationError as refused:
        raise BadTemplate(tuple(told_problems(refused.messages, document))) from None


def write(template: Template) -> dict[str, Any]:
    """Give a template's document, as `read` reads it."""
    return cast("dict[str, Any]", form(TemplateSchema).dump(template))


def _check_order(blocks: Sequence[Block]) -> None:
    """Refuse a message whose frame is not where it belongs, and ids used twice."""
    everything = list(walk(blocks))
    if len(everything) > MAX_BLOCKS:
        _refuse(
            say("has {count} blocks", count=len(everything)),
            say("Keep it to {most} at the most.", most=MAX_BLOCKS),
        )
    for block_id, count in Counter(block.id for block in everything).items():
        if count > 1:
            _refuse(
                say("has {count} blocks of the id {id}", count=count, id=block_id),
                say("Give each its own id."),
            )
    if [isinstance(one, Footer) for one in blocks] != [False] * (len(blocks) - 1) + [True]:
        _refuse(say("has no footer at its end"), say("End it with one block of the kind footer."))
    if any(isinstance(one, Header) for one in blocks[1:]):
        _refuse(say("has a header further down"), say("Put the header first."))
    if blocks[-1].when:
        _refuse(
            say("has a footer that is not always shown"), say("Take the footer's condition away.")
        )


def _refuse(message: Said, remedy: Said) -> None:
    raise ValidationError({"blocks": [in_lines(message, remedy)]})
