"""Loaders of the room's tables of a data package: publications and inquiries of the past."""

from __future__ import annotations

from typing import Any

from sanzi.disclosure.models import Inquiry, Publication
from sanzi.orgs.models import Organisation
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add, merge

OR_EMPTY = ("period", "subject_kind", "subject_id", "withdrawn_reason")
AS_IT_IS = ("item_code", "due_at", "published_at", "unpublished_at", "min_days", "total_fen")


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("disclosure", ORDER["disclosure"], load_disclosures))
    register(Loader("inquiry", ORDER["inquiry"], load_inquiries))


def load_disclosures(rows: Rows, _context: LoadContext) -> LoadCount:
    """Add the `disclosure` rows that are not known; of the past only the title is there."""

    def made(row: dict[str, Any]) -> dict[str, Any]:
        return {
            "ext_id": row["disclosure_id"],
            "division_id": row["village_id"],
            "org_ext_id": row["org_id"],
            "title": row["title"][:120],
            "body": {},
            "content_digest": row["content_hash"],
            **{name: row.get(name) or "" for name in OR_EMPTY},
            **{name: row.get(name) for name in AS_IT_IS},
        }

    return add(Publication, rows, column="disclosure_id", made=made)


INQUIRY_COLUMNS = (
    "organisation_id", "division_code", "case_number", "title", "askers", "asked_at",
    "subject_kind", "subject_id", "asker_count", "due_at", "answered_at", "is_satisfied", "status",
)  # fmt: skip


def load_inquiries(rows: Rows, _context: LoadContext) -> LoadCount:
    """Merge `inquiry` rows."""
    bodies = dict(Organisation.objects.values_list("ext_id", "pk"))
    made = (
        {
            "ext_id": row["inquiry_id"],
            "organisation_id": bodies[row["addressee_org_id"]],
            "division_code": row["village_id"],
            "case_number": row.get("case_id") or "",
            "title": row["title"][:60],
            "askers": row["kind"],
            "subject_kind": row.get("subject_kind") or "",
            "subject_id": row.get("subject_id") or "",
            "is_satisfied": row.get("is_satisfied"),
            **{
                name: row.get(name)
                for name in ("asked_at", "asker_count", "due_at", "answered_at", "status")
            },
        }
        for row in rows
    )
    return merge(Inquiry, made, key="ext_id", compare=INQUIRY_COLUMNS)
