"""GET /panel/api/products: what the store sells, for whoever picks from it."""

from typing import Any

from flask.views import MethodView

from doors.json_api import the_runtime
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from embedded_ui.template_schemas import ProductListSchema, ProductsQuery
from marketing.wares import Ware
from storage import catalogue
from storage.catalogue import COUNTED_TO, FURTHEST_PAGE, PAGE

MOST_IDS = 20

blueprint = api_blueprint("products")


@blueprint.route("/products")
class ProductsView(MethodView):
    @blueprint.arguments(ProductsQuery, location="query")
    @blueprint.response(200, ProductListSchema)
    def get(self, query: dict[str, Any]) -> dict[str, Any]:
        """Give a page of what is on sale, by title; or those of some ids, sold out or not."""
        ids = query["ids"]
        found, total = _named(ids) if ids is not None else _page(query["search"], query["page"])
        return {
            "products": [_line(ware) for ware in found],
            "page": query["page"],
            "pages": max(1, min(FURTHEST_PAGE, -(-total // PAGE))),
            "total": min(total, COUNTED_TO),
            "more": total > COUNTED_TO,
        }


def _named(ids: str) -> tuple[list[Ware], int]:
    wanted = [one.strip() for one in ids.split(",") if one.strip()][:MOST_IDS]
    with the_runtime().database.reading() as connection:
        known = catalogue.wares(connection, the_store().id, wanted, rated=False)
    found = [known[one] for one in wanted if one in known]
    return found, len(found)


def _page(search: str, page: int) -> tuple[list[Ware], int]:
    with the_runtime().database.reading() as connection:
        return catalogue.product_page(connection, the_store().id, search=search, page=page)


def _line(ware: Ware) -> dict[str, Any]:
    told = ware.shown(the_store().currency)
    names = ("title", "image_url", "price", "currency", "available")
    return {
        "id": ware.id,
        "is_published": ware.is_published,
        **{name: told[name] for name in names},
    }
