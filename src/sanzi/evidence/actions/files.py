"""Files in and out: store one on a subject, take one off while the subject is still open."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from datetime import datetime
from typing import BinaryIO

from django.db import transaction
from PIL import Image, ImageOps

from sanzi.audit import actions as audit
from sanzi.evidence import errors, hooks, reading, rules, storage
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Attachment, File, Picture, PictureBand
from sanzi.evidence.reading import likeness
from sanzi.kernel import ids
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

FILES_MAX = 60
DRAWN_QUALITY = 88


@dataclass(frozen=True)
class Stored:
    """A file hung on a subject. `invoices` are those that it shows, by their own words or codes."""

    ext_id: str
    digest: str
    media_type: str
    preview_count: int
    invoices: tuple[InvoiceFields, ...]

    @property
    def invoice(self) -> InvoiceFields | None:
        """The invoice that the file shows, None when it shows none or several."""
        return self.invoices[0] if len(self.invoices) == 1 else None


@dataclass(frozen=True)
class Upload:
    """One file as it came: its name (shown, never trusted), its kind of evidence, its bytes.

    `may_be_invoice` is False for what is known to be something else: it is not read as one.
    """

    name: str
    kind: str
    content: bytes | BinaryIO
    taken_at: datetime | None = None
    may_be_invoice: bool = True


def store(*, by: Actor, at: datetime, upload: Upload, subject_kind: str, subject_id: str) -> Stored:
    """Check a file by its content, keep it under its digest and hang it on the subject.

    The same file twice on one subject is one attachment. Reads at most the limit from a stream.
    Raises: NotFound, SubjectClosed, TooManyFiles, FileEmpty, FileTooBig, KindNotTaken,
        FileUnsafe, FileBroken. No row and no file is left when raised.
    """
    hooks.subject_of(subject_kind).may_change(by, subject_id, at)
    data = upload.content
    if not isinstance(data, bytes):
        data = data.read(rules.SIZE_MAX_BYTES + 1)
    examined = rules.examine(data, upload.name)
    shown: tuple[InvoiceFields, ...] = ()
    if upload.may_be_invoice:
        shown = tuple(reading.read(examined.data, examined.media_type, upload.name[:60]))
    digest = storage.keep(examined.data)
    try:
        pages = storage.draw_previews(examined, digest, upload.name)
    except errors.FileBroken:
        if not File.objects.filter(pk=digest).exists():
            storage.original(digest).unlink(missing_ok=True)
        raise
    with transaction.atomic():
        chain = hooks.subject_of(subject_kind).may_change(by, subject_id, at)
        hung = Attachment.objects.filter(
            subject_kind=subject_kind, subject_id=subject_id, removed_at__isnull=True
        )
        known = hung.filter(file_id=digest, kind=upload.kind).first()
        if known is not None:
            return Stored(known.ext_id, digest, examined.media_type, pages, shown)
        if hung.count() >= FILES_MAX:
            raise errors.TooManyFiles(limit=FILES_MAX)
        _, is_new = File.objects.get_or_create(
            pk=digest,
            defaults={
                "size_bytes": len(examined.data), "media_type": examined.media_type,
                "preview_count": pages, "stored_at": at,
            },
        )  # fmt: skip
        if pages and is_new:
            _keep_likeness(digest)
        made = Attachment.objects.create(
            ext_id=ids.new_id("F", at), file_id=digest, subject_kind=subject_kind,
            subject_id=subject_id, kind=upload.kind[:20], title=_title(upload.name),
            taken_at=upload.taken_at, uploaded_by_id=by.user_id or 0, uploaded_at=at,
        )  # fmt: skip
        audit.write(
            chain=chain, kind="evidence.file.stored", by=by, at=at,
            subject=(subject_kind, subject_id),
            after={"file": digest, "kind": made.kind, "attachment": made.ext_id},
        )  # fmt: skip
    return Stored(made.ext_id, digest, examined.media_type, pages, shown)


def without_place(upload: Upload) -> Upload:
    """Return a picture drawn anew, without where and by which phone it was taken.

    For what villagers send of themselves; other files are returned as they are.
    Raises: FileEmpty, FileTooBig, KindNotTaken, FileUnsafe, FileBroken.
    """
    data = upload.content
    if not isinstance(data, bytes):
        data = data.read(rules.SIZE_MAX_BYTES + 1)
    examined = rules.examine(data, upload.name)
    kind = rules.IMAGE_TYPES.get(examined.media_type)
    if kind is None:
        return replace(upload, content=data)
    with Image.open(io.BytesIO(data), formats=[kind]) as picture:
        upright = ImageOps.exif_transpose(picture)
        drawn = io.BytesIO()
        upright.convert("RGB").save(drawn, format="JPEG", quality=DRAWN_QUALITY)
    return replace(upload, content=drawn.getvalue())


def _keep_likeness(digest: str) -> None:
    """Keep how the first page looks, so that the same picture is found on another case."""
    with Image.open(storage.preview(digest, 1)) as page:
        found = likeness.of(page)
    if found:
        picture = Picture.objects.create(file_id=digest, likeness=found)
        PictureBand.objects.bulk_create(
            PictureBand(picture=picture, place=place, value=value)
            for place, value in enumerate(likeness.bands(found))
        )


def remove(*, by: Actor, at: datetime, ext_id: str) -> None:
    """Take a file off its subject while that may still change; the bytes stay.

    Raises: NotFound, SubjectClosed.
    """
    with transaction.atomic():
        found = Attachment.objects.filter(ext_id=ext_id, removed_at__isnull=True).first()
        if found is None:
            raise NotFound
        subject = hooks.subject_of(found.subject_kind)
        chain = subject.may_change(by, found.subject_id, at)
        found.removed_at = at
        found.save(update_fields=["removed_at"])
        audit.write(
            chain=chain, kind="evidence.file.removed", by=by, at=at,
            subject=(found.subject_kind, found.subject_id),
            before={"file": found.file_id, "attachment": ext_id},
        )  # fmt: skip


def carry_over(
    *, subject: tuple[str, str], to: tuple[str, str], chain: str, by: Actor, at: datetime
) -> None:
    """Hang all files of a subject on another that it became.

    Runs inside the caller's transaction; the caller holds the doors of both.
    """
    hung = Attachment.objects.filter(
        subject_kind=subject[0], subject_id=subject[1], removed_at__isnull=True
    )
    moved = list(hung.order_by("id").values_list("ext_id", flat=True))
    hung.update(subject_kind=to[0], subject_id=to[1])
    audit.write(
        chain=chain, kind="evidence.files.carried_over", by=by, at=at, subject=to,
        before={"subject": list(subject)}, after={"attachments": moved},
    )  # fmt: skip


def _title(name: str) -> str:
    """Return a file's own name without folders and control characters."""
    bare = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(mark for mark in bare if mark.isprintable())[:120] or "未命名"
