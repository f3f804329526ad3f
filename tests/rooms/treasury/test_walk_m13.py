"""M13 from the plan to the interest: the case, the competition, the deposits, the record."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from sanzi.deals.errors import NoticeTooShort, PublicityRunning
from sanzi.deals.models import Bid, Tender
from sanzi.kernel.errors import BadCnaps
from sanzi.kernel.refusals import Refusal
from sanzi.matters.errors import DecisionNeeded
from sanzi.payments.models import BankTransaction
from sanzi.registers.treasury import errors
from sanzi.registers.treasury.models import Deposit, DepositPlan
from worlds import deals, treasury, walks
from worlds.money import BANK_CODE
from worlds.publications import published as published_items
from worlds.treasury import AT, Treasury
from worlds.walks import Walk

pytestmark = pytest.mark.django_db

FORM = {
    "principal": "2000000", "term_months": "12", "reserve_months": "3", "rate_floor": "1.2",
    "rate_weight": "60", "decision_id": "D-1",
}  # fmt: skip
DEADLINE = "2026-11-23T10:00"
MATURED = datetime(2027, 12, 1, 1, 0, tzinfo=UTC)


@pytest.fixture
def made() -> Treasury:
    return treasury.build()


def start(made: Treasury, **changed: str) -> Walk:
    walk = walks.start(made.world, "M13", "coop_director")
    walk.submit("coop_director", {**FORM, **changed}, ("plan",))
    return walk


def published(made: Treasury) -> Walk:
    walk = start(made)
    walk.approve("agency_accountant", "supervision_head", "town_agri_head")
    form = {"deadline": DEADLINE, "platform_number": "QH2026-118"}
    walk.record("town_agri_head", form, ("notice",))
    return walk


def marks(**codes: str) -> list[dict[str, str]]:
    """The scores of the three banks; C-2 wins, the term account lies there."""
    known = {"C-1": "103999900017", "C-2": BANK_CODE, "C-3": "105999900012", **codes}
    return [
        {"bank": bank, "service": mark, "bank_code": known[bank]}
        for bank, mark in zip(treasury.BANKS, ("95", "90", "60"), strict=True)
    ]


def awarded(made: Treasury) -> Walk:
    walk = published(made)
    walk.at = treasury.compete(made, DepositPlan.objects.get().tender_ext_id, AT)
    walk.record("town_agri_head", {"services": marks()}, ("pledge", "minutes"))
    walk.at += timedelta(days=4)
    return walk


def placing(**changed: str) -> dict[str, Any]:
    row = {
        "account": "A-TERM", "principal": "2000000", "rate": "1.55", "start_date": "2026-11-27",
        "maturity_date": "2027-11-27", **changed,
    }  # fmt: skip
    return {"agreement_end": "2029-11-01", "deposits": [row]}


def placed(made: Treasury) -> tuple[Walk, Deposit]:
    walk = awarded(made)
    walk.record("village_clerk", placing(), ("agreement",))
    return walk, Deposit.objects.get()


def test_two_million_are_tendered_placed_and_come_back_with_their_interest(
    made: Treasury,
) -> None:
    walk = published(made)
    tender = Tender.objects.get()
    assert (tender.subject_kind, tender.case_number, tender.bidder_min) == (
        "deposit", walk.number, 3,
    )  # fmt: skip
    assert tender.limit_price_fen == 120
    assert not Bid.objects.exists()
    walk.at = treasury.compete(made, tender.ext_id, AT)
    walk.record("town_agri_head", {"services": marks()}, ("pledge", "minutes"))
    won = Bid.objects.get(is_winner=True)
    assert (won.counterparty.ext_id, won.price_fen) == ("C-2", 155)
    walk.at += timedelta(days=4)
    walk.record("village_clerk", placing(), ("agreement",))

    deposit = Deposit.objects.get()
    treasury.line(made, "T-1", 3_100_000, MATURED)
    walk.at = MATURED
    walk.record("agency_accountant", {"deposit": deposit.ext_id, "line": "T-1"})

    assert walk.case.state == "DONE"
    row = deals.record_rows("deposit")[0]
    assert (row["case_id"], row["account_id"], row["tender_id"]) == (
        walk.number, "A-TERM", tender.ext_id,
    )  # fmt: skip
    assert (row["principal_fen"], row["rate_bp"], row["interest_fen"]) == (
        200_000_000, 155, 3_100_000,
    )  # fmt: skip
    assert [row["subject_kind"] for row in deals.record_rows("tender")] == ["deposit"]
    shown = published_items(walk.number)["F08"]
    assert shown.tables["存款方案、结果、到期利息"][-1] == [
        "云川工商银行清河支行", "2,000,000.00", "1.55", "2026-11-27", "2027-11-27", "31,000.00",
    ]  # fmt: skip
    assert shown.facts["最低年利率（%）"] == "1.2"


def test_a_small_sum_goes_to_the_bank_of_the_basic_account_without_a_competition(
    made: Treasury,
) -> None:
    walk = start(made, principal="300000", decision_id="")
    walk.approve("agency_accountant", "supervision_head")
    treasury.account(made.money, "A-FAR", "term", bank_code="105999900011")

    with pytest.raises(errors.AccountNotFit, match="要存在基本户的银行"):
        walk.record("village_clerk", placing(principal="300000", account="A-FAR"), ("agreement",))
    assert not Deposit.objects.exists()
    walk.record("village_clerk", placing(principal="300000", rate="1.2"))

    assert Deposit.objects.get().tender_ext_id == ""


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"rate_weight": "50"}, errors.TreasuryWrong, "要在60到100之间"),
        ({"term_months": "37"}, errors.TreasuryWrong, "要在1到36之间"),
        ({"reserve_months": "2"}, errors.TreasuryWrong, "要在3到36之间"),
        ({"rate_floor": "0"}, errors.TreasuryWrong, "要大于0、不超过10%"),
        ({"principal": "3000000.01"}, errors.DepositTooMuch, "最多能存3,000,000.00元"),
    ],
)
def test_a_plan_that_cannot_be_right_is_not_handed_in(
    made: Treasury, changed: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        start(made, **changed)

    assert not DepositPlan.objects.exists()


def test_a_large_sum_cut_in_two_is_seen(made: Treasury) -> None:
    start(made, principal="600000", decision_id="")

    with pytest.raises(errors.DepositSplit, match=r"存过1次，加上这次共1,100,000\.00元"):
        start(made, principal="500000", decision_id="")

    assert DepositPlan.objects.count() == 1


def test_a_large_sum_needs_its_decision(made: Treasury) -> None:
    with pytest.raises(Refusal) as refused:
        start(made, decision_id="")

    assert "会议决议" in refused.value.text or isinstance(refused.value, DecisionNeeded)
    assert not DepositPlan.objects.exists()


def test_the_notice_runs_ten_days(made: Treasury) -> None:
    walk = start(made)
    walk.approve("agency_accountant", "supervision_head", "town_agri_head")

    with pytest.raises(NoticeTooShort):
        walk.record(
            "town_agri_head", {"deadline": "2026-11-20T10:00", "platform_number": "Q"}, ("notice",)
        )

    assert not Tender.objects.exists()


def test_nothing_is_awarded_before_the_offers_are_opened_nor_placed_while_the_result_is_shown(
    made: Treasury,
) -> None:
    walk = published(made)
    rows = marks()[:1]
    with pytest.raises(errors.NotAwarded, match="还没有开标"):
        walk.record("town_agri_head", {"services": rows}, ("pledge", "minutes"))
    walk.at = treasury.compete(made, DepositPlan.objects.get().tender_ext_id, AT)
    with pytest.raises(errors.TreasuryWrong, match="每家打一次"):
        walk.record("town_agri_head", {"services": rows})
    walk.record("town_agri_head", {"services": marks()})

    with pytest.raises(PublicityRunning):
        walk.record("village_clerk", placing(), ("agreement",))

    assert not Deposit.objects.exists()


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"rate": "1.10"}, errors.RateBelowBid, "利率1.10%，低过中标的1.55%"),
        ({"principal": "2000001"}, errors.TreasuryWrong, "不超过批准的数"),
        ({"account": "A-WILLOW"}, errors.AccountNotFit, "不是在用、备过案的定期户"),
        ({"account": "A-V1"}, errors.AccountNotFit, "不是本单位自己的"),
        ({"maturity_date": "2028-01-27"}, errors.TreasuryWrong, "批准的12个月"),
    ],
)
def test_what_differs_from_what_won_is_not_placed(
    made: Treasury, changed: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    walk = awarded(made)

    with pytest.raises(refusal, match=words):
        walk.record("village_clerk", placing(**changed), ("agreement",))

    assert not Deposit.objects.exists()
    assert DepositPlan.objects.get().state == "awarded"


def test_money_of_a_competition_goes_to_the_bank_that_won(made: Treasury) -> None:
    walk = awarded(made)
    treasury.account(made.money, "A-FAR", "term", bank_code="105999900011")

    with pytest.raises(errors.AccountNotFit, match="不在中标的云川工商银行清河支行开户"):
        walk.record("village_clerk", placing(account="A-FAR"), ("agreement",))

    assert not Deposit.objects.exists()
    walk.record("village_clerk", placing())
    assert (Deposit.objects.get().bank_code, DepositPlan.objects.get().bank_code) == (
        BANK_CODE, BANK_CODE,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("codes", "refusal"),
    [
        ({"C-1": "12345"}, BadCnaps),
        ({"C-1": BANK_CODE}, errors.TreasuryWrong),
    ],
)
def test_every_bank_names_its_own_branch(
    made: Treasury, codes: dict[str, str], refusal: type[Refusal]
) -> None:
    walk = published(made)
    walk.at = treasury.compete(made, DepositPlan.objects.get().tender_ext_id, AT)

    with pytest.raises(refusal):
        walk.record("town_agri_head", {"services": marks(**codes)}, ("pledge", "minutes"))

    assert not Bid.objects.filter(is_winner=True).exists()
    assert DepositPlan.objects.get().state == "tendered"


def test_short_interest_is_asked_about_and_an_early_day_needs_a_decision(made: Treasury) -> None:
    walk, deposit = placed(made)
    treasury.line(made, "T-EARLY", 200_000, datetime(2027, 5, 1, 1, 0, tzinfo=UTC))
    treasury.line(made, "T-SHORT", 2_200_000, MATURED)
    walk.at = MATURED
    said = {"deposit": deposit.ext_id}

    with pytest.raises(errors.DecisionMissing, match="提前支取要有本村通过的决议"):
        walk.record("agency_accountant", {**said, "line": "T-EARLY"})
    with pytest.raises(errors.InterestShort, match=r"利息应有31,000\.00元，银行只付了22,000\.00元"):
        walk.record("agency_accountant", {**said, "line": "T-SHORT"})
    assert Deposit.objects.get().withdrawn_at is None

    walk.record("agency_accountant", {**said, "line": "T-EARLY", "decision_id": "D-1"})
    found = Deposit.objects.get()
    assert (found.early_decision_ext_id, found.interest_fen) == ("D-1", 200_000)
    assert BankTransaction.objects.count() == 2


def test_the_matter_does_not_end_while_money_is_at_the_bank(made: Treasury) -> None:
    walk = awarded(made)
    half = {**placing()["deposits"][0], "principal": "1000000"}
    walk.record(
        "village_clerk", {"agreement_end": "2029-11-01", "deposits": [half, half]}, ("agreement",)
    )
    treasury.line(made, "T-1", 1_550_000, MATURED)
    walk.at = MATURED
    first = Deposit.objects.order_by("pk")[0]

    with pytest.raises(errors.DepositsOpen, match="还有1笔"):
        walk.record("agency_accountant", {"deposit": first.ext_id, "line": "T-1"})

    assert Deposit.objects.filter(withdrawn_at__isnull=False).count() == 0
    assert date(2027, 11, 27) == first.maturity_date
