"""The balance reconciliation statement: figures, hands that must be apart, the bank's hearing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from django.db import DatabaseError, transaction

from sanzi.audit.models import Event
from sanzi.bank.port import Entry, OpenItem, ReconciliationAnswer
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions import posting
from sanzi.orgs import secrets
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Organisation
from sanzi.payments import errors
from sanzi.payments.actions import matching, reconciliations, statements
from sanzi.payments.actions.matching import Chosen
from sanzi.payments.models import (
    BankAccount,
    BankMatch,
    BankTransaction,
    DayBalance,
    MatchedBookLine,
    PaymentOrder,
    Reconciliation,
    ReconciliationItem,
)
from worlds.books import read_ledger
from worlds.money import DEBIT, Money

pytestmark = pytest.mark.django_db
OVER = datetime(2026, 12, 2, 2, tzinfo=UTC)
MONTH = "2026-11"
BOOK = """
2026-11-03 收定金
  102 account:A-WILLOW   3000.00
  241                   -3000.00
2026-11-10 买扫把
  5130102                 120.00
  102 account:A-WILLOW   -120.00
2026-11-28 付保洁费
  51401                   800.00
  102 account:A-WILLOW   -800.00
"""


@pytest.fixture
def november(money: Money) -> Money:
    """A month: the deposit agrees, the brooms were paid by another sum, cleaning is on its way."""
    posting.post_many(book_org_ext_id="O-WILLOW", drafts=read_ledger(BOOK), at=OVER, by=SYSTEM)
    told = ((3, 300_000, True, ""), (11, 12_500, False, ""), (30, 1_234, True, "结息"))
    for number, (day, fen, is_credit, memo) in enumerate(told, start=1):
        entry = Entry(
            seq=number,
            booked_at=datetime(2026, 11, day, 2, tzinfo=UTC),
            amount_fen=fen,
            is_credit=is_credit,
            bank_ref=f"BK{number}",
            party_name="青石机械厂",
            memo=memo,
        )
        statements.import_notices(account_id=money.account.pk, entries=[entry], at=OVER)
    DayBalance.objects.create(
        account=money.account, balance_date=date(2026, 11, 30), balance_fen=288_734
    )
    return money


def by(money: Money, role: str):
    return money.actor(role, OVER)


def prepare(money: Money, role: str = "agency_accountant") -> reconciliations.Prepared:
    return reconciliations.prepare(account="A-WILLOW", period=MONTH, by=by(money, role), at=OVER)


def sign(money: Money, made: reconciliations.Prepared, role: str = "agency_reviewer") -> None:
    reconciliations.sign(
        reconciliation=made.ext_id, digest=made.digest, by=by(money, role), at=OVER
    )


def match_deposit(money: Money) -> str:
    line = MatchedBookLine.line.field.related_model.objects.get(
        aux_id="A-WILLOW", debit_fen=300_000
    )
    bank = BankTransaction.objects.get(bank_ref="BK1")
    return matching.match_by_hand(
        account="A-WILLOW",
        chosen=Chosen((line.pk,), (bank.ext_id,)),
        by=by(money, "agency_accountant"),
        at=OVER,
        note="看过合同",
    )


def test_both_sides_come_to_one_figure_and_each_item_has_its_cause_and_age(november) -> None:
    match_deposit(november)

    made = prepare(november)

    found = Reconciliation.objects.get(ext_id=made.ext_id)
    assert (found.book_fen, found.bank_fen, found.adjusted_fen) == (208_000, 288_734, 196_734)
    items = ReconciliationItem.objects.order_by("place")
    assert [(one.kind, one.amount_fen, one.age_days, one.cause) for one in items] == [
        ("BANK_IN", 1_234, 0, "结息还没记账"),
        ("BANK_OUT", 12_500, 19, "没有付款单的支出，要查"),
        ("BOOK_OUT", 12_000, 20, "手工凭证，银行没有这一笔"),
        ("BOOK_OUT", 80_000, 2, "手工凭证，银行没有这一笔"),
    ]
    assert items[2].reference == "2026-11 记-2"
    assert Event.objects.filter(kind="payments.reconciliation.prepared").count() == 1


def test_another_signs_and_the_bank_is_told(november, bank) -> None:
    match_deposit(november)
    made = prepare(november)
    sign(november, made)

    assert reconciliations.tell_banks(OVER) == 1
    assert reconciliations.tell_banks(OVER) == 0

    answer: ReconciliationAnswer = bank.reconciled[-1]
    assert (answer.account, answer.result) == (DEBIT, "ADJUSTED")
    assert (answer.period, answer.bank_fen, answer.book_fen) == (MONTH, 288_734, 208_000)
    assert answer.items[0] == OpenItem(date(2026, 11, 30), 1_234, "BK3", "银行已收、账上未收")
    assert Reconciliation.objects.get().bank_answer == "SENT"


def refused(kind: type[Refusal], act) -> Refusal:
    before = (Reconciliation.objects.count(), Event.objects.count(), BankMatch.objects.count())
    with pytest.raises(kind) as told:
        act()
    after = (Reconciliation.objects.count(), Event.objects.count(), BankMatch.objects.count())
    assert before == after
    return told.value


def test_a_cashier_does_not_prepare_it_by_right_or_by_post(november) -> None:
    refused(NotFound, lambda: prepare(november, "agency_cashier"))

    accountant = november.world.people["agency_accountant"]
    Appointment.objects.create(
        person=accountant,
        role_code="agency_cashier",
        organisation=Appointment.objects.filter(person=accountant).first().organisation,
        start_date=date(2026, 1, 1),
    )
    told = refused(errors.CashierReconciles, lambda: prepare(november))
    assert "兼着出纳" in told.text


def test_who_released_payments_of_the_account_in_the_month_does_not_prepare_it(november) -> None:
    accountant = by(november, "agency_accountant")
    PaymentOrder.objects.create(
        ext_id="O-1",
        case_number="M10-1",
        organisation=november.organisation,
        division_code=november.organisation.division_id,
        matter_code="M10",
        debit_account=november.account,
        created_at=OVER,
        released_by_id=accountant.user_id,
        released_at=datetime(2026, 11, 9, 2, tzinfo=UTC),
    )

    refused(errors.CashierReconciles, lambda: prepare(november))


def test_it_is_not_prepared_before_the_month_is_over_or_without_the_banks_balance(november) -> None:
    def early() -> None:
        reconciliations.prepare(
            account="A-WILLOW",
            period=MONTH,
            by=november.actor("agency_accountant"),
            at=datetime(2026, 11, 29, 2, tzinfo=UTC),
        )

    refused(errors.MonthRuns, early)
    DayBalance.objects.all().delete()
    refused(errors.StatementMissing, lambda: prepare(november))


def test_what_no_item_explains_is_refused_with_the_difference(november) -> None:
    DayBalance.objects.update(balance_fen=288_000)

    told = refused(errors.NotReconciled, lambda: prepare(november))

    assert "还差7.34元" in told.text


def test_a_linked_account_waits_for_the_statement_of_the_last_day(november) -> None:
    DayBalance.objects.update(statement_number=7, balance_date=date(2026, 11, 28))

    told = refused(errors.StatementMissing, lambda: prepare(november))

    assert told.text == "11月29日的银行对账单还没到，不能编余额调节表。"


def test_the_preparer_does_not_sign_and_what_moved_is_not_signed(november) -> None:
    made = prepare(november)
    accountant = november.world.people["agency_accountant"]
    Appointment.objects.create(
        person=accountant,
        role_code="agency_reviewer",
        organisation=Appointment.objects.filter(person=accountant).first().organisation,
        start_date=date(2026, 1, 1),
    )
    refused(errors.OwnStatement, lambda: sign(november, made, "agency_accountant"))

    fee = BOOK.strip().splitlines()[3:6]
    text = "\n".join(fee).replace("买扫把", "又买扫把")
    posting.post_many(book_org_ext_id="O-WILLOW", drafts=read_ledger(text), at=OVER, by=SYSTEM)
    refused(errors.FiguresMoved, lambda: sign(november, made))

    again = prepare(november)
    assert Reconciliation.objects.get(ext_id=made.ext_id).state == "REPLACED"
    sign(november, again)
    assert Reconciliation.objects.get(ext_id=again.ext_id).state == "SIGNED"


def test_a_signed_statement_stays_and_so_do_the_matches_it_rests_on(november) -> None:
    match = match_deposit(november)
    sign(november, prepare(november))

    refused(errors.SignedAlready, lambda: prepare(november))
    refused(
        errors.SignedAlready,
        lambda: matching.undo_match(
            match=match, by=by(november, "agency_accountant"), at=OVER, reason="勾错了一笔"
        ),
    )
    with pytest.raises(DatabaseError, match="keeps its figures"), transaction.atomic():
        Reconciliation.objects.update(book_fen=1, adjusted_fen=1)
    with pytest.raises(DatabaseError, match="a signature stays"), transaction.atomic():
        Reconciliation.objects.update(signed_at=None)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ReconciliationItem.objects.update(amount_fen=1)


def test_a_line_matched_with_a_later_one_is_still_open_at_the_months_end(november) -> None:
    match_deposit(november)
    cleaning = MatchedBookLine.line.field.related_model.objects.get(credit_fen=80_000)
    later = Entry(
        seq=9,
        booked_at=datetime(2026, 12, 1, 2, tzinfo=UTC),
        amount_fen=80_000,
        is_credit=False,
        bank_ref="BK9",
    )
    statements.import_notices(account_id=november.account.pk, entries=[later], at=OVER)
    line = BankTransaction.objects.get(bank_ref="BK9")
    matching.match_by_hand(
        account="A-WILLOW",
        chosen=Chosen((cleaning.pk,), (line.ext_id,)),
        by=by(november, "agency_accountant"),
        at=OVER,
    )

    made = prepare(november)

    assert made.item_count == 4
    assert made.adjusted_fen == 196_734


def test_a_batch_prepares_what_agrees_without_items_and_leaves_the_rest(november) -> None:
    other = Organisation.objects.create(
        ext_id="O-QUIET",
        division_id=november.organisation.division_id,
        kind="collective",
        name="安静社",
    )
    account = BankAccount.objects.create(
        ext_id="A-QUIET",
        organisation=other,
        sealed_number=secrets.seal("account", "1"),
        number_index="quiet",
        tail="0001",
        holder_name="安静社",
        kind="basic",
        bank_code="402999900017",
    )
    DayBalance.objects.create(account=account, balance_date=date(2026, 11, 30), balance_fen=0)

    done = reconciliations.prepare_many(
        accounts=["A-QUIET", "A-WILLOW", "A-NONE"],
        period=MONTH,
        by=by(november, "agency_accountant"),
        at=OVER,
    )

    assert [(one.is_prepared, one.code) for one in done] == [
        (True, ""),
        (False, "payments.has_items"),
        (False, "orgs.not_found"),
    ]
    assert Reconciliation.objects.get().account == account


def test_hands_join_only_equal_sums_of_open_lines(november) -> None:
    accountant = by(november, "agency_accountant")
    rows = {
        one.credit_fen or one.debit_fen: one.pk
        for one in MatchedBookLine.line.field.related_model.objects.filter(aux_id="A-WILLOW")
    }
    bank = {one.amount_fen: one.ext_id for one in BankTransaction.objects.all()}

    def join(book: tuple[int, ...], lines: tuple[str, ...], account: str = "A-WILLOW") -> str:
        return matching.match_by_hand(
            account=account, chosen=Chosen(book, lines), by=accountant, at=OVER
        )

    told = refused(errors.SumsDiffer, lambda: join((rows[12_000],), (bank[12_500],)))
    assert "账上-120.00元，银行-125.00元，差5.00元" in told.text
    refused(errors.NothingChosen, lambda: join((rows[12_000],), ()))
    refused(errors.LinesTaken, lambda: join((rows[12_000], 10**9), ()))
    refused(NotFound, lambda: join((rows[12_000],), (), "A-V1"))

    match = join((rows[300_000],), (bank[300_000],))
    refused(errors.LinesTaken, lambda: join((rows[300_000],), (bank[300_000],)))

    refused(
        errors.ReasonNeeded,
        lambda: matching.undo_match(match=match, by=accountant, at=OVER, reason="错"),
    )
    matching.undo_match(match=match, by=accountant, at=OVER, reason="勾错了一笔")
    kept = BankMatch.objects.get(ext_id=match)
    assert (kept.undone_by_name, kept.undone_reason) == (accountant.name, "勾错了一笔")
    refused(
        errors.MatchUndone,
        lambda: matching.undo_match(match=match, by=accountant, at=OVER, reason="再拆一次"),
    )
    join((rows[300_000],), (bank[300_000],))
