"""Opening balances from the page: looked at first, written once, never after a voucher."""

from __future__ import annotations

import base64
import html
import io
import re
import zipfile

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from sanzi.audit.models import Event
from sanzi.ledger.models import OpeningBalance
from worlds import office as worlds_office
from worlds.opening_sheets import OLD, OWN, sheet

pytestmark = pytest.mark.django_db

URL = "/office/openings/O-WILLOW/"


def sent(rows, standard: str = "rce2023", **more: str) -> dict[str, object]:
    data = rows if isinstance(rows, bytes) else sheet(rows)
    file = SimpleUploadedFile("期初.xlsx", data)
    return {"do": "preview", "standard": standard, "sheet": file, **more}


def carried(page: str, **more: str) -> dict[str, str]:
    """Return what the form of a page sends again, as a browser does."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    found = {name: html.unescape(value) for name, value in hidden}
    return {**found, **more}


def stored() -> dict[tuple[str, str], int]:
    rows = OpeningBalance.objects.filter(book__organisation__ext_id="O-WILLOW")
    return {(row.account_code, row.aux_id): row.balance_fen for row in rows}


def test_a_sheet_is_looked_at_then_written_and_leads_to_the_trial_balance(desk, officer) -> None:
    client = officer("agency_accountant")
    home = client.get("/office/books/O-WILLOW/2026-11/").content.decode()
    assert reverse("office:opening", args=["O-WILLOW"]) in home

    seen = client.post(URL, sent(OWN))
    page = seen.content.decode()
    assert seen.status_code == 200
    assert "借贷平，请核对" in page
    assert "1510101 房屋建筑物" in page
    assert "385,000.00" in page
    assert stored() == {}

    unsure = client.post(URL, carried(page, do="import"))
    assert (unsure.status_code, stored()) == (409, {})
    assert "请先勾上" in unsure.content.decode()

    done = client.post(URL, carried(page, do="import", sure="1"), follow=True)
    told = done.content.decode()
    assert "期初余额记好了，4行，借贷各385,000.00元。" in told
    trial = re.search(r"/office/statements/O-WILLOW/trial/[^/]+/", told)
    assert trial is not None
    assert "385,000.00" in client.get(trial[0]).content.decode()
    assert stored() == {
        ("102", "A-WILLOW"): 500_000,
        ("1510101", ""): 38_000_000,
        ("31102", ""): -38_000_000,
        ("32202", ""): -500_000,
    }


def test_the_old_standard_asks_splits_and_shows_what_becomes_what(desk, officer) -> None:
    client = officer("agency_accountant")

    asked = client.post(URL, sent(OLD, "vce2004")).content.decode()
    assert "131 牲畜（禽）资产，借方3,000.00元" in asked
    nothing = client.post(URL, carried(asked, do="answer"))
    assert nothing.status_code == 409
    assert "还没有定放哪里" in nothing.content.decode()
    short = carried(asked, do="answer") | {"part-131-131": "1000", "part-131-132": "1,999"}
    uneven = client.post(URL, short).content.decode()
    assert "分开的合计是2,999.00元，余额是3,000.00元" in uneven
    both = {**short, "all-131": "132"}
    assert "请只留一样" in client.post(URL, both).content.decode()

    split = {**short, "part-131-132": "2,000"}
    seen = client.post(URL, split).content.decode()
    assert "老科目变成什么" in seen
    assert "旧账没分来源，放在其他" in seen
    again = client.post(URL, carried(seen, do="questions")).content.decode()
    assert 'value="2,000"' in again

    client.post(URL, carried(seen, do="import", sure="1"))
    assert stored() == {
        ("102", "A-WILLOW"): 500_000,
        ("131", ""): 100_000,
        ("132", ""): 200_000,
        ("31199", ""): -800_000,
    }


def test_what_does_not_balance_is_shown_and_never_written(desk, officer) -> None:
    client = officer("agency_accountant")

    seen = client.post(URL, sent(OWN[:-2]))
    page = seen.content.decode()
    forced = client.post(URL, carried(page, do="import", sure="1"))

    assert seen.status_code == 409
    assert "借贷不平，差5,000.00元" in page
    assert 'value="import"' not in page
    assert "期初借贷不平" in forced.content.decode()
    assert stored() == {}


def test_each_wrong_cell_is_named_by_row_and_column(desk, officer) -> None:
    rows = (("109", "其他", 5000, None, None), ("1510101", "房屋", 1, 1, None), *OWN[2:])

    said = officer("agency_accountant").post(URL, sent(rows[1:]))
    page = said.content.decode()

    assert said.status_code == 409
    assert "表里有1处不对" in page
    assert re.search(r"<td[^>]*>\s*2\s*</td>\s*<td[^>]*>\s*贷方余额", page)
    assert "借方、贷方只填一边" in page
    assert stored() == {}


@pytest.mark.parametrize("data", [b"", b"not a sheet", b"zip", b"broken"])
def test_what_is_no_sheet_is_refused_in_words(desk, officer, data) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("readme.txt", "x")
    broken = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(sheet(OWN))) as good, zipfile.ZipFile(broken, "w") as bad:
        for name in good.namelist():
            is_page = name.endswith("sheet1.xml")
            bad.writestr(name, good.read(name)[:300] if is_page else good.read(name))
    given = {b"zip": out.getvalue(), b"broken": broken.getvalue()}.get(data, data)

    said = officer("agency_accountant").post(URL, sent(given))

    assert said.status_code == 409
    assert "什么也没有写" in said.content.decode()
    assert stored() == {}


def test_another_sheet_than_the_one_looked_at_is_refused(desk, officer) -> None:
    client = officer("agency_accountant")
    page = client.post(URL, sent(OWN)).content.decode()
    other = base64.b64encode(sheet((("102", "", 1, None, "A-WILLOW"), ("32202", "", 0, 1, ""))))

    said = client.post(URL, carried(page, do="import", sure="1", carried=other.decode()))

    assert said.status_code == 409
    assert "和刚才看过的不一样" in said.content.decode()
    assert stored() == {}
    assert not Event.objects.filter(kind="ledger.opening.loaded").exists()


def test_after_a_voucher_the_page_says_why_not_and_takes_no_sheet(desk, officer) -> None:
    client = officer("agency_accountant")
    page = client.post(URL, sent(OWN)).content.decode()
    client.post(URL, carried(page, do="import", sure="1"))
    before = stored()
    worlds_office.voucher("E-1")

    shown = client.get(URL).content.decode()
    late = client.post(URL, carried(page, do="import", sure="1"))

    assert "账上已经有凭证" in shown
    assert "1510101 房屋建筑物" in shown
    assert 'name="sheet"' not in shown
    assert late.status_code == 409
    assert stored() == before


def test_the_template_comes_as_a_file_and_who_only_reads_may_not_send(desk, officer) -> None:
    client = officer("agency_accountant")
    file = client.get(reverse("office:opening_template", args=["O-WILLOW"]))
    codes = {row[0].value for row in openpyxl.load_workbook(io.BytesIO(file.content)).active.rows}
    assert "102" in codes

    reader = officer("town_leader")
    assert 'name="sheet"' not in reader.get(URL).content.decode()
    assert reader.post(URL, sent(OWN)).status_code == 404
    assert officer("stone_cashier").post(URL, sent(OWN)).status_code == 404
    assert client.post("/office/openings/O-NOWHERE/", sent(OWN)).status_code == 404
    assert stored() == {}
