"""How many questions a page asks of the database; more rows may not mean more questions."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse

from sanzi.orgs.actors import SYSTEM
from sanzi.supervision.actions import nightly
from sanzi.supervision.models import Alert
from worlds import own_models, spending
from worlds.cases import AT, Desk

ALERTS = {
    "alerts": 15, "alert": 28, "statistics": 13, "silences": 12, "models": 13, "model": 20,
    "own": 12,
}  # fmt: skip
COUNTS = {"home": 17, "cases": 13, "case": 34, "find": 18, "register": 12}


@pytest.fixture
def pages(desk: Desk) -> Callable[[], dict[str, str]]:
    """Return what makes one more case, and the addresses that show it."""

    def made() -> dict[str, str]:
        number = desk.submitted()
        return {
            "home": reverse("office:home"),
            "cases": reverse("office:cases"),
            "case": reverse("office:case", args=[number]),
            "find": f"{reverse('office:find')}?q=慰问",
            "register": reverse("office:register", args=["procurement"]),
        }

    return made


def asked(client: Any, path: str, django_assert_max_num_queries: Any) -> int:
    """Return how many questions a page asked."""
    with django_assert_max_num_queries(1000) as seen:
        assert client.get(path).status_code == 200
    return len(seen)


def test_no_page_asks_more_than_its_count_nor_more_for_more_cases(
    pages: Callable[[], dict[str, str]], officer: Any, django_assert_max_num_queries: Any
) -> None:
    client = officer("committee_member")
    pages()  # the second of two alike has a note of the gate, as all later ones
    first = pages()
    client.get(first["home"])  # what is read once and kept
    before = {name: asked(client, path, django_assert_max_num_queries)
              for name, path in first.items()}  # fmt: skip
    for _ in range(2):
        latest = pages()
    after = {name: asked(client, path, django_assert_max_num_queries)
             for name, path in latest.items()}  # fmt: skip
    assert after == before
    assert {name: count for name, count in after.items() if count > COUNTS[name]} == {}


@pytest.fixture
def alert_pages(desk: Desk) -> Callable[[], dict[str, str]]:
    """Return what makes one more alert and own model, and the addresses that show them."""

    def made() -> dict[str, str]:
        number = f"K{Alert.objects.count()}"
        spending.spend(
            desk.world, number, [(spending.firm(number), 60_000)], state="paid", method="cash",
            at=AT,
        )  # fmt: skip
        nightly.run(as_of=AT + dt.timedelta(hours=16), by=SYSTEM)
        own_models.draft(desk.world, AT, role="town_discipline_office")
        alert = Alert.objects.get(case_number=number, model_code="payment-cash")
        return {
            "alerts": reverse("office:alerts"),
            "alert": reverse("office:alert", args=[alert.ext_id]),
            "statistics": reverse("office:alert_statistics"),
            "silences": reverse("office:alert_silences"),
            "models": reverse("office:alert_models"),
            "model": reverse("office:alert_model", args=["payment-cash"]),
            "own": reverse("office:own_models"),
        }

    return made


def test_no_page_of_alerts_asks_more_for_more_alerts(
    alert_pages: Callable[[], dict[str, str]], officer: Any, django_assert_max_num_queries: Any
) -> None:
    client = officer("town_discipline_office")
    alert_pages()
    first = alert_pages()
    for path in first.values():
        client.get(path)  # what is read once and kept
    before = {name: asked(client, path, django_assert_max_num_queries)
              for name, path in first.items()}  # fmt: skip
    for _ in range(2):
        latest = alert_pages()
    after = {name: asked(client, path, django_assert_max_num_queries)
             for name, path in latest.items()}  # fmt: skip
    assert after == before
    assert {name: count for name, count in after.items() if count > ALERTS[name]} == {}
