"""Wages: declared, held, released, accepted, shown, and listed for payment."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanzi.orgs.errors import NotFound
from sanzi.payments.models import BankAccount
from sanzi.registers.labour import errors
from sanzi.registers.labour.actions import declarations, requests
from sanzi.registers.labour.models import LabourDay, LabourDeclaration, LabourPhoto
from sanzi.registers.labour.queries import wages
from worlds import labour as world
from worlds.labour import CASE, DECLARED, EVENING, Labour, row

pytestmark = pytest.mark.django_db


def accept(labour: Labour, request: str, role: str = "supervision_head") -> date:
    return declarations.accept(
        request=request, opinion="活干完了", by=labour.actor(role, DECLARED), at=DECLARED
    )


def declare(labour: Labour, request: str, at=DECLARED, role: str = "cashier_reporter") -> str:
    return declarations.declare(request=request, by=labour.actor(role, at), at=at)


def test_wages_are_declared_accepted_shown_and_closed(labour: Labour) -> None:
    request = world.declared(labour)

    assert accept(labour, request) == date(2026, 11, 22)

    made = LabourDeclaration.objects.get()
    assert (made.total_fen, made.day_count, made.state) == (60_000, 4, "ACCEPTED")
    assert wages.payable_from(world.found(request)) == date(2026, 11, 22)
    requests.close(case_number=CASE, by=labour.actor("cashier_reporter"), at=DECLARED)
    assert world.found(request).state == "CLOSED"


def test_each_worker_is_paid_to_his_own_account(labour: Labour) -> None:
    request = world.found(world.worked(labour))
    BankAccount.objects.filter(person=labour.workers[3]).update(closed_date=date(2026, 1, 1))

    found = wages.wages_of(request)

    assert [one.amount_fen for one in found] == [15_000] * 4
    assert [one.account for one in found] == [
        "6228480000000000001", "6228480000000000002", "6228480000000000003", "",
    ]  # fmt: skip


def test_nothing_is_declared_before_it_is_done_and_checked(labour: Labour) -> None:
    request = world.approved(labour)
    with pytest.raises(errors.NothingDone):
        declare(labour, request)
    world.shoot(labour, request)
    world.enter(labour, request)
    with pytest.raises(errors.NotChecked):
        declare(labour, request)
    with pytest.raises(NotFound):
        declare(labour, request, role="stone_cashier")
    with pytest.raises(NotFound):
        declare(labour, request, role="committee_member")

    assert not LabourDeclaration.objects.exists()
    assert world.found(request).state == "APPROVED"


def test_a_declaration_within_four_hours_is_held_until_released(labour: Labour) -> None:
    at = EVENING - timedelta(hours=10)
    request = world.approved(labour, at=at, planned_start_at=at)
    world.shoot(labour, request)
    late = at + timedelta(hours=1)
    world.enter(labour, request, row(labour.workers[0], start_at=late, end_at=EVENING, minutes=120))
    world.check(labour, request)
    LabourDay.objects.update()
    too_soon = at + timedelta(hours=3, minutes=59)
    declare(labour, request, too_soon)

    assert LabourDeclaration.objects.get().hold == "quick"
    with pytest.raises(errors.DeclarationHeld) as told:
        accept(labour, request)
    assert "不到4小时" in told.value.text
    leader = labour.actor("town_leader", DECLARED)
    with pytest.raises(errors.ReasonNeeded):
        declarations.release(request=request, reason=" ", by=leader, at=DECLARED)
    with pytest.raises(NotFound):
        declarations.release(
            request=request, reason="活是真的", by=labour.actor("village_secretary"), at=DECLARED
        )
    assert LabourDeclaration.objects.get().state == "HELD"

    declarations.release(request=request, reason="看过现场，活是真的", by=leader, at=DECLARED)
    accept(labour, request)
    assert LabourDeclaration.objects.get().state == "ACCEPTED"


def test_more_than_was_asked_for_is_held(labour: Labour) -> None:
    request = world.declared(labour, person_days_planned=3)

    assert LabourDeclaration.objects.get().hold == "over_plan"
    assert world.found(request).state == "DECLARED"


def test_a_photo_used_before_holds_the_wages(labour: Labour) -> None:
    request = world.worked(labour)
    LabourPhoto.objects.filter(phase="after").update(doubts="alike")

    declare(labour, request)

    assert LabourDeclaration.objects.get().hold == "photos"


def test_a_declaration_given_back_is_declared_again(labour: Labour) -> None:
    request = world.declared(labour)
    head = labour.actor("supervision_head", DECLARED)
    with pytest.raises(errors.ReasonNeeded):
        declarations.send_back(request=request, reason="", by=head, at=DECLARED)

    declarations.send_back(request=request, reason="少记了一天", by=head, at=DECLARED)
    with pytest.raises(errors.NotOpen):
        accept(labour, request)
    declare(labour, request)

    states = LabourDeclaration.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["RETURNED", "DECLARED"]


def test_who_declared_or_dispatched_does_not_accept(labour: Labour) -> None:
    request = world.declared(labour)
    LabourDeclaration.objects.update(declared_by=labour.money.world.people["supervision_head"])

    with pytest.raises(errors.DeclarerAccepts):
        accept(labour, request)
    with pytest.raises(NotFound):
        accept(labour, request, role="committee_member")

    assert LabourDeclaration.objects.get().state == "DECLARED"
    with pytest.raises(errors.NotOpen):
        declare(labour, request)
