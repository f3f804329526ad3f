"""The cockpit over a whole small county: sums add up, rows add up, the ledger says the same."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from pathlib import Path

import pytest

from sanzi.insight.actions import cockpit
from sanzi.insight.cockpit import catalogue, panels
from sanzi.insight.cockpit.shapes import NOTHING, Sum
from sanzi.insight.models import CockpitRun, CockpitSum
from sanzi.kernel import divisions
from sanzi.ledger.models import Book, Period
from sanzi.ledger.queries import statements
from sanzi.orgs import tree
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.actions import nightly
from sanzi_county.county import write_county
from worlds.village import AT

pytestmark = [pytest.mark.django_db, pytest.mark.long]

INCOME = frozenset({
    "一、经营收入", "加：投资收益", "加：补助收入", "其他收入", "补助收入", "经营服务收入",
    "一、营业收入", "加：投资收益（损失以“-”号填列）", "加：营业外收入",
})  # fmt: skip
"""What the three standards call the lines of income on their statements."""


def test_every_figure_adds_up_and_equals_its_rows_and_the_ledger(tmp_path: Path) -> None:
    write_county(tmp_path, villages=2, months=3, until=date(2026, 11, 10), seed=7)
    packages.import_folder(folder=tmp_path, by=SYSTEM, at=AT)
    nightly.run(as_of=AT, by=SYSTEM)

    assert cockpit.run(at=AT, by=SYSTEM) > 0
    assert [one.error for one in CockpitRun.objects.all() if one.error] == []

    assert cockpit.run(at=AT, by=SYSTEM) == 0, "the same record gives the same sums"
    _villages_are_the_town_are_the_county()
    told = _figures_are_their_rows()
    assert {
        "funds", "income_spending", "assets", "resources", "upper_money", "alerts", "matters",
        "works_stages", "leases", "off_system", "books",
    } <= told  # fmt: skip
    _the_ledger_says_the_same()


def _villages_are_the_town_are_the_county() -> None:
    own: dict[tuple[str, ...], Sum] = defaultdict(Sum)
    rolled: dict[tuple[str, ...], Sum] = {}
    for one in CockpitSum.objects.all():
        found = Sum(one.part, one.whole, one.row_count)
        slot = (one.statement, one.month, one.key)
        if one.is_rolled:
            rolled[(one.division_code, *slot)] = found
            continue
        above = None if one.division_code[9:] != "000" else one.division_code
        above = above or divisions.parent(one.division_code)
        while above is not None:
            own[(above, *slot)] = own[(above, *slot)] + found
            above = divisions.parent(above)
    assert dict(own) == rolled
    assert {code for code, *_ in rolled} >= {"999901000000", "999901101000"}


def _figures_are_their_rows() -> set[str]:
    told = set()
    for code in [one for one, _ in tree.villages_below("999901000000")]:
        for name, panel in catalogue.panels().items():
            found = panels.rows(by=SYSTEM, division_code=code, code=name, key="", month="", at=AT)
            assert found.now == found.kept, (code, name)
            if found.kept != NOTHING:
                told.add(panel.statement)
    return told


def _the_ledger_says_the_same() -> None:
    for code in [one for one, _ in tree.villages_below("999901000000")]:
        for period in ("2026-09", "2026-10"):
            assert _cash_of(code, period) == _cash_told(code, period) > 0
            assert _income_of(code, period) == _income_told(code, period) > 0


def _books(code: str) -> list[Book]:
    return [*Book.objects.filter(organisation__division_id=code).order_by("id")]


def _row(book: Book, statement: str, period: str, column: str, titles: frozenset[str]) -> int:
    """Return the sum of rows of the statement page, by title, in a column."""
    if not Period.objects.filter(book=book, period=period).exists():
        return 0
    page = statements.statement_of(book, statement, period)
    at = [one.id for one in page.columns].index(column)
    return sum(row.figures[at] or 0 for row in page.rows if row.title in titles)


def _cash_of(code: str, period: str) -> int:
    return sum(
        _row(one, "balance", period, "closing", frozenset({"货币资金"})) for one in _books(code)
    )


def _cash_told(code: str, period: str) -> int:
    page = panels.panel(by=SYSTEM, division_code=code, code="funds_months", at=AT)
    return panels.course(page, "all")[page.months.index(period)].part


def _income_of(code: str, period: str) -> int:
    return sum(_row(one, "income", period, "this_period", INCOME) for one in _books(code))


def _income_told(code: str, period: str) -> int:
    page = panels.panel(by=SYSTEM, division_code=code, code="income_spending", at=AT)
    return page.counted.at(period, "income").part
