"""Plivo as the app meets it: its Message API, its signed callbacks, and what people answer.

https://www.plivo.com/docs/messaging/api/message. Texts come to the same phones as Twilio's; what
is answered on them goes to Plivo once its console (the phones' page) has an address to call.
"""

import hashlib
import hmac
import secrets
import socket
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import httpx
from flask import Flask, Response, jsonify, request

from sandbox.faults import FaultScript
from sandbox.twilio import NO_NUMBER, NUMBER, Twilio

CALLS_ONLY = "+15005550011"
"""A number of the account's that takes no texts."""


class Plivo:
    """One account of Plivo's with one number."""

    def __init__(self, phones: Twilio) -> None:
        self.phones = phones
        self.faults = FaultScript()
        self.auth_id = phones.kept("plivo_account", f"MA{secrets.token_hex(9).upper()}")
        self.auth_token = phones.kept("plivo_token", secrets.token_hex(20))
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._reporters = ThreadPoolExecutor(2, "plivo")

    def close(self) -> None:
        self._reporters.shutdown(cancel_futures=True)
        self._client.close()

    @property
    def inbound_url(self) -> str:
        """What is called when a text comes in; the merchant's to set."""
        sql = "SELECT value FROM settings WHERE name = 'plivo_inbound'"
        rows = self.phones.world.state.rows(sql)
        return str(rows[0][0]) if rows else ""

    @inbound_url.setter
    def inbound_url(self, url: str) -> None:
        sql = "INSERT OR REPLACE INTO settings VALUES ('plivo_inbound', ?)"
        self.phones.world.state.rows(sql, (url,))

    def take(self, told: Mapping[str, Any]) -> str:
        """Accept a text; its statuses follow by themselves."""
        uuid, to = secrets.token_hex(16), f"+{told['dst']}"
        self.phones.note(uuid, to, str(told["text"]), is_inbound=False)
        if told.get("url"):
            self._reporters.submit(self._report, uuid, to, str(told["url"]))
        return uuid

    def answer(self, number: str, body: str) -> int:
        """Let somebody text the store's number; give what the app answered, 0 for nothing."""
        uuid = secrets.token_hex(16)
        self.phones.note(uuid, number, body, is_inbound=True)
        form = {"MessageUUID": uuid, "From": number[1:], "To": NUMBER[1:], "Text": body}
        return self.call(self.inbound_url, {**form, "Type": "sms"}) if self.inbound_url else 0

    def call(self, url: str, form: Mapping[str, str]) -> int:
        """Call the app, signed as Plivo signs; give its status, 0 where none came."""
        nonce = secrets.token_hex(8)
        headers = {
            "X-Plivo-Signature-V3": signature(self.auth_token, url, nonce, form),
            "X-Plivo-Signature-V3-Nonce": nonce,
        }
        try:
            return self._client.post(url, data=dict(form), headers=headers).status_code
        except httpx.HTTPError:
            return 0

    def _report(self, uuid: str, to: str, url: str) -> None:
        for status in ("sent", "delivered"):
            sql = "UPDATE texts SET status = ? WHERE sid = ?"
            self.phones.world.state.rows(sql, (status, uuid))
            form = {"MessageUUID": uuid, "Status": status, "To": to[1:], "From": NUMBER[1:]}
            self.call(url, form)


def signature(token: str, url: str, nonce: str, form: Mapping[str, str]) -> str:
    """Sign a form as Plivo's third scheme does."""
    at = urlsplit(url)
    query = "&".join(sorted(at.query.split("&"))) if at.query else ""
    parts = "".join(f"{name}{form[name]}" for name in sorted(form))
    text = f"{at.scheme}://{at.netloc}{at.path}?{query}{'.' if query else ''}{parts}.{nonce}"
    return b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha256).digest()).decode()


def add_doors(app: Flask, plivo: Plivo) -> None:
    """Add Plivo's API to an app."""

    @app.post("/v1/Account/<auth_id>/Message/")
    def take_message(auth_id: str) -> tuple[Response, int]:
        auth, known = request.authorization, (plivo.auth_id, plivo.auth_id, plivo.auth_token)
        if not auth or (auth_id, auth.username, auth.password) != known:
            return _refused(401, "authentication failed")
        told = request.get_json()
        fault = plivo.faults.take("texts", str(told.get("dst", "")))
        if fault and fault.what == "reply":
            return _refused(fault.code, fault.text)
        if f"+{told.get('dst', '')}" == NO_NUMBER:
            return _refused(400, f"{told['dst']} is not a valid phone number")
        uuid = plivo.take(told)
        if fault:
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # its answer is lost
        taken = {"api_id": secrets.token_hex(8), "message": "message(s) queued"}
        return jsonify(**taken, message_uuid=[uuid]), 202

    _number_door(app, plivo)


def _number_door(app: Flask, plivo: Plivo) -> None:
    @app.get("/v1/Account/<auth_id>/Number/<number>/")
    def rented(auth_id: str, number: str) -> tuple[Response, int]:
        auth, known = request.authorization, (plivo.auth_id, plivo.auth_id, plivo.auth_token)
        if not auth or (auth_id, auth.username, auth.password) != known:
            return _refused(401, "authentication failed")
        if f"+{number}" not in (NUMBER, CALLS_ONLY):
            return _refused(404, "not found")
        return jsonify(_rented(plivo.auth_id, number)), 200


def _rented(auth_id: str, number: str) -> dict[str, Any]:
    """Give a number as https://docs.plivo.com/docs/numbers/account-phone-numbers has it."""
    takes_texts = f"+{number}" != CALLS_ONLY
    return {
        "number": number, "alias": None, "sub_account": None, "added_on": "2023-02-14",
        "application": None, "carrier": "Plivo", "region": "California, UNITED STATES",
        "number_type": "local", "monthly_rental_rate": "0.80000", "sms_enabled": takes_texts,
        "sms_rate": "0.00000" if takes_texts else None, "mms_enabled": takes_texts,
        "voice_enabled": True, "voice_rate": "0.00850",
        "resource_uri": f"/v1/Account/{auth_id}/Number/{number}/",
    }  # fmt: skip


def _refused(code: int, words: str) -> tuple[Response, int]:
    return jsonify(api_id=secrets.token_hex(8), error=words), code
