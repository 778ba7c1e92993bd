"""What is shown of goods: the lines of a cart or an order, products, reviews and codes."""

from collections.abc import Mapping
from html import escape

from marketing.blocks.words import SHOWN_ITEMS


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


def cart_items(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """What is in the cart: picture, title, variant, quantity, price, and the total."""
    del attributes, inner
    return _lines("cart", "cart.url", {name: escape(word) for name, word in words.items()})


def order_items(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """What was ordered, shown as a cart is; nothing where the message is about no order."""
    del attributes, inner
    said = {name: escape(word) for name, word in words.items()}
    lines = _lines("order", "order.status_url | default: store.url", said)
    return f"{{% if order.items.size > 0 %}}{lines}{{% endif %}}"


def _lines(noun: str, elsewhere: str, said: Mapping[str, str]) -> str:
    """A line for each item of a noun; `elsewhere` is where one without an address leads."""
    return f"""
<mj-table css-class="goods" role="presentation"><tbody>
{{% for item in {noun}.items limit: {SHOWN_ITEMS} %}}
<tr class="item-line"><td class="item-picture">{_small_picture(said)}</td>
<td class="item-words"><a class="item-name"
 href="{{{{ item.url | default: {elsewhere} }}}}">{{{{ item.title }}}}</a><div
 class="item-note">{{% if item.variant_title %}}{{{{ item.variant_title }}}}<br />{{% endif %}}{
        said["quantity"]
    } {{{{ item.quantity }}}}{{% if item.sold_out %}}<br />{
        said["sold_out"]
    }{{% endif %}}</div></td>
<td class="item-price">{{{{ item.line_price | money: {noun}.currency }}}}</td></tr>
{{% endfor %}}
{{% if {noun}.items.size > {SHOWN_ITEMS} %}}<tr class="item-line"><td colspan="3"
 class="item-words item-note">{said["more_before"]} {{{{ {noun}.items.size | minus: {
        SHOWN_ITEMS
    } }}}} {said["more_after"]}</td></tr>{{% endif %}}
<tr class="item-sum"><td colspan="2">{said["total"]}</td>
<td class="item-total">{{{{ {noun}.total | money: {noun}.currency }}}}</td></tr>
</tbody></mj-table>"""


def _small_picture(said: Mapping[str, str]) -> str:
    return f"""{{% if item.image_url %}}<img
 src="{{{{ item.image_url }}}}" width="72" height="72" alt="{{{{ item.title }}}}"
 />{{% elsif links.placeholder %}}<img src="{{{{ links.placeholder }}}}" width="72" height="72"
 alt="{said["no_picture"]}" />{{% else %}}<div class="item-blank" role="img"
 aria-label="{said["no_picture"]}">{{{{ item.title | slice: 0 | upcase }}}}</div>{{% endif %}}"""
