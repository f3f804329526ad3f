"""What an invoice says, wherever it was read, and what makes it the same invoice. No Django.

Reading files is in `reading/`; the text of a QR code is read here. Every field carries where it
came from, so that a page can show how far to trust it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sanzi.evidence import errors, invoice_types
from sanzi.kernel import money
from sanzi.kernel.refusals import Refusal

E_NUMBER = re.compile(r"[0-9]{20}")
LABELS = {
    "type_code": "票种", "number": "发票号码", "code": "发票代码", "issue_date": "开票日期",
    "seller_name": "销售方", "seller_tax_no": "销售方税号", "buyer_name": "购买方",
    "buyer_tax_no": "购买方税号", "net_fen": "不含税金额", "tax_fen": "税额",
    "amount_fen": "价税合计", "check_code": "校验码", "item_text": "项目",
    "original_number": "被红冲的发票",
}  # fmt: skip
SOURCES = {
    "xml": "电子发票XML",
    "ofd_xml": "OFD里的XML",
    "pdf_xml": "PDF里的XML",
    "ofd_tags": "OFD标签",
    "ofd_info": "OFD文件说明",
    "qr": "二维码",
    "pdf_text": "PDF文字",
    "ocr": "照片识字",
    "typed": "手工填写",
}
"""Where a field may come from, the most trusted first."""
SURE = frozenset({"xml", "ofd_xml", "pdf_xml"})
KEY_FIELDS = ("number", "issue_date", "amount_fen", "seller_name")
NOT_INVOICES = frozenset({"roster", "self_made", "white_slip"})


@dataclass(frozen=True)
class InvoiceFields:
    """What an invoice says. Units: fen; `amount_fen` has the tax in it; None when not told.

    Shapes: `type_code` is a key of data/evidence/invoice_types.yaml; `sources` says for each
        field told where it was read; `doubts` are sentences about what does not fit together.
    """

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
    type_code: str = ""
    check_code: str = ""
    net_fen: int | None = None
    tax_fen: int | None = None
    is_red: bool = False
    original_number: str = ""
    sources: Mapping[str, str] = field(default_factory=dict)
    doubts: tuple[str, ...] = ()

    def table(self) -> list[tuple[str, str]]:
        """Return (label, text) of what is told, for a page."""
        return [(LABELS[key], self.shown(key)) for key in LABELS if self.shown(key)]

    def shown(self, key: str) -> str:
        """Return one field as a page shows it, empty when it is not told."""
        value = getattr(self, key)
        if value in ("", None):
            return ""
        if key.endswith("_fen"):
            return money.format_yuan(value)
        return invoice_types.title(value) if key == "type_code" else str(value)

    @property
    def weak(self) -> tuple[str, ...]:
        """The key fields that are missing, or come from a source that a clerk must confirm."""
        return tuple(
            key
            for key in KEY_FIELDS
            if getattr(self, key) in ("", None) or self.sources.get(key) not in SURE
        )

    @property
    def is_sure(self) -> bool:
        """True when every key field comes from a structured source and nothing is doubtful."""
        return not self.weak and not self.doubts


def read_qr(text: str) -> InvoiceFields:
    """Return the fields in the text of an invoice's QR code.

    The newer kinds give the amount with tax, the older ones before it. A link is never followed,
    and a check code of twenty figures is not taken for a number. Raises: BadInvoice.
    """
    parts = [part.strip() for part in text.strip().split(",")]
    found = invoice_types.by_qr().get(parts[1]) if len(parts) > 5 and parts[0] == "01" else None
    if found is None:
        raise errors.BadInvoice(field="二维码", why="不是发票的二维码")
    code = parts[2] if found.codes else ""
    if len(parts[3]) not in found.numbers or not parts[3].isdecimal():
        raise errors.BadInvoice(field="二维码", why="里面的发票号码位数不对")
    try:
        amount = money.parse_yuan(parts[4]) if parts[4] else None
    except Refusal as wrong:
        raise errors.BadInvoice(field="金额", why="二维码里的金额读不懂") from wrong
    told = {
        "kind": found.kind,
        "type_code": found.key,
        "code": code,
        "number": parts[3],
        "issue_date": _day(parts[5]),
        "amount_fen" if found.is_qr_gross else "net_fen": amount,
        "check_code": parts[6] if len(parts) > 6 and found.codes else "",
    }
    return InvoiceFields(**told, sources=sources_of(told, "qr"))  # type: ignore[arg-type]


def sources_of(told: Mapping[str, object], source: str) -> dict[str, str]:
    """Return that every field told came from one source."""
    return {key: source for key, value in told.items() if value not in ("", None) and key in LABELS}


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


def soft_text(fields: InvoiceFields) -> str:
    """Return what two papers without a number have in common when they may be one; else empty.

    The day is left out: queries compare it with a day's tolerance.
    """
    seller = re.sub(r"\s", "", fields.seller_tax_no or fields.seller_name).upper()
    return f"{seller}:{fields.amount_fen}" if seller and fields.amount_fen else ""


def check(fields: InvoiceFields, today: date) -> InvoiceFields:
    """Return the fields when an invoice can look so.

    Raises: RedInvoice, BadInvoice.
    """
    if fields.is_red or (fields.amount_fen is not None and fields.amount_fen < 0):
        raise errors.RedInvoice(number=fields.number or "没有号码")
    if fields.amount_fen is None or fields.amount_fen <= 0:
        raise errors.BadInvoice(field="金额", why="要填大于0的价税合计")
    if fields.amount_fen > money.MAX_FEN:
        raise errors.BadInvoice(field="金额", why="超过12位")
    if fields.issue_date is not None and fields.issue_date > today:
        raise errors.BadInvoice(field="开票日期", why="还没到这一天")
    if fields.kind in invoice_types.KINDS and not re.fullmatch(r"[0-9A-Za-z]{6,20}", fields.number):
        raise errors.BadInvoice(field="号码", why="一般是8位、10位或20位数字")
    if fields.code and not re.fullmatch(r"[0-9A-Za-z]{6,20}", fields.code):
        raise errors.BadInvoice(field="代码", why="一般是8位、10位或12位数字")
    return fields


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text[:4]}-{text[4:6]}-{text[6:8]}")
    except ValueError:
        return None
