"""Reads of many cases: what waits for an actor, what he started, lists, and choices of a form.

One case is in `case_queries`. Every queryset here stands inside the actor's scope.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from sanzi.kernel import divisions, money
from sanzi.matters import catalogue
from sanzi.matters.models import (
    Case,
    CaseState,
    CaseStep,
    Decision,
    Delegation,
    SourceMatter,
    StepState,
)
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.roles import title as role_title

FOUND_MAX = 20
OPEN_STATES = (
    CaseState.DRAFT,
    CaseState.SUBMITTED,
    CaseState.APPROVED,
    CaseState.RETURNED,
    CaseState.DISPATCHED,
    CaseState.PART_SETTLED,
    CaseState.BANK_RETURNED,
)


@dataclass(frozen=True)
class Todo:
    """An open step that this actor may do. `line_no` is 0 for the whole case. Units: fen."""

    number: str
    title: str
    village: str
    step_word: str
    line_no: int
    amount_fen: int
    due_at: datetime | None
    for_person: str = ""


@dataclass(frozen=True)
class DelegationRow:
    """One delegation given or taken by the actor. Units: fen."""

    ext_id: str
    role: str
    organisation: str
    from_name: str
    to_name: str
    start_date: date
    end_date: date
    limit_fen: int
    reason: str
    is_given: bool
    is_standing: bool


def _turns(by: Actor, on: date) -> Q:
    """Return which steps this actor holds, by his posts and by delegations to him."""
    mine = Q(pk__in=[])
    for post in by.posts:
        prefix = divisions.prefix(post.division_code)
        mine |= Q(
            role_code=post.role_code,
            division_code__gte=prefix,
            division_code__lt=prefix + ":",
        )
    for one in _standing(by, on):
        mine |= Q(
            role_code=one.role_code,
            division_code=one.organisation.division_id,
            case__amount_fen__lte=one.limit_fen,
        )
    return mine & Q(state=StepState.OPEN)


def _standing(by: Actor, on: date) -> QuerySet[Delegation]:
    return Delegation.objects.select_related("organisation", "from_person").filter(
        to_person_id=by.person_id,
        revoked_at__isnull=True,
        start_date__lte=on,
        end_date__gte=on,
    )


def todo_count(*, by: Actor, on: date) -> int:
    """Return how many open steps wait for this actor."""
    return CaseStep.objects.filter(_turns(by, on)).count()


def todo(*, by: Actor, on: date, limit: int = 50) -> list[Todo]:
    """Return the open steps that wait for this actor, the earliest due first."""
    rows = list(
        CaseStep.objects.filter(_turns(by, on))
        .select_related("case")
        .defer("case__form", "case__parties", "case__route")
        .order_by("due_at", "id")[:limit],
    )
    names = orgs.division_names({one.case.division_code for one in rows})
    own = {(post.role_code, post.division_code) for post in by.posts}
    givers = {
        (one.role_code, one.organisation.division_id): one.from_person.name
        for one in _standing(by, on)
    }
    return [
        Todo(
            number=one.case.number,
            title=one.case.title,
            village=names.get(one.case.division_code, one.case.division_code),
            step_word=_word(one),
            line_no=one.line_no,
            amount_fen=one.case.amount_fen,
            due_at=one.due_at,
            for_person=""
            if (one.role_code, one.division_code) in own
            else givers.get((one.role_code, one.division_code), ""),
        )
        for one in rows
    ]


def _word(row: CaseStep) -> str:
    matter = catalogue.get(row.case.matter_code)
    return matter.step(row.step_no).word if matter else row.step_key


def cases(
    *, by: Actor, states: Sequence[str] = (), division_code: str = "", words: str = "",
) -> QuerySet[Case]:
    """Return the cases of the actor's scope, newest first; what is empty does not narrow."""
    rows = (
        Case.objects.filter(scope.within(by, "matters.see"))
        .select_related("organisation")
        .defer("form", "parties", "route")
        .order_by("-created_at", "-id")
    )
    if states:
        rows = rows.filter(state__in=states)
    if division_code:
        rows = rows.filter(division_code=division_code)
    if words:
        rows = rows.filter(Q(title__icontains=words) | Q(number__icontains=words))
    return rows


def my_open_cases(*, by: Actor) -> QuerySet[Case]:
    """Return what this actor started and what is not over yet, the last touched first."""
    return (
        Case.objects.filter(scope.within(by, "matters.see"), started_by_id=by.person_id)
        .filter(state__in=OPEN_STATES)
        .select_related("organisation")
        .defer("form", "parties", "route")
        .order_by("-saved_at", "-id")
    )


def state_words() -> list[tuple[str, str]]:
    """Return (state, word) of cases in their order."""
    return [(one.value, str(one.label)) for one in CaseState]


def delegations(*, by: Actor, on: date) -> list[DelegationRow]:
    """Return the delegations that this actor gave or took, newest first."""
    rows = (
        Delegation.objects.select_related("organisation", "from_person", "to_person")
        .filter(Q(from_person_id=by.person_id) | Q(to_person_id=by.person_id))
        .order_by("-created_at", "-id")[:100]
    )
    return [
        DelegationRow(
            ext_id=one.ext_id,
            role=role_title(one.role_code),
            organisation=one.organisation.name,
            from_name=one.from_person.name,
            to_name=one.to_person.name,
            start_date=one.start_date,
            end_date=one.end_date,
            limit_fen=one.limit_fen,
            reason=one.reason,
            is_given=one.from_person_id == by.person_id,
            is_standing=one.revoked_at is None and one.end_date >= on,
        )
        for one in rows
    ]


def source_matters(*, organisation_id: int, kinds: Sequence[str] = ()) -> list[tuple[str, str]]:
    """Return (ext id, words) of the approved matters of a body that money may come from."""
    rows = SourceMatter.objects.filter(
        organisation_id=organisation_id, status__in=["approved", "active"],
    )
    if kinds:
        rows = rows.filter(kind__in=kinds)
    return [
        (
            one.ext_id,
            f"{one.title}，{money.format_yuan(one.amount_fen)}元" if one.amount_fen else one.title,
        )
        for one in rows.order_by("-approved_at", "-id")[:300]
    ]


def decisions(*, division_code: str) -> list[tuple[str, str]]:
    """Return (ext id, words) of the passed decisions of a village: what, when, which votes."""
    rows = Decision.objects.filter(
        division_code=division_code, status="passed", passed_at__isnull=False,
    ).order_by("-passed_at", "-id")[:100]
    return [
        (
            one.ext_id,
            f"{one.title}，{one.passed_at:%Y-%m-%d}，"
            f"到{one.present_count or '未知'}人，{one.agree_count or '未知'}票同意",
        )
        for one in rows
        if one.passed_at is not None
    ]
