"""Money asked for too soon: before the contract, or on an invoice older than the approval."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fires import nights
from sanzi.evidence.actions import invoices
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.models import Invoice
from sanzi.matters.actions import cases
from sanzi.orgs.models import Counterparty
from sanzi.payments.models import Payment
from sanzi.registers.procurement import actions as purchases
from sanzi.registers.procurement.models import Procurement
from sanzi.supervision.models import Check, Verdict
from worlds import cases as worlds_cases
from worlds import works
from worlds.cases import Desk
from worlds.money import BANK_CODE, card
from worlds.village import AT
from worlds.works import LATER, Given

pytestmark = [pytest.mark.django_db, pytest.mark.one_engine]

FIRES: set[str] = {
    "procurement-before-approval", "works-no-contract", "works-start-before-approval",
}  # fmt: skip
DAY = timedelta(days=1)


@pytest.fixture
def desk() -> Desk:
    """The village with its firms, its works office and the clerk who fills the form."""
    made = worlds_cases.build(payees=1)
    works.furnished(made.world)
    return made


def drafted(desk: Desk, kind: str, source: str, issued: date) -> str:
    """Draft a payment of a case to C-1, with an invoice of a day; return the payment's id."""
    by, firm = desk.actor("cashier_reporter", LATER), Counterparty.objects.get(ext_id="C-1")
    number = cases.start(matter_code="M10", organisation_ext_id="O-WILLOW", by=by, at=LATER)
    line = {
        "kind": "counterparty", "payee_id": firm.ext_id, "name": firm.name, "account": card(501),
        "bank_code": BANK_CODE, "amount": "1000",
    }  # fmt: skip
    form = desk.form(
        source_kind=kind, source_id=source, purpose="首期款", proof_kind="e_invoice"
    )  # fmt: skip
    cases.save(number=number, by=by, at=LATER, form=form, lines=[line])
    bill = InvoiceFields(
        number=f"2633200001{Invoice.objects.count():010d}", issue_date=issued,
        seller_name=firm.name, seller_tax_no="91330000MA00000001",
        buyer_name="柳湾村股份经济合作社", amount_fen=100_000, item_text="*建筑服务*首期款",
    )  # fmt: skip
    invoices.record_invoice(by=by, at=LATER, case_number=number, fields=bill)
    return Payment.objects.get(order__case_number=number).ext_id


def spoken(code: str) -> set[str]:
    """Return the payments of which a model spoke while they were typed."""
    kept = Verdict.objects.filter(model_code=code, gate_check__gate="draft")
    return set(kept.values_list("finding_id", flat=True))


def test_works_asked_to_be_paid_before_their_contract_are_spoken_of(desk: Desk) -> None:
    code = "works-no-contract"
    signed = works.contracted(desk.world, Given())
    drafted(desk, "works", signed.case_number, AT.date())
    assert Check.objects.filter(gate="draft", subject_kind="case").exists()
    unsigned = works.awarded(desk.world, Given(name="五组水渠", kind="water"))
    assert (spoken(code), nights.found(LATER, code)) == (set(), set())

    early = drafted(desk, "works", unsigned.number, AT.date())

    assert spoken(code) == {early}


def test_works_billed_before_their_approval_are_found_and_works_billed_that_day_are_not(
    desk: Desk,
) -> None:
    code = "works-start-before-approval"
    signed = works.contracted(desk.world, Given())
    drafted(desk, "works", signed.case_number, AT.date())
    assert nights.found(LATER, code) == set()

    drafted(desk, "works", signed.case_number, AT.date() - DAY)

    assert nights.found(LATER, code) == {(code, signed.ext_id)}


def test_lamps_billed_before_their_approval_are_found_and_lamps_billed_that_day_are_not(
    desk: Desk,
) -> None:
    code, by = "procurement-before-approval", desk.actor("committee_member", AT)
    wish = purchases.Wish(
        category_code="lamp", title="太阳能路灯", quantity_milli=6_000, unit="盏",
        estimate_fen=400_000, method="inquiry",
    )  # fmt: skip
    purchases.request(wish=wish, organisation="O-WILLOW", case_number="K-1", by=by, at=AT)
    purchases.approve(case_number="K-1", by=by, at=AT)
    prices = [purchases.QuoteFields(firm, 390_000, AT) for firm in ("C-1", "C-2")]
    choice = purchases.Choice(quotes=prices, chosen="C-1")
    purchases.order(case_number="K-1", choice=choice, ordered_at=AT, by=by, at=AT)
    drafted(desk, "procurement", "K-1", AT.date())
    assert nights.found(LATER, code) == set()

    drafted(desk, "procurement", "K-1", AT.date() - DAY)

    assert nights.found(LATER, code) == {(code, Procurement.objects.get().ext_id)}
