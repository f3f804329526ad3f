"""Other weights and ends: tried without keeping anything, made by one, checked by another."""

from copy import deepcopy
from datetime import date, timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.insight.actions import changes, indices
from sanzi.insight.errors import (
    ChangeDate,
    ChangeDecided,
    ChangeOpen,
    ChangeReason,
    ChangeSame,
    OwnChange,
    SettingsWrong,
)
from sanzi.insight.indices import catalogue, queries, rules, simulation, versions
from sanzi.insight.models import IndexChange, IndexScore
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db
DECEMBER = date(2026, 12, 1)


@pytest.fixture
def tried(world, pay, small):
    """Return settings that let no cash be worth a hundred points and any of it nothing."""
    world.bodies["new-county_finance"] = world.bodies["agency"]
    village.post(world, "county_finance", "财政局", village.COUNTY)
    pay("K1", 975)
    pay("K2", 25, method="cash")
    indices.run(at=AT, by=SYSTEM)
    found = versions.settings_of(small)
    found["indicators"]["cash"] = [100, 25, 0]
    return found


def _propose(world, settings, **other):
    return changes.propose(**{
        "code": "integrity", "settings": settings, "valid_from": DECEMBER, "reason": "收紧现金",
        "source_ref": "县农发〔2026〕9号", "by": world.actor("county_agri"), "at": AT, **other,
    })  # fmt: skip


def test_a_trial_tells_before_and_after_and_keeps_nothing(world, tried):
    kept = [*IndexScore.objects.order_by("id").values()]
    events = Event.objects.count()

    found = simulation.simulate(
        by=world.actor("town_leader"), code="integrity", settings=tried, at=AT
    )
    willow = next(one for one in found.rows if one.division_code == WILLOW)

    assert (willow.before.tenths, willow.after.tenths, willow.moved) == (700, 400, -300)
    assert (willow.before.grade, willow.after.grade) == ("C", "D")
    assert (found.changed, found.moved_count, found.regraded_count) == (("cash",), 1, 1)
    assert [*IndexScore.objects.order_by("id").values()] == kept
    assert Event.objects.count() == events
    assert not IndexChange.objects.exists()


def test_a_trial_of_what_holds_now_moves_nothing(world, tried, small):
    now = versions.settings_of(small)
    found = simulation.simulate(
        by=world.actor("county_agri"), code="integrity", settings=now, at=AT
    )
    score = IndexScore.objects.get(division_code=WILLOW, person_ext_id="")

    assert [one.moved for one in found.rows] == [0, 0]
    assert simulation.judged(small, score).tenths == score.tenths


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (lambda s: s["fields"].update(power=59), "加起来是100"),
        (lambda s: s["fields"].update(power="六十"), "加起来是100"),
        (lambda s: s["fields"].pop("power"), "不能多也不能少"),
        (lambda s: s["indicators"].update(cash=[0, 50, 0]), "权重要是1到100"),
        (lambda s: s["indicators"].update(cash=[100, 50, 50]), "不能一样"),
        (lambda s: s["indicators"].update(cash=[100, 0, 50]), "不能颠倒"),
        (lambda s: s["indicators"].update(cash=[100, 99_999, 0]), "不能大过"),
        (lambda s: s["indicators"].update(cash=[100]), "不得分的点"),
        (lambda s: s.update(fields=None), "没有权重"),
        (lambda s: s["bands"].update(B=90), "比上一级低"),
        (lambda s: s["bands"].update(A=100), "最高99"),
        (lambda s: s["bands"].update(D=1), "从0分起"),
        (lambda s: s["bands"].pop("C"), "等级要写全"),
        (lambda s: s["caps"].update(forged_books=0), "最多几分要是1到99"),
        (lambda s: s["caps"].update(forged_books="多"), "最多几分要是1到99"),
        (lambda s: s["caps"].update(other=5), "封顶要写全"),
        (lambda s: s.update(penalties={"late": [1, 2]}), "另外扣分要写全"),
        (lambda s: s.update(together={"penalty_max": 5}), "不能多也不能少"),
    ],
)
def test_settings_that_count_nothing_are_refused_by_name(world, tried, wrong, words):
    given = deepcopy(tried)
    wrong(given)

    with pytest.raises(SettingsWrong, match=words):
        simulation.simulate(by=world.actor("county_agri"), code="integrity", settings=given, at=AT)
    with pytest.raises(SettingsWrong):
        _propose(world, given)
    assert not IndexChange.objects.exists()


def test_what_another_approved_counts_from_its_day_on_and_not_before(world, tried):
    change = _propose(world, tried)
    number = changes.decide(
        ext_id=change, is_approved=True, reason="同意", by=world.actor("county_discipline"), at=AT
    )

    assert number == "2"
    assert versions.on("integrity", date(2026, 11, 30)).version == "1"
    assert versions.on("integrity", DECEMBER).version == "2"
    indices.run(at=AT + timedelta(days=1), by=SYSTEM)
    indices.run(at=AT + timedelta(days=25), by=SYSTEM)
    scores = IndexScore.objects.filter(division_code=WILLOW, person_ext_id="").order_by("period")
    page = queries.score_page(by=world.actor("town_leader"), ext_id=scores[1].ext_id)

    assert [(one.version, one.tenths) for one in scores] == [("1", 700), ("2", 400)]
    assert [one.version for one in page.history] == ["1", "2"]
    assert page.fields[0].indicators[0].indicator.zero == 25, "as it was counted"
    assert {one.kind for one in Event.objects.filter(kind__startswith="insight.change")} == {
        "insight.change.proposed", "insight.change.approved",
    }  # fmt: skip


def test_nobody_approves_his_own_and_nothing_is_decided_twice(world, tried):
    discipline, finance = world.actor("county_discipline"), world.actor("county_finance")
    change = _propose(world, tried, by=discipline)
    given = {"ext_id": change, "at": AT, "reason": "不同意"}

    with pytest.raises(ChangeOpen):
        _propose(world, tried)
    with pytest.raises(OwnChange):
        changes.decide(is_approved=True, by=discipline, **given)
    with pytest.raises(NotFound):
        changes.decide(is_approved=True, by=finance, **given)
    assert IndexChange.objects.get().state == "proposed"
    assert versions.on("integrity", DECEMBER).version == "1"


def test_a_refused_change_counts_nothing_and_leaves_room_for_another(world, tried):
    discipline = world.actor("county_discipline")
    change = _propose(world, tried)
    with pytest.raises(ChangeReason):
        changes.decide(ext_id=change, is_approved=False, reason=" ", by=discipline, at=AT)
    changes.decide(ext_id=change, is_approved=False, reason="太严", by=discipline, at=AT)

    with pytest.raises(ChangeDecided):
        changes.decide(ext_id=change, is_approved=True, reason="算了", by=discipline, at=AT)
    assert versions.on("integrity", DECEMBER).version == "1"
    assert _propose(world, tried) != change


def test_a_version_begins_on_the_first_of_a_month_to_come(world, tried, small):
    for day in (date(2026, 11, 1), date(2026, 12, 2), date(2020, 1, 1)):
        with pytest.raises(ChangeDate):
            _propose(world, tried, valid_from=day)
    with pytest.raises(ChangeSame):
        _propose(world, versions.settings_of(small))
    for role in ("town_leader", "village_secretary"):
        with pytest.raises(NotFound):
            _propose(world, tried, by=world.actor(role))
    assert not IndexChange.objects.exists()


def test_the_house_of_files_is_the_first_version() -> None:
    assert {one.version for one in catalogue.indices().values()} == {"1"}


FLAGS = catalogue.indices()["flags"]
PENALTIES = {one.code: [one.each, one.most] for one in FLAGS.penalties}


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"penalties": {**PENALTIES, "outside": [6, 5]}}, "一条不能多过最多"),
        ({"penalties": {**PENALTIES, "outside": [0, 5]}}, "不扣就都写0"),
        ({"penalties": {**PENALTIES, "outside": [5, 26]}}, "不能多过合起来的25分"),
        ({"penalties": {**PENALTIES, "outside": [5]}}, "要有一条扣几分"),
        ({"together": {"penalty_max": 24}}, "不能多过合起来的24分"),
        ({"together": {"penalty_max": 0}}, "1到100"),
    ],
)
def test_penalties_that_cannot_be_are_refused_by_name(wrong, words):
    with pytest.raises(SettingsWrong, match=words):
        rules.require_settings(FLAGS, {**versions.settings_of(FLAGS), **wrong})


def test_penalties_and_grades_of_a_version_are_those_that_were_set():
    now = versions.settings_of(FLAGS)
    given = {
        **now, "bands": {"A": 85, "B": 80, "C": 50, "D": 0},
        "penalties": {**PENALTIES, "outside": [8, 24]}, "together": {"penalty_max": 24},
    }  # fmt: skip
    rules.require_settings(FLAGS, given)

    other = rules.with_settings(FLAGS, given)

    assert versions.settings_of(other) == given
    assert versions.moved(now, given) == ["A", "C", "outside", "penalty_max"]
    assert [one.title for one in other.bands] == ["85分以上", "80分以上", "50分以上", "不到50分"]
    assert rules.grade(other.bands, 850) == "A"
    bare = {"fields": now["fields"], "indicators": now["indicators"]}
    rules.require_settings(FLAGS, bare)
    assert rules.with_settings(FLAGS, bare) == FLAGS, "a change of before names none of them"


def test_other_grades_are_tried_and_count_once_another_approved_them(world, tried, small):
    given = versions.settings_of(small)
    given["bands"] = {"A": 70, "B": 50, "C": 30, "D": 0}
    found = simulation.simulate(
        by=world.actor("town_leader"), code="integrity", settings=given, at=AT
    )
    willow = next(one for one in found.rows if one.division_code == WILLOW)
    assert (willow.before.grade, willow.after.grade, willow.moved) == ("C", "A", 0)

    change = _propose(world, given)
    changes.decide(
        ext_id=change, is_approved=True, reason="同意", by=world.actor("county_discipline"), at=AT
    )
    assert [one.from_points for one in versions.on("integrity", DECEMBER).bands] == [70, 50, 30, 0]
    assert versions.on("integrity", date(2026, 11, 30)).bands == small.bands
