"""What villages must publish: for each village how much was made, late, missing; one in full."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse

from sanzi.disclosure import due_queries as queries
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.interfaces.office.pages import day, moment, show
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.matters.items import PublicItem
from sanzi.orgs.roles import title as role_title

TONES = {
    queries.MISSING: "alarm", queries.LATE: "alarm", queries.HELD: "alarm",
    queries.UNJUDGED: "alarm", queries.WITHDRAWN: "alarm",
    queries.EMPTY: "quiet",
}  # fmt: skip
SOURCES = {
    "books": "系统从账上做",
    "register": "系统从台账做",
    "hand": "村里办一件“三务公开”",
    "case": "办件自己公布",
}


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the villages in scope with how their items stand."""
    found = queries.villages(by=request.actor, at=request.at)
    columns = [Column("村"), *(Column(word, "mid") for word in queries.STATES.values())]
    rows = [
        Row([
            Cell(one.name, reverse("office:due_village", args=[one.code])),
            *(_count(state, one.counts[state]) for state in queries.STATES),
        ])
        for one in found
    ]  # fmt: skip
    total = {state: sum(one.counts[state] for one in found) for state in queries.STATES}
    return show(
        request,
        "due",
        {
            "title": _title(len(rows), total),
            "sub": "账上、台账里有的，到日子系统自己做；村里才知道的，要办一件“三务公开与质询”。",
            "links": [Link("公布过的", reverse("office:publications"), "speakerphone")],
            "ledger": Ledger("各村该公布的", columns, rows, is_row_headed=True),
        },
        current="cases",
        crumbs=[Link("办事", reverse("office:cases")), Link("该公布的", "")],
    )


def _title(villages: int, total: dict[str, int]) -> str:
    if not villages:
        return "还没有要公布的"
    said = [
        f"{total[state]}份{words}"
        for state, words in (
            (queries.UNJUDGED, queries.STATES[queries.UNJUDGED]),
            (queries.HELD, queries.STATES[queries.HELD]),
            (queries.MISSING, "到了日子没有公布"),
            (queries.WITHDRAWN, queries.STATES[queries.WITHDRAWN]),
        )
        if total[state]
    ]
    late = f"，{total[queries.LATE]}份晚了" if total[queries.LATE] else ""
    return "，".join(said) or f"该公布的都公布了{late}"


def _source(item: PublicItem) -> str:
    words = SOURCES[item.source]
    return f"{words}，{'、'.join(item.by_hand)}由村里补" if item.by_hand else words


def _count(state: str, number: int) -> Cell:
    return Cell(str(number), tone=TONES.get(state, "") if number else "quiet")


@officer
def village(request: OfficeRequest, code: str) -> HttpResponse:
    """Show what one village had and has to publish."""
    found = queries.of_village(by=request.actor, code=code, at=request.at)
    columns = ["公开什么", "怎么样了", "最晚哪天", "哪天公布", "从哪里来", "谁核对、谁批"]
    rows = [
        Row([
            Cell(one.title, reverse("office:publication", args=[one.ext_id])
                 if one.ext_id else ""),
            Cell(queries.STATES[one.state], tone=TONES.get(one.state, "")),
            Cell(day(request, one.due_at - timedelta(seconds=1)) if one.due_at else "没有定"),
            Cell(moment(request, one.published_at) if one.published_at else "没有"),
            Cell(_source(one.item)),
            Cell("、".join(role_title(role) for role in one.item.signs)),
        ])
        for one in found
    ]  # fmt: skip
    return show(
        request,
        "due",
        {
            "title": f"{found[0].village_name}该公布的",
            "sub": "晚了的、没有公布的，夜里出预警。",
            "links": [
                Link("公布过的", f"{reverse('office:publications')}?village={code}", "speakerphone")
            ],
            "ledger": Ledger("该公布的", [Column(one) for one in columns], rows),
        },
        current="cases",
        crumbs=[
            Link("办事", reverse("office:cases")),
            Link("该公布的", reverse("office:due")),
            Link(found[0].village_name, ""),
        ],
    )
