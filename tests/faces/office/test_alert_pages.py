"""The pages of the loop: one alert explained, several about one matter, figures, false alarms."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import CounterpartyOwner, Kinship
from sanzi.supervision.actions import nightly
from sanzi.supervision.models import Alert
from worlds import loop, spending
from worlds.cases import AT, Desk

WHY = "已经核对发票和送货单"


@pytest.fixture
def two(desk: Desk) -> list[Alert]:
    """One cash payment over its budget, to a firm of the handler's sister: two alerts."""
    world = desk.world
    firm = spending.firm("KINFIRM")
    owner, handler = world.people["village_clerk"], world.people["committee_member"]
    CounterpartyOwner.objects.create(counterparty=firm, person=owner, kind="shareholder")
    Kinship.objects.create(
        person=owner, relative=handler, relation="sibling",
        is_statutory_kin=True, is_extended_kin=True, source="declared",
    )  # fmt: skip
    line = spending.budget(world, "Y-LOOP", 1)
    spending.source(world, "S1")
    spending.spend(
        world, "K1", [(firm, 60_000)], state="paid", method="cash", budget_line=line, at=AT
    )
    nightly.run(as_of=AT + dt.timedelta(hours=16), by=SYSTEM)
    found = list(Alert.objects.filter(case_number="K1").order_by("id"))
    for one in found:
        loop.route_to_discipline(one)
    return found


def read(client: Any, name: str, *args: str, **data: Any) -> str:
    """Return a page as text."""
    answer = client.get(reverse(f"office:{name}", args=args), data)
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_alerts_of_one_case_are_seen_explained_and_concluded_together(
    two: list[Alert], officer: Any
) -> None:
    town = officer("town_discipline_office")
    lead = two[0]

    listed = read(town, "alerts")
    assert f"同一件事{len(two)}条预警" in listed
    alone = read(town, "alert", lead.ext_id)
    for words in ("谁和谁有关系", "兄弟姐妹", "提交", "以前类似的", "一起看"):
        assert words in alone
    together = read(town, "alert_matter", lead.ext_id)
    assert together.count('name="alert"') == len(two)

    path = reverse("office:alert_matter_conclude", args=[lead.ext_id])
    said = {"alert": [one.ext_id for one in two], "conclusion": "explained", "text": WHY}
    asked = town.post(path, said)
    assert "确定？" in asked.content.decode()
    assert set(Alert.objects.values_list("state", flat=True)) == {"new"}
    town.post(path, {**said, "sure": "1"})
    assert set(Alert.objects.filter(case_number="K1").values_list("state", flat=True)) == {
        "verifying"
    }


def test_a_refused_step_gives_back_what_was_typed_once(two: list[Alert], officer: Any) -> None:
    town, one = officer("town_discipline_office"), two[0]
    town.post(reverse("office:alert_step", args=[one.ext_id, "take"]))
    asked = {"text": "退回全部现金", "amount": "三百", "finish_date": "2026-12-01"}

    town.post(reverse("office:alert_step", args=[one.ext_id, "rectify"]), asked)
    other = read(town, "alert", two[1].ext_id)
    page = read(town, "alert", one.ext_id)
    again = read(town, "alert", one.ext_id)

    assert asked["text"] not in other
    assert f"required>{asked['text']}</textarea>" in page
    assert 'value="三百"' in page
    assert 'value="2026-12-01"' in page
    assert page.count(asked["text"]) == 1
    assert asked["text"] not in again


def test_alerts_concluded_together_keep_a_refused_reason(two: list[Alert], officer: Any) -> None:
    town, lead = officer("town_discipline_office"), two[0]
    sent = {"alert": lead.ext_id, "conclusion": "explained", "text": "太短", "sure": "1"}

    town.post(reverse("office:alert_matter_conclude", args=[lead.ext_id]), sent)
    page = read(town, "alert_matter", lead.ext_id)

    assert "一条也没有动" in page
    assert "required>太短</textarea>" in page
    assert f'value="{lead.ext_id}" checked' in page
    assert 'value="explained" checked' in page


def test_the_figures_are_a_page_and_a_table_to_take_away(two: list[Alert], officer: Any) -> None:
    town = officer("town_discipline_office")

    until = f"{AT + dt.timedelta(days=2):%Y-%m-%d}"

    page = read(town, "alert_statistics", until=until)
    sheet = town.get(reverse("office:alert_statistics"), {"as": "csv", "until": until})

    count = Alert.objects.count()
    assert count >= len(two)
    assert f"开出{count}条" in page
    assert "不到10条的不算比率" in page
    text = b"".join(sheet.streaming_content).decode("utf-8-sig")
    assert text.splitlines()[1].startswith(f"全部,全部,{count},")
    assert "支付报销" in text


def test_the_list_of_false_alarms_says_what_the_night_did(two: list[Alert], officer: Any) -> None:
    page = read(officer("town_discipline_office"), "alert_silences")

    assert "按误报压住0条" in page
    assert "没有记住的误报" in page
