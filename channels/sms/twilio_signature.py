"""Whether Twilio signed a callback: by the account's token, or by a key that it shares with us.

https://www.twilio.com/docs/usage/security and /docs/usage/webhooks/webhook-shared-keys,
2026-11-27. What is signed is the address as Twilio called it, then each name of a form with its
values, in order. A body that is no form is named by its SHA-256 in the address, which alone is
signed then. Twilio may name the port that goes without saying, or not.

A header says by which key and hash a call was signed (HMAC-SHA-256); without it that is the token
(HMAC-SHA-1). The header itself is not signed, and need not be: it only picks which of our two
secrets is asked for, and neither signs anything under the other's hash. Whoever drops the header
must know the token, whoever adds it the shared key; a SHA-256 call does not become a SHA-1 one by
leaving words out. SHA-1 is weak where somebody looks for two texts of one sum; no way is known to
make an HMAC of it without its key, and Twilio signs by it wherever no rule says otherwise, so
refusing it would only make us deaf. A key or a hash that is not known is refused, never guessed.
"""

import hashlib
import hmac
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, parse_qs, urlsplit

from channels.base import Callback
from marketing.model import BadSignature

SIGNATURE = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"
BODY_HASH = "bodySHA256"
FORM_TYPE = "application/x-www-form-urlencoded"
SHA1, SHA256 = "HMAC_SHA1", "HMAC_SHA256"
PORTS: Mapping[str, int] = {"https": 443, "http": 80}


@dataclass(frozen=True, slots=True)
class SharedKey:
    """A key of the store's own by which it has Twilio sign its calls."""

    id: str
    secret: str = field(repr=False)


def verify(callback: Callback, token: str, shared: SharedKey | None) -> None:
    """Raise `BadSignature` unless Twilio signed this with one of the two secrets."""
    headers = {name.lower(): value for name, value in callback.headers.items()}
    secret, algorithm = _asked_for(headers.get(SETTINGS, ""), token, shared)
    form = _signed_form(callback, headers.get("content-type", ""))
    told = headers.get(SIGNATURE, "").encode()
    signed = [signature(secret, url, form, algorithm).encode() for url in _spelled(callback.url)]
    alike = [hmac.compare_digest(told, one) for one in signed]
    if not any(alike):
        raise BadSignature("Twilio did not sign this")


def signature(secret: str, url: str, form: Mapping[str, list[str]], algorithm: str = SHA1) -> str:
    """Sign a callback as Twilio does: the address, then each name with its values, in order."""
    parts = [f"{name}{value}" for name in sorted(form) for value in sorted(set(form[name]))]
    how = hashlib.sha256 if algorithm == SHA256 else hashlib.sha1
    signed = hmac.new(secret.encode(), (url + "".join(parts)).encode(), how)
    return b64encode(signed.digest()).decode()


def form_of(body: bytes) -> dict[str, list[str]]:
    """Read a form; raises `BadSignature` for what is none."""
    try:
        return parse_qs(body.decode(), keep_blank_values=True, max_num_fields=200)
    except ValueError as error:
        raise BadSignature("this is no form") from error


def _asked_for(settings: str, token: str, shared: SharedKey | None) -> tuple[str, str]:
    """Give the secret and the hash that a call says it was signed by."""
    pairs = (part.partition("=") for part in settings.split(","))
    told = {name.strip(): value.strip() for name, _, value in pairs}
    key, algorithm = told.get("key", ""), told.get("algorithm", "").upper()
    if not key and algorithm in ("", SHA1):
        return token, SHA1
    if algorithm != SHA256 or shared is None or key != shared.id:
        raise BadSignature("Twilio signed this by a key or a hash that is not known here")
    return shared.secret, SHA256


def _signed_form(callback: Callback, content_type: str) -> Mapping[str, list[str]]:
    """Give what of the body is signed by its words; a body of another kind is by its hash."""
    named = parse_qs(urlsplit(callback.url).query).get(BODY_HASH, [])
    if not named or content_type.partition(";")[0].strip().lower() == FORM_TYPE:
        return form_of(callback.body)
    own = hashlib.sha256(callback.body).hexdigest()
    if not hmac.compare_digest(own.encode(), named[0].encode()):
        raise BadSignature("this is not the body that Twilio signed")
    return {}


def _spelled(url: str) -> tuple[str, ...]:
    """Give an address as it is, and with or without the port that goes without saying."""
    at = urlsplit(url)
    usual = PORTS.get(at.scheme)
    if at.port is None:
        return url, _at(at, f"{at.netloc}:{usual}")
    return (url, _at(at, at.netloc.rpartition(":")[0])) if at.port == usual else (url,)


def _at(at: SplitResult, netloc: str) -> str:
    return at._replace(netloc=netloc).geturl()
