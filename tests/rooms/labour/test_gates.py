"""The gates judge labour: a hold waits for its release, a red line takes the step with it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from sanzi.matters import errors, queries
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseEntry
from sanzi.registers.labour.models import LabourDay, LabourDeclaration, LabourRequest
from sanzi.supervision import queries as supervision
from sanzi.supervision.actions import release_hold
from sanzi.supervision.models import Check
from worlds import labour as world
from worlds.labour import ASKED, DECLARED, EVENING, MORNING, Labour

pytestmark = pytest.mark.django_db

FORM = {
    "work_kind": "road", "reason": "把路补一补", "place": "后塘路",
    "planned_start_at": "2026-11-17T08:00", "planned_end_at": "2026-11-19T17:00",
    "headcount_planned": "4", "person_days_planned": "8", "rate_code": "general",
    "budget": "1200", "is_emergency": "no", "budget_line_id": "BL-1",
}  # fmt: skip


def submitted(labour: Labour, **changed: str) -> str:
    people = labour.money.world.people
    by = labour.actor("committee_member", ASKED)
    number = cases.start(matter_code="M09", organisation_ext_id="O-WILLOW", by=by, at=ASKED)
    form = {
        **FORM, "dispatcher_person_id": people["committee_member"].ext_id,
        "checker_person_id": people["supervision_head"].ext_id, **changed,
    }  # fmt: skip
    cases.save(number=number, by=by, at=ASKED, form=form)
    cases.submit(number=number, by=by, at=ASKED)
    return number


def approve(labour: Labour, number: str, role: str, at: datetime = ASKED) -> Any:
    seen = Case.objects.get(number=number).content_digest
    opinion = cases.Opinion("approve", seen)
    return cases.act(number=number, by=labour.actor(role, at), at=at, opinion=opinion)


def earlier(labour: Labour, number: int, fen: int, place: str = "后塘路") -> None:
    """Put in work of some weeks ago, as an import brings it."""
    asked = ASKED - timedelta(days=20 * number)
    request = LabourRequest.objects.create(
        ext_id=f"LQ-{number}", organisation=labour.money.organisation,
        division_code=labour.money.organisation.division_id, work_kind="road", reason="补路",
        place=place, planned_start_at=asked, planned_end_at=asked + timedelta(days=2),
        headcount_planned=1, person_days_planned=1, rate_code="general", rate_fen_day=15_000,
        budget_fen=fen, submitted_at=asked, approved_at=asked, state="CLOSED",
    )  # fmt: skip
    start = asked + timedelta(days=1)
    day(labour, request, f"LD-{number}", start, amount_fen=fen)


def day(labour: Labour, request: LabourRequest, ext_id: str, start: datetime, **more: Any) -> None:
    said = {
        "person": labour.workers[0], "minutes": 480, "rate_fen_day": 15_000, "amount_fen": 15_000,
        "work_date": (start + timedelta(hours=8)).date(), **more,
    }  # fmt: skip
    LabourDay.objects.create(
        ext_id=ext_id, request=request, division_code=request.division_code, start_at=start,
        end_at=start + timedelta(hours=9), entered_at=start, **said,
    )  # fmt: skip


def test_a_request_that_splits_works_is_held_until_the_leader_releases_it(labour: Labour) -> None:
    earlier(labour, 1, 1_600_000)
    earlier(labour, 2, 1_500_000)

    number = submitted(labour)

    head = labour.actor("supervision_head", ASKED)
    check = queries.case_page(by=head, number=number, at=ASKED).check
    assert check is not None
    assert [(one.model_code, one.severity) for one in check.verdicts] == [
        ("labour-disguised-works", "hold")
    ]
    assert "3件用工加起来31,000.00元" in check.verdicts[0].sentence
    with pytest.raises(errors.Held):
        approve(labour, number, "supervision_head")
    assert LabourRequest.objects.get(case_number=number).state == "SUBMITTED"

    release_hold(
        case_number=number, model_code="labour-disguised-works",
        finding_id=check.verdicts[0].finding_id, reason="看过现场，是日常养护",
        by=labour.actor("town_leader", ASKED), at=ASKED,
    )  # fmt: skip
    approve(labour, number, "supervision_head")


@pytest.mark.parametrize(("place", "fen"), [("村西路", 1_600_000), ("后塘路", 1_499_999)])
def test_other_places_and_smaller_sums_pass_the_gate(labour: Labour, place: str, fen: int) -> None:
    earlier(labour, 1, 1_500_000)
    earlier(labour, 2, fen, place)

    number = submitted(labour)

    check = supervision.last_check(number)
    assert check is not None
    assert check.model_count == 8
    assert check.verdicts == ()


def worked(labour: Labour, after: datetime = EVENING) -> tuple[str, LabourRequest]:
    number = submitted(labour, work_kind="ditch")
    approve(labour, number, "supervision_head")
    approve(labour, number, "village_secretary")
    request = LabourRequest.objects.get(case_number=number)
    world.shoot(labour, request.ext_id, "before")
    world.shoot(labour, request.ext_id, "after", mark=6, at=after)
    world.enter(labour, request.ext_id)
    world.check(labour, request.ext_id)
    return number, request


def declare(labour: Labour, number: str) -> Any:
    by = labour.actor("cashier_reporter", DECLARED)
    return cases.record(number=number, by=by, at=DECLARED, form={"note": "干完了"})


def test_hours_that_cross_with_imported_work_block_the_declaration(labour: Labour) -> None:
    number, request = worked(labour)
    earlier(labour, 1, 15_000)
    day(labour, LabourRequest.objects.get(ext_id="LQ-1"), "LD-0", MORNING + timedelta(hours=3))

    with pytest.raises(errors.Blocked) as told:
        declare(labour, number)

    assert "时间重了" in told.value.text
    assert not LabourDeclaration.objects.exists()
    assert not CaseEntry.objects.exists()
    assert LabourRequest.objects.get(pk=request.pk).state == "APPROVED"
    kept = Check.objects.latest("id")
    assert (kept.subject_id, kept.gate, kept.block_count) == (number, "approve", 1)


def test_one_release_lets_the_declaration_and_its_case_go_on(labour: Labour) -> None:
    number, _ = worked(labour, EVENING - timedelta(days=1))
    done = declare(labour, number)
    assert done.check is not None
    assert done.check.holds == 1
    assert LabourDeclaration.objects.get().state == "HELD"
    held = supervision.unreleased(number)[0]

    release_hold(
        case_number=number, model_code=held.model_code, finding_id=held.finding_id,
        reason="收工的照片是手机日期错了", by=labour.actor("town_leader", DECLARED), at=DECLARED,
    )  # fmt: skip

    assert LabourDeclaration.objects.get().state == "DECLARED"
    by = labour.actor("supervision_head", DECLARED)
    cases.record(number=number, by=by, at=DECLARED, form={"opinion": "沟清了"})
    assert LabourDeclaration.objects.get().state == "ACCEPTED"


def test_the_release_at_the_roster_counts_for_the_case_too(labour: Labour) -> None:
    from sanzi.registers.labour.actions import declarations

    number, request = worked(labour, EVENING - timedelta(days=1))
    declare(labour, number)
    assert len(supervision.unreleased(number)) == 1

    declarations.release(
        request=request.ext_id, reason="照片存在村里电脑上", at=DECLARED,
        by=labour.actor("town_leader", DECLARED),
    )  # fmt: skip

    assert supervision.unreleased(number) == []
