"""Books: which there are, a month of a book, its vouchers."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Count, ItemRow, Link, Tab
from sanzi.interfaces.office.pages import (
    day,
    may,
    page_in,
    page_number,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.ledger import queries, standards
from sanzi.ledger.queries import drafts, statement_sheets
from sanzi.ledger.queries.doors import PAGE_ROWS
from sanzi.ledger.queries.journals import KINDS, Kind
from sanzi.orgs.errors import NotFound

MONTHS_SHOWN = 6


def crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of books."""
    return [Link("待办", reverse("office:home")), Link("账务", reverse("office:books")), *links]


@officer
def listing(request: OfficeRequest) -> HttpResponse:
    """List the books of the scope, and the corrections that wait."""
    if not may(request, "ledger.see"):
        raise NotFound
    text = request.GET.get("text", "")
    rows = [one for one in queries.books(by=request.actor) if text in one.organisation]
    waiting = drafts.waiting(by=request.actor)
    page = page_of(request, rows)
    month = f"{today(request):%Y-%m}"
    return show(
        request,
        "books",
        {
            "title": f"{len(waiting)}张凭证等审核" if waiting else "没有等审核的凭证",
            "text": text,
            "links": _desk_links(request, month),
            "drafts": [
                ItemRow(
                    title=f"{one.organisation}：更正{one.corrects_label}"
                    if one.corrects_label
                    else f"{one.organisation}：手工凭证",
                    url=reverse("office:draft", args=[one.ext_id]),
                    sub=f"{one.maker}制单"
                    + (f"，已退回：{one.returned_reason}" if one.returned_reason else ""),
                    due=day(request, one.made_at),
                    icon="notebook",
                )
                for one in waiting
            ],
            "rows": [
                ItemRow(
                    title=one.organisation,
                    url=reverse("office:book", args=[one.org_ext_id, month]),
                    sub=f"{one.standard_title}，从{one.first_period}记起",
                    icon="notebook",
                )
                for one in page
            ],
            "page": page,
            "query": query_without_page(request),
        },
        current="books",
        crumbs=[Link("待办", reverse("office:home")), Link("账务", "")],
    )


def _desk_links(request: OfficeRequest, month: str) -> list[Link]:
    """Return the way to the statements of places, and to the desk of who keeps many books."""
    found = [
        Link(f"{name}报表", reverse("office:place", args=[code, month]), "file-spreadsheet")
        for code, name in statement_sheets.places(by=request.actor)
    ]
    found.append(Link("电子档案", reverse("office:archives"), "file-text"))
    found.append(
        Link("科目和规则", reverse("office:chart", args=[standards.codes()[0]]), "settings")
    )
    if may(request, "ledger.close") or may(request, "ledger.review"):
        found.append(Link("代理记账", reverse("office:agency"), "list-check", is_primary=True))
    return found


@officer
def home(request: OfficeRequest, org: str, period: str) -> HttpResponse:
    """Show a month of a book: whether it balances and is closed, its statements and books."""
    found = queries.trial_balance(by=request.actor, org_ext_id=org, period=period)
    known = [one for one, _ in queries.periods(by=request.actor, org_ext_id=org)]
    shown = sorted({*known[:MONTHS_SHOWN], period}, reverse=True)
    count = drafts.voucher_count(org_ext_id=org, period=period)
    balances = reverse("office:statement", args=[org, "trial", period])
    due = statement_sheets.due_of(by=request.actor, org_ext_id=org, period=period)
    broken = sum(len(one.broken) for one in due)
    can_print = any(one.check_count is not None for one in due)
    return show(
        request,
        "book",
        {
            "book": found.book,
            "period": period,
            "title": f"{found.book.organisation}{month_words(request, period)}的账"
            f"{'平' if found.is_balanced else '不平'}",
            "sub": "已结账，数不会再变" if found.is_closed else "还没结账，数还会变",
            "links": [
                *_fill_links(request, org, is_closed=found.is_closed),
                *_paper_links(org, period, has_vouchers=count > 0),
            ],
            "files": _statement_files(org, period) if can_print else [],
            "tabs": [
                Tab(
                    month_words(request, one),
                    reverse("office:book", args=[org, one]),
                    is_current=one == period,
                )
                for one in shown
            ],
            "counts": [
                Count(
                    str(count),
                    "张凭证",
                    "点开看每一张",
                    reverse("office:vouchers", args=[org, period]),
                ),
                Count(words.yuan(found.total_movement[0]), "元", "本月借方合计", balances),
                Count(words.yuan(found.total_movement[1]), "元", "本月贷方合计", balances),
                Count(
                    str(broken),
                    "项检查没对上" if broken else "项没对上",
                    "报表检查",
                    "#t-statements" if due else balances,
                    is_hot=broken > 0,
                ),
            ],
            "statements": [_due_row(one, org) for one in due],
            "journals": [
                ItemRow(one.title, _journal_url(org, one, period), one.about, icon="notebook")
                for one in KINDS.values()
            ],
        },
        current="books",
        crumbs=crumbs(Link(f"{found.book.organisation}{period}", "")),
    )


def _fill_links(request: OfficeRequest, org: str, *, is_closed: bool) -> list[Link]:
    """Return the way to a new voucher; a closed month takes none."""
    if is_closed or not may(request, "ledger.correct"):
        return []
    return [Link("填凭证", reverse("office:fill", args=[org]), "plus", is_primary=True)]


def _statement_files(org: str, period: str) -> list[Link]:
    """Return the forms in which all statements of the month may be taken away together."""
    url = reverse("office:statements_file", args=[org, period])
    return [
        Link("报表PDF", url, "printer"),
        Link("报表XBRL", f"{url}?as=xbrl", "download"),
    ]


def _paper_links(org: str, period: str, *, has_vouchers: bool) -> list[Link]:
    """Return what may be taken away at once; nothing where there is nothing."""
    found = [
        Link("结账", reverse("office:month_end", args=[org, period]), "lock"),
        Link("凭证", reverse("office:vouchers", args=[org, period]), "file-text"),
    ]
    if has_vouchers:
        url = reverse("office:vouchers_file", args=[org, period])
        found.append(Link("凭证PDF", url, "printer"))
    found.append(Link("期初余额", reverse("office:opening", args=[org]), "file-spreadsheet"))
    found.append(Link("导出与核对", reverse("office:takings", args=[org]), "download"))
    return found


def _due_row(one: statement_sheets.Due, org: str) -> ItemRow:
    sub = "还没有账" if one.check_count is None else f"{one.check_count}项检查都对上"
    if one.broken:
        sub = f"没对上：{'、'.join(one.broken)}"
    elif one.check_count == 0:
        sub = "没有要核对的"
    return ItemRow(
        one.layout.title,
        reverse("office:statement", args=[org, one.layout.code, one.period]),
        sub,
        due=one.layout.form,
        icon="file-spreadsheet",
        severity="block" if one.broken else "pass" if one.check_count else "",
    )


def _journal_url(org: str, kind: Kind, period: str) -> str:
    first = f"{period[:4]}-01" if kind.is_yearly else period
    query = urlencode({"from": first, "to": period})
    return f"{reverse('office:journal', args=[org, kind.code])}?{query}"


def month_words(request: OfficeRequest, period: str) -> str:
    """Return `10月`, with the year when it is not this one."""
    year, month = int(period[:4]), int(period[5:7])
    return f"{month}月" if year == today(request).year else f"{year}年{month}月"


@officer
def vouchers(request: OfficeRequest, org: str, period: str) -> HttpResponse:
    """List a month's vouchers by number."""
    number = page_number(request)
    rows = queries.vouchers(by=request.actor, org_ext_id=org, period=period, page=number)
    count = drafts.voucher_count(org_ext_id=org, period=period)
    return show(
        request,
        "vouchers",
        {
            "title": f"{month_words(request, period)}{count}张凭证",
            "rows": [
                ItemRow(
                    title=f"{one.label} {one.summary}",
                    url=reverse("office:voucher", args=[one.ext_id]),
                    sub="冲销" if one.is_red else "",
                    amount=words.yuan(one.total_fen),
                    due=day(request, one.date),
                    icon="notebook",
                )
                for one in rows
            ],
            "page": page_in(count, number, PAGE_ROWS),
        },
        current="books",
        crumbs=crumbs(
            Link(period, reverse("office:book", args=[org, period])),
            Link("凭证", ""),
        ),
    )
