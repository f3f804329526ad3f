"""Addresses that nobody was given to click: refused with a sentence and a way back."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse


@pytest.mark.parametrize("page", ["alerts", "assets", "bills", "accounts", "leases"])
def test_a_filter_with_no_such_code_is_refused_in_words(officer: Any, page: str) -> None:
    client, path = officer("county_agri"), reverse(f"office:{page}")
    here = f"http://testserver{path}"

    answer = client.get(path, {"village": "12"}, headers={"Referer": here})

    assert answer.status_code == 422
    said = answer.content.decode()
    assert "区划代码" in said
    assert f'href="{path}"' in said


def test_the_way_back_is_a_page_of_ours_only(officer: Any) -> None:
    client, path = officer("county_agri"), reverse("office:alerts")
    ways = {
        "http://testserver/office/cases/?page=2": "/office/cases/",
        "https://evil.invalid/office/": path,
        "": path,
    }

    for came, back in ways.items():
        answer = client.get(path, {"village": "12"}, headers={"Referer": came})
        assert f'class="btn" href="{back}"' in answer.content.decode()


FILTERS = (
    ("county_agri", "account", "from"),
    ("county_agri", "account", "until"),
    ("county_agri", "invoices", "day"),
    ("county_discipline", "alert_statistics", "until"),
    ("county_discipline", "log", "first"),
    ("county_discipline", "raw_messages", "last"),
)


@pytest.mark.parametrize("day", ["0002-11-03", "9999-12-31", "2026-13-45", "昨天"])
@pytest.mark.parametrize(("who", "page", "name"), FILTERS)
def test_a_mistyped_day_is_told_and_not_passed_over(
    officer: Any, who: str, page: str, name: str, day: str
) -> None:
    """Rows of all days under the heading of one would be a wrong figure."""
    path = reverse(f"office:{page}", args=["A-WILLOW"] if page == "account" else [])

    answer = officer(who).get(path, {name: day})

    assert answer.status_code == 422
    said = answer.content.decode()
    assert f"“{day}”不是能用的日子。" in said
    assert f'href="{path}"' in said


@pytest.mark.parametrize(("page", "name"), [("log", "first"), ("raw_messages", "last")])
def test_who_may_not_see_a_list_learns_nothing_by_a_mistyped_day(
    officer: Any, page: str, name: str
) -> None:
    answer = officer("village_clerk").get(reverse(f"office:{page}"), {name: "昨天"})

    assert answer.status_code == 404


@pytest.mark.parametrize("name", ["min", "max"])
def test_a_mistyped_sum_is_told_and_not_passed_over(officer: Any, name: str) -> None:
    client, path = officer("county_agri"), reverse("office:account", args=["A-WILLOW"])

    answer = client.get(path, {name: "三百"})

    assert answer.status_code == 422
    assert "“三百”" in answer.content.decode()


@pytest.mark.parametrize("page", ["cases", "labour", "payments"])
def test_a_nul_goes_no_further_than_the_door(officer: Any, page: str) -> None:
    client, path = officer("county_agri"), reverse(f"office:{page}")

    assert client.get(path, {"text": "慰问\0"}).status_code == 400
    assert client.get(path, {"text": "慰问"}).status_code == 200
