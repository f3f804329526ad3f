"""The draft of the next lease: opened once, when the end comes near, with what is known."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from sanzi.deals.models import Asset
from sanzi.matters import errors
from sanzi.matters.actions import cases
from sanzi.matters.models import Case
from sanzi.notices.models import Notice
from sanzi.orgs.models import Appointment
from sanzi.registers.leases.actions import successions, telling
from sanzi.registers.leases.models import Lease
from sanzi.registers.leases.queries import leases as queries
from worlds import deals
from worlds import leases as worlds_leases
from worlds.leases import Letting
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db
ENDS = date(2027, 2, 16)
"""Ninety days after `AT`."""
FIRST, SECOND = AT, AT + timedelta(days=30)


@pytest.fixture
def letting(money: Money) -> Letting:
    made = worlds_leases.build(money)
    deals.works_office(money.world)
    return made


@pytest.fixture
def ending(letting: Letting) -> Lease:
    """The workshop's lease ends in ninety days."""
    letting.sign(end_date=ENDS, use_limit="做机械加工", start_date=date(2026, 2, 17))
    return Lease.objects.get()


def actor(letting: Letting) -> Any:
    return letting.money.actor("coop_director", AT)


def test_ninety_days_before_the_end_the_director_finds_the_next_case(
    letting: Letting, ending: Lease
) -> None:
    telling.work(FIRST)

    case = Case.objects.get()
    assert (case.matter_code, case.state, case.title) == ("M17", "DRAFT", "做机械加工")
    assert case.started_by == letting.money.world.people["coop_director"]
    assert case.form == {
        "asset": letting.asset, "use_limit": "做机械加工", "reserve_rent": "120000.00",
        "term_months": "12", "start_date": "2027-02-17", "pay_cycle": "quarter",
        "deposit": "30000.00", "is_sublet_allowed": "no",
    }  # fmt: skip
    assert case.amount_fen == 12_000_000
    told = Notice.objects.get(template="lease_next")
    assert (told.subject_kind, told.subject_id) == ("case", case.number)
    lease = queries.access_lease(by=actor(letting), ext_id=ending.ext_id, today=AT.date())
    assert lease.next_case == case.number
    saved = cases.save(number=case.number, by=actor(letting), at=AT, form={"appraised": "125000"})
    assert any(one.key == "reserve_rent" for one in saved.problems)
    with pytest.raises(errors.FormIncomplete):
        cases.submit(number=case.number, by=actor(letting), at=AT)


def test_it_is_opened_once_also_when_he_gives_it_up(letting: Letting, ending: Lease) -> None:
    telling.work(FIRST)
    telling.work(FIRST + timedelta(hours=1))
    assert successions.open_next(lease=ending.pk, at=FIRST) is None
    cases.withdraw(number=Case.objects.get().number, by=actor(letting), at=AT)

    telling.work(SECOND)

    assert Notice.objects.filter(template="lease_ends").values("params").count() > 0
    assert Case.objects.count() == 1
    assert Notice.objects.filter(template="lease_next").count() == 1


def test_a_case_that_is_under_way_is_not_doubled(letting: Letting, ending: Lease) -> None:
    by = actor(letting)
    number = cases.start(matter_code="M17", organisation_ext_id="O-WILLOW", by=by, at=AT)
    cases.save(number=number, by=by, at=AT, form={"asset": letting.asset})

    telling.work(FIRST)
    assert Case.objects.count() == 1
    cases.withdraw(number=number, by=by, at=AT)
    telling.work(SECOND)

    ending.refresh_from_db()
    assert ending.next_case_number == Case.objects.exclude(number=number).get().number


def test_a_village_without_a_director_gets_it_when_it_has_one(
    letting: Letting, ending: Lease
) -> None:
    Appointment.objects.filter(role_code="coop_director").update(end_date=AT.date())
    telling.work(FIRST + timedelta(days=1))
    assert not Case.objects.exists()

    Appointment.objects.filter(role_code="coop_director").update(end_date=None)
    telling.work(SECOND)

    assert Case.objects.get().state == "DRAFT"


def test_what_was_let_again_or_sold_needs_no_case(letting: Letting, ending: Lease) -> None:
    Asset.objects.update(status="disposed")
    assert successions.open_next(lease=ending.pk, at=AT) is None
    Asset.objects.update(status="leased")
    Lease.objects.create(
        ext_id="LS-NEXT", organisation=ending.organisation, division_code=ending.division_code,
        asset=ending.asset, tenant=ending.tenant, rent_fen_year=1, pay_cycle="year",
        start_date=ENDS + timedelta(days=1), end_date=date(2029, 1, 1), signed_at=AT,
    )  # fmt: skip
    assert successions.open_next(lease=ending.pk, at=AT) is None

    assert not Case.objects.exists()
