"""Labour: more days than asked for, a day without its photos, wages that nobody declares."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fires import nights
from sanzi.matters.actions import cases
from sanzi.matters.models import Case
from sanzi.registers.labour.models import LabourDeclaration, LabourRequest
from sanzi.supervision.models import Verdict
from worlds import labour as world
from worlds.labour import ASKED, DECLARED, EVENING, Labour

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = ("labour-late-declare", "labour-over-plan", "labour-photo-missing")
DAY = timedelta(days=1)
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
