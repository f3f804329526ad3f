"""M30: a post ends, its list is handed over, the audit is public, its findings are put right."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.template.loader import render_to_string

from sanzi.kernel.refusals import Refusal
from sanzi.matters.actions import cases
from sanzi.matters.models import Case
from sanzi.orgs import queries as orgs
from sanzi.record import extraction
from sanzi.registers.posts import effects, errors
from sanzi.registers.posts.models import Handover, HandoverItem
from sanzi.registers.seals.models import Seal
from worlds import deals, walks
from worlds import posts as worlds_posts
from worlds.money import Money
from worlds.publications import published
from worlds.village import AT, WILLOW, World
from worlds.walks import Walk

LEFT = "2026-11-10"
REASON = "住院半个月，出院后才交"


@pytest.fixture
def world(money: Money) -> World:
    return money.world


def _submit(world: World, **changed: str) -> Walk:
    walk = walks.start(world, "M30", "committee_member")
    leaver = world.people["cashier_reporter"].ext_id
    form = {"person": leaver, "left_date": LEFT, "why": "resigned", **changed}
    walk.submit("committee_member", form)
    return walk


def _accepted(world: World, **changed: str) -> Walk:
    walk = _submit(world, **changed)
    walk.record("town_party_office", {"paper_no": "清委〔2026〕31号"})
    return walk


def _hand_over(walk: Walk, **changed: Any) -> None:
    receiver = walk.world.people["village_clerk"].ext_id
    form = {"receiver": receiver, "cash": "312.50", **changed}
    walk.record("town_agri_head", {k: v for k, v in form.items() if v != ""}, ("list",))


def _handed(world: World) -> Walk:
    walk = _accepted(world)
    _hand_over(walk)
    walk.approve("supervision_head")
    return walk


def _audit(walk: Walk, **changed: str) -> None:
    form = {
        "auditor": "清河镇农经站", "audited_date": "2026-12-20", "problem_count": "2",
        "problem_fen": "860", "result": "两笔支出没有附清单，其余账实相符", **changed,
    }  # fmt: skip
    walk.record("town_agri_head", form, ("report",))


def _published(world: World) -> Walk:
    walk = _handed(world)
    walk.at = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
    _audit(walk)
    walk.record("village_clerk", {"place": "村公开栏"}, ("photo",))
    return walk


def test_a_leaving_walks_from_the_list_to_the_last_finding(world: World) -> None:
    leaver = world.people["cashier_reporter"]
    Seal.objects.create(
        ext_id="YZ-1", organisation=world.bodies["willow"], division_code=WILLOW, kind="finance",
        title="财务专用章", keeper=leaver,
    )  # fmt: skip
    walk = _accepted(world)
    assert orgs.posts_of(leaver.pk, date(2026, 11, 11)) == ()
    post = worlds_posts.post_of(leaver, "cashier_reporter")
    assert post.end_date == date(2026, 11, 10)
    found = {(one.kind, one.title) for one in HandoverItem.objects.all()}
    assert ("books", "柳湾村股份经济合作社账簿、凭证") in found
    assert {("cash", "库存现金"), ("seal", "财务专用章")} <= found
    panel = effects.leaving_panel(walk.number)
    assert panel is not None
    drawn = render_to_string(panel.template, {"panel": panel.context})
    assert "吴小芬的移交清单" in drawn
    assert "11月20日以前交" in drawn

    _hand_over(walk, added=[{"kind": "asset", "title": "保险柜钥匙两把"}])
    walk.approve("supervision_head")
    walk.at = datetime(2026, 12, 21, 2, 0, tzinfo=UTC)
    _audit(walk)
    walk.record("village_clerk", {"place": "村公开栏"}, ("photo",))
    walk.record("village_secretary", {"count": "1", "said": "清单补上了"}, is_last=False)
    with pytest.raises(errors.NotRectified, match="2个问题，改好了1个"):
        cases.finish(number=walk.number, by=world.actor("village_secretary", walk.at), at=walk.at)
    walk.record("village_secretary", {"count": "1", "said": "第二笔也补上了"})

    assert (walk.case.state, walk.case.title) == ("DONE", "吴小芬")
    [row] = deals.record_rows("handover")
    assert (row["person_id"], row["role_code"], row["case_id"], row["status"]) == (
        leaver.ext_id, "cashier_reporter", walk.number, "closed",
    )  # fmt: skip
    assert (row["problem_count"], row["rectified_count"]) == (2, 2)
    assert len(extraction.fetch("handover_item")) == len(found) + 1
    shown = published(walk.number)["V08"]
    assert (shown.facts["谁离任"], shown.facts["几个问题"], shown.version) == ("吴小芬", "2", 2)


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"person": "V1"}, errors.LeavingWrong),
        ({"left_date": "2023-12-31"}, errors.LeavingWrong),
        ({"left_date": "2027-03-01"}, errors.LeavingWrong),
    ],
)
def test_who_holds_no_post_does_not_leave_one(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        _submit(world, **changed)

    assert Case.objects.get().state == "DRAFT"
    assert not Handover.objects.exists()


def test_a_withdrawn_leaving_leaves_no_row_and_the_post_goes_on(world: World) -> None:
    walk = _submit(world)
    cases.withdraw(number=walk.number, by=world.actor("committee_member"), at=AT)

    assert not Handover.objects.exists()
    post = worlds_posts.post_of(world.people["cashier_reporter"], "cashier_reporter")
    assert post.end_date is None


@pytest.mark.parametrize(
    ("days", "changed", "refusal"),
    [
        (0, {"cash": ""}, errors.LeavingWrong),
        (0, {"receiver": "P-willow-1"}, errors.LeavingWrong),
        (0, {"missing": "没有的东西"}, errors.LeavingWrong),
        (9, {}, errors.LateNeedsReason),
    ],
)
def test_a_handover_that_is_not_in_order_is_refused(
    world: World, days: int, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    walk = _accepted(world)
    walk.at = AT + timedelta(days=days)

    with pytest.raises(refusal):
        _hand_over(walk, **changed)

    assert Handover.objects.get().handed_over_at is None
    assert not HandoverItem.objects.filter(is_handed=True).exists()


def test_a_late_handover_is_taken_with_its_reason_and_what_lacks_is_marked(world: World) -> None:
    walk = _accepted(world)
    walk.at = AT + timedelta(days=9)

    _hand_over(walk, late_reason=REASON, missing="库存现金")

    assert Handover.objects.get().late_reason == REASON
    assert [one.title for one in HandoverItem.objects.filter(is_handed=False)] == ["库存现金"]


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"audited_date": "2026-11-11"}, errors.LeavingWrong),
        ({"audited_date": "2027-06-02"}, errors.LeavingWrong),
        ({"audited_date": "2027-05-11"}, errors.LateNeedsReason),
        ({"problem_count": "0"}, errors.LeavingWrong),
    ],
)
def test_an_audit_that_cannot_be_right_is_refused(
    world: World, changed: dict[str, str], refusal: type[Refusal]
) -> None:
    walk = _handed(world)
    walk.at = datetime(2027, 6, 1, 2, 0, tzinfo=UTC)

    with pytest.raises(refusal):
        _audit(walk, **changed)

    assert Handover.objects.get().status == "handed"


def test_no_more_is_put_right_than_was_found(world: World) -> None:
    walk = _published(world)

    with pytest.raises(errors.LeavingWrong, match="改好的个数"):
        walk.record("village_secretary", {"count": "3", "said": "都改好了"})

    assert Handover.objects.get().rectified_count == 0


def test_who_leaves_and_his_kin_hand_nothing_over_to_themselves(world: World) -> None:
    deals.kin(world.people["cashier_reporter"], world.people["supervision_head"])
    walk = _accepted(world)
    _hand_over(walk)

    assert walk.open_step.role_code == "supervision_member"
