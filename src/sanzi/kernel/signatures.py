"""Check detached electronic signatures: SM2 over SM3, and RSA over SHA-256. No Django.

Source: 电子签名法; GB/T 32918.2-2016 (SM2, id 1234567812345678, DER); PKCS#1 v1.5 (RFC 8017).
Which keys are trusted is the caller's business; nothing here asks a network.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass

import gmssl_pyx
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

SM2, RSA = "SM2", "RSA"
RSA_BITS_MIN = 2048


class BadKey(ValueError):
    """The text holds no public key that signatures can be checked with."""


@dataclass(frozen=True)
class PublicKey:
    """A public key: its algorithm, and its text (SM2: 128 figures of hex; RSA: PEM)."""

    algorithm: str
    text: str


def read_key(text: str) -> PublicKey:
    """Return the key in a text: SM2 as hex, RSA as a PEM public key or X.509 certificate.

    Raises: BadKey, for RSA under 2048 bits too.
    """
    plain = text.strip()
    if plain.startswith("-----BEGIN"):
        _rsa(plain)
        return PublicKey(RSA, plain)
    try:
        gmssl_pyx.normalize_sm2_public_key(plain)
    except (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError, ValueError) as wrong:
        raise BadKey("no SM2 public key and no PEM") from wrong
    return PublicKey(SM2, plain)


def is_valid(key: PublicKey, message: bytes, signature: str) -> bool:
    """Whether the holder of the key signed these bytes; `signature` is base64. Malformed: False."""
    try:
        raw = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        return False
    return _sm2_holds(key, message, raw) if key.algorithm == SM2 else _rsa_holds(key, message, raw)


def _sm2_holds(key: PublicKey, message: bytes, raw: bytes) -> bool:
    try:
        public = gmssl_pyx.normalize_sm2_public_key(key.text)
        return bool(gmssl_pyx.sm2_verify(public, message, raw))
    except (gmssl_pyx.GmsslInnerError, gmssl_pyx.InvalidValueError, ValueError):
        return False


def _rsa_holds(key: PublicKey, message: bytes, raw: bytes) -> bool:
    try:
        _rsa(key.text).verify(raw, message, padding.PKCS1v15(), hashes.SHA256())
    except InvalidSignature:
        return False
    return True


def _rsa(text: str) -> rsa.RSAPublicKey:
    data = text.encode()
    found: object
    try:
        if "CERTIFICATE" in text.splitlines()[0]:
            found = x509.load_pem_x509_certificate(data).public_key()
        else:
            found = serialization.load_pem_public_key(data)
    except ValueError as wrong:
        raise BadKey("no key or certificate in the PEM") from wrong
    if not isinstance(found, rsa.RSAPublicKey) or found.key_size < RSA_BITS_MIN:
        raise BadKey(f"expected RSA of {RSA_BITS_MIN} bits or more")
    return found
