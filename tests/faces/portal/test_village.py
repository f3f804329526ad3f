"""The village on one page: what is being decided, what it lets; and a household's own land."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client

from sanzi.deals.models import Auction
from sanzi.deals.models.assets import Asset, AssetStatus
from sanzi.disclosure import village_queries
from sanzi.disclosure.actions import publishing
from sanzi.interfaces.look import words
from sanzi.kernel import clock
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Household, LandRight, Person
from sanzi.registers.land.models import Compensation, Homestead, LandTaking
from worlds import deals, doors, leases, meetings, money, village
from worlds.village import AT, STONE, WILLOW, World

pytestmark = pytest.mark.django_db
HERE = f"/village/{WILLOW}/"


def section(page: str, title: str) -> str:
    return page.split(f">{title}</h2>")[1].split("</section>", maxsplit=1)[0]


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """The page is read at the instant of the world."""
    monkeypatch.setattr(clock, "now", lambda: AT)


def test_what_is_being_decided_ends_with_its_hour_and_names_nobody(now: None) -> None:
    hall = meetings.build()
    world = hall.world
    deals.works_office(world)
    deals.published(world, title="给王大山家门口修路")
    village.villager(world, "王大山")
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V01", "东塘招租方案", {"facts": []})
    asked = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    hall.call(hall.plan(), "proposal", AT)

    shown = section(Client().get(HERE).content.decode(), "正在定的事")
    assert f"/village/{WILLOW}/bulletin/{asked.ext_id}/" in shown
    assert "说意见到" in shown
    assert "开会" in shown
    assert "给王*山家门口修路" in shown
    assert "王大山" not in shown
    kinds = [one.kind for one in village_queries.deciding(WILLOW, AT)]
    assert sorted(kinds) == ["consultation", "meeting", "tender"]
    last = max(one.until for one in village_queries.deciding(WILLOW, AT))
    assert village_queries.deciding(WILLOW, last) == []
    assert village_queries.deciding(STONE, AT) == []


def test_what_is_let_and_what_stands_empty_has_its_rent_and_no_tenant(now: None) -> None:
    letting = leases.directed(money.build())
    empty = Client().get(HERE).content.decode()
    assert "空着，可以租" in section(empty, "村里出租的")

    letting.sign()
    shown = section(Client().get(HERE).content.decode(), "村里出租的")
    assert "空着" not in shown
    assert f"一年{words.portal_yuan(12_000_000)}" in shown
    assert "青石机械厂" not in shown
    Asset.objects.update(status=AssetStatus.IDLE)
    assert len(village_queries.lettings(WILLOW, AT.date())) == 1, "let, whatever its card says"


def test_things_that_an_officer_named_after_a_villager_are_masked_on_their_pages(
    now: None,
) -> None:
    letting = leases.directed(money.build())
    Person.objects.filter(pk=letting.money.payees[0].pk).update(name="王大山")
    deals.works_office(letting.money.world)
    Asset.objects.update(name="王大山老宅", place="王大山家东边")
    Auction.objects.filter(ext_id="AU-1").update(title="王大山老宅出租")
    tender = deals.published(letting.money.world, title="给王大山家门口修路")
    pages = (HERE, f"/asset/{Asset.objects.get().tag}/", "/auctions/AU-1/", f"/tenders/{tender}/")

    for url in pages:
        page = Client().get(url).content.decode()
        assert "王*山" in page, url
        assert "王大山" not in page, url
    assert Asset.objects.get().name == "王大山老宅"


def test_a_household_sees_its_land_and_nobody_elses() -> None:
    world = doors.build()
    home = Household.objects.get(ext_id="H1")
    other = Household.objects.create(
        ext_id="H-ELSE", division_id=WILLOW, head_person_ext_id="x", member_count=1
    )
    _land(world, home, "P-001", date(2057, 12, 31))
    _land(world, other, "P-777", date(2057, 12, 31))
    _land(world, home, "P-OVER", date(2020, 1, 1))
    one = doors.enter(at=clock.now())

    text = section(one.get(f"{HERE}family/money/").content.decode(), "我家的地和身份")
    assert "承包地 P-001" in text
    assert "3.5亩，到2057年12月31日" in text
    assert "申请的宅基地 村东" in text
    assert "征地补偿 P-001的路" in text
    assert "还没付" in text
    assert "P-777" not in text
    assert "P-OVER</b>" not in text.split("征地补偿")[0]


def _land(world: World, home: Household, parcel: str, end: date) -> None:
    member = Person.objects.filter(household=home).first()
    LandRight.objects.create(
        parcel_id=parcel, division_id=WILLOW, holder_kind="household", household=home,
        right_kind="contract", area_mu_centi=350, end_date=end,
    )  # fmt: skip
    body = world.bodies["willow"]
    Homestead.objects.create(
        ext_id=f"HS-{parcel}", organisation=body, division_code=WILLOW, household=home,
        ground="split", land_class="other", area_m2_centi=12_000, place="村东",
        submitted_at=AT - timedelta(days=3),
    )  # fmt: skip
    taking = LandTaking.objects.create(
        ext_id=f"LT-{parcel}", organisation=body, division_code=WILLOW,
        project_name=f"{parcel}的路",
    )  # fmt: skip
    Compensation.objects.create(
        ext_id=f"CL-{parcel}", taking=taking, division_code=WILLOW, kind="crops",
        owner_kind="household", person=member, quantity_milli=1_000, unit="亩",
        unit_price_fen=180_000, amount_fen=180_000,
    )  # fmt: skip
