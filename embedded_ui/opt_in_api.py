"""/panel/api/flows/<id>/links: by which customers begin a flow, each with its QR code to print."""

from typing import Any
from uuid import UUID

import segno
from flask.views import MethodView
from marshmallow import Schema, fields

from doors.json_api import ErrorSchema, refuse, the_runtime
from doors.spoken import Sentence
from embedded_ui.api import api_blueprint
from embedded_ui.auth import the_store
from marketing import flow_schema
from marketing.flow import FlowStatus
from marketing.flow_schema import BadFlow
from marketing.model import ChannelName
from marketing.opt_in import OptInLink, chats_of, links_of
from marketing.said import say
from storage import channel_accounts, flows

blueprint = api_blueprint("opt_in")
BORDER = 4
"""Modules of quiet around a code, as ISO/IEC 18004 wants it."""
SCALE = 12


class OptInLinkSchema(Schema):
    """The link of one channel: with codes where there is one, else what is missing for it."""

    channel = fields.Enum(ChannelName, by_value=True, required=True)
    url = fields.String(required=True, allow_none=True)
    missing = Sentence(required=True, allow_none=True)
    at_account = fields.Boolean(
        required=True, metadata={"description": "it is given in the channel's settings"}
    )
    svg = fields.String(
        required=True, allow_none=True, metadata={"description": "a data: address of the QR code"}
    )
    png = fields.String(required=True, allow_none=True)


class OptInLinksSchema(Schema):
    links = fields.List(fields.Nested(OptInLinkSchema), required=True)
    is_live = fields.Boolean(
        required=True, metadata={"description": "whether the links begin anything yet"}
    )


@blueprint.route("/flows/<uuid:flow_id>/links")
class OptInLinksView(MethodView):
    @blueprint.response(200, OptInLinksSchema)
    @blueprint.alt_response(404, schema=ErrorSchema)
    def get(self, flow_id: UUID) -> dict[str, Any]:
        """Give the links by which customers begin a flow, on the channels that are connected."""
        store = the_store()
        with the_runtime().database.reading() as connection:
            stored = flows.get(connection, store.id, str(flow_id))
            accounts = channel_accounts.of_store(connection, store.id)
        if stored is None:
            refuse(404, say("There is no such flow in this store."))
        try:
            flow = flow_schema.load(stored.draft)
        except BadFlow:
            return {"links": [], "is_live": False}
        public = {one.channel: one.public for one in accounts}
        found = links_of(flow.trigger, stored.id, public, chats_of(flow))
        is_live = stored.status is FlowStatus.LIVE
        return {"links": [shown(one) for one in found], "is_live": is_live}


def shown(link: OptInLink) -> dict[str, Any]:
    """Give a link as the panel has it, with its codes to print."""
    told: dict[str, Any] = {
        "channel": link.channel,
        "missing": link.missing,
        "at_account": link.at_account,
    }
    if not link.url:
        return told | {"url": None, "svg": None, "png": None}
    code = segno.make(link.url, error="m", micro=False)
    svg = code.svg_data_uri(scale=SCALE, border=BORDER, light="#fff")
    png = code.png_data_uri(scale=SCALE, border=BORDER)
    return told | {"url": link.url, "svg": svg, "png": png}
