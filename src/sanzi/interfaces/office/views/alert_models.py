"""The alert models: the list with what each did, one model whole as its folder says it."""

from __future__ import annotations

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    page_of,
    query_without_page,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.alerts import CONCLUSIONS
from sanzi.orgs import queries as orgs
from sanzi.supervision import model_queries as models
from sanzi.supervision.change_queries import PROPOSE
from sanzi.supervision.shapes import Sign

PAGE_ROWS = 40
SEVERITIES = {"block": "阻断", "hold": "暂缓", "warn": "提醒"}
GATES = {
    "draft": "填报时", "submit": "提交时", "approve": "审批时", "pay": "付款前", "seal": "用印前",
    "publish": "公开前", "nightly": "每晚",
}  # fmt: skip
STATUSES = {"draft": "草稿", "trial": "试运行", "active": "在用", "retired": "停用"}
LETTERS = {"V": "村里", "D": "镇纪委", "C": "县纪委监委"}
OFFICES = {
    "agri": "镇农经负责人", "works": "镇工程办", "tender": "镇招标办", "civil": "镇社会事务办",
    "land": "镇自然资源和农业办", "fin": "镇财政所", "party": "镇党建办",
}  # fmt: skip
NO_RATE = "不到10条，不算比率"
HEAD = [
    "编号", "规则", "类别", "强弱", "什么时候查", "状态", "近24个月预警（条）", "查过（件）",
    "每千件报几条", "已有结论（条）", "误报（条）", "误报占比（%）", "要看一看",
]  # fmt: skip


def crumbs(*links: Link) -> list[Link]:
    """Return the way back of these pages."""
    return [
        Link("预警", reverse("office:alerts")),
        Link("规则", reverse("office:alert_models") if links else ""),
        *links,
    ]


def gates(codes: tuple[str, ...]) -> str:
    """Return the gates of a model in words."""
    return "、".join(GATES[one] for one in codes)


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the models: search, by category, severity, gate, status; as a file."""
    given = request.GET
    only = models.ModelFilter(
        category=given.get("category", ""),
        severity=given.get("severity", ""),
        gate=given.get("gate", ""),
        status=given.get("status", ""),
        is_review="review" in given,
        text=given.get("text", "")[:40],
    )
    rows = models.models(by=request.actor, only=only, at=request.at)
    if given.get("as") == "csv":
        return csv_file("预警规则", HEAD, map(_csv, rows))
    page = page_of(request, rows, PAGE_ROWS)
    here = reverse("office:alert_models")
    asking = sum(bool(one.reasons or one.review_asked_at) for one in rows)
    return show(
        request,
        "alert_models",
        {
            "title": f"{len(rows)}条规则，{asking}条要看一看" if asking else f"{len(rows)}条规则",
            "sub": "近24个月在您管的地方报了几条，几条是误报。",
            "links": [
                Link("参数的改动", reverse("office:parameter_changes"), "list-check"),
            ],
            "tabs": [
                Tab("全部", here, is_current=not only.is_review),
                Tab("要看一看", f"{here}?review=1", is_current=only.is_review),
            ],
            "only": only,
            "categories": models.category_titles().items(),
            "severities": SEVERITIES.items(),
            "gates": GATES.items(),
            "statuses": STATUSES.items(),
            "page": page,
            "query": query_without_page(request),
            "ledger": _ledger([*page]),
        },
        current="alerts",
        crumbs=crumbs(),
    )


def _ledger(rows: list[models.ModelRow]) -> Ledger:
    asking = any(one.reasons or one.review_asked_at for one in rows)
    return Ledger(
        caption="预警规则",
        columns=[
            Column("规则"), Column("强弱"), Column("什么时候查"), Column("状态"),
            Column("报了", "money"), Column("每千件", "money"), Column("误报", "money"),
            *([Column("要看一看")] if asking else []),
        ],
        rows=[_row(one, is_asking=asking) for one in rows],
        is_row_headed=True,
    )  # fmt: skip


def _row(one: models.ModelRow, *, is_asking: bool) -> Row:
    found = f"{reverse('office:alerts')}?model={one.code}" if one.alerts else ""
    return Row(
        [
            Cell(
                one.title,
                url=reverse("office:alert_model", args=[one.code]),
                sub=f"{one.number} · {one.category_title}{closed(one)}",
            ),
            Cell(SEVERITIES[one.severity], severity=one.severity),
            Cell(gates(one.gates)),
            Cell(STATUSES[one.status]),
            Cell(str(one.alerts), url=found),
            Cell(_permille(one)),
            Cell(
                _false(one),
                sub=f"{one.false}条比{one.concluded}条" if one.concluded else "",
                tone="" if one.concluded else "quiet",
            ),
            *(
                [Cell("；".join(one.reasons) or _asked(one), tone="alarm" if one.reasons else "")]
                if is_asking
                else []
            ),
        ]
    )


def closed(one: models.ModelRow) -> str:
    """Return the words for a model whose findings only the discipline offices see."""
    return " · 只有纪委看得到查出什么" if one.is_closed else ""


def _permille(one: models.ModelRow) -> str:
    return "未知" if one.flag_permille is None else f"{one.flag_permille}条"


def _false(one: models.ModelRow) -> str:
    if not one.concluded:
        return "还没有结论"
    return "不算比率" if one.false_percent is None else f"{one.false_percent}%"


def _asked(one: models.ModelRow) -> str:
    return "县里要看" if one.review_asked_at else ""


def _csv(one: models.ModelRow) -> list[object]:
    return [
        one.number,
        one.title,
        one.category_title,
        SEVERITIES[one.severity],
        gates(one.gates),
        STATUSES[one.status],
        one.alerts,
        one.judged,
        "" if one.flag_permille is None else one.flag_permille,
        one.concluded,
        one.false,
        "" if one.false_percent is None else one.false_percent,
        "；".join(one.reasons) or _asked(one),
    ]


@officer
def page(request: OfficeRequest, code: str) -> HttpResponse:
    """Show one model: what it finds, why, what to check, what excuses it, figures, the past."""
    found = models.model(by=request.actor, code=code, at=request.at)
    row, model = found.row, found.model
    return show(
        request,
        "alert_model",
        {
            "title": row.title,
            "sub": f"{row.number} · {row.category_title} · {SEVERITIES[row.severity]} · "
            f"{STATUSES[row.status]} · 第{model.version}版{closed(row)}",
            "row": row,
            "model": model,
            "facts": [
                Fact("近24个月报了", f"{row.alerts}条"),
                Fact("查过", f"{row.judged}件" if row.judged else "未知，夜里数"),
                Fact("每千件报", _permille(row)),
                Fact(
                    "误报",
                    f"{row.false_percent}%，{row.false}条比{row.concluded}条"
                    if row.false_percent is not None
                    else NO_RATE,
                ),
                Fact("什么时候查", gates(row.gates)),
                Fact("谁来办", "，然后".join(map(sign, model.route))),
            ],
            "laws": [Fact(one, "") for one in model.basis],
            "figures": [_figures(request, code, one) for one in found.parameters],
            "conclusions": [
                Fact(one.label, f"{found.conclusions.get(one.value, 0)}条") for one in CONCLUSIONS
            ],
            "past": _past(request, found),
        },
        current="alerts",
        crumbs=crumbs(Link(row.title, "")),
    )


def sign(one: Sign) -> str:
    """Return one step of a route in words."""
    return f"{OFFICES.get(one.office) or LETTERS[one.letter]}{one.days}个工作日"


def _figures(request: OfficeRequest, code: str, one: models.ParameterView) -> dict[str, object]:
    names = orgs.division_names(value.division_code for value in one.values)
    return {
        "one": one,
        "ledger": Ledger(
            caption=f"{one.meaning}：各个时候的值",
            columns=[Column("值"), Column("哪里"), Column("日子"), Column("出处")],
            rows=[
                Row(
                    [
                        Cell(value.text[:120], tone="strong" if value.is_in_force else "quiet"),
                        Cell(names.get(value.division_code, "各地")),
                        Cell(
                            f"{day(request, value.from_date)}起"
                            + (f"，到{day(request, value.until_date)}" if value.until_date else "")
                        ),
                        Cell(value.source_ref),
                    ]
                )
                for value in reversed(one.values)
            ],
        ),
        "url": reverse("office:parameter", args=[code, one.name])
        if one.may_change and may(request, PROPOSE)
        else "",
    }


def _past(request: OfficeRequest, found: models.ModelPage) -> Ledger:
    names = orgs.division_names(one.division_code for one in found.past)
    words = {one.value: one.label for one in CONCLUSIONS}
    return Ledger(
        caption="最近定了结论的",
        columns=[Column("事情"), Column("哪里"), Column("结论"), Column("哪天")],
        rows=[
            Row(
                [
                    Cell(one.sentence, url=reverse("office:alert", args=[one.ext_id])),
                    Cell(names.get(one.division_code, one.division_code)),
                    Cell(words.get(one.conclusion, "未知")),
                    Cell(day(request, one.disposed_at)),
                ]
            )
            for one in found.past
        ],
    )
