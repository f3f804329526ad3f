"""What a case published, as the public reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sanzi.disclosure.models import Publication
from worlds import deals


@dataclass(frozen=True)
class Published:
    """The newest version of one item of a case; `facts` by label, `tables` by title."""

    item: str
    title: str
    kind: str
    stage: str
    total_fen: int | None
    is_late: bool
    facts: dict[str, str]
    tables: dict[str, list[list[str]]]
    version: int

    @property
    def text(self) -> str:
        """Every word of it, to look for what must not be there."""
        cells = [cell for rows in self.tables.values() for row in rows for cell in row]
        return " ".join([self.title, self.kind, *self.facts.values(), *cells])


def published(number: str) -> dict[str, Published]:
    """Return what stands published of a case, by item code, read through the record."""
    rows = [one for one in deals.record_rows("disclosure") if one["subject_id"] == number]
    standing = Publication.objects.filter(
        ext_id__in=[one["disclosure_id"] for one in rows], replaced_by__isnull=True
    )
    return {one.item_code: _read(one, rows) for one in standing}


def _read(one: Publication, rows: list[dict[str, Any]]) -> Published:
    body = one.body
    return Published(
        item=one.item_code,
        title=one.title,
        kind=body["kind"],
        stage=body["stage"],
        total_fen=one.total_fen,
        is_late=one.is_late,
        facts=dict(body["facts"]),
        tables={table["title"]: table["rows"] for table in body["tables"]},
        version=sum(row["item_code"] == one.item_code for row in rows),
    )
