"""Seal machines over real HTTP, with their faults: each record counts once, none is hushed up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from sanzi.evidence import queries as evidence
from sanzi.kernel import clock
from sanzi.notices.models import Notice
from sanzi.registers.seals import errors
from sanzi.registers.seals.actions import arrivals, keeping, machines
from sanzi.registers.seals.devices.port import MachineSilent, wire
from sanzi.registers.seals.models import Seal, SealDeviceEvent, SealImpression, SealUse
from worlds import deals, seals, walks
from worlds.machines import Machines
from worlds.seals import DEVICE
from worlds.village import World

FORM = {
    "seal_id": "S-1", "item_code": "residence", "purpose": "孩子上学", "applicant_person_id": "V1",
    "copies": "2",
}  # fmt: skip
YES = {"is_used": "yes"}


@pytest.fixture(scope="module")
def simulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Machines]:
    made = Machines(tmp_path_factory.mktemp("machines"))
    made.start()
    yield made
    made.stop()


@pytest.fixture
def world(db: None) -> World:
    return seals.build()


@pytest.fixture
def machine(world: World, simulator: Machines, monkeypatch: pytest.MonkeyPatch) -> Machines:
    """A machine that holds the seal of the committee, connected."""
    Seal.objects.filter(ext_id="S-1").update(device_uuid=DEVICE)
    simulator.control("fault", clear="all")
    simulator.control("add", device=DEVICE, seal="S-1", lat_e6=29306000, lng_e6=120074000)
    simulator.answers.clear()
    monkeypatch.setattr(wire, "device", simulator.device())
    monkeypatch.setattr(wire, "public_key", simulator.public_key)
    monkeypatch.setattr(wire, "customer", "sanzi")
    return simulator


def _approved(world: World) -> tuple[walks.Walk, str]:
    walk = walks.start(world, "M34", "village_clerk")
    walk.at = clock.now()
    walk.submit("village_clerk", FORM, ("document",))
    assert machines.work(walk.at) == 1
    return walk, SealUse.objects.get(case_number=walk.number).ext_id


def _press(machine: Machines, auth: str, **more: Any) -> dict[str, Any]:
    return machine.control("press", device=DEVICE, auth_id=auth, **more)


def _kinds() -> list[str]:
    return sorted(row["kind"] for row in deals.record_rows("seal_device_event"))


def _places() -> list[int]:
    return list(SealImpression.objects.order_by("pk").values_list("place", flat=True))


def test_a_machine_stamps_what_was_approved_and_locks_again(
    world: World, machine: Machines
) -> None:
    walk, auth = _approved(world)
    with pytest.raises(errors.MachineOnly):
        walk.record("seal_keeper", YES)
    assert _press(machine, auth)["sent"] == 200
    assert _press(machine, auth)["sent"] == 200
    assert _press(machine, auth) == {"is_pressed": False, "why": "no leave"}

    walk.record("seal_keeper", YES)
    assert walk.case.state == "DONE"
    assert machines.work(clock.now()) == 1
    assert SealUse.objects.get().sending == "closed"
    [row] = deals.record_rows("seal_use")
    assert (row["status"], row["copies_stamped"], row["lat"]) == ("stamped", 2, 29306000)
    assert row["before_photo_hash"] not in ("", row["after_photo_hash"])
    assert len(evidence.attachments("seal_use", auth)) == 4
    assert (_kinds(), machines.compare(clock.now())) == ([], 0)


@pytest.mark.parametrize("fault", ["network_loss", "bad_signature", "lost_answer", "duplicate"])
def test_a_record_that_is_lost_or_comes_twice_counts_once(
    world: World, machine: Machines, fault: str
) -> None:
    _, auth = _approved(world)
    machine.control("fault", kind=fault)
    _press(machine, auth)
    waiting = machine.control("retry", device=DEVICE)["waiting"]
    _press(machine, auth)

    assert (waiting, _places(), _kinds()) == (0, [1, 2], [])
    assert SealUse.objects.get().copies_stamped == 2
    assert (404 in machine.answers) == (fault == "bad_signature")


def test_what_was_stamped_off_line_comes_late_and_out_of_order_and_counts(
    world: World, machine: Machines
) -> None:
    _, auth = _approved(world)
    machine.control("line", device=DEVICE, online=False)
    _press(machine, auth)
    _press(machine, auth)
    assert _places() == []
    assert machine.control("line", device=DEVICE, online=True)["waiting"] == 0

    assert _kinds() == ["offline", "online"]
    rows = SealImpression.objects.order_by("place")
    assert [(one.device_seq, one.is_late) for one in rows] == [(3, True), (2, True)]
    assert SealUse.objects.get().stamped_at == rows[1].stamped_at


def test_a_stamp_without_leave_is_kept_shown_and_shouted_about(
    world: World, machine: Machines
) -> None:
    _press(machine, "", forced=True)

    [row] = deals.record_rows("seal_use")
    assert (row["status"], row["approved_at"], row["copies_approved"], row["copies_stamped"]) == (
        "unapproved", None, 0, 1,
    )  # fmt: skip
    assert row["is_listed_item"] in (False, 0)
    assert _kinds() == ["unauthorised"]
    told = Notice.objects.filter(template="seal_alarm").values_list("user_id", flat=True)
    assert world.users["town_discipline_office"].pk in set(told)
    machine.control("retry", device=DEVICE)
    assert (SealUse.objects.count(), SealDeviceEvent.objects.count()) == (1, 1)


def test_more_stamps_than_approved_a_lost_seal_and_a_wrong_counter_are_told(
    world: World, machine: Machines
) -> None:
    _, auth = _approved(world)
    for _ in range(3):
        _press(machine, auth, forced=True)
    use = SealUse.objects.get()
    assert (use.copies_approved, use.copies_stamped, _kinds()) == (2, 3, ["excess"])

    machine.control("count", device=DEVICE, by=2)
    assert machines.compare(clock.now()) == 1
    assert machines.compare(clock.now()) == 0
    event = SealDeviceEvent.objects.get(kind="count_differs")
    assert event.words == "机器盖了5次，记录有3次"

    by = world.actor("seal_keeper", clock.now())
    keeping.report_lost(seal="S-1", words="", by=by, at=clock.now() - timedelta(seconds=1))
    _press(machine, auth, forced=True)
    assert SealUse.objects.filter(status="unapproved").count() == 1


@pytest.mark.parametrize("kind", ["forced_open", "tamper", "out_of_fence"])
def test_an_alarm_of_a_machine_reaches_those_who_watch(
    world: World, machine: Machines, kind: str
) -> None:
    machine.control("fault", kind="duplicate")
    machine.control("event", device=DEVICE, kind=kind)
    assert _kinds() == [kind]
    heard = Notice.objects.filter(template="seal_alarm")
    assert heard.filter(user_id=world.users["supervision_head"].pk).count() == 1


def test_a_wrong_clock_is_told_and_does_not_stretch_the_window(
    world: World, machine: Machines
) -> None:
    _, auth = _approved(world)
    machine.control("clock", device=DEVICE, seconds=3600)
    _press(machine, auth)
    assert _kinds() == ["clock_error"]
    machine.control("clock", device=DEVICE, seconds=2 * 86400)
    assert _press(machine, auth)["why"] == "outside the window"
    _press(machine, auth, forced=True)
    assert sorted(_kinds()) == ["clock_error", "clock_error", "unauthorised"]


def test_a_record_changed_after_it_came_and_missing_pictures_are_found(
    world: World, machine: Machines
) -> None:
    _, auth = _approved(world)
    machine.control("fault", kind="changed_record")
    machine.control("fault", kind="no_photo")
    _press(machine, auth)
    assert (_kinds(), _places()) == (["clash"], [1])
    [row] = deals.record_rows("seal_use")
    assert (row["before_photo_hash"], row["after_photo_hash"]) == ("", "")


def test_a_silent_machine_is_asked_again_and_a_wrong_one_refuses(
    world: World, machine: Machines
) -> None:
    walk = walks.start(world, "M34", "village_clerk")
    walk.at = clock.now()
    walk.submit("village_clerk", FORM, ("document",))
    machine.control("fault", kind="silent")
    assert machines.work(walk.at) == 0
    assert SealUse.objects.get().sending == "waiting"
    assert machines.work(walk.at) == 1
    assert SealUse.objects.get().sending == "sent"

    SealUse.objects.update(sending="waiting", seal=Seal.objects.get(ext_id="S-2"))
    Seal.objects.filter(ext_id="S-2").update(device_uuid=DEVICE)
    machines.work(walk.at)
    assert SealUse.objects.get().sending == "refused"


def test_what_is_not_signed_for_us_or_no_record_brings_nothing(
    world: World, machine: Machines
) -> None:
    with pytest.raises(MachineSilent):
        type(wire.device)(  # type: ignore[misc, call-arg]
            machine.url, "sanzi", machine.folder / "machines.key", machine.public_key
        ).status(DEVICE)
    for body in (b"{}", b"[]", b'{"records": [{}]}', b'{"records": 5}', b"\xff"):
        with pytest.raises(errors.MachineUnreadable):
            arrivals.take(
                raw=body, signature=_signed(machine, body), customer="sanzi", at=clock.now()
            )
    machine.control("add", device="SIM-0009", seal="S-9")
    told = machine.control("press", device="SIM-0009", forced=True)
    assert told["sent"] == 409
    assert (SealUse.objects.count(), SealDeviceEvent.objects.count()) == (0, 0)


def _signed(machine: Machines, body: bytes) -> str:
    from sanzi.bank.sign import Sm2KeyFile

    return Sm2KeyFile(machine.folder / "machines.key").sign(b"sanzi\n" + body)
