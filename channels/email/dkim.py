"""Signing a message by DKIM (RFC 6376): relaxed/relaxed, RSA with SHA-256.

The tests hold every signature against `dkimpy`, which is not used here itself: its RSA is
Python's own arithmetic, thirty times slower than this.
"""

import re
from base64 import b64encode
from functools import lru_cache
from hashlib import sha256

from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from marketing.model import Signing

SIGNED = (
    "from", "to", "subject", "date", "message-id", "reply-to", "mime-version", "content-type",
    "list-unsubscribe", "list-unsubscribe-post", "feedback-id",
)  # fmt: skip
"""Those of them that a message has; From twice, so that nobody can add a second one."""
BITS = 2048
_FOLD = re.compile(rb"\r\n(?=[ \t])")
_SPACES = re.compile(rb"[ \t]+")


def new_key() -> tuple[str, str]:
    """Make a key: its PEM, to be kept secret, and its public half in base64 for DNS."""
    key = generate_private_key(public_exponent=65537, key_size=BITS)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return pem, b64encode(public).decode()


def signed(message: bytes, signing: Signing) -> bytes:
    """Give a message, CRLF line ends throughout, with its signature on top."""
    head, _, body = message.partition(b"\r\n\r\n")
    headers = _headers(head + b"\r\n")
    names = [name for name in SIGNED if name in headers]
    listed = [*names, "from"]
    own = (
        f"v=1; a=rsa-sha256; c=relaxed/relaxed; d={signing.domain}; s={signing.selector};"
        f" h={':'.join(listed)}; bh={_hash(_body(body))}; b="
    )
    told = b"".join(headers[name] for name in names)
    to_sign = told + b"dkim-signature:" + own.encode()
    signature = _key(signing.private_key).sign(to_sign, PKCS1v15(), SHA256())
    return b"DKIM-Signature: " + _folded(own + b64encode(signature).decode()) + b"\r\n" + message


def _headers(head: bytes) -> dict[str, bytes]:
    """Give each header in its relaxed form, the last of a name."""
    found = {}
    for line in _FOLD.sub(b"", head).split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if colon:
            plain = name.strip().lower()
            found[plain.decode("ascii", "replace")] = (
                plain + b":" + _SPACES.sub(b" ", value).strip() + b"\r\n"
            )
    return found


def _body(body: bytes) -> bytes:
    lines = (_SPACES.sub(b" ", line).rstrip(b" ") for line in body.split(b"\r\n"))
    plain = b"\r\n".join(lines).rstrip(b"\r\n")
    return plain + b"\r\n" if plain else b""


def _hash(body: bytes) -> str:
    return b64encode(sha256(body).digest()).decode()


def _folded(value: str) -> bytes:
    """Break a value into lines at its spaces, and the signature wherever it is long."""
    *tags, last = value.split(" ")
    lines = [last[at : at + 70] for at in range(0, len(last), 70)]
    return "\r\n ".join([*tags, *lines]).encode()


@lru_cache(maxsize=256)
def _key(pem: str) -> RSAPrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, RSAPrivateKey):
        raise TypeError("DKIM keys are RSA keys")
    return key
