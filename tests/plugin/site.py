"""A real WordPress of the test's own: database, web server and files in one folder."""

import base64
import json
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

from sandbox.ports import free_port
from setup import plugin
from setup.wordpress import Parts

ADMIN, PASSWORD = "merchant", "correct horse battery staple"
CONFIG = """<?php
define( 'DB_NAME', 'wordpress' ); define( 'DB_USER', 'root' ); define( 'DB_PASSWORD', '' );
define( 'DB_HOST', 'localhost:{socket}' ); define( 'DB_CHARSET', 'utf8mb4' );
define( 'DB_COLLATE', '' ); define( 'WPLANG', 'de_DE' );
define( 'WP_HOME', '{url}' ); define( 'WP_SITEURL', '{url}' );
define( 'AUTH_KEY', 'one' ); define( 'SECURE_AUTH_KEY', 'two' ); define( 'LOGGED_IN_KEY', 'three' );
define( 'NONCE_KEY', 'four' ); define( 'AUTH_SALT', 'five' ); define( 'SECURE_AUTH_SALT', 'six' );
define( 'LOGGED_IN_SALT', 'seven' ); define( 'NONCE_SALT', 'eight' );
define( 'WP_ENVIRONMENT_TYPE', 'local' ); define( 'WP_HTTP_BLOCK_EXTERNAL', true );
define( 'WP_ACCESSIBLE_HOSTS', '127.0.0.1' ); define( 'AUTOMATIC_UPDATER_DISABLED', true );
define( 'DISABLE_WP_CRON', true ); define( 'WP_DEBUG', true ); define( 'WP_DEBUG_DISPLAY', false );
define( 'WP_DEBUG_LOG', __DIR__ . '/debug.log' );
if ( getenv( 'REPRISE_APP_URL' ) ) {{
    define( 'REPRISE_APP_URL', getenv( 'REPRISE_APP_URL' ) );
}}
$table_prefix = 'shop_';
if ( ! defined( 'ABSPATH' ) ) {{ define( 'ABSPATH', __DIR__ . '/' ); }}
require_once ABSPATH . 'wp-settings.php';
"""
MAKE_DATABASE = """
mysqli_report( MYSQLI_REPORT_OFF );
$c = @new mysqli( 'localhost', 'root', '', '', 0, $argv[1] );
exit( ! $c->connect_errno && $c->query( 'CREATE DATABASE IF NOT EXISTS wordpress' ) ? 0 : 1 );
"""
INSTALL = """
list( $admin, $secret ) = $given;
wp_install( 'Maple and Moss', $admin, 'merchant@example.com', true, '', $secret );
delete_option( 'WPLANG' );
update_option( 'permalink_structure', '/%postname%/' );
wp_insert_user(
    array( 'user_login' => 'helper', 'user_pass' => $secret, 'role' => 'subscriber' )
);
$made = WP_Application_Passwords::create_new_application_password( 1, array( 'name' => 'app' ) );
return $made[0];
"""


@dataclass(slots=True)
class Site:
    """One site while it runs."""

    parts: Parts
    folder: Path
    socket: Path
    url: str
    app_url: str
    rest_password: str = ""

    def run(
        self, code: str, given: object = None, *, installing: bool = False, fixed: bool = True
    ) -> Any:
        """Run PHP inside WordPress; give what it returns. `fixed`: wp-config.php names the app."""
        script = (
            ("define( 'WP_INSTALLING', true );" if installing else "")
            + f"$_SERVER['HTTP_HOST'] = '{self.url.removeprefix('http://')}';"
            f"require '{self.folder}/wordpress/wp-load.php';"
            "require_once ABSPATH . 'wp-admin/includes/admin.php';"
            "require_once ABSPATH . 'wp-admin/includes/upgrade.php';"
            "$given = json_decode( getenv( 'GIVEN' ), true );"
            f"$told = ( function () use ( $given ) {{ {code} }} )();"
            'echo "\\n=> " . wp_json_encode( $told );'
        )
        given_in = {"GIVEN": json.dumps(given), "REPRISE_APP_URL": self.app_url if fixed else ""}
        done = subprocess.run(
            [self.parts.php, "-r", script], env=os.environ | given_in, capture_output=True,
            text=True, check=False, timeout=60,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.rpartition("\n=> ")[2])

    def rest(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask the REST interface as the app does."""
        named = base64.b64encode(f"{ADMIN}:{self.rest_password}".encode()).decode()
        headers = {"Authorization": f"Basic {named}"}
        return httpx.request(
            method, f"{self.url}/wp-json/{path}", headers=headers, timeout=30, **more
        )

    def browser(self, who: str | None = None) -> httpx.Client:
        """A browser, signed in as somebody if asked to."""
        client = httpx.Client(base_url=self.url, timeout=30)
        if who:
            client.get("/wp-login.php")
            client.post("/wp-login.php", data={"log": who, "pwd": PASSWORD})
        return client

    def log(self) -> str:
        """What PHP complained of."""
        path = self.folder / "wordpress" / "debug.log"
        return path.read_text() if path.exists() else ""


@contextmanager
def running(parts: Parts, folder: Path, double: Path, app_url: str) -> Iterator[Site]:
    """Set a site up and keep it running."""
    shutil.copytree(
        parts.core, folder / "wordpress", ignore=shutil.ignore_patterns("wp-config.php")
    )
    content = folder / "wordpress" / "wp-content"
    for name, held in plugin.files().items():
        path = content / "plugins" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(held)
    (content / "mu-plugins").mkdir()
    shutil.copy(double, content / "mu-plugins")
    site = Site(parts, folder, folder / "db.sock", f"http://127.0.0.1:{free_port()}", app_url)
    (folder / "wordpress" / "wp-config.php").write_text(
        CONFIG.format(socket=site.socket, url=site.url)
    )
    with _database(site), _web(site):
        site.rest_password = site.run(INSTALL, [ADMIN, PASSWORD], installing=True)
        yield site


@contextmanager
def _database(site: Site) -> Iterator[None]:
    data = site.folder / "data"
    me = f"--user={os.environ.get('USER', 'root')}" if os.geteuid() == 0 else "--skip-name-resolve"
    own = ["--no-defaults", f"--datadir={data}", me]
    made = [
        site.parts.install_db,
        *own,
        "--auth-root-authentication-method=normal",
        "--skip-test-db",
    ]
    subprocess.run(made, check=True, capture_output=True)
    quick = ["--skip-networking", "--innodb-flush-log-at-trx-commit=0", f"--pid-file={data}/pid"]
    with _process([site.parts.mariadb, *own, *quick, f"--socket={site.socket}"], site):
        _until(lambda: _is_up(site))
        yield


def _is_up(site: Site) -> bool:
    done = subprocess.run(
        [site.parts.php, "-r", MAKE_DATABASE, str(site.socket)], capture_output=True, check=False
    )
    return done.returncode == 0


@contextmanager
def _web(site: Site) -> Iterator[None]:
    root = site.folder / "wordpress"
    command = [site.parts.php, "-S", site.url.removeprefix("http://"), "-t", str(root)]
    with _process(command, site, PHP_CLI_SERVER_WORKERS="3", REPRISE_APP_URL=site.app_url):
        yield


@contextmanager
def _process(command: list[str], site: Site, **settings: str) -> Iterator[None]:
    with (site.folder / f"{Path(command[0]).name}.log").open("w") as log:
        started = subprocess.Popen(
            command, env=os.environ | settings, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield
        finally:
            os.killpg(started.pid, 15)
            started.wait(30)


def _until(holds: Any, seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not come up"
        time.sleep(0.1)
