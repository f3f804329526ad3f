"""Indices in the office: the villages of a month, one score whole, the rows behind a figure."""

from __future__ import annotations

from typing import Final

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.insight.actions import flags
from sanzi.insight.actions import objections as actions
from sanzi.insight.indices import flags as flag_queries
from sanzi.insight.indices import queries
from sanzi.insight.indices.queries import Board, ScorePage, ScoreRow
from sanzi.interfaces.look.parts import Fact, Link, Tab
from sanzi.interfaces.office.pages import (
    day,
    moment,
    page_of,
    query_without_page,
    show,
)
from sanzi.interfaces.office.parts import index_tables
from sanzi.interfaces.office.parts import indices as index_parts
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer, typed_before
from sanzi.interfaces.office.views.alerts import alert_row, rows_of
from sanzi.supervision import row_tables

INTEGRITY: Final = "integrity"
PAGE_ROWS: Final = 40
GRADES: Final = ("A", "B", "C", "D", "")


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the villages or towns of a month with their scores, the lowest first; as a file."""
    code = request.GET.get("index", INTEGRITY)
    board = queries.board(by=request.actor, index_code=code, period=request.GET.get("period", ""))
    grade = request.GET.get("grade", "all")
    rows = [one for one in board.rows if grade in ("all", one.grade)]
    if request.GET.get("as") in index_tables.AS_FILE:
        return index_tables.file(board, rows, request.GET["as"])
    page = page_of(request, rows, PAGE_ROWS)
    return show(
        request,
        "indices",
        {
            "title": _sentence(board),
            "sub": board.index.meaning
            + board.index.purpose
            + (f"数到{moment(request, board.computed_at)}。" if board.computed_at else ""),
            "board": board,
            "unit": index_tables.unit(board),
            "others": [
                Link(one.title, f"{reverse('office:indices')}?index={one.code}")
                for one in queries.boards(by=request.actor)
                if one.code != board.index.code
            ],
            "tabs": _tabs(board, grade),
            "periods": [(one, _month(one)) for one in board.periods],
            "mine": [_own_cell(one) for one in queries.mine(by=request.actor)]
            if code == INTEGRITY
            else [],
            "waiting": [
                {
                    "url": reverse("office:index_score", args=[score.ext_id]),
                    "words": one.words,
                    "due": day(request, one.due_at),
                }
                for score, one in queries.open_objections(by=request.actor)
            ],
            "ledger": index_tables.ledger(board, [*page]),
            "page": page,
            "query": query_without_page(request),
            "lacks": board.index.lacks,
            "may_try": queries.may_try(by=request.actor),
            "to_follow": [
                {
                    "url": reverse("office:index_score", args=[one.score_ext_id]),
                    "words": f"{one.place}连续{one.running}个月黄旗，"
                    f"要{index_tables.STEPS[one.step]}",
                }
                for one in flag_queries.to_follow(by=request.actor)
            ],
            "rule": board.index.flag_rule,
        },
        current="alerts",
        crumbs=_crumbs(Link(board.index.title, "")),
    )


def _sentence(board: Board) -> str:
    if not board.rows:
        return "还没有算过分"
    if board.index.flag_rule is not None:
        return _flag_sentence(board)
    low = board.count("D") + board.count("C")
    unit = index_tables.unit(board)
    told = f"{low}个{unit}要关注" if low else f"没有要关注的{unit}"
    return f"{_month(board.period)}{len(board.rows)}个{unit}，{told}"


def _flag_sentence(board: Board) -> str:
    told = [
        f"{sum(one.flag is not None and one.flag.flag == flag for one in board.rows)}个{words}"
        for flag, words in (("red", "红旗"), ("yellow", "黄旗"))
    ]
    is_given = any(one.flag is not None and one.flag.decided_at for one in board.rows)
    return f"{_month(board.period)}{'、'.join(told)}" + ("" if is_given else "，还没定")


def _tabs(board: Board, grade: str) -> list[Tab]:
    here = f"{reverse('office:indices')}?index={board.index.code}&period={board.period}"
    titles = {one.grade: f"{one.grade} {one.title}" for one in board.index.bands}
    tabs = [
        Tab(
            "全部",
            here,
            str(len(board.rows)),
            is_current=grade == "all",
        )
    ]
    return tabs + [
        Tab(
            titles.get(one, "数据不够"),
            f"{here}&grade={one}",
            str(board.count(one)),
            is_current=grade == one,
        )
        for one in GRADES
    ]


def _own_cell(one: ScoreRow) -> Link:
    words = f"{one.place}{one.role}：{index_parts.points(one.tenths)}"
    return Link(words, reverse("office:index_score", args=[one.ext_id]))


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one score: fields, figures, what would move it, history, objections."""
    found = queries.score_page(by=request.actor, ext_id=ext_id)
    actions.look(ext_id=ext_id, by=request.actor, at=request.at)
    return _show(request, found)


def _show(request: OfficeRequest, found: ScorePage) -> HttpResponse:
    row = found.row
    about = f"{row.place}{row.role}{row.person}"
    return show(
        request,
        "index_score",
        {
            "title": f"{about} {index_parts.points(row.tenths)}"
            + (f"，{row.grade}级" if row.grade else ""),
            "sub": f"{_month(found.period)}，{index_parts.change(row)}。"
            f"数到{moment(request, found.computed_at)}。",
            "found": found,
            "rule": found.index.flag_rule,
            "facts": _facts(found),
            "fields": index_parts.fields(found),
            "movers": index_parts.movers(found),
            "penalties": index_parts.penalties(found),
            "bars": index_parts.bars(found.history),
            "posts": [
                Link(
                    f"{one.role} {one.person}：{index_parts.points(one.tenths)}",
                    reverse("office:index_score", args=[one.ext_id]),
                )
                for one in found.posts
            ],
            "kept": typed_before(request),
            "objections": [
                {
                    "one": one,
                    "made": day(request, one.made_at),
                    "due": day(request, one.due_at),
                    "answered": day(request, one.answered_at),
                }
                for one in found.objections
            ],
        },
        current="alerts",
        crumbs=_crumbs(_home(found), Link(about, "")),
    )


def _settings_url(found: ScorePage) -> str:
    """Return where the weights and ends stand; empty for a village, which reads them beside."""
    if not found.may_try:
        return ""
    return reverse("office:index_settings", args=[found.index.code])


def _home(found: ScorePage) -> Link:
    url = f"{reverse('office:indices')}?index={found.index.code}"
    return Link(found.index.title, url)


def _facts(found: ScorePage) -> list[Fact]:
    titles = {one.grade: one.title for one in found.index.bands}
    facts = [
        Fact("分", index_parts.points(found.row.tenths)),
        Fact("级", f"{found.row.grade} {titles[found.row.grade]}" if found.row.grade else "不定级"),
        Fact("有数据的", f"{found.row.coverage_percent}%"),
        Fact("算法", f"第{found.row.version}版", _settings_url(found)),
    ]
    if found.row.flag is not None and found.index.flag_rule is not None:
        flag = found.row.flag
        facts += [
            Fact("旗", index_tables.flag_words(flag)),
            Fact("为什么", index_tables.why(flag, found.index.flag_rule)),
            Fact("名次", index_tables.rank(flag)),
        ]
        if flag.running:
            facts.append(Fact("黄旗", index_tables.follows(flag)))
        if flag.done_at:
            facts.append(Fact("办了什么", f"{flag.words}（{flag.done_by}）"))
    if found.row.caps:
        facts.append(Fact("封顶", "、".join(found.row.caps)))
    return facts


@officer
def rows(request: OfficeRequest, ext_id: str, indicator: str) -> HttpResponse:
    """Show the rows that cost points in one figure."""
    found = queries.rows_page(by=request.actor, ext_id=ext_id, indicator=indicator)
    actions.look(ext_id=ext_id, by=request.actor, at=request.at)
    row, asked = found.page.row, index_parts.asked(found)
    return show(
        request,
        "index_rows",
        {
            "title": f"{asked.title}：{asked.value}",
            "sub": f"{row.place}{row.role}{row.person}，{_month(found.page.period)}。"
            f"{asked.means}。{asked.ends}。",
            "tables": [
                rows_of(table) for table in row_tables.tables_of(found.rows, year=request.at.year)
            ],
            "alerts": [alert_row(request, one) for one in found.alerts],
            "named": found.named,
            "hidden": found.hidden,
            "better": asked.better,
        },
        current="alerts",
        crumbs=_crumbs(
            _home(found.page),
            Link(f"{row.place}{row.role}", reverse("office:index_score", args=[ext_id])),
            Link(asked.title, ""),
        ),
    )


@require_POST
@officer
def objection(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Question a figure of a score."""
    return attempt(
        request,
        lambda: actions.make(
            ext_id=ext_id,
            indicator=request.POST.get("indicator", ""),
            words=request.POST.get("words", ""),
            by=request.actor,
            at=request.at,
        ),
        done="提上去了，镇党建办5个工作日内答复。",
        to=reverse("office:index_score", args=[ext_id]),
        keep="objection",
    )


@require_POST
@officer
def answer(request: OfficeRequest, ext_id: str, objection_id: str) -> HttpResponse:
    """Answer an objection."""
    return attempt(
        request,
        lambda: actions.answer(
            ext_id=objection_id,
            words=request.POST.get("words", ""),
            is_upheld=request.POST.get("is_upheld") == "yes",
            by=request.actor,
            at=request.at,
        ),
        done="答复了。属实的，请在出错的地方更正，今晚重算。",
        to=reverse("office:index_score", args=[ext_id]),
        keep=f"answer-{objection_id}",
    )


@require_POST
@officer
def follow(request: OfficeRequest, ext_id: str, flag_id: str) -> HttpResponse:
    """Note that the talk was held, or the village put on the list."""
    return attempt(
        request,
        lambda: flags.follow(
            ext_id=flag_id, words=request.POST.get("words", ""), by=request.actor, at=request.at
        ),
        done="记下来了，村里看得到。",
        to=reverse("office:index_score", args=[ext_id]),
        keep="follow",
    )


def _month(period: str) -> str:
    return f"{period[:4]}年{int(period[5:])}月" if period else ""


def _crumbs(*links: Link) -> list[Link]:
    return [
        Link("待办", reverse("office:home")),
        Link("预警", reverse("office:alerts")),
        *links,
    ]
