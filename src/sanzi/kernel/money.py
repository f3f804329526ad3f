"""Money: integer fen in, words and figures out. No float anywhere.

Yuan appear only as text at the edges: parsed here on the way in, formatted here on the way out.
"""

import re
from collections.abc import Sequence

from sanzi.kernel.errors import BadAmount
from sanzi.kernel.typed import plain

__all__ = [
    "MAX_FEN",
    "BadAmount",
    "capital",
    "format_yuan",
    "parse_yuan",
    "portal_wan",
    "portal_yuan",
    "signed_wan",
    "signed_yuan",
    "split",
]

MAX_FEN = 999_999_999_999_99
"""The largest amount, twelve figures of yuan."""

_FEN_PER_YUAN = 100
_FEN_PER_HUNDRED_YUAN = 10_000
_MAX_FIGURES = 12
_LONGEST_TEXT = 40
_AMOUNT = re.compile(r"(?P<yuan>[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.(?P<part>[0-9]*))?")

_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("仟", "佰", "拾", "")
_GROUPS = ("", "万", "亿")


def parse_yuan(text: str, *, allow_zero: bool = False) -> int:
    """Read an amount of yuan as typed.

    Shapes: "365,591.00", "365591", "３６５５９１．５"; commas only between groups of three.
    Units:  yuan in, int fen out.
    Raises: BadAmount if negative, not a number, zero (unless allowed), more than two decimals, or
        more than twelve figures before the point.
    """
    typed = plain(text)
    if not typed:
        raise BadAmount(value=text, why="没有填")
    if typed[0] in "-−－(":
        raise BadAmount(value=text, why="不能是负数")
    match = _AMOUNT.fullmatch(typed) if len(typed) <= _LONGEST_TEXT else None
    if match is None or match["part"] == "":
        raise BadAmount(value=text[:_LONGEST_TEXT], why="不是数字")
    part = match["part"] or ""
    if len(part) > 2:
        raise BadAmount(value=text, why="小数超过两位")
    yuan = match["yuan"].replace(",", "").lstrip("0")
    if len(yuan) > _MAX_FIGURES:
        raise BadAmount(value=text, why="超过12位数")
    fen = int(yuan or "0") * _FEN_PER_YUAN + int(part.ljust(2, "0"))
    if fen == 0 and not allow_zero:
        raise BadAmount(value=text, why="不能是零")
    return fen


def format_yuan(fen: int) -> str:
    """Return "365,591.00" for 36559100 fen; a minus sign before negative amounts."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), _FEN_PER_YUAN)
    return f"{sign}{yuan:,}.{rest:02d}"


def signed_yuan(fen: int) -> str:
    """Return the form of officers: "365,591.00", "0", "−1,260.00" with a true minus sign."""
    if fen == 0:
        return "0"
    return f"\u2212{format_yuan(-fen)}" if fen < 0 else format_yuan(fen)


def signed_wan(fen: int) -> str:
    """Return a total in ten thousands, "18.64万元", with a true minus sign."""
    return f"\u2212{portal_wan(-fen)}" if fen < 0 else portal_wan(fen)


def portal_yuan(fen: int) -> str:
    """Return the amount as villagers say it: "12,196元5角", "8分", "3元零8分"."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), _FEN_PER_YUAN)
    jiao, odd = divmod(rest, 10)
    text = f"{yuan:,}元" if yuan or not rest else ""
    if jiao:
        text += f"{jiao}角"
    elif odd and yuan:
        text += "零"
    if odd:
        text += f"{odd}分"
    return sign + text


def portal_wan(fen: int) -> str:
    """Return the amount in units of ten thousand yuan: "18.64万元", half of the last place up."""
    sign = "-" if fen < 0 else ""
    hundreds = (abs(fen) + _FEN_PER_HUNDRED_YUAN // 2) // _FEN_PER_HUNDRED_YUAN
    wan, rest = divmod(hundreds, 100)
    return f"{sign}{wan:,}.{rest:02d}万元"


def split(total_fen: int, weights: Sequence[int]) -> list[int]:
    """Divide an amount by weights so that no fen is lost.

    Shapes: one share per weight, in order.
    Units:  int fen, not negative; weights are integers, not negative, not all zero.
    Raises: ValueError for anything else. Each share is rounded down; what remains goes to the
        first of the largest weights.
    """
    if total_fen < 0 or any(weight < 0 for weight in weights) or sum(weights) == 0:
        message = "split needs an amount and weights of zero or more, not all zero"
        raise ValueError(message)
    whole = sum(weights)
    shares = [total_fen * weight // whole for weight in weights]
    shares[weights.index(max(weights))] += total_fen - sum(shares)
    return shares


def capital(fen: int) -> str:
    """Return the amount in banker's characters: "叁拾陆万伍仟伍佰玖拾壹元整".

    Raises: ValueError beyond MAX_FEN either way.
    Source: 《支付结算办法》附一, 正确填写票据和结算凭证的基本规定.
    """
    if abs(fen) > MAX_FEN:
        message = "no cheque is written for more than twelve figures of yuan"
        raise ValueError(message)
    if fen == 0:
        return "零元整"
    yuan, rest = divmod(abs(fen), _FEN_PER_YUAN)
    jiao, odd = divmod(rest, 10)
    text = f"{_capital_integer(yuan)}元" if yuan else ""
    if not rest:
        text += "整"
    if jiao:
        text += f"{_DIGITS[jiao]}角"
    elif odd and yuan:
        text += "零"
    if odd:
        text += f"{_DIGITS[odd]}分"
    return ("负" if fen < 0 else "") + text


def _capital_integer(yuan: int) -> str:
    groups: list[int] = []
    while yuan:
        yuan, group = divmod(yuan, 10_000)
        groups.append(group)
    text, gap = "", False
    for place in reversed(range(len(groups))):
        group = groups[place]
        if group == 0:
            gap = True
            continue
        if text and (gap or group < 1_000):
            text += "零"
        text += _capital_group(group) + _GROUPS[place]
        gap = False
    return text


def _capital_group(group: int) -> str:
    text, gap = "", False
    for figure, place in zip(f"{group:04d}", _PLACES, strict=True):
        if figure == "0":
            gap = bool(text)
            continue
        text += ("零" if gap else "") + _DIGITS[int(figure)] + place
        gap = False
    return text
