"""The plugin in a real WordPress: connecting, the panel's page, settings, going away."""

import re
import subprocess
from html import unescape
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from setup import plugin
from setup.wordpress import Parts
from tests.plugin.conftest import KEY, SECRET
from tests.plugin.receiver import Receiver
from tests.plugin.site import ADMIN, Site

CONNECTION = "wc-reprise/v1/connection"
PAGE = "/wp-admin/admin.php?page=reprise"


def test_every_file_of_php_is_php(parts: Parts) -> None:
    for path in plugin.SOURCES.rglob("*.php"):
        done = subprocess.run(
            [parts.php, "-l", str(path)], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout


def test_activating_makes_the_tables(fresh: Site) -> None:
    made = fresh.run("global $wpdb; return $wpdb->get_col( \"SHOW TABLES LIKE '%reprise%'\" );")
    assert made == ["shop_reprise_carts", "shop_reprise_signals", "shop_reprise_visitors"]


def test_nobody_but_the_shops_manager_asks_the_connection_route(fresh: Site) -> None:
    assert fresh.browser().get(f"/wp-json/{CONNECTION}").status_code == 401
    assert fresh.browser().put(f"/wp-json/{CONNECTION}", json={}).status_code in {400, 401}
    assert fresh.rest("GET", CONNECTION).json() == {
        "version": "1.0.0",
        "connected": False,
        "app_url": fresh.app_url,
        "woocommerce": "0.0-double",
        "block_checkout": False,
    }


def test_the_app_hands_over_key_and_secret_and_takes_them_back(fresh: Site, app: Receiver) -> None:
    handed = {"app_url": app.url, "store_key": KEY, "secret": SECRET}
    put = fresh.rest("PUT", CONNECTION, json=handed)
    assert put.status_code == 200
    assert put.json()["connected"] is True
    assert SECRET not in fresh.rest("GET", CONNECTION).text
    assert fresh.run("return isset( wp_load_alloptions()['reprise_connection'] );") is False
    assert fresh.rest("DELETE", CONNECTION).json()["connected"] is False
    assert fresh.run("return get_option( 'reprise_connection' );") == {"app_url": app.url}


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("secret", "short"),
        ("secret", "with spaces in it, and forty characters"),
        ("store_key", "<b>"),
    ],
)
def test_nonsense_is_not_kept(fresh: Site, app: Receiver, field: str, value: str) -> None:
    handed = {"app_url": app.url, "store_key": KEY, "secret": SECRET, field: value}
    assert fresh.rest("PUT", CONNECTION, json=handed).status_code == 400
    assert fresh.rest("GET", CONNECTION).json()["connected"] is False


def test_an_app_at_another_address_than_the_sites_own_settings_name_is_refused(fresh: Site) -> None:
    handed = {"app_url": "https://elsewhere.example", "store_key": KEY, "secret": SECRET}
    assert fresh.rest("PUT", CONNECTION, json=handed).status_code == 409


def test_before_connecting_the_page_leads_to_the_app(fresh: Site, app: Receiver) -> None:
    browser = fresh.browser(ADMIN)
    page = browser.get(PAGE).text
    assert "Verbinden Sie Ihren Shop" in page, "the German words are the site's language"
    assert "<iframe" not in page
    nonce = re.search(r'name="_wpnonce" value="(\w+)"', page)
    assert nonce
    form = {"action": "reprise_connect", "_wpnonce": nonce[1], "app_url": app.url}
    answer = browser.post("/wp-admin/admin-post.php", data=form)
    where = urlsplit(answer.headers["Location"])
    assert f"{where.scheme}://{where.netloc}{where.path}" == f"{app.url}/woocommerce/install"
    assert parse_qs(where.query) == {"store_url": [fresh.url]}
    forged = browser.post("/wp-admin/admin-post.php", data={**form, "_wpnonce": "0000000000"})
    assert forged.status_code == 403


def test_the_panel_opens_in_a_frame_by_a_token_of_sixty_seconds(site: Site, app: Receiver) -> None:
    page = site.browser(ADMIN).get(PAGE).text
    frame = re.search(r'<iframe src="([^"]+)"', page)
    assert frame
    address = urlsplit(unescape(frame[1]))
    assert f"{address.scheme}://{address.netloc}{address.path}" == f"{app.url}/woocommerce/launch"
    token = parse_qs(address.query)["token"][0]
    assert jwt.get_unverified_header(token) == {"alg": "HS256", "typ": "JWT", "kid": KEY}
    claims = jwt.decode(token, SECRET, algorithms=["HS256"], issuer=site.url)
    assert claims["exp"] - claims["iat"] == 60
    assert (claims["sub"], claims["email"]) == ("1", "merchant@example.com")
    assert claims["locale"] == "de-DE"
    again = re.search(r"token=([^\"&]+)", site.browser(ADMIN).get(PAGE).text)
    assert again
    other = jwt.decode(again[1], SECRET, algorithms=["HS256"])
    assert other["jti"] != claims["jti"]


def test_whoever_may_not_manage_the_shop_sees_neither_page(site: Site) -> None:
    helper = site.browser("helper")
    for page in (PAGE, "/wp-admin/admin.php?page=reprise-settings"):
        answer = helper.get(page)
        assert answer.status_code == 403
        assert "token=" not in answer.text


def test_settings_are_kept_from_the_form_alone(site: Site) -> None:
    browser = site.browser(ADMIN)
    page = browser.get("/wp-admin/admin.php?page=reprise-settings").text
    nonce = re.search(r'value="reprise_save"><input[^>]+value="(\w+)"', page)
    assert nonce
    form = {"action": "reprise_save", "_wpnonce": nonce[1], "reminders": "typed", "has_box": "1",
            "box_label": "Ja, <b>gern</b>"}  # fmt: skip
    assert browser.post("/wp-admin/admin-post.php", data=form).status_code == 302
    kept = {"reminders": "typed", "has_box": True, "box_label": "Ja, gern", "has_beacon": False,
            "has_chat": False}  # fmt: skip
    assert site.run("return Reprise\\Preferences::all();") == kept
    forged = {**form, "_wpnonce": "0", "reminders": "nobody"}
    assert browser.post("/wp-admin/admin-post.php", data=forged).status_code == 403
    nonsense = {**form, "reminders": "everybody"}
    browser.post("/wp-admin/admin-post.php", data=nonsense)
    assert site.run("return Reprise\\Preferences::all();") == kept


def test_the_sign_up_block_leaves_a_place_for_the_form_once_connected(
    fresh: Site, app: Receiver
) -> None:
    blocks = "return array( do_blocks( $given ), do_shortcode( '[reprise_signup mode=popup]' ) );"
    block = '<!-- wp:reprise/signup {"mode":"\\"><script>"} /-->'
    assert fresh.run(blocks, block) == ["", ""]
    handed = {"app_url": app.url, "store_key": KEY, "secret": SECRET}
    fresh.rest("PUT", CONNECTION, json=handed)
    shown, short = fresh.run(blocks, block)
    for html, mode in ((shown, "inline"), (short, "popup")):
        for told in (f'data-app="{app.url}"', f'data-key="{KEY}"', f'data-mode="{mode}"'):
            assert told in html
        assert 'data-locale="de-DE"' in html
        assert SECRET not in html
        assert "<script" not in html
    script = fresh.browser().get(
        "/wp-content/plugins/reprise-for-woocommerce/assets/reprise-form.js"
    )
    assert script.status_code == 200


def test_the_chat_stands_on_every_page_once_it_was_chosen(site: Site, app: Receiver) -> None:
    foot = "ob_start(); do_action( 'wp_enqueue_scripts' ); do_action( 'wp_footer' );"
    foot += "return ob_get_clean();"
    script = "/wp-content/plugins/reprise-for-woocommerce/assets/reprise-chat.js"
    assert "reprise-chat" not in site.run(foot)
    site.run("Reprise\\Preferences::keep( array( 'has_chat' => '1' ) );")
    shown = site.run(foot)
    place = f'<div data-reprise-chat data-app="{app.url}" data-key="{KEY}" data-locale="de-DE">'
    assert place in shown
    assert script in shown
    assert SECRET not in shown
    assert site.browser().get(script).status_code == 200
    site.run("Reprise\\Connection::forget();")
    assert "reprise-chat" not in site.run(foot)


def test_privacy_requests_find_and_erase_what_is_kept_and_tell_the_app(
    site: Site, app: Receiver
) -> None:
    site.run(
        "$line = array( 'product_id' => 5, 'quantity' => 2 );"
        "Reprise\\Carts::keep( str_repeat( 'a', 32 ), 'ada@example.com', array( $line ) );"
        "Reprise\\Carts::keep( str_repeat( 'b', 32 ), 'bea@example.com', array() );"
        "Reprise\\Outbox::add( 'reprise.consent', array( 'email' => 'ada@example.com' ) );"
    )
    export = (
        "$all = apply_filters( 'wp_privacy_personal_data_exporters', array() );"
        "return call_user_func( $all['reprise']['callback'], 'Ada@example.com', 1 );"
    )
    exported = site.run(export)
    assert exported["done"] is True
    assert [one["item_id"] for one in exported["data"]] == ["cart-" + "a" * 32]
    erase = export.replace("exporters", "erasers")
    assert site.run(erase)["items_removed"] is True
    assert site.run(export)["data"] == []
    assert site.run("return count( Reprise\\Carts::of( 'bea@example.com' ) );") == 1
    site.run("Reprise\\Outbox::send();")
    topics = [one.topic for one in app.signals]
    assert "reprise.consent" not in topics, "what waited to be sent about them is gone, too"
    assert topics.count("reprise.privacy.erase") == 1
    erased = app.of("reprise.privacy.erase")[0].told
    assert erased["email"] == "ada@example.com"
    assert erased["request_id"]


def test_deactivating_tells_the_app(site: Site, app: Receiver) -> None:
    site.run("deactivate_plugins( 'reprise-for-woocommerce/reprise-for-woocommerce.php' );")
    gone = app.of("reprise.uninstalled")
    assert [one.told["reason"] for one in gone] == ["deactivated"]
    assert gone[0].is_signed_by(SECRET)
    assert site.run("return wp_next_scheduled( 'reprise_tidy' );") is False


def test_deleting_it_leaves_nothing_behind(site: Site, app: Receiver) -> None:
    site.run("Reprise\\Account_Optin::write( 1, true );")
    site.run(
        "deactivate_plugins( 'reprise-for-woocommerce/reprise-for-woocommerce.php' );"
        "uninstall_plugin( 'reprise-for-woocommerce/reprise-for-woocommerce.php' );"
    )
    left = site.run(
        "global $wpdb; $like = '%reprise%'; return array_merge("
        '$wpdb->get_col( $wpdb->prepare( "SHOW TABLES LIKE %s", $like ) ),'
        "$wpdb->get_col( $wpdb->prepare("
        '"SELECT option_name FROM {$wpdb->options} WHERE option_name LIKE %s", $like ) ),'
        "$wpdb->get_col( $wpdb->prepare("
        '"SELECT meta_key FROM {$wpdb->usermeta} WHERE meta_key LIKE %s", $like ) ) );'
    )
    assert left == []
    assert [one.told["reason"] for one in app.of("reprise.uninstalled")] == [
        "deactivated",
        "deleted",
    ]
