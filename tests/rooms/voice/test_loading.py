"""Promises of a station go out in a package and come in as they were signed, or not at all."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction

from sanzi.orgs.actors import SYSTEM
from sanzi.record.errors import PackageRefused
from sanzi.record.extraction import stored_keys
from sanzi.record.loaders import LoadContext, import_package
from sanzi.record.packages import open_package, write_package
from sanzi.voice.actions import promising
from sanzi.voice.models import Promise
from worlds import letters
from worlds.village import AT, STONE, WILLOW, World


@pytest.fixture
def world(db: None) -> World:
    found = letters.build()
    letters.add_station(found)
    return found


def row_of(one: Promise) -> dict[str, Any]:
    return {
        "promise_id": one.ext_id, "village_id": one.division_code,
        "person_id": one.person.ext_id, "role_code": one.role_code, "text_date": one.text_date,
        "text_digest": one.text_digest, "signed_at": one.signed_at,
    }  # fmt: skip


def taken(folder: Path, *rows: dict[str, Any]) -> Any:
    write_package(folder, "promises", {"station_promise": list(rows)})
    package = open_package(folder)
    context = LoadContext(by=SYSTEM, at=AT, package=package)
    with transaction.atomic():
        return import_package(package, context, stored_keys).counts["station_promise"]


def test_a_promise_comes_in_again_as_it_was_signed_and_never_changes(
    world: World, tmp_path: Path
) -> None:
    promising.sign(village=WILLOW, by=world.actor("supervision_member"), at=AT)
    row = row_of(Promise.objects.get())
    same = taken(tmp_path / "same", row)
    assert (same.added, same.changed, same.unchanged) == (0, 0, 1)

    with pytest.raises(PackageRefused) as refused:
        taken(tmp_path / "later", {**row, "signed_at": AT - timedelta(days=1)})
    assert refused.value.errors[0].column == "promise_id"
    Promise.objects.all().delete()
    assert taken(tmp_path / "new", row).added == 1
    assert row_of(Promise.objects.get()) == row


def test_a_broken_promise_is_refused_and_none_of_the_package_is_kept(
    world: World, tmp_path: Path
) -> None:
    promising.sign(village=WILLOW, by=world.actor("supervision_member"), at=AT)
    right = row_of(Promise.objects.get())
    Promise.objects.all().delete()
    head = {**right, "promise_id": "CN-2", "person_id": world.people["supervision_head"].ext_id}

    for place, (column, value) in enumerate((
        ("text_digest", "0" * 64),
        ("text_date", date(2021, 1, 1)),
        ("role_code", "village_secretary"),
        ("person_id", "P-NOBODY"),
        ("village_id", "999901999999"),
        ("text_digest", "short"),
    )):  # fmt: skip
        with pytest.raises(PackageRefused) as refused:
            taken(tmp_path / str(place), right, {**head, column: value})
        assert (refused.value.errors[0].column, refused.value.errors[0].row) == (column, 3)
        assert not Promise.objects.exists()
    with pytest.raises(PackageRefused) as twice:
        taken(tmp_path / "twice", right, {**right, "promise_id": "CN-3"})
    assert twice.value.errors
    assert taken(tmp_path / "right", right, {**head, "village_id": STONE}).added == 2
