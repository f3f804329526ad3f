"""Reads of published pages: what a file holds, their lists, and whether the folder is whole."""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from django.conf import settings
from django.db.models import Count, QuerySet

from sanzi.disclosure import log_queries, page_drawing, page_files, page_parts
from sanzi.disclosure.models import PageFile, PageStyle, Publication
from sanzi.kernel import clock, notes
from sanzi.matters.items import items
from sanzi.orgs.models import Division
from sanzi.transparency import keys

AT_ONCE: Final = 500
NEWEST_MAX: Final = 50
FEED_MAX: Final = 100
NOTE: Final = ".note"
PEOPLE: Final = "people"
NEVER: Final = datetime(2000, 1, 1, tzinfo=UTC)
"""When a feed without pages was changed."""
BYTES: Final = ("html", "data", "people", "note")


def folder() -> Path:
    """Return the folder that the pages are served from."""
    found: Path = settings.SANZI.site_dir
    return found


def base_url() -> str:
    """Return the address under which the folder is served."""
    return f"{settings.SANZI.public_url}/site"


def address_of(ext_id: str) -> str:
    """Return the path of the file of a publication on this host, empty while there is none."""
    found = PageFile.objects.filter(
        publication__ext_id=ext_id, written_at__isnull=False, removed_at__isnull=True
    ).values_list("path", flat=True)
    return "".join(f"/site/{path}.html" for path in found)


def feed_of(village_code: str) -> str:
    """Return the path of a village's feed in the folder."""
    return f"{village_code}/feed.xml"


def has_feed(village_code: str) -> bool:
    """Return whether a village's feed lies in the folder."""
    return (folder() / feed_of(village_code)).is_file()


def pages() -> QuerySet[PageFile]:
    """Return all pages, those that left too: the public log tells of each."""
    return PageFile.objects.all()


def leaves(rows: Sequence[PageFile]) -> list[bytes]:
    """Return what the log tells of each page: the text that was signed, with all digests."""
    return [notes.read(one.note).text.encode() for one in rows]


def files(page: PageFile) -> dict[str, bytes]:
    """Return the files of a page by their path in the folder; without people once they left."""
    found = {
        f"{page.path}.html": zlib.decompress(bytes(page.html)),
        f"{page.path}.json": zlib.decompress(bytes(page.data)),
        f"{page.path}{NOTE}": page.note.encode(),
    }
    if page.people:
        found[f"{PEOPLE}/{page.path}.html"] = zlib.decompress(bytes(page.people))
    return found


def standing(village_code: str = "") -> QuerySet[PageFile]:
    """Return the pages that are on the web, newest first."""
    replaced = "publication__replaced_by"
    found = (
        PageFile.objects.filter(removed_at__isnull=True)
        .select_related(f"{replaced}__page")
        .defer(
            *BYTES, "publication__body", f"{replaced}__body",
            *(f"{replaced}__page__{name}" for name in BYTES),
        )
    )  # fmt: skip
    if village_code:
        found = found.filter(publication__division_id=village_code)
    return found.order_by("-publication__published_at", "-path")


def lists(village_code: str) -> dict[str, bytes]:
    """Return the lists of a village by their path: the newest, each month, feed and sitemap."""
    drawing = page_drawing.the()
    name = Division.objects.values_list("name", flat=True).get(pk=village_code)
    style = drawing.style()[0]
    lines = [_line(one) for one in standing(village_code).iterator(AT_ONCE)]
    by_month: dict[str, list[page_drawing.Line]] = {}
    for one in lines:
        month = f"{clock.local_date(one.published_at):%Y-%m}"
        by_month.setdefault(month, []).append(one)
    months = [(month, len(rows)) for month, rows in by_month.items()]
    shown = {"": lines[:NEWEST_MAX], **by_month}
    found = {
        f"{village_code}/{month or 'index'}.html": drawing.listing(
            page_drawing.Listing(village_code, name, month, rows, months, style)
        )
        for month, rows in shown.items()
    }
    found[feed_of(village_code)] = _feed(f"{name}公开", village_code, lines)
    found[f"{village_code}/sitemap.xml"] = _sitemap(lines, [f"{village_code}/index.html"])
    return {path: text.encode() for path, text in found.items()}


def county_lists() -> dict[str, bytes]:
    """Return the lists of the county by their path: towns, feed, the index of sitemaps."""
    drawing = page_drawing.the()
    counts = dict(
        standing().order_by().values_list("publication__division_id").annotate(n=Count("pk"))
    )
    divisions = Division.objects.order_by("code")
    rows: dict[str, list[tuple[str, str, int]]] = {}
    for one in divisions.filter(level="village", code__in=list(counts)):
        rows.setdefault(one.parent_code, []).append((one.code, one.name, counts[one.code]))
    towns = [(one.name, rows[one.code]) for one in divisions.filter(code__in=list(rows))]
    name = divisions.filter(level="county").values_list("name", flat=True).first() or ""
    county = page_drawing.County(name, towns, drawing.style()[0])
    lines = [_line(one) for one in standing()[:FEED_MAX]]
    maps = [code for _, villages in towns for code, _, _ in villages]
    found = {
        "index.html": drawing.county(county),
        "feed.xml": _feed(f"{name}公开", "", lines),
        "sitemap.xml": _sitemap_index(maps),
    }
    return {path: text.encode() for path, text in found.items()}


def _line(page: PageFile) -> page_drawing.Line:
    one = page.publication
    newer = getattr(one, "replaced_by", None)
    newer_page = getattr(newer, "page", None) if newer else None
    item = items()[one.item_code]
    split = page_parts.split(one.title, item.title, {}, leaves=item.leaves)
    return page_drawing.Line(
        path=page.path,
        title=split.title,
        item_title=item.title,
        published_at=one.published_at,
        newer=newer_page.path if newer_page else "",
    )


def _feed(title: str, village_code: str, lines: Sequence[page_drawing.Line]) -> str:
    updated = max((one.published_at for one in lines), default=NEVER)
    place = f"{village_code}/feed.xml" if village_code else "feed.xml"
    feed = page_drawing.Feed(title, base_url(), place, updated, tuple(lines[:FEED_MAX]))
    return page_drawing.the().feed(feed)


SITEMAPS: Final = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
XML: Final = '<?xml version="1.0" encoding="utf-8"?>\n'


def _sitemap(lines: Sequence[page_drawing.Line], lists_of: Sequence[str]) -> str:
    paths = [*lists_of, *(f"{one.path}.html" for one in lines)]
    rows = "".join(f"<url><loc>{base_url()}/{path}</loc></url>\n" for path in paths)
    return f"{XML}<urlset {SITEMAPS}>\n{rows}</urlset>\n"


def _sitemap_index(codes: Sequence[str]) -> str:
    rows = "".join(
        f"<sitemap><loc>{base_url()}/{code}/sitemap.xml</loc></sitemap>\n" for code in codes
    )
    return f"{XML}<sitemapindex {SITEMAPS}>\n{rows}</sitemapindex>\n"


def village_codes() -> list[str]:
    """Return the villages that have pages, by code."""
    found = PageFile.objects.order_by("publication__division_id")
    return list(found.values_list("publication__division_id", flat=True).distinct())


def changed() -> Iterator[Publication]:
    """Give the publications that are another now than the day their page was drawn."""
    rows = PageFile.objects.select_related("publication").defer(*BYTES).order_by("pk")
    return (page.publication for page in rows.iterator(AT_ONCE) if _is_changed(page))


def _is_changed(page: PageFile) -> bool:
    one = page.publication
    now = log_queries.digest_of(one) if one.body else one.content_digest
    return page.content_digest != now or one.content_digest != page.content_digest


def faults() -> Iterator[str]:
    """Recompute every digest: of each file, against its signed note, against the publication.

    Yields a sentence for what is missing, changed, too much or should have left.
    """
    expected: set[str] = {one.name for one in PageStyle.objects.order_by("name")}
    known = keys.generations()
    rows = PageFile.objects.select_related("publication").order_by("path")
    for page in rows.iterator(AT_ONCE):
        if page.removed_at is None:
            yield from _faults_of(page, known)
            expected |= set(files(page))
    for found in [county_lists(), *(lists(code) for code in village_codes())]:
        for path, data in found.items():
            expected.add(path)
            file = folder() / path
            if not file.exists() or file.read_bytes() != data:
                yield f"{path}：目录不是现在的"
    for path in page_files.every(folder()):
        if path not in expected:
            yield f"{path}：不该在这里"


def _faults_of(page: PageFile, known: Sequence[keys.Generation]) -> Iterator[str]:
    note = notes.read(page.note)
    try:
        is_signed = any(len(note.signers(one.keys)) == len(one.keys) for one in known)
    except notes.BadNote:
        is_signed = False
    if not is_signed:
        yield f"{page.path}{NOTE}：签名不对"
    told = page_parts.told(note.text)
    for path in files(page):
        kind = "note" if path.endswith(NOTE) else path.rsplit(".", 1)[1]
        kind = PEOPLE if path.startswith(f"{PEOPLE}/") else kind
        file = folder() / path
        if not file.exists():
            yield f"{path}：不见了"
            continue
        data = file.read_bytes()
        is_same = data == page.note.encode() if kind == "note" else (
            page_parts.digests(data) == told.get(kind)
        )  # fmt: skip
        if not is_same:
            yield f"{path}：和公布那天不一样"
    if _is_changed(page):
        yield f"{page.path}：库里的内容改过，和公布那天不一样"
