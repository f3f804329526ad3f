"""M15 from the need to the last repayment: the case, the register, the record, the payment."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sanzi.deals.models import Contract
from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry
from sanzi.matters.errors import Held
from sanzi.registers.treasury import errors
from sanzi.registers.treasury.models import Debt
from sanzi.supervision import queries as supervision
from sanzi.supervision.actions import release_hold
from worlds import deals, land, treasury, walks
from worlds.publications import published
from worlds.treasury import AT, Treasury
from worlds.walks import Walk

pytestmark = pytest.mark.django_db

TURNS = [
    {"due_date": "2027-11-12", "principal": "100000"},
    {"due_date": "2028-11-12", "principal": "200000"},
]
FORM: dict[str, Any] = {
    "purpose": "标准厂房尾款", "kind": "bank_loan", "for_whom": "own", "creditor": "C-1",
    "principal": "300000", "rate": "3.45", "due_date": "2028-11-12", "turns": TURNS,
    "risk_note": "用厂房租金还，租金一年四十万元", "decision_id": "D-1",
}  # fmt: skip
REVIEWS = (
    "supervision_head", "agency_accountant", "town_agri_head", "town_leader",
)  # fmt: skip
PAID = AT + timedelta(days=400)


@pytest.fixture
def made() -> Treasury:
    found = treasury.build()
    treasury.earned(found, 80_000_000)
    return found


def start(made: Treasury, **changed: Any) -> Walk:
    walk = walks.start(made.world, "M15", "coop_director")
    walk.submit("coop_director", {**FORM, **changed}, ("plan",))
    return walk


def borrowed(made: Treasury) -> Walk:
    walk = start(made)
    walk.approve(*REVIEWS)
    signed = treasury.contract(made, "loan", 30_000_000)
    walk.at += timedelta(hours=6)
    entry = {"contract": signed, "incurred_at": "2026-11-12T15:00"}
    walk.record("village_clerk", entry, ("contract",))
    return walk


def repay(walk: Walk, at: datetime, *, is_last: bool = False, **entry: str) -> None:
    walk.at = at
    walk.record("agency_accountant", entry, ("receipt",), is_last=is_last)


def test_a_loan_is_decided_registered_and_repaid_by_its_plan(made: Treasury) -> None:
    walk = borrowed(made)
    found = Debt.objects.get()
    assert (found.state, found.ratio_percent, found.decision_ext_id) == ("standing", 38, "D-1")
    assert published(walk.number)["F05"].facts["风险说明"].startswith("用厂房租金还")

    begun = registry.prefill_of("contract", walk.number)
    assert begun is not None
    assert [(one["payee_id"], one["amount"]) for one in begun.lines] == [("C-1", "100,000.00")]
    repay(walk, PAID, paid_date="2027-11-12", principal="100000", interest="10350")
    assert deals.record_rows("debt")[0]["balance_fen"] == 20_000_000
    with pytest.raises(errors.DebtStands, match=r"还欠200,000\.00元"):
        repay(walk, PAID, paid_date="2027-11-13", interest="100", is_last=True)
    repay(walk, PAID, paid_date="2027-11-13", principal="200000", is_last=True)

    assert walk.case.state == "DONE"
    row = deals.record_rows("debt")[0]
    assert (row["kind"], row["status"], row["balance_fen"], row["principal_fen"]) == (
        "bank_loan", "repaid", 0, 30_000_000,
    )  # fmt: skip
    assert (row["decision_id"], row["counterparty_id"], row["case_id"]) == (
        "D-1", "C-1", walk.number,
    )  # fmt: skip
    assert row["town_approved_at"] is not None
    assert row["contract_id"] is not None


OVER: dict[str, Any] = {
    "principal": "480000", "turns": [{"due_date": "2028-11-12", "principal": "480000"}],
    "over_line": "老厂房漏雨要翻建，租金每年先还十二万元",
}  # fmt: skip


def let_go(made: Treasury, walk: Walk) -> None:
    """Let the town release what holds a case."""
    for one in supervision.unreleased(walk.number):
        release_hold(
            case_number=walk.number, model_code=one.model_code, finding_id=one.finding_id,
            reason="财政所和镇长还要一步一步看", by=made.world.actor("town_leader"), at=AT,
        )  # fmt: skip


def test_beyond_the_warning_line_the_towns_finance_and_its_head_look_too(made: Treasury) -> None:
    with pytest.raises(errors.DebtOverLine, match="负债率60%，超过50%的警戒线"):
        start(made, **{**OVER, "over_line": "要用"})
    assert not Debt.objects.exists()
    land.office(made.world, "town_finance_office", "财所长")

    walk = start(made, **OVER)
    with pytest.raises(Held, match="超过上年经营收入"):
        walk.approve(REVIEWS[0])
    let_go(made, walk)
    walk.approve(*REVIEWS[:3])
    assert walk.open_step.role_code == "town_finance_office"
    walk.approve("town_finance_office", "town_leader")
    assert (walk.open_step.role_code, Debt.objects.get().state) == ("town_head", "asked")
    walk.approve("town_head")

    assert (Debt.objects.get().state, Debt.objects.get().ratio_percent) == ("approved", 60)
    assert "翻建" in published(walk.number)["F05"].facts["为什么超过警戒线还借"]


def test_a_debt_under_the_line_spares_them(made: Treasury) -> None:
    walk = start(made, **{**OVER, "over_line": "", "principal": "400000", "turns": [
        {"due_date": "2028-11-12", "principal": "400000"},
    ]})  # fmt: skip
    walk.approve(*REVIEWS)

    assert (walk.open_step.step_key, Debt.objects.get().ratio_percent) == ("sign", 50)


def test_the_line_that_other_debts_crossed_meanwhile_stops_the_approval(made: Treasury) -> None:
    walk = start(made)
    turns = [{"due_date": "2028-11-12", "principal": "110000"}]
    other = start(made, principal="110000", turns=turns)
    let_go(made, other)
    other.approve(*REVIEWS)
    with pytest.raises(Held):
        walk.approve(REVIEWS[0])
    let_go(made, walk)
    walk.approve(*REVIEWS[:3])

    with pytest.raises(errors.DebtLineCrossed, match="现在负债率52%"):
        walk.approve("town_leader")

    assert Debt.objects.get(case_number=walk.number).state == "asked"
    assert walk.case.state == "SUBMITTED"


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"kind": "guarantee"}, errors.Forbidden, "替别人担保，办不了"),
        ({"for_whom": "other"}, errors.Forbidden, "替别人担保，办不了"),
        ({"for_whom": "government"}, errors.Forbidden, "替政府举债，办不了"),
        ({"creditor": ""}, errors.TreasuryWrong, "单位和个人填一个"),
        ({"creditor_person": "V1"}, errors.TreasuryWrong, "单位和个人填一个"),
        ({"rate": "24.01"}, errors.TreasuryWrong, "要在0到24%之间"),
        ({"due_date": "2026-11-12"}, errors.TreasuryWrong, "要在今天之后"),
        ({"due_date": "2028-11-11"}, errors.TreasuryWrong, "每期要在还清的日子之前"),
        ({"turns": TURNS[:1]}, errors.PlanDiffers, "还款计划合计100,000"),
        (
            {"principal": "800001", "turns": [{"due_date": "2028-11-12", "principal": "800001"}]},
            errors.DebtRatioTooHigh, "超过100%的红线",
        ),
    ],
)  # fmt: skip
def test_what_no_decision_allows_is_not_handed_in(
    made: Treasury, changed: dict[str, Any], refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        start(made, **changed)

    assert not Debt.objects.exists()


def test_what_is_owed_already_counts_and_no_income_carries_no_debt(made: Treasury) -> None:
    borrowed(made)
    more = {"principal": "500001", "turns": [{"due_date": "2028-11-12", "principal": "500001"}]}

    with pytest.raises(errors.DebtRatioTooHigh, match=r"共欠800,001\.00元"):
        start(made, **more)

    assert Debt.objects.count() == 1


def test_a_village_without_income_borrows_nothing() -> None:
    with pytest.raises(errors.DebtRatioTooHigh, match=r"经营收入0\.00元"):
        start(treasury.build())

    assert not Debt.objects.exists()


def test_money_comes_under_a_contract_with_the_creditor_after_the_consent(made: Treasury) -> None:
    walk = start(made)
    walk.approve(*REVIEWS)
    other = treasury.contract(made, "loan", 30_000_000, counterparty="C-2")
    early = {"contract": "", "incurred_at": "2026-11-11T15:00"}

    with pytest.raises(errors.ContractMissing, match="还没有选"):
        walk.record("village_clerk", early, ("contract",))
    with pytest.raises(errors.ContractMissing, match="不是和云川农商银行"):
        walk.record("village_clerk", {**early, "contract": other})
    with pytest.raises(errors.TreasuryWrong, match="要在镇里同意之后"):
        walk.record("village_clerk", {**early, "contract": treasury.contract(made, "loan", 100)})

    assert Debt.objects.get().state == "approved"
    assert Contract.objects.filter(kind="loan").count() == 2


@pytest.mark.parametrize(
    ("entry", "refusal"),
    [
        ({"paid_date": "2027-11-12", "principal": "300001"}, errors.RepaidTooMuch),
        ({"paid_date": "2026-11-11", "principal": "1"}, errors.TreasuryWrong),
        ({"paid_date": "2028-11-11", "principal": "1"}, errors.TreasuryWrong),
        ({"paid_date": "2027-11-12"}, errors.TreasuryWrong),
    ],
)
def test_a_wrong_repayment_changes_nothing(
    made: Treasury, entry: dict[str, str], refusal: type[Refusal]
) -> None:
    walk = borrowed(made)

    with pytest.raises(refusal):
        repay(walk, PAID, **entry)

    assert Debt.objects.get().balance_fen == 30_000_000


def test_a_payment_above_what_is_owed_with_interest_is_refused(made: Treasury) -> None:
    walk = borrowed(made)

    registry.require_payable("contract", walk.number, 32_070_000, "K-1")
    with pytest.raises(errors.Overpaid, match="最多付320,728"):
        registry.require_payable("contract", walk.number, 32_080_000, "K-1")


def test_a_withdrawn_wish_leaves_no_debt(made: Treasury) -> None:
    from sanzi.matters.actions import cases

    walk = start(made)
    cases.withdraw(number=walk.number, by=made.world.actor("coop_director"), at=AT)

    assert Debt.objects.get().state == "ended"
