"""Publications as the public log reads them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db.models import QuerySet

from sanzi.disclosure.models import Publication
from sanzi.kernel import digest


def published() -> QuerySet[Publication]:
    """Return all publications, those that were corrected or taken down too."""
    return Publication.objects.all()


def digest_of(publication: Publication) -> str:
    """Return the SM3 over place, item, period, subject, title and body as they are now."""
    return digest.sm3_of(
        [
            publication.division_id,
            publication.item_code,
            publication.period,
            [publication.subject_kind, publication.subject_id],
            publication.title,
            publication.body,
        ],
    )


def leaves(rows: Sequence[Publication]) -> list[bytes]:
    """Return what the log tells of each: its id and the digest of what is shown."""
    return [f"sanzi/publication/1\n{one.ext_id}\nsm3 {digest_of(one)}\n".encode() for one in rows]
