"""How fast the sign-up form's door may be knocked at, so that no stranger keeps visitors out.

An address and its network are bounded first, whatever they bring. Whoever really signs up shares a
bound with all the store's, but for the first ones of each network, which nobody can use up for
them. How many are mailed in an hour is bounded where the mails are asked for: `jobs.signups`.
"""

from dataclasses import dataclass, field

from jobs.networks import host_of, network_of
from jobs.pixel_limits import Buckets, TooFast


@dataclass(slots=True)
class FormLimits:
    """The bounds of one web process; each raises `TooFast`."""

    address: Buckets = field(default_factory=lambda: Buckets(rate=1 / 30, burst=12))
    network: Buckets = field(default_factory=lambda: Buckets(rate=0.1, burst=60))
    first_of_network: Buckets = field(default_factory=lambda: Buckets(rate=0.005, burst=3))
    rest_of_store: Buckets = field(default_factory=lambda: Buckets(rate=0.05, burst=120))

    def knock(self, address: str) -> None:
        """Count a filled-in form of an address, before anything is looked up."""
        self.address.take(host_of(address))
        self.network.take(network_of(address))

    def sign_up(self, store_id: str, address: str) -> None:
        """Count a form at a store that is filled in as it should be."""
        try:
            self.first_of_network.take(f"{store_id} {network_of(address)}")
        except TooFast:
            self.rest_of_store.take(store_id)
