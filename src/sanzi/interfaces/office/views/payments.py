"""Payments: the list, one order with the fate of each payee; accounts and money that came in."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse

from sanzi.interfaces.look import row_pages, words
from sanzi.interfaces.look.parts import Cell, Column, Count, Fact, ItemRow, Ledger, Link, Row, Tab
from sanzi.interfaces.office.forms.income import ReceiptForm
from sanzi.interfaces.office.pages import (
    day,
    may,
    moment,
    page_of,
    query_without_page,
    refuse,
    show,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views import bank_receipts, payment_csv, payment_talk
from sanzi.kernel.refusals import Refusal
from sanzi.ledger.queries import subjects
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import income
from sanzi.payments.queries import accounts as account_queries
from sanzi.payments.queries import bank_receipts as receipt_queries
from sanzi.payments.queries import orders as order_queries
from sanzi.payments.queries import payments as queries
from sanzi.payments.queries.bank_receipts import ReceiptView

LINES_PAGE = 50
RELEASED_WORDS = "复核过了，等着送银行，不用做什么。"


def crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of payments."""
    return [
        Link("待办", reverse("office:home")),
        Link("付款", reverse("office:payments")),
        *links,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the orders of the scope by state, village, month, and what the bank has not answered."""
    if not may(request, "payments.see"):
        raise NotFound
    only = order_queries.OrderFilter(
        state=request.GET.get("state", ""),
        division_code=request.GET.get("village", ""),
        month=request.GET.get("month", ""),
        is_unknown="unknown" in request.GET,
        text=request.GET.get("text", ""),
    )
    rows = order_queries.orders(by=request.actor, only=only)
    if request.GET.get("as") == "csv":
        return payment_csv.orders(rows)
    page = page_of(request, rows)
    unknown = order_queries.unknown_count(by=request.actor)
    here = reverse("office:payments")
    return show(
        request,
        "payments",
        {
            "title": f"{unknown}笔银行还没有回话" if unknown else "银行都有回话",
            "sub": "没有再付一次，等对账单来定。" if unknown else "",
            "links": _links(request),
            "tabs": [
                Tab("全部", here, is_current=not only.state and not only.is_unknown),
                *(
                    Tab(title, f"{here}?state={code}", is_current=only.state == code)
                    for code, title in order_queries.state_words()
                ),
                Tab("没回话", f"{here}?unknown=1", str(unknown), is_current=only.is_unknown),
            ],
            "villages": people_queries.villages(by=request.actor, permission="payments.see"),
            "village": only.division_code,
            "only": only,
            "page": page,
            "rows": [_row(request, one) for one in page],
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=[Link("待办", reverse("office:home")), Link("付款", "")],
    )


def _links(request: OfficeRequest) -> list[Link]:
    found = [
        Link("对账", reverse("office:reconciliations"), "scale"),
        Link("没有付款单的支出", reverse("office:outside"), "flag"),
        Link("账户", reverse("office:accounts"), "building-bank"),
        Link("村务卡", reverse("office:cards"), "receipt"),
        Link("缴款单", reverse("office:bills"), "receipt"),
        Link("发票台账", reverse("office:invoices"), "file-invoice"),
    ]
    if may(request, "payments.receive"):
        found.append(Link("待认领的收入", reverse("office:unclaimed"), "receipt"))
    return found


def _row(request: OfficeRequest, one: Any) -> ItemRow:
    """Return one order of a list; `one` is a row of `order_queries`."""
    stopped = "，已停下" if one.stopped_reason else ""
    return ItemRow(
        title=one.purpose or one.case_number,
        url=reverse("office:payment", args=[one.case_number]),
        sub=f"{one.organisation.name} · {one.payment_count}户 · {one.case_number}",
        amount=words.yuan(one.amount_fen),
        due=f"{one.get_state_display()}{stopped} {day(request, one.released_at or one.created_at)}",
        severity="block" if stopped else "",
        icon="coin",
    )


@officer
def page(request: OfficeRequest, number: str) -> HttpResponse:
    """Show one order: where it stands, each payee's state, and what is to be done next."""
    order = queries.order_page(by=request.actor, case_number=number)
    if order.state == "DRAFT":
        # A draft is its clerk's own until it is handed in; its form shows it to him.
        raise NotFound
    said = order_queries.order_words(by=request.actor, case_number=number)
    status = request.GET.get("status", "")
    shown = page_of(request, order.lines.of(status), LINES_PAGE)
    receipts = receipt_queries.receipts_of_order(
        by=request.actor, case_number=number, line_nos=[one.line_no for one in shown]
    )
    here = reverse("office:payment", args=[number])
    return show(
        request,
        "payment",
        {
            "order": order,
            "number": number,
            "title": _sentence(order),
            "sub": f"{order.purpose}，{order.organisation_name}",
            "links": _order_links(order)
            if row_pages.opens(request.actor, "office:case", number)
            else [],
            "counts": _order_counts(order, here),
            "tabs": [
                Tab("全部", here, str(len(order.lines)), is_current=not status),
                *(
                    Tab(
                        order_queries.status_label(code),
                        f"{here}?status={code}",
                        str(count),
                        is_current=status == code,
                    )
                    for code, count in order.counts.items()
                ),
            ],
            "ledger": _lines(request, [*shown], order.state, receipts),
            "page": shown,
            "query": query_without_page(request),
            "facts": _facts(request, order, said),
            "messages_ledger": _messages(request, order) if order.messages else None,
            **payment_talk.context(request, number),
            **payment_talk.correction(request, number),
        },
        current="payments",
        crumbs=crumbs(Link(number, "")),
    )


def _sentence(order: queries.OrderPage) -> str:
    if order.stopped_reason:
        return f"这张付款单停下了：{order.stopped_reason}"
    if order.counts.get("UNKNOWN"):
        return f"{order.counts['UNKNOWN']}户银行还没有回话，没有再付一次"
    back = sum(order.counts.get(code, 0) for code in ("REJECTED", "NOT_EXECUTED", "RETURNED"))
    if back:
        return f"{back}户没付成，改好账户只重付这{back}户"
    if order.state == "SETTLED":
        return f"{len(order.lines)}户都到账了"
    return f"{order.state_label}，共{len(order.lines)}户"


def _order_links(order: queries.OrderPage) -> list[Link]:
    url = reverse("office:case", args=[order.case_number])
    if order.may_instruct:
        return [Link("去制单", url, "file-pencil", is_primary=True)]
    if order.may_release:
        return [Link("去复核付款", url, "checks", is_primary=True)]
    back = sum(order.counts.get(code, 0) for code in ("REJECTED", "NOT_EXECUTED", "RETURNED"))
    if back:
        return [Link("去改账户，重付", url, "refresh", is_primary=True)]
    return [Link("看办件", url, "file-text")]


def _order_counts(order: queries.OrderPage, here: str) -> list[Count]:
    back = sum(order.counts.get(code, 0) for code in ("REJECTED", "NOT_EXECUTED", "RETURNED"))
    unknown = order.counts.get("UNKNOWN", 0)
    return [
        Count(words.yuan(order.amount_fen), "元", f"共{len(order.lines)}户", here),
        Count(
            str(order.counts.get("SETTLED", 0)),
            "户已到账",
            f"{words.yuan(order.settled_fen)}元",
            f"{here}?status=SETTLED",
        ),
        Count(
            str(unknown),
            "户没回话",
            "等对账单来定",
            f"{here}?status=UNKNOWN",
            is_hot=bool(unknown),
        ),
        Count(str(back), "户没付成", "改好账户再付", here, is_hot=bool(back)),
    ]


def _lines(
    request: OfficeRequest,
    rows: list[queries.LineRow],
    order_state: str,
    receipts: Mapping[int, ReceiptView],
) -> Ledger:
    return Ledger(
        caption="每一户付到哪了",
        columns=[
            Column("行"),
            Column("收款人"),
            Column("金额（元）", "money"),
            Column("账户"),
            Column("走到哪"),
            Column("接着怎么办"),
            Column("凭证"),
            Column("回单"),
        ],
        rows=[_line(request, one, order_state, receipts.get(one.line_no)) for one in rows],
    )


def _line(
    request: OfficeRequest, one: queries.LineRow, order_state: str, receipt: ReceiptView | None
) -> Row:
    is_released = order_state == "RELEASED" and one.status == "APPROVED"
    is_back = one.status in ("REJECTED", "NOT_EXECUTED", "RETURNED")
    return Row(
        [
            Cell(str(one.line_no)),
            Cell(one.payee_name),
            Cell(words.yuan(one.amount_fen)),
            Cell(f"尾号{one.account_masked[-4:]}" if one.account_masked else "还没填"),
            Cell(
                one.status_label,
                sub=one.reason_text or moment(request, one.paid_at),
                severity="hold" if one.status == "UNKNOWN" else "",
                tone="alarm" if is_back else "",
            ),
            Cell(RELEASED_WORDS if is_released else order_queries.next_words(one)),
            Cell(
                "看" if may(request, "ledger.see") else "记了",
                url=reverse("office:voucher", args=[one.voucher_ext_id])
                if may(request, "ledger.see")
                else "",
            )
            if one.voucher_ext_id
            else Cell("还没记", tone="quiet"),
            bank_receipts.cell(receipt),
        ],
        tone="alarm" if is_back else "",
    )


def _facts(
    request: OfficeRequest,
    order: queries.OrderPage,
    said: order_queries.OrderWords | None,
) -> list[Fact]:
    found = [
        Fact("从哪个账户", said.debit if said else ""),
        Fact("记到哪个科目", said.subject if said else ""),
        Fact("批准", moment(request, order.approved_at) or "还没批完"),
        Fact("制单", said.made_by if said and said.made_by else "还没有"),
        Fact(
            "复核",
            f"{said.released_by}，{moment(request, order.released_at)}"
            if said and said.released_by
            else "还没有",
        ),
        Fact("批准内容的指纹", order.approved_digest[:16] or "批完才有"),
    ]
    return [one for one in found if one.text]


def _messages(request: OfficeRequest, order: queries.OrderPage) -> Ledger:
    return Ledger(
        caption="送银行的指令",
        columns=[
            Column("指令号"),
            Column("户数", "money"),
            Column("金额（元）", "money"),
            Column("状态"),
            Column("接着怎么办"),
        ],
        rows=[
            Row(
                [
                    Cell(one.msg_id, sub=moment(request, one.first_sent_at) or "还没送"),
                    Cell(str(one.line_count)),
                    Cell(words.yuan(one.amount_fen)),
                    Cell(one.state_label, severity="hold" if one.state == "UNKNOWN" else ""),
                    Cell(one.next_step),
                ],
            )
            for one in order.messages
        ],
    )


@officer
def receive(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Claim a credit: issue its receipt and book it."""
    if not may(request, "payments.receive"):
        raise NotFound
    line = account_queries.access_unclaimed(by=request.actor, ext_id=ext_id)
    form = ReceiptForm(
        request.POST or None,
        initial={"payer_name": line.peer_name, "purpose": line.memo[:60]},
    )
    form.fields["subject_code"].choices = subjects.choices(  # type: ignore[attr-defined]
        line.organisation_kind,
        "receipt.issued",
    )
    if request.method == "POST" and form.is_valid():
        try:
            issued = income.issue_receipt(
                bank_line=ext_id,
                by=request.actor,
                at=request.at,
                fields=income.ReceiptFields(**form.cleaned_data),
            )
        except NotFound:
            raise
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"开了{issued.number}号收据，账也记了。")
            return redirect("office:unclaimed")
    return show(
        request,
        "receive",
        {
            "line": line,
            "form": form,
            "facts": [
                Fact("哪个单位", line.organisation),
                Fact("进了哪个账户", f"尾号{line.account_tail}"),
                Fact("什么时候", moment(request, line.booked_at)),
                Fact("对方", line.peer_name or "未知"),
                Fact("附言", line.memo or "没有写"),
                Fact("金额", f"{words.yuan(line.amount_fen)}元", is_sum=True),
            ],
        },
        current="payments",
        crumbs=crumbs(Link("待认领的收入", reverse("office:unclaimed")), Link("开收据", "")),
    )
