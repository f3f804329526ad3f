"""Posting: what an event books, once, without gaps, whole or not at all."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable

import pytest
from django.db import connection, connections
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from sanzi.audit.models import Event
from sanzi.ledger import queries
from sanzi.ledger.actions import books, corrections, posting
from sanzi.ledger.errors import (
    AccountNotOpen,
    AuxiliaryMissing,
    BeforeFirstPeriod,
    BookDiffers,
    EventIncomplete,
    NoBook,
    NoStandard,
    PeriodClosed,
    SubjectNotAllowed,
    Unbalanced,
    UnknownRule,
)
from sanzi.ledger.models import Book, NumberHead, Period, Voucher, VoucherLine
from sanzi.ledger.rules import Line
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds import village

CLEANING = {
    "purpose": "10月保洁费",
    "subject_code": "51401",
    "account_id": "A-1",
    "items": [
        {"amount_fen": 120000, "aux_kind": "person", "aux_id": "V1", "ref": "P1"},
        {"amount_fen": 80001, "aux_kind": "person", "aux_id": "V2", "ref": "P2"},
    ],
}


def book_event(
    rule_code: str = "payment.settled",
    event: dict[str, object] = CLEANING,
    org: str = "O-WILLOW",
    source_id: str = "P1",
    date: dt.date = dt.date(2026, 11, 12),
) -> posting.PostedVoucher:
    return posting.post_event(
        book_org_ext_id=org,
        rule_code=rule_code,
        event=event,
        source_kind="payment",
        source_id=source_id,
        date=date,
        at=village.AT,
        by=SYSTEM,
    )


def test_a_batch_of_payments_is_one_voucher_with_a_line_per_payee(world) -> None:
    posted = book_event()

    assert (posted.label, posted.period, posted.total_fen) == ("记-1", "2026-11", 200001)
    page = queries.access_voucher(by=world.actor("agency_accountant"), ext_id=posted.ext_id)
    assert [
        (row.account_code, row.debit_fen, row.credit_fen, row.aux_id) for row in page.lines
    ] == [
        ("51401", 120000, 0, "V1"),
        ("51401", 80001, 0, "V2"),
        ("102", 0, 200001, "A-1"),
    ]
    assert page.rule == "payment.settled 第1版"
    assert page.maker == "自动记账规则 payment.settled 第1版"
    assert page.reviewer == "县农经站规则审核岗（2026-11-02核准规则）"
    assert page.posted_by == "系统"
    assert [event.kind for event in page.history] == ["ledger.voucher.posted"]
    assert queries.vouchers_of("payment", "P2") == [posted.ext_id]


def test_the_same_source_is_booked_once(world) -> None:
    first = book_event()
    again = book_event()

    assert (again.ext_id, again.number, again.is_new) == (first.ext_id, 1, False)
    assert Voucher.objects.count() == 1
    assert NumberHead.objects.get().last_number == 1
    assert Event.objects.filter(kind="ledger.voucher.posted").count() == 1


def test_a_returned_payment_stays_on_its_sides_in_red(world, balances) -> None:
    book_event()
    book_event("payment.returned", CLEANING | {"items": [CLEANING["items"][1]]}, source_id="P2.R")

    assert balances("2026-11") == (
        "102 0.00 0.00 1200.00 -1200.00\n"
        "514 0.00 1200.00 0.00 1200.00\n"
        "51401 0.00 1200.00 0.00 1200.00"
    )


def test_rent_that_reaches_the_committee_is_held_not_earned(world, balances) -> None:
    event = {"kind": "rent", "purpose": "厂房租金", "account_id": "A-2", "amount_fen": 450000}

    book_event("receipt.issued", event, org="O-WILLOW-VC")

    assert balances("2026-11", "O-WILLOW-VC").splitlines()[1:] == [
        "211 0.00 0.00 4500.00 -4500.00",
        "21103 0.00 0.00 4500.00 -4500.00",
    ]


REFUSED = [
    ({"rule_code": "payment.imagined"}, UnknownRule),
    ({"event": CLEANING | {"purpose": ""}}, EventIncomplete),
    ({"event": CLEANING | {"items": []}}, EventIncomplete),
    ({"event": CLEANING | {"subject_code": "50103"}}, SubjectNotAllowed),
    ({"event": CLEANING | {"subject_code": "514"}}, AccountNotOpen),
    ({"event": CLEANING | {"subject_code": "51488"}}, AccountNotOpen),
    ({"event": CLEANING | {"subject_code": "201"}, "org": "O-WILLOW-VC"}, AccountNotOpen),
    (
        {"event": CLEANING | {"subject_code": "11302", "items": [{"amount_fen": 1}]}},
        AuxiliaryMissing,
    ),
    ({"org": "O-STONE"}, NoBook),
    ({"org": "O-NOWHERE"}, NotFound),
    ({"date": dt.date(2025, 12, 31)}, BeforeFirstPeriod),
    ({"date": dt.date(2026, 9, 30)}, PeriodClosed),
]


@pytest.mark.parametrize(("changes", "refusal"), REFUSED)
def test_a_refused_event_books_nothing(changes, refusal, world) -> None:
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    Period.objects.create(book=book, period="2026-09", closed_at=world.at)
    events = Event.objects.count()

    with pytest.raises(refusal):
        book_event(**changes)

    assert (Voucher.objects.count(), VoucherLine.objects.count()) == (0, 0)
    assert not NumberHead.objects.filter(last_number__gt=0).exists()
    assert Event.objects.count() == events


def test_one_bad_voucher_of_many_keeps_all_out(post) -> None:
    with pytest.raises(Unbalanced, match=r"120\.00元"):
        post("""
            2026-11-03 好的
              5130102            120.00
              102 account:A-1   -120.00
            2026-11-04 不平
              5130102            120.00
              102 account:A-1   -119.99
        """)

    assert Voucher.objects.count() == 0


def test_words_and_months_count_on_their_own(world) -> None:
    pay = {
        "purpose": "干部报酬",
        "items": [{"amount_fen": 9, "aux_kind": "person", "aux_id": "V1"}],
    }
    days = (dt.date(2026, 10, 31), dt.date(2026, 11, 1))

    labels = [
        (book_event(rule, event, source_id=f"{rule}{day}", date=day).label, str(day))
        for day in days
        for rule, event in (("payment.settled", CLEANING), ("cadre_pay.accrued", pay))
    ]

    assert labels == [
        ("记-1", "2026-10-31"),
        ("转-1", "2026-10-31"),
        ("记-1", "2026-11-01"),
        ("转-1", "2026-11-01"),
    ]


def test_a_book_is_opened_once_and_by_its_own_standard(world) -> None:
    def ensure(org: str, **terms: str) -> str:
        terms = {"first_period": "2026-01"} | terms
        return books.ensure_book(org_ext_id=org, by=SYSTEM, at=world.at, **terms)

    committee = Book.objects.get(organisation__ext_id="O-WILLOW-VC")
    assert committee.standard_code == "vc_profile"
    assert ensure("O-WILLOW-VC") == committee.ext_id
    assert ensure("O-WILLOW-VC", first_period="2026-05") == committee.ext_id
    for terms in ({"first_period": "2025-12"}, {"standard_code": "rce2023"}, {"ext_id": "B-X"}):
        with pytest.raises(BookDiffers):
            ensure("O-WILLOW-VC", **terms)
    with pytest.raises(NoStandard, match="三资代理中心"):
        ensure("O-AGENCY")
    assert Book.objects.count() == 2


class AnyHistory(TestCase):
    """Whatever is posted and corrected, in any order, the books stay whole."""

    @settings(max_examples=15, deadline=None)
    @given(
        st.lists(
            st.tuples(
                st.sampled_from(["post", "strike", "replace"]),
                st.integers(1, 999_999_99),
                st.integers(1, 28),
            ),
            min_size=1,
            max_size=12,
        )
    )
    def test_any_sequence_keeps_balance_numbers_and_chain(self, steps) -> None:
        """Post, strike out and replace, then check the whole book."""
        world = village.build()
        books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=world.at)
        maker, reviewer = world.actor("agency_accountant"), world.actor("agency_reviewer")
        for number, (step, amount, day) in enumerate(steps):
            date = dt.date(2026, 11, day)
            target = (
                Voucher.objects.filter(reversed_by=None, reversal_of=None)
                .order_by("total_fen")
                .first()
            )
            if step == "post" or target is None:
                item = {"amount_fen": amount}
                book_event(event=CLEANING | {"items": [item]}, source_id=f"S{number}", date=date)
                continue
            lines = [Line("5130102", amount), Line("102", 0, amount, "", "account", "A-1")]
            draft = corrections.draft_correction(
                voucher_ext_id=target.ext_id,
                lines=lines if step == "replace" else None,
                date=date,
                by=maker,
                at=world.at,
            )
            corrections.review_and_post(draft_ext_id=draft.ext_id, by=reviewer, at=world.at)

        assert queries.verify_book("O-WILLOW") == []
        numbers = list(Voucher.objects.order_by("number").values_list("number", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        sheet = queries.trial_balance(by=maker, org_ext_id="O-WILLOW", period="2026-11")
        assert sheet.is_balanced


@pytest.mark.django_db(transaction=True)
def test_two_at_once_leave_no_gap() -> None:
    village.build()
    books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=village.AT)
    start = threading.Barrier(2)
    wrong: list[BaseException] = []

    def work(name: str) -> None:
        try:
            start.wait()
            for number in range(15):
                book_event(source_id=f"{name}{number}")
        except BaseException as error:  # noqa: BLE001 - told to the test below
            wrong.append(error)
        finally:
            connections.close_all()

    _both(work)

    assert wrong == []
    numbers = Voucher.objects.order_by("number").values_list("number", flat=True)
    assert list(numbers) == list(range(1, 31))
    assert queries.verify_book("O-WILLOW") == []


@pytest.mark.django_db(transaction=True)
def test_two_at_once_book_one_source_once() -> None:
    village.build()
    books.ensure_book(org_ext_id="O-WILLOW", first_period="2026-01", by=SYSTEM, at=village.AT)
    start = threading.Barrier(2)
    posted: list[str] = []

    def work(name: str) -> None:
        start.wait()
        posted.extend(book_event(source_id=f"S{number}").ext_id for number in range(10))
        connections.close_all()

    _both(work)

    assert (len(posted), len(set(posted)), Voucher.objects.count()) == (20, 10, 10)
    assert connection.vendor in {"sqlite", "postgresql"}


def _both(work: Callable[[str], None]) -> None:
    threads = [threading.Thread(target=work, args=(name,)) for name in "AB"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)


def test_a_book_comes_with_its_organisation_and_the_rest_of_it_when_asked_for(world) -> None:
    book = posting.book_of("O-WILLOW")

    assert (book.standard_code, book.organisation.name) == ("rce2023", "柳湾村股份经济合作社")
    assert book.organisation.is_poor_village is None
    assert book == Book.objects.get(organisation__ext_id="O-WILLOW")
