"""The load itself: the file checked once more, written as a package, taken by the loaders, whole.

A short file is loaded in the request, a long one by the worker; how far it is stands in a file
beside the database, because the transaction holds the database while it lasts.
"""

from __future__ import annotations

import json
import logging
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Final, NoReturn

from django.db import transaction

from sanzi.audit import actions as audit
from sanzi.exchange import errors, filling, queries, reading
from sanzi.exchange.actions import contacts
from sanzi.exchange.checking import Checked
from sanzi.exchange.filling import Filled
from sanzi.exchange.models import Delivery, LeftOut
from sanzi.exchange.rules import sources
from sanzi.kernel import clock
from sanzi.kernel.refusals import Refusal
from sanzi.orgs import queries as people
from sanzi.orgs.actors import Actor
from sanzi.record.errors import CellError, PackageRefused
from sanzi.record.extraction import stored_keys
from sanzi.record.loaders import LoadContext, import_package
from sanzi.record.packages import open_package, write_package

logger = logging.getLogger(__name__)
AT_ONCE: Final = 2_000
TAKEN: Final = (Delivery.State.QUEUED, Delivery.State.LOADED)
TOLD: Final = 20


def run(*, ext_id: str, by: Actor, at: datetime) -> None:
    """Load a file that was confirmed, in one transaction; a refusal leaves it as it was before.

    Raises: FileWrong, AllLeftOut, the refusals of `record.outside.errors`.
    """
    try:
        with transaction.atomic():
            found = (
                Delivery.objects.select_for_update(of=("self",))
                .select_related("file")
                .get(ext_id=ext_id)
            )
            if found.state == Delivery.State.QUEUED:
                _load(found, by, at)
    except Refusal as no:
        with transaction.atomic():
            rows = Delivery.objects.filter(ext_id=ext_id, state=Delivery.State.QUEUED)
            rows.filter(done_at=None).update(
                state=Delivery.State.DRAFT, trouble=no.text[:300], seen_digest=""
            )
            rows.update(state=Delivery.State.LOADED, trouble=no.text[:300])
        raise
    finally:
        queries.progress_file(ext_id).unlink(missing_ok=True)


def load_waiting(at: datetime) -> int:
    """Load what officers confirmed and was too long for their request: a duty of the worker."""
    waiting = list(Delivery.objects.filter(state=Delivery.State.QUEUED).order_by("pk"))
    for one in waiting:
        who = one.confirmed_by_id or one.uploaded_by_id
        try:
            run(ext_id=one.ext_id, by=people.actor_of_person(who, at), at=at)
        except Refusal:
            logger.warning("delivery %s could not be loaded", one.ext_id)
    return len(waiting)


def refuse(found: Delivery, *, by: Actor, at: datetime) -> NoReturn:
    """Refuse a file with wrong rows, naming the first of them. Raises: FileWrong."""
    _refuse(reading.check(found, by=by, today=clock.local_date(at)))


def _refuse(checked: Checked) -> NoReturn:
    raise errors.FileWrong(
        checked.fault_count, checked.faults[0].text,
        [one.as_dict() for one in checked.faults[:TOLD]],
    )  # fmt: skip


def _load(found: Delivery, by: Actor, at: datetime) -> None:
    tell = _Teller(found.ext_id, found.quality.get("rows", 0))
    checked = reading.check(found, by=by, today=clock.local_date(at), progress=tell.read)
    if checked.faults:
        _refuse(checked)
    if not checked.quality.accepted:
        raise errors.AllLeftOut(count=len(checked.rows), first=checked.left_out[0].text)
    source = sources()[found.source]
    if source.compare:
        found.counts = {"contacts": contacts.propose(found, checked, by=by, at=at)}
    else:
        found.counts = _import(found, filling.fill(source, checked), tell, by, at)
    found.quality = checked.quality.as_dict()
    found.state, found.done_at, found.trouble = Delivery.State.LOADED, at, ""
    found.save()
    found.left_out.all().delete()
    LeftOut.objects.bulk_create(
        [
            LeftOut(
                delivery=found, row=one.row, column=one.column[:200], value=one.value[:200],
                code=one.code, why=one.why[:200],
            )
            for one in checked.left_out
        ],
        batch_size=500,
    )  # fmt: skip
    audit.write(
        chain="exchange", kind="exchange.delivery.loaded", by=by, at=at,
        subject=("delivery", found.ext_id),
        after={
            "file": found.file_id, "rows": checked.quality.rows, "counts": found.counts,
            "left_out": checked.quality.left_out,
        },
    )  # fmt: skip


def _import(
    found: Delivery, filled: dict[str, Filled], tell: _Teller, by: Actor, at: datetime
) -> dict[str, dict[str, int]]:
    """Let the loaders take the rows as a package; return how many were new, changed, known."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / found.ext_id.lower()
        write_package(
            folder, found.ext_id.lower(), {name: one.rows for name, one in filled.items()}
        )
        package = open_package(folder)
        context = LoadContext(by=by, at=at, package=package, progress=tell.stored)
        try:
            result = import_package(package, context, stored_keys)
        except PackageRefused as no:
            _refuse_cells(no, filled)
    return {
        name: {"added": one.added, "changed": one.changed, "unchanged": one.unchanged}
        for name, one in result.counts.items()
    }


def _refuse_cells(no: PackageRefused, filled: dict[str, Filled]) -> NoReturn:
    """Say a refusal of the package by the rows of the sheet it came from."""
    said = []
    for one in no.errors[:TOLD]:
        numbers = filled[one.file.removesuffix(".csv")].numbers
        row = numbers[one.row - 2] if 2 <= one.row < len(numbers) + 2 else 0
        said.append(CellError("表里", row, "", one.value, one.expected))
    wrong: list[dict[str, object]] = [
        {"row": one.row, "column": "", "value": one.value, "code": "format", "why": one.expected}
        for one in said
    ]
    raise errors.FileWrong(len(no.errors), said[0].text, wrong) from no


class _Teller:
    """Says how far a load is, in a small file."""

    def __init__(self, ext_id: str, rows: int) -> None:
        self._file = queries.progress_file(ext_id)
        self._rows = rows

    def read(self, rows: int) -> None:
        """Tell how many rows were read."""
        self._write({"stage": "核对", "done": rows, "of": self._rows})

    def stored(self, table: str, rows: int) -> None:
        """Tell which table was stored."""
        self._write({"stage": "写进登记", "table": table, "done": rows, "of": self._rows})

    def _write(self, said: dict[str, object]) -> None:
        self._file.parent.mkdir(parents=True, exist_ok=True)
        part = self._file.with_suffix(".new")
        part.write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
        part.replace(self._file)
