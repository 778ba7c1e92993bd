"""What the merchant's browser does to bring the app into a shop, without a browser."""

import time
from urllib.parse import urljoin, urlsplit

import httpx

from sandbox import oauth
from sandbox.world import World

_PATIENCE = 60.0


class NotInstalled(Exception):
    """The app did not take the shop in; the message says what it answered."""


def load_query(world: World, shop: str, asked: dict[str, str] | None = None) -> str:
    """The signed query with which the admin opens the app in its frame; `asked` goes along."""
    params = {
        **(asked or {}),
        "embedded": "1",
        "host": oauth.host_of(shop),
        "id_token": oauth.session_token(shop, world.client.id, world.client.secret),
        "locale": "en",
        "session": oauth.query_hmac(world.client.secret, {"session": shop}),
        "shop": shop,
        "timestamp": str(int(time.time())),
    }
    return oauth.signed_query(world.client.secret, params)


def install(world: World, shop: str) -> None:
    """Agree to the scopes and open the app, until it has asked for its token."""
    world.install(shop)
    with httpx.Client(timeout=30, trust_env=False, follow_redirects=True) as browser:
        give_up = time.monotonic() + _PATIENCE
        while True:
            trouble = _open(world, shop, browser)
            if not trouble:
                return
            if time.monotonic() > give_up:
                raise NotInstalled(trouble)
            time.sleep(0.25)


def _open(world: World, shop: str, browser: httpx.Client) -> str:
    """Load the app once; what is wrong, or nothing."""
    try:
        answer = browser.get(f"{world.app_url}/shopify?{load_query(world, shop)}")
        if answer.url.path.endswith("/admin/oauth/authorize"):
            answer = _agree(answer, browser)
    except httpx.HTTPError as failure:
        return f"the app can't be reached: {failure}"
    if answer.status_code != httpx.codes.OK:
        return f"the app answered {answer.status_code}: {answer.text[:300]}"
    if not world.state.setting(f"token_given:{shop}"):
        return "the app opened, but asked for no access token"
    return ""


def _agree(consent: httpx.Response, browser: httpx.Client) -> httpx.Response:
    """Press Install on the consent screen."""
    address = urlsplit(str(consent.url))
    return browser.post(urljoin(str(consent.url), f"?{address.query}"))
