"""`sanzi import`: a county comes in whole, twice is once, and one broken cell stops everything."""

from __future__ import annotations

import csv
import json
from datetime import date
from pathlib import Path

import pytest
from django.apps import apps

from sanzi.interfaces.cli.main import main
from sanzi.orgs.models import Person
from sanzi_county.county import write_county

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def county(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("county")
    write_county(folder, villages=2, months=3, until=date(2026, 11, 20), seed=3)
    return folder


@pytest.fixture
def copy(county, tmp_path) -> Path:
    for file in county.iterdir():
        if file.is_file():
            (tmp_path / file.name).write_bytes(file.read_bytes())
    return tmp_path


def row_counts() -> dict[str, int]:
    own = (model for model in apps.get_models() if model.__module__.startswith("sanzi."))
    return {model._meta.label: model._default_manager.count() for model in own}


def break_cell(file: Path, row: int, column: str, value: str) -> str:
    with file.open(encoding="utf-8", newline="") as source:
        rows = list(csv.reader(source))
    place = rows[0].index(column)
    old, rows[row - 1][place] = rows[row - 1][place], value
    with file.open("w", encoding="utf-8", newline="") as target:
        csv.writer(target, lineterminator="\n").writerows(rows)
    return old


def test_the_same_package_twice_is_once(county, capsys) -> None:
    assert main(["import", str(county)]) == 0
    once = row_counts()
    assert once["orgs.Person"] > 100

    assert main(["import", str(county)]) == 0

    assert row_counts() == once
    last = capsys.readouterr().out.splitlines()
    assert last[-1] == "已导入"
    assert all("新增        0  更新       0" in line for line in last[len(last) // 2 + 1 : -1])


@pytest.mark.parametrize(
    ("file", "column", "value", "expected"),
    [
        ("person.csv", "id_no", "123", "居民身份证"),
        ("payment.csv", "amount_fen", "12.5", "整数"),
        ("payment.csv", "payee_person_id", "NOBODY", "person"),
        ("voucher.csv", "voucher_date", "2026-02-30", "日期"),
        ("account.csv", "kind", "cash", "basic"),
    ],
)
def test_one_broken_cell_is_named_and_nothing_comes_in(
    copy,
    capsys,
    file,
    column,
    value,
    expected,
) -> None:
    before = row_counts()
    break_cell(copy / file, 5, column, value)

    assert main(["import", str(copy)]) == 2

    said = capsys.readouterr().err
    assert f"{file} 第 5 行 {column} 列" in said
    assert expected in said
    assert row_counts() == before


def test_vouchers_in_any_order_give_the_same_books_and_the_report_counts_their_lines(
    county, copy, capsys
) -> None:
    """Rows turned round: no book of the package stands together any more."""
    for name in ("voucher.csv", "ledger_line.csv"):
        head, *rows = (copy / name).read_text(encoding="utf-8").splitlines(keepends=True)
        (copy / name).write_text(head + "".join(reversed(rows)), encoding="utf-8", newline="")
    lines = len((county / "ledger_line.csv").read_text(encoding="utf-8").splitlines()) - 1

    assert main(["import", str(copy)]) == 0

    assert f"ledger_line          新增 {lines:>8}" in capsys.readouterr().out
    assert main(["import", str(county)]) == 0
    assert f"ledger_line          新增        0  更新       0  不变 {lines:>8}" in (
        capsys.readouterr().out
    )


def test_lines_without_their_vouchers_are_refused(copy, capsys) -> None:
    before = row_counts()
    (copy / "voucher.csv").unlink()
    told = json.loads((copy / "datapackage.json").read_text(encoding="utf-8"))
    told["resources"] = [one for one in told["resources"] if one["name"] != "voucher"]
    (copy / "datapackage.json").write_text(json.dumps(told), encoding="utf-8")

    assert main(["import", str(copy)]) == 2

    assert "ledger_line.csv 第 2 行 voucher_id 列" in capsys.readouterr().err
    assert row_counts() == before


def test_a_changed_cell_changes_its_row_only(copy) -> None:
    assert main(["import", str(copy)]) == 0
    before = row_counts()
    break_cell(copy / "person.csv", 5, "name", "改名人")

    assert main(["import", str(copy)]) == 0

    after = row_counts()
    assert Person.objects.filter(name="改名人").count() == 1
    assert {**after, "audit.Event": 0} == {**before, "audit.Event": 0}


def test_check_only_changes_nothing(county) -> None:
    before = row_counts()

    assert main(["import", "--check", str(county)]) == 0

    assert row_counts() == before


def test_verify_finds_every_book_whole_after_an_import(county, capsys) -> None:
    assert main(["import", str(county)]) == 0

    assert main(["verify"]) == 0

    assert "0处对不上" in capsys.readouterr().out


def test_the_scan_finds_what_the_county_planted(county, capsys) -> None:
    assert main(["import", str(county)]) == 0

    assert main(["supervise", "--json"]) == 0

    said = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert said["opened_count"] == said["finding_count"] > 0
    assert main(["supervise", "--json"]) == 0
    again = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (again["opened_count"], again["kept_count"]) == (0, said["finding_count"])
