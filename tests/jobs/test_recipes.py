"""Each recipe as one customer lives it, through the real jobs: what comes when, and what ends it.

The stories that the database has a part in are played on both; the others on SQLite.
"""

from datetime import timedelta
from pathlib import Path
from typing import Any

from jobs import outbox, rewards
from marketing.model import Platform
from storage import schema
from tests.jobs.playing import FOUNDER, ON_BOTH, ON_ONE, Play, say
from tests.jobs.stage import HOUR, Stage
from tests.jobs.test_rewards import RewardShop

# --- recovery ---------------------------------------------------------------------------------


@ON_BOTH
def test_abandoned_cart_reminds_answers_and_offers_a_code_within_a_day(stage: Stage) -> None:
    play = Play(stage, "abandoned-cart")
    play.begins_checkout()
    play.days(1 / 24, 0.5, 0.99, 1.0)
    assert play.steps == ["reminder", "objection", "offer"]
    assert [day for _, day in play.sent] == [0.0, 0.5, 1.0]
    [code] = stage.rows(schema.codes)
    assert code.code in play.mail()[1]
    assert play.end == "completed"


@ON_ONE
def test_abandoned_cart_with_proof_quotes_buyers_and_waits_three_days_with_its_code(
    stage: Stage,
) -> None:
    play = Play(stage, "abandoned-cart-proof")
    play.praise("p1", "Warm and light.")
    play.begins_checkout("p1")
    play.days(1 / 24, 1.0)
    assert play.mail()[0]["Subject"] == "What others say about it"
    assert '"Warm and light."' in play.mail()[1]
    play.days(2.99, 3.0)
    assert [(step, round(day)) for step, day in play.sent][1:] == [("proof", 1), ("offer", 3)]
    assert "10% off" in play.mail()[0]["Subject"]


@ON_ONE
def test_an_order_ends_the_second_cart_recipe_before_its_code(stage: Stage) -> None:
    play = Play(stage, "abandoned-cart-proof")
    play.begins_checkout()
    play.days(1 / 24, 1.0)
    play.order("orders/create")
    play.days(2.99, 3.0)
    assert (play.steps, play.end) == (["reminder", "proof"], "order_placed")
    assert stage.rows(schema.codes) == []


@ON_BOTH
def test_whoever_looked_and_left_sees_the_very_product_then_what_others_looked_at(
    stage: Stage,
) -> None:
    play = Play(stage, "browse-abandonment")
    play.crowd("viewed")
    play.change_product("p1", rating=460, rating_count=12)
    play.looks_at("p1")
    play.days(0.1, 4 / 24)
    mail, text = play.mail()
    assert mail["Subject"] == "Throw p1: still on your mind?"
    assert "https://maple.example/products/p1" in text
    assert "4.6 out of 5" in text
    play.days(4 / 24 + 2)
    assert play.sent == [("look", 0.2), ("others", 2.2)]
    mail, text = play.mail()
    assert mail["Subject"] == "Others who looked at it also looked at"
    assert "Throw p2" in text
    assert "Throw p3" in text
    assert "Throw p4" not in text


@ON_ONE
def test_who_buys_or_begins_a_cart_is_not_shown_it_again(stage: Stage) -> None:
    play = Play(stage, "browse-abandonment")
    play.looks_at("p1")
    play.days(4 / 24)
    play.begins_checkout()
    play.days(3)
    assert (play.steps, play.end) == (["look"], "exit_event")


@ON_ONE
def test_a_product_that_sold_out_since_is_said_to_be_and_others_are_shown(stage: Stage) -> None:
    play = Play(stage, "browse-abandonment")
    play.crowd("viewed")
    play.looks_at("p1")
    play.change_product("p1", variants=[{"external_id": "1", "price": 1, "available": False}])
    play.days(4 / 24)
    text = play.mail()[1]
    assert "(sold out at the moment)" in text
    assert "Throw p2" in text


# --- welcome ----------------------------------------------------------------------------------


@ON_BOTH
def test_a_new_subscriber_hears_four_times_and_last_of_an_offer(stage: Stage) -> None:
    say(stage, **FOUNDER, brand_story="We began with one loom in a barn.")
    play = Play(stage, "welcome", **NOT_YET)
    play.crowd()
    play.praise("p1", "Warm and light.")
    play.subscribes()
    assert "one loom in a barn" in play.mail()[1]
    play.days(2)
    assert play.mail()[0]["Subject"] == "What people buy most at Maple & Moss"
    play.days(4)
    assert '"Warm and light."' in play.mail()[1]
    play.days(5.99, 6)
    [code] = stage.rows(schema.codes)
    assert code.code in play.mail()[1]
    assert [(step, round(day)) for step, day in play.sent] == [
        ("story", 0), ("best", 2), ("proof", 4), ("offer", 6),
    ]  # fmt: skip


@ON_ONE
def test_a_subscriber_who_has_bought_before_gets_no_offer(stage: Stage) -> None:
    play = Play(stage, "welcome", orders_count=2, **NOT_YET)
    play.subscribes()
    play.days(2, 4, 5.99, 6)
    assert play.steps == ["story", "best", "proof"]
    assert stage.rows(schema.codes) == []


@ON_ONE
def test_a_first_order_ends_the_welcome(stage: Stage) -> None:
    play = Play(stage, "welcome", **NOT_YET)
    play.subscribes()
    play.days(2)
    play.order("orders/create")
    play.days(4, 5.99, 6)
    assert (play.steps, play.end) == (["story", "best"], "order_placed")


@ON_ONE
def test_a_first_buyer_is_brought_to_a_second_order_with_a_code_after_a_month(
    stage: Stage,
) -> None:
    play = Play(stage, "second-purchase")
    play.order("orders/create")
    play.days(15.3)
    assert play.steps == ["next"]
    play.days(30, 31.3)
    [code] = stage.rows(schema.codes)
    assert play.steps == ["next", "offer"]
    assert code.code in play.mail()[1]


@ON_ONE
def test_a_second_order_ends_it_and_a_regular_never_enters(stage: Stage) -> None:
    play = Play(stage, "second-purchase")
    play.order("orders/create")
    play.days(3)
    play.order("orders/create", 2)
    play.days(15.3)
    assert (play.sent, play.end) == ([], "order_placed")


# --- loyalty ----------------------------------------------------------------------------------


@ON_ONE
def test_who_stays_away_is_missed_then_offered_ten_then_fifteen_percent(stage: Stage) -> None:
    play = Play(stage, "win-back", **last_seen(stage))
    play.until_let_in()
    play.days(1, 13.99, 14, 27.99, 28)
    assert [(step, round(day)) for step, day in play.sent] == [
        ("miss-you", 0), ("first-offer", 14), ("last-offer", 28),
    ]  # fmt: skip
    assert sorted(row.percent for row in stage.rows(schema.codes)) == [10, 15]
    assert "15% off" in play.mail()[0]["Subject"]


@ON_ONE
def test_who_comes_back_hears_no_offer(stage: Stage) -> None:
    play = Play(stage, "win-back", **last_seen(stage))
    play.until_let_in()
    play.days(1, 5)
    play.order("orders/create")
    play.days(13.99, 14)
    assert (play.steps, play.end) == (["miss-you"], "order_placed")


@ON_ONE
def test_every_fifth_order_puts_money_on_the_account_and_others_none(
    stage: Stage, tmp_path: Path
) -> None:
    shop = RewardShop(tmp_path / "accounts.jsonl")
    stage.shop = stage.runtime.connectors[Platform.SHOPIFY] = shop  # type: ignore[index, assignment]
    stage.change(schema.stores, stage.store_id, scopes=sorted(rewards.SCOPES))
    play = Play(stage, "loyalty-reward")
    for number in range(1, 5):
        stage.order(play.ada, placed_at=stage.now - timedelta(days=40 - number))
    play.order("orders/create", 5)
    play.days(6.9)
    assert shop.all() == []
    for day in (8.3, 8.4):
        play.days(day)
        outbox.drain(stage.runtime, [stage.store_id])
    play.days(8.5)
    [credit] = shop.all()
    assert credit["amount"] == 500
    assert play.mail()[0]["Subject"] == "$5.00 for you, with our thanks"
    assert "put $5.00 on your account" in play.mail()[1]
    play.order("orders/create", 6)
    play.days(17)
    assert play.steps == ["thanks"]


@ON_ONE
def test_the_best_customers_hear_a_day_before_the_others(stage: Stage) -> None:
    play = Play(stage, "vip-early-access", tags=["vip"])
    ben = stage.customer("Ben", **known_as_ben(stage))
    play.order("orders/create")
    play.order("orders/create", 2, email=BEN, contact_email=BEN)
    play.product("p9", "products/create")
    assert play.steps == ["first"]
    assert play.mail()[0]["Subject"] == "You are the first to know: Throw p9"
    assert "something new in Throws" in play.mail()[1]
    assert stage.messages(customer_id=ben) == []


@ON_ONE
def test_everyone_else_hears_the_next_day_what_is_new_in_a_category_they_like(
    stage: Stage,
) -> None:
    play = Play(stage, "new-in-category")
    ben = stage.customer("Ben", **known_as_ben(stage), tags=["vip"])
    play.order("orders/create")
    play.order("orders/create", 2, email=BEN, contact_email=BEN)
    play.product("p9", "products/create")
    play.days(0.9)
    assert play.sent == []
    play.days(1.3, 1.6, 1.9, 2.0)
    assert play.mail()[0]["Subject"] == "New in Throws: Throw p9"
    assert stage.messages(customer_id=ben) == []


@ON_ONE
def test_a_birthday_is_congratulated_on_with_a_present(stage: Stage) -> None:
    born = (stage.now + timedelta(days=2)).date().replace(year=1990)
    play = Play(stage, "birthday", properties={"birthday": born.isoformat()})
    play.until_let_in()
    play.days(0.6)
    [code] = stage.rows(schema.codes)
    assert play.mail()[0]["Subject"] == "Happy birthday, Ada"
    assert code.code in play.mail()[1]
    assert (code.percent, round((code.ends_at - play.began).days)) == (15, 14)


# --- products ---------------------------------------------------------------------------------


@ON_BOTH
def test_what_is_back_is_told_to_who_wanted_it(stage: Stage) -> None:
    play = Play(stage, "back-in-stock")
    play.product("p1", stock=0)
    stage.pass_time(HOUR)
    play.wants("p1")
    play.product("p1", stock=3)
    assert play.mail()[0]["Subject"] == "Throw p1 is back"
    assert "https://maple.myshopify.com/products/p1" in play.mail()[1]


@ON_ONE
def test_what_is_gone_again_by_then_is_said_to_be(stage: Stage) -> None:
    play = Play(stage, "back-in-stock")
    play.crowd()
    play.product("p1", stock=0)
    stage.pass_time(HOUR)
    play.wants("p1")
    play.product("p1", stock=3, works=False)
    play.product("p1", stock=0)
    assert play.mail()[0]["Subject"] == "Throw p1: gone again"
    assert "Throw p2" in play.mail()[1]


@ON_BOTH
def test_a_lower_price_is_told_with_both_prices(stage: Stage) -> None:
    play = Play(stage, "price-drop")
    play.wants("p1")
    play.product("p1", price="29.00")
    assert play.mail()[0]["Subject"] == "Now $29.00: Throw p1"
    assert "from $49.00 to $29.00" in play.mail()[1]


@ON_ONE
def test_a_price_that_rose_again_is_not_told_as_lower(stage: Stage) -> None:
    play = Play(stage, "price-drop")
    play.wants("p1")
    play.product("p1", price="39.00", works=False)
    play.product("p1", price="49.00")
    assert play.steps
    assert "39.00" not in play.mail()[1]
    assert "less" not in play.mail()[1]


BEN = "ben@example.com"
NOT_YET = dict.fromkeys(["email_consent", "email_consent_source", "email_consent_at"])
"""Somebody whom the store knows and who has not asked for its news."""


def last_seen(stage: Stage) -> dict[str, Any]:
    """Give a customer who ordered once, 88 days ago."""
    at = stage.now - timedelta(days=88)
    return {"orders_count": 1, "first_order_at": at, "last_order_at": at}


def known_as_ben(stage: Stage) -> dict[str, Any]:
    return {"email": BEN, "email_key": BEN, "email_consent_at": stage.now - timedelta(days=1)}
