"""Numbers of the fictional county: valid in form, held by nobody.

Resident ids carry the division of their county, 999901 or 999902, which are assigned to no place;
accounts and phones come from ranges invented here.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Final

COUNTY_CODE: Final = "999901"
BANK_RURAL: Final = "40299990001"
BANK_FARM: Final = "10399990002"
BANK_BUILD: Final = "10599990003"

_ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS: Final = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)


class Numbers:
    """Hands out numbers, each once, in a fixed order."""

    def __init__(self, county_code: str = COUNTY_CODE) -> None:
        """Begin; people and bodies are registered in a county."""
        self._county = county_code
        self._births: Counter[tuple[date, bool]] = Counter()
        self._bodies = 0
        self._accounts = 0
        self._org_accounts = 0
        self._phones = 0
        self._invoices = 0

    def resident_id(self, born: date, *, is_man: bool) -> str:
        """An 18-digit resident id; odd order numbers for men. Source: GB 11643-1999."""
        self._births[born, is_man] += 1
        order = 2 * self._births[born, is_man] - int(is_man)
        body = f"{self._county}{born:%Y%m%d}{order:03d}"
        total = sum(int(digit) * weight for digit, weight in zip(body, _ID_WEIGHTS, strict=True))
        return body + "10X98765432"[total % 11]

    def uscc(self, kind: str) -> str:
        """A credit code beginning with the two signs `kind`. Source: GB 32100-2015."""
        self._bodies += 1
        body = f"MF{self._bodies:06d}"
        signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
        total = sum(
            signs.index(sign) * weight for sign, weight in zip(body, _BODY_WEIGHTS, strict=True)
        )
        head = f"{kind}{self._county}{body}{'0123456789X0'[11 - total % 11]}"
        total = sum(
            _USCC_ALPHABET.index(sign) * weight
            for sign, weight in zip(head, _USCC_WEIGHTS, strict=True)
        )
        return head + _USCC_ALPHABET[-total % 31]

    def card(self) -> str:
        """A personal account: 19 digits, the last by Luhn."""
        self._accounts += 1
        body = f"629999{self._accounts:012d}"
        return body + _luhn(body)

    def org_account(self) -> str:
        """An account of an organisation or firm: 17 digits, no check digit."""
        self._org_accounts += 1
        return f"20199990{self._org_accounts:09d}"

    def phone(self) -> str:
        """A mobile number."""
        self._phones += 1
        return f"1990{self._phones:07d}"

    def invoice(self, day: date) -> str:
        """A 20-digit number of a fully digital invoice."""
        self._invoices += 1
        return f"{day:%y}99{self._invoices:016d}"


def bank_code(body: str) -> str:
    """The CNAPS code of 11 digits and a check digit by MOD 11,10. Source: ISO 7064."""
    check = 5
    for digit in body:
        check = ((check or 10) * 2 % 11 + int(digit)) % 10
    return body + str((1 - (check or 10) * 2 % 11) % 10)


def _luhn(body: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(body)):
        value = int(digit) * (2 - place % 2)
        total += value - 9 if value > 9 else value
    return str(-total % 10)
