"""Sealing of personal fields at rest: SM4-GCM, bound to the place where the field belongs.

A sealed field reads `k1.<base64>`; `k1` names the key, so that keys can be changed. The context
(table, column and row, say) is authenticated too: a field copied elsewhere does not open.
Source: GB/T 32907-2016, GB/T 36624-2018.
"""

import base64
import binascii
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from sanzi.kernel.errors import SealBroken

__all__ = ["KEY_VERSION", "KeyRing", "SealBroken", "open_sealed", "ring", "seal"]

KEY_VERSION = "k1"
_NONCE_BYTES = 12
_TAG_BYTES = 16
_KEY_BYTES = 16
_VERSION = re.compile(r"k[1-9][0-9]{0,3}")


@dataclass(frozen=True)
class KeyRing:
    """The keys that open, by version, and the version that seals now."""

    version: str
    keys: Mapping[str, bytes]

    def seal(self, plain: str, context: str) -> str:
        """Seal under the key of now."""
        return seal(self.keys[self.version], plain, context, version=self.version)

    def open(self, sealed: str, context: str) -> str:
        """Open with whichever key it names. Raises: SealBroken."""
        return open_sealed(self.keys, sealed, context)

    def is_current(self, sealed: str) -> bool:
        """Tell whether a field is empty or sealed under the key of now."""
        return not sealed or sealed.startswith(f"{self.version}.")


def ring(current: str, older: str = "") -> KeyRing:
    """Return the ring of `k2:<hex>` (a bare key is k1) and older keys, `k1:<hex>,…`.

    Raises: ValueError for a version or key that reads otherwise, or a version named twice.
    """
    keys: dict[str, bytes] = {}
    version = ""
    for text in (current, *filter(None, older.split(","))):
        name, _, figures = text.strip().rpartition(":")
        name = name or KEY_VERSION
        key = bytes.fromhex(figures)
        if not _VERSION.fullmatch(name) or len(key) != _KEY_BYTES or name in keys:
            message = f"{name} is no version of a 16-byte key, or it is named twice"
            raise ValueError(message)
        version, keys[name] = version or name, key
    return KeyRing(version, keys)


def seal(key: bytes, plain: str, context: str, *, version: str = KEY_VERSION) -> str:
    """Seal a text under a 16-byte key for one context.

    The nonce is random, so the same text gives another result each time. Raises ValueError for a
    key of the wrong length.
    """
    nonce = os.urandom(_NONCE_BYTES)
    encryptor = Cipher(SM4(key), GCM(nonce)).encryptor()
    encryptor.authenticate_additional_data(_bound(version, context))
    body = encryptor.update(plain.encode()) + encryptor.finalize()
    return f"{version}.{_encode(nonce + encryptor.tag + body)}"


def open_sealed(keys: Mapping[str, bytes], sealed: str, context: str) -> str:
    """Open a sealed text with the key it names.

    Raises: SealBroken if the key is unknown, the context differs or one bit was changed.
    """
    version, _, encoded = sealed.partition(".")
    raw = _decode(encoded)
    key = keys.get(version)
    if key is None or len(raw) < _NONCE_BYTES + _TAG_BYTES:
        raise SealBroken
    nonce, rest = raw[:_NONCE_BYTES], raw[_NONCE_BYTES:]
    tag, body = rest[:_TAG_BYTES], rest[_TAG_BYTES:]
    decryptor = Cipher(SM4(key), GCM(nonce, tag)).decryptor()
    decryptor.authenticate_additional_data(_bound(version, context))
    try:
        return (decryptor.update(body) + decryptor.finalize()).decode()
    except InvalidTag:
        raise SealBroken from None


def _bound(version: str, context: str) -> bytes:
    return f"{version}\n{context}".encode()


def _encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(encoded: str) -> bytes:
    try:
        raw = base64.b64decode(encoded + "=" * (-len(encoded) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise SealBroken from None
    if _encode(raw) != encoded:  # spare bits of the last figure: one field, one spelling
        raise SealBroken
    return raw
