"""Small ledgers as text with the cells they must give: the cases beside each standard."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from sanzi.ledger import standards
from sanzi.ledger.statements import catalogue, evaluate, figures
from sanzi.ledger.statements.figures import Raw
from sanzi.ledger.statements.formulas import Amount
from sanzi.ledger.statements.windows import read_span

_HEAD = re.compile(r"(?P<date>\d{4}-\d\d-\d\d) [^|]+(?:\| (?P<mark>closing|red))?")
_LINE = re.compile(r"(?P<code>\d+)(?: (?P<kind>\w+):(?P<id>\S+))? +(?P<amount>-?\d+\.\d\d)")
_CELL = re.compile(r"(?P<row>\S+) +(?P<column>\S+) +(?P<amount>-?\d+\.\d\d|-)")


@dataclass(frozen=True)
class Move:
    """One line of a case, as a sum over lines is."""

    voucher: int
    account_code: str
    aux_kind: str
    aux_id: str
    period: str
    is_closing: bool
    debit_fen: int
    credit_fen: int


@dataclass
class Expected:
    """What one statement must show: cells, and the checks that are not kept."""

    statement: str
    period: str
    cells: list[tuple[str, str, str]] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


@dataclass
class Case:
    """A ledger and what it must give."""

    standard_code: str
    openings: list[tuple[figures.Key, int]]
    moves: list[Move]
    expected: list[Expected]


def read_case(path: Path) -> Case:
    """Read a case; a line that is none of the known ones is refused."""
    case = Case(path.parent.parent.name, [], [], [])
    place, period, is_closing, is_red, voucher = "", "", False, False, 0
    for text in path.read_text(encoding="utf-8").splitlines():
        row = text.strip()
        head, line, cell = _HEAD.fullmatch(row), _LINE.fullmatch(row), _CELL.fullmatch(row)
        if not row or row.startswith("#"):
            continue
        if row == "opening":
            place = "opening"
        elif row.startswith("expect "):
            place = "expect"
            case.expected.append(Expected(*row.split()[1:]))
        elif head:
            place, period, voucher = "voucher", head["date"][:7], voucher + 1
            is_closing, is_red = head["mark"] == "closing", head["mark"] == "red"
        elif place == "expect" and row.startswith("broken "):
            case.expected[-1].broken.append(row.removeprefix("broken "))
        elif place == "expect" and cell:
            case.expected[-1].cells.append((cell["row"], cell["column"], cell["amount"]))
        elif line and place in ("opening", "voucher"):
            fen = round(float(line["amount"]) * 100)
            key = (line["code"], line["kind"] or "", line["id"] or "")
            if place == "opening":
                case.openings.append((key, fen))
                continue
            is_debit = (fen > 0) != is_red
            debit, credit = (fen, 0) if is_debit else (0, -fen)
            case.moves.append(Move(voucher, *key, period, is_closing, debit, credit))
        else:
            message = f"{path.name}: {row!r} is not understood"
            raise ValueError(message)
    return case


def problems(case: Case) -> list[str]:
    """Return what a case expects and does not get: cells, and checks kept or broken."""
    found = [
        f"voucher {number} does not balance"
        for number in sorted({move.voucher for move in case.moves})
        if sum(m.debit_fen - m.credit_fen for m in case.moves if m.voucher == number)
    ]
    for expected in case.expected:
        got, broken = _evaluate(case, expected)
        for row, column, amount in expected.cells:
            shown = got.get((row, column), "no such cell")
            if shown != amount:
                where = f"{expected.statement} {expected.period} {row} {column}"
                found.append(f"{where}: {shown}, expected {amount}")
        if sorted(broken) != sorted(expected.broken):
            found.append(f"{expected.statement} {expected.period}: broken {sorted(broken)}")
    return found


def _evaluate(case: Case, expected: Expected) -> tuple[dict[tuple[str, str], str], set[str]]:
    span = read_span(expected.period)
    layout = catalogue.shipped(case.standard_code)[expected.statement]
    layout = layout.for_year() if span.is_year else layout
    raw = Raw(
        case.openings,
        case.moves,
        case.moves,
        {key: _beside(case.moves, key) for key in _wanted(layout)},
    )
    first = min([move.period for move in case.moves])
    columns = []
    for column in layout.columns:
        window = span.window(column.window)
        is_early = window.last < first and column.window != "before_year"
        columns.append(None if is_early else figures.build(raw, window))
    done = evaluate.evaluate(
        layout, standards.get(case.standard_code), columns, ends_year=span.ends_year
    )
    cells = cells_of(done.rows, [column.id for column in layout.columns])
    return cells, {check.title for check in done.checks if not check.is_kept}


def cells_of(rows: Sequence[evaluate.Row], columns: list[str]) -> dict[tuple[str, str], str]:
    """Return what stands in each cell as text, by row and column; `-` where nothing does."""
    cells = {}
    for row in rows:
        name = row.id
        if row.account_code:
            name += f"@{row.aux_kind}:{row.aux_id}" if row.aux_id else f"@{row.account_code}"
        for column, fen in zip(columns, row.figures, strict=True):
            cells[name, column] = "-" if fen is None else f"{fen / 100:.2f}"
    return cells


def _wanted(layout: catalogue.Layout) -> set[tuple[str, ...]]:
    wanted = {
        node.accounts
        for node in layout.nodes()
        if isinstance(node, Amount) and node.function in ("CRFROM", "DRTO")
    }
    return wanted | {layout.flows.money} if layout.flows.money else wanted


def _beside(moves: list[Move], prefixes: tuple[str, ...]) -> list[Move]:
    touching = {move.voucher for move in moves if move.account_code.startswith(prefixes)}
    return [
        move
        for move in moves
        if move.voucher in touching and not move.account_code.startswith(prefixes)
    ]
