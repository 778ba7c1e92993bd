"""Meta as the sandbox plays it, for the tests of what speaks with it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from channels.base import Callback, Told
from channels.instagram import InstagramChannel
from channels.messenger import MessengerChannel
from channels.meta import MetaApp
from channels.meta_inbox import InboxSettings, MetaInbox
from sandbox import meta_doors
from sandbox.meta import APP_ID, PLATFORMS, Meta
from sandbox.oauth import Client
from sandbox.world import Settings, World
from tests.sandbox.conftest import EVERYTHING
from tests.served import served

DOOR = "https://app.example/callbacks/messenger/key"


@pytest.fixture
def meta(tmp_path: Path) -> Iterator[Meta]:
    world = World(Settings(tmp_path, "http://127.0.0.1:1", Client("id", ("hunter2",))), EVERYTHING)
    made = Meta(world)
    yield made
    made.close()
    world.close()


@pytest.fixture
def graph_url(meta: Meta) -> Iterator[str]:
    app = Flask("meta")
    meta_doors.add_doors(app, meta)
    with served(app) as url:
        yield url


def channel_of(meta: Meta, graph_url: str, platform: str, *, is_by_page: bool = False) -> MetaInbox:
    """Give the channel of the sandbox's page or account, the account by its linked page's token."""
    is_proved = platform == "messenger" or is_by_page
    app = MetaApp(
        meta.tokens[platform], meta.app_secret, "hunter2", APP_ID, graph_url, is_proved, False
    )
    settings = InboxSettings(PLATFORMS[platform].account_id, app)
    return MessengerChannel(settings) if platform == "messenger" else InstagramChannel(settings)


class Heard:
    """What the sandbox tells, verified and read by a channel: no app is behind it."""

    def __init__(self, meta: Meta, channel: MetaInbox) -> None:
        self.told: list[Told] = []
        self._channel = channel
        for platform in PLATFORMS:
            meta.subscribe(platform, "messages")
        meta.callback = lambda platform: DOOR  # type: ignore[method-assign]
        meta._client.post = self._take  # type: ignore[method-assign, assignment]

    def _take(self, url: str, content: bytes, headers: dict[str, str]) -> "Heard":
        callback = Callback(url, content, headers)
        self._channel.verify(callback)
        self.told += self._channel.parse(callback)
        return self

    status_code = 200
