"""What the public sees, as pure functions: masked names, the month's sentence, try limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sanzi.kernel import clock, masking, money

APPLICATIONS_PER_HOUSEHOLD = 5
APPLICATIONS_PER_ADDRESS = 30
"""How many cases a household, and an address, may begin on one day of the county."""
RECEIPT_BITS = 40
CODE_BITS = 40
SESSION_LASTS = timedelta(minutes=15)
HELP_LASTS = timedelta(minutes=20)
"""How long somebody may help on a household's page; then the page closes by itself."""
HELPERS = {"kin": "亲属", "near": "邻居", "station": "联络站的人"}
"""Who may say that he helps; the codes stand in the list of looks as `help_` and the code."""
ONE_TIME_LASTS = timedelta(minutes=10)
TRIES_WINDOW = timedelta(days=1)
WRONG_PER_NAME_MAX = 10
WRONG_PER_ADDRESS_MAX = 30
ONE_TIME_WRONG_MAX = 5

_NUMBER = re.compile(r"(?<!\d)(?!\d{12}-\d{4}-\d{6}(?!\d))\d(?:[ -]?\d){10,18}[Xx]?(?!\d)")
_NUMBER_SHOWN = "（号码不公开）"
_HAN = re.compile(r"[\u3400-\u9fff·]+")
_NAME_LENGTHS = (2, 3, 4)


def due(since: datetime, days: int) -> datetime:
    """Return the end of the local day by which something must be public. Aware UTC."""
    last = clock.local_date(since) + timedelta(days=days + 1)
    return clock.midnight(last).astimezone(UTC)


def scrubbed(text: str, names: Sequence[str] = ()) -> str:
    """Return a text without long numbers (phone, resident id, account) and with names masked.

    Numbers of cases stay: they name a matter, not a person.
    """
    for one in names:
        text = text.replace(one, masking.name(one))
    return _NUMBER.sub(_NUMBER_SHOWN, text)


def name_pieces(texts: Iterable[str]) -> set[str]:
    """Return every piece of texts that could be a person's name: two to four characters.

    A run with a dot in it, such as 买买提·艾力, is taken whole too.
    """
    found: set[str] = set()
    for run in (run for text in texts for run in _HAN.findall(text)):
        found |= {
            run[start : start + length]
            for length in _NAME_LENGTHS
            for start in range(len(run) - length + 1)
        }
        if "·" in run:
            found.add(run)
    return found


def payer_shown(name: str, *, is_person: bool | None) -> str:
    """Return a payer as the public sees him; where nobody knows, a short name is a person's."""
    if is_person is None:
        is_person = len(name) <= _NAME_LENGTHS[-1] or "·" in name
    return masking.name(name) if is_person else name


@dataclass(frozen=True)
class MonthFigures:
    """A village's month. Units: fen. `balance_fen` is None where no bank balance is known."""

    in_fen: int
    out_fen: int
    balance_fen: int | None
    out_count: int
    in_count: int
    largest_in: str = ""


def payee_shown(kind: str, name: str) -> str:
    """Return a payee as the public sees him: firms in full, persons masked."""
    return masking.name(name) if kind == "person" else name


def payees_shown(payees: Sequence[tuple[str, str]]) -> str:
    """Return one phrase for the payees of an order: (kind, name) pairs in order."""
    if len(payees) == 1:
        return payee_shown(*payees[0])
    return (
        f"{len(payees)}户"
        if all(kind == "person" for kind, _ in payees)
        else (f"{payee_shown(*payees[0])}等{len(payees)}家")
    )


def month_sentence(figures: MonthFigures) -> str:
    """Return the sentence that would do alone on the phone."""
    if not figures.in_count and not figures.out_count:
        return "这个月村里没有进出账。"
    gap = figures.in_fen - figures.out_fen
    if gap == 0:
        return "进的和出的一样多。"
    word = "进的比出的多" if gap > 0 else "出的比进的多"
    why = f"，主要是{figures.largest_in}到了账" if gap > 0 and figures.largest_in else ""
    return f"{word}{money.portal_wan(abs(gap))}{why}。"


def normal_code(typed: str) -> str:
    """Return a household code as it is compared: upper case, O→0, I/L→1, no separators."""
    kept = "".join(sign for sign in typed.upper() if sign.isalnum())
    return kept.translate(str.maketrans("OIL", "011"))
