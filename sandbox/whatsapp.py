"""WhatsApp as the app meets it: one business account, its signed webhooks, and everybody's phone.

https://developers.facebook.com/docs/whatsapp/cloud-api. A window opens when somebody writes and
closes a day later, by the demo's clock. Statuses may be ordered late, twice or out of order.
"""

import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import orjson

from sandbox.faults import Fault, FaultScript
from sandbox.media import PICTURE_TYPE
from sandbox.whatsapp_templates import planted, refusal, shown
from sandbox.world import World

ACCOUNT_ID, PHONE_NUMBER_ID = "102290129340398", "106540352242922"
MEDIA_ID = "2754859441498128"
"""Of the one picture that people send."""
DISPLAY = "+1 555-078-3881"
FAULTS = {
    "whatsapp": {"reply", "hang_up"},
    "whatsapp_statuses": {"twice", "backwards", "lost", "undelivered", "without_delivered"},
}
NOBODY = "+15005550001"
"""A number without WhatsApp."""
DAY, FREE_FOR = timedelta(hours=24), timedelta(hours=72)
_TABLE = """CREATE TABLE IF NOT EXISTS whatsapp (
  id INTEGER PRIMARY KEY, wamid TEXT, is_inbound INTEGER, number TEXT, said TEXT, status TEXT,
  opaque TEXT, at TEXT)"""
Json = dict[str, Any]


class WhatsApp:
    """One WhatsApp business account with one number, and everybody's phones."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = FaultScript()
        world.state.rows(_TABLE)
        self.access_token = self._kept("whatsapp_token", f"EAAG{secrets.token_hex(24)}")
        self.app_secret = self._kept("whatsapp_secret", secrets.token_hex(16))
        self._client = httpx.Client(timeout=10, trust_env=False)
        self._reporters = ThreadPoolExecutor(4, "whatsapp")

    def close(self) -> None:
        self._reporters.shutdown(cancel_futures=True)
        self._client.close()

    # --- the console ----------------------------------------------------------------------------

    @property
    def webhook(self) -> Mapping[str, str]:
        """Where the app is told things, and the word agreed on: `url`, `verify_token`."""
        told: Mapping[str, str] = self.world.state.setting("whatsapp_webhook", {})
        return told

    def set_webhook(self, url: str, verify_token: str) -> bool:
        """Keep the address, as Meta does only after it was answered there."""
        challenge = secrets.token_hex(8)
        query = {
            "hub.mode": "subscribe",
            "hub.verify_token": verify_token,
            "hub.challenge": challenge,
        }
        try:
            answer = self._client.get(url, params=query)
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        is_ours = answer.status_code == 200 and answer.text == challenge
        if is_ours:
            self.world.state.set("whatsapp_webhook", {"url": url, "verify_token": verify_token})
        return is_ours

    @property
    def templates(self) -> list[Json]:
        """Give the account's templates, as Meta lists them."""
        told: list[Json] = self.world.state.setting("whatsapp_templates", None) or planted(
            self.world.app_url
        )
        return told

    def turn_template(self, name: str, language: str, status: str) -> int:
        """Approve, pause, reject or disable a template, and tell the app."""
        told = self.templates
        for one in told:
            if (one["name"], one["language"]) == (name, language):
                one["status"] = status
                self.world.state.set("whatsapp_templates", told)
                value = {
                    "event": status, "message_template_id": int(one["id"]),
                    "message_template_name": name, "message_template_language": language,
                    "reason": "NONE" if status == "APPROVED" else "LOW_QUALITY",
                }  # fmt: skip
                return self.tell("message_template_status_update", value)
        return 0

    # --- what the app sends ---------------------------------------------------------------------

    def refusal(self, told: Json) -> tuple[int, str] | None:
        """Give Meta's code and words for a message that it does not take."""
        number = _number(told)
        if told.get("messaging_product") != "whatsapp" or not number:
            return 100, "Invalid parameter"
        if told.get("type") == "template":
            return self._template_refusal(number, told["template"])
        if not self.is_open(number):
            return 131047, "Re-engagement message"
        return None

    def _template_refusal(self, number: str, asked: Json) -> tuple[int, str] | None:
        template = self._template(asked)
        if wrong := refusal(template, asked):
            return wrong
        is_marketing = template is not None and template["category"] == "MARKETING"
        if is_marketing and self.has_stopped(number):
            return 131050, "User has stopped marketing messages"
        return None

    def take(self, told: Json) -> Json:
        """Accept a message; its statuses follow by themselves."""
        number, wamid = _number(told), f"wamid.{secrets.token_hex(20)}"
        opaque = str(told.get("biz_opaque_callback_data") or "")
        self._note(wamid, number, self._said(told), is_inbound=False, opaque=opaque)
        self._reporters.submit(self._report, wamid, number, opaque, told)
        contact = {"input": told.get("to") or told.get("recipient"), "wa_id": number.strip("+")}
        return {
            "messaging_product": "whatsapp", "contacts": [contact],
            "messages": [{"id": wamid, "message_status": "accepted"}],
        }  # fmt: skip

    def _said(self, told: Json) -> Json:
        """Give a message as a phone shows it."""
        match told["type"]:
            case "template":
                template = self._template(told["template"])
                return shown(template or {"components": []}, told["template"])
            case "interactive":
                return _interactive(told["interactive"])
            case _:
                return {"text": told.get("text", {}).get("body", ""), "buttons": []}

    def _template(self, asked: Json) -> Json | None:
        wanted = asked.get("name"), asked.get("language", {}).get("code")
        return next((t for t in self.templates if (t["name"], t["language"]) == wanted), None)

    def _report(self, wamid: str, number: str, opaque: str, told: Json) -> None:
        fault = self.faults.take("whatsapp_statuses", number)
        steps = _played(number, fault)
        for status in steps:
            time.sleep(0.05)
            self.world.state.rows("UPDATE whatsapp SET status = ? WHERE wamid = ?", (status, wamid))
            self.tell_status(wamid, status, number, opaque, told)

    def tell_status(
        self, wamid: str, status: str, number: str, opaque: str, told: Json | None = None
    ) -> int:
        """Report one message's state; a failure is that of a number without WhatsApp."""
        one: Json = {
            "id": wamid, "status": status, "timestamp": self._seconds(),
            "recipient_id": number.strip("+"), "biz_opaque_callback_data": opaque,
        }  # fmt: skip
        if status == "failed":
            one["errors"] = [{"code": 131026, "title": "Message undeliverable"}]
        elif told:
            one["pricing"] = self._pricing(number, told)
        return self.tell("messages", self._value() | {"statuses": [one]})

    def _pricing(self, number: str, told: Json) -> Json:
        """Say what it is billed as: free words in a window, and all after an ad, as nothing."""
        template = self._template(told["template"]) if told["type"] == "template" else None
        kind = "regular" if template else "free_customer_service"
        kind = "free_entry_point" if self.came_by_ad(number) else kind
        category = template.get("category", "").lower() if template else "service"
        billed = {"billable": kind == "regular", "pricing_model": "PMP"}
        return {**billed, "type": kind, "category": category}

    # --- what people do -------------------------------------------------------------------------

    def answer(self, number: str, text: str, name: str = "Ada") -> int:
        """Let somebody write, or send what a wa.me link has written for them.

        Give what the app answered, 0 for nothing.
        """
        if text.startswith("https://wa.me/"):
            text = parse_qs(urlsplit(text).query).get("text", [""])[0]
        return self._come_in(number, name, {"type": "text", "text": {"body": text}}, text)

    def send_picture(self, number: str, caption: str, name: str = "Ada") -> int:
        """Let somebody send a picture, with words under it or without."""
        image = {"id": MEDIA_ID, "mime_type": PICTURE_TYPE, "sha256": "x"}
        told = {"type": "image", "image": image | ({"caption": caption} if caption else {})}
        return self._come_in(number, name, told, f"[A picture] {caption}".strip())

    def come_by_ad(self, number: str, text: str, name: str = "Ada") -> int:
        """Let somebody write who tapped an advertisement: what they get costs nothing for a while.

        With Meta that begins with the store's first answer; here with what they write.
        """
        self.world.state.set(f"whatsapp ad {number}", self.world.now())
        ad = {"source_type": "ad", "source_id": "120200000000000001", "headline": "Wool coats"}
        told: Json = {"type": "text", "text": {"body": text}, "referral": ad}
        return self._come_in(number, name, told, text)

    def came_by_ad(self, number: str) -> bool:
        """Say whether somebody tapped an advertisement within 72 hours."""
        at = str(self.world.state.setting(f"whatsapp ad {number}") or "")
        return bool(at) and self.world.clock.now() - datetime.fromisoformat(at) < FREE_FOR

    def tap(self, number: str, label: str, payload: str, of: str = "", name: str = "Ada") -> int:
        """Let somebody tap an answer: under a template, or under free words."""
        if of == "template":
            told: Json = {"type": "button", "button": {"payload": payload, "text": label}}
        else:
            kind = "list_reply" if of == "list" else "button_reply"
            reply = {"type": kind, kind: {"id": payload, "title": label}}
            told = {"type": "interactive", "interactive": reply}
        return self._come_in(number, name, told, label)

    def prefer(self, number: str, *, marketing: bool) -> int:
        """Let somebody stop the store's marketing in WhatsApp itself, or want it again."""
        self.world.state.set(f"whatsapp left {number}", not marketing)
        told = {
            "wa_id": number.strip("+"), "category": "marketing_messages",
            "value": "resume" if marketing else "stop", "timestamp": self._seconds(),
            "detail": "User requested to " + ("resume" if marketing else "stop")
            + " marketing messages",
        }  # fmt: skip
        return self.tell("user_preferences", self._value() | {"user_preferences": [told]})

    def has_stopped(self, number: str) -> bool:
        """Say whether somebody wants no marketing."""
        return bool(self.world.state.setting(f"whatsapp left {number}"))

    def is_open(self, number: str) -> bool:
        """Say whether somebody wrote within a day."""
        rows = self.world.state.rows(
            "SELECT at FROM whatsapp WHERE number = ? AND is_inbound ORDER BY id DESC LIMIT 1",
            (number,),
        )
        return bool(rows) and self.world.clock.now() - datetime.fromisoformat(rows[0][0]) < DAY

    def messages(self, number: str = "") -> list[Json]:
        """Give what one phone shows, or all do, the oldest first."""
        rows = self.world.state.rows(
            "SELECT wamid, is_inbound, number, said, status, opaque, at FROM whatsapp"
            " WHERE ? = '' OR number = ? ORDER BY id",
            (number, number),
        )
        names = ("wamid", "is_inbound", "number", "said", "status", "opaque", "at")
        told = [dict(zip(names, row, strict=True)) for row in rows]
        return [one | orjson.loads(one.pop("said")) for one in told]

    def _come_in(self, number: str, name: str, told: Json, shown_as: str) -> int:
        wamid = f"wamid.{secrets.token_hex(20)}"
        self._note(wamid, number, {"text": shown_as, "buttons": []}, is_inbound=True)
        wa_id = number.strip("+")
        contact = {"profile": {"name": name}, "wa_id": wa_id, "user_id": f"US.{wa_id}77"}
        message = {"from": wa_id, "id": wamid, "timestamp": self._seconds(), **told}
        return self.tell("messages", self._value() | {"contacts": [contact], "messages": [message]})

    # --- webhooks -------------------------------------------------------------------------------

    def tell(self, field: str, value: Json) -> int:
        """Tell the app one thing, signed as Meta signs; give its status, 0 where none came."""
        url = self.webhook.get("url")
        if not url:
            return 0
        changes = [{"field": field, "value": value}]
        told = {
            "object": "whatsapp_business_account",
            "entry": [{"id": ACCOUNT_ID, "changes": changes}],
        }
        return self.call(url, orjson.dumps(told))

    def call(self, url: str, body: bytes) -> int:
        """Post a signed body to the app."""
        signed = hmac.new(self.app_secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"X-Hub-Signature-256": f"sha256={signed}", "Content-Type": "application/json"}
        try:
            return self._client.post(url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            return 0

    def _value(self) -> Json:
        metadata = {"display_phone_number": DISPLAY, "phone_number_id": PHONE_NUMBER_ID}
        return {"messaging_product": "whatsapp", "metadata": metadata}

    def _seconds(self) -> str:
        return str(int(self.world.clock.now().timestamp()))

    def _note(
        self, wamid: str, number: str, said: Json, *, is_inbound: bool, opaque: str = ""
    ) -> None:
        status = "received" if is_inbound else "accepted"
        self.world.state.rows(
            "INSERT INTO whatsapp (wamid, is_inbound, number, said, status, opaque, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(wamid, is_inbound, number, orjson.dumps(said).decode()),
                *(status, opaque, self.world.now()),
            ),
        )

    def _kept(self, name: str, made: str) -> str:
        with self.world.state.transaction():
            if self.world.state.setting(name) is None:
                self.world.state.set(name, made)
            return str(self.world.state.setting(name))


def _number(told: Json) -> str:
    """Give whose phone a message is for; an id of the business' own stays as it is."""
    to = str(told.get("to") or "").strip("+")
    return f"+{to}" if to.isdigit() else str(told.get("recipient") or "")


def _interactive(told: Json) -> Json:
    action, of = told["action"], told["type"]
    text = told["body"]["text"]
    if of == "cta_url":
        parameters = action["parameters"]
        buttons = [{"label": parameters["display_text"], "url": parameters["url"]}]
    elif of == "list":
        rows = [row for section in action["sections"] for row in section["rows"]]
        buttons = [{"label": r["title"], "payload": r["id"], "of": "list"} for r in rows]
    else:
        replies = [one["reply"] for one in action["buttons"]]
        buttons = [{"label": r["title"], "payload": r["id"], "of": "words"} for r in replies]
    return {"text": text, "buttons": buttons}


def _played(number: str, fault: Fault | None) -> list[str]:
    steps = ["sent", "failed"] if number == NOBODY else ["sent", "delivered", "read"]
    match fault.what if fault else "":
        case "twice":
            return [step for step in steps for _ in range(2)]
        case "backwards":
            return steps[::-1]
        case "lost":
            return []
        case "undelivered":
            return steps[:1]
        case "without_delivered":
            return ["sent", "read"]
        case _:
            return steps
