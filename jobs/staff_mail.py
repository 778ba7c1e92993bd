"""A mail to the store's own people; a crash on the way may send it twice, never not at all."""

from email.utils import make_msgid, parseaddr
from html import escape

from channels.base import SendFailed
from connectors.base import StoreUnavailable
from jobs.runtime import Runtime
from marketing.model import ChannelName, RenderedMessage
from marketing.rendering import MAX_SUBJECT, one_line
from storage.outbox import Call
from storage.stores import Store

LINE_END = chr(10)


def mail_staff(
    runtime: Runtime, call: Call, store: Store, to: str, subject: str, text: str
) -> None:
    """Write to somebody of the store's, under one line whatever is in it.

    Raises `StoreUnavailable` where it does not go.
    """
    sender = parseaddr(runtime.settings.mail_from)[1]
    message = RenderedMessage(
        message_id=call.id,
        channel=ChannelName.EMAIL,
        to=to,
        to_name=store.name,
        sender=sender,
        sender_name="Reprise",
        subject=one_line(subject)[:MAX_SUBJECT],
        html=f"<p>{escape(text).replace(LINE_END, '<br>')}</p>",
        text=text,
        headers={"Message-ID": make_msgid(call.id, sender.rpartition("@")[2] or "localhost")},
    )
    for _, outcome in runtime.channels[ChannelName.EMAIL].send_many([message]):
        if isinstance(outcome, SendFailed):
            raise StoreUnavailable(f"the mail to {to} did not go: {outcome.reason}")
