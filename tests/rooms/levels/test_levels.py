"""Above the county: nights that publish, what a city takes, its cockpit over its counties."""

import json
from copy import deepcopy
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings as django_settings

from sanzi.audit.models import Event
from sanzi.insight.actions import cockpit
from sanzi.insight.cockpit import catalogue, counting, panels
from sanzi.insight.cockpit import rows as cockpit_rows
from sanzi.insight.models import CockpitSum
from sanzi.levels import publishing, queries, taking
from sanzi.levels.models import Publication, Standing
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment, Division, Organisation, Person, User
from sanzi.orgs.queries import actor_for
from sanzi.record.lake import copies, manifest
from sanzi.record.lake.errors import BadPlace
from sanzi.supervision import known
from sanzi.supervision.models import ModelRun, OwnVersion
from worlds import own_models, village
from worlds.lake import AT, CODES, NEXT_DAY, SmallCounty, county_list

CITY, PROVINCE = "320500000000", "320000000000"
NIGHT = datetime(2026, 11, 11, 20, 0, tzinfo=UTC)  # four in the morning there
ALERT = {
    "org_id": "ORG1", "model_code": "payment-duplicate", "model_version": "1", "severity": "hold",
    "opened_at": datetime(2026, 11, 2), "finding_kind": "payment", "finding_id": "F1",
}  # fmt: skip


@pytest.fixture
def told(monkeypatch):
    """Say what the settings name."""

    def say(**named):
        found = replace(django_settings.SANZI, **named)
        monkeypatch.setattr(django_settings, "SANZI", found)
        return found

    return say


# --- publishing ---------------------------------------------------------------------------------


def test_a_night_is_published_once_after_its_scan(db, told, tmp_path):
    world = village.build()
    own = own_models.on_trial(world, NIGHT - timedelta(days=1))
    place = str(tmp_path / "lake")
    assert publishing.publish_when_due(NIGHT) == 0
    told(lake=place, lake_keys=tmp_path / "keys")

    assert publishing.publish_when_due(NIGHT - timedelta(hours=2)) == 0
    assert publishing.publish_when_due(NIGHT) == 0  # the scan of this night has not ended
    ModelRun.objects.create(as_of=NIGHT, started_at=NIGHT, finished_at=NIGHT)
    assert publishing.publish_when_due(NIGHT) == 1
    assert publishing.publish_when_due(NIGHT + timedelta(hours=1)) == 0

    row = Publication.objects.get()
    assert (row.serial, row.done_at, row.code) == (1, NIGHT, "")
    [made] = (tmp_path / "lake").rglob("manifests/*.json")
    told = json.loads(made.read_text())
    assert (told["own_models"], told["own_titles"]) == ({own: True}, {})  # on trial
    OwnVersion.objects.update(state="active")
    event = Event.objects.get(kind="levels.publication.made")
    assert '"serial":1' in event.change.replace(" ", "")
    assert '"keys"' in event.change
    # The next night its scan never ends: in the morning it is published all the same.
    assert publishing.publish_when_due(NIGHT + NEXT_DAY) == 0
    assert publishing.publish_when_due(NIGHT + NEXT_DAY + timedelta(hours=5)) == 1
    assert Publication.objects.count() == 2
    second = max((tmp_path / "lake").rglob("manifests/*.json"))
    assert json.loads(second.read_text())["own_titles"] == {own: "维修付款五百元以上"}
    OwnVersion.objects.update(is_closed=True)
    assert known.open_titles() == {}


def test_a_publication_that_fails_is_held_and_told(db, told, tmp_path):
    village.build()
    (tmp_path / "file").write_text("in the way")
    told(lake=str(tmp_path / "file" / "lake"), lake_keys=tmp_path / "keys")
    ModelRun.objects.create(as_of=NIGHT, started_at=NIGHT, finished_at=NIGHT)

    with pytest.raises(BadPlace):
        publishing.publish_when_due(NIGHT)

    row = Publication.objects.get()
    assert (row.code, row.done_at) == ("lake.bad_place", None)
    assert not Event.objects.filter(kind="levels.publication.made").exists()
    told(lake=str(tmp_path / "lake"), lake_keys=tmp_path / "keys")
    assert publishing.publish_when_due(NIGHT + timedelta(minutes=10)) == 1
    assert Publication.objects.get().code == ""


def test_a_city_does_not_publish(db, told, tmp_path):
    told(lake=str(tmp_path / "lake"), lake_counties=tmp_path / "counties.yaml")
    assert publishing.publish_when_due(NIGHT + timedelta(hours=8)) == 0


# --- a city -------------------------------------------------------------------------------------


def _officer(code, role):
    division = Division.objects.get(pk=code)
    body = Organisation.objects.create(
        ext_id=f"O-{role}", kind="department", name=division.name, division=division
    )
    person = Person.objects.create(ext_id=f"P-{role}", name="某人", division=division)
    Appointment.objects.create(
        ext_id=f"A-{role}", person=person, organisation=body, role_code=role,
        start_date=AT.date(), document_ref="任",
    )  # fmt: skip
    user = User.objects.create(username=role, person=person)
    return actor_for(user, AT + NEXT_DAY, origin="test")


@pytest.fixture
def counties(tmp_path):
    made = [SmallCounty(tmp_path, code) for code in CODES]
    for number, one in enumerate(made):
        one.rows["division"].insert(0, {"code": PROVINCE, "name": "某省", "level": "province"})
        for row in one.rows["payment"]:
            row["paid_at"] = row["created_at"]
        one.rows["alert"] = [
            {**ALERT, "alert_id": f"AL{line}", "state": "NEW"} for line in range(3 + number)
        ]
        one.publish()
    return made


@pytest.fixture
def city(db, told, tmp_path, counties):
    """Let the city take both counties, and give an officer of it."""
    told(var=tmp_path, lake=counties[0].place, lake_counties=tmp_path / "counties.yaml")
    county_list(tmp_path / "counties.yaml", *counties)
    assert _take(counties) == 2
    return _officer(CITY, "city_office")


def _take(counties, at=AT):
    known = [
        replace(one.listed, name=f"{one.code}县", site="https://x.example") for one in counties
    ]
    cache = counties[0].folder / "lake-cache"
    return taking.take(counties[0].store, known, cache, by=SYSTEM, at=at)


def _alerts(by, code):
    return panels.told(panels.panel(by=by, division_code=code, code="alerts", at=AT)).part


def test_a_citys_cockpit_is_the_sum_of_its_counties_own(city, counties):
    each = [_alerts(city, f"{one.code}000000") for one in counties]

    assert each == [3, 4]
    assert _alerts(city, CITY) == 7
    kept = {
        (one.statement, one.division_code, one.month, one.key): (one.part, one.whole, one.row_count)
        for one in CockpitSum.objects.filter(is_rolled=True)
    }
    # What each county would count of its own rows, statement by statement.
    statements = catalogue.statements()
    for county in counties:
        taken = county.take(AT)
        from sanzi.record import engine, snapshot

        wanted = snapshot.columns_of(engine.check(sql) for sql in statements.values())
        given = counting.values(AT)
        with copies.held(taken, wanted) as session:
            for code, sql in statements.items():
                own = counting.rolled(session.run(counting.sums_of(sql), given), given["since"])
                for (division, is_rolled, month, key), one in own.items():
                    if is_rolled and division == f"{county.code}000000":
                        told = (one.part, one.whole, one.row_count)
                        assert kept[code, division, month, key] == told
    page = panels.page(by=city, division_code=CITY, duty="", at=AT)
    assert [one.code for one in page.below] == [f"{one.code}000000" for one in counties]


def test_a_city_drills_to_the_rows_of_a_village_as_the_county_published_them(city, counties):
    county = counties[0]
    town, village_ = f"{county.code}101000", f"{county.code}101001"
    at_town = panels.panel(by=city, division_code=town, code="alerts", at=AT)
    assert {one.code: counted.total().part for one, counted in at_town.below} == {
        village_: 3, f"{county.code}101002": 0,
    }  # fmt: skip

    given = {"division_code": village_, "code": "alerts", "key": "", "month": ""}
    found = panels.rows(by=city, **given, at=AT + timedelta(days=3))
    assert found.kept == found.now
    assert {(one.kind, one.row_id) for one in found.rows} == {("alert", f"AL{n}") for n in range(3)}
    read = panels.rows_named(found.page, {"alert": ["AL1"], "payment": ["F3"]})
    assert read["alert"]["AL1"]["model_code"] == "payment-duplicate"
    assert read["payment"]["F3"]["payee_name"].startswith("代号"), "names stay in the county"
    assert queries.site_of(by=city, division_code=village_) == "https://x.example"
    # What the county published since is not shown before it is counted.
    county.rows["alert"] = []
    county.publish(AT + NEXT_DAY)
    assert panels.rows(by=city, **given, at=AT).row_count == 3
    elsewhere = village.build().actor("county_discipline")
    for by, place in ((elsewhere, village_), (city, f"{county.code}101009")):
        with pytest.raises(NotFound):
            panels.rows(by=by, **{**given, "division_code": place}, at=AT)


@pytest.mark.parametrize(
    ("own", "counted"),
    [
        ({}, {"AL0", "AL1", "AL2"}),  # an older county does not tell which are open
        ({"own-7": False, "own-8": False}, {"AL0", "AL1", "AL2"}),
        ({"own-7": True, "own-8": False}, {"AL0", "AL1", "AL2", "AL7"}),
    ],
)
def test_of_a_countys_own_models_the_open_ones_are_counted_above_it(city, counties, own, counted):
    county = counties[0]
    county.rows["alert"] += [
        {**ALERT, "alert_id": f"AL{number}", "state": "NEW", "model_code": f"own-{number}"}
        for number in (7, 8)
    ]
    county.publish(
        AT + NEXT_DAY, own_models=own, own_titles=dict.fromkeys(own, "维修付款五百元以上")
    )
    assert _take(counties, AT + NEXT_DAY) == 1

    given = {"division_code": f"{county.code}101001", "code": "alerts", "key": "", "month": ""}
    found = panels.rows(by=city, **given, at=AT + NEXT_DAY)
    assert _alerts(city, f"{county.code}000000") == len(counted)
    assert {one.row_id for one in found.rows} == counted
    # No model here is asked what a county calls its own: the city's `own-7` is another.
    row, told = {"model_code": "own-7"}, panels.own_titles(found.page)
    assert cockpit_rows.title("alert", row) == "自建规则"
    is_told = "AL7" in counted
    assert told == ({"own-7": "维修付款五百元以上"} if is_told else {})
    assert cockpit_rows.title("alert", row, told) == (told["own-7"] if is_told else "自建规则")


def test_a_map_of_a_province_has_a_tile_for_each_county_that_of_a_city_for_each_town(
    city, counties
):
    page = panels.panel(by=city, division_code=CITY, code="alert_map", at=AT)
    assert [(one.code, one.level, counted.total().part) for one, counted in page.below] == [
        (f"{CODES[0]}101000", "town", 3), (f"{CODES[1]}101000", "town", 4),
    ]  # fmt: skip
    page = panels.panel(by=SYSTEM, division_code=PROVINCE, code="alert_map", at=AT)
    assert [(one.code[:6], one.level, counted.total().part) for one, counted in page.below] == [
        (CODES[0], "county", 3), (CODES[1], "county", 4),
    ]  # fmt: skip


def test_three_counties_of_three_versions_are_rolled_up(city, counties, tmp_path):
    """One as this program is, one older without alerts, one newer that calls a value otherwise."""
    here, older = counties
    told = older.manifest()
    tables = {name: columns for name, columns in told.tables.items() if name != "alert"}
    parts = tuple(one for one in told.parts if one.table != "alert")
    previous = older.head().sm3
    older.put(replace(told, serial=2, previous=previous, tables=tables, parts=parts))
    newer = SmallCounty(tmp_path, "320584")
    newer.rows["alert"] = deepcopy(here.rows["alert"])
    for row in newer.rows["payment"]:
        row["paid_at"] = row["created_at"]
        row["status"] = "settled"
    newer.publish()
    told = newer.manifest()
    renamed = {"version": 2, "kind": "value", "table": "payment", "column": "status",
               "old": "paid", "new": "settled"}  # fmt: skip
    newer.put(replace(told, serial=2, version=2, changed=[renamed]))

    assert _take([*counties, newer], AT + NEXT_DAY) == 2

    found = {one.county_code: one for one in Standing.objects.all()}
    assert {one: found[one].version for one in found} == {CODES[0]: 1, CODES[1]: 1, "320584": 2}
    assert {one: found[one].paid_fen for one in found} == dict.fromkeys(found, 150_000)
    assert "alerts" in found[CODES[1]].unasked
    assert found[CODES[0]].unasked == found["320584"].unasked == []
    # An older county that does not tell alerts has no figure there: none is not nought.
    assert [_alerts(city, one) for one in (CITY, f"{CODES[0]}000000", "320584000000")] == [6, 3, 3]
    page = queries.compare(by=city, division_code=CITY, code="alerts", at=AT)
    assert {one.place.code[:6]: one.value for one in page.rows} == {
        CODES[0]: 3, CODES[1]: None, "320584": 3,
    }  # fmt: skip


def test_only_what_is_new_is_counted_again_and_a_refused_county_keeps_its_figures(city, counties):
    first, second = counties
    first.rows["alert"] = first.rows["alert"][:1]
    first.publish(AT + NEXT_DAY)
    second.store.write(manifest.head_path(second.code), b"spoilt")

    assert _take(counties, AT + NEXT_DAY) == 1

    assert (_alerts(city, f"{first.code}000000"), _alerts(city, f"{second.code}000000")) == (1, 4)
    assert _alerts(city, CITY) == 5
    worst, best = queries.standings(by=city)
    assert (worst.county_code, worst.code, worst.serial) == (second.code, "lake.head_broken", 1)
    assert (best.serial, best.code, best.village_count, best.paid_fen) == (2, "", 2, 150_000)
    told = queries.coverage([worst, best], AT + timedelta(days=8))
    assert (told.counties, told.sent, told.refused) == (2, 2, 1)
    assert (told.villages, told.fresh_villages) == (4, 2)
    assert Event.objects.filter(kind="levels.publication.taken").count() == 2


def test_a_county_off_the_list_is_gone_from_every_figure(city, counties):
    assert _take(counties[:1], AT + NEXT_DAY) == 0

    assert _alerts(city, CITY) == 3
    assert [one.county_code for one in Standing.objects.all()] == [counties[0].code]


def test_counties_are_compared_by_the_middle_and_the_worst_tenth(city, counties):
    found = queries.compare(by=city, division_code=CITY, code="alerts", at=AT)

    assert [(one.place.code[:6], one.value, one.is_far) for one in found.rows] == [
        (CODES[1], 4, False), (CODES[0], 3, False),
    ]  # fmt: skip
    assert (found.low, found.middle, found.high) == (3, 3, 4)
    assert {one.site for one in found.rows} == {"https://x.example"}


def test_shares_of_values_and_the_worst_tenth_are_values_that_are_there():
    values = list(range(1, 21))
    assert [queries.at_share(values, one) for one in (25, 50, 75)] == [5, 10, 15]
    assert queries.at_share([], 50) is None
    assert queries._far(values, is_low_bad=True) == {1, 2}
    assert queries._far(values, is_low_bad=False) == {19, 20}
    assert queries._far(values[:9], is_low_bad=True) == set()


def test_who_stands_elsewhere_sees_nothing(city, counties, told):
    world = village.build()
    county = world.actor("county_agri")
    assert queries.standings(by=county) == []
    with pytest.raises(NotFound):
        queries.compare(by=county, division_code=CITY, code="alerts", at=AT)
    assert queries.site_of(by=county, division_code=f"{CODES[0]}000000") == ""
    told(lake_counties=None)
    with pytest.raises(NotFound):
        queries.standings(by=city)


def test_a_city_takes_once_a_night_or_when_asked(city, counties, told, monkeypatch, tmp_path):
    asked = []
    monkeypatch.setattr(taking, "take", lambda *_, **named: asked.append(named["at"]) or 0)
    monkeypatch.setattr(taking.reading, "counties", lambda _file: {})
    morning = datetime(2026, 11, 12, 22, 0, tzinfo=UTC)  # six there
    taking.take_when_due(morning - timedelta(hours=3))
    assert asked == []
    taking.take_when_due(morning)
    assert asked == [morning]
    cockpit.ask(by=city, at=morning)
    taking.take_when_due(morning - timedelta(hours=3))
    assert len(asked) == 2
    told(lake_counties=None)
    assert taking.take_when_due(morning) == 0
