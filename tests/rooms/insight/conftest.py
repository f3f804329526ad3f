"""The small world with payments made, and an index of two figures over it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from sanzi.insight.indices import catalogue
from sanzi.insight.indices.shapes import Index


@pytest.fixture
def world(db):
    # Models may only be imported once Django stands, which is after this file is read.
    from worlds import spending, village

    built = village.build()
    spending.source(built, "S1")
    built.bodies["new-town_party_office"] = built.bodies["agency"]
    village.post(built, "town_party_office", "党建办", village.TOWN)
    return built


@pytest.fixture
def pay(world) -> Callable[..., None]:
    """Return how to pay a villager so many yuan some days ago."""
    from sanzi.payments.models import Payment
    from worlds import spending, village

    person = village.villager(world, "王大山")

    def made(number: str, yuan: int, days_ago: int = 3, *, method: str = "transfer") -> None:
        at: datetime = village.AT - timedelta(days=days_ago)
        spending.spend(world, number, [(person, yuan * 100)], state="paid", at=at, method=method)
        Payment.objects.filter(order__case_number=number).update(paid_at=at)
        spending.sign(world, number, "village_secretary", world.people["village_secretary"], at)

    return made


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Index:
    """Let the house have one index: the share of cash, and confirmed cases."""
    whole = catalogue.indices()["integrity"]
    by_code = {one.code: one for one in whole.indicators}
    fields = (
        replace(whole.fields[0], weight=60, indicators=(by_code["cash"],)),
        replace(whole.fields[1], weight=40, indicators=(by_code["confirmed_cases"],)),
    )
    posts = replace(
        whole.posts,
        indicators=tuple(o for o in whole.posts.indicators if o.code == "own_in_time"),
    )
    index = replace(whole, fields=fields, posts=posts)
    monkeypatch.setattr(catalogue, "indices", lambda: {"integrity": index})
    return index
