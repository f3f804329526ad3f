"""The one place where cases call the payments room; every call it makes is here.

Case forms use the words of the matter file; this module turns them into those of payments.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count

from sanzi.audit import personal
from sanzi.evidence.actions.slips import PaidLine
from sanzi.kernel import money
from sanzi.matters.catalogue import Matter
from sanzi.orgs import secrets
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Counterparty, CounterpartyOwner, Person
from sanzi.payments.actions import locking, orders, release
from sanzi.payments.errors import OrderTampered
from sanzi.payments.models import Payment, PaymentOrder

__all__ = ["Counts", "OrderTampered", "PayeeProblem"]

SETTLED = frozenset({"SETTLED"})
FAILED = frozenset({"REJECTED", "NOT_EXECUTED", "RETURNED", "CANCELLED"})


@dataclass(frozen=True)
class PayeeProblem:
    """One payee line that the bank has not confirmed; `found` is empty while it was not asked."""

    line_no: int
    found: str


@dataclass(frozen=True)
class Counts:
    """How many payments of a case settled, failed, or still travel."""

    settled: int
    failed: int
    in_flight: int


def payee_line(typed: Mapping[str, str]) -> orders.PayeeLine:
    """Return a typed line (numbers sealed) as payments take it.

    Raises: BadAmount.
    """
    return orders.PayeeLine(
        kind=typed.get("kind", "person"),
        payee_name=typed.get("name", ""),
        amount_fen=money.parse_yuan(typed.get("amount", "")),
        ext_id=typed.get("payee_id", ""),
        account=secrets.reveal("account", typed.get("sealed_account", "")),
        bank_code=typed.get("bank_code", ""),
        id_no=secrets.reveal("id_no", typed.get("sealed_id_no", "")),
        note=typed.get("note", "")[:60],
    )


def save_draft(
    *,
    number: str,
    organisation: str,
    form: Mapping[str, str],
    lines: Sequence[Mapping[str, str]],
    by: Actor,
    at: datetime,
) -> int:
    """Make the draft order of a case say what the form says; return its amount in fen.

    Raises: what payments refuse.
    """
    fields = orders.OrderFields(
        organisation=organisation,
        purpose=form.get("purpose", ""),
        subject_code=form.get("subject_code", ""),
        source_kind=form.get("source_kind", ""),
        source_id=form.get("source_id", ""),
        contract_id=form.get("contract_id", ""),
        handler=form.get("handler_person_id", ""),
        method=form.get("method") or "transfer",
        fund_code=form.get("fund_code", ""),
        budget_line=form.get("budget_line_id", ""),
        debit_account=form.get("debit_account_id", ""),
    )
    summary = orders.save_draft(
        case_number=number,
        by=by,
        at=at,
        fields=fields,
        lines=[payee_line(line) for line in lines],
    )
    return summary.amount_fen


def submit(*, number: str, by: Actor, at: datetime) -> None:
    """Close the order for changes."""
    orders.submit(case_number=number, by=by, at=at)


def take_back(*, number: str, by: Actor, at: datetime) -> None:
    """Open the order for changes again: the case was returned."""
    orders.take_back(case_number=number, by=by, at=at)


def cancel(*, number: str, by: Actor, at: datetime) -> None:
    """Give the order up, when there is one: the case was withdrawn or rejected."""
    if PaymentOrder.objects.filter(case_number=number).exists():
        orders.cancel(case_number=number, by=by, at=at)


def approve(*, number: str, by: Actor, at: datetime) -> None:
    """Fix what was approved."""
    orders.approve(case_number=number, by=by, at=at)


def run(effect: str, *, number: str, by: Actor, at: datetime) -> None:
    """Do the money step of a case: `instruct` (maker) or `release` (checker)."""
    if effect == "instruct":
        release.instruct(case_number=number, by=by, at=at)
    else:
        release.release(case_number=number, by=by, at=at)


def reopen_line(
    *, number: str, line_no: int, corrected: Mapping[str, str], by: Actor, at: datetime
) -> None:
    """Correct the account of one line that the bank sent back."""
    orders.reopen_line(
        case_number=number, line_no=line_no, corrected=payee_line(corrected), by=by, at=at
    )


def lock(number: str) -> None:
    """Lock the order of a case before the case: the bank's answers lock in that order too."""
    locking.lock_order_of(number)


def payee_problems(number: str, line_no: int = 0) -> list[PayeeProblem]:
    """Return the lines that the bank has not confirmed, in order; one line when it is named."""
    rows = Payment.objects.filter(
        order__case_number=number, payee_check__in=["", *orders.UNPAYABLE]
    )
    if line_no:
        rows = rows.filter(line_no=line_no)
    return [
        PayeeProblem(
            line_no=one.line_no,
            found=orders.UNPAYABLE.get(one.payee_check, "").format(name=one.payee_name),
        )
        for one in rows.order_by("line_no").iterator()
    ]


def payee_people(number: str) -> set[int]:
    """Return the persons who gain: payees, and owners and heads of paid firms."""
    rows = Payment.objects.filter(order__case_number=number)
    pairs = rows.values_list("payee_person_id", "payee_counterparty_id")
    people = {person for person, _ in pairs if person}
    return people | _people_of_firms({firm for _, firm in pairs if firm})


def people_named(matter: Matter, form: Mapping[str, Any]) -> set[int]:
    """Return the persons a form names as parties, and the owners and heads of such firms."""
    keys: dict[str, set[str]] = {"person": set(), "counterparty": set()}
    for one in matter.fields:
        columns = [one, *one.columns]
        rows = form.get(one.key) or [] if one.type == "rows" else [form]
        for column in columns:
            if column.is_party and column.type in keys:
                keys[column.type] |= {str(row.get(column.key) or "") for row in rows}
    people = set(Person.objects.filter(ext_id__in=keys["person"]).values_list("pk", flat=True))
    firms = Counterparty.objects.filter(ext_id__in=keys["counterparty"])
    return people | _people_of_firms(set(firms.values_list("pk", flat=True)))


def _people_of_firms(firms: Collection[int]) -> set[int]:
    people: set[int | None] = set()
    if firms:
        owners = CounterpartyOwner.objects.filter(counterparty_id__in=firms)
        people |= set(owners.values_list("person_id", flat=True))
        for pair in Counterparty.objects.filter(pk__in=firms).values_list(
            "person_id", "legal_rep_person_id"
        ):
            people.update(pair)
    return {one for one in people if one is not None}


def paid_lines(number: str) -> list[PaidLine]:
    """Return the payee lines of a case as they are held against its slips."""
    rows = Payment.objects.filter(order__case_number=number).exclude(status="CANCELLED")
    return [
        PaidLine(
            line_no=one.line_no,
            kind=one.payee_kind,
            payee_name=one.payee_name,
            amount_fen=one.amount_fen,
            person_index=one.payee_person.id_no_index if one.payee_person else "",
        )
        for one in rows.select_related("payee_person").order_by("line_no")
    ]


def order_digest(number: str) -> str:
    """Return the digest of organisation, account, payees and amounts as they stand now."""
    order = (
        PaymentOrder.objects.select_related("organisation", "debit_account")
        .filter(case_number=number)
        .first()
    )
    return locking.digest_of(order, locking.lines_of(order)) if order else ""


def typed_lines(number: str) -> list[dict[str, str]]:
    """Return the payee lines of a case as its form keeps them while it may change."""
    rows = Payment.objects.filter(order__case_number=number).select_related(
        "payee_person", "payee_counterparty", "payee_organisation"
    )
    found = []
    for one in rows.order_by("line_no"):
        payee = one.payee_person or one.payee_counterparty or one.payee_organisation
        found.append(
            {
                "kind": one.payee_kind,
                "payee_id": payee.ext_id if payee else "",
                "name": one.payee_name,
                "bank_code": one.bank_code,
                "amount": money.format_yuan(one.amount_fen),
                "note": one.note,
                "sealed_account": one.sealed_account,
                "account_tail": one.account_tail,
                "account_index": one.account_index,
            }
        )
    return found


def payees_for_log(number: str) -> list[list[object]]:
    """Return (line, payee's ext id, name and account, fen) of a case as the log keeps them.

    Of a person the name and account are ciphertext under his own key; firms stand in the clear.
    """
    lines = [
        (one["kind"], one["payee_id"], f"{one['name']} 尾号{one['account_tail']}", one["amount"])
        for one in typed_lines(number)
    ]
    people = [(key, said) for kind, key, said, _ in lines if kind == "person"]
    sealed = iter(personal.seal(people))
    return [
        [place, key, next(sealed) if kind == "person" else said, money.parse_yuan(amount)]
        for place, (kind, key, said, amount) in enumerate(lines, start=1)
    ]


def counts(number: str) -> Counts:
    """Return how the payments of a case stand."""
    found = dict(
        Payment.objects.filter(order__case_number=number)
        .exclude(status="CANCELLED", attempt_no=0)
        .values_list("status")
        .annotate(Count("id"))
    )
    settled = sum(count for status, count in found.items() if status in SETTLED)
    failed = sum(count for status, count in found.items() if status in FAILED)
    return Counts(settled, failed, sum(found.values()) - settled - failed)
