"""Delegation in use: the stand-in acts for the giver, within days and sum, and no further."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.matters import errors, queries
from sanzi.matters.actions import delegations
from sanzi.matters.actions.delegations import Terms
from sanzi.matters.models import CaseStep, Delegation
from sanzi.orgs.errors import NotFound
from worlds.cases import AT, Desk

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


def terms(desk: Desk, **changed: object) -> Terms:
    said = {
        "to_person_ext_id": desk.world.people["village_clerk"].ext_id,
        "organisation_ext_id": "O-WILLOW", "role_code": "committee_member",
        "start_date": TODAY, "end_date": TODAY + timedelta(days=9), "limit_fen": 200_000,
        "reason": "外出学习", **changed,
    }  # fmt: skip
    return Terms(**said)  # type: ignore[arg-type]


def give(desk: Desk, giver: str = "committee_member", **changed: object) -> str:
    return delegations.give(by=desk.actor(giver), at=AT, terms=terms(desk, **changed))


def test_the_stand_in_acts_and_the_step_says_for_whom(desk: Desk) -> None:
    give(desk)
    number = desk.submitted()

    (waiting,) = queries.todo(by=desk.actor("village_clerk"), at=AT)
    assert (waiting.case.number, waiting.for_name) == (number, "高大林")
    desk.act(number, "village_clerk")

    row = CaseStep.objects.get(case__number=number, step_no=3)
    assert row.actor == desk.world.people["village_clerk"]
    assert row.delegate_of == desk.world.people["committee_member"]


def test_above_the_sum_the_stand_in_does_not_act(desk: Desk) -> None:
    give(desk, limit_fen=114_599)
    number = desk.submitted()
    with pytest.raises(errors.NoOpenStep):
        desk.act(number, "village_clerk")
    assert CaseStep.objects.get(case__number=number, step_no=3).state == "OPEN"


def test_a_revoked_delegation_is_over(desk: Desk) -> None:
    ext_id = give(desk)
    delegations.revoke(by=desk.actor("committee_member"), at=AT, ext_id=ext_id)
    number = desk.submitted()
    with pytest.raises(errors.NoOpenStep):
        desk.act(number, "village_clerk")
    with pytest.raises(NotFound):
        delegations.revoke(by=desk.actor("committee_member"), at=AT, ext_id=ext_id)


def test_a_stand_in_who_is_the_handler_stands_aside(desk: Desk) -> None:
    give(desk)
    clerk = desk.world.people["village_clerk"]
    number = desk.submitted(handler_person_id=clerk.ext_id)
    with pytest.raises(errors.StandsAside):
        desk.act(number, "village_clerk")


def test_a_giver_who_must_stand_aside_is_not_stood_in_for(desk: Desk) -> None:
    """Otherwise the handler could have his own case approved by a friend."""
    give(desk)
    number = desk.submitted()
    CaseStep.objects.filter(case__number=number, state="OPEN").update(role_code="committee_member")
    from sanzi.matters.models import Case

    member = desk.world.people["committee_member"]
    Case.objects.update(parties={"handler": member.pk, "payees": []})
    with pytest.raises(errors.StandsAside):
        desk.act(number, "village_clerk")


@pytest.mark.parametrize(
    ("giver", "changed", "kind"),
    [
        ("committee_member", {"end_date": TODAY + timedelta(days=15)}, errors.DelegationDates),
        ("committee_member", {"limit_fen": 0}, errors.DelegationLimit),
        ("committee_member", {"role_code": "village_secretary"}, errors.DelegationPost),
        ("committee_member", {"to_person_ext_id": "P-agency-1"}, errors.DelegationPost),
        ("committee_member", {"to_person_ext_id": "P-HANDLER"}, errors.DelegationPost),
        ("committee_member", {"to_person_ext_id": "P-willow-2"}, errors.DelegationToSelf),
        ("stone_cashier", {}, NotFound),
    ],
)
def test_what_may_not_be_delegated_is_refused(
    desk: Desk, giver: str, changed: dict[str, object], kind: type[Exception]
) -> None:
    with pytest.raises(kind):
        give(desk, giver, **changed)
    assert not Delegation.objects.exists()
    assert not Event.objects.filter(kind__startswith="matters.").exists()
