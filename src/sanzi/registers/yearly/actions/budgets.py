"""The yearly budget: drafted, shown for comments, voted by the members, filed, in force.

Each step is a step of the power M02. Source: LAW-REC 26(7), 46; ZJ-RA 17, 20.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from sanzi.kernel import clock, ids, money
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Organisation
from sanzi.payments.actions import budgets as lines_of
from sanzi.registers.yearly import queries, rules
from sanzi.registers.yearly.actions import keeping
from sanzi.registers.yearly.errors import (
    BelowSpent,
    NoBudget,
    VotedTogether,
    YearlyWrong,
    YearTaken,
)
from sanzi.registers.yearly.models import Budget, BudgetItem, BudgetKind, Step

MATTER = "M02"
YEARS_AHEAD = 1
SUBJECT_LENGTHS = (3, 16)


@dataclass(frozen=True)
class Item:
    """A line of the draft. Units: fen."""

    subject_code: str
    name: str
    amount_fen: int
    is_nonproductive: bool


@dataclass(frozen=True)
class Draft:
    """What is to be voted; the accounts at a year's end have no items, the system knows them."""

    year: int
    kind: str
    items: Sequence[Item] = ()


def check(*, draft: Draft, organisation: str, on: date, case_number: str = "") -> Organisation:
    """Refuse a draft that cannot be right; return the body.

    Raises: NotFound, YearlyWrong, YearTaken, NoBudget, BelowSpent.
    """
    body = keeping.body_of(organisation)
    if draft.kind not in BudgetKind.values or not on.year - 2 <= draft.year <= on.year + 1:
        raise YearlyWrong(what="年度", why="要选近两年或明年", field="year")
    _require_items(draft)
    others = Budget.objects.filter(organisation=body, year=draft.year, kind=draft.kind)
    others = others.exclude(case_number=case_number or "-").exclude(status=Step.ENDED)
    if draft.kind == BudgetKind.ADJUST:
        others = others.filter(status__in=keeping.LIVE)
    known = {(one.subject_code, one.name): one for one in queries.spent(body.pk, draft.year)}
    is_new = draft.kind == BudgetKind.BUDGET
    if others.exists() or (is_new and known):
        what = BudgetKind(draft.kind).label
        raise YearTaken(year=draft.year, what=what, field="year")
    if not is_new and not known:
        raise NoBudget(year=draft.year, subject="", field="year")
    for one in draft.items:
        line = known.get((one.subject_code, one.name))
        if line is not None and one.amount_fen < line.spent_fen:
            raise BelowSpent(
                name=one.name or one.subject_code, spent=money.format_yuan(line.spent_fen),
                amount=money.format_yuan(one.amount_fen), field="items",
            )  # fmt: skip
    return body


def _require_items(draft: Draft) -> None:
    if draft.kind == BudgetKind.FINAL:
        if draft.items:
            raise YearlyWrong(what="预算行", why="决算不用填，系统照账上的数", field="items")
        return
    keys = [(one.subject_code, one.name) for one in draft.items]
    if not keys or len(set(keys)) != len(keys):
        raise YearlyWrong(what="预算行", why="要有，同一科目同一项目只写一行", field="items")
    for one in draft.items:
        if not 0 <= one.amount_fen <= money.MAX_FEN:
            raise YearlyWrong(what="预算金额", why="太大", field="items")
        shortest, longest = SUBJECT_LENGTHS
        if not one.subject_code.isdecimal() or not shortest <= len(one.subject_code) <= longest:
            raise YearlyWrong(what="科目", why="要在科目表里选", field="items")


@transaction.atomic
def draft_budget(
    *, draft: Draft, organisation: str, case_number: str, by: Actor, at: datetime
) -> str:
    """Enter a draft, or what a returned draft says now. Raises: what `check` raises."""
    body = check(
        draft=draft, organisation=organisation, on=clock.local_date(at), case_number=case_number
    )
    items = draft.items
    spent: list[int | None] = [None] * len(items)
    if draft.kind == BudgetKind.FINAL:
        known = queries.spent(body.pk, draft.year)
        items = [
            Item(one.subject_code, one.name, one.amount_fen, is_nonproductive=False)
            for one in known
        ]
        spent = [one.spent_fen for one in known]
    said = {
        "year": draft.year, "kind": draft.kind, "submitted_at": at, "status": Step.DRAFTED,
        "total_fen": sum(one.amount_fen for one in items),
        "nonproductive_fen": sum(one.amount_fen for one in items if one.is_nonproductive),
    }  # fmt: skip
    made, _ = Budget.objects.update_or_create(
        case_number=case_number,
        defaults=said,
        create_defaults={
            **said, "ext_id": ids.new_id("YSA", at), "organisation": body,
            "division_code": body.division_id, "case_number": case_number,
        },
    )  # fmt: skip
    made.items.all().delete()
    BudgetItem.objects.bulk_create(
        BudgetItem(
            ext_id=ids.new_id("YSH", at), budget=made, place=place,
            subject_code=one.subject_code, name=one.name[:60], amount_fen=one.amount_fen,
            spent_fen=used, is_nonproductive=one.is_nonproductive,
        )
        for place, (one, used) in enumerate(zip(items, spent, strict=True), start=1)
    )  # fmt: skip
    keeping.tell(made, "drafted", by, at, {"total_fen": made.total_fen, "kind": made.kind})
    return made.ext_id


@transaction.atomic
def show(
    *, case_number: str, span: tuple[date, date], comment: str, by: Actor, at: datetime
) -> None:
    """Note that the draft was shown. Raises: NotFound, NotNow, YearlyWrong, ShownTooShort."""
    found = keeping.locked(Budget, case_number, keeping.LIVE, "记公示")
    held = rules.figures(clock.local_date(at))
    least = held.final_days if found.kind == BudgetKind.FINAL else held.comment_days
    keeping.show(found, span=span, comment=comment, least=least, by=by, at=at)


@transaction.atomic
def decide(
    *, case_number: str, decision: str, nonproductive_decision: str, by: Actor, at: datetime
) -> None:
    """Note the vote, and the vote of its own about spending that earns nothing.

    Raises: NotFound, NotNow, DecisionNeeded, YearlyWrong, VotedTogether.
    """
    found = keeping.locked(Budget, case_number, (Step.SHOWN, Step.DECIDED), "记表决")
    keeping.passed(found, decision, MATTER)
    fen = money.format_yuan(found.nonproductive_fen)
    if found.nonproductive_fen:
        if not nonproductive_decision:
            raise VotedTogether(fen=fen, why="还没有选", field="nonproductive_decision")
        if nonproductive_decision == decision:
            raise VotedTogether(fen=fen, why="和预算是同一条决议", field="nonproductive_decision")
        keeping.passed(found, nonproductive_decision, MATTER)
    found.decision_ext_id, found.status = decision, Step.DECIDED
    found.nonproductive_decision_ext_id = nonproductive_decision if found.nonproductive_fen else ""
    found.save(update_fields=["decision_ext_id", "nonproductive_decision_ext_id", "status"])
    keeping.tell(found, "decided", by, at, {"decision": decision})


@transaction.atomic
def approve(*, case_number: str, by: Actor, at: datetime) -> None:
    """Put the budget into force: its lines are those that payments name from now on.

    Raises: NotFound, NotNow.
    """
    found = keeping.locked(Budget, case_number, (Step.DECIDED,), "生效")
    found.approved_at, found.status = at, Step.APPROVED
    found.save(update_fields=["approved_at", "status"])
    if found.kind != BudgetKind.FINAL:
        voted = [
            lines_of.Voted(
                one.subject_code, one.name, one.amount_fen,
                found.nonproductive_decision_ext_id
                if one.is_nonproductive
                else found.decision_ext_id,
            )
            for one in found.items.order_by("place")
        ]  # fmt: skip
        lines_of.vote(
            organisation=found.organisation.ext_id, year=found.year, lines=voted, by=by, at=at
        )
    keeping.tell(found, "approved", by, at, {"total_fen": found.total_fen})
