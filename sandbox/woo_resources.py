"""The verbs of a REST resource: list, show, create, edit, delete, and many at once."""

from collections.abc import Callable
from dataclasses import dataclass, field

from sandbox.state import Record
from sandbox.woo_collections import Arguments, Listing, Page, page_of
from sandbox.woo_refusals import Refused, bad_parameter, no_such, no_trash
from sandbox.woo_shop import WooShop

MOST_AT_ONCE = 100


def _cannot(*_: object) -> Record:
    raise Refused("rest_no_route", "No route was found matching the URL and request method.", 404)


@dataclass(frozen=True)
class Resource:
    """One kind of record under `/wp-json/wc/v3/`; its records are what its functions give."""

    name: str
    kind: str
    slug: str
    """What WooCommerce calls it in the codes of its errors."""
    show: Callable[[Record], Record]
    create: Callable[[Record], Record] = _cannot
    change: Callable[[Record, Record], Record] = _cannot
    remove: Callable[[Record], object] = _cannot
    listing: Listing = field(default_factory=Listing)
    has_trash: bool = False


class Desk:
    """Answers for one resource; raises `Refused`."""

    def __init__(self, shop: WooShop, resource: Resource) -> None:
        self._shop, self._of = shop, resource

    @property
    def address(self) -> str:
        return f"{self._shop.url}/wp-json/wc/v3/{self._of.name}"

    def list(self, asked: Arguments) -> Page:
        trashed = asked.get("status") == "trash"
        records = [
            r for r in self._shop.all(self._of.kind) if (r.get("status") == "trash") == trashed
        ]
        page = page_of(records, self._of.listing, asked, self.address, self._shop.url)
        return Page([self.shown(one) for one in page.records], page.headers)

    def one(self, id_: int) -> Record:
        return self.shown(self._found(id_))

    def create(self, body: Record) -> Record:
        return self.shown(self._of.create(body))

    def change(self, id_: int, body: Record) -> Record:
        return self.shown(self._of.change(self._found(id_), body))

    def delete(self, id_: int, *, force: bool) -> Record:
        """Give what was there; without force only what has a trash goes there."""
        record = self._found(id_)
        if not force and not self._of.has_trash:
            raise no_trash(self._of.slug, self._of.name)
        if not force:
            record = self._shop.put(self._of.kind, {**record, "status": "trash"})
            return self.shown(record)
        before = self.shown(record)
        self._of.remove(record)
        return before

    def batch(self, body: Record) -> Record:
        """Do many; what is wrong with one is told in its place, the others are done."""
        jobs = {verb: body.get(verb) or [] for verb in ("create", "update", "delete")}
        if not all(isinstance(items, list) for items in jobs.values()):
            raise bad_parameter("create", "create is not of type array.", "rest_invalid_type")
        if sum(map(len, jobs.values())) > MOST_AT_ONCE:
            words = f"Unable to accept more than {MOST_AT_ONCE} items for this request."
            raise Refused("woocommerce_rest_request_entity_too_large", words, 413)
        doers = {"create": self.create, "update": self._changed, "delete": self._deleted}
        return {
            verb: [self._each(doers[verb], item) for item in items]
            for verb, items in jobs.items()
            if items
        }

    def _each(self, do: Callable[..., Record], item: Record) -> Record:
        try:
            return do(item)
        except Refused as refusal:
            id_ = item.get("id", 0) if isinstance(item, dict) else item
            return {"id": id_, "error": refusal.shown()}

    def _changed(self, item: Record) -> Record:
        return self.change(int(item.get("id", 0)), item)

    def _deleted(self, id_: object) -> Record:
        """Batches delete for good: they send `force` along."""
        return self.delete(int(str(id_)), force=True)

    def shown(self, record: Record) -> Record:
        """As REST shows a record: with its links, without what is only ours."""
        links = {
            "self": [{"href": f"{self.address}/{record['id']}"}],
            "collection": [{"href": self.address}],
        }
        return {**self._of.show(record), "_links": links}

    def _found(self, id_: int) -> Record:
        return self._shop.get(self._of.kind, id_) or self._missing()

    def _missing(self) -> Record:
        raise no_such(self._of.slug)
