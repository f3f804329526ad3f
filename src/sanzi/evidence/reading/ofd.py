"""OFD invoices: a zip with three structured sources, in falling trust. No Django.

1. an attached XML, whole; 2. tags that point at texts of the page; 3. notes on the file, whose
合计金额 is before tax. Only zipfile and lxml; nothing is rendered.
Source: GB/T 33190-2016.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator

from lxml import etree

from sanzi.evidence import errors, invoice_types, rules
from sanzi.evidence.invoices import InvoiceFields, sources_of
from sanzi.evidence.reading import amounts, merging, structured, xml

_ATTACHED = re.compile(r"(^|/)attachs?/[^/]+\.xml$")
_TAGS = re.compile(r"(^|/)(custom)?tags?/[^/]*customtag[^/]*\.xml$|(^|/)customtag\.xml$")
_PAGE = re.compile(r"(^|/)pages/[^/]+/content\.xml$")
_LISTS = ("attachments.xml", "customtags.xml")
_TAG_FIELDS = {
    "InvoiceNo": "number", "InvoiceNumber": "number", "EIid": "number",
    "ElectronicInvoiceRailwayETicketNumber": "number",
    "ElectronicInvoiceAirTransportReceiptNumber": "number",
    "InvoiceCode": "code", "InvoiceCheckCode": "check_code",
    "IssueDate": "issue_date", "DateOfIssue": "issue_date", "RequestTime": "issue_date",
    "BuyerName": "buyer_name", "BuyerTaxID": "buyer_tax_no", "BuyerIdNum": "buyer_tax_no",
    "SellerName": "seller_name", "SellerTaxID": "seller_tax_no", "SellerIdNum": "seller_tax_no",
    "TaxInclusiveTotalAmount": "amount_fen", "TotalTax-includedAmount": "amount_fen",
    "Fare": "amount_fen",
    "TaxExclusiveTotalAmount": "net_fen", "TotalAmWithoutTax": "net_fen",
    "TaxTotalAmount": "tax_fen", "TotalTaxAm": "tax_fen", "TaxAmount": "tax_fen",
    "Item": "item_text", "ItemName": "item_text",
}  # fmt: skip
_INFO_FIELDS = {
    "发票号码": "number", "发票代码": "code", "校验码": "check_code", "开票日期": "issue_date",
    "合计金额": "net_fen", "合计税额": "tax_fen",
    "购买方纳税人识别号": "buyer_tax_no", "销售方纳税人识别号": "seller_tax_no",
    "购买方名称": "buyer_name", "销售方名称": "seller_name",
}  # fmt: skip


def read_ofd(data: bytes, name: str) -> InvoiceFields | None:
    """Return the fields of the invoice that an OFD shows, None when it says nothing of one.

    The zip must have passed `rules.check_ofd`. Raises: FileUnsafe, FileBroken, SeveralInvoices.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        found = [
            _attached(pack, name),
            _from_tags(pack, name),
            _from_info(pack, name),
        ]
    return merging.merge([one for one in found if one is not None])


def attached_xml(data: bytes, name: str) -> bytes | None:
    """Return the one structured XML that an OFD carries, None when there is none.

    Raises: SeveralInvoices, FileUnsafe.
    """
    rules.check_ofd(data, name)
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        found = dict.fromkeys(content for content, _ in _papers(pack, name))
    if len(found) > 1:
        raise errors.SeveralInvoices(name=name, count=len(found))
    return next(iter(found), None)


def _papers(pack: zipfile.ZipFile, name: str) -> Iterator[tuple[bytes, InvoiceFields | None]]:
    """Yield each attached XML that is a paper of a known kind, with its fields as an invoice."""
    for entry in pack.infolist():
        place = entry.filename.lower()
        if not _ATTACHED.search(place) or place.endswith(_LISTS):
            continue
        content = _bytes(pack, entry, name)
        try:
            yield content, structured.read_xml(content, name, "ofd_xml")
        except errors.KindNotTaken:
            continue


def _attached(pack: zipfile.ZipFile, name: str) -> InvoiceFields | None:
    found: dict[str, InvoiceFields] = {}
    for _, fields in _papers(pack, name):
        if fields is not None:
            found[f"{fields.code}:{fields.number}"] = fields
    if len(found) > 1:
        raise errors.SeveralInvoices(name=name, count=len(found))
    return next(iter(found.values()), None)


def _from_tags(pack: zipfile.ZipFile, name: str) -> InvoiceFields | None:
    """Return what the tags say: each names the objects of the page that carry a field's text."""
    tags = [one for one in pack.infolist() if _TAGS.search(one.filename.lower())]
    if not tags:
        return None
    texts = _page_texts(pack, name)
    told: dict[str, str] = {}
    for entry in tags:
        for element in xml.parse_xml(_bytes(pack, entry, name), name).iter(etree.Element):
            key = _tag_key(element)
            refs = [
                (child.text or "").strip()
                for child in element.iterchildren(etree.Element)
                if etree.QName(child).localname == "ObjectRef"
            ]
            text = "".join(texts.get(one, "") for one in refs).strip()
            if key and text:
                told.setdefault(key, text)
    return _fields(told, "ofd_tags")


def _tag_key(element: etree._Element) -> str:
    """Return the field that a tag names; buyer and seller may be the element around it."""
    local = str(etree.QName(element).localname)
    parent = element.getparent()
    around = str(etree.QName(parent).localname) if parent is not None else ""
    if local in {"Name", "TaxID"} and around in {"Buyer", "Seller"}:
        local = around + local
    return _TAG_FIELDS.get(local.rsplit(".", 1)[-1], "") or _TAG_FIELDS.get(
        local.replace(".", ""), ""
    )


def _page_texts(pack: zipfile.ZipFile, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry in pack.infolist():
        if not _PAGE.search(entry.filename.lower()):
            continue
        for element in xml.parse_xml(_bytes(pack, entry, name), name).iter("{*}TextObject"):
            codes = [(one.text or "") for one in element.iter("{*}TextCode")]
            found[element.get("ID", "")] = "".join(codes)
    return found


def _from_info(pack: zipfile.ZipFile, name: str) -> InvoiceFields | None:
    """Return what the notes on the file say."""
    entry = next((one for one in pack.infolist() if one.filename == "OFD.xml"), None)
    if entry is None:
        return None
    told: dict[str, str] = {}
    for element in xml.parse_xml(_bytes(pack, entry, name), name).iter("{*}CustomData"):
        key = _INFO_FIELDS.get(element.get("Name", "").strip(), "")
        if key and (element.text or "").strip():
            told.setdefault(key, (element.text or "").strip())
    return _fields(told, "ofd_info")


def _fields(told: dict[str, str], source: str) -> InvoiceFields | None:
    """Return texts as fields. A sum of ¥ alone is no sum; with tax known it follows from parts."""
    if "number" not in told:
        return None
    found: dict[str, object] = {key: text for key, text in told.items() if "_fen" not in key}
    found["issue_date"] = amounts.any_day(told.get("issue_date", ""))
    for key in ("net_fen", "amount_fen"):
        if key in told:
            found[key] = amounts.signed_fen(told[key])
    if "tax_fen" in told:
        found["tax_fen"] = amounts.tax_fen(told["tax_fen"])
    net, tax = found.get("net_fen"), found.get("tax_fen")
    if found.get("amount_fen") is None and isinstance(net, int) and isinstance(tax, int):
        found["amount_fen"] = net + tax
    found["type_code"] = invoice_types.guess("e_invoice", told.get("code", ""), told["number"])
    gross = found.get("amount_fen")
    is_red = isinstance(gross, int) and gross < 0
    return InvoiceFields(**found, is_red=is_red, sources=sources_of(found, source))  # type: ignore[arg-type]


def _bytes(pack: zipfile.ZipFile, entry: zipfile.ZipInfo, name: str) -> bytes:
    """Return a part unpacked, never more than an XML may have. Raises: FileUnsafe, FileBroken."""
    try:
        with pack.open(entry) as stream:
            content = stream.read(xml.XML_MAX_BYTES + 1)
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError) as wrong:
        raise errors.FileBroken(name=name, why="压缩包不完整") from wrong
    if len(content) > xml.XML_MAX_BYTES:
        raise errors.FileUnsafe(name=name, why="XML太大")
    return content
