"""The WooCommerce store that the sandbox plays: the site, its queue, its webhooks, its plugin."""

from sandbox.clock import BusinessClock
from sandbox.state import State
from sandbox.woo_hooks import Hooks
from sandbox.woo_jobs import Jobs
from sandbox.woo_signals import Signals
from sandbox.woo_site import Site


class WooShop(Site):
    """Everything the doors of the WooCommerce store share."""

    def __init__(self, state: State, clock: BusinessClock, app_url: str) -> None:
        super().__init__(state, clock, app_url)
        self.jobs = Jobs(self)
        self.hooks = Hooks(self, self.jobs)
        self.signals = Signals(self, self.jobs)

    def start(self) -> None:
        self.jobs.start()

    def close(self) -> None:
        self.jobs.close()
