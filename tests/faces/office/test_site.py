"""The site in the office: inspected on the phone, answered, verified; units and their codes."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.registers.works import code_papers
from sanzi.registers.works.models import Inspection, Rectification, Risk, Works
from worlds import deals, works
from worlds.cases import AT, Desk
from worlds.village import WILLOW

Officer = Callable[[str], Client]
WRONG = {
    "f0-words": "路面厚度不到15厘米", "f0-kind": "quality", "f0-level": "high",
    "f0-person": "P-willow-2",
}  # fmt: skip


@pytest.fixture
def project(desk: Desk) -> Works:
    deals.works_office(desk.world)
    deals.party("C-1")
    return works.under_way(desk.world, AT)


def _photo(mark: int) -> io.BytesIO:
    found = io.BytesIO(works.shot(mark, AT).content)
    found.name = "现场.jpg"
    return found


def test_an_inspection_goes_from_the_phone_to_the_one_who_answers_and_to_another_who_verifies(
    project: Works, officer: Officer
) -> None:
    head, member, office = (
        officer(role) for role in ("supervision_head", "committee_member", "town_works_office")
    )
    here, form = (reverse(name, args=["GC-1"]) for name in ("office:works", "office:works_inspect"))
    page = head.get(here).content.decode()
    assert form in page
    assert "到工地检查，第1次" in page
    assert 'capture="environment"' in head.get(form).content.decode()
    refused = head.post(form, {"words": "量了三处，两处不够厚", **WRONG}).content.decode()
    assert "要有当天在工地拍的照片，还没有传" in refused
    assert "路面厚度不到15厘米" in refused, "what was typed stays"
    assert not Inspection.objects.exists()

    said = {"words": "量了三处，两处不够厚", "photo": _photo(1), **WRONG}
    told = head.post(form, said, follow=True).content.decode()

    risk = Risk.objects.get()
    there = reverse("office:works_risk", args=[risk.ext_id])
    assert "检查记下了" in told
    assert "村监会主任李天明" in told
    assert "整改：路面厚度不到15厘米" in told
    assert there in told
    desk_page = reverse("office:home")
    waits = [there in one.get(desk_page).content.decode() for one in (member, head, office)]
    assert waits == [True, False, False]
    assert "改好了，交上去" not in head.get(there).content.decode()
    assert (
        "高大林负责整改"
        in officer("village_clerk")
        .post(there, {"do": "rectify", "r-words": "重新浇了一遍", "r-photo": _photo(2)})
        .content.decode()
    )
    member.post(there, {"do": "rectify", "r-words": "重新浇了一遍", "r-photo": _photo(3)})
    assert Rectification.objects.get().words == "重新浇了一遍"
    waits = [there in one.get(desk_page).content.decode() for one in (member, head, office)]
    assert waits == [False, True, False]
    assert "我看过了" not in member.get(there).content.decode()
    unsaid = office.post(there, {"do": "refuse", "v-words": ""}).content.decode()
    assert "要写至少4个字" in unsaid
    office.post(there, {"do": "accept", "v-words": "量过了，够厚"})
    risk.refresh_from_db()
    assert risk.state == "closed"
    assert there not in head.get(desk_page).content.decode()
    shown = office.get(there).content.decode()
    assert "镇工程办童工程核对：改好了" in shown
    assert reverse("office:preview", args=[Rectification.objects.get().photo_ext_id, 1]) in shown
    assert office.post(there, {"do": "dance"}).status_code == 404


def test_only_who_supervises_finds_the_form_and_only_while_there_is_a_site(
    project: Works, officer: Officer
) -> None:
    form = reverse("office:works_inspect", args=["GC-1"])
    assert officer("village_clerk").get(form).status_code == 404
    assert officer("stone_cashier").get(form).status_code == 404
    head = officer("supervision_head")
    assert head.get(form).status_code == 200
    Works.objects.update(status="approved")
    assert form not in head.get(reverse("office:works", args=["GC-1"])).content.decode()


def test_the_office_page_of_a_unit_names_persons_and_reaches_no_further_than_the_scope(
    project: Works, desk: Desk, officer: Officer
) -> None:
    deals.contract(desk.world)
    works.found(desk.world, AT)
    firm = reverse("office:unit", args=["firm", "C-1"])
    body = reverse("office:unit", args=["body", "O-WILLOW"])
    clerk = officer("village_clerk")

    shown = clerk.get(firm).content.decode()

    assert "1个工程在办" in shown
    assert "高大林整改" in shown
    assert "村内道路改造工程合同" in shown
    assert firm in clerk.get(reverse("office:works", args=["GC-1"])).content.decode()
    assert "后塘路拓宽" in clerk.get(body).content.decode()
    stranger = officer("stone_cashier")
    assert [stranger.get(url).status_code for url in (firm, body)] == [404, 404]
    none = reverse("office:unit", args=["firm", "C-9"])
    assert officer("county_agri").get(none).status_code == 404


def test_the_codes_of_units_and_projects_are_printed_alone_and_on_a_sheet(
    project: Works, officer: Officer, monkeypatch: pytest.MonkeyPatch
) -> None:
    clerk = officer("village_clerk")
    printed: list[str] = []
    draw = code_papers.papers.pdf

    def keep(template: str, data: dict[str, Any]) -> bytes:
        printed.extend(f"{one['name']} {one['address']}" for one in data["codes"])
        return draw(template, data)

    monkeypatch.setattr(code_papers.papers, "pdf", keep)
    listing = clerk.get(reverse("office:works_list"), {"village": WILLOW}).content.decode()
    sheet = f"{reverse('office:works_codes')}?village={WILLOW}"
    assert sheet in listing

    answers = [
        clerk.get(url)
        for url in (
            sheet,
            reverse("office:works_code", args=["GC-1"]),
            reverse("office:unit_code", args=["firm", "C-1"]),
        )
    ]

    assert [one.content[:5] for one in answers] == [b"%PDF-"] * 3
    project_at = next(one for one in printed if one.startswith("后塘路拓宽"))
    assert project_at.endswith(reverse("portal:works", args=["7K3F9QZD"]))
    assert len(printed) == len(set(printed)) + 2, "the sheet holds both that were printed alone"
    assert any(one.endswith("/unit/body/O-WILLOW/") for one in printed)
    assert officer("stone_cashier").get(sheet).status_code == 404
