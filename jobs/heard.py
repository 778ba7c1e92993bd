"""One message of a customer's, as the parts that read it hand it on: whose it is, and its news."""

from dataclasses import dataclass
from datetime import datetime

from channels.base import InboundMessage
from jobs import enroll
from jobs.runtime import Runtime
from marketing.events import EventName, News
from marketing.keyword_match import folded
from marketing.model import ChannelName
from storage import Connection, flow_events
from storage.flow_events import Told
from storage.inbound import Inbound
from storage.stores import Store


@dataclass(frozen=True, slots=True)
class Heard:
    """A message that came in, within the transaction that keeps it."""

    runtime: Runtime
    connection: Connection
    store: Store
    channel: ChannelName
    message: InboundMessage
    """As the channel told of it."""
    kept: Inbound
    """As it is kept, with whose it is."""
    said_at: datetime
    """When they wrote it, in business time; earlier than it is kept where we heard of it late."""
    is_test: bool = False
    """Somebody of the team wrote it, to try out what becomes of it."""

    @property
    def customer_id(self) -> str:
        return self.kept.customer_id

    def react(self, name: EventName, data: dict[str, str | None]) -> None:
        """Tell flows and the timeline what this message comes to; of None nothing is kept.

        Its words are told to flows alone.
        """
        given = {"channel": self.channel.value, **data}
        told = {key: value for key, value in given.items() if value is not None}
        # `storage.history` reads from the key which message it was.
        at, key = self.kept.received_at, f"{self.kept.provider_id}:{self.channel}"
        event = Told(name, self.customer_id, at, key, told)
        flow_events.keep(self.connection, self.store.id, [event])
        words = folded(self.kept.text)
        news = [News(name, at, self.customer_id, data=told, words=words)]
        enroll.react(self.connection, self.runtime, self.store, news, at)
