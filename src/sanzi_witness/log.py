"""A log as it is read from outside: its head, its tiles, and the roots they give.

Source: c2sp.org/tlog-tiles. Nothing here trusts the server: a tile that is false gives a root
that was not signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.error import URLError
from urllib.request import Request, urlopen

from sanzi.kernel import key_turns, merkle, notes
from sanzi.kernel.merkle import SHA256, SM3, Hasher, Subtree
from sanzi.kernel.notes import BadNote, Checkpoint, Note, Signature, Verifier

HASH_BYTES, TILE_WIDTH, TILE_BITS = 32, 256, 8
TIMEOUT_SECONDS, ANSWER_MAX = 30, 1 << 20
FOLDERS: Final = {SHA256.name: "tile", SM3.name: "sm3/tile"}


class Unreachable(Exception):
    """The log did not answer, or not with what was asked for."""


@dataclass(frozen=True)
class Head:
    """A signed head: what it tells and the note it stands in."""

    told: Checkpoint
    note: Note


@dataclass(frozen=True)
class Log:
    """A log at an address, without the slash at its end, and the keys that sign its heads."""

    url: str
    keys: tuple[Verifier, ...]

    def head(self) -> Head:
        """Return the newest head, signed by every key. Raises: Unreachable; BadNote."""
        return self.read_head(self.get("checkpoint").decode("utf-8", "replace"))

    def read_head(self, text: str) -> Head:
        """Return a head from the text of its note. Raises: Unreachable; BadNote."""
        note = notes.read(text)
        told = notes.read_checkpoint(note.text)
        if any(told.origin != key.name for key in self.keys):
            raise BadNote(f"the head of another log: {told.origin}")
        if any(one.key_id == key.key_id for one in note.signatures for key in self.keys):
            wanted: Sequence[Verifier] = self.keys
        else:
            wanted = self._keys_at(told.size)
        if len(note.signers(wanted)) != len(wanted):
            raise BadNote("not signed by the keys of this log")
        return Head(told, note)

    def _keys_at(self, size: int) -> Sequence[Verifier]:
        """Return who signs heads of a size, led by turns that the keys before signed.

        Raises: Unreachable; BadNote, where the old keys were lost: then a person has to ask.
        """
        turns = key_turns.read_all(self.get("keys").decode("utf-8", "replace"))
        eras = key_turns.follow(self.keys, turns)
        if any(turn.is_lost and set(turn.old) == set(eras[-1].keys) for turn in turns):
            raise BadNote("its keys were lost: ask the county, then give the new ones with --key")
        return next(one.keys for one in eras if one.until is None or size <= one.until)

    def tiles(self, size: int) -> Tiles:
        """Return the tiles of the log as it was at a size."""
        return Tiles(self, size)

    def get(self, path: str) -> bytes:
        """Fetch a file of the log. Raises: Unreachable."""
        try:
            with urlopen(f"{self.url}/{path}", timeout=TIMEOUT_SECONDS) as answer:
                return bytes(answer.read(ANSWER_MAX))
        except (URLError, OSError) as wrong:
            raise Unreachable(f"{path}: {wrong}") from wrong

    def send(self, size: int, made: tuple[Signature, ...]) -> None:
        """Hand cosignatures of a head in. Raises: Unreachable."""
        body = f"{size}\n" + "".join(f"{one.line()}\n" for one in made)
        request = Request(f"{self.url}/cosignatures", body.encode(), {"Content-Type": "text/plain"})
        try:
            with urlopen(request, timeout=TIMEOUT_SECONDS):
                pass
        except (URLError, OSError) as wrong:
            raise Unreachable(f"cosignatures: {wrong}") from wrong


@dataclass
class Tiles:
    """The tiles under a head, fetched as they are asked for."""

    log: Log
    size: int
    _held: dict[tuple[str, int, int], bytes] = field(default_factory=dict)

    def root(self, hasher: Hasher, size: int) -> bytes:
        """Return the root of the first leaves. Raises: Unreachable."""
        return merkle.root(hasher, size, self._subtree(hasher))

    def _subtree(self, hasher: Hasher) -> Subtree:
        def read(level: int, index: int) -> bytes:
            height, inside = divmod(level, TILE_BITS)
            first = index << inside
            row = self._tile(hasher, height, first >> TILE_BITS)
            start = (first % TILE_WIDTH) * HASH_BYTES
            part = row[start : start + (HASH_BYTES << inside)]
            if len(part) != HASH_BYTES << inside:
                raise Unreachable(f"a tile is too short: {height}, {first >> TILE_BITS}")
            return merkle.fold(hasher, part)

        return read

    def _tile(self, hasher: Hasher, level: int, index: int) -> bytes:
        place = hasher.name, level, index
        if place not in self._held:
            width = min(TILE_WIDTH, (self.size >> (TILE_BITS * level)) - index * TILE_WIDTH)
            path = f"{FOLDERS[hasher.name]}/{level}/{address(index)}"
            path += f".p/{width}" if width < TILE_WIDTH else ""
            self._held[place] = self.log.get(path)
        return self._held[place]


def address(index: int) -> str:
    """Return how a tile's index stands in an address: three figures a part, all but the last x."""
    parts = [f"{index % 1000:03d}"]
    while index := index // 1000:
        parts.append(f"x{index % 1000:03d}")
    return "/".join(reversed(parts))
