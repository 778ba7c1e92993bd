"""Products out of the catalogue: one by itself, a grid of several, and what buyers say of them."""

from collections.abc import Mapping
from html import escape

GRIDS: Mapping[str, tuple[str, str]] = {
    "cart": ("cart.items", ""),
    "picked": ("picked", '{{% if "{keys}" contains one.key %}}'),
    "recommended": ("recommendations", ""),
}
"""`of` -> the list that is shown, and what narrows it. A grid of picked products names them by
the platform's ids: `<block-product-grid of="picked" products="123, 456" />`."""
SHOWN_WARES = 4
SHOWN_REVIEWS = 3


def product(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """The product that the message is about, large; nothing where there is none."""
    del attributes, inner
    said = {name: escape(word) for name, word in words.items()}
    return f"""
{{% if product %}}<mj-table css-class="goods" role="presentation"><tr><td class="ware">
{_picture("product", 400)}<a class="ware-name ware-large"
 href="{{{{ product.url | default: store.url }}}}">{{{{ product.title }}}}</a>{
        _facts("product", said)
    }{{% if product.available == false %}}<div class="item-note">{
        said["sold_out"]
    }</div>{{% endif %}}
</td></tr></mj-table>{{% endif %}}"""


def product_grid(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """Up to four products, two in a row, under the words inside; nothing where there are none.

    `of` is `recommended` (what fits this customer), `cart`, or `picked` by the merchant.
    """
    listed, narrowing = GRIDS.get(attributes.get("of", ""), GRIDS["recommended"])
    keys = "".join(f",{one.strip()}," for one in attributes.get("products", "").split(","))
    opening = narrowing.format(keys=keys)
    # Compilers must find each row whole; `if false` opens the last one for their eyes only.
    said = {name: escape(word) for name, word in words.items()}
    lead = f'<mj-text css-class="words" font-weight="700">{inner}</mj-text>' if inner else ""
    return f"""
{{% if {listed}.size > 0 %}}{lead}
<mj-table css-class="goods" role="presentation" padding="0 22px 8px"><tbody>
{{% assign left = true %}}{{% assign shown = 0 %}}{{% for one in {listed} %}}{opening}
{{% if shown < {SHOWN_WARES} %}}{{% assign shown = shown | plus: 1 %}}{{%
 if left %}}<tr>{{% endif %}}
<td class="ware-half" width="50%">{_picture("one", 248)}<a class="ware-name"
 href="{{{{ one.url | default: store.url }}}}">{{{{ one.title }}}}</a>{_facts("one", said)}</td>
{{% if left %}}{{% assign left = false %}}{{% else %}}</tr>{{% assign left = true %}}{{% endif %}}
{{% endif %}}{"{% endif %}" if opening else ""}{{% endfor %}}
{{% if false %}}<tr>{{% endif %}}{{% unless left %}}<td class="ware-half"
 width="50%"></td></tr>{{% endunless %}}
</tbody></mj-table>{{% endif %}}"""


def reviews(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """What buyers wrote, under the words inside; nothing where nobody did."""
    del attributes
    said = {name: escape(word) for name, word in words.items()}
    lead = f'<mj-text css-class="words" font-weight="700">{inner}</mj-text>' if inner else ""
    return f"""
{{% if reviews.size > 0 %}}{lead}<mj-table css-class="goods" role="presentation"><tbody>
{{% for one in reviews limit: {SHOWN_REVIEWS} %}}<tr class="quote"><td>{{% if one.text %}}<div
 class="quote-words">&ldquo;{{{{ one.text | truncate: 280 }}}}&rdquo;</div>{{% endif %}}<div
 class="item-note">{{{{ one.rating }}}} {said["out_of_five"]}{{% if one.author %}},
 {{{{ one.author }}}}{{% endif %}}{{% if one.product %}}, {{{{
 one.product }}}}{{% endif %}}</div></td></tr><tr
 class="quote-gap"><td>&nbsp;</td></tr>{{% endfor %}}
</tbody></mj-table>{{% endif %}}"""


def rating(attributes: Mapping[str, str], inner: str, words: Mapping[str, str]) -> str:
    """How buyers rate the product that the message is about; nothing where nobody did."""
    del attributes, inner
    said = {name: escape(word) for name, word in words.items()}
    return f"""
{{% if product.rating %}}<mj-text css-class="words">{
        _rating("product", said)
    }</mj-text>{{% endif %}}"""


def _picture(name: str, width: int) -> str:
    """The product's picture as a link to it, else its first letter on a sheet."""
    height = width // 2
    return f"""<a href="{{{{ {name}.url | default: store.url }}}}"
 style="text-decoration:none">{{% if {name}.image_url %}}<div class="ware-picture"
 style="max-width:{width}px"><img
 src="{{{{ {name}.image_url }}}}" width="{width}" alt="{{{{ {name}.title }}}}"
 /></div>{{% else %}}<div class="ware-blank"
 style="max-width:{width}px;height:{height}px;line-height:{height}px"
 aria-hidden="true">{{{{ {name}.title | slice: 0 | upcase }}}}</div>{{% endif %}}</a>"""


def _facts(name: str, said: Mapping[str, str]) -> str:
    """Price, the price before where it is reduced, and the rating: each only where it is known."""
    return f"""{{% if {name}.price %}}<div class="ware-price">{{% if {name}.varies %}}{
        said["price_from"]
    } {{% endif %}}{{{{ {name}.price | money: {name}.currency }}}}{{% if {name}.compare_at %}} <span
 class="ware-was">{{{{ {name}.compare_at | money: {
        name
    }.currency }}}}</span>{{% endif %}}</div>{{% endif
 %}}{{% if {name}.rating %}}<div class="stars">{_rating(name, said)}</div>{{% endif %}}"""


def _rating(name: str, said: Mapping[str, str]) -> str:
    return f"""&#9733; {{{{ {name}.rating }}}} {said["out_of_five"]}{{% if {name}.reviews_count %}}
 ({{{{ {name}.reviews_count }}}} {{% if {name}.reviews_count == 1 %}}{
        said["one_review"]
    }{{% else %}}{said["reviews"]}{{% endif %}}){{% endif %}}"""
