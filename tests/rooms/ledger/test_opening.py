"""Opening balances from a sheet: whole and balanced, by row and column, or not at all."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from sanzi.audit.models import Event
from sanzi.interfaces.cli.main import main
from sanzi.ledger import queries
from sanzi.ledger.actions import books, opening, posting
from sanzi.ledger.errors import OpeningFixed, OpeningNotPreviewed, OpeningUnbalanced
from sanzi.ledger.map_errors import MapChoiceMissing, MapMissing
from sanzi.ledger.models import OpeningBalance
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from sanzi.orgs.models import Counterparty
from sanzi.payments.models import BankAccount
from sanzi.record.errors import PackageRefused
from worlds import books as world_books
from worlds import village

AT = village.AT
ORG = "O-WILLOW"
HEAD = ("科目编号", "科目名称", "借方余额", "贷方余额", "往来对象")
GOOD = (
    ("102", "银行存款", 5000, None, "A-1"),
    ("11302", "代收代付款", None, 1200.5, "云川农机公司"),
    ("1510101", "房屋建筑物", 380000, None, None),
    ("31102", "政府补助形成", None, 380000, None),
    ("32202", "未分配收益", None, "3,799.50", None),
    ("合计", None, 385000, 385000, None),
)
# The chart of 2004: 202 is 应付款, 502 经营支出, 131 牲畜, 212 应付福利费.
OLD = (
    ("102", "银行存款", 5000, None, "A-1"),
    ("131", "牲畜（禽）资产", 3000, None, None),
    ("202", "应付款", None, 800, None),
    ("211", "应付工资", None, 200, None),
    ("301", "资本", None, 4000, None),
    ("322", "收益分配", None, 3000, None),
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> village.World:
    made = village.build()
    BankAccount.objects.create(
        ext_id="A-1", organisation=made.bodies["willow"], kind="basic", sealed_number="",
        number_index="i", tail="0001", holder_name="柳湾村股份经济合作社", bank_code="1",
        is_registered=True,
    )  # fmt: skip
    Counterparty.objects.create(ext_id="K1", kind="company", name="云川农机公司")
    books.ensure_book(org_ext_id=ORG, first_period="2026-01", by=SYSTEM, at=AT)
    return made


def sheet(folder: Path, rows: tuple[tuple[object, ...], ...]) -> Path:
    book = openpyxl.Workbook()
    for row in (HEAD, *rows):
        book.active.append(row)
    book.save(folder / "期初.xlsx")
    return folder / "期初.xlsx"


def stored() -> dict[tuple[str, str, str], int]:
    rows = OpeningBalance.objects.values_list("account_code", "aux_kind", "aux_id", "balance_fen")
    return {row[:3]: row[3] for row in rows}


def test_a_sheet_becomes_the_opening_of_the_book(world, tmp_path) -> None:
    file = sheet(tmp_path, GOOD)

    opening.import_opening(org_ext_id=ORG, file=file, by=world.actor("agency_accountant"), at=AT)

    assert stored() == {
        ("102", "account", "A-1"): 500_000,
        ("11302", "counterparty", "K1"): -120_050,
        ("1510101", "", ""): 38_000_000,
        ("31102", "", ""): -38_000_000,
        ("32202", "", ""): -379_950,
    }
    assert Event.objects.filter(kind="ledger.opening.loaded", chain=ORG).count() == 1
    assert queries.verify_book(ORG) == []


def test_a_preview_writes_nothing(world, tmp_path) -> None:
    found = opening.preview(org_ext_id=ORG, file=sheet(tmp_path, GOOD), by=SYSTEM)

    assert found.total_fen == 38_500_000
    assert stored() == {}


def test_the_side_without_a_balance_may_be_written_as_zero(world, tmp_path) -> None:
    rows = (
        ("102", "银行存款", 50, 0, "A-1"),
        ("111", "短期投资", 0, 0.0, None),
        ("32202", "未分配收益", "0.00", 50, None),
    )

    opening.import_opening(org_ext_id=ORG, file=sheet(tmp_path, rows), by=SYSTEM, at=AT)

    assert stored() == {("102", "account", "A-1"): 5_000, ("32202", "", ""): -5_000}


def test_what_was_not_previewed_is_refused_and_nothing_is_written(world, tmp_path) -> None:
    file = sheet(tmp_path, GOOD)
    seen = opening.preview(org_ext_id=ORG, file=file, by=SYSTEM).digest
    changed = (("1510102", "机械设备", 380000, None, None), GOOD[3])
    other = sheet(tmp_path, (*GOOD[:2], *changed, *GOOD[4:]))

    with pytest.raises(OpeningNotPreviewed):
        opening.import_opening(org_ext_id=ORG, file=other, digest=seen, by=SYSTEM, at=AT)

    assert stored() == {}


def test_only_a_standard_with_a_map_may_be_named(world, tmp_path) -> None:
    file = sheet(tmp_path, OLD)

    for code in ("sbe2011", "../vce2004", "no-such"):
        with pytest.raises(MapMissing):
            opening.preview(org_ext_id=ORG, file=file, standard_code=code, by=SYSTEM)


@pytest.mark.parametrize(
    ("place", "row", "said"),
    [
        (0, ("109", "其他货币资金", 5000, None, None), "第 2 行 科目编号"),
        (0, ("102", "银行存款", 5000, None, None), "第 2 行 往来对象"),
        (0, ("102", "银行存款", 5000, None, "A-9"), "第 2 行 往来对象"),
        (0, ("101", "库存现金", 5000, None, None), "第 2 行 科目编号"),
        (2, ("15101", "经营性固定资产", 380000, None, None), "第 4 行 科目编号"),
        (2, ("1510101", "房屋", 380000, 1, None), "第 4 行 贷方余额"),
        (2, ("1510101", "房屋", "三十八万", None, None), "第 4 行 借方余额"),
        (2, ("1510101", "房屋", "=1+1", None, None), "第 4 行 借方余额"),
        (3, ("1510101", "房屋", None, 380000, None), "第 5 行 科目编号"),
    ],
)
def test_a_wrong_row_is_named_by_row_and_column_and_nothing_is_written(
    world, tmp_path, place, row, said
) -> None:
    rows = (*GOOD[:place], row, *GOOD[place + 1 :])

    with pytest.raises(PackageRefused) as caught:
        opening.import_opening(org_ext_id=ORG, file=sheet(tmp_path, rows), by=SYSTEM, at=AT)

    assert said in caught.value.errors[0].text
    assert stored() == {}
    assert not Event.objects.filter(kind="ledger.opening.loaded").exists()


def test_what_does_not_balance_is_refused_and_nothing_is_written(world, tmp_path) -> None:
    file = sheet(tmp_path, GOOD[:-2])

    with pytest.raises(OpeningUnbalanced, match=r"385,000\.00.*381,200\.50"):
        opening.import_opening(org_ext_id=ORG, file=file, by=SYSTEM, at=AT)

    assert stored() == {}


def test_after_the_first_voucher_the_opening_stands(world, tmp_path) -> None:
    file = sheet(tmp_path, GOOD)
    opening.import_opening(org_ext_id=ORG, file=file, by=SYSTEM, at=AT)
    [draft] = world_books.read_ledger(
        """
        2026-01-05 办公用品
          5130102            120.00
          102 account:A-1   -120.00
        """
    )
    posting.append(posting.book_of(ORG), [draft], by=SYSTEM, at=AT)
    before = stored()

    with pytest.raises(OpeningFixed, match="柳湾村"):
        opening.import_opening(org_ext_id=ORG, file=sheet(tmp_path, GOOD[:3]), by=SYSTEM, at=AT)

    assert stored() == before


def test_the_old_standard_asks_before_it_moves_anything(world, tmp_path) -> None:
    file = sheet(tmp_path, OLD)

    found = opening.preview(org_ext_id=ORG, file=file, standard_code="vce2004", by=SYSTEM)

    asked = {one.from_code for one in found.questions}
    assert "131" in asked
    with pytest.raises(MapChoiceMissing):
        opening.import_opening(org_ext_id=ORG, file=file, standard_code="vce2004", by=SYSTEM, at=AT)
    assert stored() == {}


def test_the_old_standard_comes_in_under_the_new_codes(world, tmp_path) -> None:
    file = sheet(tmp_path, OLD)
    asked = opening.preview(org_ext_id=ORG, file=file, standard_code="vce2004", by=SYSTEM)
    chosen = {one.from_code: one.options[0][0] for one in asked.questions}
    chosen["131"] = {"131": 100_000, "132": 200_000}

    opening.import_opening(
        org_ext_id=ORG, file=file, standard_code="vce2004", choices=chosen, by=SYSTEM, at=AT
    )

    found = stored()
    assert found["131", "", ""] == 100_000
    assert found["132", "", ""] == 200_000
    assert found["102", "account", "A-1"] == 500_000
    assert sum(found.values()) == 0
    assert not any(code.startswith("202") for code, _, _ in found)


def test_the_template_comes_back_filled_in(world, tmp_path) -> None:
    file = tmp_path / "模板.xlsx"
    file.write_bytes(opening.template(org_ext_id=ORG, by=SYSTEM))
    book = openpyxl.load_workbook(file)
    page = book.worksheets[0]
    wanted = {"102": ("C", 10, "A-1"), "32202": ("D", 10, None)}
    for row in page.iter_rows():
        code = str(row[0].value or "")
        if code in wanted:
            column, amount, partner = wanted[code]
            page[f"{column}{row[0].row}"] = amount
            page[f"E{row[0].row}"] = partner
    book.save(file)

    opening.import_opening(org_ext_id=ORG, file=file, by=SYSTEM, at=AT)

    assert stored() == {("102", "account", "A-1"): 1_000, ("32202", "", ""): -1_000}


def test_who_keeps_no_books_there_finds_nothing(world, tmp_path) -> None:
    with pytest.raises(NotFound):
        opening.preview(org_ext_id=ORG, file=sheet(tmp_path, GOOD), by=world.actor("village_clerk"))


def test_the_command_asks_and_imports(world, tmp_path, capsys) -> None:
    file = str(sheet(tmp_path, OLD))
    terms = ["import-opening", file, "--org", ORG, "--standard", "vce2004"]
    assert main(terms) == 1
    said = capsys.readouterr().out
    assert "--choose 131=" in said
    options = [line.split()[1] for line in said.splitlines() if line.strip().startswith("--choose")]
    first = {option.split("=")[0]: option for option in reversed(options)}

    chosen = [word for option in first.values() for word in ("--choose", option)]
    assert main([*terms, *chosen]) == 0

    assert sum(stored().values()) == 0
    assert stored()
