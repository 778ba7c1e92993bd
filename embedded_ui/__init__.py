"""What the merchant sees: sign-in, JSON API and the page inside the store's own dashboard."""

from flask import Flask, abort
from werkzeug.wrappers import Response as AnyResponse

from embedded_ui import (
    assets,
    attached_files_api,
    brand_api,
    campaigns_api,
    channels_api,
    chats_api,
    conversation_settings_api,
    conversation_tests_api,
    conversations_api,
    customers_api,
    dashboard_api,
    drafts_api,
    flows_api,
    inbox_api,
    intakes_api,
    keys_api,
    keyword_api,
    opt_in_api,
    outlook_api,
    products_api,
    rule_calls_api,
    saved_replies_api,
    segments_api,
    sentences_api,
    settings_api,
    setup_api,
    signup_api,
    store_api,
    stores_api,
    suppressions_api,
    team_api,
    templates_api,
    versions_api,
    vocabulary_api,
    whatsapp_api,
)
from embedded_ui.api import register_api
from embedded_ui.shell import deep_link, shell
from jobs.runtime import Runtime

__all__ = ["register", "shell"]


def register(app: Flask, runtime: Runtime) -> None:
    """Add the panel: its pages and files under `/panel`, its JSON under `/panel/api`."""
    app.extensions["reprise"] = runtime

    @app.get("/panel/")
    @app.get("/panel/<path:path>")
    def panel(path: str = "") -> AnyResponse:
        if path.startswith(("api/", "assets/")):
            abort(404)
        return deep_link(runtime, path)

    @app.get("/panel/assets/<path:name>")
    def panel_asset(name: str) -> AnyResponse:
        return assets.serve(name)

    register_api(
        app,
        [
            store_api.blueprint,
            setup_api.blueprint,
            dashboard_api.blueprint,
            flows_api.blueprint,
            drafts_api.blueprint,
            outlook_api.blueprint,
            keyword_api.blueprint,
            opt_in_api.blueprint,
            versions_api.blueprint,
            intakes_api.blueprint,
            campaigns_api.blueprint,
            customers_api.blueprint,
            conversation_settings_api.blueprint,
            chats_api.blueprint,
            conversations_api.blueprint,
            inbox_api.blueprint,
            conversation_tests_api.blueprint,
            attached_files_api.blueprint,
            rule_calls_api.blueprint,
            saved_replies_api.blueprint,
            segments_api.blueprint,
            sentences_api.blueprint,
            vocabulary_api.blueprint,
            settings_api.blueprint,
            signup_api.blueprint,
            keys_api.blueprint,
            team_api.blueprint,
            stores_api.blueprint,
            channels_api.blueprint,
            whatsapp_api.blueprint,
            suppressions_api.blueprint,
            products_api.blueprint,
            templates_api.blueprint,
            brand_api.blueprint,
        ],
    )
