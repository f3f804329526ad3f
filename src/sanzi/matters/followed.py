"""What a household sees of a case it began at the public door: where it is, since when, what next.

Roles are named, officers are not. What steps wrote down is shown where the matter file says that
they decide.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from sanzi.evidence import queries as evidence
from sanzi.kernel import masking
from sanzi.matters import catalogue, editions, form_queries, limits, queries, registry, rules
from sanzi.matters.catalogue import Matter, Step
from sanzi.matters.fields import Field
from sanzi.matters.models import Case, CaseEntry, CaseState, CaseStep, StepState
from sanzi.matters.queries import ChainStep
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound

ON_THE_WAY = (CaseState.SUBMITTED, CaseState.RETURNED, CaseState.APPROVED)


@dataclass(frozen=True)
class Line:
    """A case in the household's list. `due_at` is when the office must have done its step."""

    number: str
    matter_title: str
    title: str
    state: str
    step_word: str
    handed_in_at: datetime
    due_at: datetime | None
    is_late: bool
    is_open: bool


@dataclass(frozen=True)
class Decision:
    """What a step that decides wrote down: its words, and when."""

    word: str
    at: datetime | None
    said: tuple[form_queries.SaidField, ...]


@dataclass(frozen=True)
class Followed:
    """A case as its household sees it.

    `promised_at` is when all is done if every step takes all of its time. `reason` and `opinion`
    say why it came back or was refused.
    """

    line: Line
    matter: Matter
    said: tuple[form_queries.SaidField, ...]
    files: tuple[evidence.Hung, ...]
    steps: tuple[ChainStep, ...]
    promised_at: datetime | None
    decisions: tuple[Decision, ...]
    reason: str
    opinion: str
    form: dict[str, object]
    may_put_right: bool
    may_withdraw: bool


def applicant(number: str) -> Actor:
    """Return the villager who began a case at the public door. Raises: NotFound."""
    case = Case.objects.filter(number=number, household__isnull=False).first()
    if case is None or case.started_by_id is None:
        raise NotFound
    return orgs.villager(case.started_by_id)


def of_household(*, by: Actor, at: datetime) -> list[Line]:
    """Return the cases of the actor's household, newest first."""
    if by.household_id is None:
        return []
    cases = list(queries.visible_cases(by).defer("form").order_by("-created_at", "-pk")[:50])
    open_steps = {
        one.case_id: one
        for one in CaseStep.objects.filter(case__in=cases, state=StepState.OPEN).order_by("pk")
    }
    return [_line(one, _matter(one), open_steps.get(one.pk), at) for one in cases]


def follow(*, by: Actor, number: str, at: datetime) -> Followed:
    """Return a case of the actor's household. Raises: NotFound."""
    if by.household_id is None:
        raise NotFound
    page = queries.case_page(by=by, number=number, at=at)
    case = Case.objects.select_related("organisation").get(number=number)
    row = CaseStep.objects.filter(case=case, state=StepState.OPEN).first()
    asked = page.matter.online.ask if page.matter.online else ()
    told = _last_word(case)
    return Followed(
        line=_line(case, page.matter, row, at),
        matter=page.matter,
        said=tuple(
            form_queries.said(
                [one for one in page.matter.fields if one.key in asked],
                page.form,
                shown=_shown(case),
            )
        ),
        files=page.files,
        steps=tuple(one for one in page.chain if one.state != "skipped"),
        promised_at=_promised(case, page.matter, row),
        decisions=_decisions(case, page.matter),
        reason=page.matter.reasons.get(told.reason_code, "") if told else "",
        opinion=told.opinion if told else "",
        form=dict(page.form),
        may_put_right=case.state == CaseState.RETURNED,
        may_withdraw=case.state in (CaseState.SUBMITTED, CaseState.RETURNED)
        and not is_approved(case, page.matter),
    )


def _shown(case: Case) -> Callable[[Field, str], str]:
    """Return how words are shown at home: persons masked, what was chosen of a list in words."""

    def words(field: Field, said: str) -> str:
        if field.type == "person":
            return masking.name(said)
        if field.type != "lookup":
            return said
        known = registry.list_of(field.list, case.organisation.ext_id, case.division_code)
        return dict(known or []).get(said, said)

    return words


def _matter(case: Case) -> Matter:
    return editions.of(case) or catalogue.matters()[case.matter_code]


def _line(case: Case, matter: Matter, row: CaseStep | None, at: datetime) -> Line:
    due = row.due_at if row else None
    return Line(
        number=case.number,
        matter_title=matter.title,
        title=case.title,
        state=case.state,
        step_word=matter.step(row.step_no).word if row else "",
        handed_in_at=case.submitted_at or case.created_at,
        due_at=due,
        is_late=due is not None and due < at,
        is_open=case.state in ON_THE_WAY,
    )


def _last_word(case: Case) -> CaseStep | None:
    """Return the step that gave the case back or refused it, while it stands so."""
    if case.state not in (CaseState.RETURNED, CaseState.REJECTED):
        return None
    said = CaseStep.objects.filter(case=case, state__in=[StepState.RETURNED, StepState.REJECTED])
    return said.order_by("-acted_at", "-pk").first()


def _promised(case: Case, matter: Matter, row: CaseStep | None) -> datetime | None:
    """Return when the last step ends if this one and all after it take all of their time."""
    if row is None or row.due_at is None:
        return None
    calendar = limits.calendar(row.due_at)
    found = row.due_at
    for step in _chain(case, matter):
        if step.no > row.step_no and step.kind != "system":
            found = rules.due(step.limit, found, calendar) or found
    return found


def _chain(case: Case, matter: Matter) -> tuple[Step, ...]:
    return rules.chain(
        matter,
        case.tier,
        is_concurrent=bool(case.route.get("concurrent")),
        skipped=case.route.get("skipped", ()),
    )


def _decisions(case: Case, matter: Matter) -> tuple[Decision, ...]:
    decides = matter.online.decides if matter.online else ()
    steps = {step.key: step for step in matter.steps if step.key in decides and step.fields}
    entries: dict[str, CaseEntry] = {}
    for one in CaseEntry.objects.filter(case=case, step_key__in=steps).order_by("pk"):
        entries[one.step_key] = one
    return tuple(
        Decision(
            steps[key].done_word,
            entry.recorded_at,
            tuple(form_queries.said(steps[key].fields, entry.form)),
        )
        for key, entry in entries.items()
    )


def is_approved(case: Case, matter: Matter) -> bool:
    """Return whether anybody but who took it has said yes or written something down."""
    starters = [step.key for step in matter.steps if step.kind == "starter"]
    done = CaseStep.objects.filter(case=case, round=case.round, state=StepState.APPROVED)
    return done.exclude(step_key__in=starters).exists()
