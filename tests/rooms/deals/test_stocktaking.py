"""Stock-taking: one counts, another checks, differences wait seven days, then the cards know."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from PIL import Image

from sanzi.audit.models import Event
from sanzi.deals import asset_errors as errors
from sanzi.deals.actions import assets, stocktaking
from sanzi.deals.actions.stocktaking import Counted
from sanzi.deals.models import Asset, AssetEvent, StockLine, Stocktaking
from sanzi.deals.queries import stocktaking as queries
from sanzi.evidence.actions.files import Upload
from sanzi.orgs.errors import NotFound
from worlds.assets import HOUSE, POND
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db


def photo() -> Upload:
    made = io.BytesIO()
    Image.new("RGB", (40, 30), (90, 120, 60)).save(made, "PNG")
    return Upload("今天.png", stocktaking.PHOTO, made.getvalue(), may_be_invoice=False)


@pytest.fixture
def sheet(money: Money) -> str:
    """A stock-taking of three things."""
    by = money.actor("village_clerk")
    for fields in (HOUSE, POND, replace(HOUSE, name="文化礼堂", place="村口")):
        assets.register_asset(fields=fields, by=by, at=AT)
    return stocktaking.start(organisation="O-WILLOW", year=2026, by=by, at=AT)


def asset(name: str) -> str:
    return Asset.objects.get(name=name).ext_id


def count(money: Money, sheet: str, name: str, role: str = "village_clerk", **said: Any) -> None:
    counted = Counted(**{"result": "found", **said})
    stocktaking.count(
        stocktaking=sheet, asset=asset(name), counted=counted, by=money.actor(role), at=AT
    )


def count_all(money: Money, sheet: str) -> None:
    count(money, sheet, "标准厂房")
    count(money, sheet, "村前水塘", result="missing", note="填成了晒谷场")
    count(money, sheet, "文化礼堂", result="changed", note="屋顶漏了", photo=photo())


def test_a_year_is_counted_checked_published_and_confirmed(money: Money, sheet: str) -> None:
    count_all(money, sheet)
    head = money.actor("supervision_head")

    assert stocktaking.check_all(stocktaking=sheet, by=head, at=AT) == 3
    stocktaking.publish(stocktaking=sheet, by=money.actor("village_clerk"), at=AT)
    secretary = money.actor("village_secretary")
    later = AT + timedelta(days=7)
    stocktaking.confirm(stocktaking=sheet, decision_ref="村代会〔2026〕9号", by=secretary, at=later)

    days = dict(Asset.objects.values_list("name", "last_inventory_date"))
    assert days == {
        "标准厂房": date(2026, 11, 18),
        "文化礼堂": date(2026, 11, 18),
        "村前水塘": None,
    }
    note = AssetEvent.objects.filter(asset__name="村前水塘").latest("pk")
    assert (note.title, note.text) == (
        "2026年盘点",
        "找不到，填成了晒谷场。周文书盘，李天明复核",
    )
    view = queries.access_sheet(by=head, ext_id=sheet)
    assert (view.row.state, view.row.different_count, view.may_count) == ("confirmed", 2, False)
    shown = queries.lines(by=head, ext_id=sheet, show="different")
    assert [(one.name, bool(one.photo)) for one in shown] == [
        ("村前水塘", False),
        ("文化礼堂", True),
    ]


def test_the_one_who_counted_does_not_check(money: Money, sheet: str) -> None:
    post = money.world.people["supervision_head"].appointments.get()
    post.pk, post.ext_id, post.role_code = None, "A-TWO", "village_clerk"
    post.save()
    count(money, sheet, "标准厂房", role="supervision_head")
    head = money.actor("supervision_head")

    with pytest.raises(errors.SameCounter):
        stocktaking.check(stocktaking=sheet, asset=asset("标准厂房"), by=head, at=AT)
    assert stocktaking.check_all(stocktaking=sheet, by=head, at=AT) == 0

    assert StockLine.objects.filter(checked_at__isnull=False).count() == 0
    assert Event.objects.filter(kind="deals.stocktaking.checked").count() == 0


def test_counting_again_opens_the_check_again(money: Money, sheet: str) -> None:
    count(money, sheet, "标准厂房")
    head = money.actor("supervision_head")
    stocktaking.check(stocktaking=sheet, asset=asset("标准厂房"), by=head, at=AT)

    count(money, sheet, "标准厂房", result="missing", note="拆了")

    line = StockLine.objects.get(asset__name="标准厂房")
    assert (line.result, line.checked_at, line.checked_by_name) == ("missing", None, "")


@pytest.mark.parametrize(
    ("said", "advice"),
    [
        ({"result": "gone"}, "请选在、有变化或找不到。"),
        ({"result": "pending"}, "请选在、有变化或找不到。"),
        ({"result": "missing"}, "请写一句说明。"),
        ({"result": "changed", "note": "换了门"}, "请拍一张现在的样子。"),
    ],
)
def test_a_line_says_what_its_result_asks_for(
    money: Money, sheet: str, said: dict[str, str], advice: str
) -> None:
    with pytest.raises(errors.CountWrong) as refused:
        count(money, sheet, "标准厂房", **said)

    assert refused.value.advice == advice
    assert StockLine.objects.filter(counted_at__isnull=False).count() == 0


def test_a_year_is_started_once_and_only_this_one_or_the_last(money: Money, sheet: str) -> None:
    by = money.actor("village_clerk")

    for year in (2026, 2024, 2027):
        with pytest.raises(errors.CountStands):
            stocktaking.start(organisation="O-WILLOW", year=year, by=by, at=AT)
    with pytest.raises(errors.CountStands):
        stocktaking.start(organisation="O-WILLOW-VC", year=2026, by=by, at=AT)
    with pytest.raises(NotFound):
        stocktaking.start(organisation="O-STONE", year=2026, by=by, at=AT)

    assert Stocktaking.objects.count() == 1


def test_nothing_is_published_or_confirmed_too_early(money: Money, sheet: str) -> None:
    clerk, secretary = money.actor("village_clerk"), money.actor("village_secretary")

    def refused(action: Callable[[], object], words: str) -> None:
        with pytest.raises(errors.CountStands) as found:
            action()
        assert words in found.value.text

    def confirm(at: Any = AT, decision: str = "村代会〔2026〕9号") -> None:
        stocktaking.confirm(stocktaking=sheet, decision_ref=decision, by=secretary, at=at)

    refused(lambda: stocktaking.publish(stocktaking=sheet, by=clerk, at=AT), "还有3件")
    refused(confirm, "正在盘")
    count_all(money, sheet)
    stocktaking.check_all(stocktaking=sheet, by=money.actor("supervision_head"), at=AT)
    stocktaking.publish(stocktaking=sheet, by=clerk, at=AT)
    refused(lambda: confirm(AT + timedelta(days=6, hours=23)), "没满七天")
    refused(lambda: confirm(AT + timedelta(days=8), " "), "没写哪次会")
    refused(lambda: count(money, sheet, "标准厂房"), "差异在公示")

    assert Stocktaking.objects.get().state == "published"
    assert set(Asset.objects.values_list("last_inventory_date", flat=True)) == {None}


def test_who_counts_is_not_who_checks_or_confirms(money: Money, sheet: str) -> None:
    count(money, sheet, "标准厂房")
    for role in ("supervision_head", "village_secretary", "stone_cashier", "agency_accountant"):
        with pytest.raises(NotFound):
            count(money, sheet, "村前水塘", role=role)
    for role in ("village_clerk", "village_secretary", "stone_cashier"):
        with pytest.raises(NotFound):
            stocktaking.check(
                stocktaking=sheet, asset=asset("标准厂房"), by=money.actor(role), at=AT
            )
    with pytest.raises(NotFound):
        stocktaking.confirm(
            stocktaking=sheet, decision_ref="会", by=money.actor("village_clerk"), at=AT
        )
    with pytest.raises(NotFound):
        queries.access_sheet(by=money.actor("stone_cashier"), ext_id=sheet)


def test_a_scanned_label_opens_its_line(money: Money, sheet: str) -> None:
    clerk = money.actor("village_clerk")
    house = Asset.objects.get(name="标准厂房")

    for scanned in (
        house.tag,
        f"https://三资.example/asset/{house.tag}/",
        house.tag.lower(),
        "0001",
    ):
        assert queries.asset_of_tag(by=clerk, ext_id=sheet, tag=scanned) == house.ext_id
    with pytest.raises(NotFound):
        queries.asset_of_tag(by=clerk, ext_id=sheet, tag="ZZZZZZZZ")
    assert queries.open_sheet_of(house.ext_id) == sheet
