"""The recipes that follow an order, as one customer lives them through the real jobs."""

from tests.jobs.playing import FOUNDER, ON_BOTH, ON_ONE, Play, say
from tests.jobs.stage import Stage


@ON_BOTH
def test_an_order_is_confirmed_at_once_also_to_who_wants_no_marketing(stage: Stage) -> None:
    say(stage, **FOUNDER)
    play = Play(stage, "order-confirmation", email_consent="unsubscribed")
    play.order("orders/create")
    mail, text = play.mail()
    assert mail["Subject"] == "Your order #1: thank you"
    assert "1 x Throw p1: $49.00" in text
    assert "Total: $49.00" in text
    assert "https://maple.example/o/1" in text
    assert "Grace Moss\nFounder of Maple & Moss" in text
    assert "Instagram: https://instagram.example/maple" in text
    assert mail["List-Unsubscribe"] is None
    assert [row.kind for row in stage.messages(customer_id=play.ada)] == ["transactional"]


@ON_ONE
def test_the_founder_thanks_two_hours_later_and_once_in_half_a_year(stage: Stage) -> None:
    say(stage, **FOUNDER)
    play = Play(stage, "order-thank-you")
    play.order("orders/create")
    assert play.sent == []
    play.days(2 / 24)
    assert play.mail()[0]["Subject"] == "Thank you, Ada, from Grace Moss"
    assert "https://instagram.example/maple" in play.mail()[1]
    play.order("orders/create", 2)
    play.days(1)
    assert play.steps == ["thanks"]


@ON_ONE
def test_a_cancelled_order_is_not_thanked_for(stage: Stage) -> None:
    play = Play(stage, "order-thank-you")
    play.order("orders/create")
    play.days(1 / 24)
    play.order("orders/cancelled", cancelled_at=stage.now.isoformat())
    play.days(1)
    assert (play.sent, play.end) == ([], "exit_event")


@ON_BOTH
def test_a_parcel_that_left_can_be_followed(stage: Stage) -> None:
    play = Play(stage, "shipping", email_consent=None)
    play.order("orders/create")
    play.ships()
    mail, text = play.mail()
    assert mail["Subject"] == "On its way: your order #1"
    assert "Track my parcel:\nhttps://d.example/JD1" in text
    assert "DHL, tracking number JD1" in text
    html = mail.get_body(("html",))
    assert html
    assert "Track my parcel" in html.get_content()


@ON_BOTH
def test_a_review_is_asked_for_by_the_products_name_a_week_after_delivery(stage: Stage) -> None:
    play = Play(stage, "review-request")
    play.order("orders/create")
    play.ships()
    play.days(3)
    play.arrives()
    play.days(4, 9.9)
    assert play.sent == []
    play.days(11.3)
    [(step, _)] = play.sent
    [row] = stage.messages(step_id="review")
    assert step == "review"
    assert 10 <= (row.due_at - play.began).days <= 17
    assert play.local_hour(row.due_at) == 10
    mail, text = play.mail()
    assert mail["Subject"] == "How is your Throw p1?"
    assert "Write a review:\nhttps://maple.example/products/p1" in text


@ON_BOTH
def test_nobody_is_asked_about_what_they_gave_back(stage: Stage) -> None:
    play = Play(stage, "review-request")
    play.order("orders/create")
    play.ships()
    play.days(3)
    play.arrives()
    play.days(5)
    play.refunds()
    play.days(12, 18)
    assert (play.sent, play.end) == ([], "exit_event")


@ON_ONE
def test_a_refund_of_another_order_does_not_end_it(stage: Stage) -> None:
    play = Play(stage, "cross-sell")
    play.order("orders/create", 1)
    play.days(1)
    play.order("orders/create", 2)
    play.days(2)
    play.refunds(2)
    play.days(23)
    assert play.steps == ["companions"]


@ON_BOTH
def test_three_weeks_later_comes_what_goes_with_it(stage: Stage) -> None:
    play = Play(stage, "cross-sell")
    play.crowd()
    play.order("orders/create")
    play.days(20.9)
    assert play.sent == []
    play.days(22.3)
    [row] = stage.messages(step_id="companions")
    assert 21 <= (row.due_at - play.began).days < 30
    mail, text = play.mail()
    assert mail["Subject"] == "Goes with your Throw p1"
    assert "People who have it often bought one of these as well" in text
    assert "Throw p2" in text
    assert "Throw p4" not in text


@ON_ONE
def test_what_is_used_up_is_brought_to_mind_by_the_product(stage: Stage) -> None:
    play = Play(stage, "replenishment")
    play.order("orders/create")
    play.days(44.9)
    assert play.sent == []
    play.days(46.3)
    mail, text = play.mail()
    assert mail["Subject"] == "Running low on Throw p1?"
    assert "https://maple.example/products/p1" in text


@ON_ONE
def test_who_ordered_anew_is_not_reminded(stage: Stage) -> None:
    play = Play(stage, "replenishment")
    play.order("orders/create")
    play.days(30)
    line = {"id": 1, "product_id": "p4", "quantity": 1, "price": "49.00", "title": "Throw p4"}
    play.order("orders/create", 2, line_items=[line])
    play.days(46.3)
    assert (play.sent, play.end) == ([], "order_placed")
