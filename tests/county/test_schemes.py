"""Planted schemes: right as a package, told by their seed, each beside what looks alike."""

from __future__ import annotations

import csv
from collections import Counter, defaultdict
from datetime import date
from pathlib import Path

import pytest

from sanzi.record.packages import open_package
from sanzi_county.county import write_county
from sanzi_county.schemes import planting

UNTIL = date(2026, 11, 20)


def write(folder: Path, *, schemes: int | None) -> Path:
    write_county(folder, villages=4, months=9, until=UNTIL, seed=7, schemes=schemes)
    return folder


def sheet(folder: Path) -> list[dict[str, str]]:
    with (folder / "extras" / "schemes.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write(tmp_path_factory.mktemp("schemes"), schemes=1)


def test_the_package_has_no_errors(folder: Path) -> None:
    assert open_package(folder).check() == []


def test_the_sheet_names_rows_that_are_there(folder: Path) -> None:
    package = open_package(folder)
    named: dict[str, set[str]] = defaultdict(set)
    for row in sheet(folder):
        named[row["table"]].add(row["row_id"])
    for table, ids in named.items():
        keys = package.tables[table].primary_key
        there = {str(row[keys[0]]) for row in package.rows(table)}
        assert ids <= there


def test_each_scheme_is_told_once_and_beside_it_what_looks_alike(folder: Path) -> None:
    told = {(row["scheme"], int(row["turn"])) for row in sheet(folder)}
    assert {key for key, turn in told if turn == 0} == {one.key for one in planting.SCHEMES}
    lawful = Counter(key for key, turn in told if turn)
    # A telling of which nothing came about has no row to name.
    assert all(lawful[one.key] >= planting.LAWFUL_LEAST - 1 for one in planting.SCHEMES)
    assert all(len(one.lawful) >= planting.LAWFUL_LEAST for one in planting.SCHEMES)
    assert len({one.key for one in planting.SCHEMES}) == len(planting.SCHEMES)


def test_the_first_village_stays_clean(folder: Path) -> None:
    first = min(str(row["village_id"]) for row in open_package(folder).rows("payment"))
    assert first not in {row["village_id"] for row in sheet(folder)}


def test_no_look_alike_lies_in_the_village_of_its_scheme(folder: Path) -> None:
    villages: dict[tuple[str, bool], set[str]] = defaultdict(set)
    for row in sheet(folder):
        villages[row["scheme"], row["turn"] == "0"].add(row["village_id"])
    for one in planting.SCHEMES:
        assert villages[one.key, True].isdisjoint(villages[one.key, False])


def test_the_same_seed_gives_the_same_sheet_and_another_one_another(
    folder: Path, tmp_path: Path
) -> None:
    again = write(tmp_path / "again", schemes=1)
    other = write(tmp_path / "other", schemes=2)
    files = ("extras/schemes.csv", "payment.csv", "invoice.csv")
    assert all((folder / one).read_bytes() == (again / one).read_bytes() for one in files)
    assert (folder / "payment.csv").read_bytes() != (other / "payment.csv").read_bytes()


def test_without_schemes_the_sheet_is_empty(tmp_path: Path) -> None:
    assert sheet(write(tmp_path, schemes=None)) == []


@pytest.mark.parametrize(("villages", "months"), [(3, 9), (4, 8)])
def test_a_county_too_small_for_schemes_is_refused(
    tmp_path: Path, villages: int, months: int
) -> None:
    with pytest.raises(ValueError, match="schemes need"):
        write_county(tmp_path, villages=villages, months=months, until=UNTIL, schemes=1)
