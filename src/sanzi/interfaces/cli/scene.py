"""What the demo finds ready: the lists of 352 payees, and one payment that waits for approval.

Everything goes the way an officer would go, through the rooms' actions.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from lxml import etree
from PIL import Image, ImageDraw

from sanzi.evidence.actions import files, invoices
from sanzi.insight.actions import questions
from sanzi.insight.questions import kept
from sanzi.kernel import clock
from sanzi.ledger import standards
from sanzi.ledger.actions import charts, entry_versions
from sanzi.ledger.queries import entries
from sanzi.matters import form_queries, queries
from sanzi.matters.actions import cases
from sanzi.orgs import people_queries
from sanzi.orgs import queries as orgs
from sanzi.orgs.actors import Actor
from sanzi.payments.actions import payee_check
from sanzi.payments.actions.payee_file import write_payee_template
from sanzi.payments.actions.payees import PayeeLine
from sanzi.payments.queries import accounts as account_queries

LIST, CORRECTED = "payees-352.xlsx", "payees-352-corrected.xlsx"
NOTE = "土地租金"
WAITING_AMOUNT = "426.00"
WAITING_INVOICE, FARM_INVOICE = "26997000000000042601", "26997000000000042602"
SUBJECT = "5130102"
PROPOSED = "5130190"
UNTIL = "approve"
"""The step at which the prepared payment waits: the village secretary's."""


def write_lists(folder: Path, target: Path) -> None:
    """Write the list with its two wrong accounts, and the corrected one, as filled-in sheets."""
    rows = _rows(folder, "land_rent_2*.csv")
    right = {row["household_id"]: row["account"] for row in _rows(folder, "land_rent_fixes_*.csv")}
    lines = [
        PayeeLine(
            kind="person",
            payee_name=row["name"],
            amount_fen=int(row["amount_fen"]),
            account=row["account"],
            bank_code=row["bank_code"],
            id_no=row["id_no"],
            note=NOTE,
        )
        for row in rows
    ]
    corrected = [
        replace(line, account=right.get(row["household_id"], line.account))
        for row, line in zip(rows, lines, strict=True)
    ]
    (target / LIST).write_bytes(write_payee_template(lines))
    (target / CORRECTED).write_bytes(write_payee_template(corrected))


def first_payee(folder: Path) -> tuple[str, str]:
    """Return the ext id of the first household on the list, and its head's name."""
    first = _rows(folder, "land_rent_2*.csv")[0]
    return first["household_id"], first["name"]


def _rows(folder: Path, pattern: str) -> list[dict[str, str]]:
    (file,) = (folder / "extras").glob(pattern)
    with file.open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def leave_waiting(village: str, at: datetime, invoice: str = WAITING_INVOICE) -> str:
    """Start a small payment as the village's cashier and bring it to the secretary's desk.

    The village's own bank is asked about the payee. Returns the number of the case.
    """
    cashier = officer("cashier_reporter", village, at)
    body, name = next(
        (ext_id, name)
        for ext_id, name, code in people_queries.bodies(by=cashier)
        if code == village and people_queries.body_kind(ext_id) == "village_committee"
    )
    number = cases.start(matter_code="M10", organisation_ext_id=body, by=cashier, at=at)
    firm = people_queries.payee_choices(by=cashier, division_code=village, words="文具")[0]
    _hang_papers(number, (invoice, name, firm[2]), cashier, at)
    cases.save(
        number=number,
        by=cashier,
        at=at,
        form=_form(body, village, at),
        lines=[{"kind": firm[0], "payee_id": firm[1], "name": firm[2], "amount": WAITING_AMOUNT}],
    )
    payee_check.check_payees(case_number=number, by=cashier, at=at)
    cases.submit(number=number, by=cashier, at=at)
    _approve_until(number, village, at)
    return number


def leave_proposals(village: str, at: datetime) -> None:
    """Let the county's agriculture office propose an account and a version of a template."""
    office = officer("county_agri", f"{village[:6]}000000", at)
    today = clock.local_date(at)
    charts.propose_account(
        account=charts.NewAccount("rce2023", PROPOSED, "党报党刊费", today), by=office, at=at
    )
    shipped = standards.get("rce2023").entries["payment.settled"]
    entry_versions.propose_version(
        standard_code="rce2023",
        content=entries.content_of(shipped) | {"version": "2", "summary": "付{purpose}"},
        reason="摘要写明是付款，和收款分得开",
        valid_from_date=today,
        by=office,
        at=at,
    )


def _form(body: str, village: str, at: datetime) -> dict[str, str]:
    today = clock.local_date(at)
    budget = next(
        ext_id
        for ext_id, _ in account_queries.budget_lines(body, today.year)
        if ext_id.endswith(SUBJECT)
    )
    return {
        "purpose": "村部复印纸和档案盒",
        "source_kind": "procurement",
        "source_id": form_queries.source_choices(body, ["procurement"])[0][0],
        "subject_code": SUBJECT,
        "debit_account_id": account_queries.own_accounts(body)[0][0],
        "budget_line_id": budget,
        "method": "transfer",
        "handler_person_id": orgs.holders("village_clerk", village, today)[0].person_ext_id,
        "proof_kind": "e_invoice",
    }


def _hang_papers(number: str, bill: tuple[str, str, str], by: Actor, at: datetime) -> None:
    """Hang a statement and an invoice on the case; `bill` is its number, buyer and seller."""

    def hang(kind: str, name: str, content: bytes) -> files.Stored:
        return files.store(
            by=by,
            at=at,
            upload=files.Upload(name, kind, content),
            subject_kind="case",
            subject_id=number,
        )

    hang("handler_statement", "事由说明.png", draw_paper("STATEMENT", number))
    told = Bill(*bill, WAITING_AMOUNT, "*纸制品*复印纸、档案盒")
    paper = hang("invoice", "发票.xml", invoice_xml(told, clock.local_date(at)))
    for fields in paper.invoices:
        invoices.record_invoice(
            by=by, at=at, case_number=number, fields=fields, file_digest=paper.digest
        )


@dataclass(frozen=True)
class Bill:
    """What an invoice says: its number, buyer, seller, yuan and item."""

    number: str
    buyer: str
    seller: str
    yuan: str
    item: str


def invoice_xml(bill: Bill, day: date) -> bytes:
    """Return an e-invoice of our own making; the sandbox's tax office knows its number as real."""
    root = etree.Element("EInvoice")
    content = {
        "EInvoiceData/SellerInformation/SellerName": bill.seller,
        "EInvoiceData/BuyerInformation/BuyerName": bill.buyer,
        "EInvoiceData/BasicInformation/TotalAmWithoutTax": bill.yuan,
        "EInvoiceData/BasicInformation/TotalTaxAm": "0.00",
        "EInvoiceData/BasicInformation/TotalTax-includedAmount": bill.yuan,
        "EInvoiceData/BasicInformation/RequestTime": day.isoformat(),
        "EInvoiceData/IssuItemInformation/ItemName": bill.item,
        "TaxSupervisionInfo/InvoiceNumber": bill.number,
    }
    for path, text in content.items():
        place = root
        for name in path.split("/"):
            found = place.find(name)
            place = etree.SubElement(place, name) if found is None else found
        place.text = text
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def _approve_until(number: str, village: str, at: datetime) -> None:
    while True:
        page = queries.case_page(by=officer("cashier_reporter", village, at), number=number, at=at)
        step = next(one for one in page.chain if one.state == "open")
        if step.key == UNTIL:
            return
        role = page.matter.step(step.no).role
        cases.act(
            number=number,
            by=officer(role, village, at),
            at=at,
            opinion=cases.Opinion("approve", page.content_digest, "同意"),
        )


def leave_questions(village: str, at: datetime) -> None:
    """Keep two of the shipped questions for the county's officer; one is open by its link."""
    by = officer("county_agri", village, at)
    code = ""
    for one in kept.ready()[:3:2]:
        words = questions.Words(one.title, one.note)
        code = questions.save(words=words, form=one.form, by=by, at=at)
    questions.share(code=code, is_shared=True, by=by, at=at)


def officer(role: str, village: str, at: datetime) -> Actor:
    """Return the first holder of a role at a village or above it, with a fresh second factor."""
    holder = orgs.holders(role, village, clock.local_date(at))[0]
    return replace(orgs.actor_of_person(holder.person_id, at), origin="demo", second_factor_at=at)


def draw_paper(head: str, number: str, lines: Iterable[str] = ()) -> bytes:
    """Draw a sheet of paper with ruled lines: evidence for the demo and for tests. PNG."""
    picture = Image.new("RGB", (900, 1200), "#fbfaf4")
    pen = ImageDraw.Draw(picture)
    pen.rectangle((40, 40, 860, 1160), outline="#8a8f88", width=3)
    pen.text((80, 80), head, fill="#15201b", font_size=54)
    pen.text((80, 160), number, fill="#414e47", font_size=30)
    for place, top in enumerate(range(260, 900, 70)):
        pen.line((80, top, 820, top), fill="#c9d2c6", width=2)
        pen.text((80, top - 40), f"{place + 1}.", fill="#414e47", font_size=26)
    for place, text in enumerate(lines):
        pen.text((130, 220 + 70 * place), text, fill="#15201b", font_size=26)
    pen.ellipse((600, 920, 800, 1120), outline="#b5311a", width=6)
    stream = io.BytesIO()
    picture.save(stream, "PNG")
    return stream.getvalue()
