"""Payments handed in by the form: the gate speaks of the wrong one, and not of its like.

Each model has a firm of its own, which is first paid lawfully and then wrongly. The form, the
papers, the invoice, the bank's word on the payee and the submission are the platform's own; the
verdicts are read from what the gate `submit` kept.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fires import lists, nights
from sanzi.evidence.models import Invoice
from sanzi.matters import errors
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, CaseStep
from sanzi.orgs import secrets
from sanzi.orgs.actions import appointments
from sanzi.orgs.models import Appointment, Person
from sanzi.payments.actions import dispatch
from sanzi.payments.models import Payment
from worlds import counter, deals
from worlds.cases import AT
from worlds.counter import Bill
from worlds.fake_bank import FakeBank

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: dict[str, tuple[dict[str, Any], ...]] = {
    "contract-overpaid": (),
    "contract-not-written": ({"yuan": 4300}, {"yuan": 700}),
    "cadre-rubber-stamp": (),
    "expense-allowance-illegal": (
        {"form": {"purpose": "中秋购物卡"}}, {"form": {"purpose": "中秋慰问米油"}},
    ),
    "expense-award-duplicate": (
        {
            "payee": "V3", "account": 3, "yuan": 320,
            "form": {"purpose": "好媳妇奖金", "source_kind": "other"},
        },
        {
            "payee": "V3", "account": 3, "yuan": 310,
            "form": {"purpose": "发放好媳妇奖励", "source_kind": "other"},
        },
    ),
    "expense-nonproductive-cap": (),
    "expense-periodical-cap": (
        {"yuan": 1950, "form": {"subject_code": "5130103"}},
        {"yuan": 90, "form": {"subject_code": "5130103"}},
    ),
    "expense-publicity-cap": (
        {"yuan": 6000, "form": {"subject_code": "5130112", "source_kind": "other"}},
        {"yuan": 480, "form": {"subject_code": "5130112", "source_kind": "other"}},
    ),
    "expense-reception-ban": ({"item": "*餐饮服务*餐费"}, {"item": "*纸制品*笔记本"}),
    "expense-travel-training": (
        {"item": "*旅游服务*景区门票", "form": {"subject_code": "5130104"}},
        {"item": "*印刷品*培训资料", "form": {"subject_code": "5130102"}},
    ),
    "fund-personal-account": (
        {"payee": "O-AGENCY", "account": 1}, {"payee": "O-AGENCY", "account": 90},
    ),
    "invoice-duplicate": ({"yuan": 860, "bill": 1}, {}),
    "invoice-fake": ({"tax": "MISMATCH"}, {"tax": "VALID"}),
    "invoice-payee-mismatch": ({"seller_tax_no": "91330000MA00000099"}, {}),
    "invoice-scope-mismatch": (
        {"yuan": 3100, "item": "*烟草制品*香烟", "form": {"subject_code": "5130102"}},
        {"yuan": 1100, "item": "*纸制品*复印纸", "form": {"subject_code": "5130102"}},
    ),
    "invoice-serial-cluster": (),
    "invoice-title-mismatch": ({"buyer_name": "柳湾村村民委员会"}, {}),
    "invoice-voided-after-paid": (),
    "labour-ineligible-person": (),
    "ledger-three-books-mixed": (
        {"payee": "O-WILLOW-VC", "account": 93}, {"payee": "V1", "account": 1, "yuan": 210},
    ),
    "payment-chain-incomplete": (),
    "payment-duplicate": ({"yuan": 860}, {}),
    "payment-incompatible-duty": (),
    "payment-over-budget": (
        {"form": {"budget_line_id": "BL-SMALL"}}, {"form": {"budget_line_id": "BL-SMALL"}},
    ),
    "payment-payee-mismatch": ({"payee": "V1", "account": 2}, {"payee": "V1", "account": 1}),
    "payment-shared-account": (
        {"payee": "V2 V3 V4", "account": 77}, {"payee": "V2", "account": 2},
    ),
    "payment-special-fund-misuse": (
        {"form": {"fund_code": "F-1"}},
        {"form": {"fund_code": "F-1", "subject_code": "51404"}},
    ),
    "payment-stale-proof": ({"age": 160}, {"age": 50}),
    "payment-tier-split": (
        {"payee": "V4", "account": 4, "yuan": 7100}, {"payee": "V4", "account": 4, "yuan": 7000},
    ),
    "payment-to-cashier": (
        {"payee": "P-willow-1", "account": 91}, {"payee": "V3", "account": 3},
    ),
    "payment-unrelated-handler": ({"payee": "P-HANDLER", "has_bill": True}, {}),
}  # fmt: skip
"""What each model is shown: the wrong payment, and the lawful one before it; the rest at night."""
SHOWN = {code: shown for code, shown in FIRES.items() if shown}


def test_the_gate_speaks_of_each_wrong_payment_and_of_no_lawful_one(bank: FakeBank) -> None:
    desk, lawful, wrong = counter.build(SHOWN), {}, {}
    for number, (code, (said, before)) in enumerate(SHOWN.items(), start=1):
        bill = Bill(f"C-{number}")
        lawful[code] = desk.said(replace(bill, **before))
        wrong[code] = code in desk.said(replace(bill, **{"yuan": 870, "bill": 2, **said}))

    assert lawful == {code: set() for code in SHOWN}
    assert wrong == dict.fromkeys(SHOWN, True)


def test_an_invoice_that_turns_red_after_it_was_paid_is_found(bank: FakeBank) -> None:
    made, code = counter.build(["五金"]), "invoice-voided-after-paid"
    assert made.said(Bill("C-1")) == set()
    made.desk.walk(Case.objects.get().number, until=12)
    dispatch.work(AT)
    later = AT + timedelta(days=20)
    invoice = Invoice.objects.get().ext_id
    made.ask(invoice, "VALID", AT + timedelta(days=1))
    assert nights.found(later, code) == set()

    made.ask(invoice, "RED", later)

    assert len(nights.found(later, code)) == 1
    assert Invoice.objects.get().verify_status == "red_flushed"


def test_money_for_kin_or_for_the_dead_and_steps_out_of_term_are_found_by_later_papers(
    bank: FakeBank, tmp_path: Path
) -> None:
    made = counter.build(["五金"])
    for place, who in enumerate(("V1", "V2", "V3"), start=1):
        made.said(Bill("C-1", payee=who, account=place, yuan=200 + place))
        made.desk.walk(Case.objects.latest("pk").number, until=10)
    paid = dict(Payment.objects.values_list("payee_person__ext_id", "ext_id"))
    head = made.desk.world.people["supervision_head"]
    numbers = {head.ext_id: "999901197001010011", "V2": "99990119700101002X"}
    for person, number in numbers.items():
        Person.objects.filter(ext_id=person).update(id_no_index=secrets.index("id_no", number))
    codes = "cadre-rubber-stamp", "labour-ineligible-person", "payment-incompatible-duty"
    assert nights.found(AT, *codes, "payment-chain-incomplete") == set()

    kin = [(head, Person.objects.get(ext_id="V1"), "sibling")]
    died = [(number, date(2026, 9, 1)) for number in numbers.values()]
    lists.come(tmp_path, AT, kin=kin, dead=died)

    found = dict(nights.found(AT, *codes))
    assert CaseStep.objects.filter(actor=head, state="APPROVED").count() == 3
    assert found.pop("cadre-rubber-stamp")
    assert found == {codes[1]: paid["V2"], codes[2]: paid["V1"]}

    code, by = "payment-chain-incomplete", made.desk.actor("town_agri_head")
    all_paid = {(code, one) for one in paid.values()}
    for role, last, expected in (
        ("agency_accountant", AT.date(), set()),
        ("village_secretary", AT.date() - timedelta(days=1), all_paid),
    ):
        held = Appointment.objects.get(person=made.desk.world.people[role], role_code=role)
        appointments.end(ext_id=held.ext_id, end_date=last, by=by, at=AT)
        assert nights.found(AT, code) == expected


def test_too_much_for_an_office_or_a_contract_and_a_shop_with_one_customer_are_found(
    bank: FakeBank,
) -> None:
    made, code = counter.build(["五金", "文具"]), "expense-nonproductive-cap"
    office = {"subject_code": "5130102", "source_kind": "other"}
    assert code not in made.said(Bill("C-1", yuan=79_000, bill=50, form=office))
    assert code in made.said(Bill("C-1", yuan=1_001, bill=90, form=office))

    code = "contract-overpaid"
    signed = deals.contract(made.desk.world, counterparty="C-1", kind="other", amount_fen=300_000)
    under = {"contract_id": signed, "source_kind": "other"}
    spoke = [made.said(Bill("C-1", yuan=fen, bill=fen, form=under)) for fen in (2_000, 1_000, 1)]
    assert [code in one for one in spoke] == [False, False, True]

    code = "invoice-serial-cluster"
    for place in (1, 2, 3):
        assert nights.found(AT, code) == set()
        made.said(Bill("C-2", yuan=3_400 + place, bill=place))
        made.said(Bill("C-1", yuan=3_300 + place, bill=10 * place))
    assert len(nights.found(AT, code)) == 1


def test_a_payment_that_names_no_matter_is_not_even_handed_in(bank: FakeBank) -> None:
    desk = counter.build(["五金"]).desk
    number = desk.start()
    desk.fill(number, source_kind="other", source_id="")

    with pytest.raises(errors.FormIncomplete, match="对应的事项"):
        cases.submit(number=number, by=desk.actor("cashier_reporter"), at=AT)

    assert Case.objects.get(number=number).state == "DRAFT"
