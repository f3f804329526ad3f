"""Income, the simple half: a bank line comes in, a receipt is issued for it, the books take it.

Receipt numbers run without gaps within an organisation and year. A receipt is never deleted: it
is voided, and a voucher of its own takes it out of the books.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import clock, ids
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.payments.actions import books
from sanzi.payments.actions.numbers import next_number
from sanzi.payments.errors import BankLineTaken, WrongField
from sanzi.payments.models import BankTransaction, Receipt

PERMISSION = "payments.receive"
REASON_LENGTH_MIN = 4
KINDS = (
    "rent",
    "contracting",
    "land_transfer",
    "subsidy",
    "earmarked",
    "interest",
    "dividend",
    "sales",
    "service",
    "refund",
    "other",
)


@dataclass(frozen=True)
class ReceiptFields:
    """What the accountant says of a bank line. Empty payer: the name the bank gave."""

    kind: str
    subject_code: str
    purpose: str
    payer_name: str = ""
    payer_counterparty: str = ""
    source_kind: str = ""
    source_id: str = ""


@dataclass(frozen=True)
class IssuedReceipt:
    """A receipt as issued; `number` is `2026-000001`. Units: fen."""

    ext_id: str
    number: str
    amount_fen: int
    voucher_ext_id: str


@transaction.atomic
def issue_receipt(
    *, bank_line: str, by: Actor, at: datetime, fields: ReceiptFields
) -> IssuedReceipt:
    """Issue the receipt for one bank line that nobody has claimed, and book it.

    Raises: NotFound, BankLineTaken, WrongField, what the ledger raises. Nothing is written then,
        and no number is used up.
    """
    line = lock_line(bank_line, by=by)
    receipt = new_receipt(line, fields, line.amount_fen, by=by, at=at)
    receipt.save(force_insert=True)
    book(receipt, line, by=by, at=at)
    line.receipt = receipt
    line.save(update_fields=["receipt"])
    return told(receipt)


def lock_line(bank_line: str, *, by: Actor) -> BankTransaction:
    """Return a credit that nobody has claimed, locked. Raises: NotFound, BankLineTaken."""
    line = (
        BankTransaction.objects.select_for_update(of=("self",), no_key=True)
        .select_related("account__organisation")
        .filter(ext_id=bank_line)
        .first()
    )
    if line is None or line.account.organisation is None:
        raise NotFound
    scope.require(by, PERMISSION, line.account.organisation.division_id)
    _require_free(line)
    return line


def new_receipt(
    line: BankTransaction, fields: ReceiptFields, amount_fen: int, *, by: Actor, at: datetime
) -> Receipt:
    """Return a receipt for a bank line or a part of it, numbered and not yet saved.

    Raises: WrongField.
    """
    organisation = line.account.organisation
    if organisation is None:
        raise NotFound
    if fields.kind not in KINDS:
        raise WrongField(field="收入类别", why="没有这一类")
    year = clock.local_date(at).year
    number = next_number(number_key(organisation, at))
    return Receipt(
        ext_id=ids.new_id("R", at),
        organisation=organisation,
        division_code=organisation.division_id,
        number=f"{year}-{number:06d}",
        kind=fields.kind,
        payer_name=fields.payer_name or line.peer_name or "未写明",
        payer_counterparty=_payer(fields.payer_counterparty),
        purpose=fields.purpose[:60],
        subject_code=fields.subject_code,
        source_kind=fields.source_kind,
        source_id=fields.source_id,
        amount_fen=amount_fen,
        account=line.account,
        issued_at=at,
        issued_by_id=by.user_id,
        banked_at=line.booked_at,
    )


def number_key(organisation: Organisation, at: datetime) -> str:
    """Return the key under which a body's receipts of a year are numbered."""
    return f"receipt:{organisation.ext_id}:{clock.local_date(at).year}"


def book(
    receipt: Receipt, line: BankTransaction, what: str = "issued", *, by: Actor, at: datetime
) -> None:
    """Book a saved receipt and log what happened: issued or banked. Raises what the ledger does."""
    receipt.voucher_ext_id = books.received(receipt, by=by, at=at)
    receipt.save(update_fields=["voucher_ext_id"])
    _audit(receipt, what, by, at, {"bank_line": line.ext_id})


def told(receipt: Receipt) -> IssuedReceipt:
    """Return what a face tells of a receipt."""
    return IssuedReceipt(receipt.ext_id, receipt.number, receipt.amount_fen, receipt.voucher_ext_id)


def _require_free(line: BankTransaction) -> None:
    if line.direction != "in":
        raise BankLineTaken(why="是付出去的")
    if line.payment_id is not None:
        raise BankLineTaken(why="是退汇")
    if line.receipt_id is not None:
        raise BankLineTaken(why="已经开过收据")


def _payer(ext_id: str) -> Counterparty | None:
    if not ext_id:
        return None
    found = Counterparty.objects.filter(ext_id=ext_id).first()
    if found is None:
        raise WrongField(field="付款单位", why="不在名册里")
    return found


def _audit(receipt: Receipt, what: str, by: Actor, at: datetime, after: dict[str, object]) -> None:
    audit.write(
        chain=receipt.organisation.ext_id,
        kind=f"payments.receipt.{what}",
        by=by,
        at=at,
        subject=("receipt", receipt.ext_id),
        after={"number": receipt.number, "amount_fen": receipt.amount_fen, **after},
    )
