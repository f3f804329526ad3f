"""The turn from one set of a log's keys to the next, as a signed note. No Django.

A turn is signed by the new keys and, unless these were lost, by the old. A log that lost its keys
says so openly: whoever reads it decides whether the cosigners below it are enough.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sanzi.kernel import notes
from sanzi.kernel.notes import BadNote, Note, Verifier

FORMAT: Final = "sanzi/log-keys/1"
HEAD_LINES: Final = 3


@dataclass(frozen=True)
class KeyTurn:
    """Until which size the old keys signed, and the new ones. Shapes: `is_lost` was declared."""

    origin: str
    until: int
    old: tuple[Verifier, ...]
    new: tuple[Verifier, ...]
    is_lost: bool

    def text(self) -> str:
        """Return the text that is signed."""
        word = "lost" if self.is_lost else "turned"
        lines = [FORMAT, self.origin, f"{word} {self.until}"]
        lines += [f"old {one.text()}" for one in self.old]
        lines += [f"new {one.text()}" for one in self.new]
        return "".join(f"{one}\n" for one in lines)


@dataclass(frozen=True)
class Era:
    """The keys that sign heads of up to `until` leaves; None for those that sign now."""

    until: int | None
    keys: tuple[Verifier, ...]


def read(whole: str) -> KeyTurn:
    """Return a turn whose signatures hold: of all new keys, and of all old unless lost.

    Raises: BadNote.
    """
    note = notes.read(whole)
    turn = _read_text(note)
    wanted = turn.new if turn.is_lost else (*turn.old, *turn.new)
    if len(note.signers(wanted)) != len(wanted):
        raise BadNote("a turn of keys that its keys did not sign")
    return turn


def read_all(text: str) -> list[KeyTurn]:
    """Return the turns in what a log shows of its keys, the oldest first. Raises: BadNote."""
    parts = text.split(f"{FORMAT}\n")[1:]
    turns = [read(f"{FORMAT}\n{one.rstrip()}\n") for one in parts]
    return sorted(turns, key=lambda one: one.until)


def follow(keys: Sequence[Verifier], turns: Sequence[KeyTurn]) -> list[Era]:
    """Return who signed heads of which sizes, from the keys one holds on, the oldest first.

    A turn counts when the keys that signed until then signed it: keys that were lost sign nothing,
    so nobody is led on by such a turn.
    """
    eras = [Era(None, tuple(keys))]
    for turn in turns:
        now = eras[-1].keys
        if not turn.is_lost and set(turn.old) == set(now):
            eras[-1:] = [Era(turn.until, now), Era(None, turn.new)]
    return eras


def _read_text(note: Note) -> KeyTurn:
    lines = note.text.splitlines()
    if len(lines) < HEAD_LINES or lines[0] != FORMAT:
        raise BadNote("no turn of keys")
    word, _, until = lines[2].partition(" ")
    if word not in {"lost", "turned"} or not (until.isascii() and until.isdigit()):
        raise BadNote(f"turn: {lines[2][:60]}")
    keys = [line.partition(" ") for line in lines[HEAD_LINES:]]
    found = {
        side: tuple(notes.read_verifier(key) for name, _, key in keys if name == side)
        for side in ("old", "new")
    }
    turn = KeyTurn(lines[1], int(until), found["old"], found["new"], word == "lost")
    if not turn.old or not turn.new or turn.text() != note.text:
        raise BadNote("no turn of keys")
    return turn
