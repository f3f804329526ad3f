"""Money at the banks: a deposit that bears less than its like, a balance that the book lacks."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from fires import nights
from sanzi.bank.port import Entry, Statement
from sanzi.ledger.actions import posting
from sanzi.ledger.models import VoucherLine
from sanzi.orgs.actors import SYSTEM
from sanzi.payments.actions import matching, reconciliations, statements
from sanzi.payments.actions.matching import Chosen
from sanzi.payments.models import BankTransaction
from sanzi.registers.treasury.models import Deposit, DepositPlan
from worlds import money, treasury, walks
from worlds.books import read_ledger
from worlds.money import BANK_CODE, Money
from worlds.treasury import AT

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {"fund-bank-recon-gap", "fund-deposit-rate-low"}
PLAN = {
    "principal": "2000000", "term_months": "12", "reserve_months": "3", "rate_floor": "1.2",
    "rate_weight": "60", "decision_id": "D-1",
}  # fmt: skip
CODES = ("103999900017", BANK_CODE, "105999900012")
DAY = timedelta(days=1)
JANUARY = datetime(2027, 1, 5, 2, tzinfo=UTC)
DEPOSIT_TAKEN = """
2026-11-30 收定金
  102 account:A-WILLOW   3000.00
  241                   -3000.00
"""


def placed(*rates: str) -> None:
    """Let a million and more be tendered, won at 1.55, and placed in parts at these rates."""
    made = treasury.build()
    walk = walks.start(made.world, "M13", "coop_director")
    walk.submit("coop_director", PLAN, ("plan",))
    walk.approve("agency_accountant", "supervision_head", "town_agri_head")
    told = {"deadline": "2026-11-23T10:00", "platform_number": "QH2026-118"}
    walk.record("town_agri_head", told, ("notice",))
    walk.at = treasury.compete(made, DepositPlan.objects.get().tender_ext_id, AT)
    marks = [
        {"bank": bank, "service": mark, "bank_code": code}
        for bank, mark, code in zip(treasury.BANKS, ("95", "90", "60"), CODES, strict=True)
    ]
    walk.record("town_agri_head", {"services": marks}, ("pledge", "minutes"))
    walk.at += 4 * DAY
    parts = [
        {
            "account": "A-TERM", "principal": "300000", "rate": rate,
            "start_date": "2026-11-27", "maturity_date": "2027-11-27",
        }
        for rate in rates
    ]  # fmt: skip
    walk.record("village_clerk", {"agreement_end": "2029-11-01", "deposits": parts}, ("agreement",))


@pytest.mark.parametrize(("better", "is_found"), [("1.75", False), ("1.76", True)])
def test_a_deposit_at_the_rate_that_won_is_found_where_its_like_bear_much_more(
    better: str, *, is_found: bool
) -> None:
    code = "fund-deposit-rate-low"
    placed("1.55", *[better] * 5)

    low = Deposit.objects.get(rate_bp=155).ext_id
    assert nights.found(AT + 20 * DAY, code) == ({(code, low)} if is_found else set())


def told(made: Money, day: date, number: int, opening: int, fen: int) -> None:
    """Let the bank's statement of a day come, with one line."""
    line = Entry(
        seq=number, booked_at=datetime(day.year, day.month, day.day, 2, tzinfo=UTC),
        amount_fen=abs(fen), is_credit=fen > 0, bank_ref=f"BK{number}", party_name="青石机械厂",
    )  # fmt: skip
    statements.import_statement(
        account_id=made.account.pk, at=JANUARY,
        statement=Statement(money.DEBIT, day, number, opening, opening + fen, (line,)),
    )  # fmt: skip


def test_money_that_left_the_account_and_never_the_book_is_found_after_a_month() -> None:
    made, code = money.build(), "fund-bank-recon-gap"
    posting.post_many(
        book_org_ext_id="O-WILLOW", drafts=read_ledger(DEPOSIT_TAKEN), at=JANUARY, by=SYSTEM
    )
    told(made, date(2026, 11, 30), 1, 0, 300_000)
    told(made, date(2026, 12, 31), 2, 300_000, -50_000)
    late = datetime(2027, 1, 31, 2, tzinfo=UTC)
    assert nights.found(late - DAY, code) == set()
    assert nights.found(late, code) == {(code, "A-WILLOW")}

    by, txns = made.actor("agency_accountant", JANUARY), BankTransaction.objects
    came, left = txns.get(bank_ref="BK1").ext_id, txns.get(bank_ref="BK2").ext_id
    booked = VoucherLine.objects.get(aux_id="A-WILLOW").pk
    matching.match_by_hand(
        account="A-WILLOW", chosen=Chosen((booked,), (came,)), by=by, at=JANUARY, note="看过合同"
    )
    reconciliations.prepare(account="A-WILLOW", period="2026-12", by=by, at=JANUARY)

    assert nights.found(late - DAY, code) == set()
    assert nights.found(late, code) == {(code, left)}
