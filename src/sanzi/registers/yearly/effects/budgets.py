"""From the steps of M02 to the actions of the room."""

from __future__ import annotations

from sanzi.kernel import clock, money
from sanzi.matters import registry
from sanzi.matters.registry import PublicRows, Turn
from sanzi.registers.yearly.actions import budgets, keeping
from sanzi.registers.yearly.models import Budget, BudgetItem


def register() -> None:
    """Bind the names of M02."""
    registry.check("yearly.budget_draft", check)
    registry.effect("yearly.budget_enter", enter)
    registry.effect("yearly.budget_approve", approve)
    registry.effect("yearly.budget_end", end)
    registry.effect("yearly.budget_show", show)
    registry.effect("yearly.budget_decide", decide)
    registry.sheet("yearly.budget_items", sheet)


def _draft(turn: Turn) -> budgets.Draft:
    form = turn.form
    return budgets.Draft(
        year=form["year"],
        kind=form["kind"],
        items=tuple(
            budgets.Item(
                row["subject"], row.get("name", ""), row["amount"], row["is_nonproductive"]
            )
            for row in form.get("items", ())
        ),
    )


def check(turn: Turn) -> None:
    """Hold the draft against books and earlier budgets, once it is typed whole."""
    rows = turn.form.get("items", ())
    is_whole = all({"subject", "amount", "is_nonproductive"} <= set(row) for row in rows)
    if {"year", "kind"} <= set(turn.form) and is_whole:
        budgets.check(
            draft=_draft(turn), organisation=turn.organisation, on=clock.local_date(turn.at),
            case_number=turn.number,
        )  # fmt: skip


def enter(turn: Turn) -> None:
    """Enter the draft."""
    budgets.draft_budget(
        draft=_draft(turn), organisation=turn.organisation, case_number=turn.number,
        by=turn.by, at=turn.at,
    )  # fmt: skip


def approve(turn: Turn) -> None:
    """Put the budget into force."""
    budgets.approve(case_number=turn.number, by=turn.by, at=turn.at)


def end(turn: Turn) -> None:
    """Note that it was given up."""
    keeping.end(Budget, case_number=turn.number, by=turn.by, at=turn.at)


def show(turn: Turn) -> None:
    """Note the publication of the draft."""
    entry = turn.entry
    budgets.show(
        case_number=turn.number, span=(entry["publicity_start"], entry["publicity_end"]),
        comment=entry.get("comment", ""), by=turn.by, at=turn.at,
    )  # fmt: skip


def decide(turn: Turn) -> None:
    """Note the votes."""
    entry = turn.entry
    budgets.decide(
        case_number=turn.number, decision=entry["decision"],
        nonproductive_decision=entry.get("nonproductive_decision", ""), by=turn.by, at=turn.at,
    )  # fmt: skip


def sheet(case_number: str) -> PublicRows:
    """Return the lines of a budget as everybody may read them."""
    rows = BudgetItem.objects.filter(budget__case_number=case_number).order_by("place")
    return PublicRows(
        columns=("科目", "项目", "预算（元）", "用了（元）", "非生产性"),
        rows=tuple(
            (
                one.subject_code,
                one.name,
                money.format_yuan(one.amount_fen),
                "" if one.spent_fen is None else money.format_yuan(one.spent_fen),
                "是" if one.is_nonproductive else "",
            )
            for one in rows
        ),
    )
