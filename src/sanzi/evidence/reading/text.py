"""Invoices read from plain text: of a PDF page, or lines that an engine saw on a photo. No Django.

Text is a weak source: words may stand in any order, so every field must be confirmed by a clerk.
"""

from __future__ import annotations

import re

from sanzi.evidence import invoice_types
from sanzi.evidence.invoices import InvoiceFields, sources_of
from sanzi.evidence.reading import amounts

_SPACE = re.compile(r"[ \t\u3000]+")
_NUMBER = re.compile(r"(?:发票号码|票据号码|电子发票号码|号码)\s*[:：]?\s*([0-9]{8,20})")
_CODE = re.compile(r"(?:发票代码|票据代码)\s*[:：]?\s*([0-9]{8,12})")
_DAY = re.compile(
    r"(?:开票日期|填开日期)\s*[:：]?\s*([0-9]{4}[^0-9]{1,3}[0-9]{1,2}[^0-9]{1,3}[0-9]{1,2})"
)
_CHECK = re.compile(r"校\s*验\s*码\s*[:：]?\s*([0-9A-Za-z ]{6,24})")
_LONE_NUMBER = re.compile(r"(?<![0-9])([0-9]{20})(?![0-9])")
_GROSS = re.compile(r"[(（]小写[)）]\s*[:：]?\s*[¥￥]?\s*(-?[0-9,]+\.[0-9]{2})")
_FARE = re.compile(r"票价\s*[:：]?\s*[¥￥]?\s*(-?[0-9,]+\.[0-9]{2})")
_CAPITAL = re.compile(
    r"([负]?[零壹贰叁肆伍陆柒捌玖拾佰仟万亿]+[元圆][零壹贰叁肆伍陆柒捌玖角分整正]*)"
)
_SUMS = re.compile(r"合\s*计\s*[¥￥]\s*(-?[0-9,]+\.[0-9]{2})\s*[¥￥]?\s*(-?[0-9,]+\.[0-9]{2}|\*+)?")
_SELLER = re.compile(r"(?:销售方|销\s*售\s*方\s*信\s*息|收款单位|开票单位)")
_BUYER = re.compile(r"(?:购买方|购\s*买\s*方\s*信\s*息|交款人)")
_NAME = re.compile(r"名\s*称\s*[:：]\s*([^\s:：]{2,60})")
_TAX_NO = re.compile(
    r"(?:统一社会信用代码[/／]?纳税人识别号|纳税人识别号|税号)\s*[:：]?\s*([0-9A-Z]{15,20})"
)
_MARKS = ("发票", "票据", "客票", "行程单")


def read_text(text: str, source: str) -> InvoiceFields | None:
    """Return what the words of a paper tell, None when they do not speak of an invoice.

    Shapes: `source` is `pdf_text` or `ocr`.
    """
    plain = _SPACE.sub(" ", text.replace("\r", "\n"))
    if not any(mark in plain for mark in _MARKS):
        return None
    number = _one(_NUMBER, plain) or _one(_LONE_NUMBER, plain)
    code = _one(_CODE, plain)
    gross_text = _one(_GROSS, plain) or _one(_FARE, plain)
    capital = _one(_CAPITAL, plain)
    gross = amounts.signed_fen(gross_text) if gross_text else amounts.capital_fen(capital)
    net, tax = _sums(plain)
    names = _pair(_NAME, plain)
    tax_nos = _pair(_TAX_NO, plain)
    kind = "fiscal_receipt" if "财政" in plain and "票据" in plain else "e_invoice"
    told = {
        "kind": kind,
        "type_code": _type(plain, kind, code, number),
        "number": number,
        "code": code,
        "check_code": _one(_CHECK, plain).replace(" ", "") if code else "",
        "issue_date": amounts.any_day(_one(_DAY, plain)),
        "amount_fen": gross,
        "net_fen": net,
        "tax_fen": tax,
        "buyer_name": names[0],
        "seller_name": names[1],
        "buyer_tax_no": tax_nos[0],
        "seller_tax_no": tax_nos[1],
    }
    if not number and gross is None:
        return None
    doubts = amounts.disagreements(net, tax, gross, capital)
    is_red = (gross is not None and gross < 0) or "红字" in plain
    return InvoiceFields(
        **told,  # type: ignore[arg-type]
        is_red=is_red,
        sources=sources_of(told, source),
        doubts=doubts,
    )


def _one(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found.group(1).strip() if found else ""


def _sums(text: str) -> tuple[int | None, int | None]:
    found = _SUMS.search(text)
    if found is None:
        return None, None
    tax = amounts.tax_fen(found.group(2).strip()) if found.group(2) else None
    return amounts.signed_fen(found.group(1)), tax


def _pair(pattern: re.Pattern[str], text: str) -> tuple[str, str]:
    """Return buyer's and seller's: by the nearest mark before each, else in order."""
    buyer = seller = ""
    found = list(pattern.finditer(text))
    for one in found:
        asked = _last(_BUYER, text, one.start())
        sold = _last(_SELLER, text, one.start())
        if asked > sold and not buyer:
            buyer = one.group(1)
        elif sold > asked and not seller:
            seller = one.group(1)
    if len(found) > 1 and not (buyer and seller):
        return found[0].group(1), found[1].group(1)
    return buyer, seller


def _last(mark: re.Pattern[str], text: str, end: int) -> int:
    places = [one.start() for one in mark.finditer(text, 0, end)]
    return places[-1] if places else -1


def _type(text: str, kind: str, code: str, number: str) -> str:
    if "铁路电子客票" in text:
        return "einv_rail"
    if "行程单" in text:
        return "einv_air"
    guessed = invoice_types.guess(kind, code, number)
    if "专用发票" in text:
        special = {"einv_general": "einv_special", "e_general": "e_special"}
        return special.get(guessed, guessed)
    return guessed
