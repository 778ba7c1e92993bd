"""What holds an email together: header, card, words, button, who signs, and the footer."""

from collections.abc import Mapping
from html import escape


def header(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The store's logo, or its name, above the card."""
    del attributes, inner, words
    return """
<mj-section padding="28px 0 20px"><mj-column>
<mj-text css-class="words" align="center" padding="0 32px" font-size="20px" font-weight="700"
 color="{{ store.brand.on_page }}">
<a href="{{ store.url }}" style="color:inherit;text-decoration:none">{% if store.logo_url %}<img
 src="{{ store.logo_url }}" alt="{{ store.name }}" height="40" style="height:40px;max-width:240px"
 />{% else %}{{ store.name }}{% endif %}</a></mj-text>
</mj-column></mj-section>"""


def card(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The white sheet that holds the other blocks."""
    del attributes, words
    return (
        '<mj-section css-class="card" background-color="#ffffff" '
        'border-radius="{{ store.brand.card_radius }}px" '
        f'padding="32px 0 16px"><mj-column>{inner}</mj-column></mj-section>'
    )


def heading(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """A line in large letters."""
    del words
    return (
        f'<mj-text css-class="words"{_aligned(attributes)} font-size="26px" line-height="33px" '
        'font-weight="700">'
        f'<h1 style="margin:0;font-size:inherit;line-height:inherit">{inner}</h1></mj-text>'
    )


def text(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Paragraphs."""
    del words
    return f'<mj-text css-class="words rich"{_aligned(attributes)}>{inner}</mj-text>'


def quiet(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Paragraphs in small, grey letters."""
    del words
    return (
        f'<mj-text css-class="words quiet rich"{_aligned(attributes)} font-size="14px" '
        f'line-height="20px" color="#6d6960">{inner}</mj-text>'
    )


def button(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The one thing to do: `href` is where it leads."""
    del words
    href = attributes.get("href", "")
    return f'<mj-button css-class="act"{_aligned(attributes)} href="{href}">{inner}</mj-button>'


def image(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """A picture: `src`, `alt`, where it leads (`href`) and how wide it is (`width`, in px)."""
    del inner, words
    leads = f' href="{attributes["href"]}"' if attributes.get("href") else ""
    wide = f' width="{attributes["width"]}px"' if attributes.get("width") else ""
    return (
        f'<mj-image css-class="picture" src="{attributes.get("src", "")}" '
        f'alt="{attributes.get("alt", "")}"{leads}{wide} />'
    )


def divider(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """A line across."""
    del attributes, inner, words
    return '<mj-divider css-class="line" border-width="1px" border-color="#e7e4dd" />'


def spacer(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Nothing, `height` px of it."""
    del inner, words
    return f'<mj-spacer height="{attributes.get("height", "24")}px" />'


def _aligned(attributes: Mapping[str, str]) -> str:
    return f' align="{attributes["align"]}"' if attributes.get("align") else ""


_STOP = """<br />
<a href="{{{{ links.unsubscribe }}}}" style="color:{{{{ store.brand.quiet_on_page }}}}">{}</a>"""


def footer(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Who writes, from where, why, and how to make it stop: the law asks for each.

    `stop="no"` is for transactional messages: nobody can unsubscribe from those.
    """
    said = {name: escape(word) for name, word in words.items()}
    stop = "" if attributes.get("stop") == "no" else _STOP.format(said["unsubscribe"])
    why = inner or f"{said['why_before']} {{{{ store.name }}}}{said['why_after']}."
    return f"""
<mj-section padding="20px 0 32px"><mj-column>
<mj-text css-class="words quiet" align="center" font-size="13px" line-height="20px"
 color="{{{{ store.brand.quiet_on_page }}}}">
{why}<br />{{{{ store.name }}}}{{% if store.address %}}, {{{{ store.address }}}}{{% endif %}}{
        stop
    }</mj-text>
</mj-column></mj-section>"""


def signature(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Who signs: the founder, where the merchant told a name; else the store."""
    del attributes, inner
    said = {name: escape(word) for name, word in words.items()}
    return f"""
<mj-text css-class="words">{{% if store.founder_name %}}<strong>{{{{
 store.founder_name }}}}</strong><br />{said["founder"]} {{{{
 store.name }}}}{{% else %}}{said["team"]}
<strong>{{{{ store.name }}}}</strong>{{% endif %}}</mj-text>"""


def social(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Where else the store can be found, after a lead of one's own; nothing if nowhere."""
    del attributes, words
    lead = f"{inner}<br />" if inner else ""
    return f"""
{{% if store.social.size > 0 %}}<mj-text css-class="words">{lead}
{{% for one in store.social %}}{{% unless forloop.first %}} &middot; {{% endunless %}}<a
 href="{{{{ one.url }}}}"
 style="color:{{{{ store.brand.text }}}};font-weight:600">{{{{ one.name }}}}</a>{{% endfor %}}
</mj-text>{{% endif %}}"""


def tracking(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The way to the parcel: the carrier's page, else the order's; nothing if neither is known."""
    del attributes, inner
    said = {name: escape(word) for name, word in words.items()}
    return f"""
{{% if order.tracking.url %}}<mj-button css-class="act"
 href="{{{{ order.tracking.url }}}}">{
        said["track"]
    }</mj-button>{{% elsif order.status_url %}}<mj-button
 css-class="act" href="{{{{ order.status_url }}}}">{said["see_order"]}</mj-button>{{% endif %}}
{{% if order.tracking.number %}}<mj-text css-class="words quiet" font-size="14px" line-height="20px"
 color="#6d6960">{{% if order.tracking.company %}}{{{{ order.tracking.company }}}}, {{% endif %}}{
        said["parcel"]
    } {{{{ order.tracking.number }}}}</mj-text>{{% endif %}}"""
