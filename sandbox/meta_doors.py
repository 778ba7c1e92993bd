"""The Graph API's doors for a page and an Instagram account: what they take, what they refuse."""

import hashlib
import hmac
import socket
import time
from datetime import datetime
from typing import Any

from flask import Flask, Response, jsonify, request

from sandbox import meta_threads, meta_tokens
from sandbox.faults import Fault
from sandbox.meta import (
    APP_ID,
    PERSON_WINDOW,
    PLATFORMS,
    PRIVATE_REPLY_WINDOW,
    WINDOW,
    Json,
    Meta,
    Platform,
)
from sandbox.meta_people import by_store
from sandbox.meta_threads import LED_BY_ANOTHER, Refusal

MOST_REPLIES, MOST_BUTTONS, MOST_CARDS, MOST_LABEL, MOST_TEMPLATE_TEXT = 13, 3, 10, 20, 640


def add_doors(app: Flask, meta: Meta) -> None:
    """Add the Graph API's part for both platforms to an app."""
    meta_tokens.add_door(app, meta)
    meta_threads.add_doors(app, meta)
    for platform in PLATFORMS.values():
        _add(app, meta, platform)
    _add_people(app, meta)
    _add_page(app, meta)


def _add_page(app: Flask, meta: Meta) -> None:
    """Add `me` of a token that the linked page gave: it speaks for the page's Instagram, too."""
    page = PLATFORMS["messenger"]

    @app.post("/<version>/me/messages")
    def send_by_page(version: str) -> tuple[Response, int]:  # noqa: ARG001  of the address
        return _send(meta, _whose(meta), request.get_json(silent=True) or {})

    @app.get("/<version>/me/subscribed_apps")
    def apps_of_page(version: str) -> tuple[Response, int]:  # noqa: ARG001
        if refusal := _unknown(meta, _whose(meta)):
            return _refused(refusal)
        mine = [{"id": APP_ID, "name": "Maple"}] if meta.is_subscribed(page.name) else []
        return jsonify(data=mine), 200

    @app.post("/<version>/me/subscribed_apps")
    def subscribe_page(version: str) -> tuple[Response, int]:  # noqa: ARG001
        return _subscribe(meta, _whose(meta), page)


def _whose(meta: Meta) -> Platform:
    """Give the account whose token this is, the page for anybody else's."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    name = "instagram" if token == meta.tokens["instagram"] else "messenger"
    return PLATFORMS[name]


def _subscribe(meta: Meta, by: Platform, to: Platform) -> tuple[Response, int]:
    if refusal := _unknown(meta, by):
        return _refused(refusal)
    told = str((request.get_json(silent=True) or {}).get("subscribed_fields", ""))
    wanted = told.split(",")
    for at, field in enumerate(wanted):
        if field not in to.fields:
            known = ", ".join(sorted(to.fields))
            words = (
                f'(#100) Param subscribed_fields[{at}] must be one of {{{known}}} - got "{field}".'
            )
            return _refused((400, 100, 0, words))
    meta.subscribe(to.name, told)
    return jsonify(success=True), 200


def _add_people(app: Flask, meta: Meta) -> None:
    @app.get("/<version>/<int:person_id>")
    def profile(version: str, person_id: int) -> tuple[Response, int]:  # noqa: ARG001
        """Tell how somebody calls themselves, to the account that they wrote to."""
        for platform in PLATFORMS.values():
            person = meta.person_of(platform.name, str(person_id))
            if person is not None:
                refusal = _unknown(meta, platform)
                return _refused(refusal) if refusal else (_profile(platform, person), 200)
        return _refused((400, 100, 33, "Unsupported get request. Object does not exist"))


def _profile(platform: Platform, person: str) -> Response:
    first, _, last = person.partition(" ")
    names = {"first_name": first, "last_name": last}
    if platform.name == "instagram":
        names = {"name": person, "username": person.casefold().replace(" ", ".")}
    asked = request.args.get("fields", "").split(",")
    return jsonify({name: one for name, one in names.items() if name in asked})


def _add(app: Flask, meta: Meta, platform: Platform) -> None:
    own = f"/<version>/{platform.account_id}"

    def who(version: str) -> tuple[Response, int]:  # noqa: ARG001  of the address
        if refusal := _unknown(meta, platform):
            return _refused(refusal)
        name = "name" if platform.name == "messenger" else "username"
        return jsonify({"id": platform.account_id, name: platform.account_name}), 200

    def subscribe(version: str) -> tuple[Response, int]:  # noqa: ARG001
        return _subscribe(meta, platform, platform)

    def send(version: str) -> tuple[Response, int]:  # noqa: ARG001
        return _send(meta, platform, request.get_json(silent=True) or {})

    app.add_url_rule(own, f"{platform.name}_who", who)
    app.add_url_rule(
        f"{own}/subscribed_apps", f"{platform.name}_subscribe", subscribe, methods=["POST"]
    )
    app.add_url_rule(f"{own}/messages", f"{platform.name}_send", send, methods=["POST"])


def _send(meta: Meta, platform: Platform, told: Json) -> tuple[Response, int]:
    fault = meta.faults.take("messages", str(told.get("recipient")))
    if refusal := _unknown(meta, platform):
        return _refused(refusal)
    if fault and fault.what == "reply":
        return _refused((400 if fault.code < 1000 else 500, fault.code, 0, fault.text))
    if fault and fault.what == "led_by_another":
        return _refused(LED_BY_ANOTHER)
    person, refusal = _receiver(meta, platform, told)
    refusal = refusal or meta_threads.refusal(meta, platform, person)
    refusal = refusal or _malformed(platform, told.get("message"))
    if refusal:
        return _refused(refusal)
    content: Json = told["message"]
    if comment := told["recipient"].get("comment_id"):
        content |= {"comment_id": comment}
    mid = meta.note(
        platform.name, person, "message", _text_of(content), is_inbound=False, content=content
    )
    meta.reporters.submit(_report, meta, platform.name, person, mid, content)
    if fault:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # its answer is lost
    return jsonify(recipient_id=meta.person_id(platform.name, person), message_id=mid), 200


def _unknown(meta: Meta, platform: Platform) -> Refusal | None:
    """Refuse who has no token of this account, or, but for Instagram's own API, no proof."""
    token = request.headers.get("Authorization", "").removeprefix("Bearer ")
    if subcode := meta_tokens.refusal(meta, platform.name, token):
        words = "Invalid OAuth access token - Cannot parse access token"
        return 400, 190, max(subcode, 0), words
    proof = hmac.new(meta.app_secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    given = request.args.get("appsecret_proof")
    is_needed = platform.name == "messenger"
    if given != proof and (is_needed or given is not None):
        return 400, 100, 0, "Invalid appsecret_proof provided in the API argument"
    return None


def _receiver(meta: Meta, platform: Platform, told: Json) -> tuple[str, Refusal | None]:
    """Give who is written to, and why that may not be now."""
    recipient = told.get("recipient") or {}
    if comment := recipient.get("comment_id"):
        return _commenter(meta, platform, str(comment))
    person = meta.person_of(platform.name, str(recipient.get("id", ""))) or ""
    age = meta.age(platform.name, person) if person else None
    if age is None:
        return "", (400, 100, platform.nobody, "No matching user found")
    if told.get("messaging_type") == "MESSAGE_TAG":
        if told.get("tag") != "HUMAN_AGENT":
            return person, (400, 100, 1893061, "Invalid parameter: this tag is no more")
        is_open = age <= PERSON_WINDOW
    else:
        is_open = age < WINDOW
    words = "This message is sent outside of allowed window."
    return person, None if is_open else (400, 10, platform.closed, words)


def _commenter(meta: Meta, platform: Platform, mid: str) -> tuple[str, Refusal | None]:
    """Give whose comment is answered privately, and why that may not be: it goes once, for a week.

    10900 is what apps report to have got for a second one; of a late one no document tells the
    code, and the closed window's is the nearest.
    """
    comment = meta.comment_of(platform.name, mid)
    if comment is None:
        return "", (400, 100, 33, "Unsupported post request. Object does not exist")
    person = str(comment["person"])
    if meta.is_answered(platform.name, mid):
        return person, (400, 10900, 0, "(#10900) Activity already replied to")
    age = meta.world.clock.now() - datetime.fromisoformat(str(comment["at"]))
    words = "This message is sent outside of allowed window."
    return person, (400, 10, platform.closed, words) if age >= PRIVATE_REPLY_WINDOW else None


def _malformed(platform: Platform, message: Any) -> Refusal | None:
    """Refuse what the platform has no room for."""
    if not isinstance(message, dict):
        return 400, 100, 0, "(#100) param message must be non-empty"
    text = str(message.get("text", ""))
    size = len(text.encode()) if platform.in_bytes else len(text)
    payload = message.get("attachment", {}).get("payload", {})
    elements = payload.get("elements", [])
    replies = message.get("quick_replies", [])
    buttons = [payload.get("buttons", []), *(one.get("buttons", []) for one in elements)]
    labels = [one["title"] for row in [replies, *buttons] for one in row]
    is_fine = (
        bool(text) != bool(payload)
        and size <= platform.most
        and len(str(payload.get("text", ""))) <= MOST_TEMPLATE_TEXT
        and len(elements) <= MOST_CARDS
        and len(replies) <= MOST_REPLIES
        and all(len(row) <= MOST_BUTTONS for row in buttons)
        and all(0 < len(label) <= MOST_LABEL for label in labels)
    )
    return None if is_fine else (400, 100, 0, "(#100) Length of param exceeds its limit")


def _report(meta: Meta, platform: str, person: str, mid: str, content: Json) -> None:
    """Tell the echo of a message, and that it arrived; both may come as they should not."""
    echo: Json = {"mid": mid, "text": _text_of(content), "is_echo": True}
    if platform == "messenger":
        echo |= {"app_id": int(APP_ID)}
        echo |= {"metadata": content["metadata"]} if "metadata" in content else {}
    frame = by_store(meta, platform, person)
    events = [frame | {"message": echo}]
    if platform == "messenger":
        arrived = {"mids": [mid], "watermark": meta.milliseconds()}
        events.append(
            frame | {"sender": frame["recipient"], "recipient": frame["sender"]}
            | {"delivery": arrived}
        )  # fmt: skip
    fault = meta.faults.take("webhooks", person)
    for event in _played(events, fault):
        time.sleep(fault.seconds if fault and fault.what == "late" else 0.05)
        if "delivery" in event:
            meta.mark(mid, "delivered")
        meta.tell(platform, event)


def _played(events: list[Json], fault: Fault | None) -> list[Json]:
    match fault.what if fault else "":
        case "twice":
            return [event for event in events for _ in range(2)]
        case "backwards":
            return events[::-1]
        case "lost":
            return []
        case _:
            return events


def _text_of(content: Json) -> str:
    payload = content.get("attachment", {}).get("payload", {})
    return str(content.get("text") or payload.get("text") or "")


def _refused(refusal: Refusal) -> tuple[Response, int]:
    status, code, subcode, words = refusal
    error: Json = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return jsonify(error=error | ({"error_subcode": subcode} if subcode else {})), status
