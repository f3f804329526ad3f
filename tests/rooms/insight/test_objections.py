"""Questioning a figure: who may, until when, once at a time; the answer, once."""

from datetime import timedelta

import pytest

from sanzi.audit.models import Event
from sanzi.insight import errors
from sanzi.insight.actions import indices, objections
from sanzi.insight.indices import queries
from sanzi.insight.models import IndexScore, Objection
from sanzi.notices.models import Notice
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds.village import AT, WILLOW

pytestmark = pytest.mark.django_db


@pytest.fixture
def score(world, pay, small) -> IndexScore:
    pay("K1", 25, method="cash")
    indices.run(at=AT, by=SYSTEM)
    return IndexScore.objects.get(division_code=WILLOW, person_ext_id="")


def _make(world, score, role="village_secretary", at=AT, **changed) -> str:
    told = {"indicator": "cash", "words": "这笔是转账，登记错了。", **changed}
    return objections.make(ext_id=score.ext_id, by=world.actor(role), at=at, **told)


def test_the_village_objects_and_the_township_answers(world, score):
    made = _make(world, score)
    office = world.actor("town_party_office")
    waiting = queries.open_objections(by=office)
    objections.answer(ext_id=made, words="查了回单，是转账。", is_upheld=True, by=office, at=AT)

    found = queries.score_page(by=world.actor("village_secretary"), ext_id=score.ext_id)

    assert [one.ext_id for _, one in waiting] == [made]
    told = Notice.objects.filter(template="index_objection")
    assert {one.user_id for one in told} == {office.user_id}
    assert {one.subject_id for one in told} == {score.ext_id}
    assert [(one.indicator, one.is_upheld) for one in found.objections] == [("现金支出", True)]
    assert queries.open_objections(by=office) == []
    kinds = Event.objects.filter(kind__startswith="insight.objection").values_list("kind")
    assert {kind for (kind,) in kinds} == {"insight.objection.made", "insight.objection.answered"}


def test_a_person_objects_to_his_own_score(world, score):
    own = IndexScore.objects.get(role_code="village_secretary")

    _make(world, own, indicator="own_in_time")

    assert own.objections.count() == 1


@pytest.mark.parametrize("role", ["cashier_reporter", "town_leader", "stone_cashier"])
def test_others_do_not_object(world, score, role):
    with pytest.raises(NotFound):
        _make(world, score, role)

    assert not Objection.objects.exists()


def test_an_objection_without_words_is_refused(world, score):
    with pytest.raises(errors.ObjectionEmpty):
        _make(world, score, words="  ")

    assert not Objection.objects.exists()


def test_an_unknown_figure_is_refused(world, score):
    with pytest.raises(NotFound):
        _make(world, score, indicator="nothing")

    assert not Objection.objects.exists()


def test_the_days_end_five_work_days_after_the_month(world, score):
    until = objections.last_moment(score.index_code, score.period)
    with pytest.raises(errors.ObjectionLate):
        _make(world, score, at=until + timedelta(seconds=1))
    assert not Objection.objects.exists()

    _make(world, score, at=until)

    assert (until.month, until.day) == (12, 7)


def test_one_objection_at_a_time(world, score):
    _make(world, score)

    with pytest.raises(errors.ObjectionOpen):
        _make(world, score)

    assert Objection.objects.count() == 1


def test_an_answer_needs_words_and_comes_once(world, score):
    made, office = _make(world, score), world.actor("town_party_office")
    with pytest.raises(errors.AnswerEmpty):
        objections.answer(ext_id=made, words="", is_upheld=False, by=office, at=AT)
    assert Objection.objects.get().answered_at is None
    objections.answer(ext_id=made, words="不改。", is_upheld=False, by=office, at=AT)

    with pytest.raises(errors.ObjectionAnswered):
        objections.answer(ext_id=made, words="改。", is_upheld=True, by=office, at=AT)

    assert Objection.objects.get().answer == "不改。"


@pytest.mark.parametrize("role", ["village_secretary", "town_leader", "county_discipline"])
def test_others_do_not_answer(world, score, role):
    made = _make(world, score)

    with pytest.raises(NotFound):
        objections.answer(ext_id=made, words="不改。", is_upheld=False, by=world.actor(role), at=AT)

    assert Objection.objects.get().answered_at is None


def test_who_objected_does_not_answer(world, score):
    made = _make(world, score)
    office = world.actor("town_party_office")
    Objection.objects.update(made_by_id=office.user_id)

    with pytest.raises(errors.OwnObjection):
        objections.answer(ext_id=made, words="属实。", is_upheld=True, by=office, at=AT)

    assert Objection.objects.get().answered_at is None


def test_a_look_at_anothers_score_is_written_down(world, score):
    own = IndexScore.objects.get(role_code="village_secretary")

    for role in ("village_secretary", "town_party_office"):
        objections.look(ext_id=own.ext_id, by=world.actor(role), at=AT)
    objections.look(ext_id=score.ext_id, by=world.actor("town_party_office"), at=AT)

    assert Event.objects.filter(kind="insight.post.seen").count() == 1
