"""Pictures that look like another one, among all files of the county."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.db.models import Q

from sanzi.evidence.models import Attachment, Picture, PictureBand
from sanzi.evidence.reading import likeness

ROWS_MAX: Final = 2000
FOUND_MAX: Final = 20


@dataclass(frozen=True)
class Alike:
    """A file that looks the same, or is the same: what it hangs on, in how many bits it differs."""

    attachment_ext_id: str
    subject_kind: str
    subject_id: str
    kind: str
    bits: int


def likeness_of(digest: str) -> str:
    """Return how a kept picture looks, empty for a file without a likeness."""
    found = Picture.objects.filter(pk=digest).values_list("likeness", flat=True).first()
    return found or ""


def alike(digest: str, *, bits_max: int = likeness.NEAR_BITS) -> list[Alike]:
    """Return what hangs anywhere and looks like this file, itself included; oldest first.

    Units: bits of 256; the index finds every picture up to `likeness.NEAR_BITS`.
    """
    near = {digest: 0}
    mine = likeness_of(digest)
    if mine:
        bands = Q()
        for place, value in enumerate(likeness.bands(mine)):
            bands |= Q(place=place, value=value)
        rows = PictureBand.objects.filter(bands).values_list("picture_id", "picture__likeness")
        for other, seen in rows.distinct()[:ROWS_MAX]:
            bits = likeness.distance(seen, mine)
            if bits <= bits_max:
                near[other] = bits
    hung = Attachment.objects.filter(file_id__in=near, removed_at__isnull=True).order_by("id")
    return [
        Alike(one.ext_id, one.subject_kind, one.subject_id, one.kind, near[one.file_id])
        for one in hung[:FOUND_MAX]
    ]
