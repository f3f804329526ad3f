"""A closed month opens again for the last one only, by two people, and never after archiving."""

from __future__ import annotations

import pytest

from sanzi.audit.models import Event
from sanzi.ledger.actions import closing, reopening
from sanzi.ledger.errors import ReasonMissing
from sanzi.ledger.models import Book, Period, Reopening, YearArchive
from sanzi.ledger.period_errors import (
    AskerGrants,
    NotClosed,
    NotLastClosed,
    ReopenDecided,
    ReopenWaiting,
    YearArchived,
)
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Appointment


@pytest.fixture
def closed(world) -> None:
    """January and February are closed."""
    for period in ("2026-01", "2026-02"):
        closing.close_month(
            org_ext_id="O-WILLOW", period=period, by=world.actor("agency_accountant"), at=world.at
        )


def ask(world, period: str = "2026-02", reason: str = "租金记错了月份", role="agency_accountant"):
    return reopening.ask_reopen(
        org_ext_id="O-WILLOW", period=period, reason=reason, by=world.actor(role), at=world.at
    )


def grant(world, ext_id: str, role: str = "town_agri_head") -> None:
    reopening.grant_reopen(ext_id=ext_id, by=world.actor(role), at=world.at)


def archive(world) -> None:
    YearArchive.objects.create(
        ext_id="YA-1",
        book=Book.objects.get(organisation__ext_id="O-WILLOW"),
        year=2026,
        file_name="x.zip",
        digest="0" * 64,
        size_bytes=1,
        piece_count=1,
        made_by_id=1,
        made_at=world.at,
    )


def still_closed() -> bool:
    return Period.objects.filter(closed_at__isnull=False).count() == 2


def test_two_people_open_the_last_closed_month(world, closed, post) -> None:
    grant(world, ask(world))

    assert Period.objects.get(period="2026-02").closed_at is None
    assert Period.objects.get(period="2026-01").closed_at is not None
    wish = Reopening.objects.get()
    assert (wish.is_granted, wish.decided_at) == (True, world.at)
    assert wish.asked_by_id != wish.decided_by_id
    kinds = Event.objects.filter(subject_kind="reopening").order_by("number")
    assert [one.kind for one in kinds] == ["ledger.reopening.asked", "ledger.reopening.granted"]
    post("""
    2026-02-20 补记
      102 account:A-1    5.00
      50103             -5.00
    """)


def test_an_earlier_month_stays_closed(world, closed) -> None:
    with pytest.raises(NotLastClosed, match="2026-02已经结账"):
        ask(world, "2026-01")

    assert Reopening.objects.count() == 0


def test_an_open_month_needs_no_opening(world, closed) -> None:
    with pytest.raises(NotClosed):
        ask(world, "2026-03")

    assert Reopening.objects.count() == 0


def test_a_wish_needs_its_reason(world, closed) -> None:
    with pytest.raises(ReasonMissing):
        ask(world, reason=" ")

    assert Reopening.objects.count() == 0


def test_an_archived_year_is_never_opened(world, closed) -> None:
    ext_id = ask(world)
    archive(world)

    with pytest.raises(YearArchived):
        grant(world, ext_id)
    reopening.refuse_reopen(
        ext_id=ext_id, reason="已归档", by=world.actor("town_agri_head"), at=world.at
    )
    with pytest.raises(YearArchived):
        ask(world)

    assert still_closed()
    assert Reopening.objects.count() == 1


def test_one_wish_waits_at_a_time(world, closed) -> None:
    ask(world)

    with pytest.raises(ReopenWaiting):
        ask(world)

    assert Reopening.objects.count() == 1


def test_nobody_grants_his_own_wish(world, closed) -> None:
    Appointment.objects.create(
        ext_id="A-BOTH",
        person=world.people["agency_accountant"],
        organisation=world.bodies["agency"],
        role_code="town_agri_head",
        start_date=world.at.date(),
    )
    ext_id = ask(world)

    with pytest.raises(AskerGrants):
        grant(world, ext_id, "agency_accountant")

    assert still_closed()
    assert Reopening.objects.get().decided_at is None


@pytest.mark.parametrize("role", ["agency_accountant", "agency_reviewer", "county_agri"])
def test_only_the_towns_head_of_agriculture_grants(world, closed, role: str) -> None:
    ext_id = ask(world)

    with pytest.raises(NotFound):
        grant(world, ext_id, role)

    assert still_closed()


def test_only_the_accountant_asks(world, closed) -> None:
    with pytest.raises(NotFound):
        ask(world, role="town_agri_head")

    assert Reopening.objects.count() == 0


def test_a_refused_wish_leaves_the_month_closed_and_is_decided(world, closed) -> None:
    ext_id = ask(world)
    by = world.actor("town_agri_head")
    with pytest.raises(ReasonMissing):
        reopening.refuse_reopen(ext_id=ext_id, reason="", by=by, at=world.at)

    reopening.refuse_reopen(ext_id=ext_id, reason="下个月冲销即可", by=by, at=world.at)

    assert still_closed()
    assert Reopening.objects.get().is_granted is False
    with pytest.raises(ReopenDecided):
        grant(world, ext_id)
    assert still_closed()


def test_a_later_close_between_wish_and_grant_keeps_the_month_closed(world, closed) -> None:
    ext_id = ask(world)
    closing.close_month(
        org_ext_id="O-WILLOW",
        period="2026-03",
        by=world.actor("agency_accountant"),
        at=world.at,
    )

    with pytest.raises(NotLastClosed):
        grant(world, ext_id)

    assert Period.objects.filter(closed_at__isnull=False).count() == 3
