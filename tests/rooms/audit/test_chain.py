"""The log: each event is a link, and a break anywhere is found."""

from __future__ import annotations

import pytest

from flushing import lifted_triggers
from sanzi.audit import actions, queries
from sanzi.audit.models import ChainHead, Event, Seal
from sanzi.orgs.actors import SYSTEM
from worlds import village

pytestmark = pytest.mark.django_db


def write(chain: str, count: int) -> None:
    for number in range(count):
        actions.write(
            chain=chain,
            kind="tests.thing.done",
            by=SYSTEM,
            at=village.AT,
            subject=("thing", str(number)),
            after={"number": number},
        )


def test_chains_are_whole_and_apart() -> None:
    write("A", 3)
    write("B", 2)

    assert queries.verify_chain("A") == queries.verify_chain("B") == []
    assert list(Event.objects.filter(chain="B").values_list("number", flat=True)) == [
        1,
        2,
    ]
    assert ChainHead.objects.get(pk="A").last_number == 3


def test_a_changed_head_is_found() -> None:
    write("A", 2)
    with lifted_triggers():
        ChainHead.objects.filter(pk="A").update(last_number=1)

    assert queries.verify_chain("A") == ["A: the head says 1, the last event is 2"]


def test_a_forged_link_is_found() -> None:
    write("A", 2)
    last = Event.objects.get(chain="A", number=2)
    Event.objects.create(
        chain="A",
        number=3,
        at=village.AT,
        kind="tests.thing.done",
        subject_kind="thing",
        subject_id="9",
        previous_hash=last.hash,
        hash="0" * 64,
    )

    assert queries.verify_chain("A") == [
        "A: event 3 does not match its hash",
        "A: the head says 2, the last event is 3",
    ]


def test_a_seal_joins_the_heads_once_until_they_move() -> None:
    write("A", 1)

    first = actions.seal_heads(village.AT)
    again = actions.seal_heads(village.AT)
    write("B", 1)
    second = actions.seal_heads(village.AT)

    assert first is not None
    assert again is None
    assert second is not None
    assert second.previous_hash == first.hash
    assert Seal.objects.count() == 2
