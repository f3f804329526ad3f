"""Statements of a book: figures, checks, columns without a book, sums of a town, scope."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.ledger import queries
from sanzi.ledger.errors import NoFigures
from sanzi.ledger.models import Book, OpeningBalance
from sanzi.ledger.queries import behind, statements
from sanzi.orgs.errors import NotFound
from worlds import village

YEAR = """
2026-01-05 收租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-02-05 收代收款 | receipt:R2
  102 account:A-1   500.00
  11302 household:H1 -300.00
  11302 household:H2 -200.00
2026-03-05 先发给H3 | payment:P2
  11302 household:H3 120.00
  102 account:A-1   -120.00
2026-11-05 11月保洁费 | payment:P1
  51401 person:V1    310.00
  102 account:A-1   -310.00
"""
COMMITTEE = """
2026-11-05 11月补助 | receipt:R2
  102 account:A-3    50.00
  50301             -50.00
"""


@pytest.fixture
def books(post) -> None:
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    for code, fen in (("102", 100000), ("32202", -100000)):
        OpeningBalance.objects.create(book=book, account_code=code, balance_fen=fen)
    post(YEAR)
    post(COMMITTEE, "O-WILLOW-VC")


@pytest.fixture
def page(books, world):
    def do(code: str, period: str, org: str = "O-WILLOW") -> statements.StatementPage:
        return statements.statement(
            by=world.actor("agency_accountant"), org_ext_id=org, code=code, period=period
        )

    return do


def shown(page: statements.StatementPage, *ids: str) -> dict[str, tuple[int | None, ...]]:
    rows = {row.id: row.figures for row in page.rows}
    return {one: rows[one] for one in ids}


def test_households_that_owe_and_are_owed_stand_on_both_sides(page) -> None:
    sheet = page("balance", "2026-11")

    assert shown(sheet, "1", "3", "25", "37", "23", "39") == {
        "1": (1007000, 100000),
        "3": (12000, 0),
        "25": (50000, 0),
        "37": (969000, 100000),
        "23": (1019000, 100000),
        "39": (1019000, 100000),
    }
    assert sheet.is_kept
    assert (sheet.period_words, sheet.is_closed) == ("2026年11月", False)


def test_the_trial_balance_agrees_on_both_sides_five_times(page) -> None:
    sheet = page("trial", "2026-11")

    (bank,) = [row for row in sheet.rows if row.account_code == "102"]
    assert bank.figures == (100000, 0, 1038000, 0, 0, 31000, 950000, 43000, 1007000, 0)
    assert [check.title for check in sheet.checks if check.is_kept] == [
        "年初余额借贷相等", "期初余额借贷相等", "本期发生额借贷相等",
        "本年累计发生额借贷相等", "期末余额借贷相等",
    ]  # fmt: skip
    assert len(sheet.checks) == 5


@pytest.mark.parametrize("period", ["2026-01", "2026-03", "2026-11"])
def test_the_statement_and_the_trial_balance_of_programs_are_one(page, world, period) -> None:
    sheet = page("trial", period)
    found = queries.trial_balance(
        by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", period=period
    )

    columns = [column.id for column in sheet.columns]
    cells = {row.account_code: dict(zip(columns, row.figures, strict=True)) for row in sheet.rows}
    ours = ("opening_debit", "opening_credit", "debit", "credit", "closing_debit", "closing_credit")
    for row in found.rows:
        sides = (*row.opening_sides, row.debit_fen, row.credit_fen, *row.closing_sides)
        assert tuple(cells[row.account.code][one] for one in ours) == sides
    totals = (found.total_opening, found.total_movement, found.total_closing)
    assert tuple(cells[""][one] for one in ours) == tuple(fen for pair in totals for fen in pair)


def test_a_book_that_only_opened_has_its_statements_in_the_first_month(world) -> None:
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    with pytest.raises(NoFigures):
        statements.statement_of(book, "trial", "2026-01")
    for code, fen in (("102", 100000), ("32202", -100000)):
        OpeningBalance.objects.create(book=book, account_code=code, balance_fen=fen)

    assert shown(statements.statement_of(book, "balance", "2026-01"), "1") == {
        "1": (100000, 100000)
    }


def test_a_year_before_the_book_is_left_empty(page) -> None:
    sheet = page("income", "2026-11")

    assert shown(sheet, "1", "10", "21") == {
        "1": (0, 900000, None),
        "10": (31000, 31000, None),
        "21": (None, 969000, None),
    }


def test_a_quarter_and_a_year_are_spans_too(page) -> None:
    assert shown(page("income", "2026-Q1"), "1") == {"1": (900000, 900000, None)}
    assert page("income", "2026").period_words == "2026年度"


@pytest.mark.parametrize("period", ["2025-12", "2027-01", "2025"])
def test_a_period_without_data_is_refused(page, period) -> None:
    with pytest.raises(NoFigures) as caught:
        page("balance", period)

    assert caught.value.code == "ledger.no_figures"


@pytest.mark.parametrize("period", ["2026-13", "2026-Q5", "x", "2026-1"])
def test_what_is_no_period_is_not_found(page, period) -> None:
    with pytest.raises(NotFound):
        page("balance", period)


def test_an_unknown_statement_and_a_foreign_book_are_not_found(page, world, books) -> None:
    with pytest.raises(NotFound):
        page("no-such", "2026-11")
    with pytest.raises(NotFound):
        statements.statement(
            by=world.actor("stone_cashier"),
            org_ext_id="O-WILLOW",
            code="balance",
            period="2026-11",
        )


@pytest.fixture
def two_villages(books, post, world) -> None:
    from sanzi.ledger.actions import books as book_actions
    from sanzi.orgs.actors import SYSTEM

    book_actions.ensure_book(org_ext_id="O-STONE", first_period="2026-11", by=SYSTEM, at=village.AT)
    post("2026-11-06 租金 | receipt:S1\n  102 account:A-9 70.00\n  50103 -70.00", "O-STONE")


@pytest.mark.parametrize("place", [village.TOWN, village.COUNTY])
def test_a_place_is_summed_and_shown_side_by_side(two_villages, world, place) -> None:
    found = statements.township(
        by=world.actor("county_agri"),
        division_code=place,
        standard_code="rce2023",
        code="balance",
        period="2026-11",
    )

    at = [row.id for row in found.rows].index("1")
    assert found.rows[at].figures == (1014000, 100000)
    assert found.body_count == 2
    assert all(check.is_kept for check in found.checks)
    beside = [(one.title, one.figures[at]) for one in found.members]
    if place == village.TOWN:
        assert beside == [("柳湾村股份经济合作社", 1007000), ("石桥村股份经济合作社", 7000)]
    else:
        assert beside == [("清河镇", 1014000)]


def test_bodies_without_figures_are_named(two_villages, world) -> None:
    found = statements.township(
        by=world.actor("agency_accountant"),
        division_code=village.TOWN,
        standard_code="rce2023",
        code="balance",
        period="2026-02",
    )

    assert (found.body_count, found.missing) == (1, ("石桥村股份经济合作社",))


def test_a_place_out_of_scope_is_not_found(two_villages, world) -> None:
    with pytest.raises(NotFound):
        statements.township(
            by=world.actor("stone_cashier"),
            division_code=village.TOWN,
            standard_code="rce2023",
            code="balance",
            period="2026-11",
        )


def lines_of(world, cell: behind.Cell) -> list[str]:
    found = behind.behind(by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", cell=cell)
    return [
        f"{row.label} {row.account_code} {row.debit_fen} {row.credit_fen}" for row in found.rows
    ]


def test_each_figure_opens_its_vouchers(books, world) -> None:
    rent = behind.Cell("income", "1", "this_year", "2026-11")
    assert lines_of(world, rent) == ["记-1 50103 0 900000"]
    debts = behind.Cell("balance", "3", "closing", "2026-11")
    assert lines_of(world, debts) == [
        "记-1 11302 0 30000",
        "记-1 11302 0 20000",
        "记-1 11302 12000 0",
    ]


def test_a_sum_opens_all_that_its_lines_open(books, world) -> None:
    surplus = behind.Cell("income", "14", "this_year", "2026-11")

    assert lines_of(world, surplus) == ["记-1 50103 0 900000", "记-1 51401 31000 0"]


def test_a_repeated_row_opens_its_own_account_or_household(books, world) -> None:
    paid = behind.Cell("receipts", "paid", "this_period", "2026-11", account_code="51401")
    assert lines_of(world, paid) == ["记-1 51401 31000 0"]
    one = behind.Cell(
        "households", "internal", "debit", "2026-03", "113", aux_kind="household", aux_id="H3"
    )
    assert lines_of(world, one) == ["记-1 11302 12000 0"]


@pytest.mark.parametrize(
    ("row", "column"),
    [("流动资产：", "closing"), ("1", "no-such"), ("no-such", "closing")],
)
def test_what_is_no_figure_opens_nothing(books, world, row, column) -> None:
    with pytest.raises(NotFound):
        lines_of(world, behind.Cell("balance", row, column, "2026-11"))


def test_a_sheet_whose_check_is_not_kept_hinders_the_close(world) -> None:
    from sanzi.ledger.queries import hindrances

    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    unkept = "报表对不上：资产总计等于负债和所有者权益总计"

    assert unkept not in {one.title for one in hindrances.hindrances(book, "2026-11")}
    for code, fen in (("777", 500), ("31101", -500)):
        OpeningBalance.objects.create(book=book, account_code=code, balance_fen=fen)
    assert unkept in {one.title for one in hindrances.hindrances(book, "2026-11")}


def test_a_countys_own_statement_stands_at_the_end_of_the_list(page, settings, tmp_path) -> None:
    (tmp_path / "cleaning.yaml").write_text(
        "statement: cleaning\nstandards: [rce2023]\ntitle: 保洁支出表\norder: 90\n"
        "provenance: 县里要的\nknown: own\n"
        "columns: [{id: now, title: 本月, window: this_period}]\n"
        "sections: [{lines: [{number: '1', title: 保洁, formula: EXP(51401)}]}]\n",
        encoding="utf-8",
    )
    settings.SANZI = replace(settings.SANZI, statements=tmp_path)

    listed = [(one.code, one.is_custom) for one in statements.layouts("rce2023")]
    assert listed[0] == ("trial", False)
    assert listed[-1] == ("cleaning", True)
    assert shown(page("cleaning", "2026-11"), "1") == {"1": (31000,)}


def test_a_place_takes_a_fixed_number_of_queries(two_villages, world) -> None:
    actor = world.actor("county_agri")

    with CaptureQueriesContext(connection) as caught:
        statements.township(
            by=actor,
            division_code=village.COUNTY,
            standard_code="rce2023",
            code="balance",
            period="2026-11",
        )

    assert len(caught) <= 13
