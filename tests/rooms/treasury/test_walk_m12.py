"""M12 from the source to the books: the case, the bill, the bank, the receipt, the voucher."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.bank.port import Entry
from sanzi.kernel.refusals import Refusal
from sanzi.payments.actions import statements
from sanzi.payments.models import Bill, Receipt
from sanzi.registers.treasury import errors
from sanzi.registers.treasury.actions import income
from worlds import deals, treasury, walks
from worlds.publications import published
from worlds.treasury import AT, Treasury
from worlds.walks import Walk

pytestmark = pytest.mark.django_db

FORM = {
    "purpose": "文化礼堂场地费", "kind": "service", "firm": "C-1", "amount": "1200",
    "due_date": "2026-11-30",
}  # fmt: skip


@pytest.fixture
def made() -> Treasury:
    return treasury.build()


def start(made: Treasury, **changed: str) -> Walk:
    walk = walks.start(made.world, "M12", "cashier_reporter")
    walk.submit("cashier_reporter", {**FORM, **changed})
    return walk


def billed(made: Treasury, **changed: str) -> tuple[Walk, Bill]:
    walk = start(made, **changed)
    walk.approve("agency_accountant")
    return walk, Bill.objects.get(source_kind="income", source_id=walk.number)


def pay(made: Treasury, bill: Bill, fen: int = 120_000, seq: int = 1) -> None:
    entry = Entry(
        seq=seq, booked_at=AT, amount_fen=fen, is_credit=True, bank_ref=f"BK{seq}",
        party_name="云川农商银行清河支行", memo=bill.reference,
    )  # fmt: skip
    statements.import_notices(account_id=made.money.account.pk, entries=[entry], at=AT)


def take_in(walk: Walk) -> None:
    walk.record("agency_accountant", {"note": "到账了"})


def test_money_is_billed_paid_by_code_receipted_and_booked(made: Treasury) -> None:
    walk, bill = billed(made)
    with pytest.raises(errors.IncomeNotIn, match=r"还差1,200\.00元"):
        take_in(walk)
    assert walk.open_step.step_key == "take_in"
    pay(made, bill)

    take_in(walk)

    assert walk.case.state == "DONE"
    [row] = deals.record_rows("receipt")
    assert (row["source_kind"], row["source_id"], row["amount_fen"]) == (
        "income", walk.number, 120_000,
    )  # fmt: skip
    assert row["banked_at"] is not None
    assert Receipt.objects.get().voucher_ext_id != ""
    [told] = deals.record_rows("bill")
    assert (told["source_id"], told["kind"]) == (walk.number, "service")
    assert published(walk.number)["F01"].tables["收入和收据"][0][-1] == "1,200.00"


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"firm": ""}, errors.TreasuryWrong, "单位和个人填一个"),
        ({"payer": "张三"}, errors.TreasuryWrong, "单位和个人填一个"),
        ({"amount": "0"}, errors.TreasuryWrong, "要大于0"),
        ({"contract": "HT-NONE"}, errors.ContractMissing, "不是和交款单位签的"),
    ],
)
def test_what_has_no_payer_or_no_ground_is_not_handed_in(
    made: Treasury, changed: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    walk: Any = None
    with pytest.raises(refusal, match=words):
        walk = start(made, **changed) if changed != {"firm": ""} else _unnamed(made)

    assert walk is None
    assert not Bill.objects.exists()


def _unnamed(made: Treasury) -> None:
    wish = income.Wish("service", "场地费", 1, AT.date())
    income.check(wish=wish, organisation="O-WILLOW")


def test_the_same_money_is_billed_once(made: Treasury) -> None:
    _, bill = billed(made)

    with pytest.raises(errors.IncomeTwice, match=f"已经开过缴款单{bill.number}"):
        start(made)

    assert Bill.objects.count() == 1


def test_cash_that_is_not_banked_keeps_the_matter_open(made: Treasury) -> None:
    walk, bill = billed(made)
    pay(made, bill)
    Receipt.objects.update(received_via="cash", banked_at=None)

    with pytest.raises(errors.IncomeNotIn, match="收的现金还没存银行"):
        take_in(walk)
    Receipt.objects.update(banked_at=AT, voucher_ext_id="")
    with pytest.raises(errors.IncomeNotIn, match="还没记账"):
        take_in(walk)

    assert walk.open_step.step_key == "take_in"
