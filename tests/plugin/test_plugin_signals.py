"""What shoppers do reaches the app, signed and later, and costs them nothing when it is away."""

from typing import Any

import httpx
import pytest

from tests.plugin.conftest import KEY, SECRET
from tests.plugin.receiver import Receiver
from tests.plugin.site import Site

SEND = "update_option( 'double_actions', array() ); Reprise\\Outbox::send();"
TYPED = "Reprise\\Preferences::keep( array( 'reminders' => 'typed', 'has_box' => '1' ) );"
KNOWN = """
global $wpdb;
$wpdb->insert(
    $wpdb->reprise_visitors,
    array(
        'visitor' => str_repeat( 'v', 32 ), 'email' => 'ada@example.com',
        'seen_at' => '2026-01-01', 'counted_from' => '2026-01-01',
    )
);
"""
AGAIN = (
    "global $wpdb; $wpdb->query( \"UPDATE {$wpdb->reprise_signals} SET due_at = '2020-01-01'\" );"
)


def shopper(site: Site, name: str = "ada") -> httpx.Client:
    browser = site.browser()
    browser.cookies.set("double", name)
    return browser


def typed(site: Site, email: str, *, optin: bool) -> None:
    """The classic checkout tells what is in its form, as WooCommerce's own script does."""
    form = f"billing_email={email}" + ("&reprise_optin=1" if optin else "")
    site.run(
        "$_COOKIE['double'] = 'ada'; Reprise\\Email_Capture::from_review( $given );"
        "Reprise\\Cart_Watch::tell(); WC()->session->save();",
        form,
    )


def sent(site: Site, app: Receiver) -> list[dict[str, Any]]:
    app.signals.clear()
    site.run(SEND)
    return [one.told for one in app.of("reprise.cart.updated")]


def test_a_cart_is_told_once_signed_and_as_it_ended_up(site: Site, app: Receiver) -> None:
    browser = shopper(site)
    browser.get("/?double_add=14")
    browser.get("/?double_add=15")
    browser.get("/")
    assert app.signals == [], "no shopper waits for the app"
    site.run(SEND)
    (signal,) = app.signals
    assert signal.path == f"/webhooks/woocommerce/{KEY}"
    assert signal.is_signed_by(SECRET)
    assert signal.headers["x-wc-webhook-source"] == f"{site.url}/"
    assert signal.headers["x-wc-webhook-id"] == "reprise"
    told = signal.told
    assert len(told["token"]) == 32
    assert told["recovery_url"] == f"{site.url}/?reprise_restore={told['token']}"
    assert (told["currency"], told["total"], told["stage"]) == ("EUR", "25.00", "cart")
    assert told["items"][0] == {
        "product_id": 14,
        "variation_id": 0,
        "quantity": 1,
        "name": "Product 14",
        "sku": "SKU-14",
        "price": "12.50",
        "line_total": "12.50",
        "image": None,
        "url": f"{site.url}/product/14/",
    }
    assert (told["email"], told["consent"]) == (None, {"email": None})
    assert sent(site, app) == [], "told once"


def test_an_emptied_cart_is_told_without_items(site: Site, app: Receiver) -> None:
    browser = shopper(site)
    browser.get("/?double_add=14")
    (before,) = sent(site, app)
    browser.get("/?double_empty=1")
    (after,) = sent(site, app)
    assert (after["token"], after["items"]) == (before["token"], [])


def test_an_address_is_told_only_with_the_box_ticked(site: Site, app: Receiver) -> None:
    shopper(site).get("/?double_add=14")
    typed(site, "Ada@Example.com", optin=False)
    assert sent(site, app)[0]["email"] is None
    typed(site, "Ada@Example.com", optin=True)
    (told,) = sent(site, app)
    assert (told["email"], told["consent"]) == ("ada@example.com", {"email": True})
    typed(site, "Ada@Example.com", optin=False)
    (told,) = sent(site, app)
    assert (told["email"], told["consent"]) == (None, {"email": False}), "a tick taken back"


def test_a_merchant_may_have_every_typed_address_told(site: Site, app: Receiver) -> None:
    site.run(TYPED)
    shopper(site).get("/?double_add=14")
    typed(site, "ada@example.com", optin=False)
    assert sent(site, app)[0]["email"] == "ada@example.com"


def test_a_consent_banner_that_says_no_is_heeded(site: Site, app: Receiver) -> None:
    site.run(
        TYPED + "function wp_has_consent() { return false; } $_COOKIE['double'] = 'ada';"
        "WC()->cart->add_to_cart( 14 ); Reprise\\Email_Capture::remember( 'ada@example.com' );"
        "Reprise\\Cart_Watch::tell(); WC()->session->save();"
    )
    (told,) = sent(site, app)
    assert (told["email"], told["customer_id"]) == (None, 0)


def test_a_dead_app_costs_nothing_and_is_told_later_under_the_same_delivery_id(
    site: Site, app: Receiver
) -> None:
    app.status = 503
    answer = shopper(site).get("/?double_add=14")
    assert answer.elapsed.total_seconds() < 5
    shopper(site, "bea").get("/?double_add=15")
    site.run(SEND)
    assert len(app.signals) == 1, "the first failure ends the round"
    (waiting,) = site.run("return get_option( 'double_actions' );")
    assert waiting["hook"] == "reprise_send"
    assert waiting["at"] > 0, "not at once"
    failed = app.signals[0]
    app.status = 200
    app.signals.clear()
    site.run(AGAIN + SEND)
    assert {one.told["items"][0]["product_id"] for one in app.signals} == {14, 15}
    assert failed.id in {one.id for one in app.signals}
    assert failed.body in {one.body for one in app.signals}
    assert site.run("return Reprise\\Outbox::waiting();") == 0


def test_a_signal_is_given_up_after_ten_more_tries_and_counted(site: Site, app: Receiver) -> None:
    app.status = 500
    shopper(site).get("/?double_add=14")
    site.run(f"for ( $i = 0; $i < 11; $i++ ) {{ {AGAIN + SEND} }}")
    assert len({one.id for one in app.signals}) == 1
    assert len(app.signals) == 11
    left = "return array( Reprise\\Outbox::waiting(), (int) get_option( 'reprise_lost_signals' ) );"
    assert site.run(left) == [0, 1]


def test_while_the_app_is_away_a_cart_takes_one_row_however_often_it_changes(site: Site) -> None:
    browser = shopper(site)
    for product in range(1, 6):
        browser.get(f"/?double_add={product}")
    assert site.run("return Reprise\\Outbox::waiting();") == 1
    site.run("for ( $i = 0; $i < 20; $i++ ) { Reprise\\Outbox::add( 'reprise.visit', array() ); }")
    assert len(site.run("return get_option( 'double_actions' );")) == 1, "one round waits, not many"


def test_a_private_address_is_not_called_unless_the_sites_own_settings_name_it(
    site: Site, app: Receiver
) -> None:
    shopper(site).get("/?double_add=14")
    site.run(SEND, fixed=False)
    assert app.signals == []
    assert site.run("return Reprise\\Outbox::waiting();") == 1


def test_an_order_carries_its_carts_token_and_the_next_cart_has_another(
    site: Site, app: Receiver
) -> None:
    browser = shopper(site)
    browser.get("/?double_add=14")
    (cart,) = sent(site, app)
    browser.get("/?double_order=ada@example.com")
    assert site.run("return get_option( 'double_order' );") == {
        "_reprise_cart_token": cart["token"]
    }
    assert sent(site, app) == [], "an order empties its cart; that is not the shopper's doing"
    gone = browser.get(f"/?reprise_restore={cart['token']}")
    assert gone.headers["Location"] == f"{site.url}/shop/", "what was bought is nobody's to restore"
    browser.get("/?double_add=15")
    (after,) = sent(site, app)
    assert after["token"] != cart["token"]


def test_a_ticked_box_at_the_classic_checkout_is_told_and_written_on_the_order(
    site: Site, app: Receiver
) -> None:
    site.run(
        "$_COOKIE['double'] = 'ada'; WC()->cart->add_to_cart( 14 ); $_POST['reprise_optin'] = '1';"
        "$order = new Double_Order(); $order->email = 'Ada@Example.com';"
        "do_action( 'woocommerce_checkout_create_order', $order );"
        "do_action( 'woocommerce_checkout_order_processed', 1, array(), $order );"
        "update_option( 'double_order', $order->meta );"
    )
    assert site.run("return get_option( 'double_order' )['_reprise_optin'];") == "yes"
    site.run(SEND)
    told = app.of("reprise.consent")[0].told
    assert told.pop("at")
    assert told == {
        "email": "ada@example.com",
        "channel": "email",
        "state": "subscribed",
        "source": "checkout",
    }


def test_the_account_tells_a_change_and_heeds_an_unsubscribe_from_a_mail(
    site: Site, app: Receiver
) -> None:
    save = "$_POST['reprise_optin'] = $given; do_action( 'woocommerce_save_account_details', 1 );"
    said = "return Reprise\\Account_Optin::said( 1 );"
    site.run(save, "")
    assert site.run(said) is None, "an empty box that never was ticked says nothing"
    site.run(save, "1")
    assert site.run(said) is True
    site.run("update_user_meta( 1, 'reprise_email_consent', 'unsubscribed' );")  # as the app does
    assert site.run(said) is False
    site.run(save, "1")
    site.run(SEND)
    states = [(one.told["state"], one.told["source"]) for one in app.of("reprise.consent")]
    assert states == [("subscribed", "account"), ("subscribed", "account")]
    site.run("Reprise\\Privacy::erase( 'merchant@example.com' );")


def test_a_link_restores_the_cart_on_another_device_and_then_applies_the_code(
    site: Site, app: Receiver
) -> None:
    site.run(TYPED)
    shopper(site).get("/?double_add=14")
    typed(site, "ada@example.com", optin=False)
    token = sent(site, app)[0]["token"]
    elsewhere = shopper(site, "another-device")
    elsewhere.get("/?double_add=99")
    link = f"/?reprise_restore={token}&coupon=FOR-ADA&utm_source=reprise&utm_id=m1&evil=1"
    answer = elsewhere.get(link)
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{site.url}/checkout/?utm_source=reprise&utm_id=m1"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    (told,) = [one for one in sent(site, app) if one["token"] == token]
    assert [one["product_id"] for one in told["items"]] == [14], "what was in it before is gone"
    assert told["email"] == "ada@example.com"
    assert told["coupons"] == ["for-ada"], "accepted, since the address was there before it"


def test_a_code_that_is_refused_leaves_no_notice_behind(site: Site, app: Receiver) -> None:
    shopper(site).get("/?double_add=14")
    token = sent(site, app)[0]["token"]
    elsewhere = shopper(site, "another-device")
    assert (
        "/checkout/"
        in elsewhere.get(f"/?reprise_restore={token}&coupon=for-ada").headers["Location"]
    )
    notices = "$_COOKIE['double'] = 'another-device'; return WC()->session->get( 'notices' );"
    assert site.run(notices) == []


@pytest.mark.parametrize("token", ["x" * 32, "short", "%27%20OR%201=1", "..%2F..%2F" + "a" * 22])
def test_a_link_that_nobody_has_leads_to_the_shop(site: Site, token: str) -> None:
    answer = shopper(site).get(f"/?reprise_restore={token}")
    assert answer.headers["Location"] == f"{site.url}/shop/"


def test_visits_of_known_visitors_are_told_and_nobody_elses(site: Site, app: Receiver) -> None:
    visit = "/wp-json/wc-reprise/v1/visit"
    told = '{"kind":"product.viewed","id":14}'
    stranger = site.browser()
    assert stranger.post(visit, content=told).status_code == 204
    known = site.browser()
    known.cookies.set("reprise_visitor", "v" * 32)
    site.run(KNOWN)
    for origin, status in ((site.url, 204), ("https://evil.example", 401)):
        answer = known.post(visit, content=told, headers={"Origin": origin})
        assert answer.status_code == status
    for nonsense in (
        '{"kind":"product.viewed","id":950}',
        '{"kind":"evil","id":14}',
        "[",
        "x" * 3000,
    ):
        assert known.post(visit, content=nonsense).status_code == 204
    site.run(SEND)
    (signal,) = app.signals
    seen = signal.told
    assert (signal.topic, seen["kind"], seen["product_id"]) == (
        "reprise.visit",
        "product.viewed",
        14,
    )
    assert (seen["visitor"], seen["email"]) == ("v" * 32, "ada@example.com")


def test_a_visitor_who_never_stops_is_no_longer_told_of(site: Site) -> None:
    told = site.run(
        KNOWN + "$heard = 0; for ( $i = 0; $i < 200; $i++ ) {"
        " $heard += null !== Reprise\\Visitors::visit( str_repeat( 'v', 32 ) ); } return $heard;"
    )
    assert told == 120
