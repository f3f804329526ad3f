"""Evidence as the pages show it: re-encoded previews, originals only as attachments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from django.urls import reverse

from sanzi.evidence import queries
from sanzi.evidence.queries import Hung
from sanzi.interfaces.look.parts import Evidence
from sanzi.matters.catalogue import Matter, Paper

BYTES_PER_KB = 1024


def titles(matter: Matter) -> dict[str, str]:
    """Return the titles of the kinds of evidence of a matter."""
    return titles_of(matter.evidence)


def titles_of(kinds: Iterable[Paper]) -> dict[str, str]:
    """Return the titles of kinds of evidence."""
    return {one.kind: one.title for one in kinds}


def size_words(size_bytes: int) -> str:
    """Return `86 KB` or `1.2 MB`."""
    kilo = max(1, round(size_bytes / BYTES_PER_KB))
    return f"{kilo} KB" if kilo < BYTES_PER_KB else f"{kilo / BYTES_PER_KB:.1f} MB"


def shown(files: Sequence[Hung], matter: Matter) -> list[Evidence]:
    """Return the files of a case as thumbnails that lead to their viewer."""
    return pieces(files, titles(matter))


def pieces(files: Iterable[Hung], known: Mapping[str, str]) -> list[Evidence]:
    """Return files as thumbnails, named by the titles of their kinds."""
    return [
        Evidence(
            label=known.get(one.kind, one.kind),
            sub=f"{one.title}，{size_words(one.size_bytes)}",
            url=reverse("office:paper", args=[one.ext_id]),
            thumb_url=reverse("office:preview", args=[one.ext_id, 1]) if one.preview_count else "",
        )
        for one in files
    ]


@dataclass(frozen=True)
class Piece(Evidence):
    """A piece of evidence with its id, for pages that may take it off again."""

    ext_id: str = ""


def papers_of(subject_kind: str, subject_ids: Iterable[str]) -> list[Piece]:
    """Return the files of subjects whose doors the page holds, by their own names."""
    return [
        Piece(
            label=one.title,
            sub=size_words(one.size_bytes),
            url=reverse("office:paper", args=[one.ext_id]),
            thumb_url=reverse("office:preview", args=[one.ext_id, 1]) if one.preview_count else "",
            ext_id=one.ext_id,
        )
        for subject_id in subject_ids
        for one in queries.attachments(subject_kind, subject_id)
    ]
