"""XML invoices: fully digital ones by their paths, other kinds by names kept as data. No Django.

Nothing external is ever fetched: no DTD, no entities, no links. What stands inside a signature is
not part of the paper. Source: element lists of the e-voucher data standard (财会〔2025〕9号).
"""

from __future__ import annotations

import re
from datetime import date

from lxml import etree

from sanzi.evidence import errors
from sanzi.evidence.invoices import InvoiceFields, sources_of
from sanzi.evidence.reading import amounts

ELEMENTS_MAX = 20_000
XML_MAX_BYTES = 5 * 1024 * 1024
ROOT = "EInvoice"
_DATA = "{*}EInvoiceData/"
_BASIC = _DATA + "{*}BasicInformation/"
_SIGNED = "{http://www.w3.org/2000/09/xmldsig#}Signature"
_RED_REMARK = re.compile(r"被红冲蓝字(?:数电)?发票号码[:：]?\s*([0-9]{8,20})")
_SPECIFIC = {
    "Toll": "einv_toll",
    "RailwayETicket": "einv_rail",
    "AirTransport": "einv_air",
}
"""Special parts of a fully digital invoice that make it a kind of its own."""


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Return the root of an XML file read without DTD, entities or network, signatures taken out.

    Raises: FileUnsafe for a DTD or too many elements, FileBroken.
    """
    if len(data) > XML_MAX_BYTES:
        raise errors.FileUnsafe(name=name, why="XML太大")
    if b"<!DOCTYPE" in data.replace(b"\0", b"").upper():  # in UTF-16 too, before any parser sees it
        raise errors.FileUnsafe(name=name, why="XML里有外部定义")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_pis=True, remove_comments=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise errors.FileBroken(name=name, why="XML写法不对") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise errors.FileUnsafe(name=name, why="XML里有外部定义")
    if sum(1 for _ in root.iter()) > ELEMENTS_MAX:
        raise errors.FileUnsafe(name=name, why="XML太大")
    for signed in root.findall(f".//{_SIGNED}"):
        parent = signed.getparent()
        if parent is not None:
            parent.remove(signed)
    return root


def root_name(root: etree._Element) -> str:
    """Return the local name of a root."""
    return str(etree.QName(root).localname)


def read_einvoice(root: etree._Element, name: str, source: str = "xml") -> InvoiceFields:
    """Return the fields of one fully digital invoice.

    Raises: SeveralInvoices, KindNotTaken when a part that every invoice has is missing,
        FileBroken for an amount that can't be read.
    """
    parts = root.findall("{*}EInvoiceData")
    nested = root.findall(".//{*}" + ROOT)
    if len(parts) > 1 or nested:
        raise errors.SeveralInvoices(name=name, count=max(len(parts), len(nested) + 1))
    if not parts:
        raise errors.KindNotTaken(name=name, why="XML里不是电子发票")
    net = _amount(root, _BASIC + "{*}TotalAmWithoutTax", name)
    tax = amounts.tax_fen(_text(root, _BASIC + "{*}TotalTaxAm"))
    gross = _amount(root, _BASIC + "{*}TotalTax-includedAmount", name)
    red_of = _red_of(root)
    told = {
        "type_code": _type(root),
        "number": _number(root),
        "issue_date": _day(root),
        "seller_name": _text(root, _DATA + "{*}SellerInformation/{*}SellerName"),
        "seller_tax_no": _text(root, _DATA + "{*}SellerInformation/{*}SellerIdNum"),
        "buyer_name": _text(root, _DATA + "{*}BuyerInformation/{*}BuyerName"),
        "buyer_tax_no": _text(root, _DATA + "{*}BuyerInformation/{*}BuyerIdNum"),
        "net_fen": net,
        "tax_fen": tax,
        "amount_fen": gross,
        "item_text": _items(root),
        "original_number": red_of,
    }
    capitals = _text(root, _BASIC + "{*}TotalTax-includedAmountInChinese")
    doubts = amounts.disagreements(net, tax, gross, capitals) + _line_doubts(root, net)
    return InvoiceFields(
        **told,  # type: ignore[arg-type]
        is_red=bool(red_of) or (gross is not None and gross < 0),
        sources=sources_of(told, source),
        doubts=doubts,
    )


def _number(root: etree._Element) -> str:
    """Return the number that the tax office gave; the issuer's own id only if it is one too."""
    number = _text(root, "{*}TaxSupervisionInfo/{*}InvoiceNumber")
    own = _text(root, "{*}Header/{*}EIid")
    return number or (own if re.fullmatch(r"[0-9]{20}", own) else "")


def _day(root: etree._Element) -> date | None:
    """Return the day of the invoice; the time of its making only if there is no other."""
    asked = _text(root, _BASIC + "{*}RequestTime")
    return amounts.any_day(asked or _text(root, "{*}TaxSupervisionInfo/{*}IssueTime"))


def _type(root: etree._Element) -> str:
    specific = root.find(_DATA + "{*}SpecificInformation")
    for child in specific.iterchildren(etree.Element) if specific is not None else ():
        if root_name(child) in _SPECIFIC:
            return _SPECIFIC[root_name(child)]
    code = _text(root, "{*}Header/{*}InherentLabel/{*}GeneralOrSpecialVAT/{*}LabelCode")
    return "einv_special" if code == "01" else "einv_general"


def _items(root: etree._Element) -> str:
    names = [
        (one.text or "").strip()
        for one in root.findall(_DATA + "{*}IssuItemInformation/{*}ItemName")
    ]
    return "、".join(dict.fromkeys(one for one in names if one))[:200]


def _red_of(root: etree._Element) -> str:
    """Return the number of the invoice that this one takes back, empty for a blue one."""
    specific = _DATA + "{*}SpecificInformation/{*}RedEInvoice/{*}OriginalInvoiceCode"
    told = _text(root, specific)
    remark = _text(root, _DATA + "{*}AdditionalInformation/{*}Remark")
    found = _RED_REMARK.search(remark)
    return told or (found.group(1) if found else "")


def _line_doubts(root: etree._Element, net: int | None) -> tuple[str, ...]:
    """Return a sentence when the lines do not add up; a discount is a line below zero."""
    lines = [
        amounts.signed_fen((one.text or "").strip())
        for one in root.findall(_DATA + "{*}IssuItemInformation/{*}Amount")
    ]
    if not lines or net is None or None in lines or sum(one or 0 for one in lines) == net:
        return ()
    return ("各行金额加起来和合计不一样",)


def _text(root: etree._Element, path: str) -> str:
    found = root.find(path)
    return (found.text or "").strip() if found is not None else ""


def _amount(root: etree._Element, path: str, name: str) -> int | None:
    text = _text(root, path)
    if not text:
        return None
    fen = amounts.signed_fen(text)
    if fen is None:
        raise errors.FileBroken(name=name, why="发票金额读不懂")
    return fen
