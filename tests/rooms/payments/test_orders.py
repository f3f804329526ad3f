"""Orders from draft to approval: what is taken and refused; a refusal writes nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sanzi.audit.models import Event
from sanzi.kernel.money import MAX_FEN
from sanzi.orgs import secrets
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import orders, release
from sanzi.payments.errors import (
    LineNotReopenable,
    NoCash,
    OrderIncomplete,
    OrderStands,
    PayeeLineWrong,
    PayeeNotPayable,
    WrongField,
)
from sanzi.payments.models import Payment, PaymentOrder
from worlds.money import AT, CASE, Money, approved_order, card, fields, lines

pytestmark = pytest.mark.django_db


def save(money: Money, said=None, **changed: str):
    return orders.save_draft(
        case_number=CASE,
        by=money.actor("cashier_reporter"),
        at=AT,
        fields=fields(money, **changed),
        lines=lines(money) if said is None else said,
    )


def test_a_draft_holds_the_payees_sealed_with_their_index(money: Money) -> None:
    summary = save(money)

    assert (summary.state, summary.payment_count) == ("DRAFT", 4)
    assert summary.amount_fen == 4 * 28_650 + 1 + 2 + 3 + 4
    first = Payment.objects.get(line_no=1)
    assert first.payee_person == money.payees[0]
    assert first.account_index == secrets.index("account", card(1))
    assert first.account_tail == card(1)[-4:]
    assert card(1) not in first.sealed_account
    assert secrets.reveal("account", first.sealed_account) == card(1)


def test_saving_again_keeps_the_ids_of_the_lines_and_drops_the_rest(money: Money) -> None:
    save(money)
    before = dict(Payment.objects.values_list("line_no", "ext_id"))
    Payment.objects.update(payee_check="MATCH")

    said = lines(money)
    save(money, [said[0], replace(said[1], amount_fen=500), said[2]])

    assert dict(Payment.objects.values_list("line_no", "ext_id")) == {
        number: before[number] for number in (1, 2, 3)
    }
    checks = dict(Payment.objects.values_list("line_no", "payee_check"))
    assert checks == {1: "MATCH", 2: "", 3: "MATCH"}


def test_an_account_left_empty_is_the_registered_one(money: Money) -> None:
    said = [replace(lines(money)[0], account="", bank_code="")]

    save(money, said)

    assert Payment.objects.get().account_index == secrets.index("account", card(1))


def test_a_payee_is_found_by_account_when_no_id_is_given(money: Money) -> None:
    save(money, [replace(lines(money)[1], ext_id="")])

    assert Payment.objects.get().payee_person == money.payees[1]


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"amount_fen": 0}, "大于零"),
        ({"amount_fen": -5}, "大于零"),
        ({"amount_fen": MAX_FEN + 1}, "12位"),
        ({"account": "6228-abc"}, "数字"),
        ({"bank_code": "402999901011"}, "联行号"),
        ({"ext_id": "V-NOBODY"}, "不在名册"),
        ({"payee_name": "  "}, "户名"),
        ({"kind": "cat"}, "个人"),
    ],
    ids=["zero", "negative", "13-figures", "account", "bank-code", "payee", "name", "kind"],
)
def test_a_wrong_line_is_refused_by_its_number_and_nothing_is_saved(
    money: Money, changed: dict[str, object], why: str
) -> None:
    said = lines(money)
    said[2] = replace(said[2], **changed)

    with pytest.raises(PayeeLineWrong) as refused:
        save(money, said)

    assert "第3行" in refused.value.text
    assert why in refused.value.text
    assert PaymentOrder.objects.count() == Payment.objects.count() == 0


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"method": "cash"}, NoCash),
        ({"method": "cheque"}, NoCash),
        ({"handler": "P-NOBODY"}, WrongField),
        ({"budget_line": "BL-OTHER"}, WrongField),
        ({"fund_code": "F-OTHER"}, WrongField),
        ({"debit_account": "A-V1"}, WrongField),
        ({"organisation": "O-NOWHERE"}, NotFound),
        ({"organisation": "O-STONE"}, NotFound),
    ],
    ids=lambda value: str(value) if isinstance(value, dict) else "",
)
def test_a_wrong_field_is_refused_and_nothing_is_saved(money, changed, refusal) -> None:
    with pytest.raises(refusal):
        save(money, **changed)

    assert PaymentOrder.objects.count() == 0


@pytest.mark.parametrize("missing", ["purpose", "subject_code", "handler"])
def test_an_incomplete_order_is_not_submitted(money: Money, missing: str) -> None:
    save(money, **{missing: ""})

    with pytest.raises(OrderIncomplete):
        orders.submit(case_number=CASE, by=money.actor("cashier_reporter"), at=AT)

    assert PaymentOrder.objects.get().state == "DRAFT"
    assert not Event.objects.filter(kind="payments.order.submitted").exists()


def test_a_submitted_order_cannot_be_changed_until_it_is_taken_back(money: Money) -> None:
    reporter = money.actor("cashier_reporter")
    save(money)
    orders.submit(case_number=CASE, by=reporter, at=AT)

    with pytest.raises(OrderStands):
        save(money, lines(money)[:1])
    assert Payment.objects.count() == 4

    orders.take_back(case_number=CASE, by=reporter, at=AT)
    save(money, lines(money)[:1])
    assert Payment.objects.get().status == "DRAFT"


def test_the_last_approval_fixes_the_digest_and_tells_the_log(money: Money) -> None:
    order = approved_order(money)

    assert len(order.approved_digest) == 64
    event = Event.objects.get(kind="payments.order.approved")
    assert order.approved_digest in event.change
    assert card(1) not in event.change
    assert set(Payment.objects.values_list("status", flat=True)) == {"APPROVED"}


@pytest.mark.parametrize("verdict", ["NO_MATCH", "ID_MISMATCH", "NOT_FOUND", "CLOSED"])
def test_a_payee_the_bank_does_not_know_is_not_approved(money: Money, verdict: str) -> None:
    reporter = money.actor("cashier_reporter")
    save(money)
    orders.submit(case_number=CASE, by=reporter, at=AT)
    Payment.objects.filter(line_no=2).update(payee_check=verdict)

    with pytest.raises(PayeeNotPayable) as refused:
        orders.approve(case_number=CASE, by=money.actor("village_secretary"), at=AT)

    assert "第2行" in refused.value.text
    assert PaymentOrder.objects.get().approved_digest == ""


def test_another_villages_order_is_not_found(money: Money) -> None:
    save(money)

    with pytest.raises(NotFound):
        orders.submit(case_number=CASE, by=money.actor("stone_cashier"), at=AT)


def test_an_order_is_cancelled_whole_before_it_goes_to_the_bank(money: Money) -> None:
    approved_order(money)

    summary = orders.cancel(case_number=CASE, by=money.actor("village_secretary"), at=AT)

    assert summary.state == "CANCELLED"
    assert set(Payment.objects.values_list("status", flat=True)) == {"CANCELLED"}
    with pytest.raises(OrderStands):
        orders.cancel(case_number=CASE, by=money.actor("village_secretary"), at=AT)


def test_a_line_whose_fate_is_open_is_not_reopened(money: Money) -> None:
    approved_order(money)
    PaymentOrder.objects.update(state="RELEASED")

    for status in ("APPROVED", "SUBMITTING", "UNKNOWN", "ACCEPTED", "SETTLED"):
        Payment.objects.filter(line_no=1).update(status=status)
        with pytest.raises(LineNotReopenable):
            orders.reopen_line(
                case_number=CASE,
                line_no=1,
                by=money.actor("cashier_reporter"),
                at=AT,
                corrected=lines(money)[0],
            )

    assert PaymentOrder.objects.get().state == "RELEASED"


def test_a_reopened_line_changes_its_account_only(money: Money) -> None:
    approved_order(money)
    PaymentOrder.objects.update(state="PART_SETTLED")
    Payment.objects.filter(line_no=1).update(status="REJECTED")
    reopen = {"case_number": CASE, "line_no": 1, "by": money.actor("cashier_reporter"), "at": AT}
    said = lines(money)[0]

    for wrong in (replace(said, amount_fen=1), replace(said, ext_id="V2")):
        with pytest.raises(WrongField):
            orders.reopen_line(**reopen, corrected=wrong)
    orders.reopen_line(**reopen, corrected=replace(said, account="6228480009999999999"))

    line = Payment.objects.get(line_no=1)
    assert (line.status, line.payee_check, line.account_tail) == ("SUBMITTED", "", "9999")
    assert PaymentOrder.objects.get().state == "SUBMITTED"


def test_an_approved_order_that_is_returned_must_be_approved_anew(money: Money) -> None:
    approved_order(money)
    release.instruct(case_number=CASE, by=money.actor("agency_cashier"), at=AT)

    taken = orders.take_back(case_number=CASE, by=money.actor("agency_reviewer"), at=AT)

    assert (taken.state, taken.approved_digest) == ("DRAFT", "")
    assert set(Payment.objects.values_list("status", flat=True)) == {"DRAFT"}
    with pytest.raises(OrderStands):
        release.release(case_number=CASE, by=money.actor("agency_reviewer"), at=AT)
