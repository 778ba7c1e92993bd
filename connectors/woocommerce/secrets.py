"""What a store's hooks and plugin sign with: derived, so that nothing of it is stored.

The store key (`stores.public_key`) is no secret; the store secret follows from it and from a
key of APP_KEYS. After a rotation the older keys' secrets hold until the hooks were told anew.
"""

import base64
import hashlib
import hmac
from collections.abc import Sequence

LENGTH = 40
LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def store_secret(app_key: str, store_key: str) -> str:
    """Give the 40 letters and digits that a store signs with; `app_key` as APP_KEYS has it."""
    label = f"woocommerce-store:{store_key}".encode()
    number = int.from_bytes(hmac.digest(plain_key(app_key), label, hashlib.sha256))
    digits = []
    for _ in range(LENGTH):
        number, digit = divmod(number, len(LETTERS))
        digits.append(LETTERS[digit])
    return "".join(digits)


def store_secrets(app_keys: Sequence[str], store_key: str) -> tuple[str, ...]:
    """Give the secrets that hold for a store, the newest first."""
    return tuple(store_secret(one, store_key) for one in app_keys)


def plain_key(app_key: str) -> bytes:
    """Give the key itself of `kid:key`, or of a key without a name."""
    return app_key.rpartition(":")[2].encode()


def signature(secret: str, body: bytes) -> str:
    """Give what `X-WC-Webhook-Signature` must be for a raw body."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def signs(secrets: Sequence[str], body: bytes, claimed: str) -> bool:
    """Tell if one of the secrets gives this signature; in constant time, whatever it says."""
    given = claimed.encode("utf-8", "surrogatepass")
    equal = [hmac.compare_digest(signature(one, body).encode(), given) for one in secrets]
    return any(equal)
