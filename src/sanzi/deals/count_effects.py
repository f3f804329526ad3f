"""From the steps of M19 to the stock-taking."""

from __future__ import annotations

from typing import Any

from sanzi.deals.actions import assets, stocktaking
from sanzi.deals.asset_errors import CountStands, CountTeamWrong
from sanzi.deals.models import CountResult, Stocktaking
from sanzi.kernel import clock
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn

REPS_MIN = 2
"""Two representatives of the villagers look on. Source: 条例 第九条; 县定."""


def register() -> None:
    """Bind the names of the power; called once from `apps.ready`."""
    registry.check("deals.count", check)
    for name, run in (
        ("start", start), ("publish", publish), ("confirm", confirm), ("report", report),
    ):  # fmt: skip
        registry.effect(f"deals.count_{name}", run)
    registry.sheet("deals.count", _rows)


def check(turn: Turn) -> None:
    """Ask for one who counts, the supervision and two representatives, each a person of his own.

    Raises: CountTeamWrong, CountStands for a year that was counted or is not now.
    """
    form: Any = turn.form
    if not {"year", "team"} <= set(form):
        return
    team = [(row["person"], row["part"]) for row in form["team"]]
    people = [person for person, _ in team]
    if len(set(people)) < len(people):
        raise CountTeamWrong(field="team", why="同一个人写了两次")
    parts = [part for _, part in team]
    if "count" not in parts or "supervision" not in parts or parts.count("villager_rep") < REPS_MIN:
        raise CountTeamWrong(field="team", why=f"要有人盘、村监会和{REPS_MIN}名村民代表复核")
    stocktaking.require_year(form["year"], clock.local_date(turn.at).year)
    if (
        Stocktaking.objects.filter(organisation__ext_id=turn.organisation, year=form["year"])
        .exclude(case_number=turn.number)
        .exists()
    ):
        raise CountStands(
            field="year", year=form["year"], now="已经开始过", verb="再开",
            advice="请打开已有的盘点单继续盘。",
        )  # fmt: skip


def start(turn: Turn) -> None:
    """Lay out the sheet: every card that stands in the register."""
    form: Any = turn.form
    stocktaking.lay_out(
        organisation=turn.organisation,
        year=form["year"],
        by=turn.by,
        at=turn.at,
        case_number=turn.number,
    )


def publish(turn: Turn) -> None:
    """Put the differences out for seven days."""
    stocktaking.publish(stocktaking=_sheet(turn), by=turn.by, at=turn.at)


def confirm(turn: Turn) -> None:
    """Confirm after the publicity; the cards say that they were counted."""
    stocktaking.confirm(
        stocktaking=_sheet(turn),
        decision_ref=turn.entry["decision_ref"],
        by=turn.by,
        at=turn.at,
    )


def report(turn: Turn) -> None:
    """Write the town's word into the course of what was missing."""
    sheet = Stocktaking.objects.get(case_number=turn.number)
    for line in sheet.lines.filter(result=CountResult.MISSING).select_related("asset"):
        text = f"镇里意见：{turn.entry['opinion']}"
        assets.note(line.asset, "盘点报告", text, by=turn.by, at=turn.at, case_number=turn.number)


def _sheet(turn: Turn) -> str:
    return Stocktaking.objects.get(case_number=turn.number).ext_id


def _rows(case_number: str) -> PublicRows:
    """What was different: missing or changed, card by card."""
    columns = ("编号", "名称", "盘出来", "说明")
    sheet = Stocktaking.objects.filter(case_number=case_number).first()
    if sheet is None:
        return PublicRows(columns, ())
    lines = sheet.lines.exclude(result=CountResult.FOUND).select_related("asset")
    return PublicRows(
        columns,
        tuple(
            (one.asset.number, one.asset.name, one.get_result_display(), one.note)
            for one in lines.order_by("asset__number")
        ),
    )
