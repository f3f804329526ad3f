"""From the steps of M28 to the actions of levies, and what is published of them."""

from __future__ import annotations

from sanzi.kernel import masking, money
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.registers.subsidies.actions import levies
from sanzi.registers.subsidies.models import LevyLine


def register() -> None:
    """Bind M28; called once from `apps.ready`."""
    registry.check("subsidies.levy_plan", _check)
    registry.effect("subsidies.levy_plan", _plan)
    registry.effect("subsidies.levy_approve", _approve)
    registry.effect("subsidies.levy_collect", _collect)
    registry.effect("subsidies.levy_use", _use)
    registry.effect("subsidies.levy_finish", _finish)
    registry.effect("subsidies.levy_end", _end)
    registry.sheet("subsidies.levy", _sheet)


def _fields(turn: Turn) -> levies.LevyFields:
    form = turn.form
    return levies.LevyFields(
        organisation=turn.organisation,
        project=form["project"],
        per_head_fen=form["per_head"],
        days_per_head=form.get("days", 0),
        head_count=form["heads"],
        exempt={
            row["person"]: row.get("reason", "")
            for row in form.get("exempt", ())
            if "person" in row
        },
    )


def _check(turn: Turn) -> None:
    if {"project", "per_head", "heads"} <= set(turn.form):
        levies.judge(fields=_fields(turn), at=turn.at)


def _plan(turn: Turn) -> None:
    levies.plan(
        fields=_fields(turn),
        case_number=turn.number,
        decision=turn.decision_ext_id,
        by=turn.by,
        at=turn.at,
    )


def _approve(turn: Turn) -> None:
    levies.approve(case_number=turn.number, by=turn.by, at=turn.at)


def _collect(turn: Turn) -> None:
    gifts = [
        levies.Gift(row["person"], row.get("amount", 0), row.get("days", 0), row["receipt"])
        for row in turn.entry["gifts"]
    ]
    levies.collect(case_number=turn.number, gifts=gifts, by=turn.by, at=turn.at)


def _use(turn: Turn) -> None:
    uses = [levies.Use(row["words"], row["amount"]) for row in turn.entry["uses"]]
    levies.use(case_number=turn.number, uses=uses, by=turn.by, at=turn.at)


def _finish(turn: Turn) -> None:
    levies.finish(case_number=turn.number, by=turn.by, at=turn.at)


def _end(turn: Turn) -> None:
    levies.end(case_number=turn.number, by=turn.by, at=turn.at)


def _sheet(case_number: str) -> PublicRows:
    rows = LevyLine.objects.filter(levy__case_number=case_number).select_related("person")
    return PublicRows(
        ("收或用", "谁、做什么", "金额（元）", "工"),
        tuple(
            (
                one.get_kind_display(),
                masking.name(one.person.name) if one.person else one.words,
                money.format_yuan(one.amount_fen),
                str(one.days or ""),
            )
            for one in rows.order_by("pk")
        ),
    )
