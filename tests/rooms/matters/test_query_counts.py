"""Pages of cases ask the database no more often for many entries than for one."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.matters import queries
from sanzi.matters.models import Case, CaseEntry
from worlds import village, walks
from worlds.village import AT

pytestmark = pytest.mark.django_db


def count(world: village.World, number: str) -> tuple[int, int]:
    """Return how many entries the page shows, and how many queries it asked."""
    by = world.actor("committee_member")
    with CaptureQueriesContext(connection) as asked:
        page = queries.case_page(by=by, number=number, at=AT)
    return len(page.entries), len(asked)


def test_the_case_page_asks_once_for_the_files_of_all_entries() -> None:
    world = village.build()
    walk = walks.start(world, "M08", "committee_member")
    case = Case.objects.get(number=walk.number)

    def add(turn: int) -> None:
        CaseEntry.objects.create(
            case=case, recorded_at=AT + timedelta(minutes=turn), round=1, step_no=9, number=turn,
            actor=world.people["committee_member"], step_key="accept", content_digest="x",
        )  # fmt: skip

    add(1)
    assert count(world, walk.number)[0] == 1
    _, one = count(world, walk.number)
    for turn in range(2, 12):
        add(turn)

    assert count(world, walk.number) == (11, one)
