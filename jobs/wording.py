"""From a message's row to its words: the context of its template, and the finished message."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime, parseaddr
from functools import cache
from typing import Any

from jobs import asking, opt_out_lines, shared_sender, showing, whatsapp_wording
from jobs.context import context_of
from jobs.opt_out_lines import Texted
from jobs.runtime import Runtime
from jobs.showing import Shown
from marketing.links import MessageLinks, unsubscribe_headers
from marketing.marks import Marks, Origin, pages_of
from marketing.model import ChannelName, MessageKind, RenderedMessage, Signing
from marketing.policy import marks_links
from marketing.rendering import Renderer, presentable_name
from marketing.short_links import ShortLink, shorten
from storage import Connection, Row, flows
from storage.flows import Version
from storage.stores import Store

_renderer = Renderer()


@dataclass(frozen=True, slots=True)
class Sources:
    """What the words of a batch are made from."""

    store: Store
    versions: Mapping[tuple[str, str], Version]
    shown: Shown
    now: datetime
    signing: Signing | None = None
    """In whose name the messages are signed; None: the shared sender sends them."""
    whatsapp: whatsapp_wording.Sources = field(default_factory=whatsapp_wording.Sources)
    texts: Mapping[str, Texted] = field(default_factory=dict)
    """How each marketing text is framed, by message id."""


@dataclass(frozen=True, slots=True)
class Written:
    """One finished message."""

    message: RenderedMessage
    short_links: tuple[ShortLink, ...] = ()
    """What its short links stand for; kept before it is handed over."""
    told_stop_to: str | None = None
    """The hash of the number that it tells how to stop texts."""


def load(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    rows: Iterable[Row[Any]],
    now: datetime,
    hashes: Mapping[str, str] | None = None,
) -> Sources:
    """Load what a batch of messages tells about; `now` is the date they will bear.

    `hashes`: of the addresses that the gate knows, by message id.
    """
    wanted = list(rows)
    versions = flows.versions(connection, [(store.id, row.version_id) for row in wanted])
    signing = shared_sender.signing_of(runtime, connection, store)
    shown = showing.load(connection, store, wanted, versions)
    whatsapp = whatsapp_wording.load(connection, store, wanted, versions, hashes or {})
    texts = opt_out_lines.load(runtime, connection, store, wanted)
    return Sources(store, versions, shown, now, signing, whatsapp, texts)


def write(
    runtime: Runtime, sources: Sources, row: Row[Any], to: str | None, *, offers_code: bool
) -> Written:
    """Give one finished message to an address; raises `marketing.rendering.RenderingFailed`."""
    keys, origin = runtime.link_keys, _origin(sources.store, row)
    links = MessageLinks(runtime.settings.app_url, keys, row.store_id, row.id, origin)
    version = sources.versions[row.store_id, row.version_id]
    compiled, step = version.templates[row.step_id], version.flow.steps_by_id[row.step_id]
    context = context_of(sources.store, sources.shown, row, links, offers_code=offers_code)
    words = _renderer.render(compiled, context, links)
    chat = asking.chat_of(words, step, row, context)
    if row.channel == ChannelName.WHATSAPP:
        chat = whatsapp_wording.write(sources.whatsapp, row, context, sources.now) or chat
    headers = {
        "Message-ID": row.rfc_message_id,
        "Date": format_datetime(sources.now),
        "X-Msg-Id": row.id,
        "Feedback-ID": f"{row.flow_id}:{row.store_id}:{row.kind}:reprise",
    }
    if row.kind == MessageKind.MARKETING:
        headers |= unsubscribe_headers(context["links"]["unsubscribe"])
    settings = sources.store.settings
    sender = _address(runtime.settings.mail_from)
    if sources.signing:
        sender = str(settings["sender_address"])
    elif replies_to := settings.get("sender_address") or sources.store.email:
        headers["Reply-To"] = replies_to
    text = chat.text if chat else asking.text_of(words, step, row, context)
    short: tuple[ShortLink, ...] = ()
    told_stop_to = None
    if row.channel == ChannelName.SMS:
        own = f"{compiled.sms or compiled.text}\n{asking.agreement(step, context)}"
        text, told_stop_to = opt_out_lines.write(text, own, sources.texts.get(row.id), context)
        text, short = shorten(text, links, runtime.settings.link_url)
    message = RenderedMessage(
        message_id=row.id,
        channel=ChannelName(row.channel),
        to=to or "",
        to_name=_full_name(row),
        sender=sender,
        signing=sources.signing,
        sender_name=settings.get("sender_name") or sources.store.name,
        subject=words.subject,
        html=words.html,
        text=text,
        headers=headers,
        chat=chat,
    )
    return Written(message, short, told_stop_to)


def _origin(store: Store, row: Row[Any]) -> Origin | None:
    """Texts are paid for by their length: their links carry no marks."""
    if row.channel != ChannelName.EMAIL or not marks_links(store.settings):
        return None
    marks = Marks(row.id, row.channel, row.flow_name, row.step_id)
    return Origin(marks, pages_of(store.storefront_url, store.domain))


@cache
def _address(mail_from: str) -> str:
    return parseaddr(mail_from)[1]


def _full_name(row: Row[Any]) -> str | None:
    names = (presentable_name(row.first_name), presentable_name(row.last_name))
    return " ".join(name for name in names if name) or None
