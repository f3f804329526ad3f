"""The log as leaves and tiles: pure functions over bytes. No Django.

Source: RFC 9162 section 2.1; c2sp.org/tlog-tiles (a tile holds 256 hashes of one level; level n
stands over 256 to the n leaves). Both trees, SHA-256 and SM3, lie in the same places.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Final

from sanzi.kernel import digest, merkle
from sanzi.kernel.merkle import SHA256, SM3, Hasher, Subtree

HASHERS: Final = {one.name: one for one in (SHA256, SM3)}
HASH_BYTES, TILE_BITS = 32, 8
TILE_WIDTH: Final = 1 << TILE_BITS
SALT_BYTES: Final = 32

Place = tuple[int, int]
"""Where a tile lies: (level, index)."""
Hashes = dict[str, bytes]
"""What lies in a tile, by hasher: up to 256 hashes, one after the other."""
Fetch = Callable[[Place], Hashes | None]


def commitment(kind: str, salt: bytes, content: bytes) -> bytes:
    """Return the leaf that commits to bytes without telling them.

    Shapes: salt has 32 random bytes, kept with the row and destroyed on lawful erasure.
    """
    return f"sanzi/commitment/1\n{kind}\nsm3 {digest.sm3(salt + content)}\n".encode()


def on_path(index: int, size: int) -> set[Place]:
    """Return the tiles that the proof of a leaf reads: those above it and those at the edge."""
    found: set[Place] = set()
    level = 0
    while size >> (TILE_BITS * level):
        above = TILE_BITS * (level + 1)
        found |= {(level, index >> above), (level, size >> above)}
        level += 1
    return found


def is_committed(leaf: bytes, kind: str, salt: bytes, content: bytes) -> bool:
    """Whether a leaf commits to these bytes with this salt."""
    return hmac.compare_digest(leaf, commitment(kind, salt, content))


@dataclass
class Tiles:
    """The tiles of a log that grows: what was fetched, and what changed since.

    Shapes: `size` leaves; `fetch` gives the hashes of a tile as they were kept, None for none.
    """

    size: int
    fetch: Fetch
    changed: dict[Place, Hashes] = field(default_factory=dict)
    _held: dict[Place, Hashes] = field(default_factory=dict)

    def append(self, leaves: Iterable[bytes]) -> int:
        """Add leaves at the end; return how many there are now. Full tiles climb a level."""
        for leaf in leaves:
            self._add(0, {name: one.leaf(leaf) for name, one in HASHERS.items()})
            self.size += 1
        return self.size

    def take_full(self) -> dict[Place, Hashes]:
        """Return the full tiles that changed and forget them: a long log does not fit in memory."""
        whole = TILE_WIDTH * HASH_BYTES
        full = {place: one for place, one in self.changed.items() if len(one["sm3"]) == whole}
        for place in full:
            del self.changed[place], self._held[place]
        return full

    def subtree(self, hasher: Hasher) -> Subtree:
        """Return the reader of perfect subtrees of one tree. Its KeyError: a tile is missing."""

        def read(level: int, index: int) -> bytes:
            height, inside = divmod(level, TILE_BITS)
            first = index << inside
            hashes = self._tile((height, first >> TILE_BITS))[hasher.name]
            start = (first % TILE_WIDTH) * HASH_BYTES
            row = hashes[start : start + (HASH_BYTES << inside)]
            if len(row) != HASH_BYTES << inside:
                raise KeyError((level, index))
            return merkle.fold(hasher, row)

        return read

    def root(self, hasher: Hasher, size: int | None = None) -> bytes:
        """Return the root of the first leaves, of all where no size is named."""
        return merkle.root(hasher, self.size if size is None else size, self.subtree(hasher))

    def _tile(self, place: Place) -> Hashes:
        if place not in self._held:
            found = self.fetch(place)
            self._held[place] = found or dict.fromkeys(HASHERS, b"")
        return self._held[place]

    def _add(self, level: int, hashes: Hashes) -> None:
        index = self.size >> (TILE_BITS * (level + 1))
        tile = self._tile((level, index))
        grown = {name: tile[name] + one for name, one in hashes.items()}
        self._held[level, index] = self.changed[level, index] = grown
        if len(grown[SHA256.name]) == TILE_WIDTH * HASH_BYTES:
            above = {name: merkle.fold(HASHERS[name], one) for name, one in grown.items()}
            self._add(level + 1, above)
