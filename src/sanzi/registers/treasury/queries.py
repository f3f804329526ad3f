"""Reads of the treasury: money that may be placed, what a body owes, lists for forms."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import F, Q, Sum

from sanzi.deals.queries.contracts import GONE
from sanzi.kernel import clock, money
from sanzi.ledger.models import VoucherLine
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.payments.models import AccountKind, BankAccount, BankTransaction, DayBalance, Payment
from sanzi.registers.treasury import rules
from sanzi.registers.treasury.models import Advance, AdvanceState, Debt, DebtState, Deposit

OWN = (AccountKind.BASIC, AccountKind.GENERAL)
SPENT_DAYS = 90
LINE_DAYS = 400
OFFERED_MAX = 200
LIVE_DEBTS = (DebtState.STANDING, DebtState.APPROVED)


def balance_fen(body: Organisation) -> int | None:
    """Return what lies on the accounts of a body at the last day known; None when none is."""
    found = None
    for account in BankAccount.objects.filter(
        organisation=body, kind__in=OWN, closed_date__isnull=True
    ):
        last = DayBalance.objects.filter(account=account).order_by("-balance_date").first()
        if last is not None:
            found = (found or 0) + last.balance_fen
    return found


def monthly_fen(body: Organisation, at: datetime) -> int:
    """Return what a body spends in a month, by its bank lines of ninety days; moves left out."""
    rows = BankTransaction.objects.filter(
        account__organisation=body,
        account__kind__in=OWN,
        direction="out",
        payment__isnull=False,
        booked_at__range=(at - timedelta(days=SPENT_DAYS), at),
    )
    spent: int = rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0
    return spent * 30 // SPENT_DAYS


def basic_account(body: Organisation) -> BankAccount | None:
    """Return the basic account of a body."""
    rows = BankAccount.objects.filter(
        organisation=body, kind=AccountKind.BASIC, closed_date__isnull=True
    )
    return rows.order_by("pk").first()


def term_accounts(organisation: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of the registered term accounts of a body, for lists of forms."""
    rows = BankAccount.objects.filter(
        organisation__ext_id=organisation,
        kind=AccountKind.TERM,
        is_registered=True,
        closed_date__isnull=True,
    )
    return [(one.ext_id, f"{one.bank_code} 尾号{one.tail}") for one in rows.order_by("ext_id")]


def open_deposits(organisation: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of the deposits of a body that are at the bank, by maturity."""
    rows = Deposit.objects.filter(organisation__ext_id=organisation, withdrawn_at__isnull=True)
    return [
        (one.ext_id, f"{money.format_yuan(one.principal_fen)}元，{one.maturity_date}到期")
        for one in rows.order_by("maturity_date", "pk")[:OFFERED_MAX]
    ]


def lines_in(organisation: str, channels: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """Return (ext id, words) of money that came to a body lately, newest first."""
    rows = BankTransaction.objects.filter(
        account__organisation__ext_id=organisation, direction="in"
    )
    if channels:
        rows = rows.filter(channel__in=channels)
    return [
        (one.ext_id, _line_words(one)) for one in rows.order_by("-booked_at", "-pk")[:OFFERED_MAX]
    ]


def _line_words(one: BankTransaction) -> str:
    yuan = money.format_yuan(one.amount_fen)
    return f"{clock.local_date(one.booked_at)} {yuan}元 {one.peer_name}"


def line_of(ext_id: str, body: Organisation) -> BankTransaction | None:
    """Return a line that brought money to a body, None when there is none."""
    rows = BankTransaction.objects.filter(account__organisation=body, direction="in")
    return rows.filter(ext_id=ext_id).first()


def income_fen(body: Organisation, year: int, accounts: tuple[str, ...]) -> int:
    """Return what the books of a body earned in a year on these accounts. Units: fen."""
    wanted = Q()
    for code in accounts:
        wanted |= Q(account_code__startswith=code)
    rows = VoucherLine.objects.filter(
        wanted,
        voucher__book__organisation_id=body.pk,
        voucher__period__startswith=f"{year}-",
    )
    return rows.aggregate(sum=Sum("credit_fen"))["sum"] or 0


def owed_fen(body: Organisation, but_case: str = "") -> int:
    """Return what a body owes by its register of debts. Units: fen."""
    rows = Debt.objects.filter(organisation=body, state__in=LIVE_DEBTS).exclude(kind="lend_out")
    if but_case:
        rows = rows.exclude(case_number=but_case)
    return rows.aggregate(sum=Sum("balance_fen"))["sum"] or 0


def reserve_out_fen(body: Organisation, but_case: str = "") -> int:
    """Return what a body has out or on its way as reserve money. Units: fen."""
    rows = Advance.objects.filter(organisation=body, kind="reserve").exclude(
        state__in=[AdvanceState.CLEARED, AdvanceState.ENDED]
    )
    if but_case:
        rows = rows.exclude(case_number=but_case)
    return rows.aggregate(sum=Sum(F("amount_fen") - F("cleared_fen")))["sum"] or 0


def overdue_advance(person_id: int, today: date) -> Advance | None:
    """Return the oldest advance of a person that should have been cleared."""
    rows = Advance.objects.filter(
        person_id=person_id, state=AdvanceState.OUT, due_date__lt=today
    ).select_related("person")
    return rows.order_by("due_date", "pk").first()


def paid_fen(source_id: str, but_case: str = "") -> int:
    """Return what was paid or is on its way from a case of the treasury. Units: fen."""
    rows = Payment.objects.filter(order__source_id=source_id).exclude(status__in=GONE)
    if but_case:
        rows = rows.exclude(order__case_number=but_case)
    return rows.aggregate(sum=Sum("amount_fen"))["sum"] or 0


def ratio_of(body: Organisation, more_fen: int, at: datetime, but_case: str) -> tuple[int, int]:
    """Return (income of last year, all that would be owed). Units: fen."""
    day = clock.local_date(at)
    accounts = tuple(rules.on(day).debt_income_accounts)
    return income_fen(body, day.year - 1, accounts), owed_fen(body, but_case) + more_fen


def banks() -> list[tuple[str, str]]:
    """Return (ext id, name) of the firms whose name says that they are banks."""
    rows = Counterparty.objects.filter(Q(name__contains="银行") | Q(name__contains="信用社"))
    return [(one.ext_id, one.name) for one in rows.order_by("name", "pk")[:OFFERED_MAX]]
