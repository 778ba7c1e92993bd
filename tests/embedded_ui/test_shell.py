"""The panel's HTML and files: who may frame it, what may run in it, how much of it there is."""

import gzip
import re
import shutil
from html import unescape
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from embedded_ui import assets
from embedded_ui.pages import LANGUAGES, PAGES, language_of
from marketing.model import Reason
from tests.embedded_ui.conftest import CLIENT_ID, MAPLE

ADDRESSES = {
    "src/pages/Dashboard.tsx": "",
    "src/pages/Flows.tsx": "flows",
    "src/pages/NewFlow.tsx": "flows/new",
    "src/pages/FlowPage.tsx": "flows/0192f2c4-0000-7000-8000-000000000000",
    "src/pages/MessagePage.tsx": "flows/0192f2c4-0000-7000-8000-000000000000/messages/reminder",
    "src/pages/CampaignMessagePage.tsx": "campaigns/0192f2c4-0000-7000-8000-000000000000/message",
    "src/pages/Inbox.tsx": "inbox",
    "src/pages/Customers.tsx": "customers",
    "src/pages/CustomerPage.tsx": "customers/0192f2c4-0000-7000-8000-000000000000",
    "src/pages/Campaigns.tsx": "campaigns",
    "src/pages/CampaignPage.tsx": "campaigns/0192f2c4-0000-7000-8000-000000000000",
    "src/pages/Segments.tsx": "segments",
    "src/pages/SegmentPage.tsx": "segments/0192f2c4-0000-7000-8000-000000000000",
    "src/pages/Settings.tsx": "settings",
    "src/pages/SetUpPage.tsx": "set-up",
    "src/pages/ChannelsPage.tsx": "settings/channels",
    "src/pages/HandOverPage.tsx": "settings/conversations",
    "src/pages/FormPage.tsx": "settings/form",
    "src/pages/TeamPage.tsx": "settings/team",
    "src/pages/DataPage.tsx": "settings/data",
}
PANEL = assets.DIST.parent
EDITORS = {
    "src/pages/FlowPage.tsx",
    "src/pages/SegmentPage.tsx",
    "src/pages/MessagePage.tsx",
    "src/pages/CampaignMessagePage.tsx",
}
LATER = {"src/pages/FlowPage.tsx": "src/builder/Board.tsx"}
"""What comes by itself after a page's first picture counts as well."""
pytestmark = pytest.mark.skipif(not assets.DIST.exists(), reason="`make install` builds the panel")


@pytest.fixture
def database_url(sqlite_template: Path, tmp_path: Path) -> str:
    """No page's shell asks the database anything: one kind is enough here."""
    shutil.copyfile(sqlite_template, tmp_path / "reprise.db")
    return f"sqlite:///{tmp_path / 'reprise.db'}"


@pytest.mark.parametrize("locale", ["en-US", "de-AT"])
def test_every_page_says_at_once_what_it_is_and_what_for(client: FlaskClient, locale: str) -> None:
    language = language_of(locale)
    for page in PAGES:
        html = client.get(f"/panel/{ADDRESSES[page.module]}?locale={locale}").text
        assert f'<html lang="{language}"' in html
        assert f"<h1>{page.title(language)}</h1>" in html
        assert page.sentence(language).replace("'", "&#39;") in html


def test_who_reads_another_language_gets_english(client: FlaskClient) -> None:
    assert '<html lang="en"' in client.get("/panel/?locale=fi").text


def test_only_the_named_store_and_shopifys_admin_may_frame_it(client: FlaskClient) -> None:
    named = client.get(f"/panel/flows?shop={MAPLE}")
    assert named.headers["Content-Security-Policy"] == (
        f"frame-ancestors https://{MAPLE} https://admin.shopify.com;"
    )
    for shop in ("", "evil.example.com", f"{MAPLE}.evil.example.com", "maple.myshopify.com;*"):
        answer = client.get("/panel/flows", query_string={"shop": shop})
        assert answer.headers["Content-Security-Policy"] == "frame-ancestors 'none';"
        assert "X-Frame-Options" not in answer.headers
        assert "Set-Cookie" not in answer.headers


def test_no_script_stands_in_the_page_and_app_bridge_comes_first(client: FlaskClient) -> None:
    html = client.get("/panel/").text
    scripts = re.findall(r"<script([^>]*)>(.*?)</script>", html, re.DOTALL)
    assert all("src=" in attributes and not body for attributes, body in scripts)
    assert "app-bridge.js" in scripts[0][0]
    assert "async" not in scripts[0][0]
    assert not re.search(r"\son\w+=", html)
    assert f'<meta name="shopify-api-key" content="{CLIENT_ID}">' in html
    assert "script-src 'self' https://cdn.shopify.com; object-src 'none'" in unescape(html)


def test_the_page_is_asked_for_each_time_and_its_files_once_a_year(client: FlaskClient) -> None:
    page = client.get("/panel/")
    assert page.headers["Cache-Control"] in {"no-cache", "no-store"}
    for address in re.findall(r'"(/panel/assets/[^"]+)"', page.text):
        file = client.get(address)
        assert file.status_code == 200, address
        assert file.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert file.headers["X-Content-Type-Options"] == "nosniff"


def test_files_come_packed_as_the_browser_likes_it(client: FlaskClient) -> None:
    script = max(assets.files_of(assets.ENTRY).preloads, key=size_of)
    plain = client.get(f"/panel/assets/{script}")
    packed = client.get(f"/panel/assets/{script}", headers={"Accept-Encoding": "gzip"})
    best = client.get(f"/panel/assets/{script}", headers={"Accept-Encoding": "gzip, br"})
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Content-Encoding"] == "gzip"
    assert gzip.decompress(packed.data) == plain.data
    assert best.headers["Content-Encoding"] == "br"
    assert len(best.data) < len(packed.data) < len(plain.data)
    for answer in (plain, packed, best):
        assert answer.headers["Content-Type"].startswith("text/javascript")
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_no_other_file_of_the_machine_is_served(client: FlaskClient) -> None:
    for name in ("../package.json", "..%2fpackage.json", ".vite/../../package.json", "x", "a/b"):
        assert client.get(f"/panel/assets/{name}").status_code == 404


def test_an_address_that_is_no_page_says_so(client: FlaskClient) -> None:
    answer = client.get("/panel/nothing/here")
    assert answer.status_code == 404
    assert "<h1>Page not found</h1>" in answer.text
    assert client.get("/panel/api/nothing").status_code == 404


def test_words_of_the_address_are_no_html(client: FlaskClient) -> None:
    html = client.get('/panel/?locale="><script>alert(1)</script>&shop="><b>').text
    assert "alert(1)" not in html


def test_a_panel_that_is_not_built_says_what_helps(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(assets, "DIST", tmp_path)
    assets.files_of.cache_clear()
    answer = app.test_client().get("/panel/")
    assert answer.status_code == 503
    assert "make install" in answer.text
    assets.files_of.cache_clear()


def test_a_panel_built_anew_under_a_running_app_is_served_by_the_next_page(
    app: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    dist = tmp_path / "dist"
    shutil.copytree(assets.DIST, dist)
    monkeypatch.setattr(assets, "DIST", dist)
    assets.forget()
    client = app.test_client()
    client.get("/panel/")
    script = assets.files_of(assets.ENTRY).script
    client.get("/panel/assets/none.js")  # what there is has been looked at by now
    for path in dist.glob(f"{script}*"):
        path.rename(path.with_name(f"anew-{path.name}"))
    manifest = dist / ".vite/manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace(f'"{script}"', f'"anew-{script}"'))
    assert client.get(f"/panel/assets/{script}").status_code == 404
    anew = assets.files_of(assets.ENTRY).script
    assert anew == f"anew-{script}"
    assert f"/panel/assets/{anew}" in client.get("/panel/").text
    assert client.get(f"/panel/assets/{anew}").status_code == 200
    assets.forget()


def size_of(name: str) -> int:
    return (assets.DIST / name).stat().st_size


def packed(names: set[str]) -> int:
    return sum((assets.DIST / f"{name}.gz").stat().st_size for name in names)


@pytest.mark.parametrize("module", ADDRESSES)
def test_a_page_keeps_to_its_byte_budget(module: str) -> None:
    """Everything of a page's first load, as gzip sends it."""
    files, later = assets.files_of(module), assets.files_of(LATER.get(module, module))
    scripts = packed({files.early, files.script, *files.preloads, *later.preloads})
    assert scripts <= (210_000 if module in EDITORS else 140_000)
    assert packed({*files.styles, *later.styles}) <= 15_000
    (font,) = assets.DIST.glob("inter-latin-wght-normal-*.woff2")
    assert font.stat().st_size <= 30_000


@pytest.mark.parametrize(
    ("module", "most"), [("src/pages/Dashboard.tsx", 11), ("src/pages/FlowPage.tsx", 14)]
)
def test_what_is_seen_first_takes_few_requests(module: str, most: int) -> None:
    """Six at a time, on a slow line each row of them takes a way there and back."""
    files = assets.files_of(module)
    assert len({files.early, files.script, *files.preloads, *files.styles}) <= most


@pytest.mark.parametrize("module", ["src/pages/Dashboard.tsx", "src/pages/FlowPage.tsx"])
def test_what_a_page_runs_at_once_is_compiled_while_it_comes(module: str) -> None:
    """V8 hears its hint on the first line only."""
    files = assets.files_of(module)
    own = next(name for name in files.preloads if name.startswith(f"{Path(module).stem}-"))
    for name in (files.early, files.script, own):
        first, _, code = (assets.DIST / name).read_text("utf-8").partition("\n")
        assert first == "//# allFunctionsCalledOnLoad"
        assert code


@pytest.mark.parametrize("entry", [assets.EARLY, assets.ENTRY])
def test_the_page_names_the_scripts_themselves_and_none_that_only_leads_on(entry: str) -> None:
    files = assets.files_of("src/pages/Dashboard.tsx")
    script = files.early if entry == assets.EARLY else files.script
    assert (assets.DIST / script).stat().st_size > 1_000


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_reason_has_words_for_the_merchant(language: str) -> None:
    words = (PANEL / "src" / "words" / language / "people.ts").read_text("utf-8")
    reasons = words.partition("reasons: {")[2]
    assert [reason for reason in Reason if f"    {reason.value}: " not in reasons] == []
