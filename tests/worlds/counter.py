"""A counter at which payments are handed in by the form, right or wrong, with all their papers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from sanzi.evidence.actions import checks, files, invoices
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.verification import port as tax
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
from worlds.fake_tax import tax_office
from worlds.money import BANK_CODE, card
from worlds.village import WILLOW

SUBJECTS = ("51402", "51404", "5130102", "5130103", "5130104", "5130112")
PURCHASE = {
    "source_kind": "procurement", "source_id": "S-P", "subject_code": "51402",
    "proof_kind": "e_invoice", "purpose": "水管维修",
}  # fmt: skip


@dataclass(frozen=True)
class Bill:
    """A payment that is asked for: to whom, what its invoice says, what the form says else.

    `payee` is empty for the firm, else ids of others, who get one yuan more each; `account` is the
    number of the card that the money goes to, 0 for the firm's own; `tax` is what the tax office
    answers, empty when nobody asks it.
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
    tax: str = ""
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
            invoice = invoices.record_invoice(
                by=by, at=AT, case_number=number, fields=bill.invoice(), file_digest=paper
            )
            if bill.tax:
                self.ask(invoice, bill.tax)
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

    def ask(self, invoice: str, answer: str, at: datetime = AT) -> None:
        """Let the agency's accountant ask the tax office about an invoice."""
        with tax_office() as office:
            office.answer = tax.Verdict(answer)
            by = self.desk.actor("agency_accountant", at)
            checks.verify(by=by, at=at, ext_id=invoice, occasion="case")

    def _hang(self, number: str, *kinds: str) -> str:
        made = ""
        for kind in kinds:
            photo = worlds_cases.photo(size=(64, 40 + next(self.marks)))
            made = files.store(
                by=self.desk.actor("cashier_reporter"), at=AT, subject_kind="case",
                subject_id=number, upload=files.Upload("照片.jpg", kind, photo),
            ).digest  # fmt: skip
        return made


def build(shops: Iterable[str]) -> Counter:
    """Build the village with firms C-1, C-2..., its budget and an earmarked fund."""
    desk = worlds_cases.build()
    body = desk.money.organisation
    for number, name in enumerate(shops, start=1):
        deals.party(f"C-{number}", f"清河{name}店", uscc=f"91330000MA{number:08d}")
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
