"""Reads of orders and payees: lists with filters, one order with the fate of every payee.

Accounts, budgets and income are in `account_queries`. Numbers are shown by their last four figures.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from sanzi.kernel import clock
from sanzi.ledger.queries import subjects
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import User
from sanzi.payments.models import (
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)

SEE = "payments.see"
FOUND_MAX = 20
CHECK_WORDS = {
    "": "还没核对",
    "MATCH": "户名账号一致",
    "CLOSE": "户名差一个字",
    "NO_MATCH": "户名和账号对不上",
    "ID_MISMATCH": "证件号和银行登记的不一样",
    "NOT_FOUND": "银行没有这个账号",
    "CLOSED": "账号已经销户或冻结",
    "NOT_POSSIBLE": "对方银行不答复核对",
}
UNPAYABLE = frozenset({"NO_MATCH", "ID_MISMATCH", "NOT_FOUND", "CLOSED"})
NEXT_WORDS = {
    PaymentStatus.DRAFT: "还在填，没有提交。",
    PaymentStatus.SUBMITTED: "等审批，批完才付。",
    PaymentStatus.APPROVED: "已批准，等代理中心制单、复核。",
    PaymentStatus.SUBMITTING: "正在送银行，几分钟内有回话。",
    PaymentStatus.ACCEPTED: "银行已收，等它记账。",
    PaymentStatus.UNKNOWN: "银行还没有回话。没有再付一次，等对账单来定。",
    PaymentStatus.SETTLED: "已到收款人账户。",
    PaymentStatus.REJECTED: "银行没付。改好账户，只重付这一户。",
    PaymentStatus.NOT_EXECUTED: "对账单上没有这一笔，银行没付。可以重付这一户。",
    PaymentStatus.RETURNED: "钱退回来了。改好账户，只重付这一户。",
    PaymentStatus.CANCELLED: "不付了。",
}


@dataclass(frozen=True)
class OrderFilter:
    """What a list of orders is narrowed to; what is empty does not narrow. Month: `2026-11`."""

    state: str = ""
    division_code: str = ""
    month: str = ""
    is_unknown: bool = False
    text: str = ""


@dataclass(frozen=True)
class PayeeRow:
    """One payee of an order. Units: fen."""

    line_no: int
    name: str
    account_tail: str
    amount_fen: int
    status: str
    status_word: str
    next_words: str
    reason: str
    check: str
    check_word: str
    paid_at: datetime | None
    bank_ref: str
    voucher_ext_id: str
    attempt_no: int


@dataclass(frozen=True)
class MessageRow:
    """One message to the bank."""

    msg_id: str
    state_word: str
    line_count: int
    amount_fen: int
    created_at: datetime
    first_sent_at: datetime | None
    unknown_at: datetime | None
    attempt_count: int


@dataclass(frozen=True)
class OrderView:
    """An order whole. Units: fen. `payees` is a queryset in line order, for pages."""

    case_number: str
    organisation: str
    organisation_ext_id: str
    division_code: str
    purpose: str
    state: str
    state_word: str
    amount_fen: int
    payment_count: int
    debit_words: str
    handler: str
    subject: str
    budget: str
    stopped_reason: str
    approved_at: datetime | None
    made_by: str
    released_by: str
    released_at: datetime | None
    by_status: tuple[tuple[str, str, int], ...]
    messages: tuple[MessageRow, ...]
    payees: QuerySet[Payment]

    @property
    def has_unknown(self) -> bool:
        """Whether the fate of a payee is not known."""
        return any(status == PaymentStatus.UNKNOWN for status, _, _ in self.by_status)


def orders(*, by: Actor, only: OrderFilter) -> QuerySet[PaymentOrder]:
    """Return the orders of the actor's scope, drafts left out, newest first."""
    rows = (
        PaymentOrder.objects.filter(scope.within(by, SEE))
        .exclude(state=OrderState.DRAFT)
        .select_related("organisation")
        .order_by("-created_at", "-id")
    )
    if only.state:
        rows = rows.filter(state=only.state)
    if only.division_code:
        rows = rows.filter(division_code=only.division_code)
    if only.month:
        first, last = month_bounds(only.month)
        rows = rows.filter(created_at__gte=first, created_at__lt=last)
    if only.is_unknown:
        unknown = Payment.objects.filter(order=OuterRef("pk"), status=PaymentStatus.UNKNOWN)
        rows = rows.filter(Exists(unknown))
    if only.text:
        rows = rows.filter(Q(purpose__icontains=only.text) | Q(case_number__icontains=only.text))
    return rows


def month_bounds(month: str) -> tuple[datetime, datetime]:
    """Return the instants at which a month begins and ends in Shanghai.

    Raises: NotFound for what does not read `2026-11`.
    """
    try:
        first = date.fromisoformat(f"{month}-01")
    except ValueError:
        raise NotFound from None
    last = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    begin = datetime.combine(first, time(), tzinfo=clock.SHANGHAI)
    return begin, datetime.combine(last, time(), tzinfo=clock.SHANGHAI)


def state_words() -> list[tuple[str, str]]:
    """Return (state, word) of orders in their order, drafts left out."""
    return [(one.value, str(one.label)) for one in OrderState if one is not OrderState.DRAFT]


def unknown_count(*, by: Actor) -> int:
    """Return how many payments of the actor's scope have a fate that is not known."""
    return (
        Payment.objects.filter(scope.within(by, SEE, "order__division_code"))
        .filter(status=PaymentStatus.UNKNOWN)
        .count()
    )


def order_of_case(*, by: Actor, case_number: str) -> OrderView | None:
    """Return the order of a case, or None when it has none yet.

    Raises: NotFound when it lies out of scope.
    """
    order = (
        PaymentOrder.objects.select_related(
            "organisation", "debit_account", "handler", "budget_line",
        )
        .filter(case_number=case_number)
        .first()
    )
    if order is None:
        return None
    scope.require(by, SEE, order.division_code)
    debit = order.debit_account
    line = order.budget_line
    return OrderView(
        case_number=order.case_number,
        organisation=order.organisation.name,
        organisation_ext_id=order.organisation.ext_id,
        division_code=order.division_code,
        purpose=order.purpose,
        state=order.state,
        state_word=str(order.get_state_display()),
        amount_fen=order.amount_fen,
        payment_count=order.payment_count,
        debit_words=f"{debit.get_kind_display()} 尾号{debit.tail}" if debit else "还没选",
        handler=order.handler.name if order.handler else "还没填",
        subject=subjects.words(order.organisation.kind, order.subject_code),
        budget=(line.name or line.subject_code) if line else "没有列预算",
        stopped_reason=order.stopped_reason,
        approved_at=order.approved_at,
        made_by=_user_name(order.made_by_id),
        released_by=_user_name(order.released_by_id),
        released_at=order.released_at,
        by_status=_by_status(order),
        messages=_messages(order),
        payees=order.payments.order_by("line_no"),
    )


def access_order(*, by: Actor, case_number: str) -> OrderView:
    """Return the order of a case.

    Raises: NotFound when absent or out of scope.
    """
    found = order_of_case(by=by, case_number=case_number)
    if found is None:
        raise NotFound
    return found


def _user_name(user_id: int | None) -> str:
    if user_id is None:
        return ""
    found = User.objects.filter(pk=user_id).values_list("person__name", flat=True).first()
    return found or ""


def _by_status(order: PaymentOrder) -> tuple[tuple[str, str, int], ...]:
    counted = dict(order.payments.values_list("status").annotate(Count("id")))
    return tuple(
        (one.value, str(one.label), counted[one.value])
        for one in PaymentStatus
        if counted.get(one.value)
    )


def _messages(order: PaymentOrder) -> tuple[MessageRow, ...]:
    return tuple(
        MessageRow(
            msg_id=one.msg_id,
            state_word=str(one.get_state_display()),
            line_count=one.line_count,
            amount_fen=one.amount_fen,
            created_at=one.created_at,
            first_sent_at=one.first_sent_at,
            unknown_at=one.unknown_at,
            attempt_count=one.attempt_count,
        )
        for one in order.instructions.defer("body").order_by("created_at", "id")
    )


def payee_row(one: Payment) -> PayeeRow:
    """Return one payment as its page shows it."""
    return PayeeRow(
        line_no=one.line_no,
        name=one.payee_name,
        account_tail=one.account_tail,
        amount_fen=one.amount_fen,
        status=one.status,
        status_word=str(one.get_status_display()),
        next_words=NEXT_WORDS[PaymentStatus(one.status)],
        reason=one.reason_text,
        check=one.payee_check,
        check_word=CHECK_WORDS.get(one.payee_check, one.payee_check)
        + (f"，银行登记的是{one.payee_check_name}" if one.payee_check_name else ""),
        paid_at=one.paid_at,
        bank_ref=one.bank_ref,
        voucher_ext_id=one.voucher_ext_id,
        attempt_no=one.attempt_no,
    )


def payee_problems(case_number: str) -> list[PayeeRow]:
    """Return the payees that the bank says can't be paid. The caller holds the case's door."""
    rows = Payment.objects.filter(order__case_number=case_number, payee_check__in=UNPAYABLE)
    return [payee_row(one) for one in rows.order_by("line_no")[:50]]


def unchecked_count(case_number: str) -> int:
    """Return how many payees the bank has not been asked about."""
    return Payment.objects.filter(order__case_number=case_number, payee_check="").count()


def find_payees(*, by: Actor, words: str) -> list[tuple[PayeeRow, str, str]]:
    """Return (payee, case number, purpose) of payments to a name, newest first."""
    rows = (
        Payment.objects.filter(scope.within(by, SEE, "order__division_code"))
        .exclude(status=PaymentStatus.DRAFT)
        .filter(payee_name__startswith=words)
        .select_related("order")
        .order_by("-id")[:FOUND_MAX]
    )
    return [(payee_row(one), one.order.case_number, one.order.purpose) for one in rows]
