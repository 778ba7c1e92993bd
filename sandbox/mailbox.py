"""The mailbox: every mail the sink accepted, as JSON and as pages to read it in."""

import email
import email.policy
import re
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import httpx
from flask import Flask, Response, abort, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from sandbox import media, meta_doors, meta_pages, phones, whatsapp_doors, whatsapp_pages
from sandbox.faults import BadFault, FaultScript, read_fault
from sandbox.guard import guard
from sandbox.meta import Meta
from sandbox.plivo import Plivo
from sandbox.plivo import add_doors as add_plivo
from sandbox.smtp_sink import FAULTS
from sandbox.twilio import Twilio, add_doors, add_media
from sandbox.whatsapp import WhatsApp
from sandbox.world import World

_HEAD = re.compile(r"<head\b[^>]*>", re.IGNORECASE)
# A mail's own page may show pictures and styles; it runs nothing and sends nothing.
_MAIL_POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; "
    "img-src * data:; style-src 'unsafe-inline'; font-src *"
)


def record_mail(world: World, sender: str, recipient: str, raw: bytes) -> None:
    """What the sink calls for each recipient of each accepted mail."""
    world.state.rows(
        "INSERT INTO mails (recipient, sender, received_at, raw) VALUES (?, ?, ?, ?)",
        (recipient.casefold(), sender, world.now(), raw),
    )


def create_mailbox(
    world: World, faults: FaultScript, texting: tuple[Twilio, Plivo], whatsapp: WhatsApp, meta: Meta
) -> Flask:
    """The mailbox's pages and its JSON, the phones, and the providers that deliver to them."""
    app = Flask(__name__)
    app.json.sort_keys = False  # type: ignore[attr-defined]  # flask's default provider has it
    guard(app)
    _json_doors(app, world, faults)
    _pages(app, world)
    twilio, plivo = texting
    phones.add_pages(app, twilio, plivo)
    add_doors(app, twilio)
    add_plivo(app, plivo)
    whatsapp_pages.add_pages(app, whatsapp)
    whatsapp_doors.add_doors(app, whatsapp)
    meta_pages.add_pages(app, meta)
    meta_doors.add_doors(app, meta)
    media.add_door(app)
    add_media(app, twilio)
    whatsapp_doors.add_media(app, whatsapp)
    return app


def _json_doors(app: Flask, world: World, faults: FaultScript) -> None:
    @app.get("/api/messages")
    def messages() -> Response:
        after = request.args.get("after", 0, type=int)
        limit = request.args.get("limit", 100_000, type=int)
        rows = _rows(world, request.args.get("to", ""), after, limit)
        return jsonify([shown(row) for row in rows])

    @app.get("/api/messages/count")
    def count() -> Response:
        return jsonify(count=world.state.rows("SELECT count(*) FROM mails")[0][0])

    @app.delete("/api/messages")
    def forget() -> AnyResponse:
        world.state.rows("DELETE FROM mails")
        return Response(status=204)

    @app.get("/api/faults")
    def ordered() -> Response:
        return jsonify(faults.listing())

    @app.post("/api/faults")
    def order() -> tuple[Response, int]:
        try:
            faults.order(read_fault(request.get_json(silent=True), FAULTS))
        except BadFault as problem:
            return jsonify(error=str(problem)), 400
        return jsonify(faults.listing()), 201

    @app.delete("/api/faults")
    def calm() -> AnyResponse:
        faults.clear()
        return Response(status=204)


def _pages(app: Flask, world: World) -> None:
    @app.get("/")
    def index() -> str:
        newest = reversed(_rows(world, request.args.get("to", ""), 0, 500))
        mails = [shown(row) for row in newest]
        return render_template("mailbox.html", mails=mails, world=world, to=request.args.get("to"))

    @app.get("/messages/<int:id_>")
    def message(id_: int) -> str:
        mail = shown(_row(world, id_))
        links = unsubscribe_links(mail)
        said = request.args.get("said", "")
        return render_template("mail.html", mail=mail, links=links, said=said, world=world)

    @app.get("/messages/<int:id_>/html")
    def body(id_: int) -> Response:
        html = shown(_row(world, id_))["html"]
        page = Response(_HEAD.sub(r'\g<0><base target="_blank">', html, count=1))
        page.headers["Content-Security-Policy"] = _MAIL_POLICY
        return page

    @app.get("/messages/<int:id_>/raw")
    def raw(id_: int) -> Response:
        return Response(_row(world, id_)[4], mimetype="text/plain")

    @app.post("/messages/<int:id_>/unsubscribe")
    def unsubscribe(id_: int) -> AnyResponse:
        said = _one_click(shown(_row(world, id_)))
        return redirect(url_for("message", id_=id_, said=said))


def _rows(world: World, to: str, after: int, limit: int) -> list[tuple[Any, ...]]:
    newest_first = (
        "SELECT id, recipient, sender, received_at, raw FROM mails "
        "WHERE id > ? AND (? = '' OR recipient = ?) ORDER BY id DESC LIMIT ?"
    )
    wanted = to.strip().casefold()
    return world.state.rows(newest_first, (after, wanted, wanted, limit))[::-1]


def _row(world: World, id_: int) -> tuple[Any, ...]:
    rows = world.state.rows(
        "SELECT id, recipient, sender, received_at, raw FROM mails WHERE id = ?", (id_,)
    )
    return rows[0] if rows else abort(404)


def shown(row: tuple[Any, ...]) -> dict[str, Any]:
    """One mail as JSON: envelope recipient, decoded headers, text and HTML part."""
    id_, recipient, _, received_at, raw = row
    mail = email.message_from_bytes(raw, _class(), policy=email.policy.SMTPUTF8)
    return {
        "to": recipient,
        "from": str(mail["From"] or ""),
        "subject": str(mail["Subject"] or ""),
        "text": _part(mail, "plain"),
        "html": _part(mail, "html"),
        "headers": {name: str(value) for name, value in mail.items()},
        "received_at": received_at,
        "id": id_,
    }


def _class() -> type[EmailMessage]:
    return EmailMessage


def _part(mail: EmailMessage, kind: str) -> str:
    part = mail.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part else ""


def unsubscribe_links(mail: dict[str, Any]) -> list[str]:
    """The addresses in List-Unsubscribe."""
    header = next((v for k, v in mail["headers"].items() if k.lower() == "list-unsubscribe"), "")
    return [part.strip(" \r\n\t<>") for part in header.split(",") if part.strip()]


def _one_click(mail: dict[str, Any]) -> str:
    """What a mail provider does when its reader presses Unsubscribe (RFC 8058)."""
    for link in unsubscribe_links(mail):
        if urlsplit(link).scheme in {"http", "https"}:
            form = {"List-Unsubscribe": "One-Click"}
            try:
                answer = httpx.post(link, data=form, timeout=10, trust_env=False)
            except httpx.HTTPError as failure:
                return f"The sender did not answer: {failure}"
            return f"Asked the sender to stop; it answered {answer.status_code}."
    return "This mail names no address to unsubscribe at."
