"""What the message editor asks: previews as a customer, checks, tags, tests, and beginnings."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from channels.base import Outcome, Receipt, SendFailed
from jobs import outbox, trials
from jobs.runtime import Runtime
from marketing import recipes
from marketing.model import ChannelName, RenderedMessage
from storage import schema
from storage.database import Database
from tests.embedded_ui.conftest import NEIGHBOUR, Ask
from tests.seeding import Rows, SmallStore, at

HELLO: dict[str, Any] = {
    "subject": "Hello {{ customer.first_name | default: 'you' }}",
    "preview": "Something for you",
    "blocks": [
        {"kind": "header", "id": "header"},
        {"kind": "heading", "id": "top", "text": "Hello"},
        {"kind": "products", "id": "left", "of": "cart"},
        {"kind": "products", "id": "more", "of": "recommended"},
        {"kind": "button", "id": "go", "label": "Go on", "href": "{{ cart.url }}"},
        {"kind": "footer", "id": "footer"},
    ],
}


def with_block(**block: Any) -> dict[str, Any]:
    return {**HELLO, "blocks": [{"id": "it", **block}, HELLO["blocks"][-1]]}


def told(answer: Any, status: int = 200) -> Any:
    assert answer.status_code == status, answer.get_data(as_text=True)
    return answer.json


def issues(ask: Ask, template: Any, **more: Any) -> list[dict[str, Any]]:
    body = {"template": template, **more}
    found: list[dict[str, Any]] = told(ask("/templates/check", "POST", json=body))["issues"]
    return found


def a_product(database: Database, store_id: str, key: str, title: str, **columns: Any) -> None:
    row = {"external_id": key, "title": title, "handle": key, "status": "active",
           "url": f"https://maple.example/{key}", "updated_at": at("2026-11-01 00:00"),
           "variants": [{"external_id": f"{key}1", "price": 4500, "available": True}],
           "image_url": f"https://maple.example/{key}.png", **columns}  # fmt: skip
    with database.writing() as connection:
        Rows(connection, store_id).put(schema.products, **row)


# --- previews -----------------------------------------------------------------------------------


def test_a_preview_is_of_this_store_and_of_its_own_products(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    a_product(database, maple.id, "7", "Moss blanket")
    shown = told(ask("/templates/preview", "POST", json={"template": HELLO}))
    assert shown["subject"] == "Hello Ada"
    assert shown["about"] == {"name": None, "customer_id": None}
    assert shown["size_bytes"] == len(shown["html"].encode())
    for part in ("html", "text"):
        assert "Moss blanket" in shown[part]
        assert "Maple &amp; Moss" in shown[part] or "Maple & Moss" in shown[part]
        assert "Sample" not in shown[part]
    bare = {"template": HELLO, "about": {"sample": "bare"}}
    assert told(ask("/templates/preview", "POST", json=bare))["subject"] == "Hello you"


def test_a_preview_as_a_customer_shows_their_newest_cart_and_keeps_nothing(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    about = {"customer_id": maple.ada, "trigger": "cart.abandoned"}
    shown = told(ask("/templates/preview", "POST", json={"template": HELLO, "about": about}))
    assert shown["about"] == {"name": "Ada Reyes", "customer_id": maple.ada}
    assert "Linen throw" in shown["text"]
    assert "$100.00" in shown["text"]
    ordered = {"customer_id": maple.ada, "trigger": "order.placed"}
    order = with_block(kind="text", html="<p>{{ order.name }} of {{ order.total | money }}</p>")
    shown = told(ask("/templates/preview", "POST", json={"template": order, "about": ordered}))
    assert "$100.00" in shown["text"]


def test_nobody_previews_as_a_customer_of_another_store(ask: Ask, maple: SmallStore) -> None:
    for customer_id in (maple.ada, str(uuid4())):
        body = {"template": HELLO, "about": {"customer_id": customer_id}}
        for path in ("/templates/preview", "/templates/test"):
            sent = {**body, "to": "me@example.com"} if path.endswith("test") else body
            answer = ask(path, "POST", json=sent, domain=NEIGHBOUR)
            assert told(answer, 404)["field"] == "about.customer_id"


def test_what_can_not_be_shown_says_which_block_and_field(ask: Ask) -> None:
    body = {"template": with_block(kind="button", label="", href="x")}
    answer = told(ask("/templates/preview", "POST", json=body), 422)
    assert answer["field"] == "blocks.it.label"
    assert [(one["block"], one["field"]) for one in answer["problems"]] == [
        ("it", "label"),
        ("it", "href"),
    ]
    shape = {"template": with_block(kind="spacer", height=9_000)}
    answer = told(ask("/templates/preview", "POST", json=shape), 422)
    assert [(one["block"], one["field"]) for one in answer["problems"]] == [("it", "height")]


def test_every_recipes_messages_can_be_previewed(ask: Ask, maple: SmallStore) -> None:
    documents = [recipes.document(name) for name in recipes.names()]
    steps = [(one["trigger"]["event"], step) for one in documents for step in one["steps"]]
    messages = [(trigger, step) for trigger, step in steps if step["kind"] == "message"]
    assert len(messages) >= 19
    for trigger, message in messages:
        kind = message.get("message_kind", "marketing")
        about = {"trigger": trigger, "kind": kind, "customer_id": maple.ada}
        body = {"template": message["template"], "about": about}
        shown = told(ask("/templates/preview", "POST", json=body))
        assert "{{" not in shown["html"] + shown["text"]


# --- checks -------------------------------------------------------------------------------------


def test_what_is_to_be_looked_at_is_told_with_its_place(ask: Ask) -> None:
    assert issues(ask, HELLO) == []
    found = issues(ask, with_block(kind="heading", text="Hi {{ customer.first_name }}"))
    assert [(one["block"], one["field"], one["level"], one["code"]) for one in found] == [
        ("it", "text", "warning", "tag_no_fallback")
    ]
    assert found[0]["detail"] == {"tag": "customer.first_name", "fallback": "there"}
    bare = {"offers_code": False}
    for about, codes in ((bare, ["no_code"]), ({**bare, "tells_reward": True}, []), ({}, [])):
        body = {"template": with_block(kind="code"), "about": about}
        answer = told(ask("/templates/check", "POST", json=body))
        assert [one["code"] for one in answer["issues"]] == codes
    body = {"template": with_block(kind="code"), "about": {**bare, "in_campaign": True}}
    (told_there,) = told(ask("/templates/check", "POST", json=body))["issues"]
    assert "a campaign makes no codes" in told_there["message"].lower()
    assert "step" not in told_there["message"]
    assert told_there["detail"] == {"in_campaign": True}
    shape = issues(ask, with_block(kind="html", html="x" * 20_001))
    assert [(one["block"], one["field"], one["level"]) for one in shape] == [
        ("it", "html", "error")
    ]


def test_what_keeps_a_message_from_going_live_is_an_error_here_too(ask: Ask) -> None:
    template = with_block(kind="button", label="x", href="https://example.com")
    step = {"kind": "message", "id": "mail", "channel": "email", "template": template}
    flow = {"name": "x", "trigger": {"event": "order.placed"}, "steps": [step]}
    problems = told(ask("/flows/check", "POST", json=flow))["problems"]
    assert [(one["step"], one["field"]) for one in problems] == [("mail", "blocks.it.href")]


def test_spelling_is_looked_up_and_names_are_left_alone(
    ask: Ask, maple: SmallStore, database: Database
) -> None:
    a_product(database, maple.id, "7", "Moss blankett")
    words = "We kept thier basket, Zelmira, with a <b>blankett</b> in it. Don't wait: maple.example"
    found = issues(ask, with_block(kind="text", html=f"<p>{words}</p>"))
    assert [(one["block"], one["field"], one["level"], one["code"]) for one in found] == [
        ("it", "html", "warning", "spelling")
    ]
    assert found[0]["detail"]["word"] == "thier"
    assert "their" in found[0]["detail"]["suggestions"]


# --- tags, beginnings, products -----------------------------------------------------------------


def test_tags_are_those_that_make_sense_after_the_trigger(ask: Ask) -> None:
    every = told(ask("/templates/tags"))
    cart = told(ask("/templates/tags?trigger=cart.abandoned"))
    names = {one["name"] for one in cart["tags"]}
    assert {"customer.first_name", "cart.total", "store.name"} <= names
    assert not names & {"order.name", "event.from", "product.title"}
    assert names < {one["name"] for one in every["tags"]}
    assert "{{ cart.url }}" in [one["href"] for one in cart["destinations"]]
    assert "has_code" in [one["name"] for one in cart["conditions"]]
    assert "has_order" not in [one["name"] for one in cart["conditions"]]
    first = next(one for one in cart["tags"] if one["name"] == "customer.first_name")
    assert first["example"] == "Ada"
    assert first["with_fallback"] == '{{ customer.first_name | default: "there" }}'
    store = next(one for one in cart["tags"] if one["name"] == "store.name")
    assert store["example"] == "Maple & Moss"
    assert ask("/templates/tags?trigger=nothing").status_code == 422


def test_every_tag_and_every_destination_can_be_published(ask: Ask) -> None:
    offered = told(ask("/templates/tags"))
    words = [one["with_fallback"] or one["tag"] for one in offered["tags"]]
    blocks = [{"kind": "heading", "id": f"t{at}", "text": word} for at, word in enumerate(words)]
    blocks += [
        {"kind": "button", "id": f"d{at}", "label": "x", "href": one["href"]}
        for at, one in enumerate(offered["destinations"])
    ]
    found = issues(ask, {**HELLO, "blocks": [*blocks, HELLO["blocks"][-1]]})
    assert [one for one in found if one["level"] == "error"] == []


def test_a_message_begins_as_a_sketch_or_as_a_copy(ask: Ask, maple: SmallStore) -> None:
    begun = told(ask("/templates/starters?trigger=cart.abandoned"))
    assert [one["key"] for one in begun["starters"]] == ["branded", "blank"]
    for one in begun["starters"]:
        assert {issue["code"] for issue in issues(ask, one["template"])} <= {
            *("subject_empty", "preview_empty", "empty", "nothing_said"),
        }
    assert {one["flow_id"] for one in begun["messages"]} == {maple.flow[0]}
    assert {one["form"] for one in begun["messages"]} == {"blocks"}
    draft = told(ask(f"/flows/{maple.flow[0]}/draft"))["draft"]
    words = {"template": draft["steps"][0]["template"], "channel": "email", "kind": "message"}
    frame = {"subject": "", "preview": "", "blocks": [HELLO["blocks"][-1]]}
    broken = {"kind": "stop_flow", "id": "which", "flow": ""}
    steps = [broken, {**words, "id": "kept"}, {**words, "id": "bare", "template": frame}]
    unready = {"name": "Unready", "trigger": draft["trigger"], "steps": steps}
    made = told(ask("/flows", "POST", json=unready), 201)["id"]
    begun = told(ask("/templates/starters?trigger=cart.abandoned"))
    assert [one["step_id"] for one in begun["messages"] if one["flow_id"] == made] == ["kept"]
    theirs = told(ask("/templates/starters", domain=NEIGHBOUR))["messages"]
    assert maple.flow[0] not in {one["flow_id"] for one in theirs}


CODE = """<mjml><mj-head><block-theme /></mj-head><mj-body>
<block-header /><block-card>
{% if coupon %}<block-heading>Yours &amp; more</block-heading><block-coupon />
{% elsif cart.items.size > 2 or customer.first_name %}<block-heading>Many</block-heading>
{% else %}<block-heading>Hi</block-heading>{% endif %}
<block-quiet><em>Soft</em></block-quiet>
<block-product-grid of="picked" products="1, 2">See</block-product-grid>
<block-button href="{{ cart.url }}">{% if coupon %}Use it{% else %}Go{% endif %}</block-button>
</block-card><block-footer>Why not.</block-footer></mj-body></mjml>"""


def test_a_message_in_code_becomes_blocks_that_say_the_same(ask: Ask) -> None:
    template = {"subject": "s", "preview": "p", "mjml": CODE, "text": "t"}
    made = told(ask("/templates/convert", "POST", json={"template": template}))["template"]
    found = [(one["kind"], one.get("when")) for one in made["blocks"]]
    assert found == [
        ("header", None),
        ("heading", "has_code"),
        ("code", "has_code"),
        ("heading", "(not coupon) and (cart.items.size > 2 or customer.first_name)"),
        (
            "heading",
            "(not coupon) and (not (cart.items.size > 2 or customer.first_name))",
        ),
        ("text", None),
        ("products", None),
        ("button", "has_code"),
        ("button", "has_no_code"),
        ("footer", None),
    ]
    shown = [
        told(ask("/templates/preview", "POST", json={"template": one, "about": about}))["html"]
        for about in ({}, {"offers_code": False})
        for one in (template, made)
    ]
    for said in ("Yours &amp; more", "Many", "Use it", ">Go<", "Why not.", "BACK-SAMPLE"):
        assert (said in shown[0]) is (said in shown[1]), said
        assert (said in shown[2]) is (said in shown[3]), said


def test_what_is_more_than_our_elements_stays_code(ask: Ask) -> None:
    for mjml in (
        "<mjml><mj-body><mj-section></mj-section></mj-body></mjml>",
        CODE.replace("<block-quiet>", "<mj-text>x</mj-text><block-quiet>"),
        CODE.replace("{% endif %}\n<block-quiet>", "\n<block-quiet>"),
        CODE.replace("Why not.", "Why <b>not</b>."),
    ):
        template = {"subject": "s", "preview": "p", "mjml": mjml, "text": "t"}
        answer = told(ask("/templates/convert", "POST", json={"template": template}), 422)
        assert answer["field"] == "mjml"


def test_products_are_found_by_their_title_in_the_own_store_only(
    ask: Ask, maple: SmallStore, neighbour: SmallStore, database: Database
) -> None:
    for key, title in (("7", "Moss blanket"), ("8", "Birch_lamp 100%"), ("9", "Moss candle")):
        a_product(database, maple.id, key, title)
    a_product(database, maple.id, "10", "Moss draft", status="draft")
    a_product(database, neighbour.id, "7", "Moss of the neighbour")
    found = told(ask("/products?search=moss"))
    assert [one["title"] for one in found["products"]] == ["Moss blanket", "Moss candle"]
    assert found["products"][0]["price"] == 4500
    assert (found["total"], found["pages"], found["more"]) == (2, 1, False)
    assert [one["id"] for one in told(ask("/products?search=h_l"))["products"]] == ["8"]
    picked = told(ask("/products?ids=9,7,nope"))["products"]
    assert [one["title"] for one in picked] == ["Moss candle", "Moss blanket"]
    assert told(ask("/products?page=2"))["products"] == []


# --- test mails ---------------------------------------------------------------------------------


class Channel:
    """Takes what it is given, or refuses it as told."""

    name, provider = ChannelName.EMAIL, "fake"

    def __init__(self, outcome: SendFailed | None = None) -> None:
        self.outcome = outcome
        self.sent: list[RenderedMessage] = []

    def send_many(self, messages: Any) -> Any:
        for one in messages:
            self.sent.append(one)
            yield one.message_id, self.outcome or Receipt("p1", "250 taken as p1")


@pytest.fixture
def channel(runtime: Runtime) -> Channel:
    channel = Channel()
    runtime.channels[ChannelName.EMAIL] = channel  # type: ignore[index]
    return channel


def test_a_test_mail_goes_out_marked_and_its_end_can_be_asked_for(
    ask: Ask, runtime: Runtime, maple: SmallStore, channel: Channel
) -> None:
    body = {"template": HELLO, "to": "mara@maple.example", "about": {"customer_id": maple.ada}}
    ordered = told(ask("/templates/test", "POST", json=body), 202)
    assert (ordered["state"], ordered["to"]) == ("queued", "mara@maple.example")
    outbox.drain(runtime, [maple.id])
    outbox.drain(runtime, [maple.id])
    [sent] = channel.sent
    assert (sent.to, sent.subject) == ("mara@maple.example", "[Test] Hello Ada")
    assert "/c/" not in sent.html
    assert "/o/" not in sent.html
    assert "List-Unsubscribe" not in sent.headers
    end = told(ask(f"/templates/test/{ordered['id']}"))
    assert (end["state"], end["detail"]) == ("sent", "250 taken as p1")
    assert end["sent_at"]
    assert ask(f"/templates/test/{ordered['id']}", domain=NEIGHBOUR).status_code == 404


def test_a_refused_test_mail_tells_the_providers_words(
    ask: Ask, runtime: Runtime, maple: SmallStore, channel: Channel
) -> None:
    channel.outcome = SendFailed("550 no such mailbox", outcome=Outcome.REJECTED)
    ordered = told(
        ask("/templates/test", "POST", json={"template": HELLO, "to": "a@b.example"}), 202
    )
    outbox.drain(runtime, [maple.id])
    end = told(ask(f"/templates/test/{ordered['id']}"))
    assert (end["state"], end["detail"]) == ("failed", "550 no such mailbox")


def test_tests_count_against_the_shared_sender_and_end_with_it(
    ask: Ask, runtime: Runtime, channel: Channel
) -> None:
    body = {"template": HELLO, "to": "a@b.example"}
    limited = replace(runtime.settings, shared_sender_daily=2)
    object.__setattr__(runtime, "settings", limited)
    for _ in range(2):
        told(ask("/templates/test", "POST", json=body), 202)
    assert told(ask("/setup/sending"))["left"] == 0
    refused = told(ask("/templates/test", "POST", json=body), 429)
    assert (refused["field"], "shared sender" in refused["message"]) == ("to", True)


def test_tests_are_limited_by_the_hour_and_need_an_address(ask: Ask, channel: Channel) -> None:
    body = {"template": HELLO, "to": "a@b.example"}
    for _ in range(trials.MOST_AN_HOUR):
        told(ask("/templates/test", "POST", json=body), 202)
    assert told(ask("/templates/test", "POST", json=body), 429)["field"] == "to"
    answer = ask("/templates/test", "POST", json={**body, "to": "a@b.example\r\nBcc: x@y.example"})
    assert told(answer, 422)["field"] == "to"
