"""Messages in blocks through the real jobs to a mail server: a shopper's, and one to oneself."""

from typing import Any

from jobs import outbox, publish, trials
from jobs.previews import About
from marketing import flow_schema
from marketing.block_schema import read
from storage import schema, stores
from storage import trials as kept
from tests.jobs.stage import HOUR, MINUTE, Stage

TEMPLATE: dict[str, Any] = {
    "subject": "Noch da{% if customer.first_name %}, {{ customer.first_name }}{% endif %}?",
    "preview": "Ihr Korb",
    "blocks": [
        {"kind": "header", "id": "header"},
        {"kind": "heading", "id": "neu", "text": "Willkommen", "when": "is_new"},
        {"kind": "heading", "id": "alt", "text": "Schön, wiederzusehen", "when": "is_returning"},
        {"kind": "text", "id": "text", "html": "<p>Alles <b>liegt</b> da.</p><script>x</script>"},
        {"kind": "columns", "id": "zwei",
         "left": [{"kind": "button", "id": "hin", "label": "Zum Korb", "href": "{{ cart.url }}"}],
         "right": [{"kind": "button", "id": "rund", "label": "Zum Laden",
                    "href": "https://maple.example/laden"}]},
        {"kind": "products", "id": "korb", "of": "cart"},
        {"kind": "footer", "id": "footer"},
    ],
}  # fmt: skip


def test_a_german_shopper_gets_a_message_in_blocks_in_the_stores_look(stage: Stage) -> None:
    with stage.database.writing() as connection:
        brand = {"brand": {"button": "#0b5394", "address": "Moosweg 1, Bremen"}}
        stores.set_settings(connection, stage.store_id, {**stage.store.settings, **brand})
    mail = {"kind": "message", "id": "mail", "channel": "email", "template": TEMPLATE}
    trigger = {"event": "cart.abandoned", "idle": "PT1H"}
    document = {"name": "Blöcke", "trigger": trigger, "steps": [mail]}
    publish.pause(stage.runtime, stage.store_id, stage.flow_id())
    flow_id = stage.put_flow(flow_schema.load(document))
    ada = stage.customer("Ada", locale="de-DE")
    stage.cart(ada, locale="de-DE")
    stage.pass_time(HOUR + MINUTE)
    stage.work()
    [sent] = [row for row in stage.messages() if row.flow_id == flow_id]
    assert (sent.state, sent.reason) == ("sent", None)
    [got] = [one for one in stage.sink.mails if one["Subject"] == "Noch da, Ada?"]
    parts = {
        part.get_content_type(): part.get_content()
        for part in got.walk()
        if not part.is_multipart()
    }
    html, text = parts["text/html"], parts["text/plain"]
    assert "Willkommen" in html
    assert "wiederzusehen" not in html + text
    assert "<script" not in html
    assert "#0b5394" in html
    for part in (html, text):
        assert "Summe" in part
        assert "Abmelden" in part
        assert "Moosweg 1, Bremen" in part
    assert html.count("/c/") == 2  # the store's two links: the header's and a button's
    assert "/cart/" in html


def test_a_test_mail_comes_to_the_merchant_and_is_counted_nowhere(stage: Stage) -> None:
    ada = stage.customer("Ada")
    stage.cart(ada)
    about = About(trigger="cart.abandoned", customer_id=ada)
    ordered = trials.order(stage.runtime, stage.store, read(TEMPLATE), about, "mara@maple.example")
    while outbox.drain(stage.runtime, [stage.store_id]):
        pass
    [(to, raw)] = stage.sink.taken
    assert to == "mara@maple.example"
    assert b"[Test]" in raw
    assert b"List-Unsubscribe" not in raw
    with stage.database.reading() as connection:
        end = kept.get(connection, stage.store_id, ordered.id)
        assert kept.get(connection, stage.stranger_id, ordered.id) is None
    assert end
    assert (end.state, end.words) == ("sent", None)
    assert end.detail
    assert stage.rows(schema.messages) == []
    assert stage.events("message.sent") == []
