"""Division codes: 12 figures that are the key of the tree. A scope is a code prefix.

Figures 2 + 2 + 2 (GB/T 2260) + 3 + 3 (statistics code): province, city, county, town, village. A
level left out is zeros, and so is everything below the level a code names.
"""

import re
from typing import Literal

from sanzi.kernel.errors import BadDivisionCode

__all__ = ["BadDivisionCode", "Level", "check", "is_within", "level", "parent", "prefix"]

Level = Literal["province", "city", "county", "town", "village"]

_LENGTHS: tuple[tuple[Level, int], ...] = (
    ("province", 2),
    ("city", 4),
    ("county", 6),
    ("town", 9),
    ("village", 12),
)
_CODE = re.compile(r"[0-9]{12}")


def check(code: str) -> str:
    """Return the code if it is one; raises BadDivisionCode.

    County zeros above a town are right: some cities have towns and no counties.
    """
    if not _CODE.fullmatch(code):
        raise BadDivisionCode(value=code[:20], why="要12位数字")
    if code.startswith("00"):
        raise BadDivisionCode(value=code, why="没有00开头的省")
    if code[6:9] == "000" and code[9:] != "000":
        raise BadDivisionCode(value=code, why="有村没有乡镇")
    return code


def level(code: str) -> Level:
    """Return the level that the code names; raises BadDivisionCode."""
    return _shape(code)[0]


def prefix(code: str) -> str:
    """Return the significant figures: 2, 4, 6, 9 or 12 of them; raises BadDivisionCode."""
    return code[: _shape(code)[1]]


def is_within(code: str, scope_code: str) -> bool:
    """Tell whether the place lies in the scope, the scope itself included.

    Raises: BadDivisionCode for either.
    """
    return check(code).startswith(prefix(scope_code))


def parent(code: str) -> str | None:
    """Return the code one level up, or None for a province; raises BadDivisionCode."""
    length = _shape(code)[1]
    shorter = [size for _, size in _LENGTHS if size < length]
    return code[: shorter[-1]].ljust(12, "0") if shorter else None


def _shape(code: str) -> tuple[Level, int]:
    check(code)
    for name, length in _LENGTHS:
        if not code[length:].strip("0"):
            return name, length
    raise AssertionError  # pragma: no cover - the last length leaves no figures over
