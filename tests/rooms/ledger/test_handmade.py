"""Vouchers by hand: what is refused, their files, adjustments, earlier years, who is apart."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import override_settings

from sanzi.audit.models import Event
from sanzi.evidence import queries as evidence
from sanzi.evidence.actions import files
from sanzi.evidence.actions.files import Upload
from sanzi.evidence.errors import SubjectClosed
from sanzi.ledger import hooks, queries
from sanzi.ledger.actions import adjustments, corrections
from sanzi.ledger.errors import (
    AccountNotOpen,
    ApproverBooks,
    AuxiliaryMissing,
    BadLine,
    BeforeFirstPeriod,
    CashierMakes,
    CorrectionOfCorrection,
    NothingDiffers,
    NotMaker,
    PeriodClosed,
    PriorYear,
    SameYear,
    Unbalanced,
    VoucherAlreadyAdjusted,
    WrongSide,
)
from sanzi.ledger.models import Period, Voucher, VoucherDraft
from sanzi.ledger.rules import Line
from sanzi.orgs.models import Appointment
from worlds import village

DAY = dt.date(2026, 11, 12)
BANK = Line("102", credit_fen=12000, aux_kind="account", aux_id="A-1")
LINES = (Line("5130102", debit_fen=12000), BANK)
PAID = """
2026-11-03 买办公用品 | payment:P1
  5130102            120.00
  102 account:A-1   -120.00
"""
LAST_YEAR = """
2026-01-03 买办公用品
  5130102            120.00
  102 account:A-1   -120.00
"""


def fill(world: village.World, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "book_org_ext_id": "O-WILLOW",
        "lines": LINES,
        "summary": "补记办公费",
        "date": DAY,
        "by": world.actor("agency_accountant"),
        "at": world.at,
    }
    return corrections.draft_voucher(**(fields | changes)).ext_id


def review(world: village.World, draft: str) -> list[Voucher]:
    posted = corrections.review_and_post(
        draft_ext_id=draft, by=world.actor("agency_reviewer"), at=world.at
    )
    return [Voucher.objects.get(ext_id=each.ext_id) for each in posted]


def adjust(world: village.World, voucher: str, *amounts: int, **changes: Any) -> str:
    fields: dict[str, Any] = {
        "voucher_ext_id": voucher,
        "amounts_fen": amounts,
        "date": DAY,
        "by": world.actor("agency_accountant"),
        "at": world.at,
    }
    return adjustments.draft_adjustment(**(fields | changes)).ext_id


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"lines": (Line("5130102", 11900), BANK)}, Unbalanced),
        ({"lines": ()}, BadLine),
        ({"lines": (Line("5130102", 12000, 12000), BANK)}, BadLine),
        ({"lines": (Line("999", 12000), BANK)}, AccountNotOpen),
        ({"lines": (Line("51301", 12000), BANK)}, AccountNotOpen),
        ({"lines": (Line("5130102", 12000), Line("101", 0, 12000))}, AccountNotOpen),
        ({"lines": (Line("5130102", 12000), Line("102", 0, 12000))}, AuxiliaryMissing),
        ({"lines": (Line("50103", 12000), BANK)}, WrongSide),
        (
            {"lines": (Line("102", 9, aux_kind="account", aux_id="A-1"), Line("5130102", 0, 9))},
            WrongSide,
        ),
        ({"date": dt.date(2025, 12, 31)}, BeforeFirstPeriod),
        ({"date": dt.date(2026, 10, 31)}, PeriodClosed),
    ],
)
def test_bad_input_is_refused_with_its_reason_and_nothing_is_kept(changes, refusal, world) -> None:
    book = queries.access_book(by=world.actor("agency_accountant"), org_ext_id="O-WILLOW")
    Period.objects.create(book=book, period="2026-10", closed_at=world.at)
    events = Event.objects.count()

    with pytest.raises(refusal):
        fill(world, **changes)

    assert VoucherDraft.objects.count() == 0
    assert Event.objects.count() == events


def test_a_decrease_of_income_is_red_on_its_own_side(world) -> None:
    red = (
        Line("50103", credit_fen=-9000),
        Line("102", credit_fen=9000, aux_kind="account", aux_id="A-1"),
    )

    (posted,) = review(world, fill(world, lines=red, summary="退租金"))

    assert posted.total_fen == 0


def test_a_cashier_fills_in_no_voucher(world) -> None:
    Appointment.objects.create(
        ext_id="A-BOTH",
        person=world.people["agency_accountant"],
        organisation=world.bodies["agency"],
        role_code="agency_cashier",
        start_date=dt.date(2026, 1, 1),
    )

    with pytest.raises(CashierMakes):
        fill(world)

    assert VoucherDraft.objects.count() == 0


@pytest.mark.parametrize("role", ["agency_accountant", "agency_reviewer"])
def test_who_approved_a_payment_neither_makes_nor_posts_its_correction(
    role, world, post, monkeypatch
) -> None:
    (paid,) = post(PAID)
    approver = world.people[role].pk
    monkeypatch.setattr(hooks, "_approvers", [lambda refs: {approver} if "P1" in refs else set()])

    with pytest.raises(ApproverBooks):
        review(world, adjust(world, paid.ext_id, 9000, 9000))

    assert Voucher.objects.count() == 1


def test_files_of_a_draft_go_over_to_its_voucher(world, tmp_path) -> None:
    draft, maker = fill(world), world.actor("agency_accountant")
    with override_settings(EVIDENCE_ROOT=tmp_path):
        files.store(
            by=maker,
            at=world.at,
            upload=Upload("发票.png", "invoice", png()),
            subject_kind="voucher_draft",
            subject_id=draft,
        )
        (posted,) = review(world, draft)

        (hung,) = evidence.attachments("voucher", posted.ext_id)
        assert (hung.title, posted.attachment_count) == ("发票.png", 1)
        assert evidence.access_hung(by=world.actor("agency_reviewer"), ext_id=hung.ext_id) == hung
        with pytest.raises(SubjectClosed):
            files.remove(by=maker, at=world.at, ext_id=hung.ext_id)
    assert queries.verify_book("O-WILLOW") == []


def png() -> bytes:
    """Return a small picture."""
    import io

    from PIL import Image

    out = io.BytesIO()
    Image.new("RGB", (40, 40), "white").save(out, "PNG")
    return out.getvalue()


def test_a_maker_takes_his_draft_back_and_another_does_not(world) -> None:
    draft = fill(world)
    VoucherDraft.objects.update(maker_id=world.people["agency_reviewer"].pk)
    with pytest.raises(NotMaker):
        corrections.withdraw_draft(
            draft_ext_id=draft, by=world.actor("agency_accountant"), at=world.at
        )
    VoucherDraft.objects.update(maker_id=world.people["agency_accountant"].pk)

    corrections.withdraw_draft(draft_ext_id=draft, by=world.actor("agency_accountant"), at=world.at)

    assert VoucherDraft.objects.count() == 0
    assert Event.objects.filter(kind="ledger.draft.withdrawn").count() == 1


def test_a_wrong_amount_is_put_right_by_one_voucher_for_the_difference(
    world, post, balances
) -> None:
    (paid,) = post(PAID)

    (posted,) = review(world, adjust(world, paid.ext_id, 10000, 10000))

    assert (posted.summary, posted.total_fen) == ("调整11月3日记-1号凭证金额", -2000)
    assert balances("2026-11") == (
        "102 0.00 0.00 100.00 -100.00\n"
        "513 0.00 100.00 0.00 100.00\n"
        "51301 0.00 100.00 0.00 100.00\n"
        "5130102 0.00 100.00 0.00 100.00"
    )


def test_a_voucher_is_adjusted_once_and_then_the_later_one_is_corrected(world, post) -> None:
    (paid,) = post(PAID)
    (first,) = review(world, adjust(world, paid.ext_id, 10000, 10000))

    with pytest.raises(VoucherAlreadyAdjusted, match="已经有记-2凭证更正过了"):
        adjust(world, paid.ext_id, 9000, 9000)
    with pytest.raises(VoucherAlreadyAdjusted):
        corrections.draft_correction(
            voucher_ext_id=paid.ext_id,
            lines=None,
            date=DAY,
            by=world.actor("agency_accountant"),
            at=world.at,
        )

    (second,) = review(world, adjust(world, first.ext_id, -3000, -3000))
    assert second.total_fen == -1000


def test_a_red_voucher_is_not_corrected(world, post) -> None:
    (paid,) = post(PAID)
    struck = corrections.draft_correction(
        voucher_ext_id=paid.ext_id,
        lines=None,
        date=DAY,
        by=world.actor("agency_accountant"),
        at=world.at,
    )
    (red,) = review(world, struck.ext_id)

    with pytest.raises(CorrectionOfCorrection, match="记-2是冲销凭证"):
        adjust(world, red.ext_id, 1, 1)

    assert VoucherDraft.objects.count() == 0


@pytest.mark.parametrize(
    ("amounts", "changes", "refusal"),
    [
        ((12000, 12000), {}, NothingDiffers),
        ((1,), {}, NothingDiffers),
        ((1, 2), {}, Unbalanced),
        ((1, 1), {"date": dt.date(2027, 1, 3)}, PriorYear),
    ],
)
def test_an_adjustment_that_is_none_is_not_kept(amounts, changes, refusal, world, post) -> None:
    (paid,) = post(PAID)

    with pytest.raises(refusal):
        adjust(world, paid.ext_id, *amounts, **changes)

    assert VoucherDraft.objects.count() == 0


def test_an_error_of_an_earlier_year_goes_through_this_year_in_blue(world, post) -> None:
    (paid,) = post(LAST_YEAR)
    given = {
        "voucher_ext_id": paid.ext_id,
        "lines": (
            Line("102", debit_fen=2000, aux_kind="account", aux_id="A-1"),
            Line("5130102", credit_fen=2000),
        ),
        "by": world.actor("agency_accountant"),
        "at": world.at,
    }
    with pytest.raises(SameYear):
        adjustments.draft_prior_year(**given, date=DAY)

    later = adjustments.draft_prior_year(**given, date=dt.date(2027, 1, 4))

    (posted,) = review(world, later.ext_id)
    assert (posted.summary, posted.period) == ("订正2026年1月3日记-1号凭证", "2027-01")
