"""Reads: balances roll up, ledgers run on over pages, masked vouchers lead to nobody."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flushing import lifted_triggers
from sanzi.ledger import queries
from sanzi.ledger.actions.loading import load_openings
from sanzi.ledger.models import NumberHead, VoucherLine
from sanzi.orgs.actors import SYSTEM
from sanzi.orgs.errors import NotFound
from worlds import village
from worlds.books import book_rows

TWO_MONTHS = """
2026-10-08 10月保洁费 | payment:P1
  51401 person:V1    300.00
  51401 person:V2    200.00
  102 account:A-1   -500.00
2026-11-02 11月租金 | receipt:R1
  102 account:A-1   9000.00
  50103            -9000.00
2026-11-05 11月保洁费 | payment:P2
  51401 person:V1    310.00
  51402               90.50
  102 account:A-1   -400.50
"""


@pytest.fixture
def opened(post, world) -> None:
    load_openings(book_rows("O-WILLOW", {"102": 100000, "32202": -100000}), by=SYSTEM, at=world.at)
    post(TWO_MONTHS)


def test_the_trial_balance_carries_opening_movement_and_closing(opened, balances) -> None:
    assert balances("2026-11") == (
        "102 500.00 9000.00 400.50 9099.50\n"
        "322 -1000.00 0.00 0.00 -1000.00\n"
        "32202 -1000.00 0.00 0.00 -1000.00\n"
        "501 0.00 0.00 9000.00 -9000.00\n"
        "50103 0.00 0.00 9000.00 -9000.00\n"
        "514 500.00 400.50 0.00 900.50\n"
        "51401 500.00 310.00 0.00 810.00\n"
        "51402 0.00 90.50 0.00 90.50"
    )


def test_the_trial_balance_takes_a_fixed_number_of_queries(opened, world) -> None:
    actor = world.actor("agency_accountant")

    with CaptureQueriesContext(connection) as caught:
        queries.trial_balance(by=actor, org_ext_id="O-WILLOW", period="2026-11")

    assert len(caught) == 5  # one of them asks what the county has approved


def test_an_account_runs_on_from_its_opening(opened, world) -> None:
    page = queries.account_ledger(
        by=world.actor("agency_accountant"),
        org_ext_id="O-WILLOW",
        account_code="102",
        first_period="2026-11",
        last_period="2026-11",
    )

    assert (page.opening_fen, page.debit_fen, page.credit_fen) == (50000, 900000, 40050)
    assert [(row.label, row.balance_fen) for row in page.rows] == [
        ("记-1", 950000),
        ("记-2", 909950),
    ]
    assert page.closing_fen == 909950


def test_pages_of_an_account_carry_the_balance_forward(opened, world, post) -> None:
    post(
        "\n".join(
            f"2026-11-06 零星{n} | payment:Q{n}\n 51499 1.00\n 102 account:A-1 -1.00"
            for n in range(60)
        )
    )

    def page(number: int) -> queries.AccountLedger:
        return queries.account_ledger(
            by=world.actor("agency_accountant"),
            org_ext_id="O-WILLOW",
            account_code="102",
            first_period="2026-10",
            last_period="2026-11",
            page=number,
        )

    first, second = page(1), page(2)
    assert (first.page_count, len(first.rows), len(second.rows)) == (2, 50, 13)
    assert first.rows[-1].balance_fen == second.brought_forward_fen
    assert second.rows[-1].balance_fen == second.closing_fen == 903950
    with pytest.raises(NotFound):
        page(3)


def test_a_first_level_account_shows_its_details(opened, world) -> None:
    page = queries.account_ledger(
        by=world.actor("village_secretary"),
        org_ext_id="O-WILLOW",
        account_code="514",
        first_period="2026-11",
        last_period="2026-11",
    )

    assert [(row.account_code, row.balance_fen) for row in page.rows] == [
        ("51401", 81000),
        ("51402", 90050),
    ]


def test_out_of_scope_and_absent_look_alike(opened, world) -> None:
    voucher = VoucherLine.objects.first().voucher.ext_id
    stranger, cashier = world.actor("stone_cashier"), world.actor("agency_cashier")
    texts = set()
    for actor in (stranger, cashier):
        for call in (
            lambda by: queries.access_voucher(by=by, ext_id=voucher),
            lambda by: queries.access_voucher(by=by, ext_id="V-NONE"),
            lambda by: queries.trial_balance(by=by, org_ext_id="O-WILLOW", period="2026-11"),
            lambda by: queries.trial_balance(by=by, org_ext_id="O-NONE", period="2026-11"),
            lambda by: queries.vouchers(by=by, org_ext_id="O-WILLOW", period="2026-11"),
            lambda by: queries.periods(by=by, org_ext_id="O-WILLOW"),
        ):
            with pytest.raises(NotFound) as caught:
                call(actor)
            texts.add(caught.value.text)

    assert len(texts) == 1
    assert queries.books(by=stranger) == []
    accountant = world.actor("agency_accountant")
    assert [book.org_ext_id for book in queries.books(by=accountant)] == ["O-WILLOW", "O-WILLOW-VC"]


def test_a_bad_period_is_not_found(world) -> None:
    with pytest.raises(NotFound):
        queries.trial_balance(
            by=world.actor("agency_accountant"), org_ext_id="O-WILLOW", period="2026-13"
        )


def test_a_masked_voucher_leads_to_nobody(world, post) -> None:
    villager = village.villager(world, "王秀英")
    (posted,) = post(f"""
        2026-11-03 保洁费 | payment:P1
          51401 person:{villager.ext_id}  120.00
          102 account:A-1                -120.00
    """)

    page = queries.masked_voucher(ext_id=posted.ext_id, division_code=village.WILLOW)

    assert [(row.account_name, row.aux, row.aux_id) for row in page.lines] == [
        ("环境卫生", "王*英", ""),
        ("银行存款", "", ""),
    ]
    assert "王秀英" not in repr(page)
    assert "A-1" not in repr(page)
    with pytest.raises(NotFound):
        queries.masked_voucher(ext_id=posted.ext_id, division_code=village.STONE)


def test_a_head_that_lies_is_found(opened) -> None:
    assert queries.verify_book("O-WILLOW") == []

    with lifted_triggers():
        NumberHead.objects.filter(period="2026-11").update(last_number=3)

    (fault,) = queries.verify_book("O-WILLOW")
    assert fault.endswith("2026-11 记：最后一号和凭证对不上")


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ("UPDATE ledger_voucher SET summary = '改过' WHERE number = 2", "校验值对不上"),
        ("UPDATE ledger_voucherline SET debit_fen = 31001 WHERE debit_fen = 31000", "借贷不平"),
        ("DELETE FROM ledger_voucherline WHERE debit_fen = 9050", "行号不全"),
        ("UPDATE ledger_voucher SET number = 7 WHERE number = 2", "前面缺号，上一张是1"),
        ("UPDATE ledger_voucher SET previous_hash = '' WHERE number = 2", "接不上"),
    ],
)
def test_what_the_owner_of_the_file_changes_is_found(change: str, found: str, opened) -> None:
    """Triggers lifted, as the owner of a database can."""
    with lifted_triggers(), connection.cursor() as cursor:
        cursor.execute(change)

    assert any(found in fault for fault in queries.verify_book("O-WILLOW"))
