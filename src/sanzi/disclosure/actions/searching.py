"""Keeping what the search of the portal finds in step with what is public."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from sanzi.deals.asset_rules import GONE
from sanzi.deals.models import Asset, Auction, Tender, TenderState
from sanzi.disclosure import bulletin_queries, naming, page_parts
from sanzi.disclosure.models import Publication, SearchLine
from sanzi.disclosure.search_rules import TEXT_MAX, folded
from sanzi.kernel import clock
from sanzi.matters.items import items
from sanzi.orgs.models import Division
from sanzi.registers.works import unit_queries

AT_ONCE = 500
Kind = SearchLine.Kind


def published(_at: datetime) -> int:
    """Take in what is published anew, leave out what was replaced or left the web."""
    gone = SearchLine.objects.filter(
        Q(publication__replaced_by__isnull=False) | Q(publication__unpublished_at__isnull=False)
    )
    count, _ = gone.delete()
    known = SearchLine.objects.filter(publication=OuterRef("pk"))
    rows = Publication.objects.filter(
        ~Exists(known), replaced_by__isnull=True, unpublished_at__isnull=True
    ).order_by("pk")
    while found := list(rows[:AT_ONCE]):
        SearchLine.objects.bulk_create([_line(one) for one in found], ignore_conflicts=True)
        count += len(found)
    return count


def _line(one: Publication) -> SearchLine:
    item = items()[one.item_code]
    split = page_parts.split(one.title, item.title, one.body or {}, leaves=item.leaves)
    facts = () if item.leaves else split.open.facts
    told = [item.title, item.module, *(text for fact in facts for text in fact)]
    for table in split.open.tables:
        told += [table.title, *(cell for row in table.rows for cell in row)]
    kind, ref = bulletin_queries.page_of(one)
    return SearchLine(
        division_id=one.division_id, kind=kind, ref=ref, publication=one,
        period=one.period[:7] if "-" in one.period else _month(one.published_at),
        at=one.published_at, title=split.title, words=_words(split.title, told),
    )  # fmt: skip


def _words(title: str, told: Iterable[str]) -> str:
    """Return the text that is searched, each word of it once."""
    return folded(" ".join(dict.fromkeys([title, *told])))[:TEXT_MAX]


def _month(at: datetime) -> str:
    return f"{clock.local_date(at):%Y-%m}"


@dataclass(frozen=True)
class _Row:
    """A row of a register: its page, its title, what else is said of it."""

    kind: str
    ref: str
    at: datetime
    title: str
    told: str


def registered(at: datetime) -> int:
    """Take in works, assets, auctions and tenders of every village as they stand now."""
    codes = Division.objects.filter(level="village").order_by("code")
    return sum(_village(code, at) for code in codes.values_list("code", flat=True))


@transaction.atomic()
def _village(code: str, at: datetime) -> int:
    rows = list(_rows(code, at))
    clean = iter(naming.clean(code, [text for one in rows for text in (one.title, one.told)]))
    known = {
        (one.kind, one.ref): one
        for one in SearchLine.objects.filter(division_id=code, publication__isnull=True)
    }
    made: list[SearchLine] = []
    changed: list[SearchLine] = []
    for row in rows:
        title, told = (page_parts.opened(next(clean)) for _ in range(2))
        words, line = _words(title, [told]), known.pop((row.kind, row.ref), None)
        if line is None:
            line = SearchLine(division_id=code, kind=row.kind, ref=row.ref)
            made.append(line)
        elif (line.title, line.words, line.at) == (title, words, row.at):
            continue
        else:
            changed.append(line)
        line.title, line.words, line.at, line.period = title, words, row.at, _month(row.at)
    SearchLine.objects.filter(pk__in=[one.pk for one in known.values()]).delete()
    SearchLine.objects.bulk_create(made, batch_size=AT_ONCE)
    SearchLine.objects.bulk_update(changed, ["title", "words", "at", "period"], AT_ONCE)
    return len(made) + len(changed) + len(known)


def _rows(code: str, at: datetime) -> Iterator[_Row]:
    for works in unit_queries.public_works(code):
        since = works.stage_changed_at or works.approved_at or works.applied_at or at
        builder = works.counterparty
        firm = builder.name if builder and builder.kind != "person" else ""
        said = [works.place, str(works.get_status_display()), firm]
        if works.qr_code:
            yield _Row(Kind.WORKS, works.qr_code, since, works.name, "，".join(said))
    assets = Asset.objects.filter(division_code=code).exclude(status__in=GONE)
    for asset in assets.order_by("pk"):
        said = [asset.place, asset.number, str(asset.get_category_display()),
                str(asset.get_kind_display()), str(asset.get_status_display())]  # fmt: skip
        yield _Row(Kind.ASSET, asset.tag, asset.registered_at, asset.name, "，".join(said))
    auctions = Auction.objects.filter(division_code=code).select_related("asset")
    for auction in auctions.order_by("pk"):
        said = [auction.asset.name, auction.asset.place, str(auction.get_state_display())]
        yield _Row(
            Kind.AUCTION, auction.ext_id, auction.published_at, auction.title, "，".join(said)
        )
    tenders = Tender.objects.filter(division_code=code).exclude(state=TenderState.DRAFT)
    for tender in tenders.order_by("pk"):
        yield _Row(
            Kind.TENDER, tender.ext_id, tender.published_at or at, tender.title,
            str(tender.get_state_display()),
        )  # fmt: skip
