"""Arms to customers: one folder or file a channel, all behind one protocol."""

from collections.abc import Mapping
from dataclasses import dataclass

from channels.base import Channel
from channels.email.smtp import SmtpChannel
from channels.sms import twilio
from channels.sms.twilio import TwilioChannel, TwilioSettings
from marketing.model import ChannelName


@dataclass(frozen=True, slots=True)
class Providers:
    """Where the providers are; the demo's are on this very machine, behind no proxy."""

    twilio_api_url: str = twilio.API_URL
    use_proxies: bool = True


@dataclass(frozen=True, slots=True)
class Account:
    """What a store told of its account with a provider; `secret` is never shown again."""

    channel: ChannelName
    provider: str
    public: Mapping[str, str]
    secret: Mapping[str, str]
    callback_url: str


def build(*, smtp_url: str, demo: bool = False) -> dict[ChannelName, Channel]:
    """Build every channel of the house, once a process; ValueError for an unusable address."""
    return {ChannelName.EMAIL: SmtpChannel.from_url(smtp_url, demo=demo)}


def open_account(account: Account, providers: Providers) -> Channel:
    """Give the channel of a store's own account; KeyError where it lacks something."""
    match account.channel, account.provider:
        case ChannelName.SMS, TwilioChannel.provider:
            settings = TwilioSettings(
                account.public["account_sid"],
                account.secret["auth_token"],
                account.public["sender"],
                account.callback_url,
                providers.twilio_api_url,
                providers.use_proxies,
            )
            return TwilioChannel(settings)
        case channel, provider:
            raise KeyError(f"no provider {provider!r} for {channel}")
