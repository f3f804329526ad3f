"""Numbers that name a person in full are found, masked ones and others are not."""

from __future__ import annotations

from typing import Any

import pytest
from stdnum import luhn

from sanzi.kernel import leaks

ID = "11010519491231002X"
CARD = "621700123456789012"
CARD += luhn.calc_check_digit(CARD)
PHONE = "13912345678"


@pytest.mark.parametrize(
    ("told", "found"),
    [
        (f"张老三，身份证{ID}，已领。", ["id_number"]),
        (f"证号110105 19491231 002x，卡{CARD}", ["card", "id_number"]),
        (f"打到{CARD[:4]} {CARD[4:8]} {CARD[8:12]} {CARD[12:16]} {CARD[16:]}", ["card"]),
        (f"有事打{PHONE}", ["phone"]),
        ("有事打139-1234-5678或+86 13912345678", ["phone"]),
        ("有事打１３９１２３４５６７８", ["phone"]),
        ({"tables": [{"rows": [["张*三", CARD, 320_000]]}]}, ["card"]),
        ({"tables": [{"rows": [["张*三", "6217***********0123", 13_912_345_678]]}]}, []),
        ("身份证110105********002X，手机139****5678", []),
        (f"身份证{ID[:-1]}1，尾号不对", []),
        (f"卡号{CARD[:-1]}{(int(CARD[-1]) + 1) % 10}，验不过", []),
        ("发票26332000000000000118，办件M10-202611-0001，合计13,912,345.67元", []),
        ("统一社会信用代码91330282MA2AABCD12，2026-11-01 09:00公开", []),
        (f"摘要里的{ID}9不是身份证号，a{PHONE}是一个代码", []),
        (None, []),
    ],
)
def test_full_numbers_of_persons_are_found_and_nothing_else(told: Any, found: list[str]) -> None:
    assert leaks.kinds(told) == found
