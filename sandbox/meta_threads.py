"""Who leads each chat: one app at a time, which the others' messages are refused for.

https://developers.facebook.com/documentation/business-messaging/messenger-platform/conversation-routing
and .../error-codes. With conversation routing (the page has a default app: this one) it may take a
chat that another leads, and people who answer in the inbox take it; without, it can only pass.
"""

import socket

from flask import Flask, Response, jsonify, request

from sandbox.meta import APP_ID, PAGE_INBOX, PLATFORMS, Json, Meta, Platform

INSTAGRAM_INBOX, ANOTHER_APP = 1217981644879628, 500100200300400
Refusal = tuple[int, int, int, str]
"""HTTP status, code, subcode, words."""
LED_BY_ANOTHER: Refusal = (
    400, 10, 2018300, "Message failed to send because another app is controlling this thread now."
)  # fmt: skip
NOT_OWNER: Refusal = (400, 100, 2534037, "The action is invalid since it's not the thread owner.")
NO_ROUTING: Refusal = (
    400, 27, 0, "Take thread control is not supported when Conversation Routing is not enabled."
)  # fmt: skip


def inbox_of(platform: str) -> str:
    """Give Meta's own inbox' app."""
    return str(PAGE_INBOX if platform == "messenger" else INSTAGRAM_INBOX)


def leader(meta: Meta, platform: str, person: str) -> str:
    """Give the app that leads somebody's chat, "" while nobody does."""
    return str(meta.noted(f"meta_thread_{platform}").get(person, ""))


def is_elsewhere(meta: Meta, platform: str, person: str) -> bool:
    """Say whether another app than this leads."""
    return leader(meta, platform, person) not in {"", APP_ID}


def refusal(meta: Meta, platform: Platform, person: str) -> Refusal | None:
    """Say why this app may not write to somebody."""
    if not is_elsewhere(meta, platform.name, person):
        return None
    return LED_BY_ANOTHER if platform.name == "messenger" else NOT_OWNER


def has_routing(meta: Meta) -> bool:
    """Say whether the page has a default app."""
    return bool(meta.noted("meta_routing"))


def set_routing(meta: Meta, *, is_on: bool) -> None:
    meta.jot_down("meta_routing", {"default_app": APP_ID} if is_on else {})


def lead(meta: Meta, platform: str, person: str, app: str, kind: str = "pass") -> int:
    """Let an app lead from now on, and tell; of a chat that comes to rest nobody is told."""
    told = _moved(meta, platform, person, app)
    return _tell(meta, platform, person, {f"{kind}_thread_control": told}) if told else 0


def _moved(meta: Meta, platform: str, person: str, app: str) -> Json:
    """Note who leads; give what is told of it, {} for nothing."""
    before = leader(meta, platform, person)
    chats = {**meta.noted(f"meta_thread_{platform}"), person: app}
    meta.jot_down(f"meta_thread_{platform}", chats)
    if app == before or not app:
        return {}
    return {"previous_owner_app_id": before or None, "new_owner_app_id": app}


def ask(meta: Meta, platform: str, person: str, app: str) -> int:
    """Let an app ask for a chat."""
    told = {"requested_owner_app_id": int(app)}
    return _tell(meta, platform, person, {"request_thread_control": told})


def let_lead(meta: Meta, platform: str, person: str, who: str) -> int:
    """Let whoever is named lead: inbox, another, us, nobody; `asks`: somebody in the inbox asks."""
    if who == "asks":
        return ask(meta, platform, person, inbox_of(platform))
    apps = {"inbox": inbox_of(platform), "another": str(ANOTHER_APP), "us": APP_ID}
    return lead(meta, platform, person, apps.get(who, ""), "pass" if who == "us" else "take")


def answered_in_inbox(meta: Meta, platform: str, person: str) -> None:
    """With routing, whoever answers in the inbox takes the chat."""
    if has_routing(meta):
        lead(meta, platform, person, inbox_of(platform), "take")


def _tell(meta: Meta, platform: str, person: str, event: Json) -> int:
    ids = {"id": meta.person_id(platform, person)}, {"id": PLATFORMS[platform].account_id}
    frame = {"sender": ids[0], "recipient": ids[1], "timestamp": meta.milliseconds()}
    return meta.tell(platform, frame | event) if meta.hears(platform, "messaging_handover") else 0


# --- the Graph API's doors ------------------------------------------------------------------------


def add_doors(app: Flask, meta: Meta) -> None:
    """Add passing and taking, for whichever account the token is of."""

    @app.post("/<version>/me/pass_thread_control")
    def pass_thread(version: str) -> tuple[Response, int]:  # noqa: ARG001  of the address
        return _called(meta, "pass", request.get_json(silent=True) or {})

    @app.post("/<version>/me/take_thread_control")
    def take_thread(version: str) -> tuple[Response, int]:  # noqa: ARG001
        return _called(meta, "take", request.get_json(silent=True) or {})


def _called(meta: Meta, kind: str, told: Json) -> tuple[Response, int]:
    fault = meta.faults.take("threads", str(told.get("recipient")))
    platform = next((one for one in PLATFORMS.values() if meta.tokens[one.name] == _token()), None)
    if fault and fault.what == "reply":
        return _refused((400 if fault.code < 1000 else 500, fault.code, 0, fault.text))
    if platform is None:
        return _refused((400, 190, 0, "Invalid OAuth access token - Cannot parse access token"))
    person = meta.person_of(platform.name, str((told.get("recipient") or {}).get("id", "")))
    if person is None:
        return _refused((400, 100, platform.nobody, "No matching user found"))
    now = leader(meta, platform.name, person)
    problem = _against(meta, kind, now, told)
    if problem:
        return _refused(problem)
    to = str(told["target_app_id"]) if kind == "pass" else APP_ID
    if moved := _moved(meta, platform.name, person, to):
        event = {f"{kind}_thread_control": moved}
        meta.reporters.submit(_tell, meta, platform.name, person, event)
    if fault:
        request.environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)  # its answer is lost
    return jsonify(success=True), 200


def _against(meta: Meta, kind: str, now: str, told: Json) -> Refusal | None:
    if kind == "pass" and now not in {"", APP_ID}:
        return NOT_OWNER
    if kind == "pass" and not str(told.get("target_app_id", "")).isdigit():
        return 400, 100, 0, "(#100) The parameter target_app_id is required"
    if kind == "take" and not has_routing(meta):
        return NO_ROUTING
    if kind == "take" and now == APP_ID:
        return 400, 100, 0, "(#100) The app is the thread owner already"
    return None


def _token() -> str:
    return request.headers.get("Authorization", "").removeprefix("Bearer ")


def _refused(refusal: Refusal) -> tuple[Response, int]:
    status, code, subcode, words = refusal
    error: Json = {"message": words, "type": "OAuthException", "code": code, "fbtrace_id": "A1"}
    return jsonify(error=error | ({"error_subcode": subcode} if subcode else {})), status
