"""The pages behind the codes of projects and units: plain, masked, another face at each stage."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.kernel import clock
from sanzi.orgs.models import Counterparty, Organisation
from sanzi.registers.works.actions import inspections
from sanzi.registers.works.models import Inspection, Rectification, Risk, Works
from worlds import deals, works
from worlds.village import AT, WILLOW, World

CODE = "7K3F9QZD"
LATER = AT + timedelta(days=2)
CADRES = ("高大林", "李天明", "周文书", "陈国平", "童工程")


@pytest.fixture
def world(db: None, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr(clock, "now", lambda: LATER)
    made = works.build()
    works.under_way(made, AT)
    return made


def _read(name: str, *args: str) -> str:
    response = Client().get(reverse(f"portal:{name}", args=args))
    assert response.status_code == 200
    return response.content.decode()


def _project(**changed: Any) -> str:
    Works.objects.update(**changed)
    return _read("works", CODE)


def _rectified(world: World, risk: Risk, *, words: str = "高大林带人凿掉重浇") -> None:
    inspections.rectify(
        risk=risk.ext_id, words=words, shot=works.shot(50, LATER),
        by=world.actor("committee_member", LATER), at=LATER,
    )  # fmt: skip


def _closed(world: World, risk: Risk) -> None:
    _rectified(world, risk)
    inspections.verify(
        risk=risk.ext_id, is_accepted=True, words="", by=world.actor("town_works_office", LATER),
        at=LATER,
    )  # fmt: skip


def test_the_page_shows_what_was_found_and_put_right_and_nobodys_name(world: World) -> None:
    works.found(world, AT, words="李天明量过，路面不到15厘米，问13800001111")
    page = _read("works", CODE)
    assert "有1个问题没改好" in page
    assert "李*明量过，路面不到15厘米" in page
    assert "13800001111" not in page
    assert "村里要在11月17日前改好" in page
    assert "到工地检查，第2次" in page

    _closed(world, Risk.objects.get())
    page = _read("works", CODE)
    assert "没改好的问题" not in page
    assert "改好的问题" in page
    assert "高*林带人凿掉重浇" in page
    assert "镇工程办核对" in page
    assert not [name for name in CADRES if name in page]
    assert "<script>" not in page


def test_a_late_finding_is_said_in_words_and_colour(world: World) -> None:
    risk = works.found(world, AT)
    assert "过期了还没改好" not in _read("works", CODE)
    Risk.objects.update(due_date=clock.local_date(AT))

    page = _read("works", CODE)

    assert "过期了还没改好" in page
    assert "st-new" in page
    assert risk.words in _read("unit", "body", "O-WILLOW")


@pytest.mark.parametrize(
    ("changed", "said", "unsaid"),
    [
        ({"status": "approved", "counterparty": None}, "还没开工，立项了", "谁来检查过"),
        ({"status": "building"}, "正在施工，做到40%", "坏了怎么办"),
        ({"status": "completed", "completed_at": LATER}, "完工了，等验收", "坏了怎么办"),
        ({"status": "accepted", "accepted_at": LATER}, "验收合格了", "坏了怎么办"),
        (
            {"status": "settled", "audited_fen": 8_000_000, "retention_fen": 240_000,
             "warranty_end_date": (LATER + timedelta(days=90)).date()},
            "还扣着2,400元质保金",
            "接下来谁办什么",
        ),
        (
            {"status": "settled", "warranty_end_date": (LATER - timedelta(days=9)).date()},
            "保修到期了",
            "还扣着",
        ),
        ({"status": "ended"}, "不建了", "施工日志"),
    ],
)  # fmt: skip
def test_the_page_has_another_face_at_each_stage(
    world: World, changed: dict[str, Any], said: str, unsaid: str
) -> None:
    page = _project(**changed)

    assert said in page
    assert unsaid not in page


def test_a_photo_is_open_only_behind_the_code_of_its_project(world: World) -> None:
    works.found(world, AT)
    digest = Inspection.objects.get().file_hash
    here = reverse("portal:works_photo", args=[CODE, digest])
    assert here in _read("works", CODE)

    sent = Client().get(here)

    assert sent.headers["Content-Type"] == "image/webp"
    assert b"".join(sent.streaming_content)[:4] == b"RIFF"  # type: ignore[attr-defined]
    for code, wanted in ((CODE, "0" * 64), (CODE, "no-digest"), ("OTHER", digest)):
        address = reverse("portal:works_photo", args=[code, wanted])
        assert Client().get(address).status_code == 404
    Inspection.objects.update(file_hash="0" * 64)
    assert Client().get(here).status_code == 404


def test_a_builder_who_is_a_person_is_masked_and_has_no_page(world: World) -> None:
    Counterparty.objects.filter(ext_id="C-1").update(kind="person", name="吴建设")
    page = _read("works", CODE)

    assert "吴*设" in page
    assert "吴建设" not in page
    address = reverse("portal:unit", args=["firm", "C-1"])
    assert address not in page
    assert Client().get(address).status_code == 404


def test_the_page_of_a_firm_tells_its_works_contracts_and_findings(world: World) -> None:
    deals.contract(world)
    _closed(world, works.found(world, AT))
    found = works.found(world, LATER, mark=9, words="边坡没有围挡")
    Works.objects.get().variations.create(
        ext_id="BG-1", amount_fen=200_000, reason_code="design", reason="设计改了",
        submitted_at=AT, approved_at=AT, needs_role="village_secretary",
    )  # fmt: skip

    page = _read("unit", "firm", "C-1")

    assert "1个工程在办，1个问题要整改" in page
    assert "后塘路拓宽" in page
    assert "村内道路改造工程合同（柳湾村股份经济合作社" in page
    assert "改好1个，没改好1个" in page
    assert "1个里1个" in page, "a share under ten gives no rate"
    assert "1次，合起来2,000元" in page
    assert found.words in page
    assert "在施工，柳湾村股份经济合作社，三组后塘" in page
    assert "柳湾村股份经济合作社，后塘路拓宽，" in page
    assert not [name for name in CADRES if name in page]


def test_the_page_of_a_body_tells_what_it_builds_and_the_supervision_what_it_inspects(
    world: World,
) -> None:
    Organisation.objects.create(
        ext_id="O-JW", division_id=WILLOW, kind="supervision_committee", name="柳湾村村监会"
    )
    works.found(world, AT)

    assert reverse("portal:works", args=[CODE]) in _read("unit", "body", "O-WILLOW")
    assert "去检查" in _read("unit", "body", "O-JW")
    assert "现在没有工程在办，没有要整改的问题" in _read("unit", "body", "O-JW")


@pytest.mark.parametrize(
    ("kind", "key"),
    [("firm", "C-2"), ("firm", "C-NONE"), ("body", "O-AGENCY"), ("body", "O-NONE"), ("x", "C-1")],
)
def test_a_unit_without_public_business_has_no_page(world: World, kind: str, key: str) -> None:
    assert Client().get(reverse("portal:unit", args=[kind, key])).status_code == 404


def test_a_project_that_is_only_asked_for_is_on_no_unit_and_no_village_page(world: World) -> None:
    Works.objects.update(status="applied")

    assert "后塘路拓宽" not in _read("unit", "body", "O-WILLOW")
    assert "后塘路拓宽" not in _read("village", WILLOW)


def test_the_village_page_leads_to_works_units_bulletin_and_open_data(world: World) -> None:
    page = _read("village", WILLOW)

    for address in (
        reverse("portal:works", args=[CODE]),
        reverse("portal:unit", args=["body", "O-WILLOW"]),
        reverse("portal:unit", args=["firm", "C-1"]),
        reverse("portal:bulletin", args=[WILLOW]),
        reverse("portal:open_place", args=[WILLOW]),
    ):
        assert f'href="{address}"' in page
    assert Client().get(f"/api/v1/villages/{WILLOW}/contracting/projects").status_code == 200


def test_what_was_sent_back_stays_to_be_read(world: World) -> None:
    risk = works.found(world, AT)
    _rectified(world, risk)
    inspections.verify(
        risk=risk.ext_id, is_accepted=False, words="还差2厘米", at=LATER,
        by=world.actor("town_works_office", LATER),
    )  # fmt: skip

    assert Rectification.objects.get().is_accepted is False
    assert "没改好，要重做：还差2厘米" in _read("works", CODE)
