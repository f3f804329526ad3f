"""What is due to be published, in the office: by village, one in full; comments are answered."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from sanzi.disclosure import rules
from sanzi.disclosure.actions import comments, publishing
from sanzi.disclosure.models import Comment, DueSheet
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.models import Household, Person
from worlds.cases import AT
from worlds.village import WILLOW

if TYPE_CHECKING:
    from faces.office.conftest import Officer

pytestmark = pytest.mark.django_db


def due(item: str, title: str, days: int) -> DueSheet:
    return DueSheet.objects.create(
        division_id=WILLOW, org_ext_id="O-WILLOW", item_code=item, period="2026-10", title=title,
        due_at=rules.due(AT, days),
    )  # fmt: skip


def test_missing_items_are_said_first_and_each_has_its_line(officer: Officer) -> None:
    due("V06", "2026年第3季度村务监督报告", -2)
    due("F02", "2026年10月财务报表和银行余额", 3)
    town = officer("town_leader")

    page = town.get("/office/due/").content.decode()
    assert "1份到了日子没有公布" in page
    assert f'href="/office/due/{WILLOW}/"' in page
    page = town.get(f"/office/due/{WILLOW}/").content.decode()
    for words in ("第3季度村务监督报告", "没有公布", "还没到日子", "村监会主任", "系统从账上做"):
        assert words in page


def test_nothing_due_is_said(officer: Officer) -> None:
    page = officer("village_secretary").get("/office/due/").content.decode()

    assert "还没有要公布的" in page
    assert "该公布的都公布了" not in page, "nothing is claimed of a list that is empty"
    assert "每个月一号" in page


def test_only_a_list_without_gaps_says_that_all_is_public(officer: Officer) -> None:
    due("F02", "2026年10月财务报表和银行余额", 3)
    page = officer("village_secretary").get("/office/due/").content.decode()

    assert "该公布的都公布了" in page


def test_what_came_late_is_said_though_all_is_public(officer: Officer) -> None:
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "F02", "2026年10月财务报表", {"facts": []})
    late = due("F02", "2026年10月财务报表和银行余额", -2)
    late.publication = publishing.publish(sheet=sheet, by=SYSTEM, at=AT)
    late.save()

    page = officer("village_secretary").get("/office/due/").content.decode()

    assert "该公布的都公布了，1份晚了" in page


def test_a_comment_is_answered_without_seeing_whose_it_is(officer: Officer) -> None:
    home = Household.objects.create(
        ext_id="H-SAID", division_id=WILLOW, head_person_ext_id="V-SAID", member_count=1
    )
    person = Person.objects.create(
        ext_id="V-SAID", name="王说话", division_id=WILLOW, household=home, is_member=True
    )
    sheet = publishing.Sheet(WILLOW, "O-WILLOW", "V01", "东塘招租方案", {"facts": []})
    plan = publishing.publish(sheet=sheet, by=SYSTEM, at=AT - timedelta(days=1))
    one = comments.say(
        village_code=WILLOW, ext_id=plan.ext_id, words=comments.Words("against", "太贵了"),
        by=orgs.villager(person.pk), at=AT,
    )  # fmt: skip
    secretary = officer("village_secretary")

    page = secretary.get("/office/comments/").content.decode()
    assert "1条意见等答复" in page
    assert "太贵了" in page
    assert person.name not in page
    secretary.post(f"/office/comments/{one.ext_id}/", {"answer": "按评估价定的"})

    assert Comment.objects.get().answer == "按评估价定的"
    assert "意见都答复了" in secretary.get("/office/comments/").content.decode()
