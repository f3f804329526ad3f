"""The seal gate: judged before a stamp counts, on the paper and on the contract it is put on."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.matters import errors
from sanzi.matters.models import CaseEntry, Decision
from sanzi.registers.seals.actions import machines
from sanzi.registers.seals.devices import port
from sanzi.registers.seals.models import Seal, SealImpression, SealUse, Sending
from sanzi.supervision import queries
from sanzi.supervision.actions import nightly, release_hold
from sanzi.supervision.models import Alert, Check
from worlds import deals, seals, walks
from worlds.village import AT, World

FORM = {
    "seal_id": "S-2", "item_code": "contract", "purpose": "签合同", "applicant_person_id": "V1",
    "copies": "1", "decision_id": "D-1",
}  # fmt: skip
PHOTOS = ("before_photo", "after_photo")
SIGNED = {"decision": "D-1", "sign_date": AT.date()}


@pytest.fixture
def world(db: None) -> World:
    made = seals.build()
    deals.party("C-1")
    return made


def asked(world: World, *, decided_fen: int = 9_000_000, **changed: Any) -> walks.Walk:
    seals.decision(world, amount_fen=decided_fen)
    contract = deals.contract(world, **{**SIGNED, **changed})
    walk = walks.start(world, "M34", "village_clerk")
    walk.submit("village_clerk", {**FORM, "contract_id": contract}, ("document",))
    return walk


def gates(number: str) -> list[tuple[str, int]]:
    found = Check.objects.filter(subject_id=number).order_by("id")
    return list(found.values_list("gate", "block_count"))


def test_the_last_look_before_a_stamp_is_the_gate_of_seals(world: World) -> None:
    walk = asked(world)
    walk.approve("committee_head", "supervision_head")
    walk.record("seal_keeper", {"is_used": "yes"}, PHOTOS)

    assert walk.case.state == "DONE"
    assert gates(walk.number)[-1] == ("seal", 0)
    assert [gate for gate, _ in gates(walk.number)].count("seal") == 1


def test_a_vote_taken_back_after_the_approval_stops_the_stamp_and_nothing_is_written(
    world: World,
) -> None:
    walk = asked(world)
    walk.approve("committee_head", "supervision_head")
    Decision.objects.update(status="revoked")

    with pytest.raises(errors.Blocked, match="决议没有通过"):
        walk.record("seal_keeper", {"is_used": "yes"}, PHOTOS)

    assert not SealImpression.objects.exists()
    assert not CaseEntry.objects.exists()
    assert (SealUse.objects.get().status, walk.open_step.step_key) == ("approved", "press")
    assert gates(walk.number)[-1] == ("seal", 2), "the seal, and the contract it is put on"


def test_a_contract_above_its_decision_is_not_even_asked_for(world: World) -> None:
    seals.decision(world, amount_fen=9_000_000)
    contract = deals.contract(world, **SIGNED)
    Decision.objects.update(amount_fen=1_000)
    walk = walks.start(world, "M34", "village_clerk")

    with pytest.raises(errors.Blocked, match="决议只有"):
        walk.submit("village_clerk", {**FORM, "contract_id": contract}, ("document",))

    assert (walk.case.state, SealUse.objects.count()) == ("DRAFT", 0)


def test_a_contract_that_lacks_its_terms_is_held_until_the_town_lets_it_go(world: World) -> None:
    walk = asked(world, end_date=None)

    [held] = queries.unreleased(walk.number)
    assert (held.model_code, held.finding_kind) == ("contract-key-terms-missing", "contract")
    with pytest.raises(errors.Held, match="期限"):
        walk.approve("committee_head")
    assert walk.open_step.step_key == "head"

    release_hold(
        case_number=walk.number, model_code=held.model_code, finding_id=held.finding_id,
        reason="补充合同已经写好，一起盖", by=world.actor("town_leader"), at=AT,
    )  # fmt: skip
    walk.approve("committee_head", "supervision_head")
    walk.record("seal_keeper", {"is_used": "yes"}, PHOTOS)
    assert walk.case.state == "DONE"


def test_a_machine_is_not_told_to_press_while_a_hold_waits(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []

    class Device:
        def authorise(self, auth: port.SealAuth) -> None:
            told.append(auth.auth_id)

    monkeypatch.setattr(machines.wire, "device", Device())
    walk = asked(world)
    walk.approve("committee_head", "supervision_head")
    use = SealUse.objects.get()
    SealUse.objects.update(sending=Sending.WAITING)
    Seal.objects.filter(ext_id="S-2").update(device_uuid="SIM-0001")
    hold = {"case_number": walk.number, "severity": "hold"}
    monkeypatch.setattr(machines.gates, "waiting", lambda number: [hold] * (number == walk.number))

    assert machines.work(AT) == 0
    assert (told, SealUse.objects.get().sending) == ([], Sending.WAITING)

    monkeypatch.setattr(machines.gates, "waiting", lambda _number: [])
    assert machines.work(AT) == 1
    assert told == [use.ext_id]


def test_the_night_says_the_same_of_the_contract_and_names_the_case_that_made_it(
    world: World,
) -> None:
    walk = asked(world, end_date=None)

    nightly.run(as_of=AT, by=world.actor("supervision_head"))

    [held] = queries.unreleased(walk.number)
    alert = Alert.objects.get(model_code="contract-key-terms-missing")
    assert (alert.finding_id, alert.sentence) == (held.finding_id, held.sentence)
