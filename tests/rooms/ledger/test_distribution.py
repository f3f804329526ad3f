"""Distribution in the order of the law: losses, reserve, members, the rest; by decision only."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest

from rooms.ledger.test_year_end import AFTER, YEAR, close_months, close_year, lines
from sanzi.ledger import year_rules
from sanzi.ledger.actions import corrections, distribution
from sanzi.ledger.actions.distribution import Decision, Given
from sanzi.ledger.errors import BadLine, PeriodClosed
from sanzi.ledger.models import Period, Voucher, VoucherDraft
from sanzi.ledger.period_errors import (
    AlreadyDistributed,
    DecisionMissing,
    LossNotThere,
    NoDistribution,
    NothingToDistribute,
    ReserveTooSmall,
    ShareNotAllowed,
    TooMuchDistributed,
    YearNotTransferred,
)
from sanzi.ledger.queries import year_end as ends
from sanzi.ledger.year_rules import Distributable, ReserveLeast
from sanzi.orgs.errors import NotFound

SPRING = dt.date(2027, 1, 4)
RESERVE = Given("reserve", "31101", 2_610_000)
MEMBER = Given("members", "11303", 4_000_000, "household", "H1")
DECISION = Decision("CYDB-2027-1", (RESERVE, MEMBER))


@pytest.fixture
def least(monkeypatch) -> None:
    """Thirty per cent for the reserve, as in Zhejiang."""
    thirty = ReserveLeast("", dt.date(2020, 7, 1), 300, "条例 第三十二条")
    monkeypatch.setattr(year_rules, "reserve_parameters", lambda: (thirty,))


@pytest.fixture
def closed(world, post) -> None:
    """A year with 87,000 yuan left, closed."""
    post(YEAR)
    close_months(world)
    close_year(world)


def distribute(world, decision: Decision = DECISION, **changes: object):
    fields = {
        "org_ext_id": "O-WILLOW",
        "year": 2026,
        "decision": decision,
        "date": SPRING,
        "by": world.actor("agency_accountant", AFTER),
        "at": AFTER,
    } | changes
    return distribution.distribute(**fields)


def review(world, draft, role: str = "agency_reviewer"):
    return corrections.review_and_post(
        draft_ext_id=draft.ext_id, by=world.actor(role, AFTER), at=AFTER
    )


def left(world) -> Distributable:
    page = ends.year_end(
        by=world.actor("agency_accountant", AFTER), org_ext_id="O-WILLOW", year=2026, on=SPRING
    )
    return page.distributable


def nothing_is_drawn_up() -> None:
    assert VoucherDraft.objects.count() == 0
    assert not Voucher.objects.filter(source_kind="distribution").exists()


def test_a_decision_of_the_new_year_goes_through_distribution(world, closed, least) -> None:
    draft = distribute(world)
    with pytest.raises(NotFound):
        review(world, draft, "agency_accountant")

    (posted,) = review(world, draft)

    assert posted.period == "2027-01"
    assert lines(posted.ext_id) == [
        "3220101 26100.00 0.00",
        "31101 0.00 26100.00",
        "3220102 40000.00 0.00",
        "11303 0.00 40000.00",
    ]
    assert left(world) == Distributable(8_700_000, 0, 0, 6_610_000, 2_610_000)
    assert left(world).left_fen == 2_090_000


def test_a_decision_of_december_waits_for_no_new_year(world, post, least, balances) -> None:
    post(YEAR)
    close_months(world)

    review(world, distribute(world, date=dt.date(2026, 12, 31)))
    done = close_year(world)

    assert lines(done.vouchers[-1].ext_id) == [
        "3220101 0.00 26100.00",
        "3220102 0.00 40000.00",
        "32202 66100.00 0.00",
    ]
    sheet = balances("2026-12")
    assert "32202 0.00 66100.00 87000.00 -20900.00" in sheet
    assert Voucher.objects.filter(summary="2026年收益分配（决议CYDB-2027-1）").exists()


def test_the_reserve_comes_before_the_members(world, closed, least) -> None:
    small = replace(DECISION, given=(replace(RESERVE, amount_fen=2_609_999), MEMBER))

    with pytest.raises(ReserveTooSmall) as refused:
        distribute(world, small)

    assert refused.value.text == "要先提取公积公益金：至少26,100.00元，现在只有26,099.99元。"
    nothing_is_drawn_up()


def test_the_reserve_may_be_taken_alone_and_counts_later(world, closed, least) -> None:
    review(world, distribute(world, Decision("R-1", (RESERVE,))))

    review(world, distribute(world, Decision("M-1", (MEMBER,))))

    assert left(world).left_fen == 2_090_000


def test_no_more_is_given_than_there_is(world, closed, least) -> None:
    much = replace(DECISION, given=(RESERVE, replace(MEMBER, amount_fen=6_090_001)))

    with pytest.raises(TooMuchDistributed):
        distribute(world, much)

    nothing_is_drawn_up()


def test_a_loss_gives_nothing_to_members(world, post) -> None:
    post(YEAR.replace("90000", "1000"))
    close_months(world)
    close_year(world)

    with pytest.raises(NothingToDistribute) as refused:
        distribute(world, Decision("D", (MEMBER,)))

    assert refused.value.text == "2026年可分配收益是-2,000.00元，不能分配。"
    nothing_is_drawn_up()


def test_reserves_make_up_a_loss_and_no_more(world, post) -> None:
    post(YEAR.replace("90000", "1000"))
    close_months(world)
    close_year(world)

    with pytest.raises(LossNotThere):
        distribute(world, Decision("D", (), 200_001, "31101"))
    nothing_is_drawn_up()
    (posted,) = review(world, distribute(world, Decision("D", (), 200_000, "31101")))

    assert lines(posted.ext_id) == ["31101 2000.00 0.00", "32202 0.00 2000.00"]
    assert left(world).total_fen == 0


def test_earlier_losses_come_off_before_the_reserve_is_reckoned() -> None:
    year = Distributable(net_fen=100_000, brought_fen=-40_000)

    assert year.total_fen == 60_000
    assert year.reserve_least_fen(300) == 18_000
    assert Distributable(100_001, 0).reserve_least_fen(300) == 30_001, "rounded up"
    assert Distributable(-5, 1_000).reserve_least_fen(300) == 0


def test_a_decision_is_carried_out_once(world, closed, least) -> None:
    draft = distribute(world)
    with pytest.raises(AlreadyDistributed, match="还在等审核"):
        distribute(world, replace(DECISION, number="OTHER"))
    review(world, draft)

    with pytest.raises(AlreadyDistributed, match="已经记账"):
        distribute(world)

    assert VoucherDraft.objects.count() == 0


@pytest.mark.parametrize("number", ["", "  ", "1" * 35])
def test_there_is_no_distribution_without_decision(world, closed, number: str) -> None:
    with pytest.raises(DecisionMissing):
        distribute(world, replace(DECISION, number=number))

    nothing_is_drawn_up()


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        (replace(MEMBER, account_code="50103"), ShareNotAllowed),
        (replace(MEMBER, key="bonus"), ShareNotAllowed),
        (replace(MEMBER, amount_fen=0), BadLine),
        (replace(MEMBER, amount_fen=-1), BadLine),
    ],
)
def test_a_share_goes_where_the_standard_says(world, closed, least, given, refusal) -> None:
    with pytest.raises(refusal):
        distribute(world, replace(DECISION, given=(RESERVE, given)))

    nothing_is_drawn_up()


def test_the_old_year_is_closed_before_the_new_one_gives(world, post) -> None:
    post(YEAR)
    close_months(world)

    with pytest.raises(YearNotTransferred):
        distribute(world)

    nothing_is_drawn_up()
    assert not Voucher.objects.filter(origin="closing").exists()


def test_a_closed_month_takes_no_distribution(world, closed, least) -> None:
    Period.objects.create(
        book_id=Period.objects.values_list("book_id", flat=True)[0],
        period="2027-01",
        closed_at=AFTER,
    )

    with pytest.raises(PeriodClosed):
        distribute(world)

    nothing_is_drawn_up()


def test_a_committee_distributes_nothing(world, post) -> None:
    with pytest.raises(NoDistribution):
        distribute(world, org_ext_id="O-WILLOW-VC")

    nothing_is_drawn_up()


def test_zhejiang_reserves_thirty_per_cent_and_others_by_charter() -> None:
    day = dt.date(2026, 12, 31)

    assert year_rules.reserve_least("330382101201", day).permille == 300
    assert year_rules.reserve_least("999901101201", day).permille == 0
    assert year_rules.reserve_least("330382101201", dt.date(2019, 1, 1)).permille == 0
