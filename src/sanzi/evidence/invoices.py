"""Reading invoices: XML e-invoices, OFD with an XML inside, the text of a QR code. No Django.

Nothing external is ever fetched: no DTD, no entities, no links. Source: data standard of fully
digital invoices; GB/T 33190 for OFD.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import date

from lxml import etree

from sanzi.evidence import errors
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal

ELEMENTS_MAX = 20_000
XML_MAX_BYTES = 5 * 1024 * 1024
QR_TOTAL_KINDS = frozenset({"31", "32"})
QR_KINDS = frozenset({"01", "04", "08", "10", "11", "14"}) | QR_TOTAL_KINDS
E_NUMBER = re.compile(r"[0-9]{20}")
LABELS = {
    "number": "发票号码", "code": "发票代码", "issue_date": "开票日期", "seller_name": "销售方",
    "seller_tax_no": "销售方税号", "buyer_name": "购买方", "buyer_tax_no": "购买方税号",
    "amount_fen": "价税合计", "item_text": "项目",
}  # fmt: skip


@dataclass(frozen=True)
class InvoiceFields:
    """What an invoice says. Units: amount in fen, tax included; None when not told."""

    kind: str = "e_invoice"
    code: str = ""
    number: str = ""
    issue_date: date | None = None
    seller_name: str = ""
    seller_tax_no: str = ""
    buyer_name: str = ""
    buyer_tax_no: str = ""
    amount_fen: int | None = None
    item_text: str = ""

    def table(self) -> list[tuple[str, str]]:
        """Return (label, text) of what is told, for a page."""
        found = []
        for key, label in LABELS.items():
            value = getattr(self, key)
            if value in ("", None):
                continue
            text = money.format_yuan(value) if key == "amount_fen" else str(value)
            found.append((label, text))
        return found


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Return the root of an XML file read without DTD, entities or network.

    Raises: FileUnsafe for a DTD or too many elements, FileBroken.
    """
    if len(data) > XML_MAX_BYTES:
        raise errors.FileUnsafe(name=name, why="XML太大")
    if b"<!DOCTYPE" in data.replace(b"\0", b"").upper():  # in UTF-16 too, before any parser sees it
        raise errors.FileUnsafe(name=name, why="XML里有外部定义")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as wrong:
        raise errors.FileBroken(name=name, why="XML写法不对") from wrong
    if root.getroottree().docinfo.internalDTD is not None:
        raise errors.FileUnsafe(name=name, why="XML里有外部定义")
    if sum(1 for _ in root.iter()) > ELEMENTS_MAX:
        raise errors.FileUnsafe(name=name, why="XML太大")
    return root


def read_xml(data: bytes, name: str) -> InvoiceFields:
    """Return the fields of one XML e-invoice.

    Raises: FileUnsafe, FileBroken, KindNotTaken when it is no invoice or holds several.
    """
    root = parse_xml(data, name)
    if etree.QName(root).localname != "EInvoice":
        raise errors.KindNotTaken(name=name, why="XML里不是电子发票")
    if len(root.findall("{*}EInvoiceData")) != 1 or root.findall(".//{*}EInvoice"):
        raise errors.KindNotTaken(name=name, why="一个文件里有几张发票，请一张一张传")
    content = "{*}EInvoiceData/"
    number = _text(root, "{*}TaxSupervisionInfo/{*}InvoiceNumber") or _text(
        root, "{*}Header/{*}EIid"
    )
    basic = content + "{*}BasicInformation/"
    when = _text(root, basic + "{*}RequestTime") or _text(
        root, "{*}TaxSupervisionInfo/{*}IssueTime"
    )
    items = [
        (one.text or "").strip()
        for one in root.findall(content + "{*}IssuItemInformation/{*}ItemName")
    ]
    return InvoiceFields(
        number=number,
        issue_date=_day(when),
        seller_name=_text(root, content + "{*}SellerInformation/{*}SellerName"),
        seller_tax_no=_text(root, content + "{*}SellerInformation/{*}SellerIdNum"),
        buyer_name=_text(root, content + "{*}BuyerInformation/{*}BuyerName"),
        buyer_tax_no=_text(root, content + "{*}BuyerInformation/{*}BuyerIdNum"),
        amount_fen=_fen(_text(root, basic + "{*}TotalTax-includedAmount"), name),
        item_text="、".join(one for one in items if one)[:200],
    )


def read_ofd(data: bytes, name: str) -> InvoiceFields | None:
    """Return the fields of the XML invoice that an OFD carries, None when it carries none.

    The zip must have passed `rules.check_ofd`. Raises: as `read_xml`.
    """
    with zipfile.ZipFile(io.BytesIO(data)) as pack:
        for entry in pack.infolist():
            place = entry.filename.lower()
            if "/attachs/" not in place or not place.endswith(".xml"):
                continue
            with pack.open(entry) as stream:
                content = stream.read(XML_MAX_BYTES + 1)
            if b"EInvoice" in content:
                return read_xml(content, name)
    return None


def read_qr(text: str) -> InvoiceFields:
    """Return the fields in the text of an invoice's QR code.

    The amount counts only for kinds 31 and 32: older codes give it without tax. A link is never
    followed. Raises: BadInvoice.
    """
    parts = [part.strip() for part in text.strip().split(",")]
    if len(parts) < 6 or parts[0] != "01" or parts[1] not in QR_KINDS:
        raise errors.BadInvoice(field="二维码", why="不是发票的二维码")
    is_digital = parts[1] in QR_TOTAL_KINDS
    try:
        amount = money.parse_yuan(parts[4]) if is_digital and parts[4] else None
    except Refusal as wrong:
        raise errors.BadInvoice(field="金额", why="二维码里的金额读不懂") from wrong
    return InvoiceFields(
        kind="e_invoice" if parts[1] in {"08", "10", "31", "32"} else "paper_invoice",
        code="" if is_digital else parts[2],
        number=parts[3],
        issue_date=_day(f"{parts[5][:4]}-{parts[5][4:6]}-{parts[5][6:8]}"),
        amount_fen=amount,
    )


def key_text(fields: InvoiceFields) -> str:
    """Return what makes an invoice the same invoice everywhere, empty when it has no number.

    Twenty figures stand alone; older numbers need their code; without a code, day and sum help.
    """
    number = re.sub(r"\s", "", fields.number).upper()
    code = re.sub(r"\s", "", fields.code).upper()
    if not number:
        return ""
    if E_NUMBER.fullmatch(number):
        return number
    if code:
        return f"{code}:{number}"
    day = fields.issue_date.isoformat() if fields.issue_date else ""
    return f"{number}:{day}:{fields.amount_fen or 0}"


def check(fields: InvoiceFields, today: date) -> InvoiceFields:
    """Return the fields when an invoice can look so.

    Raises: BadInvoice.
    """
    if fields.amount_fen is None or fields.amount_fen <= 0:
        raise errors.BadInvoice(field="金额", why="要填大于0的价税合计")
    if fields.amount_fen > money.MAX_FEN:
        raise errors.BadInvoice(field="金额", why="超过12位")
    if fields.issue_date is not None and fields.issue_date > today:
        raise errors.BadInvoice(field="开票日期", why="还没到这一天")
    is_invoice = fields.kind in {"e_invoice", "paper_invoice", "fiscal_receipt"}
    if is_invoice and not re.fullmatch(r"[0-9A-Za-z]{6,20}", fields.number):
        raise errors.BadInvoice(field="号码", why="一般是8位、10位或20位数字")
    if fields.code and not re.fullmatch(r"[0-9A-Za-z]{6,20}", fields.code):
        raise errors.BadInvoice(field="代码", why="一般是8位、10位或12位数字")
    return fields


def _text(root: etree._Element, path: str) -> str:
    found = root.find(path)
    return (found.text or "").strip() if found is not None else ""


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _fen(text: str, name: str) -> int | None:
    if not text:
        return None
    try:
        return money.parse_yuan(text)
    except Refusal as wrong:
        raise errors.FileBroken(name=name, why="发票金额读不懂") from wrong
