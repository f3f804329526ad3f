"""Pages above the county: pairs for the county's discipline; a city's counties, compared."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.urls import reverse

from sanzi.insight.cockpit import catalogue
from sanzi.insight.cockpit.shapes import Counted, PanelPage, Place
from sanzi.interfaces.office.views import levels
from sanzi.levels import queries, taking
from sanzi.levels.queries import Compared, Comparison
from sanzi.matching.models import Fault, Pair, PairRow, Run, RunState, Sending
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Appointment, Division, Organisation, Person, User
from worlds import village
from worlds.cases import AT
from worlds.lake import CODES, SmallCounty

pytestmark = pytest.mark.django_db
CITY = "320500000000"


def _read(client, name, *args, **query):
    answer = client.get(reverse(f"office:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.getvalue().decode("utf-8-sig")


def test_pairs_are_on_a_page_of_the_countys_discipline(officer, desk):
    client = officer("county_discipline")
    assert "还没有对上的" in _read(client, "matches")

    sending = Sending.objects.create(purpose="supplier", period="2025", made_at=AT, count=3)
    run = Run.objects.create(
        purpose="supplier", period="2025", other_code="320583", other_name="昆山市",
        state=RunState.MATCHED, sending=sending, digest="0" * 64, matched_at=AT, pair_count=1,
    )  # fmt: skip
    pair = Pair.objects.create(run=run, pair_id="P-0011223344556677")
    person = desk.world.people["committee_member"]
    PairRow.objects.create(
        pair=pair, row_kind="counterparty", row_id="MASON", division_code=village.WILLOW,
        person_ext_id=person.ext_id,
    )  # fmt: skip
    Fault.objects.create(
        purpose="subsidy-person", period="2025", at=AT, code="matching.service_down",
        sentence="省里的比对服务没有答上来",
    )  # fmt: skip

    page = _read(client, "matches")
    for words in ("1对对上了", "昆山市", "P-0011223344556677", "MASON", "柳湾村", person.name,
                  "没有答上来", "同一个人在两个县领补贴", "个人信息保护法"):  # fmt: skip
        assert words in page
    assert "P-0011223344556677" in _read(client, "matches", **{"as": "csv"})
    here = reverse("office:match_lead", args=["supplier", "2025", pair.pair_id])
    assert here in page
    wrong = client.post(here, {"how": "", "ref": "", "words": "查过了"})
    assert "怎么核实的" in wrong.content.decode()
    told = {"how": "together", "ref": "11月3日", "words": "两县都有这个供应商，价格差一倍"}
    assert client.post(here, told).url == reverse("office:matches")
    assert here not in _read(client, "matches")
    assert "一对只立一条" in client.get(here).content.decode()
    assert officer("county_finance").get(reverse("office:matches")).status_code == 404


@pytest.fixture
def city(tmp_path, monkeypatch, desk, officer):
    """Let a city take one county and miss another; give its officer a browser."""
    counties = [SmallCounty(tmp_path, code) for code in CODES]
    for row in counties[0].rows["payment"]:
        row["paid_at"] = row["created_at"]
    counties[0].rows["alert"] = [
        {"alert_id": "AL1", "org_id": "ORG1", "model_code": "payment-duplicate",
         "model_version": "1", "severity": "hold", "opened_at": AT.replace(tzinfo=None),
         "finding_kind": "payment", "finding_id": "F1", "state": "NEW"},
    ]  # fmt: skip
    counties[0].publish(AT)
    told = replace(
        django_settings.SANZI, lake=counties[0].place, lake_counties=tmp_path / "counties.yaml"
    )
    monkeypatch.setattr(django_settings, "SANZI", told)
    known = [
        replace(one.listed, name=name, site="https://zjg.example")
        for one, name in zip(counties, ("张家港市", "昆山市"), strict=True)
    ]
    taking.take(counties[0].store, known, counties[0].cache, by=SYSTEM, at=AT)
    division = Division.objects.get(pk=CITY)
    body = Organisation.objects.create(
        ext_id="O-CITY", kind="department", name="市局", division=division
    )
    person = Person.objects.create(ext_id="P-CITY", name="某人", division=division)
    Appointment.objects.create(
        ext_id="A-CITY", person=person, organisation=body, role_code="city_office",
        start_date=AT.date() - timedelta(days=9), document_ref="任",
    )  # fmt: skip
    desk.world.users["city"] = User.objects.create(username="city", person=person)
    return officer("city")


def test_a_city_is_offered_only_what_it_has(city):
    page = _read(city, "cockpit", CITY)
    rail = page[page.index('<nav class="rail"') :].split("</nav>")[0]
    assert [one for one in ("驾驶舱", "各县数据", "待办", "办事", "付款") if one in rail] == [
        "驾驶舱", "各县数据",
    ]  # fmt: skip
    assert 'role="search"' not in page
    assert city.get(reverse("office:home")).url == reverse("office:cockpit_start")


def test_a_city_reads_how_its_counties_stand_and_compares_them(city):
    page = _read(city, "levels")
    assert "2个县，1个送来了数据，1个这次没有收下" in page
    assert "320583 还没有送来数据" in page
    assert "1,500.00" in page
    assert "张家港市" in _read(city, "levels", **{"as": "csv"})

    page = _read(city, "level_compare", CITY, "alerts")
    assert "某市预警：1处有数" in page
    assert "https://zjg.example" in page
    assert "张家港市" in _read(city, "level_compare", CITY, "alerts", **{"as": "csv"})
    assert "某市：2个村" in _read(city, "cockpit", CITY)
    assert "https://zjg.example" in _read(city, "cockpit", f"{CODES[0]}000000")
    assert city.get(reverse("office:level_compare", args=[CITY, "nothing"])).status_code == 404


@pytest.mark.parametrize(
    ("panel", "values", "title", "facts"),
    [
        ("arrears", (1_270_000, 150_000), "2处有数，甲0最高", ["最高", "最低"]),
        ("disclosure", (857, 1_000), "2处有数，甲0最低", ["最低", "最高"]),
        ("arrears", (150_000, 150_000), "2处有数", ["最高", "最低"]),
        ("arrears", (150_000, None), "1处有数", []),
        ("arrears", (4, 3, 2, 1), "4处有数，甲0最高", ["中间的一处", "中间一半在"]),
        ("arrears", tuple(range(10, 0, -1)), "10处有数，1处在最高的一成",
         ["中间的一处", "中间一半在", "标出来的"]),
    ],
)  # fmt: skip
def test_a_few_places_are_told_by_their_ends_and_many_by_their_middle(panel, values, title, facts):
    place, shown = Place(CITY, "某市", "city"), catalogue.panels()[panel]
    told = [one for one in values if one is not None]
    middle, low, high = (queries.at_share(sorted(told), share) for share in (50, 25, 75))
    rows = tuple(
        Compared(Place(f"32050{at}000000", f"甲{at}", "county"), one, None, None,
                 len(told) == 10 and at == 0, "")
        for at, one in enumerate(values)
    )  # fmt: skip
    page = PanelPage(shown, place, (), (), Counted(), None, is_late=False)
    found = Comparison(page, rows, middle, low, high, is_low_bad=shown.of == "share")

    assert levels._sentence(found) == f"某市{shown.title}：{title}"
    assert [one.term for one in levels._spread(found)] == facts
    is_marked = "和别处比" in [one.title for one in levels._compared(found).columns]
    assert is_marked == (len(told) == 10)
