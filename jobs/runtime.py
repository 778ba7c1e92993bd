"""What a job needs in its hands: the settings, read once, and what is built from them."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import channels
import connectors
from channels import Providers
from channels.base import Channel
from channels.meta import GRAPH_URL, INSTAGRAM_URL
from channels.sms.plivo import API_URL as PLIVO_API_URL
from channels.sms.twilio import API_URL as TWILIO_API_URL
from connectors.base import StoreConnector
from jobs import embedded_queue
from jobs.queues import Queues
from marketing.links import LinkKeys
from marketing.model import ChannelName, Platform
from marketing.short_links import length_at
from storage.credentials import refuse_unknown_keys
from storage.database import Database
from storage.demo_clock import refuse_demo_database
from storage.secrets import Secrets

ADMIN_URL = "https://{shop}"
WOOCOMMERCE_STORE_URL = "https://{domain}"
SHARED_SENDER_DAILY = 500
APP_BRIDGE_URL = "https://cdn.shopify.com/shopifycloud/app-bridge.js"


class BadSettings(Exception):
    """A setting is missing or makes no sense; the message names it and the remedy."""


@dataclass(frozen=True, slots=True)
class Periods:
    """How long things take, in seconds of real time; tests shorten them."""

    lease: float = 90.0
    reap: float = 30.0
    sweep: float = 10.0
    leader: float = 15.0
    reconcile: tuple[float, ...] = (60, 300, 900, 3600, 21600, 86400)
    work: float = 0.5
    """How long one job works before it goes to the back of its queue; two seconds at the most."""
    scanner: float = 2.0
    """A click sooner after the hand-over than this is no person's."""

    @classmethod
    def from_env(cls, env: Mapping[str, str]) -> "Periods":
        default = cls()
        steps = env.get("REPRISE_RECONCILE_SECONDS")
        return cls(
            lease=_seconds(env, "REPRISE_LEASE_SECONDS", default.lease),
            reap=_seconds(env, "REPRISE_REAP_SECONDS", default.reap),
            sweep=_seconds(env, "REPRISE_SWEEP_SECONDS", default.sweep),
            leader=_seconds(env, "REPRISE_LEADER_SECONDS", default.leader),
            reconcile=tuple(float(s) for s in steps.split(",")) if steps else default.reconcile,
            work=_seconds(env, "REPRISE_WORK_SECONDS", default.work),
            scanner=_seconds(env, "REPRISE_SCANNER_SECONDS", default.scanner),
        )


@dataclass(frozen=True, slots=True)
class Settings:
    """Every setting of the app; README lists them for people."""

    database_url: str
    app_url: str
    app_keys: tuple[str, ...]
    shopify_client_id: str
    shopify_client_secrets: tuple[str, ...]
    """Newest first; the one before stays valid while a rotation spreads."""
    smtp_url: str
    mail_from: str
    data_dir: Path = Path("var")
    redis_url: str | None = None
    shopify_admin_url: str = ADMIN_URL
    shopify_app_bridge_url: str = APP_BRIDGE_URL
    shopify_codes_in_links: bool = True
    """Whether a cart's link says which code to apply: that a recovery link heeds it is not sure."""
    woocommerce_store_url: str = WOOCOMMERCE_STORE_URL
    """How a store's domain becomes its address."""
    short_link_url: str | None = None
    """A short domain that leads to this app, for the links in text messages; None: `app_url`."""
    max_webhook_bytes: int = 5 * 1024 * 1024
    proxies: int = 0
    """How many proxies of ours a request comes through: so many are believed who knocks."""
    twilio_api_url: str = TWILIO_API_URL
    plivo_api_url: str = PLIVO_API_URL
    meta_graph_url: str = GRAPH_URL
    instagram_graph_url: str = INSTAGRAM_URL
    demo: bool = False
    dns_servers: str | None = None
    """Where sending domains are looked up; None: as this machine looks up all names."""
    spf_include: str | None = None
    """What the mail server's SPF is, for the stores' own domains to include."""
    shared_sender_daily: int | None = None
    """So many marketing e-mails a store may send a day from the shared sender; None: any number."""
    periods: Periods = field(default_factory=Periods)

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> "Settings":
        """Read the environment; raise `BadSettings` for what cannot work."""
        env = os.environ if env is None else env
        data_dir = Path(env.get("DATA_DIR") or "var")
        settings = cls(
            database_url=_database_url(env.get("DATABASE_URL"), data_dir),
            app_url=_public(env, "APP_URL"),
            short_link_url=_public(env, "SHORT_LINK_URL") if env.get("SHORT_LINK_URL") else None,
            app_keys=_listed(env, "APP_KEYS"),
            shopify_client_id=_needed(env, "SHOPIFY_CLIENT_ID"),
            shopify_client_secrets=_listed(env, "SHOPIFY_CLIENT_SECRET"),
            smtp_url=_needed(env, "SMTP_URL"),
            mail_from=_needed(env, "MAIL_FROM"),
            data_dir=data_dir,
            redis_url=env.get("REDIS_URL") or None,
            shopify_admin_url=env.get("SHOPIFY_ADMIN_URL") or ADMIN_URL,
            shopify_app_bridge_url=env.get("SHOPIFY_APP_BRIDGE_URL") or APP_BRIDGE_URL,
            shopify_codes_in_links=env.get("SHOPIFY_CODES_IN_LINKS") != "0",
            woocommerce_store_url=env.get("WOOCOMMERCE_STORE_URL") or WOOCOMMERCE_STORE_URL,
            max_webhook_bytes=int(_seconds(env, "MAX_WEBHOOK_BYTES", 5 * 1024 * 1024)),
            proxies=_proxies(env),
            plivo_api_url=(env.get("PLIVO_API_URL") or PLIVO_API_URL).rstrip("/"),
            twilio_api_url=(env.get("TWILIO_API_URL") or TWILIO_API_URL).rstrip("/"),
            meta_graph_url=(env.get("META_GRAPH_URL") or GRAPH_URL).rstrip("/"),
            instagram_graph_url=(env.get("INSTAGRAM_GRAPH_URL") or INSTAGRAM_URL).rstrip("/"),
            demo=env.get("DEMO") == "1",
            dns_servers=env.get("DNS_SERVERS") or None,
            spf_include=env.get("SPF_INCLUDE") or None,
            shared_sender_daily=_shared_sender(env),
            periods=Periods.from_env(env),
        )
        settings.refuse_loopback()
        return settings

    @property
    def link_url(self) -> str:
        """Give where the short links of text messages begin."""
        return self.short_link_url or self.app_url

    @property
    def link_length(self) -> int:
        """Give how many letters such a link has."""
        return length_at(self.link_url)

    def refuse_loopback(self) -> None:
        """Outside the demo nothing we send store data to may be on this very machine."""
        if self.demo:
            return
        for name, url in (
            ("SHOPIFY_ADMIN_URL", self.shopify_admin_url),
            ("SHOPIFY_APP_BRIDGE_URL", self.shopify_app_bridge_url),
            ("WOOCOMMERCE_STORE_URL", self.woocommerce_store_url),
            ("TWILIO_API_URL", self.twilio_api_url),
            ("PLIVO_API_URL", self.plivo_api_url),
            ("META_GRAPH_URL", self.meta_graph_url),
            ("INSTAGRAM_GRAPH_URL", self.instagram_graph_url),
            ("APP_URL", self.app_url),
            ("SHORT_LINK_URL", self.link_url),
        ):
            if not url.startswith("https://"):
                message = f"{name} is {url!r}: it must begin with https:// (only DEMO=1 may differ)"
                raise BadSettings(message)


@dataclass(frozen=True, slots=True)
class Runtime:
    """One process' hands: built once, shared by its threads."""

    settings: Settings
    database: Database
    queues: Queues
    connectors: Mapping[Platform, StoreConnector]
    channels: Mapping[ChannelName, Channel]
    secrets: Secrets
    link_keys: LinkKeys
    providers: Providers = field(default_factory=Providers)

    @classmethod
    def build(cls, settings: Settings) -> "Runtime":
        """Connect to everything; a database with a demo clock needs the demo setting."""
        secrets = Secrets(settings.app_keys)
        return cls(
            settings=settings,
            database=_open_database(settings, secrets),
            queues=Queues(settings.redis_url or embedded_queue.socket_url(settings.data_dir)),
            connectors=connectors.build(
                shopify_client_id=settings.shopify_client_id,
                shopify_client_secrets=settings.shopify_client_secrets,
                shopify_admin_url=settings.shopify_admin_url,
                shopify_codes_in_links=settings.shopify_codes_in_links,
                woocommerce_store_url=settings.woocommerce_store_url,
                app_keys=settings.app_keys,
                demo=settings.demo,
            ),
            channels=channels.build(smtp_url=settings.smtp_url, demo=settings.demo),
            secrets=secrets,
            link_keys=LinkKeys.from_app_keys(settings.app_keys),
            providers=Providers(
                settings.twilio_api_url,
                not settings.demo,
                settings.meta_graph_url,
                settings.instagram_graph_url,
                settings.plivo_api_url,
            ),
        )


def _open_database(settings: Settings, secrets: Secrets) -> Database:
    """Open the database, unless it isn't ours to work with: a demo's, or of unknown keys."""
    database = Database(settings.database_url)
    try:
        if not settings.demo:
            refuse_demo_database(database)
        refuse_unknown_keys(database, secrets)
    except BaseException:
        database.close()
        raise
    return database


_current: list[Runtime] = []


def current() -> Runtime:
    """Give this process' runtime, built from the environment at the first call."""
    if not _current:
        _current.append(Runtime.build(Settings.from_env()))
    return _current[0]


def _needed(env: Mapping[str, str], name: str) -> str:
    value = env.get(name, "").strip()
    if not value:
        raise BadSettings(f"{name} is not set: see the table of settings in README.md")
    return value


def _listed(env: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in _needed(env, name).split(",") if part.strip())


def _shared_sender(env: Mapping[str, str]) -> int | None:
    """Read how much the shared sender takes; 0 is no limit."""
    return int(_seconds(env, "SHARED_SENDER_DAILY", SHARED_SENDER_DAILY)) or None


def _proxies(env: Mapping[str, str]) -> int:
    value = env.get("PROXIES") or "0"
    if not (value.isascii() and value.isdigit()):
        raise BadSettings(f"PROXIES is {value!r}: give a number of proxies, 0 or more")
    return int(value)


def _seconds(env: Mapping[str, str], name: str, default: float) -> float:
    value = env.get(name)
    if not value:
        return default
    try:
        return float(value)
    except ValueError:
        raise BadSettings(f"{name} is {value!r}: give a number") from None


def _database_url(url: str | None, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{(data_dir / 'reprise.db').absolute()}"
    for scheme in ("postgres://", "postgresql://"):
        if url.startswith(scheme):
            return "postgresql+psycopg://" + url.removeprefix(scheme)
    return url


def _public(env: Mapping[str, str], name: str) -> str:
    url = _needed(env, name).rstrip("/")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise BadSettings(f"{name} is {url!r}: give the public address, as https://app.example.com")
    return url
