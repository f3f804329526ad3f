"""The folder of published pages: written at once or not at all, never over other bytes."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

READABLE: Final = 0o644
FOLDER_MODE: Final = 0o755
TEMPORARY: Final = ".tmp-"


class OtherBytes(Exception):
    """A file stands there already and says something else."""


def keep(file: Path, data: bytes) -> bool:
    """Write a file that is never changed; return whether it was not there.

    Raises: OtherBytes; nothing is written then.
    """
    if file.exists():
        if file.read_bytes() != data:
            raise OtherBytes(str(file))
        return False
    made = _beside(file, data)
    try:
        os.link(made, file)  # unlike a rename, it never takes the place of another file
    except FileExistsError:
        if file.read_bytes() != data:
            raise OtherBytes(str(file)) from None
        return False
    finally:
        made.unlink()
    return True


def renew(file: Path, data: bytes) -> bool:
    """Write a list, which changes from day to day; return whether it changed."""
    if file.exists() and file.read_bytes() == data:
        return False
    _beside(file, data).replace(file)
    return True


def every(folder: Path) -> Iterator[str]:
    """Give the paths of all files in the folder, unfinished ones left out."""
    for found in sorted(folder.rglob("*")):
        if found.is_file() and not found.name.startswith(TEMPORARY):
            yield found.relative_to(folder).as_posix()


def _beside(file: Path, data: bytes) -> Path:
    """Return a finished file of another name in the same folder."""
    file.parent.mkdir(mode=FOLDER_MODE, parents=True, exist_ok=True)
    number, name = tempfile.mkstemp(prefix=TEMPORARY, dir=file.parent)
    made = Path(name)
    try:
        with os.fdopen(number, "wb") as out:
            out.write(data)
        made.chmod(READABLE)
    except BaseException:
        made.unlink()
        raise
    return made
