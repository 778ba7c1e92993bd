"""How fast the website chat's door may be knocked at, so that no stranger keeps visitors out.

An address and its network are bounded first. Behind them each conversation has a bound of its own,
which only who holds its token can use up: no visitor waits for what others do. Whoever begins
shares a bound with all the store's, but for the first ones of each network, which nobody can use up
for them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from jobs.networks import host_of, network_of
from jobs.pixel_limits import Buckets, TooFast


class Hurried(TooFast):
    """Knocked too often at the chat's door; `retry_after` is in whole seconds."""


@dataclass(slots=True)
class ChatLimits:
    """The bounds of one web process."""

    address: Buckets = field(default_factory=lambda: Buckets(rate=20, burst=300))
    beginning: Buckets = field(default_factory=lambda: Buckets(rate=0.05, burst=10))
    beginning_there: Buckets = field(default_factory=lambda: Buckets(rate=0.5, burst=60))
    first_of_network: Buckets = field(default_factory=lambda: Buckets(rate=0.005, burst=3))
    beginning_at_store: Buckets = field(default_factory=lambda: Buckets(rate=2, burst=120))
    said_from: Buckets = field(default_factory=lambda: Buckets(rate=2, burst=60))
    said: Buckets = field(default_factory=lambda: Buckets(rate=0.5, burst=15))
    addresses_from: Buckets = field(default_factory=lambda: Buckets(rate=1 / 120, burst=12))
    fetched: Buckets = field(default_factory=lambda: Buckets(rate=2, burst=60))

    def knock(self, address: str) -> None:
        """Count a knock of an address, whatever it wants; raises `Hurried`, as all here do."""
        with _hurried():
            self.address.take(host_of(address))

    def begin(self, address: str) -> None:
        """Count a beginning of an address, before the store is looked up."""
        with _hurried():
            self.beginning.take(host_of(address))
            self.beginning_there.take(network_of(address))

    def begin_at(self, store_id: str, address: str) -> None:
        """Count a beginning at a store."""
        with _hurried():
            try:
                self.first_of_network.take(f"{store_id} {network_of(address)}")
            except TooFast:
                self.beginning_at_store.take(store_id)

    def say(self, address: str, visitor: str) -> None:
        """Count what a visitor says; they are known by their token."""
        with _hurried():
            self.said.take(visitor)
            self.said_from.take(host_of(address))

    def give_address(self, address: str) -> None:
        """Count an e-mail address that is typed in a chat: its owner may be asked by mail."""
        with _hurried():
            self.addresses_from.take(network_of(address))

    def fetch(self, visitor: str) -> None:
        """Count that a visitor fetches; they are known by their token."""
        with _hurried():
            self.fetched.take(visitor)


@contextmanager
def _hurried() -> Iterator[None]:
    try:
        yield
    except TooFast as error:
        raise Hurried(error.retry_after) from None
