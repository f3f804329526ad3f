"""Who may do a step: role and place, delegation, who stands aside, who is next in line."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date
from typing import Any

from sanzi.kernel import divisions
from sanzi.matters import catalogue, editions, errors, followed, rules
from sanzi.matters.catalogue import Matter, Step
from sanzi.matters.models import Case, CaseStep, Delegation, StepState
from sanzi.matters.sense import ACTED
from sanzi.orgs import queries as orgs
from sanzi.orgs import scope
from sanzi.orgs.actors import Actor
from sanzi.orgs.errors import NotFound
from sanzi.orgs.roles import roles
from sanzi.orgs.roles import title as role_title


def parties(case: Case, matter: Matter, step: Step) -> rules.Parties:
    """Return whose case this is, as one of its steps asks.

    To write down what was done is open to who began the case and to kin, where its file says that
    the step may repeat the first one: a clerk hands over what he himself applied for.
    """
    begun = {one.key for one in matter.steps if one.kind == "starter"}
    if step.kind == "record" and begun & set(step.may_repeat):
        return rules.Parties(starter=None, handler=None, payees=frozenset())
    return rules.Parties(
        starter=case.started_by_id,
        handler=case.parties.get("handler"),
        payees=frozenset(case.parties.get("payees", ())),
    )


def chain(case: Case, matter: Matter) -> tuple[Step, ...]:
    """Return the steps of a submitted case."""
    return rules.chain(
        matter,
        case.tier,
        is_concurrent=bool(case.route.get("concurrent")),
        skipped=case.route.get("skipped", ()),
    )


def division_for(role_code: str, division_code: str) -> str:
    """Return the node at which a role acts for a village: itself, its town or its county."""
    role = roles().get(role_code)
    found = division_code
    while role is not None and divisions.level(found) != role.level:
        above = divisions.parent(found)
        if above is None:
            return division_code
        found = above
    return found


def place(case: Case, step: Step) -> tuple[str, str]:
    """Return (role, division) of a step of this case, detours of the route included."""
    detour = case.route.get("detours", {}).get(str(step.no))
    role = detour or step.role
    return role, division_for(role, case.division_code)


def route(case: Case, matter: Matter, on: date, skipped: Collection[str] = ()) -> dict[str, Any]:
    """Return the route of a case about to be submitted: added and skipped steps, other roles.

    Raises: NobodyLeft.
    """
    is_concurrent = _is_concurrent(case, matter, on)
    steps = rules.chain(matter, case.tier, is_concurrent=is_concurrent, skipped=skipped)
    acted: list[rules.Acted] = []
    detours = {}
    for step in steps:
        is_taken = step.kind == "starter" and case.household_id is not None
        if step.kind not in ACTED and not is_taken:
            continue
        role, people = _first_in_line(case, matter, step, acted, on)
        if role != step.role:
            detours[str(step.no)] = role
        if len(people) == 1:
            acted.append(rules.Acted(step.key, people[0]))
    found: dict[str, Any] = {}
    if is_concurrent:
        found["concurrent"] = True
    if detours:
        found["detours"] = detours
    if skipped:
        found["skipped"] = sorted(skipped)
    return found


def find_place(
    case: Case, matter: Matter, step: Step, rows: Sequence[CaseStep], on: date
) -> tuple[str, str]:
    """Return (role, division) of the first in line who may do a step now.

    Raises: NobodyLeft.
    """
    role, _ = _first_in_line(case, matter, step, _acted(case, rows), on)
    return role, division_for(role, case.division_code)


def _first_in_line(
    case: Case, matter: Matter, step: Step, acted: Sequence[rules.Acted], on: date
) -> tuple[str, list[int]]:
    for role in (step.role, *matter.next_in_line.get(step.role, ())):
        node = division_for(role, case.division_code)
        holders = {one.person_id for one in orgs.holders(role, node, on)}
        people = [
            person
            for person in sorted(holders)
            if not rules.stands_aside(person, orgs.kin_ids(person), parties(case, matter, step))
            and not rules.has_done(step, person, acted)
        ]
        if people:
            return role, people
    raise errors.NobodyLeft(step=step.word, role=role_title(step.role))


def _is_concurrent(case: Case, matter: Matter, on: date) -> bool:
    if not matter.concurrent_role:
        return False
    node = division_for(matter.concurrent_role, case.division_code)
    others = set(matter.concurrent_with)
    return any(
        post.role_code in others
        for one in orgs.holders(matter.concurrent_role, node, on)
        for post in orgs.posts_of(one.person_id, on)
    )


def rows_of(case: Case) -> list[CaseStep]:
    """Return the steps of a case that matter for a turn, in order."""
    return list(
        CaseStep.objects.filter(case_id=case.pk)
        .only(
            "round",
            "step_no",
            "step_key",
            "line_no",
            "role_code",
            "division_code",
            "state",
            "actor_id",
            "due_at",
            "reason_code",
            "opinion",
        )
        .order_by("round", "step_no", "line_no")
    )


def _acted(case: Case, rows: Sequence[CaseStep]) -> list[rules.Acted]:
    return [
        rules.Acted(one.step_key, one.actor_id)
        for one in rows
        if one.state == StepState.APPROVED
        and one.actor_id is not None
        and (one.line_no or case.route.get("since", case.round) <= one.round <= case.round)
    ]


def require_nobody_approved(case: Case, matter: Matter) -> None:
    """Refuse once anybody but who took the case has said yes or written something down.

    Raises: TakenAlready.
    """
    if followed.is_approved(case, matter):
        raise errors.TakenAlready


def require_turn(number: str, by: Actor, line_no: int) -> CaseStep:
    """Return the open step; refuse early, before a gate runs, when nothing is open.

    Raises: NotFound, NoOpenStep.
    """
    case = Case.objects.filter(number=number).only("division_code", "matter_code").first()
    if case is None or not scope.can(by, "matters.see", case.division_code):
        raise NotFound
    row = CaseStep.objects.filter(case=case, line_no=line_no, state=StepState.OPEN).first()
    if row is None:
        raise errors.NoOpenStep
    return row


def require_may_act(by: Actor, case: Case, row: CaseStep, on: date) -> int | None:
    """Return None when the actor holds the role, or the person he stands in for.

    Raises: NoOpenStep when he neither holds the role nor stands in for somebody who does.
    """
    if by.person_id is None:
        raise errors.NoOpenStep
    if row.role_code in by.roles_at(row.division_code):
        return None
    givers = Delegation.objects.filter(
        to_person_id=by.person_id,
        role_code=row.role_code,
        revoked_at__isnull=True,
        start_date__lte=on,
        end_date__gte=on,
        limit_fen__gte=case.amount_fen,
        organisation__division_id=row.division_code,
    ).values_list("from_person_id", flat=True)
    holders = {one.person_id for one in orgs.holders(row.role_code, row.division_code, on)}
    giver = next((one for one in givers if one in holders), None)
    if giver is None:
        raise errors.NoOpenStep
    return giver


def require_apart(
    by: Actor, case: Case, step: Step, rows: Sequence[CaseStep], delegate_of: int | None
) -> None:
    """Refuse a party, his kin, and whoever did a step that must be apart.

    The same holds for the person he stands in for.

    Raises: StandsAside, DidAnotherStep.
    """
    acted = _acted(case, rows)
    matter = editions.of(case) or catalogue.matters()[case.matter_code]
    whose = parties(case, matter, step)
    for person in (by.person_id, delegate_of):
        if person is None:
            continue
        why = rules.stands_aside(person, orgs.kin_ids(person), whose)
        if why:
            raise errors.StandsAside(why=why, role=role_title(step.role))
        other = rules.has_done(step, person, acted)
        if other:
            words = {one.key: one.word for one in matter.steps}
            raise errors.DidAnotherStep(done=words[other], step=step.word)
