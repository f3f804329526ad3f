"""Digests: SM3 and HMAC-SM3 over bytes and over values in one canonical form.

Source: GB/T 32905-2016. Encryption lives in `cipher.py`.
"""

import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from types import NoneType
from typing import Final

from cryptography.hazmat.primitives import hashes, hmac

_AS_IT_IS: Final = (str, int, bool, NoneType)
# Made once: json.dumps makes an encoder a call, a third of the time of a small value.
_JSON: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def sm3(data: bytes) -> str:
    """Return the SM3 digest as 64 lower-case hexadecimal figures."""
    digest = hashes.Hash(hashes.SM3())
    digest.update(data)
    return digest.finalize().hex()


def canonical(obj: object) -> bytes:
    """Return the one byte form of a value: JSON, keys sorted, no spaces, UTF-8.

    Shapes: None, bool, int, str, date, aware datetime (written in UTC), lists, tuples, and mappings
        with str keys.
    Raises: TypeError for anything else, floats above all: they have no one form. ValueError for a
        datetime without a zone.
    """
    return _JSON.encode(_plain(obj)).encode()


def sm3_of(obj: object) -> str:
    """Return the SM3 digest of the canonical form of a value."""
    return sm3(canonical(obj))


def hmac_sm3(key: bytes, text: str) -> str:
    """Return the keyed digest of a text, as hexadecimal: the blind index of personal fields."""
    mac = hmac.HMAC(key, hashes.SM3())
    mac.update(text.encode())
    return mac.finalize().hex()


def _plain(obj: object) -> object:
    if isinstance(obj, _AS_IT_IS):
        return obj
    if isinstance(obj, datetime):
        if obj.tzinfo is None:
            message = "a datetime in a digest must be aware"
            raise ValueError(message)
        return obj.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(obj, date):
        return obj.isoformat()
    if isinstance(obj, Mapping):
        if not all(isinstance(key, str) for key in obj):
            message = "keys in a digest must be str"
            raise TypeError(message)
        return {key: _plain(value) for key, value in obj.items()}
    if isinstance(obj, list | tuple):
        return [_plain(value) for value in obj]
    message = f"{type(obj).__name__} has no canonical form"
    raise TypeError(message)
