"""Bills for payers and the receipts that follow: issue, show with its code, print, void, list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import (
    Cell,
    Choice,
    Column,
    Count,
    Fact,
    ItemRow,
    Ledger,
    Link,
    Row,
    Tab,
)
from sanzi.interfaces.office.forms.income import BillForm
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
    today,
)
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.doors import qr
from sanzi.interfaces.office.views.payments import crumbs
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import bills as actions
from sanzi.payments.actions import voids
from sanzi.payments.queries import bill_papers
from sanzi.payments.queries import bills as queries
from sanzi.payments.queries.bills import BillFilter

CSV_ROWS_MAX = 10_000
DUE_AFTER = timedelta(days=15)
STATES = (
    ("", "全部"),
    ("OPEN", "等交款"),
    ("PART", "交了一部分"),
    ("PAID", "交清了"),
    ("VOID", "作废了"),
)


def bill_crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of bills."""
    return crumbs(Link("缴款单", reverse("office:bills")), *links)


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the bills of the scope, what is late, and the cash that is not at the bank."""
    if not may(request, "payments.see"):
        raise NotFound
    only = BillFilter(
        text=request.GET.get("text", "").strip(),
        division_code=request.GET.get("village", ""),
        state=request.GET.get("state", ""),
        is_late="late" in request.GET,
    )
    found = queries.bills(by=request.actor, only=only, today=today(request))
    if request.GET.get("as") == "csv":
        return _csv(found)
    totals = queries.totals(by=request.actor, only=only, today=today(request))
    page = page_of(request, found)
    here = reverse("office:bills")
    return show(
        request,
        "bills",
        {
            "title": f"{totals.late_count}张缴款单过了期限，差{words.yuan(totals.late_fen)}元"
            if totals.late_count
            else "缴款单都按期",
            "sub": "交款人照单转账，写上编号，钱到了自动开收据、记账。",
            "links": _links(request),
            "counts": _counts(request, totals, here),
            "tabs": [
                *(
                    Tab(title, f"{here}?state={code}", is_current=only.state == code
                        and not only.is_late)
                    for code, title in STATES
                ),
                Tab("过期没交", f"{here}?late=1", str(totals.late_count), is_current=only.is_late),
            ],
            "only": only,
            "villages": people_queries.villages(by=request.actor, permission="payments.see"),
            "village": only.division_code,
            "rows": [_row(request, one) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=crumbs(Link("缴款单", "")),
    )  # fmt: skip


def _links(request: OfficeRequest) -> list[Link]:
    found = [
        Link("收据", reverse("office:receipts"), "receipt"),
        Link("票据本", reverse("office:receipt_books"), "notebook"),
    ]
    if may(request, "payments.receive"):
        found.insert(0, Link("待认领的收入", reverse("office:unclaimed"), "inbox"))
    if may(request, actions.PERMISSION):
        found.insert(0, Link("开缴款单", reverse("office:bill_new"), "plus", is_primary=True))
    return found


def _counts(request: OfficeRequest, totals: queries.BillTotals, here: str) -> list[Count]:
    number, fen = queries.unbanked(by=request.actor)
    late = len(queries.late_cash(by=request.actor, at=request.at))
    return [
        Count(words.yuan(totals.amount_fen), "元", f"{totals.bill_count}张缴款单", here),
        Count(words.yuan(totals.paid_fen), "元已收", "银行已经到账", f"{here}?state=PAID"),
        Count(
            words.yuan(totals.late_fen),
            "元过期没交",
            f"{totals.late_count}张",
            f"{here}?late=1",
            is_hot=bool(totals.late_count),
        ),
        Count(
            words.yuan(fen),
            "元现金没存",
            f"{number}张收据，{late}张超期" if late else f"{number}张收据",
            reverse("office:unbanked"),
            is_hot=bool(late),
        ),
    ]


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    bill = queries.bill_row(one, today=today(request))
    return ItemRow(
        title=f"{bill.payer_name}：{bill.purpose}",
        url=reverse("office:bill", args=[bill.ext_id]),
        sub=f"{bill.organisation_name} · {bill.number}号",
        amount=words.yuan(bill.amount_fen),
        due=f"{bill.state_label} {day(request, bill.due_date)}前",
        is_late=bill.is_late,
        icon="receipt",
    )


def _csv(found: Any) -> HttpResponseBase:
    return csv_file(
        "缴款单",
        ["单号", "单位", "交款人", "什么钱", "应交（元）", "已交（元）", "期限", "状态"],
        (
            [
                one.number,
                one.organisation.name,
                one.payer_name,
                one.purpose,
                words.yuan(one.amount_fen),
                words.yuan(one.paid_fen),
                one.due_date.isoformat(),
                one.get_state_display(),
            ]
            for one in found[:CSV_ROWS_MAX].iterator(500)
        ),
    )


@officer
def new(request: OfficeRequest) -> HttpResponseBase:
    """Issue a bill: who, what, how much, until when."""
    if not may(request, actions.PERMISSION):
        raise NotFound
    due = (today(request) + DUE_AFTER).isoformat()
    is_looking = "find" in request.POST
    form = (
        BillForm(initial=request.POST.dict())
        if is_looking
        else BillForm(request.POST or None, initial={"due_date": due})
    )
    bodies = people_queries.bodies(by=request.actor, permission=actions.PERMISSION)
    form.offer(bodies)
    found = _payers(request, bodies)
    form.offer_payers(found)
    if request.method == "POST" and not is_looking and form.is_valid():
        try:
            issued = actions.issue_bill(fields=form.bill(), by=request.actor, at=request.at)
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"开好了{issued.number}号。给交款人看这一页，或打印。")
            return redirect("office:bill", issued.ext_id)
    return show(
        request,
        "bill_new",
        {
            "form": form,
            "found": _payer_choices(request, found),
            "is_looking": is_looking,
            "looked_for": request.POST.get("payer_name", "").strip(),
        },
        current="payments",
        crumbs=bill_crumbs(Link("开缴款单", "")),
    )


def _payers(
    request: OfficeRequest, bodies: Sequence[tuple[str, str, str]]
) -> list[tuple[str, str, str]]:
    """Return the registered payers of the body's village whose name begins as typed."""
    place = {ext_id: code for ext_id, _, code in bodies}.get(request.POST.get("organisation", ""))
    if place is None:
        return []
    return people_queries.payee_choices(
        by=request.actor,
        division_code=place,
        words=request.POST.get("payer_name", "").strip()[:120],
        permission=actions.PERMISSION,
    )


def _payer_choices(request: OfficeRequest, found: Sequence[tuple[str, str, str]]) -> list[Choice]:
    """Return the registered payers to choose from, and the name as it was typed."""
    chosen = request.POST.get("payer", "")
    subs = {"person": "本村人", "counterparty": "店家或单位"}
    offered = [
        Choice(f"{kind}:{ext_id}", name, subs[kind], is_chosen=chosen == f"{kind}:{ext_id}")
        for kind, ext_id, name in found
    ]
    is_none = not any(one.is_chosen for one in offered)
    as_typed = Choice("", "就用上面写的名字", "没登记过的", is_chosen=is_none)
    return [*offered, as_typed] if offered else []


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a bill with the code that a payer scans."""
    bill = queries.access_bill(by=request.actor, ext_id=ext_id, today=today(request))
    return show(
        request,
        "bill",
        {
            "bill": bill,
            "title": _sentence(request, bill),
            "sub": f"{bill.organisation_name}，{bill.number}号，{bill.purpose}",
            "links": [Link("打印", reverse("office:bill_file", args=[ext_id]), "printer")],
            "qr": qr(bill.text_to_pay, error="m", scale=3) if bill.text_to_pay else "",
            "facts": _facts(request, bill),
            "ledger": _receipts(request, bill.receipts),
        },
        current="payments",
        crumbs=bill_crumbs(Link(bill.number, "")),
    )


def _sentence(request: OfficeRequest, bill: queries.BillView) -> str:
    if bill.state == "VOID":
        return f"作废了：{bill.void_reason}"
    if bill.state == "PAID":
        return f"{bill.payer_name}交清了{words.yuan(bill.amount_fen)}元"
    late = "，过了期限" if bill.is_late else ""
    until = day(request, bill.due_date)
    return f"{bill.payer_name}要在{until}前交{words.yuan(bill.left_fen)}元{late}"


def _facts(request: OfficeRequest, bill: queries.BillView) -> list[Fact]:
    found = [
        Fact("户名", bill.holder_name),
        Fact("账号", bill.account_number),
        Fact("开户行联行号", bill.bank_code),
        Fact("应交", f"{words.yuan(bill.amount_fen)}元"),
        Fact("已交", f"{words.yuan(bill.paid_fen)}元"),
        Fact("收入类别", bill.kind_label),
        Fact("记到哪个科目", bill.subject_words or "认领时由代理会计定"),
        Fact("合同或资产", bill.source_id),
        Fact("短信", "钱到了给交款人发" if bill.has_phone else "没留手机，不发"),
        Fact("开单", moment(request, bill.issued_at)),
    ]
    return [one for one in found if one.text]


def _receipts(request: OfficeRequest, rows: tuple[queries.ReceiptView, ...]) -> Ledger:
    return Ledger(
        caption="收据",
        columns=[Column("收据号"), Column("金额（元）", "money"), Column("到账"), Column("状态")],
        rows=[
            Row(
                [
                    Cell(one.number, url=reverse("office:receipt", args=[one.ext_id])),
                    Cell(words.yuan(one.amount_fen)),
                    Cell(moment(request, one.banked_at) or "现金还没存"),
                    Cell("作废了" if one.voided_at else "有效"),
                ]
            )
            for one in rows
        ],
    )


@officer
def paper(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Hand a bill out as PDF."""
    bill = queries.access_bill(by=request.actor, ext_id=ext_id, today=today(request))
    return sent(
        PaperFile(f"缴款单{bill.number}.pdf", "application/pdf", bill_papers.bill_pdf(bill))
    )


@require_POST
@officer
def void(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Void a bill with a reason."""
    if not may(request, actions.PERMISSION):
        raise NotFound
    return attempt(
        request,
        lambda: actions.void_bill(
            ext_id=ext_id,
            by=request.actor,
            at=request.at,
            reason=request.POST.get("reason", ""),
        ),
        done="作废了，单号留着。",
        to=reverse("office:bill", args=[ext_id]),
    )


@officer
def receipts(request: OfficeRequest) -> HttpResponse:
    """List the receipts of the scope."""
    if not may(request, "payments.see"):
        raise NotFound
    text, village = request.GET.get("text", "").strip(), request.GET.get("village", "")
    page = page_of(request, queries.receipts(by=request.actor, text=text, division_code=village))
    return show(
        request,
        "receipts",
        {
            "title": "收据",
            "text": text,
            "villages": people_queries.villages(by=request.actor, permission="payments.see"),
            "village": village,
            "rows": [_receipt_row(request, queries.receipt_view(one)) for one in page],
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=bill_crumbs(Link("收据", "")),
    )


def _receipt_row(request: OfficeRequest, one: queries.ReceiptView) -> ItemRow:
    state = "作废了" if one.voided_at else "已到账" if one.banked_at else "现金没存"
    return ItemRow(
        title=f"{one.payer_name}：{one.purpose or one.kind_label}",
        url=reverse("office:receipt", args=[one.ext_id]),
        sub=f"{one.organisation_name} · {one.number}号",
        amount=words.yuan(one.amount_fen),
        due=f"{state} {day(request, one.issued_at)}",
        icon="receipt",
    )


@officer
def receipt(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show a receipt with what it stands on: bill, bank line, voucher."""
    one = queries.access_receipt(by=request.actor, ext_id=ext_id)
    sharing = queries.sharing_count(ext_id=ext_id)
    voucher = one.voucher_ext_id if may(request, "ledger.see") else ""
    facts = [
        Fact("交款人", one.payer_name),
        Fact("什么钱", one.purpose or one.kind_label),
        Fact(
            "缴款单",
            one.bill_number,
            url=reverse("office:bill", args=[one.bill_ext_id]) if one.bill_ext_id else "",
        ),
        Fact("票据本", one.book_number),
        Fact("怎么收的", "现金" if one.received_via == "cash" else "转账"),
        Fact(
            "进了哪个账户",
            f"尾号{one.account_masked[-4:]}" if one.account_masked else "",
            url=reverse("office:account", args=[one.account_ext_id]) if one.account_ext_id else "",
        ),
        Fact("到账", moment(request, one.banked_at) or "现金还没存进银行"),
        Fact(
            "凭证",
            "看凭证" if voucher else "",
            url=reverse("office:voucher", args=[voucher]) if voucher else "",
        ),
        Fact(
            "作废", f"{moment(request, one.voided_at)}，{one.void_reason}" if one.voided_at else ""
        ),
        Fact("金额", f"{words.yuan(one.amount_fen)}元", is_sum=True),
    ]
    return show(
        request,
        "receipt",
        {
            "one": one,
            "title": f"{one.number}号收据，{words.yuan(one.amount_fen)}元",
            "sub": one.organisation_name,
            "facts": [fact for fact in facts if fact.text],
            "sharing": sharing,
            "may_void": one.voided_at is None and may(request, "payments.receive"),
        },
        current="payments",
        crumbs=bill_crumbs(Link("收据", reverse("office:receipts")), Link(one.number, "")),
    )


@require_POST
@officer
def void_receipt(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Void a receipt, alone or with those on the same bank line."""
    if not may(request, "payments.receive"):
        raise NotFound
    return attempt(
        request,
        lambda: voids.void_receipt(
            ext_id=ext_id,
            by=request.actor,
            at=request.at,
            reason=request.POST.get("reason", ""),
            together="together" in request.POST,
            has_all_copies="copies" in request.POST,
        ),
        done="作废了。红字凭证等审核，流水回到待认领。",
        to=reverse("office:receipt", args=[ext_id]),
    )


@officer
def unbanked(request: OfficeRequest) -> HttpResponse:
    """List cash on receipts that is not at the bank in time."""
    if not may(request, "payments.see"):
        raise NotFound
    found = queries.late_cash(by=request.actor, at=request.at)
    number, fen = queries.unbanked(by=request.actor)
    page = page_of(request, found)
    return show(
        request,
        "unbanked",
        {
            "title": f"{len(found)}张收据的现金超期没存" if found else "现金都按时存了",
            "sub": f"还没存进银行的一共{words.yuan(fen)}元，{number}张收据。",
            "rows": [
                ItemRow(
                    title=f"{one.receipt.payer_name}：{one.receipt.purpose}",
                    url=reverse("office:receipt", args=[one.receipt.ext_id]),
                    sub=f"{one.receipt.organisation_name} · {one.receipt.number}号",
                    amount=words.yuan(one.receipt.amount_fen),
                    due=f"过了{one.work_days}个工作日，规定{one.days_allowed}个",
                    is_late=True,
                    icon="coin",
                )
                for one in page
            ],
            "page": page,
        },
        current="payments",
        crumbs=bill_crumbs(Link("没存的现金", "")),
    )
