"""Arms to customers: one folder or file a channel, all behind one protocol."""

from collections.abc import Mapping
from dataclasses import dataclass

from channels import meta
from channels.base import Channel
from channels.email.smtp import SmtpChannel
from channels.instagram import InstagramChannel
from channels.messenger import MessengerChannel
from channels.meta import MetaApp
from channels.meta_inbox import InboxSettings
from channels.sms import plivo, twilio
from channels.sms.plivo import PlivoChannel, PlivoSettings
from channels.sms.twilio import TwilioChannel, TwilioSettings
from channels.sms.twilio_signature import SharedKey
from channels.webchat import Put, WebchatChannel
from channels.whatsapp import WhatsAppChannel, WhatsAppSettings
from marketing.model import ChannelName


@dataclass(frozen=True, slots=True)
class Providers:
    """Where the providers are; the demo's are on this very machine, behind no proxy."""

    twilio_api_url: str = twilio.API_URL
    use_proxies: bool = True
    meta_graph_url: str = meta.GRAPH_URL
    instagram_graph_url: str = meta.INSTAGRAM_URL
    plivo_api_url: str = plivo.API_URL


@dataclass(frozen=True, slots=True)
class Account:
    """What a store told of its account with a provider; `secret` is never shown again."""

    channel: ChannelName
    provider: str
    public: Mapping[str, str]
    secret: Mapping[str, str]
    callback_url: str
    store_id: str = ""


def build(*, smtp_url: str, demo: bool = False) -> dict[ChannelName, Channel]:
    """Build every channel of the house, once a process; ValueError for an unusable address."""
    return {ChannelName.EMAIL: SmtpChannel.from_url(smtp_url, demo=demo)}


def open_account(account: Account, providers: Providers, put: Put) -> Channel:
    """Give the channel of a store's own account; KeyError where it lacks something.

    `put` lays out what visitors of the store's pages come to fetch.
    """
    match account.channel, account.provider:
        case ChannelName.WEBCHAT, WebchatChannel.provider:
            return WebchatChannel(account.store_id, put)
        case ChannelName.SMS, TwilioChannel.provider:
            return TwilioChannel(_twilio(account, providers))
        case ChannelName.SMS, PlivoChannel.provider:
            return PlivoChannel(_plivo(account, providers))
        case ChannelName.MESSENGER, MessengerChannel.provider:
            return MessengerChannel(_inbox(account, providers))
        case ChannelName.INSTAGRAM, InstagramChannel.provider:
            return InstagramChannel(_inbox(account, providers))
        case ChannelName.WHATSAPP, WhatsAppChannel.provider:
            return WhatsAppChannel(_whatsapp(account, providers))
        case channel, provider:
            raise KeyError(f"no provider {provider!r} for {channel}")


def has_own_login(channel: ChannelName, public: Mapping[str, str]) -> bool:
    """Say whether an account is reached by Instagram's own login, whose token ends in 60 days.

    Else it is by the page that is linked to it.
    """
    return channel is ChannelName.INSTAGRAM and public.get("login") != "page"


def _twilio(account: Account, providers: Providers) -> TwilioSettings:
    key_id, key = account.public.get("shared_key_id"), account.secret.get("shared_key")
    return TwilioSettings(
        account.public["account_sid"],
        account.secret["auth_token"],
        account.public["sender"],
        account.callback_url,
        providers.twilio_api_url,
        providers.use_proxies,
        SharedKey(key_id, key) if key_id and key else None,
    )


def _plivo(account: Account, providers: Providers) -> PlivoSettings:
    return PlivoSettings(
        account.public["auth_id"],
        account.secret["auth_token"],
        account.public["sender"],
        account.callback_url,
        providers.plivo_api_url,
        providers.use_proxies,
    )


def _whatsapp(account: Account, providers: Providers) -> WhatsAppSettings:
    app = MetaApp(
        account.secret["access_token"],
        account.secret["app_secret"],
        account.public["verify_token"],
        url=providers.meta_graph_url,
        use_proxies=providers.use_proxies,
    )
    public = account.public
    return WhatsAppSettings(public["account_id"], public["phone_number_id"], app)


def _inbox(account: Account, providers: Providers) -> InboxSettings:
    is_own = has_own_login(account.channel, account.public)
    app = MetaApp(
        account.secret["access_token"],
        account.secret["app_secret"],
        account.public["verify_token"],
        account.public.get("app_id", ""),
        providers.instagram_graph_url if is_own else providers.meta_graph_url,
        not is_own,
        providers.use_proxies,
    )
    return InboxSettings(account.public["account_id"], app)
