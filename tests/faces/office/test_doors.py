"""The printed notice: its QR opens the village's own page, for whoever scans it."""

from __future__ import annotations

import pytest
from django.test import Client

from sanzi.disclosure.actions import publishing
from sanzi.disclosure.models import Door
from sanzi.interfaces.office.views import doors
from worlds import village

pytestmark = pytest.mark.django_db


def test_a_qr_is_drawn_for_the_address_and_no_other() -> None:
    one, other = doors.qr("https://x.example/v/A/"), doors.qr("https://x.example/v/B/")

    assert one.startswith("<svg")
    assert one != other
    assert one == doors.qr("https://x.example/v/A/")


def test_what_the_notice_prints_opens_the_village() -> None:
    village.build()
    publishing.ensure_doors(village.AT)
    token = Door.objects.get(division_id=village.WILLOW).token

    assert Client().get(f"/v/{token}/").headers["Location"] == f"/village/{village.WILLOW}/"
    assert len(token) * 5 >= 60
