"""The account register: opened and closed by decision, held daily against the bank's own list."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.bank.port import KnownAccount
from sanzi.evidence.actions import files
from sanzi.evidence.actions.files import Upload
from sanzi.orgs.errors import NotFound, SecondFactorNeeded
from sanzi.payments import errors
from sanzi.payments.actions import account_check, account_proposals
from sanzi.payments.actions.account_proposals import AccountFields, Decision
from sanzi.payments.models import (
    AccountListing,
    AccountProposal,
    BankAccount,
    BankTransaction,
    DayBalance,
)
from sanzi.payments.queries import registers
from sanzi.payments.queries.registers import AccountFilter
from worlds.cases import photo
from worlds.fake_bank import FakeBank
from worlds.money import AT, BANK_CODE, DEBIT, DEBIT_NAME, Money, approved_order, card
from worlds.village import STONE, WILLOW

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
NUMBER = "201000099990777"
VOTED = Decision("柳村决〔2026〕12号", date(2026, 11, 10), eligible_count=41, agree_count=30)
FIELDS = AccountFields(
    organisation="O-WILLOW",
    kind="general",
    holder_name=DEBIT_NAME,
    number=NUMBER,
    bank_code="102100099996",
    reason="县里要求项目资金专户管理",
)


def propose(money: Money, decision: Decision = VOTED, **changed: Any) -> str:
    return account_proposals.propose_opening(
        account=replace(FIELDS, **changed),
        decision=decision,
        by=money.actor("agency_accountant"),
        at=AT,
    )


def close(money: Money, account: str = "A-WILLOW", **changed: Any) -> str:
    said: dict[str, Any] = {"reason": "并到一个户里管", "decision": VOTED, **changed}
    return account_proposals.propose_closing(
        account=account, by=money.actor("agency_accountant"), at=AT, **said
    )


def hang(money: Money, proposal: str) -> None:
    files.store(
        by=money.actor("agency_accountant"),
        at=AT,
        upload=Upload("决议.jpg", "decision", photo(7)),
        subject_kind="account_proposal",
        subject_id=proposal,
    )


def approve(money: Money, proposal: str, role: str = "town_agri_head") -> str:
    return account_proposals.approve(ext_id=proposal, by=money.actor(role), at=AT)


def nothing_happened(events: int) -> None:
    assert AccountProposal.objects.count() == 0
    assert BankAccount.objects.filter(organisation__isnull=False).count() == 1
    assert Event.objects.count() == events


def test_an_account_opens_by_decision_when_another_hand_approves(money: Money) -> None:
    proposal = propose(money)
    hang(money, proposal)

    opened = approve(money, proposal)

    account = BankAccount.objects.get(ext_id=opened)
    assert (account.kind, account.tail, account.is_registered) == ("general", "0777", True)
    assert (account.opened_date, account.decision_number) == (TODAY, "柳村决〔2026〕12号")
    kinds = list(Event.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds[-2:] == ["payments.account_proposal.approved", "payments.account.opened"]
    view = registers.proposal_view(
        registers.access_proposal(by=money.actor("county_agri"), ext_id=proposal),
        by=money.actor("county_agri"),
    )
    assert (view.proposed_by, view.decided_by, view.may_decide) == ("沈月琴", "何农经", False)


def test_a_term_deposit_names_the_day_on_which_it_falls_due(money: Money) -> None:
    with pytest.raises(errors.WrongField):
        propose(money, kind="term")
    with pytest.raises(errors.WrongField):
        propose(money, kind="term", due_date=TODAY)
    proposal = propose(money, kind="term", due_date=date(2027, 5, 18))
    hang(money, proposal)

    account = BankAccount.objects.get(ext_id=approve(money, proposal))

    assert account.due_date == date(2027, 5, 18)
    due = AccountFilter(state="due")
    by = money.actor("county_agri")
    assert not registers.accounts(by=by, only=due, today=TODAY).exists()
    assert registers.accounts(by=by, only=due, today=date(2027, 4, 18)).get() == account


@pytest.mark.parametrize(
    ("changed", "decision", "refusal"),
    [
        ({"kind": "personal"}, VOTED, errors.WrongField),
        ({"holder_name": "吴小芬"}, VOTED, errors.AccountNotBody),
        ({"number": card(1)}, VOTED, errors.AccountNotBody),
        ({"number": DEBIT}, VOTED, errors.AccountTaken),
        ({"kind": "basic"}, VOTED, errors.AccountKindTaken),
        ({}, replace(VOTED, agree_count=20), errors.DecisionTooWeak),
        ({}, replace(VOTED, agree_count=50), errors.DecisionTooWeak),
        ({}, replace(VOTED, eligible_count=None), errors.DecisionTooWeak),
        ({}, replace(VOTED, number=" "), errors.DecisionMissing),
        ({}, replace(VOTED, date=date(2026, 11, 19)), errors.WrongField),
        ({"reason": "开户"}, VOTED, errors.ReasonNeeded),
        ({"organisation": "O-AGENCY"}, VOTED, NotFound),
    ],
)
def test_what_the_law_does_not_allow_is_not_even_proposed(
    money: Money, changed: dict[str, Any], decision: Decision, refusal: type[Exception]
) -> None:
    events = Event.objects.count()

    with pytest.raises(refusal):
        propose(money, decision, **changed)

    nothing_happened(events)


def test_one_vote_more_than_half_is_enough(money: Money) -> None:
    with pytest.raises(errors.DecisionTooWeak):
        propose(money, replace(VOTED, eligible_count=40, agree_count=20))

    assert propose(money, replace(VOTED, eligible_count=41, agree_count=21))


def test_a_land_compensation_account_needs_no_vote_by_half(money: Money) -> None:
    assert propose(money, Decision("柳村决〔2026〕13号", TODAY), kind="land_compensation")


def test_only_the_accountant_of_the_place_proposes(money: Money) -> None:
    for role in ("agency_cashier", "cashier_reporter", "town_agri_head", "county_agri"):
        with pytest.raises(NotFound):
            account_proposals.propose_opening(
                account=FIELDS, decision=VOTED, by=money.actor(role), at=AT
            )

    assert AccountProposal.objects.count() == 0


def test_without_the_paper_or_with_the_wrong_hand_nothing_is_approved(money: Money) -> None:
    proposal = propose(money)
    with pytest.raises(errors.DecisionMissing):
        approve(money, proposal)
    hang(money, proposal)
    events = Event.objects.count()

    with pytest.raises(NotFound):
        approve(money, proposal, "agency_accountant")
    late = replace(money.actor("town_agri_head"), second_factor_at=AT - timedelta(minutes=6))
    with pytest.raises(SecondFactorNeeded):
        account_proposals.approve(ext_id=proposal, by=late, at=AT)
    same = replace(money.actor("town_agri_head"), user_id=money.actor("agency_accountant").user_id)
    with pytest.raises(errors.ProposerDecides):
        account_proposals.approve(ext_id=proposal, by=same, at=AT)
    with pytest.raises(errors.ReasonNeeded):
        account_proposals.reject(
            ext_id=proposal, by=money.actor("town_agri_head"), at=AT, opinion="不"
        )

    assert AccountProposal.objects.get().state == "PROPOSED"
    assert BankAccount.objects.filter(tail="0777").count() == 0
    assert Event.objects.count() == events


def test_a_proposal_is_decided_once(money: Money) -> None:
    proposal = propose(money)
    with pytest.raises(errors.AccountTaken):
        propose(money)
    account_proposals.reject(
        ext_id=proposal, by=money.actor("town_agri_head"), at=AT, opinion="决议没有签名"
    )

    with pytest.raises(errors.ProposalDone):
        approve(money, proposal)

    assert AccountProposal.objects.get().opinion == "决议没有签名"
    assert propose(money) != proposal


def test_an_empty_account_closes(money: Money) -> None:
    proposal = close(money)
    hang(money, proposal)

    approve(money, proposal)

    assert BankAccount.objects.get(ext_id="A-WILLOW").closed_date == TODAY
    with pytest.raises(errors.AccountClosed):
        close(money)


def line(money: Money, ref: str, **changed: Any) -> BankTransaction:
    said = {"booked_at": AT, "direction": "in", "amount_fen": 100, **changed}
    return BankTransaction.objects.create(
        ext_id=ref, account=money.account, bank_ref=ref, peer_name="某人", **said
    )


def test_money_open_payments_and_unmatched_lines_keep_an_account_open(money: Money) -> None:
    DayBalance.objects.create(
        account=money.account, balance_date=date(2026, 11, 10), balance_fen=1_250_000
    )
    with pytest.raises(errors.AccountNotEmpty, match=r"账上还有12,500\.00元"):
        close(money)
    line(money, "B-1", direction="out", amount_fen=1_250_000)
    with pytest.raises(errors.AccountNotEmpty, match="还有1笔流水没对上") as told:
        close(money)
    assert "账上" not in told.value.text
    BankTransaction.objects.all().delete()
    DayBalance.objects.all().delete()
    approved_order(money)
    with pytest.raises(errors.AccountNotEmpty, match="还有4笔付款没办完"):
        close(money)

    assert AccountProposal.objects.count() == 0


def test_what_comes_in_after_the_proposal_stops_the_closing(money: Money) -> None:
    proposal = close(money)
    hang(money, proposal)
    line(money, "B-1")

    with pytest.raises(errors.AccountNotEmpty):
        approve(money, proposal)

    assert BankAccount.objects.get(ext_id="A-WILLOW").closed_date is None
    assert AccountProposal.objects.get().state == "PROPOSED"


def known(account: str = DEBIT, name: str = DEBIT_NAME, **changed: Any) -> KnownAccount:
    return KnownAccount(account, name, BANK_CODE, **changed)


def standings() -> dict[str, str]:
    return dict(AccountListing.objects.values_list("tail", "standing"))


def test_the_bank_and_the_register_are_held_against_each_other(
    money: Money, bank: FakeBank
) -> None:
    bank.known = (known(), known(NUMBER, "清河镇石桥村股份经济合作社"))

    found = account_check.compare(at=AT)

    assert (found.account_count, found.differing_count) == (2, 1)
    assert standings() == {DEBIT[-4:]: "SAME", "0777": "UNKNOWN_HERE"}
    foreign = AccountListing.objects.get(tail="0777")
    assert (foreign.organisation.ext_id, foreign.division_code) == ("O-STONE", "999901101202")
    seen = registers.differing(by=money.actor("agency_accountant")).get()
    assert registers.listing_view(seen).standing_label == "银行有，册上没有"
    assert not registers.differing(by=money.actor("cashier_reporter")).exists()


def test_an_account_that_the_bank_does_not_have_or_has_closed_is_seen(
    money: Money, bank: FakeBank
) -> None:
    bank.known = ()
    account_check.compare(at=AT)
    assert standings() == {DEBIT[-4:]: "NOT_AT_BANK"}
    bank.known = (known(closed_date=date(2026, 11, 1)),)
    account_check.compare(at=AT + timedelta(days=1))
    assert standings() == {DEBIT[-4:]: "CLOSED_AT_BANK"}
    BankAccount.objects.filter(ext_id="A-WILLOW").update(closed_date=TODAY)
    bank.known = (known(),)
    account_check.compare(at=AT + timedelta(days=2))

    row = AccountListing.objects.get()
    assert (row.standing, row.since_at) == ("CLOSED_HERE", AT + timedelta(days=2))
    events = Event.objects.filter(kind="payments.accounts.compared").count()
    account_check.compare(at=AT + timedelta(days=3))
    assert AccountListing.objects.get().since_at == AT + timedelta(days=2)
    assert Event.objects.filter(kind="payments.accounts.compared").count() == events == 3


def test_a_bank_that_gives_no_list_says_nothing_about_accounts(
    money: Money, bank: FakeBank
) -> None:
    bank.caps = replace(bank.caps, can_list_accounts=False)

    assert account_check.compare(at=AT) == account_check.Compared(0, 0)
    assert AccountListing.objects.count() == 0


def test_the_duty_compares_once_a_day_after_six(money: Money, bank: FakeBank) -> None:
    bank.known = ()
    five = AT.replace(hour=21, minute=0) - timedelta(days=1)

    assert account_check.work(five) == 0
    assert AccountListing.objects.count() == 0
    assert account_check.work(AT) == 1
    assert account_check.work(AT + timedelta(hours=1)) == 0
    assert account_check.work(AT + timedelta(days=1)) == 1


def test_the_register_sums_searches_and_tells_what_is_open(money: Money) -> None:
    by = money.actor("county_agri")
    DayBalance.objects.create(account=money.account, balance_date=date(2026, 11, 9), balance_fen=5)
    DayBalance.objects.create(
        account=money.account,
        balance_date=date(2026, 11, 17),
        balance_fen=365_591_00,
        statement_number=283,
    )
    line(money, "B-1")
    everything = AccountFilter()

    totals = registers.totals(by=by, only=everything, today=TODAY)
    row = registers.rows_of(registers.accounts(by=by, only=everything, today=TODAY))[0]

    assert (totals.account_count, totals.balance_fen, totals.open_line_count) == (1, 36_559_100, 1)
    assert (row.account_masked, row.balance_fen, row.open_count) == ("****0001", 36_559_100, 1)
    assert row.statement_date == row.balance_date == date(2026, 11, 17)
    kinds = registers.by_kind(by=by, only=everything, today=TODAY)
    assert [(one.label, one.account_count) for one in kinds] == [("基本存款账户", 1)]
    for text, count in (("柳湾", 1), ("0001", 1), ("石桥", 0), ("201000099990001", 1)):
        found = registers.accounts(by=by, only=AccountFilter(text=text), today=TODAY)
        assert found.count() == count, text
    for village, count in ((WILLOW, 1), (STONE, 0), (f"{WILLOW[:9]}000", 1)):
        found = registers.accounts(by=by, only=AccountFilter(division_code=village), today=TODAY)
        assert found.count() == count, village
    closed = AccountFilter(state="closed")
    assert registers.totals(by=by, only=closed, today=TODAY).account_count == 0
