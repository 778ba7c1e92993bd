"""What a thread and a customer's timeline both tell: what was answered, and how hands changed."""

from collections.abc import Mapping
from typing import Any

from channels.explained import explained
from jobs.conversations import PLATFORM
from marketing.attachments import read
from marketing.events import EventName
from marketing.hand_over_words import words_of_rule
from marketing.model import Reason
from storage.conversations import AUTOMATED, HUMAN
from storage.replies import ECHO

HANDS: Mapping[str, str] = {
    EventName.CONVERSATION_HANDED_OVER: HUMAN,
    EventName.CONVERSATION_HANDED_BACK: AUTOMATED,
    EventName.CONVERSATION_LEFT: "elsewhere",
    EventName.CONVERSATION_RETURNED: "here",
}
"""Whose a conversation is after an event."""


def inbound_shape(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what a customer wrote, and what came with it."""
    told = {name: data[name] for name in ("channel", "text", "how")}
    return {**told, "attachments": attached_shape(data["attachments"])}


def attached_shape(stored: Any) -> list[dict[str, Any]]:
    """Tell what came with a message besides words."""
    return [{"kind": one.kind, "name": one.name, "has_file": one.has_file} for one in read(stored)]


def reason_shape(told: str | None) -> dict[str, Any]:
    """Tell a reason of ours, or a provider's words with what they mean and what to do about it."""
    if told in set(Reason):
        return {"reason": told, "detail": None, "meaning": None}
    return {"reason": None, "detail": told, "meaning": explained(told)}


def reply_shape(data: Mapping[str, Any]) -> dict[str, Any]:
    """Tell our own reasons, which the panel has words for, from a provider's words."""
    content = data["content"] or {}
    own = reason_shape(data["reason"])
    by = PLATFORM if (data["key"] or "").startswith(ECHO) else None
    buttons = [one["label"] for one in content.get("buttons", ())]
    how = "private_reply" if content.get("comment") else None
    brought = attached_shape(data["attachments"])
    shown = {
        "cards": content.get("cards", []), "buttons": buttons, "how": how, "attachments": brought,
    }  # fmt: skip
    return {**data, **own, **shown, "by": by, "template": content.get("template", {}).get("name")}


def hands_shape(name: str, told: Mapping[str, Any]) -> dict[str, Any]:
    """Tell whose hands a conversation went into, or who leads it on a channel, by whom and why."""
    by, _, _ = str(told.get("by") or "").partition(":")
    return {
        "state": HANDS[name],
        "channel": told.get("channel"),
        "reason": told.get("reason"),
        "by": by or None,
        "who": told.get("who"),
        "why": words_of_rule(told.get("rule")),
    }
