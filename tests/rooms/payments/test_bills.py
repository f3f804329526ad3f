"""Bills: a number without gaps, a reference that finds its way back, money that books itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from sanzi.audit.models import Event
from sanzi.bank.port import Entry
from sanzi.kernel import references
from sanzi.kernel.errors import BadPhone
from sanzi.ledger.models import Voucher, VoucherDraft, VoucherLine
from sanzi.notices import outbox
from sanzi.notices.models import Notice
from sanzi.orgs.errors import NotFound
from sanzi.payments import errors
from sanzi.payments.actions import bills, claims, statements, voids
from sanzi.payments.actions.bills import BillFields
from sanzi.payments.actions.claims import Part
from sanzi.payments.actions.income import ReceiptFields
from sanzi.payments.models import BankTransaction, Bill, Receipt
from sanzi.payments.queries import bills as queries
from sanzi.payments.queries import unclaimed
from sanzi.payments.queries.bills import BillFilter
from sanzi.payments.queries.unclaimed import CreditFilter
from worlds.money import AT, Money

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 18)
RENT = BillFields(
    organisation="O-WILLOW",
    kind="rent",
    purpose="厂房四季度租金",
    amount_fen=4_500_000,
    due_date=date(2026, 11, 30),
    payer_name="青石机械厂",
    phone="13800138000",
)


def issue(money: Money, role: str = "cashier_reporter", **changed: Any) -> bills.IssuedBill:
    return bills.issue_bill(fields=replace(RENT, **changed), by=money.actor(role), at=AT)


def pay(
    money: Money, memo: str, amount_fen: int = 4_500_000, seq: int = 1, **changed: Any
) -> BankTransaction:
    entry = Entry(
        seq=seq,
        booked_at=AT,
        amount_fen=amount_fen,
        is_credit=True,
        bank_ref=f"BK{seq}",
        **{"party_name": "青石机械厂", "memo": memo, **changed},
    )
    statements.import_notices(account_id=money.account.pk, entries=[entry], at=AT)
    return BankTransaction.objects.get(bank_ref=f"BK{seq}")


def claim(money: Money, line: BankTransaction, *parts: Part) -> list[Any]:
    return claims.claim(
        bank_line=line.ext_id, parts=parts, by=money.actor("agency_accountant"), at=AT
    )


def suggested(money: Money) -> list[unclaimed.Suggestion]:
    found = unclaimed.waiting(by=money.actor("agency_accountant"), only=CreditFilter())
    return [one for credit in unclaimed.with_suggestions(list(found)) for one in credit.suggestions]


def test_a_reference_survives_what_people_do_to_a_memo() -> None:
    made = references.new_reference()

    assert references.is_reference(made)
    for memo in (
        made,
        f"租金{made}谢谢",
        f"租金 {references.grouped(made).lower()}",
        f"{made[:5]}-{made[5:]}",
        made.replace("0", "O").replace("1", "l"),
        "".join(chr(ord(one) + 0xFEE0) for one in made),
    ):
        assert references.found_in(memo) == (made,), memo
    wrong = made[:-1] + ("2" if made[-1] != "2" else "3")
    assert references.found_in(wrong) == ()
    assert references.found_in("") == ()


def test_the_code_on_a_bill_says_all_that_a_payer_needs() -> None:
    to_pay = references.ToPay("柳湾村股份经济合作社", "2010001", "402999", 126_050, "JK00000000")

    text = references.text_to_pay(to_pay)

    assert text.splitlines()[3:] == ["金额：1260.50", "附言：JK00000000"]
    assert references.read_to_pay(text) == to_pay
    with pytest.raises(ValueError, match="no line"):
        references.read_to_pay("hello")


def test_a_village_cashier_issues_bills_with_numbers_without_gaps(money: Money) -> None:
    first = issue(money)
    with pytest.raises(errors.BillWrong):
        issue(money, amount_fen=0)
    second = issue(money, payer_name="", payer_person="V1", kind="contracting")

    assert (first.number, second.number) == ("2026-000001", "2026-000002")
    assert first.reference != second.reference
    rent, pond = Bill.objects.order_by("pk")
    assert (rent.subject_code, rent.account.ext_id, rent.state) == ("50103", "A-WILLOW", "OPEN")
    assert (pond.payer_name, pond.subject_code, bool(pond.sealed_phone)) == (
        "王一一二", "50104", True,
    )  # fmt: skip
    events = Event.objects.filter(kind="payments.bill.issued")
    assert events.count() == 2
    view = queries.access_bill(by=money.actor("cashier_reporter"), ext_id=first.ext_id, today=TODAY)
    assert references.read_to_pay(view.text_to_pay).reference == first.reference


def test_numbers_that_an_import_brought_are_passed_over(money: Money) -> None:
    issue(money)
    Bill.objects.update(number="2026-000002")

    assert issue(money).number == "2026-000003"


@pytest.mark.parametrize(
    ("changed", "refusal"),
    [
        ({"kind": "interest"}, errors.BillWrong),
        ({"kind": "gift"}, errors.BillWrong),
        ({"purpose": " "}, errors.BillWrong),
        ({"amount_fen": -1}, errors.BillWrong),
        ({"due_date": date(2026, 11, 17)}, errors.BillWrong),
        ({"due_date": date(2032, 1, 1)}, errors.BillWrong),
        ({"payer_name": ""}, errors.BillWrong),
        ({"payer_person": "V99"}, errors.BillWrong),
        ({"payer_counterparty": "C99"}, errors.BillWrong),
        ({"account": "A-V1"}, errors.BillWrong),
        ({"subject_code": "51404"}, errors.BillWrong),
        ({"phone": "12"}, BadPhone),
        ({"organisation": "O-STONE"}, NotFound),
        ({"organisation": "O-NOWHERE"}, NotFound),
    ],
)
def test_a_bill_that_does_not_hold_is_not_issued(
    money: Money, changed: dict[str, Any], refusal: type[Exception]
) -> None:
    events = Event.objects.count()

    with pytest.raises(refusal):
        issue(money, **changed)

    assert Bill.objects.count() == 0
    assert Event.objects.count() == events
    assert issue(money).number == "2026-000001"


def test_who_may_not_bill_finds_nothing(money: Money) -> None:
    for role in ("agency_cashier", "committee_member", "county_agri", "stone_cashier"):
        with pytest.raises(NotFound):
            issue(money, role)

    assert Bill.objects.count() == 0


def test_money_under_the_reference_is_receipted_booked_and_told_by_itself(money: Money) -> None:
    bill = issue(money)

    line = pay(money, f"付租金 {references.grouped(bill.reference).lower()}")

    receipt = Receipt.objects.get()
    assert (receipt.number, receipt.bill.ext_id, line.receipt) == (
        "2026-000001", bill.ext_id, receipt,
    )  # fmt: skip
    assert VoucherLine.objects.get(account_code="50103").credit_fen == 4_500_000
    assert Voucher.objects.get().ext_id == receipt.voucher_ext_id
    paid = Bill.objects.get()
    assert (paid.state, paid.paid_fen, paid.paid_at) == ("PAID", 4_500_000, AT)
    text = Notice.objects.get()
    assert outbox.wording(text.template, text.params) == (
        "青石机械厂您好，柳湾村股份经济合作社于11月18日收到您交的厂房四季度租金45,000.00元，"
        "收据号2026-000001。如有疑问请联系12345。"
    )
    assert suggested(money) == []
    pay(money, bill.reference)  # the same notice again
    assert Receipt.objects.count() == 1


def test_a_second_payment_under_one_reference_waits_with_a_word(money: Money) -> None:
    bill = issue(money)
    pay(money, bill.reference)

    line = pay(money, bill.reference, seq=2)

    assert line.receipt is None
    said = suggested(money)[0]
    assert (said.what, said.is_sure) == ("bill_done", False)
    assert "已经交清，可能交重了" in said.words


@pytest.mark.parametrize(
    ("amount", "what", "words", "is_sure"),
    [
        (2_000_000, "bill_part", "还差25,000.00元", True),
        (4_600_000, "bill_over", "多交了1,000.00元", False),
    ],
)
def test_less_or_more_than_the_bill_waits_for_a_person(
    money: Money, amount: int, what: str, words: str, is_sure: bool
) -> None:
    bill = issue(money)

    line = pay(money, bill.reference, amount)

    assert line.receipt is None
    assert Bill.objects.get().state == "OPEN"
    said = suggested(money)[0]
    assert (said.what, said.is_sure) == (what, is_sure)
    assert words in said.words


def test_part_payments_add_up_to_the_bill(money: Money) -> None:
    bill = issue(money)
    line = pay(money, bill.reference, 2_000_000)

    claim(money, line, Part(2_000_000, bill=bill.ext_id))

    assert (Bill.objects.get().state, Bill.objects.get().paid_fen) == ("PART", 2_000_000)
    assert "还差25,000.00元" in outbox.wording("bill_paid", Notice.objects.get().params)
    pay(money, bill.reference, 2_500_000, seq=2)
    assert Bill.objects.get().state == "PAID"
    assert Receipt.objects.count() == 2


def test_of_too_much_the_bill_takes_its_own_and_the_rest_is_said_apart(money: Money) -> None:
    bill = issue(money)
    line = pay(money, bill.reference, 4_600_000)
    rest = ReceiptFields("other", "50103", "预收明年租金", "青石机械厂")

    made = claim(money, line, Part(4_500_000, bill=bill.ext_id), Part(100_000, fields=rest))

    assert [one.number for one in made] == ["2026-000001", "2026-000002"]
    assert Voucher.objects.count() == 2
    assert Bill.objects.get().state == "PAID"
    line.refresh_from_db()
    assert set(line.receipts.values_list("amount_fen", flat=True)) == {4_500_000, 100_000}
    with pytest.raises(errors.SharedLine):
        voids.void_receipt(
            ext_id=made[1].ext_id,
            by=money.actor("agency_accountant"),
            at=AT,
            reason="认错了一笔",
        )
    assert Receipt.objects.filter(voided_at__isnull=True).count() == 2
    voids.void_receipt(
        ext_id=made[1].ext_id,
        by=money.actor("agency_accountant"),
        at=AT,
        reason="认错了一笔",
        together=True,
    )
    line.refresh_from_db()
    assert (line.receipt, Bill.objects.get().state, Bill.objects.get().paid_fen) == (
        None,
        "OPEN",
        0,
    )
    assert VoucherDraft.objects.count() == 2


@pytest.mark.parametrize(
    "parts",
    [
        [Part(4_400_000, bill="the")],
        [Part(4_500_000, bill="the"), Part(0, fields=ReceiptFields("other", "50103", "x"))],
        [Part(2_000_000, bill="the"), Part(2_500_000, bill="the")],
        [Part(4_500_000, bill="nothing")],
        [Part(4_500_000, cash_receipt="nothing")],
    ],
)
def test_a_claim_that_is_not_even_claims_nothing(money: Money, parts: list[Part]) -> None:
    bill = issue(money)
    line = pay(money, "没写编号")
    said = [replace(one, bill=bill.ext_id) if one.bill == "the" else one for one in parts]

    with pytest.raises(errors.ClaimUneven):
        claim(money, line, *said)

    line.refresh_from_db()
    assert line.receipt is None
    assert (Receipt.objects.count(), Voucher.objects.count()) == (0, 0)
    assert Bill.objects.get().paid_fen == 0


def test_more_than_a_bill_wants_or_for_a_void_one_is_refused(money: Money) -> None:
    bill = issue(money, amount_fen=1_000_000)
    line = pay(money, "没写编号")
    with pytest.raises(errors.ClaimUneven, match="只差"):
        claim(money, line, Part(4_500_000, bill=bill.ext_id))
    bills.void_bill(
        ext_id=bill.ext_id, by=money.actor("cashier_reporter"), at=AT, reason="金额写错了"
    )

    with pytest.raises(errors.ClaimUneven, match="作废"):
        claim(money, line, Part(4_500_000, bill=bill.ext_id))

    assert Receipt.objects.count() == 0


def test_an_even_sum_without_a_reference_is_only_suggested(money: Money) -> None:
    issue(money, payer_name="别的厂")
    bill = issue(money)

    line = pay(money, "租金")

    assert line.receipt is None
    said = suggested(money)
    assert [one.target_ext_id == bill.ext_id for one in said] == [True, False]
    assert "交款人相同" in said[0].words
    assert "金额相同" in said[1].words


def test_two_references_in_one_memo_wait_for_a_person(money: Money) -> None:
    one, other = issue(money), issue(money)

    line = pay(money, f"{one.reference}和{other.reference}")

    assert line.receipt is None
    assert len(suggested(money)) == 2


def test_the_reference_of_another_body_books_nothing(money: Money) -> None:
    bill = issue(money)
    Bill.objects.update(organisation=money.world.bodies["stone"])

    line = pay(money, bill.reference)

    assert line.receipt is None
    assert Receipt.objects.count() == 0


def test_what_the_books_refuse_waits_and_the_bank_line_is_kept(money: Money) -> None:
    bill = issue(money)
    Bill.objects.update(subject_code="99999", kind="other")

    line = pay(money, bill.reference)

    assert line.receipt is None
    assert (Receipt.objects.count(), Bill.objects.get().paid_fen) == (0, 0)


def test_a_void_bill_keeps_its_number_and_a_paid_one_is_not_voided(money: Money) -> None:
    by = money.actor("cashier_reporter")
    wrong, good = issue(money), issue(money)
    with pytest.raises(errors.ReasonNeeded):
        bills.void_bill(ext_id=wrong.ext_id, by=by, at=AT, reason="错")
    assert not Bill.objects.filter(state="VOID").exists()
    bills.void_bill(ext_id=wrong.ext_id, by=by, at=AT, reason="金额写错了")
    pay(money, good.reference)

    for ext_id in (wrong.ext_id, good.ext_id):
        with pytest.raises(errors.BillSettled):
            bills.void_bill(ext_id=ext_id, by=by, at=AT, reason="金额写错了")

    assert [one.state for one in Bill.objects.order_by("pk")] == ["VOID", "PAID"]
    assert issue(money).number == "2026-000003"


def test_interest_is_claimed_in_one_go_and_nothing_else_with_it(money: Money) -> None:
    bank = "清河农商银行"
    lines = [pay(money, "结息", 18_342 + seq, seq, party_name=bank) for seq in (1, 2, 3)]
    rent = pay(money, "租金", seq=4)
    names = [one.ext_id for one in lines]
    by = money.actor("agency_accountant")
    for chosen in ([*names, rent.ext_id], []):
        with pytest.raises(errors.BulkRefused):
            claims.claim_interest(bank_lines=chosen, by=by, at=AT)
    assert Receipt.objects.count() == 0

    made = claims.claim_interest(bank_lines=names, by=by, at=AT)

    assert [one.number for one in made] == ["2026-000001", "2026-000002", "2026-000003"]
    assert set(Receipt.objects.values_list("subject_code", "purpose")) == {("50401", "存款利息")}


def test_the_usual_payer_and_a_return_are_suggested(money: Money) -> None:
    first = pay(money, "管理费", 100)
    said = ReceiptFields("service", "50103", "市场管理费", "青石机械厂")
    claim(money, first, Part(100, fields=replace(said, kind="other")))

    pay(money, "管理费", 200, 2)
    pay(money, "退汇：账户已销", 300, 3, party_name="王一")

    assert [(one.what, one.is_sure) for one in suggested(money)] == [
        ("return", False), ("usual", True),
    ]  # fmt: skip


def test_bills_past_their_day_are_seen_with_what_is_missing(money: Money) -> None:
    issue(money)
    by = money.actor("village_secretary")
    late = BillFilter(is_late=True)

    assert queries.late_count(by=by, today=date(2026, 11, 30)) == 0
    totals = queries.totals(by=by, only=BillFilter(), today=date(2026, 12, 1))

    assert queries.bills(by=by, only=late, today=date(2026, 12, 1)).count() == 1
    assert (totals.late_count, totals.late_fen, totals.amount_fen) == (1, 4_500_000, 4_500_000)
    assert queries.late_count(by=money.actor("stone_cashier"), today=date(2026, 12, 1)) == 0
