"""The front door: `create_app()` wires the parts, and every public door is on this page.

A door verifies, keeps and answers; what follows is a job's work. Embedded loads of the panel
and its JSON are `embedded_ui`'s, `/api/v1` is `public_api`'s.
"""

import logging
from collections.abc import Callable, Mapping

import orjson
from flask import Flask, Response, abort, jsonify, redirect, request
from werkzeug.exceptions import HTTPException, NotFound
from werkzeug.wrappers import Response as AnyResponse

import embedded_ui
import public_api
from channels.base import Callback, Challenged
from connectors.base import MalformedWebhook, StoreConnector, Webhook
from connectors.woocommerce import webhooks as woocommerce_hooks
from doors.callers import behind, caller
from doors.failures import name_failures
from doors.spoken import spoken
from embedded_ui import customer_pages, installation, webchat_doors, woocommerce_doors
from jobs import (
    channel_accounts,
    demo,
    faults,
    form_door,
    metrics,
    pixel,
    receive,
    short_door,
    signups,
    track,
)
from jobs.queues import Waker
from jobs.runtime import Runtime, current
from marketing import links, pictures, short_links
from marketing.model import BadSignature, Platform
from marketing.said import in_language
from marketing.signup import language_of
from storage import StorageError, hits, inbox, stores
from storage.channel_accounts import ChannelAccount
from storage.signups import Signup
from storage.stores import Store

log = logging.getLogger(__name__)

MOST_CALLBACK_BYTES = {"sms": 256 * 1024}
MOST_BYTES_OF_META = 3 * 1024 * 1024
CALLBACK_TAKEN = {"sms": ("<Response/>", "text/xml")}
"""What a provider wants to hear; of most its status is enough."""
NO_SNIFF = {"X-Content-Type-Options": "nosniff"}
FROM_ANY_PAGE = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "POST, OPTIONS",
    "Access-Control-Allow-Headers": "Content-Type",
    "Access-Control-Max-Age": "86400",
}
"""CORS of the pixel's door: any page, but never with credentials."""


def create_app(runtime: Runtime | None = None) -> Flask:
    """Give the app; without a runtime it is built from the environment's settings."""
    runtime = runtime or current()
    app = Flask(__name__, static_folder=None, template_folder="embedded_ui/templates")
    # The router's own redirects would name the host that the asker named, whoever that is.
    app.url_map.strict_slashes = app.url_map.merge_slashes = False
    app.config["MAX_CONTENT_LENGTH"] = runtime.settings.max_webhook_bytes
    behind(app, runtime.settings.proxies)
    name_failures(app)
    _health_doors(app, runtime)
    _webhook_doors(app, runtime)
    _picture_doors(app)
    _callback_door(app, runtime)
    door = pixel.PixelDoor(runtime)
    _pixel_door(app, door)
    _link_doors(app, runtime, door)
    _short_link_door(app, runtime, door)
    _form_doors(app, runtime)
    if runtime.settings.demo:
        _demo_doors(app, runtime)
    installation.register(app, runtime)
    woocommerce_doors.register(app, runtime)
    webchat_doors.register(app, runtime)
    embedded_ui.register(app, runtime)
    public_api.register(app)
    _error_answers(app)
    return app


def _health_doors(app: Flask, runtime: Runtime) -> None:
    @app.get("/healthz")
    def healthz() -> Response:
        return jsonify(status="ok")

    @app.get("/readyz")
    def readyz() -> tuple[Response, int]:
        """Database and queue reachable; `due` counts what waits for work at this moment."""
        reachable = runtime.queues.ping()
        try:
            waiting = metrics.waiting(runtime)
        except StorageError:
            log.exception("the database does not answer")
            return jsonify(database="unreachable", queue=_word(reachable)), 503
        answer = jsonify(database="ok", queue=_word(reachable), due=sum(waiting.values()))
        return answer, 200 if reachable else 503

    @app.get("/metrics")
    def prometheus() -> Response:
        return Response(metrics.exposition(runtime), content_type=metrics.CONTENT_TYPE)


def _webhook_doors(app: Flask, runtime: Runtime) -> None:
    ingest = Waker(runtime.queues, "ingest")
    shopify = runtime.connectors[Platform.SHOPIFY]
    woocommerce = runtime.connectors[Platform.WOOCOMMERCE]

    @app.post("/webhooks/shopify")
    def webhooks_shopify() -> Response:
        webhook = _verified(shopify)
        inbox.keep_now(runtime.database, shopify.platform, webhook)
        faults.point("web_accept")
        ingest.wake_soon()
        return Response(status=200)

    @app.post("/webhooks/woocommerce/<key>")
    def webhooks_woocommerce(key: str) -> Response:
        """The store is the key's, if its secret signed; what the headers say of it is ours."""
        with runtime.database.reading() as connection:
            store = stores.by_public_key(connection, key)
        if store is None or store.platform is not woocommerce.platform:
            abort(404, "No store has this key.")
        body = request.get_data()
        if woocommerce_hooks.is_ping(body):
            return Response(status=200)
        ours = {woocommerce_hooks.STORE_KEY: key, woocommerce_hooks.STORE_DOMAIN: store.domain}
        webhook = _verified(woocommerce, ours)
        inbox.keep_now(runtime.database, woocommerce.platform, webhook)
        ingest.wake_soon()
        return Response(status=200)


def _verified(connector: StoreConnector, ours: Mapping[str, str] | None = None) -> Webhook:
    """Give the webhook of this request: 413, 400 or 401 before anything is kept.

    `ours` are headers that only we may set: they are written over whatever came.
    """
    body = request.get_data()
    headers = {**_headers(), **(ours or {})}
    try:
        webhook = connector.verify(headers, body)
        orjson.loads(body)
    except BadSignature:
        abort(401, "The signature is missing or not ours.")
    except (MalformedWebhook, orjson.JSONDecodeError) as error:
        abort(400, str(error))
    return webhook


def _headers() -> dict[str, str]:
    """Give the request's headers as the server names them: their walk by Flask takes far longer."""
    start = "HTTP_"
    return {
        name.removeprefix(start).replace("_", "-"): value
        for name, value in request.environ.items()
        if name.startswith(start)
    }


def _callback_door(app: Flask, runtime: Runtime) -> None:
    @app.post("/callbacks/<channel>/<key>")
    def callbacks(channel: str, key: str) -> Response:
        """Take what a provider tells of a store's messages, and what customers wrote back."""
        request.max_content_length = MOST_CALLBACK_BYTES.get(channel, MOST_BYTES_OF_META)
        account = _account_behind(runtime, channel, key)
        query = request.query_string.decode("ascii", "replace")
        url = channel_accounts.callback_url(runtime, account) + (f"?{query}" if query else "")
        callback = Callback(url, request.get_data(cache=False), dict(request.headers))
        try:
            channel_accounts.opened(runtime, account).verify(callback)
        except BadSignature:
            receive.turned_away(runtime, account)
            abort(401, "The signature is missing or not ours.")
        receive.kept(runtime, account, callback)
        words, mimetype = CALLBACK_TAKEN.get(channel, ("", "text/plain"))
        return Response(words, mimetype=mimetype)

    @app.get("/callbacks/<channel>/<key>")
    def challenges(channel: str, key: str) -> Response:
        """Answer the question by which a provider makes sure that this door is ours."""
        opened = channel_accounts.opened(runtime, _account_behind(runtime, channel, key))
        if not isinstance(opened, Challenged):
            abort(405)
        answer = opened.challenge(request.args)
        if answer is None:
            abort(403, "This is not the verify token of this account.")
        return Response(answer, mimetype="text/plain", headers=NO_SNIFF)


def _account_behind(runtime: Runtime, channel: str, key: str) -> ChannelAccount:
    account = channel_accounts.behind(runtime, channel, key)
    if account is None:
        abort(404, channel_accounts.FORGOTTEN)
    return account


def _picture_doors(app: Flask) -> None:
    @app.get(pictures.NO_PICTURE_PATH)
    def no_picture() -> Response:
        """Stand in for products without a picture, in emails that live for years."""
        forever = {"Cache-Control": "public, max-age=31536000"}
        return Response(pictures.no_picture(), mimetype="image/png", headers=forever)


def _pixel_door(app: Flask, door: pixel.PixelDoor) -> None:
    """Untrusted: anybody may knock, from any page, without a cookie and without a name."""

    @app.post("/pixel/<key>")
    def visits(key: str) -> AnyResponse:
        request.max_content_length = pixel.MOST_BYTES
        try:
            door.take(key, caller(), request.get_data(cache=False))
        except pixel.UnknownKey:
            abort(404, "No store has this key.")
        except pixel.BadVisit as error:
            abort(400, str(error))
        except pixel.TooFast as error:
            headers = {"Retry-After": str(error.retry_after)}
            return _with_words(str(error), 429, headers)
        return Response(status=204)

    @app.after_request
    def let_pages_in(answer: Response) -> Response:
        if request.path.startswith("/pixel/"):
            answer.headers.update(FROM_ANY_PAGE)
        return answer


def _form_doors(app: Flask, runtime: Runtime) -> None:
    """Signing up: anybody may, from any page; only the owner of an address can confirm it."""
    door = form_door.FormDoor(runtime)

    @app.get("/forms/form.js")
    def form_script() -> Response:
        return customer_pages.form_script()

    @app.get("/forms/form.css")
    def form_styles() -> Response:
        return customer_pages.form_styles()

    @app.get("/forms/<key>")
    def form(key: str) -> Response:
        """Tell the script what to draw."""
        told = jsonify(door.show(key, request.args.get("locale")))
        told.headers["Cache-Control"] = "public, max-age=60"
        return told

    @app.post("/forms/<key>")
    def sign_up(key: str) -> tuple[Response, int]:
        """Take a filled-in form; the answer tells nobody whether we know the address."""
        request.max_content_length = form_door.MOST_BYTES
        thanks = door.take(key, caller(), request.get_data(cache=False))
        return jsonify(message=thanks), 202

    @app.get("/f/<token>")
    def confirm_page(token: str) -> Response:
        """Show a button; a scanner that fetches the link confirms nothing."""
        return _confirm_page(*signups.read(runtime, token), done=False)

    @app.post("/f/<token>")
    def confirm(token: str) -> Response:
        return _confirm_page(
            *signups.confirm(runtime, token, request.args.get(signups.CHAT, "")), done=True
        )

    _form_refusals(app)


def _form_refusals(app: Flask) -> None:
    @app.errorhandler(form_door.BadForm)
    def bad_form(error: form_door.BadForm) -> tuple[Response, int]:
        return jsonify(message=_to_visitor(error.said), field=error.field), 422

    @app.errorhandler(form_door.NoForm)
    def no_form(_: Exception) -> tuple[Response, int]:
        return jsonify(message="No store shows a form under this key."), 404

    @app.errorhandler(form_door.TooFast)
    def too_fast(error: form_door.TooFast) -> Response:
        return _with_words(
            _to_visitor(form_door.HURRIED), 429, {"Retry-After": str(error.retry_after)}
        )

    @app.after_request
    def let_forms_in(answer: Response) -> Response:
        if request.path.startswith("/forms/"):
            answer.headers.update(FROM_ANY_PAGE | {"Access-Control-Allow-Methods": "GET, POST"})
        return answer


def _to_visitor(said: str) -> str:
    """Say it in the language that the form is shown in, else in the browser's own."""
    locale = request.args.get("locale")
    return in_language(said, language_of(locale)) if locale else spoken(said)


def _confirm_page(store: Store, signup: Signup, *, done: bool) -> Response:
    language = language_of(signup.told.get("locale"))
    return customer_pages.confirm(store.name, language, done=done)


def _with_words(words: str, status: int, headers: dict[str, str]) -> Response:
    answer = jsonify(message=words)
    answer.status_code = status
    answer.headers.update(headers)
    return answer


def _link_doors(app: Flask, runtime: Runtime, door: pixel.PixelDoor) -> None:
    keys, keep_hit = runtime.link_keys, _hit_keeper(runtime)

    @app.get("/o/<token>.gif")
    def open_pixel(token: str) -> Response:
        keep_hit("open", links.read_open(keys, token))
        return customer_pages.pixel()

    @app.get("/c/<token>")
    def click(token: str) -> AnyResponse:
        link = links.read_click(keys, token)
        keep_hit("click", link)
        return _leave(door.lead(link, link.destination))

    @app.get("/cart/<token>")
    def restore_cart(token: str) -> AnyResponse:
        link = links.read_cart(keys, token)
        keep_hit("click", link)
        return _leave(door.lead(link, track.recovery_url(runtime, link)))

    @app.get("/u/<token>")
    def unsubscribe_page(token: str) -> Response:
        """Show a button; a scanner that fetches the link unsubscribes nobody."""
        link = links.read_unsubscribe(keys, token)
        return customer_pages.unsubscribe(track.leaving(runtime, link), done=False)

    @app.post("/u/<token>")
    def unsubscribe(token: str) -> Response:
        """RFC 8058 one-click, and the page's own button: any POST means it."""
        link = links.read_unsubscribe(keys, token)
        one_click = request.form.get("List-Unsubscribe") == "One-Click"
        track.unsubscribe(runtime, link, one_click=one_click)
        return customer_pages.unsubscribe(track.leaving(runtime, link), done=True)


def _short_link_door(app: Flask, runtime: Runtime, door: pixel.PixelDoor) -> None:
    """Text messages' links: a stored code stands for what a mail's token says."""
    short = short_door.ShortDoor(runtime)
    keep_hit = _hit_keeper(runtime)

    @app.get(f"{short_links.PATH}<code>")
    def short_link(code: str) -> AnyResponse:
        try:
            found = short.read(code, caller())
        except short_door.TooFast as error:
            return customer_pages.later(customer_pages.TOO_MANY, error.retry_after)
        except StorageError:
            log.exception("a short link was not looked up")
            return customer_pages.later(503, 30)
        link = found.link
        if found.purpose == short_links.UNSUBSCRIBE:
            token = links.unsubscribe_token(runtime.link_keys, link.store_id, link.message_id)
            return _leave(f"{runtime.settings.app_url}/u/{token}")
        keep_hit("click", link)
        if found.purpose == short_links.CART:
            return _leave(door.lead(link, track.recovery_url(runtime, link)))
        return _leave(door.lead(link, link.destination))


def _hit_keeper(runtime: Runtime) -> Callable[[str, links.Link], None]:
    tracking = Waker(runtime.queues, "track")

    def keep_hit(kind: str, link: links.Link) -> None:
        """Record an open or a click; the customer goes on even if that fails."""
        hit = hits.Hit.of(link, kind, request.user_agent.string, request.method)
        try:
            runtime.database.gather(hits.keep_all, hit)
        except StorageError:
            log.exception("a %s was not recorded", kind)
        tracking.wake_soon()

    return keep_hit


def _demo_doors(app: Flask, runtime: Runtime) -> None:
    """Moving time on: only in the demo, only by the sandbox, which knows the client's secret."""

    @app.route("/demo/clock", methods=["GET", "POST"])
    def demo_clock() -> Response:
        body = request.get_data()
        demo.verify(runtime.settings, request.headers.get("X-Reprise-Demo-Signature", ""), body)
        if request.method == "POST":
            try:
                demo.move(runtime, body)
            except demo.BadMove as error:
                abort(400, str(error))
        return jsonify(demo.read(runtime))


def _leave(url: str | None) -> AnyResponse:
    if url is None:
        return customer_pages.not_found()
    answer = redirect(url)
    answer.headers["Cache-Control"] = "no-store, private"
    answer.headers["Referrer-Policy"] = "no-referrer"
    return answer


def _error_answers(app: Flask) -> None:
    @app.errorhandler(BadSignature)
    def not_ours(_: BadSignature) -> AnyResponse:
        """A token that we did not sign: nothing is here, for whoever guesses."""
        return customer_pages.not_found()

    @app.errorhandler(StorageError)
    def no_database(error: Exception) -> tuple[Response, int]:
        """Platforms and providers try again after a 503."""
        log.error("the database failed", exc_info=error)
        return jsonify(message="Try again in a moment: the database does not answer."), 503

    @app.errorhandler(HTTPException)
    def refused(error: HTTPException) -> AnyResponse | tuple[Response, int]:
        """Answer a refusal in JSON; one that brings an answer of its own keeps it."""
        if error.response is not None:
            return error.get_response()
        words = "There is nothing here." if _is_bare(error) else error.description
        return jsonify(message=words), error.code or 500


def _is_bare(error: HTTPException) -> bool:
    """Tell a 404 of the router, whose words are for those who type addresses."""
    return isinstance(error, NotFound) and error.description == NotFound.description


def _word(is_reachable: bool) -> str:  # noqa: FBT001  a word for a fact
    return "ok" if is_reachable else "unreachable"
