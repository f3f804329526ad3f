"""Checks of the numbers that name people, organisations, banks and accounts.

Each `check_*` returns the normal form or raises a refusal. Doubts that do not justify a refusal are
`*_warning`. Masking lives in `masking.py`, division codes in `divisions.py`.
"""

import re
from datetime import date

from stdnum import luhn
from stdnum.cn import ric
from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

from sanzi.kernel import clock
from sanzi.kernel.errors import BadAccount, BadCnaps, BadPhone, BadResidentId, BadUscc
from sanzi.kernel.typed import compact

__all__ = [
    "BadAccount",
    "BadCnaps",
    "BadPhone",
    "BadResidentId",
    "BadUscc",
    "account_warning",
    "check_account",
    "check_cnaps",
    "check_phone",
    "check_resident_id",
    "check_uscc",
    "uscc_warning",
]

_FIRST_BIRTH = date(1900, 1, 1)
_RESIDENT_ID = re.compile(r"[1-9][0-9]{16}[0-9X]")
_USCC_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC = re.compile(r"[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}")
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_BODY_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_BODY_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
_MOBILE = re.compile(r"(?:\+?86)?(1[3-9][0-9]{9})")
_LANDLINE = re.compile(r"0[0-9]{2,3}[0-9]{7,8}")
_ACCOUNT = re.compile(r"[0-9]{8,32}")
_CARD = re.compile(r"62[0-9]{14,17}")


def check_resident_id(text: str, *, today: date | None = None) -> str:
    """Check a resident identity number and return its 18 figures, X in upper case.

    The place of birth is not looked up: counties are merged and renamed, numbers are not.
    Raises: BadResidentId for a wrong length or check figure, or a birth date before 1900 or after
        today.
    Source: GB 11643-1999.
    """
    number = compact(text).upper()
    if not _RESIDENT_ID.fullmatch(number):
        raise BadResidentId(why="要18位，前17位是数字")
    try:
        born = ric.get_birth_date(number)
    except ValidationError:
        raise BadResidentId(why="里面的出生日期不存在") from None
    if not _FIRST_BIRTH <= born <= (today or clock.today()):
        raise BadResidentId(why="里面的出生日期太早，或者还没到")
    if ric.calc_check_digit(number) != number[-1]:
        raise BadResidentId(why="最后一位核不上")
    return number


def check_uscc(text: str) -> str:
    """Check a unified social credit code and return it in upper case.

    Codes of village collectives (registrar N) are as good as any other.
    Raises: BadUscc for a wrong form or check figure. Source: GB 32100-2015.
    """
    code = compact(text).upper()
    if not _USCC.fullmatch(code):
        raise BadUscc(why="要18位数字和大写字母，不用I、O、S、V、Z")
    total = sum(
        _USCC_ALPHABET.index(figure) * weight
        for figure, weight in zip(code[:17], _USCC_WEIGHTS, strict=True)
    )
    if _USCC_ALPHABET[-total % 31] != code[17]:
        raise BadUscc(why="最后一位核不上")
    return code


def uscc_warning(text: str) -> str | None:
    """Return a sentence if the organisation code inside (figures 9 to 17) fails its own check.

    Some old registrations fail it and are still in use, so it is a doubt, not a refusal.
    Source: GB 11714-1997.
    """
    code = compact(text).upper()
    body, check = code[8:16], code[16:17]
    if len(body) != len(_BODY_WEIGHTS) or any(figure not in _BODY_ALPHABET for figure in body):
        return None
    total = sum(
        _BODY_ALPHABET.index(figure) * weight
        for figure, weight in zip(body, _BODY_WEIGHTS, strict=True)
    )
    expected = "0123456789X0"[11 - total % 11]
    return None if check == expected else "代码里的组织机构代码核不上，请对着登记证看一眼。"


def check_cnaps(text: str) -> str:
    """Check a CNAPS bank number of 12 figures, the last by MOD 11,10.

    Raises: BadCnaps.
    """
    code = compact(text)
    if not re.fullmatch(r"[0-9]{12}", code):
        raise BadCnaps(why="要12位数字")
    if not mod_11_10.is_valid(code):
        raise BadCnaps(why="最后一位核不上")
    return code


def check_phone(text: str) -> str:
    """Check a mobile (with or without +86) or landline number and return its bare figures.

    Raises: BadPhone.
    """
    number = compact(text)
    mobile = _MOBILE.fullmatch(number)
    if mobile:
        return mobile[1]
    if _LANDLINE.fullmatch(number):
        return number
    raise BadPhone(why="不是手机号，也不是带区号的座机号")


def check_account(text: str) -> str:
    """Check a bank account of 8 to 32 figures and return them without spaces.

    Accounts of firms and passbooks have no check figure, so none is asked for.
    Raises: BadAccount.
    """
    number = compact(text)
    if not _ACCOUNT.fullmatch(number):
        raise BadAccount(why="要8到32位数字")
    return number


def account_warning(text: str) -> str | None:
    """Return a sentence if the number looks like a UnionPay card and fails the Luhn check."""
    number = compact(text)
    if _CARD.fullmatch(number) and not luhn.is_valid(number):
        return "看着是银行卡号，但最后一位核不上，请对着卡看一眼。"
    return None
