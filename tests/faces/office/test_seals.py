"""Seals in the office: the register of a whole town with its files, one seal, lost and given."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from sanzi.registers.seals.models import Seal, SealDeviceEvent, SealUse
from worlds import seals
from worlds.cases import Desk
from worlds.village import AT, STONE, WILLOW, World

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(desk: Desk) -> World:
    made = seals.furnish(desk.world)
    for number, place in enumerate((WILLOW, STONE), start=1):
        seal = Seal.objects.get(ext_id=f"S-{number}")
        Seal.objects.filter(pk=seal.pk).update(division_code=place)
        SealUse.objects.create(
            ext_id=f"YZ-{number}", seal=seal, organisation=seal.organisation, division_code=place,
            item_title=f"第{number}样", is_listed_item=True, applicant=made.people["王小芳"],
            requested_at=AT, stamped_at=AT, copies_approved=1, copies_stamped=1, status="stamped",
        )  # fmt: skip
        SealDeviceEvent.objects.create(
            ext_id=f"YS-{number}", seal=seal, organisation=seal.organisation,
            division_code=place, device_uuid="SIM", kind="tamper", event_at=AT, received_at=AT,
        )  # fmt: skip
    return made


def test_the_discipline_office_sees_and_takes_the_whole_town(world: World, officer: Any) -> None:
    page = officer("town_discipline_office").get("/office/registers/seal-uses/").content.decode()
    assert "第1样" in page
    assert "第2样" in page
    assert "王小芳" not in page
    file = officer("town_discipline_office").get("/office/registers/seal-uses/?as=csv")
    text = b"".join(file).decode("utf-8-sig")
    assert [text.count(word) for word in ("第1样", "第2样", "王小芳")] == [1, 1, 0]
    events = officer("town_discipline_office").get("/office/registers/seal-events/?as=csv")
    assert b"".join(events).decode("utf-8-sig").count("被动过") == 2
    own = officer("village_clerk").get("/office/registers/seal-uses/").content.decode()
    assert ("第1样" in own, "第2样" in own) == (True, False)


def test_a_keeper_reports_a_seal_lost_and_nobody_else_of_another_village(
    world: World, officer: Any
) -> None:
    client: Client = officer("seal_keeper")
    assert "报失作废" in client.get("/office/seals/S-1/").content.decode()
    client.post("/office/seals/S-1/act/", {"do": "lost", "words": "路上丢了"})
    assert Seal.objects.get(ext_id="S-1").state == "lost"
    page = client.get("/office/seals/S-1/").content.decode()
    assert "路上丢了" in page
    assert "报失作废" not in page
    assert client.get("/office/seals/S-2/").status_code == 404
    assert client.post("/office/seals/S-2/act/", {"do": "lost"}).status_code == 404
    assert Seal.objects.get(ext_id="S-2").state == "in_use"


def test_the_town_gives_a_seal_to_another_keeper(world: World, officer: Any) -> None:
    other = seals.post(world, "seal_keeper", "新保管")
    seals.decision(world)
    client: Client = officer("town_civil_office")
    assert "新保管" in client.get("/office/seals/S-1/").content.decode()
    asked = {"do": "give", "keeper": other.ext_id, "decision": "D-NONE"}
    client.post("/office/seals/S-1/act/", asked)
    assert Seal.objects.get(ext_id="S-1").keeper == world.people["seal_keeper"]
    client.post("/office/seals/S-1/act/", {**asked, "decision": "D-1"})
    assert Seal.objects.get(ext_id="S-1").keeper == other
