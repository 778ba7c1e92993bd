"""Twilio as the app meets it: its Messages API, its signed callbacks, and what people answer.

https://www.twilio.com/docs/messaging/api/message-resource and /docs/usage/security. The account
is made once; its console (the sandbox's phone page) shows the token and takes the address that
is called when a text comes in. Statuses may be ordered to come late, twice or out of order.
"""

import hashlib
import hmac
import secrets
import socket
import time
from base64 import b64encode
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
from flask import Flask, Response, jsonify, redirect, request
from werkzeug.wrappers import Response as AnyResponse

from sandbox.faults import Fault, FaultScript
from sandbox.media import ON_CDN, PICTURE_TYPE
from sandbox.world import World

FAULTS = {"texts": {"reply", "hang_up"}, "statuses": {"twice", "backwards", "lost"}}
NUMBER = "+15005550006"
"""Twilio's own magic number, which may always send."""
OWNER = "Maple & Moss"
NO_NUMBER, UNREACHABLE, LEFT = "+15005550001", "+15005550009", 21610
HELPED = "Reply STOP to unsubscribe. Msg&Data Rates May Apply."
"""Twilio's own answer to HELP, where nobody set another."""
MEDIA = "ME00000000000000000000000000000001"
_TABLE = """CREATE TABLE IF NOT EXISTS texts (
  id INTEGER PRIMARY KEY, sid TEXT, is_inbound INTEGER, number TEXT, body TEXT, status TEXT,
  callback TEXT, at TEXT)"""


class Twilio:
    """One account of Twilio's with one number, and everybody's phones."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = FaultScript()
        world.state.rows(_TABLE)
        self.account_sid = self.kept("twilio_account", f"AC{secrets.token_hex(16)}")
        self.auth_token = self.kept("twilio_token", secrets.token_hex(16))
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._reporters = ThreadPoolExecutor(4, "twilio")

    def close(self) -> None:
        self._reporters.shutdown(cancel_futures=True)
        self._client.close()

    @property
    def inbound_url(self) -> str:
        """What is called when a text comes in; the merchant's to set."""
        rows = self.world.state.rows("SELECT value FROM settings WHERE name = 'twilio_inbound'")
        return str(rows[0][0]) if rows else ""

    @inbound_url.setter
    def inbound_url(self, url: str) -> None:
        self.world.state.rows(
            "INSERT OR REPLACE INTO settings VALUES ('twilio_inbound', ?)", (url,)
        )

    def take(self, to: str, body: str, callback: str) -> dict[str, Any]:
        """Accept a text; its statuses follow by themselves."""
        sid = f"SM{secrets.token_hex(16)}"
        self.note(sid, to, body, is_inbound=False, callback=callback)
        if callback:
            self._reporters.submit(self._report, sid, to, callback)
        return {"sid": sid, "status": "queued", "to": to, "num_segments": "1", "error_code": None}

    def answer(self, number: str, body: str, *, has_picture: bool = False) -> int:
        """Let somebody text the store's number, or send what an sms: link has written for them.

        With a picture it is an MMS. Give what the app answered, 0 for nothing.
        """
        if body.startswith("sms:"):
            body = parse_qs(urlsplit(body).query).get("body", [""])[0]
        sid = f"SM{secrets.token_hex(16)}"
        self.note(sid, number, body, is_inbound=True)
        if body.strip().upper() in {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"}:
            self._leave(number, is_left=True)
        elif body.strip().upper() in {"START", "YES", "UNSTOP"}:
            self._leave(number, is_left=False)
        elif body.strip().upper() in {"HELP", "INFO"}:
            own = f"SM{secrets.token_hex(16)}"
            self.note(own, number, HELPED, is_inbound=False)
        form = {"MessageSid": sid, "From": number, "To": NUMBER, "Body": body, "NumMedia": "0"}
        if has_picture:
            account = f"{self.world.mailbox_url}/2010-04-01/Accounts/{self.account_sid}"
            media = {"MediaUrl0": f"{account}/Messages/{sid}/Media/{MEDIA}"}
            form |= {"NumMedia": "1", "MediaContentType0": PICTURE_TYPE, **media}
        return self.call(self.inbound_url, form) if self.inbound_url else 0

    def call(self, url: str, form: Mapping[str, str]) -> int:
        """Call the app, signed as Twilio signs; give its status, 0 where none came."""
        told = {**form, "AccountSid": self.account_sid, "ApiVersion": "2010-04-01"}
        headers = {"X-Twilio-Signature": signature(self.auth_token, url, told)}
        try:
            return self._client.post(url, data=told, headers=headers).status_code
        except httpx.HTTPError:
            return 0

    def refusal(self, to: str) -> tuple[int, str] | None:
        """Give Twilio's code and words for a number that it does not send to."""
        if to == NO_NUMBER or not to.startswith("+"):
            return 21211, f"The 'To' number {to} is not a valid phone number."
        if self.world.state.rows("SELECT 1 FROM settings WHERE name = ?", (f"left {to}",)):
            return LEFT, "Attempt to send to unsubscribed recipient"
        return None

    def texts(self, number: str = "") -> list[dict[str, Any]]:
        """Give the texts of one phone, or all, the oldest first."""
        rows = self.world.state.rows(
            "SELECT sid, is_inbound, number, body, status, at FROM texts"
            " WHERE ? = '' OR number = ? ORDER BY id",
            (number, number),
        )
        names = ("sid", "is_inbound", "number", "body", "status", "at")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def _leave(self, number: str, *, is_left: bool) -> None:
        name = f"left {number}"
        sql = "DELETE FROM settings WHERE name = ?"
        self.world.state.rows(sql, (name,))
        if is_left:
            self.world.state.rows("INSERT INTO settings VALUES (?, '1')", (name,))

    def _report(self, sid: str, to: str, callback: str) -> None:
        end = "undelivered" if to == UNREACHABLE else "delivered"
        steps = ["sent", end]
        fault = self.faults.take("statuses", to)
        for status in _played(steps, fault):
            time.sleep(0.05)
            self.world.state.rows("UPDATE texts SET status = ? WHERE sid = ?", (status, sid))
            error = {"ErrorCode": "30005"} if status == "undelivered" else {}
            form = {"MessageSid": sid, "MessageStatus": status, "To": to, "From": NUMBER, **error}
            self.call(callback, form)

    def note(
        self, sid: str, number: str, body: str, *, is_inbound: bool, callback: str = ""
    ) -> None:
        status = "received" if is_inbound else "queued"
        self.world.state.rows(
            "INSERT INTO texts (sid, is_inbound, number, body, status, callback, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (sid, is_inbound, number, body, status, callback, self.world.now()),
        )

    def kept(self, name: str, made: str) -> str:
        with self.world.state.transaction():
            self.world.state.rows("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, made))
            rows = self.world.state.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return str(rows[0][0])


def add_doors(app: Flask, twilio: Twilio) -> None:
    """Add Twilio's API to an app."""

    @app.post("/2010-04-01/Accounts/<sid>/Messages.json")
    def take_text(sid: str) -> tuple[Response, int]:
        auth = request.authorization
        if not auth or (sid, auth.username, auth.password) != (
            twilio.account_sid, twilio.account_sid, twilio.auth_token,
        ):  # fmt: skip
            return _refused(401, 20003, "Authenticate")
        told, fault = request.form, twilio.faults.take("texts", request.form.get("To", ""))
        if fault and fault.what == "reply":
            return _refused(fault.code, 20429 if fault.code == 429 else 0, fault.text)
        if refusal := twilio.refusal(told.get("To", "")):
            return _refused(400, *refusal)
        taken = twilio.take(told["To"], told.get("Body", ""), told.get("StatusCallback", ""))
        if fault:
            request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # its answer is lost
        return jsonify(taken), 201

    @app.get("/2010-04-01/Accounts/<sid>.json")
    def account_told(sid: str) -> tuple[Response, int]:
        auth = request.authorization
        own = (twilio.account_sid, twilio.account_sid, twilio.auth_token)
        if not auth or (sid, auth.username, auth.password) != own:
            return _refused(401, 20003, "Authenticate")
        return jsonify(sid=sid, friendly_name=OWNER, status="active", type="Full"), 200


def add_media(app: Flask, twilio: Twilio) -> None:
    """Add where an MMS's picture lies: the account's own, and from there to a store of files."""

    @app.get(f"/2010-04-01/Accounts/<sid>/Messages/<message>/Media/{MEDIA}")
    def picture_sent(sid: str, message: str) -> tuple[Response, int] | AnyResponse:  # noqa: ARG001
        auth = request.authorization
        own = (twilio.account_sid, twilio.account_sid, twilio.auth_token)
        if not auth or (sid, auth.username, auth.password) != own:
            return _refused(401, 20003, "Authenticate")
        return redirect(ON_CDN, 307)


def signature(token: str, url: str, form: Mapping[str, str]) -> str:
    """Sign a form as Twilio does."""
    text = url + "".join(f"{name}{form[name]}" for name in sorted(form))
    return b64encode(hmac.new(token.encode(), text.encode(), hashlib.sha1).digest()).decode()


def _played(steps: list[str], fault: Fault | None) -> list[str]:
    match fault.what if fault else "":
        case "twice":
            return [step for step in steps for _ in range(2)]
        case "backwards":
            return steps[::-1]
        case "lost":
            return []
        case _:
            return steps


def _refused(status: int, code: int, words: str) -> tuple[Response, int]:
    told = {"code": code, "message": words, "status": status}
    return jsonify(told), status
