"""Publications as the public log reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import QuerySet

from sanzi.disclosure.models import Publication
from sanzi.kernel import digest
from sanzi.matters.items import items

MONTH_FIGURES: Final = ("in", "out", "balance")


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
    """Return what the log tells of each: its id, the digest of what is shown, when, its figures.

    Figures stand with place, item and month, so that a paper can show them by the leaf alone.
    What goes off the web one day tells no figures.
    """
    return [
        f"sanzi/publication/1\n{one.ext_id}\nsm3 {digest_of(one)}\n{_lines(one)}".encode()
        for one in rows
    ]


def _lines(one: Publication) -> str:
    """Return the lines of a leaf behind the digest, a name and a value each, money in fen."""
    lines: list[tuple[str, Any]] = [("at", int(one.published_at.timestamp()))]
    if not items()[one.item_code].leaves:
        figures = [(name, one.body.get(f"{name}_fen")) for name in MONTH_FIGURES]
        lines += [("place", one.division_id), ("item", one.item_code), ("period", one.period)]
        lines += figures
        if one.total_fen != dict(figures)["out"]:
            lines.append(("total", one.total_fen))
    return "".join(f"{name} {value}\n" for name, value in lines if value not in ("", None))
