"""The cockpit's reading layer: who sees which figure, what is kept when a statement fails."""

import shutil
from datetime import timedelta
from pathlib import Path

import pytest
import yaml

from sanzi.audit.models import Event
from sanzi.insight.actions import cockpit
from sanzi.insight.cockpit import catalogue, lines, panels, words
from sanzi.insight.cockpit.catalogue import FOLDER, PanelBroken
from sanzi.insight.cockpit.shapes import KINDS, PanelPage, Place, Sum
from sanzi.insight.errors import CockpitAsked
from sanzi.insight.models import CockpitRun, CockpitSum
from sanzi.interfaces.look.panel_pictures import Size, picture
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.supervision import catalogue as models
from worlds import office, village
from worlds.village import AT, COUNTY, STONE, TOWN, WILLOW

pytestmark = pytest.mark.django_db
LATER = AT + timedelta(days=10)


def _alerts(by, code, panel="alerts"):
    page = panels.panel(by=by, division_code=code, code=panel, at=AT)
    return panels.told(page).part


def test_the_house_shows_every_kind_and_every_duty():
    found = catalogue.panels().values()

    assert {one.kind for one in found} == set(KINDS)
    assert {duty for one in found for duty in one.duties} == {
        "discipline", "agriculture", "finance",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kind": "gauge"}, "a kind that is none"),
        ({"sees": "money.all"}, "seen by nobody"),
        ({"logins": 1}, "knows no logins"),
        ({"time": "now", "kind": "series"}, "a series without months"),
        ({"duties": []}, "serves no duty"),
        ({"keys": [], "titles": ""}, "has no lines"),
    ],
)
def test_a_panel_that_does_not_say_what_it_must_is_refused(
    tmp_path: Path, changed: dict[str, object], words: str
):
    file = tmp_path / "disclosure.yaml"
    shutil.copy(FOLDER / "disclosure.sql", tmp_path)
    given = yaml.safe_load((FOLDER / "disclosure.yaml").read_text(encoding="utf-8"))
    file.write_text(yaml.safe_dump({**given, **changed}, allow_unicode=True), encoding="utf-8")

    with pytest.raises(PanelBroken, match=words):
        catalogue.load(tmp_path)


def test_a_statement_nobody_reads_and_one_that_is_no_question_are_refused(tmp_path: Path):
    (tmp_path / "stray.sql").write_text("SELECT 1", encoding="utf-8")
    with pytest.raises(PanelBroken, match=r"no panel reads stray\.sql"):
        catalogue.load(tmp_path)

    (tmp_path / "stray.sql").rename(tmp_path / "disclosure.sql")
    shutil.copy(FOLDER / "disclosure.yaml", tmp_path)
    with pytest.raises(PanelBroken, match="gives no village_id"):
        catalogue.load(tmp_path)


def test_no_statement_reads_who_logged_in_or_who_somebody_is():
    for code, sql in catalogue.statements().items():
        for word in ("login", "payee_name", "holder_name", "account_no", "person_id"):
            assert word not in sql.lower(), (code, word)


def test_a_month_of_payments_rolls_up_to_the_county(world, pay):
    pay("K1", 975)
    pay("K2", 25)
    cockpit.run(at=AT, by=SYSTEM)

    for code in (WILLOW, TOWN, COUNTY):
        page = panels.panel(by=SYSTEM, division_code=code, code="matters", at=AT)
        assert panels.told(page).row_count == 2, code
    below = dict(panels.panel(by=SYSTEM, division_code=TOWN, code="matters", at=AT).below)
    assert {one.name: counted.total().row_count for one, counted in below.items()} == {
        "柳湾村": 2,
        "石桥村": 0,
    }


def test_absent_outside_and_not_his_panel_are_alike(world, pay):
    pay("K1", 975)
    cockpit.run(at=AT, by=SYSTEM)
    secretary, town = world.actor("village_secretary"), world.actor("town_leader")

    asked = [
        (secretary, STONE, "alerts"), (secretary, TOWN, "alerts"), (secretary, WILLOW, "nothing"),
        (secretary, "999901101299", "alerts"), (town, TOWN, "closed_alerts"),
        (world.actor("county_discipline"), "888801000000", "closed_alerts"),
    ]  # fmt: skip
    for by, code, panel in asked:
        with pytest.raises(NotFound):
            panels.panel(by=by, division_code=code, code=panel, at=AT)
        with pytest.raises(NotFound):
            panels.rows(by=by, division_code=code, code=panel, key="", month="", at=AT)
    with pytest.raises(NotFound):
        panels.page(by=secretary, division_code=TOWN, duty="", at=AT)
    with pytest.raises(NotFound):
        panels.rows(by=secretary, division_code=WILLOW, code="alerts", key="no", month="", at=AT)


def test_what_closed_models_found_is_told_to_the_discipline_offices_alone(world, pay):
    pay("K1", 975)
    closed = office.alert("K1")
    closed.model_code = models.closed_codes()[0]
    closed.save()
    cockpit.run(at=LATER, by=SYSTEM)
    discipline, leader = world.actor("town_discipline_office"), world.actor("town_leader")

    assert _alerts(discipline, TOWN) == _alerts(leader, TOWN) == 0
    assert _alerts(discipline, TOWN, "closed_alerts") == 1
    page = panels.page(by=leader, division_code=TOWN, duty="", at=AT)
    assert "closed_alerts" not in [one.panel.code for one in page.panels]
    assert "discipline" in panels.page(by=discipline, division_code=TOWN, duty="", at=AT).duties


def test_nobody_reads_from_a_number_that_an_alert_names_him(world, pay):
    pay("K1", 975)
    alert = office.alert("K1")
    alert.subject_person_ext_ids = [world.people["village_secretary"].ext_id]
    alert.save()
    cockpit.run(at=LATER, by=SYSTEM)
    secretary, leader = world.actor("village_secretary"), world.actor("town_leader")
    given = {"code": "alerts", "key": "", "month": "", "at": LATER}

    assert (_alerts(secretary, WILLOW), _alerts(leader, WILLOW)) == (0, 1)
    assert panels.rows(by=secretary, division_code=WILLOW, **given).row_count == 0
    assert panels.rows(by=leader, division_code=WILLOW, **given).row_count == 1
    page = panels.page(by=secretary, division_code=WILLOW, duty="", at=LATER)
    kinds = next(one for one in page.panels if one.panel.code == "alert_kinds")
    assert kinds.counted.sums == {}


def test_a_figure_of_the_night_stands_beside_what_is_counted_now(world, pay):
    pay("K1", 975)
    cockpit.run(at=AT, by=SYSTEM)
    pay("K2", 25)

    found = panels.rows(
        by=world.actor("town_leader"), division_code=WILLOW, code="matters_months", key="",
        month="", at=AT,
    )  # fmt: skip

    assert (found.kept.row_count, found.now.row_count) == (1, 2)
    assert {one.row_id for one in found.rows} == {"K1", "K2"}


def test_a_statement_that_fails_keeps_its_figures_and_says_so(world, pay, monkeypatch):
    pay("K1", 975)
    cockpit.run(at=AT, by=SYSTEM)
    kept = catalogue.statements()
    wrong = "CAST(CAST(c.matter_code AS BIGINT) AS VARCHAR) AS key"
    broken = {**kept, "matters": kept["matters"].replace("c.matter_code AS key", wrong)}
    monkeypatch.setattr(catalogue, "statements", lambda: broken)
    later = AT + timedelta(days=2)
    cockpit.run(at=later, by=SYSTEM)

    one = CockpitRun.objects.get(statement="matters")
    assert (one.computed_at, one.tried_at, bool(one.error)) == (AT, later, True)
    assert CockpitSum.objects.filter(statement="matters", division_code=WILLOW).exists()
    page = panels.panel(by=SYSTEM, division_code=WILLOW, code="matters", at=later)
    assert page.is_late
    assert Event.objects.filter(kind="insight.cockpit.counted").count() == 2


def test_the_worker_counts_once_a_night_and_when_asked_once(world, pay):
    pay("K1", 975)
    night = AT.replace(hour=21)  # five in the morning in China
    assert cockpit.run_when_due(night) > 0
    assert cockpit.run_when_due(night + timedelta(hours=1)) == 0

    pay("K2", 25)
    at = night + timedelta(hours=2)
    cockpit.ask(by=world.actor("village_secretary"), at=at)
    with pytest.raises(CockpitAsked):
        cockpit.ask(by=world.actor("town_leader"), at=at)
    assert cockpit.run_when_due(at + timedelta(minutes=5)) > 0
    assert cockpit.run_when_due(at + timedelta(minutes=10)) == 0
    with pytest.raises(NotFound):
        cockpit.ask(by=world.actor("village_clerk"), at=at)


def test_a_balance_gathers_and_a_share_of_nothing_is_unknown():
    panel = catalogue.panels()["disclosure"]

    assert panels.value(panel, Sum(2, 3, 3)) == 667
    assert panels.value(panel, Sum(0, 0, 0)) is None
    assert panels.value(catalogue.panels()["funds"], Sum(-5, 1, 1)) == -5


def test_a_village_stands_beside_its_neighbours(world, pay):
    pay("K1", 975)
    cockpit.run(at=AT, by=SYSTEM)
    leader, secretary = world.actor("town_leader"), world.actor("village_secretary")
    page = panels.panel(by=leader, division_code=WILLOW, code="matters", at=AT)

    assert [one.code for one in panels.peers(by=leader, page=page)] == [STONE]
    assert panels.peers(by=secretary, page=page) == {}, "a village does not see the next one"
    assert panels.start(by=leader) == village.TOWN


def test_figures_of_many_places_take_as_many_queries_as_of_one(world):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    cockpit.run(at=AT, by=SYSTEM)
    by = world.actor("county_agri")

    def asked(code: str) -> int:
        with CaptureQueriesContext(connection) as found:
            panels.panel(by=by, division_code=code, code="alerts", at=AT)
        return len(found)

    asked(TOWN)
    assert asked(village.COUNTY) == asked(TOWN), "one town below, and two villages"


def test_what_is_asked_for_before_the_first_night_is_counted_soon(world):
    cockpit.ask(by=world.actor("county_agri"), at=AT)

    with pytest.raises(CockpitAsked):
        cockpit.ask(by=world.actor("town_leader"), at=AT)
    cockpit.run_when_due(AT + timedelta(minutes=5))
    assert not CockpitRun.objects.filter(asked_at__isnull=False).exists()
    assert not CockpitRun.objects.filter(computed_at__isnull=True).exists()


def test_a_flow_of_programmes_draws_the_largest_and_tells_all():
    panel = catalogue.panels()["fund_programmes"]
    sums = {("2026-10", f"第{one:02}项>village"): Sum(one * 100, 1, 1) for one in range(1, 12)}
    sums["2026-10", "第11项>late"] = Sum(5_000, 1, 1)
    sums["2026-10", "village>people"] = Sum(3_000, 1, 1)
    counted = lines.counted_of(panel, sums)
    page = PanelPage(
        panel, Place(TOWN, "清河镇", "town"), lines.lines_of(panel, counted, ()),
        panels.months(AT), counted, AT, is_late=False,
    )  # fmt: skip

    titles = [one.title for one in page.lines]
    assert titles[:3] == ["第11项到村", "第11项到超过30天没拨", "第10项到村"]
    assert (len(titles), titles[-1]) == (13, "村到到人")
    said = words.finding(page)
    assert "下达116" in said, "all that was passed on, and what was not"
    assert "没拨的50" in said
    drawn = picture(page, Size(640, 300), lambda key, _: f"/{key}/")
    assert drawn is not None
    texts = [one.text for one in drawn.shapes if one.kind == "text"]
    assert sum(one.startswith("第") for one in texts) == 8
    assert any(one.startswith("其他各项") for one in texts)
    assert "第03项" not in str(drawn.markup), "the three smallest are one"
