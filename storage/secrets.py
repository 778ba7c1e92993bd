"""Secrets at rest: encrypted under APP_KEYS, bound to their store and field; hashed addresses."""

import hashlib
import hmac
from collections.abc import Iterable

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

VERSION = "v1"
SUPPRESSION = b"reprise suppression address v1"


class BadKeys(ValueError):
    """APP_KEYS cannot be used; the message says why, and never shows a key."""


class BadSecret(Exception):
    """A stored secret does not belong where it was found, or no key of ours opens it."""


class Secrets:
    """Encrypts and decrypts the credentials of stores.

    `app_keys`: Fernet keys, newest first, each plain or as `kid:key`. What is stored looks
    like `v1:<kid>:<token>`; the plain text carries its store and field, so that a row or a
    column put in another's place is refused.
    """

    def __init__(self, app_keys: Iterable[str]) -> None:
        pairs = [_pair(entry) for entry in app_keys]
        if not pairs:
            raise BadKeys("APP_KEYS is empty: give at least one Fernet key.")
        self.key_ids = frozenset(kid for kid, _ in pairs)
        if len(self.key_ids) != len(pairs):
            raise BadKeys("APP_KEYS names two keys alike.")
        self._newest = pairs[0][0]
        self._fernet = MultiFernet([_fernet(kid, key) for kid, key in pairs])
        # The oldest key: it stays the same while newer ones are put before it. An address
        # hash must outlive a rotation, so the last key of APP_KEYS is never to be dropped.
        self._pepper = derive(pairs[-1][1], SUPPRESSION)

    def encrypt(self, store_id: str, field: str, secret: str) -> str:
        """Give the ciphertext to store in `field` of this store."""
        bound = f"{store_id}|{field}|{secret}".encode()
        return f"{VERSION}:{self._newest}:{self._fernet.encrypt(bound).decode()}"

    def decrypt(self, store_id: str, field: str, stored: str) -> str:
        """Give the secret; raise `BadSecret` if it isn't this store's and this field's."""
        if key_id(stored) not in self.key_ids:
            raise BadSecret(f"no key of APP_KEYS is named {key_id(stored)!r}")
        try:
            plain = self._fernet.decrypt(stored.split(":", 2)[2]).decode()
        except InvalidToken:
            raise BadSecret(f"the {field} of store {store_id} cannot be decrypted") from None
        bound = f"{store_id}|{field}|"
        if not hmac.compare_digest(plain[: len(bound)].encode(), bound.encode()):
            raise BadSecret(f"the {field} of store {store_id} belongs somewhere else")
        return plain[len(bound) :]

    def rotate(self, store_id: str, field: str, stored: str) -> str:
        """Give the ciphertext under the newest key: the same one when it is already."""
        if key_id(stored) == self._newest:
            return stored
        return self.encrypt(store_id, field, self.decrypt(store_id, field, stored))

    def webhook_secret(self, store_id: str) -> bytes:
        """Give the 32 bytes that sign what we tell a store's other programs."""
        return hmac.digest(self._pepper, f"webhooks|{store_id}".encode(), hashlib.sha256)

    def address_hash(self, channel: str, address: str) -> str:
        """Give what a suppression keeps of an address: hex, not to be turned back."""
        text = f"{channel}|{address.strip().lower()}".encode()
        return hmac.new(self._pepper, text, hashlib.sha256).hexdigest()


def key_id(stored: str) -> str:
    """Name the key that a ciphertext was made with."""
    version, kid, _ = (*stored.split(":", 2), "", "")[:3]
    if version != VERSION:
        raise BadSecret("this is no ciphertext of ours")
    return kid


def derive(key: str, purpose: bytes) -> bytes:
    """Give 32 bytes for one purpose out of one of APP_KEYS (HKDF-SHA256)."""
    kdf = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose)
    return kdf.derive(key.encode())


def _pair(entry: str) -> tuple[str, str]:
    """`kid:key`, or a plain key, which is named by its hash."""
    kid, _, key = entry.rpartition(":")
    return kid or hashlib.sha256(key.encode()).hexdigest()[:8], key


def _fernet(kid: str, key: str) -> Fernet:
    try:
        return Fernet(key)
    except ValueError:
        raise BadKeys(
            f"APP_KEYS: the key named {kid!r} is no Fernet key (32 bytes, url-safe base64)."
        ) from None
