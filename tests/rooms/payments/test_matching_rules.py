"""Which lines belong together, line by line; what is ambiguous stays."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from sanzi.payments.matching_rules import Found, OpenLine, Rule, match, plain_name

DAY = date(2026, 11, 3)
TODAY = date(2026, 11, 30)


def line(key: int, fen: int, *, day: int = 0, **said) -> OpenLine:
    kept = {
        name: frozenset({value}) if isinstance(value, str) and name != "e2e" else value
        for name, value in said.items()
    }
    return OpenLine(key, fen, DAY + timedelta(days=day), **kept)


def rules(book: list[OpenLine], bank: list[OpenLine], today: date = TODAY) -> list[Found]:
    return match(book, bank, today)


def test_the_same_end_to_end_id_and_amount_belong_together_whatever_the_day() -> None:
    found = rules([line(1, -500, e2e="P1")], [line(9, -500, day=20, e2e="P1")])

    assert found == [Found(Rule.E2E, (1,), (9,))]


def test_a_payment_never_meets_its_own_return() -> None:
    book = [line(1, -500, e2e="P1"), line(2, 500, e2e="P1")]
    bank = [line(8, 500, e2e="P1"), line(9, -500, e2e="P1")]

    assert rules(book, bank) == [Found(Rule.E2E, (1,), (9,)), Found(Rule.E2E, (2,), (8,))]


def test_an_id_with_another_amount_stays_for_hand() -> None:
    assert rules([line(1, -500, e2e="P1")], [line(9, -501, e2e="P1")]) == []


def test_the_banks_number_joins_what_has_no_id() -> None:
    found = rules([line(1, 700, refs="B:77")], [line(9, 700, day=-9, refs="B:77")])

    assert found == [Found(Rule.REFERENCE, (1,), (9,))]


@pytest.mark.parametrize(("days", "is_found"), [(3, True), (-3, True), (4, False), (-4, False)])
def test_account_and_amount_join_within_three_days(days: int, is_found: bool) -> None:
    found = rules([line(1, -500, accounts="A")], [line(9, -500, day=days, accounts="A")])

    assert [one.rule for one in found] == [Rule.ACCOUNT] * is_found


def test_two_candidates_on_either_side_stay_for_hand() -> None:
    twice = [line(8, -500, accounts="A"), line(9, -500, day=1, accounts="A")]
    once = [line(1, -500, accounts="A")]

    assert rules(once, twice) == []
    assert rules(twice, once) == []


def test_an_id_leaves_the_neighbour_with_the_same_amount_alone_on_both_sides() -> None:
    book = [line(1, -500, accounts="A", e2e="P1"), line(2, -500, day=1, accounts="A")]
    bank = [line(8, -500, accounts="A", e2e="P1"), line(9, -500, day=1, accounts="A")]

    assert rules(book, bank) == [Found(Rule.E2E, (1,), (8,)), Found(Rule.ACCOUNT, (2,), (9,))]


def test_another_known_id_is_never_taken_by_account_or_name() -> None:
    book = [line(1, -500, accounts="A", names="王一", e2e="P1")]
    bank = [line(9, -500, accounts="A", names="王一", e2e="P2")]

    assert rules(book, bank) == []


def test_a_bank_line_of_a_known_payment_waits_for_that_payments_voucher() -> None:
    assert rules([line(1, -500, accounts="A")], [line(9, -500, accounts="A", own="P:7")]) == []


def test_names_join_on_the_same_day_unless_the_accounts_differ() -> None:
    assert rules([line(1, 500, names="王一")], [line(9, 500, names="王一")])[0].rule == Rule.NAME
    assert rules([line(1, 500, names="王一")], [line(9, 500, day=1, names="王一")]) == []
    swapped = [line(9, 500, names="王一", accounts="B")]
    assert rules([line(1, 500, names="王一", accounts="A")], swapped) == []


def test_names_are_compared_without_width_space_and_dot() -> None:
    assert plain_name("青石镇（农机）服务 公司") == plain_name("青石镇(农机)服务公司")
    assert plain_name("买买提·江") == plain_name("买买提江")


def test_a_batch_of_one_voucher_meets_all_its_bank_lines_and_only_when_they_are_all_there() -> None:
    book = [line(1, -600, batches=("M:1", "V:1", ""))]
    bank = [line(key, -200, batches=("M:1", "", "")) for key in (7, 8, 9)]

    assert rules(book, bank) == [Found(Rule.BATCH, (1,), (7, 8, 9))]
    assert rules(book, bank[:2]) == []


def test_one_sum_of_the_bank_meets_all_vouchers_of_the_message() -> None:
    book = [line(key, -200, batches=("M:1", f"V:{key}", "")) for key in (1, 2)]

    assert rules(book, [line(9, -400, batches=("M:1", "", ""))]) == [
        Found(Rule.BATCH, (1, 2), (9,))
    ]


def test_the_sum_of_a_day_meets_one_voucher_of_the_same_payer() -> None:
    bank = [line(8, 300, names="收款码"), line(9, 450, names="收款码")]

    assert rules([line(1, 750, names="收款码")], bank) == [Found(Rule.BATCH, (1,), (8, 9))]
    assert rules([line(1, 750, names="别人")], bank) == []


def test_a_red_voucher_and_what_it_strikes_out_leave_the_right_one_to_the_bank() -> None:
    book = [
        line(1, -500, e2e="P1", cancels=frozenset({"X:1"})),
        line(2, 500, day=5, cancels=frozenset({"X:1", "S:2"})),
        line(3, -500, day=5, e2e="P1", cancels=frozenset({"X:3", "S:2"})),
    ]

    assert rules(book, [line(9, -500, e2e="P1")]) == [
        Found(Rule.CANCEL, (1, 2), ()),
        Found(Rule.E2E, (3,), (9,)),
    ]


def test_a_red_and_a_blue_voucher_cancel_when_the_first_is_matched_already() -> None:
    book = [
        line(2, 500, cancels=frozenset({"X:1", "S:2"})),
        line(3, -500, cancels=frozenset({"X:3", "S:2"})),
    ]

    assert rules(book, []) == [Found(Rule.CANCEL, (2, 3), ())]


def test_a_payment_that_came_back_cancels_on_the_banks_side_after_three_days() -> None:
    bank = [
        line(8, -500, e2e="P1", cancels="E:P1"),
        line(9, 500, day=2, e2e="P1", cancels="E:P1"),
    ]

    assert rules([], bank, today=DAY + timedelta(days=4)) == []
    assert rules([], bank, today=DAY + timedelta(days=5)) == [Found(Rule.CANCEL, (), (8, 9))]
