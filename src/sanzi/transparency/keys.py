"""The keys that sign checkpoints: one of each kind, in a folder only the platform may read.

Made at first use. `sanzi log key` prints their public halves, which witnesses and villagers hold.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from django.conf import settings

from sanzi.kernel import notes
from sanzi.kernel.notes import Signer, Verifier

KINDS: Final = (notes.ED25519, notes.SM2)
PRIVATE_MODE, FOLDER_MODE = 0o600, 0o700


def signers() -> list[Signer]:
    """Return the log's keys, Ed25519 and SM2; made when there are none.

    Raises: BadNote, for a file that holds no key.
    """
    folder = settings.SANZI.log_keys
    return [_signer(folder / f"{kind}.key", kind) for kind in KINDS]


def verifiers() -> list[Verifier]:
    """Return the public halves."""
    return [one.verifier for one in signers()]


def witnesses() -> list[Verifier]:
    """Return the keys of the witnesses whose cosignatures are taken. Raises: BadNote."""
    file = settings.SANZI.log_witnesses
    lines = file.read_text(encoding="utf-8").splitlines() if file else []
    return [notes.read_verifier(one) for one in lines if one.strip() and not one.startswith("#")]


def _signer(file: Path, kind: str) -> Signer:
    if not file.exists():
        file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
        made = notes.new_signer(settings.SANZI.log_origin, kind)
        file.touch(mode=PRIVATE_MODE)
        file.write_text(f"{made.verifier.text()}\n{made.private.hex()}\n", encoding="ascii")
    lines = file.read_text(encoding="ascii").split()
    try:
        return Signer(notes.read_verifier(lines[0]), bytes.fromhex(lines[1]))
    except (IndexError, ValueError) as wrong:
        raise notes.BadNote(f"{file} holds no key") from wrong
