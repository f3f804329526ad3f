"""All statements of all standards: the cases beside them, and what a broken layout is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from sanzi.interfaces.cli.main import main
from sanzi.ledger import standards
from sanzi.ledger.statements import catalogue, publicity
from sanzi.ledger.statements.source import BadLayout
from worlds import statement_cases
from worlds.statement_cases import Expected

BROKEN = Path(__file__).parent / "broken" / "statements"
CASES = sorted(standards.FOLDER.glob("*/cases/*.txt"))


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.parent.name}-{path.stem}")
def test_a_case_gives_the_cells_and_checks_it_expects(path: Path) -> None:
    assert statement_cases.problems(statement_cases.read_case(path)) == []


@pytest.mark.parametrize("code", standards.codes())
def test_every_standard_has_a_year_with_closing(code: str) -> None:
    case = statement_cases.read_case(standards.FOLDER / code / "cases" / "year.txt")

    assert {"balance", "income"} <= {expected.statement for expected in case.expected}
    assert any(move.is_closing for move in case.moves)


@pytest.mark.parametrize("code", standards.codes())
@pytest.mark.parametrize("period", ["2026-06", "2026-Q4", "2026"])
def test_all_statements_of_a_year_keep_their_checks(code: str, period: str) -> None:
    case = statement_cases.read_case(standards.FOLDER / code / "cases" / "year.txt")
    every = [Expected(layout, period) for layout in catalogue.shipped(code)]

    assert statement_cases.problems(replace(case, expected=every)) == []


def test_a_wrong_expectation_is_told(tmp_path: Path) -> None:
    folder = tmp_path / "rce2023" / "cases"
    folder.mkdir(parents=True)
    (folder / "x.txt").write_text(
        "2026-01-02 收租金\n 102 9.00\n 50103 -8.00\nexpect balance 2026-01\n 1 closing 8.00\n",
        encoding="utf-8",
    )

    assert statement_cases.problems(statement_cases.read_case(folder / "x.txt")) == [
        "voucher 1 does not balance",
        "balance 2026-01 1 closing: 9.00, expected 8.00",
        "balance 2026-01: broken ['资产总计等于负债和所有者权益总计']",
    ]


@pytest.mark.parametrize("code", standards.codes())
def test_official_line_numbers_stand_once_and_in_order(code: str) -> None:
    for layout in catalogue.shipped(code).values():
        numbers = [int(line.number) for line in layout.lines if line.number]
        assert numbers == sorted(set(numbers)), layout.code


@pytest.mark.parametrize("path", sorted(BROKEN.glob("*.yaml")), ids=lambda path: path.stem)
def test_a_broken_layout_is_told_by_line_and_column(path: Path) -> None:
    told = path.read_text(encoding="utf-8").rsplit("# told: ", 1)[1].strip()

    with pytest.raises(BadLayout) as caught:
        catalogue.check(path)

    assert str(caught.value) == f"{path.name}:{told}"


OWN = """
statement: cadre-pay
standards: [rce2023, vc_profile]
title: 干部报酬表
provenance: 县农业农村局要的
known: own
columns:
  - {id: this_period, title: 本月, window: this_period}
sections:
  - lines:
      - {number: "1", title: 干部报酬, formula: EXP(5130101)}
"""


def test_a_county_adds_a_statement_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "cadre-pay.yaml").write_text(OWN, encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("statement: broken\nstandards: [rce2023]\n")
    (tmp_path / "balance.yaml").write_text(OWN.replace("cadre-pay", "balance"), encoding="utf-8")

    found = catalogue.of("rce2023", tmp_path)

    assert found["cadre-pay"].is_custom
    assert "broken" not in found
    assert found["balance"].title == "资产负债表"
    assert "cadre-pay" in catalogue.of("vc_profile", tmp_path)
    assert "cadre-pay" not in catalogue.of("sbe2011", tmp_path)


def test_the_check_command_says_what_a_file_gives(tmp_path: Path, capsys) -> None:
    path = tmp_path / "cadre-pay.yaml"
    path.write_text(OWN, encoding="utf-8")

    assert main(["statements", "check", str(path)]) == 0
    assert capsys.readouterr().out == (
        "rce2023 干部报酬表：1行，1列\nvc_profile 干部报酬表：1行，1列\n"
        "可以用了，放进 SANZI_STATEMENTS 指的文件夹\n"
    )
    path.write_text(OWN.replace("5130101", "5130188"), encoding="utf-8")
    assert main(["statements", "check", str(path)]) == 1
    assert capsys.readouterr().err == (
        "cadre-pay.yaml:11:45: formula: 5130188 is no account of rce2023\n"
    )
    assert main(["statements", "check", str(tmp_path / "none.yaml")]) == 2


@pytest.mark.parametrize("code", standards.codes())
def test_all_income_and_spending_has_an_item_on_the_board(code: str) -> None:
    items = publicity.of(code)

    without = [
        account.code
        for account in standards.get(code).accounts.values()
        if account.account_class in ("income", "expense")
        and not items.item(account.code, is_in=account.account_class == "income")
    ]
    assert without == []


def test_an_item_for_an_account_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "publicity.yaml"
    path.write_text('in:\n  "777": 别的收入\n', encoding="utf-8")

    with pytest.raises(BadLayout, match=r"publicity\.yaml:2:3: in: 777 is no"):
        publicity.load(path, "rce2023")
