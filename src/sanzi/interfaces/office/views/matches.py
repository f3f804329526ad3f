"""Pairs across counties, for the county's discipline office: own rows, the other county's name."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.inspection import queries as inspections
from sanzi.inspection.actions import leads
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row
from sanzi.interfaces.office.forms.inspections import PairLeadForm
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
from sanzi.interfaces.office.views.inspection_plans import tried
from sanzi.matching import queries
from sanzi.matching.queries import PairSeen, RowSeen, RunSeen

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
                [*(Column(one) for one in HEAD), Column("线索")],
                _pair_rows(request, queries.seen_all(page)),
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


@officer
def lead(request: OfficeRequest, purpose: str, period: str, pair: str) -> HttpResponseBase:
    """Open a lead from a pair that the two counties have made sure of; its words are sealed."""
    key = f"{purpose}/{period}/{pair}"
    [one] = queries.seen_all([queries.access_pair(by=request.actor, key=key)])
    form = PairLeadForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and tried(
            form,
            lambda: leads.hand_from_pair(
                pair=key, told=form.told(), proof=form.proof(), by=request.actor, at=request.at
            ),
        )
    ):
        messages.success(request, "线索立了，在“移交来的线索”里，要另一个人来接。")
        return redirect("office:matches")
    return show(
        request,
        "match_lead",
        {
            "title": f"立线索：{one.title}",
            "sub": f"编号{one.pair_id}，{one.period}，对方是{one.other_name}。"
            "先凭编号同对方县纪委核实，再立。",
            "form": form,
            "facts": [
                Fact(f"{KINDS.get(row.kind, row.kind)} {row.row_id}", _behind(request, row))
                for row in one.rows
            ],
            "opened": key in inspections.leads_of_pairs(request.actor, [key]),
            "back": reverse("office:matches"),
        },
        crumbs=[
            Link("待办", reverse("office:home")),
            Link("跨县比对", reverse("office:matches")), Link("立线索", ""),
        ],
    )  # fmt: skip


def _behind(request: OfficeRequest, row: RowSeen) -> str:
    where = place(request, row.division_code) if row.division_code else ""
    return "，".join(one for one in (where, row.person) if one) or "没有写明"


def _pair_rows(request: OfficeRequest, found: Sequence[PairSeen]) -> list[Row]:
    opened = inspections.leads_of_pairs(request.actor, [one.key for one in found])
    rows = []
    for one in found:
        ext_id = opened.get(one.key)
        if ext_id is None:
            cell = Cell("立线索", reverse("office:match_lead", args=one.key.split("/")))
        else:
            url = reverse("office:inspection_lead", args=[ext_id]) if ext_id else ""
            cell = Cell("已经立了", url)
        rows += [Row([*line, cell]) for line in _lines(request, one)]
    return rows


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
