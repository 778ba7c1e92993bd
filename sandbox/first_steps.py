"""The first minute of the demo: all answer, the store installs, the recovery flow goes live.

The store is installed by the sandbox's store admin, which does what a merchant's browser would; the
flow is published through the panel's own API with a session token, as the merchant's click does.
"""

import json
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from typing import Any

RECIPE = "abandoned-cart"
ANSWERS_WITHIN = 90.0  # seconds for all four addresses together
FLOW_WITHIN = 60.0  # seconds from the install to the recipe's flow
INSTALLS_WITHIN = 120.0
PAUSE = 0.1
READY_DOORS = {"app": "/readyz", "shop front": "/", "store admin": "/api/clock", "mailbox": "/"}
DIRECT = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # they are on this machine


class StepFailed(Exception):
    """A step did not succeed in its time; the text says which."""


def take(addresses: Mapping[str, str], shop: str, wish_to_end: threading.Event) -> None:
    """Take all steps; on a second start all is done and they only look. Raises StepFailed."""
    wait_for_answers(addresses, wish_to_end)
    install(addresses["store admin"], shop)
    if not wish_to_end.is_set():
        make_live(addresses, wish_to_end)


def wait_for_answers(addresses: Mapping[str, str], wish_to_end: threading.Event) -> None:
    silent = dict(addresses)
    give_up = time.monotonic() + ANSWERS_WITHIN
    while silent and not wish_to_end.is_set():
        for name in [name for name in silent if answers(silent[name] + READY_DOORS[name])]:
            del silent[name]
        if time.monotonic() > give_up:
            raise StepFailed(f"no answer from {', '.join(silent)} within {ANSWERS_WITHIN:.0f} s.")
        time.sleep(PAUSE)


def answers(url: str) -> bool:
    try:
        with DIRECT.open(url, timeout=5):
            return True
    except OSError:  # refused, reset, timed out, or an answer of 400 and more
        return False


def install(store_admin: str, shop: str) -> None:
    call(f"{store_admin}/api/install", {"shop": shop}, timeout=INSTALLS_WITHIN)


def make_live(addresses: Mapping[str, str], wish_to_end: threading.Event) -> None:
    """Publish the recovery flow if it still is the draft that the install made."""
    flows = f"{addresses['app']}/panel/api/flows"
    give_up = time.monotonic() + FLOW_WITHIN
    while not wish_to_end.is_set():
        headers = merchant(addresses["store admin"])  # anew each time: tokens live a minute
        flow = find_recipe(call(flows, headers=headers))
        if flow:
            if flow["status"] == "draft":
                say_that_the_shop_reminds_nobody(f"{addresses['app']}/panel/api/settings", headers)
                call(f"{flows}/{flow['id']}/publish", {}, headers)
            return
        if time.monotonic() > give_up:
            raise StepFailed(f"the flow {RECIPE} did not come within {FLOW_WITHIN:.0f} s.")
        time.sleep(PAUSE)


def say_that_the_shop_reminds_nobody(settings: str, headers: Mapping[str, str]) -> None:
    """The sample shop sends no abandoned checkout emails of its own, unlike the real platform."""
    form = call(settings, headers=headers)
    mails = form["platform_mails"] | {"abandoned_checkout": False}
    call(settings, form | {"platform_mails": mails}, headers, method="PUT")


def merchant(store_admin: str) -> dict[str, str]:
    """Give the headers of a merchant who is signed in to the store's admin."""
    return {"Authorization": f"Bearer {call(f'{store_admin}/api/session-token')['token']}"}


def find_recipe(answer: Any) -> dict[str, Any] | None:
    flows = answer if isinstance(answer, list) else answer["flows"]
    return next((flow for flow in flows if flow.get("recipe") == RECIPE), None)


def call(
    url: str,
    body: dict[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
    timeout: float = 30.0,
    method: str | None = None,
) -> Any:
    """Ask, or with a body post unless another method is named; gives the JSON answered.

    Raises StepFailed.
    """
    data = None if body is None else json.dumps(body).encode()
    said = {"Content-Type": "application/json", **(headers or {})}
    request = urllib.request.Request(url, data, said, method=method)  # noqa: S310  our own address
    return told(url, lambda: DIRECT.open(request, timeout=timeout))


def told(url: str, ask: Callable[[], Any]) -> Any:
    try:
        with ask() as answer:
            return json.loads(answer.read() or b"null")
    except urllib.error.HTTPError as refusal:
        words = refusal.read().decode(errors="replace")[:300]
        raise StepFailed(f"{url} answered {refusal.code}: {words}") from refusal
    except (OSError, ValueError) as error:
        raise StepFailed(f"{url}: {error}") from error
