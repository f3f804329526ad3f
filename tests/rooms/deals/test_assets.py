"""The register of assets: cards with numbers and labels, their course, their join to the books."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.deals import asset_errors as errors
from sanzi.deals import asset_rules as rules
from sanzi.deals.actions import assets
from sanzi.deals.actions.assets import AssetFields
from sanzi.deals.models import Asset, AssetEvent
from sanzi.deals.queries import assets as queries
from sanzi.deals.queries.assets import AssetFilter
from sanzi.ledger.actions import plans
from sanzi.ledger.actions.plans import PlanFields
from sanzi.ledger.models import OpeningBalance
from sanzi.ledger.rules import Line
from sanzi.orgs.errors import NotFound
from worlds.assets import HOUSE, POND
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db


def register(money: Money, fields: AssetFields = HOUSE, role: str = "village_clerk") -> Any:
    return assets.register_asset(fields=fields, by=money.actor(role), at=AT)


def test_a_card_gets_a_number_a_label_and_a_first_line_of_its_course(money: Money) -> None:
    first, second = register(money), register(money, POND)

    assert (first.number, second.number) == ("0001", "0002")
    assert len(first.tag) == 8
    assert first.tag != second.tag
    view = queries.access_asset(by=money.actor("supervision_head"), ext_id=first.ext_id)
    assert (view.status, view.status_label, view.net_fen) == ("idle", "闲置", 38_000_000)
    assert [(one.title, one.text) for one in view.notes] == [
        ("建卡", "固定资产，账面原值380,000.00元")
    ]
    assert Event.objects.filter(kind="deals.asset.registered").count() == 2
    clerk = money.actor("village_clerk")
    assert queries.access_tag(by=clerk, tag=first.tag.lower()) == first.ext_id


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"category": "toy"}, errors.AssetWrong),
        ({"kind": "water"}, errors.AssetWrong),
        ({"name": "  "}, errors.AssetWrong),
        ({"place": ""}, errors.AssetWrong),
        ({"quantity": 0}, errors.AssetWrong),
        ({"book_value_fen": -1}, errors.AssetWrong),
        ({"book_value_fen": 10**18}, errors.AssetWrong),
        ({"acquired_date": date(2026, 11, 19)}, errors.AssetWrong),
        ({"acquired_date": date(1901, 1, 1)}, errors.AssetWrong),
        ({"category": "resource", "kind": "land"}, errors.AssetWrong),
        ({"area_mu_centi": -5}, errors.AssetWrong),
        ({"subject_code": "51404"}, errors.AssetWrong),
        ({"subject_code": "9999"}, errors.AssetWrong),
        ({"plan_ext_id": "RP-NOWHERE"}, errors.PlanTaken),
        ({"organisation": "O-STONE"}, NotFound),
        ({"organisation": "O-NOWHERE"}, NotFound),
    ],
)
def test_a_card_that_does_not_hold_is_not_made(
    money: Money, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    events = Event.objects.count()

    with pytest.raises(refusal):
        register(money, replace(HOUSE, **changed))

    assert (Asset.objects.count(), AssetEvent.objects.count()) == (0, 0)
    assert Event.objects.count() == events


def test_who_may_not_keep_the_register_finds_nothing(money: Money) -> None:
    for role in ("supervision_head", "town_leader", "stone_cashier", "agency_cashier"):
        with pytest.raises(NotFound):
            register(money, role=role)
    made = register(money)

    with pytest.raises(NotFound):
        queries.access_asset(by=money.actor("stone_cashier"), ext_id=made.ext_id)
    with pytest.raises(NotFound):
        queries.access_tag(by=money.actor("stone_cashier"), tag=made.tag)
    assert list(queries.assets(by=money.actor("stone_cashier"), only=AssetFilter())) == []


def test_a_changed_card_says_what_was_before(money: Money) -> None:
    made = register(money)
    by = money.actor("village_clerk")

    changed = assets.change_asset(
        ext_id=made.ext_id,
        fields=replace(HOUSE, place="工业路9号", area_m2_centi=121_050),
        reason="重新量过",
        by=by,
        at=AT + timedelta(hours=1),
    )

    assert changed == ["place", "area_m2_centi"]
    note = AssetEvent.objects.order_by("-pk").first()
    assert note is not None
    assert note.text == (
        "重新量过。位置由柳湾村工业路8号改为工业路9号；面积（平方米）由1,200改为1,210.5"
    )
    assert Event.objects.filter(kind="deals.asset.changed").count() == 1
    for fields, reason in ((HOUSE, ""), (replace(HOUSE, organisation="O-STONE"), "搬家")):
        with pytest.raises(errors.AssetWrong):
            assets.change_asset(ext_id=made.ext_id, fields=fields, reason=reason, by=by, at=AT)
    assert AssetEvent.objects.count() == 2


def test_a_card_is_set_idle_or_in_use_by_hand_and_nothing_else(money: Money) -> None:
    made = register(money)
    by = money.actor("village_clerk")

    assets.set_status(ext_id=made.ext_id, status="self_use", reason="村里自己用", by=by, at=AT)

    assert Asset.objects.get().status == "self_use"
    for status, reason in (("leased", "租了"), ("disposed", "卖了"), ("idle", "")):
        with pytest.raises(errors.AssetWrong):
            assets.set_status(ext_id=made.ext_id, status=status, reason=reason, by=by, at=AT)
    Asset.objects.update(status="leased")
    with pytest.raises(errors.AssetTaken):
        assets.set_status(ext_id=made.ext_id, status="idle", reason="不租了", by=by, at=AT)
    Asset.objects.update(status="scrapped")
    with pytest.raises(errors.AssetGone):
        assets.set_status(ext_id=made.ext_id, status="idle", reason="又要用", by=by, at=AT)
    with pytest.raises(errors.AssetGone):
        assets.appraise(ext_id=made.ext_id, appraised_fen=1, appraiser="评估所", by=by, at=AT)
    assert AssetEvent.objects.count() == 2


def test_a_valuation_stands_on_the_card_with_who_made_it(money: Money) -> None:
    made = register(money)
    by = money.actor("village_clerk")

    assets.appraise(
        ext_id=made.ext_id, appraised_fen=2_400_000, appraiser="澄川评估所", by=by, at=AT
    )

    view = queries.access_asset(by=by, ext_id=made.ext_id)
    assert (view.appraised_fen, view.appraiser_name) == (2_400_000, "澄川评估所")
    for fen, who in ((0, "评估所"), (1, " ")):
        with pytest.raises(errors.AssetWrong):
            assets.appraise(ext_id=made.ext_id, appraised_fen=fen, appraiser=who, by=by, at=AT)


def test_a_card_is_joined_to_the_plan_that_writes_it_off_and_no_plan_serves_two(
    money: Money,
) -> None:
    plan = plans.propose_plan(
        org_ext_id="O-WILLOW",
        fields=PlanFields(
            "DEPRECIATION",
            "标准厂房",
            38_000_000,
            240,
            date(2025, 12, 1),
            Line("152"),
            use="leased",
        ),
        by=money.actor("agency_accountant"),
        at=AT,
    )
    plans.approve_plan(ext_id=plan, by=money.actor("agency_reviewer"), at=AT)
    made = register(money, replace(HOUSE, plan_ext_id=plan))

    plans.run_plans(
        org_ext_id="O-WILLOW", period="2026-01", by=money.actor("agency_accountant"), at=AT
    )

    view = queries.access_asset(by=money.actor("village_clerk"), ext_id=made.ext_id)
    assert view.plan is not None
    assert view.net_fen == 38_000_000 - 38_000_000 // 240
    with pytest.raises(errors.PlanTaken):
        register(money, replace(HOUSE, name="又一间", plan_ext_id=plan))
    assert queries.plan_choices(by=money.actor("village_clerk"), organisation="O-WILLOW") == []


def test_the_register_and_the_books_are_laid_side_by_side(money: Money) -> None:
    register(money)
    register(money, replace(HOUSE, name="文化礼堂", subject_code="1510201", book_value_fen=500))
    OpeningBalance.objects.create(
        book=money.organisation.book_set.get(), account_code="1510101", balance_fen=26_500_000
    )

    rows = queries.books(by=money.actor("agency_accountant"))

    assert [
        (one.subject_code, one.cards_fen, one.books_fen, one.difference_fen) for one in rows
    ] == [
        ("1510101", 38_000_000, 26_500_000, 11_500_000),
        ("1510201", 500, 0, 500),
    ]
    assert queries.books(by=money.actor("stone_cashier")) == []


def test_a_list_is_narrowed_by_words_state_and_label(money: Money) -> None:
    house, pond = register(money), register(money, POND)
    by = money.actor("village_secretary")

    def found(**only: Any) -> list[str]:
        return [one.ext_id for one in queries.assets(by=by, only=AssetFilter(**only))]

    assert found() == [house.ext_id, pond.ext_id]
    assert found(text="水塘") == [pond.ext_id]
    assert found(text=house.tag) == [house.ext_id]
    assert found(text="0002") == [pond.ext_id]
    assert found(category="resource") == [pond.ext_id]
    assert found(status="leased") == []
    assert found(division_code="999901101000") == [house.ext_id, pond.ext_id]
    Asset.objects.filter(ext_id=house.ext_id).update(status="disposed")
    assert found() == [pond.ext_id]
    assert found(status="disposed") == [house.ext_id]
    figures = queries.totals(by=by, only=AssetFilter())
    assert (figures.count, figures.area_mu_centi, figures.unjoined_count) == (1, 1_250, 0)


def test_anybody_reads_behind_a_label_what_is_public(money: Money) -> None:
    made = register(money)

    shown = queries.public_asset(f"{made.tag[:4]}-{made.tag[4:]}")

    assert (shown.village_name, shown.name, shown.status_label) == ("柳湾村", "标准厂房", "闲置")
    with pytest.raises(NotFound):
        queries.public_asset("ZZZZZZZZ")


@pytest.mark.parametrize(
    ("typed", "centi"), [("12.5", 1250), ("1,200", 120_000), ("", None), ("３.0５", 305)]
)
def test_an_area_is_read_as_people_type_it(typed: str, centi: int | None) -> None:
    assert rules.parse_area(typed) == centi


@pytest.mark.parametrize("typed", ["-1", "1.234", "一亩", "1e9", "9" * 30])
def test_what_is_no_area_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match=typed[:3]):
        rules.parse_area(typed)


def test_areas_read_back_without_idle_zeros() -> None:
    said = [rules.area_words(one) for one in (1250, 120_000, 305, None)]

    assert said == ["12.5", "1,200", "3.05", ""]
