"""A small world for the jobs' tests: real parts, two stores, a mail server, a clock."""

import email
import email.policy
import itertools
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import select, update

from channels.email.smtp import SmtpChannel
from connectors.base import Credentials, DiscountRequest, StoreError
from jobs import abandon, advance, codes, deliver, pools, publish, recommend, track
from jobs.queues import Queues
from jobs.runtime import Periods, Runtime, Settings
from marketing import flow_schema, recipes
from marketing.flow import Flow
from marketing.links import LinkKeys
from marketing.model import ChannelName, Platform
from sandbox.faults import FaultScript
from sandbox.smtp_sink import SmtpSink
from storage import credentials, demo_clock, flows, schema, stores
from storage.credentials import Tokens
from storage.database import Database
from storage.secrets import Secrets
from storage.stores import Store
from tests.jobs.fake_codes import FakeCodes
from tests.seeding import Rows, a_store, an_item

KEY = Fernet.generate_key().decode()
UNHURRIED = 60.0  # s that a job may work in one go: on a slow machine all that is there, too
_numbers = itertools.count(1)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
PLATFORM_IS_SILENT = {
    "platform_mails": {"abandoned_checkout": False, "order_confirmation": False, "shipping": False}
}
"""Nothing of the platform's own is doubled: every recipe may go live."""
BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


class Sink:
    """A mail server that says what it took, as often as it took it."""

    def __init__(self) -> None:
        self.faults = FaultScript()
        self.taken: list[tuple[str, bytes]] = []
        self.server = SmtpSink(lambda _, to, raw: self.taken.append((to, raw)), self.faults)
        self.server.start()

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.server.port}"

    @property
    def mails(self) -> list[EmailMessage]:
        parse = email.message_from_bytes
        return [parse(raw, policy=email.policy.default) for _, raw in self.taken]

    def counts(self) -> Counter[str]:
        """How often each recipient was written to."""
        return Counter(to for to, _ in self.taken)


class FakeShop(FakeCodes):
    """The other side of a connector, as far as codes go; can be told to fail."""

    platform = Platform.SHOPIFY

    def __init__(self) -> None:
        super().__init__()
        self.made: dict[str, DiscountRequest] = {}
        self.extended: dict[str, datetime] = {}
        self.tags: list[tuple[list[str], list[str]]] = []
        self.calls = 0
        self.failures: list[StoreError] = []

    def create_discount(self, given: Credentials, request: DiscountRequest) -> str:
        self.calls += 1
        assert given.access_token == "token"
        if self.failures:
            raise self.failures.pop(0)
        self.made[request.code] = request
        return self.codes.setdefault(request.code, f"gid://discount/{request.code}")

    def since(self, _: str, __: datetime) -> None:
        """It tells everything by itself."""

    def write_tags(self, _: Credentials, __: Any, add: list[str], remove: list[str]) -> None:
        self.tags.append((add, remove))

    def extend_discount(
        self, _: Credentials, external_id: str, ends_at: datetime, _off: object
    ) -> None:
        self.extended[external_id] = ends_at

    def cart_address(self, storefront_url: str, lines: Sequence[tuple[str, int]]) -> str:
        return f"{storefront_url}/cart/{lines}"

    def with_code(self, cart_address: str, code: str) -> str:
        return f"{cart_address}&discount={code}"


class Stage:
    """Two stores with a live abandoned-cart flow each; the second is the stranger."""

    def __init__(self, runtime: Runtime, sink: Sink) -> None:
        self.runtime, self.sink = runtime, sink
        self.database = runtime.database
        self.shop: FakeShop = runtime.connectors[Platform.SHOPIFY]  # type: ignore[assignment]
        demo_clock.start(self.database)
        with self.database.writing() as connection:
            told: dict[str, Any] = {"email": "hi@maple.example", "settings": PLATFORM_IS_SILENT}
            self.store_id = a_store(connection, "maple.myshopify.com", **told)
            stranger = {"settings": PLATFORM_IS_SILENT}
            self.stranger_id = a_store(connection, "stranger.myshopify.com", **stranger)
            for store_id in (self.store_id, self.stranger_id):
                credentials.keep(connection, runtime.secrets, store_id, Tokens("token"))
        for store_id in (self.store_id, self.stranger_id):
            self.put_flow(recipes.load("abandoned-cart"), store_id)

    # --- what is there ------------------------------------------------------------------------

    def put_flow(self, flow: Flow, store_id: str | None = None) -> str:
        """Publish a flow in the store and give its id."""
        store_id = store_id or self.store_id
        with self.database.writing() as connection:
            now = self.database.now(connection)
            flow_id = flows.create(connection, store_id, flow, flow_schema.dump(flow), now)
        assert flow_id
        publish.publish(self.runtime, store_id, flow_id)
        return flow_id

    def flow_id(self, store_id: str | None = None) -> str:
        with self.database.reading() as connection:
            return flows.of_store(connection, store_id or self.store_id)[0].id

    @property
    def now(self) -> datetime:
        with self.database.reading() as connection:
            return self.database.now(connection)

    @property
    def store(self) -> Store:
        with self.database.reading() as connection:
            store = stores.by_id(connection, self.store_id)
        assert store
        return store

    def customer(self, first_name: str = "Ada", store_id: str | None = None, **columns: Any) -> str:
        subscribed = {"email_consent": "subscribed", "email_consent_source": "checkout"}
        with self.database.writing() as connection:
            rows = Rows(connection, store_id or self.store_id)
            return rows.customer(first_name, **{**subscribed, **columns})

    def cart(self, customer_id: str, store_id: str | None = None, **columns: Any) -> str:
        """Put a cart that was active just now and will be looked at in an hour."""
        now = columns.pop("updated_at", None) or self.now
        given = {
            "idle_at": now + HOUR,
            "locale": "en-US",
            "recovery_url": f"https://maple.example/recover?n={next(_numbers)}",
            **columns,
        }
        with self.database.writing() as connection:
            return Rows(connection, store_id or self.store_id).cart(customer_id, now, 8900, **given)

    def order(self, customer_id: str, **columns: Any) -> str:
        with self.database.writing() as connection:
            placed_at = columns.pop("placed_at", None) or self.database.now(connection)
            return Rows(connection, self.store_id).order(customer_id, placed_at, 8900, **columns)

    def seed_cart_people(self, count: int, store_id: str | None = None) -> list[str]:
        """Put customers with a cart each, all to be looked at in an hour."""
        store_id, now = store_id or self.store_id, self.now
        people = [_customer(store_id, number, now) for number in range(count)]
        carts = [_cart(store_id, person["id"], number, now) for number, person in enumerate(people)]
        with self.database.writing() as connection:
            connection.execute(schema.customers.insert(), people)
            connection.execute(schema.carts.insert(), carts)
        return [person["email"] for person in people]

    # --- what happens -------------------------------------------------------------------------

    def pass_time(self, by: timedelta) -> None:
        demo_clock.advance(self.database, by)

    def work(self) -> None:
        """Do whatever is due, as the workers would."""
        for store_id in (self.store_id, self.stranger_id):
            while abandon.drain(self.runtime, [store_id]):
                pass
            while advance.drain(self.runtime, [store_id]):
                pass
            while pools.drain(self.runtime, [store_id]):
                pass
            while codes.drain(self.runtime, [store_id]):
                pass
            while deliver.drain(self.runtime, [store_id]):
                pass
        track.drain(self.runtime, [])

    def do_the_days_round(self) -> None:
        """What goes with what is looked for once a day, from the moment a flow goes live."""
        recommend.drain(self.runtime, [self.store_id, self.stranger_id])

    def live(self, by: timedelta, step: timedelta = HOUR) -> None:
        """Let time pass in small steps, working after each."""
        left = by
        while left > timedelta():
            self.pass_time(min(step, left))
            left -= step
            self.work()

    # --- what is seen -------------------------------------------------------------------------

    def rows(self, table: Any, **columns: Any) -> list[Any]:
        query = select(table).where(*[table.c[name] == value for name, value in columns.items()])
        if "id" in table.c:
            query = query.order_by(table.c.id)
        with self.database.reading() as connection:
            return list(connection.execute(query))

    def messages(self, **columns: Any) -> list[Any]:
        return self.rows(schema.messages, **columns)

    def states(self, table: Any = schema.messages) -> Counter[str]:
        return Counter(row.state for row in self.rows(table))

    def events(self, name: str) -> list[Any]:
        return self.rows(schema.events, name=name)

    def change(self, table: Any, row_id: str, **values: Any) -> None:
        with self.database.writing() as connection:
            connection.execute(update(table).where(table.c.id == row_id).values(**values))


def settings(database_url: str, sink_url: str, queue_url: str, **periods: Any) -> Settings:
    return Settings(
        database_url=database_url,
        app_url="http://127.0.0.1:8000",
        app_keys=(KEY,),
        shopify_client_id="client",
        shopify_client_secrets=("secret",),
        smtp_url=sink_url,
        mail_from="hello@mail.example",
        data_dir=Path("/nowhere"),
        redis_url=queue_url,
        demo=True,
        periods=Periods(**{"work": UNHURRIED, **periods}),
    )


def runtime(given: Settings) -> Runtime:
    return Runtime(
        settings=given,
        database=Database(given.database_url),
        queues=Queues(given.redis_url or ""),
        connectors={Platform.SHOPIFY: FakeShop()},  # type: ignore[dict-item]
        channels={ChannelName.EMAIL: SmtpChannel.from_url(given.smtp_url, demo=True)},
        secrets=Secrets(given.app_keys),
        link_keys=LinkKeys.from_app_keys(given.app_keys),
    )


def _customer(store_id: str, number: int, now: datetime) -> dict[str, Any]:
    address = f"person{number}@example.com"
    return {
        "store_id": store_id,
        "id": schema.new_id(),
        "external_id": f"p{number}",
        "email": address,
        "email_key": address,
        "first_name": "Ada",
        "email_consent": "subscribed",
        "created_at": now,
        "updated_at": now,
    }


def _cart(store_id: str, customer_id: str, number: int, now: datetime) -> dict[str, Any]:
    return {
        "store_id": store_id,
        "id": schema.new_id(),
        "external_id": f"many-{number}",
        "customer_id": customer_id,
        "currency": "USD",
        "store_currency": "USD",
        "items": [an_item(4200)],
        "subtotal": 4200,
        "total": 4200,
        "store_total": 4200,
        "recovery_url": "https://maple.example/recover",
        "locale": "en-US",
        "created_at": now,
        "updated_at": now,
        "arrived_at": now,
        "idle_at": now + HOUR,
    }
