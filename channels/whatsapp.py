"""WhatsApp by Meta's Cloud API: the store's own number, business account and Meta app.

https://developers.facebook.com/docs/whatsapp/cloud-api. Messages have no idempotency key: what
was not answered is `unknown`, and its statuses, which carry our id, say what became of it.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from channels import meta, whatsapp_events
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
from channels.meta import Graph, Json, MetaApp, listed, within
from channels.whatsapp_errors import MARKETING_ELSEWHERE, WHATSAPP
from channels.whatsapp_events import Number
from channels.whatsapp_messages import body_of
from marketing.model import ChannelName, RenderedMessage
from marketing.whatsapp_templates import MessageTemplate, read_template

META_HOSTS = (".fbsbx.com", ".fbcdn.net", ".facebook.com", ".whatsapp.net")
"""Where Meta keeps the files of WhatsApp."""
PAGE = "100"
MOST_PAGES = 60
"""Six thousand templates: Meta lets a business have as many."""
FIELDS = "name,language,status,category,components,parameter_format,rejected_reason,quality_score"


@dataclass(frozen=True, slots=True)
class WhatsAppSettings:
    """One store's number, the account that it belongs to, and the app it is reached by."""

    account_id: str
    phone_number_id: str
    app: MetaApp


class WhatsAppChannel:
    """A `channels.base.Channel`; safe to share between threads."""

    name = ChannelName.WHATSAPP
    provider = "meta"

    def __init__(self, settings: WhatsAppSettings) -> None:
        self.settings = settings
        self._graph = Graph(settings.app, WHATSAPP)
        self._number = Number(settings.account_id, settings.phone_number_id)
        self._by_marketing: set[str] = set()
        """Templates that the Cloud API sent on to the Marketing Messages API."""

    def send(self, message: RenderedMessage) -> Receipt:
        """Hand one message over, or raise `SendFailed`."""
        body = body_of(message)
        template = within(body, "template").get("name")
        if template not in self._by_marketing:
            try:
                return self._call("messages", body)
            except SendFailed as failure:
                if template is None or failure.code != MARKETING_ELSEWHERE[0]:
                    raise
        receipt = self._call("marketing_messages", body)
        self._by_marketing.add(str(template))
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
        return whatsapp_events.parse(self._number, callback)

    def introduce(self) -> str:
        """Ask Meta who we are, and that it tells us what happens there.

        The fields and the call are those of pywa 4.5, which is current; 2026-11-27.
        """
        number = self.settings.phone_number_id
        told = self._graph.get(number, {"fields": "verified_name,display_phone_number"})
        self._graph.post(f"{self.settings.account_id}/subscribed_apps", {})
        names = (told.get("verified_name"), told.get("display_phone_number"))
        return ", ".join(str(one) for one in names if one) or number

    def templates(self) -> list[MessageTemplate]:
        """Give every template of the account; raises `SendFailed`.

        What Meta tells of a single one that makes no sense is left out.
        """
        found: list[MessageTemplate] = []
        query = {"fields": FIELDS, "limit": PAGE}
        for _ in range(MOST_PAGES):
            page = self._graph.get(f"{self.settings.account_id}/message_templates", query)
            found.extend(_templates(page))
            after = within(page, "paging", "cursors").get("after")
            if not after or not within(page, "paging").get("next"):
                return found
            query = {**query, "after": str(after)}
        raise SendFailed("Meta's list of templates has no end", outcome=Outcome.RETRY)

    def place_of(self, attachment: Attachment) -> Place | None:
        """Ask Meta where a file lies: it is given to whoever has our token, for five minutes.

        The token goes to Meta's own hosts alone.
        """
        if not attachment.media_id.isalnum():
            return None
        asked = {"phone_number_id": self._number.phone_number_id}
        told = self._graph.get(attachment.media_id, asked)
        url = str(told.get("url") or "")
        host = urlsplit(url).hostname or ""
        is_metas = host.endswith(META_HOSTS) or host == urlsplit(self.settings.app.url).hostname
        if not is_metas:
            raise SendFailed("Meta named no place of its own", outcome=Outcome.REJECTED)
        return Place(url, {"Authorization": f"Bearer {self.settings.app.access_token}"})

    def close(self) -> None:
        """Close the kept connections."""
        self._graph.close()

    def _call(self, door: str, body: Mapping[str, Any]) -> Receipt:
        told = self._graph.post(f"{self.settings.phone_number_id}/{door}", body)
        sent = listed(told, "messages")
        one = sent[0] if sent else {}
        if not one.get("id"):
            raise SendFailed("Meta gave no id of the message", outcome=Outcome.UNKNOWN)
        return Receipt(str(one["id"]), str(one.get("message_status") or "accepted"))


def _templates(page: Json) -> Iterator[MessageTemplate]:
    for one in listed(page, "data"):
        if one.get("name") and one.get("language"):
            yield read_template(one)
