"""Keys of the REST API, and who asks: Basic and query over https, OAuth 1.0a over http.

As WooCommerce has it: over http a Basic header is not looked at, over https a signature is not;
keys count only under /wp-json/ in the address itself, so not for `?rest_route=`.
"""

import base64
import hashlib
import hmac
import re
import secrets
import time
from collections.abc import Mapping
from urllib.parse import quote, unquote

from flask import Request

from sandbox.state import Record
from sandbox.woo_refusals import bad_key
from sandbox.woo_site import OWNERS_ID, Site

WINDOW = 15 * 60
"""Seconds that a signed request's time may be off, and how long its nonce is remembered."""
_METHODS = {"HMAC-SHA1": hashlib.sha1, "HMAC-SHA256": hashlib.sha256}
_OAUTH = ("consumer_key", "timestamp", "nonce", "signature", "signature_method")
READING = {"GET", "HEAD"}


def new_key(site: Site, description: str, permissions: str, user: int = OWNERS_ID) -> Record:
    """Make a key; the answer holds its secret, which WordPress never shows again."""
    record: Record = {
        "id": site.next_id("key"),
        "user": user,
        "description": description,
        "permissions": permissions,
        "consumer_key": f"ck_{secrets.token_hex(20)}",
        "consumer_secret": f"cs_{secrets.token_hex(20)}",
        "last_access": None,
    }
    return site.put("woo_key", record, handle=record["consumer_key"])


def who_asks(site: Site, request: Request) -> Record | None:
    """Give the key of a request; None: nobody's. Raises `Refused` for one that is wrong."""
    if not request.path.startswith("/wp-json/"):
        return None
    key = _by_secret(site, request) if request.is_secure else _by_signature(site, request)
    if key is None:
        return None
    if request.method not in READING and "write" not in key["permissions"]:
        raise bad_key("The API key provided does not have write permissions.")
    if request.method in READING and "read" not in key["permissions"]:
        raise bad_key("The API key provided does not have read permissions.")
    return key


def _by_secret(site: Site, request: Request) -> Record | None:
    """Read ck and cs from the query, else from the Basic header."""
    name, secret = request.args.get("consumer_key"), request.args.get("consumer_secret")
    if not (name and secret) and request.authorization:
        name, secret = request.authorization.username, request.authorization.password
    key = site.find("woo_key", name or "")
    if key is None or not secret:
        return None
    if not hmac.compare_digest(key["consumer_secret"], secret):
        raise bad_key("Consumer secret is invalid.")
    return key


def _by_signature(site: Site, request: Request) -> Record | None:
    given = {**request.args.to_dict(), **_authorization(request)}
    names = [f"oauth_{name}" for name in _OAUTH]
    missing = [name for name in names if not given.get(name)]
    if len(missing) == len(names):
        return None
    if missing:
        raise bad_key(f"Missing OAuth parameter {', '.join(missing)}")
    key = site.find("woo_key", given["oauth_consumer_key"])
    if key is None:
        raise bad_key("Consumer key is invalid.")
    _check_signature(site, request, key, given)
    _check_freshness(site, key, given)
    return key


def _authorization(request: Request) -> Mapping[str, str]:
    """Read the parameters of an `Authorization: OAuth ...` header."""
    header = request.headers.get("Authorization", "")
    if not header.startswith("OAuth "):
        return {}
    return {name: unquote(value) for name, value in re.findall(r'(oauth_\w+)="([^"]*)"', header)}


def _check_signature(site: Site, request: Request, key: Record, given: Mapping[str, str]) -> None:
    method = _METHODS.get(given["oauth_signature_method"])
    if method is None:
        raise bad_key("Invalid signature - signature method is invalid.")
    text = base_string(request.method, site.url + request.path, given)
    digest = hmac.new(f"{key['consumer_secret']}&".encode(), text.encode(), method).digest()
    wanted = base64.b64encode(digest).decode()
    if not hmac.compare_digest(wanted, given["oauth_signature"].replace(" ", "+")):
        raise bad_key("Invalid signature - provided signature does not match.")


def base_string(method: str, url: str, given: Mapping[str, str]) -> str:
    """Give what is signed: the method, the address, and the sorted parameters, encoded twice."""
    pairs = sorted(
        (quote(name, safe="~"), quote(value, safe="~"))
        for name, value in given.items()
        if name != "oauth_signature"
    )
    query = "%26".join(f"{_again(name)}%3D{_again(value)}" for name, value in pairs)
    return f"{method}&{quote(url, safe='')}&{query}"


def _again(encoded: str) -> str:
    return encoded.replace("%", "%25")


def _check_freshness(site: Site, key: Record, given: Mapping[str, str]) -> None:
    """A signature is good for a quarter of an hour of real time, and once."""
    now = int(time.time())
    told = given["oauth_timestamp"]
    if not told.isdigit() or abs(now - int(told)) > WINDOW:
        raise bad_key("Invalid timestamp.")
    with site.state.transaction():
        name = f"woo_nonces:{key['id']}"
        used: dict[str, int] = site.state.setting(name, {})
        if given["oauth_nonce"] in used:
            raise bad_key("Invalid nonce - nonce has already been used.")
        fresh = {nonce: at for nonce, at in used.items() if at > now - WINDOW}
        site.state.set(name, {**fresh, given["oauth_nonce"]: now})
