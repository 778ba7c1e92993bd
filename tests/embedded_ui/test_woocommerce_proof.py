"""The page that asks for the end of a WooCommerce key, in the language of whoever reads it."""

import httpx

from tests.embedded_ui.test_woocommerce_doors import Town, database_url, town

__all__ = ["database_url", "town"]


def test_who_reads_german_is_asked_for_the_end_of_the_key_in_german(town: Town) -> None:
    town.shop.set_site("plugin", False)
    nonce, key = town.nonce(), town.key()
    assert town.callback(nonce, **key) == 200
    address = f"{town.url}/woocommerce/return?success=1&user_id={nonce}"
    german = httpx.get(address, headers={"Accept-Language": "de-AT,de;q=0.9"}, timeout=60)
    assert '<html lang="de">' in german.text
    assert "Zeigen Sie, dass" in german.text
    assert "Die letzten 7 Zeichen des Schlüssels" in german.text
    said = {"nonce": nonce, "end": "wrong"}
    for left in ("noch 4 Versuche", "noch 3 Versuche", "noch 2 Versuche", "noch einen Versuch"):
        wrong = httpx.post(f"{town.url}/woocommerce/open", data=said,
                           headers={"Accept-Language": "de"}, timeout=60)  # fmt: skip
        assert left in wrong.text
    assert wrong.headers["Vary"] == "Accept-Language"
