"""The back-test of an own model on its page: the figures, the picture, villages, findings."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.safestring import mark_safe

from sanzi.interfaces.look import charts
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.interfaces.office.pages import day, moment, page_of
from sanzi.interfaces.office.parts.backtests import month_words, permille
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.orgs import queries as orgs
from sanzi.supervision import own_queries


def parts(request: OfficeRequest, view: own_queries.OwnView) -> dict[str, Any]:
    """Return what the template shows of the newest back-test."""
    test = view.test
    if test is None:
        return {"test": None}
    shown: dict[str, Any] = {
        "test": test,
        "asked": f"{test.asked_by_name}{moment(request, test.asked_at)}点的",
        "stale": "",
    }
    if test.moved_at:
        shown["stale"] = (
            f"试算以后数据有变动，从{moment(request, test.moved_at)}起有{test.moved_count}处，"
            "结果可能差一点。"
        )
    if test.state == "finished":
        shown |= _result(request, view, test)
    return shown


def _result(
    request: OfficeRequest, view: own_queries.OwnView, test: own_queries.OwnTestView
) -> dict[str, Any]:
    result = test.result
    found, judged = result["found"], result["judged"]
    sentence = f"近24个月会查出{found}条"
    rate = permille(found, judged)
    sentence += f"；查过{judged}件，每千件{rate}" if judged >= 10 else "；查过不到10件，不算比率"
    villages = page_of(request, result["villages"])
    names = orgs.division_names(
        {one[0] for one in villages} | {one["village"] for one in test.listed}
    )
    return {
        "sentence": f"{sentence}。",
        "earlier": result["earlier"],
        "picture": mark_safe(  # noqa: S308 - numbers and months, drawn here
            charts.months(
                [(month_words(name), number) for name, number in result["months"]],
                label=f"每个月查出几条：{sentence}",
            )
        ),
        "months": Ledger(
            caption="每个月查出几条",
            columns=[Column("月份"), Column("查出", "money")],
            rows=[Row([month_words(name), Cell(str(n))]) for name, n in result["months"]],
            is_row_headed=True,
        ),
        "villages": _villages(villages, names),
        "page": villages,
        "query": "",
        "listed": _listed(request, test, names) if view.row.is_mine else None,
        "unlisted": found - len(test.listed),
    }


def _villages(rows: Any, names: dict[str, str]) -> Ledger:
    return Ledger(
        caption="各村每千件查出几条",
        columns=[
            Column("村"), Column("查过", "money"), Column("查出", "money"),
            Column("每千件", "money"),
        ],
        rows=[
            Row(
                [
                    names.get(code, code or "不属于哪个村"),
                    Cell(str(judged)),
                    Cell(str(found)),
                    Cell(permille(found, judged)),
                ]
            )
            for code, judged, found in rows
        ],
        is_row_headed=True,
    )  # fmt: skip


def _listed(request: OfficeRequest, test: own_queries.OwnTestView, names: dict[str, str]) -> Ledger:
    return Ledger(
        caption="会查出的，只有您看得到",
        columns=[Column("查到什么"), Column("哪里"), Column("编号"), Column("哪天的事")],
        rows=[
            Row(
                [
                    Cell(one["sentence"]),
                    Cell(names.get(one["village"], one["village"])),
                    Cell(one["id"], sub=one["kind"]),
                    Cell(day(request, date.fromisoformat(one["day"]))),
                ]
            )
            for one in test.listed
        ],
    )
