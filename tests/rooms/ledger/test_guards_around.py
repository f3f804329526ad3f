"""Months, openings, archives and signed papers hold in the database as the vouchers do."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from flushing import lifted_triggers
from sanzi.audit import guards
from sanzi.ledger.actions.loading import load_openings
from sanzi.ledger.actions.posting import post_many
from sanzi.ledger.errors import BadLedgerRow, ClockSetBack
from sanzi.ledger.models import (
    Book,
    CashPolicy,
    Handover,
    OpeningBalance,
    Period,
    Reopening,
    Voucher,
    YearArchive,
)
from sanzi.orgs.actors import SYSTEM
from worlds.books import book_rows, read_ledger

ONE = """
2026-11-03 买办公用品 | payment:P1
  5130102            120.00
  102 account:A-1   -120.00
"""
TWO = ONE.replace("P1", "P2")
HOUR = dt.timedelta(hours=1)


def refused(match: str, do) -> None:
    with pytest.raises(DatabaseError, match=match), transaction.atomic():
        do()


@pytest.fixture
def month(post, world) -> Period:
    """November of Liuwan's collective, with one voucher, closed."""
    post(ONE)
    Period.objects.update(closed_at=world.at, closed_by_id=1)
    return Period.objects.get()


def ask(month: Period, at: dt.datetime) -> Reopening:
    return Reopening.objects.create(
        ext_id=f"RO-{at.isoformat()}", book=month.book, period=month.period,
        reason="少记一张", asked_by_id=1, asked_at=at,
    )  # fmt: skip


def grant(wish: Reopening, at: dt.datetime, by: int = 2) -> None:
    Reopening.objects.filter(pk=wish.pk).update(is_granted=True, decided_by_id=by, decided_at=at)


def reopen(month: Period) -> None:
    Period.objects.filter(pk=month.pk).update(closed_at=None, closed_by_id=None)


def test_a_closed_month_stays_closed_without_a_granted_reopening(month, world) -> None:
    refused("granted reopening", lambda: reopen(month))
    ask(month, world.at + HOUR)
    refused("granted reopening", lambda: reopen(month))
    refused("granted reopening", lambda: Period.objects.update(closed_at=world.at + HOUR))
    refused("granted reopening", lambda: Period.objects.update(period="2026-12"))
    refused("never deleted", lambda: Period.objects.all()._raw_delete("default"))

    month.refresh_from_db()
    assert (month.closed_at, month.closed_by_id) == (world.at, 1)


def test_a_granted_reopening_opens_its_month_once(month, world) -> None:
    grant(ask(month, world.at + HOUR), world.at + HOUR)
    reopen(month)
    assert Period.objects.get().closed_at is None

    Period.objects.update(closed_at=world.at + 2 * HOUR)
    refused("granted reopening", lambda: reopen(month))


def test_an_archived_year_is_never_opened_again(month, world) -> None:
    YearArchive.objects.create(
        ext_id="YA-1", book=month.book, year=2026, file_name="2026.zip", digest="0" * 64,
        size_bytes=1, piece_count=1, made_by_id=1, made_at=world.at,
    )  # fmt: skip
    grant(ask(month, world.at + HOUR), world.at + HOUR)

    refused("never when archived", lambda: reopen(month))
    refused("never changed", lambda: YearArchive.objects.update(digest="1" * 64))
    refused("never deleted", lambda: YearArchive.objects.all()._raw_delete("default"))


def test_a_reopening_is_decided_once_and_by_another(month, world) -> None:
    wish = ask(month, world.at + HOUR)
    refused("another person", lambda: grant(wish, world.at + HOUR, by=1))
    refused("another person", lambda: Reopening.objects.update(reason="别的"))
    grant(wish, world.at + HOUR)

    refused("decided once", lambda: Reopening.objects.update(is_granted=False))
    refused("never deleted", lambda: Reopening.objects.all()._raw_delete("default"))
    refused(
        "before it is decided",
        lambda: Reopening.objects.create(
            ext_id="RO-2", book=month.book, period="2026-11", reason="x", asked_by_id=1,
            asked_at=world.at, decided_by_id=2, decided_at=world.at, is_granted=True,
        ),
    )  # fmt: skip


def test_openings_are_fixed_with_the_first_voucher(post, world) -> None:
    load_openings(book_rows("O-WILLOW", {"102": 5000, "32202": -5000}), by=SYSTEM, at=world.at)
    OpeningBalance.objects.filter(account_code="102").update(balance_fen=5000)
    post(ONE)
    before = list(OpeningBalance.objects.values_list())

    refused("openings are fixed", lambda: OpeningBalance.objects.update(balance_fen=1))
    refused("openings are fixed", lambda: OpeningBalance.objects.all()._raw_delete("default"))
    refused(
        "openings are fixed",
        lambda: OpeningBalance.objects.create(
            book=Book.objects.get(organisation__ext_id="O-WILLOW"),
            account_code="101",
            balance_fen=1,
        ),
    )

    assert list(OpeningBalance.objects.values_list()) == before


def test_a_signed_handover_stays_as_it_was_signed(world) -> None:
    paper = Handover.objects.create(
        ext_id="HO-1", division_code="999901101", from_person_id=1, to_person_id=2,
        supervisor_person_id=3, on_date="2026-11-03", content={"账本": 3}, digest="0" * 64,
        made_at=world.at,
    )  # fmt: skip
    Handover.objects.update(content={"账本": 4})
    Handover.objects.update(handed_at=world.at)

    for change in (
        {"content": {"账本": 5}},
        {"digest": "1" * 64},
        {"to_person_id": 9},
        {"handed_at": None},
        {"handed_at": world.at + HOUR},
    ):
        refused("as it was signed", lambda change=change: Handover.objects.update(**change))
    refused("never deleted", lambda: Handover.objects.all()._raw_delete("default"))
    Handover.objects.update(received_at=world.at + HOUR)
    refused("as it was signed", lambda: Handover.objects.update(received_at=None))

    paper.refresh_from_db()
    assert (paper.content, paper.handed_at) == ({"账本": 4}, world.at)


def test_a_clock_set_back_books_nothing(post, world) -> None:
    post(ONE)

    with pytest.raises(ClockSetBack) as caught:
        post_many(
            book_org_ext_id="O-WILLOW", drafts=read_ledger(TWO), at=world.at - HOUR, by=SYSTEM
        )

    assert caught.value.code == "ledger.clock_set_back"
    assert "记-1" in caught.value.text
    assert Voucher.objects.count() == 1


def test_who_waited_for_the_lock_posts_at_the_moment_of_the_last(post, world) -> None:
    post(ONE)

    earlier = world.at - dt.timedelta(seconds=20)
    post_many(book_org_ext_id="O-WILLOW", drafts=read_ledger(TWO), at=earlier, by=SYSTEM)

    assert list(Voucher.objects.values_list("posted_at", flat=True)) == [world.at, world.at]


def test_history_out_of_order_is_refused_by_its_row(world) -> None:
    from sanzi.ledger.actions.loading import load_vouchers

    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    vouchers = [
        {
            "voucher_id": f"V-{number}", "book_id": book.ext_id, "period": "2026-11",
            "kind": "general", "voucher_no": number, "voucher_date": f"2026-11-0{number}",
            "posted_at": f"2026-11-0{day} 09:00:00", "entry_origin": "manual", "summary": "旧账",
        }
        for number, day in ((1, 5), (2, 4))
    ]  # fmt: skip
    lines = [
        {
            "voucher_id": f"V-{number}", "line_no": line_no, "subject_code": code, "summary": "",
            "debit_fen": debit, "credit_fen": credit,
        }
        for number in (1, 2)
        for line_no, code, debit, credit in ((1, "51401", 100, 0), (2, "102", 0, 100))
    ]  # fmt: skip

    with pytest.raises(BadLedgerRow) as caught, transaction.atomic():
        load_vouchers(vouchers, lines, by=SYSTEM, at=world.at)

    assert (caught.value.data["row"], caught.value.data["column"]) == ("V-2", "posted_at")
    assert not Voucher.objects.exists()


def test_a_guard_that_is_lifted_or_changed_is_named(world) -> None:
    assert guards.faults() == []

    with lifted_triggers():
        assert any("ledger_voucher_no_update" in fault for fault in guards.faults())

    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DROP TRIGGER ledger_voucher_no_update")
            cursor.execute(
                "CREATE TRIGGER ledger_voucher_no_update BEFORE UPDATE ON ledger_voucher "
                "BEGIN SELECT 1; END"
            )
        else:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION ledger_voucher_no_update() RETURNS trigger "
                "LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'"
            )
    assert guards.faults() == ["数据库防改规则ledger_voucher_no_update被改过"]


def test_what_two_persons_approved_stays_as_it_is(world) -> None:
    policy = CashPolicy.objects.create(
        ext_id="CP-1", made_by_id=1, made_at=world.at, valid_from_date="2026-11-13",
        division_code="999901000000", policy="LIMITED", limit_fen=100000, reason="集市零用",
    )  # fmt: skip
    refused("another than its maker", lambda: CashPolicy.objects.update(approved_by_id=1))
    CashPolicy.objects.update(limit_fen=50000)
    CashPolicy.objects.update(approved_by_id=2, approved_at=world.at)

    for change in (
        {"limit_fen": 999999},
        {"policy": "FREE"},
        {"approved_at": None},
        {"approved_by_id": 3},
        {"valid_from_date": "2026-01-01"},
    ):
        refused("stays as it is", lambda change=change: CashPolicy.objects.update(**change))
    refused("stays as it is", lambda: CashPolicy.objects.all()._raw_delete("default"))
    CashPolicy.objects.update(valid_until_date="2026-12-31")

    policy.refresh_from_db()
    assert (policy.limit_fen, policy.policy, policy.approved_by_id) == (50000, "LIMITED", 2)
