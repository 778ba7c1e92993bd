"""What customers send is opened through us: by the store's own team, safely, from its platform."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask, Response
from sqlalchemy import select

from channels import Providers
from marketing.attachments import Attachment, AttachmentKind
from marketing.model import ChannelName
from sandbox import media
from sandbox.oauth import Client
from sandbox.twilio import MEDIA, NUMBER, Twilio, add_media
from sandbox.world import Settings, World
from storage import Connection, channel_accounts, inbound, schema
from storage.inbound import Inbound
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.sandbox.conftest import EVERYTHING
from tests.seeding import NOW, SmallStore
from tests.served import served


@pytest.fixture
def twilio(tmp_path: Path) -> Iterator[Twilio]:
    world = World(Settings(tmp_path / "w", "http://127.0.0.1:1", Client("id", ("x",))), EVERYTHING)
    made = Twilio(world)
    yield made
    made.close()
    world.close()


@pytest.fixture
def api_url(twilio: Twilio) -> Iterator[str]:
    app = Flask("twilio")
    add_media(app, twilio)
    media.add_door(app)

    @app.get("/page")
    def page() -> Response:
        return Response("<script>alert(1)</script>", mimetype="text/html")

    with served(app) as url:
        yield url


@pytest.fixture
def door(app: Flask, maple: SmallStore, twilio: Twilio, api_url: str) -> str:
    """Let Ada have sent pictures by text message, and a page by Messenger; give the first's."""
    runtime = replace(app.extensions["reprise"], providers=Providers(api_url, use_proxies=False))
    app.extensions["reprise"] = runtime
    account = f"{api_url}/2010-04-01/Accounts/{twilio.account_sid}"
    urls = (f"{account}/Messages/SM1/Media/{MEDIA}", f"{api_url}{media.ON_CDN}")

    def keep(connection: Connection) -> str:
        public = {"account_sid": twilio.account_sid, "sender": NUMBER}
        told = ("twilio", public, {"auth_token": twilio.auth_token})
        where = (connection, runtime.secrets, maple.id, ChannelName.SMS)
        channel_accounts.connect(*where, told, NOW)
        sent = tuple(Attachment(AttachmentKind.PICTURE, url=url) for url in urls)
        one = Inbound("SM1", maple.ada, "+15550100", "", NOW, attachments=sent)
        inbound.keep(connection, maple.id, "sms", [one])
        own = select(schema.inbound_messages.c.id)
        return str(connection.execute(own).scalar_one())

    kept = runtime.database.write(keep)
    return f"/conversations/{maple.ada}/attachments/{kept}"


def test_a_picture_is_fetched_with_the_accounts_credential_and_handed_on_as_a_file(
    ask: Ask, door: str
) -> None:
    answer = ask(f"{door}/1")
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert answer.data == media.picture()
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == "attachment"
    assert "sandbox" in answer.headers["Content-Security-Policy"]


def test_nobody_is_told_the_accounts_credential_elsewhere(ask: Ask, door: str) -> None:
    answer = ask(f"{door}/2")
    assert answer.status_code == 409
    assert "Ask the customer" in (answer.json or {})["message"]


def test_what_is_not_there_is_not_found(ask: Ask, door: str, maple: SmallStore) -> None:
    for path in (f"{door}/0", f"{door}/3", door.replace(maple.ada, maple.ben) + "/1"):
        assert ask(path).status_code == 404


def test_another_store_opens_nothing_and_nobody_who_is_not_signed_in(
    ask: Ask, door: str, app: Flask
) -> None:
    assert ask(f"{door}/1", domain=NEIGHBOUR).status_code == 404
    assert app.test_client().get(f"/panel/api{door}/1").status_code == 401


def test_what_the_customer_deleted_is_gone(
    ask: Ask, door: str, app: Flask, maple: SmallStore
) -> None:
    database = app.extensions["reprise"].database
    database.write(lambda c: inbound.empty(c, maple.id, "sms", "SM1"))
    assert ask(f"{door}/1").status_code == 404
