"""Reads of the room: what hangs on a subject, previews, originals behind their door."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sanzi.evidence import hooks, reading, rules, storage
from sanzi.evidence.errors import KindNotTaken
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Attachment, Invoice, Picture
from sanzi.evidence.reading import ocr
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound


@dataclass(frozen=True)
class Hung:
    """A file on a subject. `preview_count` pages can be shown; 0 means a table of fields."""

    ext_id: str
    digest: str
    kind: str
    title: str
    media_type: str
    size_bytes: int
    preview_count: int
    uploaded_at: datetime


@dataclass(frozen=True)
class Original:
    """An original behind its door: where it lies, and how it must be sent (as an attachment)."""

    path: Path
    media_type: str
    file_name: str


def attachments(subject_kind: str, subject_id: str) -> list[Hung]:
    """Return the files of a subject in the order they came. Callers hold the subject's door."""
    found = (
        Attachment.objects.filter(
            subject_kind=subject_kind, subject_id=subject_id, removed_at__isnull=True
        )
        .select_related("file")
        .order_by("uploaded_at", "id")
    )
    return [_hung(one) for one in found]


def attachments_of(subject_kind: str, subject_ids: Iterable[str]) -> dict[str, list[Hung]]:
    """Return the files of many subjects of a kind at once, as `attachments` does of one."""
    found: dict[str, list[Hung]] = {}
    rows = (
        Attachment.objects.filter(
            subject_kind=subject_kind, subject_id__in=list(subject_ids), removed_at__isnull=True
        )
        .select_related("file")
        .order_by("uploaded_at", "id")
    )
    for one in rows:
        found.setdefault(one.subject_id, []).append(_hung(one))
    return found


def likeness_of(digest: str) -> str:
    """Return how the first page of a file looks (64 hex digits), empty when it has none."""
    found = Picture.objects.filter(pk=digest).values_list("likeness", flat=True).first()
    return found or ""


def _hung(one: Attachment) -> Hung:
    return Hung(
        ext_id=one.ext_id,
        digest=one.file_id,
        kind=one.kind,
        title=one.title,
        media_type=one.file.media_type,
        size_bytes=one.file.size_bytes,
        preview_count=one.file.preview_count,
        uploaded_at=one.uploaded_at,
    )


def kinds_on(subject_kind: str, subject_ids: Iterable[str]) -> dict[str, list[str]]:
    """Return the titles of the files of many subjects, for the pages villagers see."""
    found: dict[str, list[str]] = {}
    rows = Attachment.objects.filter(
        subject_kind=subject_kind, subject_id__in=list(subject_ids), removed_at__isnull=True
    ).order_by("id")
    for subject, kind in rows.values_list("subject_id", "kind"):
        found.setdefault(subject, []).append(kind)
    return found


def _access(by: Actor, ext_id: str) -> Attachment:
    found = (
        Attachment.objects.select_related("file")
        .filter(ext_id=ext_id, removed_at__isnull=True)
        .first()
    )
    if found is None:
        raise NotFound
    hooks.subject_of(found.subject_kind).may_see(by, found.subject_id)
    return found


def access_hung(*, by: Actor, ext_id: str) -> Hung:
    """Return one file of the actor's scope. Raises: NotFound."""
    return _hung(_access(by, ext_id))


def access_preview(*, by: Actor, ext_id: str, page: int) -> Path:
    """Return the re-encoded copy of one page of a file of the actor's scope.

    Raises: NotFound.
    """
    found = _access(by, ext_id)
    path = preview_path(found.file_id, page)
    if not 1 <= page <= found.file.preview_count or not path.exists():
        raise NotFound
    return path


def access_original(*, by: Actor, ext_id: str) -> Original:
    """Return an original of the actor's scope; faces send it as an attachment, never inline.

    Raises: NotFound.
    """
    found = _access(by, ext_id)
    path = storage.original(found.file_id)
    if not path.exists():
        raise NotFound
    extension = rules.EXTENSIONS.get(found.file.media_type, "bin")
    return Original(path, found.file.media_type, f"{found.ext_id}.{extension}")


def access_reading(*, by: Actor, ext_id: str) -> list[InvoiceFields]:
    """Return the invoices that a file shows, words on a photo read too where an engine is there.

    Raises: NotFound.
    """
    found = _access(by, ext_id)
    data = storage.original(found.file_id).read_bytes()
    return reading.read(data, found.file.media_type, found.title, engine=ocr.engine())


def access_fields(*, by: Actor, ext_id: str) -> list[tuple[str, str]]:
    """Return (label, text) of what an invoice file says, empty when it shows none or several.

    Raises: NotFound.
    """
    found = _access(by, ext_id)
    if found.file.media_type in rules.IMAGE_TYPES:
        return []
    try:
        told = access_reading(by=by, ext_id=ext_id)
    except KindNotTaken:  # kept as what it is, such as the data of a bank's e-receipt
        return []
    return told[0].table() if len(told) == 1 else []


def preview_path(digest: str, page: int) -> Path:
    """Return where a preview page lies, pages from 1."""
    return storage.preview(digest, page)


def picture_path(digest: str) -> Path | None:
    """Return where the copy of a picture lies, None when there is none.

    Callers hold the door of what it stands in.
    """
    try:
        path = storage.preview(digest, 1)
    except ValueError:
        return None
    return path if path.exists() else None


def invoices_of(case_number: str) -> list[Invoice]:
    """Return the invoices of a case. Callers hold the case's door."""
    return list(Invoice.objects.filter(case_number=case_number).order_by("id"))
