"""Letters for the office outside the county: ciphertext handed over, opened with its own key there.

Nobody inside opens these; whoever hands them over sees how many there are.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

from sanzi.kernel.cipher import SealBroken
from sanzi.record.errors import EnvelopeBroken
from sanzi.voice import queries, rules, sealing
from sanzi.voice.errors import KeyMissing
from sanzi.voice.models import Complaint

FORMAT = "SANZI-LETTER-1"


def for_outside() -> Iterator[dict[str, Any]]:
    """Yield the letters that only the office outside may read, each as sealed values."""
    for one in Complaint.objects.filter(route_role=rules.OUTSIDE).order_by("pk"):
        yield {
            "format": FORMAT,
            "number": one.ext_id,
            "village": queries.village_of(one),
            "received_at": one.received_at.isoformat(),
            "keys": [
                [key.lock, key.holder, key.wrapped]
                for key in one.keys.exclude(holder=sealing.WRITER).order_by("pk")
            ],
            "parts": [
                [part.lock, part.name, part.number, part.sealed]
                for part in one.parts.order_by("pk")
            ],
        }


def opened(told: dict[str, Any], opener: sealing.Opener) -> tuple[dict[str, str], list[bytes]]:
    """Return the texts and photos of a letter handed over. Raises: KeyMissing, EnvelopeBroken."""
    try:
        keys = {
            lock: sealing.unwrap_by_office(opener, wrapped)
            for lock, holder, wrapped in told["keys"]
            if holder == opener.fingerprint
        }
        if not keys:
            raise KeyMissing
        texts: dict[str, str] = {}
        photos: list[bytes] = []
        for lock, name, number, sealed in told["parts"]:
            bound = f"{told['number']}:{lock}:{name}:{number}"
            text = sealing.reveal(keys[lock], sealed, bound)
            if name == "photo":
                photos.append(base64.b64decode(text))
            else:
                texts[name] = text
    except (KeyError, ValueError, TypeError, SealBroken) as wrong:
        raise EnvelopeBroken from wrong
    return texts, photos
