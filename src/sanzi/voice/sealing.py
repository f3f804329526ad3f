r"""How letters are sealed: a content key per letter, wrapped for each who may open it.

Parts are sealed with SM4-GCM under the letter's own key. That key is wrapped with SM2 for the
discipline offices, and under a key made of the receipt code for the writer, so that he reads what
he wrote and was answered while the server holds ciphertext alone. An office's private key lies in
a file sealed by its passphrase (scrypt); here it exists in memory while one request lasts.

Source: GB/T 32918.4-2016, GB/T 32907-2016; RFC 7914. Limits: docs/adr/0012.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from dataclasses import dataclass, field
from typing import Any, Final

import gmssl_pyx
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from sanzi.kernel import cipher, ids
from sanzi.record import envelope
from sanzi.record.errors import BadRecipientKey
from sanzi.voice.errors import KeyMissing, KeyNotOpened, PassphraseWeak

FORMAT: Final = "SANZI-KEY-1"
KEY_BYTES: Final = 16
PASSPHRASE_LEAST: Final = 10
FILE_COST: Final = 2**15
RECEIPT_COST: Final = 2**14
COST_MAX: Final = 2**17
FILE_MAX: Final = 4000
WRITER: Final = "writer"


@dataclass(frozen=True)
class Opener:
    """An office's key while somebody works with it: 64 and 128 hex figures, never printed."""

    private: str = field(repr=False)
    public: str

    @property
    def fingerprint(self) -> str:
        """The SM3 of the public key."""
        return envelope.fingerprint(self.public)


def new_content_key() -> bytes:
    """Return a fresh content key."""
    return os.urandom(KEY_BYTES)


def seal(key: bytes, text: str, context: str) -> str:
    """Seal a text of a letter; `context` binds it to its place."""
    return cipher.seal(key, text, context)


def reveal(key: bytes, sealed: str, context: str) -> str:
    """Return a sealed text. Raises: cipher.SealBroken."""
    return cipher.open_sealed({cipher.KEY_VERSION: key}, sealed, context)


def wrap_for_office(public_key: str, key: bytes) -> str:
    """Wrap a content key so that one office's private key opens it."""
    return base64.b64encode(gmssl_pyx.sm2_encrypt(bytes.fromhex(public_key), key)).decode()


def unwrap_by_office(opener: Opener, wrapped: str) -> bytes:
    """Return a content key with an office's private key. Raises: KeyMissing."""
    try:
        found = gmssl_pyx.sm2_decrypt(bytes.fromhex(opener.private), base64.b64decode(wrapped))
    except (ValueError, binascii.Error, gmssl_pyx.GmsslInnerError) as wrong:
        raise KeyMissing from wrong
    return bytes(found)


def wrap_for_writer(receipt: str, key: bytes, ext_id: str) -> str:
    """Wrap a content key under the receipt code of a letter."""
    return cipher.seal(_of_receipt(receipt, ext_id), key.hex(), ext_id)


def unwrap_by_writer(receipt: str, wrapped: str, ext_id: str) -> bytes:
    """Return a content key with the receipt code. Raises: cipher.SealBroken."""
    keys = {cipher.KEY_VERSION: _of_receipt(receipt, ext_id)}
    return bytes.fromhex(cipher.open_sealed(keys, wrapped, ext_id))


def _of_receipt(receipt: str, ext_id: str) -> bytes:
    return _scrypt(ids.read_token(receipt), ext_id.encode(), RECEIPT_COST)


def new_key_file(passphrase: str, *, cost: int = FILE_COST) -> tuple[str, str]:
    """Return a fresh key file, sealed by its passphrase, and the public key in it.

    Raises: PassphraseWeak.
    """
    if len(passphrase.strip()) < PASSPHRASE_LEAST:
        raise PassphraseWeak(least=PASSPHRASE_LEAST)
    text, public = envelope.new_key()
    salt = os.urandom(KEY_BYTES)
    told = {
        "format": FORMAT,
        "public": public,
        "cost": cost,
        "salt": salt.hex(),
        "sealed": cipher.seal(_scrypt(passphrase, salt, cost), text.split()[0], public),
    }
    return json.dumps(told, indent=1) + "\n", public


def open_key_file(text: str, passphrase: str) -> Opener:
    """Return the key in a file. Raises: KeyNotOpened, whatever is wrong."""
    try:
        told: dict[str, Any] = json.loads(text[:FILE_MAX])
        cost, public = int(told["cost"]), envelope.public_key(str(told["public"]))
        if told["format"] != FORMAT or not 1 < cost <= COST_MAX:
            raise KeyNotOpened
        opening = _scrypt(passphrase, bytes.fromhex(str(told["salt"])), cost)
        keys = {cipher.KEY_VERSION: opening}
        return Opener(cipher.open_sealed(keys, str(told["sealed"]), public), public)
    except (
        ValueError, KeyError, TypeError, RecursionError, BadRecipientKey, cipher.SealBroken,
    ) as wrong:  # fmt: skip
        raise KeyNotOpened from wrong


def _scrypt(words: str, salt: bytes, cost: int) -> bytes:
    return Scrypt(salt=salt, length=KEY_BYTES, n=cost, r=8, p=1).derive(words.strip().encode())
