"""The same blocks for the text part: `<block-cart-items />` in a text becomes lines of words."""

from collections.abc import Mapping

from marketing.blocks.wares import GRIDS, SHOWN_REVIEWS, SHOWN_WARES
from marketing.blocks.words import SHOWN_ITEMS


def cart_items(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """What is in the cart, a line each, and the total."""
    del attributes, inner
    return _lines("cart", words)


def order_items(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """What was ordered; nothing where the message is about no order."""
    del attributes, inner
    return f"{{% if order.items.size > 0 %}}{_lines('order', words)}{{% endif %}}"


def _lines(noun: str, words: Mapping[str, str]) -> str:
    return f"""{{% for item in {noun}.items limit: {SHOWN_ITEMS} %}}- {{{{ item.quantity }}}} x {{{{
 item.title }}}}{{% if item.variant_title %}} ({{{{ item.variant_title }}}}){{% endif %}}: {{{{
 item.line_price | money: {noun}.currency }}}}{{% if item.sold_out %}} ({
        words["sold_out_aside"]
    }){{% endif %}}
{{% endfor %}}{{% if {noun}.items.size > {SHOWN_ITEMS} %}}- {words["more_before"]} {{{{
 {noun}.items.size | minus: {SHOWN_ITEMS} }}}} {words["more_after"]}
{{% endif %}}
{words["total"]}: {{{{ {noun}.total | money: {noun}.currency }}}}"""


def product(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The product that the message is about; nothing where there is none."""
    del attributes, inner
    return f"""{{% if product %}}{{{{ product.title }}}}{_facts("product", words)}{{% if
 product.available == false %}} ({words["sold_out_aside"]}){{% endif %}}
{{{{ product.url | default: store.url }}}}
{{% endif %}}"""


def product_grid(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Up to four products under the words inside; nothing where there are none."""
    listed, narrowing = GRIDS.get(attributes.get("of", ""), GRIDS["recommended"])
    keys = "".join(f",{one.strip()}," for one in attributes.get("products", "").split(","))
    opening = narrowing.format(keys=keys)
    lead = f"{inner}\n\n" if inner else ""
    return f"""{{% if {listed}.size > 0 %}}{lead}{{% assign shown = 0 %}}{{% for one in {
        listed
    } %}}{opening}{{% if shown < {
        SHOWN_WARES
    } %}}{{% assign shown = shown | plus: 1 %}}- {{{{ one.title }}}}{_facts("one", words)}
  {{{{ one.url | default: store.url }}}}
{{% endif %}}{"{% endif %}" if opening else ""}{{% endfor %}}{{% endif %}}"""


def reviews(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """What buyers wrote, under the words inside; nothing where nobody did."""
    del attributes
    lead = f"{inner}\n\n" if inner else ""
    return f"""{{% if reviews.size > 0 %}}{lead}{{% for one in reviews limit: {
        SHOWN_REVIEWS
    } %}}{{% if one.text %}}"{{{{ one.text | truncate: 280 }}}}"
{{% endif %}}{{{{ one.rating }}}} {words["out_of_five"]}{{% if one.author %}}, {{{{
 one.author }}}}{{% endif %}}{{% if one.product %}}, {{{{ one.product }}}}{{% endif %}}

{{% endfor %}}{{% endif %}}"""


def coupon(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The customer's own code and its end; nothing where there is none."""
    del attributes, inner
    return f"""{{% if coupon %}}    {{{{ coupon.code }}}}

{{% if coupon.minimum %}}{
        words["from"]
    } {{{{ coupon.minimum | money: coupon.currency }}}}. {{% endif %}}{
        words["valid_until"]
    } {{{{ coupon.ends_at | date: "full" }}}}, {{{{ coupon.ends_at | time }}}}. {words["one_use"]}
{{% endif %}}"""


def tracking(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The way to the parcel; nothing where none is known."""
    del attributes, inner
    return f"""{{% if order.tracking.url %}}{words["track"]}:
{{{{ order.tracking.url }}}}
{{% elsif order.status_url %}}{words["see_order"]}:
{{{{ order.status_url }}}}
{{% endif %}}{{% if order.tracking.number %}}{{% if order.tracking.company %}}{{{{
 order.tracking.company }}}}, {{% endif %}}{words["parcel"]} {{{{ order.tracking.number }}}}
{{% endif %}}"""


def signature(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Who signs: the founder, where the merchant told a name; else the store."""
    del attributes, inner
    return f"""{{% if store.founder_name %}}{{{{ store.founder_name }}}}
{words["founder"]} {{{{ store.name }}}}{{%
 else %}}{words["team"]} {{{{ store.name }}}}{{% endif %}}"""


def social(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Where else the store can be found; nothing if nowhere."""
    del attributes, words
    lead = f"{inner}\n" if inner else ""
    return f"""{{% if store.social.size > 0 %}}{lead}{{% for one in store.social %}}{{{{
 one.name }}}}: {{{{ one.url }}}}
{{% endfor %}}{{% endif %}}"""


def footer(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Who writes, from where, why, and how to make it stop; `stop="no"` for transactional ones."""
    why = inner or f"{words['why_before']} {{{{ store.name }}}}{words['why_after']}."
    stop = f"\n{words['unsubscribe']}: {{{{ links.unsubscribe }}}}"
    return f"""--
{why}
{{{{ store.name }}}}{{% if store.address %}}, {{{{ store.address }}}}{{% endif %}}{
        "" if attributes.get("stop") == "no" else stop
    }"""


def _facts(name: str, words: Mapping[str, str]) -> str:
    return f"""{{% if {name}.price %}}: {{% if {name}.varies %}}{
        words["price_from_aside"]
    } {{% endif %}}{{{{ {name}.price | money: {name}.currency }}}}{{% if {name}.compare_at %}} ({
        words["price_before"]
    } {{{{ {name}.compare_at | money: {name}.currency }}}}){{% endif %}}{{% endif %}}{{%
 if {name}.rating %}}, {{{{ {name}.rating }}}} {words["out_of_five"]}{{% endif %}}"""
