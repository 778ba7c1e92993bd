"""Links of a message are really asked: what is there, what is not, and whom nobody may ask."""

import time
from collections.abc import Iterator
from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import pytest

from connectors.apps import pages
from connectors.apps.pages import Found
from jobs import link_checks
from jobs.runtime import Runtime
from marketing.block_schema import read
from marketing.blocks.parts import Html
from marketing.flow import Template
from tests.connectors.scripted_server import Reply, Request, ScriptedServer


@pytest.fixture
def server() -> Iterator[ScriptedServer]:
    with ScriptedServer().running() as running:
        yield running


def the_runtime(*, demo: bool = True) -> Runtime:
    settings = SimpleNamespace(app_url="https://app.example.com", demo=demo)
    return cast("Runtime", SimpleNamespace(settings=settings))


def linking(*urls: str) -> Template:
    blocks: list[dict[str, Any]] = [
        {"kind": "button", "id": f"b{at}", "label": "x", "href": url} for at, url in enumerate(urls)
    ]
    words = "".join(f'<a href="{url}">x</a>' for url in urls[:1])
    blocks.append({"kind": "text", "id": "text", "html": f"<p>{words}</p>"})
    return read({"subject": "s", "blocks": [*blocks, {"kind": "footer", "id": "foot"}]})


def answering(request: Request) -> Reply:
    status = {"/gone": 404, "/moved": 302, "/forbidden": 403, "/broken": 500}
    told = {"location": "/there"} if request.path == "/moved" else {}
    if request.path == "/round":
        return Reply(status=302, headers={"location": "/round"})
    if request.path == "/inward":
        return Reply(status=302, headers={"location": "http://10.0.0.1/"})
    return Reply("x", status.get(request.path, 200), told)


def test_each_link_is_asked_and_told_of_where_it_stands(server: ScriptedServer) -> None:
    server.script = answering
    gone = f"{server.url}/gone"
    found = link_checks.check(
        the_runtime(),
        linking(gone, f"{server.url}/there", f"{server.url}/moved", f"{server.url}/broken"),
    )
    assert [(one.block, one.field, one.code) for one in found] == [
        ("b0", "href", "link_broken"),
        ("b3", "href", "link_unsure"),
        ("text", "html", "link_broken"),
    ]
    assert found[0].detail == {"url": gone, "answer": "it answers 404"}
    asked = len(server.requests)
    link_checks.check(the_runtime(), linking(gone))
    assert len(server.requests) == asked  # it is known for a while


def test_pictures_are_asked_as_links_are_in_blocks_and_in_code(server: ScriptedServer) -> None:
    server.script = answering
    gone = f"{server.url}/gone"
    # Read from a draft, a picture without https would be gone by then.
    own = Html(id="own", html=f'<img src="{gone}" alt="x">')
    found = link_checks.check(the_runtime(), replace(linking(), blocks=(own,)))
    assert [(one.block, one.field, one.code) for one in found] == [("own", "html", "link_broken")]
    assert found[0].message == f"The picture {gone} is not there: it answers 404."
    code = (
        f'<mjml><mj-head><mj-font name="x" href="{gone}"/></mj-head><mj-body>'
        f'<mj-image src="{server.url}/broken" href="{gone}"/></mj-body></mjml>'
    )
    in_code = link_checks.check(the_runtime(), Template("s", "", code, "t"))
    assert [(one.block, one.field, one.code) for one in in_code] == [
        (None, "mjml", "link_unsure"),
        (None, "mjml", "link_broken"),
    ]


def test_a_page_that_trickles_or_sends_on_slowly_is_given_up(server: ScriptedServer) -> None:
    def slowly(_: Request) -> Reply:
        time.sleep(0.25)
        return Reply(status=302, headers={"location": "/on"})

    server.script = slowly
    began = time.monotonic()
    assert pages.look(f"{server.url}/on", seconds=0.4, may_be_local=True)[0] is Found.UNSURE
    assert len(server.requests) < pages.MOST_REDIRECTS
    assert time.monotonic() - began < 30  # the machine's load, not the page, decides the rest


def test_our_own_links_and_merge_tags_are_not_asked(server: ScriptedServer) -> None:
    own = (
        "{{ cart.url }}",
        "https://app.example.com/u/x",
        "mailto:a@b.example",
        f"{server.url}/{{{{ x }}}}",
    )
    assert link_checks.check(the_runtime(), linking(*own)) == []
    assert server.requests == []


def test_no_link_leads_us_inside(server: ScriptedServer) -> None:
    server.script = answering
    inward = f"{server.url}/inward"
    assert pages.look(inward, seconds=2, may_be_local=True)[0] is Found.UNSURE
    for url in (
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest",
        "http://x",
    ):
        found, words = pages.look(url, seconds=2)
        assert found is Found.UNSURE
        assert "no public address" in words or "only https" in words
    assert pages.look(f"{server.url}/round", seconds=30, may_be_local=True) == (
        Found.UNSURE,
        "it sends on and on",
    )


def test_a_page_that_never_answers_costs_little_time(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_checks, "SECONDS", 0.3)
    server.script = lambda _: Reply("x", hang=30)
    began = time.monotonic()
    [issue] = link_checks.check(the_runtime(), replace(linking(f"{server.url}/slow"), preview="p"))[
        :1
    ]
    assert time.monotonic() - began < 15
    assert issue.code == "link_unsure"


def test_what_another_thread_forgets_meanwhile_is_asked_no_less(
    server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = answering
    gone = f"{server.url}/gone"

    class Forgetful(dict[str, tuple[float, link_checks.Answer]]):
        """As if somebody else cleared it at the very moment between two looks."""

        def __contains__(self, url: object) -> bool:
            found = super().__contains__(url)
            self.clear()
            return found

    known = Forgetful({gone: (time.monotonic() + 60, (Found.GONE, "it answers 404"))})
    monkeypatch.setattr(link_checks, "_known", known)
    assert len(link_checks.check(the_runtime(), linking(gone))) == 2
    known.clear()
    assert len(link_checks.check(the_runtime(), linking(gone))) == 2
