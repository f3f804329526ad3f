"""Reads of the room: what waits for an actor, the page of a case, search, what he may start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from sanzi.audit import queries as audit
from sanzi.evidence import queries as evidence
from sanzi.kernel import clock, divisions
from sanzi.matters import catalogue, editions, effects, gates, registry, rules
from sanzi.matters.catalogue import Matter, Step
from sanzi.matters.models import (
    Case,
    CaseEntry,
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
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Division, Organisation
from sanzi.orgs.roles import title as role_title

SEE = "matters.see"
PAGE_SIZE = 30
COUNT_MAX = 10_000
"""How far the cases of a list are counted, and how far it can be turned over."""


@dataclass(frozen=True)
class CaseLine:
    """A case in a list. Units: fen."""

    number: str
    title: str
    village: str
    amount_fen: int
    tier: str
    state: str
    state_text: str
    created_at: datetime


@dataclass(frozen=True)
class Todo:
    """A step that waits for an actor; `for_name` is whom he stands in for, empty for himself."""

    case: CaseLine
    step_key: str
    word: str
    line_no: int
    opened_at: datetime
    due_at: datetime | None
    is_overdue: bool
    for_name: str


@dataclass(frozen=True)
class ChainStep:
    """A step in the chain of a case. `state` is done, returned, rejected, open, waiting, skipped.

    `people` are those who may do an open step; `is_added` says that the amount added it.
    """

    no: int
    label: str
    key: str
    word: str
    role: str
    state: str
    line_no: int
    actor: str
    delegate_of: str
    acted_at: datetime | None
    due_at: datetime | None
    opinion: str
    reason: str
    people: tuple[str, ...]
    is_added: bool


@dataclass(frozen=True)
class Entry:
    """What somebody wrote down in a step; `number` counts from 1 in the step."""

    step_no: int
    number: int
    word: str
    actor: str
    recorded_at: datetime
    form: Mapping[str, Any]
    files: tuple[evidence.Hung, ...]


@dataclass(frozen=True)
class CasePage:
    """A case whole. `form` is what was typed, without sealed numbers; `lines` show tails only.

    `mine` is the payee line (0: the whole case) of the open step this actor may do, None if none.
    """

    case: CaseLine
    matter: Matter
    organisation: str
    organisation_ext_id: str
    round: int
    content_digest: str
    form: Mapping[str, Any]
    lines: tuple[Mapping[str, str], ...]
    chain: tuple[ChainStep, ...]
    files: tuple[evidence.Hung, ...]
    invoices: tuple[Any, ...]
    check: gates.CheckResult | None
    decision: Decision | None
    history: tuple[Any, ...]
    is_starter: bool
    is_editable: bool
    mine: int | None
    saved_at: datetime | None = None
    entries: tuple[Entry, ...] = ()
    panel: registry.Panel | None = None


@dataclass(frozen=True)
class Startable:
    """A power an actor may start, and at which bodies (ext id, name)."""

    code: str
    title: str
    group: str
    is_active: bool
    bodies: tuple[tuple[str, str], ...]
    starters: str


@dataclass(frozen=True)
class CaseFilter:
    """What a list of cases is narrowed to; empty means all."""

    text: str = ""
    state: str = ""
    division_code: str = ""
    is_mine: bool = False


@dataclass(frozen=True)
class Page:
    """One page of cases; `total` counts what matches, up to `COUNT_MAX`."""

    cases: tuple[CaseLine, ...]
    total: int
    page: int
    page_count: int
    has_more: bool = False

    @property
    def count_words(self) -> str:
        """The count as a page says it."""
        return f"{self.total}件以上" if self.has_more else f"{self.total}件"


def visible_cases(by: Actor) -> QuerySet[Case]:
    """Return the cases of the actor's scope; drafts of others are not among them.

    A villager sees those that his household began at the public door.
    """
    if by.household_id is not None:
        return Case.objects.filter(household_id=by.household_id)
    drafts_of_others = Q(state=CaseState.DRAFT) & ~Q(started_by_id=by.person_id)
    return Case.objects.filter(scope.within(by, SEE)).exclude(drafts_of_others)


def access_case(*, by: Actor, number: str) -> Case:
    """Return a case of the actor's scope.

    Raises: NotFound, also when it lies outside.
    """
    found = (
        visible_cases(by).select_related("organisation", "started_by").filter(number=number)
    ).first()
    if found is None:
        raise NotFound
    return found


def todo(*, by: Actor, at: datetime, limit: int = 200) -> list[Todo]:
    """Return what waits for the actor, nearest limit first; delegated steps are among them."""
    if by.person_id is None:
        return []
    mine = Q(pk__in=[])
    for post in by.posts:
        mine |= Q(role_code=post.role_code) & scope_of(post.division_code)
    givers = _givers(by, at)
    for role, division in givers:
        mine |= Q(role_code=role, division_code=division)
    rows = (
        CaseStep.objects.filter(mine, state=StepState.OPEN)
        .select_related("case")
        .defer("case__form")
        .order_by("due_at", "id")[:limit]
    )
    found = list(rows)
    names = orgs.division_names({one.case.division_code for one in found})
    return [_todo(one, by, at, givers, names) for one in found]


def scope_of(division_code: str) -> Q:
    """Return the condition for steps at a division or below it."""
    prefix = divisions.prefix(division_code)
    return Q(division_code__gte=prefix, division_code__lt=prefix + ":")


def _givers(by: Actor, at: datetime) -> dict[tuple[str, str], str]:
    today = clock.local_date(at)
    rows = Delegation.objects.filter(
        to_person_id=by.person_id, revoked_at__isnull=True, start_date__lte=today,
        end_date__gte=today,
    ).select_related("organisation", "from_person")  # fmt: skip
    return {(one.role_code, one.organisation.division_id): one.from_person.name for one in rows}


def _todo(
    row: CaseStep,
    by: Actor,
    at: datetime,
    givers: Mapping[tuple[str, str], str],
    names: Mapping[str, str],
) -> Todo:
    matter = editions.of(row.case)
    has_post = row.role_code in by.roles_at(row.division_code)
    return Todo(
        case=_line(row.case, names),
        step_key=row.step_key,
        word=matter.step(row.step_no).word if matter else row.step_key,
        line_no=row.line_no,
        opened_at=row.opened_at or at,
        due_at=row.due_at,
        is_overdue=row.due_at is not None and row.due_at < at,
        for_name="" if has_post else givers.get((row.role_code, row.division_code), ""),
    )


def _line(case: Case, names: Mapping[str, str]) -> CaseLine:
    return CaseLine(
        number=case.number,
        title=case.title,
        village=names.get(case.division_code, case.division_code),
        amount_fen=case.amount_fen,
        tier=case.tier,
        state=case.state,
        state_text=CaseState(case.state).label,
        created_at=case.created_at,
    )


def search(*, by: Actor, narrowed: CaseFilter, page: int = 1) -> Page:
    """Return one page of the cases in scope, newest first.

    `text` is a case number, a part of a title, or the name of a village. A county has cases by
    the hundred thousand: beyond `COUNT_MAX` they are neither counted nor shown.
    """
    rows = visible_cases(by).defer("form")
    text = narrowed.text.strip()[:60]
    if text:
        villages = Division.objects.filter(name__contains=text).values_list("code", flat=True)
        rows = rows.filter(
            Q(number__startswith=text)
            | Q(title__contains=text)
            | Q(division_code__in=list(villages[:500]))
        )
    if narrowed.state:
        rows = rows.filter(state=narrowed.state)
    if narrowed.division_code:
        rows = rows.filter(scope_of(narrowed.division_code))
    if narrowed.is_mine:
        rows = rows.filter(started_by_id=by.person_id)
    counted = rows.order_by()[: COUNT_MAX + 1].count()
    total = min(counted, COUNT_MAX)
    page_count = max(1, -(-total // PAGE_SIZE))
    at_page = min(max(page, 1), page_count)
    start = (at_page - 1) * PAGE_SIZE
    found = list(rows.order_by("-created_at", "-id")[start : start + PAGE_SIZE])
    names = orgs.division_names({one.division_code for one in found})
    lines = tuple(_line(one, names) for one in found)
    return Page(lines, total, at_page, page_count, has_more=counted > COUNT_MAX)


def startable(*, by: Actor, text: str = "") -> list[Startable]:
    """Return the powers that match a search text; active ones the actor may start have bodies."""
    found = []
    for power in catalogue.powers():
        if text and text not in power.title and text.upper() not in power.code:
            continue
        matter = catalogue.get(power.code)
        bodies = _bodies(by, matter) if matter else ()
        starters = "、".join(role_title(role) for role in matter.starts) if matter else ""
        is_active = matter is not None
        found.append(Startable(power.code, power.title, power.group, is_active, bodies, starters))
    return sorted(found, key=lambda one: (not one.bodies, not one.is_active, one.code))


def _bodies(by: Actor, matter: Matter) -> tuple[tuple[str, str], ...]:
    places = {post.division_code for post in by.posts if post.role_code in matter.starts}
    kinds = ("collective", "village_committee", "enterprise")
    rows = Organisation.objects.filter(division_id__in=places, kind__in=kinds).order_by("id")
    return tuple((one.ext_id, one.name) for one in rows)


def case_page(*, by: Actor, number: str, at: datetime) -> CasePage:
    """Return everything the page of a case shows.

    Raises: NotFound.
    """
    case = access_case(by=by, number=number)
    matter = editions.of(case) or catalogue.matters()[case.matter_code]
    rows = list(
        CaseStep.objects.filter(case=case)
        .select_related("actor", "delegate_of")
        .order_by("round", "line_no", "step_no")
    )
    names = orgs.division_names([case.division_code])
    return CasePage(
        case=_line(case, names),
        matter=matter,
        organisation=case.organisation.name,
        organisation_ext_id=case.organisation.ext_id,
        round=case.round,
        content_digest=case.content_digest,
        form={key: value for key, value in case.form.items() if key != "lines"},
        lines=tuple(_shown(one) for one in _lines(case)),
        chain=_chain(case, matter, rows, at),
        files=tuple(evidence.attachments("case", number)),
        invoices=tuple(evidence.invoices_of(number)),
        check=gates.last(number),
        decision=Decision.objects.filter(ext_id=case.decision_ext_id or "-").first(),
        history=tuple(audit.history("case", number)),
        is_starter=by.person_id is not None and case.started_by_id == by.person_id,
        is_editable=case.state in rules.EDITABLE,
        mine=_mine(by, rows, at),
        saved_at=case.saved_at,
        entries=_entries(case, matter),
        panel=registry.panel_of(case.matter_code, number),
    )


def _entries(case: Case, matter: Matter) -> tuple[Entry, ...]:
    """Return what was written down in the steps, in the order it was."""
    words = {step.no: step.word for step in matter.steps}
    found = CaseEntry.objects.filter(case=case).select_related("actor").order_by("id")
    rows = [(one, f"{case.number}:{one.step_no}:{one.number}") for one in found]
    files = evidence.attachments_of("case_entry", [key for _, key in rows]) if rows else {}
    return tuple(
        Entry(
            step_no=one.step_no,
            number=one.number,
            word=words.get(one.step_no, one.step_key),
            actor=one.actor.name,
            recorded_at=one.recorded_at,
            form=one.form,
            files=tuple(files.get(key, ())),
        )
        for one, key in rows
    )


def _lines(case: Case) -> list[dict[str, str]]:
    """Return the payee lines: of the form while it may change, of the payments afterwards."""
    kept: list[dict[str, str]] | None = case.form.get("lines")
    return effects.typed_lines(case.number) if kept is None else kept


def _shown(line: Mapping[str, str]) -> dict[str, str]:
    """Return a payee line without its ciphertext; the account as stars and tail."""
    shown = {key: value for key, value in line.items() if not key.startswith("sealed_")}
    shown.pop("account_index", None)
    tail = shown.pop("account_tail", "")
    shown["account"] = f"****{tail}" if tail else ""
    return shown


def _mine(by: Actor, rows: list[CaseStep], at: datetime) -> int | None:
    givers = _givers(by, at) if by.person_id is not None else {}
    for row in rows:
        if row.state != StepState.OPEN:
            continue
        holds = row.role_code in by.roles_at(row.division_code)
        if holds or (row.role_code, row.division_code) in givers:
            return row.line_no
    return None


_STATES = {
    StepState.APPROVED: "done",
    StepState.RETURNED: "returned",
    StepState.REJECTED: "rejected",
    StepState.OPEN: "open",
    StepState.SKIPPED: "skipped",
    StepState.WAITING: "waiting",
}


def _chain(case: Case, matter: Matter, rows: list[CaseStep], at: datetime) -> tuple[ChainStep, ...]:
    """Return the steps that were, are and will be: earlier rounds first, then what is to come."""
    base = {step.no for step in rules.chain(matter, "T0", is_concurrent=False)}
    steps = {step.no: step for step in matter.steps}
    found = [_past(one, matter, steps, base, at) for one in rows if one.step_no in steps]
    if case.state in (CaseState.REJECTED, CaseState.WITHDRAWN):
        return tuple(found)
    known = {one.step_no for one in rows if one.round == case.round and not one.line_no}
    is_open_again = case.state in rules.EDITABLE
    is_paid = case.state in (CaseState.SETTLED, CaseState.DONE)
    to_come = rules.chain(
        matter,
        case.tier or "T0",
        is_concurrent=bool(case.route.get("concurrent")),
        skipped=case.route.get("skipped", ()),
    )
    found += [
        _coming(case, step, base, is_paid=is_paid)
        for step in to_come
        if step.no not in known or is_open_again
    ]
    return tuple(found)


def _past(
    row: CaseStep, matter: Matter, steps: Mapping[int, Step], base: set[int], at: datetime
) -> ChainStep:
    step = steps[row.step_no]
    people: tuple[str, ...] = ()
    if row.state == StepState.OPEN:
        holders = orgs.holders(row.role_code, row.division_code, clock.local_date(at))
        people = tuple(one.name for one in holders)
    return ChainStep(
        no=step.no,
        label=step.label,
        key=step.key,
        word=step.word if row.state == StepState.OPEN else step.done_word,
        role="经办人" if row.role_code == "handler" else role_title(row.role_code),
        state=_STATES[StepState(row.state)],
        line_no=row.line_no,
        actor=row.actor.name if row.actor else "",
        delegate_of=row.delegate_of.name if row.delegate_of else "",
        acted_at=row.acted_at,
        due_at=row.due_at,
        opinion=row.opinion,
        reason=matter.reasons.get(row.reason_code, ""),
        people=people,
        is_added=step.no not in base,
    )


def _coming(case: Case, step: Step, base: set[int], *, is_paid: bool) -> ChainStep:
    detour = case.route.get("detours", {}).get(str(step.no))
    role = {"handler": "经办人", "system": "系统"}.get(step.role) or role_title(detour or step.role)
    is_done = is_paid and step.kind == "system"
    return ChainStep(
        no=step.no, label=step.label, key=step.key,
        word=step.done_word if is_done else step.word, role=role,
        state="done" if is_done else "waiting", line_no=0, actor="", delegate_of="",
        acted_at=case.closed_at if is_done else None, due_at=None, opinion="", reason="",
        people=(), is_added=step.no not in base,
    )  # fmt: skip


def decisions(*, by: Actor, division_code: str) -> list[Decision]:
    """Return the passed decisions of a village, newest first, for the form's list."""
    scope.require(by, SEE, division_code)
    rows = Decision.objects.filter(division_code=division_code, status="passed")
    return list(rows.order_by("-passed_at")[:200])


def sources(*, by: Actor, division_code: str, kind: str = "") -> list[SourceMatter]:
    """Return the approved matters of a village that payments may come from, newest first."""
    scope.require(by, SEE, division_code)
    rows = SourceMatter.objects.filter(division_code=division_code, status="approved")
    if kind:
        rows = rows.filter(kind=kind)
    return list(rows.order_by("-approved_at", "-id")[:200])


def delegations(*, by: Actor) -> list[Delegation]:
    """Return the delegations the actor gave or got, newest first."""
    rows = Delegation.objects.select_related("from_person", "to_person", "organisation")
    mine = Q(from_person_id=by.person_id) | Q(to_person_id=by.person_id)
    return list(rows.filter(mine).order_by("-created_at")[:100])
