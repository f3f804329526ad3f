"""SM2 keys and signatures (GB/T 32918, signer id 1234567812345678, DER, base64).

A key file holds two lines of hex: the private key (64 figures) and the public key (128).
A file ending in .pub holds the public key alone.
"""

import base64
import binascii
import os
from dataclasses import dataclass
from pathlib import Path

import gmssl_pyx

BANK_KEY = "bank"
DEMO_CUSTOMER = "sanzi"


@dataclass(frozen=True)
class KeyPair:
    """An SM2 key pair."""

    private: bytes
    public: bytes

    def sign(self, message: bytes) -> str:
        """Return the signature of the bytes as base64 of DER."""
        return base64.b64encode(gmssl_pyx.sm2_sign(self.private, self.public, message)).decode()


class KeyRing:
    """The folder of keys: the bank's own pair, and one public key for each customer."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        for name in (BANK_KEY, DEMO_CUSTOMER):
            if not (folder / f"{name}.pub").exists():
                _write_pair(folder, name)
        self.bank = read_pair(folder / f"{BANK_KEY}.key")

    def knows(self, customer: str) -> bool:
        """Whether there is a key of this customer."""
        if not (customer.isascii() and customer.isalnum()) or customer == BANK_KEY:
            return False
        return (self._folder / f"{customer}.pub").exists()

    def is_signed_by(self, customer: str, message: bytes, signature: str) -> bool:
        """Whether the customer is known and made this signature over these bytes."""
        if not self.knows(customer):
            return False
        public = bytes.fromhex((self._folder / f"{customer}.pub").read_text().strip())
        try:
            der = base64.b64decode(signature, validate=True)
            return bool(gmssl_pyx.sm2_verify(public, message, der))
        except (binascii.Error, gmssl_pyx.GmsslInnerError, ValueError):
            return False


def read_pair(path: Path) -> KeyPair:
    """Read a key file."""
    private, public = path.read_text().split()
    return KeyPair(bytes.fromhex(private), bytes.fromhex(public))


def make_pair() -> KeyPair:
    """Make a new pair of keys."""
    public, private = gmssl_pyx.sm2_key_generate()
    return KeyPair(private, public)


def _write_pair(folder: Path, name: str) -> None:
    made = make_pair()
    secret = folder / f"{name}.key"
    descriptor = os.open(secret, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(f"{made.private.hex()}\n{made.public.hex()}\n")
    (folder / f"{name}.pub").write_text(made.public.hex() + "\n")
