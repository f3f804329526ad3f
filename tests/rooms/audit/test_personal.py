"""Personal fields in the log can be read while the person's key lives, and never after."""

from __future__ import annotations

import pytest

from sanzi.audit import actions, personal, queries
from sanzi.audit.models import Event
from sanzi.orgs.actors import SYSTEM
from worlds import village

pytestmark = pytest.mark.django_db


def log(fields: list[tuple[str, str]]) -> list[str]:
    sealed = personal.seal(fields)
    actions.write(
        chain="A",
        kind="tests.thing.done",
        by=SYSTEM,
        at=village.AT,
        subject=("thing", "1"),
        after={"payees": sealed},
    )
    return sealed


def test_a_field_is_ciphertext_in_the_log_and_readable_with_the_key() -> None:
    sealed = log([("V1", "张老三"), ("V2", "李老四"), ("V1", "6228480000000000018")])

    assert "张老三" not in Event.objects.get().change
    assert [personal.reveal("V1", sealed[0]), personal.reveal("V2", sealed[1])] == [
        "张老三",
        "李老四",
    ]
    assert personal.reveal("V1", sealed[2]).endswith("0018")


def test_destroying_a_key_erases_one_person_and_keeps_the_chain_whole() -> None:
    sealed = log([("V1", "张老三"), ("V2", "李老四")])

    assert personal.destroy("V1", village.AT)

    assert personal.reveal("V1", sealed[0]) == personal.ERASED
    assert personal.reveal("V2", sealed[1]) == "李老四"
    assert queries.verify_chain("A") == []
    assert not personal.destroy("V1", village.AT)


def test_nothing_goes_into_the_log_in_the_clear() -> None:
    personal.seal([("V1", "张老三")])
    personal.destroy("V1", village.AT)

    assert personal.seal([("V1", "张老三"), ("", "王大户")]) == [personal.ERASED] * 2
