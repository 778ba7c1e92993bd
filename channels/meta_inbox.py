"""What Messenger and Instagram have in common: the Send API, its webhooks, its account."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from channels import meta, meta_events, meta_messages
from channels.base import (
    Attachment,
    Callback,
    Outcome,
    Place,
    Receipt,
    SendFailed,
    Told,
    one_by_one,
)
from channels.meta import Graph, MetaApp
from channels.meta_errors import MESSAGING
from channels.meta_events import Inbox
from marketing.model import ChannelName, RenderedMessage


@dataclass(frozen=True, slots=True)
class InboxSettings:
    """One store's page or Instagram account, and the app it is reached by."""

    account_id: str
    app: MetaApp


class MetaInbox:
    """A `channels.base.Channel`, but for its name; safe to share between threads."""

    name: ChannelName
    provider = "meta"
    about: str
    """What its webhooks call themselves."""
    fields: str
    """What we are to be told of."""
    asks: str
    """The fields that hold somebody's name."""
    inbox_app: str
    """Meta's own, by which people of the store write."""

    def __init__(self, settings: InboxSettings) -> None:
        self.settings = settings
        self._graph = Graph(settings.app, MESSAGING)
        self._inbox = Inbox(self.about, settings.account_id, settings.app.app_id)

    def send(self, message: RenderedMessage) -> Receipt:
        """Hand one message over, or raise `SendFailed`."""
        receipt: Receipt | None = None
        for body in meta_messages.calls(message):
            try:
                receipt = self._call(body)
            except SendFailed as failure:
                raise _after(receipt, failure) from failure
        if receipt is None:
            raise AssertionError("a message is one call at least")
        return receipt

    def send_many(
        self, messages: Iterable[RenderedMessage]
    ) -> Iterator[tuple[str, Receipt | SendFailed]]:
        """Hand several over one after the other; yields (message_id, outcome) as each is known."""
        return one_by_one(self.send, messages)

    def verify(self, callback: Callback) -> None:
        """Raise `BadSignature` unless Meta signed these very bytes for the store's app."""
        meta.verify(self.settings.app, callback)

    def challenge(self, query: Mapping[str, str]) -> str | None:
        """Answer Meta's first question, None to whoever does not know our word."""
        return meta.challenge(self.settings.app, query)

    def parse(self, callback: Callback) -> list[Told]:
        """Read a webhook; `ValueError` for what is none of this channel's."""
        return meta_events.parse(self._inbox, callback)

    def introduce(self) -> str:
        """Ask Meta who we are, and that it tells us what happens there."""
        told = self._graph.get(self.settings.account_id, {"fields": "name,username"})
        subscribed = {"subscribed_fields": self.fields}
        self._graph.post(f"{self.settings.account_id}/subscribed_apps", subscribed)
        return str(told.get("name") or told.get("username") or self.settings.account_id)

    def name_of(self, address: str) -> str:
        """Ask how somebody calls themselves; they have agreed to that by writing to us.

        https://developers.facebook.com/docs/messenger-platform/identity/user-profile and
        /docs/instagram-platform/instagram-api-with-instagram-login/messaging-api/user-profile, read
        2026-11-27: who only commented has not agreed, and has no name to tell.
        """
        told = self._graph.get(address, {"fields": self.asks})
        parts = (told.get("first_name"), told.get("last_name"))
        whole = " ".join(part for part in parts if isinstance(part, str) and part)
        return str(told.get("name") or whole or told.get("username") or "")

    def pass_thread(self, address: str) -> None:
        """Let Meta's own inbox lead a customer's conversation; raises `SendFailed`.

        It takes us to lead, or nobody. The page's token says whose page it is.
        """
        told = {"recipient": {"id": address}, "target_app_id": self.inbox_app}
        self._graph.post("me/pass_thread_control", told)

    def take_thread(self, address: str) -> None:
        """Lead a customer's conversation ourselves again; raises `SendFailed`.

        Meta lets the app alone that is the page's default, and one that may take what others lead.
        """
        self._graph.post("me/take_thread_control", {"recipient": {"id": address}})

    def place_of(self, attachment: Attachment) -> Place | None:
        """Give where a file lies: at an address that is good for some days, for whoever has it."""
        return Place(attachment.url) if attachment.url else None

    def close(self) -> None:
        """Close the kept connections."""
        self._graph.close()

    @property
    def door(self) -> str:
        """Give the node at which messages are handed over."""
        return self.settings.account_id

    def _call(self, body: Mapping[str, object]) -> Receipt:
        told = self._graph.post(f"{self.door}/messages", body)
        mid = told.get("message_id")
        if not isinstance(mid, str) or not mid:
            raise SendFailed("Meta gave no id of the message", outcome=Outcome.UNKNOWN)
        return Receipt(mid, "taken")


def _after(receipt: Receipt | None, failure: SendFailed) -> SendFailed:
    """What failed behind a part that is out already must not be sent again as a whole."""
    if receipt is None:
        return failure
    words = f"only its first part went out: {failure.reason}"
    return SendFailed(words, outcome=Outcome.UNKNOWN)
