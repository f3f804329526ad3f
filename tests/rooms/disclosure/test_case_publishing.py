"""A case publishes itself at the moments its file names: masked, once, late ones seen as late."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from sanzi.disclosure import loading, rules
from sanzi.disclosure.actions import case_publishing, withdrawing
from sanzi.disclosure.models import Publication
from sanzi.matters import catalogue, errors, registry
from sanzi.matters.actions import cases
from sanzi.matters.catalogue import Disclosed, Matter
from sanzi.orgs.actors import SYSTEM
from sanzi.record.loaders import LoadContext
from worlds import deals, village, walks
from worlds.publications import published
from worlds.village import AT, World

pytestmark = pytest.mark.django_db
POWER = Path(__file__).parents[1] / "matters" / "try-power.yaml"
FORM = {
    "post_title": "保洁员", "pay": "9600", "start": "2026-12-01", "has_kin": "no",
    "panel": [{"name": "高大林", "score": "92.5"}],
}  # fmt: skip
PLAN = Disclosed("V01", "招聘方案", 0, at=("submitted", "visit"), show=("post_title", "panel"))


def matter_with(*items: Disclosed) -> Matter:
    return dataclasses.replace(catalogue.load(POWER), disclosure=items)


def use(monkeypatch: pytest.MonkeyPatch, *items: Disclosed) -> None:
    known = {**catalogue.matters(), "M29": matter_with(*items)}
    monkeypatch.setattr(catalogue, "matters", lambda: known)
    for name in ("saved", "approved", "finished", "ended", "visited"):
        registry.effect(f"trial.{name}", lambda _turn: None)
    registry.check("trial.check", lambda _turn: None)


@pytest.fixture
def world() -> World:
    return village.build()


def submitted(world: World, **form: Any) -> walks.Walk:
    walk = walks.start(world, "M29", "village_clerk")
    walk.submit("village_clerk", {**FORM, **form}, ("notice",))
    return walk


def finished(world: World, **form: Any) -> walks.Walk:
    walk = submitted(world, **form)
    walk.approve("village_secretary")
    walk.record("committee_member", {"said": "到他家看过", "days": "2"}, ("photo",))
    return walk


def test_an_item_that_says_nothing_more_is_published_at_the_end(world, monkeypatch) -> None:
    use(monkeypatch, Disclosed("P04", "聘了谁", 5))
    walk = submitted(world)
    assert published(walk.number) == {}

    walk.approve("village_secretary")
    walk.record("committee_member", {"said": "到他家看过"}, ("photo",))

    [one] = published(walk.number).values()
    assert (one.item, one.title, one.kind, one.stage) == ("P04", "保洁员", "聘了谁", "办结了")
    assert (one.total_fen, one.facts, one.tables, one.is_late) == (960_000, {}, {}, False)


def test_a_later_step_replaces_what_was_published_and_says_why(world, monkeypatch) -> None:
    use(monkeypatch, dataclasses.replace(PLAN, show=("post_title", "has_kin", "visit.said")))
    walk = submitted(world)
    assert published(walk.number)["V01"].facts == {"岗位": "保洁员", "有没有亲属": "否"}

    walk.approve("village_secretary")
    walk.record("committee_member", {"said": "到他家看过"}, ("photo",))

    one = published(walk.number)["V01"]
    assert (one.version, one.stage, one.facts["说了什么"]) == (2, "走访过了", "到他家看过")
    assert Publication.objects.get(replaced_by__isnull=True).reason == "办到“走访过了”"


def test_the_same_content_is_not_published_twice(world, monkeypatch) -> None:
    use(monkeypatch, PLAN)
    walk = submitted(world)
    case = walk.case

    again = case_publishing.publish_case(
        case, matter_with(PLAN), PLAN, stage="提出来了", by=world.actor("village_clerk"), at=AT
    )

    assert again == Publication.objects.get()


def test_persons_are_masked_unless_they_act_in_office(world, monkeypatch) -> None:
    clerk = world.people["village_clerk"]
    hired = village.villager(world, "高大林")
    use(monkeypatch, Disclosed(
        "P04", "聘用", 5, show=("clerk", "hired", "panel", "visit.said"), in_full=("clerk",),
        mask=("panel.name",),
    ))  # fmt: skip

    walk = submitted(world, clerk=clerk.ext_id, hired=hired.ext_id)
    walk.approve("village_secretary")
    said = "高大林手机19900008888，卡6228 4800 1234 5678 901，办件" + walk.number
    walk.record("committee_member", {"said": said}, ("photo",))

    one = published(walk.number)["P04"]
    assert one.facts["经办人"] == clerk.name
    assert one.facts["聘用谁"] == "高*林"
    assert one.tables["评议人"] == [["高*林", "92.5"]]
    hidden = "（号码不公开）"
    assert one.facts["说了什么"] == f"高*林手机{hidden}，卡{hidden}，办件{walk.number}"
    assert "高大林" not in one.text


def test_a_title_that_is_a_name_is_masked(world, monkeypatch) -> None:
    use(monkeypatch, Disclosed("P04", "聘用", 5, mask=("post_title",)))

    walk = finished(world, post_title="高大林")

    assert published(walk.number)["P04"].title == "试办一件事：高*林"


def test_sums_below_the_floor_are_not_published(world, monkeypatch) -> None:
    use(monkeypatch, Disclosed("P04", "聘用", 5, from_fen=960_001))

    assert published(finished(world).number) == {}


def test_rows_of_a_register_are_published_with_the_case(world, monkeypatch) -> None:
    registry.sheet("trial.rows", lambda number: registry.PublicRows(("号",), ((number,),)))
    use(monkeypatch, Disclosed("P04", "名单", 5, sheet="trial.rows"))

    walk = finished(world)

    assert published(walk.number)["P04"].tables == {"名单": [[walk.number]]}


def test_what_is_published_after_its_day_counts_as_late(world, monkeypatch) -> None:
    late = dataclasses.replace(PLAN, item="V02", at=("visit",), since="approve", within_days=1)
    use(monkeypatch, late, dataclasses.replace(late, item="V03", within_days=3))
    walk = submitted(world)
    walk.approve("village_secretary")
    walk.at = AT + timedelta(days=3)

    walk.record("committee_member", {"said": "到他家看过"}, ("photo",))

    found = published(walk.number)
    assert (found["V02"].is_late, found["V03"].is_late) == (True, False)


def test_the_last_instant_of_the_day_is_in_time() -> None:
    due = rules.due(datetime(2026, 11, 12, 2, 0, tzinfo=UTC), 1)

    assert due == datetime(2026, 11, 13, 16, 0, tzinfo=UTC)


def test_of_a_case_that_ends_it_is_said_that_nothing_comes_of_it(world, monkeypatch) -> None:
    use(monkeypatch, PLAN)
    walk = submitted(world)

    cases.withdraw(number=walk.number, by=world.actor("village_clerk"), at=AT)

    one = published(walk.number)["V01"]
    assert (one.stage, one.version, one.facts["岗位"]) == ("不办了", 2, "保洁员")


def test_a_case_that_ends_does_not_bring_back_what_was_withdrawn(world, monkeypatch) -> None:
    use(monkeypatch, PLAN)
    walk = submitted(world)
    shown = Publication.objects.get()
    withdrawing.withdraw(
        ext_id=shown.ext_id,
        reason="写全了电话，遮住再公布",
        by=world.actor("town_agri_head"),
        at=AT,
    )

    cases.withdraw(number=walk.number, by=world.actor("village_clerk"), at=AT)

    assert Publication.objects.get() == shown


def test_what_a_refused_step_would_have_published_is_not_there(world, monkeypatch) -> None:
    use(monkeypatch, dataclasses.replace(PLAN, at=("visit",)))
    walk = submitted(world)
    walk.approve("village_secretary")

    with pytest.raises(errors.PapersMissing):
        walk.record("committee_member", {"said": "到他家看过"})

    assert Publication.objects.count() == 0


def test_lists_of_persons_leave_the_web_after_their_days(world, monkeypatch) -> None:
    use(monkeypatch, dataclasses.replace(PLAN, item="S01"), dataclasses.replace(PLAN, item="V01"))
    submitted(world)
    assert case_publishing.take_down_due(AT + timedelta(days=7, seconds=-1)) == 0

    assert case_publishing.take_down_due(AT + timedelta(days=7)) == 1

    assert [one.item_code for one in Publication.objects.exclude(unpublished_at=None)] == ["S01"]
    assert case_publishing.take_down_due(AT + timedelta(days=8)) == 0


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"item": "Z99"}, "没有叫“Z99”的公开项"),
        ({"at": ["nowhere"]}, "没有叫“nowhere”的时刻或步骤"),
        ({"since": "nowhere"}, "没有叫“nowhere”的步骤"),
        ({"show": ["nowhere"]}, "没有叫“nowhere”的栏"),
        ({"mask": ["panel.age"]}, "没有叫“panel.age”的栏"),
        ({"show": ["secret"]}, "“secret”里有账号，永远不能公开"),
    ],
)
def test_a_wrong_file_is_told(changed: dict[str, Any], message: str, tmp_path: Path) -> None:
    entry = {"item": "V01", "title": "公示", "within_days": 0, **changed}
    secret = (
        "  - {key: secret, label: 账户, type: account, required: false, help: 收款的}\nevidence:"
    )
    text = POWER.read_text("utf-8").replace("evidence:", secret, 1)
    path = tmp_path / "power.yaml"
    path.write_text(text.replace("disclosure: []", f"disclosure: [{entry}]"), "utf-8")

    told = [one.message for one in catalogue.check_file(path)]

    assert [one for one in told if one.startswith(message)]


def test_publications_of_the_past_come_in_once(world: World) -> None:
    row = {
        "disclosure_id": "G-OLD", "org_id": "O-WILLOW", "village_id": village.WILLOW,
        "item_code": "F04", "period": None, "subject_kind": "case", "subject_id": "C-1",
        "title": "修路款", "due_at": AT, "published_at": AT + timedelta(days=9),
        "unpublished_at": None, "min_days": 7, "content_hash": "0" * 64, "total_fen": 9_000_000,
    }  # fmt: skip
    context = LoadContext(by=SYSTEM, at=AT)

    counts = [loading.load_disclosures([row], context).added for _ in range(2)]

    assert counts == [1, 0]
    [kept] = deals.record_rows("disclosure")
    assert (kept["disclosure_id"], kept["total_fen"], kept["channel"]) == (
        "G-OLD", 9_000_000, "portal",
    )  # fmt: skip
    assert Publication.objects.get().is_late
