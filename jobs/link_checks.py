"""Whether a message's links and pictures are there, by really asking: few, in bounded time."""

import time
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor, wait

from connectors.apps import pages
from connectors.apps.pages import Found
from jobs.runtime import Runtime
from marketing.checking import Issue, Level
from marketing.flow import Template
from marketing.outward import Outward, outward
from marketing.said import Said, say

MOST_LINKS = 20
SECONDS = 5.0
"""For all of them together."""
EACH_SECONDS = 2.5
"""For one of them, wherever it sends us on to and however slowly it answers."""
AT_ONCE = 8
KEPT_SECONDS = 300.0
KEPT = 2_000
Answer = tuple[Found, str]

_known: dict[str, tuple[float, Answer]] = {}
_hands = ThreadPoolExecutor(max_workers=AT_ONCE, thread_name_prefix="links")


def check(runtime: Runtime, template: Template) -> list[Issue]:
    """Give what is wrong with a message's links and pictures; ours and merge tags are left out."""
    asked = [one for one in outward(template) if _is_elsewhere(runtime, one.url)]
    answers = _answers(runtime, dict.fromkeys(one.url for one in asked))
    issues = (_issue(one, answers.get(one.url)) for one in asked)
    return [issue for issue in issues if issue]


def _is_elsewhere(runtime: Runtime, url: str) -> bool:
    is_plain = url.startswith(("https://", "http://")) and "{" not in url
    return is_plain and not url.startswith(f"{runtime.settings.app_url}/")


def _answers(runtime: Runtime, urls: Iterable[str]) -> dict[str, Answer]:
    """Ask for each address that nobody asked for a short while ago."""
    now, wanted = time.monotonic(), list(urls)[:MOST_LINKS]
    # Looked up once: another thread may forget it the next moment.
    before = {url: known for url in wanted if (known := _known.get(url))}
    answers = {url: answer for url, (until, answer) in before.items() if until >= now}
    local = runtime.settings.demo
    begun = {
        url: _hands.submit(pages.look, url, seconds=EACH_SECONDS, may_be_local=local)
        for url in wanted
        if url not in answers
    }
    wait(begun.values(), timeout=SECONDS)
    heard = dict(_heard(begun))
    if len(_known) > KEPT:
        _known.clear()
    _known.update({url: (now + KEPT_SECONDS, answer) for url, answer in heard.items()})
    stale = {url: answer for url, (_, answer) in before.items()}
    return stale | answers | heard


def _heard(begun: Mapping[str, Future[Answer]]) -> Iterator[tuple[str, Answer]]:
    """Give what was answered in time; what was not, nobody waits for any longer."""
    for url, asking in begun.items():
        if asking.done() and asking.exception() is None:
            yield url, asking.result()
        else:
            asking.cancel()


def _issue(one: Outward, answer: Answer | None) -> Issue | None:
    found, words = answer or (Found.UNSURE, say("it did not answer in time"))
    if found is Found.THERE:
        return None
    code = "link_broken" if found is Found.GONE else "link_unsure"
    told = {"url": one.url[:80], "answer": words}
    message = _message(found, is_picture=one.is_picture).format(**told)
    detail = {"url": one.url, "answer": words}
    return Issue(one.block, one.field, Level.WARNING, code, message, detail)


def _message(found: Found, *, is_picture: bool) -> Said:
    if is_picture and found is Found.GONE:
        return say("The picture {url} is not there: {answer}.")
    if is_picture:
        return say("The picture {url} could not be looked at: {answer}.")
    if found is Found.GONE:
        return say("The link {url} leads to no page: {answer}.")
    return say("The link {url} could not be looked at: {answer}.")
