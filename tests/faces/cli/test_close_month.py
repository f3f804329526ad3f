"""`sanzi close-month`: every book of a place, what hindered it, and exit codes."""

from __future__ import annotations

import json

import pytest

from sanzi.interfaces.cli.main import main
from sanzi.ledger.actions import books
from sanzi.ledger.models import Period
from sanzi.orgs.actors import SYSTEM
from worlds import village

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(db: None) -> village.World:
    built = village.build()
    for body, first in (
        ("O-WILLOW", "2026-01"),
        ("O-WILLOW-VC", "2025-12"),
        ("O-STONE", "2026-01"),
    ):
        books.ensure_book(org_ext_id=body, first_period=first, by=SYSTEM, at=village.AT)
    return built


def closed() -> set[str]:
    rows = Period.objects.filter(closed_at__isnull=False)
    return set(rows.values_list("book__organisation__ext_id", flat=True))


def test_the_books_of_a_place_are_closed_and_the_rest_told(world, capsys) -> None:
    assert main(["close-month", "2026-01", "--division", village.WILLOW]) == 1

    said = capsys.readouterr().out
    assert "柳湾村村民委员会：2026-01还不能结账，有1类事没办完：前面的月份还没结账：1。" in said
    assert "2026-01结了1本，1本没有结" in said
    assert closed() == {"O-WILLOW"}


def test_programs_get_the_list_as_json(world, capsys) -> None:
    assert main(["close-month", "2026-01", "--json"]) == 1

    told = json.loads(capsys.readouterr().out)
    assert told["closed"] == 2
    (refused,) = told["refused"]
    assert refused["code"] == "ledger.close_hindered"
    assert refused["hindrances"][0]["ids"] == ["2025-12"]


def test_a_month_that_is_none_closes_nothing(world, capsys) -> None:
    assert main(["close-month", "2026-13"]) == 1

    assert closed() == set()
