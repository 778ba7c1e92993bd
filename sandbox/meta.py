"""Meta as the app meets it: a page in Messenger, an Instagram account, and who writes to them.

https://developers.facebook.com/docs/messenger-platform and /docs/instagram-platform. The store's
own app there is made once; its dashboard (the sandbox's phone pages) shows its secrets and takes
the callback, which is asked for its challenge first. Windows close by business time.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import httpx

from sandbox.faults import FaultScript
from sandbox.world import World

FAULTS = {
    "messages": {"reply", "hang_up", "led_by_another"}, "renewals": {"reply", "hang_up"},
    "threads": {"reply", "hang_up"},
    "webhooks": {"twice", "backwards", "late", "lost"},
}  # fmt: skip
APP_ID = "700100200300400"
PAGE_FIELDS = frozenset(
    {
        "feed", "message_deliveries", "message_echoes", "message_edits", "message_reactions",
        "message_reads", "messages", "messaging_handovers", "messaging_optins",
        "messaging_postbacks", "messaging_referrals", "standby",
    }
)  # fmt: skip
INSTAGRAM_FIELDS = frozenset(
    {
        "comments", "live_comments", "mentions", "message_edit", "message_reactions", "messages",
        "messaging_handover", "messaging_optins", "messaging_postbacks", "messaging_referral",
        "messaging_seen", "standby", "story_insights",
    }
)  # fmt: skip
"""What can be subscribed to, as far as anybody here would: a page and an account each have their
own spellings, and one that is not theirs refuses the whole call."""
PAGE_INBOX = 263902037430900
"""The app of Meta's by which the people of a page write."""
WINDOW, PERSON_WINDOW = timedelta(hours=24), timedelta(days=7)
PRIVATE_REPLY_WINDOW = timedelta(days=7)
DELETED_COMMENT = "comment_deleted"
_TABLE = """CREATE TABLE IF NOT EXISTS chats (
  id INTEGER PRIMARY KEY, platform TEXT, person TEXT, mid TEXT, is_inbound INTEGER, kind TEXT,
  text TEXT, content TEXT, status TEXT, at TEXT)"""
_NAMES = ("platform", "person", "mid", "is_inbound", "kind", "text", "content", "status", "at")
Json = dict[str, Any]


@dataclass(frozen=True)
class Platform:
    """What differs between the two."""

    name: str
    title: str
    account_id: str
    account_name: str
    about: str
    most: int
    in_bytes: bool
    closed: int
    nobody: int
    """Subcodes: of a closed window, of somebody it does not know."""
    fields: frozenset[str] = PAGE_FIELDS


PLATFORMS = {
    "messenger": Platform(
        "messenger", "Messenger", "104100200300400", "Maple & Moss", "page", 2000,
        in_bytes=False, closed=2018278, nobody=2018001,
    ),
    "instagram": Platform(
        "instagram", "Instagram", "17841400200300400", "maple.and.moss", "instagram", 1000,
        in_bytes=True, closed=2534022, nobody=2534014, fields=INSTAGRAM_FIELDS,
    ),
}  # fmt: skip


class Meta:
    """One app of a store's with Meta, its page, its account, and everybody's chats with them."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.faults = FaultScript()
        world.state.rows(_TABLE)
        self.app_secret = self._kept("meta_secret", secrets.token_hex(16))
        self.tokens = {
            name: self._kept(f"meta_token_{name}", f"EAA{secrets.token_hex(40)}")
            for name in PLATFORMS
        }
        """The newest of each: the dashboard shows it. Only Instagram's run out (`meta_tokens`)."""
        self._client = httpx.Client(timeout=10, trust_env=False)
        self.reporters = ThreadPoolExecutor(4, "meta")

    def close(self) -> None:
        self.reporters.shutdown(cancel_futures=True)
        self._client.close()

    # What the merchant sets in the app's dashboard.

    def callback(self, platform: str) -> str:
        """Give the address that is told what happens, "" before one has answered the question."""
        return self._setting(f"meta_callback_{platform}")

    def set_callback(self, platform: str, url: str, verify_token: str) -> bool:
        """Ask an address our question, and tell it what happens if it answers; False if not."""
        asked = secrets.token_hex(8)
        query = {
            "hub.mode": "subscribe", "hub.verify_token": verify_token, "hub.challenge": asked,
        }  # fmt: skip
        try:
            answer = self._client.get(f"{url}?{urlencode(query)}")
        except (httpx.HTTPError, httpx.InvalidURL):
            return False
        is_theirs = answer.status_code == 200 and answer.text == asked
        if is_theirs:
            self._keep(f"meta_callback_{platform}", url)
        return is_theirs

    def is_subscribed(self, platform: str) -> bool:
        """Say whether the account tells this app anything: the app must have asked for it."""
        return bool(self._setting(f"meta_subscribed_{platform}"))

    def hears(self, platform: str, field: str) -> bool:
        """Say whether the app asked to be told of this, under either of its spellings."""
        return field in self._setting(f"meta_subscribed_{platform}")

    def subscribe(self, platform: str, fields: str) -> None:
        self._keep(f"meta_subscribed_{platform}", fields)

    # Who chats, and what was said.

    def person_id(self, platform: str, person: str) -> str:
        """Give the id that somebody has with this account, and with no other."""
        told = hashlib.sha256(f"{platform} {person}".encode()).hexdigest()
        return str(10**15 + int(told[:12], 16))

    def people(self, platform: str) -> list[str]:
        """Name everybody who has a chat, in order."""
        rows = self.world.state.rows(
            "SELECT DISTINCT person FROM chats WHERE platform = ? ORDER BY person", (platform,)
        )
        return [str(row[0]) for row in rows]

    def person_of(self, platform: str, person_id: str) -> str | None:
        """Give who has an id; None for somebody who never wrote."""
        ids = {self.person_id(platform, one): one for one in self.people(platform)}
        return ids.get(person_id)

    def chats(self, platform: str, person: str = "") -> list[Json]:
        """Give what was said, the oldest first."""
        rows = self.world.state.rows(
            f"SELECT {', '.join(_NAMES)} FROM chats"  # noqa: S608  names of columns
            " WHERE platform = ? AND (? = '' OR person = ?) ORDER BY id",
            (platform, person, person),
        )
        told = [dict(zip(_NAMES, row, strict=True)) for row in rows]
        return [one | {"content": json.loads(one["content"])} for one in told]

    def note(
        self,
        platform: str,
        person: str,
        kind: str,
        text: str,
        *,
        is_inbound: bool,
        content: Json | None = None,
    ) -> str:
        """Keep one message, and give its id."""
        mid = f"m_{secrets.token_urlsafe(24)}"
        status = "received" if is_inbound else "sent"
        self.world.state.rows(
            "INSERT INTO chats (platform, person, mid, is_inbound, kind, text, content, status, at)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (platform, person, mid, is_inbound, kind, text, json.dumps(content or {}), status,
             self.world.now()),
        )  # fmt: skip
        return mid

    def mark(self, mid: str, status: str) -> None:
        self.world.state.rows("UPDATE chats SET status = ? WHERE mid = ?", (status, mid))

    def forget(self, mid: str, kind: str = "deleted") -> None:
        """Let somebody delete what they wrote; it is of that kind from then on."""
        self.world.state.rows("UPDATE chats SET text = '', kind = ? WHERE mid = ?", (kind, mid))

    def comment_of(self, platform: str, mid: str) -> Json | None:
        """Give a comment by its id, None: it was deleted, or never was."""
        found = (one for one in self.chats(platform) if one["mid"] == mid)
        return next((one for one in found if one["kind"] == "comment"), None)

    def is_answered(self, platform: str, mid: str) -> bool:
        """Say whether a comment had its private answer, whoever gave it."""
        answered = (one["content"].get("comment_id") for one in self.chats(platform))
        return mid in answered

    def age(self, platform: str, person: str) -> timedelta | None:
        """Give how long ago somebody wrote; None when they never did. A comment is no message."""
        rows = self.world.state.rows(
            "SELECT max(at) FROM chats"
            " WHERE platform = ? AND person = ? AND is_inbound AND kind NOT LIKE 'comment%'",
            (platform, person),
        )
        told = rows[0][0]
        return self.world.clock.now() - datetime.fromisoformat(str(told)) if told else None

    # What the app is told.

    def milliseconds(self) -> int:
        return int(self.world.clock.now().timestamp() * 1000)

    def tell(self, platform: str, event: Mapping[str, Any], where: str = "messaging") -> int:
        """Tell the app one event, signed; give its status, 0 where none came or none is told."""
        to, url = PLATFORMS[platform], self.callback(platform)
        if not url or not self.is_subscribed(platform):
            return 0
        entry: Json = {"id": to.account_id, "time": self.milliseconds()}
        entry |= {where: [dict(event)]} if where else dict(event)
        return self.call(url, {"object": to.about, "entry": [entry]}, self.app_secret)

    def call(self, url: str, told: Json, secret: str) -> int:
        """Call the app, signed by a secret; give its status, 0 where none came."""
        body = json.dumps(told).encode()
        signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signed}"}
        try:
            return self._client.post(url, content=body, headers=headers).status_code
        except httpx.HTTPError:
            return 0

    def keep_token(self, platform: str, token: str) -> None:
        """Keep the newest token of an account."""
        self._keep(f"meta_token_{platform}", token)

    def noted(self, name: str) -> Json:
        """Give what was noted under a name, {} for nothing."""
        found: Json = json.loads(self._setting(name) or "{}")
        return found

    def jot_down(self, name: str, noted: Json) -> None:
        """Note something under a name."""
        self._keep(name, json.dumps(noted))

    def _setting(self, name: str) -> str:
        rows = self.world.state.rows("SELECT value FROM settings WHERE name = ?", (name,))
        return str(rows[0][0]) if rows else ""

    def _keep(self, name: str, value: str) -> None:
        self.world.state.rows("INSERT OR REPLACE INTO settings VALUES (?, ?)", (name, value))

    def _kept(self, name: str, made: str) -> str:
        with self.world.state.transaction():
            self.world.state.rows("INSERT OR IGNORE INTO settings VALUES (?, ?)", (name, made))
            return self._setting(name)
