"""A store's line to its customers on one channel: the provider as the sandbox plays it, the real
account, the real jobs; what the provider tells is kept until the test lets it arrive."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

from flask import Flask

from channels import Providers
from channels.base import Callback, InboundMessage
from jobs import advance, channel_accounts, conversing, deliver, enroll, outbox, receive
from marketing.events import EventName, News
from marketing.model import ChannelName
from sandbox import meta_doors, meta_people, plivo, twilio, whatsapp, whatsapp_doors
from sandbox.faults import Fault
from sandbox.meta import APP_ID, PLATFORMS, Meta
from sandbox.oauth import Client
from sandbox.plivo import Plivo
from sandbox.twilio import NUMBER, Twilio
from sandbox.whatsapp import ACCOUNT_ID, PHONE_NUMBER_ID, WhatsApp
from sandbox.world import Settings, World
from storage import events, schema
from storage.events import Event
from tests.jobs.stage import Stage
from tests.jobs.test_steps import MAIL, a_flow
from tests.jobs.test_whatsapp_messages import BY_WHATSAPP
from tests.sandbox.conftest import EVERYTHING
from tests.served import served

PLIVO = "plivo"
"""Text messages by their other provider."""
LINES = ["sms", PLIVO, "whatsapp", "messenger", "instagram"]
BY_META = ["messenger", "instagram"]
Told = tuple[str, Mapping[str, str], Mapping[str, str]]


class Post:
    """The provider's client: what it tells the app is kept."""

    def __init__(self) -> None:
        self.knocks: list[Callback] = []

    def post(
        self, url: str, *, headers: Mapping[str, str], content: bytes = b"", data: Any = None
    ) -> Any:
        body = urlencode(data).encode() if data else content
        self.knocks.append(Callback(url, body, headers))
        return SimpleNamespace(status_code=200)

    def close(self) -> None:
        """It holds nothing."""


class Later:
    """The provider's reporters: they report when the test says so."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], Any]] = []

    def submit(self, do: Callable[..., Any], *given: Any) -> None:
        self.waiting.append(lambda: do(*given))

    def shutdown(self, **_: Any) -> None:
        """There are no threads."""


class Line:
    """One store's line by one channel, and the customers at its other end."""

    busy = 429
    final = ""
    """The state of a message that was reported on whole."""

    def __init__(self, stage: Stage, name: ChannelName, sandbox: Any) -> None:
        """Take the provider as the sandbox plays it; None: the channel has none."""
        self.stage, self.name, self.sandbox = stage, name, sandbox
        self.post, self.later = Post(), Later()
        if sandbox is not None:
            sandbox._client.close()
            sandbox._client = self.post
        self.step: dict[str, Any] = {**MAIL, "channel": name.value}

    # What differs between the providers.

    def account_told(self) -> Told:
        raise NotImplementedError

    def address(self, number: int) -> str:
        raise NotImplementedError

    def begin(self, url: str) -> None:
        """Let the provider know where to knock."""
        raise NotImplementedError

    def taken_by(self) -> list[str]:
        """Give whom the provider has messages for, one for each."""
        raise NotImplementedError

    def write(self, address: str, text: str) -> None:
        """Let somebody write to the store."""
        raise NotImplementedError

    def meet(self, count: int) -> list[str]:
        """Have customers whom the channel reaches; give their ids."""
        consent = {"phone": "", f"{self.name}_consent": "subscribed", "country": "NO"}
        rows = [
            {**_customer(self.stage, number), **consent, "phone": self.address(number)}
            for number in range(count)
        ]
        with self.stage.database.writing() as connection:
            connection.execute(schema.customers.insert(), rows)
        return [str(row["id"]) for row in rows]

    def refuse(self) -> None:
        """Have the provider know our credentials no more."""
        raise NotImplementedError

    place = ""
    """Where its faults are ordered."""

    # What is common.

    @contextmanager
    def of_the_stranger(self) -> Iterator[None]:
        """Let it be the other store's line, with an account of its own at the same provider."""
        stage, account = self.stage, self.account
        ours, stage.store_id = stage.store_id, stage.stranger_id
        self.connect()
        yield
        stage.store_id, self.account = ours, account

    def connect(self) -> None:
        stage = self.stage
        settings = {"quiet_hours": {self.name.value: None}, "caps": {}}
        stage.change(schema.stores, stage.store_id, settings=settings)
        self.account = channel_accounts.connect(
            stage.runtime, stage.store, self.name, self.account_told()
        )
        while outbox.drain(stage.runtime, [stage.store_id]):
            pass
        self.begin(channel_accounts.callback_url(stage.runtime, self.account))

    def order(self, what: str, times: int, code: int = 0) -> None:
        self.sandbox.faults.order(Fault(self.place, what, left=times, code=code))

    def plan(self, customer_ids: list[str]) -> None:
        """Let customers enter a flow, up to a message that is due."""
        stage, now = self.stage, self.stage.now
        a_flow(stage, self.step, trigger={"event": "customer.created"})
        with stage.database.writing() as connection:
            name = EventName.CUSTOMER_CREATED
            data: dict[str, Any] = {}
            told = [Event(stage.store_id, name, now, one, one, data) for one in customer_ids]
            events.append_many(connection, told)
            news = [News(name, now, one.customer_id, data=data) for one in told]
            enroll.react(connection, stage.runtime, stage.store, news, now)
        while advance.drain(stage.runtime, [stage.store_id]):
            pass

    def deliver(self) -> None:
        while deliver.drain(self.stage.runtime, [self.stage.store_id]):
            pass

    def taken(self) -> Counter[str]:
        return Counter(self.taken_by())

    def reports(self) -> list[Callback]:
        """Let the provider report on what it took; give its calls, in their order."""
        self.post.knocks.clear()
        for report in self.later.waiting:
            report()
        self.later.waiting.clear()
        return list(self.post.knocks)

    def said(self, address: str, text: str) -> Callback:
        """Give the call by which the provider tells what somebody writes."""
        self.post.knocks.clear()
        self.write(address, text)
        return self.post.knocks[-1]

    def hear(self, *knocks: Callback) -> None:
        """Let calls arrive at the door: verified, and kept."""
        for knock in knocks:
            channel_accounts.opened(self.stage.runtime, self.account).verify(knock)
            receive.kept(self.stage.runtime, self.account, knock)

    def read(self) -> None:
        while receive.drain(self.stage.runtime, [self.stage.store_id]):
            pass


class TwilioLine(Line):
    place, final = "texts", "delivered"
    sandbox: Twilio

    def account_told(self) -> Told:
        self.sandbox._reporters = self.later  # type: ignore[assignment]
        public = {"account_sid": self.sandbox.account_sid, "sender": NUMBER}
        return "twilio", public, {"auth_token": self.sandbox.auth_token}

    def begin(self, url: str) -> None:
        self.sandbox.inbound_url = url

    def address(self, number: int) -> str:
        return f"+1555{number:07}"

    def taken_by(self) -> list[str]:
        return [str(one["number"]) for one in self.sandbox.texts() if not one["is_inbound"]]

    def write(self, address: str, text: str) -> None:
        self.sandbox.answer(address, text)

    def refuse(self) -> None:
        self.sandbox.auth_token = "another"


class OnTheirPhones(Plivo):
    """Plivo, which has the phones with it."""

    def __init__(self, world: World) -> None:
        super().__init__(Twilio(world))

    def close(self) -> None:
        super().close()
        self.phones.close()


class PlivoLine(Line):
    place, final = "texts", "delivered"
    sandbox: OnTheirPhones

    def account_told(self) -> Told:
        self.sandbox._reporters = self.later  # type: ignore[assignment]
        public = {"auth_id": self.sandbox.auth_id, "sender": NUMBER}
        return "plivo", public, {"auth_token": self.sandbox.auth_token}

    def begin(self, url: str) -> None:
        self.sandbox.inbound_url = url

    def address(self, number: int) -> str:
        return f"+1555{number:07}"

    def taken_by(self) -> list[str]:
        texts = self.sandbox.phones.texts()
        return [str(one["number"]) for one in texts if not one["is_inbound"]]

    def write(self, address: str, text: str) -> None:
        self.sandbox.answer(address, text)

    def refuse(self) -> None:
        self.sandbox.auth_token = "another"


class WhatsAppLine(Line):
    place, final = "whatsapp", "read"
    sandbox: WhatsApp

    def account_told(self) -> Told:
        self.sandbox._reporters = self.later  # type: ignore[assignment]
        self.step = BY_WHATSAPP
        public = {
            "phone_number_id": PHONE_NUMBER_ID, "account_id": ACCOUNT_ID, "verify_token": "word",
        }  # fmt: skip
        secret = {"app_secret": self.sandbox.app_secret, "access_token": self.sandbox.access_token}
        return "meta", public, secret

    def begin(self, url: str) -> None:
        self.sandbox.world.state.set("whatsapp_webhook", {"url": url, "verify_token": "word"})

    def address(self, number: int) -> str:
        return f"+4790{number:06}"

    def taken_by(self) -> list[str]:
        return [str(one["number"]) for one in self.sandbox.messages() if not one["is_inbound"]]

    def write(self, address: str, text: str) -> None:
        self.sandbox.answer(address, text)

    def refuse(self) -> None:
        self.sandbox.access_token = "another"


class MetaLine(Line):
    place, busy = "messages", 613
    sandbox: Meta

    def account_told(self) -> Told:
        self.final = "delivered" if self.name is ChannelName.MESSENGER else "sent"
        self.sandbox.reporters = self.later  # type: ignore[assignment]
        own = PLATFORMS[self.name.value].account_id
        public = {"account_id": own, "verify_token": "word", "app_id": APP_ID}
        token = self.sandbox.tokens[self.name.value]
        return "meta", public, {"app_secret": self.sandbox.app_secret, "access_token": token}

    def begin(self, url: str) -> None:
        self.sandbox.subscribe(self.name.value, "messages")
        self.sandbox.callback = lambda platform: url  # type: ignore[method-assign]

    def address(self, number: int) -> str:
        return self.sandbox.person_id(self.name.value, f"Person {number}")

    def taken_by(self) -> list[str]:
        chats = self.sandbox.chats(self.name.value)
        people = [str(one["person"]) for one in chats if not one["is_inbound"]]
        return [self.sandbox.person_id(self.name.value, one) for one in people]

    def write(self, address: str, text: str) -> None:
        person = self.sandbox.person_of(self.name.value, address)
        meta_people.write(self.sandbox, self.name.value, str(person), text)

    def refuse(self) -> None:
        self.sandbox.tokens[self.name.value] = "another"

    def meet(self, count: int) -> list[str]:
        """Who wrote to the store can be written to."""
        platform, stage = self.name.value, self.stage
        told = []
        for number in range(count):
            self.sandbox.note(platform, f"Person {number}", "text", "Hi", is_inbound=True)
            told.append(InboundMessage(f"hi-{number}", self.address(number), "Hi"))
        ids = {self.address(number): f"Person {number}" for number in range(count)}
        self.sandbox.person_of = lambda platform, person_id: ids.get(person_id)  # type: ignore[method-assign]
        stage.database.write(
            lambda c: conversing.hear(stage.runtime, c, stage.store, self.name, told)
        )
        met = stage.rows(schema.identities, store_id=stage.store_id)
        return [str(row.customer_id) for row in met]


def _customer(stage: Stage, number: int) -> dict[str, Any]:
    now = stage.now
    return {
        "store_id": stage.store_id, "id": schema.new_id(), "external_id": f"p{number}",
        "first_name": "Canary", "created_at": now, "updated_at": now,
    }  # fmt: skip


@contextmanager
def line_of(stage: Stage, which: str, folder: Path) -> Iterator[Line]:
    """Give a connected line, one of `LINES`; nothing that it is told arrives by itself."""
    kinds: dict[str, tuple[Any, Any, type[Line]]] = {
        "sms": (Twilio, twilio.add_doors, TwilioLine),
        PLIVO: (OnTheirPhones, plivo.add_doors, PlivoLine),
        "whatsapp": (WhatsApp, whatsapp_doors.add_doors, WhatsAppLine),
    }
    play, add_doors, kind = kinds.get(which, (Meta, meta_doors.add_doors, MetaLine))
    name = ChannelName.SMS if which == PLIVO else ChannelName(which)
    world = World(Settings(folder, "https://app.example", Client("id", ("x",))), EVERYTHING)
    sandbox, app = play(world), Flask(which)
    add_doors(app, sandbox)
    with served(app) as url:
        stage.runtime = replace(stage.runtime, providers=Providers(url, False, url, url, url))
        line = kind(stage, name, sandbox)
        line.connect()
        yield line
    sandbox.close()
    world.close()


for module in (twilio, whatsapp, meta_doors):
    assert module.time
