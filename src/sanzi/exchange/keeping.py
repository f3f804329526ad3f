"""The bytes of files from outside, kept whole and sealed under their digest, in small parts."""

from __future__ import annotations

import base64
from datetime import datetime
from typing import Final

from sanzi.exchange.models import SourceFile, SourceFilePart
from sanzi.kernel import digest
from sanzi.orgs import secrets

PART_BYTES: Final = 131_072


def keep(data: bytes, at: datetime) -> SourceFile:
    """Keep a file; the same bytes are kept once. Runs in the caller's transaction."""
    found, is_new = SourceFile.objects.get_or_create(
        digest=digest.sm3(data), defaults={"size_bytes": len(data), "stored_at": at}
    )
    if is_new:
        SourceFilePart.objects.bulk_create(
            SourceFilePart(
                file=found,
                number=number,
                sealed_file=secrets.seal(
                    "file", base64.b64encode(data[start : start + PART_BYTES]).decode()
                ),
            )
            for number, start in enumerate(range(0, len(data), PART_BYTES))
        )
    return found


def bytes_of(file: SourceFile) -> bytes:
    """Return the bytes of a file. Raises: kernel.cipher.SealBroken."""
    parts = file.parts.order_by("number").values_list("sealed_file", flat=True)
    return b"".join(base64.b64decode(secrets.reveal("file", one)) for one in parts)


def _sealed(part: bytes) -> str:
    return secrets.seal("file", base64.b64encode(part).decode())
