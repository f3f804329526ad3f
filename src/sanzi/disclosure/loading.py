"""Loader of the room's table of a data package: what was published elsewhere before."""

from __future__ import annotations

from typing import Any

from sanzi.disclosure.models import Publication
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows, register
from sanzi.record.merging import add

AS_IT_IS = ("item_code", "due_at", "published_at", "unpublished_at", "min_days", "total_fen")


def register_loaders() -> None:
    """Tell the record which tables this room takes."""
    register(Loader("disclosure", ORDER["disclosure"], load_disclosures))


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
            **{name: row.get(name) or "" for name in ("period", "subject_kind", "subject_id")},
            **{name: row.get(name) for name in AS_IT_IS},
        }

    return add(Publication, rows, column="disclosure_id", made=made)
