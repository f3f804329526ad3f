"""The years beside each standard, posted to a book: the tables say what the cases say."""

from __future__ import annotations

import datetime as dt

import pytest

from sanzi.ledger import standards
from sanzi.ledger.actions import posting
from sanzi.ledger.models import Book, OpeningBalance, Period
from sanzi.ledger.queries import statements
from sanzi.ledger.rules import Draft, Line, Names
from sanzi.orgs.actors import SYSTEM
from worlds import statement_cases
from worlds.statement_cases import Case, Move

LATER = dt.datetime(2027, 1, 31, 2, 0, tzinfo=dt.UTC)


def drafts(case: Case) -> list[Draft]:
    """Return the vouchers of a case, dated on the last day that every month has."""
    found = []
    for number in sorted({move.voucher for move in case.moves}):
        moves = [move for move in case.moves if move.voucher == number]
        year, month = moves[0].period.split("-")
        found.append(
            Draft(
                date=dt.date(int(year), int(month), 28),
                summary=f"第{number}张",
                lines=tuple(line(move) for move in moves),
                source_kind="manual",
                source_id=str(number),
                names=Names("制单人", "审核人", "记账人"),
                origin="closing" if moves[0].is_closing else "manual",
            )
        )
    return found


def line(move: Move) -> Line:
    return Line(
        move.account_code,
        debit_fen=move.debit_fen,
        credit_fen=move.credit_fen,
        aux_kind=move.aux_kind,
        aux_id=move.aux_id,
    )


def book_of(world, standard_code: str, first_period: str) -> Book:
    Book.objects.filter(organisation__ext_id="O-WILLOW").delete()
    return Book.objects.create(
        ext_id="B-CASE",
        organisation=world.bodies["willow"],
        standard_code=standard_code,
        first_period=first_period,
    )


@pytest.mark.parametrize(
    ("code", "name"), [*((code, "year") for code in standards.codes()), ("sbe2011", "ageing")]
)
def test_a_posted_case_gives_the_cells_it_expects(world, code, name) -> None:
    case = statement_cases.read_case(standards.FOLDER / code / "cases" / f"{name}.txt")
    book = book_of(world, code, min(move.period for move in case.moves))
    for key, fen in case.openings:
        OpeningBalance.objects.create(
            book=book, account_code=key[0], aux_kind=key[1], aux_id=key[2], balance_fen=fen
        )
    posting.post_many(book_org_ext_id="O-WILLOW", drafts=drafts(case), at=LATER, by=SYSTEM)

    for expected in case.expected:
        if expected.period > "2026-12":
            continue
        page = statements.statement_of(book, expected.statement, expected.period)
        broken = {check.title for check in page.checks if not check.is_kept}
        assert broken == set(expected.broken)
        cells = statement_cases.cells_of(page.rows, [column.id for column in page.columns])
        for row, column, amount in expected.cells:
            assert cells[row, column] == amount, (expected.statement, row, column)


def test_what_a_book_opened_with_ages_from_the_month_before_it(world) -> None:
    book = book_of(world, "sbe2011", "2025-12")
    for firm, fen in (("C1", 100_00), ("C2", -40_00)):
        OpeningBalance.objects.create(
            book=book, account_code="1122", aux_kind="counterparty", aux_id=firm, balance_fen=fen
        )
    Period.objects.create(book=book, period="2026-12")

    page = statements.statement_of(book, "receivables", "2026")

    assert [row.figures for row in page.rows] == [
        (0, 100_00), (100_00, 0), (0, 0), (0, 0), (100_00, 100_00)
    ]  # fmt: skip
    assert page.is_kept
