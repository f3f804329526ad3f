"""An electronic original becomes a voucher by its template, once, and a file says how."""

from __future__ import annotations

import base64
from pathlib import Path

import gmssl_pyx
import pytest
from django.conf import settings
from lxml import etree

from sanzi.audit import queries as log
from sanzi.evidence import errors, originals
from sanzi.ledger import queries
from sanzi.ledger.actions import originals as actions
from sanzi.ledger.actions.originals import Given
from sanzi.ledger.errors import OriginalBooked, OriginalNotOurs
from sanzi.ledger.models import Voucher
from sanzi.ledger.queries.posting_files import posting_file
from sanzi.orgs.errors import NotFound

INVOICE = """<EInvoice><Header><EIid>26332000000012345678</EIid></Header><EInvoiceData>
<SellerInformation><SellerIdNum>91330000MA0000001X</SellerIdNum><SellerName>柳湾农资店</SellerName>
</SellerInformation><BuyerInformation><BuyerName>柳湾村股份经济合作社</BuyerName></BuyerInformation>
<BasicInformation><TotalAmWithoutTax>1188.68</TotalAmWithoutTax><TotalTaxAm>71.32</TotalTaxAm>
<TotalTax-includedAmount>1260.00</TotalTax-includedAmount><RequestTime>2026-11-03</RequestTime>
</BasicInformation><IssuItemInformation><ItemName>垃圾袋</ItemName></IssuItemInformation>
</EInvoiceData><TaxSupervisionInfo><InvoiceNumber>26332000000012345678</InvoiceNumber>
</TaxSupervisionInfo></EInvoice>"""
XBRL_INVOICE = """<xbrl xmlns="http://www.xbrl.org/2003/instance" xmlns:einv="urn:einv">
<einv:InvoiceNumber contextRef="c">26332000000012345679</einv:InvoiceNumber>
<einv:TotalTax-includedAmount contextRef="c" unitRef="CNY">300.00</einv:TotalTax-includedAmount>
<einv:RequestTime contextRef="c">2026-11-04</einv:RequestTime>
<einv:BuyerName contextRef="c">柳湾村股份经济合作社</einv:BuyerName>
<einv:ItemName contextRef="c">打印纸</einv:ItemName></xbrl>"""
RECEIPT = """<BankElectronicReceipt>
<NumberOfBankElectronicReceipt>HD20261105000001</NumberOfBankElectronicReceipt>
<TransactionDate>20261105</TransactionDate><TransactionAmount>800.00</TransactionAmount>
<NameOfPayer>柳湾村股份经济合作社</NameOfPayer><NameOfPayee>王秀英</NameOfPayee>
<Purpose>10月保洁费</Purpose></BankElectronicReceipt>"""
PAID = {"subject_code": "51401", "account_id": "A-1"}


def given(text: str = INVOICE, signature: str = "") -> Given:
    return Given(text.encode(), "fp.xml", signature)


def book(world, text: str = INVOICE, signature: str = "", role="agency_accountant", **changed):
    return actions.book_original(
        org_ext_id=changed.pop("org", "O-WILLOW"),
        given=given(text, signature),
        rule_code="payment.settled",
        fields=PAID | changed,
        by=world.actor(role),
        at=world.at,
    )


@pytest.mark.parametrize(
    ("text", "lines", "source"),
    [
        (INVOICE, "51401 126000 0 / 102 0 126000", "einv 26332000000012345678 垃圾袋"),
        (XBRL_INVOICE, "51401 30000 0 / 102 0 30000", "einv 26332000000012345679 打印纸"),
        (RECEIPT, "51401 80000 0 / 102 0 80000", "bker HD20261105000001 10月保洁费"),
    ],
    ids=["数电票", "数电票XBRL", "银行电子回单"],
)
def test_an_original_becomes_an_automatic_voucher(text, lines, source, world) -> None:
    posted = book(world, text)

    voucher = Voucher.objects.get(ext_id=posted.ext_id)
    assert f"{voucher.source_kind} {voucher.source_id} {voucher.summary}" == source
    assert (
        " / ".join(
            f"{line.account_code} {line.debit_fen} {line.credit_fen}"
            for line in voucher.lines.order_by("line_no")
        )
        == lines
    )
    assert (voucher.origin, voucher.rule_code, voucher.attachment_count) == (
        "auto", "payment.settled", 1,
    )  # fmt: skip
    assert queries.verify_book("O-WILLOW") == []


def test_a_preview_writes_nothing(world) -> None:
    found = actions.propose(
        org_ext_id="O-WILLOW", given=given(), rule_code="payment.settled", fields=PAID,
        by=world.actor("agency_accountant"),
    )  # fmt: skip

    assert [(line.account_code, line.debit_fen) for line in found.draft.lines] == [
        ("51401", 126000), ("102", 0),
    ]  # fmt: skip
    assert not Voucher.objects.exists()


def test_an_original_is_booked_once_here_and_anywhere(world) -> None:
    book(world)

    with pytest.raises(OriginalBooked):
        book(world)
    with pytest.raises((OriginalBooked, OriginalNotOurs)):
        book(world, org="O-WILLOW-VC")
    assert Voucher.objects.count() == 1


@pytest.mark.parametrize(
    ("text", "refusal"),
    [
        (INVOICE.replace("柳湾村股份经济合作社", "石桥村股份经济合作社"), OriginalNotOurs),
        (INVOICE.replace("26332000000012345678", ""), errors.NoOriginal),
        (INVOICE.replace("1260.00", "-5.00"), errors.BadInvoice),
        (INVOICE.replace("1260.00", "许多"), errors.BadInvoice),
        (INVOICE.replace("2026-11-03", "昨天"), errors.BadInvoice),
        ("<Letter>您好</Letter>", errors.NoOriginal),
        ("<xbrl><a>1</a></xbrl>", errors.NoOriginal),
        ("没有尖括号", errors.FileBroken),
        ('<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>', errors.FileUnsafe),
    ],
)
def test_a_wrong_original_is_refused_and_nothing_is_booked(text, refusal, world) -> None:
    with pytest.raises(refusal):
        book(world, text)

    assert not Voucher.objects.exists()


@pytest.mark.parametrize("role", ["cashier_reporter", "agency_reviewer", "stone_cashier"])
def test_only_the_accountant_books_originals(role: str, world) -> None:
    with pytest.raises(NotFound):
        book(world, role=role)
    assert not Voucher.objects.exists()


@pytest.fixture
def bank_key() -> bytes:
    """The key pair of a bank whose public key the county trusts: private, then public."""
    public, private = gmssl_pyx.sm2_key_generate()
    folder: Path = settings.SANZI.var / actions.TRUSTED
    folder.mkdir(exist_ok=True)
    (folder / "清河农商银行.pub").write_text(public.hex())
    (folder / "说明.txt").write_text("不是钥匙")
    (folder / "坏的.pem").write_text("-----BEGIN CERTIFICATE-----\n坏")
    yield private + public
    for file in folder.iterdir():
        file.unlink()


def sm2(pair: bytes, text: str) -> str:
    return base64.b64encode(gmssl_pyx.sm2_sign(pair[:32], pair[32:], text.encode())).decode()


def test_a_trusted_signature_is_told_to_the_log(world, bank_key) -> None:
    posted = book(world, RECEIPT, sm2(bank_key, RECEIPT))

    told = list(log.changes("O-WILLOW", ["ledger.original.booked"]))
    assert [(subject, after["signer"], after["algorithm"]) for _, subject, after in told] == [
        (posted.ext_id, "清河农商银行", "SM2")
    ]


def test_a_signature_over_other_bytes_or_of_a_stranger_books_nothing(world, bank_key) -> None:
    public, private = gmssl_pyx.sm2_key_generate()
    stranger = private + public
    for signature in (
        sm2(bank_key, RECEIPT.replace("800.00", "80.00")),
        sm2(stranger, RECEIPT),
        "不是签名",
    ):
        with pytest.raises(errors.BadSignature):
            book(world, RECEIPT, signature)

    assert not Voucher.objects.exists()


def test_the_file_says_how_it_was_booked(world) -> None:
    posted = book(world, aux_kind="person", aux_id="V1")

    root = etree.fromstring(posting_file(by=world.actor("town_leader"), ext_id=posted.ext_id))

    def text(path: str) -> list[str]:
        return [each.text or "" for each in root.iterfind(f".//{path}")]

    assert text("NameOfAccountingEntity") == ["柳湾村股份经济合作社"]
    assert text("InvoiceNumber") == ["26332000000012345678"]
    assert text("NumberOfAccountingDocuments") == ["记-1"]
    assert text("PostingDate") == ["2026-11-12"]
    assert text("AccountingPeriod") == ["2026-11"]
    assert text("SummaryOfAccountingDocuments") == ["垃圾袋"]
    assert text("DebitOrCredit") == ["借", "贷"]
    assert text("NameOfGeneralLedgerSubject") == ["公益支出", "银行存款"]
    assert text("RecordedAmount") == ["1260.00", "1260.00"]
    assert text("VoucherDigest") == [posted.hash]


def test_every_posted_voucher_has_its_file_and_strangers_get_none(world, post) -> None:
    (posted,) = post("""
        2026-11-03 买办公用品 | payment:P1
          5130102            120.00
          102 account:A-1   -120.00
    """)

    root = etree.fromstring(posting_file(by=world.actor("town_leader"), ext_id=posted.ext_id))
    assert root.find("RelatedBusinessInformation") is None
    with pytest.raises(NotFound):
        posting_file(by=world.actor("stone_cashier"), ext_id=posted.ext_id)


def test_a_broken_file_of_originals_says_what_is_wrong(tmp_path) -> None:
    whole = originals.ORIGINALS_FILE.read_text(encoding="utf-8")
    for changed, told in (("ours: buyer", "ours: 谁"), ("      title: [ItemName]\n", "")):
        file = tmp_path / "originals.yaml"
        file.write_text(whole.replace(changed, told), encoding="utf-8")
        with pytest.raises(originals.BadOriginals, match="einv"):
            originals.read_readings(file)
