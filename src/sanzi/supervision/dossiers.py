"""The dossier of an alert: everything that the discipline office needs, as data and as a PDF.

Facts, rows, history, documents with their digests, parameters, legal basis, the model's version.
The same data give the same bytes; the SM3 of the data stands on each page.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from sanzi.evidence import queries as evidence
from sanzi.kernel import clock
from sanzi.orgs import queries as orgs
from sanzi.record import sheets
from sanzi.supervision import known, row_tables, rules, step_words
from sanzi.supervision.loop_rules import CONCLUSIONS
from sanzi.supervision.models import Alert, AlertState, Severity

ROWS_MAX: Final = 200
CELLS_MAX: Final = 12
Pairs = list[list[str]]


def data_of(alert: Alert) -> dict[str, Any]:
    """Return the dossier as plain data."""
    model = known.model_of(alert.model_code)
    return {
        "title": f"预警案卷 {alert.ext_id}",
        "village": orgs.village_name(alert.division_code),
        "facts": _facts(alert),
        "rows": [
            {"title": one.title, "heads": list(one.heads[:CELLS_MAX]),
             "cells": [list(row[:CELLS_MAX]) for row in one.cells[:ROWS_MAX]]}
            for one in row_tables.tables_of(alert.rows)
        ]
        + [
            {"title": f"{one.title}（后来查到的）", "heads": list(one.heads[:CELLS_MAX]),
             "cells": [list(row[:CELLS_MAX]) for row in one.cells[:ROWS_MAX]]}
            for joined in joined_rows(alert)
            for one in row_tables.tables_of(joined)
        ],
        "rows_digest": alert.rows_digest,
        "history": _history(alert),
        "documents": documents_of(alert),
        "parameters": [
            [one.meaning, row_tables.said(one.unit, alert.parameters.get(one.name))]
            for one in model.parameters
        ],
        "basis": list(model.basis),
        "model": [
            ["规则", f"{model.number} {model.title}"],
            ["版本", f"第{alert.model_version}版（现行第{model.version}版）"],
            ["规则怎么说", model.rule],
            ["怎么核实", model.verify],
            ["规则内容指纹（SM3）", model.content_digest],
        ],
    }  # fmt: skip


def joined_rows(alert: Alert) -> list[dict[str, Any]]:
    """Return the rows that joined an alert when its facts changed, in time."""
    found = alert.disposals.filter(action="facts_changed").order_by("at", "id")
    return [data["rows"] for data in found.values_list("data", flat=True) if data.get("rows")]


def _facts(alert: Alert) -> Pairs:
    model = known.model_of(alert.model_code)
    figures = rules.shown_figures(model, alert.figures, alert.opened_at.year)
    return [
        ["编号", alert.ext_id],
        ["查到什么", alert.sentence],
        ["强弱", Severity(alert.severity).label],
        ["单位", alert.org_ext_id],
        ["办件号", alert.case_number or "没有办件"],
        ["开出", _when(alert.opened_at)],
        ["状态", AlertState(alert.state).label],
        ["结论", CONCLUSIONS.get(alert.conclusion, "还没有定")],
        *([title, text] for title, text in figures),
    ]


def _history(alert: Alert) -> Pairs:
    return [
        [
            _when(one.at),
            one.actor_name or "系统",
            step_words.of(one.action),
            one.text,
        ]
        for one in alert.disposals.order_by("at", "id")
    ]


def documents_of(alert: Alert) -> Pairs:
    """Return the files of an alert and of its case: what, name, size, when, digest."""
    hung = [("预警", one) for one in evidence.attachments("alert", alert.ext_id)]
    if alert.case_number:
        hung += [("办件", one) for one in evidence.attachments("case", alert.case_number)]
    return [
        [where, one.title, f"{one.size_bytes:,}", _when(one.uploaded_at), one.digest]
        for where, one in hung
    ]


def drawn(data: dict[str, Any]) -> bytes:
    """Return the dossier as a PDF/A: one table a part."""
    village: str = data["village"]
    return sheets.pdf(
        data["title"],
        [
            _pairs("一、事实", ("项目", "内容"), data["facts"], village),
            *(
                sheets.Sheet(
                    title=f"二、原始行：{one['title']}",
                    columns=[sheets.Column(title, width=13) for title in one["heads"]],
                    rows=[sheets.Row(row) for row in one["cells"]],
                    notes=(f"冻结时的指纹（SM3）{data['rows_digest']}",),
                    left=village,
                    right="",
                )
                for one in data["rows"]
            ),
            _pairs("三、经过", ("时间", "谁", "做了什么", "怎么说"), data["history"], village),
            _pairs(
                "四、材料清单",
                ("在哪里", "名称", "字节", "传上来", "指纹（SM3）"),
                data["documents"] or [["没有材料", "", "", "", ""]],
                village,
            ),
            _pairs("五、参数", ("参数", "当时的值"), data["parameters"], village),
            _pairs("六、依据", ("条文",), [[one] for one in data["basis"]], village),
            _pairs("七、规则", ("项目", "内容"), data["model"], village),
        ],
    )


_WIDTHS: Final = {
    "项目": 20, "内容": 80, "时间": 20, "谁": 14, "做了什么": 16, "怎么说": 50, "参数": 50,
    "当时的值": 50, "条文": 100, "在哪里": 8, "名称": 22, "字节": 10, "传上来": 18,
    "指纹（SM3）": 42,
}  # fmt: skip


def _pairs(
    title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], village: str
) -> sheets.Sheet:
    return sheets.Sheet(
        title=title,
        columns=[sheets.Column(one, width=_WIDTHS[one]) for one in heads],
        rows=[sheets.Row(list(row)) for row in rows],
        left=village,
        right="",
    )


def _when(at: datetime) -> str:
    local = at.astimezone(clock.SHANGHAI)
    return f"{clock.date_said(local.date())}{local:%H:%M}"
