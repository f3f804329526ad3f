"""The pages of outside data: upload, columns, what is wrong, load, quality over time."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from sanzi.exchange.models import Delivery
from sanzi.orgs.models import OutsideDeath
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
