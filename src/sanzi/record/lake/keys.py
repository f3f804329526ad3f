"""The keys that a county signs its publications with: Ed25519 and SM2, made at first use."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

from sanzi.kernel import notes
from sanzi.kernel.notes import Signer

KINDS: Final = (notes.ED25519, notes.SM2)
PRIVATE_MODE, FOLDER_MODE = 0o600, 0o700
_COUNTY: Final = re.compile(r"[1-9][0-9]{5}")


def signers(folder: Path, county_code: str) -> list[Signer]:
    """Return the keys of a county. Raises: BadNote, for a file that holds no key."""
    if not _COUNTY.fullmatch(county_code):
        raise ValueError(county_code)
    name = f"{county_code}.lake"
    return [_signer(folder / f"{name}.{kind}.key", kind, name) for kind in KINDS]


def _signer(file: Path, kind: str, name: str) -> Signer:
    if not file.exists():
        made = notes.new_signer(name, kind)
        file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        file.touch(mode=PRIVATE_MODE)
        file.write_text(f"{made.verifier.text()}\n{made.private.hex()}\n", encoding="ascii")
    lines = file.read_text(encoding="ascii").split()
    try:
        return Signer(notes.read_verifier(lines[0]), bytes.fromhex(lines[1]))
    except (IndexError, ValueError) as wrong:
        raise notes.BadNote(f"{file} holds no key") from wrong
