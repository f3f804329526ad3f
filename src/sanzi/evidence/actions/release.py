"""What must hold of a case's invoices before money leaves: the tax office's word, and the sum.

`ask` runs before the step and may call over the wire; `claim` runs in the transaction that hands
the order to the bank, with the invoices locked.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence import errors, hooks, invoice_types
from sanzi.evidence.actions import checks
from sanzi.evidence.models import Invoice, InvoiceCheck, InvoiceWaiver, WhiteSlip
from sanzi.evidence.verification import channels
from sanzi.evidence.verification.port import STATUS, WORDS, Verdict
from sanzi.kernel import clock, money
from sanzi.orgs.actors import SYSTEM, Actor

BAD = {
    "voided": Verdict.VOID,
    "red_flushed": Verdict.RED,
    "failed": Verdict.MISMATCH,
}
REASON_MIN = 6


def ask(*, case_number: str, by: Actor, at: datetime, reason: str = "") -> None:
    """Ask about the invoices of a case once more, seconds before it is paid.

    One that the office answered within a day is not asked again. Where it gives no answer, the
    checker's written reason is kept and lets the payment go on.
    Raises: InvoiceNotPayable, InvoiceUnverified. What the office said is kept even then.
    """
    if channels.mode() == channels.OFF:
        return
    for one in _invoices(case_number):
        words = _doubt(_asked_again(one, at), at)
        if not words or _is_waived(one, case_number):
            continue
        if len(reason.strip()) < REASON_MIN:
            raise errors.InvoiceUnverified(number=one.number, words=words)
        _waive(one, case_number, reason.strip(), by=by, at=at)


def _invoices(case_number: str) -> list[Invoice]:
    rows = Invoice.objects.filter(case_number=case_number, kind__in=sorted(invoice_types.KINDS))
    return list(rows.order_by("id"))


def _asked_again(invoice: Invoice, at: datetime) -> Invoice:
    """Return the invoice as it stands after asking again where that is due and possible."""
    _refuse_bad(invoice)
    is_fresh = invoice.verified_at is not None and at - invoice.verified_at < checks.FRESH
    if is_fresh or channels.verifier() is None or not invoice.key_index:
        return invoice
    try:
        checks.verify(by=SYSTEM, at=at, ext_id=invoice.ext_id, occasion="payment")
    except (errors.QueryIncomplete, errors.TooManyChecks):
        return invoice
    invoice.refresh_from_db()
    _refuse_bad(invoice)
    return invoice


def _refuse_bad(invoice: Invoice) -> None:
    if invoice.verify_status not in BAD:
        return
    answers = InvoiceCheck.objects.filter(
        key_index=invoice.key_index, result__in=[one.value for one in STATUS]
    )
    last = answers.order_by("-asked_at", "-id").first() if invoice.key_index else None
    words = last.words if last is not None and last.words else WORDS[BAD[invoice.verify_status]]
    raise errors.InvoiceNotPayable(number=invoice.number, words=words.rstrip("。"))


def _doubt(invoice: Invoice, at: datetime) -> str:
    """Return why nobody can say that the invoice holds, empty when somebody can."""
    if invoice.verify_status == "ok" and invoice.verified_at is not None:
        is_by_hand = channels.verifier() is None
        if is_by_hand or at - invoice.verified_at < checks.FRESH:
            return ""
    last = InvoiceCheck.objects.filter(key_index=invoice.key_index).order_by("-id").first()
    if last is None or not invoice.key_index:
        return "还没有人查过"
    return WORDS[Verdict(last.result)] if last.result != Verdict.VALID else "上次查验过了一天"


def _is_waived(invoice: Invoice, case_number: str) -> bool:
    waived = InvoiceWaiver.objects.filter(invoice_ext_id=invoice.ext_id, case_number=case_number)
    return waived.exists()


def _waive(invoice: Invoice, case_number: str, reason: str, *, by: Actor, at: datetime) -> None:
    with transaction.atomic():
        InvoiceWaiver.objects.create(
            invoice_ext_id=invoice.ext_id, case_number=case_number, reason=reason[:300],
            result=invoice.verify_status, by_id=by.user_id or 0, at=at,
        )  # fmt: skip
        audit.write(
            chain=invoice.org_ext_id or "evidence", kind="evidence.invoice.waived", by=by, at=at,
            subject=("case", case_number),
            after={"invoice": invoice.ext_id, "reason": reason[:300]},
        )  # fmt: skip


def claim(*, case_number: str, by: Actor, at: datetime) -> None:
    """Take what the case takes of its invoices, under lock, in the transaction of the release.

    Two payments of one invoice at the same moment wait for each other here. What a payment took
    that the bank refused or gave back for good is free again.
    Raises: InvoiceNotPayable, InvoiceUnverified, InvoiceOverused.
    """
    mine = _invoices(case_number)
    keys = {one.key_index for one in mine if one.key_index}
    rows = list(Invoice.objects.select_for_update().filter(key_index__in=keys).order_by("pk"))
    _freed([one for one in rows if one.case_number != case_number], at)
    for one in mine:
        _refuse_bad(one)
        if channels.mode() != channels.OFF:
            words = _doubt(one, at)
            if words and not _is_waived(one, case_number):
                raise errors.InvoiceUnverified(number=one.number, words=words)
        _require_left(one, [row for row in rows if row.key_index == one.key_index])
    for one in mine:
        if one.claimed_at is None:
            one.claimed_at = at
            one.next_check_date = checks.next_check(one, clock.local_date(at))
            one.save(update_fields=["claimed_at", "next_check_date"])
    WhiteSlip.objects.filter(case_number=case_number, claimed_at__isnull=True).update(claimed_at=at)
    if mine:
        audit.write(
            chain=mine[0].org_ext_id or "evidence", kind="evidence.invoices.claimed", by=by, at=at,
            subject=("case", case_number),
            after={one.ext_id: one.taken_fen for one in mine},
        )  # fmt: skip


def _freed(rows: list[Invoice], at: datetime) -> None:
    """Let go of what payments took that ended without success for good. Needs the rows locked.

    One whose fate is not known yet still holds what it took.
    """
    taken = [one for one in rows if one.claimed_at is not None]
    standing = hooks.standing([(one.case_number, one.payment_ext_id) for one in taken])
    for one, stands in zip(taken, standing, strict=True):
        if stands:
            continue
        one.claimed_at = one.next_check_date = None
        one.save(update_fields=["claimed_at", "next_check_date"])
        audit.write(
            chain=one.org_ext_id or "evidence", kind="evidence.invoices.freed", by=SYSTEM, at=at,
            subject=("case", one.case_number), after={one.ext_id: one.taken_fen},
        )  # fmt: skip


def _require_left(invoice: Invoice, uses: list[Invoice]) -> None:
    """Refuse when the parts taken of an invoice would be more than it says."""
    if not invoice.key_index or invoice.claimed_at is not None:
        return
    gross = min(one.amount_fen for one in uses)
    used = sum(one.taken_fen for one in uses if one.claimed_at is not None)
    if used + invoice.taken_fen > gross:
        raise errors.InvoiceOverused(
            number=invoice.number,
            gross=money.format_yuan(gross),
            used=money.format_yuan(used),
            asked=money.format_yuan(invoice.taken_fen),
        )
