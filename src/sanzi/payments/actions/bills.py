"""Bills (缴款单): a payer is told what to bring where, under a reference that finds its way back.

Numbers run without gaps within a body and year. A bill is never changed: a wrong one is voided and
another issued. Money finds its bill by the reference in the memo (`claims.take_references`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, identity, ids, money, references
from sanzi.ledger.queries import subjects
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments import hooks
from sanzi.payments.actions.income import KINDS
from sanzi.payments.actions.numbers import next_number
from sanzi.payments.errors import BillSettled, BillWrong, ReasonNeeded
from sanzi.payments.models import AccountKind, BankAccount, Bill, BillState

PERMISSION = "payments.bill"
REASON_LENGTH_MIN = 4
DUE_YEARS_MAX = 5
INTO = (AccountKind.BASIC, AccountKind.LAND_COMPENSATION, AccountKind.GENERAL)
NOT_BILLED = ("interest",)
"""Kinds that nobody is asked for: the bank brings them."""


@dataclass(frozen=True)
class BillFields:
    """What a bill says. Units: fen. The payer is a person, a counterparty, or a free name.

    An empty account means the body's basic one; an empty subject is the one that the kind has.
    """

    organisation: str
    kind: str
    purpose: str
    amount_fen: int
    due_date: date
    payer_name: str = ""
    payer_counterparty: str = ""
    payer_person: str = ""
    phone: str = ""
    account: str = ""
    subject_code: str = ""
    source_kind: str = ""
    source_id: str = ""


@dataclass(frozen=True)
class IssuedBill:
    """A bill as issued; `number` is `2026-000001`. Units: fen."""

    ext_id: str
    number: str
    reference: str
    amount_fen: int


@dataclass(frozen=True)
class _Payer:
    name: str
    counterparty: Counterparty | None
    person: Person | None
    sealed_phone: str


@transaction.atomic
def issue_bill(*, fields: BillFields, by: Actor, at: datetime) -> IssuedBill:
    """Issue a bill to a payer and give it its number and reference.

    Raises: NotFound, BillWrong, what the check of a phone raises. Nothing is written then, and no
        number is used up.
    """
    body = Organisation.objects.filter(ext_id=fields.organisation).first()
    if body is None:
        raise NotFound
    scope.require(by, PERMISSION, body.division_id)
    _require_sane(fields, at)
    payer = _payer(fields, body)
    account = _account(fields, body)
    subject = _subject(fields, body, at)
    year = clock.local_date(at).year
    bill = Bill.objects.create(
        ext_id=ids.new_id("BL", at),
        organisation=body,
        division_code=body.division_id,
        number=_number(body, year),
        reference=_reference(),
        account=account,
        kind=fields.kind,
        subject_code=subject,
        purpose=fields.purpose.strip()[:60],
        payer_name=payer.name,
        payer_counterparty=payer.counterparty,
        payer_person=payer.person,
        sealed_phone=payer.sealed_phone,
        source_kind=fields.source_kind[:16],
        source_id=fields.source_id[:40],
        amount_fen=fields.amount_fen,
        due_date=fields.due_date,
        issued_at=at,
        issued_by_id=by.user_id,
    )
    _audit(bill, "issued", by, at, {"amount_fen": bill.amount_fen, "kind": bill.kind})
    return IssuedBill(bill.ext_id, bill.number, bill.reference, bill.amount_fen)


@transaction.atomic
def void_bill(*, ext_id: str, by: Actor, at: datetime, reason: str) -> None:
    """Void a bill to which no money has come; its number stays.

    Raises: NotFound, ReasonNeeded, BillSettled.
    """
    bill = (
        Bill.objects.select_for_update(of=("self",))
        .select_related("organisation")
        .filter(ext_id=ext_id)
        .first()
    )
    if bill is None:
        raise NotFound
    scope.require(by, PERMISSION, bill.division_code)
    if bill.state == BillState.VOID:
        raise BillSettled(number=bill.number, why="已经作废", verb="再作废", advice="请核对单号。")
    if bill.paid_fen:
        raise BillSettled(
            number=bill.number,
            why=f"已经收了{money.format_yuan(bill.paid_fen)}元",
            verb="作废",
            advice="要退钱给交款人，请另走付款；收据开错了，先作废收据。",
        )
    if len(reason.strip()) < REASON_LENGTH_MIN:
        raise ReasonNeeded(verb="作废缴款单")
    bill.state = BillState.VOID
    bill.voided_at, bill.voided_by_id = at, by.user_id
    bill.void_reason = reason.strip()[:120]
    bill.save(update_fields=["state", "voided_at", "voided_by_id", "void_reason"])
    hooks.on_bill_credited.tell(hooks.BillCredited(bill.ext_id, 0, at, is_void=True))
    _audit(bill, "voided", by, at, {"reason": bill.void_reason})


def credit(bill: Bill, amount_fen: int, at: datetime) -> None:
    """Count money for a bill, or (negative) take it off again; the caller has locked it.

    Units: fen.
    """
    bill.paid_fen += amount_fen
    if bill.paid_fen == bill.amount_fen:
        bill.state, bill.paid_at = BillState.PAID, at
    else:
        bill.state, bill.paid_at = (BillState.PART if bill.paid_fen else BillState.OPEN), None
    bill.save(update_fields=["paid_fen", "state", "paid_at"])
    hooks.on_bill_credited.tell(hooks.BillCredited(bill.ext_id, amount_fen, at))


def _require_sane(fields: BillFields, at: datetime) -> None:
    today = clock.local_date(at)
    if fields.kind not in KINDS or fields.kind in NOT_BILLED:
        raise BillWrong(field="收入类别", why="没有这一类")
    if not fields.purpose.strip():
        raise BillWrong(field="什么钱", why="还没写")
    if not 0 < fields.amount_fen <= money.MAX_FEN:
        raise BillWrong(field="金额", why="要大于0")
    if not today <= fields.due_date <= today.replace(year=today.year + DUE_YEARS_MAX, day=1):
        raise BillWrong(field="交款期限", why="要在今天以后，五年以内")


def _payer(fields: BillFields, body: Organisation) -> _Payer:
    phone = secrets.seal("phone", identity.check_phone(fields.phone)) if fields.phone else ""
    if fields.payer_person:
        person = Person.objects.filter(
            ext_id=fields.payer_person, division_id=body.division_id
        ).first()
        if person is None:
            raise BillWrong(field="交款人", why="不在本村名册里")
        return _Payer(person.name, None, person, phone or person.sealed_phone)
    if fields.payer_counterparty:
        firm = Counterparty.objects.filter(ext_id=fields.payer_counterparty).first()
        if firm is None:
            raise BillWrong(field="交款单位", why="不在名册里")
        return _Payer(firm.name, firm, None, phone or firm.sealed_phone)
    if not fields.payer_name.strip():
        raise BillWrong(field="交款人", why="还没写")
    return _Payer(fields.payer_name.strip()[:120], None, None, phone)


def _account(fields: BillFields, body: Organisation) -> BankAccount:
    own = BankAccount.objects.filter(organisation=body, closed_date__isnull=True, kind__in=INTO)
    chosen = own.filter(ext_id=fields.account) if fields.account else own.filter(kind=INTO[0])
    found = chosen.order_by("pk").first()
    if found is None:
        raise BillWrong(field="收款账户", why=f"{body.name}没有这个在用的账户")
    return found


def _subject(fields: BillFields, body: Organisation, at: datetime) -> str:
    """Return the account of the books; the kind's own when nobody named one."""
    on = clock.local_date(at)
    offered = dict(subjects.of_kind(body.kind, "receipt.issued", fields.kind, on))
    if not fields.subject_code and len(offered) == 1:
        return next(iter(offered))
    if fields.subject_code and fields.subject_code not in offered:
        raise BillWrong(field="科目", why="这一类收入不能记到这里")
    return fields.subject_code


def _number(body: Organisation, year: int) -> str:
    """Return the next number of a body; those that an import brought are passed over."""
    while True:
        made = f"{year}-{next_number(f'bill:{body.ext_id}:{year}'):06d}"
        if not Bill.objects.filter(organisation=body, number=made).exists():
            return made


def _reference() -> str:
    while True:
        made = references.new_reference()
        if not Bill.objects.filter(reference=made).exists():
            return made


def _audit(bill: Bill, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=bill.organisation.ext_id,
        kind=f"payments.bill.{what}",
        by=by,
        at=at,
        subject=("bill", bill.ext_id),
        after={"number": bill.number, **after},
    )
