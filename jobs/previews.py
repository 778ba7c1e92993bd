"""What a message would say: to an imagined customer of the store, or to a real one of today."""

from dataclasses import asdict, dataclass, replace
from typing import Any, cast

from jobs import showing
from jobs.context import context_of, home_of, store_facts
from jobs.runtime import Runtime
from marketing import samples
from marketing.compiling import CompiledTemplate
from marketing.flow import Template
from marketing.links import MessageLinks
from marketing.model import JsonObject, MessageKind
from marketing.pictures import NO_PICTURE_PATH
from marketing.rendering import Rendered, Renderer
from marketing.showing import needs_of
from marketing.tags import CART
from marketing.templates import compile_template
from marketing.wares import Ware
from storage import Connection, Row, catalogue, newest
from storage.newest import Newest
from storage.schema import new_id
from storage.stores import Store

SAMPLES = {
    "full": samples.everything,
    "bare": samples.as_little_as_possible,
    "much": samples.much,
}
_renderer = Renderer()


class NoSuchCustomer(Exception):
    """The store has no customer of this id."""


@dataclass(frozen=True, slots=True)
class About:
    """Whom a preview is for, and after what."""

    trigger: str | None = None
    kind: MessageKind = MessageKind.MARKETING
    sample: str = "full"
    """A key of `SAMPLES`, where it is for nobody real."""
    customer_id: str | None = None
    offers_code: bool = True
    tells_reward: bool = False
    in_campaign: bool = False


@dataclass(frozen=True, slots=True)
class Preview:
    """The words of a message that was not sent, and to whom they are."""

    words: Rendered
    name: str | None
    customer_id: str | None


def preview(runtime: Runtime, store: Store, template: Template, about: About) -> Preview:
    """Give a message as one customer would read it; nothing is kept, counted or sent.

    Raises `marketing.templates.TemplateRefused`, `marketing.rendering.RenderingFailed` and
    `NoSuchCustomer`.
    """
    compiled = compile_template(template, kind=about.kind)
    with runtime.database.reading() as connection:
        context, who = _context(connection, runtime, store, compiled, about)
    names = (who.first_name, who.last_name) if who else ()
    name = " ".join(one for one in names if one) or (who.email if who else None)
    words = _renderer.render(compiled, context)
    return Preview(words, name, who.customer_id if who else None)


def words_of(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    compiled: CompiledTemplate,
    about: About,
) -> Rendered:
    """Give a compiled message as somebody made up would read it; raises `RenderingFailed`."""
    return _renderer.render(compiled, _imagined(connection, runtime, store, about))


def sample(runtime: Runtime, store: Store) -> dict[str, Any]:
    """Give the facts of somebody made up, of this very store."""
    with runtime.database.reading() as connection:
        return _imagined(connection, runtime, store, About())


def _context(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    compiled: CompiledTemplate,
    about: About,
) -> tuple[dict[str, Any], Newest | None]:
    if about.customer_id is None:
        return _imagined(connection, runtime, store, about), None
    who = newest.newest_of(connection, store.id, about.customer_id)
    if who is None:
        raise NoSuchCustomer(about.customer_id)
    return _real(connection, runtime, store, who, compiled, about), who


@dataclass(frozen=True, slots=True)
class _NoMessage:
    """What of a message's row the context asks for, where there is no message."""

    id: str
    store_id: str
    customer_id: str
    cart_id: str | None
    order_id: str | None
    email: str | None
    first_name: str | None
    last_name: str | None
    orders_count: int
    customer_locale: str | None
    event: JsonObject
    shown: None = None


def _real(
    connection: Connection,
    runtime: Runtime,
    store: Store,
    who: Newest,
    compiled: CompiledTemplate,
    about: About,
) -> dict[str, Any]:
    row = cast("Row[Any]", _row(store, who, about.trigger))
    links = MessageLinks(runtime.settings.app_url, runtime.link_keys, store.id, row.id)
    shown = showing.imagined(connection, store, row, needs_of(compiled))
    context = context_of(store, shown, row, links, offers_code=False)
    context["cart"]["url"] = home_of(store)
    return context | _gifts(store, about)


def _row(store: Store, who: Newest, trigger: str | None) -> _NoMessage:
    told = asdict(who)
    viewed, locale = told.pop("viewed"), told.pop("locale")
    message = _NoMessage(
        **told,
        id=new_id(),
        store_id=store.id,
        customer_locale=locale,
        event=(viewed or {}) if (trigger or "").startswith("product.") else {},
    )
    if trigger in CART:
        return replace(message, order_id=None)
    is_order = (trigger or "").startswith("order.")
    return replace(message, cart_id=None) if is_order else message


def _gifts(store: Store, about: About) -> dict[str, Any]:
    """Give a code as an example: the real one is made when the message is due."""
    sample = samples.everything()
    coupon = {**sample["coupon"], "currency": store.currency} if about.offers_code else None
    return {"coupon": coupon}


def _imagined(
    connection: Connection, runtime: Runtime, store: Store, about: About
) -> dict[str, Any]:
    """Give an imagined customer of this very store, with its own products where it has some."""
    context = SAMPLES[about.sample]()
    links = MessageLinks(runtime.settings.app_url, runtime.link_keys, store.id, new_id())
    wares, _ = catalogue.product_page(connection, store.id)
    _put_on_sale(context, store, [one for one in wares if one.is_available()])
    context["store"] = store_facts(store)
    context["cart"]["url"] = home_of(store)
    context["links"] = {
        "unsubscribe": links.unsubscribe_url(),
        "placeholder": runtime.settings.app_url + NO_PICTURE_PATH,
    }
    if not about.offers_code:
        context["coupon"] = None
    return context | {"locale": store.locale}


def _put_on_sale(context: dict[str, Any], store: Store, wares: list[Ware]) -> None:
    """Show what the store sells in place of the samples', all in its own currency."""
    currency = store.currency
    for noun in ("cart", "order"):
        one = context[noun]
        one["currency"] = currency
        for item, ware in zip(one["items"], wares, strict=False):
            _become(item, ware.shown(currency))
        for item in one["items"][len(wares) :]:
            item["image_url"] = None
        one["subtotal"] = one["total"] = sum(item["line_price"] for item in one["items"])
    shown = [ware.shown(currency) for ware in wares]
    if context["product"] and shown:
        context["product"] = shown[0]
    if context["recommendations"] and shown:
        context["recommendations"] = shown[:4]
    for noun in ("event", "coupon", "reward"):
        if context[noun]:
            context[noun]["currency"] = currency


def _become(item: dict[str, Any], ware: dict[str, Any]) -> None:
    price = ware["price"] or item["price"]
    item |= {name: ware[name] for name in ("title", "url", "image_url")}
    item |= {"variant_title": None, "price": price, "line_price": price * item["quantity"]}
