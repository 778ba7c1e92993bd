"""The web pixel: its very source run by Node in the sandbox's runtime; switched on by the app."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.base import Credentials, StoreRefused
from connectors.shopify.connector import ShopifyConnector
from jobs.pixel_payload import Told, read
from sandbox.pixels import EXTENSION
from sandbox.serve import Sandbox
from sandbox.theme_editor import embeds
from sandbox.world import SAMPLE_SHOP
from tests.oracles.library import node
from tests.sandbox.fake_app import FakeApp

RUNTIME = Path(__file__).parents[2] / "sandbox/static/pixel-runtime.js"
SETTINGS = {"accountID": "the-public-key", "endpoint": "https://app.example.com/pixel"}
MUG = {
    "id": "11",
    "product": {"id": "gid://shopify/Product/1", "title": "Mug", "type": "Tableware"},
}
PAGE = """
globalThis.page = JSON.parse(process.argv[2]);
const kept = { ...page.kept };
const stored = {
  getItem: (name) => kept[name] ?? null, setItem: (name, value) => { kept[name] = value; },
};
const box = { addEventListener: (_, told) => { box.told = told; } };
globalThis.localStorage = globalThis.sessionStorage = stored;
globalThis.location = new URL(page.href);
globalThis.document = {
  cookie: page.cookie ?? "", referrer: "",
  getElementById: (id) => id === "pixel" ? { textContent: JSON.stringify(page.pixel) } : box,
};
Object.defineProperty(globalThis, "navigator", { value: { language: "en" } });
const told = [];
globalThis.fetch = async (url, asked) => { told.push({ url, ...asked }); };
await import("./index.js");
await new Promise((done) => setTimeout(done, 20));
for (const choice of page.choices ?? []) { box.checked = choice; box.told(); }
await new Promise((done) => setTimeout(done, 20));
console.log(JSON.stringify(told));
"""


class Page:
    """A page of a shop with the extension in it; gives what it sent to the app."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        package = folder / "node_modules/@shopify/web-pixels-extension"
        package.mkdir(parents=True)
        shutil.copy(RUNTIME, package / "index.js")
        described = {"name": "@shopify/web-pixels-extension", "type": "module", "main": "index.js"}
        (package / "package.json").write_text(json.dumps(described))
        (folder / "package.json").write_text('{"type": "module"}')
        shutil.copy(EXTENSION / "src/index.js", folder / "index.js")
        (folder / "page.js").write_text(PAGE)

    def opens(self, *events: dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        pixel = {"shop": SAMPLE_SHOP, "settings": SETTINGS, "cart": None, "events": events}
        page = {"href": "https://maple.example/products/mug", "pixel": pixel, **more}
        done = subprocess.run(
            [node(), "page.js", json.dumps(page)],
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        assert done.returncode == 0, done.stderr
        sent: list[dict[str, Any]] = json.loads(done.stdout)
        return sent


def said(sent: list[dict[str, Any]]) -> list[Told]:
    """What the app's door makes of it."""
    return [read(one["body"].encode()) for one in sent]


@pytest.fixture
def page(tmp_path: Path) -> Page:
    return Page(tmp_path)


def event(name: str, **data: Any) -> dict[str, Any]:
    return {"name": name, "data": data}


def test_a_product_page_tells_what_is_looked_at(page: Page) -> None:
    (sent,) = page.opens(event("page_viewed"), event("product_viewed", productVariant=MUG))
    assert sent["url"] == "https://app.example.com/pixel/the-public-key"
    assert (sent["method"], sent["keepalive"]) == ("POST", True)
    assert "headers" not in sent  # a preflight would cost another request
    (told,) = said([sent])
    assert told.has_consent
    assert told.visitor
    (seen,) = told.seen
    assert (seen.name, seen.data) == ("product.viewed", {"product_id": "1", "variant_id": "11"})


def test_what_somebody_waits_for_is_told_by_the_themes_own_event(page: Page) -> None:
    asked = event("reprise:product_wanted", product_id="gid://shopify/Product/1", variant_id="11")
    (told,) = said(page.opens(asked))
    (seen,) = told.seen
    assert (seen.name, seen.data) == ("product.wanted", {"product_id": "1", "variant_id": "11"})


def test_a_collection_a_cart_and_a_checkout_are_told(page: Page) -> None:
    collection = {"id": "9", "title": "At the\ntable", "productVariants": [MUG, MUG]}
    line = {"merchandise": MUG, "quantity": 2}
    told = said(
        page.opens(
            event("collection_viewed", collection=collection),
            event("product_added_to_cart", cartLine=line),
            event("product_removed_from_cart", cartLine=line),
            event("cart_viewed", cart={"id": "gid://shopify/Cart/hWNBn5BS2Zk?key=1"}),
            event("checkout_started", checkout={"token": "0123456789abcdef"}),
            cookie="other=1; cart=hWNBn5BS2Zk%3Fkey%3D1",
        )
    )
    names = [seen.name for one in told for seen in one.seen]
    assert names == [
        "category.viewed", "product.added_to_cart", "product.removed_from_cart",
        "checkout.started",
    ]  # fmt: skip
    assert told[0].seen[0].data["category"] == "At the table"
    assert told[0].seen[0].data["category_id"] == "9"
    assert told[0].seen[0].data["product_ids"] == ["1"]
    assert told[1].seen[0].data["quantity"] == 2
    assert all(one.tokens[0] == "hWNBn5BS2Zk" for one in told)
    assert told[4].tokens[1] == "0123456789abcdef"


def test_whoever_follows_a_link_brings_its_token(page: Page) -> None:
    (told,) = said(page.opens(event("page_viewed"), href="https://maple.example/?rp=AbCdEfGh#top"))
    assert (told.link_token, told.seen) == ("AbCdEfGh", ())


def test_without_consent_nothing_is_sent(page: Page) -> None:
    views = event("product_viewed", productVariant=MUG)
    assert page.opens(views, kept={"front_consent": "no"}) == []


def test_consent_taken_back_is_told_once_with_nothing_else(page: Page) -> None:
    told = said(page.opens(event("product_viewed", productVariant=MUG), choices=[False, False]))
    assert [(one.has_consent, len(one.seen)) for one in told] == [(True, 1), (False, 0)]


def test_strange_pages_send_nothing_that_the_door_refuses(page: Page) -> None:
    told = page.opens(
        event("product_added_to_cart", cartLine={"merchandise": MUG, "quantity": 10**9}),
        event("cart_viewed", cart=None),
        event("checkout_started", checkout=None),
        cookie="cart=%3Cscript%3E",
    )
    assert [seen.name for one in said(told) for seen in one.seen] == [
        "product.added_to_cart", "checkout.started"
    ]  # fmt: skip


# --- switched on by the app, in the sandbox ---------------------------------------------------


@pytest.fixture
def connector(installed: Sandbox) -> Iterator[ShopifyConnector]:
    url = installed.world.admin_url + "/shops/{shop}"
    made = ShopifyConnector("client", ("secret",), url, use_proxies=False)
    yield made
    made.close()


def test_the_app_switches_it_on_and_a_second_time_tells_it_the_new_address(
    installed: Sandbox, connector: ShopifyConnector, fake_app: FakeApp
) -> None:
    access = Credentials(SAMPLE_SHOP, fake_app.token)
    front = installed.world.front_url
    assert "/pixel/index.js" not in httpx.get(front).text
    for endpoint in ("http://127.0.0.1:1/pixel", "http://127.0.0.1:2/pixel"):
        connector.activate_pixel(access, "the-public-key", endpoint)
        assert endpoint in httpx.get(front).text
    source = httpx.get(f"{front}/pixel/index.js")
    assert source.text == (EXTENSION / "src/index.js").read_text()
    with pytest.raises(StoreRefused):
        connector.activate_pixel(access, "", "http://127.0.0.1:2/pixel")


def test_an_app_embed_stands_on_the_shops_pages_until_it_is_switched_off_in_the_theme_editor(
    sandbox: Sandbox,
) -> None:
    world = sandbox.world
    world.state.put(SAMPLE_SHOP, "web_pixel", {"id": "app", "number": 1, "settings": SETTINGS})
    world.state.put(SAMPLE_SHOP, "install", {"id": "app", "active": True})
    editor = f"{world.admin_url}/shops/{SAMPLE_SHOP}/admin/themes/current/editor"
    shown = httpx.get(editor, params={"context": "apps", "activateAppId": "client/chat-embed"})
    assert "Website chat <em" in shown.text
    for choice, is_there in (("0", False), ("1", True)):
        httpx.post(editor, data={"handle": "chat-embed", "on": choice})
        page = httpx.get(world.front_url, params={"store": SAMPLE_SHOP}, follow_redirects=True)
        assert ("data-reprise-chat" in page.text) is is_there
        assert "data-reprise-form" in page.text
    assert httpx.post(editor, data={"handle": "no-such", "on": "1"}).status_code == 404
    assert [one["handle"] for one in embeds(world, SAMPLE_SHOP)] == ["chat-embed", "signup-embed"]
