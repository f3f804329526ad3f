"""Data packages: what is read, what is refused, and with which words."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from sanzi.record.errors import CellError, PackageRefused
from sanzi.record.packages import open_package, write_package

VILLAGE = "999901101201"
TABLES: dict[str, list[dict[str, object]]] = {
    "division": [
        {"code": "999901101000", "name": "清河镇", "level": "town"},
        {"code": VILLAGE, "name": "柳湾村", "level": "village", "parent_code": "999901101000"},
    ],
    "org": [
        {
            "org_id": "E1",
            "division_code": VILLAGE,
            "name": "柳湾村股份经济合作社",
            "level": "village",
            "kind": "collective",
            "village_id": VILLAGE,
            "is_poor_village": False,
        }
    ],
    "person": [
        {
            "person_id": "P1",
            "name": "王建国",
            "id_no": "999901196305200012",
            "village_id": VILLAGE,
            "household_id": "H1",
            "is_member": True,
        },
        {"person_id": "P2", "name": "李秀英", "village_id": VILLAGE, "is_member": False},
    ],
    "household": [
        {"household_id": "H1", "village_id": VILLAGE, "head_person_id": "P1", "member_count": 1}
    ],
    "land_right": [
        {
            "parcel_id": "L1",
            "village_id": VILLAGE,
            "holder_kind": "household",
            "household_id": "H1",
            "right_kind": "contract",
            "area_mu": Decimal("1.25"),
            "start_date": date(1999, 1, 1),
        }
    ],
    "decision": [
        {
            "decision_id": "D1",
            "org_id": "E1",
            "matter_code": "M21",
            "title": "土地流转",
            "procedure": "member_meeting",
            "deciding_body": "villager_meeting",
            "status": "passed",
            "passed_at": datetime(2026, 3, 1, 1, 30, tzinfo=UTC),
        }
    ],
}

Break = Callable[[int, str, str], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_package(tmp_path / "p", "example", TABLES)
    return tmp_path / "p"


def put(path: Path, row: int, column: str, value: str) -> None:
    """Write `value` into one cell; rows count like a spreadsheet."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    rows[row - 1][rows[0].index(column)] = value
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)


def test_a_right_package_has_no_errors(folder: Path) -> None:
    assert open_package(folder).check() == []


def test_rows_come_back_with_typed_values(folder: Path) -> None:
    package = open_package(folder)
    [parcel] = package.rows("land_right")
    assert parcel["area_mu"] == Decimal("1.25")
    assert parcel["start_date"] == date(1999, 1, 1)
    assert parcel["end_date"] is None
    [decision] = package.rows("decision")
    assert decision["passed_at"] == datetime(2026, 3, 1, 1, 30, tzinfo=UTC)
    assert [person["is_member"] for person in package.rows("person")] == [True, False]


def test_writing_what_was_read_gives_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    package = open_package(folder)
    write_package(tmp_path / "q", "example", {name: package.rows(name) for name in package.files})
    for path in folder.iterdir():
        assert (tmp_path / "q" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize(
    ("file", "row", "column", "value", "error"),
    [
        ("org.csv", 2, "kind", "firm", CellError(
            "org.csv", 2, "kind", "firm",
            "应是以下之一：party_branch、village_committee、collective、enterprise、"
            "supervision_committee、town_agency、office、bank")),
        ("person.csv", 2, "id_no", "999901196305200017", CellError(
            "person.csv", 2, "id_no", "9***7", "应是 18 位、校验位正确的居民身份证号")),
        ("person.csv", 3, "name", "", CellError(
            "person.csv", 3, "name", "", "这一格不能空")),
        ("person.csv", 3, "person_id", "P1", CellError(
            "person.csv", 3, "person_id", "P1", "编号重复了，一张表里每个编号只能出现一次")),
        ("person.csv", 3, "household_id", "H9", CellError(
            "person.csv", 3, "household_id", "H9", "农户表（household.csv）里没有这个编号")),
        ("household.csv", 2, "member_count", "0", CellError(
            "household.csv", 2, "member_count", "0", "不能小于 1")),
        ("land_right.csv", 2, "start_date", "1999-02-30", CellError(
            "land_right.csv", 2, "start_date", "1999-02-30", "应是日期，如 2026-03-01")),
        ("land_right.csv", 2, "area_mu", "1,25", CellError(
            "land_right.csv", 2, "area_mu", "1,25", "应是数字")),
        ("decision.csv", 2, "passed_at", "2026-03-01 09:30", CellError(
            "decision.csv", 2, "passed_at", "2026-03-01 09:30",
            "应是带时区的时间，如 2026-03-01T09:30:00+08:00")),
        ("decision.csv", 2, "matter_code", "M1", CellError(
            "decision.csv", 2, "matter_code", "M1", "应符合格式 M[0-9]{2}")),
        ("org.csv", 2, "is_poor_village", "1", CellError(
            "org.csv", 2, "is_poor_village", "1", "应是 true 或 false")),
        ("division.csv", 3, "code", "99990110120", CellError(
            "division.csv", 3, "code", "99990110120", "应是 12 位区划代码")),
    ],
    ids=lambda value: value if isinstance(value, str) and not value.isascii() else None,
)  # fmt: skip
def test_one_broken_cell_is_named_exactly(
    folder: Path, file: str, row: int, column: str, value: str, error: CellError
) -> None:
    put(folder / file, row, column, value)
    assert open_package(folder).check()[0] == error


def test_a_single_wrong_cell_gives_a_single_error(folder: Path) -> None:
    put(folder / "household.csv", 2, "member_count", "x")
    assert len(open_package(folder).check()) == 1


def test_the_error_says_all_in_one_sentence(folder: Path) -> None:
    put(folder / "household.csv", 2, "member_count", "两个")
    [error] = open_package(folder).check()
    assert error.text == "household.csv 第 2 行 member_count 列：写的是“两个”，应是整数。"


@pytest.mark.parametrize(
    ("change", "row", "expected"),
    [
        (lambda text: text.replace("王建国", "王\x00国"), 2, "含有不可见的控制字符"),
        (lambda text: text.replace("王建国", '"王"建国'), 2, "引号不成对，或引号后还有字"),
        (lambda text: text.replace("P2,", '"P2,'), 3, "引号不成对，或引号后还有字"),
        (lambda text: text.replace("王建国", "王" * 50_000), 2, "一行最多 40000 个字符"),
        (lambda text: text.replace("王建国,", "王建国,,"), 2, "这一行有 12 格，表头有 11 格"),
        (lambda text: text.replace("gender", "sex"), 1, "表头里不认识这一列"),
        (lambda text: text.replace("gender", "name"), 1, "表头里这一列出现了两次"),
        (lambda text: text.replace("王建国", "王" * 2_001), 2, "一格最多 2000 个字符"),
    ],
    ids=["nul", "quote", "open quote", "long line", "cells", "unknown", "twice", "long cell"],
)
def test_a_spoilt_file_is_refused_with_its_row(
    folder: Path, change: Callable[[str], str], row: int, expected: str
) -> None:
    path = folder / "person.csv"
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8", newline="")
    error = open_package(folder).check()[0]
    assert (error.file, error.row, error.expected) == ("person.csv", row, expected)


def test_a_missing_required_column_is_named(folder: Path) -> None:
    path = folder / "household.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("member_count", "group_no"), "utf-8")
    errors = open_package(folder).check()
    assert CellError("household.csv", 1, "member_count", "", "表头里缺这一列") in errors


def test_a_byte_order_mark_is_welcome(folder: Path) -> None:
    path = folder / "person.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert open_package(folder).check() == []


def test_line_ends_of_any_kind_are_welcome(folder: Path) -> None:
    path = folder / "person.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    assert open_package(folder).check() == []


def test_an_empty_file_lacks_its_columns(folder: Path) -> None:
    (folder / "household.csv").write_bytes(b"")
    errors = open_package(folder).check()
    assert CellError("household.csv", 1, "household_id", "", "表头里缺这一列") in errors
    assert {error.file for error in errors} == {"household.csv"}


def test_bytes_that_are_no_utf8_are_refused(folder: Path) -> None:
    path = folder / "person.csv"
    path.write_bytes(path.read_text(encoding="utf-8").encode("gb18030"))
    assert open_package(folder).check()[0].expected == "文件应是 UTF-8 编码"


def test_no_more_than_two_hundred_errors_are_collected(tmp_path: Path) -> None:
    rows = [{"code": f"bad{n}", "name": "x", "level": "town"} for n in range(500)]
    write_package(tmp_path, "many", {"division": rows})
    assert len(open_package(tmp_path).check()) == 200


def test_twins_of_a_key_in_two_columns_are_found(tmp_path: Path) -> None:
    row = {"account_id": "A1", "balance_date": date(2026, 1, 31), "balance_fen": 5}
    write_package(tmp_path, "twins", {"balance": [row, {**row, "balance_fen": 6}]})
    [error] = open_package(tmp_path).check()
    assert (error.row, error.column) == (3, "account_id+balance_date")


def test_a_table_with_too_many_rows_is_refused(folder: Path) -> None:
    [error] = open_package(folder, rows_max=1).check()[:1]
    assert error == CellError("division.csv", 3, "", "", "一张表最多 1 行")


def test_a_reference_to_a_table_left_out_is_not_judged_here(tmp_path: Path) -> None:
    write_package(tmp_path, "part", {"household": TABLES["household"]})
    assert open_package(tmp_path).check() == []


def test_a_folder_without_descriptor_is_no_package(tmp_path: Path) -> None:
    with pytest.raises(PackageRefused) as refused:
        open_package(tmp_path)
    assert refused.value.errors[0].expected == "文件夹里要有 datapackage.json"


def test_a_missing_file_is_named(folder: Path) -> None:
    (folder / "person.csv").unlink()
    with pytest.raises(PackageRefused) as refused:
        open_package(folder)
    assert refused.value.errors[0].file == "person.csv"


def test_a_link_is_not_followed(folder: Path, tmp_path: Path) -> None:
    (folder / "person.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "person.csv").symlink_to(tmp_path / "elsewhere.csv")
    with pytest.raises(PackageRefused) as refused:
        open_package(folder)
    assert refused.value.errors[0].file == "person.csv"


@pytest.mark.parametrize("path", ["../person.csv", "/etc/passwd", "sub/person.csv", None])
def test_a_path_out_of_the_folder_is_refused(folder: Path, path: str | None) -> None:
    place = folder / "datapackage.json"
    data = json.loads(place.read_text(encoding="utf-8"))
    next(r for r in data["resources"] if r["name"] == "person")["path"] = path
    place.write_text(json.dumps(data), encoding="utf-8")
    with pytest.raises(PackageRefused) as refused:
        open_package(folder)
    assert refused.value.errors[0].expected == "path 应是 person.csv，不能指到文件夹外面"


def test_a_file_edited_by_hand_is_listed_as_changed(folder: Path) -> None:
    assert open_package(folder).changed_files() == []
    put(folder / "person.csv", 3, "name", "李秀兰")
    assert open_package(folder).changed_files() == ["person.csv"]
