"""Finding what goes with what in a store, and showing it in messages."""

from datetime import timedelta
from typing import Any

from sqlalchemy import insert

from jobs import publish, recommend
from marketing.flow import Delay, Flow, SendMessage, Template, Trigger
from marketing.model import ChannelName
from sandbox.faults import Fault
from storage import recommendations, schema, upkeep
from storage.recommendations import BEST, BOUGHT, NEWEST, VIEWED, Shelf, best_of
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.seeding import an_item

DAY = timedelta(days=1)


def put_product(stage: Stage, product_id: str, category: str = "Tea", **columns: Any) -> None:
    row = {
        "store_id": stage.store_id,
        "external_id": product_id,
        "title": f"Product {product_id}",
        "handle": product_id,
        "url": f"https://maple.example/products/{product_id}",
        "product_type": category,
        "status": "active",
        "variants": [variant(product_id)],
        "created_at": stage.now,
        "updated_at": stage.now,
    }
    with stage.database.writing() as connection:
        connection.execute(insert(schema.products).values({**row, **columns}))


def variant(product_id: str, *, available: bool = True) -> dict[str, Any]:
    return {"external_id": f"{product_id}-1", "title": "", "price": 900, "available": available}


def line(product_id: str) -> dict[str, Any]:
    return an_item(900, f"Product {product_id}") | {"product_id": product_id, "variant_id": None}


def shop_together(stage: Stage, count: int = 6) -> None:
    """People buy tea with a pot; others buy one thing each."""
    for number in range(count):
        stage.order(stage.customer(f"Pair{number}"), items=[line("tea"), line("pot")])
    for number in range(20):
        stage.order(stage.customer(f"One{number}"), items=[line(f"single{number % 5}")])


def shelf(stage: Stage, store_id: str | None = None) -> Shelf:
    with stage.database.reading() as connection:
        return recommendations.shelf(
            connection, store_id or stage.store_id, ["tea"], [BEST, NEWEST, best_of("Tea")]
        )


def find(stage: Stage) -> None:
    stage.pass_time(MINUTE)
    recommend.drain(stage.runtime, [stage.store_id, stage.stranger_id])


def test_what_is_bought_together_is_found_and_a_stranger_sees_nothing(stage: Stage) -> None:
    for product_id in ("tea", "pot"):
        put_product(stage, product_id)
    put_product(stage, "single0", "Singles")
    shop_together(stage)
    find(stage)
    found = shelf(stage)
    assert [one for one, _ in found.companions[BOUGHT]["tea"]] == ["pot"]
    assert found.companions[VIEWED] == {}
    assert set(found.lists[BEST]) == {"tea", "pot", "single0"}
    assert set(found.lists[best_of("Tea")]) == {"tea", "pot"}
    assert set(found.lists[NEWEST]) == {"tea", "pot", "single0"}
    assert shelf(stage, stage.stranger_id).companions[BOUGHT] == {}


def test_views_tell_what_others_looked_at(stage: Stage) -> None:
    for number in range(12):
        person = stage.customer(f"Looker{number}")
        looked = ["tea", "mug"] if number < 5 else [f"other{number}"]
        with stage.database.writing() as connection:
            for product_id in looked:
                row = {
                    "store_id": stage.store_id, "id": schema.new_id(), "customer_id": person,
                    "name": "product.viewed", "occurred_at": stage.now,
                    "dedupe_key": f"{person}:{product_id}", "data": {"product_id": product_id},
                }  # fmt: skip
                connection.execute(insert(schema.events).values(row))
    find(stage)
    assert [one for one, _ in shelf(stage).companions[VIEWED]["tea"]] == ["mug"]


def test_it_is_found_anew_every_day_and_not_before(stage: Stage) -> None:
    find(stage)
    [first] = stage.rows(schema.recommendation_rounds, store_id=stage.store_id)
    stage.pass_time(HOUR)
    recommend.drain(stage.runtime, [stage.store_id])
    assert stage.rows(schema.recommendation_rounds, store_id=stage.store_id) == [first]
    shop_together(stage)
    stage.pass_time(DAY)
    recommend.drain(stage.runtime, [stage.store_id])
    assert shelf(stage).companions[BOUGHT]


def test_a_store_that_is_gone_is_left_alone(stage: Stage) -> None:
    stage.change(schema.stores, stage.store_id, status="uninstalled")
    find(stage)
    [row] = stage.rows(schema.recommendation_rounds, store_id=stage.store_id)
    assert (row.due_at, row.found_at) == (None, None)


MJML = """<mjml><mj-head><block-theme /></mj-head><mj-body><block-card>{}</block-card>
<block-footer /></mj-body></mjml>"""


def put_flow(stage: Stage, block: str, *steps: Delay) -> str:
    publish.pause(stage.runtime, stage.store_id, stage.flow_id())
    template = Template("Hello", "", MJML.format(block), f"{block}\n<block-footer />")
    message = SendMessage("hello", ChannelName.EMAIL, template)
    return stage.put_flow(Flow("Cart", Trigger("cart.abandoned", idle=HOUR), (*steps, message)))


def sent_with(stage: Stage, block: str) -> str:
    """Send one message about a cart with tea in it, and give its text."""
    put_flow(stage, block)
    ada = stage.customer()
    stage.cart(ada, items=[line("tea")])
    stage.live(HOUR + MINUTE)
    [mail] = [mail for mail in stage.sink.mails if mail["Subject"] == "Hello"]
    body = mail.get_body(("plain",))
    assert body
    return str(body.get_content()).replace("\r\n", "\n")


def test_a_message_recommends_what_goes_with_the_cart(stage: Stage) -> None:
    for product_id in ("tea", "pot", "single0", "single1"):
        put_product(stage, product_id)
    shop_together(stage)
    find(stage)
    text = sent_with(stage, '<block-product-grid of="recommended" />')
    assert "- Product pot: $9.00" in text
    assert text.index("Product pot") < text.index("Product single")
    assert "Product tea" not in text


def test_sold_out_things_are_not_recommended_and_a_pick_is_swapped(stage: Stage) -> None:
    for product_id in ("tea", "single0", "single1"):
        put_product(stage, product_id)
    put_product(stage, "single2", is_published=False)
    put_product(stage, "pot", variants=[variant("pot", available=False)])
    shop_together(stage)
    find(stage)
    text = sent_with(stage, '<block-product-grid of="picked" products="pot, tea" />')
    assert "Product pot" not in text
    assert "Product tea" in text
    assert text.count("https://maple.example/products/") == 2


def test_a_cart_says_what_is_sold_out_and_keeps_its_total(stage: Stage) -> None:
    put_product(stage, "tea", variants=[variant("tea", available=False)])
    text = sent_with(stage, "<block-cart-items />")
    assert "Product tea: $9.00 (sold out" in text
    assert "Total: $89.00" in text


def test_another_try_says_the_very_same(stage: Stage) -> None:
    for product_id in ("tea", "pot", "single0"):
        put_product(stage, product_id)
    shop_together(stage)
    find(stage)
    put_flow(stage, '<block-product-grid of="recommended" />')
    stage.cart(stage.customer(), items=[line("tea")])
    stage.sink.faults.order(Fault("rcpt", "reply", code=450))
    stage.live(HOUR + MINUTE)
    [first] = stage.messages(step_id="hello")
    assert (first.state, len(first.shown["recommendations"])) == ("retry_wait", 2)
    with stage.database.writing() as connection:
        connection.execute(schema.products.update().values(title="Something else"))
        upkeep.wake_retries(connection, first.retry_at)
    stage.work()
    [second] = stage.messages(step_id="hello")
    assert (second.state, second.shown) == ("sent", first.shown)
    body = stage.sink.mails[-1].get_body(("plain",))
    assert body
    assert "Product pot" in body.get_content()


def test_an_empty_store_recommends_nothing_and_the_message_goes_out(stage: Stage) -> None:
    find(stage)
    grid = '<block-product-grid of="recommended">You may like</block-product-grid>'
    assert "You may like" not in sent_with(stage, grid)


def test_buyers_words_are_quoted_as_they_were_told(stage: Stage) -> None:
    put_product(stage, "tea", rating=460, rating_count=12)
    with stage.database.writing() as connection:
        for number, (stars, words) in enumerate([(5, "Like spring."), (2, "Meh."), (4, None)]):
            row = {
                "store_id": stage.store_id, "external_id": f"r{number}", "product_id": "tea",
                "rating": stars, "text": words, "author": "Ben", "posted_at": stage.now,
            }  # fmt: skip
            connection.execute(insert(schema.product_reviews).values(row))
    text = sent_with(stage, "<block-reviews>They say</block-reviews>")
    assert '"Like spring."\n5 out of 5, Ben, Product tea' in text
    assert "Meh." not in text
