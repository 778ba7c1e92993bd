"""The theme editor's app embeds: the merchant switches them on, the shop front's pages show them.

They are those of the theme app extension's own files. What an embed asks for stands there already,
as if the merchant had pasted it from the app.
"""

import re
from pathlib import Path
from typing import Any

import orjson
from flask import Flask, abort, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.state import Record
from sandbox.world import World

EXTENSION = Path(__file__).parent.parent / "connectors/shopify/app/extensions/reprise-form"
_SCHEMA = re.compile(r"{% schema %}(.*){% endschema %}", re.DOTALL)


def embeds(world: World, shop: str) -> list[Record]:
    """Give the extension's app embeds, each with its `handle`, its `name` and whether it is on."""
    words = orjson.loads((EXTENSION / "locales/en.default.schema.json").read_bytes())
    found = ((one.stem, _schema(one)) for one in sorted((EXTENSION / "blocks").glob("*.liquid")))
    return [
        {
            "handle": handle,
            "name": _word(words, schema["name"]),
            "is_on": is_on(world, shop, handle),
        }
        for handle, schema in found
        if schema["target"] == "body"
    ]


def is_on(world: World, shop: str, handle: str) -> bool:
    """Say whether an embed is shown: each is, until the merchant switches it off."""
    known = world.state.get(shop, "embed", handle)
    return known is None or bool(known["is_on"])


def editor_pages(app: Flask, world: World) -> None:
    """The address that an app links to, and its switches."""

    @app.get("/shops/<shop>/admin/themes/current/editor")
    def editor(shop: str) -> str:
        if world.shop(shop) is None:
            abort(404)
        asked = request.args.get("activateAppId", "").rpartition("/")[2]
        return render_template(
            "editor.html", shop=world.shop(shop), active="editor", asked=asked,
            embeds=embeds(world, shop),
        )  # fmt: skip

    @app.post("/shops/<shop>/admin/themes/current/editor")
    def switch(shop: str) -> AnyResponse:
        known = {one["handle"] for one in embeds(world, shop)}
        handle = request.form.get("handle", "")
        if world.shop(shop) is None or handle not in known:
            abort(404)
        world.state.put(shop, "embed", {"id": handle, "is_on": request.form.get("on") == "1"})
        return redirect(f"/shops/{shop}/admin/themes/current/editor?context=apps", 303)


def _schema(block: Path) -> dict[str, Any]:
    [told] = _SCHEMA.findall(block.read_text("utf-8"))
    read: dict[str, Any] = orjson.loads(told)
    return read


def _word(words: Any, name: str) -> str:
    for part in name.removeprefix("t:").split("."):
        words = words[part]
    return str(words)
