"""Doors and lists: nothing out of scope, no account in full."""

from __future__ import annotations

import pytest

from sanzi.bank.errors import GatewayTimeout
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import dispatch
from sanzi.payments.models import Payment
from sanzi.payments.queries import payments as queries
from sanzi.payments.queries import registers
from sanzi.payments.queries.payments import PaymentFilter
from worlds.fake_bank import FakeBank
from worlds.money import AT, CASE, DEBIT, Money, approved_order, card, go_out, released_order

pytestmark = pytest.mark.django_db


def test_the_page_of_an_order_shows_who_may_do_what_and_masks_accounts(money, bank) -> None:
    approved_order(money)

    page = queries.order_page(by=money.actor("agency_cashier"), case_number=CASE)

    assert (page.state, page.counts, page.may_instruct, page.may_release) == (
        "APPROVED", {"APPROVED": 4}, True, False,
    )  # fmt: skip
    assert page.debit_account_masked == "2010*******0001"
    assert card(1) not in repr(page)
    assert DEBIT not in repr(page)
    go_out(money)
    page = queries.order_page(by=money.actor("village_secretary"), case_number=CASE)
    assert [one.state for one in page.messages] == ["READY"]


def test_another_villages_order_and_an_absent_one_look_alike(money: Money) -> None:
    approved_order(money)

    for by, case_number in (
        (money.actor("stone_cashier"), CASE),
        (money.actor("agency_cashier"), "M10-NONE"),
    ):
        with pytest.raises(NotFound):
            queries.order_page(by=by, case_number=case_number)


def test_payments_are_listed_in_pages_within_scope(money: Money) -> None:
    approved_order(money)
    by = money.actor("town_agri_head")

    found = queries.payments(by=by, narrowed=PaymentFilter(), page=2, page_size=3)
    assert (found.total, found.page, found.page_count, len(found.rows)) == (4, 2, 2, 1)
    assert found.rows[0].line.line_no == 4
    for narrowed, count in (
        (PaymentFilter(status="SETTLED"), 0),
        (PaymentFilter(division_code="999901101201"), 4),
        (PaymentFilter(division_code="999901101202"), 0),
        (PaymentFilter(since=AT.date(), until=AT.date()), 4),
        (PaymentFilter(payee="王一"), 4),
    ):
        assert queries.payments(by=by, narrowed=narrowed).total == count
    outside = queries.payments(by=money.actor("stone_cashier"), narrowed=PaymentFilter())
    assert outside.total == 0


def test_silent_messages_say_that_nothing_was_paid_again(money: Money, bank: FakeBank) -> None:
    def fall_silent(_msg_id: str):
        raise GatewayTimeout

    bank.on_send = fall_silent
    released_order(money)
    dispatch.work(AT)
    by = money.actor("agency_reviewer")

    (row,) = queries.silent(by=by)

    assert row.next_step == "银行还没有回话。没有再付一次，等对账单来定。"
    assert [one.msg_id for one in queries.in_flight(by=by)] == [row.msg_id]
    assert queries.silent(by=money.actor("stone_cashier")) == []


def test_balances_are_those_of_the_scope(money: Money) -> None:
    def seen(role: str) -> list[registers.AccountRow]:
        only = registers.AccountFilter()
        found = registers.accounts(by=money.actor(role), only=only, today=AT.date())
        return registers.rows_of(list(found))

    (account,) = seen("agency_cashier")

    assert (account.ext_id, account.balance_fen) == ("A-WILLOW", None)
    assert seen("stone_cashier") == []


def test_the_page_of_an_order_reads_the_part_that_is_shown(
    money: Money, django_assert_num_queries
) -> None:
    approved_order(money)
    by = money.actor("agency_cashier")
    Payment.objects.filter(line_no=3).update(status="REJECTED", payee_check="NO_MATCH")

    with django_assert_num_queries(5):
        order = queries.order_page(by=by, case_number=CASE)
        (third,) = order.lines.of("REJECTED")[0:50]
        worst = order.lines.ahead(["NO_MATCH"])[:2]

    with django_assert_num_queries(0):
        assert (len(order.lines), len(order.lines.of("REJECTED"))) == (4, 1)
        assert order.counts == {"APPROVED": 3, "REJECTED": 1}
        assert order.fen_by_status["REJECTED"] == third.amount_fen == 28_653
    assert [one.line_no for one in worst] == [3, 1]
    assert [one.line_no for one in order.lines] == [1, 2, 3, 4]
    assert [one.line_no for one in order.lines[1:3]] == [2, 3]
    assert (order.lines[0].line_no, order.lines[-1].line_no) == (1, 4)
    assert (order.lines[4:9], order.lines.of("SETTLED")[:50]) == ((), ())
    with pytest.raises(IndexError):
        order.lines[4]
