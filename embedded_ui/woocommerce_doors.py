"""The doors of a WooCommerce store: asking it for a key, taking the key, opening the panel.

The key comes from server to server and names no store, so a nonce that only the two of us know
says which installation it belongs to. Whoever began an installation knows its nonce, and may
have had somebody else say yes: the panel opens in the store's own admin, or to whoever reads the
end of the key there. No cookie is set, in a frame or out of it.
"""

import logging
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar
from urllib.parse import urlencode

from flask import Flask, Response, abort, jsonify, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from connectors.base import BadSignature, Credentials, Installation, SignedIn, StoreError
from connectors.woocommerce import launch, plugin, sessions
from connectors.woocommerce import secrets as store_secrets
from connectors.woocommerce.addresses import BadAddress, store_domain
from connectors.woocommerce.client import RestClient
from connectors.woocommerce.http import Http
from connectors.woocommerce.sites import NotReady, look
from doors.callers import caller
from doors.spoken import spoken, the_language
from embedded_ui.installation import TROUBLE_HEADERS, trouble
from embedded_ui.shell import PLUGIN_PAGE, launched
from jobs import install
from jobs.pixel_limits import Buckets, TooFast
from jobs.runtime import Runtime
from marketing.model import Platform, StoreStatus
from marketing.said import say
from marketing.team import role_of_newcomers
from storage import Connection, credentials, one_time, stores, team
from storage.stores import Store

log = logging.getLogger(__name__)
T = TypeVar("T")
APP_NAME = "Reprise"
CALLBACK, RETURN = "/woocommerce/callback", "/woocommerce/return"
SECONDS = 10.0
"""How long a store may take to say what it is while its merchant waits."""
WHOEVER_CONNECTED = "connected"
"""Who opens the panel without the plugin: WordPress tells us that they may, but not their name."""
KEYS = ("user_id", "consumer_key", "consumer_secret", "key_permissions")
SHOWN_OF_A_KEY = 7
"""So many characters of a key WooCommerce shows to who may manage it, and to nobody else."""
PROOF_HEADERS = {
    **TROUBLE_HEADERS,
    "Content-Security-Policy": TROUBLE_HEADERS["Content-Security-Policy"]
    + "; form-action 'self'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
}
KEYS_PAGE = "/wp-admin/admin.php?page=wc-settings&tab=advanced&section=keys"
STALE = say("This page was opened too late, or twice. Reload it in your store's admin.")


def register(app: Flask, runtime: Runtime) -> None:
    """Add `/woocommerce/install`, `/callback`, `/return`, `/open`, `/launch` and `/session`."""
    http = Http(may_be_local=runtime.settings.demo, seconds=SECONDS)
    doors = _Doors(runtime, RestClient(http, runtime.settings.woocommerce_store_url))
    app.add_url_rule("/woocommerce/install", view_func=doors.begin)
    app.add_url_rule(CALLBACK, view_func=doors.take_key, methods=["POST"])
    app.add_url_rule(RETURN, view_func=doors.come_back)
    app.add_url_rule("/woocommerce/open", view_func=doors.open_by_key, methods=["POST"])
    app.add_url_rule("/woocommerce/launch", view_func=doors.open_panel)
    app.add_url_rule("/woocommerce/session", view_func=doors.renew, methods=["POST"])


@dataclass(frozen=True, slots=True)
class _Doors:
    runtime: Runtime
    client: RestClient
    callers: Buckets = field(default_factory=lambda: Buckets(rate=0.5, burst=60))
    named: Buckets = field(default_factory=lambda: Buckets(rate=0.2, burst=20))
    """How often the same address may knock, and name the same store: nobody uses up another's."""

    def begin(self) -> AnyResponse:
        """Look whether the store can be connected, and send the merchant to its own question."""
        _in_turn(self.callers, caller())
        may_be_local = self.runtime.settings.demo
        try:
            domain = store_domain(request.args.get("store_url", ""), may_be_local=may_be_local)
            _in_turn(self.named, f"{caller()} {domain}")
            look(self.client, domain)
        except (BadAddress, NotReady) as no:
            abort(_told(400, no.said))
        nonce = secrets.token_urlsafe(32)
        self._write(lambda connection, now: one_time.begin(connection, nonce, domain, now))
        app_url = self.runtime.settings.app_url
        asked = {
            "app_name": APP_NAME, "scope": "read_write", "user_id": nonce,
            "return_url": f"{app_url}{RETURN}", "callback_url": f"{app_url}{CALLBACK}",
        }  # fmt: skip
        home = self.client.home(domain)
        return _no_store(redirect(f"{home}/wc-auth/v1/authorize?{urlencode(asked)}"))

    def take_key(self) -> AnyResponse:
        """Take the key that a store posts: 200 keeps it there, anything else deletes it."""
        _in_turn(self.callers, caller())
        told = _posted()
        nonce = told["user_id"]
        domain = self._write(lambda connection, now: one_time.claim(connection, nonce, now))
        if domain is None:
            abort(403, "This installation is unknown, too old or already done. Start it again.")
        token = f"{told['consumer_key']}:{told['consumer_secret']}"
        grant = Installation(domain, token, frozenset({told["key_permissions"]}))
        try:
            store = install.granted(self.runtime, Platform.WOOCOMMERCE, grant)
        except StoreError as error:
            log.warning("a key was not taken by the store it should be of: %s", error)
            abort(400, "The store that this installation began with does not take this key.")
        end = told["consumer_key"][-SHOWN_OF_A_KEY:].lower()
        self._write(lambda connection, now: one_time.granted(connection, nonce, store.id, end, now))
        return jsonify({})

    def come_back(self) -> AnyResponse:
        """Lead the merchant on, back from the store's question: to the plugin, or a proof."""
        _in_turn(self.callers, caller())
        nonce = request.args.get("user_id", "")
        if request.args.get("success") != "1":
            return self._denied(nonce)
        store_id = self._write(lambda connection, now: one_time.come_back(connection, nonce, now))
        if store_id is None:
            words = say("Your store sent us no key for this page. Start the connection again.")
            abort(_told(400, words))
        store, access = self._store_and_access(store_id)
        if self._hand_over(store, access):
            return _no_store(redirect(f"{self.client.home(store.domain)}{PLUGIN_PAGE}"))
        return self._asks_for_proof(nonce)

    def open_by_key(self) -> AnyResponse:
        """Open the panel without the plugin, to whoever reads the end of the key in the store."""
        _in_turn(self.callers, caller())
        nonce, end = request.form.get("nonce", ""), request.form.get("end", "")
        said = end.strip().lstrip(".\u2026 ").lower()[:100]
        store_id, left = self._write(
            lambda connection, now: one_time.prove(connection, nonce, said, now)
        )
        if store_id is not None:
            store, _ = self._store_and_access(store_id)
            return self._panel(store, WHOEVER_CONNECTED, ancestors="'none'")
        if not left:
            words = say("That was tried too often, or too late. Start the connection again.")
            abort(_told(400, words))
        return self._asks_for_proof(nonce, left)

    def open_panel(self) -> AnyResponse:
        """Open the panel in the store's own admin, for the person its plugin vouches for."""
        token = request.args.get("token", "")
        try:
            store = self._launched_store(launch.store_key_of(token))
            who = self._proven(store, token)
        except BadSignature as no:
            log.info("a launch was refused: %s", no)
            abort(_told(401, STALE))
        if who.name:
            self._introduce(store, who.user_id, who.name)
        origin = launch.origin_of(self.client.home(store.domain))
        place = request.args.get("place", "")
        return self._panel(store, who.user_id, ancestors=origin, locale=who.locale, place=place)

    def renew(self) -> AnyResponse:
        """Trade a session token that is still good for a new one."""
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        keys, now = self.runtime.settings.app_keys, datetime.now(UTC)
        try:
            fresh = sessions.renewed(keys, token.strip(), now)
        except BadSignature:
            abort(401, "This page's sign-in is no longer valid. Reload it in your store's admin.")
        return _no_store(jsonify(token=fresh))

    # What the doors have in common.

    def _asks_for_proof(self, nonce: str, left: int | None = None) -> Response:
        """Ask for what only somebody in the store's admin can read; `left`: it was wrong."""
        with self.runtime.database.reading() as connection:
            domain = one_time.domain_of(
                connection, nonce, self.runtime.database.real_now(connection)
            )
        if domain is None:
            abort(_told(400, say("That took too long. Start the connection again.")))
        page = render_template(
            "prove.html",
            keys=f"{self.client.home(domain)}{KEYS_PAGE}",
            nonce=nonce,
            language=the_language(),
            words={name: spoken(words) for name, words in _words_of_proof(domain, left).items()},
        )
        headers = {**PROOF_HEADERS, "Vary": "Accept-Language"}
        return Response(page, 200 if left is None else 422, headers)

    def _denied(self, nonce: str) -> Response:
        with self.runtime.database.reading() as connection:
            real_now = self.runtime.database.real_now(connection)
            domain = one_time.domain_of(connection, nonce, real_now)
        query = urlencode({"store_url": self.client.home(domain)}) if domain else ""
        again = f"/woocommerce/install?{query}" if domain else None
        words = say(
            "You did not give Reprise a key, so nothing was connected and nothing was kept."
        )
        return _told(403, words, again=again)

    def _store_and_access(self, store_id: str) -> tuple[Store, Credentials]:
        with self.runtime.database.reading() as connection:
            store = stores.by_id(connection, store_id)
            tokens = credentials.load(connection, self.runtime.secrets, store_id)
        if store is None or tokens is None:
            abort(_told(400, say("Reprise is not connected to this store. Start again.")))
        return store, Credentials(store.domain, tokens.access_token)

    def _hand_over(self, store: Store, access: Credentials) -> bool:
        """Give the plugin its connection at once, where there is one: its page comes next."""
        settings = self.runtime.settings
        secret = store_secrets.store_secret(settings.app_keys[0], store.public_key)
        told = {"app_url": settings.app_url, "store_key": store.public_key, "secret": secret}
        try:
            return plugin.connect(self.client, access, told) is not None
        except StoreError as error:
            log.warning("the plugin could not be told of its connection: %s", error)
            return False

    def _launched_store(self, key: str) -> Store:
        with self.runtime.database.reading() as connection:
            store = stores.by_public_key(connection, key)
        if store is None or store.platform is not Platform.WOOCOMMERCE:
            raise BadSignature("no WooCommerce store has this key")
        if store.status is not StoreStatus.INSTALLED:
            query = urlencode({"store_url": self.client.home(store.domain)})
            words = say("Reprise lost its access to your store. Connect it again.")
            abort(_told(401, words, again=f"/woocommerce/install?{query}"))
        return store

    def _proven(self, store: Store, token: str) -> launch.Launched:
        """Verify a launch token and use it up."""
        keys = store_secrets.store_secrets(self.runtime.settings.app_keys, store.public_key)
        who = launch.read(keys, token, store.domain, datetime.now(UTC))
        is_first = self._write(
            lambda connection, now: one_time.burn_launch(
                connection, store.id, who.jti, who.expires_at, now
            )
        )
        if not is_first:
            raise BadSignature("the launch token was used before")
        return who

    def _introduce(self, store: Store, user_id: str, name: str) -> None:
        """Let the team's list say who this is, until somebody says otherwise there."""
        role = role_of_newcomers(store.settings)

        def keep(connection: Connection, now: datetime) -> None:
            person = team.welcome(connection, store.id, user_id, role, now)
            team.introduce(connection, store.id, person.id, name)

        self._write(keep)

    def _panel(
        self,
        store: Store,
        user_id: str,
        *,
        ancestors: str,
        locale: str | None = None,
        place: str = "",
    ) -> Response:
        keys, now = self.runtime.settings.app_keys, datetime.now(UTC)
        token = sessions.issue(keys, SignedIn(store.domain, user_id), now=now)
        session = {
            "token": token, "again": self._opens(store, user_id), "store": store.public_key
        }  # fmt: skip
        return launched(
            self.runtime, store, session, ancestors=ancestors, locale=locale, place=place
        )

    def _opens(self, store: Store, user_id: str) -> str:
        """Give where the panel is opened anew: the plugin's page, or the way of the keys."""
        home = self.client.home(store.domain)
        if user_id == WHOEVER_CONNECTED:
            return f"/woocommerce/install?{urlencode({'store_url': home})}"
        return f"{home}{PLUGIN_PAGE}"

    def _write(self, do: Callable[[Connection, datetime], T]) -> T:
        """Do something at this moment of real time, in a transaction."""
        database = self.runtime.database
        return database.write(lambda connection: do(connection, database.real_now(connection)))


def _in_turn(buckets: Buckets, name: str) -> None:
    """Let somebody through who does not come too often."""
    try:
        buckets.take(name)
    except TooFast as error:
        answer = _told(
            429, say("Too many requests: try again in {count} s.", count=error.retry_after)
        )
        answer.headers["Retry-After"] = str(error.retry_after)
        abort(answer)


def _posted() -> dict[str, str]:
    """Read what wc-auth posts; a body that is anything else is refused."""
    told: Any = request.get_json(force=True, silent=True)
    if not isinstance(told, dict) or not all(isinstance(told.get(name), str) for name in KEYS):
        abort(400, "This is no key of a WooCommerce store.")
    if told["key_permissions"] != "read_write":
        abort(400, "Reprise needs a key that may read and write.")
    plain = told["consumer_key"] + told["consumer_secret"]
    if ":" in plain or not plain.isascii() or not 0 < len(plain) <= 200:
        abort(400, "This is no key of a WooCommerce store.")
    return {name: told[name] for name in KEYS}


def _words_of_proof(domain: str, left: int | None) -> dict[str, str]:
    """Give what the page says that asks for the end of a key; `left`: tries after a wrong one."""
    wrong = say("The key does not end like that. You can try {count} more times.", count=left or 0)
    if left == 1:
        wrong = say("The key does not end like that. You can try once more.")
    return {
        "title": say("Show that you run {store}", store=domain),
        "how": say(
            "Reprise is connected. To open it here, look into the settings of WooCommerce and copy "
            "how the newest key named Reprise ends. With the Reprise plugin nobody asks you this: "
            "the panel opens in your dashboard."
        ),
        "place": say("WooCommerce, Settings, Advanced, REST API"),
        "end": say("Last {count} characters of the key", count=SHOWN_OF_A_KEY),
        "open": say("Open Reprise"),
        **({} if left is None else {"wrong": wrong}),
    }


def _told(status: int, words: str, again: str | None = None) -> Response:
    return Response(trouble(words, again), status, TROUBLE_HEADERS)


def _no_store(answer: AnyResponse) -> AnyResponse:
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer
