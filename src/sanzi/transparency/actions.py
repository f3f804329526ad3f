"""Adding to the log and signing its head. Both run in the worker, once a minute."""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from sanzi.kernel import notes
from sanzi.kernel.merkle import SHA256, SM3
from sanzi.kernel.notes import Note
from sanzi.transparency import keys, queries, rules, sources
from sanzi.transparency.errors import CosignatureRefused
from sanzi.transparency.keys import Level
from sanzi.transparency.models import Checkpoint, Leaf, Log, Reach, Tile
from sanzi.transparency.sources import Source

BATCH, WINDOW, ROWS_AT_ONCE = 2_000, 20_000, 500
SIZE_FIGURES_MAX = 19


def work(at: datetime) -> int:
    """Add what is new, then sign the head; return how many leaves were added."""
    count = 0
    while added := append(at=at):
        count += added
    checkpoint(at=at)
    cosign_here(at=at)
    return count


@transaction.atomic()
def append(*, at: datetime, is_whole: bool = False) -> int:
    """Add up to `BATCH` rows of each source that are not in the log; return how many.

    `is_whole` looks at every row, not at those near the end of each source only.
    """
    log, _ = Log.objects.select_for_update().get_or_create(pk=1)
    leaves = [leaf for source in sources.every() for leaf in _new(source, is_whole=is_whole)]
    if not leaves:
        return 0
    tiles = rules.Tiles(log.size, queries.tile)
    rows = [
        Leaf(index=log.size + place, kind=one.kind, subject=one.subject,
             text=one.content.decode(), salt=one.salt, added_at=at)
        for place, one in enumerate(leaves)
    ]  # fmt: skip
    log.size = tiles.append(one.content for one in leaves)
    Leaf.objects.bulk_create(rows, batch_size=ROWS_AT_ONCE)
    changed = [Tile(level=place[0], index=place[1], **one) for place, one in tiles.changed.items()]
    Tile.objects.bulk_create(
        changed, update_conflicts=True, unique_fields=["level", "index"],
        update_fields=["sha256", "sm3"],
    )  # fmt: skip
    log.save(update_fields=["size"])
    return len(leaves)


@transaction.atomic()
def checkpoint(*, at: datetime) -> Checkpoint | None:
    """Sign the head of the log by its keys; None while nothing was added since the last."""
    log = Log.objects.select_for_update().filter(pk=1).first()
    if log is None or Checkpoint.objects.filter(size=log.size).exists():
        return None
    tiles = rules.Tiles(log.size, queries.tile)
    head = notes.Checkpoint(
        settings.SANZI.log_origin, log.size, tiles.root(SHA256), tiles.root(SM3)
    )
    note = Note(head.text()).signed(*(one.sign(head.text()) for one in keys.signers()))
    return Checkpoint.objects.create(size=log.size, note=note.whole(), signed_at=at)


@transaction.atomic()
def cosign(*, body: str) -> int:
    """Add the cosignatures of known witnesses below a signed head; return how many were new.

    Shapes: `body` is the head's size on a line, then signature lines (c2sp.org/tlog-cosignature).
    Raises: CosignatureRefused, where one is not by a known witness, false, or of no head here.
    """
    size, _, lines = body.partition("\n")
    known = keys.witnesses()
    is_size = size.isascii() and size.isdigit() and len(size) < SIZE_FIGURES_MAX
    found = Checkpoint.objects.select_for_update().filter(size=int(size) if is_size else -1)
    head = found.first()
    if head is None:
        raise CosignatureRefused
    note = notes.read(head.note)
    try:
        given = notes.read(f"{note.text}\n{lines}")
        signed = given.signers(known)
    except notes.BadNote as wrong:
        raise CosignatureRefused from wrong
    if not signed or len(signed) != len(given.signatures):
        raise CosignatureRefused
    held = {(one.name, one.key_id) for one in note.signatures}
    fresh = [one for one in given.signatures if (one.name, one.key_id) not in held]
    head.note = note.signed(*fresh).whole()
    head.save(update_fields=["note"])
    return len(fresh)


@transaction.atomic()
def cosign_here(*, at: datetime) -> int:
    """Add the cosignatures of the levels that cosign here; return how many levels signed.

    A level remembers the last head it signed, beside its keys, and signs nothing that does not
    begin with it.
    """
    head = Checkpoint.objects.select_for_update().order_by("-size").first()
    if head is None:
        return 0
    note = notes.read(head.note)
    held = {(one.name, one.key_id) for one in note.signatures}
    count = 0
    for level in keys.levels():
        if (level.name, level.signers[0].verifier.key_id) in held or not _follows(level, head):
            continue
        seconds = int(at.timestamp())
        note = note.signed(*(one.sign(note.text, seconds) for one in level.signers))
        level.remember(note.whole())
        count += 1
    if count:
        head.note = note.whole()
        head.save(update_fields=["note"])
    return count


def _follows(level: Level, head: Checkpoint) -> bool:
    """Whether the log under a head begins with the last head that a level signed."""
    text = level.last()
    if not text:
        return True
    last = notes.read_checkpoint(notes.read(text).text)
    if last.size > head.size:
        return False
    tiles = rules.Tiles(head.size, queries.tile)
    roots = tiles.root(SHA256, last.size), tiles.root(SM3, last.size)
    return roots == (last.root, last.sm3_root)


def destroy_salt(*, kind: str, subject: str) -> int:
    """Destroy the salt of a row that the law lets forget; return 1, or 0 where there was none.

    The leaf stays; that it spoke of this row cannot be shown any more.
    """
    found = Leaf.objects.filter(kind=kind, subject=subject, salt__isnull=False)
    return found.update(salt=b"")


@dataclass(frozen=True)
class _New:
    kind: str
    subject: str
    content: bytes
    salt: bytes | None


def _new(source: Source, *, is_whole: bool) -> list[_New]:
    """Return the leaves of rows that have none; remember how far this looked."""
    reach, _ = Reach.objects.get_or_create(kind=source.kind)
    rows = source.named()
    if not is_whole:
        rows = rows.filter(pk__gt=reach.last_id - WINDOW)
    found = list(rows.exclude(Exists(_leaf_of(source))).order_by("pk")[:BATCH])
    if found and found[-1].pk > reach.last_id:
        reach.last_id = found[-1].pk
        reach.save(update_fields=["last_id"])
    return [
        _leaf(source, row, content)
        for row, content in zip(found, source.contents(found), strict=True)
    ]


def _leaf_of(source: Source) -> QuerySet[Leaf]:
    return Leaf.objects.filter(kind=source.kind, subject=OuterRef("log_subject"))


def _leaf(source: Source, row: Any, content: bytes) -> _New:
    subject = row.log_subject
    if source.is_open:
        return _New(source.kind, subject, content, None)
    salt = os.urandom(rules.SALT_BYTES)
    return _New(source.kind, subject, rules.commitment(source.kind, salt, content), salt)
