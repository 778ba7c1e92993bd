"""The public door: `/api/v1`, for a store's other programs, with keys that the merchant makes."""

from flask import Flask, Response, jsonify

from marketing.flow_json_schema import flow_json_schema
from public_api import (
    campaigns_api,
    conversations_api,
    customers_api,
    events_api,
    flows_api,
    intakes_api,
    segments_api,
    splits_api,
)
from public_api.door import register_api

__all__ = ["register"]


def register(app: Flask) -> None:
    """Add `/api/v1` to an app that has its runtime."""

    @app.get("/api/v1/schemas/flow.json")
    def flow_schema() -> Response:
        """Give the JSON Schema of flow documents; it holds no store's data and asks for no key."""
        return jsonify(flow_json_schema())

    people = (conversations_api, customers_api, events_api, segments_api)
    sendings = (campaigns_api, flows_api, intakes_api, splits_api)
    register_api(app, [noun.blueprint for noun in (*people, *sendings)])
