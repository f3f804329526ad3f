"""Published pages as files: drawn and signed once, written, and taken away when their time is over.

A page that stands is never drawn again: what differs from it is refused and written in the log.
A run looks at the publications that wait (`page_settled_at`) only; `check` looks at all of them.
"""

from __future__ import annotations

import logging
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from sanzi.audit import actions as audit
from sanzi.disclosure import log_queries, page_drawing, page_files, page_parts, page_queries
from sanzi.disclosure.actions import case_publishing
from sanzi.disclosure.errors import PagesDiffer, PageStands
from sanzi.disclosure.models import PageFile, PageStyle, Publication
from sanzi.kernel import digest
from sanzi.kernel.notes import Note
from sanzi.matters.items import PublicItem, items
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.models import Division
from sanzi.transparency import keys

ROUND_MAX: Final = 500
"""How many publications are settled in one transaction."""
NAMED_MAX: Final = 5
logger = logging.getLogger(__name__)


@dataclass
class Done:
    """What one run did. Shapes: `refused` are sentences, one for each file that was let alone."""

    made: int = 0
    written: int = 0
    left: int = 0
    refused: list[str] = field(default_factory=list)
    touched: set[str] = field(default_factory=set)

    @property
    def count(self) -> int:
        """How many things changed."""
        return self.made + self.written + self.left


def publish_due(at: datetime) -> int:
    """Publish what is new, and everything where the folder is new; return how much changed."""
    is_whole = not (page_queries.folder() / "sitemap.xml").exists()
    return publish(at=at, is_whole=is_whole).count


def publish(*, at: datetime, is_whole: bool = False) -> Done:
    """Draw what has no page, write what is not in the folder, take away what is over.

    `is_whole` looks at every publication and file, not only at those that wait.
    """
    done = Done()
    if is_whole:
        _refuse_changed(done, at)
        _take_away_old(done, at)
    _take_people_away(done, at)
    while _settle_waiting(done, at):
        pass
    _write(done, at, is_whole=is_whole)
    codes = page_queries.village_codes() if is_whole else sorted(done.touched)
    for code in codes:
        _write_lists(code, done)
    if codes:
        for path, data in page_queries.county_lists().items():
            done.written += page_files.renew(page_queries.folder() / path, data)
    return done


def check(at: datetime) -> int:
    """Hold every page and file against the day it was published, and take away what is too old.

    Returns how many pages left. Raises: PagesDiffer, which names each one that differs; a changed
    row is in the audit log as well. Nothing is written over.
    """
    done = Done()
    _refuse_changed(done, at)
    _take_away_old(done, at)
    for code in sorted(done.touched):
        _write_lists(code, done)
    if wrong := list(page_queries.faults()):
        for line in wrong:
            logger.error("published page: %s", line)
        raise PagesDiffer(count=len(wrong), first="；".join(wrong[:NAMED_MAX]))
    return done.left


def keep(*, publication: Publication, by: Actor, at: datetime) -> PageFile:
    """Draw and sign the page of a publication; the same once more is the page that stands.

    Raises: PageStands, where the page was drawn from other content. The try is in the log.
    """
    now = log_queries.digest_of(publication) if publication.body else publication.content_digest
    with transaction.atomic():
        found = (
            PageFile.objects.select_for_update(of=("self",)).filter(publication=publication).first()
        )
        if found is None:
            return _drawn(publication, at)
        if found.content_digest == now:
            return found
        if found.refused_digest != now:
            found.refused_digest = now
            found.save(update_fields=["refused_digest"])
            audit.write(
                chain=publication.org_ext_id,
                kind="disclosure.page.refused",
                by=by,
                at=at,
                subject=("publication", publication.ext_id),
                before={"digest": found.content_digest},
                after={"digest": now},
            )
    raise PageStands(path=found.path)


def _refuse_changed(done: Done, at: datetime) -> None:
    """Look for publications that are another now than their page."""
    for one in page_queries.changed():
        try:
            keep(publication=one, by=SYSTEM, at=at)
        except PageStands as refusal:
            done.refused.append(refusal.text)


@transaction.atomic()
def _settle_waiting(done: Done, at: datetime) -> int:
    """Bring the pages of up to a round of waiting publications in line; return how many waited."""
    waiting = Publication.objects.filter(page_settled_at=None, item_code__in=list(items()))
    rows = list(
        waiting.select_for_update(of=("self",), no_key=True)
        .select_related("page", "replaces")
        .order_by("pk")[:ROUND_MAX]
    )
    for one in rows:
        page = getattr(one, "page", None)
        if page is None and one.unpublished_at is None:
            _drawn(one, at)
            done.made += 1
            done.touched.add(one.division_id)
        elif page is not None and page.removed_at is None and _is_over(one, at):
            _leave(page, done, at, is_whole=True)
    settled = Publication.objects.filter(pk__in=[one.pk for one in rows])
    if rows:
        settled.update(page_settled_at=at)
    return len(rows)


def _is_over(one: Publication, at: datetime) -> bool:
    """Whether no part of a publication stays on the web.

    Of what names people the rest stays after their days; of what was withdrawn nothing does.
    """
    if one.unpublished_at is None:
        return False
    if one.withdrawn_reason:
        return True
    return not items()[one.item_code].leaves or one.published_at <= case_publishing.web_since(at)


def _drawn(one: Publication, at: datetime) -> PageFile:
    drawing, item = page_drawing.the(), items()[one.item_code]
    style_name, css = drawing.style()
    style, _ = PageStyle.objects.get_or_create(name=style_name, defaults={"content": css})
    split = page_parts.split(one.title, item.title, one.body, leaves=item.leaves)
    village = Division.objects.values_list("name", flat=True).get(pk=one.division_id)
    path = f"{one.division_id}/{page_parts.file_name(one.ext_id)}"
    until = one.published_at + timedelta(days=one.min_days)
    apart = None
    if split.people is not None and until > at:
        people = page_drawing.People(path, split.title, village, until, split.people, style.name)
        apart = drawing.people(people).encode()
    told = page_drawing.PeopleTold(page_parts.digests(apart), until) if apart else None
    data = digest.canonical(_data(one, item, split, told))
    page = page_drawing.Page(
        path=path,
        title=split.title,
        village=village,
        item_title=item.title,
        kind=one.body.get("kind") or item.title,
        period=one.period,
        stage=page_parts.opened(str(one.body.get("stage") or "")),
        organisation=str(one.body.get("organisation") or ""),
        published_at=one.published_at,
        due_at=one.due_at if one.is_late else None,
        total_fen=one.total_fen,
        reason=one.reason,
        older=_older(one),
        part=split.open,
        style=style.name,
        portal_url=f"{settings.SANZI.public_url}/village/{one.division_id}/bulletin/{one.ext_id}/",
        data_digests=page_parts.digests(data),
        people=told,
    )
    html = drawing.page(page).encode()
    files = {"html": html, "json": data} | ({"people": apart} if apart else {})
    text = page_parts.note_text(path, files)
    return PageFile.objects.create(
        publication=one,
        path=path,
        style=style,
        content_digest=one.content_digest,
        html=zlib.compress(html),
        data=zlib.compress(data),
        people=zlib.compress(apart) if apart else None,
        people_until=until if apart else None,
        note=Note(text).signed(*(key.sign(text) for key in keys.signers())).whole(),
        made_at=at,
    )


def _older(one: Publication) -> str:
    if one.replaces is None or one.replaces.withdrawn_reason:
        return ""
    return f"{one.replaces.division_id}/{page_parts.file_name(one.replaces.ext_id)}"


def _data(
    one: Publication,
    item: PublicItem,
    split: page_parts.Split,
    told: page_drawing.PeopleTold | None,
) -> dict[str, Any]:
    """Return the page as data: what the page says, no more."""
    return {
        "format": page_parts.FORMAT,
        "id": one.ext_id,
        "village": one.division_id,
        "organisation": one.org_ext_id,
        "item": item.code,
        "item_title": item.title,
        "module": item.module,
        "title": split.title,
        "period": one.period,
        "published_at": one.published_at,
        "due_at": one.due_at,
        "total_fen": one.total_fen,
        "replaces": one.replaces.ext_id if one.replaces else None,
        "reason": one.reason,
        "facts": split.open.facts,
        "tables": [
            {"title": table.title, "columns": table.columns, "rows": table.rows}
            for table in split.open.tables
        ],
        "content_sm3": one.content_digest,
        "people": {"until": told.until, "sm3": told.digests.sm3, "sha256": told.digests.sha256}
        if told
        else None,
    }


def _take_people_away(done: Done, at: datetime) -> None:
    """Take away what names people and is over."""
    for page in PageFile.objects.filter(people_until__lte=at).order_by("path"):
        _leave(page, done, at, is_whole=False)


def _take_away_old(done: Done, at: datetime) -> None:
    """Take away pages whose publication left the web, the open part of some after years."""
    leaving = [one.code for one in items().values() if one.leaves]
    open_part_stays = Q(
        publication__item_code__in=leaving,
        publication__published_at__gt=case_publishing.web_since(at),
        publication__withdrawn_reason="",
    )
    left = PageFile.objects.filter(
        removed_at__isnull=True, publication__unpublished_at__isnull=False
    ).exclude(open_part_stays)
    for page in left.order_by("path"):
        _leave(page, done, at, is_whole=True)


def _leave(page: PageFile, done: Done, at: datetime, *, is_whole: bool) -> None:
    """Take one page's people, or all of it, off the folder; digests and archive stay.

    What names people is emptied; of the rest the bytes are kept in the table.
    """
    gone = [f"{page_queries.PEOPLE}/{page.path}.html"]
    if is_whole:
        gone += [path for path in page_queries.files(page) if path not in gone]
    for path in gone:  # first, so that a run that breaks off here is done again
        (page_queries.folder() / path).unlink(missing_ok=True)
    with transaction.atomic():
        page.people, page.people_until = None, None
        page.removed_at = at if is_whole else page.removed_at
        page.save(update_fields=["people", "people_until", "removed_at"])
        audit.write(
            chain=page.publication.org_ext_id,
            kind="disclosure.page.taken_down" if is_whole else "disclosure.page.names_removed",
            by=SYSTEM,
            at=at,
            subject=("publication", page.publication.ext_id),
        )
    done.left += 1
    done.touched.add(page.publication.division_id)


def _write(done: Done, at: datetime, *, is_whole: bool) -> None:
    """Write the pages that are not in the folder; a file with other bytes is let alone."""
    rows = PageFile.objects.filter(removed_at__isnull=True)
    if not is_whole:
        rows = rows.filter(written_at__isnull=True)
    folder = page_queries.folder()
    for style in PageStyle.objects.order_by("name"):
        _keep_file(done, folder, {style.name: bytes(style.content)})
    written = []
    for page in rows.order_by("pk").iterator(page_queries.AT_ONCE):
        _keep_file(done, folder, page_queries.files(page))
        if page.written_at is None:
            written.append(page.pk)
            done.touched.add(page.path.split("/")[0])
    for start in range(0, len(written), page_queries.AT_ONCE):
        part = written[start : start + page_queries.AT_ONCE]
        PageFile.objects.filter(pk__in=part).update(written_at=at)


def _keep_file(done: Done, folder: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        try:
            done.written += page_files.keep(folder / path, data)
        except page_files.OtherBytes:
            done.refused.append(PageStands(path=path).text)


def _write_lists(code: str, done: Done) -> None:
    """Write the lists of a village, and take away those of months that have no page any more."""
    lists = page_queries.lists(code)
    for path, data in lists.items():
        done.written += page_files.renew(page_queries.folder() / path, data)
    for path in _months(code):
        if path not in lists:
            (page_queries.folder() / path).unlink()


def _months(code: str) -> Iterable[str]:
    found = (page_queries.folder() / code).glob("[0-9][0-9][0-9][0-9]-[0-9][0-9].html")
    return [f"{code}/{one.name}" for one in found]
