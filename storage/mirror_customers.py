"""The mirror of customers: one row a person, found by id, e-mail or phone, newest word wins.

`People` holds the persons of one batch: loaded and locked at once, told what the batch says in
its order, saved at once.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, select, tuple_, update

from marketing.consent import KEPT_CHANNELS, merge_consent
from marketing.model import (
    ChannelName,
    Consent,
    ConsentSource,
    ConsentState,
    Customer,
    CustomerKey,
    TagsChanged,
)
from storage import address_hashes
from storage.address_hashes import AddressHash
from storage.beginnings import key_of
from storage.many import find_rows, upsert_rows
from storage.schema import customers, new_id, suppressions

NEVER = datetime(1970, 1, 1, tzinfo=UTC)
"""`updated_at` of a person whom the platform never told of itself: known from a cart only."""
ERASED = "erased"
"""The reason of a suppression that keeps an erased address from coming back."""
COLUMNS = (
    "store_id", "id", "external_id", "email", "email_key", "phone", "phone_is_typed",
    *address_hashes.COLUMNS,
    "first_name", "last_name",
    "first_key", "last_key", "locale", "country", "region", "city", "timezone", "tags",
    "properties",
    "email_consent", "email_consent_source",
    "email_consent_at", "sms_consent", "sms_consent_source", "sms_consent_at",
    "whatsapp_consent", "whatsapp_consent_source", "whatsapp_consent_at", "is_staff",
    "platform_orders_count", "platform_spent", "platform_last_order_at", "last_email_at",
    "last_sms_at", "created_at", "updated_at", "deleted_at", "erased_at",
)  # fmt: skip
LAST_SENT = ("last_email_at", "last_sms_at")
SELECTED = [customers.c[name] for name in COLUMNS]
BLANK: dict[str, Any] = {
    **dict.fromkeys(COLUMNS), "tags": [], "properties": {}, "is_staff": False,
    "phone_is_typed": False,
}  # fmt: skip
FILLED = ("phone", "first_name", "last_name", "locale", "timezone")
PLACE = ("country", "region", "city")


@dataclass(slots=True, eq=False)
class Person:
    """One customer in memory; `into` is who they turned out to be."""

    row: dict[str, Any]
    is_new: bool = False
    is_changed: bool = False
    gave_up_a_key: bool = False
    into: "Person | None" = None

    @property
    def is_erased(self) -> bool:
        return self.row["erased_at"] is not None

    @property
    def is_reachable(self) -> bool:
        """True with an address we could write to."""
        gone = self.row["deleted_at"] or self.row["erased_at"]
        return not gone and bool(self.row["email_key"] or self.row["phone"])

    def put(self, **values: Any) -> None:
        """Change columns; of an erased person nothing is kept any more."""
        new = {name: value for name, value in values.items() if self.row[name] != value}
        if new and not self.is_erased:
            self.row.update(new)
            self.is_changed = True

    def fill(self, **values: Any) -> None:
        """Set what is known now and was not before."""
        self.put(**{name: told for name, told in values.items() if told and not self.row[name]})

    def fill_place(self, country: str | None, region: str | None, city: str | None) -> None:
        """Set what was not known of where they live; never the town of one country in another."""
        if country and self.row["country"] in {None, country}:
            self.fill(country=country, region=region, city=city)

    def move(self, country: str | None, region: str | None, city: str | None) -> None:
        """Let them live in another country, or in this one, of which more is told."""
        if country and country != self.row["country"]:
            self.put(country=country, region=region, city=city)
        elif country:
            self.put(region=region or self.row["region"], city=city or self.row["city"])


class People:
    """The persons that one batch is about, of all its stores."""

    def __init__(self, address_hash: AddressHash) -> None:
        self._address_hash = address_hash
        self._all: list[Person] = []
        self._by_id: dict[str, Person] = {}
        self._by_external: dict[tuple[str, str], Person] = {}
        self._by_email: dict[tuple[str, str], Person] = {}
        self._by_phone: defaultdict[tuple[str, str], list[Person]] = defaultdict(list)
        self._erased: dict[tuple[str, str], datetime] = {}
        self.merged: list[tuple[Person, Person]] = []

    @classmethod
    def load(
        cls,
        connection: Connection,
        keys: Iterable[tuple[str, CustomerKey]],
        address_hash: AddressHash,
    ) -> "People":
        """Read and lock everyone whom these (store, key) pairs may name."""
        people, named = cls(address_hash), list(keys)
        wanted = {
            "external_id": [(s, key.external_id) for s, key in named if key.external_id],
            "email_key": [(s, email_key(key.email)) for s, key in named if key.email],
            "phone": [(s, key.phone) for s, key in named if key.phone],
        }
        for name, pairs in wanted.items():
            for row in find_rows(
                connection, customers, ("store_id", name), pairs, SELECTED, lock=True
            ):
                people._add(Person(dict(zip(COLUMNS, row, strict=True))))
        people._load_erased(connection, wanted["email_key"])
        return people

    def _load_erased(self, connection: Connection, pairs: Iterable[tuple[str, str]]) -> None:
        unknown = {
            (store_id, self._address_hash(ChannelName.EMAIL, email)): (store_id, email)
            for store_id, email in set(pairs)
            if (store_id, email) not in self._by_email
        }
        names = ("store_id", "address_hash")
        for row in find_rows(connection, suppressions, names, unknown):
            if row.channel == ChannelName.EMAIL and row.reason == ERASED:
                self._erased[unknown[row.store_id, row.address_hash]] = row.created_at

    def _add(self, person: Person) -> None:
        row, store_id = person.row, person.row["store_id"]
        if row["id"] in self._by_id:
            return
        self._by_id[row["id"]] = person
        self._all.append(person)
        if row["external_id"]:
            self._by_external[store_id, row["external_id"]] = person
        if row["email_key"]:
            self._by_email[store_id, row["email_key"]] = person
        if row["phone"]:
            self._by_phone[store_id, row["phone"]].append(person)

    def find(
        self, store_id: str, key: CustomerKey | None, at: datetime, *, is_record: bool = False
    ) -> Person | None:
        """Give the person whom a word of the moment `at` names; a new one if unknown.

        None: it names nobody, or someone erased since. `is_record`: the store itself says what
        is whose; at a checkout anybody types any address beside any number.
        """
        if key is None:
            return None
        person = self._known(store_id, key, is_record=is_record)
        if person is None:
            return None if self._was_erased(store_id, key, at) else self._create(store_id, key, at)
        if not person.is_erased:
            self._complete(person, key)
        return person

    def known(self, store_id: str, key: CustomerKey) -> Person | None:
        """Give the person if we have them."""
        return self._known(store_id, key)

    def _known(self, store_id: str, key: CustomerKey, *, is_record: bool = False) -> Person | None:
        found = self._by_external.get((store_id, key.external_id or ""))
        holder = self._by_email.get((store_id, email_key(key.email)))
        if found is None and holder is not None and _may_be(holder, key):
            found = holder
        if found is None and holder is None:
            sharing = sorted(
                self._by_phone.get((store_id, key.phone or ""), ()),
                key=lambda one: bool(one.row["phone_is_typed"]),
            )
            alike = (one for one in sharing if one.into is None and _may_be(one, key))
            found = next((one for one in alike if _may_have(one, key, is_record=is_record)), None)
        return found

    def _was_erased(self, store_id: str, key: CustomerKey, at: datetime) -> bool:
        erased_at = self._erased.get((store_id, email_key(key.email)))
        return erased_at is not None and at <= erased_at

    def _create(self, store_id: str, key: CustomerKey, at: datetime) -> Person:
        row = {
            **BLANK, "store_id": store_id, "id": new_id(), "external_id": key.external_id,
            "phone": key.phone, "phone_is_typed": bool(key.phone), "created_at": at,
            "updated_at": NEVER,
        }  # fmt: skip
        person = Person(row, is_new=True, is_changed=True)
        self._add(person)
        self._complete(person, key)
        return person

    def _complete(self, person: Person, key: CustomerKey) -> None:
        """Keep what a key tells that we did not know; never against what we did."""
        store_id = person.row["store_id"]
        if key.external_id and not person.row["external_id"]:
            person.put(external_id=key.external_id)
            self._by_external[store_id, key.external_id] = person
        if key.phone and not person.row["phone"]:
            person.put(phone=key.phone, phone_is_typed=True)
            self._by_phone[store_id, key.phone].append(person)
        holder = self._by_email.get((store_id, email_key(key.email)))
        is_free = holder is None or not holder.row["external_id"] or holder.row["deleted_at"]
        if key.email and not person.row["email_key"] and is_free:
            self._give_email(person, key.email)

    def _give_email(self, person: Person, email: str) -> None:
        """Let the person have an address, whoever had it; a guest who had it is the same one."""
        address = person.row["store_id"], email_key(email)
        holder = self._by_email.get(address)
        if holder is not None and holder is not person:
            self._hand_over(holder, person)
        if person.row["email_key"] not in {None, address[1]}:
            self._by_email.pop((address[0], person.row["email_key"]), None)
            person.gave_up_a_key = True
        person.put(email=email, email_key=address[1])
        self._by_email[address] = person

    def _hand_over(self, holder: Person, person: Person) -> None:
        if not holder.row["external_id"]:
            self.merge(holder, person)
            return
        # What an address was told to get or not to get goes with the address.
        _merge_consent_of(ChannelName.EMAIL, holder, person)
        holder.put(email=None, email_key=None)
        holder.gave_up_a_key = True

    def merge(self, loser: Person, winner: Person) -> None:
        """Two turned out to be one: the winner gets what the loser had."""
        _merge_proof_of_phone(loser, winner)
        winner.fill(**{name: loser.row[name] for name in FILLED})
        winner.fill_place(*[loser.row[name] for name in PLACE])
        winner.put(created_at=min(winner.row["created_at"], loser.row["created_at"]))
        winner.put(is_staff=winner.row["is_staff"] or loser.row["is_staff"])
        winner.put(properties={**loser.row["properties"], **winner.row["properties"]})
        for channel in KEPT_CHANNELS:
            _merge_consent_of(channel, loser, winner)
        for last in LAST_SENT:
            winner.put(
                **{last: max(filter(None, (loser.row[last], winner.row[last])), default=None)}
            )
        nothing = dict.fromkeys(("external_id", "email", "email_key", *FILLED, *PLACE))
        loser.put(**nothing, deleted_at=loser.row["deleted_at"] or winner.row["created_at"])
        loser.gave_up_a_key, loser.into = True, winner
        self.merged.append((loser, winner))

    def tell(self, person: Person, told: Customer) -> list[Consent]:
        """Take a customer's record; give the consents that are news."""
        if told.updated_at >= person.row["updated_at"] and not person.is_erased:
            self._take(person, told)
        return [said for said in told.consents if hear(person, said)]

    def _take(self, person: Person, told: Customer) -> None:
        fields = {
            "first_name": told.first_name, "last_name": told.last_name, "locale": told.locale,
            "phone": told.key.phone,
            "tags": list(told.tags) if told.tags is not None else None,
            "platform_orders_count": told.orders_count, "platform_spent": told.spent,
            "platform_last_order_at": told.last_order_at,
        }  # fmt: skip
        person.put(**{name: value for name, value in fields.items() if value is not None})
        person.move(told.country, told.region, told.city)
        person.put(is_staff=told.is_staff or person.row["is_staff"])
        if told.key.phone:
            person.put(phone_is_typed=False)
        if told.created_at:
            person.put(created_at=told.created_at)
        if told.birthday:
            person.put(properties={**person.row["properties"], "birthday": told.birthday})
        if told.key.email and self._outranks_holder(person, told):
            self._give_email(person, told.key.email)
        if _tells_who(told):
            person.put(updated_at=told.updated_at, deleted_at=None)

    def _outranks_holder(self, person: Person, told: Customer) -> bool:
        holder = self._by_email.get((person.row["store_id"], email_key(told.key.email)))
        return holder is None or holder is person or holder.row["updated_at"] <= told.updated_at

    def save(self, connection: Connection) -> None:
        """Write everyone who changed; first whoever gave up an id or address lets go of it."""
        told = [one for one in self._all if one.is_changed and not (one.is_new and one.into)]
        freed = [one for one in told if one.gave_up_a_key and not one.is_new]
        if freed:
            names = [(one.row["store_id"], one.row["id"]) for one in freed]
            mine = tuple_(customers.c.store_id, customers.c.id).in_(names)
            connection.execute(
                update(customers).where(mine).values(email_key=None, external_id=None)
            )
        for one in told:
            one.row.update(
                first_key=key_of(one.row["first_name"]), last_key=key_of(one.row["last_name"]),
                **address_hashes.hashes_of(one.row, self._address_hash),
            )  # fmt: skip
        upsert_rows(connection, customers, [one.row for one in told])


def settled(person: Person | None) -> Person | None:
    """Give who this person turned out to be."""
    while person is not None and person.into is not None:
        person = person.into
    return person


def email_key(email: str | None) -> str:
    """Give how a person is found by an address: trimmed, in lower case; empty for none."""
    return email.strip().lower() if email else ""


def retag(person: Person, told: TagsChanged) -> None:
    """Add and remove tags; their order stays."""
    kept = [tag for tag in person.row["tags"] if tag not in told.removed]
    person.put(tags=list(dict.fromkeys([*kept, *told.added])))


def hear(person: Person, said: Consent) -> bool:
    """Weigh a customer's word against what they said before; True when it changes the answer."""
    if said.channel not in KEPT_CHANNELS or person.is_erased:
        return False
    before = consent_of(person, said.channel)
    after = merge_consent(before, said)
    if after is not before:
        _put_consent(person, after)
    return before is None or before.state is not after.state


def consent_of(person: Person, channel: ChannelName) -> Consent | None:
    """Give what a person last said about a channel."""
    row = person.row
    if row[f"{channel}_consent"] is None:
        return None
    return Consent(
        channel,
        ConsentState(row[f"{channel}_consent"]),
        ConsentSource(row[f"{channel}_consent_source"]),
        row[f"{channel}_consent_at"],
    )


def _put_consent(person: Person, said: Consent) -> None:
    channel = said.channel
    person.put(
        **{
            f"{channel}_consent": said.state.value,
            f"{channel}_consent_source": said.source.value,
            f"{channel}_consent_at": said.changed_at,
        }
    )


def _merge_consent_of(channel: ChannelName, source: Person, target: Person) -> None:
    said = consent_of(source, channel)
    if said is not None:
        hear(target, said)


def _may_be(person: Person, key: CustomerKey) -> bool:
    """False for two who have accounts of their own on the platform."""
    mine = person.row["external_id"]
    return not (mine and key.external_id and mine != key.external_id)


def _may_have(person: Person, key: CustomerKey, *, is_record: bool) -> bool:
    """Say whether whoever has a number may be the one named with it, and with an address.

    Whose number it is has shown that: an address typed beside it is not theirs by that.
    """
    if not key.email:
        return True
    return not person.row["email_key"] and (is_record or person.row["phone_is_typed"])


def _merge_proof_of_phone(loser: Person, winner: Person) -> None:
    """Of a number that both have one word is enough; one that only the loser had is as it was."""
    theirs, mine = loser.row, winner.row
    if theirs["phone"] and mine["phone"] in {None, theirs["phone"]}:
        is_typed = theirs["phone_is_typed"] and (not mine["phone"] or mine["phone_is_typed"])
        winner.put(phone_is_typed=is_typed)


def _tells_who(told: Customer) -> bool:
    """False for a record of sums only, whose time says nothing of the rest."""
    told_of = (told.first_name, told.last_name, told.key.email, told.key.phone, told.created_at)
    return any(told_of) or told.tags is not None or bool(told.consents)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a customer now says about a channel, and by what names the platform knows them."""

    key: CustomerKey
    state: ConsentState | None


def answer(
    connection: Connection, store_id: str, customer_id: str, channel: ChannelName
) -> Answer | None:
    """Give a customer's answer; None for one who is gone."""
    c = customers.c
    told = select(c.external_id, c.email, c.phone, c[f"{channel}_consent"], c.erased_at)
    query = told.where(c.store_id == store_id, c.id == customer_id)
    row = connection.execute(query).one_or_none()
    if row is None or row.erased_at is not None:
        return None
    return Answer(CustomerKey(*row[:3]), ConsentState(row[3]) if row[3] else None)
