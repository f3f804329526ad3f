"""Seals: a contract stamped long after its day, a seal at night, a paper that nobody makes."""

from __future__ import annotations

import base64
import json
from datetime import timedelta
from typing import Any

import gmssl_pyx
import pytest

from fires import nights
from sanzi.matters import errors
from sanzi.matters.models import Decision
from sanzi.orgs.actions import appointments
from sanzi.registers.seals.actions import arrivals
from sanzi.registers.seals.devices.port import wire
from sanzi.registers.seals.models import Seal, SealDeviceEvent, SealUse, Service
from sanzi.supervision.models import Verdict
from worlds import cases, deals, seals, walks
from worlds.village import AT, World

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = (
    "contract-backdated", "contract-key-terms-missing", "efficiency-service-timeout",
    "seal-blank-or-no-photo", "seal-contract-no-decision", "seal-count-excess",
    "seal-device-abnormal", "seal-odd-time-place", "seal-same-person", "seal-unapproved",
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


def test_what_a_machine_tells_of_stamps_beyond_its_leave_is_found(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    Seal.objects.filter(ext_id="S-2").update(device_uuid=seals.DEVICE)
    whole, excess, blind = (approved(world, one) for one in ("一号合同", "二号合同", "三号合同"))
    told = Told(monkeypatch)
    told.stamp(whole)
    codes = (
        "seal-blank-or-no-photo", "seal-count-excess", "seal-device-abnormal", "seal-unapproved",
    )  # fmt: skip
    assert nights.found(AT + DAY, *codes) == set()

    told.stamp(excess)
    told.stamp(excess)
    told.stamp(blind, "before_photo")
    told.stamp("")
    told.say("forced_open")

    by_none = SealUse.objects.get(status="unapproved").ext_id
    forced = SealDeviceEvent.objects.get(kind="forced_open").ext_id
    assert nights.found(AT + DAY, *codes) == {
        ("seal-blank-or-no-photo", blind), ("seal-count-excess", excess),
        ("seal-device-abnormal", forced), ("seal-unapproved", by_none),
    }  # fmt: skip


def approved(world: World, title: str) -> str:
    """Let one impression on a contract be approved; return the use."""
    walk, contract = asked(world, title=title)
    walk.approve("committee_head", "supervision_head")
    return SealUse.objects.get(subject_id=contract).ext_id


class Told:
    """A machine whose platform signs what it tells; its pictures are all different."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        (self.public, self.private), self.seq = gmssl_pyx.sm2_key_generate(), 0
        monkeypatch.setattr(wire, "public_key", self.public.hex())
        monkeypatch.setattr(wire, "customer", "sanzi")

    def stamp(self, use: str, *photos: str) -> None:
        """Tell of an impression with its pictures; both unless some are named."""
        shown = {
            name: base64.b64encode(cases.photo(10 * self.seq + place)).decode()
            for place, name in enumerate(photos or PHOTOS)
        }
        self.say("impression", auth_id=use, **shown)

    def say(self, kind: str, **more: str) -> None:
        """Tell something."""
        self.seq += 1
        at = AT + timedelta(minutes=self.seq)
        told = {"device": seals.DEVICE, "seq": self.seq, "kind": kind, "at": at.isoformat()}
        raw = json.dumps({"records": [{**told, **more}]}).encode()
        signed = gmssl_pyx.sm2_sign(self.private, self.public, b"sanzi\n" + raw)
        signature = base64.b64encode(signed).decode()
        arrivals.take(raw=raw, signature=signature, customer="sanzi", at=at)


def test_a_keeper_who_leads_meanwhile_is_found_and_a_committee_member_is_not(world: World) -> None:
    keeper, by = world.people["seal_keeper"].ext_id, world.actor("town_agri_head")
    use = approved(world, "一号合同")
    for role, expected in (
        ("committee_member", set()),
        ("coop_director", {("seal-same-person", use)}),
    ):
        appointments.appoint(
            person=keeper, organisation="O-WILLOW", role_code=role, start_date=AT.date(),
            end_date=None, document_ref="任〔2026〕9号", by=by, at=AT,
        )  # fmt: skip
        assert nights.found(AT + DAY, "seal-same-person") == expected
