"""Loading a package through the rooms' loaders."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.db import IntegrityError

from sanzi.record import loaders
from sanzi.record.errors import CellError, PackageRefused, RowProblem
from sanzi.record.loaders import ORDER, LoadContext, LoadCount, Loader, Rows
from sanzi.record.packages import Package, open_package, write_package

CONTEXT = LoadContext(by="tester", at=datetime(2026, 3, 1, tzinfo=UTC))


@pytest.fixture(autouse=True)
def no_loaders(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loaders, "_loaders", {})


@pytest.fixture
def package(tmp_path: Path) -> Package:
    days = [{"day": date(2026, 3, n), "is_workday": True, "is_holiday": False} for n in (2, 3)]
    town = {"code": "999901101000", "name": "清河镇", "level": "town"}
    write_package(tmp_path, "small", {"calendar": days, "division": [town]})
    return open_package(tmp_path)


def counting(seen: list[str], table: str) -> Loader:
    def load(rows: Rows, context: LoadContext) -> LoadCount:
        seen.append(table)
        return LoadCount(added=len(list(rows)))

    return Loader(table, ORDER[table], load)


def test_loaders_run_in_order_of_dependency_not_of_registration(package: Package) -> None:
    seen: list[str] = []
    loaders.register(counting(seen, "calendar"))
    loaders.register(counting(seen, "division"))
    result = loaders.import_package(package, CONTEXT)
    assert seen == ["division", "calendar"]
    assert result.counts["calendar"] == LoadCount(added=2)
    assert not result.is_unchanged


def test_a_table_that_no_room_takes_is_named(package: Package) -> None:
    loaders.register(counting([], "division"))
    assert loaders.import_package(package, CONTEXT).skipped == ("calendar",)


def test_nothing_is_loaded_from_a_package_with_a_wrong_cell(package: Package) -> None:
    seen: list[str] = []
    loaders.register(counting(seen, "division"))
    path = package.folder / "calendar.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("2026-03-03", "3月3日"), "utf-8")
    with pytest.raises(PackageRefused) as refused:
        loaders.import_package(package, CONTEXT)
    expected = CellError("calendar.csv", 3, "day", "3月3日", "应是日期，如 2026-03-01")
    assert refused.value.errors == (expected,)
    assert seen == []


def test_a_row_that_a_loader_cannot_place_becomes_a_cell_error(package: Package) -> None:
    def load(rows: Rows, context: LoadContext) -> LoadCount:
        raise RowProblem(row=2, column="code", value="999901101000", expected="已有别的名称")

    loaders.register(Loader("division", ORDER["division"], load))
    with pytest.raises(PackageRefused) as refused:
        loaders.import_package(package, CONTEXT)
    assert refused.value.errors[0].text == (
        "division.csv 第 2 行 code 列：写的是“999901101000”，已有别的名称。"
    )


def test_a_table_has_one_loader() -> None:
    loaders.register(counting([], "division"))
    with pytest.raises(ValueError, match="division has a loader already"):
        loaders.register(counting([], "division"))


def test_a_row_that_clashes_with_what_is_stored_is_refused_by_its_file(package: Package) -> None:
    def load(rows: Rows, context: LoadContext) -> LoadCount:
        raise IntegrityError("UNIQUE constraint failed: works_works.qr_code")

    loaders.register(Loader("division", ORDER["division"], load))
    with pytest.raises(PackageRefused) as refused:
        loaders.import_package(package, CONTEXT)
    assert refused.value.errors == (CellError("division.csv", 0, "", "", loaders.TWICE),)
