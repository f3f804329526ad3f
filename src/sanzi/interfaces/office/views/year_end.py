"""A year's end: the steps with their amounts before anything is posted, and the distribution."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from django.http import HttpResponse
from django.urls import reverse

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Fact, Ledger, Link, Note, Row
from sanzi.interfaces.office.pages import show, today
from sanzi.interfaces.office.requests import OfficeRequest, attempt, officer
from sanzi.interfaces.office.views.books import crumbs
from sanzi.kernel import money, typed
from sanzi.ledger.actions import distribution, year_end
from sanzi.ledger.actions.distribution import Decision, Given
from sanzi.ledger.errors import BadLine
from sanzi.ledger.queries import subjects
from sanzi.ledger.queries import year_end as ends
from sanzi.ledger.queries.year_end import YearEnd
from sanzi.ledger.year_rules import Step
from sanzi.orgs import scope
from sanzi.orgs.errors import NotFound

YEAR_MIN, YEAR_MAX = 2000, 2100
AUX_KINDS = {"户": "household", "人": "person", "单位": "counterparty", "组织": "org"}


@officer
def page(request: OfficeRequest, org: str, year: int) -> HttpResponse:
    """Show what a year's end transfers and leaves to distribute; act on POST."""
    if not YEAR_MIN <= year <= YEAR_MAX:
        raise NotFound
    found = ends.year_end(by=request.actor, org_ext_id=org, year=year, on=today(request))
    here = reverse("office:year_end", args=[org, year])
    if request.method == "POST":
        return _act(request, found, here)
    code, notes = found.book.division_code, _notes(found)
    is_over = dt.date(year, 12, 31) <= today(request)
    return show(
        request,
        "year_end",
        {
            "found": found,
            "title": _sentence(found, is_over=is_over),
            "sub": found.book.organisation,
            "links": [Link("结账情况", reverse("office:month_end", args=[org, found.last_period]))],
            "notes": notes,
            "ledgers": [_ledger(found, step) for step in found.steps if step.lines],
            "facts": _facts(found),
            "share_fields": [
                (one, _accounts(found, one.against)) for one in found.shares if one.key != "members"
            ],
            "member_accounts": next(
                (_accounts(found, one.against) for one in found.shares if one.key == "members"), []
            ),
            "may_close": scope.can(request.actor, "ledger.close", code) and not found.is_closed,
            "is_ready": is_over and not any(one.severity == "hold" for one in notes),
            "may_distribute": scope.can(request.actor, "ledger.correct", code)
            and is_over
            and bool(found.shares)
            and found.distributable.left_fen > 0,
            "may_cover": scope.can(request.actor, "ledger.correct", code)
            and is_over
            and found.loss_fen > 0,
            "loss": words.yuan(found.loss_fen),
            "cover_accounts": _accounts(found, (found.loss_cover,)) if found.loss_cover else [],
            "day": today(request).isoformat(),
        },
        current="books",
        crumbs=crumbs(
            Link(found.book.organisation, reverse("office:book", args=[org, found.last_period])),
            Link(f"{year}年终", ""),
        ),
    )


def _act(request: OfficeRequest, found: YearEnd, here: str) -> HttpResponse:
    org, year = found.book.org_ext_id, found.year
    known: dict[str, tuple[Callable[[], object], str]] = {
        "close": (
            lambda: year_end.close_year(org_ext_id=org, year=year, by=request.actor, at=request.at),
            f"{year}年结好了，收支已转入未分配收益，12月已结账。",
        ),
        "distribute": (
            lambda: distribution.distribute(
                org_ext_id=org,
                year=year,
                decision=_decision(request, found),
                date=_day(request),
                by=request.actor,
                at=request.at,
            ),
            "分配凭证做好了，等代理中心审核。",
        ),
        "cover": (
            lambda: distribution.distribute(
                org_ext_id=org,
                year=year,
                decision=_cover(request),
                date=_day(request),
                by=request.actor,
                at=request.at,
            ),
            "弥补亏损的凭证做好了，等代理中心审核。",
        ),
    }
    what = request.POST.get("do", "")
    if what not in known:
        raise NotFound
    action, done = known[what]
    return attempt(request, action, done=done, to=here)


def _day(request: OfficeRequest) -> dt.date:
    return typed.wanted_day(request.POST.get("date", "")) or today(request)


def _decision(request: OfficeRequest, found: YearEnd) -> Decision:
    """Return the decision as typed. Raises: BadAmount, BadLine."""
    given: list[Given] = []
    for share in found.shares:
        account = request.POST.get(f"account-{share.key}", "")
        if share.key == "members":
            given += _members(request.POST.get("members", ""), account)
            continue
        typed = request.POST.get(f"amount-{share.key}", "").strip()
        if typed:
            given.append(
                _given(share.key, account, typed, request.POST.get(f"whom-{share.key}", ""))
            )
    return Decision(number=request.POST.get("decision", ""), given=tuple(given))


def _cover(request: OfficeRequest) -> Decision:
    """Return the decision to make up a loss as typed. Raises: BadAmount."""
    return Decision(
        number=request.POST.get("decision", ""),
        given=(),
        cover_fen=money.parse_yuan(request.POST.get("cover", "").strip()),
        cover_account=request.POST.get("cover_account", ""),
    )


def _members(text: str, account: str) -> list[Given]:
    """Read one member a line: `户 H123 120.00`; the kind may be left out."""
    found = []
    for line_no, line in enumerate(filter(None, map(str.strip, text.splitlines())), 1):
        parts = line.split()
        if len(parts) not in (2, 3):
            raise BadLine(line_no=line_no, why="要写“户 编号 金额”")
        *kind, whom, amount = parts
        said = f"{kind[0]} {whom}" if kind else f"户 {whom}"
        found.append(_given("members", account, amount, said))
    return found


def _given(key: str, account: str, amount: str, whom: str) -> Given:
    kind, _, ext_id = whom.strip().partition(" ")
    return Given(
        key=key,
        account_code=account,
        amount_fen=money.parse_yuan(amount),
        aux_kind=AUX_KINDS.get(kind, "") if ext_id else "",
        aux_id=ext_id.strip(),
    )


def _accounts(found: YearEnd, heads: tuple[str, ...]) -> list[tuple[str, str]]:
    return [
        (code, said)
        for code, said in subjects.all_choices(found.book.standard_code)
        if code.startswith(heads)
    ]


def _sentence(found: YearEnd, *, is_over: bool) -> str:
    if found.is_closed:
        left = found.distributable.left_fen
        more = f"，还可以分配{words.yuan(left)}元" if left and found.shares else ""
        return f"{found.year}年已经结账{more}"
    if not is_over:
        return f"{found.year}年还没过完"
    if found.open_periods:
        return f"{found.year}年还有{len(found.open_periods)}个月没结账"
    if found.pending_fen or found.hindrances:
        return f"{found.year}年还有事没办完，不能结转"
    return f"{found.year}年可以年终结转"


def _notes(found: YearEnd) -> list[Note]:
    org = found.book.org_ext_id
    notes = [
        Note(
            "hold",
            f"{period}还没结账",
            action=Link("去结账", reverse("office:month_end", args=[org, period])),
        )
        for period in found.open_periods
    ]
    if found.pending_fen:
        notes.append(Note("hold", f"待处理财产损溢还有{words.yuan(found.pending_fen)}元没处理"))
    hidden = ("pending", "period")
    notes += [Note("hold", one.words) for one in found.hindrances if one.link_kind not in hidden]
    if not notes and not found.is_closed:
        notes.append(Note("pass", "12月的事都办完了，下面是要做的结转。"))
    return notes


def _ledger(found: YearEnd, step: Step) -> Ledger:
    names = dict(subjects.all_choices(found.book.standard_code))
    return Ledger(
        caption=f"{step.title}，单位元",
        columns=[Column("科目"), Column("借方", "money"), Column("贷方", "money")],
        rows=[
            Row(
                [
                    Cell(names.get(line.account_code, line.account_code), sub=line.aux_id),
                    Cell(words.yuan(line.debit_fen) if line.debit_fen else ""),
                    Cell(words.yuan(line.credit_fen) if line.credit_fen else ""),
                ]
            )
            for line in step.lines
        ],
        total=Row(
            [
                Cell("合计"),
                Cell(words.yuan(step.amount_fen)),
                Cell(words.yuan(sum(line.credit_fen for line in step.lines))),
            ]
        ),
    )


def _facts(found: YearEnd) -> list[Fact]:
    there = found.distributable
    if not found.shares:
        return []
    least = there.reserve_least_fen(found.reserve_permille)
    return [
        Fact("本年收益", words.yuan(there.net_fen)),
        Fact("年初未分配收益", words.yuan(there.brought_fen)),
        Fact("其他转入", words.yuan(there.other_fen)),
        Fact("可分配收益", words.yuan(there.total_fen), is_sum=True),
        Fact("已经分配", words.yuan(there.taken_fen)),
        Fact("还可以分配", words.yuan(there.left_fen), is_sum=True),
        Fact("至少提取公积公益金", f"{words.yuan(least)}（{found.reserve_permille / 10:g}%）")
        if found.reserve_permille
        else Fact("提取公积公益金", "按章程的比例"),
        Fact("依据", found.reserve_source or "章程"),
    ]
