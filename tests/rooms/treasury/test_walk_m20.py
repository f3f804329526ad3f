"""M20 from the study to the way out: the case, the register, the record, the payment."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sanzi.kernel.refusals import Refusal
from sanzi.matters import registry
from sanzi.registers.treasury import errors
from sanzi.registers.treasury.models import Investment, InvestmentReturn
from worlds import deals, treasury, walks
from worlds.publications import published
from worlds.treasury import AT, Treasury
from worlds.walks import Walk

pytestmark = pytest.mark.django_db

FORM = {
    "project": "镇里飞地厂房", "kind": "joint", "firm": "C-2", "amount": "1000000", "share": "20",
    "exit_rule": "五年后按原价由镇公司买回", "end_date": "2031-11-12",
    "risk_note": "租金达不到时由镇公司保底", "decision_id": "D-1",
}  # fmt: skip
REVIEWS = ("supervision_head", "agency_accountant", "town_agri_head", "town_leader")
NEXT_YEAR = datetime(2027, 12, 20, 2, 0, tzinfo=UTC)


@pytest.fixture
def made() -> Treasury:
    return treasury.build()


def start(made: Treasury, **changed: Any) -> Walk:
    walk = walks.start(made.world, "M20", "coop_director")
    walk.submit("coop_director", {**FORM, **changed}, ("study",))
    return walk


def signed(made: Treasury) -> Walk:
    walk = start(made)
    walk.approve(*REVIEWS)
    contract = treasury.contract(made, "investment", 100_000_000, counterparty="C-2")
    walk.at += timedelta(hours=2)
    entry = {"contract": contract, "start_date": "2026-11-12"}
    walk.record("village_clerk", entry, ("contract",))
    return walk


def tell(walk: Walk, year: str, line: str = "", *, is_last: bool = False) -> None:
    entry = {"year": year, "line": line}
    walk.record("agency_accountant", entry, ("report",), is_last=is_last)


def test_money_is_put_in_by_decision_and_each_year_is_told(made: Treasury) -> None:
    walk = signed(made)
    begun = registry.prefill_of("contract", walk.number)
    assert begun is not None
    assert [(one["payee_id"], one["amount"]) for one in begun.lines] == [("C-2", "1,000,000.00")]
    treasury.line(made, "T-1", 5_000_000, NEXT_YEAR, channel="direct")
    walk.at = NEXT_YEAR

    tell(walk, "2026")
    tell(walk, "2027", "T-1", is_last=True)

    assert walk.case.state == "DONE"
    row = deals.record_rows("investment")[0]
    assert (row["kind"], row["amount_fen"], row["share_bp"], row["returned_fen"]) == (
        "joint", 100_000_000, 2000, 5_000_000,
    )  # fmt: skip
    assert (row["status"], row["case_id"], row["decision_id"]) == ("closed", walk.number, "D-1")
    shown = published(walk.number)["F05"]
    assert shown.tables["对外投资和收益"] == [["2026", "0.00"], ["2027", "50,000.00"]]
    assert shown.facts["怎么退出"] == "五年后按原价由镇公司买回"


@pytest.mark.parametrize(
    ("changed", "refusal", "words"),
    [
        ({"kind": "general"}, errors.Forbidden, "普通合伙人，办不了"),
        ({"share": "0"}, errors.TreasuryWrong, "要大于0、不超过100%"),
        ({"share": "100.01"}, errors.TreasuryWrong, "要大于0、不超过100%"),
        ({"end_date": "2026-11-12"}, errors.TreasuryWrong, "要在今天之后"),
        ({"amount": "0"}, errors.TreasuryWrong, "要大于0"),
    ],
)
def test_what_no_decision_allows_is_not_handed_in(
    made: Treasury, changed: dict[str, str], refusal: type[Refusal], words: str
) -> None:
    with pytest.raises(refusal, match=words):
        start(made, **changed)

    assert not Investment.objects.exists()


def test_nothing_is_put_into_the_firm_of_an_officer(made: Treasury) -> None:
    deals.party("C-9", "云川成兴公司", owner=made.world.people["village_secretary"])

    with pytest.raises(errors.PartnerIsKin, match="和村干部有关系"):
        start(made, firm="C-9")

    assert not Investment.objects.exists()


def test_the_contract_keeps_to_what_was_decided(made: Treasury) -> None:
    walk = start(made)
    walk.approve(*REVIEWS)
    more = treasury.contract(made, "investment", 100_000_001, counterparty="C-2")
    other = treasury.contract(made, "investment", 100_000_000, counterparty="C-1")

    for contract, refusal in ((more, errors.TreasuryWrong), (other, errors.ContractMissing)):
        entry = {"contract": contract, "start_date": "2026-11-12"}
        with pytest.raises(refusal):
            walk.record("village_clerk", entry, ("contract",))
    with pytest.raises(errors.Overpaid):
        registry.require_payable("contract", walk.number, 1, "K-1")

    assert Investment.objects.get().state == "approved"


def test_a_year_is_told_once_and_a_line_brings_one_return(made: Treasury) -> None:
    walk = signed(made)
    treasury.line(made, "T-1", 5_000_000, NEXT_YEAR, channel="direct")
    walk.at = NEXT_YEAR
    tell(walk, "2027", "T-1")

    for year, line, refusal in (
        ("2027", "", errors.ReturnTold),
        ("2026", "T-1", errors.TreasuryWrong),
        ("2026", "T-2", errors.TreasuryWrong),
        ("2025", "", errors.TreasuryWrong),
        ("2028", "", errors.TreasuryWrong),
    ):
        with pytest.raises(refusal):
            tell(walk, year, line)

    assert InvestmentReturn.objects.count() == 1
    assert Investment.objects.get().returned_fen == 5_000_000
    assert AT < NEXT_YEAR
