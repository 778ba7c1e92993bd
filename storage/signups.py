"""Sign-ups by a form: who asked to be written to, under which words, and who confirmed it."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, Text, and_, delete, func, not_, or_, select, update

from marketing.model import ConsentSource, ConsentState, JsonObject
from storage.dialect import upsert
from storage.mirror_customers import email_key
from storage.schema import customers, new_id, signups

LASTS = timedelta(days=30)
"""How long an unconfirmed one is kept, and its link works; real time."""


@dataclass(frozen=True, slots=True)
class Signup:
    """One address that somebody entered."""

    id: str
    email: str
    told: JsonObject
    """{first_name?, birthday?, locale?, page?, source?, text, chat?, again?}: `text` as it stood
    beside the box, or in the question; `again` what was typed since its owner left."""
    asked_at: datetime
    mails: int
    mailed_at: datetime | None
    """When we last had it asked by mail, or will: it may wait its turn. Real time."""
    confirmed_at: datetime | None


COLUMNS = [signups.c[name] for name in Signup.__dataclass_fields__]


def of_email(connection: Connection, store_id: str, email: str) -> Signup | None:
    """Give the sign-up of an address."""
    s = signups.c
    query = select(*COLUMNS).where(s.store_id == store_id, s.email_key == email_key(email))
    row = connection.execute(query.with_for_update()).one_or_none()
    return Signup(*row) if row else None


def get(connection: Connection, store_id: str, signup_id: str) -> Signup | None:
    """Give a sign-up of the store."""
    s = signups.c
    query = select(*COLUMNS).where(s.store_id == store_id, s.id == signup_id)
    row = connection.execute(query).one_or_none()
    return Signup(*row) if row else None


def take_chat(connection: Connection, store_id: str, signup_id: str, word: str) -> Signup | None:
    """Give the sign-up whose mail named a chat by this word; the word is used up with that."""
    s = signups.c
    mine = (s.store_id == store_id, s.id == signup_id)
    row = connection.execute(select(*COLUMNS).where(*mine).with_for_update()).one_or_none()
    chat = row.told.get("chat") if row else None
    if row is None or not chat or not hmac.compare_digest(chat["word"].encode(), word.encode()):
        return None
    rest = {name: value for name, value in row.told.items() if name != "chat"}
    connection.execute(update(signups).where(*mine).values(told=rest))
    return Signup(*row)


def put(  # noqa: PLR0913  one row's columns
    connection: Connection,
    store_id: str,
    known: Signup | None,
    email: str,
    told: JsonObject,
    *,
    now: datetime,
    mailed_at: datetime | None,
    confirmed_at: datetime | None,
) -> str:
    """Keep what somebody entered, in the place of what they entered before; gives its id."""
    signup_id = known.id if known else new_id()
    row = {
        "store_id": store_id,
        "id": signup_id,
        "email": email,
        "email_key": email_key(email),
        "told": told,
        "asked_at": now,
        "mails": (known.mails if known else 0) + (1 if mailed_at else 0),
        "mailed_at": mailed_at or (known.mailed_at if known else None),
        "confirmed_at": confirmed_at,
    }
    upsert(connection, signups, [row])
    return signup_id


def confirm(connection: Connection, store_id: str, signup_id: str, now: datetime) -> None:
    """Note that the address' owner said yes; the first time counts."""
    s = signups.c
    this = update(signups).where(s.store_id == store_id, s.id == signup_id)
    connection.execute(this.where(s.confirmed_at.is_(None)).values(confirmed_at=now))


def renew(
    connection: Connection,
    store_id: str,
    signup_id: str,
    told: JsonObject,
    *,
    asked_at: datetime,
    now: datetime,
) -> None:
    """Note that an owner who had left said yes anew, and to what."""
    s = signups.c
    this = update(signups).where(s.store_id == store_id, s.id == signup_id)
    connection.execute(this.values(told=told, asked_at=asked_at, confirmed_at=now))


def nth_latest_mail(
    connection: Connection, store_id: str, number: int, *, in_chats: bool
) -> datetime | None:
    """Give when the latest mail but `number - 1` goes or went, of those asked for in chats or else.

    None: there are not so many. Real time.
    """
    s = signups.c
    was_chat = func.coalesce(s.told["source"].as_string(), "") == ConsentSource.CHAT.value
    lane = was_chat if in_chats else not_(was_chat)
    query = select(s.mailed_at).where(s.store_id == store_id, s.mailed_at.is_not(None), lane)
    latest = query.order_by(s.mailed_at.desc()).offset(number - 1).limit(1)
    found: datetime | None = connection.execute(latest).scalar_one_or_none()
    return found


def mails_to_box(connection: Connection, store_id: str, email: str, since: datetime) -> int:
    """Count the mails to addresses of one box that were asked since then, or will be; real time.

    What is behind a + goes to the box before it; few providers tell dots apart, and no harm is
    done where one does.
    """
    s = signups.c
    name, _, domain = email_key(email).replace(".", "").rpartition("@")
    box, plain = name.partition("+")[0], func.replace(s.email_key, ".", "", type_=Text)
    begins = plain.startswith(f"{box}+", autoescape=True)
    ends = plain.endswith(f"@{domain}", autoescape=True)
    query = select(func.coalesce(func.sum(s.mails), 0)).where(
        s.store_id == store_id,
        s.mailed_at > since,
        or_(plain == f"{box}@{domain}", and_(begins, ends)),
    )
    return int(connection.execute(query).scalar_one())


def mails_by_chat(connection: Connection, store_id: str, chat: JsonObject, since: datetime) -> int:
    """Count the mails that were asked for in a chat since then, or will be; real time."""
    s = signups.c
    theirs = [s.told[("chat", name)].as_string() == chat[name] for name in ("channel", "address")]
    query = select(func.coalesce(func.sum(s.mails), 0))
    mine = query.where(s.store_id == store_id, s.mailed_at > since, *theirs)
    return int(connection.execute(mine).scalar_one())


def tidy(connection: Connection, store_id: str, real_now: datetime) -> None:
    """Forget what nobody confirmed in its time."""
    s = signups.c
    stale = (s.store_id == store_id, s.confirmed_at.is_(None), s.mailed_at < real_now - LASTS)
    connection.execute(delete(signups).where(*stale))


def forget(connection: Connection, store_id: str, emails: Iterable[str]) -> int:
    """Forget the sign-ups of these addresses."""
    s = signups.c
    keys = sorted({email_key(one) for one in emails})
    gone = delete(signups).where(s.store_id == store_id, s.email_key.in_(keys))
    return connection.execute(gone).rowcount


def is_subscribed(connection: Connection, store_id: str, email: str) -> bool:
    """Say whether whoever has the address gets the store's news already."""
    c = customers.c
    query = select(c.id).where(
        c.store_id == store_id,
        c.email_key == email_key(email),
        c.email_consent == ConsentState.SUBSCRIBED.value,
    )
    return connection.execute(query).first() is not None
