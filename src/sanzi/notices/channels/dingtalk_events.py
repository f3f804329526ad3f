"""Events that DingTalk sends: the signature looked at, the content opened, the answer sealed.

Documented scheme: signature = SHA-1 over token, time, nonce and ciphertext in sorted order; the
content is AES-256-CBC under a key of 43 base64 figures, its first 16 bytes the vector, and holds
16 random bytes, a length of 4 bytes, the text and the app's key.
"""

from __future__ import annotations

import base64
import binascii
import json
import secrets
import struct
from dataclasses import dataclass
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.hashes import SHA1, Hash

BLOCK = 32
KEY_LENGTH = 43


class NotFromDingTalk(Exception):
    """The message is not what DingTalk signs and seals for this app."""


@dataclass(frozen=True)
class Sealed:
    """A message as it came: the three of the address, and the sealed content."""

    signature: str
    timestamp: str
    nonce: str
    encrypt: str


class Envelope:
    """Opens and seals messages of one app."""

    def __init__(self, token: str, aes_key: str, app_key: str) -> None:
        """Keep the keys. Raises: ValueError unless the AES key has 43 figures."""
        if len(aes_key) != KEY_LENGTH:
            message = f"the AES key of DingTalk events has {KEY_LENGTH} figures"
            raise ValueError(message)
        self._token, self._app_key = token, app_key
        self._key = base64.b64decode(aes_key + "=")

    def open(self, sealed: Sealed) -> dict[str, Any]:
        """Return the event. Raises: NotFromDingTalk."""
        expected = self.signature(sealed.timestamp, sealed.nonce, sealed.encrypt)
        if not secrets.compare_digest(expected, sealed.signature):
            raise NotFromDingTalk("signature")
        try:
            plain = self._decrypt(base64.b64decode(sealed.encrypt, validate=True))
            (length,) = struct.unpack(">I", plain[16:20])
            text, app_key = plain[20 : 20 + length], plain[20 + length :]
            found = json.loads(text)
        except (ValueError, binascii.Error, struct.error, UnicodeDecodeError) as problem:
            raise NotFromDingTalk("content") from problem
        if app_key.decode(errors="replace") != self._app_key or not isinstance(found, dict):
            raise NotFromDingTalk("another app")
        return found

    def seal(self, text: str, timestamp: str, nonce: str) -> dict[str, str]:
        """Return a text as the answer that DingTalk takes."""
        content = text.encode()
        plain = secrets.token_bytes(16) + struct.pack(">I", len(content)) + content
        plain += self._app_key.encode()
        fill = BLOCK - len(plain) % BLOCK
        encrypt = base64.b64encode(self._encrypt(plain + bytes([fill]) * fill)).decode()
        return {
            "msg_signature": self.signature(timestamp, nonce, encrypt),
            "timeStamp": timestamp,
            "nonce": nonce,
            "encrypt": encrypt,
        }

    def signature(self, timestamp: str, nonce: str, encrypt: str) -> str:
        """Return the signature over a sealed content."""
        digest = Hash(SHA1())  # noqa: S303 - the provider's scheme
        digest.update("".join(sorted([self._token, timestamp, nonce, encrypt])).encode())
        return digest.finalize().hex()

    def _cipher(self) -> Cipher[modes.CBC]:
        return Cipher(algorithms.AES(self._key), modes.CBC(self._key[:16]))

    def _encrypt(self, plain: bytes) -> bytes:
        worker = self._cipher().encryptor()
        return worker.update(plain) + worker.finalize()

    def _decrypt(self, content: bytes) -> bytes:
        worker = self._cipher().decryptor()
        plain = worker.update(content) + worker.finalize()
        fill = plain[-1] if plain else 0
        if not 1 <= fill <= BLOCK:
            message = "padding"
            raise ValueError(message)
        return plain[:-fill]
