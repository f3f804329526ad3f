"""The disclosure board: itemised, masked, money, debts, assets and funds as the books have them."""

from __future__ import annotations

import pytest

from sanzi.ledger.errors import NoFigures
from sanzi.ledger.queries import board
from sanzi.orgs.errors import NotFound
from worlds import village

MONTH = """
2026-11-02 收厂房租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-11-03 上级专项款 | receipt:R2
  102 account:A-1   5000.00
  241              -5000.00
2026-11-05 发保洁工钱 | payment:P1
  51401 person:{person}  310.00
  102 account:A-1   -310.00
2026-11-06 买办公桌 | payment:P2
  1510299            800.00
  102 account:A-1   -800.00
2026-11-06 专项款形成资产 | manual:M1
  241                800.00
  31102             -800.00
2026-11-07 欠承包款 | manual:M2
  11301 household:H1 200.00
  50104             -200.00
"""


@pytest.fixture
def shown(post, world):
    person = village.villager(world, "王小二")
    post(MONTH.format(person=person.ext_id))
    return board.board(by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", period="2026-11")


def test_income_and_spending_stand_item_by_item_with_persons_masked(shown) -> None:
    income, spent = shown.tables[:2]

    assert income.rows == (
        ("2026-11-02", "记-1", "租赁收入", "收厂房租金", "", 900000),
        ("2026-11-03", "记-2", "上级专项补助", "上级专项款", "", 500000),
        ("2026-11-07", "记-6", "发包及上交收入", "欠承包款", "", 20000),
    )
    assert income.total == ("合计", "", "", "", "", 1420000)
    assert spent.rows == (
        ("2026-11-05", "记-3", "集体公益福利支出", "发保洁工钱", "王*二", 31000),
        ("2026-11-06", "记-4", "固定资产购建支出", "买办公桌", "", 80000),
    )


def test_money_debts_assets_and_funds_stand_as_the_books_have_them(shown) -> None:
    money, debts, assets, funds = shown.tables[2:]

    assert money.rows == (("银行存款", 0, 1400000, 111000, 1289000),)
    assert debts.rows == (("王*二", "应收承包金和租金", 0, 20000, 0, 20000),)
    assert assets.rows == (("非经营性固定资产／其他", 0, 80000, 0, 80000),)
    assert assets.note == "土地等资源的变动账上没有，看资源台账"
    assert funds.rows == (("专项应付款", 0, 500000, 80000, 420000),)
    assert funds.total == ("合计", 0, 500000, 80000, 420000)


def test_a_board_without_figures_or_out_of_scope_is_refused(shown, world) -> None:
    with pytest.raises(NoFigures):
        board.board(by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", period="2025-11")
    with pytest.raises(NotFound):
        board.board(by=world.actor("stone_cashier"), org_ext_id="O-WILLOW", period="2026-11")
