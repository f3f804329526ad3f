"""Find filed years and what lies in them, and check that they are as they were filed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings

from sanzi.ledger.archives import opening
from sanzi.ledger.archives.opening import Found, NotAnArchive
from sanzi.ledger.models import YearArchive
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

FOUND_MAX = 200


@dataclass(frozen=True)
class ArchiveRow:
    """One filed year of a book."""

    ext_id: str
    org_ext_id: str
    organisation: str
    year: int
    piece_count: int
    size_bytes: int
    digest: str
    made_at: datetime
    path: Path


@dataclass(frozen=True)
class FoundPiece:
    """A piece and the archive that it lies in."""

    archive: ArchiveRow
    piece: Found


def folder() -> Path:
    """Return where archives lie."""
    return Path(settings.SANZI.var) / "archives"


def archives(*, by: Actor, org_ext_id: str = "", year: int | None = None) -> list[ArchiveRow]:
    """Return the filed years of the scope, newest first."""
    rows = YearArchive.objects.select_related("book__organisation").filter(
        scope.within(by, "ledger.see", "book__organisation__division_id")
    )
    if org_ext_id:
        rows = rows.filter(book__organisation__ext_id=org_ext_id)
    if year is not None:
        rows = rows.filter(year=year)
    return [_row(one) for one in rows.order_by("-year", "book__organisation__division_id", "id")]


def access_archive(*, by: Actor, ext_id: str) -> ArchiveRow:
    """Return one filed year. Raises: NotFound when absent or out of scope."""
    found = YearArchive.objects.select_related("book__organisation").filter(ext_id=ext_id).first()
    if found is None:
        raise NotFound
    scope.require(by, "ledger.see", found.book.organisation.division_id)
    return _row(found)


def find_pieces(
    *, by: Actor, text: str = "", class_name: str = "", org_ext_id: str = "",
    year: int | None = None,
) -> list[FoundPiece]:  # fmt: skip
    """Return pieces by words, voucher number or file number, by class, body and year."""
    found: list[FoundPiece] = []
    for row in archives(by=by, org_ext_id=org_ext_id, year=year):
        try:
            listed = opening.pieces(row.path)
        except NotAnArchive:
            continue  # `faults` says so
        for piece in listed:
            if class_name in {"", piece.class_name} and piece.holds(text):
                found.append(FoundPiece(row, piece))
                if len(found) == FOUND_MAX:
                    return found
    return found


def piece_files(*, by: Actor, ext_id: str, number: str) -> list[tuple[str, bytes]]:
    """Return (name, bytes) of the files of one piece by its file number. Raises: NotFound."""
    row = access_archive(by=by, ext_id=ext_id)
    try:
        for piece in opening.pieces(row.path):
            if piece.number == number:
                return opening.contents(row.path, piece.folder)
    except NotAnArchive:
        raise NotFound from None
    raise NotFound


def faults(
    *, by: Actor, org_ext_id: str = "", year: int | None = None
) -> Iterator[tuple[ArchiveRow, list[str]]]:
    """Yield every filed year of the scope with what is wrong in it."""
    for row in archives(by=by, org_ext_id=org_ext_id, year=year):
        yield row, opening.faults(row.path, row.digest)


def _row(one: YearArchive) -> ArchiveRow:
    organisation = one.book.organisation
    return ArchiveRow(
        ext_id=one.ext_id,
        org_ext_id=organisation.ext_id,
        organisation=organisation.name,
        year=one.year,
        piece_count=one.piece_count,
        size_bytes=one.size_bytes,
        digest=one.digest,
        made_at=one.made_at,
        path=folder() / one.file_name,
    )
