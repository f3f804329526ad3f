"""Every register on the shelf: its rows can be found, searched, and read by every column."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from sanzi.matters import shelf
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.roles import roles

REGISTERS = shelf.seen(by=SYSTEM)


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.key)
def test_a_register_reads_only_what_its_rows_have(register: shelf.Register) -> None:
    rows = register.rows()
    model, added = rows.model, set(rows.query.annotations)
    paths = [one.read or one.key for one in (*register.columns,)] + [register.head]
    needed = ["ext_id", "division_code", "organisation.name"]
    needed += [register.state_field] if register.states else []
    for path in [*paths, *needed]:
        if isinstance(path, str) and path not in added:
            assert_found(model, path)


def assert_found(model: Any, path: str) -> None:
    """Walk a path over the fields of models; the last name may be a method."""
    first, _, rest = path.partition(".")
    assert hasattr(model, first), f"{model.__name__} has no {first}"
    if rest:
        assert_found(model._meta.get_field(first).related_model, rest)


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.key)
def test_a_register_can_be_searched_and_narrowed(register: shelf.Register) -> None:
    state = register.states[0][0] if register.states else ""
    wanted = shelf.Wanted(text="路", division_code="999901101201", state=state)
    assert str(shelf.rows(by=SYSTEM, key=register.key, wanted=wanted).query)
    assert register.rows().query.order_by, "a list without an order turns its pages at random"


@pytest.mark.parametrize("register", REGISTERS, ids=lambda one: one.key)
def test_somebody_may_see_a_register_and_its_page_is_there(register: shelf.Register) -> None:
    assert any(register.see in role.may for role in roles().values())
    if register.own_page:
        assert reverse(f"office:{register.own_page}", args=["X-1"])
