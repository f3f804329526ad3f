"""Bills and receipts as lists and pages show them, and what has not come in or not been banked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from sanzi.kernel import clock, divisions, references
from sanzi.ledger.queries import subjects
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import BankAccount, Bill, BillState, Receipt
from sanzi.supervision import catalogue
from sanzi.supervision import queries as supervision
from sanzi.supervision import rules as supervision_rules

SEE = "payments.see"
LATE_MODEL = "fund-income-late-banking"
WAITING = (BillState.OPEN, BillState.PART)
KIND_WORDS = {
    "rent": "租金",
    "contracting": "承包费",
    "land_transfer": "土地流转",
    "subsidy": "上级补助",
    "earmarked": "专项资金",
    "interest": "利息",
    "dividend": "分红",
    "sales": "经营收入",
    "service": "服务收入",
    "refund": "退回款",
    "other": "其他",
}


@dataclass(frozen=True)
class BillFilter:
    """What the list of bills is narrowed to; `late` is no state of a bill but of the day."""

    text: str = ""
    division_code: str = ""
    state: str = ""
    is_late: bool = False


@dataclass(frozen=True)
class BillRow:
    """A bill of a list. Units: fen."""

    ext_id: str
    number: str
    organisation_name: str
    division_code: str
    payer_name: str
    purpose: str
    amount_fen: int
    paid_fen: int
    due_date: date
    state: str
    state_label: str
    is_late: bool


@dataclass(frozen=True)
class BillView:
    """A bill as its page shows it. Units: fen. `account_number` is the body's own, in full."""

    ext_id: str
    number: str
    reference: str
    reference_words: str
    organisation_name: str
    org_ext_id: str
    division_code: str
    holder_name: str
    account_number: str
    account_masked: str
    bank_code: str
    kind: str
    kind_label: str
    subject_words: str
    purpose: str
    payer_name: str
    source_id: str
    amount_fen: int
    paid_fen: int
    left_fen: int
    due_date: date
    state: str
    state_label: str
    is_late: bool
    has_phone: bool
    issued_at: datetime
    paid_at: datetime | None
    voided_at: datetime | None
    void_reason: str
    receipts: tuple[ReceiptView, ...]
    text_to_pay: str
    may_void: bool


@dataclass(frozen=True)
class ReceiptView:
    """A receipt as its page shows it. Units: fen."""

    ext_id: str
    number: str
    organisation_name: str
    division_code: str
    kind_label: str
    subject_code: str
    purpose: str
    payer_name: str
    amount_fen: int
    issued_at: datetime
    received_via: str
    banked_at: datetime | None
    voided_at: datetime | None
    void_reason: str
    voucher_ext_id: str
    bill_ext_id: str
    bill_number: str
    account_ext_id: str
    account_masked: str
    book_number: str


@dataclass(frozen=True)
class BillTotals:
    """Sums over a narrowed list of bills. Units: fen."""

    bill_count: int
    amount_fen: int
    paid_fen: int
    late_count: int
    late_fen: int


@dataclass(frozen=True)
class LateCash:
    """Cash on a receipt that is not at the bank in time, or came there late. Units: fen."""

    receipt: ReceiptView
    work_days: int
    days_allowed: int


def bills(*, by: Actor, only: BillFilter, today: date) -> QuerySet[Bill]:
    """Return the bills of the scope, those due first among the waiting, then the newest."""
    found = Bill.objects.filter(scope.within(by, SEE)).select_related(
        "organisation", "account", "payer_counterparty"
    )
    if only.text:
        words = Q(payer_name__icontains=only.text) | Q(purpose__icontains=only.text)
        words |= Q(number__endswith=only.text) | Q(organisation__name__icontains=only.text)
        named = references.found_in(only.text)
        found = found.filter(words | Q(reference__in=named) if named else words)
    if only.division_code:
        found = found.filter(division_code__startswith=divisions.prefix(only.division_code))
    if only.state:
        found = found.filter(state=only.state)
    if only.is_late:
        return found.filter(state__in=WAITING, due_date__lt=today).order_by("due_date", "pk")
    return found.order_by("-issued_at", "-pk")


def totals(*, by: Actor, only: BillFilter, today: date) -> BillTotals:
    """Return the sums over a narrowed list."""
    late = Q(state__in=WAITING, due_date__lt=today)
    found = (
        bills(by=by, only=only, today=today)
        .exclude(state=BillState.VOID)
        .order_by()
        .aggregate(
            number=Count("pk"),
            amount=Sum("amount_fen"),
            paid=Sum("paid_fen"),
            late=Count("pk", filter=late),
            late_fen=Sum(F("amount_fen") - F("paid_fen"), filter=late),
        )
    )
    return BillTotals(
        found["number"],
        found["amount"] or 0,
        found["paid"] or 0,
        found["late"],
        found["late_fen"] or 0,
    )


def late_count(*, by: Actor, today: date) -> int:
    """Return how many bills of the scope are past their day."""
    return bills(by=by, only=BillFilter(is_late=True), today=today).count()


def access_bill(*, by: Actor, ext_id: str, today: date) -> BillView:
    """Return a bill within the actor's scope. Raises: NotFound."""
    found = bills(by=by, only=BillFilter(), today=today).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return bill_view(found, by=by, today=today)


def bill_row(one: Bill, *, today: date) -> BillRow:
    """Return a bill as a list shows it."""
    return BillRow(
        ext_id=one.ext_id,
        number=one.number,
        organisation_name=one.organisation.name,
        division_code=one.division_code,
        payer_name=one.payer_name,
        purpose=one.purpose,
        amount_fen=one.amount_fen,
        paid_fen=one.paid_fen,
        due_date=one.due_date,
        state=one.state,
        state_label=one.get_state_display(),
        is_late=one.state in WAITING and one.due_date < today,
    )


def bill_view(one: Bill, *, by: Actor, today: date) -> BillView:
    """Return a bill as its page shows it, with what the code on it says."""
    number = secrets.reveal("account", one.account.sealed_number)
    left = one.amount_fen - one.paid_fen
    is_waiting = one.state in WAITING
    to_pay = references.ToPay(
        one.account.holder_name, number, one.account.bank_code, left, one.reference
    )
    return BillView(
        ext_id=one.ext_id,
        number=one.number,
        reference=one.reference,
        reference_words=references.grouped(one.reference),
        organisation_name=one.organisation.name,
        org_ext_id=one.organisation.ext_id,
        division_code=one.division_code,
        holder_name=one.account.holder_name,
        account_number=number,
        account_masked=f"****{one.account.tail}",
        bank_code=one.account.bank_code,
        kind=one.kind,
        kind_label=KIND_WORDS.get(one.kind, one.kind),
        subject_words=subjects.words(one.organisation.kind, one.subject_code)
        if one.subject_code
        else "",
        purpose=one.purpose,
        payer_name=one.payer_name,
        source_id=one.source_id,
        amount_fen=one.amount_fen,
        paid_fen=one.paid_fen,
        left_fen=left,
        due_date=one.due_date,
        state=one.state,
        state_label=one.get_state_display(),
        is_late=is_waiting and one.due_date < today,
        has_phone=bool(one.sealed_phone),
        issued_at=one.issued_at,
        paid_at=one.paid_at,
        voided_at=one.voided_at,
        void_reason=one.void_reason,
        receipts=tuple(
            receipt_view(each)
            for each in one.receipts.select_related("organisation", "account").order_by("pk")
        ),
        text_to_pay=references.text_to_pay(to_pay) if is_waiting else "",
        may_void=one.state == BillState.OPEN and scope.can(by, "payments.bill", one.division_code),
    )


def receipts(*, by: Actor, text: str = "", division_code: str = "") -> QuerySet[Receipt]:
    """Return the receipts of the scope, newest first."""
    found = Receipt.objects.filter(scope.within(by, SEE)).select_related(
        "organisation", "account", "bill"
    )
    if text:
        found = found.filter(
            Q(payer_name__icontains=text)
            | Q(purpose__icontains=text)
            | Q(number__icontains=text)
            | Q(organisation__name__icontains=text)
        )
    if division_code:
        found = found.filter(division_code__startswith=divisions.prefix(division_code))
    return found.order_by("-issued_at", "-pk")


def access_receipt(*, by: Actor, ext_id: str) -> ReceiptView:
    """Return a receipt within the actor's scope. Raises: NotFound."""
    found = receipts(by=by).filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    return receipt_view(found)


def sharing_count(*, ext_id: str) -> int:
    """Return how many other living receipts stand on the same bank line."""
    same = Receipt.objects.filter(
        bank_line__receipts__ext_id=ext_id, bank_line__isnull=False, voided_at__isnull=True
    )
    return same.exclude(ext_id=ext_id).count()


def receipt_view(one: Receipt) -> ReceiptView:
    """Return a receipt as its page shows it."""
    return ReceiptView(
        ext_id=one.ext_id,
        number=one.number,
        organisation_name=one.organisation.name,
        division_code=one.division_code,
        kind_label=KIND_WORDS.get(one.kind, one.kind),
        subject_code=one.subject_code,
        purpose=one.purpose,
        payer_name=one.payer_name,
        amount_fen=one.amount_fen,
        issued_at=one.issued_at,
        received_via=one.received_via,
        banked_at=one.banked_at,
        voided_at=one.voided_at,
        void_reason=one.void_reason,
        voucher_ext_id=one.voucher_ext_id,
        bill_ext_id=one.bill.ext_id if one.bill else "",
        bill_number=one.bill.number if one.bill else "",
        account_ext_id=one.account.ext_id if one.account else "",
        account_masked=f"****{one.account.tail}" if one.account else "",
        book_number=one.book_number,
    )


def days_allowed(division_code: str, on: date) -> int:
    """Return within how many work days cash must be at the bank, at a place on a day.

    The same dated values as the nightly model's, so that page and alert never disagree.
    """
    model = catalogue.models()[LATE_MODEL]
    own = [one for one in supervision.overrides() if one.model_code == LATE_MODEL]
    values = supervision_rules.values_for(model, own, division_code, on)
    is_remote = division_code in values["remote_villages"]
    return int(values["remote_days"] if is_remote else values["days"])


def late_cash(*, by: Actor, at: datetime, division_code: str = "") -> list[LateCash]:
    """Return cash that is not at the bank in time as of an instant, oldest first."""
    found = receipts(by=by, division_code=division_code).filter(
        received_via="cash", banked_at__isnull=True, voided_at__isnull=True
    )
    calendar, today = orgs.calendar(), clock.local_date(at)
    rows = []
    for one in found.order_by("issued_at", "pk"):
        start = clock.local_date(one.issued_at)
        passed = _work_days(start, today, calendar.is_workday)
        allowed = days_allowed(one.division_code, start)
        if passed > allowed:
            rows.append(LateCash(receipt_view(one), passed, allowed))
    return rows


def unbanked(*, by: Actor, division_code: str = "") -> tuple[int, int]:
    """Return (count, fen) of cash on receipts that is not at the bank, late or not."""
    found = receipts(by=by, division_code=division_code).filter(
        received_via="cash", banked_at__isnull=True, voided_at__isnull=True
    )
    summed = found.order_by().aggregate(number=Count("pk"), total=Sum("amount_fen"))
    return summed["number"], summed["total"] or 0


def own_accounts_for_bills(org_ext_id: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of the accounts of a body into which payers may pay, basic first."""
    rows = BankAccount.objects.filter(
        organisation__ext_id=org_ext_id,
        closed_date__isnull=True,
        kind__in=("basic", "land_compensation", "general"),
    )
    return [
        (one.ext_id, f"{one.get_kind_display()} 尾号{one.tail}") for one in rows.order_by("kind")
    ]


def _work_days(start: date, end: date, is_workday: object) -> int:
    """Return how many work days lie after `start` up to and with `end`."""
    days: Sequence[date] = [start + timedelta(days=n + 1) for n in range((end - start).days)]
    return sum(is_workday(day) for day in days)  # type: ignore[operator]
