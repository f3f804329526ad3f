"""The last vouchers of a year: income and expense to the result, the result to what is undivided.

Distribution follows the legal order: a loss of earlier years first, then the reserve, then the
members (财农〔2021〕121号 第二十八条).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from sanzi.kernel.money import split
from sanzi_county import charts
from sanzi_county.events import Booking, Entry
from sanzi_county.world import Org

RESERVE_PERCENT: Final = 10
MEMBERS_PERCENT: Final = 30
LEAST_SHARE_FEN: Final = 10_00  # what is less for a household stays undivided
_DIVIDENDS: Final = "11303"


@dataclass(frozen=True)
class Year:
    """What the books say on the last day, by account, debit positive.

    `moved` is the year's movement, `standing` the balance; `households` share what is handed out.
    """

    moved: Mapping[str, int]
    standing: Mapping[str, int]
    households: Sequence[str]


def vouchers(org: Org, day: date, year: Year) -> list[Entry]:
    """The closing vouchers of a body."""
    chart = charts.OF[org.kind]
    income, expense = _of(year.moved, chart.income), _of(year.moved, chart.expense)
    result = -sum(income.values()) - sum(expense.values())
    left = -year.standing.get(chart.retained, 0)
    made = [
        _closing(org, day, f"结转{day.year}年收入", income, chart.profit),
        _closing(org, day, f"结转{day.year}年支出", expense, chart.profit),
        _move(org, day, f"结转{day.year}年收益", (chart.profit, chart.retained), result),
    ]
    handed = {code: year.standing.get(code, 0) for code in chart.distributed}
    available = result + min(left, 0)
    if chart.reserve and available > 0:
        made += _distribution(org, day, available, year.households)
        handed[chart.distributed[0]] += _reserve(available)
        if org.kind == "collective":
            handed[chart.distributed[1]] += _shared(available, len(year.households))
    made.append(_closing(org, day, "结转已分配的收益", handed, chart.retained))
    return [one for one in made if one is not None]


def _of(moved: Mapping[str, int], firsts: tuple[str, ...]) -> dict[str, int]:
    width = len(firsts[0])
    return {c: fen for c, fen in sorted(moved.items()) if c[:width] in firsts and fen}


def _closing(
    org: Org, day: date, summary: str, sums: Mapping[str, int], against: str
) -> Entry | None:
    """Bring accounts to nothing against one other."""
    lines = [_line(code, -fen) for code, fen in sums.items() if fen]
    total = sum(sums.values())
    return _entry(org, day, summary, [*lines, _line(against, total)]) if total else None


def _move(
    org: Org, day: date, summary: str, accounts: tuple[str, str], credit_fen: int
) -> Entry | None:
    """From one equity account to another; a loss goes the other way."""
    if not credit_fen:
        return None
    lines = [_line(accounts[0], credit_fen), _line(accounts[1], -credit_fen)]
    return _entry(org, day, summary, lines)


def _reserve(available_fen: int) -> int:
    return available_fen * RESERVE_PERCENT // 100


def _shared(available_fen: int, households: int) -> int:
    shared = available_fen * MEMBERS_PERCENT // 100
    return shared if shared >= LEAST_SHARE_FEN * households else 0


def _distribution(
    org: Org, day: date, available_fen: int, households: Sequence[str]
) -> list[Entry | None]:
    chart = charts.OF[org.kind]
    title = "提取公积公益金" if org.kind == "collective" else "提取法定盈余公积"
    accounts = (chart.distributed[0], chart.reserve)
    kept = _move(org, day, title, accounts, _reserve(available_fen))
    if org.kind != "collective":
        return [kept]
    shared = _shared(available_fen, len(households))
    if not shared:
        return [kept]
    shares = split(shared, [1] * len(households))
    lines = [_line(chart.distributed[1], shared)]
    lines += [
        _line(_DIVIDENDS, -share, ("household_id", household))
        for household, share in zip(households, shares, strict=True)
    ]
    return [kept, _entry(org, day, f"{day.year}年收益向成员分配", lines)]


def _line(code: str, signed_fen: int, aux: tuple[str, str] | None = None) -> Booking:
    return Booking(code, max(signed_fen, 0), max(-signed_fen, 0), aux)


def _entry(org: Org, day: date, summary: str, lines: list[Booking]) -> Entry:
    return Entry(day, org, summary, lines, "closing", "closing", None, 20)
