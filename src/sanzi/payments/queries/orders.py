"""Reads of orders as officers list them, and the words for where each payee stands.

One order is in `payments.order_page`; accounts and budgets are in `accounts`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from sanzi.kernel import clock
from sanzi.ledger.queries import subjects
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import User
from sanzi.payments.models import OrderState, Payment, PaymentOrder, PaymentStatus
from sanzi.payments.queries.payments import LineRow

SEE = "payments.see"
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


LIVING = (
    PaymentStatus.APPROVED,
    PaymentStatus.SUBMITTING,
    PaymentStatus.ACCEPTED,
    PaymentStatus.UNKNOWN,
    PaymentStatus.SETTLED,
)
"""Lines that were paid, or may yet be without anybody asking again."""


def standing(uses: Sequence[tuple[str, str]]) -> list[bool]:
    """Return for each (case number, payment ext id) whether its payment was made or may yet be.

    Without a payment the whole order is meant; one that is not known here counts as standing.
    """
    cases = {case for case, _ in uses}
    found = Payment.objects.filter(order__case_number__in=cases)
    rows = list(found.values_list("order__case_number", "ext_id", "status"))
    answers = []
    for case, payment in uses:
        mine = [status for number, name, status in rows if case == number and payment in ("", name)]
        answers.append(not mine or any(status in LIVING for status in mine))
    return answers


@dataclass(frozen=True)
class OrderFilter:
    """What a list of orders is narrowed to; what is empty does not narrow. Month: `2026-11`."""

    state: str = ""
    division_code: str = ""
    month: str = ""
    is_unknown: bool = False
    text: str = ""


@dataclass(frozen=True)
class OrderWords:
    """What an order is for, in words: account, handler, subject, budget, maker and checker."""

    debit: str
    handler: str
    subject: str
    budget: str
    made_by: str
    released_by: str


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
    begin = clock.midnight(first)
    return begin, clock.midnight(last)


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


def order_words(*, by: Actor, case_number: str) -> OrderWords | None:
    """Return what the order of a case is for, or None when it has none yet.

    Raises: NotFound when it lies out of scope.
    """
    order = (
        PaymentOrder.objects.select_related(
            "organisation",
            "debit_account",
            "handler",
            "budget_line",
        )
        .filter(case_number=case_number)
        .first()
    )
    if order is None:
        return None
    scope.require(by, SEE, order.division_code)
    debit, line = order.debit_account, order.budget_line
    return OrderWords(
        debit=f"{debit.get_kind_display()} 尾号{debit.tail}" if debit else "还没选",
        handler=order.handler.name if order.handler else "还没填",
        subject=subjects.words(order.organisation.kind, order.subject_code) or "还没选",
        budget=(line.name or line.subject_code) if line else "没有列预算",
        made_by=_user_name(order.made_by_id),
        released_by=_user_name(order.released_by_id),
    )


def _user_name(user_id: int | None) -> str:
    if user_id is None:
        return ""
    found = User.objects.filter(pk=user_id).values_list("person__name", flat=True).first()
    return found or ""


def check_words(one: LineRow) -> str:
    """Return what the bank said of a payee's name and account."""
    words = CHECK_WORDS.get(one.payee_check, one.payee_check)
    return f"{words}，银行登记的是{one.payee_check_name}" if one.payee_check_name else words


def status_label(status: str) -> str:
    """Return the word for a payment's status."""
    return PaymentStatus(status).label


def next_words(one: LineRow) -> str:
    """Return what happens to a payee now, or what is to be done."""
    return NEXT_WORDS[PaymentStatus(one.status)]


def case_numbers(payment_ext_ids: Collection[str]) -> set[str]:
    """Return the cases that payments come from."""
    rows = Payment.objects.filter(ext_id__in=payment_ext_ids)
    return set(rows.values_list("order__case_number", flat=True)) - {""}
