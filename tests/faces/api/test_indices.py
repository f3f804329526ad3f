"""Indices over the wire: a month, a score, an objection and its answer."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.insight.actions import indices
from sanzi.insight.models import IndexScore, Objection
from sanzi.orgs.actors import SYSTEM
from worlds import village
from worlds.cases import AT

pytestmark = pytest.mark.django_db


@pytest.fixture
def score(desk: Any) -> str:
    """Return the score of the willow village after one night."""
    indices.run(at=AT, by=SYSTEM)
    return IndexScore.objects.get(
        index_code="integrity", division_code=village.WILLOW, person_ext_id=""
    ).ext_id


def test_a_month_and_a_score_are_read(score: str, program: Any) -> None:
    ask = program("town_leader")
    month = ask("GET", "/indices").body
    page = ask("GET", f"/indices/{score}").body

    assert month["period"] == "2026-11"
    assert [one["division_code"] for one in month["rows"]] == [village.WILLOW, village.STONE]
    assert [one["weight"] for one in page["fields"]] == [30, 25, 20, 15, 10]
    assert page["posts"] == [], "scores of people are not the leader's"


def test_ones_own_score_is_read_by_oneself(score: str, program: Any) -> None:
    [own] = program("village_secretary")("GET", "/indices/mine").body

    assert own["role"] == "村党组织书记"
    assert program("village_secretary")("GET", f"/indices/{own['ext_id']}").status == 200
    assert program("town_leader")("GET", f"/indices/{own['ext_id']}").status == 404


def test_a_month_that_is_none_is_refused(score: str, program: Any) -> None:
    assert program("town_leader")("GET", "/indices?period=november").status == 400
    assert program("town_leader")("GET", "/indices?index=nothing").status == 404


def test_an_objection_is_made_once_and_by_whom_it_concerns(score: str, program: Any) -> None:
    path = f"/indices/{score}/objections"
    said = {"indicator": "cash", "words": "这笔不是现金。"}
    made = program("village_secretary")("POST", path, said)
    again = program("village_secretary")("POST", path, said)
    other = program("town_leader")("POST", path, said)

    assert (made.status, again.status, other.status) == (201, 409, 404)
    assert again.body["code"] == "insight.objection_open"
    assert Objection.objects.count() == 1


def test_an_answer_is_the_party_offices(score: str, program: Any) -> None:
    path = f"/indices/{score}/objections"
    said = {"indicator": "cash", "words": "这笔不是现金。"}
    made = program("village_secretary")("POST", path, said).body["ext_id"]

    told = program("town_leader")(
        "POST", f"/index-objections/{made}/answer", {"is_upheld": True, "words": "属实。"}
    )

    assert told.status == 404
    assert Objection.objects.get().answered_at is None


def test_other_weights_are_tried_asked_for_and_decided_by_another(
    score: str, desk: Any, program: Any
) -> None:
    county, discipline = program("county_agri"), program("county_discipline")
    now = county("GET", "/index-settings").body["settings"]
    ends = {
        code: {"weight": one[0], "zero": one[1], "hundred": one[2]}
        for code, one in now["indicators"].items()
    }
    ends["cash"]["zero"] = 25
    settings = {"fields": now["fields"], "indicators": ends}
    asked = {
        "index": "integrity", "settings": settings, "valid_from_date": "2026-12-01",
        "reason": "收紧现金", "source_ref": "县农发〔2026〕9号",
    }  # fmt: skip

    tried = county("POST", "/index-trials", {"index": "integrity", "settings": settings})
    made = county("POST", "/index-changes", asked)
    path = f"/index-changes/{made.body['ext_id']}/decision"
    said = {"is_approved": True, "reason": "同意"}
    town = program("town_leader")("POST", path, said)
    decided = discipline("POST", path, said)

    assert (tried.status, tried.body["changed"], len(tried.body["rows"])) == (200, ["cash"], 2)
    assert (made.status, town.status, decided.body) == (201, 404, {"version": "2"})
    [change] = county("GET", "/index-settings").body["changes"]
    assert (change["state"], change["valid_from_date"]) == ("approved", "2026-12-01")
    ends["cash"]["zero"] = 0
    wrong = county("POST", "/index-trials", {"index": "integrity", "settings": settings})
    assert (wrong.status, wrong.body["code"]) == (422, "insight.settings_wrong")
