"""Reports: what a template may say, what is refused, frozen figures, what is issued stays."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import yaml
from django.db import DatabaseError, transaction

from sanzi.audit.models import Event
from sanzi.deals.actions.assets import register_asset
from sanzi.insight.actions import cockpit, reports
from sanzi.insight.cockpit import panels
from sanzi.insight.errors import (
    ReportIssued,
    ReportNotForPlace,
    ReportNotReady,
    ReportOpen,
    ReportPeriodOpen,
    ReportPeriodUnknown,
    ReportUnchanged,
    ReportUnknown,
    ReportWithoutData,
)
from sanzi.insight.models import Report
from sanzi.insight.reports import body as report_body
from sanzi.insight.reports import catalogue, periods, queries
from sanzi.insight.reports.queries import ReportFilter
from sanzi.kernel import clock
from sanzi.kernel.digest import sm3_of
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.record import engine, extraction
from sanzi.supervision.models import Alert
from worlds import office
from worlds.assets import HOUSE
from worlds.village import AT, COUNTY, TOWN, WILLOW

pytestmark = pytest.mark.django_db
NEXT = datetime(2026, 12, 8, 1, tzinfo=UTC)
JANUARY = datetime(2027, 1, 9, 1, tzinfo=UTC)
TWICE = {"kind": "figures", "title": "家底", "figures": ["funds"]}


@pytest.fixture
def desk(world, pay):
    """The village with a case of last month and an alert, counted."""
    pay("K1", 975)
    office.alert("K1")
    cockpit.run(at=AT + timedelta(days=1), by=SYSTEM)
    return world


def ask(desk, **only: str) -> str:
    wanted = {"code": "monthly", "division_code": TOWN, "period": "2026-11"} | only
    return reports.ask(**wanted, by=desk.actor("town_agri_head"), at=NEXT)


def drafted(desk) -> str:
    ext_id = ask(desk)
    assert reports.make(ext_id=ext_id, at=NEXT)
    return ext_id


def issued(desk) -> str:
    ext_id = drafted(desk)
    reports.look(ext_id=ext_id, by=desk.actor("town_agri_head"), at=NEXT)
    reports.issue(ext_id=ext_id, remark="请各村看一遍", by=desk.actor("town_leader"), at=NEXT)
    return ext_id


def figure(ext_id: str, name: str) -> dict:
    body = Report.objects.get(ext_id=ext_id).body
    return next(one for one in body["figures"] if one["name"] == name)


def test_a_report_says_the_cockpits_figure_and_what_it_cannot_compare(desk):
    ext_id = drafted(desk)
    found = queries.page(by=desk.actor("town_agri_head"), ext_id=ext_id)
    page = panels.panel(by=SYSTEM, division_code=TOWN, code="matters_months", at=NEXT)

    cases = figure(ext_id, "cases")
    words = "".join(
        part["text"] for one in found.body["sections"] for s in one["sentences"] for part in s
    )
    assert cases["now"][2] == panels.value(page.panel, page.counted.at("2026-11", "all")) == 1
    assert (cases["before"], cases["year"]) == (None, None)
    assert "报上来1件，上月没有数据，去年同月没有数据" in words
    assert found.report.digest == sm3_of(found.report.body)
    assert found.may_look


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        ({"period": "2026-12"}, ReportPeriodOpen),
        ({"period": "2031-01"}, ReportPeriodOpen),
        ({"period": "2026-13"}, ReportPeriodUnknown),
        ({"period": "2026-Q3"}, ReportPeriodUnknown),
        ({"period": "2026-01"}, ReportWithoutData),
        ({"code": "weekly"}, ReportUnknown),
        ({"division_code": WILLOW}, ReportNotForPlace),
    ],
)
def test_what_cannot_be_made_is_refused_and_nothing_is_kept(desk, wanted, refusal):
    events = Event.objects.count()

    with pytest.raises(refusal):
        ask(desk, **wanted)
    assert not Report.objects.exists()
    assert Event.objects.count() == events


def test_who_may_not_ask_gets_what_an_unknown_place_gets(desk):
    for role, place in (("cashier_reporter", TOWN), ("town_agri_head", "999999999000")):
        with pytest.raises(NotFound):
            reports.ask(code="monthly", division_code=place, period="2026-11",
                        by=desk.actor(role), at=NEXT)  # fmt: skip
    assert not Report.objects.exists()


def test_two_ask_for_the_same_and_one_is_made(desk):
    ask(desk)

    with pytest.raises(ReportOpen, match="在做"):
        ask(desk)
    assert Report.objects.count() == 1


def test_it_is_looked_at_then_issued_then_stays(desk):
    ext_id = drafted(desk)
    with pytest.raises(ReportNotReady):
        reports.issue(ext_id=ext_id, remark="", by=desk.actor("town_leader"), at=NEXT)
    reports.look(ext_id=ext_id, by=desk.actor("town_agri_head"), at=NEXT)
    reports.issue(ext_id=ext_id, remark="请看", by=desk.actor("town_leader"), at=NEXT)

    with pytest.raises(ReportIssued):
        ask(desk)
    for change in ({"remark": "改"}, {"digest": "0" * 64}, {"state": "draft"}, {"body": {}}):
        with pytest.raises(DatabaseError, match=r"stays as it is|frozen"), transaction.atomic():
            Report.objects.filter(ext_id=ext_id).update(**change)
    with pytest.raises(DatabaseError, match="stays as it is"), transaction.atomic():
        Report.objects.filter(ext_id=ext_id).delete()
    kinds = Event.objects.filter(kind__startswith="insight.report").order_by("pk")
    assert [one.kind.rpartition(".")[2] for one in kinds] == ["asked", "made", "seen", "issued"]


def test_a_new_one_says_what_changed_and_one_without_change_is_not_made(desk, pay):
    first = issued(desk)
    by = desk.actor("town_agri_head")
    same = reports.ask_again(ext_id=first, by=by, at=NEXT)
    assert not reports.make(ext_id=same, at=NEXT)
    assert Report.objects.get(ext_id=same).error == ReportUnchanged().text

    pay("K2", 312)
    second = reports.ask_again(ext_id=first, by=by, at=NEXT)
    assert reports.make(ext_id=second, at=NEXT)
    made = Report.objects.get(ext_id=second)
    assert {"title": "报上来的办件", "old": "1", "new": "2", "unit": "件"} in made.changes
    assert (made.number, made.replaces.ext_id) == (2, first)


def test_the_worker_makes_what_is_due_once(desk):
    assert reports.run_when_due(datetime(2026, 12, 4, 12, tzinfo=UTC)) == 0
    assert reports.run_when_due(datetime(2026, 12, 5, 12, tzinfo=UTC)) == 1
    assert reports.run_when_due(datetime(2026, 12, 6, 12, tzinfo=UTC)) == 0
    made = Report.objects.get()
    assert (made.code, made.division_code, made.state) == ("monthly", TOWN, "draft")


def test_every_list_of_a_template_binds_and_the_inventory_has_its_28_forms():
    given = {"first": date(2026, 1, 1), "last": date(2026, 12, 31), "as_of": datetime(2026, 12, 31)}
    items = [
        (template.code, item)
        for versions in catalogue.templates().values()
        for template in versions
        for section in template.sections
        for item in section.items
        if item.kind == "list"
    ]
    for _code, item in items:
        if item.sql:
            needed = engine.check(item.sql).tables
            tables = {name: extraction.to_arrow(name, []) for name in needed}
            with engine.warm_session(tables) as session:
                asked = {**given, "subjects": list(item.subjects), "side": item.side}
                assert session.run(item.sql, asked) == []
        assert bool(item.sql) == bool(item.columns)

    numbers = [item.number for code, item in items if code == "inventory"]
    assert len(numbers) == len(set(numbers)) == 28
    assert all(item.note for code, item in items if code == "inventory" and not item.sql)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"figures": {"x": {"title": "没有的", "panel": "nothing"}}}, "no panel nothing"),
        (
            {"figures": {"x": {"title": "没有的", "panel": "funds", "lines": ["gold"]}}},
            "has no line gold",
        ),
        ({"sections": [{"title": "一", "say": ["{profit}"]}]}, "the unknown figure profit"),
        ({"sections": [{"title": "一", "say": ["{funds.tomorrow}"]}]}, "unknown figure"),
        (
            {"sections": [{"title": "一", "show": [TWICE, TWICE]}]},
            "two things under one title",
        ),
        ({"period": "week"}, "week"),
        ({"logins": 1}, "logins"),
    ],
)
def test_a_template_that_does_not_hold_together_is_refused(tmp_path, changed, words):
    source = catalogue.FOLDER / "monthly" / "2026-11.yaml"
    given = yaml.safe_load(source.read_text(encoding="utf-8"))
    (tmp_path / "monthly").mkdir()
    file = tmp_path / "monthly" / "2026-11.yaml"
    file.write_text(yaml.safe_dump({**given, **changed}, allow_unicode=True), encoding="utf-8")

    with pytest.raises(catalogue.ReportBroken, match=words):
        catalogue.load(tmp_path)


def test_a_reader_sees_issued_ones_of_his_place_only(desk):
    ext_id = drafted(desk)
    reader = desk.actor("town_head")
    assert not queries.archive(by=reader, only=ReportFilter()).exists()

    reports.drop(ext_id=ext_id, by=desk.actor("town_leader"), at=NEXT)
    ext_id = issued(desk)
    assert queries.page(by=reader, ext_id=ext_id).report.remark == "请各村看一遍"
    assert queries.archive(by=reader, only=ReportFilter(words="月报")).count() == 1
    assert not queries.archive(by=reader, only=ReportFilter(words="没有的")).exists()
    with pytest.raises(NotFound):
        queries.page(by=desk.actor("cashier_reporter"), ext_id=ext_id)


@pytest.mark.parametrize(
    ("kind", "code", "months", "before", "year"),
    [
        ("month", "2026-01", 1, "2025-12", "2025-01"),
        ("quarter", "2026-Q1", 3, "2025-Q4", "2025-Q1"),
        ("year", "2026", 12, "2025", None),
        ("day", "2024-02-29", 12, "2023-02-28", None),
    ],
)
def test_a_period_knows_its_months_and_what_it_compares_with(kind, code, months, before, year):
    found = periods.read(kind, code)

    assert len(found.months) == months
    assert found.before.code == before
    assert (found.year_ago.code if found.year_ago else None) == year
    assert periods.newest(kind, found.last_date + timedelta(days=1)).last_date >= date(2023, 1, 1)


def test_whom_an_alert_names_is_told_the_count_without_it(desk):
    ext_id = drafted(desk)
    leader, other = desk.actor("town_leader"), desk.actor("town_agri_head")
    plain = queries.page(by=leader, ext_id=ext_id)
    Alert.objects.update(subject_person_ext_ids=[leader.person_ext_id])
    told, whole = (queries.page(by=one, ext_id=ext_id) for one in (leader, other))

    def raised(body) -> list[int] | None:
        return next(one["now"] for one in body["figures"] if one["name"] == "alerts_raised")

    def words(body) -> str:
        parts = [one for section in body["sections"] for s in section["sentences"] for one in s]
        return "".join(one["text"] for one in parts)

    assert raised(plain.body) == raised(whole.body) == [1, 1, 1]
    assert whole.body == plain.body == Report.objects.get(ext_id=ext_id).body
    assert not (raised(told.body) or [0])[0]
    assert "产生预警1条" in words(whole.body)
    assert "产生预警1条" not in words(told.body)
    assert not any(told.body["alerts"].values())
    for name in ("cases", "funds"):
        [mine] = [one for one in told.body["figures"] if one["name"] == name]
        assert mine == figure(ext_id, name)


@pytest.mark.parametrize("code", catalogue.templates())
def test_without_anybody_named_the_body_is_made_anew_as_it_was_kept(desk, code):
    template = catalogue.templates()[code][-1]
    place = {"county": COUNTY, "town": TOWN, "village": WILLOW}[template.levels[-1]]
    at = AT + timedelta(days=1) if template.period == "day" else JANUARY
    register_asset(fields=HOUSE, by=desk.actor("village_clerk"), at=AT)
    period = periods.newest(template.period, clock.local_date(at)).code
    ext_id = reports.ask(code=code, division_code=place, period=period, by=SYSTEM, at=at)
    is_made = reports.make(ext_id=ext_id, at=at)
    kept = Report.objects.get(ext_id=ext_id)

    assert is_made, kept.error
    assert report_body.told_without(kept.body, set(), template) == kept.body
