"""Amounts as papers write them: signs, stars for no tax, Chinese capitals. No Django."""

from __future__ import annotations

import re
from datetime import date

from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal

NO_TAX = frozenset({"", "*", "***", "免税", "不征税", "-", "--"})
_FIGURES = {mark: value for value, mark in enumerate("零壹贰叁肆伍陆柒捌玖")} | {
    "一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9,
    "\u3007": 0, "貳": 2, "陸": 6, "叄": 3, "參": 3,
}  # fmt: skip
_PLACES = {"拾": 10, "十": 10, "佰": 100, "百": 100, "仟": 1000, "千": 1000}
_GROUPS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
_CAPITAL_ONLY = re.compile(
    r"[^零壹贰貳叁叄參肆伍陆陸柒捌玖一二两三四五六七八九拾十佰百仟千万萬亿億元圆圓角分]"
)


def signed_fen(text: str) -> int | None:
    """Return fen for yuan as an invoice writes them: ¥, commas, a minus; None when unreadable.

    More than two decimals are taken only when the rest is zeros.
    """
    plain = re.sub(r"[¥￥\s,，元]", "", text)
    is_negative = plain[:1] in "-−－(" and plain != ""
    plain = plain.strip("-−－()")
    if "." in plain:
        whole, _, part = plain.partition(".")
        plain = f"{whole}.{part.rstrip('0')}".rstrip(".") if len(part) > 2 else plain.rstrip(".")
    try:
        fen = money.parse_yuan(plain, allow_zero=True)
    except Refusal:
        return None
    return -fen if is_negative else fen


def tax_fen(text: str) -> int | None:
    """Return the tax in fen; stars and words for "no tax" are zero, None when unreadable."""
    return 0 if text.strip() in NO_TAX else signed_fen(text)


def capital_fen(text: str) -> int | None:
    """Return fen for an amount in Chinese capitals such as 壹仟贰佰陆拾元整; None if it is none."""
    plain = _CAPITAL_ONLY.sub("", text).replace("圆", "元").replace("圓", "元")
    if not plain:
        return None
    yuan, mark, rest = plain.partition("元")
    if not mark:
        yuan, rest = "", plain
    jiao, mark, odd = rest.partition("角")
    if not mark:
        jiao, odd = "", rest
    fen = _group(yuan) * 100 + _group(jiao) * 10 + _group(odd.strip("分"))
    is_negative = "负" in text or "減" in text
    return -fen if is_negative else fen


def _group(text: str) -> int:
    """Return the whole number that capitals below the point say."""
    total = section = figure = 0
    for mark in text:
        if mark in _FIGURES:
            figure = _FIGURES[mark]
        elif mark in _PLACES:
            section += (figure or 1) * _PLACES[mark]
            figure = 0
        elif _GROUPS.get(mark) == 10**8:
            total = (total + section + figure) * 10**8
            section = figure = 0
        elif mark in _GROUPS:
            total += (section + figure) * 10**4
            section = figure = 0
    return total + section + figure


def any_day(text: str) -> date | None:
    """Return the day in 2026-11-03…, 20261103…, 2026年11月3日; None when there is none."""
    found = re.search(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})", text) or re.match(
        r"(\d{4})(\d{2})(\d{2})", text.strip()
    )
    if found is None:
        return None
    try:
        return date(*(int(one) for one in found.groups()))
    except ValueError:
        return None


def disagreements(
    net_fen: int | None,
    tax: int | None,
    gross_fen: int | None,
    capital_text: str = "",
    other_fen: int = 0,
) -> tuple[str, ...]:
    """Return sentences about sums that do not agree: parts against the whole, capitals with it."""
    found = []
    if None not in (net_fen, tax, gross_fen):
        parts = (net_fen or 0) + (tax or 0) + other_fen
        if parts != gross_fen:
            found.append(
                f"金额加税额是{money.format_yuan(parts)}，"
                f"价税合计写的是{money.format_yuan(gross_fen or 0)}"
            )
    said = capital_fen(capital_text) if capital_text else None
    if said is not None and gross_fen is not None and said != gross_fen:
        found.append(f"大写金额是{money.format_yuan(said)}，小写是{money.format_yuan(gross_fen)}")
    return tuple(found)
