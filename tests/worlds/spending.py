"""Spending in the small world, built through the models: a case, its order, its payments."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from sanzi.evidence.models import Invoice
from sanzi.matters.models import Case, CaseState, CaseStep, SourceMatter, StepState
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.models import (
    BankAccount,
    BudgetLine,
    OrderState,
    Payment,
    PaymentOrder,
    PaymentStatus,
)
from worlds.village import AT, World

STATES = {
    "draft": (CaseState.DRAFT, OrderState.DRAFT, PaymentStatus.DRAFT),
    "submitted": (CaseState.SUBMITTED, OrderState.SUBMITTED, PaymentStatus.SUBMITTED),
    "approved": (CaseState.APPROVED, OrderState.APPROVED, PaymentStatus.APPROVED),
    "paid": (CaseState.SETTLED, OrderState.SETTLED, PaymentStatus.SETTLED),
    "withdrawn": (CaseState.WITHDRAWN, OrderState.CANCELLED, PaymentStatus.CANCELLED),
    "returned": (CaseState.RETURNED, OrderState.DRAFT, PaymentStatus.DRAFT),
}


def firm(ext_id: str, owner: Person | None = None) -> Counterparty:
    """Add a firm, with the legal representative when one is given."""
    return Counterparty.objects.create(
        ext_id=ext_id, kind="company", name=f"清河{ext_id}有限公司", legal_rep_person=owner
    )


def account(ext_id: str, person: Person) -> BankAccount:
    """Add a person's bank account; its blind index is `hash-<ext_id>`."""
    return BankAccount.objects.create(
        ext_id=ext_id,
        person=person,
        sealed_number="x",
        number_index=f"hash-{ext_id}",
        tail="0001",
        holder_name=person.name,
        kind="personal",
        bank_code="402345678901",
    )


def source(world: World, ext_id: str, kind: str = "procurement", **fields: Any) -> SourceMatter:
    """Add an approved source matter of the willow village."""
    body = world.bodies["willow"]
    return SourceMatter.objects.create(
        ext_id=ext_id,
        kind=kind,
        organisation=body,
        division_code=body.division_id,
        title=ext_id,
        approved_at=AT - timedelta(days=90),
        **fields,
    )


def budget(world: World, ext_id: str, amount_fen: int) -> BudgetLine:
    """Add a budget line of the willow village."""
    return BudgetLine.objects.create(
        ext_id=ext_id,
        organisation=world.bodies["willow"],
        year=2026,
        subject_code="51402",
        name="维护",
        amount_fen=amount_fen,
    )


def spend(
    world: World,
    number: str,
    payees: list[tuple[Any, int]],
    *,
    state: str = "draft",
    at: datetime = AT,
    body: str = "willow",
    **order: Any,
) -> PaymentOrder:
    """Add a case that pays persons, firms or bodies, handed in at `at` unless it is a draft."""
    case_state, order_state, status = STATES[state]
    organisation = world.bodies[body]
    total = sum(amount for _, amount in payees)
    handed_in = None if state == "draft" else at
    Case.objects.create(
        number=number,
        matter_code="M10",
        matter_version="1",
        organisation=organisation,
        division_code=organisation.division_id,
        title=number,
        amount_fen=total,
        state=case_state,
        started_by_id=world.users["cashier_reporter"].person_id,
        created_at=at - timedelta(hours=1),
        saved_at=at,
        submitted_at=handed_in,
    )
    made = PaymentOrder.objects.create(
        ext_id=f"O-{number}",
        case_number=number,
        organisation=organisation,
        division_code=organisation.division_id,
        matter_code="M10",
        amount_fen=total,
        payment_count=len(payees),
        state=order_state,
        created_at=at - timedelta(hours=1),
        submitted_at=handed_in,
        **{
            "subject_code": "51402",
            "purpose": "维修",
            "source_kind": "procurement",
            "source_id": "S1",
            "handler": world.people["committee_member"],
            **order,
        },
    )
    Payment.objects.bulk_create(
        _payment(made, line_no, payee, amount, status)
        for line_no, (payee, amount) in enumerate(payees, start=1)
    )
    return made


def _payment(
    order: PaymentOrder, line_no: int, payee: Any, amount: int, status: PaymentStatus
) -> Payment:
    kinds = {Person: "person", Organisation: "org"}
    kind = kinds.get(type(payee), "counterparty")
    return Payment(
        ext_id=f"{order.case_number}-{line_no}",
        order=order,
        line_no=line_no,
        payee_kind=kind,
        payee_person=payee if kind == "person" else None,
        payee_organisation=payee if kind == "org" else None,
        payee_counterparty=payee if kind == "counterparty" else None,
        payee_name=payee.name,
        account_index=f"acc-{payee.ext_id}",
        amount_fen=amount,
        status=status,
    )


def sign(world: World, number: str, role: str, person: Person, at: datetime = AT) -> CaseStep:
    """Add an approved step to a case."""
    case = Case.objects.get(number=number)
    last = case.steps.order_by("-step_no").first()
    return CaseStep.objects.create(
        case=case,
        round=1,
        step_no=last.step_no + 1 if last else 1,
        step_key=role,
        role_code=role,
        division_code=case.division_code,
        state=StepState.APPROVED,
        acted_at=at,
        actor=person,
    )


def sign_all(world: World, number: str, at: datetime = AT) -> None:
    """Add every step of the chain that the smallest payment needs; the clerk says it is true."""
    chain = ("committee_member", "supervision_head", "agency_cashier", "agency_accountant",
             "village_secretary")  # fmt: skip
    case = Case.objects.get(number=number)
    CaseStep.objects.bulk_create(
        CaseStep(
            case=case,
            round=1,
            step_no=step_no,
            step_key=role,
            role_code=role,
            division_code=case.division_code,
            state=StepState.APPROVED,
            acted_at=at,
            actor=world.people["village_clerk" if role == "committee_member" else role],
        )
        for step_no, role in enumerate(chain, start=3)
    )


def invoice(ext_id: str, payment_ext_id: str, key: str, seller: str, amount_fen: int) -> Invoice:
    """Add an invoice to a payment."""
    return Invoice.objects.create(
        ext_id=ext_id,
        payment_ext_id=payment_ext_id,
        kind="e_invoice",
        key_index=key,
        number=ext_id,
        seller_name=seller,
        amount_fen=amount_fen,
    )
