"""What holds an email together: header, card, words, button, who signs, and the footer."""

from collections.abc import Mapping
from html import escape


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


_STOP = """<br />
<a href="{{{{ links.unsubscribe }}}}" style="color:#6d6960">{}</a>"""


def footer(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Who writes, from where, why, and how to make it stop: the law asks for each.

    `stop="no"` is for transactional messages: nobody can unsubscribe from those.
    """
    said = {name: escape(word) for name, word in words.items()}
    stop = "" if attributes.get("stop") == "no" else _STOP.format(said["unsubscribe"])
    why = inner or f"{said['why']} {{{{ store.name }}}}."
    return f"""
<mj-section padding="20px 0 32px"><mj-column>
<mj-text css-class="words quiet" align="center" font-size="13px" line-height="20px" color="#6d6960">
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
 href="{{{{ one.url }}}}" style="color:#22211f;font-weight:600">{{{{ one.name }}}}</a>{{% endfor %}}
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
