"""Payments handed in by the form: the gate speaks of the wrong one, and not of its like.

Each model has a firm of its own, which is first paid lawfully and then wrongly. The form, the
papers, the invoice, the bank's word on the payee and the submission are the platform's own; the
verdicts are read from what the gate `submit` kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest

from sanzi.evidence.actions import files, invoices
from sanzi.evidence.invoices import InvoiceFields
from sanzi.matters import errors
from sanzi.matters.actions import cases
from sanzi.matters.models import Case, SourceMatter
from sanzi.orgs.models import Counterparty, Organisation, Person
from sanzi.payments.actions import payee_check
from sanzi.payments.models import BudgetLine, Fund
from sanzi.supervision.models import Verdict
from worlds import cases as worlds_cases
from worlds import deals
from worlds.cases import AT, Desk
from worlds.fake_bank import FakeBank
from worlds.money import BANK_CODE, card
from worlds.village import WILLOW

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
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
    "invoice-payee-mismatch": ({"seller_tax_no": "91330000MA00000099"}, {}),
    "invoice-scope-mismatch": (
        {"yuan": 3100, "item": "*烟草制品*香烟", "form": {"subject_code": "5130102"}},
        {"yuan": 1100, "item": "*纸制品*复印纸", "form": {"subject_code": "5130102"}},
    ),
    "invoice-title-mismatch": ({"buyer_name": "柳湾村村民委员会"}, {}),
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
"""What each model is shown: the wrong payment, and the lawful one before it."""
SUBJECTS = ("51402", "51404", "5130102", "5130103", "5130104", "5130112")
PURCHASE = {
    "source_kind": "procurement", "source_id": "S-P", "subject_code": "51402",
    "proof_kind": "e_invoice", "purpose": "水管维修",
}  # fmt: skip


@dataclass(frozen=True)
class Bill:
    """A payment that is asked for: to whom, what its invoice says, what the form says else.

    `payee` is empty for the firm, else ids of others, who get one yuan more each; `account` is the
    number of the card that the money goes to, 0 for the firm's own.
    """

    firm: str
    yuan: int = 860
    payee: str = ""
    account: int = 0
    bill: int = 1
    age: int = 8
    item: str = "*金属制品*水管"
    seller_tax_no: str = ""
    buyer_name: str = "柳湾村股份经济合作社"
    has_bill: bool = False
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def is_bought(self) -> bool:
        """Whether an invoice hangs on it; else a signed list does."""
        return self.has_bill or not self.payee

    def whole(self) -> dict[str, str]:
        """Return what the form says besides what every form does."""
        said = {**(PURCHASE if self.is_bought else {}), **self.form}
        return {"budget_line_id": f"BL-{said.get('subject_code', '51404')}", **said}

    def lines(self) -> list[dict[str, str]]:
        """Return a line for each payee."""
        return [
            {
                "kind": kind, "payee_id": ext_id, "name": name, "bank_code": BANK_CODE,
                "account": card(self.account or 500 + int(self.firm[2:])),
                "amount": str(self.yuan + place),
            }
            for place, ext_id in enumerate((self.payee or self.firm).split())
            for kind, name in [payee(ext_id)]
        ]  # fmt: skip

    def invoice(self) -> InvoiceFields:
        """Return what its invoice says."""
        firm = Counterparty.objects.get(ext_id=self.firm)
        return InvoiceFields(
            number=f"26332{int(self.firm[2:]):05d}{self.bill:010d}",
            issue_date=AT.date() - timedelta(days=self.age), seller_name=firm.name,
            seller_tax_no=self.seller_tax_no or firm.uscc, buyer_name=self.buyer_name,
            amount_fen=self.yuan * 100, item_text=self.item,
        )  # fmt: skip


def payee(ext_id: str) -> tuple[str, str]:
    """Return kind and name of who is paid."""
    if ext_id.startswith("C-"):
        return "counterparty", Counterparty.objects.get(ext_id=ext_id).name
    if ext_id.startswith("O-"):
        return "org", Organisation.objects.get(ext_id=ext_id).name
    return "person", Person.objects.get(ext_id=ext_id).name


@dataclass
class Counter:
    """The clerk's counter: hands payments in, and reads what the gate kept of them."""

    desk: Desk
    marks: Any = field(default_factory=count)

    def said(self, bill: Bill) -> set[str]:
        """Hand a payment in; return the models that spoke of it, whether it was let in or not."""
        number, by = self.desk.start(), self.desk.actor("cashier_reporter")
        cases.save(
            number=number, by=by, at=AT, form=self.desk.form(**bill.whole()), lines=bill.lines()
        )
        paper = self._hang(number, "handler_statement", "invoice" if bill.is_bought else "roster")
        if bill.is_bought:
            invoices.record_invoice(
                by=by, at=AT, case_number=number, fields=bill.invoice(), file_digest=paper
            )
        payee_check.check_payees(case_number=number, by=by, at=AT)
        state = "SUBMITTED"
        try:
            cases.submit(number=number, by=by, at=AT)
        except errors.Blocked:
            state = "DRAFT"
        assert Case.objects.get(number=number).state == state
        kept = Verdict.objects.filter(gate_check__subject_id=number, gate_check__gate="submit")
        assert kept.filter(severity="block").exists() == (state == "DRAFT")
        return set(kept.values_list("model_code", flat=True))

    def _hang(self, number: str, *kinds: str) -> str:
        made = ""
        for kind in kinds:
            photo = worlds_cases.photo(size=(64, 40 + next(self.marks)))
            made = files.store(
                by=self.desk.actor("cashier_reporter"), at=AT, subject_kind="case",
                subject_id=number, upload=files.Upload("照片.jpg", kind, photo),
            ).digest  # fmt: skip
        return made


@pytest.fixture
def counter(bank: FakeBank) -> Counter:
    """The village with a firm for each model, its budget and an earmarked fund."""
    desk = worlds_cases.build()
    body = desk.money.organisation
    for number, code in enumerate(FIRES, start=1):
        deals.party(f"C-{number}", f"清河{code}店", uscc=f"91330000MA{number:08d}")
    SourceMatter.objects.create(
        ext_id="S-P", kind="procurement", organisation=body, division_code=WILLOW, title="采购",
        approved_at=AT,
    )  # fmt: skip
    Fund.objects.create(
        code="F-1", organisation=body, name="困难救助资金", purpose_subjects="51404",
        amount_fen=1_000_000, received_at=AT,
    )  # fmt: skip
    for code in (*SUBJECTS, "SMALL"):
        BudgetLine.objects.create(
            ext_id=f"BL-{code}", organisation=body, year=2026, name=code,
            subject_code="51402" if code == "SMALL" else code,
            amount_fen=86_000 if code == "SMALL" else 100_000_000,
        )  # fmt: skip
    return Counter(desk)


def test_the_gate_speaks_of_each_wrong_payment_and_of_no_lawful_one(counter: Counter) -> None:
    lawful, wrong = {}, {}
    for number, (code, (said, before)) in enumerate(FIRES.items(), start=1):
        bill = Bill(f"C-{number}")
        lawful[code] = counter.said(replace(bill, **before))
        wrong[code] = code in counter.said(replace(bill, **{"yuan": 870, "bill": 2, **said}))

    assert lawful == {code: set() for code in FIRES}
    assert wrong == dict.fromkeys(FIRES, True)
