"""Slips instead of invoices: for some purposes, whole, with papers, within dated limits."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from sanzi.evidence import errors, slips
from sanzi.evidence.actions import files
from sanzi.evidence.actions import slips as actions
from sanzi.evidence.actions.slips import PaidLine
from sanzi.evidence.models import WhiteSlip
from sanzi.evidence.slips import SlipFields
from sanzi.matters.actions import cases
from worlds.cases import AT, Desk, photo

pytestmark = pytest.mark.django_db
ID_NO = "11010519491231002X"
SLIP = SlipFields(
    kind="labour", line_no=1, payee_name="王秀英", id_no=ID_NO, quantity_text="1.5", unit="工",
    unit_price_fen=20_000, amount_fen=30_000, reason="清理水渠淤泥", handler_name="吴小芬",
    witness_name="高林",
)  # fmt: skip
LINE = PaidLine(1, "person", "王秀英", 30_000)


def record(desk: Desk, number: str, **changed: object) -> str:
    """Write a slip on a draft."""
    return actions.record_slip(
        by=desk.actor("cashier_reporter"), at=AT, case_number=number,
        fields=replace(SLIP, **changed),
    )  # fmt: skip


def hang(desk: Desk, number: str, *kinds: str) -> None:
    """Hang papers of these kinds."""
    for mark, kind in enumerate(kinds):
        files.store(
            by=desk.actor("cashier_reporter"), at=AT, subject_kind="case", subject_id=number,
            upload=files.Upload("凭据.jpg", kind, photo(mark + 20)),
        )  # fmt: skip


def whole(desk: Desk, **changed: object) -> str:
    """Return a draft with one whole slip and its papers."""
    number = desk.start()
    hang(desk, number, "self_made", "photo", "supervision_sign")
    record(desk, number, **changed)
    return number


def test_a_whole_slip_with_its_papers_holds(desk: Desk) -> None:
    number = whole(desk)
    actions.require(case_number=number, lines=[LINE])
    kept = WhiteSlip.objects.get()
    assert ID_NO not in kept.sealed_id_no
    assert kept.division_code == "999901101201"
    record(desk, number, reason="再填一次")
    assert WhiteSlip.objects.get().reason == "再填一次"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "cement"}, errors.SlipKindNotAllowed), ({"reason": " "}, errors.BadSlip),
        ({"witness_name": ""}, errors.BadSlip), ({"quantity_text": "许多"}, errors.BadSlip),
        ({"amount_fen": 30_001}, errors.BadSlip), ({"id_no": "123"}, errors.BadSlip),
        ({"witness_name": "吴小芬"}, errors.SlipSamePeople),
        ({"handler_name": "王秀英"}, errors.SlipSamePeople),
        ({"quantity_text": "3", "amount_fen": 60_000}, errors.SlipOverLimit),
        ({"slip_date": date(2026, 12, 1)}, errors.BadSlip),
        ({"slip_date": date(2019, 12, 31)}, errors.SlipKindNotAllowed),
    ],
)  # fmt: skip
def test_a_slip_that_does_not_hold_is_refused(desk: Desk, changed, refusal) -> None:
    number = desk.start()
    with pytest.raises(refusal):
        record(desk, number, **changed)
    assert not WhiteSlip.objects.exists()


@pytest.mark.parametrize(
    ("line", "refusal"),
    [
        (replace(LINE, line_no=2), errors.SlipMissing),
        (replace(LINE, payee_name="王强"), errors.SlipMismatch),
        (replace(LINE, amount_fen=30_001), errors.SlipMismatch),
        (replace(LINE, kind="counterparty"), errors.SlipMismatch),
        (replace(LINE, person_index="another"), errors.SlipMismatch),
    ],
)
def test_the_money_goes_to_the_one_on_the_slip(desk: Desk, line: PaidLine, refusal) -> None:
    with pytest.raises(refusal):
        actions.require(case_number=whole(desk), lines=[line])


def test_a_slip_without_its_photo_is_not_enough(desk: Desk) -> None:
    number = desk.start()
    hang(desk, number, "self_made")
    record(desk, number)
    with pytest.raises(errors.SlipPapersMissing, match="现场照片、村监会签字"):
        actions.require(case_number=number, lines=[LINE])


def test_a_person_and_a_village_have_a_most_in_a_year_of_what_was_paid(desk: Desk) -> None:
    numbers = [whole(desk) for _ in range(11)]
    WhiteSlip.objects.filter(case_number__in=numbers[:9]).update(claimed_at=AT)
    actions.require(case_number=numbers[9], lines=[LINE])
    WhiteSlip.objects.filter(case_number=numbers[9]).update(claimed_at=AT)
    with pytest.raises(errors.SlipOverLimit, match="王秀英今年的农户劳务、误工"):
        actions.require(case_number=numbers[10], lines=[LINE])

    WhiteSlip.objects.filter(case_number=numbers[0]).update(
        amount_fen=1_000_000, person_index="another"
    )
    other = whole(desk, id_no="110105194912310011", payee_name="李四")
    with pytest.raises(errors.SlipOverLimit, match="这个村今年"):
        actions.require(case_number=other, lines=[replace(LINE, payee_name="李四")])


def test_a_case_on_slips_is_not_handed_in_without_them(desk: Desk) -> None:
    number = desk.start()
    desk.fill(number, proof_kind="white_slip")
    hang(desk, number, "self_made", "photo", "supervision_sign")
    with pytest.raises(errors.SlipMissing):
        cases.submit(number=number, by=desk.actor("cashier_reporter"), at=AT)


def test_a_submitted_case_keeps_its_slips(desk: Desk) -> None:
    with pytest.raises(errors.SubjectClosed):
        record(desk, desk.submitted())
    number = whole(desk)
    actions.remove_slip(
        by=desk.actor("cashier_reporter"), at=AT, ext_id=WhiteSlip.objects.get().ext_id
    )
    with pytest.raises(errors.SlipMissing):
        actions.require(case_number=number, lines=[LINE])


def test_a_broken_file_of_slips_names_the_kind(tmp_path: Path) -> None:
    text = slips.SLIPS_FILE.read_text(encoding="utf-8")
    for old, new in (("item_fen: 50000", "item_fen: 900000"), ("self_made, photo", "selfie")):
        broken = tmp_path / "slips.yaml"
        broken.write_text(text.replace(old, new, 1), encoding="utf-8")
        with pytest.raises(slips.BadSlips, match="labour"):
            slips.read_rules(broken)
