"""The world of the sandbox: its memory, time, webhooks and addresses, handed to every door."""

import os
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from sandbox.clock import AllOutgoing, AppDoor, BusinessClock, TimeMachine
from sandbox.faults import FaultScript
from sandbox.oauth import Client, TokenDesk
from sandbox.state import Record, State
from sandbox.webhooks import Outbox, Subscriptions, read_subscriptions
from sandbox.woo_shop import WooShop

SAMPLE_SHOP = "maple-and-moss.myshopify.com"
STRANGER_SHOP = "harbor-lantern.myshopify.com"
_TOML = Path(__file__).parent.parent / "connectors" / "shopify" / "app" / "shopify.app.toml"


@dataclass(frozen=True)
class Settings:
    """Where the doors are; a port of 0 lets the system choose."""

    data_dir: Path
    app_url: str
    client: Client
    front_port: int = 0
    admin_port: int = 0
    mailbox_port: int = 0
    smtp_port: int = 0
    dns_port: int = 0
    woo_port: int = 0
    host: str = "127.0.0.1"

    @classmethod
    def from_env(cls) -> "Settings":
        """Read PORT, DATA_DIR, APP_URL, the mail and DNS ports, and the app's id and secrets."""
        port = int(os.environ.get("PORT", "8000"))
        secrets = os.environ.get("SHOPIFY_CLIENT_SECRET", "sandbox-secret").split(",")
        return cls(
            data_dir=Path(os.environ.get("DATA_DIR", "var")),
            app_url=os.environ.get("APP_URL", f"http://127.0.0.1:{port}").rstrip("/"),
            client=Client(
                os.environ.get("SHOPIFY_CLIENT_ID", "sandbox-client"),
                tuple(s.strip() for s in secrets if s.strip()),
            ),
            front_port=port + 1 if port else 0,
            admin_port=port + 2 if port else 0,
            mailbox_port=port + 3 if port else 0,
            woo_port=port + 4 if port else 0,
            smtp_port=int(os.environ.get("SANDBOX_SMTP_PORT", "0")),
            dns_port=int(os.environ.get("SANDBOX_DNS_PORT", "0")),
        )


class World:
    """Everything the doors of the sandbox share."""

    def __init__(self, settings: Settings, subscriptions: Subscriptions | None = None) -> None:
        self.settings = settings
        self.client = settings.client
        self.subscriptions = subscriptions or read_subscriptions(_TOML)
        self.state = State(settings.data_dir / "sandbox" / "sandbox.db")
        self.clock = BusinessClock()
        self.desk = TokenDesk(self.state, self.client)
        self.faults = FaultScript()
        self.door = AppDoor(settings.app_url, self.client.secret)
        self.outbox = Outbox(
            self.state, self.clock, self.client, settings.app_url, self.subscriptions
        )
        self.woo = WooShop(self.state, self.clock, settings.app_url)
        outgoing = AllOutgoing(self.outbox, self.woo.jobs)
        self.time_machine = TimeMachine(self.clock, self.door, outgoing)

    def close(self) -> None:
        self.woo.close()
        self.outbox.close()
        self.door.close()
        self.state.close()

    def settle_ports(self, **ports: Any) -> None:
        """Take the ports that the system chose."""
        self.settings = replace(self.settings, **ports)
        self.woo.url = f"http://{self.settings.host}:{self.settings.woo_port}"

    @property
    def front_url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.front_port}"

    @property
    def admin_url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.admin_port}"

    @property
    def mailbox_url(self) -> str:
        return f"http://{self.settings.host}:{self.settings.mailbox_port}"

    @property
    def app_url(self) -> str:
        return self.settings.app_url

    def now(self) -> str:
        """Business time, as records keep it: ISO 8601, UTC."""
        return self.clock.now().isoformat(timespec="milliseconds")

    def shop(self, shop: str) -> Record | None:
        """The shop's own record, None for a shop the sandbox does not play."""
        return self.state.get(shop, "shop", "shop")

    # The app in a shop.

    def install(self, shop: str) -> Record:
        """The merchant agrees to the scopes: the app is in the shop from now on."""
        with self.state.transaction():
            before = self.state.get(shop, "install", "app")
            if before and before["active"]:
                return before
            number = self.state.next_number("installation", 700_100)
            record = {
                "id": "app",
                "number": number,
                "active": True,
                "installed_at": self.now(),
                "uninstalled_at": None,
                "scopes": list(self.subscriptions.scopes),
            }
            return self.state.put(shop, "install", record)

    def uninstall(self, shop: str, payload: Any, redaction: Any) -> None:
        """The merchant removes the app: its tokens die, and it is told, now and in 48 hours."""
        record = self.state.get(shop, "install", "app")
        if record is None or not record["active"]:
            return
        with self.state.transaction():
            self.state.put(
                shop, "install", {**record, "active": False, "uninstalled_at": self.now()}
            )
            self.desk.revoke(shop)
        self.outbox.emit(shop, "app/uninstalled", payload)
        self.outbox.emit(shop, "shop/redact", redaction, wait=timedelta(hours=48))

    def is_installed(self, shop: str) -> bool:
        record = self.state.get(shop, "install", "app")
        return bool(record and record["active"])

    def emit(self, shop: str, topic: str, payload: Any, event: str = "") -> None:
        """A webhook, if the app is in the shop."""
        if self.is_installed(shop):
            self.outbox.emit(shop, topic, payload, event=event)
