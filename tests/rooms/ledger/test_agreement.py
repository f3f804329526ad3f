"""Others work out from our exports what we say: hledger and beancount, to the fen."""

from __future__ import annotations

import pytest
from django.db import connection

from sanzi.interfaces.cli.main import main
from sanzi.ledger.exports import peers
from sanzi.ledger.models import Book, Period, VoucherLine
from sanzi.ledger.queries import agreement, totals
from sanzi.orgs.actors import SYSTEM
from worlds import random_books, village

pytestmark = pytest.mark.django_db

TEN_THOUSAND = 10_000


def agree(bodies: list[str]) -> agreement.Agreement:
    told = agreement.Agreement()
    books = list(
        Book.objects.select_related("organisation").filter(organisation__ext_id__in=bodies)
    )
    agreement.compare(books, told, on=village.AT.date())
    return told


def test_ten_thousand_random_vouchers_agree_with_hledger_and_beancount_to_the_fen() -> None:
    village.build()
    bodies = random_books.fill(vouchers=TEN_THOUSAND)

    told = agree(bodies)

    assert (told.missing, told.complaints, told.differences) == ([], [], [])
    assert told.vouchers == TEN_THOUSAND
    assert told.cells > 10_000
    assert {"hledger", "bean-check"} <= told.ran
    assert VoucherLine.objects.filter(debit_fen__lt=0).count() > 1000


@pytest.fixture
def small(db: None) -> list[str]:
    village.build()
    return random_books.fill(vouchers=60, books_each=1)


def test_one_wrong_fen_of_ours_is_found_by_both_with_book_account_and_month(
    small, monkeypatch, capsys
) -> None:
    right = totals.each_movement
    book = Book.objects.get(organisation__ext_id=small[0])
    wrong = next(one for one in right([book]) if one.period == "2025-03")

    def one_off(books, *given, **named):
        for one in right(books, *given, **named):
            is_wrong = one[:6] == wrong[:6]
            yield one._replace(debit_fen=one.debit_fen + 1) if is_wrong else one

    monkeypatch.setattr(totals, "each_movement", one_off)

    told = agree(small)

    found = {(one.program, one.org_ext_id, one.account_code) for one in told.differences}
    assert found == {
        (program, small[0], wrong.account_code) for program in (peers.HLEDGER, peers.BEANCOUNT)
    }
    assert min(one.period for one in told.differences) == "2025-03"
    assert all(one.ours_fen - one.theirs_fen == 1 for one in told.differences)
    assert main(["verify", "books", "--org", small[0], "--period", "2025-03"]) == 1
    assert f"{small[0]} {wrong.account_code} 2025-03月末：我们" in capsys.readouterr().out


def test_the_command_is_content_only_when_all_agree_and_both_ran(
    small, monkeypatch, capsys
) -> None:
    assert main(["verify", "books"]) == 0
    assert "0个对不上" in capsys.readouterr().out

    found = peers.find
    monkeypatch.setattr(peers, "find", lambda name: "" if name == peers.BEANCOUNT else found(name))

    assert main(["verify", "books"]) == 1
    assert "没有装bean-check，没法核对" in capsys.readouterr().out


def test_a_book_without_vouchers_agrees(small) -> None:
    from sanzi.ledger.actions import books

    books.ensure_book(org_ext_id="O-WILLOW", first_period="2025-05", by=SYSTEM, at=village.AT)
    Period.objects.create(
        book=Book.objects.get(organisation__ext_id="O-WILLOW"), period="2025-05",
        closed_at=village.AT,
    )  # fmt: skip

    assert agree(["O-WILLOW"]).is_whole
    assert agree([small[0], "O-WILLOW"]).is_whole


def test_amounts_are_read_to_the_fen() -> None:
    cells = {
        "0": 0,
        "0 CNY": 0,
        "-0.05 CNY": -5,
        "12345678901.20 CNY": 1_234_567_890_120,
        "3.4": 340,
    }

    assert {cell: peers.fen_of(cell) for cell in cells} == cells
    assert connection.vendor
