"""One of everything that the office shows: cases, papers, a credit, vouchers, an alert."""

from __future__ import annotations

import datetime as dt

from sanzi.deals.actions.assets import register_asset
from sanzi.deals.models import Asset
from sanzi.disclosure.actions import publishing
from sanzi.evidence import queries as evidence
from sanzi.evidence.models import Invoice
from sanzi.ledger.actions import corrections, posting
from sanzi.matters.actions import cases
from sanzi.orgs.actors import SYSTEM, Actor
from sanzi.orgs.models import Household
from sanzi.payments.actions import account_proposals, bills, receipt_books
from sanzi.payments.models import BankReceipt, BankTransaction
from sanzi.registers.leases.models import Lease
from sanzi.supervision.models import Alert
from worlds import deals, labour, meetings, own_models, village, works
from worlds.assets import HOUSE
from worlds.cases import AT, Desk


def things(desk: Desk) -> dict[str, str]:
    """Make one of everything and return its names."""
    case, draft = desk.submitted(), desk.start()
    other = desk.submitted("312.00", purpose="另一笔慰问金")
    cases.save(
        number=draft,
        by=desk.actor("cashier_reporter"),
        at=AT,
        form=desk.form(purpose="还在填的一笔"),
        lines=desk.lines(),
    )
    Household.objects.create(ext_id="H1", division_id=village.WILLOW, head_person_ext_id="V1")
    publishing.ensure_doors(AT)
    invoice(case)
    return {
        "case": case,
        "other": other,
        "draft": draft,
        "paper": evidence.attachments("case", case)[0].ext_id,
        "credit": credit(desk).ext_id,
        "voucher": voucher("E-1"),
        "correction": correction(desk, voucher("E-2")),
        "alert": alert(case).ext_id,
        "own": own_models.draft(desk.world, AT),
        "question": question(desk.world.actor("county_agri", AT)),
        **income_things(desk),
        "asset": register_asset(fields=HOUSE, by=desk.actor("village_clerk"), at=AT).ext_id,
        **deal_things(desk),
        **meeting_things(desk),
    }


def meeting_things(desk: Desk) -> dict[str, str]:
    """Plan a decision and call its first meeting."""
    hall = meetings.Hall(desk.world)
    decision = hall.plan()
    return {"decision": decision, "meeting": hall.call(decision, "proposal", meetings.AT)}


def deal_things(desk: Desk) -> dict[str, str]:
    """Register a contract and publish a tender."""
    deals.party("C-1")
    return {
        "contract": deals.contract(desk.world),
        "tender": deals.published(desk.world),
        "labour": labour.approved(labour.around(desk.money)),
    }


def income_things(desk: Desk) -> dict[str, str]:
    """Make a bill, a book of receipts with one number used, and a proposal to open an account."""
    accountant, cashier = desk.actor("agency_accountant"), desk.actor("cashier_reporter")
    day = dt.date(2026, 11, 18)
    bill = bills.issue_bill(
        fields=bills.BillFields(
            organisation="O-WILLOW",
            kind="rent",
            purpose="厂房四季度租金",
            amount_fen=4_500_000,
            due_date=dt.date(2026, 11, 30),
            payer_name="青石机械厂",
        ),
        by=cashier,
        at=AT,
    )
    book = receipt_books.issue_book(
        organisation="O-WILLOW", number="农收0001", first_serial=231, last_serial=255,
        by=accountant, at=AT,
    )  # fmt: skip
    receipt = receipt_books.write_receipt(
        book=book,
        fields=receipt_books.CashFields(231, "青石市场", "rent", "摊位费", 60_000, day),
        by=cashier,
        at=AT,
    )
    proposal = account_proposals.propose_opening(
        account=account_proposals.AccountFields(
            organisation="O-WILLOW",
            kind="general",
            holder_name="柳湾村股份经济合作社",
            number="201000099990777",
            bank_code="102100099996",
            reason="项目资金专户",
        ),
        decision=account_proposals.Decision("柳村决〔2026〕12号", day, 41, 30),
        by=accountant,
        at=AT,
    )
    return {
        "bill": bill.ext_id, "book": book, "receipt": receipt, "proposal": proposal,
    }  # fmt: skip


def invoice(case: str, ext_id: str = "I-1") -> Invoice:
    """Write an invoice on a case that is handed in already."""
    return Invoice.objects.create(
        ext_id=ext_id, case_number=case, kind="e_invoice", number="26332000000012345601",
        type_code="einv_general", issue_date=AT.date(), seller_name="柳湾农资店",
        amount_fen=126_000, division_code=village.WILLOW, org_ext_id="O-WILLOW", recorded_at=AT,
        key_index="ab" * 32,
    )  # fmt: skip


def credit(desk: Desk, ext_id: str = "B-1") -> BankTransaction:
    """Make a credit that nobody has claimed."""
    return BankTransaction.objects.create(
        ext_id=ext_id,
        account=desk.money.account,
        booked_at=AT,
        direction="in",
        amount_fen=1_250_000,
        peer_name="绿源农业公司",
        memo="四季度租金",
        bank_ref=ext_id,
    )


def voucher(source: str) -> str:
    """Post the voucher of a small payment and return its id."""
    posted = posting.post_event(
        book_org_ext_id="O-WILLOW",
        rule_code="payment.settled",
        event={
            "purpose": "10月保洁费",
            "subject_code": "51401",
            "account_id": "A-WILLOW",
            "items": [{"amount_fen": 120_000, "aux_kind": "person", "aux_id": "V1"}],
        },
        source_kind="payment",
        source_id=source,
        date=dt.date(2026, 11, 17),
        at=AT,
        by=SYSTEM,
    )
    return posted.ext_id


def correction(desk: Desk, voucher_ext_id: str) -> str:
    """Let the accountant draw up the striking-out of a voucher and return the draft's id."""
    made = corrections.draft_correction(
        voucher_ext_id=voucher_ext_id,
        lines=None,
        date=dt.date(2026, 11, 18),
        by=desk.actor("agency_accountant"),
        at=AT,
    )
    return made.ext_id


def alert(case_number: str, ext_id: str = "AL-1", state: str = "new") -> Alert:
    """Open an alert about a case, routed to the village."""
    return Alert.objects.create(
        ext_id=ext_id,
        model_code="payment-over-budget",
        model_version="1",
        finding_kind="payment",
        finding_id=ext_id,
        org_ext_id="O-WILLOW",
        division_code=village.WILLOW,
        case_number=case_number,
        severity="hold",
        sentence="加上这笔，慰问到1,001,146.00元，预算1,000,000.00元，超了1,146.00元。",
        figures={"line_no": 1, "amount_fen": 28_650, "over_fen": 114_600},
        parameters={},
        what_to_do="有预算调整决议就先登记调整。",
        rows={"payment": [{"payment_id": "P-1", "case_id": case_number, "amount_fen": 28_650}]},
        rows_digest="ab" * 32,
        state=state,
        route="V 3 → F:agri 5",
        route_role="village_secretary",
        route_division=village.WILLOW,
        opened_at=AT,
        due_at=AT + dt.timedelta(days=3),
    )


def question(by: Actor) -> str:
    """Keep a question of an officer that nobody else may open; return its code."""
    from sanzi.insight.actions import questions
    from sanzi.insight.questions.shapes import Form

    form = Form("payments", ("amount",), by=("village",))
    return questions.save(words=questions.Words("各村付了多少"), form=form, by=by, at=AT)


def record_rows(desk: Desk) -> dict[str, dict[str, str]]:
    """Make a row of each kind that has a page, and return how the record names it."""
    tenant = deals.party("C-1")
    body = deals.body(desk.world)
    asset = Asset.objects.create(
        ext_id="AS-1", organisation=body, division_code=village.WILLOW, number="1", tag="TAG1",
        category="resource", kind="water", is_operating=True, name="水塘", status="leased",
        status_since_date=dt.date(2024, 1, 1), registered_at=AT,
    )  # fmt: skip
    Lease.objects.create(
        ext_id="LS-1", organisation=body, division_code=village.WILLOW, asset=asset,
        tenant=tenant, rent_fen_year=900_000, pay_cycle="year", signed_at=AT,
        start_date=dt.date(2025, 1, 1), end_date=dt.date(2029, 12, 31),
    )  # fmt: skip
    works.under_way(desk.world, AT)
    number = desk.submitted()
    BankReceipt.objects.create(
        line_ext_id="B-1", account=desk.money.account, bank_ref="B-1", booked_at=AT, next_at=AT
    )
    return {
        "alert": {"alert_id": alert(number).ext_id},
        "asset": {"asset_id": "AS-1"},
        "bank_txn": {"txn_id": "B-1"},
        "case": {"case_id": number},
        "contract": {"contract_id": deals.contract(desk.world)},
        "lease": {"lease_id": "LS-1"},
        "payment": {"case_id": number},
        "rent_bill": {"bill_id": "R-1", "lease_id": "LS-1"},
        "voucher": {"voucher_id": voucher("P-1")},
        "works": {"works_id": "GC-1"},
    }
