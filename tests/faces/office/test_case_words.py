"""What the page of a case says of its form and of its register: words, never the ids behind."""

from __future__ import annotations

import re
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from django.urls import reverse

from sanzi.kernel import clock
from sanzi.matters import limits
from worlds import subsidies, walks
from worlds.cases import AT

if TYPE_CHECKING:
    from worlds.walks import Walk

pytestmark = pytest.mark.django_db
FORM = {
    "title": "2026年耕地地力补贴", "program": "SP-LAND", "period": "2026", "like_last": "no",
}  # fmt: skip


@pytest.fixture
def desk(db: None, monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A village with land, cards and programmes, at its own hour."""
    limits.forget()
    monkeypatch.setattr(clock, "now", lambda: AT)
    call_command("createcachetable", verbosity=0)
    return SimpleNamespace(world=subsidies.build())


@pytest.fixture
def roster(desk: SimpleNamespace) -> Walk:
    """A roster of two, handed in."""
    people = [desk.world.people[name].ext_id for name in ("王一", "王二")]
    rows = [{"person": one, "quantity": mu} for one, mu in zip(people, ("4.2", "5"), strict=True)]
    walk = walks.start(desk.world, "M25", "village_clerk")
    walk.submit("village_clerk", {**FORM, "people": rows})
    return walk


def page_of(walk: Walk, officer: Any, role: str) -> str:
    text: str = officer(role).get(reverse("office:case", args=[walk.number])).content.decode()
    return text


def test_who_approves_a_roster_reads_the_programme_and_everybody_on_it(
    roster: Walk, officer: Any
) -> None:
    page = page_of(roster, officer, "village_secretary")

    assert "耕地地力补贴，每亩94.60元" in page
    assert "SP-LAND" not in page
    for words in ("王一", "4.2亩", "397.32", "王二", "5亩", "473.00", "870.32"):
        assert words in page
    assert "0<small>元" not in page


def test_who_checks_a_roster_chooses_among_those_on_it(roster: Walk, officer: Any) -> None:
    roster.approve("village_secretary")
    page = page_of(roster, officer, "committee_member")

    offered = re.findall(r"<option[^>]*>(王.)", page)
    assert set(offered) == {"王一", "王二"}
