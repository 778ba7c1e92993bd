"""From the install to a live cart flow on one page: what a merchant does in two minutes.

The sandbox's second shop is not installed yet. Its owner installs, gives the domain whose records
are pasted at the DNS host of the sandbox, and turns the cart flow on; what goes out then is from
their own address, with a signature that another implementation of DKIM takes.

The two minutes are counted by what hands do, at `A_DEED` each: a clock on the wall would tell of
the load of the machine.
"""

import re
from pathlib import Path

import dkim as oracle
import dns.resolver
from playwright.sync_api import Browser, Frame, Page, expect

from sandbox.world import STRANGER_SHOP
from tests.demo import DIRECT
from tests.embedded_ui.framed import IN_A_BROWSER
from tests.merchant import SLOW, Desk, desk, press, shopper, town  # noqa: F401  fixtures
from tests.test_life_of_a_cart import Town, leave_a_cart

pytestmark = IN_A_BROWSER
DOMAIN, EDDA = "harbor-lantern.shop", "edda@example.com"
LONGEST = 120  # seconds from the install to live
A_DEED = 4  # seconds to find and press something, or to type or paste into a field


def test_a_new_store_goes_live_on_one_page_and_its_domain_passes(
    town: Town, browser: Browser, shopper: Page, tmp_path: Path
) -> None:
    with desk(browser, town) as at:
        at.page.goto(f"{town.admin}/shops/{STRANGER_SHOP}")
        press(at.page.get_by_role("link", name="Install"))
        press(at.page.get_by_role("button", name="Install"))
        frame = at.panel
        press(frame.get_by_role("link", name=re.compile(r"of \d+ done")))
        expect(frame.get_by_text(f"{STRANGER_SHOP} is connected.")).to_be_visible(timeout=SLOW)
        typed = the_sender_is_told(frame)
        typed += the_records_are_pasted_and_pass(at, frame)
        at.look()
        press(frame.get_by_role("button", name="Turn on cart recovery"))
        live = frame.get_by_text(
            "carts left from now on are followed up, and those of the last 24 hours."
        )
        expect(live).to_be_visible(timeout=SLOW)
        assert (at.presses + typed) * A_DEED < LONGEST
        at.look()
    shopper.goto(f"{town.front}/?store={STRANGER_SHOP}")
    leave_a_cart(
        town, shopper, EDDA, first_name="Edda", wants_news=True, country=("US", "en", "USD")
    )
    town.later("1h 5m")
    (mail,) = town.mails(EDDA)
    assert f"hello@{DOMAIN}" in mail["from"]
    the_signature_is_good(town, tmp_path, mail["id"])


def the_sender_is_told(frame: Frame) -> int:
    """Give how many fields were typed into."""
    frame.get_by_label("Address for replies").fill(f"hello@{DOMAIN}")
    press(frame.get_by_role("switch", name="Abandoned checkout"))
    save = frame.page.get_by_role("button", name="Save", exact=True)  # in the admin's own bar
    press(save)
    expect(save).to_have_count(0, timeout=SLOW)
    return 1


def the_records_are_pasted_and_pass(at: Desk, frame: Frame) -> int:
    """The set-up page stays open; the DNS host is in a tab of its own, as it would be."""
    frame.get_by_label("Your domain").fill(DOMAIN)
    press(frame.get_by_role("button", name="Get the records"))
    records = frame.locator(".dns > li")
    expect(records.first).to_be_visible(timeout=SLOW)
    expect(records.get_by_text("There", exact=True)).to_have_count(0)
    with at.page.context.new_page() as host:
        host.goto(f"{at.town.admin}/shops/{STRANGER_SHOP}/dns")
        for record in records.all():
            pasted(host, *record.locator("code").all_text_contents())
    press(frame.get_by_role("button", name="Check now"))
    own = frame.get_by_text(re.compile(f"^Messages are from hello@{re.escape(DOMAIN)}"))
    expect(own).to_be_visible(timeout=SLOW)
    return 1 + 2 * records.count()


def pasted(host: Page, name: str, text: str) -> None:
    host.get_by_label("Name").fill(name)
    host.get_by_label("Text").fill(text)
    press(host.get_by_role("button", name="Add record"))
    expect(host.get_by_role("cell", name=name, exact=True)).to_be_visible(timeout=SLOW)


def the_signature_is_good(town: Town, data_dir: Path, mail_id: int) -> None:
    (servers,) = re.findall(
        r"(?m)^DNS_SERVERS=127\.0\.0\.1:(\d+)$", (data_dir / "run.env").read_text()
    )
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], int(servers)

    def look_up(name: bytes, timeout: int = 5) -> bytes:
        (row,) = resolver.resolve(name.decode(), "TXT", lifetime=timeout)
        return b"".join(row.strings)

    with DIRECT.open(f"{town.mailbox}/messages/{mail_id}/raw", timeout=10) as answer:
        raw = answer.read()
    assert oracle.verify(raw, dnsfunc=look_up)
