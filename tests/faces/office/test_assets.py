"""Pages of assets: a card typed in, its label, a wrong figure told, a thing counted by phone."""

from __future__ import annotations

import io
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from sanzi.deals.actions.assets import register_asset
from sanzi.deals.models import Asset, StockLine, Stocktaking
from worlds.assets import HOUSE, POND
from worlds.cases import Desk
from worlds.money import AT

CARD = {
    "category": "fixed",
    "kind": "house",
    "name": "老粮仓",
    "place": "三组",
    "is_operating": "on",
    "area_m2_centi": "310.5",
    "quantity": "1",
    "book_value_fen": "86,000",
    "acquired_date": "1998-05-01",
    "subject_code": "1510101",
}


def read(client: Client, name: str, *args: str, **query: str) -> str:
    answer = client.get(reverse(f"office:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_a_clerk_makes_a_card_and_prints_its_label(desk: Desk, officer: Any) -> None:
    client = officer("village_clerk")

    made = client.post(reverse("office:asset_new") + "?org=O-WILLOW", CARD)

    one = Asset.objects.get()
    assert made["Location"] == reverse("office:asset", args=[one.ext_id])
    assert (one.name, one.area_m2_centi, one.book_value_fen) == ("老粮仓", 31_050, 8_600_000)
    page = read(client, "asset", one.ext_id)
    assert f"{one.tag[:4]} {one.tag[4:]}" in page
    label = client.get(reverse("office:asset_label", args=[one.ext_id]))
    assert label["Content-Type"] == "application/pdf"
    assert label.content.startswith(b"%PDF")
    sheet = client.get(reverse("office:assets"), {"as": "labels", "text": "没有"})
    assert sheet.content.startswith(b"%PDF")


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"name": ""}, "名称"),
        ({"book_value_fen": "-5"}, "不能是负数"),
        ({"area_mu_centi": "一亩"}, "面积写成数字"),
        ({"quantity": "0"}, "数量不对"),
        ({"acquired_date": "2099-01-01"}, "不能晚于今天"),
        ({"category": "resource", "kind": "land"}, "资源要写多少亩"),
        ({"kind": "share"}, "这一类里没有这种"),
        ({"subject_code": "51404"}, "科目"),
    ],
)
def test_a_wrong_card_comes_back_with_a_word(
    desk: Desk, officer: Any, changed: dict[str, str], told: str
) -> None:
    answer = officer("village_clerk").post(
        reverse("office:asset_new") + "?org=O-WILLOW", CARD | changed
    )

    assert answer.status_code == 200
    assert told in answer.content.decode()
    assert Asset.objects.count() == 0


def test_the_list_is_searched_filtered_and_taken_away(desk: Desk, officer: Any) -> None:
    for fields in (HOUSE, POND):
        register_asset(fields=fields, by=desk.actor("village_clerk"), at=AT)
    client = officer("county_agri")

    assert "村前水塘" not in read(client, "assets", text="厂房")
    assert "没有这样的卡片" in read(client, "assets", status="leased")
    answer: Any = client.get(reverse("office:assets"), {"as": "csv"})
    rows = b"".join(answer.streaming_content).decode("utf-8-sig").splitlines()
    assert rows[2].split(",")[5:8] == ["村前水塘", "一组", "12.5"]
    assert "相差" in read(client, "asset_books")


def test_a_card_is_changed_marked_and_valued_from_its_page(desk: Desk, officer: Any) -> None:
    one = register_asset(fields=HOUSE, by=desk.actor("village_clerk"), at=AT)
    client = officer("village_clerk")
    act = reverse("office:asset_act", args=[one.ext_id])

    client.post(reverse("office:asset_change", args=[one.ext_id]), CARD | {"reason": "写错了名字"})
    client.post(act, {"do": "status", "status": "self_use", "reason": "放农具"})
    client.post(act, {"do": "appraise", "appraised_fen": "24000", "appraiser": "澄川评估所"})
    bad = client.post(act, {"do": "appraise", "appraised_fen": "0", "appraiser": "x"}, follow=True)

    found = Asset.objects.get()
    assert (found.name, found.status, found.appraised_fen) == ("老粮仓", "self_use", 2_400_000)
    assert "估价没存" in bad.content.decode()
    page = read(client, "asset", one.ext_id)
    assert "写错了名字。" in page
    assert "澄川评估所估24,000.00元" in page


def test_a_thing_is_counted_by_phone_and_checked_by_another(desk: Desk, officer: Any) -> None:
    one = register_asset(fields=HOUSE, by=desk.actor("village_clerk"), at=AT)
    clerk = officer("village_clerk")
    year = str(AT.year)
    clerk.post(reverse("office:stocktakings"), {"organisation": "O-WILLOW", "year": year})
    sheet = Stocktaking.objects.get().ext_id
    line = reverse("office:stocktaking_line", args=[sheet, one.ext_id])
    page = reverse("office:stocktaking", args=[sheet])
    act = reverse("office:stocktaking_act", args=[sheet])

    scanned = clerk.get(page, {"tag": one.tag})
    assert scanned["Location"] == line
    assert "没有这个码" in clerk.get(page, {"tag": "ZZZZ"}, follow=True).content.decode()
    refused = clerk.post(line, {"result": "changed", "note": "屋顶漏了"})
    assert "要拍一张照片" in refused.content.decode()
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 60)).save(made, "PNG")
    photo = SimpleUploadedFile("漏.png", made.getvalue(), "image/png")
    clerk.post(line, {"result": "changed", "note": "屋顶漏了", "photo": photo})

    head = officer("committee_member")
    assert head.post(act, {"do": "check_all"}).status_code == 404
    supervisor = officer("supervision_head")
    assert "我都看过了" in supervisor.get(page).content.decode()
    supervisor.post(act, {"do": "check", "asset": one.ext_id})
    clerk.post(act, {"do": "publish"})

    found = StockLine.objects.get()
    assert (found.checked_by_name, bool(found.photo_ext_id)) == ("李天明", True)
    assert Stocktaking.objects.get().state == "published"
    early = officer("village_secretary").post(
        act, {"do": "confirm", "decision": "村代会9号"}, follow=True
    )
    assert "公示没满七天" in early.content.decode()


def test_anybody_reads_what_the_label_says(desk: Desk, client: Client) -> None:
    one = register_asset(fields=HOUSE, by=desk.actor("village_clerk"), at=AT)

    page = client.get(reverse("portal:asset", args=[one.tag])).content.decode()

    assert "柳湾村股份经济合作社" in page
    assert "柳湾村工业路8号" in page
    assert client.get(reverse("portal:asset", args=["NOTHERE1"])).status_code == 404
