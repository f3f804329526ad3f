"""What a cell of a file from outside means: days, amounts, numbers as people write them.

Every value comes out as the text that a data package holds (`cells.written`): days as
2026-03-05, amounts in fen. A value that cannot be read comes out with the reason and what to do.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from sanzi.kernel import identity, masking
from sanzi.kernel.refusals import Refusal
from sanzi.record.outside.opening import Formula

TEXT_MAX: Final = 200
DIGITS_KEPT: Final = 15
NOISE: Final = Decimal("0.000001")
FIRST_SERIAL, LAST_SERIAL = 10_000, 73_050
"""Days of a workbook counted from 1899-12-30: from 1927 to 2099."""
FEN_MAX: Final = 99_999_999_999_999
_EPOCH: Final = date(1899, 12, 30)
UNITS: Final[Mapping[str, int]] = {"yuan": 100, "wan": 1_000_000, "fen": 1}
UNIT_WORDS: Final[Mapping[str, str]] = {"yuan": "元", "wan": "万元", "fen": "分"}
ORDERS: Final[Mapping[str, str]] = {"ymd": "年月日", "mdy": "月日年", "dmy": "日月年"}
TRUE_WORDS: Final = frozenset({"是", "有", "y", "yes", "true", "1", "√", "对"})
FALSE_WORDS: Final = frozenset({"否", "无", "没有", "n", "no", "false", "0", "×", "不"})
_YMD: Final = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T]\d{1,2}:.*)?")
_SOLID: Final = re.compile(r"(\d{4})(\d{2})(\d{2})(?:\d{6})?")
_TURNED: Final = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})")
_MONTH: Final = re.compile(r"(20\d{2})(?:[-/.年]?(0[1-9]|1[0-2]|[1-9])月?|年度?)?(?:份)?")
_AMOUNT: Final = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)(\.\d+)?")
_WRAPPING: Final = re.compile(r"[\"'“”‘’¥￥\s]")


@dataclass(frozen=True)
class Formats:
    """How one column writes its values: order of a day, unit of amounts, their words."""

    order: str = "ymd"
    unit: str = "yuan"
    codes: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """A cell as read: its text in a package, or why not. Both empty for an empty cell."""

    text: str = ""
    fault: str = ""
    why: str = ""

    @property
    def is_wrong(self) -> bool:
        """Whether it could not be read."""
        return bool(self.fault)


class _Wrong(Exception):
    """A cell cannot be read: a reason for programs and what to do."""

    def __init__(self, fault: str, why: str) -> None:
        super().__init__(why)
        self.fault = fault
        self.why = why


def read(kind: str, value: Any, formats: Formats) -> Read:
    """Return what a cell means as a value of this kind; codes take `formats.codes`."""
    if isinstance(value, Formula):
        return Read("", "formula", "这一格是公式，请改成填好的值")
    if value is None or value == "":
        return Read()
    try:
        return Read(_KINDS[kind](value, formats))
    except _Wrong as wrong:
        return Read("", wrong.fault, wrong.why)


def half(value: Any) -> str:
    """Return a value as text with half-width figures and without outer spaces."""
    return unicodedata.normalize("NFKC", plain(value)).strip()


def plain(value: Any) -> str:
    """Return a value as text; a whole number has no point, a float no exponent."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        exact = Decimal(repr(value))
        return format(exact.quantize(Decimal(1)) if exact == exact.to_integral() else exact, "f")
    if isinstance(value, datetime):
        return value.isoformat(" ")[: 10 if value.time() == time() else 16]
    return str(value).strip()


def shown(kind: str, value: Any) -> str:
    """Return a cell for a screen: personal values masked, long ones cut."""
    text = plain(value)
    if kind in MASKS:
        return MASKS[kind](text)
    return text if len(text) <= 40 else text[:40] + "…"


def _text(value: Any, _formats: Formats) -> str:
    text = " ".join(plain(value).split())
    if len(text) > TEXT_MAX:
        raise _Wrong("format", f"最多{TEXT_MAX}个字")
    return text


def _name(value: Any, formats: Formats) -> str:
    text = _text(value, formats).replace(" ", "")
    if not re.search(r"[^\W\d_]", text):
        raise _Wrong("format", "这里要写姓名或名称")
    return text


def _number_text(value: Any) -> str:
    """Return figures that stand for a thing. A workbook forgets those after the fifteenth."""
    text = half(value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        if len(text.lstrip("-")) > DIGITS_KEPT:
            raise _Wrong("digits", "超过15位的数字在表里丢了后几位，请来源部门按文本重新导出")
    elif re.fullmatch(r"\d(\.\d+)?E\+\d+", text, re.IGNORECASE):
        raise _Wrong("digits", "写成了科学计数，丢了后几位，请来源部门按文本重新导出")
    return text


def _checked(check: Callable[[str], str], fault: str) -> Callable[[Any, Formats], str]:
    def make(value: Any, _formats: Formats) -> str:
        try:
            return check(_number_text(value))
        except Refusal as no:
            raise _Wrong(fault, str(no.data.get("why", no.text))) from no

    return make


def _date(value: Any, formats: Formats) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()[:10]
    if isinstance(value, int | float) and FIRST_SERIAL <= value <= LAST_SERIAL:
        return (_EPOCH + timedelta(days=int(value))).isoformat()
    text = half(value)
    whole = _YMD.fullmatch(text) or _SOLID.fullmatch(text)
    if whole:
        year, month, day = whole[1], whole[2], whole[3]
    elif formats.order == "ymd":
        turned = _TURNED.fullmatch(text)
        why = "看不出先月还是先日，请选日期的写法" if turned else "应是日期，如2026-03-05"
        raise _Wrong("format", why)
    else:
        turned = _TURNED.fullmatch(text)
        if turned is None:
            raise _Wrong("format", f"应按{ORDERS[formats.order]}写")
        first, second, year = turned[1], turned[2], turned[3]
        month, day = (first, second) if formats.order == "mdy" else (second, first)
    try:
        return date(int(year), int(month), int(day)).isoformat()
    except ValueError:
        raise _Wrong("format", "没有这一天") from None


def _period(value: Any, formats: Formats) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()[:7]
    text = half(value)
    found = _MONTH.fullmatch(text)
    if found is None:
        if _YMD.fullmatch(text) or _SOLID.fullmatch(text):
            return _date(value, formats)[:7]
        raise _Wrong("format", "应是年度或月份，如2026或2026-03")
    return found[1] + (f"-{int(found[2]):02d}" if found[2] else "")


def _yuan(value: Any, formats: Formats) -> str:
    text, unit = _WRAPPING.sub("", half(value)), formats.unit
    for word, own in (("万元", "wan"), ("万", "wan"), ("元整", "yuan"), ("元", "yuan")):
        if text.endswith(word):
            text, unit = text.removesuffix(word), own
            break
    fen = _exact(text, is_binary=isinstance(value, float)) * UNITS[unit]
    if fen != fen.to_integral():
        raise _Wrong("format", "小数太多，不到一分的钱没法记")
    if not 0 <= fen <= FEN_MAX:
        raise _Wrong("format", "金额太大")
    return str(int(fen))


def _milli(value: Any, _formats: Formats) -> str:
    thousandths = _exact(half(value), is_binary=isinstance(value, float)) * 1000
    if thousandths != thousandths.to_integral():
        raise _Wrong("format", "最多三位小数")
    return str(int(thousandths))


def _integer(value: Any, _formats: Formats) -> str:
    found = _exact(half(value), is_binary=isinstance(value, float))
    if found != found.to_integral():
        raise _Wrong("format", "应是整数")
    return str(int(found))


def _exact(text: str, *, is_binary: bool) -> Decimal:
    """Return a number that is not negative; a binary fraction loses what it cannot help."""
    if text.startswith(("-", "−", "(")):
        raise _Wrong("format", "不能是负数")
    if not _AMOUNT.fullmatch(text):
        raise _Wrong("format", "应是数字")
    try:
        found = Decimal(text.replace(",", ""))
    except InvalidOperation:
        raise _Wrong("format", "应是数字") from None
    near = round(found, 4)
    return near if is_binary and abs(found - near) < NOISE else found


def _code(value: Any, formats: Formats) -> str:
    text = half(value)
    if text not in formats.codes:
        raise _Wrong("code", "这个词还没有对上我们的代码，请在上面对一下")
    return formats.codes[text]


def _boolean(value: Any, _formats: Formats) -> str:
    word = half(value).lower()
    if word in TRUE_WORDS:
        return "true"
    if word in FALSE_WORDS:
        return "false"
    raise _Wrong("format", "应是“是”或“否”")


MASKS: Final[Mapping[str, Callable[[str], str]]] = {
    "resident_id": masking.resident_id,
    "account": masking.account,
    "phone": masking.phone,
    "name": masking.name,
}
_KINDS: Final[Mapping[str, Callable[[Any, Formats], str]]] = {
    "text": _text,
    "name": _name,
    "title": _name,
    "place": _text,
    "resident_id": _checked(identity.check_resident_id, "checksum"),
    "uscc": _checked(identity.check_uscc, "checksum"),
    "account": _checked(identity.check_account, "format"),
    "phone": _checked(identity.check_phone, "format"),
    "date": _date,
    "period": _period,
    "yuan": _yuan,
    "milli": _milli,
    "integer": _integer,
    "code": _code,
    "boolean": _boolean,
}
KINDS: Final = frozenset(_KINDS)
SPEAKING: Final = frozenset({"resident_id", "uscc", "phone", "account", "date", "yuan", "period"})
"""Kinds that a column can be known by from what stands in it."""
