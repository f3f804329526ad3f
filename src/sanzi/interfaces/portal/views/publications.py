"""The village's bulletin: what is published, by item, and one of it with everything it says."""

from __future__ import annotations

from datetime import timedelta

from django.core.cache import cache
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse

from sanzi.disclosure import (
    bulletin_queries,
    comment_queries,
    inquiry_queries,
    page_queries,
    posters,
    queries,
)
from sanzi.disclosure.actions import publishing
from sanzi.disclosure.errors import MonthNotPublished
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, ItemRow, Ledger, Link, Row
from sanzi.interfaces.portal.pages import month_words, page_url, public, show, today
from sanzi.kernel import clock
from sanzi.matters.items import items
from sanzi.orgs.errors import NotFound
from sanzi.transparency.errors import NotInLog

DAY_SECONDS = 86_400
GONE = 410
WITHDRAWN_SHOWN = 50


@public
def bulletin(request: HttpRequest, code: str) -> HttpResponse:
    """List what stands published in a village; `item` narrows to one item."""
    village = queries.village(code)
    wanted = request.GET.get("item", "")
    here = reverse("portal:bulletin", args=[code])
    found = bulletin_queries.standing(code, wanted)
    page = Paginator(found, bulletin_queries.PAGE_ROWS).get_page(request.GET.get("page"))
    rows = [
        ItemRow(
            title=one.title,
            url=_url(code, one),
            sub="，".join([one.body.get("kind") or items()[one.item_code].title, _when(one)]),
            amount=words.portal_yuan(one.total_fen) if one.total_fen else "",
        )
        for one in page
    ]
    headings = [
        ItemRow(title=one.item.title, url=f"{here}?item={one.item.code}", amount=f"{one.count}份")
        for one in bulletin_queries.headings(code)
    ]
    named = items().get(wanted)
    return show(
        request,
        "bulletin",
        village,
        {
            "title": named.title if named else "公开栏",
            "rows": rows,
            "page": page,
            "query": f"item={wanted}" if named else "",
            "headings": [] if named else headings,
            "papers": [] if named else _papers(code),
            "withdrawn": [] if named else _withdrawn(code),
            "asked": None if named else inquiry_queries.tally(code, clock.now()),
            "back": Link("公开栏", here)
            if named
            else Link(village.name, reverse("portal:village", args=[code])),
        },
    )


def _withdrawn(code: str) -> list[ItemRow]:
    """Return what was taken off the web by hand, the latest first: that it was stays public."""
    return [
        ItemRow(
            title=items()[one.item_code].title,
            url=reverse("portal:publication", args=[code, one.ext_id]),
            sub=f"{words.local_day(one.unpublished_at, today=today())}撤下：{one.withdrawn_reason}",
        )
        for one in bulletin_queries.withdrawn(code)[:WITHDRAWN_SHOWN]
    ]


def _papers(code: str) -> list[Link]:
    """Return the poster of the last published month and the page that verifies it."""
    period = posters.newest_period(code)
    found = [Link("核对公示真假的页面", reverse("portal:log_verifier"), "checks")]
    if period:
        url = reverse("portal:poster", args=[code, period])
        found.insert(0, Link(f"{month_words(period)}公示，打印版PDF", url, "file-text"))
    return found


@public
def poster(_request: HttpRequest, code: str, period: str) -> HttpResponse:
    """Give the poster of a published month as PDF; drawn once a day, whoever asks."""
    village = queries.village(code)
    try:
        sheet = posters.published(village.code, period)
        key = f"poster:{sheet.ext_id}:{today():%Y%m%d}"
        made = cache.get_or_set(
            key, lambda: posters.month(village_code=village.code, period=period).pdf, DAY_SECONDS
        )
    except (MonthNotPublished, NotInLog) as refusal:
        raise Http404(refusal.text) from refusal
    headers = {"Content-Disposition": f'inline; filename="{code}-{period}.pdf"'}
    return HttpResponse(made, content_type="application/pdf", headers=headers)


def _url(code: str, one: bulletin_queries.Posted) -> str:
    """Return where a publication is read."""
    return page_url(code, *bulletin_queries.page_of(one))


def _when(one: bulletin_queries.Posted) -> str:
    """Return the day of a publication, and whether it came late."""
    day = words.local_day(one.published_at, today=today())
    return f"{day}公布，晚了" if one.is_late else f"{day}公布"


@public
def sheet(request: HttpRequest, code: str, ext_id: str) -> HttpResponse:
    """Show one publication with its tables, its days and its other versions."""
    village = queries.village(code)
    try:
        found = bulletin_queries.sheet(code, ext_id)
    except NotFound:
        return _gone(request, village, ext_id)
    one = found.publication
    said = None if found.newer else comment_queries.of(one, clock.now())
    tables = [
        Ledger(
            caption=table["title"],
            columns=[Column(name) for name in table["columns"]],
            rows=[Row([Cell(text) for text in row]) for row in table["rows"]],
        )
        for table in one.body.get("tables", [])
    ]
    return show(
        request,
        "publication",
        village,
        {
            "one": one,
            "facts": _facts(found),
            "tables": tables,
            "questions": [
                _question(code, each) for each in inquiry_queries.about(ext_id, clock.now())
            ],
            "ask_url": "" if found.newer else _ask_url(code, ext_id),
            "comments": said,
            "comments_until": words.local_day(said.until - timedelta(seconds=1), today=today())
            if said
            else "",
            "say_url": reverse("portal:say", args=[code, ext_id]),
            "file_url": page_queries.address_of(ext_id),
            "is_whole": publishing.is_unchanged(one) if one.body else None,
            "newer": Link("看更正后的这一份", _url(code, found.newer)) if found.newer else None,
            "older": Link("看更正前的那一份", _url(code, found.older))
            if found.older and bulletin_queries.is_told(found.older)
            else None,
            "back": Link("公开栏", reverse("portal:bulletin", args=[code])),
        },
    )


def _gone(request: HttpRequest, village: queries.Village, ext_id: str) -> HttpResponse:
    """Tell what was taken off the web by hand, when and why: nothing of what it said.

    Raises: NotFound, where nothing was.
    """
    one = bulletin_queries.withdrawn(village.code).filter(ext_id=ext_id).first()
    if one is None:
        raise NotFound
    newer = getattr(one, "replaced_by", None)
    days = (one.published_at, one.unpublished_at)
    published, withdrawn = (words.local_day(at, today=today()) for at in days)
    facts = [
        Fact("公开什么", items()[one.item_code].title),
        Fact("哪天公布", published),
        Fact("哪天撤下", withdrawn),
        Fact("为什么撤", one.withdrawn_reason),
    ]
    answer = show(
        request,
        "publication_withdrawn",
        village,
        {
            "facts": facts,
            "newer": Link("看更正后的这一份", _url(village.code, newer)) if newer else None,
            "back": Link("公开栏", reverse("portal:bulletin", args=[village.code])),
        },
    )
    answer.status_code = GONE
    return answer


def _ask_url(code: str, ext_id: str) -> str:
    return f"{reverse('portal:apply', args=[code, 'M36'])}?about={ext_id}"


def _question(code: str, one: inquiry_queries.Asked) -> ItemRow:
    """Return a question about a publication: its answer, or who owes it and until when."""
    due = words.local_day(one.due_at - timedelta(seconds=1), today=today())
    told = f"{words.local_day(one.answered_at, today=today())}答复了" if one.answered_at else ""
    up = f"{'、'.join(one.late_levels)}到期没答，" if one.late_levels else ""
    where = f"转到{one.level}，" if one.late_levels and one.level not in one.late_levels else ""
    return ItemRow(
        title=one.title,
        url=reverse("portal:publication", args=[code, one.answer_ext_id])
        if one.answer_ext_id
        else "",
        sub=f"{words.local_day(one.asked_at, today=today())}问的，"
        f"{up}{told or f'{where}最迟{due}答复'}",
        due=f"晚了，说好{due}答复" if one.is_late and not one.late_levels else "",
        is_late=one.is_late,
    )


def _facts(found: bulletin_queries.Sheet) -> list[Fact]:
    """Return what a publication says of itself, then what it shows, then its days."""
    one = found.publication
    facts = [Fact("公开什么", one.body.get("kind") or found.item.title)]
    for key, term in (("organisation", "谁办的"), ("stage", "到哪了")):
        if one.body.get(key):
            facts.append(Fact(term, one.body[key]))
    if one.period:
        facts.append(Fact("哪个月", month_words(one.period)))
    facts += [Fact(label, text) for label, text in one.body.get("facts", [])]
    facts.append(Fact("哪天公布", words.local_day(one.published_at, today=today())))
    if one.is_late:
        due = words.local_day(one.due_at, today=today())
        facts.append(Fact("晚了", f"应在{due}以前公布"))
    if one.reason:
        facts.append(Fact("为什么换", one.reason))
    if one.body.get("matter") and one.subject_kind == "case":
        facts.append(Fact("办件号", one.subject_id))
    return facts
