"""What is wrong with the bank's statements, and money that left without a payment order."""

from __future__ import annotations

from datetime import timedelta

from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    moment,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.reconcile import crumbs
from sanzi.payments.queries import statement_checks
from sanzi.payments.queries.statement_checks import OutsideRow

ROWS, OUTSIDE_DAYS = 50, 92
CHANNELS = {"counter": "柜面", "cash": "取现", "cheque": "支票", "direct": "转账"}


@officer
def checks(request: OfficeRequest) -> HttpResponseBase:
    """List what is wrong with the bank's statements, and what to do about each."""
    account = request.GET.get("account", "")
    found = statement_checks.checks(by=request.actor, today=today(request), account=account)
    page = page_of(request, found, ROWS)
    return show(
        request,
        "statement_checks",
        {
            "title": f"对账单有{len(found)}件事要办" if found else "对账单都对得上",
            "sub": "余额接得上、合计对、编号不断、按时到，才算一张好的对账单。",
            "ledger": Ledger(
                caption="对账单检查",
                columns=[
                    Column("单位"),
                    Column("哪天"),
                    Column("什么事"),
                    Column("接着怎么办"),
                    Column("付款"),
                ],
                rows=[_check_row(request, one) for one in page],
            ),
            "page": page,
            "query": query_without_page(request),
        },
        current="books",
        crumbs=crumbs(Link("对账单检查", "")),
    )


def _check_row(request: OfficeRequest, one: statement_checks.Check) -> Row:
    first = one.payments[0] if one.payments else ""
    return Row(
        [
            Cell(
                one.organisation,
                sub=one.account_words,
                url=reverse("office:account", args=[one.account_ext_id]),
            ),
            Cell(day(request, one.day)),
            Cell(one.title, sub=one.text, severity="hold"),
            Cell(one.what_to_do),
            Cell(first, url=reverse("office:payment", args=[first])) if first else Cell(""),
        ]
    )


@officer
def outside(request: OfficeRequest) -> HttpResponseBase:
    """List money that left an account without a payment order or a card."""
    since = today(request) - timedelta(days=OUTSIDE_DAYS)
    found = statement_checks.outside(by=request.actor, since=since)
    if request.GET.get("as") == "csv":
        return csv_file(
            "没有付款单的支出",
            ["单位", "账户", "哪天", "金额（元）", "对方", "附言", "怎么出去的"],
            (
                [
                    one.organisation,
                    one.account_words,
                    one.booked_at.isoformat(),
                    words.yuan(one.amount_fen),
                    one.peer_name,
                    one.memo,
                    CHANNELS.get(one.channel, one.channel),
                ]
                for one in found
            ),
        )
    page = page_of(request, found, ROWS)
    return show(
        request,
        "outside",
        {
            "title": f"{len(found)}笔钱出去了，没有付款单"
            if found
            else "三个月里没有不经付款单的支出",
            "sub": "银行的手续费、利息和村级卡不算在内。镇纪委看得到这一页。",
            "links": [Link("导出表格", "?as=csv", "download")] if found else [],
            "ledger": Ledger(
                caption="没有付款单的支出，单位元",
                columns=[
                    Column("单位"),
                    Column("哪天"),
                    Column("给谁"),
                    Column("金额", "money"),
                    Column("附言"),
                    Column("怎么出去的"),
                ],
                rows=[_outside_row(request, one) for one in page],
            ),
            "page": page,
            "query": query_without_page(request),
        },
        current="books",
        crumbs=crumbs(Link("没有付款单的支出", "")),
    )


def _outside_row(request: OfficeRequest, one: OutsideRow) -> Row:
    return Row(
        [
            Cell(
                one.organisation,
                sub=one.account_words,
                url=reverse("office:account", args=[one.account_ext_id]),
            ),
            Cell(moment(request, one.booked_at)),
            Cell(one.peer_name or "未知"),
            Cell(words.yuan(one.amount_fen)),
            Cell(one.memo or "没有写"),
            Cell(CHANNELS.get(one.channel, one.channel)),
        ]
    )
