"""Links that begin one flow: by which a customer writes to the store, and what they carry.

Messenger and Instagram hand back the `ref` of a link, which names the flow; WhatsApp and text
messages only write a word for the customer, so there the flow's own keyword has to.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import quote
from uuid import UUID

from marketing.chat import InboundKind
from marketing.events import EventName
from marketing.flow import Flow, SendMessage, Trigger, walk
from marketing.model import ChannelName
from marketing.said import Said, say

BEGINS = "flow-"
BY_REF = (ChannelName.MESSENGER, ChannelName.INSTAGRAM)
BY_WORD = (ChannelName.WHATSAPP, ChannelName.SMS)
_REF_KINDS = (None, InboundKind.TEXT, InboundKind.BUTTON, InboundKind.REFERRAL)
_WORD_KINDS = (None, InboundKind.TEXT)
NO_USER_NAME = say("Give the account's user name in the settings.")
NO_MESSAGE = say(
    "The flow has no message for this channel: who came by a link here would hear nothing."
)
NO_NUMBER = say("Give the number that is written to in the settings.")


@dataclass(frozen=True, slots=True)
class OptInLink:
    """The link of one channel; without `url` there is none, and `missing` says why."""

    channel: ChannelName
    url: str = ""
    missing: Said | None = None
    at_account: bool = False
    """What is missing is given where the channel is connected."""


def ref_of(flow_id: str) -> str:
    """Give what a link to a chat carries so that it begins this flow."""
    return f"{BEGINS}{UUID(flow_id).hex}"


def flow_of(ref: object) -> str | None:
    """Give the flow that a link names; None for a link of the merchant's own making."""
    if not isinstance(ref, str) or not ref.startswith(BEGINS):
        return None
    try:
        return str(UUID(hex=ref.removeprefix(BEGINS)))
    except ValueError:
        return None


def is_begun_by_link(trigger: Trigger, channel: object) -> bool:
    """Say whether a link on this channel that names the trigger's flow begins it."""
    fits = trigger.channel is None or trigger.channel == channel
    return trigger.event == EventName.MESSAGE_RECEIVED and fits and trigger.kind in _REF_KINDS


def links_of(
    trigger: Trigger,
    flow_id: str,
    accounts: Mapping[ChannelName, Mapping[str, str]],
    written: Collection[ChannelName] = (),
) -> Sequence[OptInLink]:
    """Give a flow's links on the channels that the store has connected.

    `accounts` has what may be shown of each account, `written` are the channels of the flow's
    messages (`chats_of`). None where no message begins the flow.
    """
    if trigger.event != EventName.MESSAGE_RECEIVED:
        return ()
    wanted = [one for one in (*BY_REF, *BY_WORD) if trigger.channel in (None, one)]
    found = _links(trigger, flow_id, {w: accounts[w] for w in wanted if w in accounts})
    return tuple(
        OptInLink(one.channel, missing=NO_MESSAGE)
        if written and one.channel not in written
        else one
        for one in found
    )


def chats_of(flow: Flow) -> frozenset[ChannelName]:
    """Give the channels with links that a flow writes by; none: it acts otherwise, or by mail."""
    steps = [step for step in walk(flow.steps) if isinstance(step, SendMessage)]
    named = {one for step in steps for one in (step.channel, *step.channels)}
    return frozenset(named & {*BY_REF, *BY_WORD})


def _links(
    trigger: Trigger, flow_id: str, accounts: Mapping[ChannelName, Mapping[str, str]]
) -> Iterator[OptInLink]:
    for channel, account in accounts.items():
        if channel in BY_REF and trigger.kind in _REF_KINDS:
            yield _by_ref(channel, ref_of(flow_id), account)
        elif channel in BY_WORD and trigger.kind in _WORD_KINDS and not trigger.referral:
            yield word_link(channel, next(iter(trigger.keywords), ""), account)


def _by_ref(channel: ChannelName, ref: str, account: Mapping[str, str]) -> OptInLink:
    if channel is ChannelName.MESSENGER:
        return OptInLink(channel, f"https://m.me/{account['account_id']}?ref={ref}")
    name = account.get("username", "")
    if not name:
        return OptInLink(channel, missing=NO_USER_NAME, at_account=True)
    return OptInLink(channel, f"https://ig.me/m/{quote(name, safe='')}?ref={ref}")


def word_link(channel: ChannelName, word: str, account: Mapping[str, str]) -> OptInLink:
    """Give the link that writes a word for the customer, by WhatsApp or as a text message."""
    number = account.get("number" if channel is ChannelName.WHATSAPP else "sender", "")
    if not word:
        return OptInLink(channel, missing=say("Give the trigger a word: the link writes it."))
    if not number.startswith("+"):
        return OptInLink(channel, missing=NO_NUMBER, at_account=True)
    said = quote(word, safe="")
    if channel is ChannelName.WHATSAPP:
        return OptInLink(channel, f"https://wa.me/{number[1:]}?text={said}")
    return OptInLink(channel, f"sms:{number}?body={said}")
