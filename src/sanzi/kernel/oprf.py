"""An oblivious pseudorandom function over P-256: one side holds the value, the other the key.

The asker hashes a value to a point and blinds it; the holder of the key multiplies what it cannot
read; the asker takes its blind away and has F(key, value). The holder learns nothing of the value,
the asker nothing of the key. Source: RFC 9497 (OPRF, P256-SHA256) with the hash to the curve of
RFC 9380 (P256_XMD:SHA-256_SSWU_RO_). Points travel by their x alone: a point and its negative are
one, so the output is that of RFC 9497 for the one of the two that is even.

Multiplications by keys and blinds are done by the library, in constant time. The hash to the curve
is not: it runs at the asker, over the asker's own values.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Final

from cryptography.hazmat.primitives.asymmetric import ec

P: Final = 2**256 - 2**224 + 2**192 + 2**96 - 1
ORDER: Final = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
B: Final = 0x5AC635D8AA3A93E7B3EBBD55769886BC651D06B0CC53B0F63BCE3C3E27D2604B
A: Final = P - 3
Z: Final = P - 10
CONTEXT: Final = b"OPRFV1-\x00-P256-SHA256"
TO_GROUP: Final = b"HashToGroup-" + CONTEXT
BYTES: Final = 32
EVEN: Final = b"\x02"
_CURVE: Final = ec.SECP256R1()
_WIDE: Final = 48
_ROOT: Final = (P + 1) // 4
# The root of -Z^3: what the root of g(x1) is multiplied by where only g(x2) is a square.
_OF_Z: Final = pow(1000, _ROOT, P)


class BadPoint(ValueError):
    """These bytes are not the x of a point of the curve."""


def new_key() -> bytes:
    """Return a new key: a number from 1 to the order less 1."""
    return (secrets.randbelow(ORDER - 1) + 1).to_bytes(BYTES)


def blind_of(secret: bytes, value: bytes) -> bytes:
    """Return the blind of a value under a secret of the asker: the same for the same value.

    So a question that is asked again is the same question, and counts once.
    """
    wide = hmac.digest(secret, b"blind\x00" + value, "sha512")
    return (int.from_bytes(wide) % (ORDER - 1) + 1).to_bytes(BYTES)


def blinded(value: bytes, blind: bytes) -> bytes:
    """Return the point of a value, blinded."""
    return _times(blind, _public(hashed(value)))


def evaluated(key: bytes, point: bytes) -> bytes:
    """Return a blinded point times the key. Raises: BadPoint."""
    return _times(key, lifted(point))


def finished(value: bytes, blind: bytes, point: bytes) -> bytes:
    """Return F(key, value), 32 bytes, from what came back. Raises: BadPoint."""
    inverse = pow(int.from_bytes(blind), -1, ORDER).to_bytes(BYTES)
    return output(value, EVEN + _times(inverse, lifted(point)))


def output(value: bytes, element: bytes) -> bytes:
    """Return the last digest over a value and its point in compressed form (RFC 9497, 3.3.1)."""
    told = len(value).to_bytes(2) + value + len(element).to_bytes(2) + element + b"Finalize"
    return hashlib.sha256(told).digest()


def lifted(point: bytes) -> ec.EllipticCurvePublicKey:
    """Return the even point with this x. Raises: BadPoint."""
    if len(point) != BYTES:
        raise BadPoint(f"{len(point)} bytes")
    try:
        return ec.EllipticCurvePublicKey.from_encoded_point(_CURVE, EVEN + point)
    except ValueError as error:
        raise BadPoint("not on the curve") from error


def hashed(value: bytes) -> tuple[int, int]:
    """Return the point of a value (RFC 9380, 8.2: two maps, added)."""
    wide = _expanded(value, 2 * _WIDE)
    one, other = (_mapped(int.from_bytes(wide[start : start + _WIDE]) % P) for start in (0, _WIDE))
    return _added(one, other)


def _times(number: bytes, point: ec.EllipticCurvePublicKey) -> bytes:
    return _private(number).exchange(ec.ECDH(), point)


@lru_cache(maxsize=8)
def _private(number: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(number), _CURVE)


def _public(point: tuple[int, int]) -> ec.EllipticCurvePublicKey:
    return ec.EllipticCurvePublicNumbers(*point, _CURVE).public_key()


def _expanded(value: bytes, size: int) -> bytes:
    """Return `expand_message_xmd` with SHA-256 (RFC 9380, 5.3.1)."""
    name = TO_GROUP + bytes([len(TO_GROUP)])
    sha = hashlib.sha256
    first = sha(bytes(64) + value + size.to_bytes(2) + b"\x00" + name).digest()
    block = sha(first + b"\x01" + name).digest()
    made = block
    for number in range(2, size // BYTES + 1):
        mixed = bytes(left ^ right for left, right in zip(first, block, strict=True))
        block = sha(mixed + bytes([number]) + name).digest()
        made += block
    return made


def _mapped(u: int) -> tuple[int, int]:
    """Return the point of a field element: simplified SWU (RFC 9380, 6.6.2)."""
    square = Z * u * u % P
    both = (square * square + square) % P
    x = -B * pow(A, -1, P) * (1 + pow(both, -1, P)) % P if both else B * pow(Z * A, -1, P) % P
    found = (x * x * x + A * x + B) % P
    y = pow(found, _ROOT, P)
    if y * y % P != found:
        x = square * x % P
        y = u * u * u * y * _OF_Z % P
    return (x, y) if u % 2 == y % 2 else (x, P - y)


def _added(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    """Return the sum of two points. Raises: ValueError, where it is nothing: nobody finds that."""
    (x1, y1), (x2, y2) = one, other
    if x1 == x2:
        if (y1 + y2) % P == 0:
            raise ValueError("the value has no point")
        slope = (3 * x1 * x1 + A) * pow(2 * y1, -1, P) % P
    else:
        slope = (y2 - y1) * pow(x2 - x1, -1, P) % P
    x = (slope * slope - x1 - x2) % P
    return x, (slope * (x1 - x) - y1) % P


def forget() -> None:
    """Let go of the keys that this process holds ready: one of them was destroyed."""
    _private.cache_clear()
