"""The models and their parameters in the browser: list, file, one model, a change to its end."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from sanzi.supervision.actions import backtests
from sanzi.supervision.models import Alert, BackTest, Parameter, ParameterChange
from worlds import village
from worlds.cases import AT, Desk

FORM = reverse("office:parameter", args=["payment-duplicate", "window_days"])
TYPED = {
    "place": village.COUNTY,
    "value": "1",
    "from": "",
    "until": "",
    "reason": "县里统一口径，照会议定的来",
    "source": "会议纪要〔2026〕8号",
}


@pytest.fixture
def typed() -> dict[str, str]:
    from sanzi.kernel import clock

    return TYPED | {"from": clock.local_date(AT).isoformat()}


def text(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_list_is_searched_narrowed_and_taken_away(officer: Any, desk: Desk) -> None:
    agri = officer("county_agri")
    here = reverse("office:alert_models")

    assert "重复" in text(agri.get(here, {"text": "payment-duplicate"}))
    assert "没有这样的规则" in text(agri.get(here, {"text": "没有这样的词"}))
    assert "没有这样的规则" in text(agri.get(here, {"review": "1"}))
    file = agri.get(here, {"as": "csv", "category": "seal"})
    lines = b"".join(file.streaming_content).decode().splitlines()
    assert lines[0].startswith("\ufeff编号,规则,类别")
    assert all("公章审批" in one for one in lines[1:])
    assert len(lines) > 1


def test_a_model_says_what_it_finds_why_what_to_check_and_its_figures(
    officer: Any, desk: Desk
) -> None:
    from sanzi.supervision import catalogue

    model = catalogue.models()["payment-duplicate"]
    path = reverse("office:alert_model", args=[model.code])

    shown, read = text(officer("county_agri").get(path)), text(officer("town_leader").get(path))

    for words in (model.rule, model.verify, *model.basis, *model.false_alarms):
        assert words.strip() in shown
    assert "60天" in shown
    assert FORM in shown
    assert FORM not in read


def test_a_change_goes_from_the_form_over_the_test_to_its_approval(
    officer: Any, desk: Desk, typed: dict[str, str]
) -> None:
    agri, checker = officer("county_agri"), officer("county_discipline")
    made = agri.post(FORM, typed)
    page = made["Location"]
    step = f"{page}step/"
    assert "没有试算，不能核准" in text(checker.get(page))

    refused = checker.post(step, {"do": "approve"}, follow=True)
    assert "还没有试算过近24个月" in text(refused)
    assert not Parameter.objects.exists()

    agri.post(step, {"do": "test"})
    assert "排队，4步做了0步" in text(agri.get(page))
    assert backtests.run_waiting(AT) == 1
    shown = text(checker.get(page))
    assert "近24个月，原来报0条，改了报0条" in shown
    assert '<svg class="pairs"' in shown
    assert "各村每千件报几条" in shown

    checker.post(step, {"do": "approve"})

    assert Parameter.objects.get().value == 1
    assert "已核准" in text(agri.get(reverse("office:parameter_changes")))
    assert "1天" in text(agri.get(reverse("office:alert_model", args=["payment-duplicate"])))


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"value": "很多"}, "要一个整数"),
        ({"value": "9999"}, "从1天到730天"),
        ({"from": "2020-01-01"}, "已经过去了"),
        ({"from": "哪天"}, "不是能用的日子"),
        ({"reason": "短"}, "至少写8个字"),
        ({"source": ""}, "没有写依据"),
        ({"place": village.TOWN}, "要全县一个样"),
    ],
)
def test_a_wrong_form_says_why_keeps_what_was_typed_and_writes_nothing(
    officer: Any, desk: Desk, typed: dict[str, str], wrong: dict[str, str], words: str
) -> None:
    answer = officer("county_agri").post(FORM, typed | wrong)

    assert answer.status_code == 409
    assert words in text(answer)
    assert (typed | wrong)["source"] in text(answer)
    assert not ParameterChange.objects.exists()


def test_a_confirmed_alert_that_would_be_lost_is_red_and_findings_are_for_few(
    officer: Any, desk: Desk, typed: dict[str, str]
) -> None:
    officer("county_agri").post(FORM, typed)
    change = ParameterChange.objects.get()
    row = {
        "kind": "payment", "id": "K1-1", "village": village.WILLOW, "day": "2026-11-01",
        "sentence": "同一家店付了两次", "alert": "AL-1",
    }  # fmt: skip
    BackTest.objects.create(
        change=change, state="finished", asked_at=AT, asked_by_name="农业局", started_at=AT,
        finished_at=AT, done_count=4, total_count=4, basis="x",
        result={
            "from": "2024-11-12", "until": "2026-11-12", "old": 1, "new": 0,
            "months": [["2026-10", 0, 0], ["2026-11", 1, 0]],
            "villages": [[village.WILLOW, 40, 1, 0]], "gained": [], "lost": [row],
            "gained_count": 0, "lost_count": 1, "lost_confirmed": ["AL-1"],
        },
    )  # fmt: skip
    page = reverse("office:parameter_change", args=[change.ext_id])

    shown, others = text(officer("county_agri").get(page)), text(officer("town_leader").get(page))

    assert '<tr class="alarm">' in shown
    assert "有1条是查实过的" in shown
    assert "25条" in shown
    assert "要再试算一次才能核准" in shown
    assert "同一家店付了两次" in shown
    assert "同一家店付了两次" not in others
    assert not Alert.objects.filter(ext_id="AL-1").exists()
