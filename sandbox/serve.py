"""`python -m sandbox.serve`: the sandbox in one process, on five ports of this machine."""

import functools
import signal
import sys
import threading
from collections.abc import Callable
from types import FrameType

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server

from sandbox.admin_schema import warm_up
from sandbox.dns_host import DnsServer
from sandbox.faults import FaultScript
from sandbox.mailbox import create_mailbox, record_mail
from sandbox.meta import Meta
from sandbox.plivo import Plivo
from sandbox.seed import plant
from sandbox.shop_front import create_shop_front
from sandbox.smtp_sink import SmtpSink
from sandbox.store_admin import create_store_admin
from sandbox.twilio import Twilio
from sandbox.webhooks import Subscriptions
from sandbox.whatsapp import WhatsApp
from sandbox.woo_seed import plant as plant_woo
from sandbox.woo_store import create_woo_store
from sandbox.world import Settings, World

_FOLLOW_EVERY = 5.0
_POLL = 0.05  # seconds until a server notices that it should end


class _Handler(WSGIRequestHandler):
    """Kept connections, no waiting for full packets, no line per request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


class Sandbox:
    """All doors of the sandbox; `start()` opens them, and then their addresses are known."""

    def __init__(self, settings: Settings, subscriptions: Subscriptions | None = None) -> None:
        self.world = World(settings, subscriptions)
        self.mail_faults = FaultScript()
        self.twilio = Twilio(self.world)
        self.plivo = Plivo(self.twilio)
        self.whatsapp = WhatsApp(self.world)
        self.meta = Meta(self.world)
        self.sink = SmtpSink(
            functools.partial(record_mail, self.world), self.mail_faults, settings.host,
            settings.smtp_port,
        )  # fmt: skip
        self.dns = DnsServer(self.world.state, settings.host, settings.dns_port)
        self._servers: list[BaseWSGIServer] = []
        self._threads: list[threading.Thread] = []
        self._stopping = threading.Event()

    def start(self) -> None:
        world = self.world
        world.time_machine.follow()
        plant(world)
        self.sink.start()
        self.dns.start()
        world.settle_ports(
            front_port=self._open(create_shop_front(world), world.settings.front_port),
            admin_port=self._open(create_store_admin(world), world.settings.admin_port),
            mailbox_port=self._open(
                create_mailbox(
                    world, self.mail_faults, (self.twilio, self.plivo), self.whatsapp, self.meta
                ),
                world.settings.mailbox_port,
            ),
            smtp_port=self.sink.port,
            dns_port=self.dns.port,
            woo_port=self._open(create_woo_store(world), world.settings.woo_port),
        )
        plant_woo(world.woo)
        world.outbox.start()
        world.woo.start()
        self._run(self._follow, "clock")
        self._run(warm_up, "schema")

    def stop(self) -> None:
        self._stopping.set()
        for server in self._servers:
            server.shutdown()
            server.server_close()
        self.sink.stop()
        self.dns.stop()
        for thread in self._threads:
            thread.join(timeout=5)
        self.plivo.close()
        self.twilio.close()
        self.whatsapp.close()
        self.meta.close()
        self.world.close()

    def wait(self) -> None:
        """Until `stop_soon` or a signal."""
        self._stopping.wait()

    def stop_soon(self) -> None:
        self._stopping.set()

    def _open(self, app: Flask, port: int) -> int:
        server = make_server(
            self.world.settings.host, port, app, threaded=True, request_handler=_Handler
        )
        self._servers.append(server)
        self._run(functools.partial(server.serve_forever, _POLL), app.name)
        return int(server.port)

    def _follow(self) -> None:
        known = False
        while not self._stopping.wait(_FOLLOW_EVERY if known else 0.5):
            known = self.world.time_machine.follow()

    def _run(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.append(thread)
        thread.start()


def main() -> int:
    """Serve until SIGTERM or ctrl-C."""
    sandbox = Sandbox(Settings.from_env())

    def end(_signal: int, _frame: FrameType | None) -> None:
        sandbox.stop_soon()

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    sandbox.start()
    sandbox.wait()
    sandbox.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
