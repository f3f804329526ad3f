"""The structured file that says how an original was booked, for the archive and for other programs.

Element names as the receiver side of the electronic voucher standard has them; it is archived
together with the original. Source: 财会〔2024〕12号 第二十一条（四）; 财会〔2024〕11号 第三十一条.
"""

from __future__ import annotations

from lxml import etree

from sanzi.evidence import originals
from sanzi.kernel import clock, money
from sanzi.ledger import standards
from sanzi.ledger.queries.pages import LineView, VoucherPage, access_voucher
from sanzi.orgs.actors import Actor
from sanzi.orgs.models import Organisation

VERSION = "1.0"
NUMBERS = {
    "einv": "InvoiceNumber",
    "inv": "InvoiceNo",
    "rai": "ElectronicInvoiceRailwayETicketNumber",
    "atr": "ElectronicInvoiceAirTransportReceiptNumber",
    "efi": "NumberOfFiscalElectronicBill",
    "ntrev": "NumberOfNonTaxRevenuePayment",
    "bker": "NumberOfBankElectronicReceipt",
}


def posting_file(*, by: Actor, ext_id: str) -> bytes:
    """Return the file of one posted voucher as XML in UTF-8. Raises: NotFound."""
    voucher = access_voucher(by=by, ext_id=ext_id)
    root = etree.Element("PostingInformation", version=VERSION)
    _entity(root, voucher)
    if voucher.source_kind in originals.readings():
        _original(root, voucher)
    _documents(root, voucher)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True, pretty_print=True)


def _entity(root: etree._Element, voucher: VoucherPage) -> None:
    organisation = Organisation.objects.get(ext_id=voucher.book.org_ext_id)
    entity = etree.SubElement(root, "AccountingEntityInformation")
    _add(entity, "NameOfAccountingEntity", organisation.name)
    _add(entity, "UnifiedSocialCreditCodeOfAccountingEntity", organisation.uscc)


def _original(root: etree._Element, voucher: VoucherPage) -> None:
    related = etree.SubElement(root, "RelatedBusinessInformation")
    _add(related, NUMBERS.get(voucher.source_kind, "NumberOfOriginal"), voucher.source_id)
    _add(related, "WhetherEinvoiceHasBeenBooked", "true")
    _add(related, "WhetherEinvoiceIsRedEinvoice", "false")


def _documents(root: etree._Element, voucher: VoucherPage) -> None:
    standard = standards.get(voucher.book.standard_code)
    document = etree.SubElement(root, "InformationOfAccountingDocumentsTuple")
    _add(document, "NumberOfAccountingDocuments", voucher.label)
    _add(document, "PostingDate", clock.local_date(voucher.posted_at).isoformat())
    _add(document, "AccountingPeriod", voucher.period)
    _add(document, "SummaryOfAccountingDocuments", voucher.summary)
    for line in voucher.lines:
        entry = etree.SubElement(document, "InformationOfDebitAndCreditEntryTuple")
        first = standard.first_level(line.account_code)
        known = standard.accounts.get(first)
        _add(entry, "DebitOrCredit", "借" if line.debit_fen else "贷")
        _add(entry, "NameOfGeneralLedgerSubject", known.name if known else line.account_name)
        _add(entry, "NameOfSubsidiaryLedgerSubject", _detail(line, first))
        _add(entry, "RecordedAmount", _plain(line.debit_fen or line.credit_fen))
    _add(root, "VoucherDigest", voucher.hash)


def _detail(line: LineView, first: str) -> str:
    name = line.account_name if line.account_code != first else ""
    return "-".join(part for part in (name, line.aux) if part)


def _plain(amount_fen: int) -> str:
    return money.format_yuan(amount_fen).replace(",", "")


def _add(parent: etree._Element, name: str, text: str) -> None:
    etree.SubElement(parent, name).text = text
