"""Privacy requests: erased is erased, in every table, and stays so whatever comes late."""

from datetime import timedelta
from typing import Any

import pytest

from marketing.model import ChannelName
from storage import outbox, privacy, schema, stores, suppressions
from tests.jobs.inbound import MAPLE, STRANGER, Inbound, iso
from tests.jobs.stage import HOUR, Stage
from tests.payloads.shopify import sample

CANARY = "canary.7f3a@example.com"
PHONE = "+15550107733"
NAME = "Quillfeather"
KNOWN_AS = 706405506930370084
TRACES = (CANARY, PHONE, NAME, "quillfeather")


@pytest.fixture
def inbound(stage: Stage) -> Inbound:
    return Inbound(stage)


def someone(**fields: Any) -> dict[str, Any]:
    who = {"id": KNOWN_AS, "email": CANARY, "phone": PHONE, "first_name": NAME, "last_name": NAME}
    return {**sample("checkouts/create")["customer"], **who, **fields}


def tell_everything(inbound: Inbound) -> None:
    """Let the person shop, be written to, open, click, order, and send us what we can't read."""
    inbound.hear("customers/create", **someone(note=NAME))
    inbound.checkout("t1", CANARY, customer=someone(), phone=PHONE)
    inbound.ingest()
    inbound.stage.live(HOUR + timedelta(minutes=1), timedelta(minutes=20))
    with inbound.runtime.database.writing() as connection:
        for message in connection.execute(schema.messages.select()):
            seen = {"store_id": message.store_id, "message_id": message.id, "kind": "click"}
            told = {"url": f"https://x.example/?who={CANARY}", "user_agent": NAME}
            connection.execute(
                schema.hits.insert().values(**seen, **told, occurred_at=message.created_at)
            )
    inbound.order(1001, "t1", CANARY)
    inbound.hear_body("orders/create", f'{{"id": null, "email": "{CANARY}"}}'.encode())
    inbound.hear_body("parcels/lost", f'{{"email": "{CANARY}"}}'.encode())
    inbound.ingest()


def redact(inbound: Inbound, **fields: Any) -> None:
    who = {"id": KNOWN_AS, "email": CANARY, "phone": PHONE, **fields}
    inbound.hear("customers/redact", customer=who)
    inbound.ingest()


def traces(inbound: Inbound) -> list[str]:
    everything = inbound.everything()
    return [trace for trace in TRACES if trace in everything]


def test_an_erased_person_leaves_no_trace_in_any_table(inbound: Inbound) -> None:
    tell_everything(inbound)
    assert CANARY in traces(inbound), "there is something to erase"
    redact(inbound)
    assert traces(inbound) == []
    hashes = ("email_hash", "sms_hash", "whatsapp_hash")
    of_all = inbound.stage.rows(schema.customers, store_id=inbound.stage.store_id)
    assert not any(getattr(row, name) for row in of_all for name in hashes)
    (receipt,) = inbound.stage.rows(schema.privacy_requests)
    assert (receipt.state, receipt.receipt["customers"]) == ("done", 1)
    assert receipt.receipt["orders"] == 1


def test_late_webhooks_do_not_bring_an_erased_person_back(inbound: Inbound) -> None:
    tell_everything(inbound)
    before = inbound.stage.now
    inbound.stage.pass_time(HOUR)
    redact(inbound)
    late = {"created_at": iso(before), "updated_at": iso(before)}
    inbound.hear("customers/update", **someone(**late))
    inbound.checkout("t9", CANARY, customer=someone(), **late)
    inbound.checkout("t8", CANARY, **late)
    told = sample("customers_email_marketing_consent/update")["email_marketing_consent"]
    consent = {**told, "state": "subscribed", "consent_updated_at": iso(before)}
    inbound.hear(
        "customers_email_marketing_consent/update",
        customer_id=KNOWN_AS,
        email_address=CANARY,
        email_marketing_consent=consent,
    )
    inbound.ingest()
    assert traces(inbound) == []
    assert not any(row.recovery_url for row in inbound.stage.rows(schema.carts))


def test_what_waited_in_the_inbox_does_not_bring_them_back_either(inbound: Inbound) -> None:
    tell_everything(inbound)
    who = {"id": KNOWN_AS, "email": CANARY, "phone": PHONE}
    inbound.hear("customers/redact", customer=who)
    inbound.checkout("t9", CANARY, customer=someone())
    inbound.ingest()
    inbound.ingest()
    assert traces(inbound) == []


def test_erasing_ends_what_is_under_way(inbound: Inbound) -> None:
    tell_everything(inbound)
    inbound.checkout("t2", CANARY, customer=someone())
    inbound.ingest()
    inbound.stage.live(HOUR + timedelta(minutes=5), timedelta(minutes=20))
    sent = inbound.stage.sink.counts()
    assert sent[CANARY] == 2
    redact(inbound)
    inbound.stage.live(48 * HOUR, 6 * HOUR)
    assert inbound.stage.sink.counts() == sent
    assert {row.end_reason for row in inbound.stage.rows(schema.enrollments)} == {
        "order_placed",
        "customer_erased",
    }


def test_an_erased_address_is_not_written_to_again(inbound: Inbound) -> None:
    tell_everything(inbound)
    redact(inbound)
    hashed = inbound.runtime.secrets.address_hash(ChannelName.EMAIL, CANARY)
    with inbound.runtime.database.reading() as connection:
        found = suppressions.of(connection, inbound.stage.store_id, "email", [hashed])
    assert found == {hashed: "all"}
    sent = inbound.stage.sink.counts()
    inbound.stage.pass_time(HOUR)
    inbound.checkout("new", CANARY)
    inbound.ingest()
    inbound.stage.live(48 * HOUR, 6 * HOUR)
    assert inbound.stage.sink.counts() == sent


def test_someone_we_never_heard_of_is_erased_ahead(inbound: Inbound) -> None:
    before = iso(inbound.stage.now)
    redact(inbound)
    inbound.hear("customers/create", **someone(created_at=before, updated_at=before))
    inbound.ingest()
    assert traces(inbound) == []


def test_the_strangers_customer_of_the_same_name_stays(inbound: Inbound) -> None:
    inbound.checkout("t1", CANARY, domain=STRANGER)
    redact(inbound)
    (cart,) = inbound.stage.rows(schema.carts)
    assert (cart.store_id, cart.recovery_url is not None) == (inbound.stage.stranger_id, True)
    (kept,) = inbound.stage.rows(schema.customers, store_id=inbound.stage.stranger_id)
    assert kept.email == CANARY


def test_an_address_that_is_another_accounts_by_now_is_not_erased_with_it(inbound: Inbound) -> None:
    inbound.hear("customers/create", **someone(id=1, email="old@example.com", phone=None))
    inbound.hear("customers/create", **someone(id=2, phone=None))
    redact(inbound, id=1, email=CANARY, phone=None)
    emails = {row.external_id: row.email for row in inbound.stage.rows(schema.customers)}
    assert emails == {"1": None, "2": CANARY}


def test_calls_about_whom_they_were_merged_with_are_erased_too(inbound: Inbound) -> None:
    stage = inbound.stage
    inbound.hear("customers/create", **someone(id=1, email="old@example.com", phone=None))
    inbound.ingest()
    [old] = stage.rows(schema.customers, external_id="1")
    with stage.database.writing() as connection:
        call = {"customer_id": old.id, "note": NAME}
        outbox.add(connection, stage.store_id, "write_tags", "k", call, stage.now)
        other = {"customer_id": schema.new_id()}
        outbox.add(connection, stage.store_id, "write_tags", "other", other, stage.now)
    inbound.hear("customers/create", **someone())
    merged = {"admin_graphql_api_customer_kept_id": f"gid://shopify/Customer/{KNOWN_AS}"}
    merged |= {"admin_graphql_api_customer_deleted_id": "gid://shopify/Customer/1"}
    merged |= {"status": "completed"}
    inbound.hear("customers/merge", **merged)
    inbound.ingest()
    redact(inbound)
    assert [row.key for row in stage.rows(schema.outbox, kind="write_tags")] == ["other"]
    assert traces(inbound) == []


def test_a_data_request_leaves_a_receipt_and_can_be_answered(inbound: Inbound) -> None:
    tell_everything(inbound)
    inbound.hear("customers/data_request", customer={"id": KNOWN_AS, "email": CANARY})
    inbound.ingest()
    (request,) = inbound.stage.rows(schema.privacy_requests)
    (customer_id,) = request.receipt["customer_ids"]
    with inbound.runtime.database.reading() as connection:
        told = privacy.export(connection, inbound.stage.store_id, customer_id)
        strange = privacy.export(connection, inbound.stage.stranger_id, customer_id)
    assert told["customers"][0]["email"] == CANARY
    assert all(told[name] for name in ("carts", "orders", "events", "messages", "hits"))
    assert not any(strange.values())
    assert CANARY not in str(request)


def test_a_request_is_heeded_once(inbound: Inbound) -> None:
    request = {"id": 9999}
    for _ in range(3):
        inbound.hear(
            "customers/data_request", customer={"id": 1, "email": CANARY}, data_request=request
        )
    inbound.ingest()
    assert len(inbound.stage.rows(schema.privacy_requests)) == 1


def test_a_store_is_erased_wholly_after_it_left(inbound: Inbound) -> None:
    tell_everything(inbound)
    stranger = inbound.stage.rows(schema.flows, store_id=inbound.stage.stranger_id)
    inbound.hear("app/uninstalled")
    inbound.ingest()
    inbound.hear("shop/redact")
    inbound.ingest()
    inbound.work_off()
    for table in schema.metadata.sorted_tables:
        if "store_id" in table.c:
            assert inbound.stage.rows(table, store_id=inbound.stage.store_id) == [], table.name
    assert traces(inbound) == []
    assert inbound.stage.rows(schema.inbox, store_domain=MAPLE) == []
    assert inbound.stage.rows(schema.flows) == stranger


def test_a_store_that_installed_again_is_not_erased(inbound: Inbound) -> None:
    stage = inbound.stage
    tell_everything(inbound)
    inbound.hear("app/uninstalled")
    inbound.ingest()
    with inbound.runtime.database.writing() as connection:
        now = stage.now
        store, fresh = stores.install(
            connection, stage.store.platform, MAPLE, scopes=["read_orders"], now=now
        )
    assert (fresh, store.install_epoch) == (True, 2)
    inbound.hear("shop/redact")
    inbound.ingest()
    inbound.work_off()
    assert stage.store.is_installed
    (request,) = stage.rows(schema.privacy_requests)
    assert request.state == "refused"
    assert stage.rows(schema.customers)


def test_a_redaction_names_nobody_in_the_body_that_is_kept(inbound: Inbound) -> None:
    redact(inbound)
    assert {row.body for row in inbound.stage.rows(schema.inbox)} == {None}
