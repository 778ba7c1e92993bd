"""Every adapter reads what its provider sends: payloads as the vendors publish them, with our ids.

Where each comes from stands in its file (`_source`); `read_as` is what it has to be read as.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

import channels
from channels import Account, Providers
from channels.base import (
    Callback,
    Channel,
    Erased,
    InboundMessage,
    OptChange,
    StatusUpdate,
    Told,
    Watermark,
)
from marketing.model import ChannelName, RenderedMessage

ROOT = Path(__file__).parents[1] / "payloads"
DOOR = "https://app.example/callbacks/x/y"
META = {"app_secret": "s", "access_token": "t"}
ACCOUNTS: dict[str, tuple[ChannelName, str, dict[str, str], dict[str, str]]] = {
    "whatsapp": (
        ChannelName.WHATSAPP, "meta",
        {"phone_number_id": "106540352242922", "account_id": "102290129340398",
         "verify_token": "w"}, META,
    ),
    "messenger": (
        ChannelName.MESSENGER, "meta",
        {"account_id": "682498302938465", "verify_token": "w", "app_id": "1517776481860111"}, META,
    ),
    "instagram": (
        ChannelName.INSTAGRAM, "meta",
        {"account_id": "17841405309211844", "verify_token": "w", "app_id": "1517776481860111"},
        META,
    ),
    "twilio": (
        ChannelName.SMS, "twilio",
        {"account_sid": "AC0", "sender": "+15005550006"}, {"auth_token": "t"},
    ),
    "plivo": (
        ChannelName.SMS, "plivo", {"auth_id": "MA0", "sender": "+15005550006"}, {"auth_token": "t"},
    ),
}  # fmt: skip
FILES: dict[str, dict[str, Any]] = {
    name: json.loads((ROOT / name / "webhooks.json").read_text("utf-8")) for name in ACCOUNTS
}
RECORDED = [(name, one) for name, told in FILES.items() for one in told if one != "_source"]


def nowhere(store_id: str, message: RenderedMessage) -> int | None:
    raise AssertionError(f"{message.message_id} of {store_id} goes to a provider")


@pytest.fixture
def channel(request: pytest.FixtureRequest) -> Iterator[Channel]:
    name, provider, public, secret = ACCOUNTS[request.param]
    account = Account(name, provider, public, secret, DOOR)
    made = channels.open_account(account, Providers(use_proxies=False), nowhere)
    yield made
    made.close()


def read_as(one: Told) -> str:
    match one:
        case InboundMessage():
            return f"{'echo' if one.is_echo else one.kind}:{one.text}"
        case StatusUpdate() | Watermark():
            return f"{'status' if isinstance(one, StatusUpdate) else 'watermark'}:{one.status}"
        case Erased():
            return f"erased:{one.provider_id}"
        case OptChange():
            return f"opt:{one.is_in}"
    return type(one).__name__


@pytest.mark.parametrize(("channel", "name"), RECORDED, indirect=["channel"], ids=str)
def test_what_a_provider_sends_is_read_as_what_it_is(
    channel: Channel, name: str, request: pytest.FixtureRequest
) -> None:
    provider = request.node.callspec.params["channel"]
    told = FILES[provider][name]
    found = channel.parse(Callback(DOOR, body_of(provider, told["told"])))
    assert [read_as(one) for one in found] == told["read_as"]
    for one in found:
        if isinstance(one, InboundMessage | StatusUpdate):
            assert one.provider_id
        if isinstance(one, InboundMessage):
            assert one.recipient if one.is_echo else one.sender


def body_of(provider: str, told: Any) -> bytes:
    """Give it as it comes over the wire: a form of texts, JSON of Meta."""
    return (urlencode(told) if provider in ("twilio", "plivo") else json.dumps(told)).encode()


@pytest.mark.parametrize("provider", FILES)
def test_each_file_says_where_it_comes_from(provider: str) -> None:
    source = FILES[provider]["_source"]
    assert "read 2026-" in source
    assert "invented" in source


@pytest.mark.parametrize(
    ("channel", "name"), RECORDED, indirect=["channel"], ids=lambda one: f"{one} cut"
)
def test_a_payload_that_was_cut_off_or_is_another_accounts_says_nothing_and_breaks_nothing(
    channel: Channel, name: str, request: pytest.FixtureRequest
) -> None:
    provider = request.node.callspec.params["channel"]
    body = body_of(provider, FILES[provider][name]["told"])
    for part in range(0, len(body), 17):
        try:
            channel.parse(Callback(DOOR, body[:part]))
        except ValueError:
            continue
