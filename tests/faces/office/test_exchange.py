"""The pages of outside data: upload, columns, what is wrong, load, quality over time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanzi.exchange.models import Delivery, Proposal, SourceFile
from sanzi.orgs.models import OutsideDeath
from worlds import village
from worlds.cases import Desk
from worlds.outside import HEAD, id_no
from worlds.sheets_outside import workbook

pytestmark = pytest.mark.django_db
Officer = Callable[[str], Client]
LIST = "/office/exchange/"


def send(browser: Client, data: bytes, source: str = "deaths") -> str:
    """Upload a file; return the address of its page."""
    answer = browser.post(f"{LIST}{source}/", {"file": SimpleUploadedFile("死亡.xlsx", data)})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def columns(**more: str) -> dict[str, str]:
    """Return the form with the columns of the usual header."""
    return {
        "do": "look", "col-name": "姓名", "col-id_no": "身份证号", "col-death_date": "死亡时间",
        "col-village": "村", **more,
    }  # fmt: skip


def test_a_file_goes_through_the_mapping_page_into_the_record(desk: Desk, officer: Officer) -> None:
    browser = officer("county_agri")
    data = workbook(HEAD, ("王某某", id_no(1), "2026.3.5", "柳湾村"))

    page = send(browser, data)
    asked = browser.get(page).content.decode()
    assert "<option selected>身份证号</option>" in asked
    assert id_no(1) not in asked
    assert browser.post(page, columns()).status_code == 302
    seen = Delivery.objects.get().seen_digest
    shown = browser.get(page).content.decode()
    assert "1行都能导入" in shown
    assert id_no(1) not in shown
    browser.post(page, {"do": "save", "name": "民政名单"})
    assert browser.post(page, {"do": "load", "seen": seen}).status_code == 302

    assert OutsideDeath.objects.count() == 1
    assert "导入了1行" in browser.get(page).content.decode()
    listed = browser.get(f"{LIST}deaths/").content.decode()
    assert "民政名单" in listed
    taken = browser.get(f"{LIST}deaths/?as=xlsx")
    assert taken.content.startswith(b"PK")
    again = browser.post(f"{LIST}deaths/", {"file": SimpleUploadedFile("x.xlsx", data)})
    assert again.status_code == 409
    assert "已经在" in again.content.decode()


def test_wrong_cells_and_wrong_forms_are_said_and_change_nothing(
    desk: Desk, officer: Officer
) -> None:
    browser = officer("county_agri")
    page = send(browser, workbook(HEAD, ("王某某", id_no(1), "昨天", "柳湾村")))

    browser.post(page, columns())
    shown = browser.get(page).content.decode()
    assert "应是日期" in shown
    assert "还有1行不对" in shown
    for form, status in (
        ({"do": "load", "seen": "0" * 64}, 409),
        (columns(**{"col-name": "身份证号"}), 409),
        ({"do": "choose", "sheet": "没有", "header_row": "1"}, 409),
        ({"do": "choose", "sheet": "名单", "header_row": "99"}, 409),
        ({"do": "save", "name": ""}, 409),
        ({"do": "nothing"}, 404),
    ):
        assert browser.post(page, form).status_code == status, form
    assert browser.post(f"{LIST}deaths/", {}).status_code == 409
    assert browser.get(f"{LIST}nothing/").status_code == 404
    assert not OutsideDeath.objects.exists()


def test_a_difference_of_a_directory_is_shown_and_decided(desk: Desk, officer: Officer) -> None:
    desk.world.bodies["new-county_org_dept"] = desk.world.bodies["county"]
    village.post(desk.world, "county_org_dept", "组织部", village.COUNTY)
    file = SourceFile.objects.create(digest="0" * 64, size_bytes=1, stored_at=village.AT)
    made = Delivery.objects.create(
        ext_id="WB-1", source="contacts", source_version="2026-11-01", file=file,
        division_code=village.COUNTY, file_name="通讯录.csv", sheet="文本", header_row=1,
        state="loaded", uploaded_by_id=0, uploaded_by_name="管平台", uploaded_at=village.AT,
        counts={"contacts": {"left": 1, "phone": 0, "new": 0}},
    )  # fmt: skip
    Proposal.objects.create(
        ext_id="TX-1", delivery=made, division_code=village.COUNTY, kind="left", row=0,
        person=desk.world.people["county_finance"],
    )  # fmt: skip
    page = f"{LIST}posts/"

    seen = officer("county_agri").get(page).content.decode()
    browser = officer("county_org_dept")
    asked = browser.get(page).content.decode()
    browser.post(page, {"do": "decline", "proposal": "TX-1", "reason": "借调在外"})

    assert "县财政局" in seen
    assert 'value="accept"' not in seen
    assert 'value="accept"' in asked
    assert Proposal.objects.get().state == "declined"
    assert "借调在外" in browser.get(f"{page}?state=decided").content.decode()
