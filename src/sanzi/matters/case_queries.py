"""Reads of one case: everything its form and its page show. Lists are in `list_queries`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sanzi.kernel import clock, divisions
from sanzi.matters import catalogue, rules
from sanzi.matters.catalogue import Matter
from sanzi.matters.models import Case, CaseStep, Decision, Delegation, SourceMatter, StepState
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Person
from sanzi.orgs.roles import title as role_title


@dataclass(frozen=True)
class StepRow:
    """One step as its page shows it. `state` is a StepState; people are named in full."""

    step_no: int
    label: str
    word: str
    role: str
    people: str
    state: str
    round: int
    line_no: int
    acted_at: datetime | None
    due_at: datetime | None
    opinion: str
    reason: str
    delegate_of: str


@dataclass(frozen=True)
class Turn:
    """What this actor may do now: the step, its line (0: whole case), what it asks for."""

    step_no: int
    key: str
    word: str
    kind: str
    effect: str
    line_no: int
    due_at: datetime | None
    needs_code: bool
    is_line_to_correct: bool


@dataclass(frozen=True)
class ChainStep:
    """One step of the whole chain, reached or not; `is_added` by the amount."""

    no: int
    label: str
    word: str
    role: str
    limit: str
    is_added: bool


@dataclass(frozen=True)
class DecisionView:
    """The decision that a case stands on."""

    ext_id: str
    title: str
    passed_at: datetime | None
    present_count: int | None
    agree_count: int | None


@dataclass(frozen=True)
class CaseView:
    """A case whole. Units: fen. `form` is what was typed; its payee lines hold no plain number."""

    number: str
    matter: Matter
    title: str
    state: str
    state_word: str
    amount_fen: int
    tier: str
    organisation: str
    organisation_ext_id: str
    organisation_id: int
    division_code: str
    village: str
    form: Mapping[str, Any]
    starter: str
    handler: str
    source: str
    decision: DecisionView | None
    content_digest: str
    saved_at: datetime
    submitted_at: datetime | None
    steps: tuple[StepRow, ...]
    chain: tuple[ChainStep, ...]
    turns: tuple[Turn, ...]
    is_mine: bool
    is_editable: bool
    may_withdraw: bool

    @property
    def lines(self) -> list[dict[str, str]]:
        """The payee lines as typed, numbers sealed."""
        return list(self.form.get("lines", []))


def access_case(*, by: Actor, number: str, at: datetime) -> CaseView:
    """Return a case of the actor's scope.

    Raises: NotFound, for absent and out of scope alike.
    """
    case = (
        Case.objects.select_related("organisation", "started_by").filter(number=number).first()
    )
    matter = catalogue.get(case.matter_code) if case else None
    if case is None or matter is None or not scope.can(by, "matters.see", case.division_code):
        raise NotFound
    on = clock.local_date(at)
    rows = list(
        CaseStep.objects.filter(case=case)
        .select_related("actor", "delegate_of")
        .order_by("round", "step_no", "line_no"),
    )
    is_mine = by.person_id is not None and by.person_id == case.started_by_id
    return CaseView(
        number=case.number,
        matter=matter,
        title=case.title,
        state=case.state,
        state_word=str(case.get_state_display()),
        amount_fen=case.amount_fen,
        tier=case.tier,
        organisation=case.organisation.name,
        organisation_ext_id=case.organisation.ext_id,
        organisation_id=case.organisation_id,
        division_code=case.division_code,
        village=orgs.village_name(case.division_code),
        form=case.form,
        starter=case.started_by.name if case.started_by else "未知",
        handler=_person_name(case.form.get("handler_person_id", "")),
        source=_source_title(case.form.get("source_id", "")),
        decision=_decision(case.decision_ext_id),
        content_digest=case.content_digest,
        saved_at=case.saved_at,
        submitted_at=case.submitted_at,
        steps=_steps(rows, matter, on),
        chain=chain_for(matter, case.amount_fen, on, route=case.route),
        turns=_turns(by, case, matter, rows, on),
        is_mine=is_mine,
        is_editable=is_mine and case.state in rules.EDITABLE,
        may_withdraw=is_mine and rules.Move.WITHDRAW in rules.TABLE[case.state],
    )


def _person_name(ext_id: str) -> str:
    found = Person.objects.filter(ext_id=ext_id).values_list("name", flat=True).first()
    return found or "还没填"


def _source_title(ext_id: str) -> str:
    found = SourceMatter.objects.filter(ext_id=ext_id).values_list("title", flat=True).first()
    return found or ext_id


def _decision(ext_id: str) -> DecisionView | None:
    one = Decision.objects.filter(ext_id=ext_id).first() if ext_id else None
    if one is None:
        return None
    return DecisionView(
        one.ext_id, one.title, one.passed_at, one.present_count, one.agree_count,
    )


def _steps(rows: Sequence[CaseStep], matter: Matter, on: date) -> tuple[StepRow, ...]:
    """Return the rows with the people who acted, or who hold a step that is open."""
    return tuple(
        StepRow(
            step_no=row.step_no,
            label=matter.step(row.step_no).label,
            word=matter.step(row.step_no).word
            if row.state == StepState.OPEN
            else matter.step(row.step_no).done_word,
            role="经办人" if row.role_code == "handler" else role_title(row.role_code),
            people=_people(row, on),
            state=row.state,
            round=row.round,
            line_no=row.line_no,
            acted_at=row.acted_at,
            due_at=row.due_at,
            opinion=row.opinion,
            reason=matter.reasons.get(row.reason_code, ""),
            delegate_of=row.delegate_of.name if row.delegate_of else "",
        )
        for row in rows
    )


def _people(row: CaseStep, on: date) -> str:
    if row.actor is not None:
        return row.actor.name
    if row.state != StepState.OPEN:
        return ""
    names = [one.name for one in orgs.holders(row.role_code, row.division_code, on)]
    return "、".join(names[:3]) or "还没有任命"


def chain_for(
    matter: Matter, amount_fen: int, on: date, *, route: Mapping[str, Any] | None = None,
) -> tuple[ChainStep, ...]:
    """Return the chain that an amount needs on a day, with roles that step in.

    Raises: NoTier.
    """
    detours = (route or {}).get("detours", {})
    tables = [table for table in matter.tiers if table.valid_from_date <= on]
    lowest = tables[-1].bands[0].code if tables else ""
    steps = rules.chain(
        matter,
        rules.tier(matter, amount_fen, on),
        is_concurrent=bool((route or {}).get("concurrent")),
    )
    return tuple(
        ChainStep(
            no=step.no,
            label=step.label,
            word=step.word,
            role=_role_word(detours.get(str(step.no), step.role)),
            limit=_limit_words(step),
            is_added=lowest not in step.tiers,
        )
        for step in steps
    )


def _role_word(role_code: str) -> str:
    return {"handler": "经办人", "system": "系统"}.get(role_code) or role_title(role_code)


def _limit_words(step: catalogue.Step) -> str:
    if step.kind == "system":
        return "自动"
    if step.limit is None:
        return ""
    if step.limit.workdays:
        return f"{step.limit.workdays}天"
    return f"{step.limit.hours}小时" if step.limit.hours else "当天"


def bands(matter: Matter, amount_fen: int, on: date) -> list[tuple[str, bool]]:
    """Return (words, whether the amount lies here) for each tier in force.

    Raises: NoTier.
    """
    now = rules.tier(matter, amount_fen, on)
    tables = [table for table in matter.tiers if table.valid_from_date <= on]
    return [(band.title, band.code == now) for band in tables[-1].bands]


def _turns(
    by: Actor, case: Case, matter: Matter, rows: Sequence[CaseStep], on: date,
) -> tuple[Turn, ...]:
    found = []
    for row in rows:
        if row.state != StepState.OPEN or not _holds(by, case, row, on):
            continue
        step = matter.step(row.step_no)
        found.append(
            Turn(
                step_no=row.step_no,
                key=row.step_key,
                word=step.word,
                kind=step.kind,
                effect=step.effect,
                line_no=row.line_no,
                due_at=row.due_at,
                needs_code=step.second_factor,
                is_line_to_correct=bool(row.line_no)
                and step.kind == "review"
                and row.reason_code != "corrected",
            ),
        )
    return tuple(found)


def _holds(by: Actor, case: Case, row: CaseStep, on: date) -> bool:
    """Return whether a step is this actor's, by his post or by a delegation to him."""
    if any(
        post.role_code == row.role_code
        and divisions.is_within(row.division_code, post.division_code)
        for post in by.posts
    ):
        return True
    return Delegation.objects.filter(
        to_person_id=by.person_id,
        role_code=row.role_code,
        revoked_at__isnull=True,
        start_date__lte=on,
        end_date__gte=on,
        limit_fen__gte=case.amount_fen,
        organisation__division_id=row.division_code,
    ).exists()
