"""Recipes after an order as WooCommerce's own payloads start, and end, them by the real jobs."""

from datetime import timedelta
from typing import Any

import orjson

from connectors.base import Webhook
from jobs import ingest
from marketing.model import Platform
from storage import inbox, schema
from tests.connectors.woocommerce.standin import an_order, stamp
from tests.jobs.playing import EMAIL, FOUNDER, ON_ONE, Play, say
from tests.jobs.stage import Stage

SHOP = "shop.example"


class Woo(Play):
    """The same customer in a WooCommerce store, whose orders alone tell of her."""

    def __init__(self, stage: Stage, recipe: str, **changes: Any) -> None:
        told = {"platform": Platform.WOOCOMMERCE.value, "domain": SHOP}
        stage.change(schema.stores, stage.store_id, **told)
        stage.runtime.connectors[Platform.WOOCOMMERCE] = stage.shop  # type: ignore[index]
        super().__init__(stage, recipe, **changes)

    def buys(self, number: int, status: str = "processing") -> None:
        now = stamp(self.stage.now)
        order = an_order(
            number, status=status, currency="USD", date_created_gmt=now, date_modified_gmt=now,
            date_paid_gmt=now, billing={"email": EMAIL, "first_name": "Ada", "country": "US"},
        )  # fmt: skip
        hook = Webhook(
            f"{number}-{status}", "order.updated", SHOP, orjson.dumps(order),
            triggered_at=self.stage.now,
        )  # fmt: skip
        kept = (Platform.WOOCOMMERCE, hook)
        self.inbound.runtime.database.gather(inbox.keep_all, kept)
        ingest.drain(self.inbound.runtime)
        self.stage.work()


@ON_ONE
def test_a_paid_order_is_thanked_for_two_hours_later(stage: Stage) -> None:
    say(stage, **FOUNDER)
    play = Woo(stage, "order-thank-you")
    play.buys(1)
    assert play.sent == []
    play.days(2 / 24)
    assert play.steps == ["thanks"]
    assert play.mail()[0]["Subject"] == "Thank you, Ada, from Grace Moss"


@ON_ONE
def test_an_order_that_was_cancelled_is_not_thanked_for(stage: Stage) -> None:
    play = Woo(stage, "order-thank-you")
    play.buys(1)
    play.days(1 / 24)
    play.buys(1, "cancelled")
    play.days(1)
    assert (play.sent, play.end) == ([], "exit_event")


@ON_ONE
def test_who_stays_away_is_missed_and_the_order_that_brings_them_back_ends_it(
    stage: Stage,
) -> None:
    play = Woo(stage, "win-back")
    play.buys(1)
    stage.pass_time(timedelta(days=88))
    play.began = stage.now
    play.until_let_in()
    play.days(1, 5)
    assert play.steps == ["miss-you"]
    play.buys(2)
    play.days(13.99, 14)
    assert (play.steps, play.end) == (["miss-you"], "order_placed")
