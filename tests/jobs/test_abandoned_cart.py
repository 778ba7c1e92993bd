"""An abandoned cart's way through the jobs, time moved by hand."""

from datetime import timedelta

from storage import schema
from tests.jobs.stage import HOUR, MINUTE, Stage
from tests.jobs.test_enroll import ordered


def test_three_messages_go_out_each_at_its_time(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    left_at = stage.now
    stage.live(25 * HOUR)
    sent = stage.messages(customer_id=ada)
    assert [row.step_id for row in sent] == ["reminder", "objection", "offer"]
    hours = [(row.sent_at - left_at) / HOUR for row in sent]
    assert [round(hour) for hour in hours] == [1, 12, 24]
    assert all(row.sent_at >= row.due_at for row in sent)


def test_nothing_is_early(stage: Stage) -> None:
    stage.cart(stage.customer())
    stage.live(59 * MINUTE)
    assert stage.messages() == []


def test_the_customer_enters_once_however_often_the_cart_is_looked_at(stage: Stage) -> None:
    cart = stage.cart(stage.customer())
    stage.pass_time(HOUR)
    stage.work()
    stage.change(schema.carts, cart, idle_at=stage.now)
    stage.work()
    assert len(stage.rows(schema.enrollments)) == 1
    assert len(stage.sink.mails) == 1


def test_the_stranger_store_sees_nothing_of_it(stage: Stage) -> None:
    stage.cart(stage.customer())
    stage.live(timedelta(hours=2))
    for table in (schema.enrollments, schema.messages, schema.attempts):
        assert {row.store_id for row in stage.rows(table)} == {stage.store_id}


def test_the_code_is_made_ahead_and_offered(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(25 * HOUR, step=15 * MINUTE)
    (code,) = stage.rows(schema.codes)
    (offer,) = stage.messages(step_id="offer")
    assert code.state == "created"
    assert code.ends_at - offer.due_at == 24 * HOUR
    assert code.needed_by == offer.due_at
    assert list(stage.shop.made) == [code.code]
    body = stage.sink.mails[-1].get_body(("plain",))
    assert body is not None
    assert code.code in body.get_content()


def test_a_code_is_known_again_however_the_shopper_wrote_it(stage: Stage) -> None:
    ada = stage.customer()
    stage.cart(ada)
    stage.live(25 * HOUR, step=15 * MINUTE)
    (code,) = stage.rows(schema.codes)
    order = ordered(stage, ada, discount_codes=[code.code.lower()])
    (code,) = stage.rows(schema.codes)
    assert code.redeemed_order_id == order


def test_a_cart_in_another_currency_is_valued_when_it_is_abandoned(stage: Stage) -> None:
    """Its webhook may come before the import that tells the rate."""
    cart_id = stage.cart(stage.customer(), currency="EUR", store_total=0)
    stage.order(stage.customer("Grace"), currency="EUR", store_total=2 * 8900)
    stage.live(HOUR + MINUTE)
    (cart,) = stage.rows(schema.carts, id=cart_id)
    assert cart.store_total == 2 * cart.total
