"""The demo county shows a living example of every register, even when it is small."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from sanzi.deals.models import Auction
from sanzi.matters import shelf
from sanzi.matters.models import Case
from sanzi.orgs.actions import packages
from sanzi.orgs.actors import SYSTEM
from sanzi.registers.subsidies.models import Roster
from sanzi.registers.subsidies.queries import awards
from sanzi.registers.treasury import queries
from sanzi_county.county import write_county
from worlds.village import AT

pytestmark = pytest.mark.django_db


def test_no_register_of_two_villages_is_empty_and_what_is_odd_is_there(tmp_path: Path) -> None:
    write_county(tmp_path, villages=2, months=3, until=date(2026, 11, 10), seed=7)
    packages.import_folder(folder=tmp_path, by=SYSTEM, at=AT)

    registers = shelf.seen(by=SYSTEM)
    assert len(registers) > 30
    empty = [one.key for one in registers if not one.rows().exists()]
    assert empty == []

    for roster in Roster.objects.all():
        assert Case.objects.filter(number=roster.case_number, matter_code="M25").exists()
        assert awards.total_fen(roster.case_number) > 0
    banks, accounts = queries.banks(), queries.term_accounts("E0101")
    assert (len(banks), len(accounts)) == (3, 2)
    assert {_days_shown(one) for one in Roster.objects.all()} == {3, 7}
    sold = Auction.objects.order_by("ext_id")
    assert [one.bids.values("device_index").distinct().count() for one in sold] == [2, 2, 1]
    assert all(one.price_fen == one.asset.leases.get().rent_fen_year for one in sold)


def _days_shown(one: Roster) -> int:
    assert one.publicity_start_at is not None
    assert one.publicity_end_at is not None
    return (one.publicity_end_at - one.publicity_start_at).days
