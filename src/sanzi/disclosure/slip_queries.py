"""A voucher and a bank's line as the public reads them: accounts by name, persons masked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from sanzi.disclosure import naming, rules
from sanzi.disclosure.queries import PAID
from sanzi.ledger.models import Voucher
from sanzi.ledger.queries import charts
from sanzi.orgs.errors import NotFound
from sanzi.payments.models import BankTransaction, Payment


@dataclass(frozen=True)
class PublicVoucher:
    """A voucher as the public sees it: accounts and amounts, no names of persons."""

    name: str
    day: date
    summary: str
    lines: tuple[tuple[str, str, int, int], ...]
    total_fen: int
    made_by: str
    payment_id: str


def voucher(village_code: str, ext_id: str) -> PublicVoucher:
    """Return a posted voucher of a village, masked. Raises: NotFound."""
    found = Voucher.objects.filter(
        ext_id=ext_id,
        book__organisation__division_id=village_code,
    ).first()
    if found is None:
        raise NotFound
    chart = charts.shown_chart(found.book).accounts
    sums: dict[str, list[int]] = {}
    for line in found.lines.order_by("line_no"):
        pair = sums.setdefault(line.account_code, [0, 0])
        pair[0] += line.debit_fen
        pair[1] += line.credit_fen
    return PublicVoucher(
        name=f"{found.word}字第{found.number}号",
        day=found.date,
        summary=naming.clean(village_code, [found.summary])[0],
        lines=tuple(
            (code, chart[code].name if code in chart else code, debit, credit)
            for code, (debit, credit) in sums.items()
        ),
        total_fen=found.total_fen,
        made_by="系统按规则自动记账" if found.origin == "auto" else "会计记账",
        payment_id=_payment_behind(village_code, found),
    )


def _payment_behind(village_code: str, found: Voucher) -> str:
    """Return the first paid payment that a voucher books, empty when it books something else."""
    paid = Payment.objects.filter(order__division_code=village_code, status__in=PAID)
    for condition in (
        {"ext_id": found.source_id},
        {"order__ext_id": found.source_id},
        {"order__case_number": found.source_id},
        {"attempts__instruction__msg_id": found.source_id},
    ):
        ext_id = paid.filter(**condition).values_list("ext_id", flat=True).first()
        if ext_id:
            return ext_id
    return ""


@dataclass(frozen=True)
class BankSlip:
    """The bank's own line of one payment, masked."""

    number: str
    bank_ref: str
    booked_at: datetime | None
    from_name: str
    from_tail: str
    to_name: str
    to_tail: str
    amount_fen: int
    memo: str


def bank_slip(village_code: str, payment_ext_id: str) -> BankSlip:
    """Return the bank's line behind a payment of a village, masked. Raises: NotFound."""
    paid = (
        Payment.objects.select_related("order__debit_account", "order__organisation")
        .filter(ext_id=payment_ext_id, order__division_code=village_code, status__in=PAID)
        .first()
    )
    if paid is None:
        raise NotFound
    line = BankTransaction.objects.filter(payment=paid, direction="out").first()
    debit = paid.order.debit_account
    also = [paid.payee_name] if paid.payee_kind == "person" else []
    memo = naming.clean(village_code, [line.memo], also)[0] if line else ""
    return BankSlip(
        number=paid.order.case_number,
        bank_ref=line.bank_ref if line else paid.bank_ref,
        booked_at=line.booked_at if line else paid.paid_at,
        from_name=paid.order.organisation.name,
        from_tail=debit.tail if debit else "",
        to_name=rules.payee_shown(paid.payee_kind, paid.payee_name),
        to_tail=paid.account_tail,
        amount_fen=line.amount_fen if line else paid.amount_fen,
        memo=memo,
    )
