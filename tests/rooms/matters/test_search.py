"""The list of cases of a county: counted only so far, turned over only so far."""

from __future__ import annotations

from typing import Any

import pytest

from sanzi.matters import queries
from sanzi.matters.models import Case
from worlds.cases import AT, Desk


@pytest.fixture
def many(desk: Desk) -> Desk:
    Case.objects.bulk_create(
        Case(
            number=f"999901101201-2026-{number:06d}", matter_code="M10", matter_version="1.0",
            organisation=desk.money.organisation, division_code="999901101201",
            title=f"路灯电费{number}", state="SETTLED", created_at=AT, saved_at=AT,
            started_by=desk.world.people["cashier_reporter"],
        )
        for number in range(70)
    )  # fmt: skip
    return desk


def test_a_list_is_counted_to_the_limit_and_says_so(
    many: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    by = many.actor("town_leader")
    whole = queries.search(by=by, narrowed=queries.CaseFilter(text="路灯"))
    assert (whole.total, whole.page_count, whole.count_words) == (70, 3, "70件")
    monkeypatch.setattr(queries, "COUNT_MAX", 40)
    cut = queries.search(by=by, narrowed=queries.CaseFilter(text="路灯"), page=99)
    assert (cut.total, cut.page, cut.page_count) == (40, 2, 2)
    assert cut.count_words == "40件以上"


def test_a_list_asks_the_same_few_questions_however_long_it_is(
    many: Desk, django_assert_num_queries: Any
) -> None:
    by = many.actor("town_leader")
    with django_assert_num_queries(3):
        queries.search(by=by, narrowed=queries.CaseFilter())
    with django_assert_num_queries(4):
        queries.search(by=by, narrowed=queries.CaseFilter(text="路灯"))
