"""The parts of a back-test's page: how far it is, the picture, villages, what is new and lost."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils.safestring import mark_safe

from sanzi.interfaces.look import charts
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Row
from sanzi.interfaces.office.pages import day, moment, page_of
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.orgs import queries as orgs
from sanzi.supervision import change_queries

OLD, NEW = "原来的值", "新的值"


def parts(request: OfficeRequest, found: change_queries.ChangePage) -> dict[str, Any]:
    """Return what the template shows of the newest back-test."""
    test = found.backtest
    if test is None:
        return {"test": None, "stale": ""}
    shown: dict[str, Any] = {
        "test": test,
        "stale": _stale(request, test),
        "asked": f"{test.asked_by_name}{moment(request, test.asked_at)}点的",
    }
    if test.state == "finished":
        shown |= _result(request, test.result)
    return shown


def _stale(request: OfficeRequest, test: change_queries.BackTestView) -> str:
    if test.is_other_basis:
        return "试算以后，这条规则的参数或语句变了，要再试算一次才能核准。"
    if test.moved_at:
        return (
            f"试算以后数据有变动，从{moment(request, test.moved_at)}起有{test.moved_count}处，"
            "结果可能差一点。"
        )
    return ""


def _result(request: OfficeRequest, result: dict[str, Any]) -> dict[str, Any]:
    confirmed = len(result["lost_confirmed"])
    sentence = (
        f"近24个月，原来报{result['old']}条，改了报{result['new']}条："
        f"多出{result['gained_count']}条，少了{result['lost_count']}条"
    )
    villages = page_of(request, result["villages"])
    names = orgs.division_names(
        {one[0] for one in villages}
        | {one["village"] for side in ("gained", "lost") for one in result.get(side, [])}
    )
    return {
        "sentence": f"{sentence}。",
        "confirmed": f"少了的里面，有{confirmed}条是查实过的。" if confirmed else "",
        "picture": mark_safe(  # noqa: S308 - numbers and months, drawn here
            charts.pairs(
                [(month_words(name), old, new) for name, old, new in result["months"]],
                label=f"每个月报几条：{sentence}",
                old=OLD,
                new=NEW,
            )
        ),
        "months": _months(result["months"]),
        "villages": _villages(villages, names),
        "page": villages,
        "query": "",
        "gained": _findings(request, "多出来的", result.get("gained", []), names),
        "lost": _findings(request, "少了的", result.get("lost", []), names),
        "more": {
            "gained": result["gained_count"] - len(result.get("gained", [])),
            "lost": result["lost_count"] - len(result.get("lost", [])),
        },
    }


def month_words(text: str) -> str:
    """Return a month `2026-11` as people say it."""
    year, _, month = text.partition("-")
    return f"{year}年{int(month)}月"


def _months(rows: list[list[Any]]) -> Ledger:
    return Ledger(
        caption="每个月报几条",
        columns=[Column("月份"), Column(OLD, "money"), Column(NEW, "money")],
        rows=[Row([month_words(name), Cell(str(old)), Cell(str(new))]) for name, old, new in rows],
        is_row_headed=True,
    )


def _villages(rows: Any, names: dict[str, str]) -> Ledger:
    return Ledger(
        caption="各村每千件报几条",
        columns=[
            Column("村"), Column("查过", "money"), Column("原来报", "money"),
            Column("改了报", "money"), Column("原来每千件", "money"), Column("改了每千件", "money"),
        ],
        rows=[
            Row(
                [
                    names.get(code, code or "不属于哪个村"),
                    Cell(str(judged) if judged else "未知"),
                    Cell(str(old)),
                    Cell(str(new)),
                    Cell(permille(old, judged)),
                    Cell(permille(new, judged)),
                ]
            )
            for code, judged, old, new in rows
        ],
        is_row_headed=True,
    )  # fmt: skip


def permille(alerts: int, judged: int) -> str:
    """Return how many alerts a thousand judged rows gave; too few rows give no rate."""
    return "不到10件" if judged < 10 else f"{alerts * 1000 // judged}条"


def _findings(
    request: OfficeRequest, caption: str, rows: list[dict[str, Any]], names: dict[str, str]
) -> Ledger:
    return Ledger(
        caption=caption,
        columns=[Column("事情"), Column("哪里"), Column("哪天"), Column("以前的结论")],
        rows=[
            Row(
                [
                    Cell(
                        one["sentence"],
                        url=reverse("office:alert", args=[one["alert"]]) if one["alert"] else "",
                    ),
                    Cell(names.get(one["village"], one["village"])),
                    Cell(day(request, date.fromisoformat(one["day"]))),
                    Cell("查实过" if one["alert"] else "", tone="alarm" if one["alert"] else ""),
                ],
                tone="alarm" if one["alert"] else "",
            )
            for one in rows
        ],
    )
