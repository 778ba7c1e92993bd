"""Where the files of customers lie: our credentials go to their own platform's hosts alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from channels.base import Attachment, Filed, SendFailed
from channels.instagram import InstagramChannel
from channels.meta import MetaApp
from channels.meta_inbox import InboxSettings
from channels.sms.plivo import PlivoChannel, PlivoSettings
from channels.sms.twilio import TwilioChannel, TwilioSettings
from channels.whatsapp import WhatsAppChannel, WhatsAppSettings
from marketing.attachments import AttachmentKind
from sandbox import whatsapp_doors
from sandbox.oauth import Client
from sandbox.whatsapp import ACCOUNT_ID, MEDIA_ID, PHONE_NUMBER_ID, WhatsApp
from sandbox.world import Settings, World
from tests.sandbox.conftest import EVERYTHING
from tests.served import served

PICTURE = AttachmentKind.PICTURE


@pytest.fixture
def whatsapp(tmp_path: Path) -> Iterator[WhatsApp]:
    world = World(Settings(tmp_path, "https://app.example", Client("id", ("x",))), EVERYTHING)
    made = WhatsApp(world)
    yield made
    made.close()
    world.close()


@pytest.fixture
def graph_url(whatsapp: WhatsApp) -> Iterator[str]:
    app = Flask("whatsapp")
    whatsapp_doors.add_media(app, whatsapp)
    with served(app) as url:
        yield url


def channel_of(whatsapp: WhatsApp, url: str) -> WhatsAppChannel:
    app = MetaApp(whatsapp.access_token, whatsapp.app_secret, "w", url=url, use_proxies=False)
    return WhatsAppChannel(WhatsAppSettings(ACCOUNT_ID, PHONE_NUMBER_ID, app))


def test_whatsapp_is_asked_where_a_file_lies(whatsapp: WhatsApp, graph_url: str) -> None:
    channel = channel_of(whatsapp, graph_url)
    assert isinstance(channel, Filed)
    place = channel.place_of(Attachment(PICTURE, media_id=MEDIA_ID))
    assert place
    assert place.url.endswith(f"/whatsapp_media/{MEDIA_ID}")
    assert place.headers == {"Authorization": f"Bearer {whatsapp.access_token}"}
    assert whatsapp.access_token not in repr(place)


def test_whatsapps_token_goes_to_no_host_but_metas(whatsapp: WhatsApp, graph_url: str) -> None:
    channel = channel_of(whatsapp, graph_url.replace("127.0.0.1", "localhost"))
    with pytest.raises(SendFailed):
        channel.place_of(Attachment(PICTURE, media_id=MEDIA_ID))


@pytest.mark.parametrize("media_id", ["", "../me", "1?fields=x"])
def test_an_id_that_is_none_is_not_asked_about(whatsapp: WhatsApp, media_id: str) -> None:
    channel = channel_of(whatsapp, "http://127.0.0.1:1")
    assert channel.place_of(Attachment(PICTURE, media_id=media_id)) is None


def test_metas_addresses_are_called_without_a_credential() -> None:
    app = MetaApp("t" * 20, "secret", "w")
    channel = InstagramChannel(InboxSettings("1", app))
    place = channel.place_of(Attachment(PICTURE, url="https://scontent.example/x.jpg"))
    assert place
    assert (place.url, place.headers) == ("https://scontent.example/x.jpg", {})
    assert channel.place_of(Attachment(AttachmentKind.POST)) is None


@pytest.mark.parametrize(
    "url",
    ["https://elsewhere.example/x", "https://api.twilio.com.example/2010-04-01/Accounts/AC1/x", ""],
)
def test_twilios_credential_goes_below_the_own_account_alone(url: str) -> None:
    channel = TwilioChannel(TwilioSettings("AC1", "t", "+1", "https://app.example/x"))
    assert channel.place_of(Attachment(PICTURE, url=url)) is None
    own = "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages/MM1/Media/ME1"
    place = channel.place_of(Attachment(PICTURE, url=own))
    assert place
    assert place.headers["Authorization"].startswith("Basic ")


@pytest.mark.parametrize(
    "url",
    ["https://elsewhere.example/x", "https://media.plivo.com/Account/MA1/Media/0",
     "https://media.plivo.com.example/Account/MA0/Media/0", "http://media.plivo.com/Account/MA0/",
     ""],
)  # fmt: skip
def test_plivos_credential_goes_below_the_own_account_alone(url: str) -> None:
    channel = PlivoChannel(PlivoSettings("MA0", "t", "+1", "https://app.example/x"))
    assert isinstance(channel, Filed)
    assert channel.place_of(Attachment(PICTURE, url=url)) is None
    place = channel.place_of(Attachment(PICTURE, url="https://media.plivo.com/Account/MA0/Media/0"))
    assert place
    assert place.headers["Authorization"].startswith("Basic ")
