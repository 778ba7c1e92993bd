"""A real WordPress with the plugin in it: one for all of these tests, emptied before each."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from setup import wordpress
from tests.plugin import receiver as receivers
from tests.plugin import site as sites
from tests.plugin.receiver import Receiver
from tests.plugin.site import Site

KEY, SECRET = "store-key-of-maple", "S3cret" * 6 + "abcd"
EMPTY = """
global $wpdb;
array_map(
    'delete_option',
    array( 'reprise_connection', 'reprise_preferences', 'reprise_lost_signals' )
);
$wpdb->query( "DELETE FROM {$wpdb->options} WHERE option_name LIKE 'double_%'" );
activate_plugin( 'reprise-for-woocommerce/reprise-for-woocommerce.php' );
foreach ( array( 'carts', 'signals', 'visitors' ) as $noun ) {
    $wpdb->query( "TRUNCATE {$wpdb->prefix}reprise_$noun" );
}
"""


@pytest.fixture(scope="session")
def parts() -> wordpress.Parts:
    """Skipped loudly at a desk without a WordPress; in CI it has to be there."""
    found = wordpress.find()
    if found is None and os.environ.get("CI"):
        pytest.fail("There is no WordPress. `python -m setup.wordpress --install` brings one.")
    if found is None:
        pytest.skip("NO WORDPRESS: the plugin is not tried. `python -m setup.wordpress --install`.")
    return found


@pytest.fixture(scope="session")
def app() -> Iterator[Receiver]:
    with receivers.receiving() as receiver:
        yield receiver


@pytest.fixture(scope="session")
def wordpress_site(
    parts: wordpress.Parts, app: Receiver, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    double = Path(__file__).with_name("double.php")
    with sites.running(parts, tmp_path_factory.mktemp("wordpress"), double, app.url) as site:
        yield site


@pytest.fixture
def fresh(wordpress_site: Site, app: Receiver) -> Iterator[Site]:
    """The site as it is when the plugin has just been activated; PHP complained of nothing."""
    wordpress_site.run(EMPTY)
    app.signals.clear()
    app.status = 200
    yield wordpress_site
    assert "reprise" not in wordpress_site.log()


@pytest.fixture
def site(fresh: Site, app: Receiver) -> Site:
    """The site, connected with the app."""
    handed = {"app_url": app.url, "store_key": KEY, "secret": SECRET}
    assert fresh.rest("PUT", "wc-reprise/v1/connection", json=handed).status_code == 200
    return fresh
