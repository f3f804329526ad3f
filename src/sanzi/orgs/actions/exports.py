"""The data package going out: masked for anybody at the machine, plain only by two persons.

`request` and `approve` are the two hands; `write_sealed` makes the archive, once, for the key
that was named in the request. Every step leaves an event in the chain `exports`.
"""

from __future__ import annotations

import os
import tarfile
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import IO, Final, cast

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.kernel import divisions, ids
from sanzi.orgs import scope, secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import ExportNotNow, FolderNotEmpty, NotFound, PurposeNeeded, SamePerson
from sanzi.orgs.models import Division, ExportRequest, ExportState
from sanzi.record import descriptor, envelope, exporting

CHAIN: Final = "exports"
BOOK_TABLES: Final = frozenset(
    {"org", "account", "voucher", "ledger_line", "opening_balance", "period"}
)
PURPOSE_LENGTH_MIN: Final = 6
APPROVAL_LASTS: Final = timedelta(days=7)
_KINDS: Final[dict[str, secrets.Kind]] = {
    "resident_id": "id_no",
    "account": "account",
    "phone": "phone",
}


@dataclass(frozen=True)
class Written:
    """What an export came to: rows per table, and the SM3 of the archive (empty for a folder)."""

    rows: dict[str, int]
    digest: str = ""

    @property
    def total(self) -> int:
        """All rows."""
        return sum(self.rows.values())


def write_masked(*, folder: Path, by: Actor, at: datetime) -> Written:
    """Write the whole package into a new folder, personal columns masked.

    Raises: FolderNotEmpty.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise FolderNotEmpty(path=folder)
    told = {"x-masked": True, "x-watermark": {"by": by.name, "at": at.isoformat()}}
    rows = exporting.write(folder, folder.name, exporting.masked(_open), scrub=True, told=told)
    with transaction.atomic():
        audit.write(
            chain=CHAIN, kind="record.package.exported", by=by, at=at,
            subject=("package", folder.name[:40]), after={"masked": True, "rows": rows},
        )  # fmt: skip
    return Written(rows)


def write_body(*, folder: Path, org_ext_id: str, by: Actor, at: datetime) -> Written:
    """Write the books of one body as a package into a new folder, personal columns masked.

    The caller holds the door of the book and tells the log.
    """
    told = {"x-masked": True, "x-watermark": {"by": by.name, "at": at.isoformat()}}
    part = exporting.Part(BOOK_TABLES, org_ext_id)
    show = exporting.masked(_open)
    return Written(exporting.write(folder, folder.name, show, scrub=True, told=told, part=part))


def request(*, purpose: str, recipient: str, recipient_key: str, by: Actor, at: datetime) -> str:
    """Ask for the plain package; return the request's id.

    Raises: NotFound (no right to ask), PurposeNeeded, BadRecipientKey. Nothing is written then.
    """
    division = _county_of(by, "record.export")
    if len(purpose.strip()) < PURPOSE_LENGTH_MIN or not recipient.strip():
        raise PurposeNeeded(length=PURPOSE_LENGTH_MIN)
    key = envelope.public_key(recipient_key)
    if by.person_id is None:
        raise NotFound
    with transaction.atomic():
        made = ExportRequest.objects.create(
            ext_id=ids.new_id("EX", at),
            division_id=division,
            purpose=purpose.strip()[:200],
            recipient=recipient.strip()[:120],
            recipient_key=key,
            requested_by_id=by.person_id,
            requested_at=at,
        )
        after = {"purpose": made.purpose, "recipient": made.recipient,
                 "fingerprint": envelope.fingerprint(key)}  # fmt: skip
        _tell(made, "requested", by, at, after)
    return made.ext_id


def decide(*, ext_id: str, is_approved: bool, by: Actor, at: datetime) -> None:
    """Approve or decline a request (the second person).

    Raises: NotFound, SecondFactorNeeded, SamePerson, ExportNotNow. Nothing is written then.
    """
    by.require_second_factor(at)
    with transaction.atomic():
        found = _locked(ext_id)
        scope.require(by, "record.approve_export", found.division_id)
        if by.person_id is None or by.person_id == found.requested_by_id:
            raise SamePerson
        if found.state != ExportState.REQUESTED:
            raise ExportNotNow(why="已经有人办过了")
        found.state = ExportState.APPROVED if is_approved else ExportState.DECLINED
        found.decided_by_id = by.person_id
        found.decided_at = at
        found.valid_until_at = at + APPROVAL_LASTS if is_approved else None
        found.save(update_fields=["state", "decided_by", "decided_at", "valid_until_at"])
        _tell(found, found.state.lower(), by, at, {"purpose": found.purpose})


def write_sealed(*, ext_id: str, file: Path, by: Actor, at: datetime) -> Written:
    """Write the approved archive, once, and count it.

    The rows pass through a folder that only this account may read and that is removed.
    Raises: NotFound, ExportNotNow, FolderNotEmpty. No file is left then.
    """
    if file.exists():
        raise FolderNotEmpty(path=file)
    part = file.with_name(file.name + ".part")
    try:
        with transaction.atomic():
            found = _locked(ext_id)
            _require_writable(found, at)
            rows = _write_archive(found, part, at)
            found.state = ExportState.WRITTEN
            found.written_at = at
            found.row_counts = rows
            found.file_digest = descriptor.file_sm3(part)
            found.save(update_fields=["state", "written_at", "row_counts", "file_digest"])
            after = {"rows": rows, "recipient": found.recipient, "digest": found.file_digest}
            _tell(found, "written", by, at, after)
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)
    return Written(rows, found.file_digest)


def _write_archive(found: ExportRequest, part: Path, at: datetime) -> dict[str, int]:
    watermark = {
        "request": found.ext_id,
        "requested_by": found.requested_by.name,
        "approved_by": found.decided_by.name if found.decided_by else "",
        "recipient": found.recipient,
        "purpose": found.purpose,
        "at": at.isoformat(),
    }
    handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with tempfile.TemporaryDirectory() as scratch, os.fdopen(handle, "wb") as stream:
        folder = Path(scratch)
        told = {"x-masked": False, "x-watermark": watermark}
        name = f"export-{found.ext_id.lower()}"
        rows = exporting.write(folder, name, exporting.plain(_open), scrub=False, told=told)
        with (
            envelope.Sealer(stream, found.recipient_key, {"request": found.ext_id}) as sealed,
            tarfile.open(fileobj=cast("IO[bytes]", sealed), mode="w|") as tar,
        ):
            for one in sorted(folder.iterdir()):
                tar.add(one, arcname=one.name, filter=_anonymous)
    return rows


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    info.mode = 0o600
    return info


def _open(form: str, sealed: str) -> str:
    return secrets.reveal(_KINDS[form], sealed)


def _county_of(by: Actor, permission: str) -> str:
    """Return the division that holds all there is: nobody takes out what lies outside his scope."""
    for post in by.posts:
        if scope.can(by, permission, post.division_code) and not _outside(post.division_code):
            return post.division_code
    raise NotFound


def _outside(division_code: str) -> bool:
    prefix = divisions.prefix(division_code)
    return Division.objects.filter(level="village").exclude(code__startswith=prefix).exists()


def _locked(ext_id: str) -> ExportRequest:
    found = (
        ExportRequest.objects.select_for_update(of=("self",))
        .select_related("requested_by", "decided_by")
        .filter(ext_id=ext_id)
        .first()
    )
    if found is None:
        raise NotFound
    return found


def _require_writable(found: ExportRequest, at: datetime) -> None:
    if found.state != ExportState.APPROVED:
        now = {"REQUESTED": "还没有人批准", "DECLINED": "没有批准", "WRITTEN": "已经导出过一次"}
        raise ExportNotNow(why=now[found.state])
    if found.valid_until_at is None or at > found.valid_until_at:
        raise ExportNotNow(why="批准已过7天，失效了")


def _tell(
    found: ExportRequest, what: str, by: Actor, at: datetime, after: Mapping[str, object]
) -> None:
    audit.write(
        chain=CHAIN, kind=f"record.export.{what}", by=by, at=at,
        subject=("export", found.ext_id), after=after,
    )  # fmt: skip
