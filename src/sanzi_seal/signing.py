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

MACHINES, CUSTOMER = "machines", "sanzi"


@dataclass(frozen=True)
class KeyPair:
    """An SM2 key pair."""

    private: bytes
    public: bytes

    def sign(self, message: bytes) -> str:
        """Return the signature of the bytes as base64 of DER."""
        return base64.b64encode(gmssl_pyx.sm2_sign(self.private, self.public, message)).decode()


class KeyRing:
    """The folder of keys: the platform's own pair, and the public key of the one customer."""

    def __init__(self, folder: Path) -> None:
        """Open the folder; keys that are not there yet are made."""
        folder.mkdir(parents=True, exist_ok=True)
        for name in (MACHINES, CUSTOMER):
            if not (folder / f"{name}.pub").exists():
                _write_pair(folder, name)
        private, public = (folder / f"{MACHINES}.key").read_text().split()
        self.machines = KeyPair(bytes.fromhex(private), bytes.fromhex(public))
        self._customer = bytes.fromhex((folder / f"{CUSTOMER}.pub").read_text().strip())

    def is_customers(self, message: bytes, signature: str) -> bool:
        """Whether the customer made this signature over these bytes."""
        try:
            der = base64.b64decode(signature, validate=True)
            return bool(gmssl_pyx.sm2_verify(self._customer, message, der))
        except (binascii.Error, gmssl_pyx.GmsslInnerError, ValueError):
            return False


def _write_pair(folder: Path, name: str) -> None:
    public, private = gmssl_pyx.sm2_key_generate()
    descriptor = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as stream:
        stream.write(f"{private.hex()}\n{public.hex()}\n")
    (folder / f"{name}.pub").write_text(public.hex() + "\n")
