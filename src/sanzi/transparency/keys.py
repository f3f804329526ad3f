"""The keys that sign checkpoints: one of each kind, in a folder only the platform may read.

Made at first use. `sanzi log key` prints their public halves, which witnesses and villagers hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from django.conf import settings

from sanzi.kernel import key_turns, notes
from sanzi.kernel.key_turns import KeyTurn
from sanzi.kernel.notes import Signer, Verifier

KINDS: Final = (notes.ED25519, notes.SM2)
COSIGNING: Final = (notes.COSIGNED, notes.SM2_COSIGNED)
PRIVATE_MODE, FOLDER_MODE = 0o600, 0o700
LAST: Final = "last.note"


def signers() -> list[Signer]:
    """Return the log's keys, Ed25519 and SM2; made when there are none.

    Raises: BadNote, for a file that holds no key.
    """
    folder = settings.SANZI.log_keys
    return [_signer(folder / f"{kind}.key", kind, settings.SANZI.log_origin) for kind in KINDS]


def verifiers() -> list[Verifier]:
    """Return the public halves."""
    return [one.verifier for one in signers()]


def witnesses() -> list[Verifier]:
    """Return the keys of the witnesses whose cosignatures are taken. Raises: BadNote."""
    file = settings.SANZI.log_witnesses
    lines = file.read_text(encoding="utf-8").splitlines() if file else []
    return [notes.read_verifier(one) for one in lines if one.strip() and not one.startswith("#")]


@dataclass(frozen=True)
class Generation:
    """The keys that signed heads of up to `until` leaves; None for those that sign now."""

    until: int | None
    keys: tuple[Verifier, ...]
    note: str = ""


def generations() -> list[Generation]:
    """Return all keys the log had, the oldest first, each with the note that ended its time.

    Raises: BadNote, for a turn that its keys did not sign.
    """
    notes_kept = [one.read_text(encoding="utf-8") for one in sorted(_turns().glob("*.note"))]
    turns = sorted(((key_turns.read(one), one) for one in notes_kept), key=lambda one: one[0].until)
    ended = [Generation(turn.until, turn.old, note) for turn, note in turns]
    return [*ended, Generation(None, tuple(verifiers()))]


def replace(turn: KeyTurn, fresh: Sequence[Signer], note: str) -> None:
    """Keep the note of a turn, destroy the old private keys and lay the new ones in their place."""
    _turns().mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    (_turns() / f"{turn.until:019d}.note").write_text(note, encoding="utf-8")
    for one in fresh:
        file = settings.SANZI.log_keys / f"{one.verifier.kind}.key"
        file.unlink(missing_ok=True)
        _write(file, one)


def _turns() -> Path:
    return Path(settings.SANZI.log_keys) / "turns"


@dataclass(frozen=True)
class Level:
    """A township's or the county's own keys: what it is called, where they lie."""

    title: str
    folder: Path
    signers: tuple[Signer, ...]

    @property
    def name(self) -> str:
        """The name its keys stand under."""
        return self.signers[0].verifier.name

    def last(self) -> str:
        """Return the note of the last head it signed, empty before the first."""
        file = self.folder / LAST
        return file.read_text(encoding="utf-8") if file.exists() else ""

    def remember(self, note: str) -> None:
        """Keep the note of a head that it signs."""
        fresh = self.folder / f"{LAST}.new"
        fresh.write_text(note, encoding="utf-8")
        fresh.replace(self.folder / LAST)


def levels() -> list[Level]:
    """Return the levels that cosign here, each with keys of its own; made when there are none.

    Raises: BadNote, for a file that holds no key.
    """
    found = []
    for name, title in settings.SANZI.log_cosigners:
        folder = settings.SANZI.log_keys / name
        own = f"{settings.SANZI.log_origin}/{name}"
        signers = tuple(_signer(folder / f"{kind}.key", kind, own) for kind in COSIGNING)
        found.append(Level(title, folder, signers))
    return found


def _signer(file: Path, kind: str, name: str) -> Signer:
    if not file.exists():
        _write(file, notes.new_signer(name, kind))
    lines = file.read_text(encoding="ascii").split()
    try:
        return Signer(notes.read_verifier(lines[0]), bytes.fromhex(lines[1]))
    except (IndexError, ValueError) as wrong:
        raise notes.BadNote(f"{file} holds no key") from wrong


def _write(file: Path, made: Signer) -> None:
    file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    file.touch(mode=PRIVATE_MODE)
    file.write_text(f"{made.verifier.text()}\n{made.private.hex()}\n", encoding="ascii")
