"""Every account of every book at every month's end, in the application and from the command."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from sanzi.interfaces.cli import reading
from sanzi.interfaces.cli.main import main
from sanzi.ledger import queries
from sanzi.ledger.exports import sums
from sanzi.ledger.models import Book, OpeningBalance
from sanzi.ledger.queries import month_ends
from sanzi.orgs.actors import SYSTEM

BOOK = """
2026-01-05 收租金 | receipt:R1
  102 account:A-1   1200.00
  50103            -1200.00
2026-03-20 买纸 | payment:P1
  5130102            120.50
  102 account:A-1   -120.50
"""


@pytest.fixture
def books(world, post):
    held = Book.objects.get(organisation__ext_id="O-WILLOW")
    OpeningBalance.objects.create(book=held, account_code="102", balance_fen=100_000)
    OpeningBalance.objects.create(book=held, account_code="32202", balance_fen=-100_000)
    post(BOOK)


@pytest.mark.parametrize("is_whole", [False, True])
def test_opening_debit_credit_and_closing_of_every_month_without_a_gap(books, is_whole) -> None:
    source = sums.Source(month_ends.source().run, is_whole=is_whole)

    first, second = sums.month_ends(source)

    assert (first.org_ext_id, first.months) == ("O-WILLOW", ("2026-01", "2026-02", "2026-03"))
    assert first.accounts["102"] == sums.Cells(
        opening=[100_000, 220_000, 220_000],
        debit=[120_000, 0, 0],
        credit=[0, 0, 12_050],
        closing=[220_000, 220_000, 207_950],
    )
    assert first.accounts["32202"].closing == [-100_000] * 3
    assert (second.org_ext_id, second.accounts) == ("O-WILLOW-VC", {})


@pytest.mark.parametrize("is_whole", [False, True])
def test_the_trial_balance_of_all_is_that_of_each_book(books, is_whole) -> None:
    whole = sums.trial_balance_of_all(sums.Source(month_ends.source().run, is_whole=is_whole))

    sheet = queries.trial_balance(by=SYSTEM, org_ext_id="O-WILLOW", period="2026-03")
    leaves = {row.account.code: row.closing_fen for row in sheet.rows if row.account.is_leaf}
    assert {code: figures[2] for (_, code), figures in whole.items()} == leaves
    assert whole["O-WILLOW", "102"] == (120_000, 12_050, 207_950)


def test_only_books_of_the_scope_are_told(world, books) -> None:
    stone = world.actor("stone_cashier")

    assert list(month_ends.all_month_ends(by=stone)) == []
    assert len(list(month_ends.all_month_ends(by=world.actor("agency_accountant")))) == 2


def test_the_command_writes_the_cells_as_they_come(books, monkeypatch, capsys) -> None:
    from contextlib import contextmanager

    @contextmanager
    def ours():
        yield month_ends.source()

    monkeypatch.setattr(reading, "connected", ours)

    assert main(["totals", "--json"]) == 0
    line = json.loads(capsys.readouterr().out.splitlines()[0])
    assert line["accounts"]["102"]["closing"] == [220_000, 220_000, 207_950]
    assert main(["totals"]) == 0
    assert "O-WILLOW,102,2026-03,220000,0,12050,207950\n" in capsys.readouterr().out


@pytest.mark.django_db(transaction=True)
def test_the_bare_connection_reads_and_cannot_write() -> None:
    with reading.connected() as source:
        assert list(source.run("SELECT COUNT(*) FROM ledger_book WHERE id = %s", (0,))) == [(0,)]
        with pytest.raises(Exception, match=r"read-only|readonly|syntax error"):
            list(source.run("DELETE FROM ledger_book RETURNING id", ()))
    assert connection.vendor
