"""What a witness remembers between two looks, in a folder of its own."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from sanzi.kernel import notes
from sanzi.kernel.notes import BadNote, Signer

PRIVATE_MODE = 0o600
KINDS: Final = (notes.COSIGNED, notes.SM2_COSIGNED)


@dataclass(frozen=True)
class Memory:
    """The folder: keys, the last head, and what was found to contradict it."""

    folder: Path

    def signers(self, name: str) -> tuple[Signer, ...]:
        """Return the witness's keys, made at first use. Raises: BadNote, for a broken file."""
        return tuple(self._signer(kind, name) for kind in KINDS)

    def last(self) -> str:
        """Return the note of the last head that was seen, empty before the first."""
        file = self.folder / "last.note"
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def remember(self, note: str) -> None:
        """Keep the note of a head durably, before anything is told of it."""
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / "last.note.new"
        with fresh.open("w", encoding="utf-8") as file:
            file.write(note)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(self.folder / "last.note")

    def accuse(self, old: str, new: str, at: int) -> Path:
        """Keep two heads that contradict each other, both signed; return their folder."""
        folder = self.folder / f"contradiction-{at}"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "seen-first.note").write_text(old, encoding="utf-8")
        (folder / "seen-now.note").write_text(new, encoding="utf-8")
        return folder

    def _signer(self, kind: str, name: str) -> Signer:
        file = self.folder / f"{kind}.key"
        if not file.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            made = notes.new_signer(name, kind)
            file.touch(mode=PRIVATE_MODE)
            file.write_text(f"{made.verifier.text()}\n{made.private.hex()}\n", encoding="ascii")
        lines = file.read_text(encoding="ascii").split()
        try:
            return Signer(notes.read_verifier(lines[0]), bytes.fromhex(lines[1]))
        except (IndexError, ValueError) as wrong:
            raise BadNote(f"{file} holds no key") from wrong
