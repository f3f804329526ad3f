"""The proof that a paper carries in its code: one leaf, its path, the signed head. No Django.

The format is told in docs/paper-proof.md. Its text is base32 behind a mark: letters a code packs
tightly, that survive copying, spaces, line ends and small letters.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from sanzi.kernel import merkle, notes
from sanzi.kernel.merkle import SHA256
from sanzi.kernel.notes import Checkpoint, Note, Signature, Verifier

MARK: Final = "SANZI1:"
FORMAT: Final = 1
HASH_BYTES, CHECK_BYTES, BASE32_GROUP = 32, 4, 8
NUMBER_BITS, NUMBER_BYTES_MAX = 7, 9


class BadProof(ValueError):
    """The text is no proof of a paper, or not whole."""


@dataclass(frozen=True)
class PaperProof:
    """What shows offline that a leaf stands in a log.

    Shapes: `path` leads by SHA-256 from the leaf at `index` to the head's root; signatures are
        those below the head, their names left out: who checks them holds the keys.
    """

    head: Checkpoint
    index: int
    path: tuple[bytes, ...]
    leaf: bytes
    signatures: tuple[tuple[bytes, bytes], ...]

    def text(self) -> str:
        """Return what the code says."""
        parts = [
            _number(FORMAT), _measured(self.head.origin.encode()), _number(self.head.size),
            self.head.root, self.head.sm3_root, _number(self.index),
            _number(len(self.path)), *self.path, _measured(self.leaf),
            _number(len(self.signatures)),
            *(key_id + _measured(body) for key_id, body in self.signatures),
        ]  # fmt: skip
        body = b"".join(parts)
        return MARK + base64.b32encode(body + _check(body)).decode().rstrip("=")

    def is_in_log(self) -> bool:
        """Whether the leaf stands where it says in the log with this root."""
        place = self.index, self.head.size
        hashed = SHA256.leaf(self.leaf)
        return merkle.is_included(SHA256, hashed, place, self.path, self.head.root)

    def note(self, known: Iterable[Verifier]) -> Note:
        """Return the head as a note with the signatures of known keys."""
        names = {key.key_id: key.name for key in known}
        held = (
            Signature(names[key_id], key_id, body)
            for key_id, body in self.signatures
            if key_id in names
        )
        return Note(self.head.text(), tuple(held))


def of_note(note: str, index: int, path: Iterable[bytes], leaf: bytes) -> PaperProof:
    """Return the proof of a leaf under a signed head. Raises: BadNote.

    All signatures of the log itself, and the first of each who cosigns: one counts as much as two.
    """
    read = notes.read(note)
    head = notes.read_checkpoint(read.text)
    first = {one.name: one for one in reversed(read.signatures)}
    signatures = tuple(
        (one.key_id, one.body)
        for one in read.signatures
        if one.name == head.origin or one is first[one.name]
    )
    return PaperProof(head, index, tuple(path), leaf, signatures)


def read(text: str) -> PaperProof:
    """Return the proof that a code's text tells. Nothing is verified yet. Raises: BadProof."""
    plain = "".join(text.split()).upper()
    if not plain.startswith(MARK):
        raise BadProof("no proof of a paper")
    letters = plain.removeprefix(MARK)
    try:
        raw = base64.b32decode(letters + "=" * (-len(letters) % BASE32_GROUP))
    except binascii.Error as wrong:
        raise BadProof("no base32") from wrong
    body, check = raw[:-CHECK_BYTES], raw[-CHECK_BYTES:]
    if check != _check(body):
        raise BadProof("not whole")
    reader = _Reader(body)
    if reader.number() != FORMAT:
        raise BadProof("another format")
    found = reader.proof()
    if reader.at != len(body):
        raise BadProof("more than a proof")
    return found


@dataclass
class _Reader:
    body: bytes
    at: int = 0

    def proof(self) -> PaperProof:
        try:
            origin = self.measured().decode()
        except UnicodeDecodeError as wrong:
            raise BadProof("no text") from wrong
        head = Checkpoint(origin, self.number(), self.take(HASH_BYTES), self.take(HASH_BYTES))
        index = self.number()
        path = tuple(self.take(HASH_BYTES) for _ in range(self.number()))
        leaf = self.measured()
        signatures = tuple(
            (self.take(notes.ID_BYTES), self.measured()) for _ in range(self.number())
        )
        return PaperProof(head, index, path, leaf, signatures)

    def take(self, count: int) -> bytes:
        found = self.body[self.at : self.at + count]
        if len(found) != count:
            raise BadProof("cut short")
        self.at += count
        return found

    def number(self) -> int:
        found = 0
        for place in range(NUMBER_BYTES_MAX):
            [one] = self.take(1)
            found |= (one & 127) << (NUMBER_BITS * place)
            if one < 1 << NUMBER_BITS:
                return found
        raise BadProof("too large")

    def measured(self) -> bytes:
        return self.take(self.number())


def _number(value: int) -> bytes:
    """Return a whole number, seven bits a byte, the lowest first."""
    found = bytearray()
    while value >= 1 << NUMBER_BITS:
        found.append(value & 127 | 128)
        value >>= NUMBER_BITS
    return bytes([*found, value])


def _measured(body: bytes) -> bytes:
    return _number(len(body)) + body


def _check(body: bytes) -> bytes:
    return SHA256.digest(body)[:CHECK_BYTES]
