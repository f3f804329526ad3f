"""Books of account: what the vouchers say, ruled off as an auditor expects it."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from sanzi.ledger.models import Book, OpeningBalance
from sanzi.ledger.queries.journals import KINDS, Journal, Wanted, journal
from sanzi.orgs.errors import NotFound
from sanzi.record.sheets import Sheet, turned

YEAR = """
2026-01-10 1月租金 | receipt:R1
  102 account:A-1    900.00
  50103             -900.00
2026-01-10 修灯 | payment:P1
  51401 person:V1    100.00
  51402               20.00
  102 account:A-1   -120.00
2026-02-03 2月租金 | receipt:R2
  102 account:A-2   1000.00
  50103            -1000.00
2026-12-31 12月保洁 | payment:P3
  51401 person:V2     50.00
  102 account:A-1    -50.00
"""


@pytest.fixture
def opened(post) -> None:
    book = Book.objects.get(organisation__ext_id="O-WILLOW")
    for code, aux, fen in (("102", "A-1", 100000), ("32202", "", -100000)):
        OpeningBalance.objects.create(
            book=book,
            account_code=code,
            balance_fen=fen,
            aux_kind="account" * bool(aux),
            aux_id=aux,
        )
    post(YEAR)


@pytest.fixture
def book(opened, world) -> Callable[..., Journal]:
    def do(kind: str, first: str = "2026-01", last: str = "2026-12", **more: str) -> Journal:
        return journal(
            by=world.actor("agency_accountant"),
            org_ext_id="O-WILLOW",
            wanted=Wanted(kind, first, last, **more),
        )

    return do


def shown(sheet: Sheet) -> str:
    """Show a sheet as text: cells by bars, yuan with two decimals, nothing as nothing."""

    def cell(value: object, kind: str) -> str:
        if value is None:
            return ""
        return f"{int(value) / 100:.2f}" if kind == "money" else str(value)

    kinds = [column.kind for column in sheet.columns]
    return "\n".join(
        "|".join(cell(value, kind) for value, kind in zip(row.cells, kinds, strict=True))
        for row in sheet.rows
    )


def test_a_detail_ledger_is_ruled_off_by_month_and_year(book) -> None:
    sheet = book("detail", code="514").sheets[0]

    assert shown(sheet) == (
        "2026-01||上年结转||||平|0.00\n"
        "2026-01-10|记-2|修灯|环境卫生　V1|100.00||借|100.00\n"
        "2026-01-10|记-2|修灯|公益设施维护|20.00||借|120.00\n"
        "2026-01||本月合计||120.00|0.00|借|120.00\n"
        "2026-01||本年累计||120.00|0.00|借|120.00\n"
        "2026-12-31|记-1|12月保洁|环境卫生　V2|50.00||借|170.00\n"
        "2026-12||本月合计||50.00|0.00|借|170.00\n"
        "2026-12||本年累计||170.00|0.00|借|170.00\n"
        "2026-12||结转下年||||借|170.00"
    )
    assert sheet.rows[1].source[0] == "voucher"


def test_a_detail_ledger_of_one_person_holds_only_his_lines(book) -> None:
    sheet = book("detail", "2026-02", code="51401", aux_kind="person", aux_id="V2").sheets[0]

    assert "12月保洁" in shown(sheet)
    assert "修灯" not in shown(sheet)
    assert shown(sheet).startswith("2026-02||期初余额||||平|0.00")


def test_the_year_so_far_begins_before_the_months_asked_for(book) -> None:
    sheet = book("detail", "2026-02", "2026-02", code="102").sheets[0]

    assert shown(sheet) == (
        "2026-02||期初余额||||借|1780.00\n"
        "2026-02-03|记-1|2月租金|A-2|1000.00||借|2780.00\n"
        "2026-02||本月合计||1000.00|0.00|借|2780.00\n"
        "2026-02||本年累计||1900.00|120.00|借|2780.00"
    )


def test_a_bank_journal_is_kept_for_each_account_with_a_balance_a_day(book) -> None:
    first, second = book("bank").sheets

    assert shown(first) == (
        "2026-01||上年结转||||借|1000.00\n"
        "2026-01-10|记-1|1月租金|出租收入|900.00||借|1900.00\n"
        "2026-01-10|记-2|修灯|环境卫生、公益设施维护||120.00|借|1780.00\n"
        "2026-01-10||本日合计||900.00|120.00|借|1780.00\n"
        "2026-01||本月合计||900.00|120.00|借|1780.00\n"
        "2026-01||本年累计||900.00|120.00|借|1780.00\n"
        "2026-12-31|记-1|12月保洁|环境卫生||50.00|借|1730.00\n"
        "2026-12-31||本日合计||0.00|50.00|借|1730.00\n"
        "2026-12||本月合计||0.00|50.00|借|1730.00\n"
        "2026-12||本年累计||900.00|170.00|借|1730.00\n"
        "2026-12||结转下年||||借|1730.00"
    )
    assert "2月租金" in shown(second)
    assert "借|1000.00" in shown(second).splitlines()[-1]


def test_a_book_of_many_columns_has_one_for_each_account_below(book) -> None:
    sheet = book("columns", "2026-01", "2026-01", code="514").sheets[0]

    assert [column.title for column in sheet.columns[-2:]] == ["环境卫生", "公益设施维护"]
    assert shown(sheet) == (
        "2026-01||上年结转|||平|0.00||\n"
        "2026-01-10|记-2|修灯|100.00||借|100.00|100.00|\n"
        "2026-01-10|记-2|修灯|20.00||借|120.00||20.00\n"
        "2026-01||本月合计|120.00|0.00|借|120.00|100.00|20.00\n"
        "2026-01||本年累计|120.00|0.00|借|120.00|100.00|20.00"
    )


def test_columns_of_income_stand_on_the_credit_side(book) -> None:
    sheet = book("columns", "2026-01", "2026-01", code="501").sheets[0]

    assert shown(sheet).splitlines()[1] == "2026-01-10|记-1|1月租金||900.00|贷|900.00|900.00"


def test_the_general_ledger_rules_off_each_first_level_account(book) -> None:
    rows = shown(book("general").sheets[0]).splitlines()

    assert [row for row in rows if "102 " in row] == [
        "2026-01|102 银行存款|上年结转|||借|1000.00",
        "2026-01|102 银行存款|本月合计|900.00|120.00|借|1780.00",
        "2026-01|102 银行存款|本年累计|900.00|120.00|借|1780.00",
        "2026-02|102 银行存款|本月合计|1000.00|0.00|借|2780.00",
        "2026-02|102 银行存款|本年累计|1900.00|120.00|借|2780.00",
        "2026-12|102 银行存款|本月合计|0.00|50.00|借|2730.00",
        "2026-12|102 银行存款|本年累计|1900.00|170.00|借|2730.00",
        "2026-12|102 银行存款|结转下年|||借|2730.00",
    ]
    assert not [row for row in rows if "32202" in row]


def test_the_summary_of_accounts_says_which_vouchers_it_sums(book) -> None:
    sheet = book("summary", "2026-01", "2026-01").sheets[0]

    assert shown(sheet).splitlines()[-1] == "|合计|1020.00|1020.00"
    assert sheet.notes == ("记字第1号到第2号，共2张，附件0张。",)


def test_balances_by_person_name_what_each_owes(book) -> None:
    sheet = book("mutual", "2026-02", code="51401").sheets[0]

    assert shown(sheet).splitlines() == [
        "个人|V1|100.00|0.00|0.00|100.00",
        "个人|V2|0.00|50.00|0.00|50.00",
        "|合计|100.00|50.00|0.00|150.00",
    ]
    assert sheet.rows[0].source == ("aux", "51401", "person", "V1")


def test_the_chronological_list_holds_every_line(book) -> None:
    sheet = book("vouchers").sheets[0]

    assert len(sheet.rows) == 9 + 1
    assert shown(sheet).splitlines()[-1] == "||合计　4张|||2070.00|2070.00"


def test_a_turned_page_carries_the_year_and_the_balance(book) -> None:
    sheet = book("detail", code="102").sheets[0]

    leaves = turned(sheet, 5)

    assert len(leaves) > 2
    for leaf, following in pairwise(leaves):
        over, brought = leaf.rows[-1], following.rows[0]
        assert (over.cells[2], brought.cells[2]) == ("过次页", "承前页")
        assert over.cells[4:] == brought.cells[4:] == leaf.rows[-2].carry
    kept = [row for leaf in leaves for row in leaf.rows if row.cells[2] not in ("过次页", "承前页")]
    assert kept == list(sheet.rows)


def test_a_book_of_nothing_is_there_and_empty(opened, world) -> None:
    for kind in ("general", "vouchers", "summary"):
        found = journal(
            by=world.actor("agency_accountant"),
            org_ext_id="O-WILLOW-VC",
            wanted=Wanted(kind, "2026-03", "2026-03"),
        )
        assert all(row.tone == "total" for row in found.sheets[0].rows)


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted("nothing", "2026-01", "2026-12"),
        Wanted("general", "2026-13", "2026-12"),
        Wanted("general", "2026-12", "2026-01"),
        Wanted("general", "2020-01", "2026-01"),
        Wanted("detail", "2026-01", "2026-12", code="999"),
    ],
)
def test_what_cannot_be_is_not_found(wanted, opened, world) -> None:
    with pytest.raises(NotFound):
        journal(by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", wanted=wanted)


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_every_book_is_closed_to_strangers_and_takes_few_queries(kind, opened, world) -> None:
    wanted = Wanted(kind, "2026-01", "2026-12", code="102" if KINDS[kind].takes_account else "")
    with pytest.raises(NotFound):
        journal(by=world.actor("stone_cashier"), org_ext_id="O-WILLOW", wanted=wanted)
    with CaptureQueriesContext(connection) as caught:
        journal(by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", wanted=wanted)

    assert len(caught) <= 14
