"""What this room says to lower rooms: who may see and change a case's files, and the pay gate."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import connection, transaction

from sanzi.evidence import hooks as evidence_hooks
from sanzi.evidence.actions import release as proofs
from sanzi.evidence.errors import SubjectClosed
from sanzi.ledger import hooks as ledger_hooks
from sanzi.matters import gates, queries, rules
from sanzi.matters.actions import steps
from sanzi.matters.actions.needs import require_slips
from sanzi.matters.models import Case, CaseStep, Decision, StepState
from sanzi.orgs import scope
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.errors import NotFound
from sanzi.payments import hooks as payment_hooks
from sanzi.payments.queries import orders as order_queries


def register() -> None:
    """Register with evidence and payments; called once from `apps.ready`."""
    evidence_hooks.register("case", evidence_hooks.Subject(see_case, change_case))
    evidence_hooks.register("case_step", evidence_hooks.Subject(see_step, change_step))
    evidence_hooks.register("case_entry", evidence_hooks.Subject(see_step, change_nothing))
    evidence_hooks.register("decision", evidence_hooks.Subject(see_decision, change_decision))
    payment_hooks.on_release_gate(pay_gate)
    payment_hooks.on_step_asked(step_gate)
    evidence_hooks.register_standing(order_queries.standing)
    payment_hooks.on_tampering(tell_of_tampering)
    ledger_hooks.register_approvers(approvers)
    ledger_hooks.register_subjects(cases_of)


def see_case(by: Actor, number: str) -> None:
    """Refuse what is out of scope. Raises: NotFound."""
    queries.access_case(by=by, number=number)


def change_case(by: Actor, number: str, _at: datetime) -> str:
    """Return the audit chain when the starter may still change the case's files.

    Raises: NotFound, SubjectClosed.
    """
    rows = Case.objects.select_related("organisation").defer("form").filter(number=number)
    if connection.in_atomic_block:
        rows = rows.select_for_update(of=("self",))
    case = rows.first()
    if case is None:
        raise NotFound
    if by.household_id is None:
        scope.require(by, "matters.see", case.division_code)
    if not rules.is_starter(by, case.started_by_id, case.household_id):
        raise NotFound
    if case.state not in rules.EDITABLE:
        raise SubjectClosed
    return case.organisation.ext_id


def see_step(by: Actor, subject_id: str) -> None:
    """Refuse what is out of scope. Shapes: case number, step number and more. Raises: NotFound."""
    queries.access_case(by=by, number=subject_id.split(":", maxsplit=1)[0])


def change_step(by: Actor, subject_id: str, at: datetime) -> str:
    """Return the audit chain when the actor may do the open step with a form of its own.

    Raises: NotFound, SubjectClosed when another step is open, StandsAside, DidAnotherStep.
    """
    number, _, step_no = subject_id.partition(":")
    with transaction.atomic():
        turn = steps.open_turn(number, by, at)
        if turn.step.kind != "record" or str(turn.step.no) != step_no:
            raise SubjectClosed
        return turn.case.organisation.ext_id


def change_nothing(by: Actor, subject_id: str, _at: datetime) -> str:
    """Refuse: what was written down stays as it is. Raises: NotFound, SubjectClosed."""
    see_step(by, subject_id)
    raise SubjectClosed


def see_decision(by: Actor, ext_id: str) -> None:
    """Refuse what is out of scope. Raises: NotFound."""
    _decision(by, ext_id)


def change_decision(by: Actor, ext_id: str, _at: datetime) -> str:
    """Return the audit chain of a decision; its paper is put on once.

    Raises: NotFound, SubjectClosed when it has its paper.
    """
    found = _decision(by, ext_id)
    if not by.roles_at(found.division_code) & {"village_clerk", "cashier_reporter"}:
        raise NotFound
    if found.file_digest:
        raise SubjectClosed
    return found.organisation.ext_id


def _decision(by: Actor, ext_id: str) -> Decision:
    found = Decision.objects.select_related("organisation").filter(ext_id=ext_id).first()
    if found is None or not scope.can(by, "matters.see", found.division_code):
        raise NotFound
    return found


def pay_gate(request: payment_hooks.ReleaseRequest) -> None:
    """Run the pay gate seconds before the bank message, and take the case's invoices.

    Raises: Blocked, Held, InvoiceNotPayable, InvoiceUnverified, InvoiceOverused.
    """
    check = gates.run(gate="pay", number=request.case_number, by=request.by, at=request.at)
    gates.refuse_blocked(check)
    gates.refuse_held(request.case_number)
    case = Case.objects.filter(number=request.case_number).first()
    if case is not None:
        require_slips(case)
    proofs.claim(case_number=request.case_number, by=request.by, at=request.at)


def step_gate(step: payment_hooks.StepAsked) -> None:
    """Run the gate of a step on an order without a case, as a case's own step would.

    Raises: Blocked, and Held after the submission.
    """
    check = gates.run(gate=step.gate, number=step.case_number, by=step.by, at=step.at)
    gates.refuse_blocked(check)
    if step.gate != "submit":
        gates.refuse_held(step.case_number)


def approvers(payment_ext_ids: Collection[str]) -> set[int]:
    """Return the persons who approved the cases of these payments."""
    numbers = order_queries.case_numbers(payment_ext_ids)
    steps = CaseStep.objects.filter(case__number__in=numbers, state=StepState.APPROVED)
    return {person for person in steps.values_list("actor_id", flat=True) if person}


def cases_of(source_kind: str, source_ids: Collection[str]) -> list[tuple[str, str]]:
    """Return the cases on which the evidence of these payments hangs, as subjects."""
    if source_kind != "payment":
        return []
    return [("case", number) for number in sorted(set(order_queries.case_numbers(source_ids)))]


def tell_of_tampering(news: payment_hooks.Tampering) -> None:
    """Open the alert on a stopped order at once: nobody may have to wait for the night."""
    gates.open_alert(number=news.case_number, model_code="payment-altered", by=SYSTEM, at=news.at)
