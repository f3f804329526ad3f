"""The account register: every account in scope, one account's movements, opening and closing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from django.http import HttpResponse
from django.http.response import HttpResponseBase
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Count, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import (
    csv_file,
    day,
    may,
    moment,
    page_of,
    query_without_page,
    show,
    today,
)
from sanzi.interfaces.office.parts.sheets import sent
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views import bank_receipts
from sanzi.interfaces.office.views.payments import crumbs
from sanzi.kernel import money, typed
from sanzi.ledger.actions.papers import PaperFile
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound
from sanzi.payments.queries import registers
from sanzi.payments.queries.bank_receipts import ReceiptView
from sanzi.payments.queries.registers import AccountFilter, AccountRow, LineFilter
from sanzi.record import sheets

LINES_PAGE = 50
HEAD = (
    ("单位", "text"), ("户名", "text"), ("种类", "text"), ("开户行", "text"), ("账号", "text"),
    ("余额（元）", "money"), ("余额日期", "text"), ("最近对账单", "text"), ("没对上", "count"),
    ("到期日", "text"), ("和银行核对", "text"),
)  # fmt: skip


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """List the accounts of the scope with balances and what is open; as a file when asked."""
    if not may(request, "payments.see"):
        raise NotFound
    only = AccountFilter(
        text=request.GET.get("text", "").strip(),
        division_code=request.GET.get("village", ""),
        kind=request.GET.get("kind", ""),
        state=request.GET.get("state", "open"),
    )
    found = registers.accounts(by=request.actor, only=only, today=today(request))
    if request.GET.get("as") in ("csv", "xlsx"):
        return _file(request, registers.rows_of(list(found)))
    totals = registers.totals(by=request.actor, only=only, today=today(request))
    page = page_of(request, found, LINES_PAGE)
    here = reverse("office:accounts")
    return show(
        request,
        "accounts",
        {
            "title": f"{totals.account_count}个账户，余额合计{words.yuan(totals.balance_fen)}元",
            "sub": f"{totals.unknown_count}个还没有对账单，余额未知"
            if totals.unknown_count
            else "按最近一张对账单",
            "links": _links(request),
            "counts": _counts(request, totals, here),
            "tabs": [
                Tab(title, f"{here}?state={code}", is_current=only.state == code)
                for code, title in registers.STATES.items()
            ],
            "only": only,
            "kinds": registers.kinds(),
            "villages": people_queries.villages(by=request.actor, permission="payments.see"),
            "village": only.division_code,
            "ledger": _ledger(request, registers.rows_of(list(page))),
            "by_kind": registers.by_kind(by=request.actor, only=only, today=today(request)),
            "page": page,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=crumbs(Link("账户", "")),
    )


def _links(request: OfficeRequest) -> list[Link]:
    found = [Link("开户销户", reverse("office:account_proposals"), "file-text")]
    if may(request, "payments.propose_account"):
        found.insert(0, Link("申请开户", reverse("office:account_open"), "plus", is_primary=True))
    return found


def _counts(request: OfficeRequest, totals: registers.Totals, here: str) -> list[Count]:
    compared = registers.last_compared()
    return [
        Count(str(totals.account_count), "个账户", "一户一页，点开看流水", here),
        Count(
            str(totals.open_line_count),
            "笔流水没对上",
            "认领或对账",
            reverse("office:unclaimed") if may(request, "payments.receive") else here,
            is_hot=bool(totals.open_line_count) and may(request, "payments.receive"),
        ),
        Count(
            str(totals.differing_count),
            "个和银行不一致",
            f"{moment(request, compared)}核对" if compared else "还没和银行核过",
            reverse("office:account_differences"),
            is_hot=bool(totals.differing_count),
        ),
        Count(
            str(totals.unknown_count), "个余额未知", "还没有对账单", here,
        ),
    ]  # fmt: skip


def _ledger(request: OfficeRequest, rows: Iterable[AccountRow]) -> Ledger:
    return Ledger(
        caption="账户",
        columns=[
            Column("单位"),
            Column("账户"),
            Column("余额（元）", "money"),
            Column("哪天的"),
            Column("最近对账单"),
            Column("没对上", "money"),
            Column("和银行核对"),
        ],
        rows=[
            Row(
                [
                    Cell(one.organisation_name),
                    Cell(
                        f"尾号{one.account_masked[-4:]}",
                        url=reverse("office:account", args=[one.ext_id]),
                        sub=_kind(request, one),
                    ),
                    Cell(words.yuan(one.balance_fen)),
                    Cell(day(request, one.balance_date) or "未知"),
                    Cell(day(request, one.statement_date) or "还没有", tone="quiet"),
                    Cell(
                        str(one.open_count),
                        url=f"{reverse('office:account', args=[one.ext_id])}?open=1"
                        if one.open_count
                        else "",
                        tone="" if one.open_count else "quiet",
                    ),
                    Cell(
                        one.standing_label,
                        tone="" if one.standing in ("", "SAME") else "alarm",
                    ),
                ],
            )
            for one in rows
        ],
    )


def _kind(request: OfficeRequest, one: AccountRow) -> str:
    if one.closed_date is not None:
        return f"{one.kind_label}，{day(request, one.closed_date)}销户"
    due = f"，{day(request, one.due_date)}到期" if one.due_date else ""
    return f"{one.kind_label}{due}{'' if one.is_registered else '，没备案'}"


def _file(request: OfficeRequest, rows: list[AccountRow]) -> HttpResponseBase:
    plain = [_plain(one) for one in rows]
    if request.GET["as"] == "csv":
        return csv_file("账户", [title for title, _ in HEAD], (_shown(row) for row in plain))
    sheet = sheets.Sheet(
        title="账户一览",
        columns=[sheets.Column(title, kind) for title, kind in HEAD],
        rows=sheets.plain_rows(plain),
        middle=today(request).isoformat(),
    )
    return sent(PaperFile("账户一览.xlsx", sheets.WORKBOOK, sheets.workbook([sheet])))


def _shown(row: list[str | int | None]) -> list[object]:
    kinds = [kind for _, kind in HEAD]
    return [
        words.yuan(value) if kind == "money" and isinstance(value, int) else value or ""
        for kind, value in zip(kinds, row, strict=True)
    ]


def _plain(one: AccountRow) -> list[str | int | None]:
    return [
        one.organisation_name, one.holder_name, one.kind_label, one.bank_code,
        one.account_masked, one.balance_fen, _iso(one.balance_date), _iso(one.statement_date),
        one.open_count, _iso(one.due_date), one.standing_label,
    ]  # fmt: skip


def _iso(value: date | None) -> str:
    return value.isoformat() if value else ""


@officer
def page(request: OfficeRequest, ext_id: str) -> HttpResponse:
    """Show one account's movements, newest first, narrowed by words, amount and days."""
    found = registers.access_account(by=request.actor, ext_id=ext_id)
    only = _only(request)
    shown = page_of(request, registers.movements(found, only), LINES_PAGE)
    row = registers.rows_of([found])[0]
    lines = [registers.movement(one) for one in shown]
    slips = bank_receipts.of_lines(request, [one.ext_id for one in lines])
    balance = f"，余额{words.yuan(row.balance_fen)}元" if row.balance_fen is not None else ""
    return show(
        request,
        "account",
        {
            "title": f"{found.holder_name}，尾号{found.tail}{balance}",
            "sub": f"{_kind(request, row)}。银行怎么说就怎么记，一笔不少。",
            "links": _account_links(request, row),
            "only": only,
            "given": {key: request.GET.get(key, "") for key in ("from", "until", "min", "max")},
            "ledger": Ledger(
                caption="银行流水",
                columns=[
                    Column("哪天"),
                    Column("对方"),
                    Column("收入（元）", "money"),
                    Column("支出（元）", "money"),
                    Column("附言"),
                    Column("对到哪"),
                    Column("凭证"),
                    Column("回单"),
                ],
                rows=[_movement(request, one, slips.get(one.ext_id)) for one in lines],
            ),
            "page": shown,
            "query": query_without_page(request),
        },
        current="payments",
        crumbs=crumbs(Link("账户", reverse("office:accounts")), Link(found.tail, "")),
    )


def _account_links(request: OfficeRequest, row: AccountRow) -> list[Link]:
    if row.closed_date is None and may(request, "payments.propose_account"):
        return [Link("申请销户", reverse("office:account_close", args=[row.ext_id]), "file-text")]
    return []


def _only(request: OfficeRequest) -> LineFilter:
    return LineFilter(
        text=request.GET.get("text", "").strip(),
        from_date=typed.wanted_day(request.GET.get("from", "")),
        until_date=typed.wanted_day(request.GET.get("until", "")),
        amount_min_fen=_fen(request.GET.get("min", "")),
        amount_max_fen=_fen(request.GET.get("max", "")),
        is_open="open" in request.GET,
    )


def _fen(text: str) -> int | None:
    return money.parse_yuan(text, allow_zero=True) if text.strip() else None


def _movement(request: OfficeRequest, one: registers.Movement, slip: ReceiptView | None) -> Row:
    matched = Cell("没有对上", tone="quiet")
    if one.case_number:
        matched = Cell("付款", url=reverse("office:payment", args=[one.case_number]))
    elif one.receipt_ext_id:
        matched = Cell(
            f"收据{one.receipt_number}", url=reverse("office:receipt", args=[one.receipt_ext_id])
        )
    elif one.is_credit and may(request, "payments.receive"):
        matched = Cell("认领", url=reverse("office:receive", args=[one.ext_id]))
    amount = words.yuan(one.amount_fen)
    return Row(
        [
            Cell(moment(request, one.booked_at)),
            Cell(one.peer_name or "未知"),
            Cell(amount if one.is_credit else ""),
            Cell("" if one.is_credit else amount),
            Cell(one.memo),
            matched,
            Cell("看", url=reverse("office:voucher", args=[one.voucher_ext_id]))
            if one.voucher_ext_id and may(request, "ledger.see")
            else Cell(""),
            bank_receipts.cell(slip),
        ],
    )


@officer
def differences(request: OfficeRequest) -> HttpResponse:
    """List the accounts on which the bank's list and our register differ."""
    if not may(request, "payments.see"):
        raise NotFound
    found = registers.differing(by=request.actor)
    shown = page_of(request, found, LINES_PAGE)
    count = found.count()
    compared = registers.last_compared()
    return show(
        request,
        "account_differences",
        {
            "title": f"{count}个账户和银行不一致" if count else "账户和银行都对得上",
            "sub": f"{moment(request, compared)}核对，每天一次"
            if compared
            else "还没和银行核过。银行给清单后每天核一次。",
            "ledger": Ledger(
                caption="和银行不一致的账户",
                columns=[
                    Column("户名"),
                    Column("单位"),
                    Column("账户"),
                    Column("哪里不一致"),
                    Column("从哪天起"),
                ],
                rows=[_difference(request, registers.listing_view(one)) for one in shown],
            ),
            "page": shown,
        },
        current="payments",
        crumbs=crumbs(Link("账户", reverse("office:accounts")), Link("和银行核对", "")),
    )


def _difference(request: OfficeRequest, one: registers.ListingView) -> Row:
    account = reverse("office:account", args=[one.account_ext_id]) if one.account_ext_id else ""
    return Row(
        [
            Cell(one.holder_name),
            Cell(one.organisation_name or "没有这个单位"),
            Cell(f"尾号{one.account_masked[-4:]}", url=account),
            Cell(one.standing_label, tone="alarm"),
            Cell(day(request, one.since_at)),
        ]
    )
