"""A page with somebody's number in full never gets out, and one that is out is found at night."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fires import nights
from sanzi.disclosure.actions import publishing, withdrawing
from sanzi.disclosure.actions.publishing import Sheet
from sanzi.disclosure.models import HeldSheet, Publication
from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.models import Alert
from worlds import village
from worlds.village import AT, WILLOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES = ("disclosure-privacy-leak", "disclosure-unpublished-early")
LEAKS, EARLY = FIRES
PHONE = "13912345678"
MASKED = "139****5678"
DAY = timedelta(days=1)


def sheet(words: str) -> Sheet:
    return Sheet(
        division_code=WILLOW, org_ext_id="O-WILLOW", item_code="V03", title="村里找人修渠",
        body={"kind": "通知", "stage": "公开", "facts": [["找谁", words]], "tables": []},
        subject=("sheet", "S1"), due_at=None,
    )  # fmt: skip


def test_a_number_in_full_stops_at_the_gate_and_a_masked_one_does_not() -> None:
    village.build()

    assert publishing.publish_or_hold(sheet=sheet(PHONE), by=SYSTEM, at=AT) is None

    held = HeldSheet.objects.get()
    alert = Alert.objects.get(model_code=LEAKS)
    assert (alert.finding_id, alert.severity) == (held.ext_id, "block")
    assert PHONE not in alert.sentence
    assert not Publication.objects.exists()

    made = publishing.publish_or_hold(sheet=sheet(MASKED), by=SYSTEM, at=AT)
    assert made is not None
    assert made.leaks == ""
    assert not HeldSheet.objects.exists()


def test_a_page_that_is_out_is_found_until_it_is_taken_down_and_then_until_another_stands() -> None:
    world = village.build()
    made = publishing.publish(sheet=sheet(MASKED), by=SYSTEM, at=AT)
    Publication.objects.filter(pk=made.pk).update(leaks="phone")

    assert nights.found(AT + DAY, *FIRES) == {(LEAKS, made.ext_id)}

    office = world.actor("town_agri_head", AT + DAY)
    withdrawing.withdraw(ext_id=made.ext_id, reason="写全了一户的手机号", by=office, at=AT + DAY)
    assert nights.found(AT + DAY, *FIRES) == {(EARLY, made.ext_id)}

    publishing.publish(sheet=sheet("村文书"), by=SYSTEM, at=AT + DAY)
    assert nights.found(AT + 2 * DAY, *FIRES) == set()
