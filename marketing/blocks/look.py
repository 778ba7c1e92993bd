"""How every email looks: fonts, colours, and both in the dark.

What the merchant chose (`marketing.brand`) is Liquid in here: one compiled template, whatever
the store looks like by the time a message is sent.
"""

from collections.abc import Callable, Mapping

Element = Callable[[Mapping[str, str], str, Mapping[str, str]], str]
"""(attributes, inner markup, words) to markup: every building block is one."""


def theme(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The head: fonts, colours, and how both look in the dark."""
    del attributes, inner, words
    return """
<mj-raw><meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark"></mj-raw>
<mj-attributes>
  <mj-all font-family="{{ store.brand.font }}" />
  <mj-section padding="0" />
  <mj-text font-size="16px" line-height="24px" color="{{ store.brand.text }}"
    padding="0 32px 16px" />
  <mj-table font-size="15px" line-height="21px" color="{{ store.brand.text }}"
    padding="8px 32px 16px" />
  <mj-button background-color="{{ store.brand.button }}"
    color="{{ store.brand.button_text }}" font-size="16px" font-weight="600"
    border-radius="{{ store.brand.radius }}px" inner-padding="14px 28px" padding="8px 32px 24px"
    align="left" />
  <mj-image padding="8px 32px 16px" border-radius="{{ store.brand.radius }}px" />
  <mj-divider padding="8px 32px 24px" />
  <mj-spacer padding="0" />
</mj-attributes>
<mj-style>
  :root { color-scheme: light dark; supported-color-schemes: light dark; }
  .item-name, .item-name:visited { text-decoration: none; }
  @media (max-width: 479px) {
    .words, .act, .goods, .picture, .line { padding-left: 20px !important;
      padding-right: 20px !important; }
    .act table { width: 100% !important; } .act a { display: block !important; }
    .ware-half { padding-left: 6px !important; padding-right: 6px !important; }
  }
  @media (prefers-color-scheme: dark) {
    body, .page { background-color: #151514 !important; }
    .card { background-color: #201f1d !important; }
    .card > table { background-color: #201f1d !important; }
    .words div, .words a, .goods table, .item-name, .item-price,
    .item-total { color: #f1efea !important; }
    .quiet, .quiet div, .quiet a, .item-note { color: #aaa69d !important; }
    .item-line td, .item-sum td { border-color: #3a3835 !important; }
    .item-blank, .ware-blank { background-color: #35332f !important; color: #aaa69d !important; }
    .words.rich a { color: {{ store.brand.dark_link }} !important; }
    .act td, .act a { background-color: {{ store.brand.dark_button }} !important;
      color: {{ store.brand.dark_button_text }} !important; }
    .line p { border-color: #3a3835 !important; }
    .code-box td { border-color: #6f6a60 !important; background-color: #2a2825 !important; }
    .code-box .code { color: #ffffff !important; }
    .ware-name, .ware-price, .quote-words { color: #f1efea !important; }
    .ware-was, .stars { color: #aaa69d !important; }
    .quote td { border-color: #6f6a60 !important; }
  }
</mj-style>
<mj-style inline="inline">
  .rich a { color: {{ store.brand.link }}; }
  .rich p { margin: 0 0 16px; }
  .rich p:last-child { margin-bottom: 0; }
  .rich ul, .rich ol { margin: 0 0 16px; padding-left: 24px; }
  .item-picture { width: 72px; padding: 12px 16px 12px 0; vertical-align: top; }
  .item-picture img { display: block; width: 72px; height: 72px; border-radius: 6px;
    object-fit: cover; }
  .item-blank { width: 72px; height: 72px; border-radius: 6px; background-color: #e7e4dd;
    color: #5f5b52; font-size: 28px; line-height: 72px; text-align: center; }
  .item-words { padding: 12px 0; vertical-align: top; word-break: break-word; }
  .item-name { color: {{ store.brand.text }}; font-weight: 600; text-decoration: none; }
  .item-note { color: #6d6960; font-size: 14px; }
  .item-price { padding: 12px 0 12px 12px; vertical-align: top; text-align: right;
    white-space: nowrap; }
  .item-line td { border-bottom: 1px solid #e7e4dd; }
  .item-sum td { padding-top: 14px; font-weight: 600; font-size: 17px; }
  .item-total { text-align: right; white-space: nowrap; }
  .code-box td { border: 2px dashed #b9b3a6; border-radius: 8px; background-color: #faf9f6;
    padding: 20px; text-align: center; }
  .code { font-family: Menlo, Consolas, monospace; font-size: 24px; line-height: 32px;
    letter-spacing: 2px; font-weight: 700; }
  .ware { padding: 4px 0 12px; }
  .ware-half { width: 50%; padding: 8px 10px 14px; vertical-align: top; word-break: break-word; }
  .ware-picture, .ware-blank { margin-bottom: 8px; }
  .ware-picture img { display: block; width: 100%; height: auto; border-radius: 8px; }
  .ware-blank { border-radius: 8px; background-color: #e7e4dd; color: #5f5b52; font-size: 40px;
    line-height: 160px; text-align: center; }
  .ware-name { color: {{ store.brand.text }}; font-weight: 600; text-decoration: none; }
  .ware-large { font-size: 19px; line-height: 26px; }
  .ware-price { color: {{ store.brand.text }}; }
  .ware-was { color: #6d6960; text-decoration: line-through; }
  .stars { color: #6d6960; font-size: 14px; }
  .quote td { border-left: 3px solid #b9b3a6; padding: 2px 0 2px 16px; }
  .quote-gap td { padding: 0; font-size: 16px; line-height: 16px; }
</mj-style>"""
