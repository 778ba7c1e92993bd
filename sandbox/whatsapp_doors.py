"""The Graph API as far as WhatsApp goes: messages, templates, the number, its subscription."""

import hashlib
import hmac
import socket
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox.media import PICTURE_TYPE, picture
from sandbox.whatsapp import ACCOUNT_ID, DISPLAY, MEDIA_ID, PHONE_NUMBER_ID, WhatsApp

Told = tuple[Response, int]
BUSY = {429: 130429, 500: 131000}
PAGE = 2
"""So few templates on a page: the app has to turn it."""


def add_doors(app: Flask, whatsapp: WhatsApp) -> None:
    """Add WhatsApp's doors; their exact ids come before those of other things of Meta's."""
    _sending(app, whatsapp)

    @app.get(f"/<version>/{ACCOUNT_ID}/message_templates")
    def templates(version: str) -> Response | Told:  # noqa: ARG001
        if refused := _stranger(whatsapp):
            return refused
        after = request.args.get("after", "0")
        start = int(after) if after.isdigit() else 0
        page = whatsapp.templates[start : start + PAGE]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + PAGE)}}
        if start + PAGE < len(whatsapp.templates):
            paging["next"] = f"{request.base_url}?after={start + PAGE}"
        return jsonify(data=page, paging=paging)

    @app.get(f"/<version>/{PHONE_NUMBER_ID}")
    def number(version: str) -> Response | Told:  # noqa: ARG001
        name = {"verified_name": "Maple & Moss", "display_phone_number": DISPLAY}
        return _stranger(whatsapp) or jsonify(id=PHONE_NUMBER_ID, **name)

    @app.post(f"/<version>/{ACCOUNT_ID}/subscribed_apps")
    def subscribe(version: str) -> Response | Told:  # noqa: ARG001
        return _stranger(whatsapp) or jsonify(success=True)


def add_media(app: Flask, whatsapp: WhatsApp) -> None:
    """Add where the picture lies that people send: asked for by its id, then fetched, signed in."""

    @app.get(f"/<version>/{MEDIA_ID}")
    def media_found(version: str) -> Response | Told:  # noqa: ARG001
        url = f"{whatsapp.world.mailbox_url}/whatsapp_media/{MEDIA_ID}"
        known = {"id": MEDIA_ID, "mime_type": PICTURE_TYPE, "messaging_product": "whatsapp"}
        return _stranger(whatsapp) or jsonify(url=url, file_size=len(picture()), **known)

    @app.get(f"/whatsapp_media/{MEDIA_ID}")
    def file() -> Response | Told:
        if request.headers.get("Authorization") != f"Bearer {whatsapp.access_token}":
            return jsonify(error="who are you?"), 401
        return Response(picture(), mimetype=PICTURE_TYPE)


def _sending(app: Flask, whatsapp: WhatsApp) -> None:
    @app.post(f"/<version>/{PHONE_NUMBER_ID}/messages")
    @app.post(f"/<version>/{PHONE_NUMBER_ID}/marketing_messages")
    def send(version: str) -> Response | Told:  # noqa: ARG001
        if refused := _stranger(whatsapp):
            return refused
        told: dict[str, Any] = request.get_json()
        fault = whatsapp.faults.take("whatsapp", str(told.get("to") or told.get("recipient")))
        if fault and fault.what == "reply":
            code = BUSY.get(fault.code, fault.code)
            status = fault.code if 400 <= fault.code < 600 else 400
            return refusal(code, fault.text or "Trouble", status)
        if wrong := whatsapp.refusal(told):
            return refusal(*wrong)
        taken = whatsapp.take(told)
        if fault:
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # its answer is lost
        return jsonify(taken)


def refusal(code: int, words: str, status: int = 400) -> Told:
    """Say no as Meta does."""
    error = {
        "message": f"(#{code}) {words}", "type": "OAuthException", "code": code,
        "error_data": {"messaging_product": "whatsapp", "details": words}, "fbtrace_id": "A1b2C3",
    }  # fmt: skip
    return jsonify(error=error), status


def _stranger(whatsapp: WhatsApp) -> Told | None:
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if token != whatsapp.access_token:
        return refusal(190, "Error validating access token", 401)
    proof = hmac.new(whatsapp.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    told = request.args.get("appsecret_proof")
    if told is not None and told != proof:
        return refusal(100, "Invalid appsecret_proof provided in the API argument")
    return None
