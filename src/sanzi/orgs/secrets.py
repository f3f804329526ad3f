"""Personal numbers at rest: sealed with SM4-GCM, found again by a blind index (HMAC-SM3).

The keys come from the settings; each kind of number is its own context, so that a sealed phone
can't be passed off as an account.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from django.conf import settings

from sanzi.kernel import cipher, digest

Kind = Literal[
    "id_no",
    "account",
    "phone",
    "totp",
    "token",
    "message",
    "outside",
    "offer",
    "letter",
    "notice",
    "lead",
    "file",
]


def normalise(plain: str) -> str:
    """Return the value as it is compared: no spaces or hyphens, upper case."""
    return plain.replace(" ", "").replace("-", "").upper()


@cache
def ring() -> cipher.KeyRing:
    """Return the keys that open personal numbers, and the one that seals now."""
    return cipher.ring(settings.SANZI.data_key, settings.SANZI.old_data_keys)


@cache
def _index_key() -> bytes:
    return bytes.fromhex(settings.SANZI.index_key)


def seal(kind: Kind, plain: str) -> str:
    """Return the ciphertext of a personal number; empty stays empty."""
    value = plain if kind in ("totp", "outside", "offer", "lead", "file") else normalise(plain)
    return ring().seal(value, kind) if value else ""


def reveal(kind: Kind, sealed: str) -> str:
    """Return the number behind a ciphertext; callers log every view by a person.

    Raises: kernel.cipher.SealBroken.
    """
    return ring().open(sealed, kind) if sealed else ""


def index(kind: Kind, plain: str) -> str:
    """Return the blind index of a number (64 hex digits); empty stays empty."""
    value = normalise(plain)
    return digest.hmac_sm3(_index_key(), f"{kind}:{value}") if value else ""
