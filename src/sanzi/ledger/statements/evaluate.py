"""Rows and checks of a layout, worked out from figures; those of several bodies added up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from sanzi.ledger.standards import Account, Standard
from sanzi.ledger.statements import layouts
from sanzi.ledger.statements.figures import Figures, Key, Sums
from sanzi.ledger.statements.formulas import AGED, STAR, Amount, Flow, Lines, Node, Sum
from sanzi.ledger.statements.layouts import Each, Flows, Layout, Line

RESULT_CLASSES = ("income", "expense")


@dataclass(frozen=True)
class Row:
    """One row of a statement. Units: fen; a credit where a debit is usual is negative.

    `id` is what formulas and links call it; `figures` stand in the order of the columns, None
    where nothing is to be shown. A repeated row also names its account or auxiliary.
    """

    id: str
    number: str
    title: str
    level: int
    section: int
    is_header: bool
    is_total: bool
    is_analysed: bool
    figures: tuple[int | None, ...]
    note: str = ""
    account_code: str = ""
    aux_kind: str = ""
    aux_id: str = ""

    @property
    def has_figures(self) -> bool:
        """Whether anything but zero stands in it."""
        return any(self.figures)


@dataclass(frozen=True)
class CheckResult:
    """One check in one column: what stands on both sides, and whether it is kept."""

    title: str
    column: str
    sign: str
    left_fen: int
    right_fen: int

    @property
    def is_kept(self) -> bool:
        """Whether both sides agree as required."""
        if self.sign == ">=":
            return self.left_fen >= self.right_fen
        return self.left_fen == self.right_fen


@dataclass(frozen=True)
class Evaluated:
    """A statement worked out: its rows, and its checks in the order of the layout."""

    rows: tuple[Row, ...]
    checks: tuple[CheckResult, ...]


@dataclass
class _Column:
    """One column being worked out; `formula` is the column's own, for repeated rows.

    `star` is what `*` stands for: an account and its sums.
    """

    layout: Layout
    standard: Standard
    figures: Figures
    formula: Node | None = None
    lines: dict[str, int] = field(default_factory=dict)
    flows: dict[str, int] | None = None

    def value(self, node: Node, star: tuple[str, Sums] | None = None) -> int:
        if isinstance(node, Sum):
            return sum(sign * self.value(part, star) for sign, part in node.parts)
        if isinstance(node, Flow):
            if self.flows is None:
                self.flows = _flows(self.layout.flows, self.figures)
            return self.flows.get(node.line, 0)
        if isinstance(node, Lines):
            return sum(self.line(line) for line in layouts.referred(self.layout, node))
        return self.amount(node, star)

    def line(self, line: Line) -> int:
        if line.id not in self.lines:
            if line.each is not None:
                rows = _repeated(line.each, self.standard, [self.figures])
                self.lines[line.id] = sum(self.cell(line, one, 0) for one in rows if one.is_highest)
            else:
                self.lines[line.id] = self.value(line.formula) if line.formula else 0
        return self.lines[line.id]

    def cell(self, line: Line, one: _One, place: int) -> int:
        formula = line.formula or self.formula
        assert formula is not None  # noqa: S101 - the layout was read
        return self.value(formula, (one.account.code, one.sums[place]))

    def amount(self, node: Amount, star: tuple[str, Sums] | None) -> int:
        if node.function == "PL":
            return self.result()
        if node.function in ("CRFROM", "DRTO"):
            return self.against(node, star)
        if node.function in ("DB", "CB"):
            return self.details(node, star)
        if node.function == AGED:
            return self.aged(node)
        total = 0
        for code in node.accounts:
            own, sums = star if star and code == STAR else (code, self.figures.sums(code))
            total += _amount(node.function, sums, _sign(self.standard, own))
        return total

    def result(self) -> int:
        """What is earned less spent and not yet closed: P&L accounts as they stand."""
        heads = (
            account for account in self.standard.accounts.values()
            if account.level == 1 and account.account_class in RESULT_CLASSES
        )  # fmt: skip
        return -sum(self.figures.sums(account.code).end_fen for account in heads)

    def against(self, node: Amount, star: tuple[str, Sums] | None) -> int:
        others = _real(node.beside, star)
        rows = self.figures.beside.get(node.accounts, {})
        found = [sums for code, sums in rows.items() if others and code.startswith(others)]
        if node.function == "CRFROM":
            return sum(sums.debit_fen for sums in found)
        return sum(sums.credit_fen for sums in found)

    def aged(self, node: Amount) -> int:
        return sum(
            self.figures.aged(key, node.age)
            for key in self.figures.details
            if key[0].startswith(node.accounts)
        )

    def details(self, node: Amount, star: tuple[str, Sums] | None) -> int:
        codes = _real(node.accounts, star)
        sign = 1 if node.function == "DB" else -1
        return sum(
            max(sign * sums.end_fen, 0)
            for key, sums in self.figures.details.items()
            if codes and key[0].startswith(codes)
        )


@dataclass(frozen=True)
class _One:
    """One repeated row: its account, auxiliary, and sums by column."""

    account: Account
    key: Key
    sums: tuple[Sums, ...]
    is_highest: bool
    level: int


def evaluate(
    layout: Layout,
    standard: Standard,
    figures: Sequence[Figures | None],
    *,
    ends_year: bool = False,
) -> Evaluated:
    """Return the rows and checks of one body; `figures` by column, None where it had no book."""
    columns = [
        _Column(layout, standard, one, formula=column.formula) if one else None
        for column, one in zip(layout.columns, figures, strict=True)
    ]
    rows = tuple(
        row
        for number, section in enumerate(layout.sections)
        for line in section.lines
        for row in _rows(line, number, layout, columns)
    )
    checks = (*_checks(layout, columns, ends_year=ends_year), *_column_checks(layout, columns))
    return Evaluated(rows, checks)


def add(layout: Layout, several: Sequence[Evaluated]) -> Evaluated:
    """Return what several bodies have together: each cell and each side of a check summed."""
    lines = enumerate(
        (number, line.id or line.title)
        for number, section in enumerate(layout.sections)
        for line in section.lines
    )
    at = {key: place for place, key in lines}
    order = {_place(at, row): row for each in several for row in each.rows}
    sums: dict[tuple[int, str, str, str], list[int | None]] = {}
    for each in several:
        for row in each.rows:
            kept = sums.setdefault(_place(at, row), [None] * len(row.figures))
            for place, fen in enumerate(row.figures):
                if fen is not None:
                    kept[place] = (kept[place] or 0) + fen
    checks: dict[tuple[str, str], CheckResult] = {}
    for each in several:
        for one in each.checks:
            before = checks.get((one.title, one.column))
            left, right = (before.left_fen, before.right_fen) if before else (0, 0)
            checks[one.title, one.column] = replace(
                one, left_fen=left + one.left_fen, right_fen=right + one.right_fen
            )
    rows = tuple(replace(order[key], figures=tuple(sums[key])) for key in sorted(order))
    return Evaluated(rows, tuple(checks.values()))


def _place(at: Mapping[tuple[int, str], int], row: Row) -> tuple[int, str, str, str]:
    return at[row.section, row.id], row.account_code, row.aux_kind, row.aux_id


def _rows(
    line: Line, section: int, layout: Layout, columns: Sequence[_Column | None]
) -> Iterator[Row]:
    plain = Row(
        id=line.id or line.title,
        number=line.number,
        title=line.title,
        level=line.level,
        section=section,
        is_header=line.is_header,
        is_total=line.is_total,
        is_analysed=line.is_analysed,
        figures=(None,) * len(columns),
        note=line.note,
    )
    if line.each is not None:
        yield from _repeat(plain, line, layout, columns)
        return
    if line.formula is None:
        yield plain
        return
    figures = tuple(
        column.line(line) if column and _speaks(line, layout, place) else None
        for place, column in enumerate(columns)
    )
    if any(figures) or not line.hides_zero:
        yield replace(plain, figures=figures)


def _repeat(
    plain: Row, line: Line, layout: Layout, columns: Sequence[_Column | None]
) -> Iterator[Row]:
    open_ = [column for column in columns if column]
    if not open_ or line.each is None:
        return
    for one in _repeated(line.each, open_[0].standard, [column.figures for column in open_]):
        cells = iter(range(len(open_)))
        figures = tuple(
            column.cell(line, one, next(cells)) if column else None for column in columns
        )
        shown = tuple(
            fen if _speaks(line, layout, place) else None for place, fen in enumerate(figures)
        )
        row = replace(
            plain,
            number=plain.number or ("" if one.key[2] else one.account.code),
            title=one.account.name,
            level=plain.level + one.level,
            figures=shown,
            account_code=one.account.code,
            aux_kind=one.key[1],
            aux_id=one.key[2],
        )
        if row.has_figures:
            yield row


def _repeated(each: Each, standard: Standard, figures: Sequence[Figures]) -> list[_One]:
    if each.by_aux:
        return _repeated_aux(each, standard, figures)
    found = []
    codes = set()
    moved = set[str]().union(*(one.accounts for one in figures))
    for account in (standard.accounts[code] for code in sorted(moved & standard.accounts.keys())):
        is_wanted = account.account_class in each.classes if each.classes else True
        if each.accounts:
            is_wanted = is_wanted and account.code.startswith(each.accounts)
        is_level = {"first": account.level == 1, "leaf": account.is_leaf, "all": True}
        if not is_wanted or not is_level[each.levels]:
            continue
        above = [code for code in standard.ancestors(account.code) if code in codes]
        codes.add(account.code)
        sums = tuple(one.sums(account.code) for one in figures)
        found.append(
            _One(account, (account.code, "", ""), sums, is_highest=not above, level=len(above))
        )
    return found


def _repeated_aux(each: Each, standard: Standard, figures: Sequence[Figures]) -> list[_One]:
    heads = each.accounts
    keys = sorted(
        {key[1:] for one in figures for key in one.details if heads and key[0].startswith(heads)}
    )
    found = []
    for kind, aux_id in keys:
        for head in heads:
            sums = tuple(_of_aux(one, head, kind, aux_id) for one in figures)
            account = standard.accounts.get(head) or _unknown(head)
            found.append(_One(account, (head, kind, aux_id), sums, is_highest=True, level=0))
    return found


def _unknown(code: str) -> Account:
    return Account(code, code, "asset", "debit", is_official=False)


def _of_aux(figures: Figures, head: str, kind: str, aux_id: str) -> Sums:
    total = Sums()
    for key, sums in figures.details.items():
        if key[1:] == (kind, aux_id) and key[0].startswith(head):
            total.begin_fen += sums.begin_fen
            total.debit_fen += sums.debit_fen
            total.credit_fen += sums.credit_fen
            total.earned_fen += sums.earned_fen
    return total


def _checks(
    layout: Layout, columns: Sequence[_Column | None], *, ends_year: bool
) -> Iterator[CheckResult]:
    for check in layout.checks:
        if check.at_year_end and not ends_year:
            continue
        sides = (check.comparison.left, check.comparison.right)
        named = [line for side in sides for line in layouts.referred(layout, side)]
        for place, column in enumerate(columns):
            if column is None or not all(_speaks(line, layout, place) for line in named):
                continue
            yield CheckResult(
                title=check.title,
                column=layout.columns[place].id,
                sign=check.comparison.sign,
                left_fen=column.value(sides[0]),
                right_fen=column.value(sides[1]),
            )


def _column_checks(layout: Layout, columns: Sequence[_Column | None]) -> Iterator[CheckResult]:
    by_id = {one.id: column for one, column in zip(layout.columns, columns, strict=True)}
    lines = {line.id: line for line in layout.lines}
    for check in layout.column_checks:
        left, right = by_id[check.left], by_id[check.right]
        if left and right:
            line = lines[check.line]
            sides = (left.line(line), right.line(line))
            yield CheckResult(check.title, check.left, "=", *sides)


def _real(codes: tuple[str, ...], star: tuple[str, Sums] | None) -> tuple[str, ...]:
    return tuple(star[0] if star and code == STAR else code for code in codes)


def _speaks(line: Line, layout: Layout, place: int) -> bool:
    return not line.only or layout.columns[place].id in line.only


def _amount(function: str, sums: Sums, sign: int) -> int:
    values = {
        "EB": sign * sums.end_fen,
        "OB": sign * sums.begin_fen,
        "EBD": max(sums.end_fen, 0),
        "EBC": max(-sums.end_fen, 0),
        "OBD": max(sums.begin_fen, 0),
        "OBC": max(-sums.begin_fen, 0),
        "DR": sums.debit_fen,
        "CR": sums.credit_fen,
        "UP": sums.debit_fen if sign > 0 else sums.credit_fen,
        "DOWN": sums.credit_fen if sign > 0 else sums.debit_fen,
        "INC": sums.earned_fen,
        "EXP": -sums.earned_fen,
    }
    return values[function]


def _sign(standard: Standard, code: str) -> int:
    known: Mapping[str, Account] = standard.accounts
    account = known.get(code) or standard.closed.get(code)
    return -1 if account is not None and account.side == "credit" else 1


def _flows(flows: Flows, figures: Figures) -> dict[str, int]:
    """Return cash by line; each line counts in its own direction, the rest what came in."""
    found: dict[str, int] = {}
    for code, sums in figures.beside.get(flows.money, {}).items():
        into, out_of = _longest(flows.into, code), _longest(flows.out_of, code)
        parts = (
            (into or (not out_of and flows.rest), sums.credit_fen),
            (out_of, sums.debit_fen),
            # Without a line of its own, money the other way lessens the line it has.
            ("" if into else out_of, -sums.credit_fen),
            ("" if out_of else into or flows.rest, -sums.debit_fen),
        )
        for line, fen in parts:
            if line:
                found[line] = found.get(line, 0) + fen
    return found


def _longest(lines: Mapping[str, str], code: str) -> str:
    ends = (code[:end] for end in range(len(code), 0, -1))
    return next((lines[head] for head in ends if head in lines), "")
