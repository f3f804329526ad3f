"""A log in memory with a county's, a town's and a witness's keys: what papers are proved by."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sanzi.kernel import merkle, notes, paper_proofs
from sanzi.kernel.merkle import SHA256, SM3, Hasher, Subtree
from sanzi.kernel.notes import Checkpoint, Note, Signer
from sanzi.kernel.paper_proofs import PaperProof

ORIGIN = "qingshan.example/log"
AT = 1_790_000_000
MONTH = (
    "sanzi/publication/1\nG-7\nsm3 {digest}\nplace 999901101001\nitem F01\nperiod 2026-10\n"
    "in 1864000\nout 1219650\nbalance 5220000\n"
)


def signers(name: str, *kinds: str) -> tuple[Signer, ...]:
    """Return fresh keys of these kinds."""
    return tuple(notes.new_signer(name, kind) for kind in kinds)


def lines(made: Sequence[Signer]) -> list[str]:
    """Return their public halves, a line each."""
    return [one.verifier.text() for one in made]


@dataclass
class PaperLog:
    """Leaves, and who signs the heads over them."""

    leaves: list[bytes]
    origin: str = ORIGIN
    own: tuple[Signer, ...] = field(
        default_factory=lambda: signers(ORIGIN, notes.ED25519, notes.SM2)
    )
    town: tuple[Signer, ...] = field(
        default_factory=lambda: signers(f"{ORIGIN}/town", notes.COSIGNED, notes.SM2_COSIGNED)
    )
    county: tuple[Signer, ...] = field(
        default_factory=lambda: signers(f"{ORIGIN}/county", notes.COSIGNED, notes.SM2_COSIGNED)
    )

    def subtree(self, hasher: Hasher) -> Subtree:
        """Return the reader of perfect subtrees."""

        def read(level: int, index: int) -> bytes:
            run = self.leaves[index << level : (index + 1) << level]
            return merkle.fold(hasher, b"".join(hasher.leaf(one) for one in run))

        return read

    def head(self, size: int) -> Checkpoint:
        """Return the head over the first leaves."""
        roots = (merkle.root(one, size, self.subtree(one)) for one in (SHA256, SM3))
        return Checkpoint(self.origin, size, *roots)

    def note(self, size: int, *, by: Sequence[Signer] | None = None) -> str:
        """Return the head of a size, signed by everybody or by those who are named."""
        text = self.head(size).text()
        made = (*self.own, *self.town, *self.county) if by is None else by
        return Note(text).signed(*(one.sign(text, AT) for one in made)).whole()

    def proof(self, index: int, size: int, **signed: Any) -> PaperProof:
        """Return the proof of a leaf under the head of a size; `by` as in `note`."""
        path = merkle.inclusion(SHA256, index, size, self.subtree(SHA256))
        return paper_proofs.of_note(self.note(size, **signed), index, path, self.leaves[index])

    def shown(self, old: int, size: int) -> str:
        """Return what the county shows of its history, as `queries.beginning` does."""
        path = merkle.consistency(SHA256, old, size, self.subtree(SHA256))
        hashed = "".join(f"{base64.b64encode(one).decode()}\n" for one in path)
        return f"sanzi/consistency/1\n{old}\n{hashed}\n{self.note(size)}"

    def pinned(self, **more: Any) -> dict[str, Any]:
        """Return what the county pins in its page."""
        return {
            "county": "青山县", "origin": self.origin, "address": "http://127.0.0.1:9/log",
            "generations": [{"until": None, "keys": lines(self.own)}],
            "cosigners": [
                {"title": "镇里", "keys": lines(self.town)},
                {"title": "县里", "keys": lines(self.county)},
            ],
            "quorum": 2, "places": {"999901101001": "柳湾村"}, **more,
        }  # fmt: skip


def month(at: int = 5, size: int = 9) -> PaperLog:
    """Return a log in which one leaf tells the month of a village."""
    leaves = [f"leaf {number}\n".encode() for number in range(size)]
    leaves[at] = MONTH.format(digest="ab" * 32).encode()
    return PaperLog(leaves)
