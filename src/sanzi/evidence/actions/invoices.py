"""Invoices of a case: typed, or read from a file or a QR code; found again county-wide."""

from __future__ import annotations

import re
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F

from sanzi.audit import actions as audit
from sanzi.evidence import errors, hooks, invoice_types, invoices
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Attachment, Invoice
from sanzi.kernel import clock, digest, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Organisation

CASE = re.compile(r"([0-9]{12})-")


def key_index(fields: InvoiceFields) -> str:
    """Return the keyed digest by which the same invoice is found in every village."""
    return _index("invoice", invoices.key_text(fields))


def soft_index(fields: InvoiceFields) -> str:
    """Return the keyed digest of seller and sum, by which papers without a number are compared."""
    return _index("paper", invoices.soft_text(fields))


def _index(kind: str, text: str) -> str:
    key = bytes.fromhex(settings.SANZI.index_key)
    return digest.hmac_sm3(key, f"{kind}:{text}") if text else ""


def record_invoice(
    *,
    by: Actor,
    at: datetime,
    case_number: str,
    fields: InvoiceFields,
    file_digest: str = "",
    part_fen: int | None = None,
    subject_kind: str = "case",
) -> str:
    """Write down an invoice of a case that may still change; return its id.

    `subject_kind` is what the number names: a case, or another subject of a payment of its own.

    The same invoice twice on one case is one row. Whether it was used in another case is for the
    supervision models to say. Units: `part_fen` is what this case takes of it; None takes all.
    Raises: NotFound, SubjectClosed, RedInvoice, BadInvoice.
    """
    checked = invoices.check(fields, clock.local_date(at))
    _check_part(checked, part_fen)
    with transaction.atomic():
        chain = hooks.subject_of(subject_kind).may_change(by, case_number, at)
        if (
            file_digest
            and not Attachment.objects.filter(
                subject_kind=subject_kind, subject_id=case_number, file_id=file_digest
            ).exists()
        ):
            raise errors.BadInvoice(field="文件", why="没有挂在这一件上")
        index = key_index(checked)
        known = Invoice.objects.filter(case_number=case_number, key_index=index).first()
        if known is not None and index:
            return known.ext_id
        made = Invoice.objects.create(
            ext_id=ids.new_id("I", at), case_number=case_number, key_index=index,
            file_digest=file_digest, used_fen=part_fen, recorded_at=at, org_ext_id=chain,
            division_code=division_of(case_number, chain), **_known_state(index),
            **_columns(checked),
        )  # fmt: skip
        audit.write(
            chain=chain, kind="evidence.invoice.recorded", by=by, at=at,
            subject=(subject_kind, case_number),
            after={
                "invoice": made.ext_id, "amount_fen": made.amount_fen, "taken_fen": made.taken_fen,
                "sources": made.sources,
            },
        )  # fmt: skip
    return made.ext_id


def _check_part(fields: InvoiceFields, part_fen: int | None) -> None:
    gross = fields.amount_fen or 0
    if part_fen is not None and not 0 < part_fen <= gross:
        raise errors.BadInvoice(field="本次用", why=f"要在0和{money.format_yuan(gross)}元之间")


def division_of(case_number: str, chain: str) -> str:
    """Return the division that a case lies in: of its number, else of its organisation."""
    found = CASE.match(case_number)
    if found:
        return found.group(1)
    body = Organisation.objects.filter(ext_id=chain).values_list("division_id", flat=True).first()
    return body or ""


def _known_state(index: str) -> dict[str, object]:
    """Return what the tax office has already said of this invoice elsewhere."""
    known = (
        Invoice.objects.filter(key_index=index, verified_at__isnull=False)
        .order_by(F("verified_at").desc())
        .first()
        if index
        else None
    )
    if known is None:
        return {}
    return {"verify_status": known.verify_status, "verified_at": known.verified_at}


def remove_invoice(*, by: Actor, at: datetime, ext_id: str, subject_kind: str = "case") -> None:
    """Strike an invoice from a case that may still change.

    Raises: NotFound, SubjectClosed.
    """
    with transaction.atomic():
        found = Invoice.objects.filter(ext_id=ext_id).exclude(case_number="").first()
        if found is None:
            raise NotFound
        chain = hooks.subject_of(subject_kind).may_change(by, found.case_number, at)
        found.delete()
        audit.write(
            chain=chain, kind="evidence.invoice.removed", by=by, at=at,
            subject=(subject_kind, found.case_number), before={"invoice": ext_id},
        )  # fmt: skip


def _columns(fields: InvoiceFields) -> dict[str, object]:
    guessed = invoice_types.guess(fields.kind, fields.code, fields.number)
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
        "type_code": fields.type_code or guessed,
        "check_code": fields.check_code[:24],
        "net_fen": fields.net_fen,
        "tax_fen": fields.tax_fen,
        "soft_index": soft_index(fields),
        "sources": dict(fields.sources),
    }
