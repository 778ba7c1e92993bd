"""Signing up by a form: asking the address' owner by mail, and taking their yes.

What a stranger sees is the same whether or not we know the address they entered: nobody learns
here who is somebody's customer.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime, make_msgid, parseaddr
from typing import Any, Final

from channels.base import Outcome, SendFailed
from connectors.base import StoreUnavailable
from jobs import joining, shared_sender
from jobs.introduce import introduce
from jobs.runtime import Runtime
from marketing import links
from marketing.chat_names import NAMES
from marketing.consent import SuppressionScope
from marketing.links import Link
from marketing.model import (
    BadSignature,
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    CustomerKey,
    RenderedMessage,
    Signing,
)
from marketing.signup import form_of, language_of
from marketing.signup_mail import mail
from storage import Connection, customers, outbox, signups, stores, suppressions
from storage.introductions import Introduction, Unsubscribed
from storage.outbox import Call
from storage.signups import Signup
from storage.stores import Store

KIND: Final = "confirm_signup"
BETWEEN: Final = timedelta(minutes=10)
"""An address is asked no oftener, whoever enters it; and so often in all."""
MOST_MAILS: Final = 5
"""Of one address in all; and of all that come to one box, by a + in them, in a day."""
BY_CHAT: Final = 5
"""To so many addresses one chat has mails sent in a day: nobody has more of their own."""
AN_HOUR: Final = timedelta(hours=1)
A_DAY: Final = timedelta(days=1)
BY_FORMS_AN_HOUR: Final = 1_200
IN_CHATS_AN_HOUR: Final = 300
"""So many confirmations a store sends in any hour for its forms, and for what is typed in chats:
whoever floods the one keeps nobody from the other. What is over waits its turn."""
LONGEST_WAIT: Final = timedelta(days=1)
"""Behind so many nobody is asked any more: a confirmation that comes later is one of nothing."""
MOST_TRIES: Final = 5
CHAT: Final = "chat"
"""In the link's address: the word of the mail that names a chat."""
AGAIN: Final = "again"
"""What was typed of an address whose owner had left: theirs with their click, and not before."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody entered: `told` as `storage.signups.Signup` keeps it."""

    email: str
    told: Mapping[str, Any]


def ask(runtime: Runtime, store: Store, asked: Asked) -> None:
    """Take what was entered: have its owner asked, or subscribe them where the store says so."""
    form = form_of(store.settings, store.country)
    if not form.confirms and _subscribe(runtime, store, asked.email, asked.told, anew=False):
        runtime.database.write(lambda c: _keep(runtime, c, store, asked, is_confirmed=True))
        return
    if runtime.database.write(lambda c: _keep(runtime, c, store, asked, is_confirmed=False)):
        runtime.queues.wake("outbox", [store.id])


def ask_later(runtime: Runtime, connection: Connection, store: Store, asked: Asked) -> None:
    """Have an address' owner asked by mail, within a transaction; the outbox is woken after it."""
    _keep(runtime, connection, store, asked, is_confirmed=False)


def agreed(runtime: Runtime, connection: Connection, store: Store, asked: Asked) -> None:
    """Keep what somebody agreed to whose address was proven before, within a transaction."""
    _keep(runtime, connection, store, asked, is_confirmed=True)


def _keep(
    runtime: Runtime,
    connection: Connection,
    store: Store,
    asked: Asked,
    *,
    is_confirmed: bool,
) -> bool:
    """Keep a sign-up; True when a mail is to go out."""
    now, real_now = runtime.database.now(connection), runtime.database.real_now(connection)
    signups.tidy(connection, store.id, real_now)
    known = signups.of_email(connection, store.id, asked.email)
    may_ask = not is_confirmed and _may_ask(runtime, connection, store, asked, known)
    mail_at = _turn(connection, store, asked, real_now) if may_ask else None
    if mail_at is None and not is_confirmed:
        return False
    told, asked_at, confirmed_at = dict(asked.told), now, now if is_confirmed else None
    gets = signups.is_subscribed(connection, store.id, asked.email)
    if known and known.confirmed_at and (gets or not is_confirmed):
        # Whoever typed it now may be anybody: what its owner agreed to by, and when, stands.
        told, asked_at, confirmed_at = known.told, known.asked_at, known.confirmed_at
        told = _beside(told, asked.told, None if gets else now)
    signup_id = signups.put(
        connection,
        store.id,
        known,
        asked.email,
        told,
        now=asked_at,
        mailed_at=mail_at,
        confirmed_at=confirmed_at,
    )
    if mail_at:
        told = {"signup_id": signup_id}
        outbox.add(connection, store.id, KIND, signup_id, told, mail_at)
    return mail_at is not None


def _beside(
    proof: Mapping[str, Any], typed: Mapping[str, Any], asked_at: datetime | None
) -> dict[str, Any]:
    """Give what was agreed to before, with what is typed now beside it, until its owner says so.

    `asked_at`: of whom left since; of whoever gets the news nothing is asked but the chat.
    """
    told = {name: value for name, value in typed.items() if name != CHAT}
    again = {AGAIN: {**told, "asked_at": asked_at.isoformat()}} if asked_at else {}
    chat = {CHAT: typed[CHAT]} if CHAT in typed else {}
    return {**proof, **again, **chat}


def _may_ask(
    runtime: Runtime, connection: Connection, store: Store, asked: Asked, known: Signup | None
) -> bool:
    """Nobody is asked who gets the news already, who may not be written to, or too often.

    Whether a chat is theirs is asked of those who get the news, too.
    """
    email, chat = asked.email, asked.told.get("chat")
    real_now = runtime.database.real_now(connection)
    if known and known.mailed_at and known.mailed_at > real_now - BETWEEN:
        return False
    hashed = runtime.secrets.address_hash(ChannelName.EMAIL, email)
    scope = suppressions.of(connection, store.id, ChannelName.EMAIL, [hashed]).get(hashed)
    return not (
        (known and known.mails >= MOST_MAILS)
        or signups.mails_to_box(connection, store.id, email, real_now - A_DAY) >= MOST_MAILS
        or (chat and signups.mails_by_chat(connection, store.id, chat, real_now - A_DAY) >= BY_CHAT)
        or scope is SuppressionScope.ALL
        or (not chat and signups.is_subscribed(connection, store.id, email))
    )


def _turn(
    connection: Connection, store: Store, asked: Asked, real_now: datetime
) -> datetime | None:
    """Give when a mail may go, in an hour with no more of its kind than go; None: never."""
    in_chats = asked.told.get("source") == ConsentSource.CHAT
    most = IN_CHATS_AN_HOUR if in_chats else BY_FORMS_AN_HOUR
    before = signups.nth_latest_mail(connection, store.id, most, in_chats=in_chats)
    turn = max(real_now, before + AN_HOUR) if before else real_now
    return turn if turn <= real_now + LONGEST_WAIT else None


def send(runtime: Runtime, call: Call) -> bool:
    """Hand the mail over that asks; a crash on the way may do so twice, never not at all."""
    with runtime.database.reading() as connection:
        signup = signups.get(connection, call.store_id, call.payload["signup_id"])
        store = stores.by_id(connection, call.store_id)
        signing = shared_sender.signing_of(runtime, connection, store) if store else None
    if store is None or not store.is_installed or signup is None:
        return False
    if signup.confirmed_at and not (signup.told.get(CHAT) or signup.told.get(AGAIN)):
        return False
    mail_to_them = _message(runtime, store, signup, signing)
    for _, outcome in runtime.channels[ChannelName.EMAIL].send_many([mail_to_them]):
        is_worth_it = isinstance(outcome, SendFailed) and outcome.outcome is Outcome.RETRY
        if isinstance(outcome, SendFailed) and is_worth_it and call.attempts < MOST_TRIES:
            raise StoreUnavailable(f"the mail did not go: {outcome.reason}")
    return False


def _message(
    runtime: Runtime, store: Store, signup: Signup, signing: Signing | None
) -> RenderedMessage:
    """Give the mail, by the store's own address where its domain has passed, as messages are."""
    token = links.signup_token(runtime.link_keys, store.id, signup.id)
    url = f"{runtime.settings.app_url}/f/{token}"
    chat: Mapping[str, str] | None = signup.told.get("chat")
    if chat:
        url += f"?{CHAT}={chat['word']}"
    said = (NAMES[ChannelName(chat["channel"])], chat["name"]) if chat else None
    locale = signup.told.get(AGAIN, signup.told).get("locale")
    words = mail(language_of(locale), store.name, store.address, url, said)
    own = store.settings.get("sender_address")
    sender = str(own) if signing else parseaddr(runtime.settings.mail_from)[1]
    replies_to = None if signing else own or store.email
    return RenderedMessage(
        message_id=signup.id,
        channel=ChannelName.EMAIL,
        to=signup.email,
        to_name=None,
        sender=sender,
        signing=signing,
        sender_name=store.settings.get("sender_name") or store.name,
        subject=words.subject,
        html=words.html,
        text=words.text,
        headers={
            "Message-ID": make_msgid(signup.id, sender.rpartition("@")[2] or "localhost"),
            "Date": format_datetime(signup.mailed_at or signup.asked_at),
            **({"Reply-To": replies_to} if replies_to else {}),
        },
    )


def read(runtime: Runtime, token: str) -> tuple[Store, Signup]:
    """Give whose link this is; raises `BadSignature` for one that is not, or no longer, ours."""
    link: Link = links.read_signup(runtime.link_keys, token)
    with runtime.database.reading() as connection:
        store = stores.by_id(connection, link.store_id)
        signup = signups.get(connection, link.store_id, link.message_id)
        real_now = runtime.database.real_now(connection)
    if store is None or not store.is_installed or signup is None or _is_over(signup, real_now):
        raise BadSignature("this link is over")
    return store, signup


def _is_over(signup: Signup, real_now: datetime) -> bool:
    return signup.mailed_at is None or signup.mailed_at < real_now - signups.LASTS


def confirm(runtime: Runtime, token: str, word: str = "") -> tuple[Store, Signup]:
    """Take the owner's yes: from now on they are written to. Safe to repeat.

    `word` comes with the link of a mail that named a chat: that chat becomes theirs. The link of
    another mail to the same address says nothing of it.
    """
    store, signup = read(runtime, token)
    again = signup.told.get(AGAIN)
    if signup.confirmed_at is None or again:
        _subscribe(runtime, store, signup.email, again or signup.told, anew=True)
        runtime.database.write(lambda c: _confirm(runtime, c, store, signup))
    if word:
        joining.join_by_email(runtime, store, signup.id, word)
    return store, signup


def _confirm(runtime: Runtime, connection: Connection, store: Store, signup: Signup) -> None:
    """Keep the owner's yes: of who had left it is what was typed last, in place of the old."""
    now, again = runtime.database.now(connection), signup.told.get(AGAIN)
    if not again:
        signups.confirm(connection, store.id, signup.id, now)
        return
    asked_at = datetime.fromisoformat(again["asked_at"])
    told = {name: value for name, value in again.items() if name != "asked_at"}
    if CHAT in signup.told:
        told[CHAT] = signup.told[CHAT]
    signups.renew(connection, store.id, signup.id, told, asked_at=asked_at, now=now)


def _subscribe(
    runtime: Runtime, store: Store, email: str, told: Mapping[str, Any], *, anew: bool
) -> bool:
    """Keep their yes; False when they once said no, and only they can take that back."""
    with runtime.database.reading() as connection:
        now = runtime.database.now(connection)
        who = None if anew else customers.find(connection, store.id, "email", email)
    source = ConsentSource(told.get("source", ConsentSource.FORM))
    said = Consent(ChannelName.EMAIL, ConsentState.SUBSCRIBED, source, now)
    # Whoever types an address without its owner's click says of a customer what nobody knew.
    known = {**who, **who["properties"]} if who else {}
    new = {name: one for name, one in told.items() if one and not known.get(name)}
    introduction = Introduction(
        key=CustomerKey(None, email, None),
        fields={name: new[name] for name in ("first_name", "locale") if name in new},
        properties={"birthday": new["birthday"]} if "birthday" in new else {},
        consents=[said],
        anew=anew,
    )
    try:
        introduce(runtime, store, introduction)
    except Unsubscribed:
        return False
    return True
