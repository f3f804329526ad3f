"""Reconciling accounts: the list of a month, the workbench of one account, its statement."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Count, Fact, Ledger, Link, Row, Tab
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
from sanzi.interfaces.office.parts.sheets import file_links, sent
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.books import month_words
from sanzi.ledger import rules as ledger
from sanzi.ledger.actions import papers
from sanzi.orgs.errors import NotFound
from sanzi.payments.actions import matching, reconciliation_papers, reconciliations
from sanzi.payments.actions.matching import Chosen
from sanzi.payments.queries import reconciliations as queries
from sanzi.payments.queries.balance_sides import Item
from sanzi.payments.queries.reconciliations import MonthRow, StatementPage, Workbench

ROWS, BATCH_MAX, OLD_DAYS, KEY_FIGURES = 50, 200, 30, 19


def crumbs(*links: Link) -> list[Link]:
    """Return the way back from a page of reconciliation."""
    return [
        Link("待办", reverse("office:home")),
        Link("对账", reverse("office:reconciliations")),
        *links,
    ]


@officer
def listing(request: OfficeRequest) -> HttpResponseBase:
    """Show every account of the scope in a month, and prepare many at once on POST."""
    given = request.GET if request.method == "GET" else request.POST
    period = given.get("month") or ledger.shift(ledger.period_of(today(request)), -1)
    state, text = given.get("state", ""), given.get("text", "")
    rows = queries.month(by=request.actor, period=period, text=text)
    if request.method == "POST":
        return _prepare_many(request, rows, period)
    shown = [one for one in rows if state in ("", one.state)]
    if request.GET.get("as") == "csv":
        return _csv(shown, period)
    tally, page = Counter(one.state for one in rows), page_of(request, shown, ROWS)
    here = f"{reverse('office:reconciliations')}?month={period}"
    return show(
        request,
        "reconciliations",
        {
            "title": _month_sentence(request, period, tally),
            "sub": "",
            "links": [
                Link("对账单检查", reverse("office:statement_checks"), "list-check"),
                Link("没有付款单的支出", reverse("office:outside"), "flag"),
            ],
            "counts": _month_counts(tally, here),
            "tabs": [
                Tab("全部", here, str(len(rows)), is_current=not state),
                *(
                    Tab(label, f"{here}&state={code}", str(tally[code]), is_current=state == code)
                    for code, label in queries.STATES
                ),
            ],
            "rows": [(one, _row_link(one, period)) for one in page],
            "page": page,
            "query": query_without_page(request),
            "period": period,
            "state": state,
            "text": text,
            "month_words": month_words(request, period),
            "may_prepare": may(request, "payments.reconcile"),
            "may_pick": any(one.state in (queries.OPEN, queries.MOVED) for one in page),
        },
        current="books",
        crumbs=[Link("待办", reverse("office:home")), Link("对账", "")],
    )


def _month_sentence(request: OfficeRequest, period: str, tally: Counter[str]) -> str:
    month, left = month_words(request, period), tally[queries.OPEN] + tally[queries.MOVED]
    if left:
        return f"{month}还有{left}个账户没对完账"
    if tally[queries.PREPARED]:
        return f"{month}有{tally[queries.PREPARED]}张余额调节表等签字"
    return f"{month}的账户都对完了" if tally[queries.SIGNED] else f"{month}没有要对的账户"


def _month_counts(tally: Counter[str], here: str) -> list[Count]:
    small = {
        queries.OPEN: "先勾对，再编表",
        queries.PREPARED: "另一个人来签",
        queries.MOVED: "重新编，重新签",
        queries.SIGNED: "可以结账",
    }
    return [
        Count(
            str(tally[code]),
            f"个{label}",
            small[code],
            f"{here}&state={code}",
            is_hot=code == queries.MOVED and bool(tally[code]),
        )
        for code, label in queries.STATES
        if code in small
    ]


def _row_link(one: MonthRow, period: str) -> str:
    if one.reconciliation:
        return reverse("office:reconciliation", args=[one.reconciliation])
    return reverse("office:reconcile", args=[one.account_ext_id, period])


def _csv(rows: Sequence[MonthRow], period: str) -> HttpResponseBase:
    return csv_file(
        f"对账_{period}",
        [
            "单位",
            "账户",
            "月份",
            "到哪一步",
            "未达账项",
            "调节后余额（元）",
            "编制",
            "签字",
            "银行",
        ],
        (
            [
                one.organisation,
                one.account_words,
                period,
                one.state_label,
                one.item_count,
                words.yuan(one.adjusted_fen) if one.adjusted_fen is not None else "",
                one.prepared_by,
                one.signed_by,
                one.bank_answer,
            ]
            for one in rows
        ),
    )


def _prepare_many(
    request: OfficeRequest, rows: Sequence[MonthRow], period: str
) -> HttpResponseBase:
    chosen = set(request.POST.getlist("account"))
    wanted = [
        one.account_ext_id
        for one in rows
        if one.state in (queries.OPEN, queries.MOVED)
        and (request.POST.get("do") == "all" or one.account_ext_id in chosen)
    ][:BATCH_MAX]
    done = reconciliations.prepare_many(
        accounts=wanted, period=period, by=request.actor, at=request.at
    )
    made = sum(1 for one in done if one.is_prepared)
    messages.success(request, f"编好了{made}张，都没有未达账项，等另一个人签字。")
    names = {one.account_ext_id: one.organisation for one in rows}
    for one in [each for each in done if not each.is_prepared][:ROWS]:
        messages.error(request, f"{names.get(one.account_ext_id, '')}：{one.sentence}")
    return redirect(f"{reverse('office:reconciliations')}?month={period}")


@officer
def workbench(request: OfficeRequest, account: str, period: str) -> HttpResponseBase:
    """Lay the open lines of both sides of an account beside each other; join them on POST."""
    if request.method == "POST":
        return _act(request, account, period)
    found = queries.workbench(by=request.actor, account=account, period=period)
    if request.GET.get("as") == "csv":
        return _open_csv(found)
    text = request.GET.get("text", "")
    groups = queries.matches(by=request.actor, account=account, period=period)
    page = page_of(request, groups, ROWS)
    here = reverse("office:reconcile", args=[account, period])
    return show(
        request,
        "reconcile",
        {
            "found": found,
            "title": _bench_sentence(request, found),
            "sub": f"{found.organisation}，{found.account_words}",
            "links": _bench_links(found),
            "counts": _bench_counts(found, here),
            "facts": _bench_facts(found),
            "book": [_open_row(request, one) for one in found.book if _fits(one, text)],
            "bank": [_open_row(request, one) for one in found.bank if _fits(one, text)],
            "suggestions": _suggested(request, found),
            "groups": page,
            "page": page,
            "query": query_without_page(request),
            "text": text,
            "month_words": month_words(request, period),
            "before_url": reverse("office:reconcile", args=[account, ledger.shift(period, -1)]),
            "after_url": reverse("office:reconcile", args=[account, ledger.shift(period, 1)]),
        },
        current="books",
        crumbs=crumbs(Link(found.organisation, ""), Link(period, "")),
    )


def _fits(one: Item, text: str) -> bool:
    return text in f"{one.reference}{one.text}{one.cause}{words.yuan(one.amount_fen)}"


def _bench_sentence(request: OfficeRequest, found: Workbench) -> str:
    left, month = len(found.book) + len(found.bank), month_words(request, found.period)
    if found.sides.missing:
        return f"{month}：{found.sides.missing}"
    return f"{month}还有{left}行没对上" if left else f"{month}两边都对上了"


def _bench_links(found: Workbench) -> list[Link]:
    links = [
        Link("对账单检查", f"{reverse('office:statement_checks')}?account={found.account_ext_id}"),
        Link("导出没对上的", "?as=csv", "download"),
    ]
    if found.statement:
        url = reverse("office:reconciliation", args=[found.statement])
        links.insert(0, Link("看余额调节表", url, "file-text", is_primary=True))
    return links


def _bench_counts(found: Workbench, here: str) -> list[Count]:
    return [
        Count(str(found.matched_count), "行银行流水对上了", f"这个月共{found.bank_count}行", here),
        Count(str(len(found.book)), "行账上有、银行没有", "还没到银行的", f"{here}#book"),
        Count(str(len(found.bank)), "行银行有、账上没有", "还没记账的", f"{here}#bank"),
        Count(
            words.yuan(found.sides.difference_fen),
            "元调节后还差",
            "0.00才能编表",
            f"{here}#sides",
            is_hot=bool(found.sides.difference_fen),
        ),
    ]


def _bench_facts(found: Workbench) -> list[Fact]:
    sides = found.sides
    return [
        Fact("账面余额", f"{words.yuan(sides.book_fen)}元"),
        Fact("账上调节后", f"{words.yuan(sides.adjusted_book_fen)}元", is_sum=True),
        Fact("银行余额", sides.missing or f"{words.yuan(sides.bank_fen)}元"),
        Fact("银行调节后", f"{words.yuan(sides.adjusted_bank_fen)}元", is_sum=True),
        *(Fact(label, f"{count}行") for label, count in found.by_rule),
    ]


def _open_row(request: OfficeRequest, one: Item) -> dict[str, Any]:
    is_in = one.kind in ("BANK_IN", "BOOK_IN")
    signed = one.amount_fen if is_in else -one.amount_fen
    return {
        "key": one.voucher_line_id or one.bank_line_ext_id,
        "day": day(request, one.booked_date),
        "reference": one.reference,
        "text": one.text or one.cause,
        "cause": one.cause,
        "amount": words.yuan(signed),
        "fen": signed,
        "age": one.age_days,
        "url": reverse("office:voucher", args=[one.voucher_ext_id]) if one.voucher_ext_id else "",
    }


def _suggested(request: OfficeRequest, found: Workbench) -> list[dict[str, Any]]:
    book = {one.voucher_line_id: one for one in found.book}
    bank = {one.bank_line_ext_id: one for one in found.bank}
    return [
        {
            "book": _open_row(request, book[one.book]),
            "bank": _open_row(request, bank[one.bank]),
            "reason": one.reason,
        }
        for one in found.suggestions
    ]


def _open_csv(found: Workbench) -> HttpResponseBase:
    return csv_file(
        f"没对上的_{found.organisation}_{found.period}",
        ["哪边有", "日期", "凭证号或流水号", "摘要", "金额（元）", "几天了", "原因"],
        (
            [
                one.kind_label,
                one.booked_date.isoformat(),
                one.reference,
                one.text,
                words.yuan(one.amount_fen),
                one.age_days,
                one.cause,
            ]
            for one in (*found.book, *found.bank)
        ),
    )


def _act(request: OfficeRequest, account: str, period: str) -> HttpResponseBase:
    what, by, at = request.POST.get("do", ""), request.actor, request.at
    here = reverse("office:reconcile", args=[account, period])
    book = tuple(
        int(key)
        for key in request.POST.getlist("book")
        if key.isdecimal() and len(key) < KEY_FIGURES
    )
    known: dict[str, tuple[Callable[[], object], str]] = {
        "run": (
            lambda: matching.match_account(account=account, by=by, at=at),
            "按规则对过一遍，剩下的请人工勾对。",
        ),
        "match": (
            lambda: matching.match_by_hand(
                account=account,
                chosen=Chosen(book, tuple(request.POST.getlist("bank"))),
                by=by,
                at=at,
                note=request.POST.get("note", ""),
            ),
            "勾对好了。勾错了，在下面“已对上的”里拆开。",
        ),
        "undo": (
            lambda: matching.undo_match(
                match=request.POST.get("match", ""),
                by=by,
                at=at,
                reason=request.POST.get("reason", ""),
            ),
            "拆开了，两边又都是没对上的。",
        ),
        "prepare": (
            lambda: reconciliations.prepare(account=account, period=period, by=by, at=at),
            "余额调节表编好了，请另一个人来签字。",
        ),
    }
    if what not in known:
        raise NotFound
    action, done = known[what]
    return attempt(request, action, done=done, to=here)


@officer
def statement(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Show a balance reconciliation statement, or hand it out as a file; sign it on POST."""
    form = request.GET.get("as", "")
    if form:
        if form not in papers.FORMS:
            raise NotFound
        return sent(
            reconciliation_papers.take(by=request.actor, at=request.at, ext_id=ext_id, form=form)
        )
    found = queries.statement(by=request.actor, ext_id=ext_id)
    here = reverse("office:reconciliation", args=[ext_id])
    return show(
        request,
        "reconciliation",
        {
            "found": found,
            "title": _statement_sentence(request, found),
            "sub": f"{found.organisation}，{found.account_words}",
            "here": here,
            "sides": found.sides,
            "book_sides": _side(found, reconciliation_papers.LEFT),
            "bank_sides": _side(found, reconciliation_papers.RIGHT),
            "ledger": _items(request, found),
            "facts": _statement_facts(request, found),
            "files": file_links(""),
            "bench_url": reverse("office:reconcile", args=[found.account_ext_id, found.period]),
        },
        current="books",
        crumbs=crumbs(Link(found.organisation, ""), Link(found.period, "")),
    )


@require_POST
@officer
def sign(request: OfficeRequest, ext_id: str) -> HttpResponseBase:
    """Sign what was seen."""
    return attempt(
        request,
        lambda: reconciliations.sign(
            reconciliation=ext_id,
            digest=request.POST.get("digest", ""),
            by=request.actor,
            at=request.at,
        ),
        done="签好了，系统会把结果告诉银行。",
        to=reverse("office:reconciliation", args=[ext_id]),
    )


def _statement_sentence(request: OfficeRequest, found: StatementPage) -> str:
    month, count = month_words(request, found.period), len(found.sides.items)
    items = f"有{count}笔未达账项" if count else "没有未达账项"
    return f"{month}调节后{words.yuan(found.sides.adjusted_book_fen)}元，{items}"


def _side(found: StatementPage, kinds: Any) -> list[tuple[str, str, list[Item]]]:
    sides = found.sides
    return [
        (label, words.yuan(sides.total(kind)), [one for one in sides.items if one.kind == kind])
        for kind, label in kinds
    ]


def _items(request: OfficeRequest, found: StatementPage) -> Ledger | None:
    if not found.sides.items:
        return None
    return Ledger(
        caption="未达账项，单位元",
        columns=[
            Column("哪边有"),
            Column("哪天"),
            Column("凭证号或流水号"),
            Column("摘要"),
            Column("金额", "money"),
            Column("几天了", "mid"),
            Column("原因"),
        ],
        rows=[_item_row(request, one) for one in found.sides.items],
    )


def _item_row(request: OfficeRequest, one: Item) -> Row:
    url = reverse("office:voucher", args=[one.voucher_ext_id]) if one.voucher_ext_id else ""
    return Row(
        [
            Cell(one.kind_label),
            Cell(day(request, one.booked_date)),
            Cell(one.reference, url=url),
            Cell(one.text),
            Cell(words.yuan(one.amount_fen)),
            Cell(str(one.age_days), tone="alarm" if one.age_days > OLD_DAYS else ""),
            Cell(one.cause),
        ]
    )


def _statement_facts(request: OfficeRequest, found: StatementPage) -> list[Fact]:
    facts = [
        Fact("到哪一步", found.state_label),
        Fact("编制", f"{found.prepared_by}，{moment(request, found.prepared_at)}"),
    ]
    if found.signed_at:
        facts.append(Fact("签字", f"{found.signed_by}，{moment(request, found.signed_at)}"))
        told = moment(request, found.bank_told_at) or found.bank_problem
        facts.append(Fact("银行", "，".join(part for part in (found.bank_answer, told) if part)))
    return [*facts, Fact("校验码", found.digest[:16])]
