"""Leaving is free: what a book looks like in other programs, and that nothing keeps it in."""

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from sanzi.audit.models import Event
from sanzi.interfaces.cli.main import main
from sanzi.ledger.actions import exporting
from sanzi.ledger.errors import UnknownForm
from sanzi.ledger.exports import forms, names
from sanzi.ledger.models import Book, OpeningBalance, Period
from sanzi.ledger.queries import statements
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds import village

BOOK = """
2026-01-05 收租金 | receipt:R1
  102 account:A-1   1200.00
  50103            -1200.00
2026-01-20 王五报销电话13812345678，"急"; 备注 | payment:P1
  5130102            120.50
  102 account:A-1   -120.50
2026-02-03 发福利 | payment:P2
  51401              300.00
  102 account:A-1   -300.00
"""


@pytest.fixture
def book(world, post):
    """Liuwan's book: 1000.00 in the bank at first, January closed, a voucher struck out."""
    held = Book.objects.get(organisation__ext_id="O-WILLOW")
    for code, aux, fen in (("102", ("account", "A-1"), 100_000), ("32202", ("", ""), -100_000)):
        OpeningBalance.objects.create(
            book=held, account_code=code, aux_kind=aux[0], aux_id=aux[1], balance_fen=fen
        )
    post(BOOK)
    Period.objects.filter(book=held, period="2026-01").update(closed_at=village.AT)
    return held


def take(form: str, folder: Path, org: str = "O-WILLOW", by=SYSTEM) -> Path:
    target = folder / f"book.{form}"
    exporting.export_books(form=form, target=target, by=by, at=village.AT, org_ext_id=org)
    return target


def test_hledger_has_openings_vouchers_and_the_closed_months_balances(book, tmp_path) -> None:
    text = take("hledger", tmp_path).read_text(encoding="utf-8")

    assert "account Assets:102-银行存款\n" in text
    assert "account Expenses:513-管理费用:51301-运转支出:5130102-办公费\n" in text
    assert (
        "2026-01-01 (期初) 期初余额\n"
        "    Assets:102-银行存款  1000.00 CNY  ; account:A-1\n"
        "    Equity:322-收益分配:32202-未分配收益  -1000.00 CNY\n"
    ) in text
    assert (
        "    Assets:102-银行存款  1200.00 CNY  ; 借:, account:A-1\n"
        "    Income:501-经营收入:50103-出租收入  -1200.00 CNY\n"
    ) in text
    assert (
        "2026-01-31 (结账) 2026-01结账余额\n    Assets:102-银行存款  0.00 CNY = 2079.50 CNY\n"
    ) in text
    assert "2026-02-28 (结账)" not in text


def test_beancount_has_the_voucher_as_metadata_and_balances_the_day_after(book, tmp_path) -> None:
    text = take("beancount", tmp_path).read_text(encoding="utf-8")

    assert "2026-01-01 open Assets:102-银行存款 CNY\n" in text
    assert '2026-01-05 * "收租金"\n  voucher: "记-1"\n' in text
    assert '  source: "receipt/R1"\n' in text
    assert "2026-02-01 balance Assets:102-银行存款  2079.50 ~ 0 CNY\n" in text


def test_numbers_in_free_text_are_masked_and_marks_of_the_format_are_not_taken_for_marks(
    book, tmp_path
) -> None:
    plain = take("hledger", tmp_path).read_text(encoding="utf-8")
    bean = take("beancount", tmp_path).read_text(encoding="utf-8")

    assert '王五报销电话*******5678，"急"， 备注' in plain
    assert '"王五报销电话*******5678，\\"急\\"; 备注"' in bean
    assert "13812345678" not in plain + bean


@pytest.mark.parametrize("form", ["hledger", "ledger", "beancount"])
def test_all_books_stand_apart_in_one_journal(form, book, post, tmp_path) -> None:
    post("2026-01-08 买纸 | payment:P9\n 5130102 8.00\n 102 account:A-9 -8.00", "O-WILLOW-VC")

    text = take(form, tmp_path, org="").read_text(encoding="utf-8")

    assert "Assets:O-WILLOW:102-银行存款" in text
    assert "Assets:O-WILLOW-VC:102-银行存款" in text


@pytest.mark.parametrize(
    ("form", "command"),
    [
        ("hledger", ("hledger", "-f", "{}", "check", "--strict")),
        ("ledger", ("ledger", "-f", "{}", "--pedantic", "balance")),
        ("beancount", (str(Path(sys.executable).parent / "bean-check"), "{}")),
    ],
)
@pytest.mark.parametrize("org", ["O-WILLOW", ""])
def test_the_program_itself_finds_no_fault(form, command, org, book, tmp_path) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    file = take(form, tmp_path, org=org)

    done = subprocess.run(
        [part.format(file) for part in command],
        env={"LC_ALL": "C.UTF-8", "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")


def test_gb_t_24589_has_the_standards_element_names_in_their_order(book, tmp_path) -> None:
    with zipfile.ZipFile(take("gbt24589", tmp_path)) as packed:
        archive = etree.fromstring(packed.read("O-WILLOW/公共档案.xml"))
        ledger = etree.fromstring(packed.read("O-WILLOW/总账.xml"))

    assert archive.get("标准版本号") == "GB/T 24589.1-2010"
    assert archive.findtext("电子账簿/会计核算单位") == "柳湾村股份经济合作社"
    assert [one.findtext("会计期间号") for one in archive.findall("会计期间")] == ["01", "02"]
    bank = next(
        one
        for one in ledger.findall("科目余额及发生额")
        if (one.findtext("科目编号"), one.findtext("会计期间号")) == ("102", "01")
    )
    assert [child.tag for child in bank][:3] == ["科目编号", "辅助项1编号", "期初余额方向"]
    assert bank.findtext("辅助项1编号") == "account:A-1"
    assert [bank.findtext(f"{head}本币{tail}") for head, tail in (
        ("期初", "余额"), ("借方", "金额"), ("贷方", "金额"), ("期末", "余额")
    )] == ["1000.00", "1200.00", "120.50", "2079.50"]  # fmt: skip
    line = ledger.findall("记账凭证")[0]
    assert line.findtext("记账凭证日期") == "20260105"
    assert line.findtext("借方本币金额") == "1200.00"
    assert line.findtext("作废标志") == "0"


def test_gb_t_24589_holds_the_official_statements_of_each_years_last_month(book, tmp_path) -> None:
    with zipfile.ZipFile(take("gbt24589", tmp_path)) as packed:
        ledger = etree.fromstring(packed.read("O-WILLOW/总账.xml"))

    assert [
        (one.findtext("报表编号"), one.findtext("报表名称"), one.findtext("报表报告日"))
        for one in ledger.findall("报表集")
    ] == [
        ("balance-2026-02", "资产负债表", "20260228"),
        ("income-2026-02", "收益及收益分配表", "20260228"),
    ]
    held = {
        (one.findtext("报表编号"), one.findtext("报表项名称")): one.findtext("报表项数值")
        for one in ledger.findall("报表项数据")
    }
    for code in ("balance", "income"):
        page = statements.statement_of(book, code, "2026-02")
        shown = {
            (f"{code}-2026-02", f"{row.title}：{column.title}"): names.yuan(fen)
            for row in page.rows
            for column, fen in zip(page.columns, row.figures, strict=True)
            if fen is not None
        }
        assert {key: value for key, value in held.items() if key[0] == f"{code}-2026-02"} == shown
    assert held["balance-2026-02", "货币资金：期末余额"] == "1779.50"


def test_excel_has_the_four_sheets_with_amounts_as_numbers(book, tmp_path) -> None:
    opened = openpyxl.load_workbook(io.BytesIO(take("excel", tmp_path).read_bytes()))

    assert opened.sheetnames == ["科目表", "期初", "凭证", "余额表"]
    assert [cell.value for cell in opened["期初"][2]] == [
        "102", "银行存款", "银行账户", "A-1", 1000, 0,
    ]  # fmt: skip
    assert [cell.value for cell in opened["凭证"][2]][:10] == [
        "2026-01-05", "记-1", 1, "收租金", "102", "银行存款", "银行账户", "A-1", 1200, 0,
    ]  # fmt: skip
    rows = [[cell.value for cell in row] for row in opened["余额表"].iter_rows(min_row=2)]
    assert ["2026-02", "102", "银行存款", "银行账户", "A-1", 2079.5, 0, 300, 1779.5] in rows


def test_the_data_package_of_one_book_holds_that_book_alone(book, post, tmp_path) -> None:
    post("2026-01-08 买纸 | payment:P9\n 5130102 8.00\n 102 account:A-9 -8.00", "O-WILLOW-VC")

    with zipfile.ZipFile(take("package", tmp_path)) as packed:
        listed = {Path(name).name for name in packed.namelist()}
        vouchers = packed.read("O-WILLOW/voucher.csv").decode()

    assert {"datapackage.json", "org.csv", "voucher.csv", "ledger_line.csv"} <= listed
    assert "person.csv" not in listed
    assert vouchers.count("\n") == 4
    assert "O-WILLOW-VC" not in vouchers


@pytest.mark.parametrize("form", list(forms.TITLES))
def test_no_form_is_refused_when_every_month_is_closed(form, book, tmp_path) -> None:
    Period.objects.filter(book=book).update(closed_at=village.AT)

    assert take(form, tmp_path).stat().st_size > 0


def test_a_book_outside_the_scope_is_not_there_and_nothing_is_written(world, tmp_path) -> None:
    with pytest.raises(NotFound):
        take("hledger", tmp_path, by=world.actor("stone_cashier"))

    assert list(tmp_path.iterdir()) == []
    assert not Event.objects.filter(kind="ledger.book.exported").exists()


def test_a_form_that_is_not_known_is_refused_with_those_that_are(world, tmp_path) -> None:
    with pytest.raises(UnknownForm) as refused:
        take("sap", tmp_path)

    assert "beancount" in refused.value.advice
    assert list(tmp_path.iterdir()) == []


def test_who_took_a_book_stands_in_the_log(world, book, tmp_path) -> None:
    take("excel", tmp_path, by=world.actor("agency_accountant"))

    event = Event.objects.get(kind="ledger.book.exported")
    assert (event.actor_name, event.subject_id) == ("沈月琴", book.ext_id)


def test_openings_that_do_not_balance_still_leave(world, post, tmp_path) -> None:
    held = Book.objects.get(organisation__ext_id="O-WILLOW")
    OpeningBalance.objects.create(book=held, account_code="102", balance_fen=5)

    text = take("hledger", tmp_path).read_text(encoding="utf-8")

    assert "    Equity:0-期初差额  -0.05 CNY\n" in text


def test_ids_that_differ_give_parts_that_differ() -> None:
    parts = {names.book_part(one) for one in ("O-1", "o-1", "O_1", "O 1", "村O-1", "O-1-")}

    assert len(parts) == 6
    assert all(one[0].isupper() or one[0].isdigit() for one in parts)


def test_the_command_writes_a_journal(book, tmp_path, capsys) -> None:
    target = tmp_path / "all.journal"

    assert main(["export-books", str(target), "--format", "hledger"]) == 0
    assert target.read_text(encoding="utf-8").startswith("; 本文件由三资平台导出")
    assert "2本账，3张凭证" in capsys.readouterr().out
