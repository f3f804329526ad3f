"""Payment orders from draft to approval, and the one line that goes round again.

A case calls these; the money side (instruction, release, dispatch) has modules of its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation, Person
from sanzi.payments import rules
from sanzi.payments.actions.locking import (
    digest_of,
    lines_of,
    lock_order,
    lock_order_of,
    require_state,
)
from sanzi.payments.actions.payees import PayeeLine, Resolved, resolve
from sanzi.payments.errors import (
    LineNotReopenable,
    NoCash,
    OrderIncomplete,
    OrderStands,
    PayeeLineWrong,
    PayeeNotPayable,
    StillSending,
    WrongField,
)
from sanzi.payments.models import (
    AccountKind,
    BankAccount,
    BudgetLine,
    Fund,
    InstructionState,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)

__all__ = [
    "OrderFields",
    "OrderSummary",
    "PayeeLine",
    "approve",
    "cancel",
    "reopen_line",
    "save_draft",
    "submit",
    "take_back",
]

METHODS = ("transfer", "card")
UNPAYABLE = {
    "NO_MATCH": "填的是{name}，银行说户名和账号对不上",
    "ID_MISMATCH": "银行登记的证件号和填的不一样",
    "NOT_FOUND": "银行没有这个账号",
    "CLOSED": "这个账号已经销户或冻结",
}


@dataclass(frozen=True)
class OrderFields:
    """What a case says of the payment as a whole. Ids are ext ids; empty means not said.

    An empty `debit_account` means the basic account of the organisation.
    """

    organisation: str
    matter_code: str = "M10"
    purpose: str = ""
    subject_code: str = ""
    source_kind: str = ""
    source_id: str = ""
    contract_id: str = ""
    handler: str = ""
    method: str = "transfer"
    fund_code: str = ""
    budget_line: str = ""
    debit_account: str = ""


@dataclass(frozen=True)
class OrderSummary:
    """Where an order stands after an action. Units: fen."""

    ext_id: str
    case_number: str
    state: str
    amount_fen: int
    payment_count: int
    approved_digest: str


def _summary(order: PaymentOrder) -> OrderSummary:
    return OrderSummary(
        ext_id=order.ext_id,
        case_number=order.case_number,
        state=order.state,
        amount_fen=order.amount_fen,
        payment_count=order.payment_count,
        approved_digest=order.approved_digest,
    )


@transaction.atomic
def save_draft(
    *,
    case_number: str,
    by: Actor,
    at: datetime,
    fields: OrderFields,
    lines: Sequence[PayeeLine],
) -> OrderSummary:
    """Make the draft order of a case say this, replacing what it said before.

    Shapes: lines in the order of the form, numbered from 1; payments keep their ids by line
        number. What is not known yet may be empty; `submit` asks for all of it.
    Raises: NotFound, OrderStands, NoCash, WrongField, PayeeLineWrong. Nothing is written then.
    """
    organisation = Organisation.objects.filter(ext_id=fields.organisation).first()
    if organisation is None:
        raise NotFound
    scope.require(by, "payments.see", organisation.division_id)
    if fields.method not in METHODS:
        raise NoCash
    resolved = resolve(lines)
    order = _draft_of(case_number, organisation, at)
    _fill(order, organisation, fields)
    order.amount_fen = sum(one.amount_fen for one in resolved)
    order.payment_count = len(resolved)
    order.save()
    _replace_lines(order, resolved, at)
    return _summary(order)


def _draft_of(case_number: str, organisation: Organisation, at: datetime) -> PaymentOrder:
    order = lock_order_of(case_number)
    if order is None:
        return PaymentOrder(
            ext_id=ids.new_id("O", at),
            case_number=case_number,
            organisation=organisation,
            created_at=at,
        )
    require_state(order, "改", OrderState.DRAFT)
    return order


def _fill(order: PaymentOrder, organisation: Organisation, fields: OrderFields) -> None:
    order.organisation = organisation
    order.division_code = organisation.division_id
    order.matter_code = fields.matter_code
    order.debit_account = _debit_account(organisation, fields.debit_account)
    order.purpose = fields.purpose[:60]
    order.subject_code = fields.subject_code
    order.source_kind = fields.source_kind
    order.source_id = fields.source_id
    order.contract_id = fields.contract_id
    order.handler = _handler(fields.handler)
    order.method = fields.method
    order.fund_code = _fund(organisation, fields.fund_code)
    order.budget_line = _budget_line(organisation, fields.budget_line)


def _debit_account(organisation: Organisation, ext_id: str) -> BankAccount | None:
    accounts = BankAccount.objects.filter(organisation=organisation, closed_date__isnull=True)
    if not ext_id:
        return accounts.filter(kind=AccountKind.BASIC).order_by("pk").first()
    found = accounts.filter(ext_id=ext_id).first()
    if found is None:
        raise WrongField(field="付款账户", why="不是这个组织的账户，或者已经销户")
    return found


def _handler(ext_id: str) -> Person | None:
    if not ext_id:
        return None
    found = Person.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise WrongField(field="经办人", why="不在名册里")
    return found


def _fund(organisation: Organisation, code: str) -> str:
    if code and not Fund.objects.filter(code=code, organisation=organisation).exists():
        raise WrongField(field="专项资金", why="不是这个组织的资金")
    return code


def _budget_line(organisation: Organisation, ext_id: str) -> BudgetLine | None:
    if not ext_id:
        return None
    found = BudgetLine.objects.filter(ext_id=ext_id, organisation=organisation).first()
    if found is None:
        raise WrongField(field="预算", why="不是这个组织的预算")
    return found


_LINE_FIELDS = (
    "payee_kind",
    "payee_person_id",
    "payee_counterparty_id",
    "payee_organisation_id",
    "payee_name",
    "account_index",
    "account_tail",
    "bank_code",
    "amount_fen",
    "note",
)
_CHANGED_FIELDS = [
    *(name.removesuffix("_id") if name.startswith("payee_") else name for name in _LINE_FIELDS),
    "sealed_account",
    "payee_check",
    "payee_check_name",
    "payee_checked_at",
]


def _replace_lines(order: PaymentOrder, resolved: list[Resolved], at: datetime) -> None:
    """Write the lines, keeping row and id of each line number; a changed payee is unchecked."""
    known = {one.line_no: one for one in order.payments.all()}
    fresh, changed = [], []
    for place, one in enumerate(resolved, start=1):
        row = known.pop(place, None)
        if row is None:
            row = Payment(order=order, line_no=place, ext_id=ids.new_id("P", at))
            _take(row, one)
            fresh.append(row)
        elif _take(row, one):
            changed.append(row)
    order.payments.filter(pk__in=[one.pk for one in known.values()]).delete()
    Payment.objects.bulk_create(fresh, batch_size=200)
    Payment.objects.bulk_update(changed, _CHANGED_FIELDS, batch_size=200)


def _take(row: Payment, one: Resolved) -> bool:
    """Let a row say what a resolved line says; return whether anything differed."""
    new = {
        "payee_kind": one.kind,
        "payee_person_id": one.person_id,
        "payee_counterparty_id": one.counterparty_id,
        "payee_organisation_id": one.organisation_id,
        "payee_name": one.name,
        "account_index": one.account_index,
        "account_tail": one.account_tail,
        "bank_code": one.bank_code,
        "amount_fen": one.amount_fen,
        "note": one.note,
    }
    if all(getattr(row, name) == value for name, value in new.items()):
        return False
    for name, value in new.items():
        setattr(row, name, value)
    row.sealed_account = one.sealed_account
    row.payee_check = row.payee_check_name = ""
    row.payee_checked_at = None
    return True


@transaction.atomic
def submit(*, case_number: str, by: Actor, at: datetime) -> OrderSummary:
    """Hand a complete draft to its approvers; from here on it cannot be changed.

    Raises: NotFound, OrderStands, OrderIncomplete, PayeeLineWrong.
    """
    order = lock_order(case_number, by=by)
    require_state(order, "提交", OrderState.DRAFT)
    lines = lines_of(order)
    _require_complete(order, lines)
    order.state = OrderState.SUBMITTED
    order.submitted_at = at
    order.save(update_fields=["state", "submitted_at"])
    _move_all(order, lines, rules.Event.SUBMIT)
    _audit(order, "submitted", by, at, {"amount_fen": order.amount_fen})
    return _summary(order)


def _require_complete(order: PaymentOrder, lines: list[Payment]) -> None:
    needed = (
        (order.debit_account_id, "付款账户"),
        (order.purpose, "用途"),
        (order.subject_code, "科目"),
        (order.handler_id, "经办人"),
        (lines, "收款人"),
    )
    for value, what in needed:
        if not value:
            raise OrderIncomplete(what=what)
    if order.debit_account is not None and order.debit_account.closed_date is not None:
        raise WrongField(field="付款账户", why="已经销户")
    for one in lines:
        if not one.sealed_account:
            raise PayeeLineWrong(line_no=one.line_no, why="没有填收款账号，名册里也没有")
        if not one.bank_code:
            raise PayeeLineWrong(line_no=one.line_no, why="没有填开户行的联行号")


@transaction.atomic
def take_back(*, case_number: str, by: Actor, at: datetime) -> OrderSummary:
    """Make an order that is not yet released a draft again: its case was returned.

    What was approved is approved no longer: the digest goes, and the chain begins anew. An order
    that went round again for one line does not become a draft: its other lines are paid.
    Raises: NotFound, OrderStands.
    """
    order = lock_order(case_number, by=by)
    require_state(
        order, "退回修改", OrderState.SUBMITTED, OrderState.APPROVED, OrderState.INSTRUCTED
    )
    lines = lines_of(order)
    if any(one.attempt_no for one in lines):
        raise OrderStands(now="已经付过一部分", verb="退回修改")
    order.state = OrderState.DRAFT
    order.approved_digest, order.approved_at, order.made_by_id = "", None, None
    order.save(update_fields=["state", "approved_digest", "approved_at", "made_by_id"])
    _move_all(order, lines, rules.Event.TAKE_BACK)
    _audit(order, "taken_back", by, at, {})
    return _summary(order)


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> OrderSummary:
    """Record that the last approval is given, and fix the digest of what was approved.

    The digest covers organisation, debit account, payees, accounts, banks and amounts in line
    order; instruction, release and dispatch compare it with what would be sent.
    Raises: NotFound, OrderStands, PayeeNotPayable when the bank said that a payee does not fit.
    """
    order = lock_order(case_number, by=by)
    require_state(order, "批准", OrderState.SUBMITTED)
    lines = lines_of(order)
    waiting = [one for one in lines if one.status == PaymentStatus.SUBMITTED]
    for one in waiting:
        why = UNPAYABLE.get(one.payee_check)
        if why is not None:
            raise PayeeNotPayable(line_no=one.line_no, why=why.format(name=one.payee_name))
    order.approved_digest = digest_of(order, lines)
    order.state = OrderState.APPROVED
    order.approved_at = at
    order.made_by_id = order.released_by_id = None
    order.save(
        update_fields=["approved_digest", "state", "approved_at", "made_by_id", "released_by_id"]
    )
    _move_all(order, waiting, rules.Event.APPROVE)
    _audit(order, "approved", by, at, {"digest": order.approved_digest, "lines": len(waiting)})
    return _summary(order)


@transaction.atomic
def cancel(*, case_number: str, by: Actor, at: datetime) -> OrderSummary:
    """Give up an order, or the lines of it that have not been handed to the bank.

    Raises: NotFound, OrderStands when nothing of it is left to be given up.
    """
    order = lock_order(case_number, by=by)
    require_state(
        order,
        "作废",
        OrderState.DRAFT,
        OrderState.SUBMITTED,
        OrderState.APPROVED,
        OrderState.INSTRUCTED,
    )
    lines = lines_of(order)
    open_lines = [one for one in lines if rules.move(one.status, rules.Event.WITHDRAW) is not None]
    _move_all(order, open_lines, rules.Event.WITHDRAW)
    left = order.payments.values_list("status", flat=True)
    is_whole = all(status == PaymentStatus.CANCELLED for status in left)
    order.state = OrderState.CANCELLED if is_whole else OrderState.PART_SETTLED
    order.save(update_fields=["state"])
    _audit(order, "cancelled", by, at, {"lines": len(open_lines)})
    return _summary(order)


@transaction.atomic
def reopen_line(
    *, case_number: str, line_no: int, by: Actor, at: datetime, corrected: PayeeLine
) -> OrderSummary:
    """Let one line that the bank refused or gave back go round again, with its account corrected.

    The line needs a new payee check, a new approval, and maker and checker again; it then goes
    out as a new attempt. Payee kind, person and amount stay as they were approved.
    Raises: NotFound, LineNotReopenable while its fate is open or good, StillSending, WrongField
        when payee or amount would change, PayeeLineWrong.
    """
    order = lock_order(case_number, by=by)
    require_state(
        order,
        "改收款账户",
        OrderState.RELEASED,
        OrderState.PART_SETTLED,
        OrderState.SETTLED,
        OrderState.SUBMITTED,
        OrderState.CANCELLED,
    )
    line = order.payments.select_for_update().filter(line_no=line_no).first()
    if line is None:
        raise NotFound
    status = rules.move(line.status, rules.Event.REOPEN)
    was_given_up = line.status == PaymentStatus.CANCELLED and not line.attempt_no
    if status is None or was_given_up:
        raise LineNotReopenable(line_no=line_no, now=PaymentStatus(line.status).label)
    if order.instructions.filter(
        state__in=[InstructionState.READY, InstructionState.SENDING]
    ).exists():
        raise StillSending
    _correct(line, corrected)
    line.status = status
    line.reason_class = line.reason_text = line.bank_ref = ""
    line.paid_at = line.returned_at = None
    line.save()
    order.state = OrderState.SUBMITTED
    order.save(update_fields=["state"])
    _audit(order, "line_reopened", by, at, {"line_no": line_no, "attempt": line.attempt_no + 1})
    return _summary(order)


def _correct(line: Payment, corrected: PayeeLine) -> None:
    if corrected.amount_fen != line.amount_fen:
        raise WrongField(field="金额", why="重付只能改账户，不能改金额")
    try:
        one = resolve([corrected])[0]
    except PayeeLineWrong as refusal:
        raise PayeeLineWrong(line_no=line.line_no, why=refusal.data["why"]) from refusal
    owner = (one.person_id, one.counterparty_id, one.organisation_id)
    before = (line.payee_person_id, line.payee_counterparty_id, line.payee_organisation_id)
    if one.kind != line.payee_kind or (any(before) and owner != before):
        raise WrongField(field="收款人", why="重付只能改账户，不能换人")
    if not one.sealed_account or not one.bank_code:
        raise PayeeLineWrong(line_no=line.line_no, why="没有填收款账号或联行号")
    _take(line, one)
    line.payee_check = line.payee_check_name = ""
    line.payee_checked_at = None


def _move_all(order: PaymentOrder, lines: list[Payment], event: rules.Event) -> None:
    """Move lines by one event, in one statement for each state they are in."""
    by_status: dict[str, list[int]] = {}
    for one in lines:
        by_status.setdefault(one.status, []).append(one.pk)
    for status, keys in by_status.items():
        target = rules.move(status, event)
        if target is None:
            raise OrderStands(now=OrderState(order.state).label, verb=event)
        Payment.objects.filter(pk__in=keys, status=status).update(status=target)


def _audit(
    order: PaymentOrder, what: str, by: Actor, at: datetime, after: dict[str, object]
) -> None:
    audit.write(
        chain=order.organisation.ext_id,
        kind=f"payments.order.{what}",
        by=by,
        at=at,
        subject=("payment_order", order.ext_id),
        after={"case_number": order.case_number, "state": order.state, **after},
    )
