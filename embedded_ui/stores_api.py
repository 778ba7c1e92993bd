"""/panel/api/stores: other stores of the same people, and flows that are taken along to one."""

from datetime import datetime
from typing import Any
from uuid import UUID

from flask.views import MethodView
from marshmallow import RAISE, Schema, fields, validate

from connectors.shopify import app_load
from doors import audit
from doors.flow_documents import RefusedFlowSchema, refuse_flow
from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.spoken import Sentence
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_person, the_store
from embedded_ui.shell import PLUGIN_PAGE, us
from jobs import copying
from marketing.flow_schema import BadFlow
from marketing.model import Platform
from marketing.said import say
from storage import Connection, flows, store_links, stores
from storage.dialect import lock_stores
from storage.store_links import CODE_LIFE
from storage.stores import Store

blueprint = api_blueprint("stores")
PAGES = {Platform.WOOCOMMERCE: "&place="}
"""What stands between the address of the panel in an admin and that of a page in it."""
NO_LINK = say("Your store is not linked to this one. Link the two in the settings first.")


class OtherStoreSchema(Schema):
    """A linked store; `url` opens Reprise in its own admin, which asks for its own sign-in.

    `pages` opens a page of the panel there: its address below `/panel` is put behind it.
    """

    id = fields.String(required=True)
    name = fields.String(required=True)
    domain = fields.String(required=True)
    url = fields.String(required=True)
    pages = fields.String(required=True)


class StoresSchema(Schema):
    stores = fields.List(fields.Nested(OtherStoreSchema), required=True)


class CodeSchema(Schema):
    """The code to enter in the other store; good once, until `expires_at` in real time."""

    code = fields.String(required=True)
    expires_at = fields.AwareDateTime(required=True)


class LinkSchema(Schema):
    class Meta:
        unknown = RAISE

    code = fields.String(
        required=True,
        validate=validate.Length(1, 40, error=say("Enter the code of the other store.")),
    )


class CopySchema(Schema):
    class Meta:
        unknown = RAISE

    store_id = fields.UUID(required=True)


class CopiedSchema(Schema):
    """The draft that the other store has now; `left` says what it still lacks there."""

    flow_id = fields.String(required=True)
    left = fields.List(Sentence(), required=True)
    store = fields.Nested(OtherStoreSchema, required=True)


class UnlinkedSchema(Schema):
    id = fields.String(required=True)


@blueprint.route("/stores")
class StoresView(MethodView):
    @blueprint.response(200, StoresSchema)
    def get(self) -> dict[str, Any]:
        """Give the stores that this one is linked to."""
        with the_runtime().database.reading() as connection:
            found = store_links.of_store(connection, the_store().id)
        return {"stores": [_line(one) for one in found]}

    @blueprint.arguments(LinkSchema)
    @blueprint.response(201, OtherStoreSchema)
    @blueprint.alt_response(422, schema=ErrorSchema)
    def post(self, form: dict[str, Any]) -> dict[str, Any]:
        """Link this store to the one whose code is entered; both see it."""
        database, store_id = the_runtime().database, the_store().id

        def link(connection: Connection) -> Store | None:
            real_now = database.real_now(connection)
            return store_links.redeem(connection, store_id, form["code"], real_now)

        other = database.write(link)
        if other is None:
            minutes = int(CODE_LIFE.total_seconds() // 60)
            refuse(
                422,
                say(
                    "This code opens nothing: it is good once, and for {minutes} minutes."
                    " Make a new one in the other store.",
                    minutes=minutes,
                ),
                "code",
            )
        audit.also(store_id=other.id, store=called(other))
        return _line(other)


@blueprint.route("/stores/code")
class CodeView(MethodView):
    @blueprint.response(201, CodeSchema)
    def post(self) -> dict[str, Any]:
        """Make the code that another store enters to be linked to this one."""
        database, store_id = the_runtime().database, the_store().id

        def make(connection: Connection) -> tuple[str, datetime]:
            return store_links.new_code(connection, store_id, database.real_now(connection))

        code, expires_at = database.write(make)
        return {"code": code, "expires_at": expires_at}


@blueprint.route("/stores/<uuid:other_id>/unlink")
class UnlinkView(MethodView):
    @blueprint.response(200, UnlinkedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def post(self, other_id: UUID) -> dict[str, str]:
        """Take the link away, on both sides."""
        store_id = the_store().id

        def unlink(connection: Connection) -> Store | None:
            lock_stores(connection, [store_id, str(other_id)])
            gone = store_links.unlink(connection, store_id, str(other_id))
            return stores.by_id(connection, str(other_id)) if gone else None

        other = the_runtime().database.write(unlink)
        if other is None:
            refuse(404, NO_LINK)
        audit.also(store=called(other))
        return {"id": str(other_id)}


@blueprint.route("/flows/<uuid:flow_id>/copy")
class CopyView(MethodView):
    @blueprint.arguments(CopySchema)
    @blueprint.response(201, CopiedSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    @blueprint.alt_response(422, schema=RefusedFlowSchema)
    def post(self, form: dict[str, Any], flow_id: UUID) -> dict[str, Any]:
        """Put a flow's draft into a linked store, as a draft there; nothing goes live by it.

        Segments and flows that it names are those of the same name there; what is missing is told.
        """
        store_id, other_id = the_store().id, str(form["store_id"])
        database = the_runtime().database
        with database.writing() as connection:
            # Held: a link that is taken away meanwhile lets nothing pass any more.
            lock_stores(connection, [store_id, other_id])
            stored = flows.get(connection, store_id, str(flow_id))
            other = store_links.linked(connection, store_id, other_id)
            if stored is None:
                refuse(404, say("There is no such flow in this store."))
            if other is None:
                refuse(404, NO_LINK, "store_id")
            try:
                copied = copying.copy(connection, stored, other, database.now(connection))
            except BadFlow as bad:
                refuse_flow(422, bad.problems)
        audit.also(store_id=other_id, store=called(other))
        told = {"flow_id": copied.flow_id, "store": called(the_store())}
        audit.note_elsewhere(other_id, the_person(), "COPIED /flows/<flow_id>", told)
        return {"flow_id": copied.flow_id, "left": copied.left, "store": _line(other)}


def _line(store: Store) -> dict[str, Any]:
    told = {"id": store.id, "name": called(store), "domain": store.domain}
    return {
        **told,
        "url": _opens(store),
        "pages": _opens(store) + PAGES.get(store.platform, "/panel"),
    }


def called(store: Store) -> str:
    """Give what a store is called; the log keeps it, for a link that is gone names nothing."""
    return store.name or store.domain


def _opens(store: Store) -> str:
    """Give where Reprise is opened in a store's own admin."""
    if store.platform is Platform.WOOCOMMERCE:
        home = the_runtime().settings.woocommerce_store_url.format(domain=store.domain)
        return f"{home}{PLUGIN_PAGE}"
    return app_load.embedded_url(us(the_runtime()), store.domain)
