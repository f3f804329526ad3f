"""Two approvers at the same moment: one step, one event, one of them is told so."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection, connections, transaction

from flushing import lifted_triggers
from sanzi.audit.models import Event
from sanzi.evidence.actions import invoices
from sanzi.evidence.actions import release as proofs
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Invoice
from sanzi.kernel.refusals import Refusal
from sanzi.matters.actions import cases
from sanzi.matters.actions.cases import Opinion
from sanzi.matters.models import Case, CaseStep
from worlds import cases as worlds_cases
from worlds.cases import AT, Desk

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def committed(transactional_db: None, gate: object, bank: object) -> Iterator[Desk]:
    yield worlds_cases.build()
    with lifted_triggers(), connection.cursor() as cursor:
        cursor.execute("DELETE FROM audit_event")


def at_once(*acts: Callable[[], object]) -> list[str]:
    """Run the acts in threads that start together; return `done` or the refusal's code of each."""
    gate, found = threading.Barrier(len(acts)), [""] * len(acts)

    def run(place: int, act: Callable[[], object]) -> None:
        gate.wait()
        try:
            act()
            found[place] = "done"
        except Refusal as refusal:
            found[place] = refusal.code
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(found)


def test_one_of_two_approvers_acts(committed: Desk) -> None:
    number = committed.submitted()
    by = committed.actor("committee_member")
    opinion = Opinion("approve", Case.objects.get().content_digest)

    found = at_once(*[lambda: cases.decide(number=number, by=by, at=AT, opinion=opinion)] * 2)

    assert found == ["done", "matters.no_open_step"]
    assert CaseStep.objects.filter(step_no=3).count() == 1
    assert CaseStep.objects.filter(step_no=4, state="OPEN").count() == 1
    assert Event.objects.filter(kind="matters.step.acted").count() == 1


def test_approve_and_withdraw_at_once_leave_one_truth(committed: Desk) -> None:
    number = committed.submitted()
    by, reporter = committed.actor("committee_member"), committed.actor("cashier_reporter")
    opinion = Opinion("approve", Case.objects.get().content_digest)

    found = at_once(
        lambda: cases.decide(number=number, by=by, at=AT, opinion=opinion),
        lambda: cases.withdraw(number=number, by=reporter, at=AT),
    )

    assert "done" in found
    assert Case.objects.get().state == "WITHDRAWN"
    assert not CaseStep.objects.filter(state="OPEN").exists()


def test_cases_started_at_once_have_numbers_without_gaps(committed: Desk) -> None:
    found = at_once(*[committed.start] * 4)

    assert found == ["done"] * 4
    numbers = sorted(Case.objects.values_list("number", flat=True))
    assert [one[-2:] for one in numbers] == ["01", "02", "03", "04"]


def test_two_payments_of_one_invoice_at_once_never_take_more_than_it_says(committed: Desk) -> None:
    numbers = [committed.start(), committed.start()]
    for number in numbers:
        invoices.record_invoice(
            by=committed.actor("cashier_reporter"), at=AT, case_number=number,
            fields=InvoiceFields(number="26332000000012345678", amount_fen=100_000),
            part_fen=60_000,
        )  # fmt: skip
    checker = committed.actor("agency_reviewer")

    def release(number: str) -> None:
        with transaction.atomic():
            proofs.claim(case_number=number, by=checker, at=AT)

    found = at_once(*[lambda number=number: release(number) for number in numbers])

    assert found == ["done", "evidence.invoice_overused"]
    assert Invoice.objects.filter(claimed_at__isnull=False).count() == 1
