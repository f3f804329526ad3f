"""A year's end: transfers, what must be done before, and that statements do not change."""

from __future__ import annotations

import datetime as dt

import pytest

from sanzi.ledger import queries
from sanzi.ledger.actions import closing, reopening, year_end
from sanzi.ledger.errors import AlreadyClosed, CloseHindered, MonthNotOver
from sanzi.ledger.models import Book, Period, Voucher, VoucherLine
from sanzi.ledger.period_errors import EarlierMonthOpen, PendingLeft
from sanzi.ledger.queries import totals
from sanzi.orgs.errors import NotFound

AFTER = dt.datetime(2027, 1, 5, 2, 0, tzinfo=dt.UTC)
YEAR = """
2026-03-09 收租金
  102 account:A-1    90000.00
  50103             -90000.00
2026-05-20 买办公用品
  5130102             120.00
  102 account:A-1    -120.00
2026-12-20 慰问困难户
  51404              2880.00
  102 account:A-1   -2880.00
"""


def close_months(world, last: int = 11, org: str = "O-WILLOW") -> None:
    for month in range(1, last + 1):
        closing.close_month(
            org_ext_id=org,
            period=f"2026-{month:02d}",
            by=world.actor("agency_accountant", AFTER),
            at=AFTER,
        )


def close_year(world, org: str = "O-WILLOW", role: str = "agency_accountant"):
    return year_end.close_year(org_ext_id=org, year=2026, by=world.actor(role, AFTER), at=AFTER)


def lines(voucher_ext_id: str) -> list[str]:
    rows = VoucherLine.objects.filter(voucher__ext_id=voucher_ext_id).order_by("line_no")
    return [
        f"{row.account_code} {row.debit_fen / 100:.2f} {row.credit_fen / 100:.2f}" for row in rows
    ]


def earned() -> int:
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    moved = totals.movements([book], "2026-01", "2026-12")
    return sum(
        one.credit_fen - one.debit_fen
        for one in moved
        if one.account_code.startswith("5") and not one.is_closing
    )


def nothing_is_transferred() -> None:
    assert not Voucher.objects.filter(origin="closing").exists()
    assert not Period.objects.filter(period="2026-12", closed_at__isnull=False).exists()


def test_the_year_goes_to_what_is_undistributed_and_december_is_shut(world, post, balances) -> None:
    post(YEAR)
    close_months(world)
    before = earned()

    done = close_year(world)

    assert [lines(one.ext_id) for one in done.vouchers] == [
        ["50103 90000.00 0.00", "321 0.00 90000.00"],
        ["5130102 0.00 120.00", "51404 0.00 2880.00", "321 3000.00 0.00"],
        ["321 87000.00 0.00", "32202 0.00 87000.00"],
    ]
    posted = Voucher.objects.filter(origin="closing").order_by("number")
    assert [one.summary for one in posted] == [
        "2026年收入转入本年收益",
        "2026年支出转入本年收益",
        "2026年本年收益转入未分配收益",
    ]
    assert {one.date for one in posted} == {dt.date(2026, 12, 31)}
    assert Period.objects.get(period="2026-12").closed_at == AFTER
    assert earned() == before == 8_700_000
    assert queries.verify_book("O-WILLOW") == []
    assert "32202 0.00 0.00 87000.00 -87000.00" in balances("2026-12")


def test_a_loss_goes_the_other_way(world, post) -> None:
    post(YEAR.replace("90000", "1000"))
    close_months(world)

    done = close_year(world)

    assert lines(done.vouchers[2].ext_id) == ["321 0.00 2000.00", "32202 2000.00 0.00"]


def test_a_committee_closes_into_its_balance(world, post) -> None:
    post(YEAR.replace("50103", "50301"), "O-WILLOW-VC")
    close_months(world, org="O-WILLOW-VC")

    done = close_year(world, "O-WILLOW-VC")

    assert lines(done.vouchers[2].ext_id) == ["321 87000.00 0.00", "32202 0.00 87000.00"]
    assert Voucher.objects.filter(summary="2026年本年收益转入累计结余").count() == 0
    assert Voucher.objects.filter(summary="2026年本年结余转入累计结余").count() == 1


def test_details_keep_their_auxiliary_when_they_are_transferred(world, post) -> None:
    post(YEAR.replace("  50103   ", "  50103 counterparty:C-1"))
    close_months(world)

    done = close_year(world)

    first = VoucherLine.objects.get(voucher__ext_id=done.vouchers[0].ext_id, line_no=1)
    assert (first.account_code, first.aux_kind, first.aux_id) == ("50103", "counterparty", "C-1")


def test_a_year_is_closed_once(world, post) -> None:
    post(YEAR)
    close_months(world)
    close_year(world)

    with pytest.raises(AlreadyClosed):
        close_year(world)

    assert Voucher.objects.filter(origin="closing").count() == 3


def test_after_a_reopening_only_the_difference_is_transferred(world, post) -> None:
    post(YEAR)
    close_months(world)
    close_year(world)
    wish = reopening.ask_reopen(
        org_ext_id="O-WILLOW",
        period="2026-12",
        reason="少记一笔租金",
        by=world.actor("agency_accountant", AFTER),
        at=AFTER,
    )
    reopening.grant_reopen(ext_id=wish, by=world.actor("town_agri_head", AFTER), at=AFTER)
    world.at = AFTER
    post("""
    2026-12-31 补收租金
      102 account:A-1    500.00
      50103             -500.00
    """)

    done = close_year(world)

    assert [lines(one.ext_id) for one in done.vouchers] == [
        ["50103 500.00 0.00", "321 0.00 500.00"],
        ["321 500.00 0.00", "32202 0.00 500.00"],
    ]
    sources = Voucher.objects.filter(origin="closing").values_list("source_id", flat=True)
    assert sorted(sources) == [
        "2026-expense-1",
        "2026-income-1",
        "2026-income-2",
        "2026-result-1",
        "2026-result-2",
    ]


def test_a_year_with_an_open_month_is_not_closed(world, post) -> None:
    post(YEAR)
    close_months(world, 10)

    with pytest.raises(EarlierMonthOpen) as refused:
        close_year(world)

    assert refused.value.text == "2026年还有月份没结账：2026-11。"
    nothing_is_transferred()


def test_pending_losses_must_be_decided_first(world, post) -> None:
    post(YEAR)
    post("""
    2026-12-30 盘亏电脑
      18102              300.00
      12105             -300.00
    """)
    close_months(world)

    with pytest.raises(PendingLeft, match=r"300\.00元"):
        close_year(world)

    nothing_is_transferred()


def test_a_hindrance_of_december_takes_the_transfers_back(world, post, monkeypatch) -> None:
    from sanzi.ledger.queries import hindrances

    post(YEAR)
    close_months(world)
    monkeypatch.setattr(hindrances, "_guards", dict(hindrances._guards))
    one = closing.Hindrance("银行流水没有对上", 1, "bank_line", ("B1",))
    closing.guard("bank", lambda books, _: {book.pk: [one] for book in books})

    with pytest.raises(CloseHindered, match="银行流水没有对上：1"):
        close_year(world)

    nothing_is_transferred()


def test_a_december_is_not_closed_as_a_month_before_its_year(world, post) -> None:
    post(YEAR)
    close_months(world)

    with pytest.raises(CloseHindered, match="年终结转还没做：1"):
        closing.close_month(
            org_ext_id="O-WILLOW",
            period="2026-12",
            by=world.actor("agency_accountant", AFTER),
            at=AFTER,
        )

    nothing_is_transferred()


def test_a_year_that_runs_is_not_closed(world, post) -> None:
    post(YEAR)

    with pytest.raises(MonthNotOver):
        year_end.close_year(
            org_ext_id="O-WILLOW",
            year=2026,
            by=world.actor("agency_accountant"),
            at=world.at,
        )

    nothing_is_transferred()


def test_only_the_accountant_closes_a_year(world, post) -> None:
    post(YEAR)
    close_months(world)

    with pytest.raises(NotFound):
        close_year(world, role="agency_reviewer")

    nothing_is_transferred()


def test_the_page_of_a_year_shows_the_amounts_before(world, post) -> None:
    post(YEAR)
    close_months(world)

    page = queries_year(world)

    assert [(one.key, one.amount_fen) for one in page.steps] == [
        ("income", 9_000_000),
        ("expense", 300_000),
        ("result", 8_700_000),
        ("shares", 0),
    ]
    assert (page.is_closed, page.open_periods, page.hindrances) == (False, (), ())
    assert page.distributable.total_fen == 8_700_000
    close_year(world)
    after = queries_year(world)
    assert (after.is_closed, after.is_transferred) == (True, True)
    assert after.distributable.total_fen == 8_700_000


def queries_year(world):
    from sanzi.ledger.queries import year_end as ends

    return ends.year_end(
        by=world.actor("agency_accountant", AFTER),
        org_ext_id="O-WILLOW",
        year=2026,
        on=dt.date(2027, 1, 5),
    )
