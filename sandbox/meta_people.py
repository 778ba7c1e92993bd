"""What people do in Messenger and Instagram, and what the app is told of it."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

from sandbox import meta_threads
from sandbox.media import ON_CDN
from sandbox.meta import DELETED_COMMENT, PAGE_INBOX, PLATFORMS, Json, Meta

POSTS = {"messenger": "104100200300400_7300", "instagram": "17887498072083520"}
"""The id of each account's one post."""


def write(meta: Meta, platform: str, person: str, text: str) -> int:
    """Let somebody write; give what the app answered, as all of these do."""
    return _wrote(meta, platform, person, "text", text, {})


def arrive(meta: Meta, platform: str, person: str, ref: str) -> int:
    """Let somebody follow a link to the chat, given whole or only as the `ref` it carries."""
    ref = parse_qs(urlsplit(ref).query).get("ref", [ref])[0]
    meta.note(platform, person, "referral", ref, is_inbound=True)
    referral = {"ref": ref, "source": "SHORTLINK", "type": "OPEN_THREAD"}
    return meta.tell(platform, _by(meta, platform, person) | {"referral": referral})


def answer_story(meta: Meta, platform: str, person: str, text: str) -> int:
    """Let somebody answer a story of the store's."""
    story = {"story": {"id": "17900000000000001", "url": "https://cdn.example/story"}}
    return _wrote(meta, platform, person, "story_reply", text, {"reply_to": story})


def mention(meta: Meta, platform: str, person: str) -> int:
    """Let somebody name the store in a story of theirs."""
    picture = {"type": "story_mention", "payload": {"url": "https://cdn.example/mention"}}
    return _wrote(meta, platform, person, "story_mention", "", {"attachments": [picture]})


def send_picture(meta: Meta, platform: str, person: str) -> int:
    """Let somebody send a picture, which comes without words on both."""
    url = f"{meta.world.mailbox_url}{ON_CDN}"
    picture = {"type": "image", "payload": {"url": url}}
    return _wrote(meta, platform, person, "picture", "", {"attachments": [picture]})


def comment(meta: Meta, platform: str, person: str, text: str) -> int:
    """Let somebody comment a post of the store's, for all to see."""
    mid = meta.note(platform, person, "comment", text, is_inbound=True)
    who = {"id": meta.person_id(platform, person)}
    if platform == "instagram":
        value: Json = {
            "id": mid, "from": who | {"username": person.casefold()}, "text": text,
            "media": {"id": POSTS[platform], "media_product_type": "FEED"},
        }  # fmt: skip
        return meta.tell(platform, {"field": "comments", "value": value}, where="")
    value = {
        "from": who | {"name": person}, "item": "comment", "comment_id": mid, "verb": "add",
        "post_id": POSTS[platform], "created_time": meta.milliseconds() // 1000, "message": text,
    }  # fmt: skip
    return meta.tell(platform, {"field": "feed", "value": value}, where="changes")


def take_back(meta: Meta, platform: str, person: str, mid: str) -> int:
    """Let somebody delete their comment; Instagram tells nobody of that."""
    meta.forget(mid, DELETED_COMMENT)
    if platform == "instagram":
        return 0
    who = {"id": meta.person_id(platform, person), "name": person}
    value = {
        "from": who, "item": "comment", "comment_id": mid, "verb": "remove",
        "post_id": POSTS[platform], "created_time": meta.milliseconds() // 1000,
    }  # fmt: skip
    return meta.tell(platform, {"field": "feed", "value": value}, where="changes")


def tap(meta: Meta, platform: str, person: str, mid: str, index: int) -> int:
    """Let somebody tap a button of a message; one that opens a page tells us nothing."""
    found = [one for one in meta.chats(platform, person) if one["mid"] == mid]
    buttons = buttons_of(found[0]["content"]) if found else []
    if not 0 <= index < len(buttons):
        return 0
    one = buttons[index]
    if one["type"] == "web_url":
        return 0
    if one["type"] == "quick_reply":
        reply = {"quick_reply": {"payload": one["payload"]}}
        return _wrote(meta, platform, person, "button", one["title"], reply)
    mid = meta.note(platform, person, "button", one["title"], is_inbound=True)
    postback = {"mid": mid, "title": one["title"], "payload": one["payload"]}
    return meta.tell(platform, _by(meta, platform, person) | {"postback": postback})


def react(meta: Meta, platform: str, person: str, mid: str) -> int:
    """Let somebody put a heart to a message."""
    reaction = {"mid": mid, "action": "react", "reaction": "love", "emoji": "\u2764\ufe0f"}
    meta.note(platform, person, "reaction", "\u2764\ufe0f", is_inbound=True)
    return meta.tell(platform, _by(meta, platform, person) | {"reaction": reaction})


def delete(meta: Meta, platform: str, person: str, mid: str) -> int:
    """Let somebody delete what they wrote."""
    meta.forget(mid)
    told = {"mid": mid, "is_deleted": True}
    return meta.tell(platform, _by(meta, platform, person) | {"message": told})


def read(meta: Meta, platform: str, person: str) -> int:
    """Let somebody open the chat: what they were sent is read."""
    fresh = [
        one["mid"]
        for one in meta.chats(platform, person)
        if not one["is_inbound"] and one["status"] in ("sent", "delivered")
    ]
    if not fresh:
        return 0
    for mid in fresh:
        meta.mark(mid, "read")
    told = {"mid": fresh[-1]} if platform == "instagram" else {"watermark": meta.milliseconds()}
    return meta.tell(platform, _by(meta, platform, person) | {"read": told})


def answer_as_store(meta: Meta, platform: str, person: str, text: str) -> int:
    """Let somebody of the store's answer on the platform itself."""
    mid = meta.note(platform, person, "inbox", text, is_inbound=False)
    meta_threads.answered_in_inbox(meta, platform, person)
    told: Json = {"mid": mid, "text": text, "is_echo": True}
    if platform == "messenger":
        told["app_id"] = PAGE_INBOX
    where = _where(meta, platform, person)
    return meta.tell(platform, by_store(meta, platform, person) | {"message": told}, where)


def forge(meta: Meta, platform: str) -> int:
    """Call the app as somebody who does not know the secret; give what it answered."""
    account = PLATFORMS[platform]
    told = {"object": account.about, "entry": [{"id": account.account_id, "messaging": []}]}
    url = meta.callback(platform)
    return meta.call(url, told, "a guess") if url else 0


def by_store(meta: Meta, platform: str, person: str) -> Json:
    """Begin an event of which the store is the sender."""
    ids = {"id": PLATFORMS[platform].account_id}, {"id": meta.person_id(platform, person)}
    return {"sender": ids[0], "recipient": ids[1], "timestamp": meta.milliseconds()}


def buttons_of(content: Json) -> list[dict[str, str]]:
    """Give every button of a message in the order it is shown: of its cards, then its own."""
    payload = content.get("attachment", {}).get("payload", {})
    found: list[dict[str, Any]] = [*payload.get("buttons", [])]
    for element in payload.get("elements", []):
        found += element.get("buttons", [])
    found += [one | {"type": "quick_reply"} for one in content.get("quick_replies", [])]
    return found


def _by(meta: Meta, platform: str, person: str) -> Json:
    ids = {"id": meta.person_id(platform, person)}, {"id": PLATFORMS[platform].account_id}
    return {"sender": ids[0], "recipient": ids[1], "timestamp": meta.milliseconds()}


def _wrote(meta: Meta, platform: str, person: str, kind: str, text: str, more: Json) -> int:
    mid = meta.note(platform, person, kind, text, is_inbound=True)
    told = {"mid": mid} | ({"text": text} if text else {}) | more
    where = _where(meta, platform, person)
    return meta.tell(platform, _by(meta, platform, person) | {"message": told}, where)


def _where(meta: Meta, platform: str, person: str) -> str:
    """While another app leads, this one only listens."""
    return "standby" if meta_threads.is_elsewhere(meta, platform, person) else "messaging"
