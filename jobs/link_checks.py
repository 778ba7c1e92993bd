"""Whether a message's links lead somewhere, by really asking: bounded in number and in time."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor, wait

from connectors.apps import pages
from connectors.apps.pages import Found
from jobs.runtime import Runtime
from marketing.blocks.texts import BlockText, addresses_of
from marketing.checking import Issue, Level
from marketing.flow import Template
from marketing.said import say

MOST_LINKS = 20
SECONDS = 5.0
"""For all of them together."""
EACH_SECONDS = 2.5
AT_ONCE = 8
KEPT_SECONDS = 300.0
KEPT = 2_000
Answer = tuple[Found, str]

_known: dict[str, tuple[float, Answer]] = {}
_hands = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="links")


def check(runtime: Runtime, template: Template) -> list[Issue]:
    """Give what is wrong with the links of a message's blocks; ours and merge tags are left out."""
    asked = [one for one in addresses_of(template.blocks) if _is_elsewhere(runtime, one.source)]
    answers = _answers(runtime, dict.fromkeys(one.source.strip() for one in asked))
    issues = (_issue(one, answers.get(one.source.strip())) for one in asked)
    return [issue for issue in issues if issue]


def _is_elsewhere(runtime: Runtime, source: str) -> bool:
    url = source.strip()
    is_plain = url.startswith(("https://", "http://")) and "{" not in url
    return is_plain and not url.startswith(f"{runtime.settings.app_url}/")


def _answers(runtime: Runtime, urls: Iterable[str]) -> dict[str, Answer]:
    """Ask for each address that nobody asked for a short while ago."""
    now = time.monotonic()
    wanted = list(urls)[:MOST_LINKS]
    local = runtime.settings.demo
    begun = {
        url: _hands.submit(pages.look, url, seconds=EACH_SECONDS, may_be_local=local)
        for url in wanted
        if url not in _known or _known[url][0] < now
    }
    wait(begun.values(), timeout=SECONDS)
    if len(_known) > KEPT:
        _known.clear()
    for url, asking in begun.items():
        if asking.done() and asking.exception() is None:
            _known[url] = (now + KEPT_SECONDS, asking.result())
        else:
            asking.cancel()
    return {url: _known[url][1] for url in wanted if url in _known}


def _issue(link: BlockText, answer: Answer | None) -> Issue | None:
    found, words = answer or (Found.UNSURE, say("it did not answer in time"))
    if found is Found.THERE:
        return None
    url = link.source.strip()
    code = "link_broken" if found is Found.GONE else "link_unsure"
    if found is Found.GONE:
        message = say("The link {url} leads to no page: {answer}.", url=url[:80], answer=words)
    else:
        message = say(
            "The link {url} could not be looked at: {answer}.", url=url[:80], answer=words
        )
    detail = {"url": url, "answer": words}
    return Issue(link.block.id, link.field, Level.WARNING, code, message, detail)
