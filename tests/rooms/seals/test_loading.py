"""Tables of the room come in from a package, once, and go out into the record as they came."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest

from sanzi.record.loaders import LoadContext, LoadCount, Rows
from sanzi.registers.seals import loading
from sanzi.registers.seals.models import Seal
from worlds import deals, seals
from worlds.village import WILLOW, World

CONTEXT = LoadContext(by="tester", at=datetime(2026, 11, 1, tzinfo=UTC))
DAY = datetime(2025, 5, 6, 4, tzinfo=UTC)
SEAL = {
    "seal_id": "SL-1", "org_id": "O-WILLOW", "village_id": WILLOW, "kind": "finance",
    "title": "柳湾村财务专用章", "device_id": "YK-1", "keeper_person_id": "P-seal_keeper",
    "kept_since_date": date(2025, 1, 1), "state": "in_use", "lost_at": None,
}  # fmt: skip
USE = {
    "seal_use_id": "YZ-1", "seal_id": "SL-1", "village_id": WILLOW, "case_id": "",
    "item_code": "bank_paper", "item_title": "银行业务凭证", "seal_class": "B",
    "is_listed_item": True, "applicant_person_id": "V1", "subject_kind": "", "subject_id": "",
    "decision_id": "", "requested_at": DAY, "approved_at": DAY,
    "approver_person_id": "P-committee_head", "keeper_person_id": "P-seal_keeper",
    "stamped_at": DAY, "copies_approved": 2, "copies_stamped": 1,
    "before_photo_hash": "b" * 64, "after_photo_hash": "c" * 64, "lat": 29306000,
    "lng": 120074000, "is_offsite_approved": False, "status": "stamped",
}  # fmt: skip
EVENT = {
    "event_id": "YS-1", "device_id": "YK-1", "seal_id": "SL-1", "village_id": WILLOW,
    "event_at": DAY, "received_at": DAY, "kind": "forced_open",
}  # fmt: skip
SERVICE = {
    "service_id": "BM-1", "org_id": "O-WILLOW", "village_id": WILLOW, "case_id": "",
    "item_code": "residence", "item_title": "居住情况说明", "channel": "agent",
    "applied_at": DAY, "due_at": DAY, "done_at": None, "applicant_person_id": "V1",
    "status": "sealing",
}  # fmt: skip


@pytest.fixture
def world(db: None) -> World:
    made = seals.build()
    Seal.objects.all().delete()
    return made


def _goes_round(
    load: Callable[[Rows, LoadContext], LoadCount], table: str, row: dict[str, Any]
) -> None:
    """Load a row twice, and read it back from the record."""
    assert load(iter([row]), CONTEXT) == LoadCount(added=1)
    assert load(iter([row]), CONTEXT) == LoadCount(unchanged=1)
    [found] = deals.record_rows(table)
    for name, value in row.items():
        told = found[name]
        is_day = isinstance(value, date | datetime)
        same = str(told).startswith(value.strftime("%Y-%m-%d")) if is_day else told == value
        assert same, (table, name, told)


def test_the_tables_of_the_room_come_and_go_as_they_are(world: World) -> None:
    _goes_round(loading.load_seals, "seal", SEAL)
    _goes_round(loading.load_uses, "seal_use", USE)
    _goes_round(loading.load_events, "seal_device_event", EVENT)
    _goes_round(loading.load_services, "service", SERVICE)

    moved = {**SEAL, "state": "lost", "lost_at": DAY}
    assert loading.load_seals(iter([moved]), CONTEXT) == LoadCount(changed=1)
