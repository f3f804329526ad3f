"""Leases: what may be let to whom, rent that is billed, paid, late, told, given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.bank.port import Entry
from sanzi.deals.actions import assets
from sanzi.deals.asset_errors import AssetGone, AssetTaken
from sanzi.deals.models import Asset, AssetEvent
from sanzi.ledger.models import VoucherLine
from sanzi.notices import outbox
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty
from sanzi.payments.actions import bills, statements, voids
from sanzi.payments.models import Bill, Receipt
from sanzi.registers.leases import errors
from sanzi.registers.leases.actions import leases, rent, telling
from sanzi.registers.leases.models import Lease, RentBill, RentReminder
from sanzi.registers.leases.queries import leases as queries
from sanzi.registers.leases.queries import public
from sanzi.registers.leases.queries.leases import LeaseFilter
from worlds import leases as worlds_leases
from worlds.assets import POND
from worlds.leases import Letting
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)


@pytest.fixture
def letting(money: Money) -> Letting:
    """A workshop that may be let."""
    return worlds_leases.directed(money)


def pay(letting: Letting, amount_fen: int, memo: str, seq: int = 1, at: datetime = AT) -> None:
    entry = Entry(
        seq=seq,
        booked_at=at,
        amount_fen=amount_fen,
        is_credit=True,
        bank_ref=f"BK{seq}",
        party_name="青石机械厂",
        memo=memo,
    )
    statements.import_notices(account_id=letting.money.account.pk, entries=[entry], at=at)


def period(place: int) -> RentBill:
    return RentBill.objects.get(place=place)


def test_a_lease_lays_out_its_whole_rent_and_marks_the_card(letting: Letting) -> None:
    ext_id = letting.sign(rent_steps={3: 13_000_001})

    amounts = list(RentBill.objects.order_by("place").values_list("amount_fen", flat=True))
    assert amounts == [3_000_000] * 8 + [3_250_001] + [3_250_000] * 3
    asset = Asset.objects.get()
    assert (asset.status, asset.status_since_date) == ("leased", TODAY)
    note = AssetEvent.objects.latest("pk")
    assert (note.title, note.text) == (
        "出租",
        "青石机械厂，2026-01-01至2028-12-31，年租120,000.00元，12期",
    )
    view = queries.access_lease(
        by=letting.money.actor("supervision_head"), ext_id=ext_id, today=TODAY
    )
    assert (view.state, view.left_fen, view.may_keep) == ("租着", 12_000_000, False)
    assert Event.objects.filter(kind="leases.lease.signed").count() == 1


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"end_date": date(2046, 1, 1)}, errors.LeaseTooLong),
        ({"end_date": date(2025, 12, 31)}, errors.LeaseWrong),
        ({"rent_fen_year": 0}, errors.LeaseWrong),
        ({"rent_fen_year": 9_999_999}, errors.RentTooLow),
        ({"rent_steps": {1: 5}}, errors.LeaseWrong),
        ({"rent_steps": {2: -5}}, errors.LeaseWrong),
        ({"pay_cycle": "week"}, errors.LeaseWrong),
        ({"deposit_fen": -1}, errors.LeaseWrong),
        ({"prepaid_years": 21}, errors.LeaseWrong),
        ({"prepaid_years": 2}, errors.RentPrepaid),
        ({"tenant": "C-NOBODY"}, errors.LeaseWrong),
        ({"auction": ""}, errors.NoAuction),
        ({"auction": "AU-2"}, errors.LeaseWrong),
        ({"auction": "AU-NOWHERE"}, errors.LeaseWrong),
        ({"organisation": "O-STONE"}, errors.NotOurs),
        ({"renewed_from": "LS-NOWHERE"}, errors.LeaseWrong),
        ({"asset": "AS-NOWHERE"}, NotFound),
    ],
)
def test_a_lease_that_does_not_hold_is_not_signed(
    letting: Letting, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    events = Event.objects.count()

    with pytest.raises(refusal):
        letting.sign(**changed)

    assert (Lease.objects.count(), RentBill.objects.count()) == (0, 0)
    assert Asset.objects.get().status == "idle"
    assert Event.objects.count() == events


def test_a_lease_that_overlaps_another_of_the_same_thing_is_refused(letting: Letting) -> None:
    letting.sign()

    for start, end in (
        (date(2028, 12, 31), date(2029, 6, 1)),
        (date(2025, 1, 1), date(2026, 1, 1)),
        (date(2027, 1, 1), date(2027, 2, 1)),
        (date(2020, 1, 1), date(2035, 1, 1)),
    ):
        with pytest.raises(errors.LeaseOverlaps) as refused:
            letting.sign(tenant="C-MILL", start_date=start, end_date=end)
        assert "已经租给青石机械厂" in refused.value.text
    assert Lease.objects.count() == 1

    letting.sign(
        tenant="C-MILL",
        auction="AU-2",
        start_date=date(2029, 1, 1),
        end_date=date(2029, 12, 31),
    )
    assert Lease.objects.count() == 2


def test_what_is_not_ours_not_for_letting_or_gone_is_refused(letting: Letting) -> None:
    clerk = letting.money.actor("village_clerk")
    hall = assets.register_asset(
        fields=replace(POND, name="放生池", is_operating=False), by=clerk, at=AT
    )

    with pytest.raises(errors.LeaseWrong):
        letting.sign(asset=hall.ext_id)
    with pytest.raises(NotFound):
        letting.sign("stone_cashier")
    Asset.objects.update(status="disposed")
    with pytest.raises(AssetGone):
        letting.sign()
    Asset.objects.update(status="idle")
    Counterparty.objects.filter(ext_id="C-WORKS").update(is_blacklisted=True)
    with pytest.raises(errors.LeaseWrong):
        letting.sign()

    assert Lease.objects.count() == 0


def test_a_small_stall_for_a_year_needs_no_auction_and_no_renewal_is_cheaper(
    letting: Letting,
) -> None:
    first = letting.sign(
        auction="", rent_fen_year=499_999, end_date=date(2026, 12, 31), reserve_rent_fen_year=None
    )
    later = {"start_date": date(2027, 1, 1), "end_date": date(2027, 12, 31), "auction": ""}

    with pytest.raises(errors.RentTooLow):
        letting.sign(renewed_from=first, rent_fen_year=499_998, reserve_rent_fen_year=None, **later)

    assert Lease.objects.count() == 1


def test_rent_is_billed_paid_by_reference_booked_and_closed(letting: Letting) -> None:
    letting.sign()
    director = letting.money.actor("coop_director")
    last = period(4)

    issued = rent.issue_bill(ext_id=last.ext_id, by=letting.money.actor("cashier_reporter"), at=AT)

    bill = Bill.objects.get()
    assert (bill.amount_fen, bill.payer_name, bill.source_kind) == (3_000_000, "青石机械厂", "rent")
    assert bill.due_date == TODAY + timedelta(days=15)
    with pytest.raises(errors.RentStands):
        rent.issue_bill(ext_id=last.ext_id, by=letting.money.actor("village_clerk"), at=AT)
    with pytest.raises(errors.RentStands):
        rent.waive(ext_id=last.ext_id, amount_fen=1, decision_ref="决议1号", by=director, at=AT)

    pay(letting, 3_000_000, f"租金 {issued.reference}")

    last.refresh_from_db()
    assert (last.received_fen, last.received_at) == (3_000_000, AT)
    assert VoucherLine.objects.filter(account_code="50103").get().credit_fen == 3_000_000
    voids.void_receipt(
        ext_id=Receipt.objects.get().ext_id,
        by=letting.money.actor("agency_accountant"),
        at=AT,
        reason="认错了一笔",
    )
    last.refresh_from_db()
    assert (last.received_fen, last.received_at) == (0, None)


def test_a_voided_bill_lets_the_rent_be_billed_again(letting: Letting) -> None:
    letting.sign()
    by = letting.money.actor("cashier_reporter")
    issued = rent.issue_bill(ext_id=period(4).ext_id, by=by, at=AT)

    bills.void_bill(ext_id=issued.ext_id, by=by, at=AT, reason="开错了期数")

    assert period(4).bill_ext_id == ""
    rent.issue_bill(ext_id=period(4).ext_id, by=by, at=AT)
    assert Bill.objects.filter(state="OPEN").count() == 1


def test_the_worker_bills_what_is_due_in_fifteen_days_and_only_once(letting: Letting) -> None:
    letting.sign(pay_cycle="month")
    at = datetime(2026, 12, 17, 2, tzinfo=AT.tzinfo)

    assert rent.work(at - timedelta(days=1)) == 0
    assert rent.work(at) == 1
    assert rent.work(at + timedelta(hours=1)) == 0

    assert RentBill.objects.exclude(bill_ext_id="").get().due_date == date(2027, 1, 1)
    assert Bill.objects.get().due_date == date(2027, 1, 1)


def test_rent_that_cannot_be_billed_holds_up_nobody_else(letting: Letting) -> None:
    letting.sign(pay_cycle="month")
    letting.money.account.closed_date = TODAY
    letting.money.account.save(update_fields=["closed_date"])

    assert rent.work(datetime(2026, 12, 17, 2, tzinfo=AT.tzinfo)) == 0

    assert Bill.objects.count() == 0
    assert RentBill.objects.exclude(bill_ext_id="").count() == 0


def test_a_tenant_hears_before_after_and_the_village_and_town_when_it_lasts(
    letting: Letting,
) -> None:
    letting.sign(start_date=date(2026, 12, 1), end_date=date(2027, 2, 28), pay_cycle="quarter")
    due = datetime(2026, 12, 1, 2, tzinfo=AT.tzinfo)

    def told(days: int) -> list[str]:
        before = set(Notice.objects.values_list("pk", flat=True))
        telling.work(due + timedelta(days=days))
        return sorted(
            f"{one.channel}:{one.template}"
            for one in Notice.objects.exclude(pk__in=before)
            if one.channel in ("SMS", "INBOX", "sms", "inbox")
            and not one.template.startswith("lease_")
        )

    assert told(-16) == []
    assert [one.split(":")[1] for one in told(-15)] == ["rent_before"]
    assert told(-14) == []
    assert [one.split(":")[1] for one in told(1)] == ["rent_late"]
    assert "rent_arrears" in [one.split(":")[1] for one in told(30)]
    assert len(told(60)) > 0
    assert told(61) == []
    only = RentBill.objects.get()
    assert only.dunned_count == 3
    assert list(RentReminder.objects.order_by("day").values_list("day", flat=True)) == [
        -15, 1, 30, 60,
    ]  # fmt: skip
    said = Notice.objects.filter(template="rent_late").get()
    assert outbox.wording(said.template, said.params) == (
        "青石机械厂您好，柳湾村股份经济合作社的标准厂房租金还差29,589.04元，12月1日已经到期。"
        "请尽快转账，附言写缴款单上的编号。如有疑问请联系12345。"
    )


def test_the_village_hears_that_a_lease_ends(letting: Letting) -> None:
    letting.sign(end_date=date(2026, 12, 31))

    assert telling.work(AT) >= 1
    before = Notice.objects.filter(template="lease_ends").count()
    telling.work(AT + timedelta(days=1))

    assert before > 0
    assert Notice.objects.filter(template="lease_ends").count() == before


def test_rent_is_given_up_only_by_decision_and_never_more_than_is_due(letting: Letting) -> None:
    letting.sign()
    by = letting.money.actor("coop_director")

    def refused(amount_fen: int, decision: str) -> None:
        with pytest.raises(errors.RentStands):
            rent.waive(
                ext_id=period(1).ext_id, amount_fen=amount_fen, decision_ref=decision, by=by, at=AT
            )

    refused(0, "决议1号")
    refused(3_000_001, "决议1号")
    refused(100, " ")
    assert period(1).waived_fen == 0

    rent.waive(ext_id=period(1).ext_id, amount_fen=3_000_000, decision_ref="决议1号", by=by, at=AT)
    assert period(1).waived_fen == 3_000_000
    with pytest.raises(errors.RentStands):
        rent.issue_bill(ext_id=period(1).ext_id, by=by, at=AT)


def test_arrears_are_listed_by_age_and_gone_when_paid(letting: Letting) -> None:
    letting.sign()
    by = letting.money.actor("town_agri_head")

    rows = [queries.arrear(one, TODAY) for one in queries.arrears(by=by, today=TODAY)]

    assert [(one.due_date.month, one.late_days, one.colour) for one in rows] == [
        (1, 321, "红牌"), (4, 231, "红牌"), (7, 140, "红牌"), (10, 48, "黄牌"),
    ]  # fmt: skip
    figures = queries.totals(by=by, today=TODAY)
    assert (figures.running_count, figures.late_count, figures.late_fen) == (1, 4, 12_000_000)
    stranger = letting.money.actor("stone_cashier")
    assert list(queries.arrears(by=stranger, today=TODAY)) == []
    RentBill.objects.update(received_fen=3_000_000)
    assert list(queries.arrears(by=by, today=TODAY)) == []


def test_what_is_handed_back_pays_no_more_and_may_be_let_again(letting: Letting) -> None:
    ext_id = letting.sign()
    by = letting.money.actor("coop_director")
    with pytest.raises(AssetTaken):
        assets.set_status(ext_id=letting.asset, status="self_use", reason="要用", by=by, at=AT)
    with pytest.raises(errors.LeaseWrong):
        leases.hand_back(ext_id=ext_id, note="", by=by, at=AT)

    assert leases.hand_back(ext_id=ext_id, note="机器搬空，门窗完好", by=by, at=AT) == 8

    assert Asset.objects.get().status == "idle"
    assert RentBill.objects.filter(is_dropped=False).count() == 4
    with pytest.raises(errors.LeaseStands):
        leases.hand_back(ext_id=ext_id, note="再收一次", by=by, at=AT)
    letting.sign(tenant="C-MILL", auction="AU-2", start_date=date(2027, 1, 1))
    assert Lease.objects.count() == 2


def test_who_may_not_keep_leases_finds_nothing(letting: Letting) -> None:
    ext_id = letting.sign()

    acts: list[Callable[[Any], object]] = [
        lambda by: leases.hand_back(ext_id=ext_id, note="收回了", by=by, at=AT),
        lambda by: leases.note_user(ext_id=ext_id, actual_user="C-MILL", by=by, at=AT),
        lambda by: rent.issue_bill(ext_id=period(1).ext_id, by=by, at=AT),
        lambda by: rent.waive(
            ext_id=period(1).ext_id, amount_fen=1, decision_ref="决议", by=by, at=AT
        ),
    ]
    for role in ("stone_cashier", "supervision_head", "agency_cashier"):
        for act in acts:
            with pytest.raises(NotFound):
                act(letting.money.actor(role))
    for role in ("stone_cashier", "agency_cashier"):
        with pytest.raises(NotFound):
            queries.access_lease(by=letting.money.actor(role), ext_id=ext_id, today=TODAY)
    assert Lease.objects.get().returned_at is None


def test_a_list_of_leases_is_narrowed_by_words_and_state(letting: Letting) -> None:
    letting.sign(end_date=date(2026, 12, 31))
    by = letting.money.actor("county_agri")

    def found(today: date = TODAY, **only: str) -> int:
        return queries.leases(by=by, only=LeaseFilter(**only), today=today).count()

    assert [found(state=one) for one in ("", "running", "ending", "holdover", "over")] == [
        1, 1, 1, 0, 0,
    ]  # fmt: skip
    assert found(date(2027, 2, 1), state="holdover") == 1
    assert (found(text="机械"), found(text="米厂")) == (1, 0)
    shown = public.public_of_asset(letting.asset, TODAY)
    assert shown is not None
    assert (shown.tenant_name, shown.tenant_is_person) == ("青石机械厂", False)
