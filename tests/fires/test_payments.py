"""Payments handed in by the form: the gate speaks of the wrong one, and not of its like.

Each model has a firm of its own, which is first paid lawfully and then wrongly. The form, the
papers, the invoice, the bank's word on the payee and the submission are the platform's own; the
verdicts are read from what the gate `submit` kept.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fires import nights
from sanzi.evidence.models import Invoice
from sanzi.matters.models import Case
from sanzi.payments.actions import dispatch
from worlds import counter
from worlds.cases import AT
from worlds.counter import Bill
from worlds.fake_bank import FakeBank

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: dict[str, tuple[dict[str, Any], ...]] = {
    "contract-not-written": ({"yuan": 4300}, {"yuan": 700}),
    "expense-allowance-illegal": (
        {"form": {"purpose": "中秋购物卡"}}, {"form": {"purpose": "中秋慰问米油"}},
    ),
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
    "invoice-title-mismatch": ({"buyer_name": "柳湾村村民委员会"}, {}),
    "invoice-voided-after-paid": (),
    "ledger-three-books-mixed": (
        {"payee": "O-WILLOW-VC", "account": 93}, {"payee": "V1", "account": 1, "yuan": 210},
    ),
    "payment-duplicate": ({"yuan": 860}, {}),
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
