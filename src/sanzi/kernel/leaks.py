"""Numbers that name a person in full, found in a text that is to be public.

What is found: a resident identity number whose check figure holds, a UnionPay card number that
passes the Luhn check, a mobile number. Masked ones are not: a star ends a number. Names, addresses
and illnesses are words, which no rule here can tell from others.
Source: personal information protection law (2021) articles 25, 28, 51.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, Final

from stdnum import luhn

from sanzi.kernel import identity
from sanzi.kernel.errors import BadResidentId
from sanzi.kernel.typed import compact, plain

TITLES: Final = {"card": "银行卡号", "id_number": "身份证号", "phone": "手机号"}
"""What each kind of number is called."""

_ALONE: Final = r"(?<![0-9A-Za-z*.])", r"(?![0-9A-Za-z*])"
_ID: Final = re.compile(r"[1-9][0-9]{5}[ -]?[0-9]{8}[ -]?[0-9]{3}[0-9Xx]".join(_ALONE))
_CARD: Final = re.compile(r"62[0-9]{2}(?:[ -]?[0-9]){12,15}".join(_ALONE))
_PHONE: Final = re.compile(r"(?:\+?86[ -]?)?1[3-9][0-9][ -]?[0-9]{4}[ -]?[0-9]{4}".join(_ALONE))


def kinds(told: Any) -> list[str]:
    """Return what numbers stand in full in a text, or anywhere in JSON values.

    Shapes: some of `card`, `id_number`, `phone`, in this order.
    """
    return sorted({kind for text in _texts(told) for kind in _kinds(plain(text))})


def _texts(told: Any) -> Iterator[str]:
    if isinstance(told, str):
        yield told
    elif isinstance(told, dict):
        for key, value in told.items():
            yield str(key)
            yield from _texts(value)
    elif isinstance(told, list | tuple):
        for value in told:
            yield from _texts(value)


def _kinds(text: str) -> Iterator[str]:
    if any(_is_id(found) for found in _ID.findall(text)):
        yield "id_number"
    if any(luhn.is_valid(compact(found)) for found in _CARD.findall(text)):
        yield "card"
    if _PHONE.search(text):
        yield "phone"


def _is_id(found: str) -> bool:
    try:
        identity.check_resident_id(found)
    except BadResidentId:
        return False
    return True
