"""An e-mail address or a number that a customer gives in a conversation, with their consent.

Whoever writes one has not proven that it is theirs. Where nobody has it, it is kept with them;
somebody else's is only noted beside the conversation (`storage.identities.claim`), and opens
nothing. An address is subscribed at once only where the store's form asks for no confirmation and
the address is theirs alone; else its owner is asked by mail, as after the form.
"""

from jobs import enroll, signups
from jobs.heard import Heard
from marketing.answering import email_in, phone_in
from marketing.blocks.words import words_of
from marketing.events import EventName, News
from marketing.model import ChannelName, Consent, ConsentSource, ConsentState
from marketing.questions import Collect, Contact
from marketing.signup import form_of
from storage import addresses_given, customer_changes, customers, events, identities
from storage.events import Event


def take(heard: Heard, step: Collect) -> bool:
    """Keep the address in what was written, and the consent with it; False: there is none."""
    by_mail = step.contact is Contact.EMAIL
    found = (email_in if by_mail else phone_in)(heard.kept.text)
    if found is None:
        return False
    give = addresses_given.give_email if by_mail else addresses_given.give_phone
    whose = give(heard.connection, heard.store.id, heard.customer_id, found)
    if whose not in {None, heard.customer_id}:
        where = (heard.channel.value, heard.kept.sender)
        identities.claim(heard.connection, heard.store.id, *where, str(whose))
    is_theirs = whose == heard.customer_id
    if step.subscribes and by_mail:
        _subscribe(heard, found, is_theirs=is_theirs)
    elif step.subscribes and is_theirs:
        _agree(heard, ChannelName.SMS)
    return True


def _subscribe(heard: Heard, email: str, *, is_theirs: bool) -> None:
    store = heard.store
    if is_theirs and not form_of(store.settings, store.country).confirms:
        _agree(heard, ChannelName.EMAIL)
        return
    who = customers.find(heard.connection, store.id, "id", heard.customer_id)
    locale = str((who or {}).get("locale") or store.locale)
    told = {
        "locale": locale,
        "text": words_of(locale)["agree_email"],
        "source": ConsentSource.CHAT.value,
    }
    signups.ask_later(heard.runtime, heard.connection, store, signups.Asked(email, told))


def _agree(heard: Heard, by: ChannelName) -> None:
    """Note their yes, and tell flows of it."""
    at, who, store_id = heard.kept.received_at, heard.customer_id, heard.store.id
    said = Consent(by, ConsentState.SUBSCRIBED, ConsentSource.CHAT, at)
    if not customer_changes.consent(heard.connection, store_id, who, said):
        return
    name = EventName.CUSTOMER_SUBSCRIBED
    data = {"channel": by.value, "source": said.source.value}
    key = f"{name}:{by}:{heard.kept.provider_id}:{heard.channel}"
    new = events.append_many(heard.connection, [Event(store_id, name, at, key, who, data)])
    news = [News(one.name, at, who, data=one.data) for one in new]
    enroll.react(heard.connection, heard.runtime, heard.store, news, at)
