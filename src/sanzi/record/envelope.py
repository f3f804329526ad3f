r"""A file that one recipient can open: SM2 wraps a fresh SM4 key, SM4-GCM seals the content.

The format, version 1:

- line 1: `SANZI-EXPORT-1\n`
- line 2: a JSON object and `\n`: `recipient` (SM3 of the public key), `wrapped_key` (base64 of
  the SM2 ciphertext of the 16-byte file key), `nonce` (8 bytes, hex), what the caller adds
- then blocks: 4 bytes length (big endian), 16 bytes tag, ciphertext. Each block holds at most
  1 MiB; its nonce is the header's 8 bytes and the block's number in 4 bytes; authenticated beside
  it are the SM3 of both header lines, and one byte: 1 for the last block, 0 for the others.

A changed, missing, added or swapped block does not open. Source: GB/T 32918.4-2016 (SM2),
GB/T 32907-2016 (SM4), GB/T 36624-2018 (GCM).
"""

from __future__ import annotations

import base64
import binascii
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, Final, Self

import gmssl_pyx
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import SM4
from cryptography.hazmat.primitives.ciphers.modes import GCM

from sanzi.kernel import digest
from sanzi.record.errors import BadRecipientKey, EnvelopeBroken, NotTheRecipient

MAGIC: Final = b"SANZI-EXPORT-1\n"
BLOCK: Final = 1 << 20
HEADER_MAX: Final = 64 * 1024
_TAG: Final = 16


def public_key(text: str) -> str:
    """Return an SM2 public key as 128 lower-case hex figures.

    Raises: BadRecipientKey for anything that is no point of the curve.
    """
    try:
        return bytes(gmssl_pyx.normalize_sm2_public_key(text.strip())).hex()
    except (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError, ValueError) as error:
        raise BadRecipientKey from error


def fingerprint(key: str) -> str:
    """Return the SM3 of a public key: what people compare over the telephone."""
    return digest.sm3(bytes.fromhex(key))


def new_key() -> tuple[str, str]:
    """Return a fresh key pair: what the recipient keeps (a key file's text), what he gives away."""
    public, private = gmssl_pyx.sm2_key_generate()
    return f"{private.hex()}\n{public.hex()}\n", public.hex()


class Sealer:
    """Write bytes into an envelope: `with Sealer(stream, key, told) as out: out.write(...)`."""

    def __init__(self, stream: BinaryIO, key: str, told: Mapping[str, Any]) -> None:
        """Write the header for the recipient's public key."""
        self._file_key, self._nonce = os.urandom(16), os.urandom(8)
        wrapped = gmssl_pyx.sm2_encrypt(bytes.fromhex(key), self._file_key)
        header = {
            **told,
            "recipient": fingerprint(key),
            "wrapped_key": base64.b64encode(wrapped).decode(),
            "nonce": self._nonce.hex(),
        }
        head = MAGIC + digest.canonical(header) + b"\n"
        self._bound = bytes.fromhex(digest.sm3(head))
        self._stream, self._number, self._held = stream, 0, bytearray()
        stream.write(head)

    def write(self, data: bytes) -> int:
        """Take bytes; full blocks go out at once."""
        self._held += data
        while len(self._held) > BLOCK:
            self._block(bytes(self._held[:BLOCK]), is_last=False)
            del self._held[:BLOCK]
        return len(data)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _: BaseException | None, __: TracebackType | None
    ) -> None:
        if kind is None:
            self._block(bytes(self._held), is_last=True)

    def _block(self, data: bytes, *, is_last: bool) -> None:
        nonce = self._nonce + self._number.to_bytes(4, "big")
        encryptor = Cipher(SM4(self._file_key), GCM(nonce)).encryptor()
        encryptor.authenticate_additional_data(self._bound + bytes([is_last]))
        body = encryptor.update(data) + encryptor.finalize()
        self._stream.write(len(body).to_bytes(4, "big") + encryptor.tag + body)
        self._number += 1


def header(stream: BinaryIO) -> dict[str, Any]:
    """Read the header; the stream then stands at the first block. Raises: EnvelopeBroken."""
    return _header(stream)[0]


def opened(stream: BinaryIO, key_file: Path) -> Iterator[bytes]:
    """Return the content block by block; each is authentic before it is handed out.

    Raises: EnvelopeBroken, NotTheRecipient, BadRecipientKey. A reader that acts on blocks before
    the end must undo it when a later block is refused.
    """
    told, bound = _header(stream)
    private, public = _key_pair(key_file)
    if told.get("recipient") != fingerprint(public):
        raise NotTheRecipient
    try:
        wrapped = base64.b64decode(str(told["wrapped_key"]), validate=True)
        file_key = gmssl_pyx.sm2_decrypt(bytes.fromhex(private), wrapped)
        nonce = bytes.fromhex(str(told["nonce"]))
    except (KeyError, ValueError, binascii.Error, gmssl_pyx.GmsslInnerError) as error:
        raise EnvelopeBroken from error
    number, following = 0, _read_block(stream)
    while following is not None:
        (tag, body), following = following, _read_block(stream)
        block_nonce = nonce + number.to_bytes(4, "big")
        decryptor = Cipher(SM4(file_key), GCM(block_nonce, tag)).decryptor()
        decryptor.authenticate_additional_data(bound + bytes([following is None]))
        try:
            yield decryptor.update(body) + decryptor.finalize()
        except InvalidTag:
            raise EnvelopeBroken from None
        number += 1
    if not number:
        raise EnvelopeBroken


def _header(stream: BinaryIO) -> tuple[dict[str, Any], bytes]:
    magic, line = stream.read(len(MAGIC)), stream.readline(HEADER_MAX)
    try:
        told = json.loads(line)
    except ValueError as error:
        raise EnvelopeBroken from error
    if magic != MAGIC or not isinstance(told, dict) or not line.endswith(b"\n"):
        raise EnvelopeBroken
    return told, bytes.fromhex(digest.sm3(magic + line))


def _read_block(stream: BinaryIO) -> tuple[bytes, bytes] | None:
    head = stream.read(4 + _TAG)
    if not head:
        return None
    length = int.from_bytes(head[:4], "big")
    body = stream.read(length) if length <= BLOCK else b""
    if len(head) != 4 + _TAG or len(body) != length:
        raise EnvelopeBroken
    return head[4:], body


def _key_pair(path: Path) -> tuple[str, str]:
    parts = path.read_text(encoding="ascii").split()
    if [len(part) for part in parts] != [64, 128]:
        raise BadRecipientKey
    return parts[0], public_key(parts[1])
