"""SM2 signatures on what goes to a bank and comes from it (signer id 1234567812345678, DER).

A key file holds two lines of hex, private (64 figures) and public (128); a `.pub` file holds
the public key alone. Another holder of keys (a card, a signing machine) implements Signer.
"""

import base64
import binascii
from pathlib import Path
from typing import Protocol

import gmssl_pyx


class Signer(Protocol):
    """Who signs for us."""

    def sign(self, message: bytes) -> str:
        """Return the signature of the bytes as base64 of DER."""
        ...


class Verifier(Protocol):
    """Who checks the bank's signatures."""

    def is_valid(self, message: bytes, signature: str) -> bool:
        """Whether the bank made this signature over these bytes."""
        ...


class Sm2KeyFile:
    """A signer with its key in a file that only the platform's account may read."""

    def __init__(self, path: Path) -> None:
        """Read the key; raises ValueError if the file does not hold one."""
        parts = path.read_text().split()
        if [len(part) for part in parts] != [64, 128]:
            message = f"{path} does not hold an SM2 key pair"
            raise ValueError(message)
        self._private, self._public = bytes.fromhex(parts[0]), bytes.fromhex(parts[1])

    def sign(self, message: bytes) -> str:
        """Return the signature of the bytes as base64 of DER."""
        der = gmssl_pyx.sm2_sign(self._private, self._public, message)
        return base64.b64encode(der).decode("ascii")


class Sm2PublicKey:
    """The bank's public key."""

    def __init__(self, path: Path) -> None:
        """Read the key; raises ValueError if the file does not hold one."""
        text = path.read_text().strip()
        try:
            self._public = gmssl_pyx.normalize_sm2_public_key(text)
        except gmssl_pyx.GmsslInnerError as problem:
            message = f"{path} does not hold an SM2 public key"
            raise ValueError(message) from problem

    def is_valid(self, message: bytes, signature: str) -> bool:
        """Whether the bank made this signature over these bytes; malformed ones are False."""
        try:
            der = base64.b64decode(signature, validate=True)
            return bool(gmssl_pyx.sm2_verify(self._public, message, der))
        except (binascii.Error, gmssl_pyx.GmsslInnerError, ValueError):
            return False
