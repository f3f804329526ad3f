"""Invoices are read from XML, OFD, PDF and pictures, and every field says where it came from."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sanzi.evidence import errors, originals, papers, reading, rules
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.reading import amounts, ocr
from sanzi.kernel import money
from worlds import invoice_papers as made


def read(data: bytes, engine: Any = None) -> list[InvoiceFields]:
    """Examine and read a file as an upload would."""
    examined = rules.examine(data, "票.x")
    return reading.read(examined.data, examined.media_type, "票.x", engine=engine)


def one(data: bytes) -> InvoiceFields:
    (found,) = read(data)
    return found


def test_a_digital_invoice_tells_all_its_fields_and_is_sure() -> None:
    found = one(made.xml())

    assert found.table() == [
        ("票种", "数电票（普通发票）"), ("发票号码", made.NUMBER), ("开票日期", "2026-11-03"),
        ("销售方", "柳湾农资店"), ("销售方税号", "91330000MA0000001X"),
        ("购买方", "柳湾村股份经济合作社"), ("购买方税号", "N2330521MF0000005P"),
        ("不含税金额", "1,188.68"), ("税额", "71.32"), ("价税合计", "1,260.00"),
        ("项目", "*塑料制品*垃圾袋"),
    ]  # fmt: skip
    assert found.is_sure
    assert set(found.sources.values()) == {"xml"}


@pytest.mark.parametrize(
    ("changed", "field", "value"),
    [
        ({"label": "01"}, "type_code", "einv_special"),
        ({"specific": "<Toll><Plate>浙A</Plate></Toll>"}, "type_code", "einv_toll"),
        ({"tax": "*", "net": "1260.00", "line": "1272.00"}, "tax_fen", 0),
        ({"tax": "免税", "net": "1260.00", "line": "1272.00"}, "doubts", ()),
        ({"remark": "被红冲蓝字数电发票号码：26332000000000000001"}, "is_red", True),
        (
            {"specific": "<RedEInvoice><OriginalInvoiceCode>26332000000000000002"
             "</OriginalInvoiceCode></RedEInvoice>"},
            "original_number", "26332000000000000002",
        ),
        ({"gross": "-1260.00", "net": "-1188.68", "tax": "-71.32"}, "is_red", True),
        ({"gross": "1300.00"}, "is_sure", False),
        ({"capital": "壹仟叁佰元整"}, "is_sure", False),
        ({"line": "1300.00"}, "doubts", ("各行金额加起来和合计不一样",)),
    ],
    ids=["special", "toll", "star", "free", "red-remark", "red-part", "negative", "sum", "capitals",
         "lines"],
)  # fmt: skip
def test_what_digital_invoices_trip_over(changed: dict[str, str], field: str, value: Any) -> None:
    assert getattr(one(made.xml(**changed)), field) == value


def test_words_inside_a_signature_are_not_the_paper() -> None:
    fake = (
        '<Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><Object><EInvoiceData/>'
        "</Object></Signature>"
    )
    assert one(made.xml(more=fake)).amount_fen == 126_000


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (made.xml(more="<EInvoiceData/>"), errors.SeveralInvoices),
        (made.ofd(attached=[made.xml(), made.xml(number="26332000000099999999")]),
         errors.SeveralInvoices),
        (made.pdf("发票", attached={"a.xml": made.xml(), "b.xml": made.xml(number="2" * 20)}),
         errors.SeveralInvoices),
        (made.pdf("发票", attached={"tool.exe": b"MZ\x90"}), errors.FileUnsafe),
        (made.pdf("发票")[:-900] + b"%%EOF", errors.FileBroken),
        (made.xml(gross="许多"), errors.FileBroken),
        (made.pack({"OFD.xml": b"<x/>", "Doc_0/Attachs/a.xml":
                    b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'}),
         errors.FileUnsafe),
        (made.pack({"OFD.xml": b"<x/>", "Doc_0/Attachs/a.xml": b"<x>" + b" " * 6_000_000}),
         errors.FileUnsafe),
    ],
    ids=["two-in-xml", "two-in-ofd", "two-in-pdf", "program-in-pdf", "half-pdf", "no-number",
         "entity-in-ofd", "bomb-in-ofd"],
)  # fmt: skip
def test_a_hostile_or_unclear_file_is_refused(content: bytes, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        read(content)


TAGS = {
    "InvoiceNo": made.NUMBER, "IssueDate": "2026年11月03日", "SellerName": "柳湾农资店",
    "TaxInclusiveTotalAmount": "¥", "TaxExclusiveTotalAmount": "¥1188.68",
    "TaxTotalAmount": "¥71.32",
}  # fmt: skip
INFO = {"发票号码": made.NUMBER, "合计金额": "1188.68", "合计税额": "71.32", "开票日期": "20261103"}


def test_an_ofd_is_read_from_its_attachment_first() -> None:
    found = one(made.ofd(attached=[made.xml()], tags=TAGS, info=INFO))

    assert (found.amount_fen, found.is_sure, found.sources["number"]) == (126_000, True, "ofd_xml")


def test_tags_of_an_ofd_point_at_texts_and_a_bare_yuan_sign_is_no_sum() -> None:
    found = one(made.ofd(tags=TAGS))

    assert (found.amount_fen, found.seller_name) == (126_000, "柳湾农资店")
    assert found.weak == ("number", "issue_date", "amount_fen", "seller_name")
    assert found.sources["amount_fen"] == "ofd_tags"


def test_the_sum_in_the_notes_of_an_ofd_is_before_tax() -> None:
    found = one(made.ofd(info=INFO))

    assert (found.net_fen, found.tax_fen, found.amount_fen) == (118_868, 7_132, 126_000)
    assert found.sources["amount_fen"] == "ofd_info"


def test_a_page_that_says_another_sum_than_the_attachment_raises_doubt() -> None:
    found = one(
        made.ofd(attached=[made.xml()], tags=TAGS | {"TaxInclusiveTotalAmount": "¥9260.00"})
    )

    assert found.amount_fen == 126_000
    assert found.doubts == ("价税合计和OFD标签里的不一样（9,260.00）",)
    assert not found.is_sure


def test_an_ofd_without_an_invoice_says_nothing() -> None:
    assert read(made.ofd()) == []


def test_a_pdf_is_read_from_the_xml_attached_to_it() -> None:
    found = one(made.pdf(made.WORDS, attached={"fp.xml": made.xml()}, code=made.QR))

    assert (found.is_sure, found.sources["number"]) == (True, "pdf_xml")


def test_a_pdf_without_xml_is_read_from_its_code_and_its_words_and_must_be_confirmed() -> None:
    found = one(made.pdf(made.WORDS, code=made.QR))

    assert (found.number, found.amount_fen, found.seller_name, found.buyer_name) == (
        made.NUMBER, 126_000, "柳湾农资店", "柳湾村股份经济合作社",
    )  # fmt: skip
    assert (found.sources["number"], found.sources["seller_name"]) == ("qr", "pdf_text")
    assert (found.doubts, found.is_sure) == ((), False)


def test_a_pdf_that_is_no_invoice_says_nothing() -> None:
    assert read(made.pdf("柳湾村村民代表会议记录")) == []


@pytest.mark.parametrize("turn", [0, 2.5, 90])
def test_a_photo_of_paper_is_read_by_its_code(turn: float) -> None:
    found = one(made.photo(made.QR, turn=turn, quality=60))

    assert (found.number, found.amount_fen, found.issue_date) == (
        made.NUMBER, 126_000, date(2026, 11, 3),
    )  # fmt: skip
    assert found.weak == ("number", "issue_date", "amount_fen", "seller_name")


def test_an_old_code_gives_the_sum_before_tax_only() -> None:
    found = one(made.photo(made.OLD_QR))

    assert (found.code, found.number, found.net_fen, found.amount_fen) == (
        "033001900111", "12345678", 118_868, None,
    )  # fmt: skip
    assert (found.type_code, found.check_code) == ("e_general", "12345678901234567890")


def test_a_sheet_with_several_invoices_gives_each_and_other_codes_are_left() -> None:
    found = read(made.photo(made.QR, "http://pay.example/x", made.OLD_QR))

    assert sorted(fields.number for fields in found) == ["12345678", made.NUMBER]
    assert read(made.photo("http://pay.example/x")) == []


class Recorded:
    """An engine that saw these lines; what a real one said of a rendered invoice."""

    def lines(self, _picture: Any) -> list[str]:
        """Return the lines, one bracket come back half-width as engines do."""
        return made.WORDS.replace("（小写）", "(小写)").split("\n")


def test_words_on_a_photo_are_the_weakest_source() -> None:
    (found,) = read(made.photo(), Recorded())

    assert (found.amount_fen, found.number) == (126_000, made.NUMBER)
    assert set(found.sources.values()) == {"ocr"}


def test_the_engine_is_an_extra() -> None:
    if ocr.engine() is None:
        pytest.skip("the extra sanzi[ocr] is not installed: its models are 400 MB")
    (found,) = read(made.photo(made.QR), ocr.engine())
    assert found.number == made.NUMBER


RAIL = (
    '<xbrl xmlns:r="urn:rai"><r:ElectronicInvoiceRailwayETicketNumber>26339160000000000001'
    "</r:ElectronicInvoiceRailwayETicketNumber><r:DateOfIssue>2026-11-04</r:DateOfIssue>"
    "<r:Fare>73.00</r:Fare><r:TaxAmount>6.03</r:TaxAmount>"
    "<r:NameOfPurchaser>柳湾村股份经济合作社</r:NameOfPurchaser></xbrl>"
)
AIR = (
    '<xbrl xmlns:a="urn:atr"><a:ElectronicInvoiceAirTransportReceiptNumber>26117000000000000001'
    "</a:ElectronicInvoiceAirTransportReceiptNumber><a:DateOfIssue>2026-11-04</a:DateOfIssue>"
    "<a:Fare>600.00</a:Fare><a:FuelSurcharge>20.00</a:FuelSurcharge><a:VatTaxAmount>55.80"
    "</a:VatTaxAmount><a:CivilAviationDevelopmentFund>50.00</a:CivilAviationDevelopmentFund></xbrl>"
)
FISCAL = (
    "<FiscalElectronicInvoice><CodeOfFiscalElectronicBill>33010126"
    "</CodeOfFiscalElectronicBill><NumberOfFiscalElectronicBill>0012345678"
    "</NumberOfFiscalElectronicBill><CheckCode>a1b2c3</CheckCode><IssueDate>20261104</IssueDate>"
    "<TotalAmount>150.00</TotalAmount><NameOfInvoicingParty>清河镇财政所</NameOfInvoicingParty>"
    "</FiscalElectronicInvoice>"
)
OLD = (
    '<fp:eInvoice xmlns:fp="urn:fp"><fp:InvoiceCode>033001900111</fp:InvoiceCode>'
    "<fp:InvoiceNo>12345678</fp:InvoiceNo><fp:InvoiceCheckCode>12345678901234567890"
    "</fp:InvoiceCheckCode><fp:IssueDate>2026-11-04</fp:IssueDate><fp:SellerName>柳湾农资店"
    "</fp:SellerName><fp:TaxExclusiveTotalAmount>100.00</fp:TaxExclusiveTotalAmount>"
    "<fp:TaxTotalAmount>13.00</fp:TaxTotalAmount><fp:TaxInclusiveTotalAmount>113.00"
    "</fp:TaxInclusiveTotalAmount></fp:eInvoice>"
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (RAIL, ("einv_rail", "", "26339160000000000001", 7_300)),
        (AIR, ("einv_air", "", "26117000000000000001", 72_580)),
        (FISCAL, ("fiscal", "33010126", "0012345678", 15_000)),
        (OLD, ("e_general", "033001900111", "12345678", 11_300)),
    ],
    ids=["rail", "air", "fiscal", "old"],
)
def test_other_kinds_are_read_by_the_list_that_books_them_too(text: str, expected: Any) -> None:
    for data in (text.encode(), made.ofd(attached=[text.encode()])):
        found = reading.read(data, rules.sniff(data) or "application/xml", "票")[0]
        assert (found.type_code, found.code, found.number, found.amount_fen) == expected
        booked = originals.read(data, "票")
        assert (booked.number, booked.amount_fen) == (expected[2], expected[3])


def test_an_original_inside_a_pdf_is_booked_from_its_xml() -> None:
    found = originals.read(made.pdf("票", attached={"fp.xml": made.xml()}), "票.pdf")
    assert (found.kind, found.number, found.amount_fen) == ("einv", made.NUMBER, 126_000)
    with pytest.raises(errors.NoOriginal):
        originals.read(made.pdf("票"), "票.pdf")


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("壹仟贰佰陆拾圆整", 126_000), ("叁拾陆万伍仟伍佰玖拾壹元整", 36_559_100),
        ("贰拾元零伍分", 2_005), ("伍角", 50), ("壹亿零叁万元伍角陆分", 10_003_000_056),
        ("（负数）壹拾元整", -1_000), ("不是金额", None), ("拾元整", 1_000),
    ],
)  # fmt: skip
def test_capitals_are_read_back(text: str, fen: int | None) -> None:
    assert amounts.capital_fen(text) == fen


@given(st.integers(min_value=1, max_value=money.MAX_FEN))
def test_capitals_of_any_amount_are_read_back(fen: int) -> None:
    assert amounts.capital_fen(money.capital(fen)) == fen


def test_every_kind_of_paper_on_the_list_says_how_sure_its_names_are() -> None:
    kinds = papers.readings()
    assert set(kinds) == {"einv", "inv", "rai", "atr", "efi", "ntrev", "bker"}
    assert all(one.provenance for one in kinds.values())
