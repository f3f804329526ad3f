"""Questions over the wire: answered over the asker's own rows, refused with a code, kept ones."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.insight.actions import questions as actions
from sanzi.insight.questions import forms
from worlds import spending
from worlds.cases import AT

pytestmark = pytest.mark.django_db

FORM = {
    "subject": "payments", "measures": ["amount", "rows"], "by": ["village"],
    "when": "submitted", "period": "days", "since": "2026-01-01", "until": "2026-12-31",
}  # fmt: skip


@pytest.fixture(autouse=True)
def paid(desk: Any) -> Any:
    """Two villages that paid 600 and 700 yuan."""
    world = desk.world
    shop = spending.firm("SHOP")
    spending.source(world, "S1")
    spending.spend(world, "W1", [(shop, 60_000)], state="paid", body="willow")
    spending.spend(world, "T1", [(shop, 70_000)], state="paid", body="stone")
    return world


def test_an_answer_holds_the_rows_of_the_asker_alone(program: Any) -> None:
    county = program("county_agri")("POST", "/question-answers", FORM)
    village = program("cashier_reporter")("POST", "/question-answers", FORM)

    assert county.status == 200
    assert sorted(one["values"][0] for one in county.body["lines"]) == [60_000, 70_000]
    assert county.body["total"]["values"] == [130_000, 2]
    assert "SELECT" in county.body["statement"]
    assert [one["values"] for one in village.body["lines"]] == [[60_000, 1]]
    assert Event.objects.filter(kind="insight.question.ran").count() == 2


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"measures": ["nothing"]}, "insight.question_form"),
        ({"measures": []}, "insight.question_form"),
        ({"since": "2026-12-31", "until": "2026-01-01"}, "insight.question_period"),
        ({"least_fen": 200, "most_fen": 100}, "insight.question_amount"),
    ],
)
def test_a_wrong_form_is_refused_by_name(program: Any, wrong: dict[str, Any], code: str) -> None:
    answer = program("county_agri")("POST", "/question-answers", {**FORM, **wrong})

    assert (answer.status, answer.body["code"]) == (422, code)


def test_a_kept_question_is_asked_again_by_its_owner_and_is_absent_for_others(
    program: Any, desk: Any
) -> None:
    by = desk.world.actor("county_agri", AT)
    form = forms.from_dict(FORM)
    code = actions.save(words=actions.Words("各村付款"), form=form, by=by, at=AT)

    again = program("county_agri")("POST", f"/questions/{code}/ask")
    assert again.body["total"]["values"] == [130_000, 2]
    assert program("town_leader")("POST", f"/questions/{code}/ask").status == 404
