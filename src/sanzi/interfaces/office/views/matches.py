"""Pairs across counties, for the county's discipline office: own rows, the other county's name."""

from __future__ import annotations

from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    moment,
    page_of,
    place,
    query_without_page,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.matching import queries
from sanzi.matching.queries import PairSeen, RunSeen

KINDS = {"award": "补贴", "invoice": "发票", "counterparty": "供应商"}
HEAD = ["编号", "比的是", "哪一期", "对方", "这里的行", "村", "人"]
PAGE_ROWS = 50


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the pairs, newest first, and how far each run is; as a file."""
    purpose = request.GET.get("purpose", "")
    pairs = queries.pairs(by=request.actor, purpose=purpose)
    if request.GET.get("as") == "csv":
        lines = (line for one in queries.seen_all(pairs) for line in _lines(request, one))
        return csv_file("跨县比对", HEAD, lines)
    page = page_of(request, pairs, PAGE_ROWS)
    runs = queries.runs(by=request.actor)
    total = pairs.count()
    return show(
        request,
        "matches",
        {
            "title": f"跨县比对：{total}对对上了" if total else "跨县比对：还没有对上的",
            "sub": "只看得到自己县的行和对方是哪个县。要核实，凭编号问对方县纪委。",
            "ledger": Ledger(
                "对上的",
                [Column(one) for one in HEAD],
                [
                    Row(list(line))
                    for one in queries.seen_all(page)
                    for line in _lines(request, one)
                ],
            ),
            "runs": Ledger(
                "每一期比到哪里",
                [Column("比的是"), Column("哪一期"), Column("对方"), Column("情况"),
                 Column("送了几个", "money"), Column("对上几个", "money"), Column("时间"),
                 Column("比到哪天为止"), Column("依据")],
                [_run(request, one) for one in runs],
            ),
            "page": page,
            "query": query_without_page(request),
            "total": total,
        },
        crumbs=[Link("待办", reverse("office:home")), Link("跨县比对", "")],
    )  # fmt: skip


def _lines(request: OfficeRequest, one: PairSeen) -> list[list[str]]:
    return [
        [
            one.pair_id,
            one.title,
            one.period,
            one.other_name,
            f"{KINDS.get(row.kind, row.kind)} {row.row_id}",
            place(request, row.division_code) if row.division_code else "",
            row.person,
        ]
        for row in one.rows
    ]


def _run(request: OfficeRequest, one: RunSeen) -> Row:
    state = Cell(one.fault, tone="alarm") if one.fault else one.state
    return Row(
        [
            one.title,
            one.period,
            one.other_name,
            state,
            f"{one.values:,}",
            f"{one.pairs:,}",
            moment(request, one.at),
            day(request, one.last_day),
            one.basis,
        ]
    )
