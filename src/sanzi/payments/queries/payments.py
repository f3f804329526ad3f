"""Reads of the room: orders, payments, what is at the bank, what is silent.

Every door stands on `orgs.scope`; account numbers leave this room masked only.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import overload

from django.db.models import Case, Count, Min, Q, QuerySet, Sum, When

from sanzi.kernel import divisions, masking
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import (
    BankAccount,
    Instruction,
    InstructionState,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)

SEE = "payments.see"
PAGE_SIZE = 50
PAGE_SIZE_MAX = 500


@dataclass(frozen=True)
class LineRow:
    """One payment as officers see it. Units: fen; the account is masked."""

    ext_id: str
    line_no: int
    payee_name: str
    payee_kind: str
    account_masked: str
    bank_code: str
    amount_fen: int
    note: str
    status: str
    status_label: str
    reason_class: str
    reason_text: str
    payee_check: str
    payee_check_name: str
    paid_at: datetime | None
    returned_at: datetime | None
    bank_ref: str
    attempt_no: int
    voucher_ext_id: str


class LineRows(Sequence[LineRow]):
    """The payments of an order, read as they are looked at; how many there are is known."""

    def __init__(
        self,
        order: PaymentOrder,
        counts: Mapping[str, int],
        status: str = "",
        ahead: Collection[str] = (),
    ) -> None:
        """Keep whose they are; nothing is read yet."""
        self._order, self._counts = order, counts
        self._status, self._ahead = status, ahead
        self._all: tuple[LineRow, ...] | None = None

    def of(self, status: str) -> LineRows:
        """Return those of one status; all for an empty one."""
        return LineRows(self._order, self._counts, status, self._ahead)

    def ahead(self, checks: Collection[str]) -> LineRows:
        """Return the same, those with one of these verdicts of the payee check first."""
        return LineRows(self._order, self._counts, self._status, checks)

    def __len__(self) -> int:
        """How many there are, without a question to the database."""
        if self._status:
            return self._counts.get(self._status, 0)
        return sum(self._counts.values())

    def __iter__(self) -> Iterator[LineRow]:
        """Read all in one go, once."""
        if self._all is None:
            self._all = tuple(map(_line, self._rows()))
        return iter(self._all)

    @overload
    def __getitem__(self, place: int) -> LineRow: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[LineRow]: ...

    def __getitem__(self, place: int | slice) -> LineRow | Sequence[LineRow]:
        """Read one line or a part, and no more."""
        if isinstance(place, slice):
            start, stop, step = place.indices(len(self))
            return tuple(map(_line, self._rows()[start : max(start, stop) : step]))
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        return _line(self._rows()[place % len(self)])

    def __repr__(self) -> str:
        """Say how many, and nothing of whom."""
        return f"<{len(self)} payments>"

    def _rows(self) -> QuerySet[Payment]:
        found = self._order.payments.order_by("line_no")
        if self._ahead:
            is_ahead = Case(When(payee_check__in=list(self._ahead), then=0), default=1)
            found = found.order_by(is_ahead, "line_no")
        return found.filter(status=self._status) if self._status else found


@dataclass(frozen=True)
class MessageRow:
    """One message to the bank. `next_step` says what happens now, in words."""

    msg_id: str
    case_number: str
    order_ext_id: str
    division_code: str
    purpose: str
    state: str
    state_label: str
    line_count: int
    amount_fen: int
    created_at: datetime
    first_sent_at: datetime | None
    unknown_at: datetime | None
    alarmed_at: datetime | None
    next_at: datetime
    last_error: str
    next_step: str


@dataclass(frozen=True)
class OrderPage:
    """Everything the page of an order shows. `counts` and `fen_by_status` are by payment status.

    `lines` are read when they are looked at: a slice reads that part only, in the order of the
    form; `lines.of(status)` are those of one status.
    """

    ext_id: str
    case_number: str
    organisation_name: str
    org_ext_id: str
    division_code: str
    debit_account_masked: str
    purpose: str
    subject_code: str
    method: str
    state: str
    state_label: str
    amount_fen: int
    settled_fen: int
    counts: dict[str, int]
    fen_by_status: dict[str, int]
    approved_digest: str
    approved_at: datetime | None
    made_by_id: int | None
    released_by_id: int | None
    released_at: datetime | None
    stopped_reason: str
    lines: LineRows
    messages: tuple[MessageRow, ...]
    may_instruct: bool
    may_release: bool


@dataclass(frozen=True)
class PaymentFilter:
    """What a list of payments is narrowed to; empty means everything in scope."""

    division_code: str = ""
    status: str = ""
    since: date | None = None
    until: date | None = None
    payee: str = ""
    case_number: str = ""


@dataclass(frozen=True)
class PaymentRow:
    """One payment in a list, with the order it belongs to."""

    case_number: str
    division_code: str
    purpose: str
    created_at: datetime
    line: LineRow


@dataclass(frozen=True)
class PaymentList:
    """One page of a list; `total` counts all pages."""

    rows: tuple[PaymentRow, ...]
    total: int
    page: int
    page_count: int


def access_order(*, by: Actor, case_number: str) -> PaymentOrder:
    """Return the order of a case inside the actor's scope. Raises NotFound."""
    found = (
        PaymentOrder.objects.filter(scope.within(by, SEE), case_number=case_number)
        .select_related("organisation", "debit_account")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def access_payment(*, by: Actor, ext_id: str) -> Payment:
    """Return a payment inside the actor's scope. Raises NotFound."""
    found = (
        Payment.objects.filter(scope.within(by, SEE, "order__division_code"), ext_id=ext_id)
        .select_related("order__organisation")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def order_page(*, by: Actor, case_number: str) -> OrderPage:
    """Return the page of an order. Raises NotFound."""
    order = access_order(by=by, case_number=case_number)
    told = order.payments.values_list("status").annotate(
        Count("pk"), Sum("amount_fen"), first=Min("line_no")
    )
    by_status = list(told.order_by("first"))
    counts = {status: count for status, count, *_ in by_status}
    fen_by_status = {status: fen for status, _, fen, _ in by_status}
    is_clear = not order.stopped_reason
    return OrderPage(
        ext_id=order.ext_id,
        case_number=order.case_number,
        organisation_name=order.organisation.name,
        org_ext_id=order.organisation.ext_id,
        division_code=order.division_code,
        debit_account_masked=_masked(order.debit_account),
        purpose=order.purpose,
        subject_code=order.subject_code,
        method=order.method,
        state=order.state,
        state_label=OrderState(order.state).label,
        amount_fen=order.amount_fen,
        settled_fen=fen_by_status.get(PaymentStatus.SETTLED, 0),
        counts=counts,
        fen_by_status=fen_by_status,
        approved_digest=order.approved_digest,
        approved_at=order.approved_at,
        made_by_id=order.made_by_id,
        released_by_id=order.released_by_id,
        released_at=order.released_at,
        stopped_reason=order.stopped_reason,
        lines=LineRows(order, counts),
        messages=tuple(
            _message(one, order) for one in order.instructions.defer("body").order_by("pk")
        ),
        may_instruct=is_clear
        and order.state == OrderState.APPROVED
        and scope.can(by, "payments.instruct", order.division_code),
        may_release=is_clear
        and order.state == OrderState.INSTRUCTED
        and order.made_by_id != by.user_id
        and scope.can(by, "payments.release", order.division_code),
    )


def payments(
    *, by: Actor, narrowed: PaymentFilter, page: int = 1, page_size: int = PAGE_SIZE
) -> PaymentList:
    """Return one page of the payments in scope, the newest first."""
    found = Payment.objects.filter(_narrow(narrowed), scope.within(by, SEE, "order__division_code"))
    size = max(1, min(page_size, PAGE_SIZE_MAX))
    total = found.count()
    page_count = max(1, -(-total // size))
    number = max(1, min(page, page_count))
    rows = found.select_related("order").order_by("-order__created_at", "-order_id", "line_no")
    return PaymentList(
        rows=tuple(
            PaymentRow(
                case_number=one.order.case_number,
                division_code=one.order.division_code,
                purpose=one.order.purpose,
                created_at=one.order.created_at,
                line=_line(one),
            )
            for one in rows[(number - 1) * size : number * size]
        ),
        total=total,
        page=number,
        page_count=page_count,
    )


def _narrow(narrowed: PaymentFilter) -> Q:
    condition = Q()
    if narrowed.division_code:
        prefix = divisions.prefix(narrowed.division_code)
        condition &= Q(order__division_code__gte=prefix, order__division_code__lt=prefix + ":")
    if narrowed.status:
        condition &= Q(status=narrowed.status)
    if narrowed.since:
        condition &= Q(order__created_at__date__gte=narrowed.since)
    if narrowed.until:
        condition &= Q(order__created_at__date__lte=narrowed.until)
    if narrowed.payee:
        condition &= Q(payee_name__startswith=narrowed.payee)
    if narrowed.case_number:
        condition &= Q(order__case_number=narrowed.case_number)
    return condition


def in_flight(*, by: Actor) -> list[MessageRow]:
    """Return the messages that are ready, being sent, silent or accepted, oldest first."""
    return [_message(one, one.order) for one in _open_messages(by).order_by("created_at", "pk")]


def silent(*, by: Actor) -> list[MessageRow]:
    """Return the messages without an answer, the longest silence first, with the next step."""
    found = _open_messages(by).filter(state=InstructionState.UNKNOWN)
    return [_message(one, one.order) for one in found.order_by("unknown_at", "pk")]


def _open_messages(by: Actor) -> QuerySet[Instruction]:
    return (
        Instruction.objects.filter(scope.within(by, SEE, "order__division_code"))
        .exclude(state__in=[InstructionState.FINAL, InstructionState.REFUSED])
        .select_related("order")
        .defer("body")
    )


def _masked(account: BankAccount | None) -> str:
    if account is None:
        return ""
    return masking.account(secrets.reveal("account", account.sealed_number))


def _line(one: Payment) -> LineRow:
    tail = one.account_tail
    return LineRow(
        ext_id=one.ext_id,
        line_no=one.line_no,
        payee_name=one.payee_name,
        payee_kind=one.payee_kind,
        account_masked=f"****{tail}" if tail else "",
        bank_code=one.bank_code,
        amount_fen=one.amount_fen,
        note=one.note,
        status=one.status,
        status_label=PaymentStatus(one.status).label,
        reason_class=one.reason_class,
        reason_text=one.reason_text,
        payee_check=one.payee_check,
        payee_check_name=one.payee_check_name,
        paid_at=one.paid_at,
        returned_at=one.returned_at,
        bank_ref=one.bank_ref,
        attempt_no=one.attempt_no,
        voucher_ext_id=one.voucher_ext_id,
    )


NEXT_STEPS = {
    InstructionState.READY: "等着送银行，不用做什么。",
    InstructionState.SENDING: "正在送银行。",
    InstructionState.UNKNOWN: "银行还没有回话。没有再付一次，等对账单来定。",
    InstructionState.ACCEPTED: "银行已经收下，等它记账。",
    InstructionState.FINAL: "",
    InstructionState.REFUSED: "这一批没有发出。",
}
ALARMED = "银行半小时没有回话。没有再付一次；请打电话问开户银行，等对账单来定。"


def _message(one: Instruction, order: PaymentOrder) -> MessageRow:
    state = InstructionState(one.state)
    return MessageRow(
        msg_id=one.msg_id,
        case_number=order.case_number,
        order_ext_id=order.ext_id,
        division_code=order.division_code,
        purpose=order.purpose,
        state=one.state,
        state_label=state.label,
        line_count=one.line_count,
        amount_fen=one.amount_fen,
        created_at=one.created_at,
        first_sent_at=one.first_sent_at,
        unknown_at=one.unknown_at,
        alarmed_at=one.alarmed_at,
        next_at=one.next_at,
        last_error=one.last_error,
        next_step=ALARMED if one.alarmed_at else NEXT_STEPS[state],
    )
