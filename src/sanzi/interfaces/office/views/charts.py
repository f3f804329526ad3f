"""What a county may change: accounts it adds, its versions of templates, cash; two people each."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from sanzi.interfaces.look import words
from sanzi.interfaces.look.parts import Cell, Column, Ledger, Link, Row, Tab
from sanzi.interfaces.office.pages import day, may, page_of, query_without_page, show, today
from sanzi.interfaces.office.requests import OfficeRequest, officer
from sanzi.interfaces.office.views.books import crumbs
from sanzi.kernel import money, typed
from sanzi.kernel.refusals import Refusal
from sanzi.ledger import standards
from sanzi.ledger.actions import cash_policies, entry_versions
from sanzi.ledger.actions import charts as chart_actions
from sanzi.ledger.queries import charts as chart_queries
from sanzi.ledger.queries import entries, proposals
from sanzi.orgs import people_queries
from sanzi.orgs.errors import NotFound

PAGE_ROWS = 40
STATES = {"waiting": "等核准", "approved": "已核准", "refused": "没有同意", "shipped": "随系统"}
CLASS_TITLES = {
    "asset": "资产", "liability": "负债", "equity": "权益", "cost": "成本", "income": "收入",
    "expense": "费用",
}  # fmt: skip
SIDE_TITLES = {"debit": "借", "credit": "贷"}
AUX_TITLES = {
    "account": "银行账户", "counterparty": "往来单位", "household": "农户", "person": "人员",
    "org": "组织",
}  # fmt: skip
Decide = Callable[..., None]
APPROVE: dict[str, Decide] = {
    "account": chart_actions.approve_account,
    "rule": entry_versions.approve_version,
    "cash": cash_policies.approve_policy,
}
REFUSE: dict[str, Decide] = {
    "account": chart_actions.refuse_account,
    "rule": entry_versions.refuse_version,
    "cash": cash_policies.refuse_policy,
}


@officer
def chart(request: OfficeRequest, standard: str) -> HttpResponse:
    """Show the chart of a standard with what the county added; take a new account."""
    text = request.GET.get("text", "").strip()[:30]
    found = proposals.chart_page(
        by=request.actor, standard_code=standard, on=today(request), text=text
    )
    refusal = _propose(request, lambda: _new_account(request, standard), "提上去了，等核准。")
    if isinstance(refusal, HttpResponse):
        return refusal
    page = page_of(request, found.accounts, PAGE_ROWS)
    waiting = [one for one in found.additions if one.state == "waiting"]
    return show(
        request,
        "chart",
        {
            "title": f"{found.standard_title}：{len(waiting)}个科目等核准"
            if waiting
            else f"{found.standard_title}的科目",
            "tabs": _tabs("office:chart", standard),
            "links": [
                Link("记账规则", reverse("office:entry_rules", args=[standard]), "list-check"),
                Link("现金规定", reverse("office:cash"), "coin"),
            ],
            "refusal": _told(refusal),
            "text": text,
            "ledger": _chart_ledger([*page]),
            "page": page,
            "query": query_without_page(request),
            "additions": [_addition(request, one) for one in found.additions],
            "may_propose": may(request, "ledger.propose"),
            "typed": request.POST,
            "classes": CLASS_TITLES.items(),
            "sides": SIDE_TITLES.items(),
            "auxiliaries": AUX_TITLES.items(),
            "day": today(request).isoformat(),
        },
        current="books",
        crumbs=crumbs(Link("会计科目", "")),
        status=409 if refusal else 200,
    )


@officer
def listing(request: OfficeRequest, standard: str) -> HttpResponse:
    """List the templates of a standard as they are in force today."""
    text = request.GET.get("text", "").strip()[:30]
    found = [
        one
        for one in entries.rules_of(by=request.actor, standard_code=standard, on=today(request))
        if text in one.title or text in one.rule_code
    ]
    page = page_of(request, found, PAGE_ROWS)
    waiting = sum(one.waiting for one in found)
    return show(
        request,
        "entry_rules",
        {
            "title": f"{waiting}条规则的新版等核准" if waiting else "记账规则",
            "sub": standards.get(standard).title,
            "tabs": _tabs("office:entry_rules", standard),
            "links": [Link("会计科目", reverse("office:chart", args=[standard]), "list-check")],
            "text": text,
            "page": page,
            "query": query_without_page(request),
            "ledger": Ledger(
                caption="记账规则",
                columns=[Column("规则"), Column("版次"), Column("谁定的"), Column("等核准")],
                rows=[
                    Row(
                        [
                            Cell(
                                one.title,
                                url=reverse("office:entry_rule", args=[standard, one.rule_code]),
                                sub=one.rule_code,
                            ),
                            Cell(f"第{one.version}版"),
                            Cell("随系统" if one.is_shipped else "县里"),
                            Cell(f"{one.waiting}版" if one.waiting else "", tone="alarm"),
                        ]
                    )
                    for one in page
                ],
            ),
        },
        current="books",
        crumbs=crumbs(Link("记账规则", "")),
    )


@officer
def rule(request: OfficeRequest, standard: str, rule: str) -> HttpResponse:
    """Show a template with all its versions; try out another and propose it."""
    found = entries.rule_page(by=request.actor, standard_code=standard, rule_code=rule)
    text, tried = request.POST.get("content", found.versions[-1].text), []
    refusal: Refusal | HttpResponse | None = None
    if request.method == "POST" and request.POST.get("do") == "try":
        try:
            tried = _try(request, standard, text)
        except Refusal as said:
            refusal = said
    else:
        refusal = _propose(
            request, lambda: _new_version(request, standard, text), "提上去了，等核准。"
        )
    if isinstance(refusal, HttpResponse):
        return refusal
    return show(
        request,
        "entry_rule",
        {
            "title": found.title,
            "sub": f"{found.standard_title}，{found.rule_code}，{found.basis}",
            "rule": found,
            "refusal": _told(refusal),
            "versions": [_version(request, one) for one in reversed(found.versions)],
            "tried": _tried_ledger(tried, "试记的分录") if tried else None,
            "content": text,
            "reason": request.POST.get("reason", ""),
            "day": request.POST.get("from", "") or today(request).isoformat(),
            "may_propose": may(request, "ledger.propose"),
        },
        current="books",
        crumbs=crumbs(
            Link("记账规则", reverse("office:entry_rules", args=[standard])), Link(found.title, "")
        ),
        status=409 if refusal else 200,
    )


@officer
def cash(request: OfficeRequest) -> HttpResponse:
    """Show where cash may be used, and take a new wish."""
    found = proposals.policies(by=request.actor)
    refusal = _propose(request, lambda: _new_policy(request), "提上去了，等核准。")
    if isinstance(refusal, HttpResponse):
        return refusal
    open_now = [one for one in found if one.state == "approved" and one.policy != "NONE"]
    return show(
        request,
        "cash",
        {
            "title": f"{len(open_now)}处可以用现金" if open_now else "都不用现金",
            "refusal": _told(refusal),
            "policies": [
                {
                    "one": one,
                    "state": STATES[one.state],
                    "days": _days(request, one.first_date, one.last_date),
                    "url": reverse("office:decide", args=["cash", one.ext_id]),
                    "may_decide": _may_decide(request, one.state, is_mine=one.is_mine),
                }
                for one in found
            ],
            "may_propose": may(request, "ledger.propose"),
            "places": people_queries.villages(by=request.actor, permission="ledger.propose")
            if may(request, "ledger.propose")
            else [],
            "kinds": [("NONE", "不用现金"), ("LIMITED", "限额使用"), ("FREE", "可以使用")],
            "typed": request.POST,
            "day": today(request).isoformat(),
        },
        current="books",
        crumbs=crumbs(Link("现金规定", "")),
        status=409 if refusal else 200,
    )


@require_POST
@officer
def decide(request: OfficeRequest, kind: str, ext_id: str) -> HttpResponse:
    """Approve or refuse what waits; back to where it was."""
    if kind not in APPROVE:
        raise NotFound
    try:
        if request.POST.get("do") == "approve":
            APPROVE[kind](ext_id=ext_id, by=request.actor, at=request.at)
            messages.success(request, "核准了，从生效那天起照办。")
        else:
            reason = request.POST.get("reason", "")
            REFUSE[kind](ext_id=ext_id, reason=reason, by=request.actor, at=request.at)
            messages.success(request, "没有同意，原因已经写明。")
    except NotFound:
        raise
    except Refusal as said:
        messages.error(request, f"{said.text} {said.advice}")
    back = request.POST.get("to", "")
    is_ours = back.startswith(("/office/charts/", "/office/cash/")) and "//" not in back
    return redirect(back if is_ours else reverse("office:books"))


def _propose(
    request: OfficeRequest, action: Callable[[], object], done: str
) -> Refusal | HttpResponse | None:
    if request.method != "POST":
        return None
    try:
        action()
    except NotFound:
        raise
    except Refusal as said:
        return said
    messages.success(request, done)
    return redirect(request.path)


def _told(refusal: Refusal | None) -> dict[str, str] | None:
    return {"text": refusal.text, "next_step": refusal.advice} if refusal else None


def _day(request: OfficeRequest, name: str = "from") -> date:
    return typed.wanted_day(request.POST.get(name, "")) or today(request)


def _new_account(request: OfficeRequest, standard: str) -> str:
    given = request.POST
    account = chart_actions.NewAccount(
        standard_code=standard,
        code=given.get("code", "").strip()[:16],
        name=given.get("name", "").strip(),
        valid_from_date=_day(request),
        requires=[one for one in given.getlist("requires") if one],
        account_class=given.get("class", ""),
        side=given.get("side", ""),
    )
    return chart_actions.propose_account(account=account, by=request.actor, at=request.at)


def _new_version(request: OfficeRequest, standard: str, text: str) -> str:
    return entry_versions.propose_version(
        standard_code=standard,
        content=entries.read_text(text),
        reason=request.POST.get("reason", ""),
        valid_from_date=_day(request),
        by=request.actor,
        at=request.at,
    )


def _new_policy(request: OfficeRequest) -> str:
    given = request.POST
    limit = given.get("limit", "").strip()
    until = given.get("until", "").strip()
    policy = cash_policies.NewPolicy(
        division_code=given.get("place", ""),
        policy=given.get("policy", ""),
        reason=given.get("reason", ""),
        valid_from_date=_day(request),
        valid_until_date=_day(request, "until") if until else None,
        limit_fen=money.parse_yuan(limit) if limit else 0,
    )
    return cash_policies.propose_policy(policy=policy, by=request.actor, at=request.at)


def _try(request: OfficeRequest, standard: str, text: str) -> list[entries.TriedLine]:
    if not may(request, "ledger.propose"):
        raise NotFound
    content = entries.read_text(text)
    known = chart_queries.chart_of_standard(standard, _day(request))
    sample = content.get("sample")
    return entries.try_entry(content, sample if isinstance(sample, dict) else {}, chart=known)


def _tabs(name: str, standard: str) -> list[Tab]:
    return [
        Tab(standards.get(code).title, reverse(name, args=[code]), is_current=code == standard)
        for code in standards.codes()
    ]


def _chart_ledger(accounts: list[standards.Account]) -> Ledger:
    return Ledger(
        caption="会计科目",
        columns=[Column("科目"), Column("类别"), Column("方向"), Column("来历")],
        rows=[
            Row(
                [
                    Cell(
                        f"{one.code} {one.name}",
                        sub=_wants(one.requires),
                        tone="" if one.level == 1 else "quiet",
                    ),
                    Cell(CLASS_TITLES[one.account_class]),
                    Cell(SIDE_TITLES[one.side]),
                    Cell("制度规定" if one.is_official else "推荐或县里加的"),
                ]
            )
            for one in accounts
        ],
        is_row_headed=True,
    )


def _wants(kinds: tuple[str, ...]) -> str:
    return "要写明" + "、".join(AUX_TITLES[kind] for kind in kinds) if kinds else ""


def _addition(request: OfficeRequest, one: proposals.AdditionView) -> dict[str, Any]:
    return {
        "one": one,
        "state": STATES[one.state],
        "days": _days(request, one.first_date, None),
        "wants": _wants(one.requires),
        "url": reverse("office:decide", args=["account", one.ext_id]),
        "may_decide": _may_decide(request, one.state, is_mine=one.is_mine),
    }


def _version(request: OfficeRequest, one: entries.VersionView) -> dict[str, Any]:
    return {
        "one": one,
        "state": STATES[one.state],
        "days": _days(request, one.first_date, one.last_date),
        "made": day(request, one.made_at),
        "approved": day(request, one.approved_on),
        "ledger": _tried_ledger(one.tried, f"第{one.version}版照样例记的分录"),
        "url": reverse("office:decide", args=["rule", one.ext_id]) if one.ext_id else "",
        "may_decide": _may_decide(request, one.state, is_mine=one.is_mine),
    }


def _may_decide(request: OfficeRequest, state: str, *, is_mine: bool) -> bool:
    return state == "waiting" and not is_mine and may(request, "ledger.approve")


def _days(request: OfficeRequest, first: date | datetime | None, last: date | None) -> str:
    start = f"从{day(request, first)}起" if first else "一直在用"
    return f"{start}，到{day(request, last)}" if last else start


def _tried_ledger(lines: Any, caption: str) -> Ledger:
    return Ledger(
        caption=f"{caption}，单位元",
        columns=[Column("摘要"), Column("科目"), Column("借方", "money"), Column("贷方", "money")],
        rows=[
            Row(
                [
                    Cell(one.summary),
                    Cell(one.account, sub=one.aux),
                    Cell(words.yuan(one.debit_fen) if one.debit_fen else ""),
                    Cell(words.yuan(one.credit_fen) if one.credit_fen else ""),
                ]
            )
            for one in lines
        ],
    )
