"""Pure rules of a year's end: what is transferred, and what of it may be distributed.

Amounts are int fen; balances debit positive. Source: 财农〔2021〕121号 第二十八条 (make up earlier
losses, accumulate, give to members, the rest); 财会〔2023〕14号 科目321、322.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from sanzi.kernel import yamls
from sanzi.ledger.rules import Line
from sanzi.ledger.standards import Closing, Standard

INCOME, EXPENSE, RESULT, SHARES = "income", "expense", "result", "shares"
STEPS = (
    (INCOME, "收入转入{result}"),
    (EXPENSE, "支出转入{result}"),
    (RESULT, "{result}转入{undistributed}"),
    (SHARES, "各项分配转入{undistributed}"),
)
PERMILLE = 1000
RESERVE_FILE = Path(__file__).resolve().parent.parent / "data" / "periods" / "reserve.yaml"

Key = tuple[str, str, str]
"""Account, auxiliary kind, auxiliary id."""


@dataclass(frozen=True)
class Step:
    """One voucher of the year's end; no lines: there is nothing to transfer."""

    key: str
    title: str
    lines: tuple[Line, ...]

    @property
    def amount_fen(self) -> int:
        """The sum of the debit side."""
        return sum(line.debit_fen for line in self.lines)


@dataclass(frozen=True)
class Distributable:
    """What a year leaves to distribute. Units: fen; losses negative.

    `net_fen` is the year's own income less spending, `brought_fen` what was undistributed before
    it, `other_fen` what came from reserves, `taken_fen` what was distributed already,
    `reserved_fen` the part of that which went to the reserve.
    """

    net_fen: int
    brought_fen: int
    other_fen: int = 0
    taken_fen: int = 0
    reserved_fen: int = 0

    @property
    def total_fen(self) -> int:
        """可分配收益: may be negative."""
        return self.net_fen + self.brought_fen + self.other_fen

    @property
    def left_fen(self) -> int:
        """What may still be distributed, never negative."""
        return max(0, self.total_fen - self.taken_fen)

    def reserve_least_fen(self, permille: int) -> int:
        """The least to reserve: of the year's income after the losses of earlier years.

        Rounded up to a fen, so that the share is never below the law's.
        """
        base = max(0, self.net_fen + min(0, self.brought_fen + self.other_fen))
        return -(-base * permille // PERMILLE)


def steps(balances: Mapping[Key, int], standard: Standard, closing: Closing) -> list[Step]:
    """Return the transfers that bring a year to its end, in order; balances are those of December.

    Income and expense details go to the result with their auxiliaries, the result to what is
    undistributed, and the details of distribution to it as well.
    """
    classes = {code: account.account_class for code, account in standard.accounts.items()}
    income = {key: fen for key, fen in balances.items() if classes.get(key[0]) == INCOME}
    expense = {key: fen for key, fen in balances.items() if classes.get(key[0]) == EXPENSE}
    result = {key: fen for key, fen in balances.items() if key[0] == closing.result}
    moved = sum(income.values()) + sum(expense.values())
    plain = (closing.result, "", "")
    result[plain] = result.get(plain, 0) + moved
    details = {one.account for one in closing.shares}
    shares = {key: fen for key, fen in balances.items() if key[0] in details}
    names = {
        "result": standard.accounts[closing.result].name,
        "undistributed": standard.accounts[closing.undistributed].name,
    }
    into = (closing.result, closing.result, closing.undistributed, closing.undistributed)
    found = zip(STEPS, (income, expense, result, shares), into, strict=True)
    return [
        Step(key, title.format_map(names), _transfer(cleared, to))
        for (key, title), cleared, to in found
    ]


def _transfer(balances: Mapping[Key, int], into: str) -> tuple[Line, ...]:
    """Return the lines that bring balances to zero against one account; none for none."""
    lines = [_line(key, -fen) for key, fen in sorted(balances.items()) if fen]
    total = sum(balances.values())
    if total:
        lines.append(_line((into, "", ""), total))
    return tuple(lines)


def _line(key: Key, signed_fen: int) -> Line:
    code, kind, aux_id = key
    return Line(
        code,
        debit_fen=max(signed_fen, 0),
        credit_fen=max(-signed_fen, 0),
        aux_kind=kind,
        aux_id=aux_id,
    )


@dataclass(frozen=True)
class ReserveLeast:
    """The least share for the reserve at a place from a day on, and where that is written."""

    place: str
    from_date: dt.date
    permille: int
    source_ref: str


def reserve_least(division_code: str, on: dt.date) -> ReserveLeast:
    """Return the ratio in force at a place on a day; none at all is 0."""
    rows = [
        one
        for one in reserve_parameters()
        if division_code.startswith(one.place) and one.from_date <= on
    ]
    none = ReserveLeast("", on, 0, "")
    return max(rows, key=lambda one: (len(one.place), one.from_date), default=none)


@cache
def reserve_parameters() -> tuple[ReserveLeast, ...]:
    """Return the dated ratios of all places."""
    content = yamls.read(RESERVE_FILE)
    return tuple(
        ReserveLeast(row["place"], row["from"], row["permille"], row["source_ref"])
        for row in content["parameters"]
    )
