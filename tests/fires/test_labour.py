"""Labour: more days than asked for, a day without its photos, wages that nobody declares."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from fires import lists, nights
from sanzi.matters.actions import cases
from sanzi.matters.models import Case
from sanzi.orgs import secrets
from sanzi.orgs.actions import appointments
from sanzi.orgs.models import Person
from sanzi.registers.labour.actions import declarations
from sanzi.registers.labour.models import LabourDay, LabourDeclaration, LabourRequest
from sanzi.supervision.models import Verdict
from worlds import labour as world
from worlds.labour import ASKED, DECLARED, EVENING, Labour

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "labour-cadre-payee", "labour-ineligible-person", "labour-late-declare", "labour-over-plan",
    "labour-photo-missing", "labour-quick-declare",
)  # fmt: skip
DAY, HOUR, HALF = timedelta(days=1), timedelta(hours=1), timedelta(minutes=30)
FORM = {
    "work_kind": "ditch", "reason": "雨季前清理排水沟", "planned_start_at": "2026-11-17T08:00",
    "planned_end_at": "2026-11-19T17:00", "headcount_planned": "4", "rate_code": "general",
    "budget": "1200", "is_emergency": "no", "budget_line_id": "BL-1",
}  # fmt: skip


@pytest.fixture
def labour() -> Labour:
    """A village with a rate card and four people on its labour list."""
    return world.build()


def worked(labour: Labour, place: str, planned: int = 8, *, after: timedelta = 0 * DAY) -> str:
    """Bring work of four people to the evening of its day; return its case."""
    people = labour.money.world.people
    by = labour.actor("committee_member", ASKED)
    number = cases.start(matter_code="M09", organisation_ext_id="O-WILLOW", by=by, at=ASKED)
    form = {
        **FORM, "place": place, "person_days_planned": str(planned),
        "dispatcher_person_id": people["committee_member"].ext_id,
        "checker_person_id": people["supervision_head"].ext_id,
    }  # fmt: skip
    cases.save(number=number, by=by, at=ASKED, form=form)
    cases.submit(number=number, by=by, at=ASKED)
    for role in ("supervision_head", "village_secretary"):
        seen = Case.objects.get(number=number).content_digest
        cases.act(
            number=number, by=labour.actor(role, ASKED), at=ASKED,
            opinion=cases.Opinion("approve", seen),
        )  # fmt: skip
    request = LabourRequest.objects.get(case_number=number).ext_id
    world.shoot(labour, request, "before")
    world.shoot(labour, request, "after", mark=6, at=EVENING + after)
    world.enter(labour, request)
    world.check(labour, request)
    return number


def declare(labour: Labour, number: str) -> set[str]:
    """Declare the wages; return what the gate said."""
    by = labour.actor("cashier_reporter", DECLARED)
    cases.record(number=number, by=by, at=DECLARED, form={"note": "干完了"})
    found = Verdict.objects.filter(gate_check__subject_id=number, gate_check__gate="approve")
    return set(found.values_list("model_code", flat=True))


@pytest.mark.parametrize(
    ("planned", "days", "said"),
    [(8, 0, set()), (3, 0, {"labour-over-plan"}), (8, -1, {"labour-photo-missing"})],
)
def test_wages_wait_where_more_was_done_than_asked_for_or_not_shown(
    labour: Labour, planned: int, days: int, said: set[str]
) -> None:
    number = worked(labour, "村东排水沟", planned, after=days * DAY)

    assert declare(labour, number) == said

    assert LabourDeclaration.objects.get().state == ("HELD" if said else "DECLARED")


def test_work_that_nobody_declares_is_found_after_a_week(labour: Labour) -> None:
    number = worked(labour, "村东排水沟")
    request = LabourRequest.objects.get().ext_id
    code = "labour-late-declare"

    found = [nights.found(EVENING + days * DAY, code) for days in (7, 8)]
    assert found == [set(), {(code, request)}]
    declare(labour, number)
    assert nights.found(EVENING + 8 * DAY, code) == set()


def test_a_worker_who_was_dead_or_held_a_post_is_found_when_the_papers_come(
    labour: Labour, tmp_path: Path
) -> None:
    world.worked(labour)
    numbers = {"V1": "999901197001010011", "V2": "99990119700101002X"}
    for person, number in numbers.items():
        Person.objects.filter(ext_id=person).update(id_no_index=secrets.index("id_no", number))
    codes = "labour-cadre-payee", "labour-ineligible-person"
    assert nights.found(DECLARED, *codes) == set()

    lists.come(tmp_path, DECLARED, dead=[
        (numbers["V1"], date(2026, 10, 1)), (numbers["V2"], date(2026, 11, 19)),
    ])  # fmt: skip
    for person, first in (("V3", world.DAY), ("V4", world.DAY + DAY)):
        appointments.appoint(
            person=person, organisation="O-WILLOW", role_code="committee_member", start_date=first,
            end_date=None, document_ref="任〔2026〕9号",
            by=labour.actor("town_agri_head", DECLARED), at=DECLARED,
        )  # fmt: skip

    days = dict(LabourDay.objects.values_list("person__ext_id", "ext_id"))
    assert nights.found(DECLARED, *codes) == set(zip(codes, (days["V3"], days["V1"]), strict=True))


@pytest.mark.parametrize("hours", [3, 4])
def test_wages_declared_on_the_heels_of_the_request_wait(labour: Labour, hours: int) -> None:
    asked_at = world.EVENING - 3 * HOUR
    case = "999901101201-M09-2026-0007"
    request = world.approved(
        labour, case, at=asked_at, planned_start_at=asked_at + 2 * HOUR,
        planned_end_at=asked_at + DAY,
    )  # fmt: skip
    begun = asked_at + 2 * HOUR
    world.shoot(labour, request, "before", at=begun)
    world.shoot(labour, request, "after", mark=6, at=begun + HALF)
    short = {"start_at": begun, "end_at": begun + HALF, "minutes": 30}
    world.enter(
        labour, request, *(world.row(one, **short) for one in labour.workers), at=begun + HALF
    )
    world.check(labour, request, at=begun + HALF)
    at = asked_at + hours * HOUR
    declarations.declare(request=request, by=labour.actor("cashier_reporter", at), at=at)

    code = "labour-quick-declare"
    assert nights.found(at, code) == ({(code, request)} if hours < 4 else set())
