"""Files on disk: originals under their digest, previews beside them. Nothing here is executed.

`SANZI_VAR/evidence/<2>/<digest>` originals, read-only; `SANZI_VAR/previews/<2>/<digest>/<n>.webp`
re-encoded copies without metadata, the only pictures that pages show.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from django.conf import settings
from PIL import Image, ImageOps

from sanzi.evidence import errors, rules
from sanzi.kernel import digest, ids

EDGE_MAX = 2000
PDF_PAGES_MAX = 8
PDF_SECONDS_MAX = 30
_DIGEST = re.compile(r"[0-9a-f]{64}")


def original(file_digest: str) -> Path:
    """Return where an original lies. Raises: ValueError for what is no digest."""
    return _place("evidence", file_digest)


def preview(file_digest: str, page: int) -> Path:
    """Return where a preview page lies, pages from 1. Raises: ValueError."""
    return _place("previews", file_digest) / f"{int(page)}.webp"


def _place(folder: str, file_digest: str) -> Path:
    if not _DIGEST.fullmatch(file_digest):
        message = "not a digest"
        raise ValueError(message)
    return Path(settings.SANZI.var) / folder / file_digest[:2] / file_digest


def keep(data: bytes) -> str:
    """Write bytes under their SM3 digest, whole or not at all; return the digest."""
    found = digest.sm3(data)
    target = original(found)
    if target.exists():
        return found
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(0o440)
        Path(temporary).replace(target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return found


def draw_previews(examined: rules.Examined, file_digest: str, name: str) -> int:
    """Draw the re-encoded copies of a file; return how many pages there are to show.

    Raises: FileBroken when a PDF can't be drawn.
    """
    folder = preview(file_digest, 1).parent
    if examined.media_type in rules.IMAGE_TYPES:
        folder.mkdir(parents=True, exist_ok=True)
        _write(_upright(examined.data), folder / "1.webp")
        return 1
    if examined.media_type == "application/pdf":
        folder.mkdir(parents=True, exist_ok=True)
        return _draw_pdf(original(file_digest), folder, name)
    return 0


def bare_picture(data: bytes) -> bytes:
    """Return an examined picture as WebP without anything that it told of place, time or phone.

    Nothing is written to disk.
    """
    out = io.BytesIO()
    _bare(_upright(data)).save(out, "WEBP", quality=80)
    return out.getvalue()


def _upright(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as picture:
        upright = ImageOps.exif_transpose(picture).convert("RGB")
    upright.thumbnail((EDGE_MAX, EDGE_MAX))
    return upright


def _bare(picture: Image.Image) -> Image.Image:
    bare = Image.new("RGB", picture.size)
    bare.paste(picture)
    return bare


def _write(picture: Image.Image, target: Path) -> None:
    bare = _bare(picture)
    # Two uploads of one file may draw at once: each has a name of its own until it is whole.
    temporary = target.with_suffix(f".{ids.new_token(40)}")
    bare.save(temporary, "WEBP", quality=80)
    temporary.replace(target)


def _draw_pdf(source: Path, folder: Path, name: str) -> int:
    command = [
        sys.executable, "-m", "sanzi.evidence.raster",
        str(source), str(folder), str(PDF_PAGES_MAX), str(EDGE_MAX),
    ]  # fmt: skip
    environment = {
        "PATH": os.environ.get("PATH", ""),
        "PYTHONPATH": str(Path(__file__).resolve().parents[2]),
    }
    try:
        done = subprocess.run(
            command, capture_output=True, timeout=PDF_SECONDS_MAX, check=True, env=environment
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as wrong:
        raise errors.FileBroken(name=name[:60], why="PDF有密码，或者内容有错") from wrong
    return int(done.stdout or b"0")
