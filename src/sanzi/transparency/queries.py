"""Reads of the log: tiles, proofs, and whether what the application holds is what the log tells."""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

from django.conf import settings
from django.db.models import Q, Subquery

from sanzi.kernel import merkle, notes, paper_proofs
from sanzi.kernel.merkle import SHA256, SM3, Hasher
from sanzi.kernel.notes import BadNote, Verifier
from sanzi.kernel.paper_proofs import PaperProof
from sanzi.transparency import keys, rules, sources
from sanzi.transparency.errors import NotInLog
from sanzi.transparency.models import Checkpoint, Leaf, Log, Tile
from sanzi.transparency.rules import Hashes, Place
from sanzi.transparency.sources import Source

AT_ONCE = 1_000
HEADS_MAX: Final = 60
"""How many heads behind a leaf are looked at: an hour's."""
OLDER_LINES: Final = 3
"""An open leaf of the first form ended behind its digest."""


@dataclass(frozen=True)
class Proof:
    """What shows that a leaf is in the log: its place, its path by each hash, the signed head.

    Shapes: hashes are 32 bytes; `salt` is None for what is told openly, empty when destroyed.
    """

    index: int
    size: int
    leaf: bytes
    salt: bytes | None
    path: tuple[bytes, ...]
    sm3_path: tuple[bytes, ...]
    note: str


def tile(place: Place) -> Hashes | None:
    """Return the hashes of a tile as it stands."""
    return tiles({place}).get(place)


def tiles(places: Iterable[Place]) -> dict[Place, Hashes]:
    """Return the tiles that there are of these, by one query."""
    asked = reduce(or_, (Q(level=level, index=index) for level, index in sorted(places)))
    return {
        (one.level, one.index): {"sha256": bytes(one.sha256), "sm3": bytes(one.sm3)}
        for one in Tile.objects.filter(asked)
    }


def proof(kind: str, subject: str) -> Proof:
    """Return the proof of one row against the newest signed head. Raises: NotInLog."""
    leaf = Leaf.objects.filter(kind=kind, subject=subject).first()
    head = Checkpoint.objects.order_by("-size").first()
    if leaf is None or head is None or head.size <= leaf.index:
        raise NotInLog
    held = rules.Tiles(head.size, tiles(rules.on_path(leaf.index, head.size)).get)
    path, sm3_path = (
        tuple(merkle.inclusion(one, leaf.index, head.size, held.subtree(one)))
        for one in (SHA256, SM3)
    )
    salt = None if leaf.salt is None else bytes(leaf.salt)
    return Proof(leaf.index, head.size, leaf.text.encode(), salt, path, sm3_path, head.note)


def has(kind: str, subject: str) -> bool:
    """Whether the newest signed head stands over a row."""
    head = Checkpoint.objects.order_by("-size").values("size")[:1]
    return Leaf.objects.filter(kind=kind, subject=subject, index__lt=Subquery(head)).exists()


def paper_proof(kind: str, subject: str) -> PaperProof:
    """Return the proof of one row as a paper carries it. Raises: NotInLog.

    Any signed head over the row proves as much; the one with the shortest path prints smallest.
    """
    leaf = Leaf.objects.filter(kind=kind, subject=subject).first()
    head = _short_head(leaf.index) if leaf is not None else None
    if leaf is None or head is None:
        raise NotInLog
    held = rules.Tiles(head.size, tiles(rules.on_path(leaf.index, head.size)).get)
    path = merkle.inclusion(SHA256, leaf.index, head.size, held.subtree(SHA256))
    return paper_proofs.of_note(head.note, leaf.index, path, leaf.text.encode())


def _short_head(index: int) -> Checkpoint | None:
    """Return, of the first heads over a leaf, that with the shortest path; the newest of these.

    A head that a level which cosigns here has not signed is no choice while there is another.
    """
    first = Checkpoint.objects.filter(size__gt=index).order_by("size")
    names = {level.name for level in keys.levels()}
    heads = [
        one
        for one in first[:HEADS_MAX]
        if names <= {each.name for each in notes.read(one.note).signatures}
    ]
    if not heads:
        return Checkpoint.objects.filter(size__gt=index).order_by("-size").first()
    return min(heads, key=lambda one: (merkle.path_length(index, one.size), -one.size))


def newest() -> str:
    """Return the newest signed head with its cosignatures. Raises: NotInLog, before the first."""
    found = Checkpoint.objects.order_by("-size").first()
    if found is None:
        raise NotInLog
    return found.note


def hashes(hasher: Hasher, place: Place, width: int) -> bytes:
    """Return the first hashes of a tile, 32 bytes each. Raises: NotInLog, where it has fewer."""
    found = tile(place)
    row = found[hasher.name] if found else b""
    if not 0 < width * rules.HASH_BYTES <= len(row):
        raise NotInLog
    return row[: width * rules.HASH_BYTES]


def bundle(index: int, width: int) -> bytes:
    """Return leaves of a tile of level 0, each after its length in two bytes. Raises: NotInLog."""
    first = index * rules.TILE_WIDTH
    found = Leaf.objects.filter(index__gte=first, index__lt=first + width).order_by("index")
    rows = [one.encode() for one in found.values_list("text", flat=True)]
    if not 0 < width == len(rows):
        raise NotInLog
    return b"".join(len(one).to_bytes(2) + one for one in rows)


def consistency(old: int, size: int, hasher: Hasher) -> list[bytes]:
    """Return what shows that the log of `size` leaves begins with that of `old`.

    Raises: ValueError, for sizes the log does not have.
    """
    log = Log.objects.filter(pk=1).first()
    if log is None or size > log.size:
        message = f"{size} leaves"
        raise ValueError(message)
    return merkle.consistency(hasher, old, size, rules.Tiles(log.size, tile).subtree(hasher))


def beginning(old: int) -> str:
    """Return what shows that the newest signed head begins with the log of an older size.

    Shapes: a line that names the format, the old size, hashes as base64 a line each, an empty
        line, the signed head (docs/paper-proof.md). A size above the head's gets the head alone.
    Raises: NotInLog, before the first head.
    """
    head = Checkpoint.objects.order_by("-size").first()
    if head is None:
        raise NotInLog
    path = consistency(old, head.size, SHA256) if 0 < old < head.size else []
    hashed = "".join(f"{base64.b64encode(one).decode()}\n" for one in path)
    return f"sanzi/consistency/1\n{old}\n{hashed}\n{head.note}"


def verify() -> Iterator[str]:
    """Hold the log against itself and the application against the log; yield what does not fit.

    Every leaf against its tile, every tile against the one above, every signed head against the
    tree, every row against its leaf. A row that was changed, or is gone, is named.
    """
    yield from _tree()
    yield from _heads()
    for source in sources.every():
        yield from _rows(source)
    known = [source.kind for source in sources.every()]
    for leaf in Leaf.objects.exclude(kind__in=known).order_by("index").iterator(AT_ONCE):
        yield f"日志：第{leaf.index}条说的是不认识的东西"


def _tree() -> Iterator[str]:
    """Build the tree anew from the leaves and hold every kept tile against it."""
    log = Log.objects.filter(pk=1).first()
    size = log.size if log else 0
    fresh = rules.Tiles(0, lambda _: None)
    count = 0
    for leaf in Leaf.objects.order_by("index").iterator(AT_ONCE):
        if leaf.index != fresh.size:
            yield f"日志：第{fresh.size}条不见了"
            return
        fresh.append([leaf.text.encode()])
        if fresh.size % rules.TILE_WIDTH == 0:
            full = fresh.take_full()
            count += len(full)
            yield from _tiles(full)
    if fresh.size != size:
        yield f"日志：应当有{size}条，只有{fresh.size}条"
    yield from _tiles(fresh.changed)
    if Tile.objects.count() != count + len(fresh.changed):
        yield "日志：块的个数和条目对不上"


def _tiles(made: Mapping[Place, Hashes]) -> Iterator[str]:
    """Hold tiles made of the leaves against those that are kept."""
    for place, hashes in made.items():
        if tile(place) != hashes:
            yield f"日志：第{place[0]}层第{place[1]}块和条目对不上"


def _heads() -> Iterator[str]:
    log = Log.objects.filter(pk=1).first()
    generations = keys.generations()
    tiles = rules.Tiles(log.size if log else 0, tile)
    last = 0
    for head in Checkpoint.objects.order_by("size"):
        last = head.size
        known = next(one.keys for one in generations if one.until is None or head.size <= one.until)
        wrong = _wrong_with(head, known, tiles)
        if wrong:
            yield f"日志：{head.size}条时的签名{wrong}"
    if log is not None and log.size and not last:
        yield "日志：没有签过名"
    if log is not None and last > log.size:
        yield f"日志：签过{last}条，只有{log.size}条"


def _wrong_with(head: Checkpoint, known: Sequence[Verifier], tiles: rules.Tiles) -> str:
    try:
        note = notes.read(head.note)
        told = notes.read_checkpoint(note.text)
        is_signed = len(note.signers(known)) == len(known)
    except BadNote as wrong:
        return f"不对：{wrong}"
    if not is_signed:
        return "不是本县的钥匙"
    if told.origin != settings.SANZI.log_origin or told.size != head.size:
        return "说的不是这一本日志"
    try:
        roots = tiles.root(SHA256, head.size), tiles.root(SM3, head.size)
    except KeyError:
        return "盖的条目不全"
    return "" if roots == (told.root, told.sm3_root) else "和条目对不上：改过历史"


def _rows(source: Source) -> Iterator[str]:
    """Hold every leaf of a source against its row as it is now."""
    leaves = Leaf.objects.filter(kind=source.kind).order_by("index")
    batch: list[Leaf] = []
    for leaf in leaves.iterator(AT_ONCE):
        batch.append(leaf)
        if len(batch) == AT_ONCE:
            yield from _held(source, batch)
            batch = []
    yield from _held(source, batch)


def _held(source: Source, leaves: Sequence[Leaf]) -> Iterator[str]:
    subjects = [one.subject for one in leaves]
    rows = list(source.named().filter(log_subject__in=subjects))
    found = dict(zip((row.log_subject for row in rows), source.contents(rows), strict=True))
    for leaf in leaves:
        content = found.get(leaf.subject)
        if content is None:
            yield f"{source.kind} {leaf.subject}：日志里有，库里没有了"
        elif not _is_same(source, leaf, content):
            yield f"{source.kind} {leaf.subject}：和日志对不上，改过"


def _is_same(source: Source, leaf: Leaf, content: bytes) -> bool:
    told = leaf.text.encode()
    if source.is_open:
        is_older = told.count(b"\n") == OLDER_LINES  # its digest binds all the same
        return told == content or (is_older and content.startswith(told))
    salt = bytes(leaf.salt or b"")
    return not salt or rules.is_committed(told, source.kind, salt, content)
