"""Loader of the `invoice` table of a data package."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sanzi.evidence import invoice_types
from sanzi.evidence.actions.invoices import CASE, key_index, soft_index
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Invoice
from sanzi.orgs.models import Organisation
from sanzi.record.bulk import Values
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import merge


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("invoice", ORDER["invoice"], load_invoices))


def load_invoices(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `invoice` rows; the key by which duplicates are found is made here."""
    places = dict(Organisation.objects.values_list("ext_id", "division_id"))
    return merge(
        Invoice,
        (_invoice(row, places) for row in rows),
        key="ext_id",
        compare=(
            "payment_ext_id", "case_number", "kind", "key_index", "code", "number", "issue_date",
            "seller_name", "seller_tax_no", "buyer_name", "buyer_tax_no", "amount_fen",
            "item_text", "verify_status", "verified_at", "file_digest", "org_ext_id",
            "division_code", "type_code", "net_fen", "tax_fen", "used_fen", "soft_index",
        ),
    )  # fmt: skip


def _invoice(row: Mapping[str, Any], places: Mapping[str, str]) -> Values:
    org = str(row.get("org_id") or "")
    case = str(row.get("case_id") or "")
    texts = {
        name: str(row.get(name) or "")
        for name in (
            "seller_name", "seller_tax_no", "buyer_name", "buyer_tax_no", "item_text",
        )
    }  # fmt: skip
    fields = InvoiceFields(
        kind=row["kind"],
        code=str(row.get("invoice_code") or ""),
        number=str(row.get("invoice_no") or ""),
        issue_date=row.get("issue_date"),
        amount_fen=row["amount_fen"],
        seller_name=texts["seller_name"],
        seller_tax_no=texts["seller_tax_no"],
    )
    return {
        "ext_id": row["invoice_id"],
        "payment_ext_id": str(row.get("payment_id") or ""),
        "case_number": case,
        "kind": fields.kind,
        "key_index": key_index(fields),
        "code": fields.code[:20],
        "number": fields.number[:20],
        "issue_date": fields.issue_date,
        "amount_fen": row["amount_fen"],
        "verify_status": str(row.get("verify_status") or "pending"),
        "verified_at": row.get("verified_at"),
        "file_digest": str(row.get("file_hash") or ""),
        "org_ext_id": org,
        "division_code": str(row.get("village_id") or places.get(org) or _place(case)),
        "type_code": str(row.get("type_code") or "")
        or invoice_types.guess(fields.kind, fields.code, fields.number),
        "net_fen": row.get("net_fen"),
        "tax_fen": row.get("tax_fen"),
        "used_fen": row.get("used_fen"),
        "soft_index": soft_index(fields),
        **texts,
    }


def _place(case: str) -> str:
    """Return the division that a case number of ours begins with, empty for another's."""
    found = CASE.match(case)
    return found.group(1) if found else ""
