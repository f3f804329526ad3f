"""To-do, the page of a case, search, powers to start; reminders; history from a package."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from sanzi.matters import queries
from sanzi.matters.actions import loading, reminders
from sanzi.matters.models import Case, CaseStep, NumberHead
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.record.loaders import LoadContext
from worlds.cases import AT, Desk

pytestmark = pytest.mark.django_db


def test_a_step_waits_for_its_role_and_nobody_else(desk: Desk) -> None:
    number = desk.submitted()

    found = {
        role: [one.case.number for one in queries.todo(by=desk.actor(role), at=AT)]
        for role in ("committee_member", "supervision_head", "agency_cashier", "stone_cashier")
    }

    assert found == {
        "committee_member": [number], "supervision_head": [], "agency_cashier": [],
        "stone_cashier": [],
    }  # fmt: skip


def test_the_page_shows_the_chain_and_no_account(desk: Desk) -> None:
    number = desk.submitted("2500")
    desk.walk(number, 3)

    page = queries.case_page(by=desk.actor("supervision_head"), number=number, at=AT)

    assert [(one.label, one.state) for one in page.chain][:5] == [
        ("1", "done"), ("2", "done"), ("3", "done"), ("4", "open"), ("5", "waiting"),
    ]  # fmt: skip
    assert [one.label for one in page.chain if one.is_added] == ["8"]
    assert page.chain[3].people == ("李天明",)
    assert page.mine == 0
    assert page.lines[0]["account"] == "****0001"
    assert "sealed" not in str(page.lines)
    assert {one.kind for one in page.files} == {"handler_statement", "roster"}


def test_a_page_out_of_scope_is_not_there(desk: Desk) -> None:
    number = desk.submitted()
    for role in ("stone_cashier",):
        with pytest.raises(NotFound):
            queries.case_page(by=desk.actor(role), number=number, at=AT)


def test_a_draft_is_seen_by_its_starter_only(desk: Desk) -> None:
    number = desk.start()
    assert queries.access_case(by=desk.actor("cashier_reporter"), number=number)
    with pytest.raises(NotFound):
        queries.access_case(by=desk.actor("village_secretary"), number=number)


@pytest.mark.parametrize("text", ["999901101201-2026", "重阳节", "柳湾"])
def test_search_finds_by_number_title_and_village(desk: Desk, text: str) -> None:
    number = desk.submitted()
    found = queries.search(by=desk.actor("town_leader"), narrowed=queries.CaseFilter(text=text))
    assert [one.number for one in found.cases] == [number]
    none = queries.search(by=desk.actor("town_leader"), narrowed=queries.CaseFilter(text="没有"))
    assert none.total == 0


def test_the_reporter_may_start_a_payment_and_the_secretary_may_not(desk: Desk) -> None:
    first = queries.startable(by=desk.actor("cashier_reporter"), text="支付")[0]
    assert (first.code, [name for name, _ in first.bodies]) == ("M10", ["O-WILLOW", "O-WILLOW-VC"])
    assert queries.startable(by=desk.actor("village_secretary"), text="支付")[0].bodies == ()
    assert len(queries.startable(by=desk.actor("village_secretary"))) == 36


def test_a_reminder_comes_once_before_and_once_after_the_limit(desk: Desk) -> None:
    number = desk.submitted()
    due = CaseStep.objects.get(case__number=number, state="OPEN").due_at
    assert due is not None

    told = [
        reminders.remind(at)
        for at in (
            AT, due - timedelta(hours=1), due - timedelta(minutes=5),
            due + timedelta(minutes=5), due + timedelta(days=1),
        )
    ]  # fmt: skip

    assert told == [0, 1, 0, 1, 0]
    assert sorted(Notice.objects.values_list("template", flat=True)) == [
        "matters.due_soon", "matters.overdue",
    ]  # fmt: skip


def _case_row(number: int, **changed: Any) -> dict[str, Any]:
    return {
        "case_id": f"999901101201-2025-{number:06d}", "matter_code": "M10", "org_id": "O-WILLOW",
        "village_id": "999901101201", "title": "旧账", "tier": "T0", "amount_fen": 100,
        "status": "settled", "source_kind": "aid", "source_id": "S-1", "decision_id": None,
        "handler_person_id": "P-HANDLER", "created_by_person_id": "P-willow-1",
        "created_at": datetime(2025, 3, 1, tzinfo=UTC), "submitted_at": None, "approved_at": None,
        "closed_at": None, "is_backfilled": False, **changed,
    }  # fmt: skip


def _approval_row(number: int, step_no: int, mark: str = "") -> dict[str, Any]:
    return {
        "approval_id": f"AP-{number}-{step_no}{mark}", "subject_kind": "case",
        "subject_id": f"999901101201-2025-{number:06d}", "step_no": step_no,
        "role_code": "committee_member", "actor_person_id": "P-willow-2",
        "delegate_of_person_id": None, "action": "approve", "opinion": "同意",
        "opened_at": None, "acted_at": datetime(2025, 3, 2, tzinfo=UTC), "due_at": None,
        "device_hash": None, "ip": None,
    }  # fmt: skip


def test_history_comes_in_once_and_numbers_go_on_after_it(desk: Desk) -> None:
    context = LoadContext(by=desk.actor("county_agri"), at=AT)
    cases = [_case_row(number) for number in (1, 2, 7)]
    approvals = [_approval_row(number, 3) for number in (1, 2, 7)]
    approvals.append(_approval_row(7, 3, "b"))

    first = (loading.load_cases(cases, context), loading.load_approvals(approvals, context))
    again = (loading.load_cases(cases, context), loading.load_approvals(approvals, context))

    assert [one.added for one in first] == [3, 4]
    assert [(one.added, one.changed, one.unchanged) for one in again] == [(0, 0, 3), (0, 0, 4)]
    assert CaseStep.objects.filter(case__number__endswith="7").count() == 2
    assert NumberHead.objects.get(pk="999901101201-2025").last_number == 7
    assert Case.objects.get(number__endswith="1").parties["handler"] == desk.handler.pk
