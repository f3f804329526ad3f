"""Invoices of a case: typed, or read from a file or a QR code; found again county-wide."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.evidence import errors, hooks, invoices
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Attachment, Invoice
from sanzi.kernel import clock, digest, ids
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


def key_index(fields: InvoiceFields) -> str:
    """Return the keyed digest by which the same invoice is found in every village."""
    text = invoices.key_text(fields)
    key = bytes.fromhex(settings.SANZI.index_key)
    return digest.hmac_sm3(key, f"invoice:{text}") if text else ""


def record_invoice(
    *, by: Actor, at: datetime, case_number: str, fields: InvoiceFields, file_digest: str = ""
) -> str:
    """Write down an invoice of a case that may still change; return its id.

    The same invoice twice on one case is one row. Whether it was used in another case is for the
    supervision models to say. Raises: NotFound, SubjectClosed, BadInvoice.
    """
    checked = invoices.check(fields, clock.local_date(at))
    with transaction.atomic():
        chain = hooks.subject_of("case").may_change(by, case_number, at)
        if (
            file_digest
            and not Attachment.objects.filter(
                subject_kind="case", subject_id=case_number, file_id=file_digest
            ).exists()
        ):
            raise errors.BadInvoice(field="文件", why="没有挂在这一件上")
        index = key_index(checked)
        known = Invoice.objects.filter(case_number=case_number, key_index=index).first()
        if known is not None and index:
            return known.ext_id
        made = Invoice.objects.create(
            ext_id=ids.new_id("I", at), case_number=case_number, key_index=index,
            file_digest=file_digest, **_columns(checked),
        )  # fmt: skip
        audit.write(
            chain=chain, kind="evidence.invoice.recorded", by=by, at=at,
            subject=("case", case_number),
            after={"invoice": made.ext_id, "amount_fen": made.amount_fen},
        )  # fmt: skip
    return made.ext_id


def remove_invoice(*, by: Actor, at: datetime, ext_id: str) -> None:
    """Strike an invoice from a case that may still change.

    Raises: NotFound, SubjectClosed.
    """
    with transaction.atomic():
        found = Invoice.objects.filter(ext_id=ext_id).exclude(case_number="").first()
        if found is None:
            raise NotFound
        chain = hooks.subject_of("case").may_change(by, found.case_number, at)
        found.delete()
        audit.write(
            chain=chain, kind="evidence.invoice.removed", by=by, at=at,
            subject=("case", found.case_number), before={"invoice": ext_id},
        )  # fmt: skip


def _columns(fields: InvoiceFields) -> dict[str, object]:
    return {
        "kind": fields.kind,
        "code": fields.code[:20],
        "number": fields.number[:20],
        "issue_date": fields.issue_date,
        "seller_name": fields.seller_name[:120],
        "seller_tax_no": fields.seller_tax_no[:20],
        "buyer_name": fields.buyer_name[:120],
        "buyer_tax_no": fields.buyer_tax_no[:20],
        "amount_fen": fields.amount_fen,
        "item_text": fields.item_text[:200],
    }
