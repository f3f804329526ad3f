"""Invoices as the office shows them: the register's table, one invoice's page, notes on a form."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.urls import reverse

from sanzi.evidence import invoices, queries
from sanzi.evidence.invoices import InvoiceFields
from sanzi.evidence.queries import Hung, register
from sanzi.evidence.verification.port import WORDS, Verdict
from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Event, Fact, Ledger, Link, Note, Row, Tab
from sanzi.interfaces.office.forms.invoices import READ_FIELDS, InvoiceForm
from sanzi.interfaces.office.pages import day, moment, today
from sanzi.interfaces.office.requests import OfficeRequest
from sanzi.kernel import money
from sanzi.matters.queries import CasePage

BAD = {"failed", "voided", "red_flushed"}
TABS = (
    ("", "全部"),
    ("pending", "未查验"),
    ("failed", "不符"),
    ("voided", "作废"),
    ("red_flushed", "红冲"),
    ("twice", "用了几处"),
    ("after", "付后作废红冲"),
)
CHANNELS = {"manual": "两人在网页上查", "simulator": "沙箱税务局", "vendor": "服务商"}
TONES = {"VALID": "done", "VOID": "due", "RED": "due", "MISMATCH": "due", "NOT_FOUND": "due"}


def ledger(request: OfficeRequest, rows: Sequence[register.Line]) -> Ledger:
    """Return the register's table."""
    return Ledger(
        caption="发票台账",
        columns=[
            Column("号码"),
            Column("开票日期"),
            Column("销售方"),
            Column("价税合计（元）", "money"),
            Column("查验"),
            Column("村"),
        ],
        rows=[_row(request, one) for one in rows],
        is_row_headed=True,
    )


def _row(request: OfficeRequest, one: register.Line) -> Row:
    part = "" if one.taken_fen == one.amount_fen else f"本次用{words.yuan(one.taken_fen)}"
    return Row(
        [
            Cell(
                one.number or "没有号码",
                url=reverse("office:invoice", args=[one.ext_id]),
                sub=one.type_text,
            ),
            Cell(day(request, one.issue_date) or "未知"),
            Cell(one.seller_name or "未知"),
            Cell(words.yuan(one.amount_fen), sub=part),
            Cell(one.status_text, severity="block" if one.status in BAD else ""),
            Cell(one.village or "未知"),
        ],
        tone="alarm" if one.status in BAD and one.is_claimed else "",
    )


def tabs(here: str, state: str, tally: dict[str, int]) -> list[Tab]:
    """Return the tabs of the register with what each holds."""
    return [
        Tab(
            title,
            f"{here}?state={key}" if key else here,
            str(tally.get(key, 0)) if key in register.STATUS_WORDS else "",
            is_current=state == key,
        )
        for key, title in TABS
    ]


def sentence(tally: dict[str, int]) -> str:
    """Return the one sentence that opens the register."""
    bad = sum(tally.get(one, 0) for one in BAD)
    if bad:
        return f"{bad}张发票查下来有问题"
    waiting = tally.get("pending", 0)
    return f"{waiting}张发票还没有查验" if waiting else "发票都查验过，没有问题"


def facts(page: register.Page) -> list[Fact]:
    """Return the fields of one invoice, each with where it was read."""
    found = [
        Fact(label, f"{text}（{source}）" if source else text)
        for label, text, source in page.fields
    ]
    found.append(Fact("本次用", f"{words.yuan(page.line.taken_fen)}元"))
    left = page.line.amount_fen - page.used_fen
    found.append(Fact("还没用的", f"{words.yuan(max(left, 0))}元", is_sum=True))
    if page.file_ext_id:
        found.append(
            Fact("原件", page.file_title, url=reverse("office:paper", args=[page.file_ext_id]))
        )
        if page.file_title.lower().endswith((".ofd", ".pdf")):
            found.append(Fact("电子签章", "没有验，真假以税务局查验为准"))
    return found


def course(request: OfficeRequest, page: register.Page) -> list[Event]:
    """Return the answers of the tax office, newest first."""
    return [
        Event(
            when=moment(request, one.at),
            lead=WORDS[Verdict(one.result)],
            text="，".join(
                part
                for part in (
                    one.words.rstrip("。"),
                    CHANNELS.get(one.channel, one.channel),
                    "、".join(one.people),
                    "有截图" if one.has_picture else "",
                )
                if part
            ),
            tone=TONES.get(one.result, "pending"),
        )
        for one in page.checks
    ]


def uses(page: register.Page) -> Ledger:
    """Return where the invoice is used, as far as this actor may see."""
    rows = [
        Row(
            [
                Cell(
                    one.case_number or one.payment_ext_id,
                    url=reverse("office:case", args=[one.case_number]) if one.case_number else "",
                ),
                Cell(one.village or "未知"),
                Cell(words.yuan(one.taken_fen)),
                Cell("已付款" if one.is_claimed else "在办或已归档"),
            ]
        )
        for one in page.uses
    ]
    if page.uses_elsewhere:
        rows.append(Row([Cell(f"还有{page.uses_elsewhere}处用在您看不到的地方", span=4)]))
    return Ledger(
        caption="用在哪里",
        columns=[Column("办件"), Column("村"), Column("用了多少（元）", "money"), Column("到哪了")],
        rows=rows,
    )


def heading(page: register.Page) -> tuple[str, str]:
    """Return the sentence and the quiet line of one invoice's page."""
    line = page.line
    number = line.number or "没有号码的票据"
    titles = {
        "ok": f"发票{number}查验一致",
        "pending": f"发票{number}还没有查验结果",
        "failed": f"发票{number}和税务局的不符",
        "voided": f"发票{number}已经作废",
        "red_flushed": f"发票{number}已经红冲",
    }
    said = titles.get(line.status, number)
    if line.status in {"voided", "red_flushed"} and line.is_claimed:
        said += "，钱已经付了，要更正"
    return said, f"{line.seller_name or '销售方未知'}，{words.yuan(line.amount_fen)}元"


def notes(twins: Sequence[register.Twin], case: CasePage, amount_fen: int) -> list[Note]:
    """Return what stands beside the papers of a draft: used before, too little, bad answers."""
    found = []
    for one in twins:
        severity = "block" if one.ground in {"number", "file"} else "warn"
        found.append(Note(severity, "请核对；分几次付的，每次写清本次用多少。", lead=one.sentence))
    listed = list(case.invoices)
    for one in listed:
        if one.verify_status in BAD:
            status = register.STATUS_WORDS[one.verify_status]
            found.append(Note("block", "请换成查得到的发票。", lead=f"发票{one.number}{status}。"))
    taken = sum(one.taken_fen for one in listed)
    if listed and taken < amount_fen:
        short = words.yuan(amount_fen - taken)
        found.append(Note("warn", "请补上发票，或核对金额。", lead=f"发票合计比付款少{short}元。"))
    return found


def reading_form(fields: InvoiceFields, digest: str, on: date) -> InvoiceForm:
    """Return the form of an invoice with what was read, each field saying where it came from."""
    amount = "" if fields.amount_fen is None else money.format_yuan(fields.amount_fen)
    net = "" if fields.net_fen is None else money.format_yuan(fields.net_fen)
    form = InvoiceForm(
        auto_id="inv_%s",
        initial={
            "kind": fields.kind,
            "code": fields.code,
            "number": fields.number,
            "issue_date": fields.issue_date or on,
            "seller_name": fields.seller_name,
            "seller_tax_no": fields.seller_tax_no,
            "buyer_name": fields.buyer_name,
            "check_code": fields.check_code,
            "amount": amount,
            "net": net,
            "digest": digest,
            "type_code": fields.type_code,
            "sources": ",".join(f"{key}:{value}" for key, value in fields.sources.items()),
        },
    )
    for key, name in READ_FIELDS.items():
        source = fields.sources.get(key)
        if source:
            sure = "" if source in invoices.SURE else "，请核对"
            form.fields[name].help_text = f"读自{invoices.SOURCES[source]}{sure}"
    return form


def listed(case: CasePage) -> list[tuple[Any, str]]:
    """Return the invoices of a case with what the tax office says of each."""
    return [(one, register.STATUS_WORDS.get(one.verify_status, "")) for one in case.invoices]


def readable(case: CasePage) -> list[Hung]:
    """Return the files of a draft that may show an invoice not yet written down."""
    taken = {one.file_digest for one in case.invoices}
    kinds = {"invoice", "fiscal_receipt"}
    return [one for one in case.files if one.kind in kinds and one.digest not in taken]


def read_context(request: OfficeRequest, case: CasePage) -> dict[str, Any]:
    """Return the form of the invoice on one file of a draft, filled with what was read."""
    wanted, _, place = request.GET["read"].partition(":")
    file = next((one for one in case.files if one.ext_id == wanted), None)
    if file is None:
        return {}
    told = queries.access_reading(by=request.actor, ext_id=file.ext_id)
    at = int(place) if place.isdecimal() and len(place) < 3 else 0
    fields = told[at] if at < len(told) else InvoiceFields()
    others = [
        Link(f"第{number + 1}张", f"?read={file.ext_id}:{number}#invoice")
        for number in range(len(told))
        if len(told) > 1
    ]
    return {
        "invoice_form": reading_form(fields, file.digest, today(request)),
        "invoice_open": True,
        "read_from": file.title,
        "read_found": bool(told),
        "read_doubts": fields.doubts,
        "read_others": others,
    }
