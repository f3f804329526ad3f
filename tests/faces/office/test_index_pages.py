"""The pages of indices: empty, a month, one score, its rows, an objection and its answer."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from sanzi.insight.actions import indices
from sanzi.insight.models import IndexScore, Objection
from sanzi.orgs.actors import SYSTEM
from worlds import office, village
from worlds.cases import AT, Desk

pytestmark = pytest.mark.django_db


def read(client: Client, name: str, *args: str, **query: str) -> str:
    answer = client.get(reverse(f"office:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def score(desk: Desk) -> IndexScore:
    """One night's scores, with a confirmed alert among what cost points."""
    number = desk.submitted()
    alert = office.alert(number, state="disposed")
    alert.conclusion, alert.disposed_at = "confirmed", AT
    alert.save()
    indices.run(at=AT, by=SYSTEM)
    return IndexScore.objects.get(
        index_code="integrity", division_code=village.WILLOW, person_ext_id=""
    )


def test_before_the_first_night_the_page_says_when(officer: Any) -> None:
    page = read(officer("town_leader"), "indices")

    assert "还没有算过分" in page
    assert "每天凌晨4点算一次" in page


def test_a_month_lists_the_villages_and_goes_out_as_a_table(
    officer: Any, score: IndexScore
) -> None:
    client = officer("town_leader")
    page = read(client, "indices")
    sheet = client.get(reverse("office:indices"), {"as": "csv"})
    lines = b"".join(sheet.streaming_content).decode("utf-8-sig").splitlines()

    assert "2026年11月2个村" in page
    assert "柳湾村" in page
    assert lines[0].startswith("村,区划代码,分,级")
    assert {line.split(",")[0] for line in lines[1:]} == {"柳湾村", "石桥村"}


def test_an_unknown_grade_or_month_shows_no_fault(officer: Any, score: IndexScore) -> None:
    client = officer("town_leader")

    assert "这一级没有村" in read(client, "indices", grade="A")
    assert "2026年11月" in read(client, "indices", period="1999-13")


def test_a_score_tells_its_figures_and_what_would_move_it(officer: Any, score: IndexScore) -> None:
    page = read(officer("village_secretary"), "index_score", score.ext_id)

    assert "做什么能多得分" in page
    assert "属实的问题" in page
    assert re.search(r"看扣分的1件", page)
    assert "提异议" in page


def test_the_rows_of_a_figure_open_their_alert(officer: Any, score: IndexScore) -> None:
    page = read(officer("town_leader"), "index_rows", score.ext_id, "confirmed_cases")

    assert reverse("office:alert", args=["AL-1"]) in page
    assert "少出一条，多10分" in page


def test_another_village_does_not_see_it(officer: Any, score: IndexScore) -> None:
    client = officer("stone_cashier")

    for name, more in (("index_score", ()), ("index_rows", ("cash",))):
        path = reverse(f"office:{name}", args=[score.ext_id, *more])
        assert client.get(path).status_code == 404


def test_an_objection_is_made_on_the_page_and_a_refused_one_keeps_its_words(
    officer: Any, score: IndexScore
) -> None:
    client = officer("village_secretary")
    path = reverse("office:index_objection", args=[score.ext_id])
    first = client.post(path, {"indicator": "cash", "words": "登记错了"}, follow=True)
    again = client.post(path, {"indicator": "cash", "words": "还是不对"}, follow=True)

    assert "提上去了" in first.content.decode()
    assert "已经有一条异议在等答复" in again.content.decode()
    assert "还是不对" in again.content.decode()
    assert Objection.objects.count() == 1


def test_flags_stand_on_the_pages_with_their_rule_and_go_out_as_a_workbook(
    officer: Any, score: IndexScore
) -> None:
    client = officer("town_leader")
    page = read(client, "indices", index="flags")
    book = client.get(reverse("office:indices"), {"index": "flags", "as": "xlsx"})
    one = IndexScore.objects.get(index_code="flags", division_code=village.WILLOW)
    mine = read(officer("village_secretary"), "index_score", one.ext_id)

    assert "还没定" in page
    assert "旗怎么评" in page
    assert book.content[:2] == b"PK"
    assert "全镇有分的村不到5个" in mine
    assert "瞒着没报的支出" in mine


def test_a_township_opens_with_its_dimensions(officer: Any, score: IndexScore) -> None:
    page = read(officer("town_leader"), "indices", index="fiscal_health")
    one = IndexScore.objects.get(index_code="fiscal_health", division_code=village.TOWN)
    town = read(officer("town_leader"), "index_score", one.ext_id)

    assert "1个乡镇" in page
    assert "资金安全" in town
    assert "另外扣分" in town
    assert "提异议" in town
    assert officer("village_secretary").get(
        reverse("office:index_score", args=[one.ext_id])
    ).status_code == 404  # fmt: skip


def test_other_weights_are_tried_on_the_page_and_handed_in(officer: Any, score: IndexScore) -> None:
    from sanzi.insight.indices import catalogue, versions
    from sanzi.insight.models import IndexChange
    from sanzi.interfaces.office.parts import index_settings as parts

    index = catalogue.indices()["integrity"]
    client = officer("county_agri")
    typed = parts.typed_of(index, versions.settings_of(index)) | {"cash-z": "2.5", "b-B": "76"}
    page = read(client, "index_settings", "integrity", **{"try": "1", **typed})
    wrong = read(client, "index_settings", "integrity", **{"try": "1", **typed, "w-power": "x"})
    made = client.post(
        reverse("office:index_propose", args=["integrity"]),
        {**typed, "valid_from": "2026-12-01", "reason": "收紧", "source_ref": "县农发9号"},
        follow=True,
    )
    change = IndexChange.objects.get()
    checked = read(officer("county_discipline"), "index_settings", "integrity")

    assert "改成权重10、0%得满分，2.5%不得分" in page
    assert "B级：从75分起改成从76分起" in page
    assert "提请第二人审" in page
    assert "加起来是100" in wrong
    assert "等第二个人审" in made.content.decode()
    assert change.settings["indicators"]["cash"] == [10, 25, 0]
    assert change.settings["bands"]["B"] == 76
    assert "同意" in checked
    assert officer("village_secretary").get(
        reverse("office:index_settings", args=["integrity"])
    ).status_code == 404  # fmt: skip
