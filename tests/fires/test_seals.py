"""Seals: a contract stamped long after its day, a seal at night, a paper that nobody makes."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fires import nights
from sanzi.matters import errors
from sanzi.matters.models import Decision
from sanzi.registers.seals.models import SealUse, Service
from sanzi.supervision.models import Verdict
from worlds import deals, seals, walks
from worlds.village import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "contract-backdated", "contract-key-terms-missing", "efficiency-service-timeout",
    "seal-contract-no-decision", "seal-odd-time-place",
)  # fmt: skip
DAY = timedelta(days=1)
FORM = {
    "seal_id": "S-2", "item_code": "contract", "purpose": "签合同", "applicant_person_id": "V1",
    "copies": "1", "decision_id": "D-1",
}  # fmt: skip
PHOTOS = ("before_photo", "after_photo")


@pytest.fixture
def world() -> World:
    """A village with two seals, their keeper, and a firm."""
    made = seals.build()
    deals.party("C-1")
    seals.decision(made, amount_fen=9_000_000, passed_at=AT - 20 * DAY)
    return made


def asked(world: World, **changed: Any) -> tuple[walks.Walk, str]:
    """Ask for the seal on a contract, up to the keeper; return the case and the contract."""
    said = {"decision": "D-1", "sign_date": AT.date(), **changed}
    contract = deals.contract(world, **said)
    walk = walks.start(world, "M34", "village_clerk")
    walk.submit("village_clerk", {**FORM, "contract_id": contract}, ("document",))
    return walk, contract


def stamp(walk: walks.Walk) -> None:
    """Let all agree and the keeper press."""
    walk.approve("committee_head", "supervision_head")
    walk.record("seal_keeper", {"is_used": "yes"}, PHOTOS)


def said(walk: walks.Walk) -> set[tuple[str, str]]:
    """Return what the gates said of a case: gate and model."""
    found = Verdict.objects.filter(gate_check__subject_id=walk.number)
    return set(found.values_list("gate_check__gate", "model_code"))


@pytest.mark.parametrize("days", [3, 4])
def test_a_contract_that_is_stamped_long_after_its_day_is_found(world: World, days: int) -> None:
    walk, contract = asked(world, sign_date=(AT - days * DAY).date())
    stamp(walk)

    expected = {("contract-backdated", contract)} if days > 3 else set()
    assert nights.found(AT + DAY, "contract-backdated") == expected


def test_a_contract_without_its_term_is_held_at_the_submission(world: World) -> None:
    whole, _ = asked(world)
    lacking, _ = asked(world, end_date=None, title="没有期限的合同")

    assert said(whole) == set()
    assert said(lacking) == {("submit", "contract-key-terms-missing")}
    with pytest.raises(errors.Held):
        lacking.approve("committee_head")


def test_a_seal_on_a_vote_taken_back_is_stopped_before_it_is_pressed(world: World) -> None:
    walk, _ = asked(world)
    walk.approve("committee_head", "supervision_head")
    Decision.objects.update(status="revoked")

    with pytest.raises(errors.Blocked):
        walk.record("seal_keeper", {"is_used": "yes"}, PHOTOS)

    assert ("seal", "seal-contract-no-decision") in said(walk)
    assert SealUse.objects.get().status == "approved"


@pytest.mark.parametrize(("hours", "is_odd"), [(9, False), (11, True)])
def test_a_seal_that_falls_late_in_the_evening_is_found(
    world: World, hours: int, *, is_odd: bool
) -> None:
    walk, _ = asked(world)
    walk.at = AT + timedelta(hours=hours)
    stamp(walk)

    use = SealUse.objects.get().ext_id
    expected = {("seal-odd-time-place", use)} if is_odd else set()
    assert nights.found(AT + DAY, "seal-odd-time-place") == expected


def test_a_paper_that_nobody_makes_in_time_is_found(world: World) -> None:
    walk = walks.start(world, "M35", "village_clerk")
    form = {"item_code": "residence", "applicant_person_id": "V1", "purpose": "孩子上学",
            "channel": "desk"}  # fmt: skip
    walk.submit("village_clerk", form)
    service = Service.objects.get()
    code = "efficiency-service-timeout"

    assert nights.found(service.due_at, code) == set()
    assert nights.found(service.due_at + timedelta(seconds=1), code) == {(code, service.ext_id)}
