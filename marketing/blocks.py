"""The building blocks of an email, as MJML with Liquid inside.

A template names them as elements: `<block-button href="{{ cart.url }}">Back to it</block-button>`.
They are put in place once, when the template is compiled, so every message shares one look.
"""

import re
from collections.abc import Callable, Mapping
from html import escape

FONT = "-apple-system, 'Segoe UI', Roboto, Helvetica, Arial, sans-serif"
SHOWN_ITEMS = 8
"""A longer cart ends in "and 3 more": mail programs cut long mails."""

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "quantity": "Quantity",
        "total": "Total",
        "more_before": "and",
        "more_after": "more",
        "no_picture": "No picture",
        "off": "off with this code",
        "free_shipping": "Free shipping with this code",
        "from": "For orders from",
        "valid_until": "Valid until",
        "one_use": "It works once.",
        "why": "You receive this email because you left something in your cart at",
        "unsubscribe": "Unsubscribe",
    },
}
"""What blocks say themselves, by language; another language is another entry."""

Block = Callable[[Mapping[str, str], str, Mapping[str, str]], str]
"""(attributes, inner MJML, words) to MJML."""


class UnknownBlock(Exception):
    """A template names a block that there is not."""


def expand(mjml: str, language: str = "en") -> str:
    """Put every `<block-...>` of a template in place; raises `UnknownBlock`."""
    words = WORDS.get(language, WORDS["en"])

    def put(match: re.Match[str]) -> str:
        block = BLOCKS.get(match["name"])
        if block is None:
            raise UnknownBlock(f"block-{match['name']}")
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', match["attributes"]))
        return block(attributes, (match["inner"] or "").strip(), words)

    replaced, expanded = 1, mjml
    while replaced:  # the innermost first; no block puts in another
        expanded, replaced = _ELEMENT.subn(put, expanded)
    if left := re.search(r"</?block-[\w-]*", expanded):
        raise UnknownBlock(left[0].lstrip("</"))
    return expanded


_ELEMENT = re.compile(
    r"<block-(?P<name>[a-z-]+)(?P<attributes>(?:\s+[\w-]+=\"[^\"]*\")*)\s*"
    r"(?:/>|>(?P<inner>[^<]*(?:<(?!/?block-)[^<]*)*)</block-(?P=name)>)"
)


def theme(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The head: fonts, colours, and how both look in the dark."""
    del attributes, inner, words
    return f"""
<mj-raw><meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-attributes>
  <mj-all font-family="{FONT}" />
  <mj-section padding="0" />
  <mj-text font-size="16px" line-height="24px" color="#22211f" padding="0 32px 16px" />
  <mj-table font-size="15px" line-height="21px" color="#22211f" padding="8px 32px 16px" />
  <mj-button background-color="#22211f" color="#ffffff" font-size="16px" font-weight="600"
    border-radius="6px" inner-padding="14px 28px" padding="8px 32px 24px" align="left" />
</mj-attributes>
<mj-style>
  :root {{ color-scheme: light dark; supported-color-schemes: light dark; }}
  .item-name, .item-name:visited {{ text-decoration: none; }}
  @media (max-width: 479px) {{
    .words, .act, .goods {{ padding-left: 20px !important; padding-right: 20px !important; }}
    .act table {{ width: 100% !important; }} .act a {{ display: block !important; }}
  }}
  @media (prefers-color-scheme: dark) {{
    body, .page {{ background-color: #151514 !important; }}
    .card {{ background-color: #201f1d !important; }}
    .card > table {{ background-color: #201f1d !important; }}
    .words div, .goods table, .item-name, .item-price, .item-total {{ color: #f1efea !important; }}
    .quiet, .quiet div, .quiet a, .item-note {{ color: #aaa69d !important; }}
    .item-line td, .item-sum td {{ border-color: #3a3835 !important; }}
    .item-blank {{ background-color: #35332f !important; color: #aaa69d !important; }}
    .act td, .act a {{ background-color: #f1efea !important; color: #1b1a18 !important; }}
    .code-box td {{ border-color: #6f6a60 !important; background-color: #2a2825 !important; }}
    .code-box .code {{ color: #ffffff !important; }}
  }}
</mj-style>
<mj-style inline="inline">
  .item-picture {{ width: 72px; padding: 12px 16px 12px 0; vertical-align: top; }}
  .item-picture img {{ display: block; width: 72px; height: 72px; border-radius: 6px;
    object-fit: cover; }}
  .item-blank {{ width: 72px; height: 72px; border-radius: 6px; background-color: #e7e4dd;
    color: #5f5b52; font-size: 28px; line-height: 72px; text-align: center; }}
  .item-words {{ padding: 12px 0; vertical-align: top; word-break: break-word; }}
  .item-name {{ color: #22211f; font-weight: 600; text-decoration: none; }}
  .item-note {{ color: #6d6960; font-size: 14px; }}
  .item-price {{ padding: 12px 0 12px 12px; vertical-align: top; text-align: right;
    white-space: nowrap; }}
  .item-line td {{ border-bottom: 1px solid #e7e4dd; }}
  .item-sum td {{ padding-top: 14px; font-weight: 600; font-size: 17px; }}
  .item-total {{ text-align: right; white-space: nowrap; }}
  .code-box td {{ border: 2px dashed #b9b3a6; border-radius: 8px; background-color: #faf9f6;
    padding: 20px; text-align: center; }}
  .code {{ font-family: Menlo, Consolas, monospace; font-size: 24px; line-height: 32px;
    letter-spacing: 2px; font-weight: 700; }}
</mj-style>"""


def header(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The store's logo, or its name, above the card."""
    del attributes, inner, words
    return """
<mj-section padding="28px 0 20px"><mj-column>
<mj-text css-class="words" align="center" padding="0 32px" font-size="20px" font-weight="700">
<a href="{{ store.url }}" style="color:inherit;text-decoration:none">{% if store.logo_url %}<img
 src="{{ store.logo_url }}" alt="{{ store.name }}" height="40" style="height:40px;max-width:240px"
 />{% else %}{{ store.name }}{% endif %}</a></mj-text>
</mj-column></mj-section>"""


def card(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The white sheet that holds the other blocks."""
    del attributes, words
    return (
        '<mj-section css-class="card" background-color="#ffffff" border-radius="10px" '
        f'padding="32px 0 16px"><mj-column>{inner}</mj-column></mj-section>'
    )


def heading(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """A line in large letters."""
    del attributes, words
    return (
        '<mj-text css-class="words" font-size="26px" line-height="33px" font-weight="700">'
        f'<h1 style="margin:0;font-size:inherit;line-height:inherit">{inner}</h1></mj-text>'
    )


def text(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """A paragraph."""
    del attributes, words
    return f'<mj-text css-class="words">{inner}</mj-text>'


def quiet(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """A paragraph in small, grey letters."""
    del attributes, words
    return (
        '<mj-text css-class="words quiet" font-size="14px" line-height="20px" '
        f'color="#6d6960">{inner}</mj-text>'
    )


def button(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The one thing to do: `href` is where it leads."""
    del words
    return f'<mj-button css-class="act" href="{attributes.get("href", "")}">{inner}</mj-button>'


def cart_items(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """What is in the cart: picture, title, variant, quantity, price, and the total."""
    del attributes, inner
    said = {name: escape(word) for name, word in words.items()}
    return f"""
<mj-table css-class="goods" role="presentation"><tbody>
{{% for item in cart.items limit: {SHOWN_ITEMS} %}}
<tr class="item-line"><td class="item-picture">{{% if item.image_url %}}<img
 src="{{{{ item.image_url }}}}" width="72" height="72" alt="{{{{ item.title }}}}"
 />{{% elsif links.placeholder %}}<img src="{{{{ links.placeholder }}}}" width="72" height="72"
 alt="{said["no_picture"]}" />{{% else %}}<div class="item-blank" role="img"
 aria-label="{said["no_picture"]}">{{{{ item.title | slice: 0 | upcase }}}}</div>{{% endif %}}</td>
<td class="item-words"><a class="item-name"
 href="{{{{ item.url | default: cart.url }}}}">{{{{ item.title }}}}</a><div
 class="item-note">{{% if item.variant_title %}}{{{{ item.variant_title }}}}<br />{{% endif %}}{
        said["quantity"]
    } {{{{ item.quantity }}}}</div></td>
<td class="item-price">{{{{ item.line_price | money }}}}</td></tr>
{{% endfor %}}
{{% if cart.items.size > {SHOWN_ITEMS} %}}<tr class="item-line"><td colspan="3"
 class="item-words item-note">{said["more_before"]} {{{{ cart.items.size | minus: {
        SHOWN_ITEMS
    } }}}} {said["more_after"]}</td></tr>{{% endif %}}
<tr class="item-sum"><td colspan="2">{said["total"]}</td>
<td class="item-total">{{{{ cart.total | money }}}}</td></tr>
</tbody></mj-table>"""


def coupon(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The customer's own code, its worth and its end; nothing where there is none."""
    del attributes, inner
    said = {name: escape(word) for name, word in words.items()}
    return f"""
{{% if coupon %}}<mj-table css-class="goods" role="presentation"><tr class="code-box"><td>
<div>{{% if coupon.kind == "amount" %}}{{{{ coupon.amount | money: coupon.currency }}}}
 {said["off"]}
{{% elsif coupon.kind == "free_shipping" %}}{said["free_shipping"]}
{{% else %}}{{{{ coupon.percent }}}}% {said["off"]}{{% endif %}}</div>
<div class="code">{{{{ coupon.code }}}}</div>
{{% if coupon.minimum %}}<div class="item-note">{said["from"]}
 {{{{ coupon.minimum | money: coupon.currency }}}}</div>{{% endif %}}
<div class="item-note">{said["valid_until"]} {{{{ coupon.ends_at | date: "full" }}}},
{{{{ coupon.ends_at | time }}}}. {said["one_use"]}</div></td></tr></mj-table>{{% endif %}}"""


def footer(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Who writes, from where, why, and how to make it stop: the law asks for each."""
    del attributes
    said = {name: escape(word) for name, word in words.items()}
    why = inner or f"{said['why']} {{{{ store.name }}}}."
    return f"""
<mj-section padding="20px 0 32px"><mj-column>
<mj-text css-class="words quiet" align="center" font-size="13px" line-height="20px" color="#6d6960">
{why}<br />{{{{ store.name }}}}{{% if store.address %}}, {{{{ store.address }}}}{{% endif %}}<br />
<a href="{{{{ links.unsubscribe }}}}" style="color:#6d6960">{said["unsubscribe"]}</a></mj-text>
</mj-column></mj-section>"""


BLOCKS: Mapping[str, Block] = {
    "theme": theme,
    "header": header,
    "card": card,
    "heading": heading,
    "text": text,
    "quiet": quiet,
    "button": button,
    "cart-items": cart_items,
    "coupon": coupon,
    "footer": footer,
}

TEXT_FOOTER = """

--
{{ store.name }}{% if store.address %}, {{ store.address }}{% endif %}
{unsubscribe}: {{ links.unsubscribe }}
"""
"""The footer of a text part that has none; `{unsubscribe}` is the word."""
