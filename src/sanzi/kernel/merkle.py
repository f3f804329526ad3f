"""The hashing of an append-only log: roots, inclusion and consistency proofs. No Django.

Source: RFC 9162 section 2.1 (its tree is that of RFC 6962). The same tree is hashed by SHA-256,
which the world's verifiers read, and by SM3 (GB/T 32905-2016). Where nodes are kept is the
caller's business: proofs ask for subtrees by a function.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import gmssl_pyx

LEAF, NODE = b"\x00", b"\x01"
HASH_BYTES: Final = 32

Range = tuple[int, int]
Subtree = Callable[[int, int], bytes]
"""Return the root of the perfect subtree over `2**level` leaves: (level, index) -> 32 bytes."""


def _sha256(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def _sm3(data: bytes) -> bytes:
    return bytes(gmssl_pyx.sm3_hash(data))  # a third of the time of an object of `cryptography`


@dataclass(frozen=True)
class Hasher:
    """How leaves and nodes are hashed: a leaf after 0x00, two children after 0x01."""

    name: str
    digest: Callable[[bytes], bytes]

    def leaf(self, data: bytes) -> bytes:
        """Return the hash of a leaf, 32 bytes."""
        return self.digest(LEAF + data)

    def node(self, left: bytes, right: bytes) -> bytes:
        """Return the hash of a node over two children, 32 bytes."""
        return self.digest(NODE + left + right)

    def empty(self) -> bytes:
        """Return the root of a log without leaves."""
        return self.digest(b"")

    def join(self, roots: Sequence[bytes]) -> bytes:
        """Return the root over perfect subtrees that lie side by side, the largest first."""
        if not roots:
            return self.empty()
        found = roots[-1]
        for left in reversed(roots[:-1]):
            found = self.node(left, found)
        return found


SHA256: Final = Hasher("sha256", _sha256)
SM3: Final = Hasher("sm3", _sm3)


def fold(hasher: Hasher, row: bytes) -> bytes:
    """Return the root over hashes that lie side by side; their number is a power of two."""
    hashed: Sequence[bytes] = [row[at : at + HASH_BYTES] for at in range(0, len(row), HASH_BYTES)]
    made = hasher.digest  # most of a proof's time is spent here: no call between
    while len(hashed) > 1:
        pairs = zip(hashed[::2], hashed[1::2], strict=True)
        hashed = [made(NODE + left + right) for left, right in pairs]
    return hashed[0]


def cover(first: int, last: int) -> list[Range]:
    """Return the perfect subtrees (level, index) that cover leaves first to last, last excluded.

    They come from left to right. Shapes: 0 <= first <= last.
    """
    found: list[Range] = []
    while first < last:
        level = (last - first).bit_length() - 1
        if first:
            level = min(level, (first & -first).bit_length() - 1)
        found.append((level, first >> level))
        first += 1 << level
    return found


def root(hasher: Hasher, size: int, subtree: Subtree) -> bytes:
    """Return the root of the first `size` leaves."""
    return _over(hasher, 0, size, subtree)


def inclusion(hasher: Hasher, index: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return the path that leads from a leaf to the root of `size` leaves (RFC 9162, 2.1.3.1).

    Raises: ValueError, for a leaf that is not among them.
    """
    if not 0 <= index < size:
        message = f"leaf {index} of {size}"
        raise ValueError(message)
    beside: list[Range] = []
    first, last = 0, size
    while last - first > 1:
        middle = first + _split(last - first)
        if index < middle:
            beside.append((middle, last))
            last = middle
        else:
            beside.append((first, middle))
            first = middle
    return [_over(hasher, first, last, subtree) for first, last in reversed(beside)]


def path_length(index: int, size: int) -> int:
    """Return how many hashes lead from a leaf to the root. Shapes: 0 <= index < size."""
    count = 0
    while size > 1:
        half, count = _split(size), count + 1
        index, size = (index, half) if index < half else (index - half, size - half)
    return count


def consistency(hasher: Hasher, old: int, size: int, subtree: Subtree) -> list[bytes]:
    """Return what shows that the log of `size` leaves begins with that of `old` (2.1.4.1).

    Empty where `old` is 0 or `size`. Raises: ValueError, for an old log that is larger.
    """
    if not 0 <= old <= size:
        message = f"{old} leaves of {size}"
        raise ValueError(message)
    if old in (0, size):
        return []
    beside: list[Range] = []
    first, last, is_whole = 0, size, True
    while old < last:
        middle = first + _split(last - first)
        if old <= middle:
            beside.append((middle, last))
            last = middle
        else:
            beside.append((first, middle))
            first, is_whole = middle, False
    if not is_whole:
        beside.append((first, last))
    return [_over(hasher, first, last, subtree) for first, last in reversed(beside)]


def is_included(
    hasher: Hasher, leaf: bytes, at: Range, path: Sequence[bytes], expected: bytes
) -> bool:
    """Whether a leaf's hash stands at (index, size) in the log with this root (2.1.3.2)."""
    index, size = at
    if not 0 <= index < size:
        return False
    node, found, last = index, leaf, size - 1
    for one in path:
        if last == 0:
            return False
        if node & 1 or node == last:
            found = hasher.node(one, found)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found = hasher.node(found, one)
        node, last = node >> 1, last >> 1
    return last == 0 and found == expected


def is_consistent(
    hasher: Hasher, sizes: Range, roots: tuple[bytes, bytes], path: Sequence[bytes]
) -> bool:
    """Whether the second log begins with the first: sizes and roots old and new (2.1.4.2)."""
    old, size = sizes
    old_root, new_root = roots
    if not 0 <= old <= size:
        return False
    if old in (0, size):
        begins = old_root == (hasher.empty() if old == 0 else new_root)
        return begins and not path
    steps = list(path)
    if old & (old - 1) == 0:
        steps.insert(0, old_root)
    if not steps:
        return False
    node, last = old - 1, size - 1
    while node & 1:
        node, last = node >> 1, last >> 1
    found_old = found_new = steps[0]
    for one in steps[1:]:
        if last == 0:
            return False
        if node & 1 or node == last:
            found_old, found_new = hasher.node(one, found_old), hasher.node(one, found_new)
            while not node & 1 and node:
                node, last = node >> 1, last >> 1
        else:
            found_new = hasher.node(found_new, one)
        node, last = node >> 1, last >> 1
    return last == 0 and (found_old, found_new) == (old_root, new_root)


def _split(count: int) -> int:
    """Return the largest power of two below a count of two or more."""
    return 1 << ((count - 1).bit_length() - 1)


def _over(hasher: Hasher, first: int, last: int, subtree: Subtree) -> bytes:
    return hasher.join([subtree(level, index) for level, index in cover(first, last)])
